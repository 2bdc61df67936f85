//! What each oracle prints, seen through a market.

mod common;

use common::{E_MODE, USD_PER_ETH, all_oracles, assert_close, kinked, market};
use pegstress_lending::{GrowthCap, Market, OracleSpec, Rules};

const HOUR: f64 = 3_600.0;

fn with(oracle: OracleSpec) -> Market<1> {
    let mut spec = market(Rules::Aave(E_MODE), kinked(), &[(1.0, 100.0, 90.0)], 1_000.0);
    spec.oracle = oracle;
    Market::new(&spec, &[1.0], &[1.0], &[USD_PER_ETH])
}

/// What is printed `secs` later.
fn print(market: &mut Market<1>, secs: f64, nav: f64, price: f64) -> f64 {
    market.update_oracle(secs, &[nav], &[price], &[USD_PER_ETH]);
    market.eth_per_lrt()[0]
}

#[test]
fn an_exchange_rate_sees_the_redemption_rate_and_not_the_market() {
    let mut market = with(OracleSpec::ExchangeRate { cap: None });
    assert_eq!(print(&mut market, HOUR, 1.01, 0.8), 1.01);
    assert_eq!(print(&mut market, HOUR, 0.7, 1.0), 0.7);
}

#[test]
fn a_ceiling_grows_in_a_straight_line_and_lets_falls_pass() {
    let cap = GrowthCap { snapshot_eth_per_lrt: 1.0, growth_per_year: 0.1, age_secs: 365.0 * 12.0 * HOUR };
    let mut market = with(OracleSpec::ExchangeRate { cap: Some(cap) });
    // Half a year of age, half a year of steps.
    let ceiling = print(&mut market, 365.0 * 12.0 * HOUR, 1.5, 1.0);
    assert_close(ceiling, 1.1, 1e-15);
    assert_eq!(print(&mut market, HOUR, 1.05, 1.0), 1.05);
    assert_eq!(print(&mut market, HOUR, 0.5, 1.0), 0.5);
}

#[test]
fn a_feed_is_pushed_by_deviation_or_by_heartbeat_and_not_otherwise() {
    let mut market = with(OracleSpec::MarketFeed { heartbeat_secs: 6.0 * HOUR, deviation: 0.005 });
    assert_eq!(print(&mut market, HOUR, 1.0, 0.9951), 1.0, "49 bps");
    assert_eq!(print(&mut market, HOUR, 1.0, 0.994), 0.994, "60 bps: pushed, and the heartbeat starts anew");
    for _ in 0..5 {
        assert_eq!(print(&mut market, HOUR, 1.0, 0.992), 0.994, "20 bps from the last push");
    }
    assert_eq!(print(&mut market, HOUR, 1.0, 0.992), 0.992, "six hours");
}

#[test]
fn a_mean_closes_in_on_a_new_price_exponentially_however_time_is_cut() {
    let age = 2.0 * HOUR;
    for steps in [1, 7, 100] {
        let mut market = with(OracleSpec::TimeWeighted { mean_age_secs: age });
        let mut found = 1.0;
        for _ in 0..steps {
            found = print(&mut market, 3.0 * HOUR / f64::from(steps), 1.0, 0.8);
        }
        // One rounding per step.
        assert_close(found, 0.8 + 0.2 * pegstress_num::exp(-1.5), 1e-14);
    }
}

#[test]
fn a_hard_coded_price_sees_nothing() {
    let mut market = with(OracleSpec::HardCoded { eth_per_lrt: 1.02 });
    assert_eq!(print(&mut market, HOUR, 0.5, 0.5), 1.02);
}

#[test]
fn a_frozen_oracle_keeps_its_print_and_then_follows() {
    for oracle in all_oracles() {
        let mut market = with(oracle);
        let before = market.eth_per_lrt()[0];
        market.freeze_oracle(&[true]);
        for _ in 0..3 {
            assert_eq!(print(&mut market, HOUR, 0.7, 0.7), before);
        }
        market.freeze_oracle(&[false]);
        let moved = print(&mut market, HOUR, 0.7, 0.7) < before;
        assert_eq!(moved, !matches!(oracle, OracleSpec::HardCoded { .. }), "{oracle:?}");
    }
}

#[test]
fn a_feed_that_was_frozen_beyond_its_heartbeat_is_pushed_at_once() {
    let mut market = with(OracleSpec::MarketFeed { heartbeat_secs: 2.0 * HOUR, deviation: 0.5 });
    market.freeze_oracle(&[true]);
    print(&mut market, 3.0 * HOUR, 1.0, 0.9);
    market.freeze_oracle(&[false]);
    assert_eq!(print(&mut market, 1.0, 1.0, 0.9), 0.9);
}

#[test]
fn a_misprint_lasts_for_its_updates_and_leaves_the_source_alone() {
    for oracle in all_oracles() {
        let mut market = with(oracle);
        let mut untouched = with(oracle);
        market.misprint_oracle(&[0.5], 2);
        for factor in [0.5, 0.5, 1.0] {
            let wrong = print(&mut market, HOUR, 1.0, 0.97);
            assert_eq!(wrong, factor * print(&mut untouched, HOUR, 1.0, 0.97));
        }
    }
}

#[test]
fn a_depeg_makes_a_loan_due_only_where_the_oracle_sees_it() {
    for (oracle, seen) in all_oracles().into_iter().zip([false, false, true, true, false]) {
        let mut market = with(oracle);
        // 90 of 95 at par; the market falls by 20 % for two days.
        for _ in 0..48 {
            print(&mut market, HOUR, 1.0, 0.8);
        }
        assert_eq!(market.liquidatable_lrt()[0] > 0.0, seen, "{oracle:?}");
    }
}

#[test]
fn a_freeze_of_one_lane_leaves_the_others_alone() {
    let feed = OracleSpec::MarketFeed { heartbeat_secs: 86_400.0, deviation: 0.005 };
    let means = OracleSpec::TimeWeighted { mean_age_secs: 1_800.0 };
    for oracle in [OracleSpec::ExchangeRate { cap: None }, feed, means] {
        let mut spec = market(Rules::Aave(E_MODE), kinked(), &[(1.0, 100.0, 50.0)], 1_000.0);
        spec.oracle = oracle;
        let mut both = Market::<2>::new(&spec, &[1.0; 2], &[1.0; 2], &[USD_PER_ETH; 2]);
        let mut free = Market::<1>::new(&spec, &[1.0], &[1.0], &[USD_PER_ETH]);
        both.freeze_oracle(&[true, false]);
        for price in [0.98, 0.99, 0.97] {
            both.update_oracle(3_600.0, &[price; 2], &[price; 2], &[USD_PER_ETH; 2]);
            free.update_oracle(3_600.0, &[price], &[price], &[USD_PER_ETH]);
            assert_eq!(both.eth_per_lrt(), [1.0, free.eth_per_lrt()[0]]);
        }
    }
}
