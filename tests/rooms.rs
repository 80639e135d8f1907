//! The rooms of `src` know only what they may, and nobody but `src/js` knows JavaScript: read off the sources.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A room and those that it may know.
const ROOMS: [(&str, &[&str]); 13] = [
    ("wire", &[]),
    ("operation", &["wire"]),
    ("engine", &["wire", "operation"]),
    ("intercars", &["wire", "operation"]),
    ("incocloud", &["wire", "operation"]),
    ("clients", &["wire", "operation", "engine", "intercars", "incocloud"]),
    ("storefront", &["wire", "operation", "engine", "intercars", "incocloud", "clients"]),
    ("orders", &["wire", "operation", "engine", "intercars", "incocloud", "clients"]),
    ("bulk", &["wire", "operation", "engine"]),
    ("widgets", &["storefront", "orders", "bulk"]),
    (
        "edge",
        &[
            "wire",
            "operation",
            "engine",
            "intercars",
            "incocloud",
            "clients",
            "storefront",
            "orders",
            "bulk",
            "widgets",
        ],
    ),
    (
        "js",
        &[
            "wire",
            "operation",
            "engine",
            "intercars",
            "incocloud",
            "clients",
            "storefront",
            "orders",
            "bulk",
            "widgets",
            "edge",
        ],
    ),
    // The crate's root only names the rooms.
    ("lib.rs", &[]),
];

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// Files of `src`, by their path below it, without comments and texts.
fn rooms() -> Vec<(String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&src, &mut found);
    assert!(found.len() > 40, "{} files", found.len());
    found
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
            (name, code(&fs::read_to_string(&path).unwrap()))
        })
        .collect()
}

/// The code alone: line comments end with their line; a text keeps its quotes.
fn code(source: &str) -> String {
    let mut out = String::new();
    for line in source.lines() {
        let mut rest = line;
        while let Some(at) = rest.find(['"', '/']) {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            if rest.starts_with("//") {
                rest = "";
            } else if let Some(text) = rest.strip_prefix('"') {
                let mut escaped = false;
                let end = text.find(|char| {
                    let ends = char == '"' && !escaped;
                    escaped = char == '\\' && !escaped;
                    ends
                });
                out.push_str("\"\"");
                rest = end.map_or("", |end| &text[end + 1..]);
            } else {
                out.push('/');
                rest = &rest[1..];
            }
        }
        out.push_str(rest);
        out.push('\n');
    }
    out
}

/// The words that begin a path from the crate's root, `crate::{a, b}` and one level of `super` included.
fn known(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let word = |text: &str| {
        text.trim_start().chars().take_while(|char| char.is_alphanumeric() || *char == '_').collect::<String>()
    };
    for (at, start) in text.match_indices("crate::") {
        let rest = &text[at + start.len()..];
        let Some(list) = rest.strip_prefix('{') else {
            found.insert(word(rest));
            continue;
        };
        let (mut depth, mut begin) = (0, true);
        for (at, char) in list.char_indices() {
            match char {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => begin = true,
                _ if begin && !char.is_whitespace() => {
                    found.insert(word(&list[at..]));
                    begin = false;
                }
                _ => {}
            }
        }
    }
    found
}

#[test]
fn each_room_knows_only_those_that_it_may() {
    let mut faults = Vec::new();
    for (file, text) in rooms() {
        let room = file.split('/').next().unwrap();
        let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else {
            faults.push(format!("{file}: {room} is no room of the design"));
            continue;
        };
        if room == "wire" {
            // A crate of its own, which could not know the others: there `crate` is the room itself.
            continue;
        }
        // Another crate of its own, which knows the others by their crate's name.
        let text = if room == "js" { text.replace("stocklane::", "crate::") } else { text };
        for other in known(&text) {
            let is_room = ROOMS.iter().any(|(name, _)| *name == other);
            if other != room && !(is_room && allowed.contains(&other.as_str())) {
                faults.push(format!("{file} knows {other}"));
            }
        }
        // A path over the room's own top would leave it unseen.
        let deep = file.matches('/').count();
        let ups = "super::".repeat(deep + usize::from(!file.ends_with("mod.rs") && !file.ends_with("lib.rs")));
        if file != "lib.rs" && text.contains(&ups) {
            faults.push(format!("{file} leaves its room by {ups}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn nobody_but_the_boundary_knows_javascript() {
    const FOREIGN: [&str; 10] = [
        "wasm_bindgen",
        "js_sys",
        "web_sys",
        "gloo_net",
        "gloo_timers",
        "serde_wasm_bindgen",
        "send_wrapper",
        "JsValue",
        "tsify",
        "Tsify",
    ];
    let mut faults = Vec::new();
    for (file, text) in rooms().into_iter().filter(|(file, _)| !file.starts_with("js/")) {
        // The one trace: declarations of plain data.
        let text = text.replace("#[cfg_attr(target_family = \"\", derive(tsify::Tsify))]", "");
        for line in text.lines() {
            let declares = line.trim().starts_with("#[cfg_attr(target_family = \"\", tsify(");
            if !declares && let Some(word) = FOREIGN.iter().find(|word| line.contains(*word)) {
                faults.push(format!("{file} knows {word}: {}", line.trim()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn what_reads_the_sources_reads_them_right() {
    let text = "use crate::{wire, engine::{Call, Desk}, // crate::js\n edge};\nlet x = \"crate::bulk \\\" crate::js\"; crate::clients::Client; a / b";
    let found: Vec<String> = known(&code(text)).into_iter().collect();
    assert_eq!(found, ["clients", "edge", "engine", "wire"]);
}
