//! ether.fi's redemption paths on worked examples and at the ends of their domain.

use pegstress_exact::redemption::etherfi::{
    Account, Bucket, Ceilings, InstantRedemption, LiquidityPool, PoolError, QueueError, RedemptionError,
    RedemptionParameters, Report, ReportError, ReportLimits, WithdrawLimits, WithdrawQueue,
};
use pegstress_exact::{ArithmeticError, U256};

const ETH: u128 = 1_000_000_000_000_000_000;
const ALICE: Account = Account::Holder(0);
const BOB: Account = Account::Holder(1);

fn wei(amount: u128) -> U256 {
    U256::from(amount)
}

fn pool_of(eth: u128) -> LiquidityPool {
    let mut pool = LiquidityPool::default();
    assert_eq!(pool.deposit(ALICE, wei(eth * ETH)), Ok(wei(eth * ETH)), "an empty pool mints one for one");
    pool
}

/// The script of mainnet: 2000 ETH that refill in a day, 30 bps, a tenth of them to the treasury, watermark 1 %.
fn mainnet_script() -> RedemptionParameters {
    RedemptionParameters {
        exit_fee_bps: 30,
        treasury_split_bps: 1_000,
        low_watermark_bps: 100,
        capacity: wei(2_000 * ETH),
        refill_per_second: wei(2_000 * ETH / 86_400),
    }
}

fn instant_at(now: u64) -> InstantRedemption {
    InstantRedemption::new(&mainnet_script(), &Ceilings::MAINNET, now).expect("below the ceilings")
}

/// MECHANICS 4.2: bucket full at 2000, 500 redeemed: 498.5 to the receiver, a fee of 1.5 of which the treasury has
/// 0.15; the bucket holds 1583.3328 after 3600 s.
#[test]
fn mechanics_4_2_redemption_of_500_from_a_full_bucket() {
    let mut pool = pool_of(3_000);
    let mut instant = instant_at(0);
    assert_eq!(instant.bucket().refill_rate(), 23_148);
    let done = instant.redeem(&mut pool, ALICE, wei(500 * ETH), 0).expect("in range");
    assert_eq!(done.paid, wei(498_500_000_000_000_000_000));
    assert_eq!(done.treasury_shares, wei(150_000_000_000_000_000));
    // One share was one eETH: the receiver's 498.5 and the stakers' 1.35 are burned.
    assert_eq!(done.burned_shares, wei(499_850_000_000_000_000_000));
    assert_eq!(pool.total_shares(), wei(2_500_150_000_000_000_000_000));
    assert_eq!(pool.total_value(), wei(2_501_500_000_000_000_000_000));
    assert_eq!(instant.bucket().remaining(), 1_500_000_000);
    assert_eq!(instant.bucket().consumable(3_600), 1_583_332_800);
    assert_eq!(instant.total_redeemable(&pool, 3_600), Ok(wei(1_583_332_800_000_000_000_000)));
    let one_more = wei(1_583_332_800_000_000_000_001);
    assert_eq!(instant.redeem(&mut pool, ALICE, one_more, 3_600), Err(RedemptionError::ExceededRedeemable));
}

/// MECHANICS 4.2: at once only while `instant liquidity - amount >= low watermark TVL`.
#[test]
fn mechanics_4_2_the_watermark_stays_in_the_pool() {
    let mut pool = pool_of(10_000);
    pool.stake_out(wei(9_850 * ETH)).expect("in range");
    let mut instant = instant_at(0);
    assert_eq!(instant.low_watermark(&pool), Ok(wei(100 * ETH)));
    assert_eq!(instant.total_redeemable(&pool, 0), Ok(wei(50 * ETH)));
    let refused = Err(RedemptionError::ExceededRedeemable);
    assert_eq!(instant.redeem(&mut pool, ALICE, wei(50 * ETH + 1), 0), refused);
    let done = instant.redeem(&mut pool, ALICE, wei(50 * ETH), 0).expect("down to the watermark");
    assert_eq!(pool.value_in_pool(), wei(150 * ETH) - done.paid);
    pool.stake_out(wei(60 * ETH)).expect("in range");
    assert_eq!(instant.total_redeemable(&pool, 0), Ok(U256::ZERO));
    assert_eq!(
        instant.redeem(&mut pool, ALICE, U256::ZERO, 0),
        refused,
        "below the watermark not even nothing"
    );
}

/// MECHANICS 4.2: the amount is rounded up to the bucket's units, and zero is no amount.
#[test]
fn mechanics_4_2_the_bucket_counts_a_wei_as_a_unit() {
    let mut pool = pool_of(10_000);
    let mut instant = instant_at(0);
    let nothing = Err(RedemptionError::Pool(PoolError::InvalidAmount));
    assert_eq!(instant.redeem(&mut pool, ALICE, U256::ZERO, 0), nothing);
    assert_eq!(instant.redeem(&mut pool, ALICE, U256::ONE, 0), nothing, "nothing is left after the fee");
    assert!(instant.redeem(&mut pool, ALICE, wei(1_000_000_000_001), 0).is_ok());
    assert_eq!(instant.bucket().remaining(), 1_999_999_998);
}

fn report(slots: u64, rewards: i128) -> Report {
    Report { elapsed_slots: slots, accrued_rewards: rewards, ..Report::default() }
}

fn check(slots: u64, rewards: i128) -> Result<(), ReportError> {
    let tvl = wei(2_500_000 * ETH);
    ReportLimits::MAINNET.check(&report(slots, rewards), tvl, tvl)
}

/// MECHANICS 4.2: at a TVL of 2.5M, 10 % a year and a daily report, a drop of 685.6 ETH passes and 700 does not.
#[test]
fn mechanics_4_2_a_daily_report_may_lose_685_ether_of_2_5_million() {
    let tenths = |tenths: i128| -tenths * ETH as i128 / 10;
    assert_eq!(check(7_200, tenths(6_856)), Ok(()));
    assert_eq!(check(7_200, tenths(7_000)), Err(ReportError::AprAboveLimit));
    // The quotient is truncated: the bound is 1001 bps a year, 2.742 bps of the value.
    let most = 2_500_000 * ETH * 1_001 * 86_400 / (10_000 * 31_536_000);
    assert_eq!(most * 10_000_000 / (2_500_000 * ETH), 2_742);
    assert_eq!(check(7_200, -(most as i128)), Ok(()));
    assert_eq!(check(7_200, -(most as i128) - 1), Err(ReportError::AprAboveLimit));
    assert_eq!(check(7_200, most as i128 + 1), Err(ReportError::AprAboveLimit), "gains as losses");
}

/// MECHANICS 4.2: 750 ETH, the cap of 3 bps, pass once the rate of change allows them, from 1.094 days on. That is
/// 7,877 slots: the rate is truncated. The section's 7,884 slots are where the untruncated rate is 1000 bps.
#[test]
fn mechanics_4_2_the_cap_of_3_bps_binds_from_1_094_days_on() {
    let cap = 750 * ETH as i128;
    for (slots, verdict) in [(7_200, false), (7_876, false), (7_877, true), (7_884, true), (50_400, true)] {
        assert_eq!(check(slots, -cap), verdict.then_some(()).ok_or(ReportError::AprAboveLimit), "{slots}");
    }
    assert!((7_877.0 * 12.0 / 86_400.0_f64 - 1.094).abs() < 0.0005);
    assert_eq!(check(7_884, -cap - 1), Err(ReportError::LossAboveCap));
    assert_eq!(check(7_884, cap + 1), Ok(()), "a gain has its cap in the pool");
    // Governance may raise the cap.
    let raised = ReportLimits { max_loss_bps_override: 10, ..ReportLimits::MAINNET };
    let tvl = wei(2_500_000 * ETH);
    assert_eq!(raised.check(&report(50_400, -cap - 1), tvl, tvl), Ok(()));
}

/// MECHANICS 4.2: the 80,000 ETH a day are a rate, `amount 86,400 / elapsed`.
#[test]
fn mechanics_4_2_the_cap_of_80_000_ether_a_day_is_a_rate() {
    let liquidity = wei(1_000_000 * ETH);
    let finalise = |slots, amount| {
        let report = Report { elapsed_slots: slots, finalized_amount: amount, ..Report::default() };
        ReportLimits::MAINNET.check(&report, wei(2_500_000 * ETH), liquidity)
    };
    let refused = Err(ReportError::FinalizedAboveDailyCap);
    assert_eq!(finalise(7_200, 80_000 * ETH), Ok(()));
    assert_eq!(finalise(7_200, 80_000 * ETH + 1), refused);
    assert_eq!(finalise(3_600, 40_000 * ETH), Ok(()));
    assert_eq!(finalise(3_600, 40_000 * ETH + 1), refused);
    assert_eq!(finalise(14_400, 160_000 * ETH), Ok(()));
    // 160,000 and one wei over two days are 80,000 a day, rounded down.
    assert_eq!(finalise(14_400, 160_000 * ETH + 1), Ok(()));
    assert_eq!(finalise(14_400, 160_000 * ETH + 2), refused);
    assert_eq!(finalise(200_000, 1_000_001 * ETH), Err(ReportError::FinalizedAboveLiquidity));
    let many = Report { elapsed_slots: 7_200, finalized_requests: 3_501, ..Report::default() };
    assert_eq!(ReportLimits::MAINNET.check(&many, liquidity, liquidity), Err(ReportError::TooManyRequests));
}

#[test]
fn fees_are_at_most_a_fifth_of_all_rewards() {
    let tvl = wei(2_500_000 * ETH);
    let check = |rewards: i128, fees: u128| {
        let report = Report { protocol_fees: fees, ..report(7_200, rewards) };
        ReportLimits::MAINNET.check(&report, tvl, tvl)
    };
    assert_eq!(check(400 * ETH as i128, 100 * ETH), Ok(()));
    assert_eq!(check(400 * ETH as i128, 100 * ETH + 1), Err(ReportError::FeesAboveShare));
    assert_eq!(check(0, 1), Err(ReportError::FeesAboveShare));
    assert_eq!(check(-1, 1), Err(ReportError::FeesAboveShare));
    assert_eq!(check(-5, 1), Err(ReportError::FeesAboveShare));
    assert_eq!(check(-5, 0), Ok(()));
    assert_eq!(check(1, i128::MAX as u128 + 1), Err(ReportError::FeesTooLarge));
    assert_eq!(check(1, i128::MAX as u128), Err(ReportError::FeesAboveShare));
}

#[test]
fn a_report_that_spans_no_slot_is_refused_and_an_empty_pool_has_no_rate_of_change() {
    assert_eq!(check(0, 0), Err(ReportError::ZeroSlots));
    let limits = ReportLimits::MAINNET;
    assert_eq!(limits.check(&report(1, i128::MIN), U256::ZERO, U256::ZERO), Ok(()));
    let overflow = Err(ReportError::Arithmetic(ArithmeticError::Overflow));
    assert_eq!(limits.check(&report(u64::MAX, 0), U256::ONE, U256::ZERO), overflow);
    assert_eq!(limits.check(&report(1, 0), U256::ONE << 127, U256::ZERO), overflow);
    assert_eq!(limits.check(&report(1, i128::MIN), U256::ONE, U256::ZERO), Err(ReportError::AprAboveLimit));
}

/// MECHANICS 4: a request is paid the lesser of its value when made and when finalised.
#[test]
fn mechanics_4_a_claim_pays_the_lesser_of_the_value_at_request_and_at_finalisation() {
    // Ten thousand ETH, half of it in validators; a change of 20 bps of the whole.
    for (change, paid) in [(20, 100 * ETH), (0, 100 * ETH), (-20, 100 * ETH - ETH / 5)] {
        let mut pool = pool_of(10_000);
        pool.stake_out(wei(5_000 * ETH)).expect("in range");
        let mut queue = WithdrawQueue::new(WithdrawLimits::MAINNET);
        assert_eq!(queue.request(&mut pool, ALICE, wei(100 * ETH)), Ok(1));
        assert_eq!(queue.claim(&mut pool, 1), Err(QueueError::RequestNotFinalized));
        pool.rebase(change * ETH as i128).expect("below 25 bps");
        let done = queue.finalize(&mut pool, 1).expect("the pool has the ETH");
        assert_eq!(done.locked, wei(100 * ETH));
        assert_eq!(done.frozen_rate, wei((ETH as i128 + change * ETH as i128 / 10_000) as u128));
        assert_eq!((queue.escrow(), pool.value_in_pool()), (wei(100 * ETH), wei(4_900 * ETH)));
        // What happens between finalisation and claim does not matter.
        pool.rebase(-15 * ETH as i128).expect("a loss");
        let (in_pool, shares) = (pool.value_in_pool(), pool.total_shares());
        assert_eq!(queue.claim(&mut pool, 1), Ok(wei(paid)), "{change}");
        // All shares are burned, what was locked beyond the payment is back in the pool.
        assert_eq!(pool.total_shares(), shares - wei(100 * ETH));
        assert_eq!(pool.shares_of(Account::WithdrawQueue), U256::ZERO);
        assert_eq!(pool.value_in_pool(), in_pool + wei(100 * ETH - paid));
        assert_eq!(queue.escrow(), U256::ZERO);
        assert_eq!(queue.claim(&mut pool, 1), Err(QueueError::UnknownRequest));
    }
}

/// MECHANICS 4.2: a loss beyond the breaker leaves the rate stale and the queue waiting, and the instant way pays on.
#[test]
fn mechanics_4_2_a_refused_report_leaves_the_instant_way_paying_at_the_stale_rate() {
    let mut pool = pool_of(100_000);
    let mut instant = instant_at(0);
    let mut queue = WithdrawQueue::new(WithdrawLimits::MAINNET);
    queue.request(&mut pool, BOB, wei(ETH)).expect_err("Bob has nothing");
    queue.request(&mut pool, ALICE, wei(1_000 * ETH)).expect("in range");
    let loss = Report {
        elapsed_slots: 14_400,
        accrued_rewards: -(31 * ETH as i128),
        finalized_amount: 1_000 * ETH,
        ..Report::default()
    };
    let verdict = ReportLimits::MAINNET.check(&loss, pool.total_value(), pool.value_in_pool());
    assert_eq!(verdict, Err(ReportError::LossAboveCap));
    assert_eq!(pool.rate_ceil(), Ok(wei(ETH)));
    assert_eq!(queue.claim(&mut pool, 1), Err(QueueError::RequestNotFinalized));
    let done = instant.redeem(&mut pool, ALICE, wei(1_000 * ETH), 0).expect("in range");
    assert_eq!(done.paid, wei(997 * ETH));
}

/// MECHANICS 4.2: without reports for long anybody may finalise, in order and as far as the ETH in the pool goes.
#[test]
fn mechanics_4_2_stale_finalisation_goes_as_far_as_the_ether_in_the_pool() {
    let mut pool = pool_of(10_000);
    let mut queue = WithdrawQueue::new(WithdrawLimits::NONE);
    for amount in [10, 20, 40, 5] {
        queue.request(&mut pool, ALICE, wei(amount * ETH)).expect("in range");
    }
    let covered = |queue: &WithdrawQueue, pool: &LiquidityPool, left: u128, most| {
        let mut pool = pool.clone();
        pool.stake_out(pool.value_in_pool() - wei(left)).expect("in range");
        queue.last_covered_request(&pool, most)
    };
    assert_eq!(covered(&queue, &pool, 10 * ETH - 1, 3_500), None);
    assert_eq!(covered(&queue, &pool, 10 * ETH, 3_500), Some(1));
    // The fourth would fit behind the third that does not: it waits.
    assert_eq!(covered(&queue, &pool, 70 * ETH - 1, 3_500), Some(2));
    assert_eq!(covered(&queue, &pool, 75 * ETH, 3_500), Some(4));
    assert_eq!(covered(&queue, &pool, 75 * ETH, 3), Some(3));
    queue.finalize(&mut pool, 2).expect("in range");
    assert_eq!(covered(&queue, &pool, 45 * ETH, 3_500), Some(4));
    assert_eq!(covered(&queue, &pool, 45 * ETH, 1), Some(3));
}

#[test]
fn every_request_keeps_the_rate_of_its_own_finalisation() {
    let mut pool = pool_of(10_000);
    pool.stake_out(wei(5_000 * ETH)).expect("in range");
    let mut queue = WithdrawQueue::new(WithdrawLimits::NONE);
    for _ in 0..3 {
        queue.request(&mut pool, ALICE, wei(100 * ETH)).expect("in range");
    }
    pool.rebase(-10 * ETH as i128).expect("a loss of a tenth of a percent");
    let first = queue.finalize(&mut pool, 2).expect("in range");
    pool.rebase(-10 * ETH as i128).expect("a loss");
    let second = queue.finalize(&mut pool, 3).expect("in range");
    assert!(second.frozen_rate < first.frozen_rate);
    let again = queue.finalize(&mut pool, 3).expect("nothing to do");
    assert_eq!((again.locked, again.frozen_rate), (U256::ZERO, second.frozen_rate));
    let tenth = ETH / 10;
    for (id, paid) in [(3, 100 * ETH - 2 * tenth), (1, 100 * ETH - tenth), (2, 100 * ETH - tenth)] {
        assert_eq!(queue.claim(&mut pool, id), Ok(wei(paid)), "{id}");
    }
    assert_eq!(queue.finalize(&mut pool, 2), Err(QueueError::CannotUndoFinalization));
    assert_eq!(queue.finalize(&mut pool, 4), Err(QueueError::CannotFinalizeFutureRequests));
}

#[test]
fn requests_have_a_least_and_a_most() {
    let mut pool = pool_of(10_000);
    let mut queue = WithdrawQueue::new(WithdrawLimits::MAINNET);
    let (least, most) = (wei(ETH / 1_000), wei(1_000 * ETH));
    for outside in [U256::ZERO, least - U256::ONE, most + U256::ONE] {
        let refused = Err(QueueError::InvalidWithdrawalAmount);
        assert_eq!(queue.request(&mut pool, ALICE, outside), refused);
    }
    assert_eq!(queue.request(&mut pool, ALICE, least), Ok(1));
    assert_eq!(queue.request(&mut pool, ALICE, most), Ok(2));
    let poor = Err(QueueError::Pool(PoolError::TransferAmountExceedsBalance));
    assert_eq!(queue.request(&mut pool, BOB, most), poor);
    assert_eq!(queue.last_request_id(), 2);
}

#[test]
fn a_bucket_fills_to_its_capacity_and_no_further() {
    let mut bucket = Bucket::full(100, 1, 0);
    assert!(bucket.consume(10, 0) && bucket.consume(80, 0));
    assert!(!bucket.consume(20, 5), "5 came back to 10");
    assert_eq!((bucket.remaining(), bucket.last_refill()), (10, 0), "a refusal does not refill");
    assert!(bucket.consume(20, 10));
    bucket.set_capacity(200, 10);
    bucket.set_refill_rate(2, 10);
    assert!(bucket.consume(20, 20));
    assert_eq!(bucket.consumable(1_000), 200);
    bucket.set_capacity(50, 1_000);
    assert_eq!((bucket.remaining(), bucket.capacity()), (50, 50));
    bucket.set_remaining(51, 1_001);
    assert_eq!((bucket.remaining(), bucket.last_refill()), (50, 1_001));
    let extreme = Bucket::full(u64::MAX, u64::MAX, 0);
    assert_eq!(extreme.consumable(u64::MAX), u64::MAX);
}

#[test]
fn settings_above_their_ceiling_are_refused() {
    let with = |change: fn(&mut RedemptionParameters)| {
        let mut parameters = mainnet_script();
        change(&mut parameters);
        InstantRedemption::new(&parameters, &Ceilings::MAINNET, 0).err()
    };
    assert_eq!(with(|p| p.exit_fee_bps = 501), Some(RedemptionError::ExceedsMaxExitFee));
    assert_eq!(with(|p| p.low_watermark_bps = 501), Some(RedemptionError::ExceedsMaxLowWatermark));
    assert_eq!(with(|p| p.treasury_split_bps = 10_001), Some(RedemptionError::ExceedsMaxExitFeeSplit));
    assert_eq!(with(|p| p.capacity = U256::MAX), Some(RedemptionError::AmountTooLarge));
    let units = U256::from(u64::MAX) * wei(1_000_000_000_000);
    assert_eq!(
        InstantRedemption::new(
            &RedemptionParameters { capacity: units - U256::ONE, ..mainnet_script() },
            &Ceilings::MAINNET,
            0
        )
        .map(|instant| instant.bucket().capacity()),
        Ok(u64::MAX - 1)
    );
    assert_eq!(with(|p| p.exit_fee_bps = 500), None);
}

#[test]
fn the_last_shares_cannot_be_redeemed_at_once() {
    let free = RedemptionParameters { exit_fee_bps: 0, low_watermark_bps: 0, ..mainnet_script() };
    let mut instant = InstantRedemption::new(&free, &Ceilings::MAINNET, 0).expect("below the ceilings");
    let mut pool = pool_of(10);
    let all_but = |shares: u128| wei(10 * ETH - shares);
    for left in [0, 999_999_999] {
        let refused = Err(RedemptionError::InvalidTotalShares);
        assert_eq!(instant.redeem(&mut pool, ALICE, all_but(left), 0), refused);
    }
    assert!(instant.redeem(&mut pool, ALICE, all_but(1_000_000_000), 0).is_ok());
}

#[test]
fn numbers_beyond_the_domain_are_errors_and_change_nothing() {
    let mut pool = pool_of(10);
    let overflow = PoolError::Arithmetic(ArithmeticError::Overflow);
    let before = pool.clone();
    for amount in [U256::MAX, U256::ONE << 128, (U256::ONE << 128) - U256::ONE] {
        assert_eq!(pool.deposit(BOB, amount), Err(overflow));
        assert!(pool.stake_out(amount).is_err());
        let refused = instant_at(0).redeem(&mut pool, ALICE, amount, 0);
        assert_eq!(refused, Err(RedemptionError::InsufficientBalance));
        assert!(WithdrawQueue::new(WithdrawLimits::NONE).request(&mut pool, ALICE, amount).is_err());
    }
    assert_eq!(pool.deposit(BOB, U256::ZERO), Err(PoolError::InvalidAmount));
    let underflow = PoolError::Arithmetic(ArithmeticError::Underflow);
    assert_eq!(pool.rebase(-1), Err(underflow), "nothing is out of the pool");
    assert_eq!(pool.rebase(i128::MIN), Err(underflow));
    assert_eq!(pool.rebase(i128::MAX), Err(PoolError::RebaseExceedsPositiveCap));
    assert_eq!(pool, before);

    let mut huge = LiquidityPool::default();
    let amount = (U256::ONE << 127) - U256::ONE;
    huge.deposit(ALICE, amount).expect("below 2^128");
    huge.stake_out(amount).expect("all of it");
    assert_eq!(huge.rebase(1), Err(overflow), "the sum is computed in signed 128 bits");
    let large = U256::ONE << 96;
    let mut queue = WithdrawQueue::new(WithdrawLimits::NONE);
    assert_eq!(queue.request(&mut huge, ALICE, large), Err(QueueError::AmountTooLarge));
    assert_eq!(queue.request(&mut huge, ALICE, large - U256::ONE), Ok(1));
    let empty = Err(QueueError::Pool(PoolError::InsufficientLiquidity));
    assert_eq!(queue.finalize(&mut huge, 1), empty);
}
