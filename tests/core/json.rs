//! A plain reader of JSON that keeps places, spellings and repeated fields: what the decoding pass is measured by. What is
//! JSON at all is left to `serde_json` to say.

use std::collections::BTreeMap;

/// A value and its byte range.
#[derive(Clone, Debug)]
pub struct Node {
    pub start: usize,
    pub end: usize,
    pub what: What,
}

#[derive(Clone, Debug)]
pub enum What {
    Null,
    Bool(bool),
    Number,
    Text(Text),
    List(Vec<Node>),
    Object(Vec<(Text, Node)>),
}

/// A text as JavaScript has it: lone surrogates are part of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    pub units: Vec<u16>,
    pub escaped: bool,
}

/// A value without its spelling; the last of repeated fields counts.
#[derive(Clone, Debug, PartialEq)]
pub enum Plain {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Plain>),
    Object(BTreeMap<String, Plain>),
}

impl Text {
    pub fn lossy(&self) -> String {
        String::from_utf16_lossy(&self.units)
    }

    pub fn is(&self, text: &str) -> bool {
        text.encode_utf16().eq(self.units.iter().copied())
    }
}

impl Node {
    pub fn raw<'a>(&self, body: &'a [u8]) -> &'a str {
        std::str::from_utf8(&body[self.start..self.end]).unwrap()
    }

    /// Levels of values, one inside the other.
    pub fn height(&self) -> usize {
        1 + match &self.what {
            What::List(items) => items.iter().map(Node::height).max().unwrap_or(0),
            What::Object(members) => members.iter().map(|(_, node)| node.height()).max().unwrap_or(0),
            _ => 0,
        }
    }

    pub fn plain(&self, body: &[u8]) -> Plain {
        match &self.what {
            What::Null => Plain::Null,
            What::Bool(value) => Plain::Bool(*value),
            What::Number => Plain::Number(self.raw(body).to_owned()),
            What::Text(text) => Plain::Text(text.lossy()),
            What::List(items) => Plain::List(items.iter().map(|item| item.plain(body)).collect()),
            What::Object(members) => {
                Plain::Object(members.iter().map(|(name, node)| (name.lossy(), node.plain(body))).collect())
            }
        }
    }
}

/// Length of the byte order mark.
pub fn mark(body: &[u8]) -> usize {
    if body.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 }
}

/// Whether it is JSON in UTF-8, however deep; a byte order mark is allowed.
pub fn is_json(body: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(body) else { return false };
    serde_json::from_str::<serde::de::IgnoredAny>(&text[mark(body)..]).is_ok()
}

/// How deep brackets go, for what is JSON.
pub fn depth(body: &[u8]) -> usize {
    let (mut depth, mut most, mut at) = (0usize, 0, 0);
    while at < body.len() {
        match body[at] {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth -= 1,
            b'"' => {
                at += 1;
                while body[at] != b'"' {
                    at += if body[at] == b'\\' { 2 } else { 1 };
                }
            }
            _ => {}
        }
        most = most.max(depth);
        at += 1;
    }
    most
}

/// Reads what [`is_json`] and not very deep.
pub fn read(body: &[u8]) -> Node {
    let mut reader = Reader { body, at: mark(body) };
    reader.space();
    reader.value()
}

struct Reader<'a> {
    body: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn here(&self) -> u8 {
        self.body[self.at]
    }

    fn space(&mut self) {
        while self.body.get(self.at).is_some_and(|byte| b" \t\r\n".contains(byte)) {
            self.at += 1;
        }
    }

    /// Whether a list or an object goes on; over its comma or its end.
    fn more(&mut self, end: u8, first: bool) -> bool {
        self.space();
        if self.here() == end {
            self.at += 1;
            return false;
        }
        if !first {
            assert_eq!(self.here(), b',');
            self.at += 1;
            self.space();
        }
        true
    }

    fn value(&mut self) -> Node {
        let start = self.at;
        let what = match self.here() {
            b'n' => {
                self.at += 4;
                What::Null
            }
            b't' => {
                self.at += 4;
                What::Bool(true)
            }
            b'f' => {
                self.at += 5;
                What::Bool(false)
            }
            b'"' => What::Text(self.text()),
            b'[' => {
                self.at += 1;
                let mut items = Vec::new();
                while self.more(b']', items.is_empty()) {
                    items.push(self.value());
                }
                What::List(items)
            }
            b'{' => {
                self.at += 1;
                let mut members = Vec::new();
                while self.more(b'}', members.is_empty()) {
                    let name = self.text();
                    self.space();
                    self.at += 1;
                    self.space();
                    members.push((name, self.value()));
                }
                What::Object(members)
            }
            _ => {
                while self.body.get(self.at).is_some_and(|byte| b"+-.eE0123456789".contains(byte)) {
                    self.at += 1;
                }
                What::Number
            }
        };
        Node { start, end: self.at, what }
    }

    fn text(&mut self) -> Text {
        let rest = std::str::from_utf8(&self.body[self.at + 1..]).unwrap();
        let mut text = Text { units: Vec::new(), escaped: false };
        let mut chars = rest.char_indices();
        while let Some((at, char)) = chars.next() {
            match char {
                '"' => {
                    self.at += at + 2;
                    return text;
                }
                '\\' => {
                    text.escaped = true;
                    let (_, kind) = chars.next().unwrap();
                    text.units.push(match kind {
                        'b' => 8,
                        'f' => 12,
                        'n' => 10,
                        'r' => 13,
                        't' => 9,
                        'u' => {
                            let digits: String = chars.by_ref().take(4).map(|(_, digit)| digit).collect();
                            u16::from_str_radix(&digits, 16).unwrap()
                        }
                        other => other as u16,
                    });
                }
                other => text.units.extend(other.encode_utf16(&mut [0; 2]).iter()),
            }
        }
        panic!("a text that does not end");
    }
}
