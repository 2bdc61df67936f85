//! A bucket on its own.
//!
//! Keys of a case: `steps` of `op`, `in`, `out`, and `state` after it: `capacity`, `remaining`, `last_refill`,
//! `refill_rate`, `consumable`, `now`. Operations: `create` (`capacity`, `refill_rate`), `consume` (`amount`;
//! `out.ok`), `wait` (`seconds`), `set_capacity`, `set_refill_rate`, `set_remaining`.

use super::start_of;
use crate::formats::Format;
use crate::formats::steps::{Step, each_step, some_step_has};
use crate::words::{FieldError, flag, small};
use crate::{Document, Record};
use pegstress_exact::U256;
use pegstress_exact::redemption::etherfi::Bucket;
use std::convert::Infallible;

pub(in super::super) const FORMAT: Format = Format { name: "ether.fi bucket", recognise, exact, lanes: None };

fn recognise(document: &Document) -> bool {
    some_step_has(document, &["state.consumable", "state.last_refill"])
}

fn exact(document: &Document, record: &mut Record) {
    record.each_case(document, |record, place, case| {
        let mut now = start_of(case)?;
        let mut bucket = Bucket::default();
        each_step(record, place, case, |record, step| {
            apply(record, step, &mut bucket, &mut now)?;
            let states = [
                ("capacity", bucket.capacity()),
                ("remaining", bucket.remaining()),
                ("last_refill", bucket.last_refill()),
                ("refill_rate", bucket.refill_rate()),
                ("consumable", bucket.consumable(now)),
                ("now", now),
            ];
            let states = states.map(|(key, got)| (key, Ok::<_, Infallible>(U256::from(got))));
            step.states(record, "state values", states)
        })
    });
}

fn apply(record: &mut Record, step: &Step, bucket: &mut Bucket, now: &mut u64) -> Result<(), FieldError> {
    let number = |key: &str| step.input(small, key);
    match step.op()? {
        "create" => *bucket = Bucket::full(number("capacity")?, number("refill_rate")?, *now),
        "consume" => {
            let expected = step.output(flag, "ok")?;
            let got = bucket.consume(number("amount")?, *now);
            record.equal("consumptions", step.place_of("out", "ok"), expected, got);
        }
        "wait" => *now = now.saturating_add(number("seconds")?),
        "set_capacity" => bucket.set_capacity(number("capacity")?, *now),
        "set_refill_rate" => bucket.set_refill_rate(number("refill_rate")?, *now),
        "set_remaining" => bucket.set_remaining(number("remaining")?, *now),
        _ => return Err(step.unknown()),
    }
    Ok(())
}
