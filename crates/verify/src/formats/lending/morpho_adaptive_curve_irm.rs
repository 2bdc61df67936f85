//! Morpho's adaptive curve alone, one market per case, called again and again.
//!
//! Keys: `steps`, each with `elapsed` seconds since the one before, `first_interaction`, `total_supply_assets`,
//! `total_borrow_assets`, and the rates `start_rate_at_target`, `avg_borrow_rate`, `end_rate_at_target`.

use pegstress_exact::lending::adaptive_curve_irm::AdaptiveCurveIrm;

use crate::formats::Format;
use crate::formats::steps::{Step, each_step, some_step_has};
use crate::words::{FieldError, flag, small, word};
use crate::{Document, Record};

pub(super) const FORMAT: Format = Format { name: "Morpho adaptive curve", recognise, exact, lanes: None };

fn recognise(document: &Document) -> bool {
    some_step_has(document, &["start_rate_at_target"])
}

fn exact(document: &Document, record: &mut Record) {
    record.each_case(document, |record, place, case| {
        let mut model = AdaptiveCurveIrm::default();
        each_step(record, place, case, |record, step| compare_step(record, step, &mut model))
    });
}

fn compare_step(record: &mut Record, step: &Step, model: &mut AdaptiveCurveIrm) -> Result<(), FieldError> {
    let (place, step) = (step.place(), step.value());
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
