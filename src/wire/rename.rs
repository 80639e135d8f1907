//! A body with other names, bytes to bytes: for a service whose fields are called otherwise than expected.

use super::project::write_text;

struct Level {
    object: bool,
    /// The field whose value is being read, under its new name.
    key: String,
}

/// Copies `body` with other names for some fields. `name` is told the path of the object in new names (`details`, empty at
/// the root; lists are passed through) and a field's name. What is no JSON is copied as far as it goes.
pub fn rename(body: &[u8], name: impl Fn(&str, &str) -> Option<String>) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + body.len() / 16);
    let mut levels: Vec<Level> = Vec::new();
    let mut key_follows = false;
    let mut at = 0;
    while let Some(&byte) = body.get(at) {
        match byte {
            b'{' | b'[' => {
                levels.push(Level { object: byte == b'{', key: String::new() });
                key_follows = byte == b'{';
            }
            b'}' | b']' => {
                levels.pop();
                key_follows = false;
            }
            b',' => key_follows = levels.last().is_some_and(|level| level.object),
            b'"' => {
                let end = text_end(body, at);
                let key = key_follows.then(|| std::str::from_utf8(body.get(at + 1..end - 1)?).ok()).flatten();
                key_follows = false;
                let renamed = key.and_then(|key| {
                    let path: Vec<&str> = match levels.split_last() {
                        Some((_, above)) => {
                            above.iter().filter(|level| level.object).map(|level| level.key.as_str()).collect()
                        }
                        None => Vec::new(),
                    };
                    name(&path.join("."), key)
                });
                if let (Some(level), Some(key)) = (levels.last_mut(), key) {
                    level.key.clear();
                    level.key.push_str(renamed.as_deref().unwrap_or(key));
                }
                match renamed {
                    Some(renamed) => write_text(&mut out, &renamed),
                    None => out.extend_from_slice(&body[at..end]),
                }
                at = end;
                continue;
            }
            _ => {}
        }
        out.push(byte);
        at += 1;
    }
    out
}

/// Behind the closing quote of the text that begins at `at`, or the body's end.
fn text_end(body: &[u8], mut at: usize) -> usize {
    at += 1;
    while let Some(&byte) = body.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    body.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn renamed(body: &str) -> String {
        let out = rename(body.as_bytes(), |path, key| match (path, key) {
            ("", "lines") => Some("details".into()),
            ("details", "price") => Some("price_out".into()),
            ("", "price") => Some("q\"".into()),
            _ => None,
        });
        String::from_utf8(out).unwrap_or_default()
    }

    #[test]
    fn fields_are_renamed_where_they_stand_and_nothing_else_is() {
        assert_eq!(
            renamed(r#"[ {"lines" : [{"price":1,"note":"price"},{"price":2}],"price":"price","x":{"price":3}}, {}]"#),
            r#"[ {"details" : [{"price_out":1,"note":"price"},{"price_out":2}],"q\"":"price","x":{"price":3}}, {}]"#
        );
        assert_eq!(renamed(r#"["lines","price"]"#), r#"["lines","price"]"#);
    }

    #[test]
    fn what_is_no_json_comes_out_as_it_is() {
        for odd in ["", "{", "\"", "{\"", "{\"a\\", "}}]]", "{\"\\u0041\":1}", "\u{feff}[]", "<html \"a\">"] {
            assert_eq!(renamed(odd), odd);
        }
    }
}
