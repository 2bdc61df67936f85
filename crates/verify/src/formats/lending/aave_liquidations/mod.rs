//! Aave pools through supplies, borrowings, price changes and liquidations of one borrower.
//!
//! Keys: `assets` by name (`decimals`, `ltv`, `liquidation_threshold`, `liquidation_bonus`, `protocol_fee_bps`, `reserve_factor_bps`,
//! `rate_params_bps`), `emode` (null or `active` false: none; else its three parameters and `collateral_in_bitmap`), `steps` of `op`, `in`,
//! `out`, `state`. `supply` and `borrow` take `asset` and `amount`, `set_price` an `asset` and its `price`, `wait` the `seconds`, `liquidate` two
//! assets, `debt_to_cover` (`max`: all) and `receive_atoken`. A step whose `out` has `revert` left the state as it was.
//!
//! What stood before the first step is not recorded: empty reserves of which others supplied what the first state's
//! `total_atoken` has beyond the first step. Everything after that is computed, and all of `state` compared.

mod state;
mod world;

use crate::formats::Format;
use crate::words::{FieldError, flag, list, object, small, text, word};
use crate::{Document, Record};
use pegstress_exact::U256;
use pegstress_exact::lending::aave::{Error, LiquidationCall, Seizure};
use serde_json::Value;
use world::World;

pub(super) const FORMAT: Format = Format { name: "Aave liquidations", recognise, exact, lanes: None };

fn recognise(document: &Document) -> bool {
    document.some_case_has(&["emode", "assets", "steps"])
}

fn exact(document: &Document, record: &mut Record) {
    record.each_case(document, compare);
}

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let steps = list(case, "steps")?;
    let Some(first) = steps.first() else { return Ok(()) };
    let mut world = World::before(case, first)?;
    for (k, step) in steps.iter().enumerate() {
        let place = format!("{place}.steps[{k}]");
        let read = compare_step(record, &place, &mut world, step);
        // After a step that cannot be read the pool is not known.
        if record.readable(&place, read).is_none() {
            break;
        }
    }
    Ok(())
}

fn compare_step(record: &mut Record, place: &str, world: &mut World, step: &Value) -> Result<(), FieldError> {
    let (input, out) = (object(step, "in")?, object(step, "out")?);
    match text(step, "op")? {
        "supply" => {
            let (asset, amount) = (world.asset(input, "asset")?, word(input, "amount")?);
            let result = world.pool.supply(&mut world.borrower, asset, amount, world.now);
            compare_done(record, "supplies", place, out, result)?;
        }
        "borrow" => {
            let (asset, amount) = (world.asset(input, "asset")?, word(input, "amount")?);
            let result = world.pool.borrow(&mut world.borrower, asset, amount, world.now);
            compare_done(record, "borrowings", place, out, result)?;
        }
        "liquidate" => compare_liquidation(record, place, world, input, out)?,
        "set_price" => {
            let asset = world.asset(input, "asset")?;
            let result = world.pool.set_price(asset, word(input, "price")?);
            compare_done(record, "prices", place, out, result)?;
        }
        "wait" => world.now = world.now.saturating_add(small(input, "seconds")?),
        other => {
            let (key, found) = ("op".to_owned(), other.to_owned());
            return Err(FieldError { key, wanted: "a known operation", found });
        }
    }
    state::compare(record, &format!("{place}.state"), world, object(step, "state")?);
    Ok(())
}

fn compare_liquidation(
    record: &mut Record,
    place: &str,
    world: &mut World,
    input: &Value,
    out: &Value,
) -> Result<(), FieldError> {
    let all = input.get("debt_to_cover").and_then(Value::as_str) == Some("max");
    let call = LiquidationCall {
        collateral: world.asset(input, "collateral")?,
        debt: world.asset(input, "debt")?,
        debt_to_cover: if all { U256::MAX } else { word(input, "debt_to_cover")? },
        receive_atoken: flag(input, "receive_atoken")?,
    };
    let before = world.received(call.collateral);
    let result = world.pool.liquidate(&mut world.borrower, &mut world.liquidator, call, world.now);
    if out.get("revert").is_some() {
        return compare_done(record, "liquidations", place, out, result.map(|_| ()));
    }
    let after = world.received(call.collateral);
    // A liquidator who stays in the pool gets what the balance shows, which rounds down before and after.
    let gained = |pick: fn(&world::Received) -> U256| match (&before, &after) {
        (Ok(before), Ok(after)) => Ok(pick(after).saturating_sub(pick(before))),
        (Err(error), _) | (_, Err(error)) => Err(*error),
    };
    let collateral = |seizure: Seizure| {
        if call.receive_atoken {
            gained(|received| received.liquidator)
        } else {
            Ok(seizure.collateral_to_liquidator)
        }
    };
    for (key, got) in [
        ("debt_repaid", result.map(|seizure| seizure.debt_repaid)),
        ("collateral_to_liquidator", result.and_then(collateral)),
        ("protocol_fee_atoken", result.and_then(|_| gained(|received| received.treasury))),
    ] {
        record.check("liquidations", || format!("{place}.out.{key}"), Some(word(out, key)?), got);
    }
    Ok(())
}

/// Compares whether a step was done, and why not where it was refused.
fn compare_done(
    record: &mut Record,
    kind: &'static str,
    place: &str,
    out: &Value,
    result: Result<(), Error>,
) -> Result<(), FieldError> {
    let at = || format!("{place}.out");
    if out.get("revert").is_none() {
        record.check(kind, at, Some("done"), result.map(|()| "done"));
        return Ok(());
    }
    let expected = text(out, "revert")?;
    match result {
        Ok(()) => record.check("reverts", at, None, Ok::<_, Error>("done")),
        Err(error) => match error.contract_name() {
            Some(name) => record.equal("reverts", at, expected, name),
            // The contract's arithmetic fails as a panic, in a library's words or without any.
            None => record.check("reverts", at, is_named(expected).then_some(expected), Err(error)),
        },
    };
    Ok(())
}

/// Whether the pool refuses by this name, so that a failure of arithmetic does not stand for it.
fn is_named(revert: &str) -> bool {
    [
        Error::InvalidAmount,
        Error::InvalidBurnAmount,
        Error::LtvValidationFailed,
        Error::HealthFactorLowerThanLiquidationThreshold,
        Error::CollateralCannotCoverNewBorrow,
        Error::HealthFactorNotBelowThreshold,
        Error::CollateralCannotBeLiquidated,
        Error::SpecifiedCurrencyNotBorrowedByUser,
        Error::MustNotLeaveDust,
    ]
    .iter()
    .any(|error| error.contract_name() == Some(revert))
}
