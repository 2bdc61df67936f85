//! Lido's withdrawal queue on worked examples and at its limits.

use pegstress_exact::redemption::lido::{
    Batches, ClosingCost, FinalizationError, MAX_BATCHES, MAX_REQUEST, MIN_REQUEST, QueueError,
    WithdrawalQueue,
};
use pegstress_exact::{ArithmeticError, U256};

const ETH: u128 = 1_000_000_000_000_000_000;
/// A rate of 0.01.
const CENT: u128 = 10_000_000_000_000_000_000_000_000;

fn wei(amount: u128) -> U256 {
    U256::from(amount)
}

/// Shares of an amount at a rate in hundredths, rounded down.
fn shares(steth: U256, hundredths: u128) -> U256 {
    steth * wei(100) / wei(hundredths)
}

/// One request of `amount` for each rate in hundredths, a report before each.
fn queue_of(amount: u128, rates: impl IntoIterator<Item = u128>) -> WithdrawalQueue {
    let mut queue = WithdrawalQueue::default();
    for (k, rate) in rates.into_iter().enumerate() {
        let time = 1_000 * (k as u64 + 1);
        queue.report(time);
        queue.request(wei(amount), shares(wei(amount), rate), time + 1).expect("in range");
    }
    queue
}

fn search(queue: &WithdrawalQueue, rate: u128, budget: u128) -> Batches {
    queue.batches(wei(rate * CENT), u64::MAX, 1_000, Batches::with_budget(wei(budget))).expect("a budget")
}

fn finalize_all(queue: &mut WithdrawalQueue, rate: u128) -> ClosingCost {
    let found = search(queue, rate, 1_000_000 * ETH);
    let cost = queue.prefinalize(&found.last_request_ids, wei(rate * CENT)).expect("as found");
    let last = found.last_request_ids.last().copied().expect("a batch");
    queue.finalize(last, cost.eth_to_lock, wei(rate * CENT)).expect("as found");
    cost
}

/// MECHANICS 4.1: 100 stETH requested at a rate of 1.2 and finalised at 1.18 are exactly 98.333333333333333332 ETH.
#[test]
fn mechanics_4_1_100_steth_at_1_2_finalised_at_1_18() {
    let mut queue = queue_of(100 * ETH, [120]);
    let cost = finalize_all(&mut queue, 118);
    assert_eq!(cost.eth_to_lock, wei(98_333_333_333_333_333_332));
    assert_eq!(cost.shares_to_burn, wei(83_333_333_333_333_333_333));
    assert_eq!(queue.claimable_ether(1, 1), Ok(wei(98_333_333_333_333_333_332)));
    assert_eq!(queue.claim(1, 1), Ok(wei(98_333_333_333_333_333_332)));
    assert_eq!(queue.locked_ether(), U256::ZERO);
}

/// MECHANICS 4: the requester keeps the downside and gives up the upside.
#[test]
fn mechanics_4_a_request_finalised_at_a_higher_rate_is_worth_its_steth() {
    // At its own rate the rounding of its shares costs a wei.
    for (rate, paid) in [(120, 100 * ETH - 1), (121, 100 * ETH), (400, 100 * ETH)] {
        let mut queue = queue_of(100 * ETH, [120]);
        assert_eq!(finalize_all(&mut queue, rate).eth_to_lock, wei(paid));
        assert_eq!(queue.claim(1, 1), Ok(wei(paid)));
    }
}

/// MECHANICS 4.1: at most 36 batches per finalisation.
#[test]
fn mechanics_4_1_a_finalisation_has_at_most_36_batches() {
    let mut queue = queue_of(ETH, (0..44).map(|k| if k % 2 == 0 { 120 } else { 118 }));
    let found = search(&queue, 119, 1_000 * ETH);
    assert!(found.finished);
    assert_eq!(found.last_request_ids, (1..=MAX_BATCHES as u64).collect::<Vec<_>>());
    let cost = finalize_all(&mut queue, 119);
    // The request that did not get a batch has left the budget all the same: it is above the rate.
    let dropped = shares(wei(ETH), 120) * wei(119) / wei(100);
    assert_eq!(found.remaining_eth_budget, wei(1_000 * ETH) - cost.eth_to_lock - dropped);
    assert_eq!(queue.last_finalized_id(), 36);
    assert_eq!(queue.unfinalized_steth(), wei(8 * ETH));
    assert_eq!(search(&queue, 119, 1_000 * ETH).last_request_ids, (37..=44).collect::<Vec<_>>());
}

/// MECHANICS 4.1: requests with the same report merge, even across the maximum rate.
#[test]
fn mechanics_4_1_requests_of_one_report_are_one_batch_even_across_the_maximum_rate() {
    let request = |queue: &mut WithdrawalQueue, rate: u128| {
        queue.request(wei(ETH), shares(wei(ETH), rate), 2_000).expect("in range")
    };
    let mut one = WithdrawalQueue::default();
    one.report(1_000);
    let mut two = one.clone();
    request(&mut one, 118);
    request(&mut one, 121);
    request(&mut two, 118);
    two.report(1_500);
    request(&mut two, 121);
    assert_eq!(search(&one, 120, 10 * ETH).last_request_ids, [2]);
    assert_eq!(search(&two, 120, 10 * ETH).last_request_ids, [1, 2]);
    // On average the merged ones are below the maximum rate: both are locked in full, but each is paid by its own
    // rate.
    let merged = finalize_all(&mut one, 120);
    let apart = finalize_all(&mut two, 120);
    assert_eq!(merged.eth_to_lock, wei(2 * ETH));
    assert_eq!(apart.eth_to_lock, wei(ETH) + shares(wei(ETH), 121) * wei(120) / wei(100));
    for id in [1, 2] {
        assert_eq!(one.claim(id, 1), two.claim(id, 1));
    }
    assert_eq!(two.locked_ether(), U256::ZERO);
    assert_eq!(one.locked_ether(), merged.eth_to_lock - apart.eth_to_lock, "the rest stays");
}

/// MECHANICS 4.1: a request is 100 wei to 1000 stETH.
#[test]
fn mechanics_4_1_requests_have_a_least_and_a_most() {
    let mut queue = WithdrawalQueue::default();
    assert_eq!((MIN_REQUEST, MAX_REQUEST), (wei(100), wei(1_000 * ETH)));
    let (small, large) = (MIN_REQUEST - U256::ONE, MAX_REQUEST + U256::ONE);
    assert_eq!(queue.request(small, small, 0), Err(QueueError::RequestAmountTooSmall(small)));
    assert_eq!(queue.request(large, large, 0), Err(QueueError::RequestAmountTooLarge(large)));
    assert_eq!(queue.request(MIN_REQUEST, MIN_REQUEST, 0), Ok(1));
    assert_eq!(queue.request(MAX_REQUEST, U256::ONE << 127, 0), Ok(2));
    let overflow = Err(QueueError::Arithmetic(ArithmeticError::Overflow));
    assert_eq!(queue.request(MAX_REQUEST, U256::ONE << 127, 0), overflow);
    assert_eq!(queue.request(MAX_REQUEST, U256::MAX, 0), overflow);
    assert_eq!(queue.last_request_id(), 2);
}

/// MECHANICS 4.1: finalise while the request is old enough and its cost is in the budget.
#[test]
fn mechanics_4_1_the_budget_and_the_border_end_the_search() {
    let queue = queue_of(10 * ETH, [100; 5]);
    for (budget, taken, left) in
        [(10 * ETH - 1, None, 10 * ETH - 1), (10 * ETH, Some(1), 0), (49 * ETH, Some(4), 9 * ETH)]
    {
        let found = search(&queue, 100, budget);
        assert_eq!(found.last_request_ids.last().copied(), taken);
        assert_eq!(found.remaining_eth_budget, wei(left));
        assert!(found.finished);
    }
    // Requests are made at 1001, 2001, ...
    let until = |border| {
        let begun = Batches::with_budget(wei(1_000 * ETH));
        queue.batches(wei(100 * CENT), border, 1_000, begun).expect("a budget").last_request_ids
    };
    assert_eq!(until(1_000), [] as [u64; 0]);
    assert_eq!(until(3_001), [3]);
    assert_eq!(until(u64::MAX), [5]);
}

#[test]
fn a_search_that_is_over_or_has_no_budget_is_refused() {
    let queue = queue_of(10 * ETH, [100; 5]);
    let again = |search| queue.batches(wei(100 * CENT), u64::MAX, 1, search);
    assert_eq!(again(Batches::with_budget(U256::ZERO)), Err(FinalizationError::InvalidState));
    assert_eq!(again(search(&queue, 100, 1_000 * ETH)), Err(FinalizationError::InvalidState));
    // Used up to the wei between two calls.
    let one = again(Batches::with_budget(wei(10 * ETH))).expect("a budget");
    assert!(!one.finished && one.remaining_eth_budget.is_zero());
    assert_eq!(again(one), Err(FinalizationError::InvalidState));
    let foreign = Batches { last_request_ids: vec![9], ..Batches::with_budget(wei(ETH)) };
    assert_eq!(again(foreign), Err(FinalizationError::InvalidRequestId(9)));
}

#[test]
fn batches_must_be_in_order_and_wait() {
    let mut queue = queue_of(10 * ETH, [100; 5]);
    queue.finalize(2, wei(20 * ETH), wei(100 * CENT)).expect("in range");
    let cost = |batches: &[u64]| queue.prefinalize(batches, wei(100 * CENT));
    assert_eq!(cost(&[]), Err(FinalizationError::EmptyBatches));
    assert_eq!(cost(&[2, 5]), Err(FinalizationError::InvalidRequestId(2)));
    assert_eq!(cost(&[3, 6]), Err(FinalizationError::InvalidRequestId(6)));
    assert_eq!(cost(&[4, 3]), Err(FinalizationError::BatchesAreNotSorted));
    assert_eq!(cost(&[4, 4]), Err(FinalizationError::BatchesAreNotSorted));
    let underflow = FinalizationError::Arithmetic(ArithmeticError::Underflow);
    assert_eq!(cost(&[7, 5]), Err(underflow));
    assert_eq!(queue.prefinalize(&[5], U256::ZERO), Err(FinalizationError::ZeroShareRate));
    assert_eq!(cost(&[3, 5]).map(|cost| cost.eth_to_lock), Ok(wei(30 * ETH)));

    let rate = wei(100 * CENT);
    assert_eq!(queue.finalize(2, U256::ZERO, rate), Err(FinalizationError::InvalidRequestId(2)));
    assert_eq!(queue.finalize(6, U256::ZERO, rate), Err(FinalizationError::InvalidRequestId(6)));
    let (sent, expected) = (wei(10 * ETH + 1), wei(10 * ETH));
    let too_much = FinalizationError::TooMuchEtherToFinalize { sent, expected };
    assert_eq!(queue.finalize(3, sent, rate), Err(too_much));
    assert_eq!(queue.finalize(3, expected, rate), Ok(()));
    assert_eq!(queue.unfinalized_steth(), wei(20 * ETH));
}

#[test]
fn a_claim_needs_the_checkpoint_of_its_request_and_is_paid_once() {
    let mut queue = queue_of(10 * ETH, [100; 6]);
    for (last, rate) in [(2, 99), (3, 98), (5, 97)] {
        queue.finalize(last, wei(9 * ETH), wei(rate * CENT)).expect("in range");
    }
    let from: Vec<u64> = queue.checkpoints().iter().map(|checkpoint| checkpoint.from_request_id).collect();
    assert_eq!(from, [1, 3, 4]);
    for (id, hint) in [(1, 1), (2, 1), (3, 2), (4, 3), (5, 3)] {
        assert_eq!(queue.checkpoint_of(id, 1, 3), Ok(Some(hint)));
        for wrong in [0, 1, 2, 3, 4, u64::MAX] {
            if wrong != hint {
                assert_eq!(queue.claim(id, wrong), Err(QueueError::InvalidHint(wrong)), "{id}");
            }
        }
    }
    assert_eq!(queue.checkpoint_of(4, 1, 2), Ok(None));
    assert_eq!(queue.checkpoint_of(1, 2, 3), Ok(None));
    assert_eq!(queue.checkpoint_of(1, 3, 2), Ok(None));
    assert_eq!(queue.checkpoint_of(1, 0, 3), Err(QueueError::InvalidRequestIdRange(0, 3)));
    assert_eq!(queue.checkpoint_of(1, 1, 4), Err(QueueError::InvalidRequestIdRange(1, 4)));
    for (id, error) in [
        (0, QueueError::InvalidRequestId(0)),
        (6, QueueError::RequestNotFoundOrNotFinalized(6)),
        (7, QueueError::RequestNotFoundOrNotFinalized(7)),
    ] {
        assert_eq!(queue.claim(id, 3), Err(error));
        assert_eq!(queue.claimable_ether(id, 3), Err(error));
        assert_eq!(queue.checkpoint_of(id, 1, 3), Err(error));
    }
    assert_eq!(queue.claim(3, 2), Ok(wei(98 * ETH / 10)));
    assert_eq!(queue.claim(3, 2), Err(QueueError::RequestAlreadyClaimed(3)));
    assert_eq!(queue.locked_ether(), wei(27 * ETH - 98 * ETH / 10));
    // Locked too little on purpose: the payment that is not covered is refused.
    assert_eq!(queue.claim(1, 1), Ok(wei(99 * ETH / 10)));
    let underflow = QueueError::Arithmetic(ArithmeticError::Underflow);
    assert_eq!(queue.claim(2, 1), Err(underflow));
    assert_eq!(queue.claim(2, 1), Err(underflow), "the refusal did not mark it as paid");
}

#[test]
fn a_request_without_shares_cannot_be_finalised() {
    let mut queue = WithdrawalQueue::default();
    queue.request(MIN_REQUEST, U256::ZERO, 1).expect("in range");
    let no_rate = FinalizationError::Arithmetic(ArithmeticError::DivisionByZero);
    assert_eq!(queue.prefinalize(&[1], wei(CENT)), Err(no_rate));
    let begun = Batches::with_budget(wei(ETH));
    assert_eq!(queue.batches(wei(CENT), u64::MAX, 10, begun), Err(no_rate));
}
