//! Withdrawal requests: every reason to ignore one, what is queued, and what it costs.

use pegstress_exact::U256;
use pegstress_exact::consensus::churn::ChurnRule;
use pegstress_exact::consensus::exit_clock::{ExitClock, ExitClockError};
use pegstress_exact::consensus::exit_queues::ExitQueues;
use pegstress_exact::consensus::registry::{Credentials, FAR_FUTURE_EPOCH, RegistryEntry};
use pegstress_exact::consensus::withdrawal_fee::{
    MAX_REQUESTS_PER_BLOCK, excess_after_block, withdrawal_request_fee,
};
use pegstress_exact::consensus::withdrawal_request::{
    Ignored, PENDING_PARTIALS_LIMIT, RequestContext, RequestOutcome, VoluntaryExitError, WithdrawalRequest,
    process_voluntary_exit, process_withdrawal_request,
};

const ETH: u64 = 1_000_000_000;

fn validator() -> RegistryEntry {
    RegistryEntry {
        credentials: Credentials::Compounding,
        effective_balance: 100 * ETH,
        balance: 100 * ETH + 7,
        activation_epoch: 744,
        exit_epoch: FAR_FUTURE_EPOCH,
        withdrawable_epoch: FAR_FUTURE_EPOCH,
    }
}

fn context() -> RequestContext {
    RequestContext {
        current_epoch: 1000,
        total_active_balance: 42_000_000 * ETH,
        pending_of_validator: 0,
        pending_partials: 0,
    }
}

fn queues() -> ExitQueues {
    let exits = ExitClock { earliest_exit_epoch: 1100, exit_balance_to_consume: 50 * ETH };
    ExitQueues::new(ChurnRule::Electra, exits)
}

fn request(amount: u64) -> WithdrawalRequest {
    WithdrawalRequest { is_from_credentials: true, amount }
}

/// The reason for which a request is ignored; validator and queues must not have changed.
fn reason(
    request: WithdrawalRequest,
    edit: impl FnOnce(&mut RegistryEntry),
    context: RequestContext,
) -> Option<Ignored> {
    let (mut of, mut queues) = (validator(), queues());
    edit(&mut of);
    let before = (of, queues);
    match process_withdrawal_request(request, Some(&mut of), context, &mut queues).expect("in range") {
        RequestOutcome::Ignored(reason) => {
            assert_eq!((of, queues), before, "{reason}");
            Some(reason)
        }
        RequestOutcome::ExitInitiated | RequestOutcome::PartialQueued { .. } => None,
    }
}

/// MECHANICS 1.5: who may ask for what.
#[test]
fn mechanics_1_5_every_reason_to_ignore_a_request_at_its_edge() {
    let pending = |gwei| RequestContext { pending_of_validator: gwei, ..context() };
    let full = RequestContext { pending_partials: PENDING_PARTIALS_LIMIT, ..context() };
    for amount in [0, ETH] {
        let asked = request(amount);
        assert_eq!(reason(asked, |_| {}, context()), None);
        assert_eq!(
            reason(asked, |of| of.credentials = Credentials::Key, context()),
            Some(Ignored::NoAddress)
        );
        let stranger = WithdrawalRequest { is_from_credentials: false, amount };
        assert_eq!(reason(stranger, |_| {}, context()), Some(Ignored::WrongSource));
        assert_eq!(reason(asked, |of| of.activation_epoch = 1001, context()), Some(Ignored::Inactive));
        assert_eq!(reason(asked, |of| of.exit_epoch = 1000, context()), Some(Ignored::Inactive));
        assert_eq!(reason(asked, |of| of.exit_epoch = 1001, context()), Some(Ignored::Exiting));
        assert_eq!(reason(asked, |of| of.activation_epoch = 745, context()), Some(Ignored::TooYoung));
    }
    // An exit of 0x01 credentials, below 32 ETH, while the queue of partials is full: all allowed.
    assert_eq!(reason(request(0), |of| of.credentials = Credentials::Address, context()), None);
    assert_eq!(reason(request(0), |of| of.effective_balance = 17 * ETH, context()), None);
    assert_eq!(reason(request(0), |_| {}, full), None);
    assert_eq!(reason(request(0), |_| {}, pending(1)), Some(Ignored::PartialsPending));

    assert_eq!(reason(request(1), |_| {}, full), Some(Ignored::QueueFull));
    let one = |of: &mut RegistryEntry| of.credentials = Credentials::Address;
    assert_eq!(reason(request(1), one, context()), Some(Ignored::NotCompounding));
    let low = |of: &mut RegistryEntry| of.effective_balance = 31 * ETH;
    assert_eq!(reason(request(1), low, context()), Some(Ignored::LowEffectiveBalance));
    assert_eq!(reason(request(1), |of| of.effective_balance = 32 * ETH, context()), None);
    assert_eq!(reason(request(1), |of| of.balance = 32 * ETH, context()), Some(Ignored::NoExcess));
    assert_eq!(reason(request(1), |of| of.balance = 32 * ETH + 1, context()), None);
    assert_eq!(reason(request(1), |_| {}, pending(68 * ETH + 7)), Some(Ignored::NoExcess));
    assert_eq!(reason(request(1), |_| {}, pending(68 * ETH + 6)), None);

    let nobody = process_withdrawal_request(request(0), None, context(), &mut queues());
    assert_eq!(nobody, Ok(RequestOutcome::Ignored(Ignored::UnknownValidator)));
}

/// MECHANICS 1.5: `min(balance - 32 - pending, amount)` on the exit clock, due 256 epochs after its epoch.
#[test]
fn mechanics_1_5_a_partial_takes_exit_churn_and_at_most_what_is_not_pending() {
    let mut of = validator();
    for (amount, pending, queued, exit, left) in [
        (ETH, 0, ETH, 1100, 49 * ETH),
        (u64::MAX, 0, 68 * ETH + 7, 1101, 50 * ETH + 256 * ETH - 68 * ETH - 7),
        (30 * ETH, 58 * ETH, 10 * ETH + 7, 1100, 40 * ETH - 7),
    ] {
        let mut queues = queues();
        let context = RequestContext { pending_of_validator: pending, ..context() };
        let outcome = process_withdrawal_request(request(amount), Some(&mut of), context, &mut queues);
        let withdrawable_epoch = exit + 256;
        assert_eq!(outcome, Ok(RequestOutcome::PartialQueued { amount: queued, withdrawable_epoch }));
        let clock = ExitClock { earliest_exit_epoch: exit, exit_balance_to_consume: left };
        assert_eq!(queues.exits, clock);
        assert_eq!(of, validator(), "the balance leaves when it is paid");
    }
}

/// MECHANICS 1.5: voluntary exits are refused while partials are pending.
#[test]
fn mechanics_1_5_a_voluntary_exit_waits_for_pending_partials() {
    let (mut of, mut queues) = (validator(), queues());
    let pending = RequestContext { pending_of_validator: 1, ..context() };
    let refused = |reason| Err(VoluntaryExitError::Refused(reason));
    assert_eq!(process_voluntary_exit(&mut of, pending, &mut queues), refused(Ignored::PartialsPending));
    // 100 ETH against a budget of 50: one epoch later.
    assert_eq!(process_voluntary_exit(&mut of, context(), &mut queues), Ok(1101));
    assert_eq!((of.exit_epoch, of.withdrawable_epoch), (1101, 1357));
    assert_eq!(process_voluntary_exit(&mut of, context(), &mut queues), refused(Ignored::Exiting));
    // An exit that has begun takes nothing out of the clock again.
    let before = queues;
    assert_eq!(queues.initiate_exit(1000, 42_000_000 * ETH, &mut of), Ok(1101));
    assert_eq!(queues, before);
}

#[test]
fn a_request_whose_epoch_overflows_changes_nothing() {
    let mut of = validator();
    let exits = ExitClock { earliest_exit_epoch: u64::MAX - 10, exit_balance_to_consume: 200 * ETH };
    let mut queues = ExitQueues::new(ChurnRule::Electra, exits);
    for amount in [0, ETH] {
        let outcome = process_withdrawal_request(request(amount), Some(&mut of), context(), &mut queues);
        assert_eq!(outcome, Err(ExitClockError::Overflow));
        assert_eq!((of, queues.exits), (validator(), exits));
    }
}

/// MECHANICS 1.5: the fee in wei at five sizes of the excess.
#[test]
fn mechanics_1_5_fee_table() {
    for (excess, wei) in [(0, 1_u64), (17, 2), (34, 7), (100, 357), (200, 128_545)] {
        assert_eq!(withdrawal_request_fee(excess), Ok(U256::from(wei)), "at {excess}");
    }
    // The last excess whose terms fit 256 bits, found with unbounded integers.
    assert!(withdrawal_request_fee(2892).is_ok() && withdrawal_request_fee(2893).is_err());
    assert!(withdrawal_request_fee(u64::MAX).is_err());
}

/// MECHANICS 1.5: target 2 per block, at most 16 of them taken out of the queue.
#[test]
fn mechanics_1_5_the_fee_rises_above_two_requests_per_block_and_falls_below() {
    assert_eq!(excess_after_block(0, 2), 0);
    assert_eq!(excess_after_block(0, 1), 0);
    assert_eq!(excess_after_block(5, 0), 3);
    // 14 above the target in every full block: about 15 blocks to 200.
    let after = (0..15).fold(0, |excess, _| excess_after_block(excess, MAX_REQUESTS_PER_BLOCK));
    assert_eq!(after, 210);
}
