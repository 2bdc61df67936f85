//! Two-sided flow of traders without a view, on every venue in proportion to its tokens.
//!
//! The net flow of a step is normal with standard deviation `sd_per_sqrt_day * sqrt(dt)`; a positive flow sells
//! tokens, a negative one buys with the ETH that the tokens are worth on redemption. These traders live
//! outside of the free float. Because arbitrage and holders answer to the price that the flow leaves behind, the
//! flow is mean-reverting in its effect, not by itself. Units: tokens.

use crate::scenario::Background;
use pegstress_num::{Lanes, greater};
use pegstress_unlock::DAY_SECS;

/// Tokens sold and tokens wanted in a step; one of the two is zero.
#[inline(always)]
pub fn flow<const W: usize>(params: &Background, step_secs: f64, normal: &Lanes<W>) -> (Lanes<W>, Lanes<W>) {
    let sd = params.net_sd_lrt_per_sqrt_day * (step_secs / DAY_SECS).sqrt();
    let (mut sold, mut wanted) = ([0.0; W], [0.0; W]);
    for i in 0..W {
        sold[i] = greater(sd * normal[i], 0.0);
        wanted[i] = greater(-sd * normal[i], 0.0);
    }
    (sold, wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_steps_has_the_stated_deviation() {
        let params = Background { net_sd_lrt_per_sqrt_day: 240.0 };
        let (sold, wanted) = flow(&params, 3600.0, &[1.0, -2.0]);
        let sd = 240.0 / 24.0_f64.sqrt();
        // The square root of 1/24 of a day against that of 24: one rounding each.
        assert!((sold[0] - sd).abs() < 1e-12 && wanted[0] == 0.0);
        assert!((wanted[1] - 2.0 * sd).abs() < 1e-12 && sold[1] == 0.0);
    }
}
