//! Weighted pools: weights that are parts of one.

use super::Site;
use crate::raw::venue::balancer_weighted::RawBalancerWeighted;

/// Weights of a pool of two add up to 1 but for the rounding of a sum of two decimals.
const ROUNDING: f64 = 1e-12;

impl Site<'_, '_> {
    pub(super) fn check_balancer_weighted(&mut self, path: &str, pool: &RawBalancerWeighted) {
        if let Some(quote) = pool.weight_quote.filter(|quote| quote.0 + pool.weight_lrt > 1.0 + ROUNDING) {
            let key = format!("{path}.weight_quote");
            let message =
                format!("{key} is {}, must be at most 1 with weight_lrt = {}", quote.0, pool.weight_lrt);
            self.refuse(&key, message);
        }
    }
}
