//! The ceiling of an exchange-rate oracle: a redemption rate counts up to a straight line in time.
//!
//! ```text
//! price = min(nav_onchain, snapshot * (1 + growth * age / year))
//! ```
//!
//! Source: bgd-labs/aave-capo, src/contracts/PriceCapAdapterBase.sol. Deviation: the contract truncates the growth per
//! second to `1e-6` of the ratio's unit (relative 1e-15 of the ceiling). A cap bounds rises only: a fall passes at once.

use pegstress_num::{Lanes, lesser};

use crate::YEAR_SECS;

/// A ceiling that grows in a straight line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GrowthCap {
    /// Redemption rate of the snapshot, ETH per token.
    pub snapshot_eth_per_lrt: f64,
    /// Growth that is let through, share of the snapshot per year.
    pub growth_per_year: f64,
    /// Age of the snapshot at the start, seconds.
    pub age_secs: f64,
}

impl GrowthCap {
    #[inline(always)]
    fn ceiling(&self, elapsed_secs: f64) -> f64 {
        let years = (self.age_secs + elapsed_secs) / YEAR_SECS;
        self.snapshot_eth_per_lrt * (1.0 + self.growth_per_year * years)
    }

    /// The price `elapsed_secs` after the start.
    #[inline(always)]
    pub fn capped(&self, elapsed_secs: f64, nav_onchain: f64) -> f64 {
        lesser(self.ceiling(elapsed_secs), nav_onchain)
    }

    #[inline(always)]
    pub(super) fn read<const W: usize>(
        &self,
        elapsed_secs: f64,
        nav_onchain: &Lanes<W>,
        price: &mut Lanes<W>,
    ) {
        let ceiling = self.ceiling(elapsed_secs);
        for i in 0..W {
            price[i] = lesser(ceiling, nav_onchain[i]);
        }
    }
}
