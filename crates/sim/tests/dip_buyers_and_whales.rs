//! Dip buyers and whales in a pool without fee, against its closed form `x y = k`.

mod common;

use common::still::{shock, still, value};
use common::{HOUR, outcomes, pair};
use pegstress_sim::MetricKind::*;
use pegstress_sim::scenario::*;

/// A pair of a thousand each, into which a hundred tokens are sold in step 10 where a test wants it.
fn pool() -> PathStudy {
    let mut study = still();
    study.agents.exit_demand.branching_ratio = 0.0;
    study.venues = vec![pair(1_000.0, 1_000.0, 0.0)];
    study
}

fn sold_into() -> PathStudy {
    let sale = shock(ShockKind::SellShareOfFloat, 10.0, 100.0 / 400_000.0);
    PathStudy { shocks: vec![sale], ..pool() }
}

const PATIENT: DipBuyers =
    DipBuyers { hurdle: 0.1, capital_eth: 1e6, deployed_per_hour: 1.0, resell_discount: None };

/// Closes of the first path, fractions.
fn closes(study: &PathStudy) -> Vec<f64> {
    let (plan, rows) = outcomes(study);
    assert_eq!(rows.faults(), 0);
    assert!(rows.imbalance < 1e-12, "{}", rows.imbalance);
    rows.traces[0].1[..plan.study.steps].iter().map(|bps| bps / 1e4).collect()
}

#[track_caller]
fn assert_near(found: f64, expected: f64) {
    // A dozen roundings of numbers near one.
    assert!((found - expected).abs() < 1e-12, "{found} {expected}");
}

#[test]
fn dip_buyers_with_enough_capital_hold_the_price_at_their_hurdle() {
    let mut study = sold_into();
    let fallen = 1.0 - 1e6 / 1_100.0 / 1_100.0;
    assert_near(closes(&study)[10], fallen);
    study.agents.dip_buyers = vec![PATIENT];
    let held = closes(&study);
    assert_near(held[10], 0.1);
    assert_near(held[71], 0.1);
    // A hurdle that is not reached buys nothing.
    study.agents.dip_buyers[0].hurdle = 0.2;
    assert_near(closes(&study)[71], fallen);
}

#[test]
fn dip_buyers_spend_the_stated_share_of_what_they_have_left() {
    let mut study = sold_into();
    study.agents.dip_buyers = vec![DipBuyers { capital_eth: 10.0, deployed_per_hour: 0.5, ..PATIENT }];
    let eth = 1e6 / 1_100.0;
    let found = closes(&study);
    // 5, then 2.5, in the end all 10: a price of x^2 / k.
    for (step, spent) in [(10, 5.0), (11, 7.5), (71, 10.0)] {
        assert_near(found[step], 1.0 - (eth + spent) * (eth + spent) / 1e6);
    }
}

#[test]
fn a_ladder_of_bids_buys_at_each_of_its_rungs() {
    let mut study = sold_into();
    let near = DipBuyers { hurdle: 0.05, capital_eth: 20.0, ..PATIENT };
    study.agents.dip_buyers = vec![near, PATIENT];
    // The near rung spends its 20 and ends at a discount of 13.7 %; the far one goes on to its own hurdle.
    assert_near(closes(&study)[10], 0.1);
    study.agents.dip_buyers[1].capital_eth = 0.0;
    let eth = 1e6 / 1_100.0 + 20.0;
    assert_near(closes(&study)[10], 1.0 - eth * eth / 1e6);
}

#[test]
fn dip_buyers_bring_their_tokens_back_when_the_price_is_back() {
    let mut study = sold_into();
    for nav in &mut study.drivers.nav[41..] {
        *nav = 0.85;
    }
    study.agents.dip_buyers = vec![DipBuyers { resell_discount: Some(0.02), ..PATIENT }];
    let found = closes(&study);
    assert_near(found[39], 0.1);
    // A price of 0.9 is above 0.98 * 0.85: they sell down to that, with tokens to spare.
    assert_near(found[40], 0.02);
    study.agents.dip_buyers[0].resell_discount = None;
    assert_near(closes(&study)[40], 1.0 - 0.9 / 0.85);
}

fn whale(exit: WhaleExit) -> Whale {
    Whale {
        name: "fund".into(),
        holding_lrt: 100.0,
        start_secs: 10.0 * HOUR,
        duration_secs: 4.0 * HOUR,
        exit,
    }
}

#[test]
fn a_whale_sells_evenly_and_not_below_its_limit() {
    let mut study = pool();
    study.agents.whales = vec![whale(WhaleExit::Sell { not_below: None })];
    let found = closes(&study);
    for (step, sold) in [(9, 0.0), (10, 25.0), (12, 75.0), (13, 100.0), (71, 100.0)] {
        let reserve: f64 = 1_000.0 + sold;
        assert_near(found[step], 1.0 - 1e6 / reserve / reserve);
    }
    study.agents.whales = vec![whale(WhaleExit::Sell { not_below: Some(0.1) })];
    assert_near(closes(&study)[71], 0.1);
    let sold = 1e3 / 0.9_f64.sqrt() - 1e3;
    // Amounts near a thousand: 1e-12 of that.
    assert!((value(&study, SoldLrt) - sold).abs() < 1e-9);
    // When redemption is worth less, the rest goes too.
    for nav in &mut study.drivers.nav[41..] {
        *nav = 0.8;
    }
    assert!((value(&study, SoldLrt) - 100.0).abs() < 1e-9);
}

#[test]
fn a_whale_that_redeems_waits_while_redemption_is_closed() {
    let mut study = pool();
    study.agents.whales = vec![whale(WhaleExit::Redeem)];
    assert!((value(&study, RedeemedEth) - 100.0).abs() < 1e-12);
    let pause =
        |hours: f64| Shock { duration_secs: hours * HOUR, ..shock(ShockKind::PauseRedemptions, 5.0, 1.0) };
    study.shocks = vec![pause(7.0)];
    assert!((value(&study, RedeemedEth) - 100.0).abs() < 1e-12);
    study.shocks = vec![pause(100.0)];
    assert_eq!(value(&study, RedeemedEth), 0.0);
}

#[test]
fn what_a_whale_holds_is_nobody_else_s_to_redeem() {
    let mut study = pool();
    study.agents.whales = vec![Whale { holding_lrt: 100_000.0, start_secs: 1e9, ..whale(WhaleExit::Redeem) }];
    study.shocks = vec![shock(ShockKind::RedeemShareOfFloat, 10.0, 0.5)];
    assert!((value(&study, RedeemedEth) - 150_000.0).abs() < 1e-6);
}
