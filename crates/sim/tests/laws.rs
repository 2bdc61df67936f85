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
use common::{DAY, HOUR, Rows, outcomes, set_fee, stable_pool, study, without_buffer};
use pegstress_amm::{PoolSpec, RateSource, Venue};
use pegstress_sim::MetricKind::{DeepestClose, DeepestPrint, LongestPipelineDelay, SellersLoss, SoldLrt};
use pegstress_sim::scenario::*;
use pegstress_sim::{MetricKind, Plan};
use proptest::prelude::*;

/// Pools settle their invariant to 1e-11 (relative): prices of paths that should tie differ by as much, 1e-7 bps.
/// Ten times that, in bps.
const TIE_BPS: f64 = 1e-6;

fn column(study: &PathStudy, kind: MetricKind) -> Vec<f64> {
    let (plan, rows) = outcomes(study);
    assert_eq!(rows.faults(), 0);
    rows.column(&plan, kind)
}

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

fn discount_traces(plan: &Plan, rows: &Rows) -> Vec<Vec<f64>> {
    let n = plan.observed_steps.len();
    rows.traces.iter().map(|(_, trace)| trace[..n].iter().map(|bps| bps / 1e4).collect()).collect()
}

/// A study in which nobody does anything.
fn nobody() -> PathStudy {
    let mut study = study();
    study.paths = 3;
    study.shocks.clear();
    let agents = &mut study.agents;
    agents.exit_demand = ExitDemand {
        base_per_day: 0.0,
        per_discount_per_day: 0.0,
        per_delay_day_per_day: 0.0,
        per_eth_drawdown_per_day: 0.0,
        ..agents.exit_demand
    };
    agents.arbitrage.capital_eth = 0.0;
    agents.liquidity.removal_per_day = 0.0;
    agents.liquidity.removal_per_discount_per_day = 0.0;
    agents.background.net_sd_lrt_per_sqrt_day = 0.0;
    study
}

/// StableSwap's invariant by bisection of `Ann (x + y) + D = Ann D + D^3 / (4 x y)`.
fn invariant(x: f64, y: f64, ann: f64) -> f64 {
    let (mut low, mut high) = (0.0, x + y);
    for _ in 0..200 {
        let d = 0.5 * (low + high);
        let excess = ann * d + d * d * d / (4.0 * x * y) - ann * (x + y) - d;
        if excess > 0.0 { high = d } else { low = d }
    }
    0.5 * (low + high)
}

/// The ETH reserve that keeps `d` with `y` of the other coin, by bisection.
fn eth_at(y: f64, d: f64, ann: f64) -> f64 {
    let (mut low, mut high) = (0.0, d * d);
    for _ in 0..300 {
        let x = 0.5 * (low + high);
        if invariant(x, y, ann) > d { high = x } else { low = x }
    }
    0.5 * (low + high)
}

/// ETH per token from the implicit derivative of the invariant.
fn price(x: f64, y: f64, rate: f64, ann: f64) -> f64 {
    let d = invariant(x, y, ann);
    let term = d * d * d / (4.0 * x * y);
    rate * (ann + term / y) / (ann + term / x)
}

#[test]
fn with_no_agents_and_no_shocks_nothing_moves() {
    let mut still = nobody();
    still.drivers.nav.fill(1.04);
    let (plan, rows) = outcomes(&still);
    let start = 1.0 - price(4000.0, 5000.0 * 1.04, 1.04, 200.0) / 1.04;
    for discount in discount_traces(&plan, &rows).iter().flatten() {
        // The bisection stops at 1e-16 of D and the price divides by numbers of the order of one.
        assert!((discount - start).abs() < 1e-12, "{discount} {start}");
    }
    for kind in [SoldLrt, SellersLoss, MetricKind::RedeemedEth, MetricKind::ArbitrageSpent] {
        assert!(rows.column(&plan, kind).iter().all(|value| *value == 0.0), "{kind:?}");
    }
}

#[test]
fn with_no_agents_the_discount_follows_the_rate_of_the_pool_and_nothing_else() {
    let study = nobody();
    let (plan, rows) = outcomes(&study);
    for trace in discount_traces(&plan, &rows) {
        for (discount, step) in trace.iter().zip(&plan.observed_steps) {
            let nav = study.drivers.nav[step + 1];
            let expected = 1.0 - price(4000.0, 5000.0 * nav, nav, 200.0) / nav;
            // As above; the invariant is kept warm from step to step to 1e-11.
            assert!((discount - expected).abs() < 1e-10, "{discount} {expected}");
        }
    }
}

#[test]
fn a_pool_without_a_rate_keeps_its_price_and_its_discount_grows_with_the_redemption_rate() {
    let mut study = nobody();
    let PoolSpec::StableSwap(pool) = &mut study.venues[0].pool else { unreachable!("a stable pool") };
    pool.rate = RateSource::Plain;
    let (plan, rows) = outcomes(&study);
    let constant = price(4000.0, 5000.0, 1.0, 200.0);
    for trace in discount_traces(&plan, &rows) {
        for (discount, step) in trace.iter().zip(&plan.observed_steps) {
            let expected = 1.0 - constant / study.drivers.nav[step + 1];
            assert!((discount - expected).abs() < 1e-10, "{discount} {expected}");
        }
    }
}

#[test]
fn a_forced_sale_alone_is_the_slippage_of_the_pool() {
    let mut study = nobody();
    study.drivers.nav.fill(1.04);
    study.shocks = vec![Shock {
        kind: ShockKind::SellShareOfFloat,
        trigger: None,
        start_secs: 5.0 * HOUR,
        duration_secs: 0.0,
        size: 0.003,
        size_log_sd: 0.0,
    }];
    let (plan, rows) = outcomes(&study);
    let (x, y, ann, fee) = (4000.0, 5000.0 * 1.04, 200.0, 4e-4);
    let sold = 0.003 * 400_000.0;
    let d = invariant(x, y, ann);
    let gross = x - eth_at(y + 1.04 * sold, d, ann);
    let proceeds = gross * (1.0 - fee);
    // Half of the fee leaves the pool.
    let after = price(x - gross + 0.5 * gross * fee, y + 1.04 * sold, 1.04, ann);
    let only = |kind| rows.column(&plan, kind)[0];
    // 1e-11 of the reserves, the pool's documented error against the contract; bps are 1e4 times a fraction.
    assert!((only(SoldLrt) - sold).abs() < 1e-8, "{}", only(SoldLrt));
    assert!((only(SellersLoss) - (sold * 1.04 - proceeds)).abs() < 1e-7, "{}", only(SellersLoss));
    let deepest = 1e4 * (1.0 - after / 1.04);
    assert!((only(DeepestClose) - deepest).abs() < 1e-6, "{} {deepest}", only(DeepestClose));
    assert!((only(DeepestPrint) - deepest).abs() < 1e-6, "{} {deepest}", only(DeepestPrint));
}

#[test]
fn arbitrageurs_with_endless_capital_hold_the_close_at_the_fair_discount_and_the_fee() {
    let (escrow, processing, required) = (14.0 * DAY, DAY, 0.12);
    for fee in [0.0, 4e-4, 3e-3] {
        let mut study = PathStudy { paths: 200, ..study() };
        set_fee(&mut study.venues[0], fee);
        // Traders without a view come after the arbitrageurs; without them the close is what arbitrage leaves.
        study.agents.background.net_sd_lrt_per_sqrt_day = 0.0;
        study.agents.arbitrage = Arbitrage {
            capital_eth: 1e9,
            required_return_per_year: required,
            expected_loss: 0.0,
            cost: 0.0,
            deployed_per_hour: 1.0,
        };
        // An escrow longer than the queue ever is, and no buffer: the delay is the same for everybody.
        without_buffer(&mut study);
        study.redemption.rules.exits.escrow_secs = escrow;
        let fair = 1.0 - 1.0 / (1.0 + required * (escrow + processing) / (365.0 * DAY));
        let (plan, rows) = outcomes(&study);
        assert!(rows.column(&plan, LongestPipelineDelay).iter().all(|days| *days == 15.0));
        for deepest in rows.column(&plan, DeepestClose) {
            // 0.1 bp: the fees of the purchase join the pool once it is over and lower its price a little.
            assert!(deepest <= 1e4 * (fair + fee) + 0.1, "{deepest} bps, fair {}", 1e4 * fair);
        }
        // The bound binds: without arbitrage the same study falls through it.
        let mut alone = study.clone();
        alone.agents.arbitrage.capital_eth = 0.0;
        assert!(column(&alone, DeepestClose).iter().all(|deepest| *deepest > 1e4 * (fair + fee) + 0.1));
    }
}

/// Holders who can wait for ever: half of them ask for less than 1e-9 a year.
fn patient(mut study: PathStudy) -> PathStudy {
    study.agents.impatience.median_per_year = 1e-9;
    study.agents.impatience.log_sd = 1.0;
    study
        .shocks
        .retain(|shock| !matches!(shock.kind, ShockKind::SellShareOfFloat | ShockKind::PauseRedemptions));
    study
}

#[test]
fn patient_holders_do_not_sell_into_a_pool_below_the_redemption_rate() {
    // The pool starts 20 bps below the rate, only redemptions act on holders, and nobody buys.
    let mut study = patient(PathStudy { paths: 100, ..study() });
    study.agents.background.net_sd_lrt_per_sqrt_day = 0.0;
    study.agents.arbitrage.capital_eth = 0.0;
    without_buffer(&mut study);
    let (plan, rows) = outcomes(&study);
    // 10 bps over 60 days are 0.6 % a year, 15.6 standard deviations above the median: 1e-54 of the exits.
    assert!(rows.column(&plan, SoldLrt).iter().all(|sold| *sold < 1e-9));
    assert!(rows.column(&plan, MetricKind::RedeemedEth).iter().all(|eth| *eth > 100.0));
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
