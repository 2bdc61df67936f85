//! rswETH: burned at the request, processed by a bot out of the deposit manager, which names the last request.

use pegstress_exact::U256;
use pegstress_exact::redemption::swell::exits::ExitQueue;
use proptest::prelude::*;

use super::common::{history, queue_rules};
use super::whole_requests::{Cadence, Contract, run};

const CADENCE: Cadence = Cadence { step_secs: 21_600, every_steps: 1, age_secs: 0 };

struct Swell {
    queue: ExitQueue,
    deposits: U256,
}

impl Contract for Swell {
    fn deposit(&mut self, amount: U256) {
        self.deposits += amount;
    }

    fn held(&self) -> U256 {
        self.deposits
    }

    fn ask(&mut self, tokens: U256, rate: U256, _: u64) {
        self.queue.request(tokens, rate).expect("within the limits");
    }

    fn finalise(&mut self, count: usize, rate: U256, _: u64) -> U256 {
        let before = self.queue.last_processed();
        let last = before + count as u64;
        self.queue.process(last, rate, &mut self.deposits).expect("deposits enough");
        (before + 1..=last)
            .map(|id| self.queue.finalize(id).expect("processed"))
            .fold(U256::ZERO, |a, b| a + b)
    }

    fn finalised(&self) -> usize {
        self.queue.last_processed() as usize
    }

    fn outstanding(&self) -> U256 {
        self.queue.exiting_eth()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn swell_pays_what_the_lanes_pay(history in history(1..60, 2_000, 500)) {
        let mut swell = Swell { queue: ExitQueue::new(U256::ZERO, U256::MAX), deposits: U256::ZERO };
        run(&mut swell, queue_rules(0.0), CADENCE, &history)?;
    }
}
