//! One validator that misses some or all of its duties while the chain does not finalise; nobody is ejected.
//!
//! Keys: `id` and `description` (which say what the validator does), `fork`, `total_active_balance` (at the start, the validator
//! included; the others are online), `effective_balance`, `balance`, `credentials`, `epochs`; results
//! `base_reward_per_increment_at_start`, `first_epoch_with_effective_balance_at_or_below_16eth` (the step in which it would be
//! ejected, or null), and `checkpoints` after so many `epochs` with `epoch`, `in_leak`, `inactivity_score`,
//! `inactivity_penalty_this_epoch`, `balance_change_this_epoch` (signed, before the penalty is cut to the balance), `balance`,
//! `effective_balance`.

use super::leak_behaviour::{Behaviour, Leak, candidates};
use super::{came_to, compare_fields, compounding, fork, number};
use crate::Record;
use crate::formats::Format;
use crate::words::{FieldError, flag, list, signed, small, text, word_or_revert};
use pegstress_exact::consensus::attestation::{ParticipatingBalances, base_reward_per_increment};
use pegstress_exact::consensus::exits::EJECTION_BALANCE;
use pegstress_exact::consensus::fork::Fork;
use pegstress_exact::consensus::settlement::{EpochEnd, Settlement};
use pegstress_exact::consensus::validator::{Validator, ValidatorError};
use serde_json::Value;

pub(super) const FORMAT: Format = Format {
    name: "Inactivity leaks",
    recognise: |document| document.some_case_has(&["base_reward_per_increment_at_start", "checkpoints"]),
    exact: |document, record| record.each_case(document, compare),
    lanes: None,
};

/// The case's inputs.
struct Input {
    fork: Fork,
    validator: Validator,
    ballast: u64,
    /// Epoch of the first step.
    start: u64,
    steps: u64,
    leak: Leak,
}

/// An epoch's end.
struct Row {
    leaking: bool,
    effective_balance_at_start: u64,
    settlement: Settlement,
    after: Validator,
}

fn follow(input: &Input, behaviour: Behaviour) -> Result<Vec<Row>, ValidatorError> {
    let mut validator = input.validator;
    let ballast = input.ballast;
    let mut rows = Vec::new();
    for step in 1..=input.steps {
        let epoch = input.start.checked_add(step - 1).ok_or(ValidatorError::Overflow)?;
        let leaking = input.leak.is_on(step, epoch);
        let participation = behaviour.in_step(step, leaking);
        let effective_balance_at_start = validator.effective_balance;
        let total_active_balance =
            ballast.checked_add(effective_balance_at_start).ok_or(ValidatorError::Overflow)?;
        let with = |timely: bool| if timely { total_active_balance } else { ballast };
        let participating = ParticipatingBalances {
            source: with(participation.source),
            target: with(participation.target),
            head: with(participation.head),
        };
        let end = EpochEnd { fork: input.fork, epoch, total_active_balance, participating, leaking };
        let settlement = end.settle(&mut validator, participation)?;
        validator.update_effective_balance(input.fork)?;
        rows.push(Row { leaking, effective_balance_at_start, settlement, after: validator });
    }
    Ok(rows)
}

/// The epoch of the first step, from the first checkpoint.
fn start(checkpoints: &[Value]) -> Result<u64, FieldError> {
    let first = checkpoints.first().ok_or_else(|| FieldError::new("checkpoints", "one or more", "none"))?;
    let (step, epoch) = (small(first, "epochs")?, small(first, "epoch")?);
    epoch
        .checked_add(1)
        .and_then(|next| next.checked_sub(step))
        .ok_or_else(|| FieldError::new("checkpoints", "epochs of a chain", epoch))
}

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let id = text(case, "id")?;
    let checkpoints = list(case, "checkpoints")?;
    let start = start(checkpoints)?;
    let total_active_balance = small(case, "total_active_balance")?;
    let effective_balance = small(case, "effective_balance")?;
    let ballast = total_active_balance.checked_sub(effective_balance).ok_or_else(|| {
        FieldError::new("total_active_balance", "not below effective_balance", total_active_balance)
    })?;
    let input = Input {
        fork: fork(case)?,
        validator: Validator::active(effective_balance, small(case, "balance")?, compounding(case)?),
        ballast,
        start,
        steps: number(case, "epochs")?,
        leak: Leak::read(id, start, checkpoints)?,
    };
    let base_reward = base_reward_per_increment(total_active_balance);
    let Some(base_reward) = came_to(record, place, base_reward) else { return Ok(()) };
    let fields = [("base rewards", "base_reward_per_increment_at_start", base_reward)];
    compare_fields(record, place, case, &fields)?;
    let mut best: Option<Record> = None;
    for behaviour in candidates(id) {
        let mut trial = Record::default();
        if let Some(rows) = came_to(&mut trial, place, follow(&input, behaviour)) {
            compare_rows(&mut trial, place, case, &input, &rows)?;
        }
        if best.as_ref().is_none_or(|best| trial.failed() < best.failed()) {
            best = Some(trial);
        }
    }
    if let Some(best) = best {
        record.absorb(best);
    }
    Ok(())
}

fn compare_rows(
    record: &mut Record,
    place: &str,
    case: &Value,
    input: &Input,
    rows: &[Row],
) -> Result<(), FieldError> {
    let key = "first_epoch_with_effective_balance_at_or_below_16eth";
    let none_or = |step: Option<String>| step.unwrap_or_else(|| "none".to_owned());
    let first = rows.iter().position(|row| row.effective_balance_at_start <= EJECTION_BALANCE);
    let stated = none_or(word_or_revert(case, key)?.map(|step| step.to_string()));
    let ours = none_or(first.map(|at| (at + 1).to_string()));
    record.equal("epochs", || format!("{place}.{key}"), stated, ours);
    let checkpoints = list(case, "checkpoints")?;
    record.each(&format!("{place}.checkpoints"), checkpoints, |record, place, checkpoint| {
        let step = small(checkpoint, "epochs")?;
        let row = step.checked_sub(1).and_then(|at| rows.get(usize::try_from(at).ok()?));
        let row = row.ok_or_else(|| FieldError::new("epochs", "a step of the case", step))?;
        compare_checkpoint(record, place, input.start.saturating_add(step - 1), row, checkpoint)
    });
    Ok(())
}

fn compare_checkpoint(
    record: &mut Record,
    place: &str,
    epoch: u64,
    row: &Row,
    stated: &Value,
) -> Result<(), FieldError> {
    let leaking = flag(stated, "in_leak")?;
    record.equal("leaks", || format!("{place}.in_leak"), leaking, row.leaking);
    let settlement = &row.settlement;
    let change = i128::from(settlement.attestation_reward()) - i128::from(settlement.penalty());
    let key = "balance_change_this_epoch";
    record.equal("penalties", || format!("{place}.{key}"), signed(stated, key)?, change);
    let fields = [
        ("epochs", "epoch", epoch),
        ("inactivity scores", "inactivity_score", row.after.inactivity_score),
        ("penalties", "inactivity_penalty_this_epoch", settlement.inactivity_penalty),
        ("balances", "balance", row.after.balance),
        ("effective balances", "effective_balance", row.after.effective_balance),
    ];
    compare_fields(record, place, stated, &fields)
}
