//! Protocols that finalise whole requests in their order: one history for all of them.

use std::collections::VecDeque;

use pegstress_exact::U256;
use pegstress_unlock::RedemptionRules;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::common::{Step, Token, WAD, eth, micro, moved, wei};

/// ETH per token at the start, 18 decimals.
const START_RATE: u64 = 1_050_000_000_000_000_000;

/// A protocol's contracts, driven by the history.
pub(crate) trait Contract {
    /// Takes ETH in for the queue.
    fn deposit(&mut self, amount: U256);
    /// ETH for the queue that is not locked.
    fn held(&self) -> U256;
    /// Takes a request for tokens at a rate.
    fn ask(&mut self, tokens: U256, rate: U256, now: u64);
    /// Finalises what the ETH affords, for the protocols whose operator names it `count` requests, and pays all of it.
    fn finalise(&mut self, count: usize, rate: U256, now: u64) -> U256;
    /// Requests finalised in all.
    fn finalised(&self) -> usize;
    /// Worth of what waits, at the rates of the requests.
    fn outstanding(&self) -> U256;
}

/// When a protocol finalises.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cadence {
    pub(crate) step_secs: u64,
    /// Steps from one finalisation to the next.
    pub(crate) every_steps: usize,
    /// Age that a request needs.
    pub(crate) age_secs: u64,
}

impl Cadence {
    fn rules(self, mut rules: RedemptionRules) -> RedemptionRules {
        rules.queue.finalised_every_secs = (self.step_secs * self.every_steps as u64) as f64;
        rules.queue.minimum_age_secs = self.age_secs as f64;
        rules
    }
}

#[derive(Debug, Clone, Copy)]
struct Waiting {
    tokens: U256,
    rate: U256,
    since: u64,
}

impl Waiting {
    fn cost(&self, rate: U256) -> U256 {
        self.tokens * rate.min(self.rate) / WAD
    }
}

/// What is topped up so that the ETH is the cost of a whole number of requests, of `wanted` at least; and that number.
fn top_up(waiting: &VecDeque<Waiting>, old: usize, wanted: usize, rate: U256, held: U256) -> (U256, usize) {
    let (mut cost, mut count) = (U256::ZERO, 0);
    for request in waiting.iter().take(old) {
        if cost >= held && count >= wanted {
            break;
        }
        cost += request.cost(rate);
        count += 1;
    }
    (cost.saturating_sub(held), count)
}

/// Runs a history; lanes and contract agree after every step.
pub(crate) fn run(
    contract: &mut impl Contract,
    rules: RedemptionRules,
    cadence: Cadence,
    history: &[Step],
) -> Result<(), TestCaseError> {
    let mut token = Token::new(cadence.rules(rules), cadence.step_secs as f64, history.len());
    let (mut rate, mut waiting, mut paid) = (U256::from(START_RATE), VecDeque::new(), U256::ZERO);
    for step in history {
        let now = token.now();
        let (arrived, _) = token.begin();
        let inflow = micro(step.inflow_micro);
        token.give(eth(inflow));
        contract.deposit(inflow + wei(arrived));
        rate = moved(rate, step.rate_ppm);
        let mut due = U256::ZERO;
        if step.may && (token.step + 1).is_multiple_of(cadence.every_steps) {
            let aged = |request: &&Waiting| request.since + cadence.age_secs <= now;
            let old = waiting.iter().take_while(aged).count();
            let (missing, count) = top_up(&waiting, old, step.wanted, rate, contract.held());
            token.give(eth(missing));
            contract.deposit(missing);
            let before = contract.finalised();
            due = contract.finalise(count, rate, now);
            prop_assert_eq!(contract.finalised() - before, count, "requests in step {}", token.step);
            waiting.drain(..count);
        }
        paid += due;
        let paid_now = token.finalise(eth(rate), step.may);
        token.agrees("the payment", paid_now, eth(due))?;
        token.agrees("what is paid in all", token.paid_eth, eth(paid))?;
        token.agrees("the ETH left", token.held_eth(), eth(contract.held()))?;
        if step.ask_micro > 0 {
            let tokens = micro(step.ask_micro);
            contract.ask(tokens, rate, now);
            waiting.push_back(Waiting { tokens, rate, since: now });
            token.request(eth(tokens), eth(rate));
        }
        token.close();
        let tokens = waiting.iter().fold(U256::ZERO, |sum, request| sum + request.tokens);
        token.agrees("what waits", token.lanes.waiting_lrt[0], eth(tokens))?;
        let worth = waiting.iter().fold(U256::ZERO, |sum, request| sum + request.cost(request.rate));
        token.agrees("the worth of what waits", eth(worth), eth(contract.outstanding()))?;
    }
    Ok(())
}

/// Runs a history at a rate that stands still and without any topping up: the contract is behind by less than the request
/// that it cannot afford whole.
pub(crate) fn run_fluid(
    contract: &mut impl Contract,
    rules: RedemptionRules,
    cadence: Cadence,
    history: &[Step],
) -> Result<(), TestCaseError> {
    let mut token = Token::new(cadence.rules(rules), cadence.step_secs as f64, history.len());
    let (rate, mut sizes, mut paid) = (U256::from(START_RATE), Vec::new(), U256::ZERO);
    for step in history {
        let now = token.now();
        let (arrived, _) = token.begin();
        let inflow = micro(step.inflow_micro);
        token.give(eth(inflow));
        contract.deposit(inflow + wei(arrived));
        if step.may && (token.step + 1).is_multiple_of(cadence.every_steps) {
            paid += contract.finalise(usize::MAX, rate, now);
        }
        token.finalise(eth(rate), step.may);
        let next = sizes.get(contract.finalised()).copied().unwrap_or(0.0);
        let ahead = token.paid_eth - eth(paid);
        // Roundings as in the module's doc: an arrival may lack a wei of the request that it was ordered for.
        let rounding = 1e-12 * (1.0 + token.volume_eth);
        prop_assert!((-rounding..=next + rounding).contains(&ahead), "{} ETH ahead of {}", ahead, next);
        if step.ask_micro > 0 {
            let tokens = micro(step.ask_micro);
            contract.ask(tokens, rate, now);
            sizes.push(eth(tokens) * eth(rate));
            token.request(eth(tokens), eth(rate));
        }
        token.close();
    }
    Ok(())
}
