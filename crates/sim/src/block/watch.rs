//! Running metrics of the paths of a block.

use crate::measures::{CoverageWatch, ExecutableWatch, MarketWatch, TroughWatch, VenueWatch};
use crate::plan::Plan;
use pegstress_num::Lanes;

/// Running metrics of each path.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(crate) struct Watch<const W: usize> {
    pub(crate) deepest_close: Lanes<W>,
    pub(crate) deepest_print: Lanes<W>,
    pub(crate) executable: ExecutableWatch<W>,
    pub(crate) trough_step: Lanes<W>,
    pub(crate) discount_sum: Lanes<W>,
    pub(crate) steps_above: Vec<Lanes<W>>,
    pub(crate) first_passage: Vec<Lanes<W>>,
    pub(crate) breach: Lanes<W>,
    pub(crate) calm_since: Lanes<W>,
    pub(crate) recovered: Lanes<W>,
    pub(crate) longest_delay: Lanes<W>,
    pub(crate) longest_pipeline: Lanes<W>,
    pub(crate) least_liquidity: Lanes<W>,
    pub(crate) sold_lrt: Lanes<W>,
    pub(crate) sellers_loss: Lanes<W>,
    pub(crate) redeemed_eth: Lanes<W>,
    pub(crate) arbitrage_spent: Lanes<W>,
    pub(crate) arbitrage_gain: Lanes<W>,
    pub(crate) lending: LendingWatch<W>,
    /// Deepest fall of the true redemption rate below the driver's.
    pub(crate) value_loss: Lanes<W>,
    /// Steps with a rate on chain above the true one.
    pub(crate) stale_steps: Lanes<W>,
    /// Last close beyond each threshold.
    pub(crate) last_passage: Vec<Lanes<W>>,
    /// By discount of the report.
    pub(crate) least_exit_depth_lrt: Vec<Lanes<W>>,
    /// Tokens that arbitrageurs bought.
    pub(crate) arbitrage_bought_lrt: Lanes<W>,
    /// Tokens that shocks made holders sell.
    pub(crate) forced_lrt: Lanes<W>,
    pub(crate) venues: Vec<VenueWatch<W>>,
    pub(crate) markets: Vec<MarketWatch<W>>,
    pub(crate) trough: TroughWatch<W>,
    pub(crate) coverage: CoverageWatch<W>,
}

/// Running metrics of the lending markets.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(crate) struct LendingWatch<const W: usize> {
    pub(crate) liquidated_lrt: Lanes<W>,
    pub(crate) repaid_eth: Lanes<W>,
    pub(crate) unwound_lrt: Lanes<W>,
    pub(crate) latent_bad_debt_eth: Lanes<W>,
    pub(crate) stalled_steps: Lanes<W>,
    pub(crate) liquidators_gain_eth: Lanes<W>,
    /// Largest over markets and steps; 0 where nothing was ever due.
    pub(crate) cascade_ratio: Lanes<W>,
    /// By market.
    pub(crate) bad_debt_eth: Vec<Lanes<W>>,
    /// By market, the largest so far.
    pub(crate) haircut: Vec<Lanes<W>>,
}

impl<const W: usize> Watch<W> {
    /// Before the first step.
    pub(super) fn new(plan: &Plan, buffer_eth: Lanes<W>) -> Self {
        let (thresholds, markets) = (plan.report.thresholds.len(), plan.study.lending.len());
        let (zero, never) = ([0.0; W], [f64::INFINITY; W]);
        Self {
            deepest_close: [f64::NEG_INFINITY; W],
            deepest_print: [f64::NEG_INFINITY; W],
            executable: ExecutableWatch::new(plan.study.venues.len()),
            trough_step: zero,
            discount_sum: zero,
            steps_above: vec![zero; thresholds],
            first_passage: vec![never; thresholds],
            breach: never,
            calm_since: never,
            recovered: never,
            longest_delay: zero,
            longest_pipeline: zero,
            least_liquidity: [1.0; W],
            sold_lrt: zero,
            sellers_loss: zero,
            redeemed_eth: zero,
            arbitrage_spent: zero,
            arbitrage_gain: zero,
            lending: LendingWatch {
                liquidated_lrt: zero,
                repaid_eth: zero,
                unwound_lrt: zero,
                latent_bad_debt_eth: zero,
                stalled_steps: zero,
                liquidators_gain_eth: zero,
                cascade_ratio: zero,
                bad_debt_eth: vec![zero; markets],
                haircut: vec![zero; markets],
            },
            value_loss: zero,
            stale_steps: zero,
            last_passage: vec![zero; thresholds],
            least_exit_depth_lrt: vec![never; plan.report.depth_discounts.len()],
            arbitrage_bought_lrt: zero,
            forced_lrt: zero,
            venues: plan.study.venues.iter().map(|_| VenueWatch::default()).collect(),
            markets: plan.study.lending.iter().map(|_| MarketWatch::default()).collect(),
            trough: TroughWatch::default(),
            coverage: CoverageWatch::new(buffer_eth),
        }
    }
}
