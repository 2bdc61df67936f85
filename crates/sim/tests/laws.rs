//! What must hold in every study (MODEL 9): monotonicities with the same draws, and what agents may not do.
//!
//! Where agents answer to price and delay a law can fail on a single path, and in studies in which the whole float is
//! dumped into a pool that it fills many times over: earlier sales earn the arbitrageurs capital that is there at a
//! later trough; a longer queue makes holders sell instead of lengthening it; fees of earlier sales stay in the pool;
//! holders who compare the queue with the price of the whole step's exits do not sell into a crowd. So each law is
//! tested path by path on random studies with these answers switched off, and with all of them on for the mean over
//! the paths of a study like the shipped ones.

mod common;

use common::random::{studies, with_one_pool, without_feedback};
use common::{DAY, HOUR, column, nobody, outcomes, stable_pool, study, without_buffer};
use pegstress_amm::Venue;
use pegstress_sim::MetricKind;
use pegstress_sim::MetricKind::{DeepestClose, DeepestPrint, LongestPipelineDelay};
use pegstress_sim::scenario::*;
use proptest::prelude::*;

/// Pools settle their invariant to 1e-11 (relative): prices of paths that should tie differ by as much, 1e-7 bps.
/// Ten times that, in bps.
const TIE_BPS: f64 = 1e-6;

/// Every path of `deeper` is at least as deep as the same path of `shallower`.
fn assert_deeper(deeper: &PathStudy, shallower: &PathStudy) {
    for kind in [DeepestClose, DeepestPrint] {
        for (path, (deep, shallow)) in column(deeper, kind).iter().zip(column(shallower, kind)).enumerate() {
            assert!(*deep >= shallow - TIE_BPS, "{kind:?} of path {path}: {deep} against {shallow}");
        }
    }
}

/// The mean over paths of each study is at least that of the one before, within four standard errors of the paired
/// difference and the tie.
fn assert_mean_rises(kind: MetricKind, ladder: &[PathStudy]) {
    let columns: Vec<_> = ladder.iter().map(|study| column(study, kind)).collect();
    for pair in columns.windows(2) {
        let n = pair[0].len() as f64;
        let differences: Vec<_> = pair[1].iter().zip(&pair[0]).map(|(b, a)| b - a).collect();
        let mean = differences.iter().sum::<f64>() / n;
        let variance = differences.iter().map(|d| (d - mean) * (d - mean)).sum::<f64>() / (n - 1.0);
        assert!(mean >= -4.0 * (variance / n).sqrt() - TIE_BPS, "{kind:?}: mean difference {mean}");
    }
}

fn ladder<const N: usize>(steps: [f64; N], change: impl Fn(&mut PathStudy, f64)) -> Vec<PathStudy> {
    let rung = |step| {
        let mut rung = PathStudy { paths: 640, ..study() };
        change(&mut rung, step);
        rung
    };
    steps.map(rung).to_vec()
}

fn more_demand(study: &PathStudy, factor: f64) -> PathStudy {
    let mut more = study.clone();
    more.agents.exit_demand.base_per_day = factor * more.agents.exit_demand.base_per_day + 1e-4;
    more.agents.exit_demand.per_eth_drawdown_per_day *= factor;
    for shock in more.shocks.iter_mut().filter(|shock| shock.kind == ShockKind::SellShareOfFloat) {
        shock.size *= factor;
    }
    more
}

fn scaled_pools(study: &PathStudy, factor: f64) -> PathStudy {
    let mut scaled = study.clone();
    for venue in &mut scaled.venues {
        let held = Venue::<1>::new(venue, &[1.0]).reserves();
        *venue = venue.clone().with_reserves(held.eth[0] * factor, held.lrt[0] * factor);
    }
    scaled
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    // Nobody buys: a sale and a purchase do not commute, and holders who have left earlier are missing later, when the
    // float runs out. One pool: a sale over several is cut into sixteen parts, and which pool takes a part is a matter of steps.
    #[test]
    fn more_exit_demand_never_raises_the_lowest_price(study in studies(), factor in 1.0..4.0) {
        let mut study = with_one_pool(without_feedback(study));
        study.agents.background.net_sd_lrt_per_sqrt_day = 0.0;
        assert_deeper(&more_demand(&study, factor), &study);
    }

    // Nobody buys: a pool in which traders bought more than holders sold would have risen less if it were larger.
    #[test]
    fn more_liquidity_never_deepens_the_fall(study in studies(), factor in 1.0..10.0) {
        let mut study = with_one_pool(without_feedback(study));
        study.agents.background.net_sd_lrt_per_sqrt_day = 0.0;
        assert_deeper(&study, &scaled_pools(&study, factor));
    }

    // Redemptions come from a schedule alone, so that nobody is kept from joining the queue by its length.
    #[test]
    fn a_longer_network_queue_never_shortens_the_pipeline_delay(
        study in studies(), extra in prop::collection::vec(0.0..200_000.0, 73)
    ) {
        let mut study = without_feedback(study);
        study.shocks.push(redeem_a_fifth());
        let longer = with_longer_queue(&study, &extra);
        let (short, long) = (delay_traces(&study), delay_traces(&longer));
        for (a, b) in short.iter().zip(&long) {
            // Days out of at most 1e6 ETH over the churn: a few roundings of 1e-16.
            prop_assert!(b >= &(a - 1e-12), "{} {}", a, b);
        }
    }

    // Their purchases lengthen the queue for themselves; an escrow longer than any queue here switches that off, and
    // holders do not answer. What arbitrageurs with more capital spend keeps the price as high or higher at every step.
    #[test]
    fn less_arbitrage_capital_never_makes_the_fall_shallower(study in studies(), capital in 0.0..20_000.0, share in 0.0..1.0) {
        let mut rich = with_one_pool(without_feedback(study));
        without_buffer(&mut rich);
        rich.redemption.rules.exits.escrow_secs = 60.0 * DAY;
        rich.agents.arbitrage.capital_eth = capital;
        let mut poor = rich.clone();
        poor.agents.arbitrage.capital_eth = share * capital;
        assert_deeper(&poor, &rich);
    }
}

#[test]
fn on_average_more_exit_demand_deepens_the_fall_whatever_agents_do() {
    let ladder = ladder([1.0, 1.5, 2.0, 4.0], |study, factor| *study = more_demand(study, factor));
    assert_mean_rises(DeepestClose, &ladder);
    assert_mean_rises(DeepestPrint, &ladder);
}

#[test]
fn on_average_more_liquidity_makes_the_fall_shallower_whatever_agents_do() {
    let ladder = ladder([8.0, 4.0, 2.0, 1.0], |study, factor| *study = scaled_pools(study, factor));
    assert_mean_rises(DeepestClose, &ladder);
    assert_mean_rises(DeepestPrint, &ladder);
}

#[test]
fn on_average_less_arbitrage_capital_deepens_the_closes_whatever_agents_do() {
    // Of closes only: where arbitrageurs hold the price up, more holders find the market worth selling into, and the
    // print of a step, before arbitrage, can be deeper for it.
    let ladder = ladder([4.0, 1.0, 0.25, 0.0], |study, factor| study.agents.arbitrage.capital_eth *= factor);
    assert_mean_rises(DeepestClose, &ladder);
}

#[test]
fn on_average_a_longer_network_queue_lengthens_the_delay_whatever_agents_do() {
    // Nothing is said of depth: a longer queue lowers what arbitrageurs pay, so fewer holders sell to them, and the
    // capital that is left softens a later blow.
    let ladder = ladder([0.0, 200_000.0, 800_000.0], |study, extra| {
        for queue in &mut study.drivers.network_queue_eth {
            *queue += extra;
        }
    });
    assert_mean_rises(LongestPipelineDelay, &ladder);
}

fn redeem_a_fifth() -> Shock {
    Shock {
        kind: ShockKind::RedeemShareOfFloat,
        trigger: None,
        start_secs: 10.0 * HOUR,
        duration_secs: 5.0 * HOUR,
        size: 0.2,
        size_log_sd: 0.3,
    }
}

fn with_longer_queue(study: &PathStudy, extra: &[f64]) -> PathStudy {
    let mut longer = study.clone();
    for (queue, more) in longer.drivers.network_queue_eth.iter_mut().zip(extra) {
        *queue += more;
    }
    longer
}

/// The quoted delay of every path at every observed step; without a buffer it is the pipeline's.
fn delay_traces(study: &PathStudy) -> Vec<f64> {
    let mut study = study.clone();
    without_buffer(&mut study);
    let (plan, rows) = outcomes(&study);
    let n = plan.observed_steps.len();
    rows.traces.iter().flat_map(|(_, trace)| trace[n..2 * n].to_vec()).collect()
}

#[test]
fn a_larger_crowd_never_sells_less_because_it_is_larger() {
    let mut last = f64::NEG_INFINITY;
    for demand in [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0] {
        let mut study = nobody();
        study.steps = 1;
        study.drivers.nav.fill(1.04);
        study.drivers.network_queue_eth.fill(400_000.0);
        study.venues[0] = stable_pool().with_reserves(4_000.0, 4_000.0);
        without_buffer(&mut study);
        study.agents.exit_demand.base_per_day = demand;
        study.agents.exit_demand.branching_ratio = 0.0;
        study.agents.exit_demand.dispersion = 0.0;
        let deepest = column(&study, DeepestClose)[0];
        assert!(deepest >= last - TIE_BPS, "{demand} a day: {deepest} bps, less demand {last} bps");
        last = deepest;
    }
}

#[test]
fn arbitrage_capital_that_is_withdrawn_during_a_pause_of_redemptions_is_missing_after_it() {
    let shock = |kind, start, hours, size| Shock {
        kind,
        trigger: None,
        start_secs: start * HOUR,
        duration_secs: hours * HOUR,
        size,
        size_log_sd: 0.0,
    };
    let pause = shock(ShockKind::PauseRedemptions, 0.0, 24.0, 1.0);
    let sale = shock(ShockKind::SellShareOfFloat, 12.0, 1.0, 0.05);
    let withdrawal = shock(ShockKind::RemoveArbitrageCapitalShare, 15.0, 0.0, 0.99);
    let spent = |shocks| {
        let mut study = nobody();
        study.agents.arbitrage = common::study().agents.arbitrage;
        // Through the buffer the same capital would turn over every step.
        without_buffer(&mut study);
        study.shocks = shocks;
        column(&study, MetricKind::ArbitrageSpent).iter().sum::<f64>()
    };
    let (all, a_hundredth) = (spent(vec![pause, sale]), spent(vec![pause, sale, withdrawal]));
    assert!(a_hundredth > 0.0 && a_hundredth < 0.2 * all, "{a_hundredth} of {all}");
}
