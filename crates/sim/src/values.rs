//! What a path has of each metric at its end.

use crate::block::{Block, driver};
use crate::measures::{Flow, Party};
use crate::metric::{MetricKind, Unit};
use crate::plan::Plan;
use pegstress_amm::{Venue, route};
use pegstress_num::{Lanes, select};
use pegstress_unlock::DAY_SECS;

/// A fall that is smaller than this is none: a ratio to it would be rounding.
const LEAST_FALL: f64 = 1e-9;

impl<const W: usize> Block<W> {
    /// What the path has of a metric at its end: fractions, ETH, tokens, seconds, or steps counted from 1 (the end of the
    /// first step); not finite where it is not defined.
    pub(crate) fn value(&self, plan: &Plan, kind: MetricKind) -> Lanes<W> {
        let (study, watch) = (&plan.study, &self.watch);
        match kind {
            MetricKind::DeepestClose => watch.deepest_close,
            MetricKind::DeepestPrint => watch.deepest_print,
            MetricKind::DeepestExecutable => watch.executable.deepest,
            MetricKind::TroughTime => watch.trough_step,
            MetricKind::DiscountHours => watch.discount_sum,
            MetricKind::TimeAbove(k) => watch.steps_above[k],
            MetricKind::FirstPassage(k) => watch.first_passage[k],
            MetricKind::RecoveryTime => {
                let mut time = watch.recovered;
                for i in 0..W {
                    time[i] -= watch.breach[i];
                }
                time
            }
            MetricKind::RecoveryBreach => watch.breach,
            MetricKind::LongestDelay => watch.longest_delay,
            MetricKind::LongestPipelineDelay => watch.longest_pipeline,
            MetricKind::LeastLiquidity => watch.least_liquidity,
            MetricKind::SoldLrt => watch.sold_lrt,
            MetricKind::SellersLoss => watch.sellers_loss,
            MetricKind::RedeemedEth => watch.redeemed_eth,
            MetricKind::ArbitrageSpent => watch.arbitrage_spent,
            MetricKind::ArbitrageGain => watch.arbitrage_gain,
            MetricKind::ValueLoss => watch.value_loss,
            MetricKind::StaleTime => watch.stale_steps,
            MetricKind::LiquidatedLrt => watch.lending.liquidated_lrt,
            MetricKind::LiquidatedDebt => watch.lending.repaid_eth,
            MetricKind::UnwoundLrt => watch.lending.unwound_lrt,
            MetricKind::LiquidatorsGain => watch.lending.liquidators_gain_eth,
            MetricKind::StalledTime => watch.lending.stalled_steps,
            MetricKind::LatentBadDebt => watch.lending.latent_bad_debt_eth,
            MetricKind::BadDebt(k) => watch.lending.bad_debt_eth[k],
            MetricKind::LendersHaircut(k) => watch.lending.haircut[k],
            MetricKind::Episode(k) => between(&watch.first_passage[k], &watch.last_passage[k]),
            MetricKind::LeastExitDepth(k) => watch.least_exit_depth_lrt[k],
            MetricKind::Amplification => self.amplification(plan),
            MetricKind::TotalBadDebt => self.bad_debt_eth(),
            MetricKind::BadDebtRatio => {
                let buckets = study.lending.iter().flat_map(|market| &market.spec.buckets);
                let principal: f64 = buckets.map(|bucket| bucket.debt_eth).sum();
                self.bad_debt_eth().map(|lost| lost / principal)
            }
            MetricKind::CascadeRatio => {
                watch.lending.cascade_ratio.map(|ratio| select(ratio > 0.0, ratio, f64::NAN))
            }
            MetricKind::Venue(k, measure) => watch.venues[k].values(measure),
            MetricKind::Market(k, measure) => watch.markets[k].values(measure, &study.lending[k]),
            MetricKind::Trough(measure) => {
                let required = study.agents.arbitrage.required_return_per_year;
                watch.trough.values(measure, &watch.deepest_close, required)
            }
            MetricKind::Coverage(measure) => watch.coverage.values(measure),
            MetricKind::Gain(party) => self.accounts.gain(party, &self.truth),
            MetricKind::GainResidual => self.accounts.residual(&self.truth),
            MetricKind::Rewards => {
                let nav = self.start_nav(plan);
                // What unbacked tokens dilute is the loss of those who stay, and no reward.
                std::array::from_fn(|i| {
                    let undiluted = self.truth[i] / self.dilution[i];
                    self.ledger.start_lrt[i] * (undiluted - nav[i])
                })
            }
        }
    }

    /// Books what the states have become.
    pub(crate) fn close_accounts(&mut self) {
        let ledger = &self.ledger;
        let tokens = (&ledger.burned_lrt, &ledger.minted_lrt);
        self.accounts.close(&self.venues, &self.markets, &self.redemption, tokens);
    }

    fn start_nav(&self, plan: &Plan) -> Lanes<W> {
        driver(plan.study.starts, &plan.study.drivers.nav, &self.offsets, 0)
    }

    /// Bad debt that is realised, and what is missing at the true redemption rate.
    fn bad_debt_eth(&self) -> Lanes<W> {
        let mut sum = [0.0; W];
        for market in &self.markets {
            let (realised, latent) = (market.bad_debt_eth(), market.latent_bad_debt_eth(&self.truth));
            for i in 0..W {
                sum[i] += realised[i] + latent[i];
            }
        }
        sum
    }

    /// The price's fall to the deepest print over the fall that the forced sales alone cause in the pools of the start.
    fn amplification(&self, plan: &Plan) -> Lanes<W> {
        let nav = self.start_nav(plan);
        let specs = plan.study.venues.iter();
        let mut venues: Vec<_> = specs.map(|spec| Venue::new(spec, &nav).on(self.called_isa)).collect();
        let before = route::best_marginal_price(&venues);
        route::sell(&mut venues, &self.watch.forced_lrt);
        let after = route::best_marginal_price(&venues);
        std::array::from_fn(|i| {
            let alone = 1.0 - after[i] / before[i];
            let deepest = (1.0 - self.watch.deepest_print[i]) * nav[i];
            let fall = 1.0 - deepest / before[i];
            select(alone > LEAST_FALL, fall / alone, f64::NAN)
        })
    }

    /// Tokens of each channel since the start, in the order of [`Flow::ALL`].
    pub(crate) fn flows(&self) -> [Lanes<W>; Flow::ALL.len()] {
        let sold = |party: Party| self.accounts.lrt(party).map(|lrt| 0.0 - lrt);
        Flow::ALL.map(|flow| match flow {
            Flow::ProviderExits => *self.accounts.lrt(Party::Providers),
            Flow::Sales => sold(Party::Sellers),
            Flow::Minted => sold(Party::Minters),
            Flow::Redemptions => sold(Party::Redeemers),
            Flow::Liquidations => self.watch.lending.liquidated_lrt,
            Flow::Unwinds => self.watch.lending.unwound_lrt,
            Flow::Arbitrage => self.watch.arbitrage_bought_lrt.map(|lrt| 0.0 - lrt),
            Flow::DipPurchases => sold(Party::DipBuyers),
            Flow::Background => sold(Party::Background),
        })
    }
}

/// Steps from the first to the last time; not finite if never.
fn between<const W: usize>(first: &Lanes<W>, last: &Lanes<W>) -> Lanes<W> {
    std::array::from_fn(|i| last[i] - first[i])
}

/// A metric in its own unit; NaN where it is not defined.
pub(crate) fn in_unit<const W: usize>(raw: Lanes<W>, unit: Unit, step_secs: f64) -> Lanes<W> {
    let hours_per_step = step_secs / 3600.0;
    let scale = match unit {
        Unit::Bps => 1e4,
        Unit::BpsHours => 1e4 * hours_per_step,
        Unit::Hours => hours_per_step,
        Unit::Days => 1.0 / DAY_SECS,
        Unit::Eth | Unit::Lrt | Unit::Share | Unit::EthPerLrt | Unit::PerYear | Unit::Ratio => 1.0,
    };
    let mut values = [f64::NAN; W];
    for i in 0..W {
        values[i] = select(raw[i].abs() < f64::INFINITY, raw[i] * scale, f64::NAN);
    }
    values
}
