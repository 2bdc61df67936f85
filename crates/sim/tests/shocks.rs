//! Every kind of shock against a closed form, and triggers path by path.

#![allow(clippy::disallowed_methods, reason = "closed forms by the standard library, to 1e-15")]

mod common;

use common::every_part::restaking;
use common::every_shock::every_shock;
use common::still::{lasting, shock, still, value, with_a_loan};
use common::{outcomes, pair};
use pegstress_sim::MetricKind::*;
use pegstress_sim::scenario::*;

const FLOAT: f64 = 400_000.0;

/// Nothing random either.
fn certain() -> PathStudy {
    let mut study = still();
    study.agents.exit_demand.dispersion = 0.0;
    study.agents.exit_demand.branching_ratio = 0.0;
    study
}

/// Tokens that left, at a redemption rate of 1.
fn left(study: &PathStudy) -> f64 {
    value(study, SoldLrt) + value(study, RedeemedEth)
}

#[test]
fn a_loss_of_trust_adds_to_the_exit_intensity_while_it_lasts() {
    let mut study = certain();
    study.shocks = vec![lasting(ShockKind::RaiseExitDemand, 10.0, 10.0, 0.24)];
    // Ten hours at 0.24 a day; sums of a few numbers near 4e5 to 1e-16 each.
    let expected = FLOAT * (1.0 - (-0.1_f64).exp());
    assert!((left(&study) - expected).abs() < 1e-6, "{} {expected}", left(&study));
}

#[test]
fn a_fall_of_eth_frightens_holders_for_the_24_hours_in_which_its_high_is_remembered() {
    let mut study = certain();
    study.agents.exit_demand.per_eth_drawdown_per_day = 0.05;
    study.agents.exit_demand.eth_drawdown_threshold = 0.1;
    study.shocks = vec![shock(ShockKind::MoveEthUsd, 10.0, 0.3)];
    let expected = FLOAT * (1.0 - (-0.05 * 0.2_f64).exp());
    assert!((left(&study) - expected).abs() < 1e-6, "{} {expected}", left(&study));
    // A driver that has fallen by a tenth itself: 1 - 0.9 * 0.7.
    study.drivers.eth_drawdown.fill(0.1);
    let expected = FLOAT * (1.0 - (-0.05 * 0.27_f64).exp());
    assert!((left(&study) - expected).abs() < 1e-6, "{} {expected}", left(&study));
}

#[test]
fn providers_who_take_eth_only_leave_all_tokens_in_a_pair_and_the_square_of_its_eth() {
    let mut study = certain();
    study.venues = vec![pair(1_000.0, 1_000.0, 0.0)];
    study.shocks = vec![shock(ShockKind::RemoveLiquidityOneSided, 10.0, 0.1)];
    // x (1 - s)^2 ETH against y tokens: a price of 0.81.
    assert!((value(&study, DeepestClose) - 1_900.0).abs() < 1e-8);
    assert!((value(&study, LeastLiquidity) - 0.9).abs() < 1e-15);
    let proportional = vec![shock(ShockKind::RemoveLiquidityShare, 10.0, 0.1)];
    assert!(value(&PathStudy { shocks: proportional, ..study }, DeepestClose).abs() < 1e-8);
}

#[test]
fn a_part_of_the_providers_who_leave_by_themselves_takes_eth_only() {
    let mut study = certain();
    study.venues = vec![pair(1_000.0, 1_000.0, 0.0)];
    study.steps = 1;
    study.agents.liquidity.removal_per_day = 24.0 / 9.0;
    study.agents.liquidity.one_sided_share = 0.5;
    // A hazard of 1/9 in the step: a tenth leaves, half of it in proportion, then 0.05 / 0.95 of the rest for ETH only.
    let price = (1.0_f64 - 0.05 / 0.95).powi(2);
    let found = value(&study, DeepestClose);
    assert!((found - 1e4 * (1.0 - price)).abs() < 1e-8, "{found}");
    assert!((value(&study, LeastLiquidity) - 0.9).abs() < 1e-15);
}

#[test]
fn unbacked_tokens_dilute_everybody() {
    let mut study = certain();
    study.shocks = vec![shock(ShockKind::MintUnbacked(None), 10.0, 0.05)];
    assert!((value(&study, ValueLoss) - 1e4 * (1.0 - 1.0 / 1.05)).abs() < 1e-9);
    // All of them are sold, 70,000 into a pool of a million: nobody else sells.
    assert_eq!(value(&study, SoldLrt), 0.0);
    assert!(value(&study, DeepestPrint) > 1.0);
    let (_, rows) = outcomes(&study);
    assert!(rows.imbalance < 1e-12, "{}", rows.imbalance);
}

#[test]
fn unbacked_tokens_that_are_posted_leave_the_lenders_with_the_difference() {
    let mut study = with_a_loan(certain(), 1.0);
    study.lending[0].spec.supplied_eth = 1e6;
    study.lending[0].spec.other_debt_eth = 0.0;
    // A market price of 0.5 at which no liquidator works.
    study.venues = vec![pair(50.0, 100.0, 0.0)];
    let posting = Posting { market: 0, share: 1.0, ltv: 0.9 };
    study.shocks = vec![shock(ShockKind::MintUnbacked(Some(posting)), 10.0, 0.2)];
    let minted = 0.2 * (FLOAT + 100.0 + 100.0);
    // Beside it the loan of 93 against 100 tokens that was there.
    let uncovered = minted * 0.9 - minted * 0.5 + 93.0 - 50.0;
    let found = value(&study, LatentBadDebt);
    // Interest of less than 0.8 % a year over less than three days.
    assert!(found >= uncovered && found < uncovered * (1.0 + 2e-4), "{found} {uncovered}");
    let (_, rows) = outcomes(&study);
    assert!(rows.imbalance < 1e-12, "{}", rows.imbalance);
    // No more is borrowed than there is.
    study.lending[0].spec.supplied_eth = 1_093.0;
    let found = value(&study, LatentBadDebt);
    assert!((found - (93.0 - 50.0)).abs() < 0.5, "1,000 against tokens worth {}: {found}", minted * 0.5);
}

#[test]
fn a_frozen_rate_hides_a_slash_until_it_thaws() {
    let mut study = certain();
    study.restaking = Some(restaking());
    study.shocks = vec![
        lasting(ShockKind::FreezeOnchainRate, 5.0, 20.0, 1.0),
        shock(ShockKind::SlashByService(0), 10.0, 0.1),
    ];
    assert!((value(&study, ValueLoss) - 500.0).abs() < 1e-9);
    // Slashed in step 10, frozen up to step 24.
    assert_eq!(value(&study, StaleTime), 15.0);
}

#[test]
fn who_is_offline_misses_the_growth_and_pays_the_penalties_of_source_and_target() {
    let mut study = certain();
    study.restaking = Some(restaking());
    study.drivers.nav = (0..73).map(|k| 1.00001_f64.powi(k)).collect();
    study.shock_groups = vec![vec![0]];
    study.shocks = vec![lasting(ShockKind::OperatorOutage(0), 10.0, 48.0, 0.4)];
    // Half of the stake, 48 hours of a growth of 1e-5, known to 1e-11 of itself as the difference of two rates.
    let kept = (1.0 - 0.4 * (1.0 + 40.0 / 64.0) * 1e-5_f64).powi(48);
    let found = value(&study, ValueLoss);
    assert!((found - 1e4 * 0.5 * (1.0 - kept)).abs() < 1e-9, "{found}");
}

#[test]
fn a_lower_threshold_makes_loans_due_that_were_not() {
    let mut study = with_a_loan(certain(), 1.0);
    assert_eq!(value(&study, LiquidatedLrt), 0.0);
    study.shocks = vec![shock(ShockKind::CutLiquidationThreshold(0), 10.0, 0.03)];
    assert!(value(&study, LiquidatedLrt) > 40.0);
    // By 1.9 points in ten hours: 0.931 still covers a debt of 93 and some interest.
    study.shocks = vec![lasting(ShockKind::CutLiquidationThreshold(0), 10.0, 10.0, 0.019)];
    assert_eq!(value(&study, LiquidatedLrt), 0.0);
}

#[test]
fn lenders_who_leave_raise_the_rate_that_borrowers_pay() {
    // Owners of loops bear 3 % a year.
    let mut study = with_a_loan(certain(), 1.0);
    study.lending[0].carry = Some(pegstress_lending::Carry {
        threshold_per_year: 0.03,
        unwinds_per_day: 1.0,
        horizon_years: f64::INFINITY,
    });
    assert_eq!(value(&study, UnwoundLrt), 0.0);
    // All that is not lent out leaves: a utilisation of 100 % costs 42.7 % a year.
    study.shocks = vec![shock(ShockKind::WithdrawLenderDeposits(0), 10.0, 0.9)];
    assert!(value(&study, UnwoundLrt) > 50.0);
}

/// A loss on the beacon chain, seen at the end of the first day, `delay` hours after `trigger` holds.
fn triggered_loss(trigger: Trigger, delay: f64) -> Shock {
    Shock { trigger: Some(trigger), ..shock(ShockKind::LoseOnBeaconChain(0), delay, 0.1) }
}

#[test]
fn a_trigger_starts_its_shock_in_the_step_after_it_first_holds_and_after_its_delay() {
    let mut study = certain();
    study.restaking = Some(restaking());
    study.shock_groups = vec![vec![1]];
    let sale = shock(ShockKind::SellShareOfFloat, 6.0, 0.1);
    study.shocks = vec![sale, triggered_loss(Trigger::DiscountAbove(1e-4), 3.0)];
    assert!((value(&study, ValueLoss) - 300.0).abs() < 1e-9);
    // Sold in step 6, lost in step 7 + 3, seen at the end of step 23.
    assert_eq!(value(&study, StaleTime), 13.0);
    // A discount that is never reached.
    study.shocks[1] = triggered_loss(Trigger::DiscountAbove(0.5), 3.0);
    assert_eq!(value(&study, ValueLoss), 0.0);
    // One that is there from the start.
    study.shocks[1] = triggered_loss(Trigger::DiscountAbove(-1.0), 3.0);
    assert_eq!(value(&study, StaleTime), 20.0);
}

#[test]
fn each_path_pulls_its_own_trigger() {
    let mut study = certain();
    study.paths = 300;
    study.restaking = Some(restaking());
    study.shock_groups = vec![vec![1]];
    let sale = Shock { size_log_sd: 1.0, ..shock(ShockKind::SellShareOfFloat, 6.0, 0.1) };
    study.shocks = vec![sale, triggered_loss(Trigger::DiscountAbove(0.0005), 0.0)];
    let (plan, rows) = outcomes(&study);
    assert_eq!(rows.faults(), 0);
    let (deepest, loss) = (rows.column(&plan, DeepestClose), rows.column(&plan, ValueLoss));
    let pulled = loss.iter().filter(|loss| **loss > 0.0).count();
    assert!(pulled > 30 && pulled < 270, "{pulled} of 300");
    for (deepest, loss) in deepest.iter().zip(&loss) {
        // The loss itself is seen on chain a day later and moves the pool with it: the deepest close is that of the sale.
        assert_eq!(*deepest > 5.0, *loss > 0.0, "{deepest} {loss}");
    }
}

#[test]
fn an_empty_buffer_closes_redemption() {
    let mut study = certain();
    let buffer = &mut study.redemption.rules.buffer;
    (buffer.start_eth, buffer.target_eth) = (500.0, 500.0);
    let ask = |start| shock(ShockKind::RedeemShareOfFloat, start, 0.01);
    let pause = Shock {
        trigger: Some(Trigger::BufferBelow(100.0)),
        ..lasting(ShockKind::PauseRedemptions, 0.0, 12.0, 1.0)
    };
    study.shocks = vec![ask(10.0), ask(20.0), pause];
    // Hour 20 is in the twelve hours from step 11 on, hour 30 is not.
    assert!((value(&study, RedeemedEth) - 4_000.0).abs() < 1e-9);
    study.shocks[1] = ask(30.0);
    assert!((value(&study, RedeemedEth) - 4_000.0 - 3_960.0).abs() < 1e-9);
}

#[test]
fn with_every_shock_everything_balances_and_no_path_breaks() {
    let (_, rows) = outcomes(&every_shock());
    assert_eq!(rows.faults(), 0);
    assert!(rows.imbalance < 1e-9, "{}", rows.imbalance);
}
