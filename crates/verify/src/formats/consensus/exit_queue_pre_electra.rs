//! The next exit behind a queue under the count rule of Deneb and before.
//!
//! Keys: `current_epoch`, `active_validators`, `validator_churn_limit`, `queued_exit_epochs`, `exit_epoch`,
//! `withdrawable_epoch`. `active_validators` counts the queued ones that are still active, those with an exit epoch after the
//! current one.

use crate::formats::Format;
use crate::words::{FieldError, small, smalls};
use crate::{Document, Record};
use pegstress_exact::consensus::exit_clock::{CountedExitQueue, validator_exit_churn, withdrawable_epoch};
use serde_json::Value;

pub(super) const FORMAT: Format = Format { name: "Exit queue before Electra", recognise, exact, lanes: None };

fn recognise(document: &Document) -> bool {
    document.some_case_has(&["queued_exit_epochs"])
}

fn exact(document: &Document, record: &mut Record) {
    record.each_case(document, compare);
}

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let of = |key: &'static str| move || format!("{place}.{key}");
    let current_epoch = small(case, "current_epoch")?;
    let queued = smalls(case, "queued_exit_epochs")?;
    let active = small(case, "active_validators")?;
    if active < queued.iter().filter(|&&epoch| epoch > current_epoch).count() as u64 {
        let wanted = "at least the queued validators that are still active";
        return Err(FieldError::new("active_validators", wanted, active));
    }
    let churn = validator_exit_churn(active);
    let stated = small(case, "validator_churn_limit")?;
    record.equal("churn limits", of("validator_churn_limit"), stated, churn);
    let mut queue = CountedExitQueue::from_exit_epochs(&queued);
    let epoch = queue.assign(current_epoch, churn);
    record.check("exit epochs", of("exit_epoch"), Some(small(case, "exit_epoch")?), epoch);
    let expected = small(case, "withdrawable_epoch")?;
    let withdrawable = epoch.and_then(withdrawable_epoch);
    record.check("exit epochs", of("withdrawable_epoch"), Some(expected), withdrawable);
    Ok(())
}
