//! Spans of days, cut into the windows that a supplier takes.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime};

/// A day out of YYYY-MM-DD.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |part: &str, len: usize| part.len() == len && part.bytes().all(|byte| byte.is_ascii_digit());
    if !(digits(year, 4) && digits(month, 2) && digits(day, 2)) {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// Windows of at most `days` days, oldest first, each beginning on the day on which the one before ends. The last ends the
/// day after `to`, so that `to` is inside whether or not a supplier counts a window's last day.
pub fn windows(from: &str, to: &str, days: u32) -> Vec<(String, String)> {
    let (Some(mut first), Some(end)) = (day(from), day(to).and_then(|day| day.checked_add_days(Days::new(1)))) else {
        return Vec::new();
    };
    let mut windows = Vec::new();
    while first < end {
        let last = first.checked_add_days(Days::new(days.into())).unwrap_or(end).min(end);
        windows.push((first.to_string(), last.to_string()));
        first = last;
    }
    windows
}

/// Hours by which the suppliers' markets are ahead of UTC, at most.
const AHEAD: i64 = 3;

/// Whether a row's time is not after the day `to`, UTC. A time without a zone counts as inside where it may be.
pub fn in_range(stamp: &str, to: &str) -> bool {
    let Some(end) = day(to).and_then(|day| day.checked_add_days(Days::new(1))).and_then(|day| day.and_hms_opt(0, 0, 0))
    else {
        return true;
    };
    if let Ok(zoned) = DateTime::parse_from_rfc3339(stamp) {
        return zoned.naive_utc() < end;
    }
    let local = stamp.parse::<NaiveDateTime>().ok().or_else(|| day(stamp)?.and_hms_opt(0, 0, 0));
    local.is_none_or(|local| local < end + chrono::Duration::hours(AHEAD))
}
