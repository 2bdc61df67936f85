//! Two-coin cryptoswap: invariant, virtual price and quotes of the initial state, then operations one after the
//! other with the state after each.
//!
//! An operation is an exchange unless `op` names another. What a case leaves out has the value of a pool that was
//! never traded: average and last price at the price scale, profits of one, the factory's contract, and no time
//! (`dt` seconds) between the operations.

use std::convert::Infallible;

use pegstress_exact::U256;
use pegstress_exact::cryptoswap::{
    Curve, Edition, Error, FeeSchedule, ONE, Parameters, Pool, Repegging, State,
};
use serde_json::Value;

use crate::formats::Format;
use crate::words::{FieldError, list, small, text, word, word_or_revert, words};
use crate::{Document, LaneErrors, Record, cryptoswap_lanes::Twins};

/// Cases of two-coin cryptoswap pools.
pub(super) const FORMAT: Format =
    Format { name: "Curve cryptoswap, two coins", recognise, exact: compare, lanes: Some(measure_lanes) };

const EXCHANGE: &str = "exchange";

/// Reads a quantity of a pool's state.
type Quantity = fn(&Pool) -> U256;

/// Quantities of the state after an operation, and the keys that hold them.
const STATE: [(&str, Quantity); 8] = [
    ("D_after", |pool| pool.state().invariant),
    ("virtual_price_after", |pool| pool.state().virtual_price),
    ("tokens_after", |pool| pool.state().total_supply),
    ("price_oracle_after", |pool| pool.state().average_price),
    ("last_prices_after", |pool| pool.state().last_price),
    ("xcp_profit_after", |pool| pool.state().profit),
    ("xcp_profit_a_after", |pool| pool.state().profit_at_claim),
    ("not_adjusted_after", |pool| U256::from(pool.state().adjusting)),
];

fn recognise(document: &Document) -> bool {
    document.some_case_has(&[
        "gamma",
        "fee_gamma",
        "adjustment_step",
        "price_scale",
        "D",
        "get_dy",
        "sequence",
    ])
}

fn compare(document: &Document, record: &mut Record) {
    record.each_case(document, |record, place, case| compare_case(case, place, record));
}

fn compare_case(case: &Value, place: &str, record: &mut Record) -> Result<(), FieldError> {
    let mut pool = pool_of(case)?;
    record.check("states", || format!("{place} D"), Some(word(case, "D")?), pool.invariant());
    let price = Some(word(case, "virtual_price")?);
    record.check("states", || format!("{place} virtual_price"), price, pool.virtual_price());
    for (number, quote) in list(case, "get_dy")?.iter().enumerate() {
        let [i, j] = coins(quote)?;
        let expected = word_or_revert(quote, "get_dy")?;
        let got = pool.quote_exact_in(i, j, word(quote, "dx")?);
        record.check("quotes", || format!("{place} get_dy[{number}]"), expected, got);
    }
    compare_liquidity_views(&pool, case, place, record)?;
    for (number, step) in list(case, "sequence")?.iter().enumerate() {
        let op = name_of(step)?;
        let place = format!("{place} sequence[{number}] {op}");
        pool.advance(small_or(step, "dt", 0)?);
        operate(&mut pool, op, step, &place, record)?;
        compare_state(&pool, step, &place, record)?;
    }
    Ok(())
}

fn name_of(step: &Value) -> Result<&str, FieldError> {
    if step.get("op").is_some() { text(step, "op") } else { Ok(EXCHANGE) }
}

fn compare_liquidity_views(
    pool: &Pool,
    case: &Value,
    place: &str,
    record: &mut Record,
) -> Result<(), FieldError> {
    for (number, view) in optional_list(case, "deposits")?.iter().enumerate() {
        let expected = word_or_revert(view, "calc_token_amount")?;
        let got = pool.quote_deposit(pair(view, "amounts")?);
        record.check("quotes", || format!("{place} deposits[{number}]"), expected, got);
    }
    for (number, view) in optional_list(case, "withdrawals")?.iter().enumerate() {
        let expected = word_or_revert(view, "calc_withdraw_one_coin")?;
        let got = pool.quote_one_coin_withdrawal(word(view, "shares")?, coin(view, "i")?);
        record.check("quotes", || format!("{place} withdrawals[{number}]"), expected, got);
    }
    Ok(())
}

/// Performs an operation and compares what it returned; an operation without a result returns nothing but zero.
fn operate(
    pool: &mut Pool,
    op: &str,
    step: &Value,
    place: &str,
    record: &mut Record,
) -> Result<(), FieldError> {
    let place = || format!("{place}: out");
    match op {
        EXCHANGE => {
            let ([i, j], amount) = (coins(step)?, word(step, "dx")?);
            if step.get("out").is_some_and(Value::is_array)
                && let Some(&fee) = words(step, "out")?.get(1)
            {
                record.check("fees", place, Some(fee), pool.quote_fee(i, j, amount));
            }
            record.check("exchanges", place, output(step)?, pool.exchange(i, j, amount));
        }
        "add_liquidity" => {
            record.check("liquidity", place, output(step)?, pool.add_liquidity(pair(step, "amounts")?));
        }
        "remove_liquidity_one_coin" => {
            let got = pool.remove_liquidity_one_coin(word(step, "shares")?, coin(step, "i")?);
            record.check("liquidity", place, output(step)?, got);
        }
        "remove_liquidity" => {
            // The amounts are the fall of the balances, which are compared with the state.
            let got = pool.remove_liquidity(word(step, "shares")?).map(|amounts| amounts[0]);
            record.check("liquidity", place, output(step)?, got);
        }
        "claim_admin_fees" => {
            record.check("claims", place, output(step)?, pool.claim_admin_fees().map(|()| U256::ZERO));
        }
        "ramp" => {
            let ends_at_secs = pool.state().now_secs.saturating_add(small(step, "duration")?);
            let curve = Curve::new(word(step, "A")?, word(step, "gamma")?);
            let got = curve.and_then(|curve| pool.start_ramp(curve, ends_at_secs));
            record.check("ramps", place, output(step)?, got.map(|()| U256::ZERO));
        }
        _ => {
            let wanted = "an operation of fixtures/README.md";
            return Err(FieldError::new("op", wanted, op));
        }
    }
    Ok(())
}

fn compare_state(pool: &Pool, step: &Value, place: &str, record: &mut Record) -> Result<(), FieldError> {
    let mut check = |key: &str, expected: U256, got: U256| {
        record.check("states", || format!("{place}: {key}"), Some(expected), Ok::<_, Infallible>(got));
    };
    for (coin, expected) in pair(step, "balances_after")?.into_iter().enumerate() {
        check(&format!("balances_after[{coin}]"), expected, pool.state().balances[coin]);
    }
    check("price_scale_after", first(step, "price_scale_after")?, pool.state().price_scale);
    for (key, quantity) in STATE {
        // A case need not tell the whole state.
        if step.get(key).is_some() {
            check(key, word(step, key)?, quantity(pool));
        }
    }
    Ok(())
}

/// Quotes of the initial state, and the exchanges of the sequence.
fn measure_lanes(document: &Document, errors: &mut LaneErrors) {
    for (number, case) in document.cases().iter().enumerate() {
        // What cannot be read is reported by the comparison with the integers.
        let _read = measure_case(case, &format!("cases[{number}]"), errors);
    }
}

fn measure_case(case: &Value, place: &str, errors: &mut LaneErrors) -> Result<(), FieldError> {
    let mut pool = pool_of(case)?;
    let mut twins = Twins::new(&pool);
    if let Some(twins) = &twins {
        twins.measure_price(errors, place);
        for (number, quote) in list(case, "get_dy")?.iter().enumerate() {
            let ([i, j], amount) = (coins(quote)?, word(quote, "dx")?);
            if pool.quote_exact_in(i, j, amount).is_ok() {
                twins.measure_quote(errors, &format!("{place} get_dy[{number}]"), i, amount);
            }
        }
    }
    for (number, step) in list(case, "sequence")?.iter().enumerate() {
        let (op, elapsed_secs) = (name_of(step)?, small_or(step, "dt", 0)?);
        if op == "ramp" {
            return Ok(());
        }
        let place = format!("{place} sequence[{number}] {op}");
        let before = pool;
        pool.advance(elapsed_secs);
        if let Some(twins) = &mut twins {
            twins.advance(elapsed_secs);
        }
        operate(&mut pool, op, step, &place, &mut Record::default())?;
        if op != EXCHANGE {
            twins = Twins::new(&pool);
        } else if pool.state().balances != before.state().balances {
            let ([i, _], amount) = (coins(step)?, word(step, "dx")?);
            let measured =
                twins.as_mut().is_some_and(|twins| twins.measure_exchange(errors, &place, i, amount));
            if !measured {
                twins = Twins::new(&pool);
            }
        }
    }
    Ok(())
}

fn pool_of(case: &Value) -> Result<Pool, FieldError> {
    let wrong = |error: Error| FieldError::new("pool", "parameters of a pool", error);
    let edition = match case.get("edition").and_then(Value::as_str) {
        Some("stand-alone") => Edition::StandAlone,
        _ => Edition::Factory,
    };
    let parameters = Parameters {
        edition,
        curve: Curve::new(word(case, "A")?, word(case, "gamma")?).map_err(wrong)?,
        fees: FeeSchedule {
            mid_fee: word(case, "mid_fee")?,
            out_fee: word(case, "out_fee")?,
            fee_gamma: word(case, "fee_gamma")?,
        },
        repegging: Repegging {
            allowed_extra_profit: word(case, "allowed_extra_profit")?,
            adjustment_step: word(case, "adjustment_step")?,
            half_life_secs: small(case, "ma_half_time")?,
        },
        admin_fee: word(case, "admin_fee")?,
        precisions: pair(case, "precisions")?,
    };
    Pool::at(parameters, state_of(case)?).map_err(wrong)
}

fn state_of(case: &Value) -> Result<State, FieldError> {
    let price_scale = first(case, "price_scale")?;
    let now_secs = small_or(case, "timestamp", 0)?;
    Ok(State {
        now_secs,
        balances: pair(case, "balances")?,
        invariant: word(case, "D")?,
        total_supply: word(case, "tokens")?,
        price_scale,
        average_price: word_or(case, "price_oracle", price_scale)?,
        last_price: word_or(case, "last_prices", price_scale)?,
        average_at_secs: small_or(case, "last_prices_timestamp", now_secs)?,
        profit: word_or(case, "xcp_profit", ONE)?,
        profit_at_claim: word_or(case, "xcp_profit_a", ONE)?,
        virtual_price: word(case, "virtual_price")?,
        adjusting: !word_or(case, "not_adjusted", U256::ZERO)?.is_zero(),
    })
}

/// What the contract returned: a number or the first of a list, `None` where it reverted.
fn output(step: &Value) -> Result<Option<U256>, FieldError> {
    match step.get("out") {
        Some(Value::Null) => Ok(None),
        Some(Value::Array(_)) => first(step, "out").map(Some),
        _ => word(step, "out").map(Some),
    }
}

fn first(value: &Value, key: &str) -> Result<U256, FieldError> {
    words(value, key)?.first().copied().ok_or_else(|| length_error(value, key))
}

fn pair(value: &Value, key: &str) -> Result<[U256; 2], FieldError> {
    words(value, key)?.try_into().map_err(|_| length_error(value, key))
}

fn length_error(value: &Value, key: &str) -> FieldError {
    let found = value.get(key).map_or_else(|| "missing".to_owned(), Value::to_string);
    FieldError::new(key, "an entry per coin", found)
}

fn coin(value: &Value, key: &str) -> Result<usize, FieldError> {
    // An index beyond the platform's is no coin either.
    Ok(usize::try_from(small(value, key)?).unwrap_or(usize::MAX))
}

fn coins(value: &Value) -> Result<[usize; 2], FieldError> {
    Ok([coin(value, "i")?, coin(value, "j")?])
}

fn optional_list<'a>(value: &'a Value, key: &str) -> Result<&'a [Value], FieldError> {
    if value.get(key).is_some() { list(value, key) } else { Ok(&[]) }
}

fn small_or(value: &Value, key: &str, default: u64) -> Result<u64, FieldError> {
    if value.get(key).is_some() { small(value, key) } else { Ok(default) }
}

fn word_or(value: &Value, key: &str, default: U256) -> Result<U256, FieldError> {
    if value.get(key).is_some() { word(value, key) } else { Ok(default) }
}
