//! eETH: redemption at once within a bucket and above a watermark, and a queue that reports finalise out of the same pool.

use std::collections::VecDeque;

use pegstress_exact::U256;
use pegstress_exact::redemption::etherfi::{
    Account, Ceilings, InstantRedemption, LiquidityPool, RedemptionParameters, Report, ReportError,
    ReportLimits, WithdrawLimits, WithdrawQueue,
};
use pegstress_unlock::{BucketRules, BufferRules, BufferUse, FeeCurve, QueueRules, RedemptionRules};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::common::{MICRO_WEI, Step, Token, WAD, eth, history, micro, queue_rules, wei};

pub(crate) const STEP_SECS: u64 = 43_200;
const HOLDER: Account = Account::Holder(1);
const DEPOSITOR: Account = Account::Holder(2);
/// ETH in the pool at the start, of a million pooled.
const POOL_ETH: u64 = 3_000;
const POOLED_ETH: u64 = 1_000_000;
/// MECHANICS 4.2: 2,000 ETH a day in whole units of the bucket, here a tenth of it.
const REFILL_MICRO_PER_SEC: u64 = 2_314;
const CAPACITY_ETH: u64 = 200;

/// The contracts, and the amounts of the requests that wait with their shares.
pub(crate) struct Etherfi {
    pub(crate) pool: LiquidityPool,
    instant: InstantRedemption,
    queue: WithdrawQueue,
    waiting: VecDeque<(u64, U256, U256)>,
}

/// Settings of the redemption manager: fee, the treasury's part of it, watermark; bps.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    pub(crate) fee_bps: u16,
    pub(crate) treasury_split_bps: u16,
    pub(crate) low_watermark_bps: u16,
}

impl Etherfi {
    pub(crate) fn new(settings: Settings) -> Self {
        let mut pool = LiquidityPool::default();
        pool.deposit(HOLDER, U256::from(POOLED_ETH) * WAD).expect("a first deposit");
        pool.stake_out(U256::from(POOLED_ETH - POOL_ETH) * WAD).expect("most of it");
        pool.rebase(2_000 * 10_i128.pow(18)).expect("20 bps");
        let parameters = RedemptionParameters {
            exit_fee_bps: settings.fee_bps,
            treasury_split_bps: settings.treasury_split_bps,
            low_watermark_bps: settings.low_watermark_bps,
            capacity: U256::from(CAPACITY_ETH) * WAD,
            refill_per_second: micro(REFILL_MICRO_PER_SEC),
        };
        let instant = InstantRedemption::new(&parameters, &Ceilings::MAINNET, 0).expect("below the ceilings");
        Self { pool, instant, queue: WithdrawQueue::new(WithdrawLimits::NONE), waiting: VecDeque::new() }
    }

    /// The same in the lanes' words.
    pub(crate) fn rules(settings: Settings, watermark_eth: f64) -> RedemptionRules {
        let rules = queue_rules(POOL_ETH as f64);
        let refill_eth_per_sec = eth(micro(REFILL_MICRO_PER_SEC));
        let bucket = BucketRules { capacity_eth: CAPACITY_ETH as f64, refill_eth_per_sec };
        let buffer = BufferRules {
            serves: BufferUse::InstantAndQueue,
            bucket: Some(bucket),
            fee: FeeCurve::flat(f64::from(settings.fee_bps) / 1e4),
            watermark_eth,
            ..rules.buffer
        };
        RedemptionRules { buffer, ..rules }
    }

    /// ETH per share.
    pub(crate) fn rate(&self) -> f64 {
        eth(self.pool.total_value()) / eth(self.pool.total_shares())
    }

    pub(crate) fn deposit(&mut self, amount: U256) {
        if !amount.is_zero() {
            self.pool.deposit(DEPOSITOR, amount).expect("an amount worth shares");
        }
    }

    /// Moves the pooled ether by millionths, gains up to their cap.
    fn move_value(&mut self, ppm: i64) {
        let value = signed(self.pool.total_value());
        self.pool.rebase(value * i128::from(ppm) / 1_000_000).expect("within cap and value");
    }

    /// Moves the pooled ether to an amount, by rewards of 20 bps or one loss.
    fn restore(&mut self, pooled: U256) {
        let most = signed(pooled) / 500;
        loop {
            let missing = signed(pooled) - signed(self.pool.total_value());
            self.pool.rebase(missing.min(most)).expect("within cap and value");
            if missing <= most {
                return;
            }
        }
    }

    fn watermark(&self) -> U256 {
        self.instant.low_watermark(&self.pool).expect("small numbers")
    }

    /// ETH to be there for every request that waits.
    pub(crate) fn amounts(&self) -> U256 {
        self.waiting.iter().fold(U256::ZERO, |sum, (_, amount, _)| sum + amount)
    }

    /// ETH for the first requests up to a whole one, `wanted` of them at least; and how many.
    fn whole(&self, wanted: usize) -> (U256, usize) {
        let (mut cost, mut count) = (U256::ZERO, 0);
        for (_, amount, _) in &self.waiting {
            if cost >= self.pool.value_in_pool() && count >= wanted {
                break;
            }
            cost += *amount;
            count += 1;
        }
        (cost, count)
    }

    /// Whether the rate is below that of a request that waits.
    fn marks_down(&self) -> bool {
        self.waiting.iter().any(|&(_, amount, shares)| {
            self.pool.amount_for_shares(shares).expect("small numbers") + U256::from(1_000) < amount
        })
    }

    /// Finalises the first `count` requests, or all, and pays their claims.
    pub(crate) fn finalise(&mut self, count: usize) -> U256 {
        let count = count.min(self.waiting.len());
        let Some(&(last, _, _)) = count.checked_sub(1).and_then(|at| self.waiting.get(at)) else {
            return U256::ZERO;
        };
        self.queue.finalize(&mut self.pool, last).expect("the pool covers the amounts");
        let mut paid = U256::ZERO;
        for (id, _, _) in self.waiting.drain(..count) {
            paid += self.queue.claim(&mut self.pool, id).expect("finalised");
        }
        paid
    }

    /// Redeems at once what the bucket allows and queues the rest; what was paid at once.
    pub(crate) fn ask(&mut self, amount: U256, now: u64) -> U256 {
        let at_once = amount.min(whole_units(self.room(now)));
        let mut paid = U256::ZERO;
        if !at_once.is_zero() {
            paid = self.instant.redeem(&mut self.pool, HOLDER, at_once, now).expect("within the room").paid;
        }
        if amount > at_once {
            let shares = self.pool.shares_for_amount(amount - at_once).expect("small numbers");
            let id = self.queue.request(&mut self.pool, HOLDER, amount - at_once).expect("a request");
            self.waiting.push_back((id, amount - at_once, shares));
        }
        paid
    }

    pub(crate) fn waiting_shares(&self) -> f64 {
        self.waiting.iter().map(|&(_, _, shares)| eth(shares)).sum()
    }

    /// An amount that the pool's cash does not bind: beyond it the contract refuses all and the lanes pay a part.
    pub(crate) fn within_cash(&self, amount: U256, now: u64) -> U256 {
        let bucket = micro(self.instant.bucket().consumable(now));
        let cash = self.pool.value_in_pool().saturating_sub(self.watermark());
        if bucket <= cash || cash.is_zero() { amount } else { amount.min(whole_units(cash)) }
    }

    fn room(&self, now: u64) -> U256 {
        self.instant.total_redeemable(&self.pool, now).expect("small numbers")
    }
}

/// Whole units of the bucket.
fn whole_units(amount: U256) -> U256 {
    let unit = U256::from(MICRO_WEI);
    amount / unit * unit
}

fn signed(amount: U256) -> i128 {
    i128::try_from(amount).expect("below 2^127")
}

/// Where there is a watermark, which is a part of the pooled ether, every step's rewards and losses restore that to what it
/// was: deposits then lower the rate and payments raise it, and the watermark is a constant as in the lanes.
fn run(fee_bps: u16, low_watermark_bps: u16, history: &[Step]) -> Result<(), TestCaseError> {
    // The fee is the treasury's, as shares: the stakers' part is burned between a redemption and the request for the rest,
    // which would then have another rate.
    let settings = Settings { fee_bps, treasury_split_bps: 10_000, low_watermark_bps };
    let mut etherfi = Etherfi::new(settings);
    let pooled = etherfi.pool.total_value();
    let rules = Etherfi::rules(settings, eth(etherfi.watermark()));
    let queue = QueueRules { finalised_every_secs: 2.0 * STEP_SECS as f64, ..rules.queue };
    let mut token = Token::new(RedemptionRules { queue, ..rules }, STEP_SECS as f64, history.len());
    let (mut paid, mut paid_at_once) = (U256::ZERO, (0.0, U256::ZERO));
    for step in history {
        let now = token.now();
        let (arrived, _) = token.begin();
        let inflow = micro(step.inflow_micro);
        token.give(eth(inflow));
        etherfi.deposit(inflow + wei(arrived));
        if low_watermark_bps == 0 {
            etherfi.move_value(step.rate_ppm);
        } else {
            etherfi.restore(pooled);
        }
        let mut due = U256::ZERO;
        let report = step.may && token.step % 2 == 1;
        if report {
            let all = etherfi.waiting.len();
            let wanted = if etherfi.marks_down() { all } else { step.wanted.min(all) };
            let (cost, count) = etherfi.whole(wanted);
            let missing = cost.saturating_sub(etherfi.pool.value_in_pool());
            token.give(eth(missing));
            etherfi.deposit(missing);
            let paid_now = token.finalise(etherfi.rate(), true);
            due = etherfi.finalise(count);
            token.agrees("the payment", paid_now, eth(due))?;
        } else {
            token.finalise(etherfi.rate(), false);
        }
        paid += due;
        token.agrees("what is paid in all", token.paid_eth, eth(paid))?;
        token.agrees("the pool", token.held_eth(), eth(etherfi.pool.value_in_pool()))?;
        if low_watermark_bps > 0 {
            etherfi.restore(pooled);
        }
        token.agrees("the room", token.lanes.instant_room_eth()[0], eth(etherfi.room(now)))?;
        let amount = etherfi.within_cash(micro(step.ask_micro), now);
        if amount >= micro(10_000) {
            let rate = etherfi.rate();
            let served = token.request(eth(amount) / rate, rate);
            let at_once = etherfi.ask(amount, now);
            paid_at_once = (paid_at_once.0 + served.paid_now_eth[0], paid_at_once.1 + at_once);
            token.agrees("what is paid at once", served.paid_now_eth[0], eth(at_once))?;
            token.agrees("what is paid at once in all", paid_at_once.0, eth(paid_at_once.1))?;
        }
        token.close();
        token.agrees("what waits", token.lanes.waiting_lrt[0], etherfi.waiting_shares())?;
        token.agrees("the pool", token.held_eth(), eth(etherfi.pool.value_in_pool()))?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn etherfi_pays_at_once_and_by_reports_what_the_lanes_pay(
        fee_bps in 0_u16..=500,
        history in history(1..60, 900, 500),
    ) {
        run(fee_bps, 0, &history)?;
    }

    #[test]
    fn etherfis_watermark_binds_the_instant_path_and_not_the_queue_as_in_the_lanes(
        fee_bps in 0_u16..=500,
        low_watermark_bps in 1_u16..30,
        history in history(1..60, 300, 0),
    ) {
        run(fee_bps, low_watermark_bps, &history)?;
    }

    // One redemption is at most the cash, gross of the fee; the fee stays, and many empty the pool.
    #[test]
    fn redemptions_one_after_another_take_what_the_lanes_say_one_crowd_takes(fee_bps in 1_u16..=500, cash_eth in 1_u64..190) {
        let settings = Settings { fee_bps, treasury_split_bps: 10_000, low_watermark_bps: 0 };
        let mut etherfi = Etherfi::new(settings);
        etherfi.pool.stake_out(etherfi.pool.value_in_pool() - U256::from(cash_eth) * WAD).expect("there");
        let mut token = Token::new(Etherfi::rules(settings, 0.0), STEP_SECS as f64, 1);
        token.lanes.buffer_eth = [cash_eth as f64];
        let rate = etherfi.rate();
        let served = token.request(1_000.0 / rate, rate);
        let (mut gross, mut paid) = (U256::ZERO, U256::ZERO);
        while etherfi.pool.value_in_pool() >= U256::from(MICRO_WEI) {
            let amount = whole_units(etherfi.pool.value_in_pool());
            paid += etherfi.ask(amount, 0);
            gross += amount;
        }
        // The bucket counts in millionths of an ETH: less than one is left of the cash, and of the claims less than that
        // over what a redemption pays of itself.
        token.agrees_within("the payments", served.paid_now_eth[0], eth(paid), 1e-6)?;
        token.agrees_within("the claims", 1_000.0 - served.queued_lrt[0] * rate, eth(gross), 1.1e-6)?;
    }

    // The cap is a pace: a report that did not come leaves its part to the next.
    #[test]
    fn what_the_lanes_finalise_passes_the_daily_cap_and_a_little_more_does_not(
        cap_eth in 100_u64..80_000,
        history in history(1..60, 60_000, 0),
    ) {
        let rules = queue_rules(1e7);
        let queue = QueueRules {
            finalised_every_secs: 2.0 * STEP_SECS as f64,
            cap_eth_per_sec: cap_eth as f64 / 86_400.0,
            ..rules.queue
        };
        let mut token = Token::new(RedemptionRules { queue, ..rules }, STEP_SECS as f64, history.len());
        let limits = ReportLimits { max_finalized_per_day: U256::from(cap_eth) * WAD, ..ReportLimits::MAINNET };
        let mut last_report = 0;
        for step in &history {
            token.begin();
            let asked = token.lanes.waiting_lrt[0];
            let paid = token.finalise(1.0, step.may);
            if step.may && token.step % 2 == 1 {
                let elapsed_slots = (token.now() - last_report) / 12;
                let check = |amount: f64| {
                    let finalized_amount = u128::try_from(wei(amount)).expect("small");
                    let report = Report { elapsed_slots, finalized_amount, ..Report::default() };
                    limits.check(&report, U256::from(POOLED_ETH) * WAD, U256::MAX)
                };
                // Roundings of one product.
                prop_assert_eq!(check(paid * (1.0 - 1e-12)), Ok(()));
                if paid < asked - 1e-6 {
                    prop_assert_eq!(check(paid * (1.0 + 1e-12)), Err(ReportError::FinalizedAboveDailyCap));
                }
                last_report = token.now();
            } else {
                prop_assert_eq!(paid, 0.0);
            }
            token.request(eth(micro(step.ask_micro)), 1.0);
            token.close();
        }
    }
}
