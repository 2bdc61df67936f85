//! Many validators slashed in one epoch: they fill the exit queue themselves, and those at its end pay no correlation penalty.
//!
//! Keys: `fork`, `slashed_at_epoch`, `ballast_effective_balance` (the other stake), `effective_balance` and `count` of those slashed;
//! results `total_active_balance_at_start`, `per_epoch_churn`, `last_exit_epoch`,
//! `validators_whose_correlation_comes_after_the_slashing_left_the_vector`, and for the `order`-th of each of the `samples`
//! `exit_epoch`, `withdrawable_epoch`, `correlation_epoch`, `total_active_balance` and `sum_slashings` of that epoch,
//! `correlation_penalty`.

use super::{came_to, compare_fields, fork, number};
use crate::Record;
use crate::formats::Format;
use crate::words::{FieldError, list, small};
use pegstress_exact::consensus::exits::{ExitQueue, Stake};
use pegstress_exact::consensus::fork::Fork;
use pegstress_exact::consensus::slashing::correlation_epoch;
use pegstress_exact::consensus::slashings_vector::SlashingsVector;
use pegstress_exact::consensus::validator::{Validator, ValidatorError};
use serde_json::Value;

pub(super) const FORMAT: Format = Format {
    name: "Mass slashings",
    recognise: |document| {
        document.some_case_has(&["validators_whose_correlation_comes_after_the_slashing_left_the_vector"])
    },
    exact: |document, record| record.each_case(document, compare),
    lanes: None,
};

/// One of the slashed in its correlation epoch.
struct Charged {
    validator: Validator,
    correlation_epoch: u64,
    total_active_balance: u64,
    slashed_balance: u64,
    penalty: u64,
}

/// The slashed in the order of slashing; effective balances stay what they were.
fn charged(
    fork: Fork,
    slashed_at: u64,
    effective_balance: u64,
    count: u64,
    stake: Stake,
) -> Result<Vec<Charged>, ValidatorError> {
    let mut queue = ExitQueue::empty(fork);
    let mut vector = SlashingsVector::default();
    let mut validators = Vec::new();
    for _ in 0..count {
        let mut validator = Validator::active(effective_balance, effective_balance, false);
        validator.slash(fork, &mut queue, &mut vector, slashed_at, stake)?;
        validators.push(validator);
    }
    // Exit epochs rise in this order, and with them correlation epochs.
    let mut at = slashed_at;
    let mut exited = 0;
    let exits: Vec<u64> = validators.iter().map(|validator| validator.exit_epoch).collect();
    let mut charged = Vec::new();
    for mut validator in validators {
        let correlation_epoch =
            correlation_epoch(validator.withdrawable_epoch).ok_or(ValidatorError::Overflow)?;
        vector.reset_after_each(at..correlation_epoch);
        at = correlation_epoch;
        exited += exits[exited..].iter().take_while(|&&exit| exit <= at).count();
        let gone = effective_balance.checked_mul(exited as u64);
        let total_active_balance = gone
            .and_then(|gone| stake.total_active_balance.checked_sub(gone))
            .ok_or(ValidatorError::Overflow)?;
        let slashed_balance = vector.sum();
        let penalty = validator.charge_correlation(fork, at, slashed_balance, total_active_balance)?;
        charged.push(Charged {
            validator,
            correlation_epoch,
            total_active_balance,
            slashed_balance,
            penalty,
        });
    }
    Ok(charged)
}

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let fork = fork(case)?;
    let rule = fork.churn_rule().ok_or_else(|| FieldError::new("fork", "electra or later", fork.name()))?;
    let effective_balance = small(case, "effective_balance")?;
    let ballast = small(case, "ballast_effective_balance")?;
    let count = number(case, "count")?;
    let total_active_balance = effective_balance
        .checked_mul(count)
        .and_then(|slashed| slashed.checked_add(ballast))
        .ok_or_else(|| FieldError::new("count", "a stake below 2^64", count))?;
    let stake = Stake { total_active_balance, active_validators: count };
    let all = charged(fork, small(case, "slashed_at_epoch")?, effective_balance, count, stake);
    let Some(all) = came_to(record, place, all) else { return Ok(()) };
    let last = all.last().ok_or_else(|| FieldError::new("count", "1 or more", count))?;
    let spared = all.iter().filter(|charged| charged.slashed_balance == 0).count();
    let spared_key = "validators_whose_correlation_comes_after_the_slashing_left_the_vector";
    let fields = [
        ("stakes", "total_active_balance_at_start", total_active_balance),
        ("churn limits", "per_epoch_churn", rule.exit_churn(total_active_balance)),
        ("epochs", "last_exit_epoch", last.validator.exit_epoch),
        ("slashings vector", spared_key, spared as u64),
    ];
    compare_fields(record, place, case, &fields)?;
    record.each(&format!("{place}.samples"), list(case, "samples")?, |record, place, sample| {
        let order = small(sample, "order")?;
        let ours = usize::try_from(order).ok().and_then(|order| all.get(order));
        let ours = ours.ok_or_else(|| FieldError::new("order", "one of the slashed", order))?;
        let fields = [
            ("epochs", "exit_epoch", ours.validator.exit_epoch),
            ("epochs", "withdrawable_epoch", ours.validator.withdrawable_epoch),
            ("epochs", "correlation_epoch", ours.correlation_epoch),
            ("stakes", "total_active_balance", ours.total_active_balance),
            ("slashings vector", "sum_slashings", ours.slashed_balance),
            ("penalties", "correlation_penalty", ours.penalty),
        ];
        compare_fields(record, place, sample, &fields)
    });
    Ok(())
}
