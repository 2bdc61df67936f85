//! Morpho's adaptive curve: the rate at the target utilisation grows while utilisation is above it.
//!
//! ```text
//! err     = (u - 0.9) / (u > 0.9 ? 0.1 : 0.9)
//! end     = bound(start * e(50 * err * years))        mid likewise over half the time
//! mean    = (start + end + 2 * mid) / 4
//! rate    = mean * (1 + err * (err < 0 ? 1 - 1/4 : 4 - 1))
//! ```
//!
//! Source: morpho-org/morpho-blue-irm, src/adaptive-curve-irm (AdaptiveCurveIrm.sol, libraries/ConstantsLib.sol,
//! ExpLib.sol). `e` is the contract's exponential, `2^q (1 + r + r^2/2)` with `r = x - q ln 2` in -0.35..0.35: within
//! 0.9 % of the true one, and repeated here since it moves the rate. Domain: rates per year, years >= 0, u in 0..=1.

use pegstress_num::{clamp, select};

/// `ConstantsLib.TARGET_UTILIZATION`.
const TARGET: f64 = 0.9;
/// `ConstantsLib.ADJUSTMENT_SPEED`, per year.
const SPEED_PER_YEAR: f64 = 50.0;
/// `ConstantsLib.CURVE_STEEPNESS`: the curve goes from 1/4 to 4 times the rate at target.
const STEEPNESS: f64 = 4.0;
/// `ConstantsLib.MIN_RATE_AT_TARGET` and `MAX_RATE_AT_TARGET`, per year.
const BOUNDS_PER_YEAR: (f64, f64) = (0.001, 2.0);
/// Beyond this every rate within the bounds leaves them.
const FAR: f64 = 40.0;
/// 1.5 * 2^52: adding it rounds to an integer, found in the low bits.
const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// An adaptive curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adaptive {
    /// At the target utilisation at the start, per year; 0.1 % to 200 %, a new market's is 4 %.
    pub rate_at_target_per_year: f64,
}

impl Adaptive {
    /// `(mean borrow rate, rate at target at the end)` of `years` at one utilisation.
    #[inline(always)]
    pub(crate) fn advance(&self, years: f64, utilisation: f64, rate_at_target: f64) -> (f64, f64) {
        let distance = utilisation - TARGET;
        let above = distance > 0.0;
        let error = distance * select(above, 1.0 / (1.0 - TARGET), 1.0 / TARGET);
        let adaptation = clamp(SPEED_PER_YEAR * years * error, -FAR, FAR);
        let end = adapted(rate_at_target, adaptation);
        let middle = adapted(rate_at_target, 0.5 * adaptation);
        let mean = 0.25 * (rate_at_target + end + 2.0 * middle);
        let steepness = select(error < 0.0, 1.0 - 1.0 / STEEPNESS, STEEPNESS - 1.0);
        (mean * (1.0 + steepness * error), end)
    }
}

#[inline(always)]
fn adapted(rate: f64, adaptation: f64) -> f64 {
    clamp(rate * contract_exp(adaptation), BOUNDS_PER_YEAR.0, BOUNDS_PER_YEAR.1)
}

/// The contract's `wExp`, for `x` in -40..=40.
#[inline(always)]
fn contract_exp(x: f64) -> f64 {
    let rounded = x * std::f64::consts::LOG2_E + ROUNDER;
    let r = x - (rounded - ROUNDER) * std::f64::consts::LN_2;
    let power = f64::from_bits(rounded.to_bits().wrapping_add(1023) << 52);
    (1.0 + r + 0.5 * (r * r)) * power
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::YEAR_SECS;

    const START: Adaptive = Adaptive { rate_at_target_per_year: 0.04 };

    #[test]
    fn mechanics_5_3_the_curve_is_4_times_the_rate_at_target_at_full_and_a_quarter_at_no_utilisation() {
        assert!((START.advance(0.0, 1.0, 0.04).0 - 0.16).abs() < 1e-15);
        assert!((START.advance(0.0, 0.9, 0.04).0 - 0.04).abs() < 1e-15);
        assert!((START.advance(0.0, 0.0, 0.04).0 - 0.01).abs() < 1e-15);
    }

    #[test]
    fn mechanics_5_3_at_full_utilisation_the_rate_at_target_doubles_in_5_06_days() {
        // ln 2 / 50 of a year; here r is 0 and the contract's exponential exact.
        let years = std::f64::consts::LN_2 / 50.0;
        assert!((years * 365.0 - 5.06).abs() < 0.0005);
        let end = START.advance(years, 1.0, 0.04).1;
        assert!((end - 0.08).abs() < 1e-15, "{end}");
    }

    #[test]
    fn the_rate_at_target_stays_within_its_bounds() {
        assert_eq!(START.advance(10.0, 1.0, 0.04).1, 2.0);
        assert_eq!(START.advance(10.0, 0.0, 0.04).1, 0.001);
    }

    #[test]
    fn the_contracts_exponential_is_of_second_order() {
        // An hour at full utilisation: r^3/6 is 3.1e-8 there.
        let x = 50.0 * 3600.0 / YEAR_SECS;
        let short = pegstress_num::exp(x) - contract_exp(x);
        assert!((short - x * x * x / 6.0).abs() < 1e-10, "{short}");
    }
}
