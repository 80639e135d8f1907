//! Spans of days, cut into the windows that a supplier takes. Days are counted from 1970-01-01; a calendar library would
//! weigh more in a page's download than all of this room.

use std::fmt::Write;

/// Number of a day out of YYYY-MM-DD.
pub fn day(text: &str) -> Option<i64> {
    let bytes: &[u8; 10] = text.as_bytes().try_into().ok()?;
    if bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let (year, month, day) = (number(&bytes[..4])?, number(&bytes[5..7])?, number(&bytes[8..])?);
    let count = days_from_civil(year, month, day);
    // A day that the month does not have would come back as another one.
    (civil_from_days(count) == (year, month, day)).then_some(count)
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0')))
}

/// Gregorian calendar, by the usual reckoning of years that begin in March.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day_of_year - (153 * march_month + 2) / 5 + 1)
}

/// YYYY-MM-DD out of a day's number.
pub fn written(days: i64) -> String {
    let (year, month, day) = civil_from_days(days);
    let mut text = String::with_capacity(10);
    // Writing to a text cannot fail.
    let _ = write!(text, "{year:04}-{month:02}-{day:02}");
    text
}

/// Windows of at most `days` days, oldest first, each beginning on the day on which the one before ends. The last ends the
/// day after `to`, so that `to` is inside whether or not a supplier counts a window's last day.
pub fn windows(from: &str, to: &str, days: u32) -> Vec<(String, String)> {
    let (Some(mut first), Some(last)) = (day(from), day(to)) else { return Vec::new() };
    let mut windows = Vec::new();
    while first <= last {
        let end = (first + i64::from(days)).min(last + 1);
        windows.push((written(first), written(end)));
        first = end;
    }
    windows
}

/// Hours by which the suppliers' markets are ahead of UTC, at most.
const AHEAD: i64 = 3;

/// Whether a row's time is not after the day `to`, UTC. A time without a zone counts as inside where it may be, and so does
/// one that cannot be read.
pub fn in_range(stamp: &str, to: &str) -> bool {
    let (Some(date), Some(to)) = (stamp.get(..10).and_then(day), day(to)) else { return true };
    let minutes = |text: &str| {
        let bytes = text.as_bytes();
        Some(number(bytes.get(..2)?)? * 60 + number(bytes.get(3..5)?)?)
    };
    let time = stamp.get(11..).unwrap_or_default();
    let zone = time.find(['Z', 'z', '+', '-']).map(|at| &time[at..]);
    let ahead = match zone {
        Some(zone) if zone.starts_with(['Z', 'z']) => 0,
        Some(zone) => minutes(&zone[1..]).unwrap_or(0) * if zone.starts_with('-') { -1 } else { 1 },
        None => AHEAD * 60,
    };
    date * 1_440 + minutes(time).unwrap_or(0) - ahead < (to + 1) * 1_440
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_come_back_as_they_were_and_none_that_does_not_exist() {
        for days in -200_000..200_000 {
            assert_eq!(day(&written(days)), Some(days));
        }
        assert_eq!(day("1970-01-01"), Some(0));
        assert_eq!(day("2000-03-01"), Some(11_017));
        for wrong in ["2023-02-29", "2023-13-01", "2023-00-10", "2023-04-31", "23-04-01", "2023/04/01", "2023-4-1", ""]
        {
            assert_eq!(day(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn windows_share_their_boundary_day_and_reach_past_the_last_day() {
        let seven = windows("2021-07-29", "2021-08-05", 2);
        let expected = ["2021-07-29", "2021-07-31", "2021-08-02", "2021-08-04", "2021-08-06"];
        assert_eq!(seven.len(), 4);
        for (window, pair) in seven.iter().zip(expected.windows(2)) {
            assert_eq!((window.0.as_str(), window.1.as_str()), (pair[0], pair[1]));
        }
        assert_eq!(windows("2024-01-01", "2024-03-30", 2).len(), 45);
        assert_eq!(windows("2024-02-29", "2024-02-29", 2), [("2024-02-29".into(), "2024-03-01".into())]);
    }

    #[test]
    fn what_is_after_the_last_day_is_out_and_what_may_be_inside_is_in() {
        for inside in ["2024-05-31", "2024-05-31T23:59:59Z", "2024-06-01T01:59:00+02:00", "2024-06-01T02:59:00", "odd"]
        {
            assert!(in_range(inside, "2024-05-31"), "{inside}");
        }
        for outside in
            ["2024-06-01T00:00:00Z", "2024-06-01T02:00:00+02:00", "2024-05-31T22:00:00-02:00", "2024-06-01T03:00:00"]
        {
            assert!(!in_range(outside, "2024-05-31"), "{outside}");
        }
    }
}
