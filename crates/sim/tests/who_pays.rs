//! Who pays: the gains of all parties add up to zero, and each is what it must be in studies that can be solved.

mod common;

use common::every_part::every_part;
use common::random::studies;
use common::{HOUR, Rows, outcomes, pair, study, without_buffer};
use pegstress_sim::MetricKind::{self, *};
use pegstress_sim::scenario::*;
use pegstress_sim::{Party, Plan};
use proptest::prelude::*;

/// A path sums up to 1e5 flows, each rounded to 1e-16 of its balance: the engine's own tolerance.
const ROUNDING: f64 = 1e-9;

fn assert_adds_up(study: &PathStudy, plan: &Plan, rows: &Rows) {
    let tolerance = ROUNDING * study.free_float_lrt;
    for (path, residual) in rows.column(plan, GainResidual).iter().enumerate() {
        assert!(residual.abs() < tolerance, "path {path}: {residual} ETH are nobody's");
    }
}

/// Every part, dip buyers, whales that sell and redeem, providers who leave for ETH only, unbacked tokens that are posted and
/// sold.
fn everybody() -> PathStudy {
    let mut study = every_part();
    study.agents.dip_buyers = vec![DipBuyers {
        hurdle: 0.01,
        capital_eth: 500.0,
        deployed_per_hour: 0.5,
        resell_discount: Some(0.005),
    }];
    let whale = |exit| Whale {
        name: "fund".into(),
        holding_lrt: 300.0,
        start_secs: 20.0 * HOUR,
        duration_secs: 10.0 * HOUR,
        exit,
    };
    study.agents.whales = vec![whale(WhaleExit::Sell { not_below: None }), whale(WhaleExit::Redeem)];
    study.agents.liquidity.one_sided_share = 0.3;
    let shock = |kind, start: f64, size| Shock {
        kind,
        start_secs: start * HOUR,
        duration_secs: 0.0,
        size,
        size_log_sd: 0.3,
        trigger: None,
    };
    let posting = Posting { market: 0, share: 0.5, ltv: 0.9 };
    study.shocks.extend([
        shock(ShockKind::MintUnbacked(Some(posting)), 60.0, 0.002),
        shock(ShockKind::RemoveLiquidityOneSided, 50.0, 0.1),
    ]);
    study
}

#[test]
fn gains_add_up_to_zero_in_a_study_with_every_part() {
    let study = everybody();
    let (plan, rows) = outcomes(&study);
    assert_eq!(rows.faults(), 0);
    assert_adds_up(&study, &plan, &rows);
    // Not because nothing happens: every party gains or loses somewhere.
    for party in Party::ALL {
        let gains = rows.column(&plan, Gain(party));
        assert!(gains.iter().any(|gain| gain.abs() > 1e-3), "{}", party.word());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn gains_add_up_to_zero_in_any_study(study in studies()) {
        let (plan, rows) = outcomes(&study);
        assert_adds_up(&study, &plan, &rows);
    }
}

/// Nobody acts.
fn calm() -> PathStudy {
    let mut study = PathStudy { paths: 4, steps: 3, ..study() };
    let demand = &mut study.agents.exit_demand;
    (demand.base_per_day, demand.per_discount_per_day, demand.per_delay_day_per_day) = (0.0, 0.0, 0.0);
    demand.per_eth_drawdown_per_day = 0.0;
    study.agents.liquidity.removal_per_day = 0.0;
    study.agents.liquidity.removal_per_discount_per_day = 0.0;
    study.agents.liquidity.return_per_day = 0.0;
    study.agents.background.net_sd_lrt_per_sqrt_day = 0.0;
    study.agents.arbitrage.capital_eth = 0.0;
    study.shocks.clear();
    study.drivers.nav = vec![1.0; study.steps + 1];
    study.venues = vec![pair(1_000.0, 1_000.0, 0.0)];
    without_buffer(&mut study);
    study
}

fn first(study: &PathStudy, kind: MetricKind) -> f64 {
    let (plan, rows) = outcomes(study);
    assert_adds_up(study, &plan, &rows);
    rows.column(&plan, kind)[0]
}

#[test]
fn where_nobody_acts_nobody_gains() {
    let (plan, rows) = outcomes(&calm());
    for party in [Party::Sellers, Party::Providers, Party::Arbitrageurs, Party::Background, Party::Stayers] {
        assert_eq!(rows.column(&plan, Gain(party)), [0.0; 4], "{}", party.word());
    }
}

#[test]
fn what_a_forced_sale_gives_up_is_the_providers() {
    // 250 of 400,000 tokens into a pair of 1,000 and 1,000: 250 * 1000 / 1250 = 200 ETH for 250 tokens at a rate of one.
    let sale = Shock {
        kind: ShockKind::SellShareOfFloat,
        start_secs: 0.0,
        duration_secs: 0.0,
        size: 250.0 / 400_000.0,
        size_log_sd: 0.0,
        trigger: None,
    };
    let study = PathStudy { shocks: vec![sale], ..calm() };
    // The share of a step goes through exp and ln, good to 1e-15 of it.
    let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-6, "{found} {expected}");
    near(first(&study, Gain(Party::Sellers)), -50.0);
    near(first(&study, Gain(Party::Providers)), 50.0);
    near(first(&study, Rewards), 0.0);
    // Nobody else acts: the fall is what the sale alone causes.
    near(first(&study, Amplification), 1.0);
}

#[test]
fn a_slash_is_in_no_gain_but_beside_them() {
    let mut study = calm();
    let last = study.drivers.nav.len() - 1;
    study.drivers.nav[last] = 0.9;
    // 400,000 free tokens and 1,000 in the pair lose a tenth.
    let lost = first(&study, Rewards);
    assert!((lost + 40_100.0).abs() < 1e-6, "{lost}");
    assert_eq!(first(&study, Gain(Party::Providers)), 0.0);
}
