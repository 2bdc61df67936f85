//! Stable pools: a fee that the contract takes, a cache that has a rate.

use super::Site;
use crate::raw::quantity::Hours;
use crate::raw::venue::balancer_stable::RawBalancerStable;
use crate::raw::venue::stableswap::{RateKind, RawStableSwap};

/// StableSwap-NG refuses a multiplier with which the fee could pass this.
const HIGHEST_OFFPEG_FEE_BPS: f64 = 5_000.0;

impl Site<'_, '_> {
    pub(super) fn check_stableswap(&mut self, path: &str, pool: &RawStableSwap) {
        if let Some(multiplier) = pool.offpeg_fee_multiplier {
            let highest = multiplier.0 * pool.fee_bps.0;
            if highest > HIGHEST_OFFPEG_FEE_BPS {
                let key = format!("{path}.offpeg_fee_multiplier");
                let message = format!(
                    "{key} is {}, which makes the fee {highest} bps far from the peg, must be at most {HIGHEST_OFFPEG_FEE_BPS}",
                    multiplier.0
                );
                self.refuse(&key, message);
            }
        }
        self.check_cache(path, pool.rate, pool.rate_cache_hours);
    }

    pub(super) fn check_balancer_stable(&mut self, path: &str, pool: &RawBalancerStable) {
        if let Some(surge) = pool.surge.filter(|surge| surge.max_fee_bps.0 <= pool.fee_bps.0) {
            let key = format!("{path}.surge.max_fee_bps");
            let (most, fee) = (surge.max_fee_bps.0, pool.fee_bps.0);
            self.refuse(
                &key,
                format!("{key} is {most}, must be above fee_bps = {fee}: the hook is not heard else"),
            );
        }
        self.check_cache(path, pool.rate, pool.rate_cache_hours);
    }

    /// A plain pool reads no rate that could age.
    fn check_cache(&mut self, path: &str, rate: RateKind, cache: Option<Hours>) {
        if rate == RateKind::Plain && cache.is_some() {
            let key = format!("{path}.rate_cache_hours");
            let message = format!("{key} has no effect with rate = \"plain\": remove it or change the rate");
            self.refuse(&key, message);
        }
    }
}
