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
use crate::formats::steps::{Step, each_step};
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
    let Some(first) = list(case, "steps")?.first() else { return Ok(()) };
    let mut world = World::before(case, first)?;
    each_step(record, place, case, |record, step| {
        repeat(record, step, &mut world)?;
        let place = format!("{}.state", step.place());
        state::compare(record, &place, &world, object(step.value(), "state")?);
        Ok(())
    })
}

fn repeat(record: &mut Record, step: &Step, world: &mut World) -> Result<(), FieldError> {
    let asset = |world: &World, key| step.input(|input, key| world.asset(input, key), key);
    match step.op()? {
        "supply" => {
            let (asset, amount) = (asset(world, "asset")?, step.input(word, "amount")?);
            let result = world.pool.supply(&mut world.borrower, asset, amount, world.now);
            compare_done(record, "supplies", step, result)
        }
        "borrow" => {
            let (asset, amount) = (asset(world, "asset")?, step.input(word, "amount")?);
            let result = world.pool.borrow(&mut world.borrower, asset, amount, world.now);
            compare_done(record, "borrowings", step, result)
        }
        "liquidate" => compare_liquidation(record, step, world),
        "set_price" => {
            let asset = asset(world, "asset")?;
            let result = world.pool.set_price(asset, step.input(word, "price")?);
            compare_done(record, "prices", step, result)
        }
        "wait" => {
            world.now = world.now.saturating_add(step.input(small, "seconds")?);
            Ok(())
        }
        _ => Err(step.unknown()),
    }
}

fn compare_liquidation(record: &mut Record, step: &Step, world: &mut World) -> Result<(), FieldError> {
    let asset = |key| step.input(|input, key| world.asset(input, key), key);
    let all = step.input(text, "debt_to_cover") == Ok("max");
    let call = LiquidationCall {
        collateral: asset("collateral")?,
        debt: asset("debt")?,
        debt_to_cover: if all { U256::MAX } else { step.input(word, "debt_to_cover")? },
        receive_atoken: step.input(flag, "receive_atoken")?,
    };
    let before = world.received(call.collateral);
    let result = world.pool.liquidate(&mut world.borrower, &mut world.liquidator, call, world.now);
    if step.reverted()?.is_some() {
        return compare_done(record, "liquidations", step, result.map(|_| ()));
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
        record.check("liquidations", step.place_of("out", key), Some(step.output(word, key)?), got);
    }
    Ok(())
}

/// Compares whether a step was done, and why not where it was refused. The contract's arithmetic fails as a panic, in a
/// library's words or without any: any that is not the name of a refusal.
fn compare_done(
    record: &mut Record,
    kind: &'static str,
    step: &Step,
    result: Result<(), Error>,
) -> Result<(), FieldError> {
    let stated = step.reverted()?.unwrap_or_default();
    let without_name = if is_named(stated) { "a failure of arithmetic" } else { stated };
    step.done(record, kind, result, |error| error.contract_name().unwrap_or(without_name))
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
