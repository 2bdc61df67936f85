//! Pools with the integer maths of the 3pool era: state, exchanges and liquidity operations, each from the same state.
//!
//! Keys: `A`, `fee`, `fee_mul` (dynamic fee or null), `admin_fee`, `rates`, `balances`, `tokens`, `D`, `xp`,
//! `virtual_price`, `exchange`, `liquidity`. The reference's liquidity operations take the static fee even where
//! `fee_mul` is set; they are not compared there. Its floating-point fields never are.

use crate::formats::Format;
use crate::words::{FieldError, index, list, small, text, word, word_or_revert, words};
use crate::{Document, LaneErrors, Record, stableswap_lanes::StableSwapState};
use pegstress_exact::stableswap::{Error, FEE_DENOMINATOR, FeeSchedule, Generation, ONE, Parameters, Pool};
use serde_json::Value;

pub(super) const FORMAT: Format =
    Format { name: "Curve StableSwap, first generation", recognise, exact, lanes: Some(measure_lanes) };

fn recognise(document: &Document) -> bool {
    document.some_case_has(&["rates", "tokens", "exchange"])
}

fn exact(document: &Document, record: &mut Record) {
    record.each_case(document, compare);
}

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let pool = match pool_of(case)? {
        Ok(pool) => pool,
        Err(error) => {
            record.check("state values", || place.to_owned(), Some("a pool"), Err(error));
            return Ok(());
        }
    };
    let of = |key: &'static str| move || format!("{place}.{key}");
    let invariant = word(case, "D")?;
    record.check("state values", of("D"), Some(invariant), pool.invariant());
    record.check(
        "state values",
        of("D (of xp)"),
        Some(invariant),
        pool.curve().invariant(&words(case, "xp")?),
    );
    record.check(
        "state values",
        of("virtual_price"),
        Some(word(case, "virtual_price")?),
        pool.virtual_price(),
    );
    record.each(&format!("{place}.exchange"), list(case, "exchange")?, |record, place, swap| {
        compare_exchange(record, place, &mut pool.clone(), swap)
    });
    if word_or_revert(case, "fee_mul")?.is_none() {
        record.each(&format!("{place}.liquidity"), list(case, "liquidity")?, |record, place, operation| {
            compare_liquidity(record, place, &mut pool.clone(), operation)
        });
    }
    Ok(())
}

fn fees_of(case: &Value) -> Result<FeeSchedule, FieldError> {
    Ok(FeeSchedule {
        fee: word(case, "fee")?,
        offpeg_multiplier: word_or_revert(case, "fee_mul")?.unwrap_or(FEE_DENOMINATOR),
        admin_share: word(case, "admin_fee")?,
    })
}

fn pool_of(case: &Value) -> Result<Result<Pool, Error>, FieldError> {
    let rates = words(case, "rates")?;
    let parameters = Parameters {
        generation: Generation::ThreePool,
        amplification: small(case, "A")?,
        fees: fees_of(case)?,
        oracle_rates: vec![ONE; rates.len()],
        rate_multipliers: rates,
    };
    Ok(Pool::new(parameters, words(case, "balances")?, word(case, "tokens")?))
}

fn compare_exchange(
    record: &mut Record,
    place: &str,
    pool: &mut Pool,
    swap: &Value,
) -> Result<(), FieldError> {
    let of = |key: &'static str| move || format!("{place}.{key}");
    let expected = word_or_revert(swap, "dy")?;
    let got = pool.exchange(index(swap, "i")?, index(swap, "j")?, word(swap, "dx")?);
    record.check("exchanges", of("dy"), expected, got);
    compare_balances(record, place, pool, swap)?;
    let admin = words(swap, "admin_after")?;
    record.check_list("state values", of("admin_after"), &admin, Ok::<_, Error>(pool.admin_balances()));
    Ok(())
}

fn compare_liquidity(
    record: &mut Record,
    place: &str,
    pool: &mut Pool,
    operation: &Value,
) -> Result<(), FieldError> {
    let (kind, key, got) = match text(operation, "op")? {
        "add_liquidity" => ("deposits", "minted", pool.add_liquidity(&words(operation, "amounts")?)),
        "remove_liquidity_one_coin" => {
            let (burn, coin) = (word(operation, "burn")?, index(operation, "i")?);
            ("withdrawals", "dy", pool.remove_liquidity_one_coin(burn, coin))
        }
        other => return Err(FieldError::new("op", "a known operation", other)),
    };
    record.check(kind, || format!("{place}.{key}"), word_or_revert(operation, key)?, got);
    compare_balances(record, place, pool, operation)
}

fn compare_balances(record: &mut Record, place: &str, pool: &Pool, entry: &Value) -> Result<(), FieldError> {
    let expected = words(entry, "balances_after")?;
    let place = || format!("{place}.balances_after");
    record.check_list("state values", place, &expected, Ok::<_, Error>(pool.balances()));
    Ok(())
}

fn measure_lanes(document: &Document, errors: &mut LaneErrors) {
    let place_of_cases = document.place_of_cases();
    for (k, case) in document.cases().iter().enumerate() {
        // What cannot be read is reported by the comparison with the integers.
        let _read = measure_pool(&format!("{place_of_cases}[{k}]"), case, errors);
    }
}

fn measure_pool(place: &str, case: &Value, errors: &mut LaneErrors) -> Result<(), FieldError> {
    let (amplification, fees) = (small(case, "A")?, fees_of(case)?);
    let (balances, rates) = (words(case, "balances")?, words(case, "rates")?);
    let Some(pool) = StableSwapState::new(Generation::ThreePool, amplification, fees, balances, rates) else {
        return Ok(());
    };
    pool.measure_prices(errors, place);
    for (k, swap) in list(case, "exchange")?.iter().enumerate() {
        let coins = (index(swap, "i")?, index(swap, "j")?);
        pool.measure_swap(errors, &format!("{place}.exchange[{k}]"), coins, word(swap, "dx")?);
    }
    Ok(())
}
