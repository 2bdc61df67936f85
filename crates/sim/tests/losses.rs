//! Slashes, breakers and lending markets in a path, against closed forms.

mod common;

use common::every_part::{every_part, restaking};
use common::still::{shock, still, value, with_a_loan};
use common::{DAY, HOUR, outcomes};
use pegstress_lending::OracleSpec;
use pegstress_sim::MetricKind::*;
use pegstress_sim::scenario::*;
use pegstress_unlock::{BreakerRules, BufferUse, RateFrozenAt, Response};
use proptest::prelude::*;

#[test]
fn a_slash_costs_what_the_operators_have_allocated_to_the_service() {
    let mut study = still();
    study.restaking = Some(restaking());
    // All stake, half of each operator's at the disposal of the first service: a tenth of it is 5 %.
    study.shocks = vec![shock(ShockKind::SlashByService(0), 10.0, 0.1)];
    assert!((value(&study, ValueLoss) - 500.0).abs() < 1e-9);
    // The second one reaches 0.5 * 0.3 + 0.2 * 0.5 of it.
    study.shocks = vec![shock(ShockKind::SlashByService(1), 10.0, 0.1)];
    assert!((value(&study, ValueLoss) - 250.0).abs() < 1e-9);
    // Operators a and c by a fifth of all that they have allocated.
    study.shock_groups = vec![vec![0, 2]];
    study.shocks = vec![shock(ShockKind::SlashOperators(0), 10.0, 0.2)];
    assert!((value(&study, ValueLoss) - 1e4 * 0.2 * (0.5 * 0.8 + 0.2 * 1.0)).abs() < 1e-9);
}

#[test]
fn a_loss_on_the_beacon_chain_is_true_at_once_and_on_chain_after_the_checkpoint() {
    let mut study = still();
    study.restaking = Some(restaking());
    study.shock_groups = vec![vec![1]];
    study.shocks = vec![shock(ShockKind::LoseOnBeaconChain(0), 10.0, 0.1)];
    assert!((value(&study, ValueLoss) - 300.0).abs() < 1e-9);
    // The step that begins at hour 10 to the checkpoint that ends the first day: steps 10 to 22.
    assert_eq!(value(&study, StaleTime), 13.0);
}

#[test]
fn exits_on_their_way_are_slashed_and_the_claimants_bear_it() {
    let mut study = still();
    study.restaking = Some(restaking());
    study.redemption.rules.exits.processing_secs = 0.0;
    study.network.sweep_secs = 0.0;
    // Asked for in step 0, 261 epochs on the way: paid after 28 hours; slashed by 5 % in between.
    study.shocks =
        vec![shock(ShockKind::RedeemShareOfFloat, 0.0, 0.01), shock(ShockKind::SlashByService(0), 10.0, 0.1)];
    let gain = |study: &PathStudy| value(study, RedeemedEth);
    assert!((gain(&study) - 4_000.0).abs() < 1e-9);
    let (plan, rows) = outcomes(&study);
    assert_eq!((plan.study.steps, rows.faults()), (72, 0));
    // ETH balances to the wei's share of the 3,800 that arrive, at a rate that pays no more and no less.
    assert!(rows.imbalance < 1e-12, "{}", rows.imbalance);
}

#[test]
fn a_fall_of_the_redemption_rate_liquidates_by_the_lender_s_rule() {
    let mut study = with_a_loan(still(), 1.0);
    // So large a pair pays 0.97, whatever is sold.
    study.venues = vec![common::pair(0.97e12, 1e12, 0.0)];
    for nav in &mut study.drivers.nav[40..] {
        *nav = 0.97;
    }
    // Health 0.97 * 0.95 * 100 / D with D a little above 93 by interest: above 0.95, so half of the debt is repaid, for
    // 1.01 / 0.97 tokens per ETH, until the position is healthy again: 0.995 after the first call.
    let debt = |hours: f64| 93.0 * (1.0 + 0.027 * (3_093.0 / 5_000.0) / 0.9 * hours / 8_760.0);
    let repaid = value(&study, LiquidatedDebt);
    let half = 0.5 * debt(40.0);
    // The growth of the rate itself over two days is of second order: 1e-6 of the debt.
    assert!((repaid - half).abs() < 1e-4, "{repaid} {half}");
    let seized = half * 1.01 / 0.97;
    let fee = (seized - seized / 1.01) * 0.1;
    assert!((value(&study, LiquidatedLrt) - (seized - fee)).abs() < 1e-4);
    assert_eq!(value(&study, BadDebt(0)), 0.0);
    // The bonus less the protocol's tenth of it.
    let gain = value(&study, LiquidatorsGain);
    let expected = half * (0.01 - 0.01 * 0.1);
    assert!((gain - expected).abs() < 1e-5, "{gain} {expected}");
}

#[test]
fn a_depeg_alone_liquidates_nobody_behind_an_exchange_rate_oracle_and_stalls_liquidators_behind_it() {
    // A pool that is 2 % below the rate: more than the 0.892 % at which a liquidator breaks even.
    let mut study = with_a_loan(still(), 1.0);
    study.venues = vec![common::pair(980e3, 1e6, 0.0)];
    assert_eq!(value(&study, LiquidatedLrt), 0.0);
    assert_eq!(value(&study, StalledTime), 0.0);
    for nav in &mut study.drivers.nav[40..] {
        *nav = 0.97;
    }
    // The pair pays 0.98 for a token of 0.97: now there is something to liquidate, and it pays.
    assert!(value(&study, LiquidatedLrt) > 40.0);
    study.venues = vec![common::pair(940e3, 1e6, 0.0)];
    // 3 % below the rate: nobody takes it, and 0.94 * 100 covers the debt of 93 all the same.
    assert_eq!(value(&study, LiquidatedLrt), 0.0);
    assert_eq!(value(&study, StalledTime), 33.0);
    assert_eq!(value(&study, LatentBadDebt), 0.0);
    study.venues = vec![common::pair(900e3, 1e6, 0.0)];
    let latent = value(&study, LatentBadDebt);
    assert!((latent - 3.0).abs() < 0.02, "{latent}");
}

#[test]
fn a_market_oracle_liquidates_on_a_sale_that_an_exchange_rate_oracle_does_not_see() {
    let sale = shock(ShockKind::SellShareOfFloat, 10.0, 0.02);
    let liquidated = |oracle: OracleSpec| {
        let mut study = with_a_loan(still(), 1.0);
        study.lending[0].spec.oracle = oracle;
        study.venues = vec![common::pair(1e5, 1e5, 0.0)];
        study.shocks = vec![sale];
        (value(&study, LiquidatedLrt), value(&study, StalledTime))
    };
    assert_eq!(liquidated(OracleSpec::ExchangeRate { cap: None }), (0.0, 0.0));
    // 8,000 tokens into the pair: a fall of 14 %, and the feed prints it.
    let feed = OracleSpec::MarketFeed { heartbeat_secs: DAY, deviation: 0.005 };
    assert!(liquidated(feed).0 > 90.0);
}

#[test]
fn who_leaves_at_a_stale_rate_takes_it_from_those_who_stay() {
    let mut study = still();
    study.restaking = Some(restaking());
    study.redemption.rules.buffer.start_eth = 20_000.0;
    study.redemption.rules.buffer.target_eth = 20_000.0;
    study.redemption.rules.buffer.serves = BufferUse::InstantAndQueue;
    study.redemption.rules.queue.rate_frozen_at = RateFrozenAt::Request;
    study.shocks = vec![
        shock(ShockKind::SlashByService(0), 10.0, 0.1),
        shock(ShockKind::RedeemShareOfFloat, 12.0, 0.05),
    ];
    let refused = |response: Option<Response>| {
        let mut study = study.clone();
        study.redemption.breaker = response.map(|response| BreakerRules {
            report_every_secs: HOUR,
            largest_loss: 0.0003,
            response,
            resolved_after_secs: 48.0 * HOUR,
        });
        value(&study, ValueLoss)
    };
    // 20,000 tokens leave: at 0.95, or at once at 1.00 less the fee of 30 bps, which stays. 380,000 tokens outside of the pool and
    // 1,000,000 in it stay, and are worth 0.95 before that.
    assert!((refused(None) - 500.0).abs() < 1e-9);
    let excess = 20_000.0 * (0.997 - 0.95);
    let stayers = 1_380_000.0 * 0.95;
    let loss = 1e4 * (1.0 - 0.95 * (1.0 - excess / stayers));
    let found = refused(Some(Response::Refuse));
    assert!(loss > 506.0 && (found - loss).abs() < 1e-6, "{found} {loss}");
    assert!((refused(Some(Response::Pause)) - 500.0).abs() < 1e-9);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn eth_tokens_and_claims_balance_with_every_part_and_no_path_breaks(
        seed in any::<u64>(),
        demand in 0.0..0.02_f64,
        capital in 0.0..10_000.0_f64,
        sizes in prop::array::uniform6(0.05..3.0_f64),
        queue in 0.0..500_000.0_f64,
    ) {
        let mut study = PathStudy { paths: 64, seed, ..every_part() };
        study.agents.exit_demand.base_per_day = demand;
        study.agents.arbitrage.capital_eth = capital;
        study.drivers.network_queue_eth.fill(queue);
        let count = study.shocks.len();
        for (shock, factor) in study.shocks[count - 6..].iter_mut().zip(sizes) {
            let certain = matches!(shock.kind, ShockKind::FreezeOracle(_));
            shock.size *= if certain { 1.0 } else { factor };
        }
        let (plan, rows) = outcomes(&study);
        prop_assert_eq!(rows.faults(), 0);
        prop_assert!(rows.imbalance < 1e-9, "{}", rows.imbalance);
        for kind in [LiquidatedLrt, LatentBadDebt, BadDebt(0), BadDebt(1), LendersHaircut(1), ValueLoss] {
            prop_assert!(rows.column(&plan, kind).iter().all(|value| value.is_finite() && *value >= 0.0));
        }
    }
}
