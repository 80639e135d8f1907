//! Times as the supplier sent them, in the order of day, month and year that a language has.
//!
//! Nothing is converted: a local time stays that local time, a time with a zone says its zone.

use super::{Lang, escape};

const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";

/// Appends a `<time>` with the moment, or the text as it was sent where it is no moment.
pub(super) fn push(out: &mut String, sent: &str, lang: Lang) {
    let Some(moment) = Moment::read(sent) else {
        escape::push(out, sent);
        return;
    };
    out.push_str("<time datetime=\"");
    escape::push(out, sent);
    out.push_str("\">");
    moment.push_date(out, lang.words().date);
    if let Some(time) = moment.time {
        out.push_str(", ");
        out.push_str(time);
        match moment.zone {
            "" => {}
            "Z" | "z" => out.push_str("\u{a0}UTC"),
            offset => {
                out.push_str("\u{a0}UTC");
                out.push_str(offset);
            }
        }
    }
    out.push_str("</time>");
}

struct Moment<'a> {
    year: &'a str,
    month: &'a str,
    day: &'a str,
    /// `HH:MM`; seconds are of no use to a shopper.
    time: Option<&'a str>,
    zone: &'a str,
}

impl<'a> Moment<'a> {
    fn read(sent: &'a str) -> Option<Self> {
        let (year, rest) = digits(sent, 4)?;
        let (month, rest) = digits(rest.strip_prefix('-')?, 2)?;
        let (day, rest) = digits(rest.strip_prefix('-')?, 2)?;
        if !("01"..="12").contains(&month) || !("01"..="31").contains(&day) {
            return None;
        }
        if rest.is_empty() {
            return Some(Self { year, month, day, time: None, zone: "" });
        }
        let clock = rest.strip_prefix(['T', ' '])?;
        let (hour, rest) = digits(clock, 2)?;
        let (minute, rest) = digits(rest.strip_prefix(':')?, 2)?;
        if hour > "24" || minute > "59" {
            return None;
        }
        let zone = rest.find(['Z', 'z', '+', '-']).map_or("", |at| &rest[at..]);
        let seconds = &rest[..rest.len() - zone.len()];
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b':' || byte == b'.');
        let zulu = zone.eq_ignore_ascii_case("z");
        if !plain(seconds) || !(zone.is_empty() || zulu || (zone.len() > 2 && plain(&zone[1..]))) {
            return None;
        }
        Some(Self { year, month, day, time: Some(&clock[..5]), zone })
    }

    /// By a pattern of `D` or `d` (day with and without a leading zero), `M`, `m` and `N` (month, also as an English
    /// name), `Y`; all else stands for itself.
    fn push_date(&self, out: &mut String, pattern: &str) {
        let short = |text: &'a str| text.strip_prefix('0').unwrap_or(text);
        for mark in pattern.chars() {
            match mark {
                'D' => out.push_str(self.day),
                'd' => out.push_str(short(self.day)),
                'M' => out.push_str(self.month),
                'm' => out.push_str(short(self.month)),
                'N' => {
                    let at = self.month.bytes().fold(0, |sum, digit| sum * 10 + usize::from(digit - b'0')) * 3;
                    out.push_str(MONTHS.get(at.saturating_sub(3)..at).unwrap_or(self.month));
                }
                'Y' => out.push_str(self.year),
                other => out.push(other),
            }
        }
    }
}

fn digits(text: &str, count: usize) -> Option<(&str, &str)> {
    let (head, rest) = text.split_at_checked(count)?;
    head.bytes().all(|byte| byte.is_ascii_digit()).then_some((head, rest))
}

#[cfg(test)]
mod tests {
    use super::{Lang, push};
    use proptest::prelude::*;

    fn shown(sent: &str, lang: Lang) -> String {
        let mut out = String::new();
        push(&mut out, sent, lang);
        out
    }

    #[test]
    fn a_local_time_stays_local_and_names_no_zone() {
        assert_eq!(
            shown("2024-06-26T09:15:00", Lang::Pl),
            "<time datetime=\"2024-06-26T09:15:00\">26.06.2024, 09:15</time>"
        );
    }

    #[test]
    fn a_zone_is_said_and_not_converted() {
        assert!(shown("2024-06-26T23:15:00.123Z", Lang::De).ends_with(">26.06.2024, 23:15\u{a0}UTC</time>"));
        assert!(shown("2024-06-26T23:15:00+02:00", Lang::De).ends_with(">26.06.2024, 23:15\u{a0}UTC+02:00</time>"));
    }

    #[test]
    fn day_month_and_year_stand_in_the_order_of_the_language() {
        let wanted = [
            (Lang::En, "6\u{a0}Sep\u{a0}2026"),
            (Lang::Lt, "2026-09-06"),
            (Lang::Hu, "2026.\u{a0}09.\u{a0}06."),
            (Lang::Cs, "6.\u{a0}9.\u{a0}2026"),
            (Lang::Sr, "6.\u{a0}9.\u{a0}2026."),
            (Lang::El, "6/9/2026"),
            (Lang::Lv, "06.09.2026."),
        ];
        for (lang, date) in wanted {
            assert_eq!(shown("2026-09-06", lang), ["<time datetime=\"2026-09-06\">", date, "</time>"].concat());
        }
        let months = (1..=12).map(|month| shown(&std::format!("2026-{month:02}-01"), Lang::En)).collect::<String>();
        for name in ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] {
            assert!(months.contains(name));
        }
    }

    #[test]
    fn what_is_no_moment_is_shown_as_sent() {
        for sent in [
            "tomorrow",
            "2024-13-01",
            "2024-06-26T9",
            "26.06.2024",
            "",
            "2024-06-26T09:15<b>",
            "2024-06-26T09:15:00+<b>",
        ] {
            let mut safe = String::new();
            super::escape::push(&mut safe, sent);
            assert_eq!(shown(sent, Lang::En), safe);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_shown_without_a_panic_or_a_tag_of_its_own(sent in "[-0-9TZ:+. <>\"é]{0,32}") {
            let html = shown(&sent, Lang::En);
            let inner = html.strip_prefix("<time datetime=\"").and_then(|rest| rest.strip_suffix("</time>")).map(|rest| rest.replacen("\">", "", 1));
            prop_assert!(!inner.unwrap_or(html).contains(['<', '>', '"']));
        }
    }
}
