//! One lending market on a path.
//!
//! ```text
//! liquidation price    sum paid / (p sum seized),  p: ETH that liquidators pay per ETH of collateral value
//! share repaid         debt that liquidations extinguished / debt of the market's loans at the start
//! ```
//!
//! `p` is `1 / (1 + bonus)` where the bonus is the lender's only cut, so that the price is `debt repaid (1 + bonus) /
//! collateral seized`: the mean of the oracle's prices at the liquidations, weighted by debt, as it is derived for Morpho
//! from the totals of 24 April 2024 (0.8427 and 0.8634). Liquidators' cut after Aave's protocol fee, Compound's discount
//! and Gearbox's premium take the place of the bonus.
//!
//! A liquidation is a step in which collateral is seized. The *main* span ends with the last step in which at least a
//! hundredth of all that was seized up to it was seized: stragglers hours later do not lengthen it.

use crate::metric::{Metric, MetricKind, Unit, metric};
use crate::scenario::LendingMarket;
use pegstress_lending::Liquidated;
use pegstress_num::{Lanes, lesser, select};

/// A step belongs to the main span from this share of all seized so far.
const MAIN_SHARE: f64 = 0.01;

/// What is measured of one market.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarketMeasure {
    /// Collateral that liquidators took.
    Liquidated,
    /// Debt that liquidations extinguished.
    Repaid,
    /// [`MarketMeasure::Repaid`] over the debt of its loans at the start.
    RepaidShare,
    /// Mean price at the liquidations, weighted by debt; undefined without any.
    LiquidationPrice,
    /// Lowest print of its oracle.
    LowestOracle,
    /// From the first to the last liquidation; undefined without any.
    Span,
    /// The same, without stragglers.
    MainSpan,
}

/// Running state of one market.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(crate) struct MarketWatch<const W: usize> {
    seized_lrt: Lanes<W>,
    paid_eth: Lanes<W>,
    repaid_eth: Lanes<W>,
    lowest_oracle: Lanes<W>,
    first_step: Lanes<W>,
    last_step: Lanes<W>,
    last_main_step: Lanes<W>,
}

impl<const W: usize> Default for MarketWatch<W> {
    fn default() -> Self {
        let (zero, never) = ([0.0; W], [f64::INFINITY; W]);
        Self {
            seized_lrt: zero,
            paid_eth: zero,
            repaid_eth: zero,
            lowest_oracle: never,
            first_step: never,
            last_step: zero,
            last_main_step: zero,
        }
    }
}

impl<const W: usize> MarketWatch<W> {
    /// What the liquidations of step `now` (counted from 1) took at the oracle's print.
    #[inline(always)]
    pub(crate) fn see(&mut self, now: f64, oracle: &Lanes<W>, taken: &Liquidated<W>) {
        for i in 0..W {
            self.lowest_oracle[i] = lesser(oracle[i], self.lowest_oracle[i]);
            self.repaid_eth[i] += taken.repaid_eth[i] + taken.absorbed_eth[i];
            self.paid_eth[i] += taken.paid_eth[i];
            self.seized_lrt[i] += taken.seized_lrt[i];
            let seized = taken.seized_lrt[i];
            self.first_step[i] = select(seized > 0.0, lesser(self.first_step[i], now), self.first_step[i]);
            self.last_step[i] = select(seized > 0.0, now, self.last_step[i]);
            let is_main = (seized > 0.0) & (seized >= MAIN_SHARE * self.seized_lrt[i]);
            self.last_main_step[i] = select(is_main, now, self.last_main_step[i]);
        }
    }

    pub(crate) fn values(&self, measure: MarketMeasure, market: &LendingMarket) -> Lanes<W> {
        let debt: f64 = market.spec.buckets.iter().map(|bucket| bucket.debt_eth).sum();
        let price_share = market.spec.rules.price_to_liquidator();
        std::array::from_fn(|i| match measure {
            MarketMeasure::Liquidated => self.seized_lrt[i],
            MarketMeasure::Repaid => self.repaid_eth[i],
            MarketMeasure::RepaidShare => self.repaid_eth[i] / debt,
            MarketMeasure::LiquidationPrice => self.paid_eth[i] / (price_share * self.seized_lrt[i]),
            MarketMeasure::LowestOracle => self.lowest_oracle[i],
            MarketMeasure::Span => self.last_step[i] - self.first_step[i],
            MarketMeasure::MainSpan => self.last_main_step[i] - self.first_step[i],
        })
    }
}

/// The metrics of market `k`.
pub(crate) fn metrics(k: usize, name: &str, slug: &str) -> Vec<Metric> {
    let one = |measure, stem: &str, unit, meaning: String| {
        metric(MetricKind::Market(k, measure), stem, unit, &meaning)
    };
    vec![
        one(
            MarketMeasure::Liquidated,
            &format!("liquidated_{slug}"),
            Unit::Lrt,
            format!("collateral that liquidators took in {name}"),
        ),
        one(
            MarketMeasure::Repaid,
            &format!("liquidated_debt_{slug}"),
            Unit::Eth,
            format!("debt that liquidations in {name} extinguished"),
        ),
        one(
            MarketMeasure::RepaidShare,
            &format!("liquidated_debt_{slug}"),
            Unit::Share,
            format!("debt that liquidations in {name} extinguished, of its loans' debt at the start"),
        ),
        one(
            MarketMeasure::LiquidationPrice,
            &format!("liquidation_price_{slug}"),
            Unit::EthPerLrt,
            format!(
                "mean oracle price at the liquidations in {name}, weighted by debt: debt repaid x (1 + bonus) / \
                 collateral seized; undefined without any"
            ),
        ),
        one(
            MarketMeasure::LowestOracle,
            &format!("lowest_oracle_{slug}"),
            Unit::EthPerLrt,
            format!("lowest print of the oracle of {name}"),
        ),
        one(
            MarketMeasure::Span,
            &format!("liquidations_{slug}"),
            Unit::Hours,
            format!("from the first to the last step with a liquidation in {name}; undefined without any"),
        ),
        one(
            MarketMeasure::MainSpan,
            &format!("main_liquidations_{slug}"),
            Unit::Hours,
            format!(
                "from the first liquidation in {name} to the last step that took at least 1 % of all taken so far; \
                 undefined without any"
            ),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Unit;
    use pegstress_lending::{
        Curve, InterestSpec, Kinked, MarketSpec, Morpho, OracleSpec, Rules, spec::BucketSpec,
    };

    fn market() -> LendingMarket {
        let curve = Kinked { base_per_year: 0.0, slope_1_per_year: 0.0, slope_2_per_year: 0.0, kink: 0.9 };
        LendingMarket {
            spec: MarketSpec {
                name: "Morpho 0.86".into(),
                rules: Rules::Morpho(Morpho { lltv: 0.86 }),
                oracle: OracleSpec::HardCoded { eth_per_lrt: 1.0 },
                interest: InterestSpec { curve: Curve::Kinked(curve), protocol_share: 0.0 },
                buckets: vec![BucketSpec { positions: 1.0, collateral_lrt: 9_000.0, debt_eth: 7_600.0 }],
                supplied_eth: 7_600.0,
                other_debt_eth: 0.0,
            },
            carry: None,
        }
    }

    #[test]
    fn the_price_of_the_liquidations_of_24_april_2024_is_the_derived_one() {
        // 5,035 WETH repaid for 6,236.72 ezETH at an LLTV of 0.86 (Gauntlet): 0.8427, printed to four digits. Of 7,600
        // WETH that is 66 %.
        let mut watch = MarketWatch::<1>::default();
        let taken = |seized: f64, repaid: f64| Liquidated {
            seized_lrt: [seized],
            paid_eth: [repaid],
            repaid_eth: [repaid],
            ..Liquidated::NOTHING
        };
        watch.see(3.0, &[0.95], &taken(6_000.0, 4_900.0));
        watch.see(9.0, &[0.80], &taken(236.0, 134.5));
        watch.see(30.0, &[0.90], &taken(0.72, 0.5));
        let value = |measure| watch.values(measure, &market())[0];
        assert!((value(MarketMeasure::LiquidationPrice) - 0.8427).abs() < 5e-5);
        assert!((value(MarketMeasure::RepaidShare) - 0.6625).abs() < 5e-5);
        assert_eq!(value(MarketMeasure::LowestOracle), 0.80);
        // The straggler of 0.72 is less than a hundredth of what was taken.
        assert_eq!((value(MarketMeasure::Span), value(MarketMeasure::MainSpan)), (27.0, 6.0));
    }

    #[test]
    fn without_a_liquidation_there_is_no_price_and_no_span() {
        let mut watch = MarketWatch::<1>::default();
        watch.see(1.0, &[1.0], &Liquidated::NOTHING);
        for one in metrics(0, "m", "m") {
            let MetricKind::Market(_, measure) = one.kind else { panic!("a metric of the market") };
            let value = watch.values(measure, &market())[0];
            let is_time_or_price =
                matches!(measure, MarketMeasure::LiquidationPrice) || one.unit == Unit::Hours;
            assert_eq!(value.is_finite(), !is_time_or_price, "{}", one.name);
        }
    }
}
