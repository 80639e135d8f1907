//! The only chance there is: a number and a purpose always roll the same.

/// A pseudo-random number out of `number`, another one for each `purpose` (splitmix64).
pub(crate) fn roll(number: u64, purpose: u64) -> u64 {
    let mut z = number
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .wrapping_add(purpose.wrapping_mul(0xd1b5_4a32_d192_ed03))
        .wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// One of `choices`, which must not be empty.
pub(crate) fn pick<T: Copy>(choices: &[T], number: u64, purpose: u64) -> T {
    choices[(roll(number, purpose) % choices.len() as u64) as usize]
}
