//! Philox4x32-10: a counter-based random number generator, a keyed bijection of 128-bit counters.
//!
//! Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11 (2011), section 4.3;
//! constants and known-answer vectors from the Random123 library (`philox.h`, `kat_vectors`).
//!
//! One round on words `c0..c3` with key `k0, k1` (`hi`, `lo`: halves of the 64-bit product):
//!
//! ```text
//! c0, c1, c2, c3 = hi(M1*c2) ^ c1 ^ k0,  lo(M1*c2),  hi(M0*c0) ^ c3 ^ k1,  lo(M0*c0)
//! k0, k1 = k0 + W0, k1 + W1        (mod 2^32)
//! ```
//!
//! Deviation from the plain form: the 32-bit words live in `u64`, because a vector unit multiplies the low
//! halves of 64-bit elements in one instruction and would otherwise shuffle words back and forth.

const M0: u64 = 0xD251_1F53;
const M1: u64 = 0xCD9E_8D57;
const W0: u64 = 0x9E37_79B9;
const W1: u64 = 0xBB67_AE85;
const ROUNDS: usize = 10;
const LOW_WORD: u64 = 0xFFFF_FFFF;

/// Four random words for a counter and a key.
#[inline(always)]
pub fn philox4x32_10(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let [c0, c1, c2, c3] = counter;
    let (low, high) = philox_pair(pair(c0, c1), pair(c2, c3), pair(key[0], key[1]));
    [low as u32, (low >> 32) as u32, high as u32, (high >> 32) as u32]
}

/// The same with words in pairs, `c0 + 2^32 c1`: the form that kernels use, plain scalars throughout, so that a loop
/// over lanes vectorises whatever the optimiser makes of small arrays.
#[inline(always)]
pub fn philox_pair(counter_low: u64, counter_high: u64, key: u64) -> (u64, u64) {
    let (mut c0, mut c1) = (counter_low & LOW_WORD, counter_low >> 32);
    let (mut c2, mut c3) = (counter_high & LOW_WORD, counter_high >> 32);
    let (mut k0, mut k1) = (key & LOW_WORD, key >> 32);
    for _ in 0..ROUNDS {
        // The masks are no-ops that tell the compiler both factors fit in 32 bits.
        let product0 = (c0 & LOW_WORD) * M0;
        let product1 = (c2 & LOW_WORD) * M1;
        c0 = (product1 >> 32) ^ c1 ^ k0;
        c1 = product1 & LOW_WORD;
        c2 = (product0 >> 32) ^ c3 ^ k1;
        c3 = product0 & LOW_WORD;
        k0 = (k0 + W0) & LOW_WORD;
        k1 = (k1 + W1) & LOW_WORD;
    }
    (c0 | (c1 << 32), c2 | (c3 << 32))
}

/// Two words as one.
#[inline(always)]
fn pair(low: u32, high: u32) -> u64 {
    u64::from(low) | (u64::from(high) << 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `kat_vectors` of Random123, lines `philox4x32 10`.
    #[test]
    fn philox_equals_the_published_vectors() {
        let ff = u32::MAX;
        let pi = [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344];
        let cases = [
            ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            ([ff; 4], [ff; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
            (pi, [0xa409_3822, 0x299f_31d0], [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]),
        ];
        for (counter, key, words) in cases {
            assert_eq!(philox4x32_10(counter, key), words, "counter {counter:x?} key {key:x?}");
        }
    }
}
