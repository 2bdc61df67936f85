//! Churn limits of the consensus layer: balances since Electra, validators before.
//!
//! Keys since Electra: `total_active_balance`, `electra`, `gloas` with the limits of each fork in Gwei. Before:
//! `active_validators`, `validator_churn_limit`, `deneb_validator_activation_churn_limit`.

use crate::Record;
use crate::formats::Format;
use crate::words::{FieldError, object, small};
use pegstress_exact::consensus::churn::{
    ChurnRule, balance_churn, validator_activation_churn, validator_exit_churn,
};
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
    let total = small(case, "total_active_balance")?;
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
