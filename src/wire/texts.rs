//! Texts on their way to JavaScript: copied out of the body while it is read.
//!
//! What is not a value (names, punctuation) need not become a JavaScript string, and plain ASCII becomes one several times
//! faster than anything else. So values go into one of two texts, and each of these is decoded once.

use super::scan;
use super::tape::pair;

/// The texts of a tape in [`super::Units::Utf16`].
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Texts {
    /// What is ASCII.
    pub plain: Vec<u8>,
    /// What is not, in UTF-8.
    pub wide: Vec<u8>,
    /// UTF-16 units of `wide`.
    units: u32,
}

/// How much there was at some time.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    plain: usize,
    wide: usize,
    units: u32,
}

impl Texts {
    pub fn mark(&self) -> Mark {
        Mark { plain: self.plain.len(), wide: self.wide.len(), units: self.units }
    }

    /// Forgets what was kept since.
    pub fn rewind(&mut self, mark: Mark) {
        self.plain.truncate(mark.plain);
        self.wide.truncate(mark.wide);
        self.units = mark.units;
    }

    /// Copies `bytes[from..to]`, of which `surplus` bytes are no UTF-16 unit of their own. Answers with its range; the
    /// start is inverted where it stands in the wide text.
    #[inline(always)]
    pub fn keep(&mut self, bytes: &[u8], from: usize, to: usize, surplus: u32) -> u64 {
        if surplus == 0 {
            let start = self.plain.len() as u32;
            append(&mut self.plain, bytes, from, to);
            return pair(start, self.plain.len() as u32);
        }
        let start = self.units;
        append(&mut self.wide, bytes, from, to);
        self.units += (to - from) as u32 - surplus;
        pair(!start, self.units)
    }

    /// The same for any text.
    #[cold]
    pub fn keep_any(&mut self, bytes: &[u8]) -> u64 {
        self.keep(bytes, 0, bytes.len(), scan::surplus(bytes))
    }
}

/// Most texts are shorter than a call to copy them is worth: they are copied by blocks, of which the last may reach beyond
/// the text.
#[inline(always)]
pub(super) fn append(out: &mut Vec<u8>, bytes: &[u8], from: usize, to: usize) {
    const WORD: usize = 16;
    const BLOCK: usize = 2 * WORD;
    let blocks = (to - from).div_ceil(BLOCK) * BLOCK;
    if from + blocks > bytes.len() {
        return out.extend_from_slice(&bytes[from..to]);
    }
    out.reserve(blocks);
    let (source, target) = (bytes[from..].as_ptr(), out.spare_capacity_mut().as_mut_ptr().cast::<u8>());
    // SAFETY: the blocks end within `bytes`, as was asked above, and within what was reserved, of which `to - from` bytes
    // are written then.
    unsafe {
        for block in (0..blocks).step_by(BLOCK) {
            for word in [block, block + WORD] {
                target.add(word).copy_from_nonoverlapping(source.add(word), WORD);
            }
        }
        out.set_len(out.len() + to - from);
    }
}
