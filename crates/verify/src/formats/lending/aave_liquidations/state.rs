//! The state after a step: the borrower's standing, and every reserve.

use super::world::World;
use crate::Record;
use crate::words::{FieldError, object, small, word};
use pegstress_exact::lending::aave::{Error, Position, Reserve};
use serde_json::Value;

/// Compares everything that can be read; our own state does not depend on the rest.
pub(super) fn compare(record: &mut Record, place: &str, world: &World, state: &Value) {
    let time = small(state, "timestamp");
    if let Some(time) = record.readable(place, time) {
        record.equal("times", || format!("{place}.timestamp"), time, world.now);
    }
    let read = compare_account(record, place, world, state);
    record.readable(place, read);
    let Some(reserves) = record.readable(place, object(state, "reserves")) else { return };
    for ((asset, name), reserve) in world.names().zip(world.pool.reserves()) {
        let Some(expected) = record.readable(&format!("{place}.reserves"), object(reserves, name)) else {
            continue;
        };
        let place = format!("{place}.reserves.{name}");
        match world.borrower.position(asset) {
            Ok(position) => {
                let read = compare_reserve(record, &place, reserve, position, world.now, expected);
                record.readable(&place, read);
            }
            Err(error) => record.unreadable(place, "a reserve", error.to_string()),
        }
    }
}

fn compare_account(record: &mut Record, place: &str, world: &World, state: &Value) -> Result<(), FieldError> {
    let account = world.borrower.data(world.pool.reserves(), world.now);
    for (key, got) in [
        ("total_collateral_base", account.map(|account| account.total_collateral_base)),
        ("total_debt_base", account.map(|account| account.total_debt_base)),
        ("avg_liquidation_threshold", account.map(|account| account.average_liquidation_threshold_bps)),
        ("avg_ltv", account.map(|account| account.average_ltv_bps)),
        ("health_factor", account.map(|account| account.health_factor)),
    ] {
        record.check("account data", || format!("{place}.{key}"), Some(word(state, key)?), got);
    }
    Ok(())
}

fn compare_reserve(
    record: &mut Record,
    place: &str,
    reserve: &Reserve,
    position: &Position,
    now: u64,
    expected: &Value,
) -> Result<(), FieldError> {
    let rates = reserve.rates();
    for (kind, key, got) in [
        ("prices", "price", Ok(reserve.price())),
        ("indexes and rates", "liquidity_index", reserve.normalized_income(now)),
        ("indexes and rates", "variable_borrow_index", reserve.normalized_debt(now)),
        ("indexes and rates", "liquidity_rate", Ok(rates.liquidity)),
        ("indexes and rates", "variable_borrow_rate", Ok(rates.variable_borrow)),
        ("balances", "borrower_atoken", reserve.supply_balance(position.scaled_supply, now)),
        ("balances", "borrower_debt", reserve.debt_balance(position.scaled_debt, now)),
        ("balances", "borrower_scaled_collateral", Ok(position.scaled_supply)),
        ("balances", "borrower_scaled_debt", Ok(position.scaled_debt)),
        ("reserves", "total_debt", reserve.total_debt(now)),
        ("reserves", "total_atoken", reserve.total_supply(now)),
        ("reserves", "virtual_underlying", Ok(reserve.virtual_underlying())),
        ("reserves", "deficit", Ok(reserve.deficit())),
        ("reserves", "treasury_atoken", reserve.treasury_balance(now)),
    ] {
        let got = got.map_err(Error::from);
        record.check(kind, || format!("{place}.{key}"), Some(word(expected, key)?), got);
    }
    Ok(())
}
