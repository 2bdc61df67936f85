//! Churn limits of the consensus layer: balances since Electra, validators before.
//!
//! Keys since Electra: `total_active_balance`, `electra`, `gloas` with the limits of each fork in Gwei, and
//! `sum_effective_balance` of all that is in the registry. With `registry` (`count`, `effective_balance`,
//! `activation_epoch`, `exit_epoch`) and `epoch` both sums are those of the registry, else all of it is active. Before:
//! `active_validators`, `validator_churn_limit`, `deneb_validator_activation_churn_limit`.

use super::rows::validators_of;
use crate::Record;
use crate::formats::Format;
use crate::words::{FieldError, list, object, small};
use pegstress_exact::consensus::churn::{
    ChurnRule, balance_churn, validator_activation_churn, validator_exit_churn,
};
use pegstress_exact::consensus::registry::{Cohort, FAR_FUTURE_EPOCH, total_active_balance};
use serde_json::Value;

pub(super) const SINCE_ELECTRA: Format = Format {
    name: "Churn limits since Electra",
    recognise: |document| document.some_case_has(&["total_active_balance", "electra", "gloas"]),
    exact: |document, record| record.each_case(document, compare_since_electra),
    lanes: None,
};

pub(super) const BEFORE_ELECTRA: Format = Format {
    name: "Churn limits before Electra",
    recognise: |document| document.some_case_has(&["deneb_validator_activation_churn_limit"]),
    exact: |document, record| record.each_case(document, compare_before_electra),
    lanes: None,
};

fn compare_since_electra(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let total = compare_totals(record, place, case)?;
    let electra = ChurnRule::Electra;
    let limits = [
        ("balance_churn_limit", balance_churn(total)),
        ("activation_exit_churn_limit", electra.exit_churn(total)),
        ("consolidation_churn_limit", electra.consolidation_churn(total)),
    ];
    compare_limits(record, &format!("{place}.electra"), object(case, "electra")?, &limits)?;
    // One limit in Electra, two functions here.
    let activation = ("activation_exit_churn_limit", electra.activation_churn(total));
    compare_limits(record, &format!("{place}.electra"), object(case, "electra")?, &[activation])?;
    let gloas = ChurnRule::Gloas;
    let limits = [
        ("exit_churn_limit", gloas.exit_churn(total)),
        ("activation_churn_limit", gloas.activation_churn(total)),
        ("consolidation_churn_limit", gloas.consolidation_churn(total)),
    ];
    compare_limits(record, &format!("{place}.gloas"), object(case, "gloas")?, &limits)
}

/// Compares both sums and returns our total active balance.
fn compare_totals(record: &mut Record, place: &str, case: &Value) -> Result<u64, FieldError> {
    let sum = small(case, "sum_effective_balance")?;
    let stated = small(case, "total_active_balance")?;
    let everyone = |effective_balance, validators| Cohort {
        validators,
        effective_balance,
        activation_epoch: 0,
        exit_epoch: FAR_FUTURE_EPOCH,
    };
    let total = if case.get("registry").is_some() {
        let registry = list(case, "registry")?
            .iter()
            .enumerate()
            .map(|(k, row)| cohort(row).map_err(|error| error.below(&format!("registry[{k}]"))));
        let registry = registry.collect::<Result<Vec<_>, _>>()?;
        let all = registry.iter().map(|cohort| everyone(cohort.effective_balance, cohort.validators));
        let of_all = || format!("{place}.sum_effective_balance");
        record.check("total balances", of_all, Some(sum), total_active_balance(all, 0));
        total_active_balance(registry, small(case, "epoch")?)
    } else {
        total_active_balance([everyone(sum, 1)], 0)
    };
    record.check("total balances", || format!("{place}.total_active_balance"), Some(stated), total);
    // A total that does not fit the spec's integers has been reported; no limit follows from it.
    total.map_err(|error| FieldError::new("registry", "a total below 2^64", error))
}

fn cohort(row: &Value) -> Result<Cohort, FieldError> {
    Ok(Cohort {
        validators: validators_of(row, "count")?,
        effective_balance: small(row, "effective_balance")?,
        activation_epoch: small(row, "activation_epoch")?,
        exit_epoch: small(row, "exit_epoch")?,
    })
}

fn compare_before_electra(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let active = small(case, "active_validators")?;
    let limits = [
        ("validator_churn_limit", validator_exit_churn(active)),
        ("deneb_validator_activation_churn_limit", validator_activation_churn(active)),
    ];
    compare_limits(record, place, case, &limits)
}

fn compare_limits(
    record: &mut Record,
    place: &str,
    stated: &Value,
    limits: &[(&str, u64)],
) -> Result<(), FieldError> {
    for (key, limit) in limits {
        record.equal("churn limits", || format!("{place}.{key}"), small(stated, key)?, *limit);
    }
    Ok(())
}
