//! A search over any span of days: window after window, page after page, each row once.

use std::collections::HashSet;

use crate::operation::{Args, in_range, windows};
use crate::wire::{Shape, Tape};

use super::call::Answer;

/// What a search could not reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Which window, category or brand.
    pub place: String,
    /// Rows that the supplier speaks of, where it does.
    pub expected: Option<u64>,
    /// Rows that came.
    pub got: u64,
    /// Why.
    pub reason: &'static str,
}

/// What tells a row from others.
pub(super) type Identity = Vec<String>;

/// A search under way.
pub struct Cursor {
    args: Args,
    to: String,
    windows: Vec<(String, String)>,
    window: usize,
    offset: u32,
    /// Rows of this window, and of the one before: they share a day.
    here: HashSet<Identity>,
    before: HashSet<Identity>,
    overlong: bool,
    gaps: Vec<Gap>,
}

impl Cursor {
    /// A search with these arguments; none where the operation does not search over days.
    pub fn new(args: Args) -> Option<Cursor> {
        let window = args.operation().window.as_ref()?;
        let row = args.row();
        let (from, to) = (row.text(window.from)?.into_owned(), row.text(window.to)?.into_owned());
        Some(Cursor {
            windows: windows(&from, &to, window.days?),
            to,
            args,
            window: 0,
            offset: 1,
            here: HashSet::new(),
            before: HashSet::new(),
            overlong: false,
            gaps: Vec::new(),
        })
    }

    /// Arguments of the next request; none at the end.
    pub fn next(&self) -> Option<Args> {
        let operation = self.args.operation();
        let (window, pages) = (operation.window.as_ref()?, operation.pages.as_ref()?);
        let (from, to) = self.windows.get(self.window)?;
        let quoted = |day: &str| format!("\"{day}\"");
        let set = [
            (window.from, quoted(from)),
            (window.to, quoted(to)),
            (pages.offset, self.offset.to_string()),
            (pages.limit, pages.most.to_string()),
        ];
        Some(self.args.with(&set))
    }

    /// Takes the page that was asked for; answers with the positions of the rows that are new.
    pub fn feed(&mut self, answer: &Answer) -> Vec<usize> {
        let operation = self.args.operation();
        let (Some(window), Some(pages)) = (&operation.window, &operation.pages) else { return Vec::new() };
        let rows = identities(&answer.tape, &answer.body, window.identity, window.stamp);
        let count = rows.len() as u32;
        let mut new = Vec::new();
        let mut repeats = true;
        for (position, (identity, stamp)) in rows.into_iter().enumerate() {
            if !self.here.insert(identity.clone()) {
                continue;
            }
            repeats = false;
            if !self.before.contains(&identity) && stamp.is_none_or(|stamp| in_range(&stamp, &self.to)) {
                new.push(position);
            }
        }
        // A proxy that leaves rows out says itself where the next page is.
        if let Some(next) = &answer.next {
            match next.parse().ok().filter(|next| *next > self.offset) {
                Some(next) => self.offset = next,
                None => self.leave(None),
            }
            return new;
        }
        // A supplier that takes no heed of the limit sends everything at once, and the same again.
        self.overlong |= count > pages.most;
        if count < pages.most || (repeats && self.overlong) {
            self.leave(None);
        } else if repeats {
            self.leave(Some("the supplier sends the same page again"));
        } else if self.offset + count > pages.last_offset {
            self.leave(Some("the supplier counts no further than 10,000 rows a window"));
        } else {
            self.offset += count;
        }
        new
    }

    fn leave(&mut self, gap: Option<&'static str>) {
        if let (Some(reason), Some((from, to))) = (gap, self.windows.get(self.window)) {
            let got = self.here.len() as u64;
            self.gaps.push(Gap { place: format!("{from} – {to}"), expected: None, got, reason });
        }
        self.before = std::mem::take(&mut self.here);
        self.window += 1;
        self.offset = 1;
        self.overlong = false;
    }

    /// What one page is.
    pub fn shape(&self) -> Shape {
        self.args.operation().answer
    }

    /// Windows done, and in all.
    pub fn progress(&self) -> (usize, usize) {
        (self.window, self.windows.len())
    }

    /// What stayed out of reach so far.
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }
}

pub(super) fn identities(
    tape: &Tape,
    body: &[u8],
    identity: &[usize],
    stamp: usize,
) -> Vec<(Identity, Option<String>)> {
    let mut rows = vec![(vec![String::new(); identity.len()], None); tape.len()];
    for (row, field, text) in tape.keys(body) {
        let Some((mine, at)) = rows.get_mut(row) else { continue };
        if field == stamp {
            *at = Some(text.into_owned());
        } else if let Some(place) = identity.iter().position(|&known| known == field) {
            mine[place] = text.into_owned();
        }
    }
    rows
}
