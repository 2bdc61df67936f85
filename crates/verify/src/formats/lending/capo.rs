//! Aave's capped oracles: answers at given base prices and ratios, and changes of the cap.
//!
//! Keys: `ratio_decimals`, `minimum_snapshot_delay_s`, `snapshot_ratio`, `snapshot_timestamp`, `max_yearly_growth_bps`, `deployed_at`,
//! `growth_scaled`, `growth_per_second`; `observations` and `max_ratio` of the cap as deployed, at any `timestamp`; `updates` one after
//! the other, `ok` false where refused. Feeds are signed: an answer below zero counts as zero.

use crate::formats::Format;
use crate::words::{FieldError, flag, list, object, parse_digits, small, word, word_or_revert};
use crate::{Document, Record};
use pegstress_exact::U256;
use pegstress_exact::lending::capo::{PriceCap, PriceCapParameters};
use serde_json::Value;

pub(super) const FORMAT: Format = Format { name: "Aave price caps", recognise, exact, lanes: None };

fn recognise(document: &Document) -> bool {
    document.some_case_has(&["snapshot_ratio", "max_yearly_growth_bps", "observations"])
}

fn exact(document: &Document, record: &mut Record) {
    record.each_case(document, compare);
}

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let decimals = narrow(case, "ratio_decimals", "an integer below 2^8")?;
    let delay = small(case, "minimum_snapshot_delay_s")?;
    let parameters = parameters(case, "max_yearly_growth_bps")?;
    let mut cap = match PriceCap::new(decimals, delay, parameters, small(case, "deployed_at")?) {
        Ok(cap) => cap,
        Err(error) => {
            record.unreadable(place.to_owned(), "a price cap", format!("revert ({error})"));
            return Ok(());
        }
    };
    for (key, got) in
        [("growth_scaled", cap.growth_per_second_scaled()), ("growth_per_second", cap.growth_per_second())]
    {
        record.equal("growth rates", || format!("{place}.{key}"), word(case, key)?, got);
    }
    record.each(&format!("{place}.observations"), list(case, "observations")?, |record, place, row| {
        compare_observation(record, place, &cap, row)
    });
    record.each(&format!("{place}.max_ratio"), list(case, "max_ratio")?, |record, place, row| {
        let got = cap.max_ratio(small(row, "timestamp")?);
        let expected = word_or_revert(row, "max_ratio")?;
        record.check("maximum ratios", || format!("{place}.max_ratio"), expected, got);
        Ok(())
    });
    for (k, update) in list(case, "updates")?.iter().enumerate() {
        let place = format!("{place}.updates[{k}]");
        let read = compare_update(record, &place, &mut cap, update);
        // After a change that cannot be read the cap is not known.
        if record.readable(&place, read).is_none() {
            break;
        }
    }
    Ok(())
}

fn compare_observation(
    record: &mut Record,
    place: &str,
    cap: &PriceCap,
    row: &Value,
) -> Result<(), FieldError> {
    let now = small(row, "timestamp")?;
    let (base_price, ratio) = (answer(row, "base_price")?, answer(row, "current_ratio")?);
    let expected = word_or_revert(row, "latest_answer")?;
    let of = |key: &'static str| move || format!("{place}.{key}");
    record.check("answers", of("latest_answer"), expected, cap.price(base_price, ratio, now));
    let expected =
        if row.get("is_capped").is_some_and(Value::is_null) { None } else { Some(flag(row, "is_capped")?) };
    record.check("caps", of("is_capped"), expected, cap.is_capped(ratio, now));
    Ok(())
}

fn compare_update(
    record: &mut Record,
    place: &str,
    cap: &mut PriceCap,
    update: &Value,
) -> Result<(), FieldError> {
    let (input, out) = (object(update, "in")?, object(update, "out")?);
    let parameters = parameters(input, "growth_bps")?;
    let result =
        cap.set_parameters(parameters, small(input, "now")?).map(|()| cap.growth_per_second_scaled());
    let expected = if flag(out, "ok")? { Some(word(out, "growth_scaled")?) } else { None };
    record.check("changes of the cap", || format!("{place}.out.growth_scaled"), expected, result);
    Ok(())
}

fn parameters(value: &Value, growth_key: &str) -> Result<PriceCapParameters, FieldError> {
    Ok(PriceCapParameters {
        snapshot_ratio: word(value, "snapshot_ratio")?,
        snapshot_timestamp: small(value, "snapshot_timestamp")?,
        max_yearly_growth_bps: narrow(value, growth_key, "an integer below 2^16")?,
    })
}

fn narrow<T: TryFrom<u64>>(value: &Value, key: &str, wanted: &'static str) -> Result<T, FieldError> {
    let number = small(value, key)?;
    number.try_into().map_err(|_| FieldError::new(key, wanted, number))
}

/// What a feed says, zero where it is below.
fn answer(value: &Value, key: &str) -> Result<U256, FieldError> {
    let digits = value.get(key).and_then(Value::as_str).and_then(|text| text.strip_prefix('-'));
    if digits.and_then(parse_digits).is_some() { Ok(U256::ZERO) } else { word(value, key) }
}
