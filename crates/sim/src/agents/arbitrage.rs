//! Arbitrage by redemption: buy below the fair discount, redeem, wait, start again.
//!
//! ```text
//! d*(T)  = 1 - (1 - fee)(1 - L)(1 - cost) / (1 + r*T/365d)
//! limit  = nav * (1 - d*)                       cost of the next token, pool fee included
//! spend  = min(what reaches the limit, free capital * share per step)
//! ```
//!
//! The tokens enter the redemption at once; the capital is locked until they mature. Where the instant buffer
//! has room `T` is zero and `fee` its fee; where redemptions are paused nobody arbitrages. Units: ETH, seconds.

use crate::scenario::Arbitrage;
use pegstress_num::Lanes;
use pegstress_unlock::DAY_SECS;

/// The discount at which buying, redeeming and waiting for `delay_secs` returns `required` per year.
#[inline(always)]
pub fn fair_discount(keep: f64, required_return_per_year: f64, delay_secs: f64) -> f64 {
    1.0 - keep / (1.0 + required_return_per_year * delay_secs * (1.0 / (365.0 * DAY_SECS)))
}

/// Highest price at which arbitrageurs buy, ETH per token, pool fee included.
#[inline(always)]
pub fn price_limit<const W: usize>(
    params: &Arbitrage,
    nav: &Lanes<W>,
    delay_secs: &Lanes<W>,
    fee: &Lanes<W>,
) -> Lanes<W> {
    let keep = (1.0 - params.expected_loss) * (1.0 - params.cost);
    let mut limit = [0.0; W];
    for i in 0..W {
        let fair = fair_discount(keep * (1.0 - fee[i]), params.required_return_per_year, delay_secs[i]);
        limit[i] = nav[i] * (1.0 - fair);
    }
    limit
}

/// Share of the free capital that may be spent in a step of `step_secs`, where it is `deployed_per_hour` in an hour.
pub fn share_per_step(deployed_per_hour: f64, step_secs: f64) -> f64 {
    let left_per_hour = 1.0 - deployed_per_hour;
    if left_per_hour <= 0.0 {
        1.0
    } else {
        1.0 - pegstress_num::exp(pegstress_num::ln(left_per_hour) * step_secs / 3600.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fair_discount_is_the_published_one() {
        // r = 25 %, 9 / 18 / 46.4 days: 0.613 / 1.218 / 3.08 %; r = 10 %, 46.4 days: 1.255 %; printed digits.
        for (r, days, percent, digits) in [
            (0.25, 9.0, 0.613, 5e-4),
            (0.25, 18.0, 1.218, 5e-4),
            (0.25, 46.4, 3.08, 5e-3),
            (0.10, 46.4, 1.255, 5e-4),
        ] {
            let d = 100.0 * fair_discount(1.0, r, days * DAY_SECS);
            assert!((d - percent).abs() <= digits, "{r} {days}: {d}");
        }
    }

    #[test]
    fn fees_and_losses_deepen_the_discount_even_without_delay() {
        let params = Arbitrage {
            capital_eth: 1.0,
            required_return_per_year: 0.1,
            expected_loss: 0.001,
            cost: 0.0002,
            deployed_per_hour: 1.0,
        };
        let limit = price_limit(&params, &[1.05], &[0.0], &[0.003]);
        let expected = 1.05 * 0.997 * 0.999 * 0.9998;
        assert!((limit[0] - expected).abs() < 1e-15);
    }

    #[test]
    fn hourly_deployment_compounds_over_a_step() {
        // 1 - 0.5^2 after two hours; exp and ln are good to a few 1e-16.
        assert!((share_per_step(0.5, 7200.0) - 0.75).abs() < 1e-14);
        assert_eq!(share_per_step(1.0, 60.0), 1.0);
    }
}
