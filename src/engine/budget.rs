//! How much may be spent on repeats: an outage must not eat the quota.

/// Each first attempt earns a fifth of a repeat, up to ten repeats.
#[derive(Debug)]
pub(super) struct Budget {
    fifths: u32,
}

const REPEAT: u32 = 5;
const MOST: u32 = 10 * REPEAT;

impl Budget {
    pub(super) fn new() -> Budget {
        Budget { fifths: MOST }
    }

    pub(super) fn earn(&mut self) {
        self.fifths = (self.fifths + 1).min(MOST);
    }

    pub(super) fn spend(&mut self) -> bool {
        match self.fifths.checked_sub(REPEAT) {
            Some(left) => {
                self.fifths = left;
                true
            }
            None => false,
        }
    }
}
