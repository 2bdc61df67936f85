//! `exp(-x)` in 18 decimals as the oracle computes it, to the last unit.
//!
//! ```text
//! exp(x) = 2^k exp(r),   k = round(x / ln 2),   r = x - k ln 2,   exp(r) ~ s p(r) / q(r)
//! ```
//!
//! with 96 binary decimals and a rational approximation of degrees 6 and 7. Method and coefficients: Remco Bloemen,
//! <https://xn--2-umb.com/22/exp-ln> (MIT), as used by curvefi/stableswap-ng at 2abe778f. Only arguments of at most
//! zero occur here. Signed numbers are two's complement words: within the domain no intermediate leaves 255 bits.

use ruint::{aliases::U256, uint};

/// Above this argument the result is below half a unit.
const VANISHES_FROM: U256 = uint!(41_446_531_673_892_822_313_U256);
const FIVE_TO_18: U256 = uint!(3_814_697_265_625_U256);
/// `ln 2` with 96 binary decimals.
const LN_2: U256 = uint!(54_916_777_467_707_473_351_141_471_128_U256);
/// `s * 10^18 * 2^117`: the scale of the approximation and the change of base in one factor.
const SCALE: U256 = uint!(3_822_833_074_963_236_453_042_738_258_902_158_003_155_416_615_667_U256);

/// Coefficients of `p`, which is evaluated through the square `y = (r + P[0]) r + P[1]`.
const P: [U256; 5] = [
    uint!(1_346_386_616_545_796_478_920_950_773_328_U256),
    uint!(57_155_421_227_552_351_082_224_309_758_442_U256),
    uint!(94_201_549_194_550_492_254_356_042_504_812_U256),
    uint!(28_719_021_644_029_726_153_956_944_680_412_240_U256),
    uint!(4_385_272_521_454_847_904_659_076_985_693_276_U256),
];

/// Coefficients of `q` by Horner's rule from the second highest power on; their signs alternate from minus.
const Q: [U256; 6] = [
    uint!(2_855_989_394_907_223_263_936_484_059_900_U256),
    uint!(50_020_603_652_535_783_019_961_831_881_945_U256),
    uint!(533_845_033_583_426_703_283_633_433_725_380_U256),
    uint!(3_604_857_256_930_695_427_073_651_918_091_429_U256),
    uint!(14_423_608_567_350_463_180_887_372_962_807_573_U256),
    uint!(26_449_188_498_355_588_339_934_803_723_976_023_U256),
];

/// `exp(-x)`, argument and result with 1e18 = 1.
pub(super) fn exp_negative(x: U256) -> U256 {
    if x >= VANISHES_FROM {
        return U256::ZERO;
    }
    // 18 decimal to 96 binary decimals: 2^96 / 10^18 = 2^78 / 5^18. The division rounds towards zero.
    let magnitude = (x << 78_usize) / FIVE_TO_18;
    let quotient = ((magnitude << 96_usize) / LN_2).wrapping_neg();
    let k = (quotient.wrapping_add(U256::from(1) << 95_usize)).arithmetic_shr(96);
    let r = magnitude.wrapping_neg().wrapping_sub(k.wrapping_mul(LN_2));

    let y = product(r.wrapping_add(P[0]), r).wrapping_add(P[1]);
    let inner = product(y.wrapping_add(r).wrapping_sub(P[2]), y).wrapping_add(P[3]);
    let p = inner.wrapping_mul(r).wrapping_add(P[4] << 96_usize);

    let mut q = r.wrapping_sub(Q[0]);
    for (power, &coefficient) in Q.iter().enumerate().skip(1) {
        let shifted = product(q, r);
        q = if power % 2 == 0 {
            shifted.wrapping_sub(coefficient)
        } else {
            shifted.wrapping_add(coefficient)
        };
    }
    // Both are above zero for the reduced argument, so unsigned division is right; k lies in -60..=0.
    let halvings = k.wrapping_neg().saturating_to::<usize>();
    p.checked_div(q).unwrap_or(U256::ZERO).wrapping_mul(SCALE) >> (195 + halvings)
}

/// Product of two numbers with 96 binary decimals, rounded down.
fn product(a: U256, b: U256) -> U256 {
    a.wrapping_mul(b).arithmetic_shr(96)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values_are_met_within_one_unit() {
        let one = 1_000_000_000_000_000_000_u64;
        assert_eq!(exp_negative(U256::ZERO), U256::from(one));
        // First 18 digits of 1/e, exp(-1/2), exp(-10).
        for (x, expected) in [
            (one, 367_879_441_171_442_321_u64),
            (one / 2, 606_530_659_712_633_423),
            (10 * one, 45_399_929_762_484),
        ] {
            let found = exp_negative(U256::from(x));
            assert!(found.abs_diff(U256::from(expected)) <= U256::from(1), "exp(-{x}) = {found}");
        }
    }

    #[test]
    fn it_vanishes_at_the_end_of_the_domain_and_falls_before() {
        assert_eq!(exp_negative(VANISHES_FROM), U256::ZERO);
        assert_eq!(exp_negative(U256::MAX), U256::ZERO);
        let mut previous = U256::MAX;
        for step in 0..420_u64 {
            let value = exp_negative(U256::from(step) * U256::from(100_000_000_000_000_000_u64));
            assert!(value <= previous);
            previous = value;
        }
    }
}
