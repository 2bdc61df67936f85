//! Rates and accrual, seen through a market.

mod common;

use common::{COMPOUND, E_MODE, GEARBOX, MORPHO, USD_PER_ETH, adaptive, assert_close, kinked, market};
use pegstress_lending::{Carry, Curve, Kinked, Loan, Market, MarketSpec, Rules};

const DAY: f64 = 86_400.0;
const YEAR: f64 = 365.0 * DAY;

fn start(spec: &MarketSpec) -> Market<1> {
    Market::new(spec, &[1.0], &[1.0], &[USD_PER_ETH])
}

fn flat(rate: f64) -> Curve {
    Curve::Kinked(Kinked { base_per_year: rate, slope_1_per_year: 0.0, slope_2_per_year: 0.0, kink: 0.9 })
}

#[test]
fn a_kinked_rate_follows_its_two_lines() {
    for (debt, rate) in [(0.0, 0.0), (450.0, 0.0135), (900.0, 0.027), (950.0, 0.027 + 0.4), (1_000.0, 0.827)]
    {
        let market = start(&market(Rules::Aave(E_MODE), kinked(), &[(1.0, 2_000.0, debt)], 1_000.0));
        assert_close(market.borrow_rate_per_year()[0], rate, 1e-14);
        // Less the protocol's 15 %.
        assert_close(market.supply_rate_per_year()[0], rate * (debt / 1_000.0) * 0.85, 1e-14);
    }
}

#[test]
fn other_debt_uses_the_funds_and_pays_interest() {
    let mut spec = market(Rules::Aave(E_MODE), kinked(), &[(1.0, 2_000.0, 400.0)], 1_000.0);
    spec.other_debt_eth = 500.0;
    let mut market = start(&spec);
    assert_close(market.borrow_rate_per_year()[0], 0.027, 1e-14);
    market.accrue(YEAR / 10.0);
    let x: f64 = 0.0027;
    assert_close(market.debt_eth()[0], 900.0 * (1.0 + x + x * x / 2.0 + x * x * x / 6.0), 1e-14);
    assert_close(market.loan(0, 0).debt_eth, 400.0 * (1.0 + x + x * x / 2.0 + x * x * x / 6.0), 1e-14);
}

#[test]
fn many_small_accruals_come_to_the_exponential() {
    let mut market = start(&market(Rules::Aave(E_MODE), flat(0.05), &[(1.0, 2_000.0, 500.0)], 1_000.0));
    for _ in 0..8_760 {
        market.accrue(3_600.0);
    }
    // x^4/24 of an hour is 4e-23; one rounding per accrual.
    assert_close(market.debt_eth()[0], 500.0 * pegstress_num::exp(0.05), 1e-12);
}

#[test]
fn what_borrowers_owe_more_suppliers_and_the_protocol_are_owed_more() {
    for rules in
        [Rules::Aave(E_MODE), Rules::Morpho(MORPHO), Rules::Gearbox(GEARBOX), Rules::Compound(COMPOUND)]
    {
        let mut market = start(&market(rules, kinked(), &[(1.0, 2_000.0, 500.0)], 1_000.0));
        let reserves = market.lenders().protocol_eth[0];
        for _ in 0..100 {
            market.accrue(DAY);
        }
        let interest = market.debt_eth()[0] - 500.0;
        let lenders = market.lenders();
        if matches!(rules, Rules::Compound(_)) {
            assert_close(lenders.supplied_eth[0] - 1_000.0, 0.85 * interest, 1e-12);
            assert_close(lenders.protocol_eth[0] - reserves, 0.15 * interest, 1e-12);
        } else {
            assert_close(lenders.supplied_eth[0] - 1_000.0, interest, 1e-12);
            // The treasury's claim earns interest of its own.
            assert!(lenders.protocol_eth[0] - reserves > 0.15 * interest);
        }
    }
}

#[test]
fn an_adaptive_rate_at_full_utilisation_doubles_in_five_days_and_falls_at_low_utilisation() {
    let mut full = start(&market(Rules::Morpho(MORPHO), adaptive(), &[(1.0, 2_000.0, 1_000.0)], 1_000.0));
    assert_close(full.borrow_rate_per_year()[0], 0.16, 1e-14);
    // ln 2 / 50 of a year in hours' steps: the contract's second-order exponential loses x^3/6 per step, 4e-6 in all.
    for _ in 0..1_214 {
        full.accrue(360.0);
    }
    let years = 1_214.0 * 360.0 / YEAR;
    assert_close(full.rate_at_target_per_year()[0] / 0.04, pegstress_num::exp(50.0 * years), 1e-6);
    let mut low = start(&market(Rules::Morpho(MORPHO), adaptive(), &[(1.0, 2_000.0, 100.0)], 1_000.0));
    low.accrue(DAY);
    assert!(low.rate_at_target_per_year()[0] < 0.04);
}

#[test]
fn a_deficit_raises_the_utilisation_of_what_is_left() {
    let mut market =
        start(&market(Rules::Aave(E_MODE), kinked(), &[(1.0, 50.0, 60.0), (1.0, 1e4, 400.0)], 1_000.0));
    let done = *market.liquidate(&[f64::INFINITY]);
    let deficit = 60.0 - 50.0 / 1.01;
    assert_close(done.bad_debt_eth[0], deficit, 1e-14);
    assert_close(market.utilisation()[0], 400.0 / (1_000.0 - deficit), 1e-14);
}

#[test]
fn a_raised_rate_lies_on_top_of_the_curve() {
    let mut market = start(&market(Rules::Aave(E_MODE), kinked(), &[(1.0, 2_000.0, 450.0)], 1_000.0));
    market.raise_rate(&[0.1]);
    market.accrue(DAY);
    assert_close(market.borrow_rate_per_year()[0], 0.1135, 1e-14);
}

const CARRY: Carry = Carry { threshold_per_year: 0.02, unwinds_per_day: 0.1, horizon_years: f64::INFINITY };

fn loops(rate: f64) -> Market<1> {
    // A loop at 0.9 and a loan at 0.3, which earns more than it pays.
    start(&market(Rules::Aave(E_MODE), flat(rate), &[(10.0, 100.0, 90.0), (5.0, 100.0, 30.0)], 1_000.0))
}

#[test]
fn loops_unwind_only_where_they_cost_more_than_the_threshold() {
    // Yield 3 %: the loop earns 0.03 * 100 / 90 per debt.
    let breakeven = 0.03 * 100.0 / 90.0 + 0.02;
    for (rate, unwinds) in [(breakeven - 1e-9, false), (breakeven + 1e-9, true)] {
        let wish = loops(rate).unwind_wish_lrt(&CARRY, DAY, &[0.03], (&[0.99], &[1.0]))[0];
        let share = 1.0 - pegstress_num::exp(-0.1);
        assert_close(wish, if unwinds { share * 90.0 / 0.99 } else { 0.0 }, 1e-14);
    }
}

#[test]
fn an_unwind_repays_what_the_sale_brought_and_frees_the_rest() {
    let mut market = loops(0.1);
    let wish = market.unwind_wish_lrt(&CARRY, DAY, &[0.03], (&[0.99], &[1.0]));
    let share = 1.0 - pegstress_num::exp(-0.1);
    // Slippage: 0.98 instead of 0.99.
    let done = market.unwind(&CARRY, DAY, &[0.03], (&[0.99], &[1.0]), (&wish, &[wish[0] * 0.98]));
    let paid = share * (0.98 / 0.99);
    assert_close(done.repaid_eth[0], paid * 90.0, 1e-14);
    assert_eq!(done.excess_eth[0], 0.0);
    let loan = market.loan(0, 0);
    assert_close(loan.debt_eth, 90.0 * (1.0 - paid), 1e-14);
    assert_close(loan.positions, 10.0 * (1.0 - paid), 1e-14);
    assert_close(loan.collateral_lrt, 100.0 - wish[0] - done.released_lrt[0], 1e-14);
    assert_close(done.released_lrt[0], 100.0 * paid - wish[0], 1e-13);
    // The other bucket is untouched, to the bit.
    assert_eq!((market.loan(1, 0).debt_eth, market.loan(1, 0).collateral_lrt), (30.0, 100.0));
}

#[test]
fn proceeds_beyond_the_debt_are_the_owners() {
    let mut market = loops(0.1);
    let wish = market.unwind_wish_lrt(&CARRY, DAY, &[0.03], (&[0.99], &[1.0]));
    let done = market.unwind(&CARRY, DAY, &[0.03], (&[0.99], &[1.0]), (&wish, &[wish[0]]));
    assert_close(done.excess_eth[0], wish[0] - wish[0] * 0.99, 1e-14);
    assert_close(done.repaid_eth[0] + market.debt_eth()[0], 120.0, 1e-14);
}

#[test]
fn who_owes_more_than_a_sale_brings_does_not_unwind() {
    assert_eq!(loops(0.1).unwind_wish_lrt(&CARRY, DAY, &[0.03], (&[0.89], &[1.0]))[0], 0.0);
}

#[test]
fn who_expects_the_loss_to_pass_weighs_the_discount_of_a_sale() {
    // A debt of 90 at 10 % against a yield of 3 % on 100: 6 a year. A sale at 0.99 of what redemption pays costs 90 / 99.
    let days = 365.0 * (90.0 / 99.0) / 6.0;
    for (horizon, unwinds) in [(days - 0.001, false), (days + 0.001, true)] {
        let carry = Carry { horizon_years: horizon / 365.0, ..CARRY };
        let wish = loops(0.1).unwind_wish_lrt(&carry, DAY, &[0.03], (&[0.99], &[1.0]))[0];
        assert_eq!(wish > 0.0, unwinds, "{horizon}");
        // At the redemption rate a sale costs nothing.
        assert!(loops(0.1).unwind_wish_lrt(&carry, DAY, &[0.03], (&[1.0], &[1.0]))[0] > 0.0);
    }
}

#[test]
fn suppliers_take_out_what_is_not_lent_out_and_the_rate_follows_the_utilisation() {
    let mut market = start(&market(Rules::Aave(E_MODE), kinked(), &[(1.0, 2_000.0, 450.0)], 1_000.0));
    assert_close(market.withdraw_deposits(&[0.1])[0], 100.0, 1e-14);
    assert_close(market.utilisation()[0], 450.0 / 900.0, 1e-15);
    // 80 % of 900 would be 720: only 450 are there.
    assert_close(market.withdraw_deposits(&[0.8])[0], 450.0, 1e-14);
    assert_close(market.utilisation()[0], 1.0, 1e-15);
    assert_eq!((market.cash_eth()[0], market.withdraw_deposits(&[0.5])[0]), (0.0, 0.0));
}

#[test]
fn who_borrows_and_leaves_owes_the_stated_share_up_to_what_there_is_and_never_unwinds() {
    let mut market = loops(0.1);
    let bucket = market.add_empty_bucket();
    // 880 of 1,000 are there; 0.8 of 500 tokens at a price of 1.
    assert_close(market.borrow_and_leave(bucket, &[500.0], 0.8)[0], 400.0, 1e-14);
    assert_eq!(market.loan(bucket, 0), Loan { collateral_lrt: 500.0, debt_eth: 400.0, positions: 1.0 });
    assert_close(market.borrow_and_leave(bucket, &[1_000.0], 0.8)[0], 480.0, 1e-14);
    let without = loops(0.1).unwind_wish_lrt(&CARRY, DAY, &[0.03], (&[0.99], &[1.0]));
    assert_eq!(market.unwind_wish_lrt(&CARRY, DAY, &[0.03], (&[0.99], &[1.0])), without);
}

#[test]
fn a_cut_of_the_threshold_makes_a_loan_due_that_was_not() {
    let mut market = loops(0.1);
    assert_eq!(market.liquidatable_lrt()[0], 0.0);
    // 100 tokens count for 94 or more, then for less than the debt of 90.
    market.cut_threshold(&[E_MODE.liquidation_threshold - 0.9 - 1e-9]);
    assert_eq!(market.liquidatable_lrt()[0], 0.0);
    market.cut_threshold(&[2e-9]);
    assert!(market.liquidatable_lrt()[0] > 0.0);
}

#[test]
fn what_absorbed_accounts_cost_the_reserves_is_not_there_for_suppliers() {
    // 500 of reserves beside 1,000 of claims, of which 900 are lent: 600 are there.
    let mut market = start(&market(Rules::Compound(COMPOUND), flat(0.0), &[(1.0, 1_000.0, 900.0)], 1_000.0));
    assert_close(market.cash_eth()[0], 600.0, 1e-14);
    // At a price of 0.96 the account is due (0.93 * 960 < 900), and absorbed with a credit of 0.95 * 960 - 900 = 12: no ETH moves.
    market.update_oracle(1.0, &[0.96], &[0.96], &[USD_PER_ETH]);
    market.liquidate(&[0.0]);
    assert_eq!(market.debt_eth()[0], 0.0);
    assert_close(market.cash_eth()[0], 600.0, 1e-14);
    assert_close(market.withdraw_deposits(&[0.999])[0], 600.0, 1e-14);
}
