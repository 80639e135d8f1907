//! The sandbox's own time: the shell's, unless a test has set it.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Milliseconds of a day.
pub(crate) const DAY_MS: u64 = 86_400_000;
/// Milliseconds of an hour.
pub(crate) const HOUR_MS: u64 = 3_600_000;

/// The last moment of the year 9000: behind it calendars end.
pub(crate) const LATEST_MS: u64 = 221_876_928_000_000;

/// How the sandbox's time follows from the time handed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    /// It is the time handed in.
    #[default]
    HandedIn,
    /// It runs along with the time handed in, so many milliseconds apart.
    Shifted(i64),
    /// It stands still.
    Frozen(u64),
}

impl Clock {
    /// The sandbox's time when the shell's is `handed_in_ms`.
    pub fn now(self, handed_in_ms: u64) -> u64 {
        match self {
            Self::HandedIn => handed_in_ms,
            Self::Shifted(by) => handed_in_ms.saturating_add_signed(by),
            Self::Frozen(at) => at,
        }
    }

    /// From now on it is `to`, running or standing still.
    pub fn set(&mut self, handed_in_ms: u64, to: u64, frozen: bool) {
        *self = if frozen { Self::Frozen(to) } else { Self::Shifted(to as i64 - handed_in_ms as i64) };
    }

    /// Whether it stands still.
    pub fn is_frozen(self) -> bool {
        matches!(self, Self::Frozen(_))
    }

    /// Its kind, in a word.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::HandedIn => "real",
            Self::Shifted(_) => "shifted",
            Self::Frozen(_) => "frozen",
        }
    }
}

/// The instant `ms` as jiff knows it; far out of range it is the epoch.
pub(crate) fn timestamp(ms: u64) -> Timestamp {
    i64::try_from(ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok()).unwrap_or_default()
}

/// Milliseconds of an instant in ISO 8601, zone included.
pub(crate) fn parse_iso(text: &str) -> Option<u64> {
    let at: Timestamp = text.parse().ok()?;
    u64::try_from(at.as_millisecond()).ok()
}

/// The UTC day of an instant, counted from 1970-01-01.
pub(crate) fn day_of(ms: u64) -> u64 {
    ms / DAY_MS
}

/// The calendar date of a day.
pub(crate) fn date_of(day: u64) -> Date {
    timestamp(day * DAY_MS).to_zoned(TimeZone::UTC).date()
}

/// The day of a date `YYYY-MM-DD`, none before 1970.
pub(crate) fn parse_day(text: &str) -> Option<u64> {
    // jiff reads more than the suppliers document (`20240626`, a time behind the date).
    if text.len() != 10 {
        return None;
    }
    let date: Date = text.parse().ok()?;
    let at = date.to_zoned(TimeZone::UTC).ok()?.timestamp();
    u64::try_from(at.as_millisecond()).ok().map(day_of)
}

/// The three ways in which the documents spell one instant, by `way`.
///
/// Local time is two hours ahead of UTC all year round: the sandbox lives in a Polish summer.
pub(crate) fn spell(ms: u64, way: u64) -> String {
    let local = timestamp(ms + 2 * HOUR_MS).to_zoned(TimeZone::UTC);
    match way % 3 {
        0 => timestamp(ms).to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        1 => local.strftime("%Y-%m-%dT%H:%M:%S%.3f").to_string(),
        _ => local.strftime("%Y-%m-%dT%H:%M:%S%.3f+02:00").to_string(),
    }
}

/// An instant in UTC, to the millisecond.
pub(crate) fn iso(ms: u64) -> String {
    timestamp(ms).to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// An instant as HTTP headers spell it, `Wed, 26 Jun 2024 09:15:00 GMT`.
pub(crate) fn http_date(ms: u64) -> String {
    timestamp(ms).to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
