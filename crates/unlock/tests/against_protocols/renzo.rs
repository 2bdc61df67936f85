//! ezETH: a queue that inflows fill in order, claims after a cool-down at the rate of the claim, and an instant path at a fee
//! that rises as the buffer empties.

use std::collections::VecDeque;

use pegstress_exact::U256;
use pegstress_exact::redemption::renzo::instant::{FeeCurve as IntegerFees, InstantWithdrawer};
use pegstress_exact::redemption::renzo::queue::{Backing, Claimant, WithdrawQueue, WithdrawRequest};
use pegstress_unlock::{BufferRules, BufferUse, FeeCurve, QueueRules, RedemptionRules};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::common::{Step, Token, WAD, eth, history, micro, moved, queue_rules, wei};

const STEP_SECS: u64 = 43_200;
const SUPPLY_ETH: u64 = 1_000_000;

/// The queue, what backs ezETH, and the claims that are open, in order.
struct Renzo {
    queue: WithdrawQueue,
    backing: Backing,
    open: VecDeque<WithdrawRequest>,
}

impl Renzo {
    /// A full buffer.
    fn new(target: U256, cooldown_secs: u64) -> Self {
        let mut queue = WithdrawQueue::new(target, cooldown_secs, 0);
        queue.fill(target).expect("a first fill");
        let supply = U256::from(SUPPLY_ETH) * WAD;
        // Collateral never runs out: who may ask is not what is compared.
        let backing =
            Backing { tvl: moved(supply, 20_000), supply, eth_collateral: U256::from(1_u128 << 100) };
        Self { queue, backing, open: VecDeque::new() }
    }

    fn available(&self) -> U256 {
        self.queue.available().expect("never more reserved than there is")
    }

    /// ETH per token.
    fn rate(&self) -> f64 {
        eth(self.backing.tvl) / eth(self.backing.supply)
    }

    /// Value of a request's tokens now.
    fn value(&self, request: &WithdrawRequest) -> U256 {
        self.backing.tvl * request.ezeth_locked / self.backing.supply
    }

    /// What deposits bring of `offered`: no more than queue and buffer lack.
    fn deposit(&mut self, offered: U256) -> U256 {
        let amount = self.queue.withdraw_deficit().expect("a deficit").min(offered);
        self.queue.fill(amount).expect("small numbers");
        amount
    }

    /// Takes ETH off the books at the present rate, with the tokens that a claim has burned.
    fn keep_rate(&mut self, before: Backing) {
        self.backing.tvl = before.tvl * self.backing.supply / before.supply;
    }

    /// Pays every claim whose time has come.
    fn claim(&mut self, now: u64) -> U256 {
        let mut paid = U256::ZERO;
        while let Some(request) = self.open.front().copied() {
            let before = self.backing;
            let claimed = self.queue.claim(request.id, Claimant::Public, &mut self.backing, now);
            let Ok(amount) = claimed else { break };
            self.keep_rate(before);
            paid += amount;
            self.open.pop_front();
        }
        paid
    }

    /// What is set aside for the first request that is old enough, but not all of it.
    fn set_aside(&self, now: u64) -> U256 {
        let Some(first) =
            self.open.front().filter(|first| first.created_at + self.queue.cooldown_secs <= now)
        else {
            return U256::ZERO;
        };
        let begins = first.fill_at.map_or(U256::ZERO, |fill_at| fill_at - first.amount_to_redeem);
        self.queue.filled().saturating_sub(begins)
    }

    /// Whether somebody waits for a claim below his request.
    fn marks_down(&self) -> bool {
        self.open.iter().any(|request| self.value(request) < request.amount_to_redeem)
    }
}

/// A buffer that deposits refill, paid in order and not before the cool-down is over.
fn rules(target_eth: f64, refill_eth_per_sec: f64, cooldown_secs: u64) -> RedemptionRules {
    let rules = queue_rules(target_eth);
    RedemptionRules {
        buffer: BufferRules { refill_eth_per_sec, ..rules.buffer },
        queue: QueueRules { minimum_age_secs: cooldown_secs as f64, ..rules.queue },
        ..rules
    }
}

fn run(target: u64, refill_micro: u64, cooldown_secs: u64, history: &[Step]) -> Result<(), TestCaseError> {
    let offered = micro(refill_micro);
    let rules = rules(target as f64, eth(offered) / STEP_SECS as f64, cooldown_secs);
    let mut token = Token::new(rules, STEP_SECS as f64, history.len());
    let mut renzo = Renzo::new(U256::from(target) * WAD, cooldown_secs);
    let mut paid = U256::ZERO;
    for step in history {
        let now = token.now();
        let was_lacking = !renzo.queue.queue_deficit().is_zero();
        let (arrived, refilled) = token.begin();
        renzo.queue.fill(wei(arrived)).expect("small numbers");
        let deposited = renzo.deposit(offered);
        token.agrees("what deposits bring", refilled, eth(deposited))?;
        if step.rate_ppm >= 0 || !was_lacking {
            renzo.backing.tvl = moved(renzo.backing.tvl, step.rate_ppm);
        }
        let rate = renzo.rate();
        token.finalise(rate, true);
        paid += renzo.claim(now);
        let set_aside = renzo.set_aside(now);
        token.agrees("what is paid or set aside", token.paid_eth, eth(paid + set_aside))?;
        token.agrees("the ETH left", token.held_eth(), eth(renzo.queue.balance() - set_aside))?;
        let mut tokens = micro(step.ask_micro);
        if renzo.marks_down() {
            tokens = tokens.min(renzo.available() * renzo.backing.supply / renzo.backing.tvl);
        }
        // Amounts worth less than the bound is about are left out.
        if tokens >= micro(10_000) {
            renzo.open.push_back(renzo.queue.withdraw(tokens, &renzo.backing, now).expect("a request"));
            token.request(eth(tokens), rate);
        }
        token.close();
        let locked = renzo.open.iter().fold(0.0, |sum, request| sum + eth(request.ezeth_locked));
        let part = renzo
            .open
            .front()
            .map_or(0.0, |first| eth(set_aside) / eth(first.amount_to_redeem) * eth(first.ezeth_locked));
        token.agrees("what waits", token.lanes.waiting_lrt[0], locked - part)?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn renzo_pays_or_sets_aside_what_the_lanes_pay_and_takes_the_same_deposits(
        target in 0_u64..5_000,
        refill_micro in prop::sample::select(vec![0_u64, 10_000_000, 400_000_000]),
        cooldown_days in prop::sample::select(vec![1_u64, 3, 7]),
        history in history(1..80, 1_500, 300),
    ) {
        run(target.max(1), refill_micro, cooldown_days * 86_400, &history)?;
    }

    #[test]
    fn renzos_instant_path_takes_a_fee_within_a_basis_point_of_the_lanes(
        (min_bps, more_bps) in (0_u64..100, 0_u64..500),
        drawdown_bps in 100_u64..9_000,
        history in history(1..60, 2_000, 300),
    ) {
        let capacity = U256::from(10_000) * WAD;
        let path = InstantWithdrawer::new(
            IntegerFees::new(min_bps, min_bps + more_bps).expect("fees below the whole"),
            drawdown_bps,
        ).expect("a draw-down below the whole");
        let mut renzo = Renzo::new(capacity, 7 * 86_400);
        let limit = eth(path.buffer(&renzo.queue).expect("a buffer").draw_down_limit);
        let fee = FeeCurve {
            at_full: min_bps as f64 / 1e4,
            at_empty: (min_bps + more_bps) as f64 / 1e4,
            full_eth: 1e4,
            empty_eth: limit,
        };
        let rules = queue_rules(1e4);
        let buffer = BufferRules { serves: BufferUse::Instant, watermark_eth: limit, fee, ..rules.buffer };
        let mut token = Token::new(RedemptionRules { buffer, ..rules }, STEP_SECS as f64, history.len());
        let mut claimed = 0.0;
        for step in &history {
            token.begin();
            let inflow = micro(step.inflow_micro / 4);
            token.give(eth(inflow));
            renzo.queue.fill(inflow).expect("small numbers");
            renzo.backing.tvl = moved(renzo.backing.tvl, step.rate_ppm);
            let limit = path.buffer(&renzo.queue).expect("a buffer").draw_down_limit;
            let room = renzo.available().saturating_sub(limit);
            // What both can pay as a whole.
            let room = room.min(wei(token.lanes.instant_room_eth()[0]));
            let tokens = micro(step.ask_micro).min(room * renzo.backing.supply / renzo.backing.tvl);
            if tokens >= micro(10_000) {
                let (before, rate) = (renzo.backing, renzo.rate());
                let done = path.withdraw(&mut renzo.queue, tokens, &mut renzo.backing, token.now()).expect("within the room");
                renzo.keep_rate(before);
                renzo.queue.fill(done.fee).expect("small numbers");
                let served = token.request(eth(tokens), rate);
                // A basis point of all claims so far: the fee that differed stays in one of the two buffers and moves
                // the level that the next fee is taken at, by less than a basis point of it again.
                claimed += eth(done.received + done.fee);
                token.agrees_within("the payment", served.paid_now_eth[0], eth(done.received), 1e-4 * 1.1 * claimed)?;
                let single = eth(done.received + done.fee);
                let fee_bps = (single - eth(done.received)) / single * 1e4;
                let lanes_bps = (single - served.paid_now_eth[0]) / single * 1e4;
                let level = 2e-4 * claimed / (1e4 - eth(limit)) * more_bps as f64;
                prop_assert!((fee_bps - lanes_bps).abs() < 1.0 + level + 1e-6, "{} and {} bps", fee_bps, lanes_bps);
            }
            token.agrees_within("the buffer", token.lanes.buffer_eth[0], eth(renzo.available()), 1e-4 * 1.1 * claimed)?;
            token.close();
        }
    }
}
