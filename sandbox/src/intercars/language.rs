//! The languages that the supplier answers in.

/// A language that the supplier supports. Texts exist in three; the others read English.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Language(&'static str);

const CODES: [&str; 17] =
    ["bg", "bs", "cs", "de", "el", "en", "et", "hu", "hr", "lt", "lv", "pl", "ro", "sk", "sl", "sr", "uk"];

impl Language {
    /// Where none was asked for and none is required.
    pub(crate) const ENGLISH: Self = Self("en");

    /// One bare code of two letters; a browser's list of preferences is not one.
    pub(crate) fn parse(header: &str) -> Option<Self> {
        CODES.into_iter().find(|code| *code == header).map(Self)
    }

    /// Its code.
    pub(crate) fn code(self) -> &'static str {
        self.0
    }

    /// The text in this language, out of English, Polish and Bulgarian.
    pub(crate) fn of(self, [en, pl, bg]: [&'static str; 3]) -> &'static str {
        match self.0 {
            "pl" => pl,
            "bg" => bg,
            _ => en,
        }
    }
}
