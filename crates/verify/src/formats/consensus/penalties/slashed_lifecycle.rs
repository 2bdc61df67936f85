//! A slashed validator from the slashing until it can be withdrawn, epoch by epoch, and the same as a set of one.
//!
//! Keys: `fork`, `slashed_at_epoch`, `ballast_effective_balance` (the other stake, online), `effective_balance`, `balance`,
//! `credentials`, `earliest_exit_epoch`, `exit_balance_to_consume`, `other_slashings` (in the vector only), `leak_epochs`; results
//! `total_active_balance_at_start`, `exit_epoch`, `withdrawable_epoch`, `correlation_epoch`, `balance_after_initial_penalty`,
//! `penalised_epochs`, `total_attestation_penalties`, `total_inactivity_penalties`, `correlation_penalty`, `final_balance`,
//! `final_effective_balance`, and `checkpoints` with `epoch`, `offset`, `total_active_balance`, `inactivity_score`,
//! `attestation_penalty`, `inactivity_penalty`, `correlation_penalty`, `balance`, `effective_balance_at_start`, `effective_balance`.

use super::super::rows::exit_clock;
use super::{MOST_EPOCHS, came_to, compare_fields, compounding, fork, number, slashings, stake_beside};
use crate::Record;
use crate::formats::Format;
use crate::words::{FieldError, list, small};
use pegstress_exact::consensus::attestation::{ParticipatingBalances, Participation};
use pegstress_exact::consensus::exits::{ExitQueue, Stake};
use pegstress_exact::consensus::settlement::{EpochEnd, Settlement};
use pegstress_exact::consensus::slashed_set::{LossAt, SlashedSet};
use pegstress_exact::consensus::slashing::correlation_epoch;
use pegstress_exact::consensus::slashings_vector::SlashingsVector;
use pegstress_exact::consensus::validator::{Validator, ValidatorError};
use serde_json::Value;

pub(super) const FORMAT: Format = Format {
    name: "Slashed validators until withdrawal",
    recognise: |document| document.some_case_has(&["penalised_epochs", "checkpoints"]),
    exact: |document, record| record.each_case(document, compare),
    lanes: None,
};

/// An epoch's end.
struct Row {
    total_active_balance: u64,
    effective_balance_at_start: u64,
    settlement: Settlement,
    correlation_penalty: u64,
    after: Validator,
}

/// The set is of one validator; its epochs up to `last`, and its state after the slashing.
fn follow(set: &SlashedSet, ballast: u64, last: u64) -> Result<(Validator, Vec<Row>), ValidatorError> {
    let mut slashings = SlashingsVector::at_end_of(set.epoch, &set.other_slashings)?;
    let (mut validator, mut queue) = (set.validator, set.exit_queue);
    validator.slash(set.fork, &mut queue, &mut slashings, set.epoch, set.stake)?;
    let slashed = validator;
    let mut rows = Vec::new();
    for epoch in set.epoch..=last {
        // Those of the first epoch are in the vector since the start.
        if let Some(&amount) = set.other_slashings.get(&epoch).filter(|_| epoch > set.epoch) {
            slashings.add(epoch, amount)?;
        }
        let own = if validator.is_active(epoch) { validator.effective_balance } else { 0 };
        let total_active_balance = ballast.checked_add(own).ok_or(ValidatorError::Overflow)?;
        let end = EpochEnd {
            fork: set.fork,
            epoch,
            total_active_balance,
            participating: ParticipatingBalances { source: ballast, target: ballast, head: ballast },
            leaking: epoch - set.epoch < set.leak_epochs,
        };
        let effective_balance_at_start = validator.effective_balance;
        let settlement = end.settle(&mut validator, Participation::NONE)?;
        let correlation_penalty =
            validator.charge_correlation(set.fork, epoch, slashings.sum(), total_active_balance)?;
        validator.update_effective_balance(set.fork)?;
        slashings.reset_after(epoch);
        rows.push(Row {
            total_active_balance,
            effective_balance_at_start,
            settlement,
            correlation_penalty,
            after: validator,
        });
    }
    Ok((slashed, rows))
}

fn read_set(case: &Value, ballast: u64) -> Result<SlashedSet, FieldError> {
    let fork = fork(case)?;
    let effective_balance = small(case, "effective_balance")?;
    let (total_active_balance, clock) = (stake_beside(ballast, effective_balance)?, exit_clock(case)?);
    Ok(SlashedSet {
        fork,
        epoch: small(case, "slashed_at_epoch")?,
        validators: 1,
        validator: Validator::active(effective_balance, small(case, "balance")?, compounding(case)?),
        // Before Electra one validator in an empty queue leaves at once, whatever the number of the others.
        stake: Stake { total_active_balance, active_validators: 1 },
        exit_queue: ExitQueue::with_clock(fork, clock),
        other_slashings: slashings(case, "other_slashings")?,
        leak_epochs: number(case, "leak_epochs")?,
    })
}

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let ballast = small(case, "ballast_effective_balance")?;
    let set = read_set(case, ballast)?;
    let checkpoints = list(case, "checkpoints")?;
    let losses = set.losses();
    let Some(losses) = record_losses(record, place, losses) else { return Ok(()) };
    // Beyond the last epoch that costs something there may be checkpoints still.
    let mut last = set.epoch.saturating_add(losses.len() as u64);
    for checkpoint in checkpoints {
        last = last.max(small(checkpoint, "epoch")?);
    }
    if last - set.epoch > MOST_EPOCHS {
        return Err(FieldError::new("checkpoints", "epochs within 1048576 of the slashing", last));
    }
    let followed = came_to(record, place, follow(&set, ballast, last));
    let Some((slashed, rows)) = followed else { return Ok(()) };
    compare_totals(record, place, case, &set, &slashed, &rows)?;
    record.each(&format!("{place}.checkpoints"), checkpoints, |record, place, checkpoint| {
        compare_checkpoint(record, place, &set, &rows, &losses, checkpoint)
    });
    Ok(())
}

fn record_losses<E: std::fmt::Display>(
    record: &mut Record,
    place: &str,
    losses: Result<Vec<LossAt>, E>,
) -> Option<Vec<LossAt>> {
    losses
        .map_err(|error| {
            let wanted = Some("results".to_owned());
            record.check("refused cases", || place.to_owned(), wanted, Err::<String, _>(error));
        })
        .ok()
}

fn compare_totals(
    record: &mut Record,
    place: &str,
    case: &Value,
    set: &SlashedSet,
    slashed: &Validator,
    rows: &[Row],
) -> Result<(), FieldError> {
    let total = |of: fn(&Row) -> u64| rows.iter().map(of).fold(0, u64::saturating_add);
    let correlation = correlation_epoch(slashed.withdrawable_epoch)
        .ok_or_else(|| FieldError::new("slashed_at_epoch", "an epoch of a chain", set.epoch))?;
    let last = rows.last().map_or(*slashed, |row| row.after);
    let fields = [
        ("stakes", "total_active_balance_at_start", set.stake.total_active_balance),
        ("epochs", "exit_epoch", slashed.exit_epoch),
        ("epochs", "withdrawable_epoch", slashed.withdrawable_epoch),
        ("epochs", "correlation_epoch", correlation),
        ("balances", "balance_after_initial_penalty", slashed.balance),
        ("epochs", "penalised_epochs", total(|row| u64::from(row.settlement.attestation_penalty() > 0))),
        ("penalties", "total_attestation_penalties", total(|row| row.settlement.attestation_penalty())),
        ("penalties", "total_inactivity_penalties", total(|row| row.settlement.inactivity_penalty)),
        ("penalties", "correlation_penalty", total(|row| row.correlation_penalty)),
        ("balances", "final_balance", last.balance),
        ("effective balances", "final_effective_balance", last.effective_balance),
    ];
    compare_fields(record, place, case, &fields)
}

fn compare_checkpoint(
    record: &mut Record,
    place: &str,
    set: &SlashedSet,
    rows: &[Row],
    losses: &[LossAt],
    checkpoint: &Value,
) -> Result<(), FieldError> {
    let epoch = small(checkpoint, "epoch")?;
    let offset = epoch
        .checked_sub(set.epoch)
        .ok_or_else(|| FieldError::new("epoch", "not before the slashing", epoch))?;
    let row = usize::try_from(offset).ok().and_then(|at| rows.get(at));
    let row = row.ok_or_else(|| FieldError::new("epoch", "an epoch of the case", epoch))?;
    let fields = [
        ("epochs", "offset", offset),
        ("stakes", "total_active_balance", row.total_active_balance),
        ("inactivity scores", "inactivity_score", row.after.inactivity_score),
        ("penalties", "attestation_penalty", row.settlement.attestation_penalty()),
        ("penalties", "inactivity_penalty", row.settlement.inactivity_penalty),
        ("penalties", "correlation_penalty", row.correlation_penalty),
        ("balances", "balance", row.after.balance),
        ("effective balances", "effective_balance_at_start", row.effective_balance_at_start),
        ("effective balances", "effective_balance", row.after.effective_balance),
    ];
    compare_fields(record, place, checkpoint, &fields)?;
    // After its last epoch the set has lost all it loses.
    let loss = losses.iter().rev().find(|loss| loss.epoch <= epoch).map_or(0, |loss| loss.loss);
    let stated = set.validator.balance.saturating_sub(small(checkpoint, "balance")?);
    record.equal("losses", || format!("{place}.balance (as a loss)"), stated, loss);
    Ok(())
}
