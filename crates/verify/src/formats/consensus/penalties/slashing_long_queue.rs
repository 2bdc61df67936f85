//! Slashings behind an exit queue that may be so long that the slashing has left the vector before its correlation penalty.
//!
//! Keys: `fork`, `slashed_at_epoch`, `effective_balance`, `ballast_effective_balance` (the other stake), `earliest_exit_epoch`,
//! `exit_balance_to_consume`, `other_slashings`; results `per_epoch_churn`, `exit_epoch`, `withdrawable_epoch`,
//! `correlation_epoch`, `sum_slashings_in_vector_at_correlation`, `own_slashing_still_in_vector`, `slot_value_for_s_at_e`,
//! `total_active_balance_at_correlation`, `correlation_penalty`.

use super::super::rows::exit_clock;
use super::{came_to, compare_fields, fork, slashings, stake_beside};
use crate::Record;
use crate::formats::Format;
use crate::words::{FieldError, flag, small};
use pegstress_exact::consensus::exits::{ExitQueue, Stake};
use pegstress_exact::consensus::slashing::correlation_epoch;
use pegstress_exact::consensus::slashings_vector::SlashingsVector;
use pegstress_exact::consensus::validator::Validator;
use serde_json::Value;

pub(super) const FORMAT: Format = Format {
    name: "Slashings behind a long exit queue",
    recognise: |document| document.some_case_has(&["slot_value_for_s_at_e"]),
    exact: |document, record| record.each_case(document, compare),
    lanes: None,
};

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let (fork, slashed_at) = (fork(case)?, small(case, "slashed_at_epoch")?);
    let rule = fork.churn_rule().ok_or_else(|| FieldError::new("fork", "electra or later", fork.name()))?;
    let effective_balance = small(case, "effective_balance")?;
    let ballast = small(case, "ballast_effective_balance")?;
    let (total_active_balance, clock) = (stake_beside(ballast, effective_balance)?, exit_clock(case)?);
    let stake = Stake { total_active_balance, active_validators: 2 };
    let mut validator = Validator::active(effective_balance, effective_balance, false);
    let mut queue = ExitQueue::ByBalance(rule, clock);
    let mut own = SlashingsVector::default();
    let slashed = validator.slash(fork, &mut queue, &mut own, slashed_at, stake);
    if came_to(record, place, slashed).is_none() {
        return Ok(());
    }
    let Some(at) = correlation_epoch(validator.withdrawable_epoch) else {
        return Err(FieldError::new("slashed_at_epoch", "an epoch of a chain", slashed_at));
    };
    own.reset_after_each(slashed_at..at);
    let mut amounts = slashings(case, "other_slashings")?;
    let amount = amounts.entry(slashed_at).or_default();
    *amount = amount.saturating_add(effective_balance);
    let Some(vector) = came_to(record, place, SlashingsVector::at_end_of(at, &amounts)) else {
        return Ok(());
    };
    let active_then = if validator.is_active(at) { total_active_balance } else { ballast };
    let penalty = validator.charge_correlation(fork, at, vector.sum(), active_then);
    let Some(penalty) = came_to(record, place, penalty) else { return Ok(()) };
    let still = flag(case, "own_slashing_still_in_vector")?;
    let own_place = || format!("{place}.own_slashing_still_in_vector");
    record.equal("slashings vector", own_place, still, own.entry(slashed_at) > 0);
    let fields = [
        ("churn limits", "per_epoch_churn", rule.exit_churn(total_active_balance)),
        ("epochs", "exit_epoch", validator.exit_epoch),
        ("epochs", "withdrawable_epoch", validator.withdrawable_epoch),
        ("epochs", "correlation_epoch", at),
        ("slashings vector", "sum_slashings_in_vector_at_correlation", vector.sum()),
        ("slashings vector", "slot_value_for_s_at_e", vector.entry(slashed_at)),
        ("stakes", "total_active_balance_at_correlation", active_then),
        ("penalties", "correlation_penalty", penalty),
    ];
    compare_fields(record, place, case, &fields)
}
