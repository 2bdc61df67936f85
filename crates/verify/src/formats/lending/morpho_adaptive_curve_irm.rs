//! Morpho's adaptive curve alone, one market per case, called again and again.
//!
//! Keys: `steps`, each with `elapsed` seconds since the one before, `first_interaction`, `total_supply_assets`,
//! `total_borrow_assets`, and the rates `start_rate_at_target`, `avg_borrow_rate`, `end_rate_at_target`.

use pegstress_exact::lending::adaptive_curve_irm::AdaptiveCurveIrm;
use serde_json::Value;

use crate::formats::Format;
use crate::words::{FieldError, flag, list, small, word};
use crate::{Document, Record};

pub(super) const FORMAT: Format = Format { name: "Morpho adaptive curve", recognise, exact, lanes: None };

fn recognise(document: &Document) -> bool {
    let step_has_rate = |step: &Value| step.get("start_rate_at_target").is_some();
    document.cases().iter().any(|case| list(case, "steps").is_ok_and(|steps| steps.iter().any(step_has_rate)))
}

fn exact(document: &Document, record: &mut Record) {
    record.each_case(document, |record, place, case| {
        let mut model = AdaptiveCurveIrm::default();
        for (k, step) in list(case, "steps")?.iter().enumerate() {
            let place = format!("{place}.steps[{k}]");
            let read = compare_step(record, &place, &mut model, step);
            // After a step that cannot be read the rate is not known.
            if record.readable(&place, read).is_none() {
                break;
            }
        }
        Ok(())
    });
}

fn compare_step(
    record: &mut Record,
    place: &str,
    model: &mut AdaptiveCurveIrm,
    step: &Value,
) -> Result<(), FieldError> {
    let of = |key: &'static str| move || format!("{place}.{key}");
    let first = model.rate_at_target.is_zero();
    record.equal("rates", of("first_interaction"), flag(step, "first_interaction")?, first);
    let start = word(step, "start_rate_at_target")?;
    record.equal("rates", of("start_rate_at_target"), start, model.rate_at_target);
    let supply = word(step, "total_supply_assets")?;
    let borrow = word(step, "total_borrow_assets")?;
    let (average, end) = (word(step, "avg_borrow_rate")?, word(step, "end_rate_at_target")?);
    let got = model.update(supply, borrow, small(step, "elapsed")?);
    record.check("rates", of("avg_borrow_rate"), Some(average), got);
    record.equal("rates", of("end_rate_at_target"), end, model.rate_at_target);
    Ok(())
}
