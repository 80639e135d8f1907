//! What must not be told: looked for in everything that others have had a word in.

/// Parameters of a URL that are secrets.
const PARAMETERS: [&str; 3] = ["token", "app_id", "app_secret"];
/// A run of so many letters and digits of a secret tells it, however the rest is written.
const TELLING: usize = 4;
/// And so does a part of so many of them, whatever stands between, where a text was cut.
const PART: usize = 8;
const HIDDEN: &str = "***";

/// Secrets of one request.
#[derive(Clone, Default)]
pub struct Secrets(Vec<String>);

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl Secrets {
    /// These. What is shorter than a telling part is in any text, and no secret.
    pub fn new(secrets: impl IntoIterator<Item = String>) -> Secrets {
        Secrets(secrets.into_iter().filter(|secret| secret.len() >= TELLING).collect())
    }

    /// Whether a text holds any of them: whole, or a telling part of it, since a text may be encoded, escaped or cut in ways
    /// that nobody can list.
    pub fn are_in(&self, text: &str) -> bool {
        let texts = forms(text);
        let run = |secret: &String| {
            let runs = secret.split(|char: char| !char.is_alphanumeric());
            let mut runs = runs.filter(|run| run.chars().count() >= TELLING);
            runs.any(|run| texts.iter().any(|text| text.contains(run)))
        };
        self.are_cut_in(text) || self.0.iter().any(run)
    }

    /// Whether a text holds any of them, whole or cut, but not only a word that is in one.
    fn are_cut_in(&self, text: &str) -> bool {
        let bare = forms(text).map(|text| bare(&text));
        self.0.iter().any(|secret| {
            let letters: Vec<char> = self::bare(secret).chars().collect();
            let part = PART.min(letters.len());
            let mut parts = letters.windows(part.max(1)).filter(|_| part >= TELLING).map(String::from_iter);
            text.contains(secret.as_str()) || parts.any(|part: String| bare.iter().any(|text| text.contains(&part)))
        })
    }

    /// A supplier's code or number, if it holds none of them. It is one word, and an account's name may have that word in it.
    pub fn free(&self, code: String) -> Option<String> {
        (!self.are_cut_in(&code)).then_some(code)
    }

    /// A runtime's words, if they hold none of them.
    pub fn words(&self, words: String) -> String {
        if self.are_in(&words) { "the runtime's words are left out: they hold a secret".to_owned() } else { words }
    }

    /// A URL as it may be shown.
    pub fn shown(url: &str) -> String {
        let Some((path, query)) = url.split_once('?') else { return url.to_owned() };
        let pairs = query.split('&').map(|pair| match pair.split_once('=') {
            Some((name, _)) if PARAMETERS.contains(&name) => format!("{name}={HIDDEN}"),
            _ => pair.to_owned(),
        });
        format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
    }
}

/// A text as it stands, and as it may have been meant.
fn forms(text: &str) -> [String; 3] {
    let once = decoded(text);
    [decoded(&once), once, text.to_owned()]
}

/// Letters and digits alone, small or capital.
fn bare(text: &str) -> String {
    text.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A text with what stands in it percent-encoded or escaped as JSON escapes it, and without what HTML escapes: no letters.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = |from: usize, digits: usize| u32::from_str_radix(text.get(from..from + digits)?, 16).ok();
        let entity = || bytes[at..].iter().take(LONGEST_ENTITY).position(|byte| *byte == b';');
        let (stands_for, length) = match (byte, bytes.get(at + 1)) {
            (b'%', _) => (hex(at + 1, 2).map(|value| vec![value as u8]), 3),
            (b'\\', Some(b'u')) => {
                (hex(at + 2, 4).map(|unit| char::from_u32(unit).map_or_else(String::new, String::from).into()), 6)
            }
            (b'&', _) => (entity().map(|_| Vec::new()), entity().unwrap_or(0) + 1),
            _ => (None, 1),
        };
        at += if stands_for.is_some() { length } else { 1 };
        out.extend(stands_for.unwrap_or_else(|| vec![byte]));
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// `&quot;`, `&#1078;`.
const LONGEST_ENTITY: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_however_it_is_written_and_nothing_else_is() {
        let secrets =
            Secrets::new(["p+Q/rst9=&\"<x>".to_owned(), "короткий".to_owned(), String::new(), "a1".to_owned()]);
        for holding in ["p%2BQ%2Frst9%3D", "&quot;rst9=", "say rst9", "короткий"] {
            assert!(secrets.are_in(holding), "{holding}");
            assert!(!secrets.words(holding.to_owned()).contains(holding));
        }
        for free in ["", "Missing location_id", "rst", "кратък"] {
            assert!(!secrets.are_in(free), "{free}");
        }
    }

    #[test]
    fn a_url_is_shown_without_its_secrets() {
        let url = "https://s.incocloud.com/connect/api/item?code=A%26token&token=a.b-c&app_id=1&app_secret=&x";
        assert_eq!(
            Secrets::shown(url),
            "https://s.incocloud.com/connect/api/item?code=A%26token&token=***&app_id=***&app_secret=***&x"
        );
        assert_eq!(Secrets::shown("/connect/api/item"), "/connect/api/item");
    }
}
