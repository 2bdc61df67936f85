//! A mean of the market price over time.
//!
//! ```text
//! mean <- mean + (1 - e^(-dt / mean_age)) * (market - mean)        the market price is held through the step
//! ```
//!
//! Exponential and not a ring of cumulative sums: it needs one number per lane however long the window and however short
//! the step, its result does not depend on how a time of constant price is cut into steps, and it is what Curve's
//! `price_oracle` is (StableSwap-NG, cryptoswap: `ma_time` is the mean age). A plain mean over a window of length L
//! (Uniswap) has mean age L/2, which is what to give here; it forgets a price after L altogether, and this one does not.

use pegstress_num::exp_m1;

/// What the price of the last `step_secs` weighs in a mean.
#[inline(always)]
pub(super) fn weight_of(step_secs: f64, mean_age_secs: f64) -> f64 {
    0.0 - exp_m1(-(step_secs / mean_age_secs))
}
