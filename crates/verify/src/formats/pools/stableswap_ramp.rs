//! First-generation StableSwap pools while the amplification is ramped: the amplification of the moment, the invariant,
//! and one operation of each kind from the same state.

use pegstress_exact::U256;
use pegstress_exact::stableswap::{Error, FeeSchedule, Generation, Parameters, Pool, Ramp};
use serde_json::Value;

use crate::formats::Format;
use crate::words::{FieldError, small, text, word, words};
use crate::{Document, LaneErrors, Record, stableswap_lanes::StableSwapState};

/// Cases of ramped first-generation pools.
pub(super) const FORMAT: Format = Format {
    name: "Curve StableSwap, first generation on a ramp",
    recognise,
    exact: compare,
    lanes: Some(measure_lanes),
};

/// What the ramp's amplification stands in for.
const REPLACED: u64 = 1;

fn recognise(document: &Document) -> bool {
    document.some_case_has(&[
        "generation",
        "ramp",
        "now",
        "amplification",
        "swap.dx",
        "remove_imbalance.burned",
    ])
}

fn compare(document: &Document, record: &mut Record) {
    record.each_case(document, |record, place, case| compare_case(case, place, record));
}

fn compare_case(case: &Value, place: &str, record: &mut Record) -> Result<(), FieldError> {
    let start = pool_of(case)?;
    let at = |name: &str| format!("{place} {name}");
    let stored = Ok::<_, Error>(start.curve().stored_amplification());
    record.check("states", || at("amplification"), Some(word(case, "amplification")?), stored);
    record.check("states", || at("invariant"), Some(word(case, "invariant")?), start.invariant());

    let (swap, mut pool) = (part(case, "swap")?, start.clone());
    let got = pool.exchange(coin(swap, "i")?, coin(swap, "j")?, word(swap, "dx")?);
    record.check("exchanges", || at("swap"), Some(word(swap, "dy")?), got);
    compare_balances(&pool, &words(swap, "balances")?, &at("swap"), record);

    let (removal, mut pool) = (part(case, "remove_imbalance")?, start.clone());
    let got = pool.remove_liquidity_imbalanced(&words(removal, "amounts")?);
    record.check("liquidity", || at("remove_imbalance"), Some(word(removal, "burned")?), got);
    compare_balances(&pool, &words(removal, "balances")?, &at("remove_imbalance"), record);

    let (deposit, mut pool) = (part(case, "add")?, start.clone());
    let got = pool.add_liquidity(&words(deposit, "amounts")?);
    record.check("liquidity", || at("add"), Some(word(deposit, "minted")?), got);

    let (one, mut pool) = (part(case, "one_coin")?, start);
    let got = pool.remove_liquidity_one_coin(word(one, "shares")?, coin(one, "i")?);
    record.check("liquidity", || at("one_coin"), Some(word(one, "dy")?), got);
    Ok(())
}

fn compare_balances(pool: &Pool, expected: &[U256], place: &str, record: &mut Record) {
    for (coin, &expected) in expected.iter().enumerate() {
        let got = pool.balances().get(coin).copied().ok_or("no such coin");
        record.check("balances", || format!("{place}: balances[{coin}]"), Some(expected), got);
    }
}

fn generation_of(case: &Value) -> Result<Generation, FieldError> {
    match text(case, "generation")? {
        "ThreePool" => Ok(Generation::ThreePool),
        "StEth" => Ok(Generation::StEth),
        "Template" => Ok(Generation::Template),
        "Reth" => Ok(Generation::Reth),
        other => Err(FieldError::new("generation", "ThreePool, StEth, Template or Reth", other.to_owned())),
    }
}

fn pool_of(case: &Value) -> Result<Pool, FieldError> {
    let parameters = Parameters {
        generation: generation_of(case)?,
        amplification: REPLACED,
        fees: FeeSchedule::fixed(word(case, "fee")?),
        rate_multipliers: words(case, "rate_multipliers")?,
        oracle_rates: words(case, "oracle_rates")?,
    };
    let (ramp, now_secs) = (ramp_of(case)?, small(case, "now")?);
    Pool::new(parameters, words(case, "balances")?, word(case, "supply")?)
        .and_then(|pool| pool.with_ramp(ramp, now_secs))
        .map_err(|error| FieldError::new("pool", "parameters of a pool", error.to_string()))
}

fn ramp_of(case: &Value) -> Result<Ramp, FieldError> {
    let numbers: Vec<u64> =
        words(case, "ramp")?.into_iter().filter_map(|word| word.try_into().ok()).collect();
    let &[initial, future, starts_at_secs, ends_at_secs] = numbers.as_slice() else {
        return Err(FieldError::new("ramp", "start, end and their times", format!("{numbers:?}")));
    };
    Ok(Ramp { initial, future, starts_at_secs, ends_at_secs })
}

fn part<'a>(case: &'a Value, key: &str) -> Result<&'a Value, FieldError> {
    case.get(key).ok_or_else(|| FieldError::new(key, "an operation", "missing".to_owned()))
}

fn coin(value: &Value, key: &str) -> Result<usize, FieldError> {
    // An index beyond the platform's is no coin either.
    Ok(usize::try_from(small(value, key)?).unwrap_or(usize::MAX))
}

fn measure_lanes(document: &Document, errors: &mut LaneErrors) {
    for (number, case) in document.cases().iter().enumerate() {
        // What cannot be read is reported by the comparison with the integers.
        let _read = measure_case(&format!("cases[{number}]"), case, errors);
    }
}

fn measure_case(place: &str, case: &Value, errors: &mut LaneErrors) -> Result<(), FieldError> {
    let (pool, fees) = (pool_of(case)?, FeeSchedule::fixed(word(case, "fee")?));
    let Ok(rates) = pool.stored_rates() else { return Ok(()) };
    let balances = pool.balances().to_vec();
    let Some(state) = StableSwapState::new(generation_of(case)?, REPLACED, fees, balances, rates) else {
        return Ok(());
    };
    let state = state.on_ramp(ramp_of(case)?, small(case, "now")?);
    state.measure_prices(errors, place);
    let swap = part(case, "swap")?;
    let coins = (coin(swap, "i")?, coin(swap, "j")?);
    state.measure_swap(errors, &format!("{place} swap"), coins, word(swap, "dx")?);
    Ok(())
}
