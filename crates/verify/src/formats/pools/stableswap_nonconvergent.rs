//! Balances at which StableSwap-NG's iteration for `D` does not settle in 255 rounds: the contract reverts.
//!
//! Keys: `n`, `A`, `xp` (rate-adjusted balances, 18 decimals).
//! There is nothing to compare the lanes with: the contract has no number.

use crate::formats::Format;
use crate::words::{FieldError, small, words};
use crate::{Document, Record};
use pegstress_exact::U256;
use pegstress_exact::stableswap::{Curve, Error, Generation, Pool};
use serde_json::Value;

pub(super) const FORMAT: Format =
    Format { name: "Curve StableSwap-NG, balances without an invariant", recognise, exact, lanes: None };

fn recognise(document: &Document) -> bool {
    document.some_case_has(&["A", "xp"]) && !document.some_case_has(&["balances"])
}

fn exact(document: &Document, record: &mut Record) {
    record.each_case(document, compare);
}

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let amplification = small(case, "A")?;
    let xp = words(case, "xp")?;
    let curve = Curve::new(Generation::Next, amplification, xp.len());
    let invariant = curve.and_then(|curve| curve.invariant(&xp));
    check_refusal(record, || format!("{place}.xp (D)"), invariant);
    let pool = Pool::plain(amplification, U256::ZERO, xp).and_then(|pool| pool.virtual_price());
    check_refusal(record, || format!("{place}.xp (pool)"), pool);
    Ok(())
}

/// Refused, and for this reason: another one would be a file that says something else.
fn check_refusal(record: &mut Record, place: impl FnOnce() -> String, got: Result<U256, Error>) {
    let expected = format!("revert ({})", Error::NotSettled);
    let got = got.map_or_else(|error| format!("revert ({error})"), |number| number.to_string());
    record.equal("reverts", place, expected, got);
}
