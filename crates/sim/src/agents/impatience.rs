//! Holders who leave choose: sell now, or redeem and wait.
//!
//! A holder with impatience `rho` per year sells when
//!
//! ```text
//! -ln(1 - d) < rho*T/365d - ln(1 - fee) - ln(1 - L)
//! ```
//!
//! where `d` is the discount of the best bid, after fee, that a holder of little sees. With `ln rho` normal the share that sells is `Phi((ln median - ln r) / sd)`, where
//! `r = (-ln(1 - d) + ln(1 - fee) + ln(1 - L)) * 365d / T` is the impatience that is indifferent; everybody
//! sells where `r <= 0`. While redemptions are paused those who would have queued cannot: a stated share of them
//! waits, the rest sells. Units: fractions, seconds.

use crate::scenario::Impatience;
use pegstress_num::{Lanes, greater, ln_of_normal, normal_cdf_7_digits, select};
use pegstress_unlock::DAY_SECS;

/// Delays shorter than this count as this: the choice between now and a minute later is not about patience.
const SHORTEST_DELAY_SECS: f64 = 60.0;

/// A bid below this counts as this, ETH per token: everybody would rather redeem.
const LEAST_BID: f64 = 1e-9;

/// The terms of redemption that a holder is offered.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a, const W: usize> {
    /// Best bid after fee, ETH per token.
    pub bid: &'a Lanes<W>,
    /// What redemption pays before its fee, ETH per token.
    pub worth: &'a Lanes<W>,
    /// Unlock delay, seconds.
    pub delay_secs: &'a Lanes<W>,
    /// Fee of the redemption path, fraction.
    pub fee: &'a Lanes<W>,
    /// Whether requests are taken.
    pub open: &'a [bool; W],
}

/// How a step's exits split.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub struct Choice<const W: usize> {
    /// Share that sells on the market.
    pub sell: Lanes<W>,
    /// Share that asks for redemption.
    pub redeem: Lanes<W>,
}

/// The split between market and queue.
#[inline(always)]
pub fn choose<const W: usize>(params: &Impatience, terms: Terms<'_, W>) -> Choice<W> {
    let ln_median = ln_of_normal(params.median_per_year);
    let per_sd = 1.0 / params.log_sd;
    let keep_loss = 1.0 - params.expected_loss;
    let patient = params.patient_share_when_paused;
    let mut choice = Choice { sell: [0.0; W], redeem: [0.0; W] };
    // Short loops: each is a chain of dependent operations per lane, and only neighbours can fill its gaps.
    let mut kept = [0.0; W];
    for i in 0..W {
        // One logarithm for the three terms of the indifferent impatience.
        kept[i] = (1.0 - terms.fee[i]) * keep_loss * terms.worth[i] / greater(terms.bid[i], LEAST_BID);
    }
    let mut indifferent = [0.0; W];
    for i in 0..W {
        let gain = ln_of_normal(greater(kept[i], 1e-9));
        indifferent[i] = gain * (365.0 * DAY_SECS) / greater(terms.delay_secs[i], SHORTEST_DELAY_SECS);
    }
    let mut score = [0.0; W];
    for i in 0..W {
        score[i] = (ln_median - ln_of_normal(greater(indifferent[i], 1e-12))) * per_sd;
    }
    let mut share = [0.0; W];
    for i in 0..W {
        share[i] = normal_cdf_7_digits(score[i]);
    }
    for i in 0..W {
        let sell = select(indifferent[i] > 0.0, share[i], 1.0);
        let wait = 1.0 - sell;
        choice.sell[i] = select(terms.open[i], sell, sell + wait * (1.0 - patient));
        choice.redeem[i] = select(terms.open[i], wait, 0.0);
    }
    choice
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "the standard library is the truth to test against")]
mod tests {
    use super::*;

    const HALF_AT_20_PERCENT: Impatience =
        Impatience { median_per_year: 0.2, log_sd: 1.0, expected_loss: 0.0, patient_share_when_paused: 0.25 };

    fn split(discount: f64, delay_days: f64, fee: f64, paused: bool) -> (f64, f64) {
        let terms = Terms {
            bid: &[1.05 * (1.0 - discount)],
            worth: &[1.05],
            delay_secs: &[delay_days * DAY_SECS],
            fee: &[fee],
            open: &[!paused],
        };
        let choice = choose(&HALF_AT_20_PERCENT, terms);
        (choice.sell[0], choice.redeem[0])
    }

    #[test]
    fn half_sell_at_the_discount_that_pays_the_median_impatience() {
        // -ln(1 - d) = 0.2 * 36.5 / 365 = 0.02
        let discount = 1.0 - (-0.02_f64).exp();
        let (sell, redeem) = split(discount, 36.5, 0.0, false);
        // The seven digits of the normal law.
        assert!((sell - 0.5).abs() < 7.5e-8, "{sell}");
        assert!((sell + redeem - 1.0).abs() < 1e-15);
    }

    #[test]
    fn everybody_sells_at_or_above_the_redemption_rate_and_below_its_fee() {
        assert_eq!(split(0.0, 10.0, 0.0, false), (1.0, 0.0));
        assert_eq!(split(-0.01, 10.0, 0.0, false), (1.0, 0.0));
        assert_eq!(split(0.002, 0.0, 0.003, false), (1.0, 0.0));
    }

    #[test]
    fn nearly_everybody_redeems_when_redemption_is_instant_and_cheaper() {
        let (sell, _) = split(0.01, 0.0, 0.003, false);
        assert!(sell < 1e-6, "{sell}");
    }

    #[test]
    fn a_pause_sends_the_impatient_part_of_the_queue_to_the_market() {
        let (open_sell, open_redeem) = split(0.02, 20.0, 0.0, false);
        let (sell, redeem) = split(0.02, 20.0, 0.0, true);
        assert_eq!(redeem, 0.0);
        assert!((sell - (open_sell + 0.75 * open_redeem)).abs() < 1e-15);
    }
}
