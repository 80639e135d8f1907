//! How many requests an account has under way at once.

use super::Ms;

/// How soon a caller that found no place looks again: nobody wakes it.
const LOOK: Ms = 25;

/// Places for requests.
#[derive(Debug)]
pub(super) struct Slots {
    most: usize,
    taken: Vec<Slot>,
    next: u64,
}

#[derive(Debug)]
struct Slot {
    number: u64,
    until: Ms,
}

impl Slots {
    pub(super) fn new(most: usize) -> Slots {
        Slots { most: most.max(1), taken: Vec::new(), next: 0 }
    }

    /// When to look again, if there is no place now.
    pub(super) fn full(&mut self, now: Ms) -> Option<Ms> {
        // Some runtimes drop a request without a word: past its deadline it holds no place.
        self.taken.retain(|slot| now < slot.until);
        (self.taken.len() >= self.most).then_some(now + LOOK)
    }

    /// Takes a place until then.
    pub(super) fn take(&mut self, until: Ms) -> u64 {
        self.next += 1;
        self.taken.push(Slot { number: self.next, until });
        self.next
    }

    pub(super) fn give_back(&mut self, number: u64) {
        self.taken.retain(|slot| slot.number != number);
    }
}
