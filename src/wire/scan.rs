//! The inner loops of the decoding pass: over a name, and over a text to its closing quote.

/// Where a text ends, and what was met on the way.
pub(super) struct Text {
    /// Byte offset of the closing quote.
    pub end: usize,
    /// Bytes that are no UTF-16 unit of their own, where they were to be counted.
    pub surplus: u32,
    /// A backslash was met; after [`text`] it stands at `end`, and [`slowly`] must go on from there.
    pub escape: bool,
}

/// Runs from `at` (the first byte of a text's content) to a quote, a backslash, a control character or the end.
/// `bytes` is known to be valid UTF-8. Counts the surplus only where it is asked for.
#[inline(always)]
pub(super) fn text(bytes: &[u8], mut at: usize, count: bool) -> Option<Text> {
    let mut surplus: u32 = 0;
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    {
        use std::arch::wasm32::*;
        // Most texts are shorter than a block: their ends are found without a branch that guesses their length.
        while at + 32 <= bytes.len() {
            // SAFETY: thirty-two bytes from `at` are inside the slice.
            let (low, high) = unsafe {
                let from = bytes.as_ptr().add(at);
                (v128_load(from.cast()), v128_load(from.add(16).cast()))
            };
            let bits =
                |mask: fn(v128) -> v128| i8x16_bitmask(mask(low)) as u32 | (i8x16_bitmask(mask(high)) as u32) << 16;
            let stops = bits(|bytes| {
                // With its second bit flipped a quote is the next after the control characters. Signed bytes are
                // compared faster.
                let flipped = v128_xor(bytes, u8x16_splat(0x80 ^ 2));
                v128_or(i8x16_lt(flipped, i8x16_splat(-128 + 0x21)), u8x16_eq(bytes, u8x16_splat(b'\\')))
            });
            if count && bits(|bytes| bytes) != 0 {
                let before = if stops == 0 { u32::MAX } else { (1 << stops.trailing_zeros()) - 1 };
                let continuation = bits(|bytes| i8x16_lt(bytes, i8x16_splat(-64))) & before;
                let four = bits(|bytes| u8x16_ge(bytes, u8x16_splat(0xf0))) & before;
                surplus = surplus.wrapping_add(continuation.count_ones()).wrapping_sub(four.count_ones());
            }
            if stops != 0 {
                return stopped(bytes, at + stops.trailing_zeros() as usize, surplus);
            }
            at += 32;
        }
    }
    while let Some(&byte) = bytes.get(at) {
        if byte == b'"' || byte == b'\\' || byte < 0x20 {
            return stopped(bytes, at, surplus);
        }
        if count {
            surplus = surplus.wrapping_add(surplus_of(byte));
        }
        at += 1;
    }
    None
}

/// How many bytes of a text are no UTF-16 unit of their own; `bytes` is known to be valid UTF-8.
pub(super) fn surplus(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |sum, byte| sum.wrapping_add(surplus_of(*byte)))
}

#[inline(always)]
fn stopped(bytes: &[u8], at: usize, surplus: u32) -> Option<Text> {
    match bytes[at] {
        b'"' => Some(Text { end: at, surplus, escape: false }),
        b'\\' => Some(Text { end: at, surplus, escape: true }),
        _ => None,
    }
}

/// A continuation byte adds no UTF-16 unit; a four-byte character has two units, so that one of its three is not in excess.
/// The lead byte of such a character counts −1, which wraps and is made good by its continuation bytes.
#[inline(always)]
fn surplus_of(byte: u8) -> u32 {
    match byte {
        0x80..=0xbf => 1,
        0xf0.. => u32::MAX,
        _ => 0,
    }
}

/// The same for a text with escapes, from any place within it; checks each escape. Counts no surplus: what the escapes
/// stand for is not known here.
#[cold]
pub(super) fn slowly(bytes: &[u8], mut at: usize) -> Option<Text> {
    loop {
        match *bytes.get(at)? {
            b'"' => return Some(Text { end: at, surplus: 0, escape: true }),
            b'\\' => match *bytes.get(at + 1)? {
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => at += 2,
                b'u' => {
                    let digits = bytes.get(at + 2..at + 6)?;
                    if !digits.iter().all(u8::is_ascii_hexdigit) {
                        return None;
                    }
                    at += 6;
                }
                _ => return None,
            },
            0..0x20 => return None,
            _ => at += 1,
        }
    }
}

/// Whether `bytes` begins with a name. Words that overlap are compared faster here than single bytes, or by a call.
#[inline(always)]
pub(super) fn begins(bytes: &[u8], name: &[u8]) -> bool {
    let Some(bytes) = bytes.get(..name.len()) else { return false };
    match name.len() {
        0..4 => bytes.iter().zip(name).all(|(a, b)| a == b),
        4..8 => bytes.first_chunk::<4>() == name.first_chunk() && bytes.last_chunk::<4>() == name.last_chunk(),
        length => {
            let mut at = 0;
            while at + 8 < length {
                if bytes[at..].first_chunk::<8>() != name[at..].first_chunk() {
                    return false;
                }
                at += 8;
            }
            bytes.last_chunk::<8>() == name.last_chunk()
        }
    }
}
