//! Everything about a study that does not depend on the path, computed once.

use crate::agents::demand::DemandStep;
use crate::agents::dip_buyers::DipStep;
use crate::agents::whales::WhaleStep;
use crate::agents::{arbitrage, liquidity::LiquidityStep};
use crate::drivers::DriverPlan;
use crate::market_depth;
use crate::metric::Metric;
use crate::metric_list::{self, DEPTH_MOMENTS};
use crate::scenario::{PathStudy, ReportSpec, ShockKind};
use crate::shocks::{PlannedShock, pause_left_secs, stake_losses};
use pegstress_amm::{Venue, route};
use pegstress_lending::YEAR_SECS;
use pegstress_unlock::DAY_SECS;

/// Observations of a trace at most; longer paths are observed every few steps.
const TRACE_POINTS: usize = 96;

/// Place of a member's index in the addresses of its draws: above every number of a path.
const MEMBER_SHIFT: u32 = 56;

/// A study made ready to run.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The study.
    pub study: PathStudy,
    /// What is reported.
    pub report: ReportSpec,
    /// Metrics, in the order of outcomes.
    pub metrics: Vec<Metric>,
    /// Steps after which traces are observed (0 = after the first step).
    pub observed_steps: Vec<usize>,
    /// What the addresses of the token's own draws are above the numbers of paths: 0 unless in a joint run.
    first_address: u64,
    /// Depth is measured every so many steps, the last one among them.
    pub(crate) depth_every: usize,
    /// What the venues pay at the start for all that they take at the reference discount of depth, ETH.
    pub(crate) exit_depth_eth: f64,
    /// Drivers that are drawn, if there are any.
    pub(crate) driven: Option<DriverPlan>,
    pub(crate) demand: DemandStep,
    pub(crate) liquidity: LiquidityStep,
    pub(crate) arbitrage_share_per_step: f64,
    pub(crate) dip_buyers: Vec<DipStep>,
    pub(crate) whales: Vec<WhaleStep>,
    /// Time left until redemptions open again by schedule, by step; zero where they are open.
    pub(crate) pause_left_secs: Vec<f64>,
    pub(crate) shocks: Vec<PlannedShock>,
    /// Losses of stake that shocks can bring, in the order in which they act in a step.
    pub(crate) stake_losses: Vec<ShockKind>,
    /// Whether the true redemption rate, or the one on chain, can differ from the driver's.
    pub(crate) rate_can_differ: bool,
    pub(crate) has_triggers: bool,
    pub(crate) has_beacon_losses: bool,
    pub(crate) has_lending_shocks: bool,
    pub(crate) has_mints: bool,
    pub(crate) has_frozen_rate: bool,
    pub(crate) has_usd_moves: bool,
    /// Steps of 24 hours.
    pub(crate) steps_per_day: f64,
    /// Yield of the token in each step of the first start, per year: what a loop earns.
    pub yield_per_year: Vec<f64>,
}

impl Plan {
    /// Prepares a study.
    pub fn new(study: &PathStudy, report: &ReportSpec) -> Self {
        let step_secs = f64::from(study.step_secs);
        let shocks: Vec<_> = study.shocks.iter().map(|s| PlannedShock::new(*s, step_secs)).collect();
        let has = |wanted: &dyn Fn(ShockKind) -> bool| study.shocks.iter().any(|shock| wanted(shock.kind));
        Self {
            metrics: metric_list::metrics(study, report),
            observed_steps: observed_steps(study.steps),
            first_address: 0,
            depth_every: study.steps.div_ceil(DEPTH_MOMENTS).max(1),
            exit_depth_eth: exit_depth_eth(study, report.reference_depth_discount()),
            driven: driven(study),
            demand: DemandStep::new(study.agents.exit_demand, step_secs),
            liquidity: LiquidityStep::new(study.agents.liquidity, step_secs),
            arbitrage_share_per_step: arbitrage::share_per_step(
                study.agents.arbitrage.deployed_per_hour,
                step_secs,
            ),
            dip_buyers: study.agents.dip_buyers.iter().map(|one| DipStep::new(*one, step_secs)).collect(),
            whales: study.agents.whales.iter().map(|one| WhaleStep::new(one, step_secs)).collect(),
            pause_left_secs: pause_left_secs(&shocks, study.steps, step_secs),
            stake_losses: stake_losses(study),
            rate_can_differ: study.rate_can_differ(),
            has_triggers: study.shocks.iter().any(|shock| shock.trigger.is_some()),
            has_beacon_losses: has(&|kind| {
                matches!(kind, ShockKind::LoseOnBeaconChain(_) | ShockKind::OperatorOutage(_))
            }),
            has_lending_shocks: has(&ShockKind::is_of_lending),
            has_mints: has(&|kind| matches!(kind, ShockKind::MintUnbacked(_))),
            has_frozen_rate: has(&|kind| kind == ShockKind::FreezeOnchainRate),
            has_usd_moves: has(&|kind| kind == ShockKind::MoveEthUsd),
            steps_per_day: (DAY_SECS / step_secs).floor().max(1.0),
            yield_per_year: yields_per_year(study, step_secs),
            shocks,
            study: study.clone(),
            report: report.clone(),
        }
    }

    /// The plan of the token at place `member` of a joint run: it draws by addresses of its own, the first one by those it
    /// has alone.
    pub(crate) fn of_member(self, member: usize) -> Self {
        let mut plan = self;
        plan.first_address = (member as u64) << MEMBER_SHIFT;
        if let Some(driven) = &mut plan.driven {
            driven.own_address = plan.first_address;
        }
        plan
    }

    /// Address of a path's own draws.
    #[inline(always)]
    pub(crate) fn own_address(&self, path: u64) -> u64 {
        path.wrapping_add(self.first_address)
    }

    /// Number of the path that draws by an address.
    #[inline(always)]
    pub(crate) fn number(&self, address: u64) -> u64 {
        address.wrapping_sub(self.first_address)
    }

    /// Whether depth is measured at the end of a step.
    #[inline(always)]
    pub(crate) fn measures_depth(&self, step: usize) -> bool {
        (self.study.steps - 1 - step).is_multiple_of(self.depth_every)
    }

    /// Hours from the start of a path to the end of a step.
    pub fn hours_after(&self, step: usize) -> f64 {
        (step + 1) as f64 * f64::from(self.study.step_secs) / 3600.0
    }
}

fn driven(study: &PathStudy) -> Option<DriverPlan> {
    let synthetic = study.drivers.synthetic.as_ref()?;
    Some(DriverPlan::new(synthetic, &study.network, study.step_secs, study.steps, study.seed))
}

/// Proceeds of the largest routed sale whose average price is not more than `discount` below the best marginal price.
fn exit_depth_eth(study: &PathStudy, discount: f64) -> f64 {
    let venues: Vec<Venue<1>> =
        study.venues.iter().map(|spec| Venue::new(spec, &[study.drivers.nav[0]])).collect();
    let best = route::best_marginal_price(&venues)[0];
    let lrt = market_depth::level(&venues, best, discount).average_lrt;
    route::quote_sell(&venues, &[lrt])[0]
}

/// Evenly spaced steps, the last one always among them.
fn observed_steps(steps: usize) -> Vec<usize> {
    let every = steps.div_ceil(TRACE_POINTS).max(1);
    let mut list: Vec<_> = (0..steps).rev().step_by(every).collect();
    list.reverse();
    list
}

/// What a loop's owner expects the token to yield in each step: what its record has around the step, or the mean of what is drawn.
fn yields_per_year(study: &PathStudy, step_secs: f64) -> Vec<f64> {
    let drawn = study.drivers.synthetic.as_ref().and_then(|synthetic| synthetic.nav.as_ref());
    match drawn {
        Some(process) => vec![process.mean_per_year(step_secs); study.steps],
        None => yield_per_year(&study.drivers.nav, step_secs),
    }
}

/// Growth of the redemption rate over the week around each step, per year: a record moves in jumps.
fn yield_per_year(nav: &[f64], step_secs: f64) -> Vec<f64> {
    let half = ((3.5 * DAY_SECS / step_secs) as usize).max(1);
    let last = nav.len() - 1;
    (1..nav.len())
        .map(|at| {
            let (from, to) = (at.saturating_sub(half), (at + half).min(last));
            (nav[to] / nav[from] - 1.0) * YEAR_SECS / ((to - from) as f64 * step_secs)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_have_at_most_96_points_and_end_with_the_last_step() {
        assert_eq!(observed_steps(3), [0, 1, 2]);
        for steps in [96, 97, 720, 10_000] {
            let list = observed_steps(steps);
            assert!(list.len() <= TRACE_POINTS);
            assert_eq!(list.last(), Some(&(steps - 1)));
        }
    }
}
