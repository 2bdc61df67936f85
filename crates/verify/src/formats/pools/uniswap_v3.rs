//! Uniswap v3 pools: positions minted in order, the ticks they leave, and swaps one after the other.
//!
//! Amounts of swaps are the contract's signed ones, positive into the pool.

use std::fmt;

use pegstress_exact::U256;
use pegstress_exact::uniswap_v3::{Pool, SwapAmount, SwapOutcome, TickRange};
use serde_json::Value;

use crate::formats::Format;
use crate::words::{FieldError, list, word, word_or_revert};
use crate::{Document, LaneErrors, Record, uniswap_v3_lanes::Swap};

pub(super) const FORMAT: Format =
    Format { name: "Uniswap v3 pools", recognise, exact: compare, lanes: Some(measure_lanes) };

/// The file does not say who minted: all positions of a pool are one owner's.
const OWNER: u64 = 0;

fn recognise(document: &Document) -> bool {
    document.some_case_has(&["tickSpacing", "positions", "initial.sqrtPriceX96", "ticks", "swaps"])
}

fn compare(document: &Document, record: &mut Record) {
    record.each_case(document, |record, place, case| compare_pool(case, place, record));
}

fn compare_pool(case: &Value, place: &str, record: &mut Record) -> Result<(), FieldError> {
    let initial = part(case, "initial")?;
    let price = word(initial, "sqrtPriceX96")?;
    let mut pool = match Pool::new(integer(case, "fee")?, integer(case, "tickSpacing")?, price) {
        Ok(pool) => pool,
        Err(error) => {
            record.check("states", || format!("{place}.initial"), Some(price), Err(error));
            return Ok(());
        }
    };
    for (index, position) in list(case, "positions")?.iter().enumerate() {
        mint(&mut pool, position, &format!("{place}.positions[{index}]"), record)?;
    }
    check_state(&pool, initial, &format!("{place}.initial"), record)?;
    check_ticks(&pool, list(case, "ticks")?, place, record)?;
    for (index, swap) in list(case, "swaps")?.iter().enumerate() {
        replay(&mut pool, swap, &format!("{place}.swaps[{index}]"), record)?;
    }
    Ok(())
}

fn mint(pool: &mut Pool, position: &Value, place: &str, record: &mut Record) -> Result<(), FieldError> {
    let range = TickRange::new(integer(position, "tickLower")?, integer(position, "tickUpper")?);
    let got = pool.mint(OWNER, range, integer(position, "liquidity")?);
    for (token, key) in ["amount0", "amount1"].into_iter().enumerate() {
        let expected = word_or_revert(position, key)?;
        record.check("mints", || format!("{place}.{key}"), expected, got.map(|amounts| amounts[token]));
    }
    Ok(())
}

fn check_ticks(pool: &Pool, ticks: &[Value], place: &str, record: &mut Record) -> Result<(), FieldError> {
    record.check(
        "ticks",
        || format!("{place}: number of ticks"),
        Some(ticks.len()),
        sure(pool.ticks().len()),
    );
    for (index, (expected, (tick, state))) in ticks.iter().zip(pool.ticks()).enumerate() {
        let got = [Delta::from(tick), state.liquidity_gross.into(), state.liquidity_net.into()];
        for (key, got) in ["tick", "liquidityGross", "liquidityNet"].into_iter().zip(got) {
            let place = || format!("{place}.ticks[{index}].{key}");
            record.check("ticks", place, Some(delta(expected, key)?), sure(got));
        }
    }
    Ok(())
}

fn replay(pool: &mut Pool, swap: &Value, place: &str, record: &mut Record) -> Result<(), FieldError> {
    let (Swap { zero_for_one, amount, limit_x96 }, reverted) = (swap_of(swap)?, flag(swap, "reverted")?);
    let got = pool.swap(zero_for_one, amount, limit_x96);
    if reverted {
        record.check("swaps", || place.to_owned(), None, got.map(|outcome| outcome.amount_out));
    } else {
        for (key, pays) in [("amount0", zero_for_one), ("amount1", !zero_for_one)] {
            let expected = Some(delta(swap, key)?);
            record.check(
                "swaps",
                || format!("{place}.{key}"),
                expected,
                got.map(|out| Delta::of(&out, pays)),
            );
        }
    }
    check_state(pool, part(swap, "after")?, &format!("{place}.after"), record)
}

fn swap_of(swap: &Value) -> Result<Swap, FieldError> {
    let specified = delta(swap, "amountSpecified")?;
    let amount = if specified.negative {
        SwapAmount::ExactOut(specified.size)
    } else {
        SwapAmount::ExactIn(specified.size)
    };
    Ok(Swap { zero_for_one: flag(swap, "zeroForOne")?, amount, limit_x96: word(swap, "sqrtPriceLimitX96")? })
}

/// Every swap from the state before it.
fn measure_lanes(document: &Document, errors: &mut LaneErrors) {
    for (index, case) in document.cases().iter().enumerate() {
        // What cannot be read is reported by the comparison with the integers.
        let _read = measure_pool(case, &format!("pools[{index}]"), errors);
    }
}

fn measure_pool(case: &Value, place: &str, errors: &mut LaneErrors) -> Result<(), FieldError> {
    let price = word(part(case, "initial")?, "sqrtPriceX96")?;
    let Ok(mut pool) = Pool::new(integer(case, "fee")?, integer(case, "tickSpacing")?, price) else {
        return Ok(());
    };
    for position in list(case, "positions")? {
        mint(&mut pool, position, place, &mut Record::default())?;
    }
    for (index, swap) in list(case, "swaps")?.iter().enumerate() {
        swap_of(swap)?.measure(errors, &format!("{place}.swaps[{index}]"), &pool);
        replay(&mut pool, swap, place, &mut Record::default())?;
    }
    Ok(())
}

fn check_state(pool: &Pool, state: &Value, place: &str, record: &mut Record) -> Result<(), FieldError> {
    let [growth_0, growth_1] = pool.fee_growth_global_x128();
    let got = [
        ("sqrtPriceX96", pool.sqrt_price_x96().into()),
        ("tick", pool.tick().into()),
        ("liquidity", pool.liquidity().into()),
        ("feeGrowthGlobal0X128", growth_0.into()),
        ("feeGrowthGlobal1X128", growth_1.into()),
    ];
    for (key, got) in got {
        record.check("states", || format!("{place}.{key}"), Some(delta(state, key)?), sure(got));
    }
    Ok(())
}

/// A signed integer of 256 bits and a sign; zero has none.
#[derive(Clone, Copy, PartialEq)]
struct Delta {
    negative: bool,
    size: U256,
}

impl Delta {
    /// What a swap moves of one token: the input, or minus the output.
    fn of(outcome: &SwapOutcome, pays: bool) -> Self {
        let size = if pays { outcome.amount_in } else { outcome.amount_out };
        Self { negative: !pays && !size.is_zero(), size }
    }

    fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
        let size = U256::from_str_radix(digits, 10).ok()?;
        Some(Self { negative: negative && !size.is_zero(), size })
    }
}

impl From<U256> for Delta {
    fn from(size: U256) -> Self {
        Self { negative: false, size }
    }
}

impl From<u128> for Delta {
    fn from(size: u128) -> Self {
        U256::from(size).into()
    }
}

impl From<i128> for Delta {
    fn from(value: i128) -> Self {
        Self { negative: value < 0, size: U256::from(value.unsigned_abs()) }
    }
}

impl From<i32> for Delta {
    fn from(value: i32) -> Self {
        i128::from(value).into()
    }
}

impl fmt::Display for Delta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.negative { "-" } else { "" }, self.size)
    }
}

/// `value[key]` as a signed integer, a decimal string or a JSON number.
fn delta(value: &Value, key: &str) -> Result<Delta, FieldError> {
    let field = value.get(key);
    let parsed = match field {
        Some(Value::String(text)) => Delta::parse(text),
        Some(Value::Number(number)) => Delta::parse(&number.to_string()),
        _ => None,
    };
    parsed.ok_or_else(|| wrong(field, key, "an integer of 256 bits and a sign"))
}

/// `value[key]` as an integer of the wanted width.
fn integer<T: std::str::FromStr>(value: &Value, key: &str) -> Result<T, FieldError> {
    let digits = delta(value, key)?.to_string();
    digits.parse().map_err(|_| wrong(value.get(key), key, "an integer in the range of its type"))
}

fn flag(value: &Value, key: &str) -> Result<bool, FieldError> {
    let field = value.get(key);
    field.and_then(Value::as_bool).ok_or_else(|| wrong(field, key, "true or false"))
}

fn part<'a>(value: &'a Value, key: &str) -> Result<&'a Value, FieldError> {
    let field = value.get(key);
    field.filter(|field| field.is_object()).ok_or_else(|| wrong(field, key, "an object"))
}

fn wrong(field: Option<&Value>, key: &str, wanted: &'static str) -> FieldError {
    let found = field.map_or_else(|| "missing".to_owned(), Value::to_string);
    FieldError::new(key, wanted, found)
}

/// A result that cannot fail.
fn sure<T>(value: T) -> Result<T, std::convert::Infallible> {
    Ok(value)
}
