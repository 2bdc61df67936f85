//! How long the withdrawal sweep of Electra takes to reach a validator.
//!
//! Keys: those of the sweep's state (`slot`, `next_withdrawal_validator_index`, `validator_count`, `validators`,
//! `pending_partial_withdrawals`), `target_validator`; `found`, `payloads_until_paid` (1 = the first), `slot_paid`,
//! `amounts_to_target` in that payload.

use super::withdrawal_sweep::sweep_of;
use crate::formats::Format;
use crate::words::{FieldError, flag, small, smalls};
use crate::{Document, Record};
use pegstress_exact::consensus::entry_queue::SLOTS_PER_EPOCH;
use pegstress_exact::consensus::registry::FAR_FUTURE_EPOCH;
use pegstress_exact::consensus::withdrawal_sweep::{
    MAX_VALIDATORS_PER_SWEEP, SweepError, SweepRule, WithdrawalSweep,
};
use serde_json::Value;

pub(super) const FORMAT: Format =
    Format { name: "Withdrawal sweep, time to a payment", recognise, exact, lanes: None };

/// More blocks than a round over any chain's validators takes; what is not paid by then counts as never paid.
const MOST_PAYLOADS: u64 = 1_000_000;

fn recognise(document: &Document) -> bool {
    document.some_case_has(&["target_validator", "next_withdrawal_validator_index"])
}

fn exact(document: &Document, record: &mut Record) {
    record.each_case(document, compare);
}

/// The payload that pays the target first.
struct Paid {
    payloads: u64,
    slot: u64,
    amounts: Vec<u64>,
}

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let of = |key: &'static str| move || format!("{place}.{key}");
    let mut sweep = sweep_of(record, place, case, SweepRule::Electra)?;
    let target = small(case, "target_validator")?;
    let at = usize::try_from(target).ok().filter(|&at| at < sweep.validators.len());
    let at = at.ok_or_else(|| FieldError::new("target_validator", "a validator of the case", target))?;
    let found = flag(case, "found")?;
    let first_payment = first_payment(&mut sweep, small(case, "slot")?, at);
    let ours = first_payment.as_ref().map(Option::is_some).map_err(|error| *error);
    let agree = record.check("payments found", of("found"), Some(found), ours);
    let (true, Ok(Some(paid))) = (agree, first_payment) else { return Ok(()) };
    for (key, got) in [("payloads_until_paid", paid.payloads), ("slot_paid", paid.slot)] {
        record.equal("payment times", of(key), small(case, key)?, got);
    }
    let amounts = smalls(case, "amounts_to_target")?;
    record.check_list("amounts", of("amounts_to_target"), &amounts, Ok::<_, SweepError>(&paid.amounts));
    Ok(())
}

/// Goes on until the target is paid, or until a whole round has passed without any payment after everything that can pay
/// it was due: balances stay, so it never will be.
fn first_payment(
    sweep: &mut WithdrawalSweep,
    first_slot: u64,
    target: usize,
) -> Result<Option<Paid>, SweepError> {
    let all_due = last_due_slot(sweep, target);
    let round = sweep.validators.len().div_ceil(MAX_VALIDATORS_PER_SWEEP);
    let mut quiet = 0;
    for (payloads, slot) in (1..=MOST_PAYLOADS).zip(first_slot..) {
        let payload = sweep.process_payload(slot)?;
        let to_target = payload.withdrawals.iter().filter(|paid| paid.validator == target);
        let amounts: Vec<_> = to_target.map(|paid| paid.amount).collect();
        if !amounts.is_empty() {
            return Ok(Some(Paid { payloads, slot, amounts }));
        }
        let is_quiet = payload.withdrawals.is_empty() && payload.partials_processed == 0;
        quiet = if is_quiet && slot >= all_due { quiet + 1 } else { 0 };
        if quiet > round {
            break;
        }
    }
    Ok(None)
}

/// The slot from which on nothing of what may pay the target, or stand before it, waits for an epoch.
fn last_due_slot(sweep: &WithdrawalSweep, target: usize) -> u64 {
    let partials = sweep.pending_partials.iter().map(|partial| partial.withdrawable_epoch);
    let exit = Some(sweep.validators[target].withdrawable_epoch).filter(|&epoch| epoch != FAR_FUTURE_EPOCH);
    partials.chain(exit).max().unwrap_or(0).saturating_mul(SLOTS_PER_EPOCH)
}
