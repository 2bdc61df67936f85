//! Limits with known answers: no agents, endless arbitrage capital, holders who can wait for ever.

mod common;

use common::{DAY, HOUR, Rows, column, nobody, outcomes, set_fee, study, without_buffer};
use pegstress_amm::{PoolSpec, RateSource};
use pegstress_exact::U256;
use pegstress_exact::stableswap::Pool;
use pegstress_sim::MetricKind::{DeepestClose, DeepestPrint, LongestPipelineDelay, SellersLoss, SoldLrt};
use pegstress_sim::scenario::*;
use pegstress_sim::{MetricKind, Plan};

fn discount_traces(plan: &Plan, rows: &Rows) -> Vec<Vec<f64>> {
    let n = plan.observed_steps.len();
    rows.traces.iter().map(|(_, trace)| trace[..n].iter().map(|bps| bps / 1e4).collect()).collect()
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
fn a_forced_sale_alone_brings_what_the_contract_quotes() {
    let mut study = nobody();
    let PoolSpec::StableSwap(pool) = &mut study.venues[0].pool else { unreachable!("a stable pool") };
    pool.rate = RateSource::Plain;
    study.drivers.nav.fill(1.0);
    for share in [1e-6, 1e-4, 0.003, 0.01] {
        study.shocks = vec![Shock {
            kind: ShockKind::SellShareOfFloat,
            trigger: None,
            start_secs: 5.0 * HOUR,
            duration_secs: 0.0,
            size: share,
            size_log_sd: 0.0,
        }];
        let sold = share * 400_000.0;
        // A millionth of a wei: the contract's rounding, a unit, does not count. The fee is 4 bps of 1e10.
        let unit = 1e24;
        let units = |amount: f64| {
            U256::from(amount as u64) * U256::from(1_000_000_000_000_u64).pow(U256::from(2_u64))
        };
        let contract = Pool::plain(100, U256::from(4_000_000_u64), vec![units(4_000.0), units(5_000.0)])
            .expect("a pool");
        // Sold amounts are whole millionths of a token.
        let amount = units((sold * 1e6).round()) / U256::from(1_000_000_u64);
        let proceeds = f64::from(contract.quote_exact_in(1, 0, amount).expect("a quote")) / unit;
        for loss in column(&study, SellersLoss) {
            // The lanes' documented error, 1e-11 of the output, and the roundings of a share of the float.
            let tolerance = 1e-11 * proceeds + 1e-13 * 400_000.0;
            assert!((sold - loss - proceeds).abs() <= tolerance, "{share}: {} for {proceeds}", sold - loss);
        }
    }
}

#[test]
fn arbitrageurs_with_endless_capital_hold_the_close_at_the_fair_discount_and_the_fee() {
    let (escrow, processing, required) = (14.0 * DAY, DAY, 0.12);
    for (fee, venues) in [(0.0, 1), (4e-4, 1), (3e-3, 1), (0.0, 3), (4e-4, 3)] {
        let mut study = PathStudy { paths: 200, ..study() };
        set_fee(&mut study.venues[0], fee);
        // Of several venues none stays below what the others cost.
        let [first] = &study.venues[..] else { unreachable!("one pool") };
        let others =
            [(1_500.0, 1_900.0), (600.0, 700.0)].map(|(eth, lrt)| first.clone().with_reserves(eth, lrt));
        study.venues.extend(others);
        study.venues.truncate(venues);
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
        // The last token costs its price and the fee: `price / (1 - fee) = nav (1 - d*)`.
        let held = 1e4 * (1.0 - (1.0 - fair) * (1.0 - fee));
        for deepest in rows.column(&plan, DeepestClose) {
            // 0.1 bp: the fees of the purchase join the pool once it is over and lower its price a little.
            assert!((deepest - held).abs() <= 0.1, "{deepest} bps, fair {held}");
        }
        // The bound binds: without arbitrage the same study falls through it.
        let mut alone = study.clone();
        alone.agents.arbitrage.capital_eth = 0.0;
        assert!(column(&alone, DeepestClose).iter().all(|deepest| *deepest > held + 0.1));
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
