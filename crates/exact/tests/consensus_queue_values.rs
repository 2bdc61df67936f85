//! The entry queue, the withdrawal sweep and its cycle against published figures and the spec's edges.

use pegstress_exact::consensus::consolidation_clock::ConsolidationClock;
use pegstress_exact::consensus::entry_queue::{
    EntryQueue, EntryQueueOverflow, PendingDeposit, Recipient, activation_eligibility_epoch, activation_epoch,
};
use pegstress_exact::consensus::exit_clock::ExitClockError;
use pegstress_exact::consensus::registry::{Credentials, FAR_FUTURE_EPOCH, RegistryEntry};
use pegstress_exact::consensus::sweep_cycle::{
    full_cycle_slots, full_cycle_slots_with_saturated_partials, lido_sweep_delay_epochs,
};
use pegstress_exact::consensus::withdrawal_sweep::{
    MAX_WITHDRAWALS_PER_PAYLOAD, PendingPartial, SweepError, SweepRule, WithdrawalSweep,
};

const ETH: u64 = 1_000_000_000;
const SLOTS_PER_DAY: f64 = 7200.0;

fn deposits(amounts_eth: &[u64]) -> EntryQueue {
    let pending = amounts_eth.iter().zip(1..).map(|(eth, validator)| PendingDeposit {
        validator,
        amount: eth * ETH,
        slot: 1,
    });
    EntryQueue { pending: pending.collect(), deposit_balance_to_consume: 0 }
}

fn amounts_eth(credited: &[PendingDeposit]) -> Vec<u64> {
    credited.iter().map(|deposit| deposit.amount / ETH).collect()
}

/// MECHANICS 1.4: 2,262,825 ETH at 256 ETH per epoch are 39.29 days.
#[test]
fn mechanics_1_4_the_entry_queue_of_august_2026_takes_39_days() {
    // 70,713 deposits of 32 ETH and one of 9: eight of them fill an epoch.
    let mut all = vec![32; 70_713];
    all.push(9);
    let mut queue = deposits(&all);
    let mut epochs = 0;
    while !queue.pending.is_empty() {
        queue.process_epoch(1, 256 * ETH, |_| Recipient::Staying).expect("in range");
        epochs += 1;
    }
    assert_eq!(epochs, 2_262_825_u64.div_ceil(256));
    let days = epochs as f64 * 384.0 / 86_400.0;
    assert!(
        (days - 39.29).abs() < 0.005 + 1.0 / 225.0,
        "{days}, the table's rounding and a part of an epoch"
    );
}

/// MECHANICS 1.4: with deposits below 16 ETH each the limit of 16 per epoch binds, and nothing is carried over.
#[test]
fn mechanics_1_4_small_deposits_are_limited_by_their_number() {
    let mut queue = deposits(&[15; 40]);
    for left in [24, 8, 0, 0] {
        queue.process_epoch(1, 256 * ETH, |_| Recipient::Staying).expect("in range");
        assert_eq!((queue.pending.len(), queue.deposit_balance_to_consume), (left, 0));
    }
}

/// MECHANICS 1.4: unused churn carries over only if the amount stopped the work.
#[test]
fn mechanics_1_4_churn_is_carried_over_for_a_deposit_that_does_not_fit() {
    let mut queue = deposits(&[100, 600, 10]);
    let mut step = || queue.process_epoch(1, 256 * ETH, |_| Recipient::Staying).map(|all| amounts_eth(&all));
    assert_eq!(step(), Ok(vec![100]));
    assert_eq!(step(), Ok(vec![]));
    assert_eq!(step(), Ok(vec![600, 10]), "156 + 256 + 256 ETH");
    assert_eq!(queue.deposit_balance_to_consume, 0);

    // Not final: the work stops, the churn lapses.
    let mut queue = deposits(&[100, 10]);
    queue.pending[1].slot = 33;
    queue.process_epoch(1, 256 * ETH, |_| Recipient::Staying).expect("in range");
    assert_eq!((queue.pending.len(), queue.deposit_balance_to_consume), (1, 0));
}

/// MECHANICS 1.4: postponed and free deposits count towards the 16 but take no churn.
#[test]
fn mechanics_1_4_deposits_to_leaving_validators_are_postponed_and_those_to_withdrawable_free() {
    let mut queue = deposits(&[500; 40]);
    let recipient = |validator: u64| match validator {
        3..=9 => Recipient::Leaving,
        _ => Recipient::Withdrawable,
    };
    let credited = queue.process_epoch(1, 128 * ETH, recipient).expect("in range");
    let who: Vec<_> = credited.iter().map(|deposit| deposit.validator).collect();
    assert_eq!(who, [1, 2, 10, 11, 12, 13, 14, 15, 16]);
    let behind: Vec<_> = queue.pending.iter().skip(24).map(|deposit| deposit.validator).collect();
    assert_eq!(behind, [3, 4, 5, 6, 7, 8, 9]);
    assert_eq!(queue.pending[0].validator, 17);

    assert_eq!(Recipient::of(FAR_FUTURE_EPOCH, FAR_FUTURE_EPOCH, 100), Recipient::Staying);
    assert_eq!(Recipient::of(50, 101, 100), Recipient::Leaving);
    assert_eq!(Recipient::of(50, 100, 100), Recipient::Withdrawable, "withdrawable before epoch 101 begins");
}

/// MECHANICS 1.4: eligible from the next epoch, activated once that is final, active five epochs later.
#[test]
fn mechanics_1_4_a_new_validator_is_active_five_epochs_after_its_eligibility_is_final() {
    assert_eq!(activation_eligibility_epoch(100, 32 * ETH - 1), Ok(None));
    assert_eq!(activation_eligibility_epoch(100, 32 * ETH), Ok(Some(101)));
    assert_eq!(activation_epoch(101, 101, 100), Ok(None));
    assert_eq!(activation_epoch(102, 101, 101), Ok(Some(107)));
    assert_eq!(activation_eligibility_epoch(u64::MAX, 32 * ETH), Err(ExitClockError::Overflow));
    assert_eq!(activation_epoch(u64::MAX, 0, 0), Err(ExitClockError::Overflow));
}

#[test]
fn an_entry_queue_beyond_64_bits_is_refused_and_left_alone() {
    let mut queue = deposits(&[100, 10]);
    queue.pending[1].amount = u64::MAX;
    let before = queue.clone();
    let staying = |_| Recipient::Staying;
    assert_eq!(queue.process_epoch(1, 256 * ETH, staying), Err(EntryQueueOverflow));
    assert_eq!(queue.process_epoch(u64::MAX, 256 * ETH, staying), Err(EntryQueueOverflow));
    queue.deposit_balance_to_consume = u64::MAX;
    assert_eq!(queue.process_epoch(1, 1, staying), Err(EntryQueueOverflow));
    queue.deposit_balance_to_consume = 0;
    assert_eq!(queue, before);
}

#[test]
fn consolidations_without_churn_leave_only_out_of_a_stored_budget() {
    let mut clock =
        ConsolidationClock { earliest_consolidation_epoch: 200, consolidation_balance_to_consume: 40 * ETH };
    assert_eq!(clock.assign(100, 32 * ETH, 0), Ok(200));
    assert_eq!(clock.assign(100, 9 * ETH, 0), Err(ExitClockError::ZeroChurn));
    assert_eq!(clock.consolidation_balance_to_consume, 8 * ETH);
    assert_eq!(clock.assign(100, 9 * ETH, 256 * ETH), Ok(201));
}

/// MECHANICS 1.6: full cycle and mean delay in days at three numbers of payments, and Lido's integer formula.
#[test]
fn mechanics_1_6_cycle_figures() {
    // Half a unit of the last decimal.
    for (paid, full_days, mean_days) in [(900_000, 7.81, 3.91), (600_000, 5.21, 2.60), (300_000, 2.60, 1.30)]
    {
        let days = full_cycle_slots(paid, paid) as f64 / SLOTS_PER_DAY;
        assert!((days - full_days).abs() <= 0.0051, "{paid}: {days} days");
        assert!((days / 2.0 - mean_days).abs() <= 0.0051, "{paid}: {days} / 2 days");
    }
    let saturated = full_cycle_slots_with_saturated_partials(900_000, 900_000) as f64 / SLOTS_PER_DAY;
    assert!((saturated - 15.6).abs() <= 0.051 && (saturated / 2.0 - 7.8).abs() <= 0.051, "{saturated} days");
    // Nobody is owed anything: the bound of 16,384 validators decides.
    assert_eq!(full_cycle_slots(1_000_000, 0), 62);

    assert_eq!(lido_sweep_delay_epochs(900_000, 0), 879);
    // As many partials as payments: ceil(1,800,000 / 512) = 3516.
    assert_eq!(lido_sweep_delay_epochs(900_000, 1_000_000), 1758);
    assert_eq!(lido_sweep_delay_epochs(0, 500), 0);
    // 115,200 withdrawals per day.
    assert_eq!(MAX_WITHDRAWALS_PER_PAYLOAD * 7200, 115_200);
}

/// MECHANICS 1.6: a cycle counted block by block takes what the formula says if payments are spread evenly.
#[test]
fn mechanics_1_6_a_simulated_cycle_takes_what_the_formula_says() {
    let mut sweep = sweep(40_000, |at| if at % 2 == 0 { 33 * ETH } else { 32 * ETH });
    let slots = full_cycle_slots(40_000, 20_000);
    let paid: usize =
        (0..slots).map(|slot| sweep.process_payload(slot).expect("in range").withdrawals.len()).sum();
    assert_eq!((paid, slots), (20_000, 1250));
    assert!(sweep.validators.iter().all(|validator| validator.balance == 32 * ETH));
}

fn sweep(validators: usize, balance: impl Fn(usize) -> u64) -> WithdrawalSweep {
    let validator = |at| RegistryEntry {
        credentials: Credentials::Address,
        effective_balance: 32 * ETH,
        balance: balance(at),
        activation_epoch: 0,
        exit_epoch: FAR_FUTURE_EPOCH,
        withdrawable_epoch: FAR_FUTURE_EPOCH,
    };
    WithdrawalSweep {
        rule: SweepRule::Electra,
        validators: (0..validators).map(validator).collect(),
        pending_partials: [].into(),
        next_withdrawal_index: 1000,
        next_validator: 0,
    }
}

/// MECHANICS 1.6: a skim needs the maximal effective balance; a 0x01 validator with 31 is not skimmed at 32.1 ETH.
#[test]
fn mechanics_1_6_a_skim_needs_the_maximal_effective_balance() {
    let mut all = sweep(4, |_| 32 * ETH + ETH / 10);
    all.validators[1].effective_balance = 31 * ETH;
    all.validators[2].credentials = Credentials::Compounding;
    all.validators[3].credentials = Credentials::Key;
    let paid = |sweep: &WithdrawalSweep| {
        let payload = sweep.expected_payload(0).expect("in range");
        payload.withdrawals.iter().map(|paid| (paid.validator, paid.amount)).collect::<Vec<_>>()
    };
    assert_eq!(paid(&all), [(0, ETH / 10)]);
    for validator in &mut all.validators {
        validator.withdrawable_epoch = 0;
    }
    let whole = 32 * ETH + ETH / 10;
    assert_eq!(paid(&all), [(0, whole), (1, whole), (2, whole)]);
    // Before Electra only 0x01 is paid.
    all.rule = SweepRule::Capella;
    assert_eq!(paid(&all), [(0, whole), (1, whole)]);
}

/// MECHANICS 1.6: behind the last paid of a full payload, else 16384 further, modulo the validators.
#[test]
fn mechanics_1_6_the_cursor_jumps_by_16384_modulo_the_validators() {
    let mut all = sweep(500, |at| if at < 20 { 33 * ETH } else { 32 * ETH });
    let mut step = |slot| {
        let payload = all.process_payload(slot).expect("in range");
        (payload.withdrawals.len(), payload.validators_examined, all.next_validator)
    };
    assert_eq!(step(0), (16, 16, 16));
    assert_eq!(step(1), (4, 500, (16 + 16_384) % 500));
    assert_eq!(step(2), (0, 500, (16 + 2 * 16_384) % 500));
}

/// MECHANICS 1.5: at most 8 partials per block, stopped by the first that is not due; dropped ones take no place.
#[test]
fn mechanics_1_5_partials_wait_for_the_head_of_their_queue() {
    let mut all = sweep(30, |_| 100 * ETH);
    for validator in &mut all.validators {
        validator.credentials = Credentials::Compounding;
        validator.effective_balance = 100 * ETH;
    }
    all.validators[1].exit_epoch = 5;
    let partial = |validator, eth, withdrawable_epoch| PendingPartial {
        validator,
        amount: eth * ETH,
        withdrawable_epoch,
    };
    all.pending_partials = (0..10).map(|at| partial(at, 1, 0)).collect();
    all.pending_partials.extend([partial(9, 60, 0), partial(9, 60, 0), partial(10, 1, 2), partial(11, 1, 0)]);
    let mut step = |slot| {
        let payload = all.process_payload(slot).expect("in range");
        let paid: Vec<_> =
            payload.withdrawals.iter().map(|paid| (paid.validator, paid.amount / ETH)).collect();
        (payload.partials_processed, paid)
    };
    let one = |validators: &[usize]| validators.iter().map(|&at| (at, 1)).collect::<Vec<_>>();
    assert_eq!(step(0), (9, one(&[0, 2, 3, 4, 5, 6, 7, 8])), "the exiting one is dropped");
    assert_eq!(step(1), (3, vec![(9, 1), (9, 60), (9, 7)]), "the last gets what is left above 32 ETH");
    assert_eq!(step(63), (0, vec![]), "epoch 1: the next is due in 2 and blocks the one behind");
    assert_eq!(step(64), (2, one(&[10, 11])));
}

#[test]
fn a_sweep_out_of_its_registry_is_refused_and_changes_nothing() {
    let nobody = sweep(0, |_| 0).process_payload(0);
    assert_eq!(nobody, Err(SweepError::EmptyRegistry));
    let unknown = Err(SweepError::UnknownValidator { validator: 5, validators: 5 });
    let mut all = sweep(5, |_| 33 * ETH);
    all.next_validator = 5;
    assert_eq!(all.clone().process_payload(0), unknown);
    all.next_validator = 0;
    all.pending_partials = [PendingPartial { validator: 5, amount: 1, withdrawable_epoch: 0 }].into();
    assert_eq!(all.clone().process_payload(0), unknown);
    all.pending_partials.clear();
    all.next_withdrawal_index = u64::MAX - 4;
    let before = all.clone();
    assert_eq!(all.process_payload(0), Err(SweepError::Overflow));
    assert_eq!(all, before);
}
