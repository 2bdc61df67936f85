//! Worked examples of the protocols' rules, computed by hand from their formulas (MECHANICS, section 5).

mod common;

use common::{COMPOUND, E_MODE, GEARBOX, MORPHO, USD_PER_ETH, all_rules, assert_close, kinked, market};
use pegstress_lending::{
    Aave, BucketSpec, Carry, DropOf, GrowthCap, Market, MarketSpec, OracleSpec, Rules, liquidation_ladder,
};

const ENOUGH: [f64; 1] = [f64::INFINITY];
/// A few roundings of sums and products.
const ROUNDING: f64 = 1e-14;

/// One position at a price.
fn at_price(spec: &MarketSpec, eth_per_lrt: f64) -> Market<1> {
    Market::new(spec, &[eth_per_lrt], &[eth_per_lrt], &[USD_PER_ETH])
}

fn one(rules: Rules, collateral_lrt: f64, debt_eth: f64) -> MarketSpec {
    market(rules, kinked(), &[(1.0, collateral_lrt, debt_eth)], 1_000.0)
}

fn health(market: &Market<1>, rules: &Rules) -> f64 {
    let loan = market.loan(0, 0);
    loan.collateral_lrt * market.eth_per_lrt()[0] * rules.threshold() / loan.debt_eth
}

#[test]
fn mechanics_5_1_test_case_of_a_call_on_half_of_the_debt() {
    // 100 rsETH at $2120, 101 WETH at $2000; seven decimals are printed.
    let rules = Rules::Aave(E_MODE);
    let mut aave = at_price(&one(rules, 100.0, 101.0), 1.06);
    let printed = 5e-8;
    assert!((health(&aave, &rules) - 0.997030).abs() < 5e-7);
    let done = *aave.liquidate(&ENOUGH);
    assert_close(done.repaid_eth[0], 50.5, ROUNDING);
    let taken = done.seized_lrt[0] + done.protocol_fee_lrt[0];
    assert!((taken - 48.1179245).abs() < printed, "{taken}");
    assert!((done.protocol_fee_lrt[0] - 0.0476415).abs() < printed);
    assert!((done.seized_lrt[0] - 48.0702830).abs() < printed);
    assert!((health(&aave, &rules) - 1.0345594).abs() < printed);
    assert_eq!(done.bad_debt_eth[0], 0.0);
}

#[test]
fn mechanics_5_1_up_to_a_health_of_0_95_all_debt_is_repaid() {
    // Health 0.95 * 100 / 100 = 0.95 exactly.
    let mut aave = at_price(&one(Rules::Aave(E_MODE), 100.0, 100.0), 1.0);
    let done = *aave.liquidate(&ENOUGH);
    // 101 tokens would be due: all 100 are taken, for 100 / 1.01.
    assert_close(done.repaid_eth[0], 100.0 / 1.01, ROUNDING);
    assert_close(done.bad_debt_eth[0], 100.0 - 100.0 / 1.01, 1e-13);
    assert_eq!(aave.debt_eth()[0], 0.0);
}

#[test]
fn mechanics_5_1_a_position_below_2000_dollars_is_taken_whole() {
    // 0.9 tokens = $1800 against 0.86 ETH: health 0.994, but small.
    let mut aave = at_price(&one(Rules::Aave(E_MODE), 0.9, 0.86), 1.0);
    let done = *aave.liquidate(&ENOUGH);
    assert_close(done.repaid_eth[0], 0.86, ROUNDING);
    assert_eq!(aave.loan(0, 0).debt_eth, 0.0);
    // What is left of the collateral is its owner's.
    assert_close(aave.withdraw_debt_free()[0], 0.9 - 0.86 * 1.01, 1e-13);
    assert_close(aave.collateral_lrt()[0], 0.0, ROUNDING);
}

#[test]
fn mechanics_5_1_a_call_leaves_1000_dollars_of_collateral_or_none() {
    // A bonus of 3 %. $2100 against $2000: half takes $1030 and leaves $1070.
    let rule = Aave { bonus: 0.03, ..E_MODE };
    let mut aave = at_price(&one(Rules::Aave(rule), 1.05, 1.0), 1.0);
    assert_close(aave.liquidate(&ENOUGH).repaid_eth[0], 0.5, ROUNDING);
    // $2020 against $2000: half would take $1030 and leave $990.
    let mut aave = at_price(&one(Rules::Aave(rule), 1.01, 1.0), 1.0);
    let done = *aave.liquidate(&ENOUGH);
    assert_close(done.repaid_eth[0], 0.51 / 1.03, ROUNDING);
    assert_close(aave.loan(0, 0).collateral_lrt, 0.5, ROUNDING);
}

#[test]
fn mechanics_5_1_a_smaller_call_on_a_position_that_may_be_taken_whole_leaves_1000_dollars() {
    // Health 0.92: all debt may be repaid. 2 tokens = $4000, 2.06 ETH of debt = $4120.
    let spec = one(Rules::Aave(E_MODE), 2.0, 2.06);
    let mut aave = at_price(&spec, 1.0);
    // 1.8 tokens to the liquidator would leave $400 of collateral.
    let done = *aave.liquidate(&[1.8]);
    let loan = aave.loan(0, 0);
    assert_close(loan.collateral_lrt, 0.5, ROUNDING);
    assert_close(done.seized_lrt[0] + done.protocol_fee_lrt[0], 1.5, ROUNDING);
    assert_eq!(done.bad_debt_eth[0], 0.0);
    // What remains is small and goes whole, and is bad where the collateral ends.
    let rest = *aave.liquidate(&ENOUGH);
    assert_close(aave.lenders().deficit_eth[0], 2.06 - 2.0 / 1.01, 1e-13);
    assert_eq!(aave.lenders().deficit_eth, rest.bad_debt_eth);
    // Suppliers' claims stay, their assets do not.
    assert_eq!(aave.lenders().supplied_eth[0], 1_000.0);
    assert_close(aave.lenders_haircut()[0], (2.06 - 2.0 / 1.01) / 1_000.0, 1e-13);
}

#[test]
fn mechanics_5_1_and_5_3_a_liquidator_breaks_even_at_the_stated_discount() {
    let printed = [(Rules::Aave(E_MODE), 0.00892, 5e-6), (Rules::Morpho(MORPHO), 1.0 - 1.0 / 1.016777, 5e-7)];
    for (rules, discount, half_a_digit) in printed {
        let market = at_price(&one(rules, 100.0, 96.0), 1.02);
        let bid = market.breakeven_bid()[0];
        assert!((1.0 - bid / 1.02 - discount).abs() < half_a_digit, "{bid}");
    }
    // 2.5 % of Compound's storefront.
    assert_close(
        at_price(&one(Rules::Compound(COMPOUND), 1.0, 0.1), 1.02).breakeven_bid()[0],
        1.02 * 0.975,
        ROUNDING,
    );
    assert_close(
        at_price(&one(Rules::Gearbox(GEARBOX), 1.0, 0.1), 1.02).breakeven_bid()[0],
        1.02 * 0.96,
        ROUNDING,
    );
}

#[test]
fn at_the_breakeven_bid_liquidators_get_back_what_they_pay() {
    for rules in all_rules() {
        // Solvent and due at any of the thresholds.
        let mut market = at_price(&one(rules, 100.0, 98.0), 1.02);
        let bid = market.breakeven_bid()[0];
        let done = *market.liquidate(&ENOUGH);
        assert!(done.seized_lrt[0] > 0.0);
        assert_close(done.paid_eth[0], done.seized_lrt[0] * bid, 1e-13);
    }
}

#[test]
fn mechanics_5_3_morpho_takes_the_whole_position_and_the_suppliers_bear_what_is_missing() {
    let mut morpho = at_price(&one(Rules::Morpho(MORPHO), 100.0, 99.0), 1.0);
    let factor: f64 = 1.0 / (1.0 - 0.3 * (1.0 - 0.945));
    let done = *morpho.liquidate(&ENOUGH);
    assert_close(done.seized_lrt[0], 100.0, ROUNDING);
    assert_close(done.repaid_eth[0], 100.0 / factor, ROUNDING);
    let bad = 99.0 - 100.0 / factor;
    assert_close(done.bad_debt_eth[0], bad, 1e-13);
    assert_close(morpho.lenders().supplied_eth[0], 1_000.0 - bad, ROUNDING);
    assert_close(morpho.lenders_haircut()[0], bad / 1_000.0, 1e-13);
    assert_eq!(done.protocol_fee_lrt[0], 0.0);
}

#[test]
fn mechanics_5_4_compound_credits_what_the_account_is_worth_beyond_its_debt() {
    // 100 tokens at 1.0, debt 93.5: due above 93; credited 95 - 93.5.
    let mut compound = at_price(&one(Rules::Compound(COMPOUND), 100.0, 93.5), 1.0);
    let done = *compound.liquidate(&[0.0]);
    assert_eq!(done.absorbed_eth[0], 93.5);
    assert_eq!(done.bad_debt_eth[0], 0.0);
    assert_close(compound.lenders().supplied_eth[0], 1_001.5, ROUNDING);
    assert_close(compound.lenders().protocol_eth[0], 500.0 - 95.0, ROUNDING);
    assert_eq!(compound.inventory_lrt()[0], 100.0);
    // The inventory is sold at 2.5 % below the oracle.
    let sale = *compound.liquidate(&[40.0]);
    assert_eq!(sale.seized_lrt[0], 40.0);
    assert_close(sale.paid_eth[0], 39.0, ROUNDING);
    assert_close(compound.lenders().protocol_eth[0], 405.0 + 39.0, ROUNDING);
    assert_eq!(compound.inventory_lrt()[0], 60.0);
}

#[test]
fn mechanics_5_4_compound_sells_only_while_reserves_are_below_their_target() {
    let mut rule = COMPOUND;
    rule.target_reserves_eth = 420.0;
    let mut compound = at_price(&one(Rules::Compound(rule), 100.0, 93.5), 1.0);
    // After the absorption reserves are 405: 15 ETH of sales are left.
    assert_close(compound.liquidatable_lrt()[0], 15.0 / 0.975, 1e-13);
    let done = *compound.liquidate(&ENOUGH);
    assert_close(done.seized_lrt[0], 15.0 / 0.975, 1e-13);
    assert_close(compound.lenders().protocol_eth[0], 420.0, ROUNDING);
    assert_close(compound.liquidatable_lrt()[0], 0.0, 1e-12);
}

#[test]
fn mechanics_5_4_compounds_suppliers_lose_what_reserves_and_inventory_do_not_cover() {
    let mut rule = COMPOUND;
    rule.reserves_eth = 1.0;
    let mut compound = at_price(&one(Rules::Compound(rule), 100.0, 105.0), 1.0);
    let done = *compound.liquidate(&[0.0]);
    assert_eq!((done.bad_debt_eth[0], done.absorbed_eth[0]), (5.0, 100.0));
    // Reserves 1 - 105, inventory 100.
    assert_close(compound.lenders_haircut()[0], 4.0 / 1_000.0, ROUNDING);
}

#[test]
fn mechanics_5_5_gearbox_pays_the_pool_first_then_the_fee_then_the_borrower() {
    // Value 100, funds 96; debt 93.5, fee 1.5, borrower 1.0.
    let mut gearbox = at_price(&one(Rules::Gearbox(GEARBOX), 100.0, 93.5), 1.0);
    let done = *gearbox.liquidate(&ENOUGH);
    assert_eq!(done.seized_lrt[0], 100.0);
    assert_eq!(done.repaid_eth[0], 93.5);
    assert_close(done.protocol_fee_eth[0], 1.5, ROUNDING);
    assert_close(done.returned_eth[0], 1.0, 1e-13);
    assert_close(gearbox.lenders().protocol_eth[0], 3.5, ROUNDING);
    // Debt 95: the fee gets what is left, 1.0.
    let done = *at_price(&one(Rules::Gearbox(GEARBOX), 100.0, 95.0), 1.0).liquidate(&ENOUGH);
    assert_close(done.protocol_fee_eth[0], 1.0, 1e-13);
    assert_eq!(done.returned_eth[0], 0.0);
}

#[test]
fn mechanics_5_5_gearboxs_treasury_loses_before_its_suppliers() {
    // Funds 96 for a debt of 99: 3 are missing, 2 of them the treasury's.
    let mut gearbox = at_price(&one(Rules::Gearbox(GEARBOX), 100.0, 99.0), 1.0);
    let done = *gearbox.liquidate(&ENOUGH);
    assert_close(done.bad_debt_eth[0], 3.0, 1e-13);
    assert_close(gearbox.lenders().protocol_eth[0], 0.0, ROUNDING);
    assert_close(gearbox.lenders().socialised_eth[0], 1.0, 1e-13);
    assert_close(gearbox.lenders().supplied_eth[0], 997.0, ROUNDING);
}

#[test]
fn mechanics_5_5_a_loss_policy_can_block_gearboxs_liquidations_at_a_loss() {
    let mut rule = GEARBOX;
    rule.loss_allowed = false;
    let mut gearbox = at_price(&one(Rules::Gearbox(rule), 100.0, 99.0), 1.0);
    assert_eq!(gearbox.liquidatable_lrt()[0], 0.0);
    assert_eq!(gearbox.liquidate(&ENOUGH).seized_lrt[0], 0.0);
    assert_eq!(gearbox.debt_eth()[0], 99.0);
    let mut solvent = at_price(&one(Rules::Gearbox(rule), 100.0, 94.0), 1.0);
    assert_eq!(solvent.liquidate(&ENOUGH).seized_lrt[0], 100.0);
}

#[test]
fn mechanics_5_5_a_partial_liquidation_of_gearbox_must_leave_a_healthy_account() {
    // Value 100, counted 93, debt 94: (94 - 93) / (100 * (0.96 * 0.985 - 0.93)) = 0.641 of it at least.
    let spec = one(Rules::Gearbox(GEARBOX), 100.0, 94.0);
    assert_eq!(at_price(&spec, 1.0).liquidate(&[64.0]).seized_lrt[0], 0.0);
    let mut gearbox = at_price(&spec, 1.0);
    let done = *gearbox.liquidate(&[64.2]);
    assert_close(done.paid_eth[0], 64.2 * 0.96, ROUNDING);
    assert_close(done.protocol_fee_eth[0], 64.2 * 0.96 * 0.015, ROUNDING);
    assert_close(gearbox.loan(0, 0).debt_eth, 94.0 - 64.2 * 0.96 * 0.985, ROUNDING);
    assert!(health(&gearbox, &Rules::Gearbox(GEARBOX)) > 1.0);
    assert_eq!(done.bad_debt_eth[0], 0.0);
    // A debt of 95 is beyond help in part.
    assert_eq!(
        at_price(&one(Rules::Gearbox(GEARBOX), 100.0, 95.0), 1.0).liquidate(&[99.9]).seized_lrt[0],
        0.0
    );
}

#[test]
fn what_is_due_is_looked_at_anew_after_everything_that_changes_it() {
    let spec = market(Rules::Morpho(MORPHO), kinked(), &[(1.0, 100.0, 94.4)], 100.0);
    let mut morpho = at_price(&spec, 1.0);
    assert_eq!(morpho.liquidatable_lrt()[0], 0.0);
    // Interest of a year at a utilisation of 94.4 %: beyond 94.5.
    morpho.accrue(365.0 * 86_400.0);
    assert!(morpho.liquidatable_lrt()[0] > 0.0);
    morpho.update_oracle(1.0, &[2.0], &[2.0], &[USD_PER_ETH]);
    assert_eq!(morpho.liquidatable_lrt()[0], 0.0);
    morpho.update_oracle(1.0, &[1.4], &[1.4], &[USD_PER_ETH]);
    let due = morpho.liquidatable_lrt()[0];
    let carry = Carry { threshold_per_year: 0.0, unwinds_per_day: 1e3, horizon_years: f64::INFINITY };
    let wish = morpho.unwind_wish_lrt(&carry, 86_400.0, &[0.0], (&[2.0], &[2.0]));
    morpho.unwind(&carry, 86_400.0, &[0.0], (&[2.0], &[2.0]), (&wish, &[wish[0] * 2.0]));
    assert!(due > 0.0);
    assert_close(morpho.liquidatable_lrt()[0], 0.0, 1e-9);
    let mut morpho = at_price(&spec, 0.99);
    assert!(morpho.liquidatable_lrt()[0] > 0.0);
    morpho.liquidate(&ENOUGH);
    assert_eq!(morpho.liquidatable_lrt()[0], 0.0);
}

#[test]
fn mechanics_5_2_price_caps_of_weeth() {
    let cap =
        GrowthCap { snapshot_eth_per_lrt: 1.034_656_878_645_040_5, growth_per_year: 0.0875, age_secs: 0.0 };
    let days = 86_400.0;
    assert!((cap.capped(30.0 * days, 2.0) - 1.0420979041).abs() < 5e-11);
    assert!((cap.capped(365.0 * days, 2.0) - 1.1251893555).abs() < 5e-11);
    // Falls pass at once.
    assert_eq!(cap.capped(30.0 * days, 0.9), 0.9);
}

#[test]
fn bad_debt_is_latent_until_a_liquidator_takes_the_last_collateral() {
    let spec = one(Rules::Morpho(MORPHO), 100.0, 99.0);
    let mut morpho = at_price(&spec, 1.0);
    morpho.update_oracle(3_600.0, &[0.9], &[0.9], &[USD_PER_ETH]);
    assert_close(morpho.latent_bad_debt_eth(&[0.9])[0], 9.0, 1e-13);
    // The market pays less than breaks even: nobody calls, nothing is realised.
    assert_eq!(morpho.liquidate(&[0.0]).seized_lrt[0], 0.0);
    assert_eq!((morpho.bad_debt_eth()[0], morpho.lenders().supplied_eth[0]), (0.0, 1_000.0));
    // Part of it: still latent, and more of it by the liquidator's gain.
    let part = *morpho.liquidate(&[60.0]);
    assert_eq!(part.bad_debt_eth[0], 0.0);
    let gain = 60.0 * 0.9 * (1.0 - 1.0 / MORPHO.incentive_factor());
    assert_close(morpho.latent_bad_debt_eth(&[0.9])[0], 9.0 + gain, 1e-13);
    // The rest: realised.
    let due = morpho.liquidatable_lrt();
    let rest = *morpho.liquidate(&due);
    assert_close(rest.bad_debt_eth[0], 99.0 - 90.0 / MORPHO.incentive_factor(), 1e-12);
    assert_eq!(morpho.latent_bad_debt_eth(&[0.9])[0], 0.0);
    assert_eq!(morpho.bad_debt_eth(), rest.bad_debt_eth);
}

#[test]
fn the_riskiest_bucket_is_taken_first_wherever_it_stands() {
    let spec = market(
        Rules::Morpho(MORPHO),
        kinked(),
        &[(1.0, 10.0, 9.5), (1.0, 10.0, 9.7), (1.0, 10.0, 9.6)],
        100.0,
    );
    let mut morpho = at_price(&spec, 1.0);
    morpho.liquidate(&[12.0]);
    let debts = [0, 1, 2].map(|bucket| morpho.loan(bucket, 0).debt_eth);
    assert_eq!((debts[0], debts[1]), (9.5, 0.0));
    let factor = MORPHO.incentive_factor();
    assert_close(debts[2], 9.6 - (12.0 - 9.7 * factor) / factor, 1e-13);
}

#[test]
fn whole_positions_are_taken_and_the_others_stay_as_they_were() {
    // 10 positions of 10 tokens against 9.7 ETH; what 3 of them give.
    let spec = market(Rules::Morpho(MORPHO), kinked(), &[(10.0, 100.0, 97.0)], 1_000.0);
    let mut morpho = at_price(&spec, 1.0);
    let one = morpho.liquidatable_lrt()[0] / 10.0;
    morpho.liquidate(&[3.0 * one]);
    let loan = morpho.loan(0, 0);
    assert_eq!(loan.positions, 7.0);
    assert_close(loan.collateral_lrt, 70.0, ROUNDING);
    assert_close(loan.debt_eth, 67.9, ROUNDING);
    // Half of the next position is spread over all seven.
    morpho.liquidate(&[0.5 * one]);
    let loan = morpho.loan(0, 0);
    assert_eq!(loan.positions, 7.0);
    assert_close(loan.debt_eth, 67.9 - 4.85, 1e-13);
}

#[test]
fn a_market_drop_moves_a_ladder_only_where_the_oracle_sees_it() {
    let mut spec = one(Rules::Aave(E_MODE), 100.0, 93.0);
    spec.buckets.push(BucketSpec { positions: 5.0, collateral_lrt: 50.0, debt_eth: 40.0 });
    let drops = [0.0, 0.021, 0.022, 0.08, 0.2];
    let of_nav = liquidation_ladder(&spec, 1.0, DropOf::RedemptionRate, &drops);
    // 0.93 of 0.95: 2.105 %; 0.8 of 0.95: 15.8 %.
    assert_eq!(
        of_nav.iter().map(|rung| rung.collateral_lrt).collect::<Vec<_>>(),
        [0.0, 0.0, 100.0, 100.0, 150.0]
    );
    assert_eq!(of_nav.iter().map(|rung| rung.debt_eth).collect::<Vec<_>>(), [0.0, 0.0, 93.0, 93.0, 133.0]);
    assert_close(of_nav[3].latent_bad_debt_eth, 1.0, 1e-13);
    assert_close(of_nav[4].latent_bad_debt_eth, 13.0, 1e-13);
    // Nobody is due under an exchange-rate oracle, and the same is latent.
    let of_market = liquidation_ladder(&spec, 1.0, DropOf::MarketPrice, &drops);
    for (market, nav) in of_market.iter().zip(&of_nav) {
        assert_eq!((market.collateral_lrt, market.debt_eth), (0.0, 0.0));
        assert_eq!(market.latent_bad_debt_eth, nav.latent_bad_debt_eth);
    }
    spec.oracle = OracleSpec::MarketFeed { heartbeat_secs: 86_400.0, deviation: 0.005 };
    assert_eq!(liquidation_ladder(&spec, 1.0, DropOf::MarketPrice, &drops), of_nav);
    spec.oracle = OracleSpec::HardCoded { eth_per_lrt: 1.0 };
    assert_eq!(liquidation_ladder(&spec, 1.0, DropOf::RedemptionRate, &drops), of_market);
}
