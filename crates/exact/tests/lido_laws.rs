//! Laws of Lido's withdrawal queue, whatever the rates, budgets and order of events.

use pegstress_exact::U256;
use pegstress_exact::redemption::lido::{
    Batches, FinalizationError, MAX_BATCHES, QueueError, WithdrawalQueue,
};
use proptest::prelude::*;

const ETH: u128 = 1_000_000_000_000_000_000;
/// Millionths of a rate, 1e27 = 1.
const MILLIONTH: u128 = 1_000_000_000_000_000_000_000;

#[derive(Clone, Debug)]
enum Step {
    /// stETH of a request.
    Request(u128),
    /// The rate in millionths from now on.
    Report(u128),
    /// Maximum rate in millionths, budget, requests per call.
    Finalize(u128, u128, u64),
    Claim(u64),
}

fn rates() -> impl Strategy<Value = u128> {
    prop_oneof![Just(1_200_000), 1_190_000..1_210_000_u128, 1..10_000_000_u128]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let amounts = prop_oneof![Just(100), 100..1_000_000_u128, 100..=1_000 * ETH];
    let budgets = prop_oneof![0..10_000_u128, 0..2_000 * ETH, Just(1_000_000 * ETH)];
    let step = prop_oneof![
        4 => amounts.prop_map(Step::Request),
        2 => rates().prop_map(Step::Report),
        1 => (rates(), budgets, 1..6_u64).prop_map(|(rate, budget, cut)| Step::Finalize(rate, budget, cut)),
        2 => (0..40_u64).prop_map(Step::Claim),
    ];
    prop::collection::vec(step, 1..100)
}

/// A request as its maker sees it.
struct Made {
    steth: U256,
    shares: U256,
    /// What it is worth since its finalisation.
    worth: Option<U256>,
    paid: bool,
}

struct World {
    queue: WithdrawalQueue,
    made: Vec<Made>,
    rate: U256,
    now: u64,
    /// ETH given for finalisations, and paid.
    given: U256,
    paid: U256,
}

fn search(queue: &WithdrawalQueue, rate: U256, budget: U256, cut: u64) -> Result<Batches, FinalizationError> {
    let mut found = Batches::with_budget(budget);
    while !found.finished {
        found = queue.batches(rate, u64::MAX, cut, found)?;
    }
    Ok(found)
}

impl World {
    fn new() -> Self {
        let rate = U256::from(1_200_000 * MILLIONTH);
        let (given, paid) = (U256::ZERO, U256::ZERO);
        Self { queue: WithdrawalQueue::default(), made: Vec::new(), rate, now: 1, given, paid }
    }

    fn apply(&mut self, step: &Step) -> Result<(), TestCaseError> {
        self.now += 1;
        match *step {
            Step::Request(steth) => {
                let steth = U256::from(steth);
                let shares = steth * U256::from(MILLIONTH * 1_000_000) / self.rate;
                let id = self.queue.request(steth, shares, self.now);
                self.made.push(Made { steth, shares, worth: None, paid: false });
                prop_assert_eq!(id, Ok(self.made.len() as u64));
            }
            Step::Report(rate) => {
                self.rate = U256::from(rate * MILLIONTH);
                self.queue.report(self.now);
            }
            Step::Finalize(rate, budget, cut) => {
                self.finalize(U256::from(rate * MILLIONTH), U256::from(budget), cut)?;
            }
            Step::Claim(id) => self.claim(id)?,
        }
        Ok(())
    }

    fn finalize(&mut self, rate: U256, budget: U256, cut: u64) -> Result<(), TestCaseError> {
        if self.made.iter().any(|made| made.shares.is_zero()) {
            // Ten shares of 100 wei at a rate of 10 are the least there is.
            return Err(TestCaseError::fail("a request without shares"));
        }
        let Ok(found) = search(&self.queue, rate, budget, 1_000) else {
            prop_assert!(budget.is_zero(), "a budget was refused");
            return Ok(());
        };
        match search(&self.queue, rate, budget, cut) {
            Ok(in_parts) => prop_assert_eq!(&in_parts, &found, "the cut changes the result"),
            Err(error) => {
                // Only a budget used up to the wei ends a search between two calls.
                prop_assert_eq!(error, FinalizationError::InvalidState);
                prop_assert!(found.remaining_eth_budget.is_zero());
            }
        }
        prop_assert!(found.finished && found.last_request_ids.len() <= MAX_BATCHES);
        prop_assert!(found.last_request_ids.is_sorted());
        let Some(&last) = found.last_request_ids.last() else { return Ok(()) };
        let first = self.queue.last_finalized_id();
        let cost = self.queue.prefinalize(&found.last_request_ids, rate);
        let cost = cost.map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(self.queue.finalize(last, cost.eth_to_lock, rate), Ok(()));
        self.given += cost.eth_to_lock;
        let unit = U256::from(MILLIONTH * 1_000_000);
        let (mut worth_of_all, mut shares_of_all, mut steth_of_all) = (U256::ZERO, U256::ZERO, U256::ZERO);
        for (at, made) in self.made.iter_mut().enumerate().take(last as usize).skip(first as usize) {
            let capped = made.shares * rate / unit;
            let own_rate = made.steth * unit / made.shares;
            let worth = if own_rate > rate { capped } else { made.steth };
            let hint = self.queue.checkpoint_of(at as u64 + 1, 1, self.queue.last_checkpoint_index());
            prop_assert_eq!(hint, Ok(Some(self.queue.last_checkpoint_index())));
            made.worth = Some(worth);
            worth_of_all += worth;
            shares_of_all += made.shares;
            steth_of_all += made.steth;
        }
        prop_assert_eq!(cost.shares_to_burn, shares_of_all);
        prop_assert!(cost.eth_to_lock >= worth_of_all, "locked too little");
        prop_assert!(cost.eth_to_lock <= steth_of_all, "locked more than was asked for");
        // The search counts requests, and one beyond the last batch at most.
        prop_assert!(budget - found.remaining_eth_budget >= worth_of_all);
        Ok(())
    }

    fn claim(&mut self, id: u64) -> Result<(), TestCaseError> {
        let finalized = self.queue.last_finalized_id();
        let hint = self.queue.checkpoint_of(id, 1, self.queue.last_checkpoint_index());
        let hint = hint.ok().flatten().unwrap_or(1);
        let got = self.queue.claim(id, hint);
        let made = (id as usize).checked_sub(1).and_then(|at| self.made.get_mut(at));
        match made {
            Some(made) if id <= finalized && !made.paid => {
                prop_assert_eq!(got.ok(), made.worth);
                prop_assert!(got.is_ok_and(|paid| paid <= made.steth), "above the request");
                made.paid = true;
                self.paid += got.unwrap_or(U256::ZERO);
            }
            Some(made) if made.paid => prop_assert_eq!(got, Err(QueueError::RequestAlreadyClaimed(id))),
            _ => prop_assert!(got.is_err()),
        }
        Ok(())
    }

    fn check(&self) -> Result<(), TestCaseError> {
        // What was given is locked or paid, and enough for whoever has not claimed.
        prop_assert_eq!(self.queue.locked_ether() + self.paid, self.given);
        let unpaid = self.made.iter().filter(|made| !made.paid).filter_map(|made| made.worth);
        prop_assert!(self.queue.locked_ether() >= unpaid.sum::<U256>());
        // In order: the finalised ones are the first.
        let finalized = self.queue.last_finalized_id() as usize;
        for (at, made) in self.made.iter().enumerate() {
            prop_assert_eq!(made.worth.is_some(), at < finalized);
        }
        let waiting = self.made[finalized..].iter().map(|made| made.steth).sum::<U256>();
        prop_assert_eq!(self.queue.unfinalized_steth(), waiting);
        Ok(())
    }
}

proptest! {
    #[test]
    fn ether_given_is_locked_or_paid_and_every_claim_is_covered(steps in steps()) {
        let mut world = World::new();
        for step in &steps {
            world.apply(step)?;
            world.check()?;
        }
        // Whoever is finalised is paid, in any order; what stays is rounding and merged batches.
        for id in (1..=world.queue.last_finalized_id()).rev() {
            world.claim(id)?;
        }
        world.check()?;
    }
}
