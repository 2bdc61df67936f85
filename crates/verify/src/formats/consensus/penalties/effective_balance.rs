//! Effective balances after one update.
//!
//! Keys: `fork`, `credentials`, `effective_balance`, `balance`; result `new_effective_balance`.

use super::{came_to, compare_fields, compounding, fork};
use crate::Record;
use crate::formats::Format;
use crate::words::{FieldError, small};
use pegstress_exact::consensus::validator::Validator;
use serde_json::Value;

pub(super) const FORMAT: Format = Format {
    name: "Effective balances",
    recognise: |document| document.some_case_has(&["new_effective_balance"]),
    exact: |document, record| record.each_case(document, compare),
    lanes: None,
};

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let (effective, balance) = (small(case, "effective_balance")?, small(case, "balance")?);
    let mut validator = Validator::active(effective, balance, compounding(case)?);
    let updated = validator.update_effective_balance(fork(case)?);
    if came_to(record, place, updated).is_none() {
        return Ok(());
    }
    let fields = [("effective balances", "new_effective_balance", validator.effective_balance)];
    compare_fields(record, place, case, &fields)
}
