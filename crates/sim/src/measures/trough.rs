//! What waiting was worth at the deepest close.
//!
//! ```text
//! exit yield         (N / P)^(365 / W) - 1          of buying at the trough and redeeming
//! fair discount      1 - (1 + r)^(-W / 365)         what waiting alone justifies
//! liquidity premium  d - fair discount
//! ```
//!
//! `N / P = 1 / (1 - d)` with the discount `d` of the best marginal price, `W` the quoted unlock delay in days, `r` the
//! return that arbitrageurs require. Not defined where redemption is instant (`W = 0`), the yield not below a day's wait:
//! a yearly yield of an hour says nothing.

use crate::metric::{Metric, MetricKind, Unit, metric};
use pegstress_num::{Lanes, exp_m1, ln, ln_1p, select};
use pegstress_unlock::DAY_SECS;

/// Shortest wait, years, that is turned into a yearly yield.
const LEAST_YEARS: f64 = 1.0 / 365.0;

/// What is measured at the trough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TroughMeasure {
    /// Yield of buying there and redeeming, per year.
    ExitYield,
    /// Discount that the wait alone justifies.
    FairDiscount,
    /// Discount beyond it.
    LiquidityPremium,
}

/// The delay at the deepest close.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(crate) struct TroughWatch<const W: usize> {
    /// Quoted unlock delay, seconds.
    pub(crate) delay_secs: Lanes<W>,
}

impl<const W: usize> Default for TroughWatch<W> {
    fn default() -> Self {
        Self { delay_secs: [0.0; W] }
    }
}

impl<const W: usize> TroughWatch<W> {
    /// Values at the `discount` of the deepest close and a required return per year.
    pub(crate) fn values(&self, measure: TroughMeasure, discount: &Lanes<W>, required: f64) -> Lanes<W> {
        std::array::from_fn(|i| {
            let years = self.delay_secs[i] * (1.0 / (365.0 * DAY_SECS));
            let exit_yield = exp_m1((0.0 - ln(1.0 - discount[i])) / years);
            let fair = 0.0 - exp_m1((0.0 - ln_1p(required)) * years);
            let value = match measure {
                TroughMeasure::ExitYield => exit_yield,
                TroughMeasure::FairDiscount => fair,
                TroughMeasure::LiquidityPremium => discount[i] - fair,
            };
            let least = select(matches!(measure, TroughMeasure::ExitYield), LEAST_YEARS, 0.0);
            select((years > 0.0) & (years >= least), value, f64::NAN)
        })
    }
}

/// The metrics of the trough.
pub(crate) fn metrics() -> Vec<Metric> {
    let one =
        |measure, stem: &str, unit, meaning: &str| metric(MetricKind::Trough(measure), stem, unit, meaning);
    vec![
        one(
            TroughMeasure::ExitYield,
            "exit_yield_at_trough",
            Unit::PerYear,
            "yield of buying at the deepest close and redeeming at the delay quoted then; undefined below a day",
        ),
        one(
            TroughMeasure::FairDiscount,
            "fair_discount_at_trough",
            Unit::Bps,
            "discount that the delay quoted at the deepest close justifies at arbitrageurs' required return",
        ),
        one(
            TroughMeasure::LiquidityPremium,
            "liquidity_premium_at_trough",
            Unit::Bps,
            "deepest close less the fair discount then",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_per_cent_for_eighteen_days_is_ten_per_cent_a_year() {
        // (1 / 0.995)^(365 / 18) - 1 = 0.106988; 1 - 1.25^(-18 / 365) = 0.010944.
        let watch = TroughWatch { delay_secs: [18.0 * DAY_SECS] };
        let value = |measure| watch.values(measure, &[0.005], 0.25)[0];
        assert!((value(TroughMeasure::ExitYield) - 0.106_988).abs() < 5e-7);
        assert!((value(TroughMeasure::FairDiscount) - 0.010_944).abs() < 5e-7);
        assert!((value(TroughMeasure::LiquidityPremium) + 0.005_944).abs() < 5e-7);
    }

    #[test]
    fn an_instant_redemption_has_no_exit_yield() {
        assert!(TroughWatch::<1>::default().values(TroughMeasure::ExitYield, &[0.01], 0.1)[0].is_nan());
    }
}
