//! Payments of Gearbox liquidations against the contract's own tests and closed forms.

use pegstress_exact::U256;
use pegstress_exact::lending::gearbox::{CreditAccount, LiquidationPayments, LiquidationTerms};
use proptest::prelude::*;

fn account(value: u64, debt: u64, interest: u64, fees: u64) -> CreditAccount {
    CreditAccount {
        debt: U256::from(debt),
        accrued_interest: U256::from(interest),
        accrued_fees: U256::from(fees),
        total_value: U256::from(value),
        weighted_value: U256::ZERO,
    }
}

/// MECHANICS 5.5, with the figures of `CreditLogic.unit.t.sol` (U:\[CL-4\]) in Gearbox-protocol/core-v3 for a token
/// without a transfer fee: value 10,000, half of the interest as fees, premium 4 % and fee 1.5 % in a liquidation,
/// 2 % and 1 % in one of an expired account.
#[test]
fn mechanics_5_5_liquidation_payments() {
    let (normal, expired) = (
        LiquidationTerms { discount_bps: 9600, fee_bps: 150 },
        LiquidationTerms { discount_bps: 9800, fee_bps: 100 },
    );
    for (terms, debt, interest, to_pool, remaining_funds, profit, loss) in [
        (normal, 5000, 2000, 8150, 1450, 1150, 0),
        (normal, 6500, 2000, 9600, 0, 1100, 0),
        (normal, 7000, 3000, 9600, 0, 0, 400),
        (expired, 5000, 2000, 8100, 1700, 1100, 0),
        (expired, 6800, 2000, 9800, 0, 1000, 0),
        (expired, 7000, 3000, 9800, 0, 0, 200),
    ] {
        let [to_pool, remaining_funds, profit, loss] =
            [to_pool, remaining_funds, profit, loss].map(U256::from);
        let got = account(10_000, debt, interest, interest / 2).liquidation_payments(terms);
        assert_eq!(got, Ok(LiquidationPayments { to_pool, remaining_funds, profit, loss }));
    }
}

/// MECHANICS 5.5: an account may be liquidated iff its weighted value is below its whole debt, fees included.
#[test]
fn mechanics_5_5_liquidatable_iff_the_weighted_value_is_below_the_total_debt() {
    for (weighted, expected) in [(1104, true), (1105, false), (1106, false)] {
        let weighted_value = U256::from(weighted);
        let account = CreditAccount { weighted_value, ..account(0, 1000, 70, 35) };
        assert_eq!(account.total_debt(), Ok(U256::from(1105)));
        assert_eq!(account.is_liquidatable(), Ok(expected));
    }
    let beyond = CreditAccount { debt: U256::MAX, ..account(0, 0, 1, 0) };
    assert!(beyond.is_liquidatable().is_err());
}

proptest! {
    /// The discounted value goes to the pool and the owner, the pool's part covers what it lent or is short by the loss,
    /// and nothing is left for the owner while the pool or the protocol is short.
    #[test]
    fn the_discounted_value_is_shared_out_in_full(
        value in 0..u64::MAX,
        debt in 0..u64::MAX,
        interest in 0..u64::MAX,
        fees in 0..u64::MAX,
        discount_bps in 0..=10_000_u16,
        fee_bps in 0..=10_000_u16,
    ) {
        let account = account(value, debt, interest, fees);
        let terms = LiquidationTerms { discount_bps, fee_bps };
        let paid = account.liquidation_payments(terms).expect("far below 2^256");
        let share = |bps: u16| U256::from(value) * U256::from(bps) / U256::from(10_000);
        prop_assert_eq!(paid.to_pool + paid.remaining_funds, share(discount_bps));
        let lent = U256::from(debt) + U256::from(interest);
        prop_assert_eq!(paid.to_pool + paid.loss, lent + paid.profit);
        prop_assert!(paid.profit.is_zero() || paid.loss.is_zero());
        let due = U256::from(fees) + share(fee_bps);
        prop_assert!(paid.profit <= due);
        prop_assert!(paid.remaining_funds.is_zero() || (paid.loss.is_zero() && paid.profit == due));
    }
}
