//! stETH: finalised by a daily report, requests at least two hours old, out of the buffered ETH and what exits bring.

use pegstress_exact::U256;
use pegstress_exact::redemption::lido::{Batches, WithdrawalQueue};
use proptest::prelude::*;

use super::common::{WAD, history, queue_rules};
use super::whole_requests::{Cadence, Contract, run, run_fluid};

const CADENCE: Cadence = Cadence { step_secs: 21_600, every_steps: 4, age_secs: 7_680 };
/// 27 decimals per 18.
const RAY_PER_WAD: u64 = 1_000_000_000;

#[derive(Default)]
struct Lido {
    queue: WithdrawalQueue,
    buffered: U256,
}

impl Contract for Lido {
    fn deposit(&mut self, amount: U256) {
        self.buffered += amount;
    }

    fn held(&self) -> U256 {
        self.buffered
    }

    fn ask(&mut self, tokens: U256, rate: U256, now: u64) {
        // A report of its own: requests of one report count as one side of the maximum rate.
        self.queue.report(now);
        self.queue.request(tokens * rate / WAD, tokens, now).expect("within the limits");
    }

    fn finalise(&mut self, _: usize, rate: U256, now: u64) -> U256 {
        if self.buffered.is_zero() || now < CADENCE.age_secs {
            return U256::ZERO;
        }
        let rate = rate * U256::from(RAY_PER_WAD);
        let budget = Batches::with_budget(self.buffered);
        let found = self.queue.batches(rate, now - CADENCE.age_secs, 1_000, budget).expect("a search");
        let Some(&last) = found.last_request_ids.last() else { return U256::ZERO };
        let cost = self.queue.prefinalize(&found.last_request_ids, rate).expect("batches");
        let first = self.queue.last_finalized_id() + 1;
        self.queue.finalize(last, cost.eth_to_lock, rate).expect("batches that wait");
        // A batch is locked at its average rate: up to 1,268 wei more than its requests cost one by one.
        let beyond = cost.eth_to_lock.saturating_sub(self.buffered);
        assert!(beyond <= U256::from(1_268), "{beyond} wei");
        self.buffered -= cost.eth_to_lock - beyond;
        let hint = self.queue.last_checkpoint_index();
        (first..=last).map(|id| self.queue.claim(id, hint).expect("finalised")).fold(U256::ZERO, |a, b| a + b)
    }

    fn finalised(&self) -> usize {
        self.queue.last_finalized_id() as usize
    }

    fn outstanding(&self) -> U256 {
        self.queue.unfinalized_steth()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lido_pays_what_the_lanes_pay(history in history(1..36, 900, 750)) {
        run(&mut Lido::default(), queue_rules(0.0), CADENCE, &history)?;
    }

    #[test]
    fn without_whole_requests_lido_is_behind_by_less_than_one(history in history(1..60, 900, 0)) {
        run_fluid(&mut Lido::default(), queue_rules(0.0), CADENCE, &history)?;
    }
}
