//! rsETH: unlocked by an operator out of the unstaking vault, eight days after the request.

use pegstress_exact::U256;
use pegstress_exact::redemption::kelp::{INITIAL_DELAY_BLOCKS, PriceBounds, Prices, WithdrawalQueue};
use proptest::prelude::*;

use super::common::{WAD, history, queue_rules};
use super::whole_requests::{Cadence, Contract, run, run_fluid};

const SLOT_SECS: u64 = 12;
const CADENCE: Cadence =
    Cadence { step_secs: 86_400, every_steps: 1, age_secs: INITIAL_DELAY_BLOCKS * SLOT_SECS };

struct Kelp {
    queue: WithdrawalQueue,
    vault: U256,
}

impl Kelp {
    fn new() -> Self {
        let queue = WithdrawalQueue::new(U256::ZERO, INITIAL_DELAY_BLOCKS).expect("a delay within its bound");
        Self { queue, vault: U256::ZERO }
    }
}

/// The asset is ETH itself.
fn prices(rate: U256) -> Prices {
    Prices { rseth: rate, asset: WAD }
}

impl Contract for Kelp {
    fn deposit(&mut self, amount: U256) {
        self.vault += amount;
    }

    fn held(&self) -> U256 {
        self.vault
    }

    fn ask(&mut self, tokens: U256, rate: U256, now: u64) {
        // Every request has a user of its own, who is a nonce.
        let user = self.queue.next_unused_nonce();
        let assets = U256::MAX;
        self.queue.initiate(user, tokens, &prices(rate), assets, now / SLOT_SECS).expect("assets enough");
    }

    fn finalise(&mut self, _: usize, rate: U256, now: u64) -> U256 {
        let first = self.queue.next_locked_nonce();
        if self.vault.is_zero() || first == self.queue.next_unused_nonce() {
            return U256::ZERO;
        }
        let (bounds, block) = (PriceBounds::NONE, now / SLOT_SECS);
        self.queue.unlock(u64::MAX, &prices(rate), &bounds, &mut self.vault, block).expect("requests wait");
        (first..self.queue.next_locked_nonce())
            .map(|user| self.queue.complete(user, block).expect("unlocked and old enough"))
            .fold(U256::ZERO, |a, b| a + b)
    }

    fn finalised(&self) -> usize {
        self.queue.next_locked_nonce() as usize
    }

    fn outstanding(&self) -> U256 {
        self.queue.assets_committed()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn kelp_pays_what_the_lanes_pay(history in history(1..60, 2_000, 500)) {
        run(&mut Kelp::new(), queue_rules(0.0), CADENCE, &history)?;
    }

    #[test]
    fn without_whole_requests_kelp_is_behind_by_less_than_one(history in history(1..60, 2_000, 0)) {
        run_fluid(&mut Kelp::new(), queue_rules(0.0), CADENCE, &history)?;
    }
}
