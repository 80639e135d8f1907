//! A search over any span of days at a supplier without pages: windows that grow and shrink with what they answer, each
//! row once.

use std::collections::HashSet;

use crate::operation::{Args, day, written};
use crate::wire::Shape;

use super::call::Answer;
use super::cursor::{Identity, identities};

/// Rows that one answer is meant to have: some hundred kilobytes.
const MEANT: i64 = 1_000;
/// Days of the first window.
const FIRST: i64 = 31;
/// Days of the longest.
const LONGEST: i64 = 366;
/// A window is at most so many times as long as the one before, or as short.
const STEP: i64 = 4;

/// A search under way.
pub struct Stretch {
    args: Args,
    first: i64,
    last: i64,
    /// First day of the next window.
    at: i64,
    /// Days from its first to its last.
    length: i64,
    /// Rows of the window before: the next begins with its last day.
    before: HashSet<Identity>,
    /// Whether a row of the last day has come.
    last_seen: bool,
    /// The last day is asked for once more, in case that the supplier does not count a window's last day.
    once_more: bool,
    /// A window of one day was empty: it is asked for with the day behind it, for the same case.
    hollow: bool,
    /// The window before had rows of other days.
    foreign: bool,
    done: bool,
}

impl Stretch {
    /// A search with these arguments; none where they name no span, or the supplier bounds it by itself.
    pub fn new(args: Args) -> Option<Stretch> {
        let window = args.operation().window.as_ref().filter(|window| window.days.is_none())?;
        let edge = |field: usize| args.row().text(field).and_then(|text| day(&text));
        let (first, last) = (edge(window.from)?, edge(window.to)?);
        Some(Stretch {
            first,
            last,
            at: first,
            length: FIRST,
            args,
            before: HashSet::new(),
            last_seen: false,
            once_more: false,
            hollow: false,
            foreign: false,
            done: false,
        })
    }

    fn edges(&self) -> (i64, i64) {
        if self.once_more { (self.last, self.last + 1) } else { (self.at, (self.at + self.length).min(self.last)) }
    }

    /// Arguments of the next request; none at the end.
    pub fn next(&self) -> Option<Args> {
        let window = self.args.operation().window.as_ref().filter(|_| !self.done)?;
        let (from, to) = self.edges();
        let quoted = |day: i64| format!("\"{}\"", written(day));
        Some(self.args.with(&[(window.from, quoted(from)), (window.to, quoted(to))]))
    }

    /// Takes the answer to what was asked; answers with the positions of the rows that are new.
    pub fn feed(&mut self, answer: &Answer) -> Vec<usize> {
        let Some(window) = &self.args.operation().window else { return Vec::new() };
        let rows = identities(&answer.tape, &answer.body, window.identity, window.stamp);
        let count = rows.len() as i64;
        let (from, to) = self.edges();
        let (mut new, mut here, mut foreign) = (Vec::new(), HashSet::new(), false);
        for (position, (identity, stamp)) in rows.into_iter().enumerate() {
            let on = stamp.as_deref().and_then(|stamp| day(stamp.get(..10)?));
            self.last_seen |= on == Some(self.last);
            // A time with a zone may be written as the day before or after.
            foreign |= on.is_some_and(|on| on < from - 1 || on > to + 1);
            let known = self.before.contains(&identity);
            here.insert(identity);
            let inside = on.is_none_or(|on| (self.first..=self.last).contains(&on));
            if !known && inside && (on.is_some() || !self.once_more) {
                new.push(position);
            }
        }
        // A supplier that takes no heed of the days sends the same again, most of it of other days. One odd row is none.
        let heedless = foreign && self.foreign && here == self.before;
        self.foreign = foreign;
        self.before = here;
        if heedless || self.once_more {
            self.done = true;
        } else if to < self.last && to == from && count == 0 && !self.hollow {
            self.hollow = true;
            self.length = 1;
        } else if to < self.last {
            self.hollow = false;
            self.at = if self.length == 0 { to + 1 } else { to };
            let fitting = (self.length.max(1) * MEANT).checked_div(count).unwrap_or(LONGEST);
            self.length = fitting.clamp(self.length / STEP, (self.length * STEP).max(1)).clamp(1, LONGEST);
        } else if self.last_seen {
            self.done = true;
        } else {
            self.once_more = true;
        }
        new
    }

    /// The answer to what was asked was too much: asks for less, if that can be.
    pub fn narrow(&mut self) -> bool {
        let (from, to) = self.edges();
        let more = to > from && !self.once_more && !self.hollow;
        if more {
            self.length = (to - from) / STEP;
        }
        more
    }

    /// What one answer is.
    pub fn shape(&self) -> Shape {
        self.args.operation().answer
    }

    /// Days done, and in all.
    pub fn progress(&self) -> (usize, usize) {
        let all = self.last - self.first + 1;
        let done = if self.done || self.once_more { all } else { self.at - self.first };
        (done as usize, all as usize)
    }
}
