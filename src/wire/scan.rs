//! The inner loop of the decoding pass: over a text to its closing quote.

/// Where a text ends, and what was met on the way.
pub(super) struct Text {
    /// Byte offset of the closing quote.
    pub end: usize,
    /// Bytes that are no UTF-16 unit of their own.
    pub surplus: u32,
    /// A backslash was met; after [`text`] it stands at `end`, and [`slowly`] must go on from there.
    pub escape: bool,
}

/// Runs from `at` (the first byte of a text's content) to a quote, a backslash, a control character or the end.
/// `bytes` is known to be valid UTF-8.
#[inline(always)]
pub(super) fn text(bytes: &[u8], mut at: usize) -> Option<Text> {
    let mut surplus: u32 = 0;
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    {
        use std::arch::wasm32::*;
        while at + 16 <= bytes.len() {
            // SAFETY: sixteen bytes from `at` are inside the slice.
            let chunk = unsafe { v128_load(bytes.as_ptr().add(at).cast()) };
            let stop = v128_or(
                v128_or(i8x16_eq(chunk, i8x16_splat(b'"' as i8)), i8x16_eq(chunk, i8x16_splat(b'\\' as i8))),
                u8x16_lt(chunk, u8x16_splat(0x20)),
            );
            let stops = i8x16_bitmask(stop) as u32;
            let high = i8x16_bitmask(chunk) as u32;
            let before = if stops == 0 { 0xffff } else { (1 << stops.trailing_zeros()) - 1 };
            if high & before != 0 {
                let continuation = i8x16_bitmask(i8x16_lt(chunk, i8x16_splat(-64))) as u32 & before;
                let four = i8x16_bitmask(u8x16_ge(chunk, u8x16_splat(0xf0))) as u32 & before;
                surplus += continuation.count_ones() - four.count_ones();
            }
            if stops != 0 {
                at += stops.trailing_zeros() as usize;
                return stopped(bytes, at, surplus);
            }
            at += 16;
        }
    }
    while let Some(&byte) = bytes.get(at) {
        if byte == b'"' || byte == b'\\' || byte < 0x20 {
            return stopped(bytes, at, surplus);
        }
        surplus = surplus.wrapping_add(surplus_of(byte));
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
