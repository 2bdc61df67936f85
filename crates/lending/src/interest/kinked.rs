//! A borrow rate of two straight lines, as Aave v3 and Compound v3 have it.
//!
//! ```text
//! rate(u) = base + slope_1 * u / kink                             u <= kink
//!         = base + slope_1 + slope_2 * (u - kink) / (1 - kink)    above
//! ```
//!
//! Source: aave-dao/aave-v3-origin, DefaultReserveInterestRateStrategyV2.sol. Compound's slopes are per unit of
//! utilisation: `slope_1 = low * kink`, `slope_2 = high * (1 - kink)`; above full utilisation the second line goes on.

use pegstress_num::select;

/// A rate with a kink.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kinked {
    /// At no utilisation, per year.
    pub base_per_year: f64,
    /// Rise up to the kink, per year.
    pub slope_1_per_year: f64,
    /// Rise from the kink to full utilisation, per year.
    pub slope_2_per_year: f64,
    /// Utilisation at the kink; in 0..1, both excluded.
    pub kink: f64,
}

/// The two lines without divisions.
pub(crate) struct Lines {
    base: f64,
    low: f64,
    high: f64,
    kink: f64,
}

impl Kinked {
    #[inline(always)]
    pub(crate) fn lines(&self) -> Lines {
        Lines {
            base: self.base_per_year,
            low: self.slope_1_per_year / self.kink,
            high: self.slope_2_per_year / (1.0 - self.kink),
            kink: self.kink,
        }
    }
}

impl Lines {
    #[inline(always)]
    pub(crate) fn rate(&self, utilisation: f64) -> f64 {
        let above = utilisation - self.kink;
        let slope = select(above > 0.0, self.high, self.low);
        self.base + self.low * self.kink + slope * above
    }
}
