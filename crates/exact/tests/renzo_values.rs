//! Renzo's fee and queue at worked examples, closed forms and the ends of their domain.

use pegstress_exact::redemption::renzo::RenzoError;
use pegstress_exact::redemption::renzo::instant::{FeeCurve, InstantWithdrawal, InstantWithdrawer};
use pegstress_exact::redemption::renzo::oracle::{TokenPrice, mint_amount, redeem_amount};
use pegstress_exact::redemption::renzo::queue::{Backing, Claimant, Pauses, WithdrawQueue};
use pegstress_exact::{ArithmeticError, U256};

const DAY: u64 = 86_400;

fn wei(amount: u64) -> U256 {
    U256::from(amount)
}

fn eth(amount: u64) -> U256 {
    wei(amount) * wei(1_000_000_000_000_000_000)
}

/// 10,000 ETH behind as many ezETH.
fn backing() -> Backing {
    Backing { tvl: eth(10_000), supply: eth(10_000), eth_collateral: eth(10_000) }
}

fn queue_with(available: U256) -> WithdrawQueue {
    let mut queue = WithdrawQueue::new(eth(100), 7 * DAY, 0);
    queue.fill(available).expect("an inflow");
    queue
}

#[test]
fn mechanics_4_3_fee_of_the_instant_path() {
    let curve = FeeCurve::new(5, 50).expect("fees");
    let fee = |after| curve.fee_bps(eth(10_000), eth(5_000), after);
    assert_eq!(fee(eth(7_000)), Ok(wei(32)));
    assert_eq!(fee(eth(5_000)), Ok(wei(50)));
    assert_eq!(fee(eth(12_000)), Ok(wei(5)));
    // A full buffer is the end of the slope, one wei less is a basis point of the range, of which nothing is left.
    assert_eq!(fee(eth(10_000)), Ok(wei(5)));
    assert_eq!(fee(eth(10_000) - wei(1)), Ok(wei(5)));
    assert_eq!(fee(eth(5_000) - wei(1)), Err(ArithmeticError::Underflow.into()));
    let flat = curve.fee_bps(eth(1), eth(1), eth(1));
    assert_eq!(flat, Err(ArithmeticError::DivisionByZero.into()));
}

#[test]
fn mechanics_4_3_queue_fills_the_oldest_request_and_then_the_buffer() {
    let (mut queue, mut backing) = (queue_with(eth(100)), backing());
    let a = queue.withdraw(eth(250), &backing, 0).expect("a request");
    assert_eq!((a.fill_at, queue.queue_deficit()), (Some(eth(250)), eth(150)));
    assert_eq!(queue.available(), Ok(U256::ZERO));
    // The buffer's target is 100.
    assert_eq!(queue.withdraw_deficit(), Ok(eth(250)));

    let later = 7 * DAY;
    assert_eq!(queue.fill(eth(120)), Ok(eth(120)));
    let early = queue.claim(a.id, Claimant::Public, &mut backing, later);
    assert_eq!(early, Err(RenzoError::QueuedWithdrawalNotFilled));

    assert_eq!(queue.fill(eth(40)), Ok(eth(30)));
    assert_eq!((queue.claim_reserve(), queue.available()), (eth(250), Ok(eth(10))));
    assert_eq!(queue.claim(a.id, Claimant::Public, &mut backing, later), Ok(eth(250)));
    assert_eq!((queue.balance(), queue.claim_reserve()), (eth(10), U256::ZERO));
    assert_eq!(backing.supply, eth(9_750));
    let again = queue.claim(a.id, Claimant::Public, &mut backing, later);
    assert_eq!(again, Err(RenzoError::InvalidWithdrawIndex { id: a.id }));
}

#[test]
fn mechanics_4_a_claim_pays_the_least_of_both_values() {
    for (tvl_at_claim, paid) in [(9_000, eth(90)), (10_000, eth(100)), (11_000, eth(100))] {
        let (mut queue, mut backing) = (queue_with(eth(100)), backing());
        let id = queue.withdraw(eth(100), &backing, 0).expect("a request").id;
        backing.tvl = eth(tvl_at_claim);
        assert_eq!(queue.claim(id, Claimant::Public, &mut backing, 7 * DAY), Ok(paid));
        // What the claim leaves of the request is the buffer's.
        assert_eq!(queue.available(), Ok(eth(100) - paid));
    }
}

#[test]
fn mechanics_4_3_a_later_request_can_overtake_one_that_waits() {
    let (mut queue, mut backing) = (queue_with(eth(100)), backing());
    let first = queue.withdraw(eth(100), &backing, 0).expect("covered").id;
    let waiting = queue.withdraw(eth(100), &backing, 0).expect("queued");
    assert_eq!(waiting.fill_at, Some(eth(100)));

    // A loss of a tenth: the first claim pays 90, and 10 become available past the queue.
    backing.tvl = eth(9_000);
    assert_eq!(queue.claim(first, Claimant::Public, &mut backing, 7 * DAY), Ok(eth(90)));
    assert_eq!((queue.available(), queue.queue_deficit()), (Ok(eth(10)), eth(100)));

    // 9,000 ETH are now behind 9,900 ezETH: 11 of them are worth 10 ETH.
    let overtaking = queue.withdraw(eth(11), &backing, 7 * DAY).expect("covered");
    assert_eq!((overtaking.amount_to_redeem, overtaking.fill_at), (eth(10), None));
    let (now, public) = (14 * DAY, Claimant::Public);
    assert_eq!(queue.claim(overtaking.id, public, &mut backing, now), Ok(eth(10)));
    let behind = queue.claim(waiting.id, public, &mut backing, now);
    assert_eq!(behind, Err(RenzoError::QueuedWithdrawalNotFilled));
}

#[test]
fn the_longer_cooldown_holds_to_the_second_and_the_whitelist_is_free_of_it() {
    for (own, oracle, held) in [(7, 0, 7), (3, 10, 10), (3, 3, 3)] {
        let mut queue = WithdrawQueue::new(eth(100), own * DAY, oracle * DAY);
        queue.fill(eth(100)).expect("an inflow");
        let mut backing = backing();
        let id = queue.withdraw(eth(1), &backing, 1_000).expect("a request").id;
        let end = 1_000 + held * DAY;
        let early = queue.claim(id, Claimant::Public, &mut backing, end - 1);
        assert_eq!(early, Err(RenzoError::EarlyClaim { cooldown_secs: held * DAY }));
        assert_eq!(queue.claim(id, Claimant::Public, &mut backing, end), Ok(eth(1)));

        // The payment left the protocol, one for one.
        backing.tvl = backing.supply;
        let id = queue.withdraw(eth(1), &backing, end).expect("a request").id;
        queue.pauses.instant = true;
        let paused = queue.claim(id, Claimant::Whitelisted, &mut backing, end);
        assert_eq!(paused, Err(RenzoError::EarlyClaim { cooldown_secs: held * DAY }));
        queue.pauses.instant = false;
        assert_eq!(queue.claim(id, Claimant::Whitelisted, &mut backing, end), Ok(eth(1)));
    }
}

#[test]
fn an_instant_withdrawal_pays_the_value_less_a_floored_fee_and_leaves_the_limit() {
    let path = InstantWithdrawer::new(FeeCurve::new(5, 50).expect("fees"), 5_000).expect("a path");
    let (mut queue, mut backing) = (queue_with(eth(100)), backing());
    // 20 of 100 leave 80: three fifths of the range, 5 + 45 * 0.4 = 23 bps.
    let done = path.withdraw(&mut queue, eth(20), &mut backing, 5).expect("a withdrawal");
    let fee = eth(20) * wei(23) / wei(10_000);
    assert_eq!(done, InstantWithdrawal { received: eth(20) - fee, fee });
    assert_eq!((queue.balance(), queue.claim_reserve(), backing.supply), (eth(80), U256::ZERO, eth(9_980)));

    let before = (queue.clone(), backing);
    let mut refused = |ezeth| path.withdraw(&mut queue, ezeth, &mut backing, 5);
    // 9,980 ezETH share 10,000 ETH: 40 ezETH are worth a little more than 40 ETH.
    assert_eq!(refused(eth(30)), Err(RenzoError::BelowAllowedLimit));
    assert_eq!(refused(eth(80)), Err(RenzoError::NotEnoughWithdrawBuffer));
    assert_eq!(refused(U256::ZERO), Err(RenzoError::ZeroInput));
    assert_eq!((queue, backing), before);
    // A request of the queue after it has the next number.
    let (mut queue, backing) = before;
    assert_eq!(queue.withdraw(eth(1), &backing, 5).expect("a request").id, 2);
}

#[test]
fn pauses_empty_amounts_and_missing_collateral_are_refused() {
    let (mut queue, mut backing) = (queue_with(eth(100)), backing());
    let refused = |queue: &mut WithdrawQueue, ezeth, backing: &Backing| {
        let before = queue.clone();
        let error = queue.withdraw(ezeth, backing, 0).expect_err("refused");
        assert_eq!(*queue, before);
        error
    };
    assert_eq!(refused(&mut queue, U256::ZERO, &backing), RenzoError::ZeroInput);
    let poor = Backing { tvl: wei(1), ..backing };
    assert_eq!(refused(&mut queue, wei(1), &poor), RenzoError::InvalidTokenAmount);
    // 100 are available and 100 restaked: 200 can be asked for, and no more.
    let scarce = Backing { eth_collateral: eth(100), ..backing };
    assert_eq!(refused(&mut queue, eth(200) + wei(1), &scarce), RenzoError::NotEnoughCollateralValue);
    let id = queue.withdraw(eth(200), &scarce, 0).expect("a request").id;
    assert_eq!(refused(&mut queue, wei(1), &scarce), RenzoError::NotEnoughCollateralValue);
    // A deficit above the collateral ends in an underflow instead.
    let none = Backing { eth_collateral: eth(99), ..backing };
    assert_eq!(refused(&mut queue, wei(1), &none), ArithmeticError::Underflow.into());

    queue.pauses = Pauses { requests: true, claims: true, instant: false };
    assert_eq!(refused(&mut queue, eth(1), &backing), RenzoError::WithdrawRequestPaused);
    assert_eq!(queue.claim(id, Claimant::Public, &mut backing, DAY), Err(RenzoError::ClaimPaused));
    let mut unsupported = WithdrawQueue::new(U256::ZERO, DAY, 0);
    assert_eq!(refused(&mut unsupported, eth(1), &backing), RenzoError::UnsupportedWithdrawAsset);
    assert_eq!(unsupported.fill(U256::MAX), Ok(U256::ZERO));
    assert_eq!(unsupported.fill(wei(1)), Err(ArithmeticError::Overflow.into()));
}

#[test]
fn settings_outside_of_their_range_are_named() {
    assert_eq!(
        FeeCurve::new(10_001, 10_001).expect_err("too high").to_string(),
        "min_fee is 10001 bps, must be in 0..=10000"
    );
    assert_eq!(
        FeeCurve::new(50, 49).expect_err("upside down").to_string(),
        "max_fee is 49 bps, must be in 50..=10000"
    );
    let curve = FeeCurve::new(0, 10_000).expect("fees");
    assert_eq!(InstantWithdrawer::new(curve, 0), Err(RenzoError::ZeroInput));
    let over = RenzoError::OverMaxBasisPoints { what: "drawdown", bps: 10_001, lowest: 1 };
    assert_eq!(InstantWithdrawer::new(curve, 10_001), Err(over));
}

#[test]
fn minting_rounds_the_part_before_it_applies_it() {
    // Nothing there yet: one for one, whatever the other number is.
    assert_eq!(mint_amount(U256::ZERO, eth(3), eth(5)), Ok(eth(3)));
    assert_eq!(mint_amount(eth(5), eth(3), U256::ZERO), Ok(eth(3)));
    // Doubling the value doubles the supply.
    assert_eq!(mint_amount(eth(7), eth(7), eth(5)), Ok(eth(5)));
    // p = 0.666... cut at 18 digits: 1e36 / 333333333333333334 = 2999999999999999994.0...
    assert_eq!(mint_amount(eth(1), eth(2), eth(1)), Ok(wei(1_999_999_999_999_999_994)));
    assert_eq!(mint_amount(eth(2), wei(1), eth(2)), Err(RenzoError::InvalidTokenAmount));
    // All of the new value belongs to the deposit: the part is one less than the whole, never the whole.
    assert_eq!(mint_amount(wei(1), eth(1), wei(1)), Ok(eth(1) - wei(1)));
    assert_eq!(mint_amount(eth(1), U256::MAX, eth(1)), Err(ArithmeticError::Overflow.into()));
}

#[test]
fn redeeming_is_a_floored_share_of_the_value() {
    assert_eq!(redeem_amount(wei(2), wei(3), wei(10)), Ok(wei(6)));
    assert_eq!(redeem_amount(wei(1), wei(3), wei(2)), Err(RenzoError::InvalidTokenAmount));
    assert_eq!(redeem_amount(wei(1), U256::ZERO, wei(2)), Err(ArithmeticError::DivisionByZero.into()));
}

#[test]
fn a_token_s_price_holds_for_a_day_and_a_minute() {
    let price = TokenPrice { price: eth(2) + wei(1), updated_at: 1_000_000 };
    let last = 1_000_000 + DAY + 60;
    assert_eq!(price.value_of(eth(3), last), Ok(eth(6) + wei(3)));
    assert_eq!(price.amount_of(eth(6) + wei(3), last), Ok(eth(3)));
    assert_eq!(price.amount_of(eth(6) + wei(2), last), Ok(eth(3) - wei(1)));
    let expired = RenzoError::OraclePriceExpired { updated_at: 1_000_000 };
    assert_eq!(price.value_of(eth(3), last + 1), Err(expired));
    assert_eq!(price.amount_of(eth(3), last + 1), Err(expired));
    let none = TokenPrice { price: U256::ZERO, ..price };
    assert_eq!(none.value_of(eth(3), last), Err(RenzoError::InvalidOraclePrice));
}
