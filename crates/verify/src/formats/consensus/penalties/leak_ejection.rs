//! A validator that is offline in a leak until it is ejected and has left; nobody leaves before it.
//!
//! Keys: `fork`, `total_active_balance` (at the start, the validator included), `effective_balance`, `balance`, `start_epoch`, and
//! `credentials` where they are not 0x01; results `ejected_at_step`, `ejected_at_epoch`, `exit_epoch`, `withdrawable_epoch`,
//! `final_balance`, and `checkpoints` after so many `epochs` with `epoch`, `balance`, `effective_balance`, `inactivity_score`,
//! `exit_epoch`.

use super::{MOST_EPOCHS, came_to, compare_fields, compounding, fork};
use crate::Record;
use crate::formats::Format;
use crate::words::{FieldError, list, small};
use pegstress_exact::consensus::attestation::{ParticipatingBalances, Participation};
use pegstress_exact::consensus::exits::{ExitQueue, Stake};
use pegstress_exact::consensus::fork::Fork;
use pegstress_exact::consensus::settlement::EpochEnd;
use pegstress_exact::consensus::validator::{Validator, ValidatorError};
use serde_json::Value;

pub(super) const FORMAT: Format = Format {
    name: "Inactivity leaks with ejection",
    recognise: |document| document.some_case_has(&["ejected_at_step", "checkpoints"]),
    exact: |document, record| record.each_case(document, compare),
    lanes: None,
};

/// The validator after each step, and the step in which it was ejected.
struct Followed {
    after: Vec<Validator>,
    ejected_at_step: Option<u64>,
}

fn follow(
    fork: Fork,
    mut validator: Validator,
    ballast: u64,
    start: u64,
    steps: u64,
) -> Result<Followed, ValidatorError> {
    let mut queue = ExitQueue::empty(fork);
    let mut followed = Followed { after: Vec::new(), ejected_at_step: None };
    for step in 1..=steps {
        let epoch = start.checked_add(step - 1).ok_or(ValidatorError::Overflow)?;
        let own = if validator.is_active(epoch) { validator.effective_balance } else { 0 };
        let total_active_balance = ballast.checked_add(own).ok_or(ValidatorError::Overflow)?;
        let end = EpochEnd {
            fork,
            epoch,
            total_active_balance,
            participating: ParticipatingBalances { source: ballast, target: ballast, head: ballast },
            leaking: true,
        };
        end.settle(&mut validator, Participation::NONE)?;
        let stake = Stake { total_active_balance, active_validators: 1 };
        if validator.eject_if_low(&mut queue, epoch, stake)? {
            followed.ejected_at_step = Some(step);
        }
        validator.update_effective_balance(fork)?;
        followed.after.push(validator);
    }
    Ok(followed)
}

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let total_active_balance = small(case, "total_active_balance")?;
    let effective_balance = small(case, "effective_balance")?;
    let ballast = total_active_balance.checked_sub(effective_balance).ok_or_else(|| {
        FieldError::new("total_active_balance", "not below effective_balance", total_active_balance)
    })?;
    let compounding = case.get("credentials").is_some() && compounding(case)?;
    let validator = Validator::active(effective_balance, small(case, "balance")?, compounding);
    let start = small(case, "start_epoch")?;
    let checkpoints = list(case, "checkpoints")?;
    let mut steps = 0;
    for checkpoint in checkpoints {
        steps = steps.max(small(checkpoint, "epochs")?);
    }
    if steps > MOST_EPOCHS {
        return Err(FieldError::new("checkpoints", "up to 1048576 steps", steps));
    }
    let followed = came_to(record, place, follow(fork(case)?, validator, ballast, start, steps));
    let Some(Followed { after, ejected_at_step }) = followed else { return Ok(()) };
    let last = after.last().ok_or_else(|| FieldError::new("checkpoints", "one step or more", steps))?;
    let ejected = ejected_at_step.ok_or("never");
    let ejected_at_epoch = ejected.map(|step| start.saturating_add(step - 1));
    let of = |key: &'static str| move || format!("{place}.{key}");
    record.check("epochs", of("ejected_at_step"), Some(small(case, "ejected_at_step")?), ejected);
    let stated = small(case, "ejected_at_epoch")?;
    record.check("epochs", of("ejected_at_epoch"), Some(stated), ejected_at_epoch);
    let fields = [
        ("epochs", "exit_epoch", last.exit_epoch),
        ("epochs", "withdrawable_epoch", last.withdrawable_epoch),
        ("balances", "final_balance", last.balance),
    ];
    compare_fields(record, place, case, &fields)?;
    record.each(&format!("{place}.checkpoints"), checkpoints, |record, place, checkpoint| {
        let step = small(checkpoint, "epochs")?;
        let validator = step.checked_sub(1).and_then(|at| after.get(usize::try_from(at).ok()?));
        let validator = validator.ok_or_else(|| FieldError::new("epochs", "a step from 1 on", step))?;
        let fields = [
            ("epochs", "epoch", start.saturating_add(step - 1)),
            ("balances", "balance", validator.balance),
            ("effective balances", "effective_balance", validator.effective_balance),
            ("inactivity scores", "inactivity_score", validator.inactivity_score),
            ("epochs", "exit_epoch", validator.exit_epoch),
        ];
        compare_fields(record, place, checkpoint, &fields)
    });
    Ok(())
}
