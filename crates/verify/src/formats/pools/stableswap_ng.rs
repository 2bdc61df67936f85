//! StableSwap-NG pools: deployment, first state, views of it, and operations with the state after each.
//!
//! Keys: `n`, `A`, `fee`, `offpeg_fee_multiplier`, `admin_fee`, `ma_exp_time`, `D_ma_time`, `rate_multipliers`,
//! `oracle_rates`, `dt_complete`, `initial`, `views`, `sequence`. Where `dt_complete` is false some time steps are not
//! recorded, and the oracle's fields are not compared.

use crate::formats::Format;
use crate::words::{
    FieldError, flag, flag_or, index, list, object, small, text, word, word_or_revert, words,
};
use crate::{Document, LaneErrors, Record, stableswap_lanes::StableSwapState};
use pegstress_exact::U256;
use pegstress_exact::stableswap::{Error, FeeSchedule, Generation, Parameters, Pool};
use serde_json::Value;
use std::fmt;

pub(super) const FORMAT: Format =
    Format { name: "Curve StableSwap-NG", recognise, exact, lanes: Some(measure_lanes) };

fn recognise(document: &Document) -> bool {
    document.some_case_has(&["rate_multipliers", "initial", "sequence"])
}

fn exact(document: &Document, record: &mut Record) {
    record.each_case(document, compare);
}

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let initial = object(case, "initial")?;
    let with_oracle = flag(case, "dt_complete")?;
    let pool = match pool_of(case)? {
        Ok(pool) => pool,
        Err(error) => {
            record.check("state values", || place.to_owned(), Some("a pool"), Err(error));
            return Ok(());
        }
    };
    let at = format!("{place}.initial");
    let read = compare_initial(record, &at, &pool, initial, with_oracle);
    record.readable(&at, read);
    record.each(&format!("{place}.views"), list(case, "views")?, |record, place, wanted| {
        let out = word_or_revert(wanted, "out")?;
        let got = view(&pool, wanted)?;
        record.check("views", || format!("{place}.out ({})", name_of(wanted)), out, got);
        Ok(())
    });
    compare_sequence(record, &format!("{place}.sequence"), pool, list(case, "sequence")?, with_oracle);
    Ok(())
}

fn pool_of(case: &Value) -> Result<Result<Pool, Error>, FieldError> {
    let initial = object(case, "initial")?;
    let parameters = Parameters {
        generation: Generation::Next,
        amplification: small(case, "A")?,
        fees: fees_of(case)?,
        rate_multipliers: words(case, "rate_multipliers")?,
        oracle_rates: words(case, "oracle_rates")?,
    };
    let windows_secs = (small(case, "ma_exp_time")?, small(case, "D_ma_time")?);
    let pool = Pool::new(parameters, words(initial, "balances")?, word(initial, "total_supply")?);
    Ok(pool.and_then(|pool| pool.with_moving_averages(windows_secs.0, windows_secs.1)))
}

fn fees_of(case: &Value) -> Result<FeeSchedule, FieldError> {
    Ok(FeeSchedule {
        fee: word(case, "fee")?,
        offpeg_multiplier: word(case, "offpeg_fee_multiplier")?,
        admin_share: word(case, "admin_fee")?,
    })
}

fn compare_initial(
    record: &mut Record,
    place: &str,
    pool: &Pool,
    initial: &Value,
    with_oracle: bool,
) -> Result<(), FieldError> {
    record.check("state values", || format!("{place}.D"), Some(word(initial, "D")?), pool.invariant());
    compare_state(record, place, pool, initial, with_oracle)
}

fn compare_state(
    record: &mut Record,
    place: &str,
    pool: &Pool,
    state: &Value,
    with_oracle: bool,
) -> Result<(), FieldError> {
    let of = |key: &'static str| move || format!("{place}.{key}");
    let stated = |list: &[U256]| Ok::<_, Error>(list.to_vec());
    let prices = words(state, "get_p")?;
    for (key, got) in [
        ("balances", stated(pool.balances())),
        ("admin_balances", stated(pool.admin_balances())),
        ("stored_rates", pool.stored_rates()),
        ("get_p", (0..prices.len()).map(|k| pool.marginal_price(k)).collect()),
    ] {
        record.check_list("state values", of(key), &words(state, key)?, got.as_deref());
    }
    record.equal("state values", of("total_supply"), word(state, "total_supply")?, pool.total_supply());
    record.check(
        "state values",
        of("virtual_price"),
        Some(word(state, "virtual_price")?),
        pool.virtual_price(),
    );
    if with_oracle { compare_oracle(record, place, pool, state) } else { Ok(()) }
}

fn compare_oracle(record: &mut Record, place: &str, pool: &Pool, state: &Value) -> Result<(), FieldError> {
    let of = |key: &'static str| move || format!("{place}.{key}");
    let Some(averages) = pool.moving_averages() else { return Ok(()) };
    let prices = words(state, "last_price")?.len();
    let recorded =
        |value: fn(&_, usize) -> Option<U256>| (0..prices).map_while(|k| value(averages, k)).collect();
    for (key, got) in [
        ("last_price", Ok(recorded(|averages, k| averages.last_price(k)))),
        ("ema_price", Ok(recorded(|averages, k| averages.written_average(k)))),
        ("price_oracle", (0..prices).map(|k| averages.price(k)).collect::<Result<Vec<_>, _>>()),
    ] {
        record.check_list("oracle values", of(key), &words(state, key)?, got.as_deref());
    }
    record.check("oracle values", of("D_oracle"), Some(word(state, "D_oracle")?), averages.invariant());
    Ok(())
}

/// Operations in order. After one that cannot be read nothing is known of the states, so the sequence ends there.
fn compare_sequence(record: &mut Record, place: &str, mut pool: Pool, sequence: &[Value], with_oracle: bool) {
    for (k, operation) in sequence.iter().enumerate() {
        let place = format!("{place}[{k}]");
        let read = compare_operation(record, &place, &mut pool, operation, with_oracle);
        if record.readable(&place, read).is_none() {
            break;
        }
    }
}

fn compare_operation(
    record: &mut Record,
    place: &str,
    pool: &mut Pool,
    operation: &Value,
    with_oracle: bool,
) -> Result<(), FieldError> {
    pool.advance(small(operation, "dt")?);
    let reverted = flag_or(operation, "reverted", false)?;
    let expected = if reverted { None } else { Some(amounts_of(operation)?) };
    let (kind, got) = operate(pool, operation)?;
    let kind = if reverted { "reverts" } else { kind };
    record.check(kind, || format!("{place}.out ({})", name_of(operation)), expected, got.map(Amounts));
    compare_state(record, &format!("{place}.after"), pool, object(operation, "after")?, with_oracle)
}

fn name_of(entry: &Value) -> &str {
    entry.get("op").and_then(Value::as_str).unwrap_or_default()
}

fn unknown(entry: &Value) -> FieldError {
    FieldError::new("op", "a known operation", name_of(entry))
}

fn view(pool: &Pool, view: &Value) -> Result<Result<U256, Error>, FieldError> {
    Ok(match text(view, "op")? {
        "get_dy" => pool.quote_exact_in(index(view, "i")?, index(view, "j")?, word(view, "dx")?),
        "get_dx" => pool.quote_exact_out_approximate(index(view, "i")?, index(view, "j")?, word(view, "dy")?),
        "dynamic_fee" => pool.dynamic_fee(index(view, "i")?, index(view, "j")?),
        "calc_withdraw_one_coin" => {
            pool.quote_one_coin_withdrawal(word(view, "burn_amount")?, index(view, "i")?)
        }
        "calc_token_amount" if flag(view, "is_deposit")? => pool.quote_deposit(&words(view, "amounts")?),
        "calc_token_amount" => pool.quote_imbalanced_withdrawal(&words(view, "amounts")?),
        _ => return Err(unknown(view)),
    })
}

/// What an operation pays or mints; nothing where a rate is set.
#[derive(PartialEq)]
struct Amounts(Vec<U256>);

impl fmt::Display for Amounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [] => f.write_str("done"),
            [first, others @ ..] => {
                write!(f, "{first}")?;
                others.iter().try_for_each(|other| write!(f, ", {other}"))
            }
        }
    }
}

fn amounts_of(operation: &Value) -> Result<Amounts, FieldError> {
    Ok(Amounts(match operation.get("out") {
        Some(Value::Array(_)) => words(operation, "out")?,
        _ if name_of(operation) == "set_rate" => Vec::new(),
        _ => vec![word(operation, "out")?],
    }))
}

/// Runs an operation: the word under which it is counted, and what it gave.
type Operated = (&'static str, Result<Vec<U256>, Error>);

fn operate(pool: &mut Pool, operation: &Value) -> Result<Operated, FieldError> {
    let one = |amount: Result<U256, Error>| amount.map(|amount| vec![amount]);
    let coin = |key| index(operation, key);
    let amount = |key| word(operation, key);
    let amounts = || words(operation, "amounts");
    Ok(match text(operation, "op")? {
        "exchange" => ("exchanges", one(pool.exchange(coin("i")?, coin("j")?, amount("dx")?))),
        "add_liquidity" => ("deposits", one(pool.add_liquidity(&amounts()?))),
        "remove_liquidity" => ("withdrawals", pool.remove_liquidity(amount("burn_amount")?)),
        "remove_liquidity_one_coin" => {
            ("withdrawals", one(pool.remove_liquidity_one_coin(amount("burn_amount")?, coin("i")?)))
        }
        "remove_liquidity_imbalance" => ("withdrawals", one(pool.remove_liquidity_imbalanced(&amounts()?))),
        "set_rate" => {
            let done = pool.set_oracle_rate(coin("i")?, amount("new_oracle_rate")?);
            ("rate changes", done.map(|()| Vec::new()))
        }
        _ => return Err(unknown(operation)),
    })
}

/// Quotes, fees and prices of the first state, the exchanges and the prices of the sequence.
fn measure_lanes(document: &Document, errors: &mut LaneErrors) {
    let place_of_cases = document.place_of_cases();
    for (k, case) in document.cases().iter().enumerate() {
        // What cannot be read is reported by the comparison with the integers.
        let _read = measure_pool(&format!("{place_of_cases}[{k}]"), case, errors);
    }
}

fn measure_pool(place: &str, case: &Value, errors: &mut LaneErrors) -> Result<(), FieldError> {
    let at = |state: &Value| -> Result<_, FieldError> {
        let (amplification, fees) = (small(case, "A")?, fees_of(case)?);
        let (balances, rates) = (words(state, "balances")?, words(state, "stored_rates")?);
        Ok(StableSwapState::new(Generation::Next, amplification, fees, balances, rates))
    };
    let coins = |entry: &Value| Ok::<_, FieldError>((index(entry, "i")?, index(entry, "j")?));
    let mut state = object(case, "initial")?;
    let Some(pool) = at(state)? else { return Ok(()) };
    pool.measure_prices(errors, &format!("{place}.initial"));
    for (k, view) in list(case, "views")?.iter().enumerate() {
        let place = format!("{place}.views[{k}]");
        match name_of(view) {
            "get_dy" => pool.measure_swap(errors, &place, coins(view)?, word(view, "dx")?),
            "dynamic_fee" => pool.measure_fee(errors, &place, coins(view)?),
            _ => {}
        }
    }
    for (k, operation) in list(case, "sequence")?.iter().enumerate() {
        let place = format!("{place}.sequence[{k}]");
        if name_of(operation) == "exchange"
            && let Some(pool) = at(state)?
        {
            pool.measure_swap(errors, &place, coins(operation)?, word(operation, "dx")?);
        }
        state = object(operation, "after")?;
        if let Some(pool) = at(state)? {
            pool.measure_prices(errors, &format!("{place}.after"));
        }
    }
    Ok(())
}
