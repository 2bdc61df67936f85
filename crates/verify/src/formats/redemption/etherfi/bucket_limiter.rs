//! A bucket on its own.
//!
//! Keys of a case: `steps` of `op`, `in`, `out`, and `state` after it: `capacity`, `remaining`, `last_refill`,
//! `refill_rate`, `consumable`, `now`. Operations: `create` (`capacity`, `refill_rate`), `consume` (`amount`;
//! `out.ok`), `wait` (`seconds`), `set_capacity`, `set_refill_rate`, `set_remaining`.

use super::super::steps::{each_step, some_step_has, unknown_operation};
use super::start_of;
use crate::formats::Format;
use crate::words::{FieldError, flag, object, small, text};
use crate::{Document, Record};
use pegstress_exact::redemption::etherfi::Bucket;
use serde_json::Value;

pub(in super::super) const FORMAT: Format = Format { name: "ether.fi bucket", recognise, exact, lanes: None };

fn recognise(document: &Document) -> bool {
    some_step_has(document, &["state.consumable", "state.last_refill"])
}

fn exact(document: &Document, record: &mut Record) {
    record.each_case(document, |record, place, case| {
        let mut now = start_of(case)?;
        let mut bucket = Bucket::default();
        each_step(record, place, case, |record, place, step| {
            apply(record, place, step, &mut bucket, &mut now)?;
            let state = object(step, "state")?;
            for (key, got) in [
                ("capacity", bucket.capacity()),
                ("remaining", bucket.remaining()),
                ("last_refill", bucket.last_refill()),
                ("refill_rate", bucket.refill_rate()),
                ("consumable", bucket.consumable(now)),
                ("now", now),
            ] {
                record.equal("state values", || format!("{place}.state.{key}"), small(state, key)?, got);
            }
            Ok(())
        })
    });
}

fn apply(
    record: &mut Record,
    place: &str,
    step: &Value,
    bucket: &mut Bucket,
    now: &mut u64,
) -> Result<(), FieldError> {
    let input = object(step, "in")?;
    match text(step, "op")? {
        "create" => *bucket = Bucket::full(small(input, "capacity")?, small(input, "refill_rate")?, *now),
        "consume" => {
            let expected = flag(object(step, "out")?, "ok")?;
            let got = bucket.consume(small(input, "amount")?, *now);
            record.equal("consumptions", || format!("{place}.out.ok"), expected, got);
        }
        "wait" => *now = now.saturating_add(small(input, "seconds")?),
        "set_capacity" => bucket.set_capacity(small(input, "capacity")?, *now),
        "set_refill_rate" => bucket.set_refill_rate(small(input, "refill_rate")?, *now),
        "set_remaining" => bucket.set_remaining(small(input, "remaining")?, *now),
        other => return Err(unknown_operation(other)),
    }
    Ok(())
}
