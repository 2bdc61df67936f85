//! Laws of ether.fi's redemption paths, whatever happens in whatever order.

use pegstress_exact::U256;
use pegstress_exact::redemption::etherfi::{
    Account, Bucket, Ceilings, InstantRedemption, LiquidityPool, RedemptionParameters, Report, ReportLimits,
    WithdrawLimits, WithdrawQueue,
};
use proptest::prelude::*;

const ETH: u128 = 1_000_000_000_000_000_000;
const HOLDERS: u64 = 3;

#[derive(Clone, Debug)]
enum Step {
    Deposit(u64, u128),
    StakeOut(u128),
    /// Millionths of the pooled ether.
    Rebase(i128),
    Redeem(u64, u128),
    Request(u64, u128),
    /// Requests beyond the last finalised.
    Finalize(u64),
    Claim(u64),
    Wait(u64),
}

/// From nothing and a wei to more than anybody has.
fn amounts() -> impl Strategy<Value = u128> {
    prop_oneof![
        Just(0),
        Just(1),
        1..1_000 * ETH,
        (0_u32..90, 1..1024_u128).prop_map(|(bits, lead)| lead << bits)
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let holder = 0..HOLDERS;
    let step = prop_oneof![
        (holder.clone(), amounts()).prop_map(|(who, amount)| Step::Deposit(who, amount)),
        amounts().prop_map(Step::StakeOut),
        (-3_000..2_600_i128).prop_map(Step::Rebase),
        (holder.clone(), amounts()).prop_map(|(who, amount)| Step::Redeem(who, amount)),
        (holder.clone(), amounts()).prop_map(|(who, amount)| Step::Redeem(who, amount)),
        (holder.clone(), amounts()).prop_map(|(who, amount)| Step::Request(who, amount)),
        (holder, amounts()).prop_map(|(who, amount)| Step::Request(who, amount)),
        (0..4_u64).prop_map(Step::Finalize),
        (0..12_u64).prop_map(Step::Claim),
        prop_oneof![0..100_u64, 0..1_000_000_u64].prop_map(Step::Wait),
    ];
    prop::collection::vec(step, 1..60)
}

prop_compose! {
    fn parameters()(
        exit_fee_bps in 0..=500_u16,
        treasury_split_bps in 0..=10_000_u16,
        low_watermark_bps in 0..=500_u16,
        capacity in amounts(),
        refill in amounts(),
    ) -> RedemptionParameters {
        RedemptionParameters {
            exit_fee_bps,
            treasury_split_bps,
            low_watermark_bps,
            capacity: U256::from(capacity % (1_u128 << 100)),
            refill_per_second: U256::from(refill % (1_u128 << 100)),
        }
    }
}

/// The three contracts and a book of what went in and out.
#[derive(Clone, Debug, PartialEq)]
struct World {
    pool: LiquidityPool,
    instant: InstantRedemption,
    queue: WithdrawQueue,
    now: u64,
}

#[derive(Default)]
struct Book {
    deposited: U256,
    staked_out: U256,
    rewards: U256,
    losses: U256,
    paid: U256,
}

fn accounts() -> impl Iterator<Item = Account> {
    let others = [Account::Treasury, Account::RedemptionManager, Account::WithdrawQueue];
    (0..HOLDERS).map(Account::Holder).chain(others)
}

impl World {
    /// Whether the step was done. A refused one must leave no trace.
    fn apply(&mut self, step: &Step, book: &mut Book) -> Result<bool, TestCaseError> {
        let before = self.clone();
        let rate_before = (self.pool.total_value(), self.pool.total_shares());
        let mut may_lower_the_rate = false;
        let done = match *step {
            Step::Deposit(who, amount) => {
                let amount = U256::from(amount);
                let done = self.pool.deposit(Account::Holder(who), amount).is_ok();
                book.deposited += if done { amount } else { U256::ZERO };
                done
            }
            Step::StakeOut(amount) => {
                let done = self.pool.stake_out(U256::from(amount)).is_ok();
                book.staked_out += if done { U256::from(amount) } else { U256::ZERO };
                done
            }
            Step::Rebase(millionths) => {
                may_lower_the_rate = true;
                let total = i128::try_from(self.pool.total_value()).expect("far below");
                let change = total / 1_000_000 * millionths;
                let done = self.pool.rebase(change).is_ok();
                let size = if done { U256::from(change.unsigned_abs()) } else { U256::ZERO };
                *(if change < 0 { &mut book.losses } else { &mut book.rewards }) += size;
                done
            }
            Step::Redeem(who, amount) => {
                let watermark = self.instant.low_watermark(&self.pool).expect("in range");
                let redeemable = self.instant.total_redeemable(&self.pool, self.now).expect("in range");
                let amount = U256::from(amount);
                let redemption = self.instant.redeem(&mut self.pool, Account::Holder(who), amount, self.now);
                if let Ok(done) = redemption {
                    prop_assert!(self.pool.value_in_pool() >= watermark, "below the watermark");
                    prop_assert!(done.paid <= amount && amount <= redeemable);
                    book.paid += done.paid;
                }
                redemption.is_ok()
            }
            Step::Request(who, amount) => {
                let id = self.queue.request(&mut self.pool, Account::Holder(who), U256::from(amount));
                prop_assert!(id.is_err() || id == Ok(before.queue.last_request_id() + 1));
                id.is_ok()
            }
            Step::Finalize(more) => {
                let up_to = self.queue.last_finalized_id() + more;
                let done = self.queue.finalize(&mut self.pool, up_to).is_ok();
                // In order: all up to one id, none beyond, and never back.
                prop_assert!(!done || self.queue.last_finalized_id() == up_to);
                done
            }
            Step::Claim(id) => {
                may_lower_the_rate = true;
                let request = self.queue.open_request(id);
                let claim = self.queue.claim(&mut self.pool, id);
                if let Ok(paid) = claim {
                    prop_assert!(id <= self.queue.last_finalized_id(), "not finalised");
                    prop_assert!(request.is_some_and(|request| paid <= request.amount), "above the request");
                    book.paid += paid;
                }
                claim.is_ok()
            }
            Step::Wait(seconds) => {
                self.now += seconds;
                true
            }
        };
        if !done {
            prop_assert_eq!(&*self, &before, "a refusal leaves a trace");
        }
        let rate_after = (self.pool.total_value(), self.pool.total_shares());
        // Cross-multiplied, unless there was nothing before or is nothing after.
        if !may_lower_the_rate && !rate_before.1.is_zero() && !rate_after.1.is_zero() {
            prop_assert!(rate_after.0 * rate_before.1 >= rate_before.0 * rate_after.1, "the rate fell");
        }
        Ok(done)
    }

    fn check(&self, book: &Book) -> Result<(), TestCaseError> {
        let pool = &self.pool;
        // The ETH: pool, escrow, paid and sent to validators are what came in.
        let held = pool.value_in_pool() + self.queue.escrow();
        prop_assert_eq!(held + book.paid + book.staked_out, book.deposited);
        // The value: deposits and rewards less losses and payments.
        let value = pool.total_value() + book.paid + book.losses;
        prop_assert_eq!(value, book.deposited + book.rewards);
        let shares = accounts().map(|account| pool.shares_of(account)).sum::<U256>();
        prop_assert_eq!(shares, pool.total_shares());
        let open = (1..=self.queue.last_request_id()).filter_map(|id| {
            let request = self.queue.open_request(id)?;
            Some((request, id <= self.queue.last_finalized_id()))
        });
        let (locked, shares) =
            open.fold((U256::ZERO, U256::ZERO), |(locked, shares), (request, finalized)| {
                let amount = if finalized { request.amount } else { U256::ZERO };
                (locked + amount, shares + request.shares)
            });
        prop_assert_eq!(locked, self.queue.escrow());
        prop_assert_eq!(shares, pool.shares_of(Account::WithdrawQueue));
        let bucket = self.instant.bucket();
        prop_assert!(bucket.remaining() <= bucket.capacity());
        prop_assert!(bucket.consumable(self.now) <= bucket.capacity());
        Ok(())
    }
}

proptest! {
    #[test]
    fn ether_and_shares_are_conserved_over_any_sequence(parameters in parameters(), steps in steps()) {
        let instant = InstantRedemption::new(&parameters, &Ceilings::MAINNET, 0);
        let mut world = World {
            pool: LiquidityPool::default(),
            instant: instant.expect("below the ceilings"),
            queue: WithdrawQueue::new(WithdrawLimits::NONE),
            now: 0,
        };
        let mut book = Book::default();
        // Something to work with, partly in validators.
        for (who, eth) in [(0, 1_000), (1, 100), (2, 1)] {
            prop_assert!(world.apply(&Step::Deposit(who, eth * ETH), &mut book)?);
        }
        prop_assert!(world.apply(&Step::StakeOut(500 * ETH), &mut book)?);
        for step in &steps {
            world.apply(step, &mut book)?;
            world.check(&book)?;
        }
    }

    #[test]
    fn a_request_is_worth_at_most_its_amount_and_no_less_than_its_shares(
        amount in 1_000..1_000 * ETH, before in -3_000..2_500_i128, between in -3_000..2_500_i128,
    ) {
        let mut pool = LiquidityPool::default();
        pool.deposit(Account::Holder(0), U256::from(10_000 * ETH)).expect("in range");
        pool.stake_out(U256::from(8_000 * ETH)).expect("in range");
        let change = |pool: &mut LiquidityPool, millionths: i128| {
            let total = i128::try_from(pool.total_value()).expect("far below");
            let change = total / 1_000_000 * millionths;
            pool.rebase(change).expect("at most 25 bps up, and less than is out of the pool");
        };
        change(&mut pool, before);
        let mut queue = WithdrawQueue::new(WithdrawLimits::NONE);
        let id = queue.request(&mut pool, Account::Holder(0), U256::from(amount)).expect("in range");
        let shares = queue.open_request(id).expect("just made").shares;
        change(&mut pool, between);
        queue.finalize(&mut pool, id).expect("the pool has more");
        let worth = pool.amount_for_shares(shares).expect("in range");
        let paid = queue.claimable(id).expect("finalised");
        // The frozen rate is rounded up by less than a unit of 1e-18: `shares / 1e18` wei and the rounding of the
        // value.
        prop_assert!(paid >= worth.min(U256::from(amount)));
        prop_assert!(paid <= U256::from(amount) && paid <= worth + shares / U256::from(ETH) + U256::from(2));
        change(&mut pool, -3_000);
        prop_assert_eq!(queue.claim(&mut pool, id), Ok(paid));
    }

    #[test]
    fn the_instant_way_pays_down_to_the_watermark_and_no_further(
        gain in 1..2_500_i128, out in 0..9_990_u128, parameters in parameters(),
        beyond in prop_oneof![Just(1), 1..100 * ETH],
        part in 1_000_000..=1_000_000_000_u128,
    ) {
        let parameters = RedemptionParameters { capacity: U256::from(100_000 * ETH), ..parameters };
        let mut instant = InstantRedemption::new(&parameters, &Ceilings::MAINNET, 0).expect("below the ceilings");
        let (mut pool, holder) = (LiquidityPool::default(), Account::Holder(0));
        pool.deposit(holder, U256::from(10_000 * ETH)).expect("in range");
        pool.stake_out(U256::from(out * ETH)).expect("less than there is");
        pool.rebase(gain * (ETH / 100) as i128).expect("at most 25 bps");
        let watermark = instant.low_watermark(&pool).expect("in range");
        let most = instant.total_redeemable(&pool, 0).expect("in range");
        prop_assert_eq!(most, pool.value_in_pool().saturating_sub(watermark), "the bucket is larger");
        let refused = instant.redeem(&mut pool, holder, most + U256::from(beyond), 0);
        let balance = pool.balance_of(holder).expect("in range");
        prop_assert!(refused.is_err(), "beyond {} of {}", most, balance);
        // At least a thousandth: something is left after the fee.
        let amount = (most * U256::from(part) / U256::from(1_000_000_000)).min(balance / U256::from(2));
        if !amount.is_zero() {
            let done = instant.redeem(&mut pool, holder, amount, 0).expect("below what can be redeemed");
            let kept = U256::from(10_000 - parameters.exit_fee_bps) * amount / U256::from(10_000);
            // Shares, their part after the fee and their worth are rounded down, each by less than a wei's worth of
            // shares.
            prop_assert!(done.paid <= kept && done.paid + U256::from(4) >= kept, "{} of {kept}", done.paid);
            prop_assert!(pool.value_in_pool() >= watermark);
        }
    }

    #[test]
    fn a_bucket_gives_at_most_its_capacity_and_what_came_back(
        capacity: u64, refill_rate in prop_oneof![0..1_000_000_u64, any::<u64>()],
        takes in prop::collection::vec((0..100_000_u64, any::<u64>()), 1..30),
    ) {
        let mut bucket = Bucket::full(capacity, refill_rate, 0);
        let (mut now, mut taken) = (0, 0_u128);
        for (seconds, amount) in takes {
            // Waiting in two parts is waiting once.
            let later = now + seconds;
            let mut halfway = bucket;
            halfway.set_refill_rate(refill_rate, now + seconds / 2);
            prop_assert_eq!(halfway.consumable(later), bucket.consumable(later));
            now = later;
            let (there, amount) = (bucket.consumable(now), amount % capacity.max(1));
            prop_assert!(there <= capacity);
            prop_assert_eq!(bucket.consume(amount, now), amount <= there);
            if amount <= there {
                taken += u128::from(amount);
                prop_assert_eq!(bucket.consumable(now), there - amount);
            }
            prop_assert!(taken <= u128::from(capacity) + u128::from(now) * u128::from(refill_rate));
        }
    }

    #[test]
    fn a_smaller_loss_passes_where_a_larger_does_and_a_longer_report_where_a_shorter_does(
        tvl in 1..(1_u128 << 100), loss in 0..(1_u128 << 90), part in 0..=100_u128,
        slots in 1..1_000_000_u64, more in 0..1_000_000_u64, apr in 0..2_000_u64, raised in 0..100_u64,
    ) {
        let limits = ReportLimits {
            acceptable_apr_bps: apr,
            max_loss_bps_override: raised,
            ..ReportLimits::MAINNET
        };
        let tvl = U256::from(tvl);
        let check = |loss: u128, slots| {
            let accrued_rewards = -i128::try_from(loss).expect("below 2^90");
            let report = Report { elapsed_slots: slots, accrued_rewards, ..Report::default() };
            limits.check(&report, tvl, tvl).is_ok()
        };
        // Up to a hundredth of the value, where the limits are.
        let loss = loss % (u128::try_from(tvl / U256::from(100)).expect("below 2^100") + 1);
        if check(loss, slots) {
            prop_assert!(check(loss * part / 100, slots));
            prop_assert!(check(loss, slots + more));
        }
    }
}
