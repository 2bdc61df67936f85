//! Decay by halves: the weight of the old average after some half-lives.
//!
//! `2^-n` for the whole half-lives, and for the rest `r` the binomial series of `(1 - 1/2)^r`,
//! `1 - r/2 + r (r - 1) / 2! / 4 - ...`, cut at terms below 1e-8.

use ruint::{aliases::U256, uint};

use super::{Error, ONE, TWO};
use crate::arithmetic::{add, div_down, mul, mul_div_down, sub};

/// Terms below this end the series.
const LAST_TERM: U256 = uint!(10_000_000_000_U256);
/// From this number of half-lives on the result is zero.
const VANISHES_FROM: u64 = 60;

/// `2^-power`, argument and result with 1e18 = 1 (the contract's `halfpow`).
pub(super) fn half_to_the(power: U256) -> Result<U256, Error> {
    let whole = div_down(power, ONE)?;
    if whole >= U256::from(VANISHES_FROM) {
        return Ok(U256::ZERO);
    }
    let rest = sub(power, mul(whole, ONE)?)?;
    let halved = ONE >> whole.saturating_to::<usize>();
    if rest.is_zero() {
        return Ok(halved);
    }
    let half = div_down(ONE, TWO)?;
    let (mut term, mut series, mut negative) = (ONE, ONE, false);
    for round in 1..256_u64 {
        let k = mul(U256::from(round), ONE)?;
        let before = sub(k, ONE)?;
        if rest > before {
            negative = !negative;
        }
        let factor = mul_div_down(rest.abs_diff(before), half, ONE)?;
        term = mul_div_down(term, factor, k)?;
        series = if negative { sub(series, term)? } else { add(series, term)? };
        if term < LAST_TERM {
            return Ok(mul_div_down(halved, series, ONE)?);
        }
    }
    Err(Error::NotSettled)
}

/// `average` aged by `elapsed_secs` in which the value was `last`.
pub(super) fn aged(average: U256, last: U256, elapsed_secs: u64, half_life_secs: u64) -> Result<U256, Error> {
    let power = mul_div_down(U256::from(elapsed_secs), ONE, U256::from(half_life_secs))?;
    let weight = half_to_the(power)?;
    let fresh = mul(last, sub(ONE, weight)?)?;
    Ok(div_down(add(fresh, mul(average, weight)?)?, ONE)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_half_lives_halve_and_the_rest_is_within_the_cut_series() {
        let power = |thousandths: u64| U256::from(thousandths) * U256::from(10u64.pow(15));
        assert_eq!(half_to_the(U256::ZERO), Ok(ONE));
        assert_eq!(half_to_the(power(3_000)), Ok(ONE / U256::from(8)));
        assert_eq!(half_to_the(power(60_000)), Ok(U256::ZERO));
        // sqrt(1/2) and 2^-2.25; the first term left out is below 1e-8.
        for (thousandths, expected) in [(500, 707_106_781_186_547_524_u64), (2_250, 210_224_103_813_428_590)]
        {
            let found = half_to_the(power(thousandths)).expect("settles");
            assert!(found.abs_diff(U256::from(expected)) < LAST_TERM, "{thousandths}: {found}");
        }
    }

    #[test]
    fn an_average_moves_half_way_in_one_half_life() {
        let found = aged(ONE, ONE * U256::from(3), 600, 600).expect("ages");
        assert_eq!(found, ONE * TWO);
    }
}
