//! Liquidity providers who leave when the discount frightens them, and come back.
//!
//! ```text
//! l      = l0 + l1*max(0, d - dl)                              share per day
//! leave  = l*dt / (1 + l*dt)                                   of what is there (the implicit step of a decay)
//! return = (1 - left share) * (1 - exp(-r*dt))                 while d <= dl, of the start's liquidity
//! ```
//!
//! Removal in proportion leaves the price where it is, and the tokens withdrawn join the free float; a stated part of what leaves
//! takes ETH only, which moves the price.

use crate::scenario::Liquidity;
use pegstress_num::{Lanes, exp, greater, select};
use pegstress_unlock::DAY_SECS;

/// Constants of one step.
#[derive(Debug, Clone, Copy)]
pub struct LiquidityStep {
    params: Liquidity,
    step_days: f64,
    return_share: f64,
}

/// What providers want to do in a step.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub struct Change<const W: usize> {
    /// Share of the present liquidity removed.
    pub remove: Lanes<W>,
    /// Liquidity returned, as a share of the start's.
    pub restore: Lanes<W>,
}

impl LiquidityStep {
    /// Constants for steps of `step_secs`.
    pub fn new(params: Liquidity, step_secs: f64) -> Self {
        let step_days = step_secs / DAY_SECS;
        Self { params, step_days, return_share: 1.0 - exp(-params.return_per_day * step_days) }
    }

    /// The change in a step at `discount` with `liquidity_share` of the start's liquidity present.
    #[inline(always)]
    pub fn change<const W: usize>(&self, discount: &Lanes<W>, liquidity_share: &Lanes<W>) -> Change<W> {
        let p = &self.params;
        let mut change = Change { remove: [0.0; W], restore: [0.0; W] };
        for i in 0..W {
            let excess = discount[i] - p.discount_threshold;
            let hazard = p.removal_per_day + p.removal_per_discount_per_day * greater(excess, 0.0);
            let missing = greater(1.0 - liquidity_share[i], 0.0);
            let decay = hazard * self.step_days;
            change.remove[i] = decay / (1.0 + decay);
            change.restore[i] = select(excess > 0.0, 0.0, missing * self.return_share);
        }
        change
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "the standard library is the truth to test against")]
mod tests {
    use super::*;

    const FLIGHT: Liquidity = Liquidity {
        removal_per_day: 0.0,
        removal_per_discount_per_day: 10.0,
        discount_threshold: 0.01,
        return_per_day: 0.5,
        one_sided_share: 0.0,
    };

    #[test]
    fn a_five_percent_discount_removes_a_third_a_day() {
        // hazard 10 * 0.04 = 0.4 per day: 1 - exp(-0.4) = 32.97 % over 24 hourly steps, each of which is second order
        // short of the exponential: exp(-0.4) * (1 + 24 * (0.4/24)^2 / 2).
        let step = LiquidityStep::new(FLIGHT, 3600.0);
        let mut share = [1.0];
        for _ in 0..24 {
            share[0] *= 1.0 - step.change(&[0.05], &share).remove[0];
        }
        assert!(
            (share[0] - (-0.4_f64).exp() * (1.0 + 24.0 * (0.4_f64 / 24.0).powi(2) / 2.0)).abs() < 1e-4,
            "{}",
            share[0]
        );
    }

    #[test]
    fn providers_return_towards_the_start_only_in_calm() {
        let step = LiquidityStep::new(FLIGHT, 86_400.0);
        let calm = step.change(&[0.0], &[0.5]);
        // Half is missing, 1 - exp(-0.5) of it returns in a day.
        assert!((calm.restore[0] - 0.5 * (1.0 - (-0.5_f64).exp())).abs() < 1e-15);
        assert_eq!(calm.remove[0], 0.0);
        assert_eq!(step.change(&[0.02], &[0.5]).restore[0], 0.0);
        assert_eq!(step.change(&[0.0], &[1.0]).restore[0], 0.0);
    }
}
