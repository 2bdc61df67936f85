//! Balancer version 3 pools, stable and weighted: swaps, every one from the same state.
//!
//! A case is `{pool, decimals, balancesRaw, swaps}`. The pool has `poolType` (`STABLE`, `WEIGHTED`), `tokens`,
//! `scalingFactors` (10^(18 - decimals)), `tokenRates`, `swapFee`, `aggregateSwapFee` (1e18 = 1), `balancesLiveScaled18`,
//! `totalSupply`, `amp` in thousandths or `weights`, and `hook` where it has StableSurge; a swap has `swapKind` (0 exact
//! in, 1 exact out), `tokenIn` and `tokenOut` as addresses, `amountRaw`, and `outputRaw`, null where the pool refuses.

use pegstress_exact::U256;
use pegstress_exact::balancer::Error;
use pegstress_exact::balancer::v3::{Curve, Parameters, Pool, Surge};
use serde_json::Value;

use crate::balancer_lanes::{Shape, Token, TwoTokens};
use crate::formats::Format;
use crate::words::{FieldError, list, small, text, word, word_or_revert, words};
use crate::{Document, LaneErrors, Record};

/// See the module.
pub(super) const FORMAT: Format =
    Format { name: "Balancer v3 pools", recognise, exact: compare, lanes: Some(measure_lanes) };

fn recognise(document: &Document) -> bool {
    document.some_case_has(&["pool.poolType", "pool.balancesLiveScaled18", "balancesRaw", "swaps"])
}

fn compare(document: &Document, record: &mut Record) {
    record.each_case(document, |record, place, case| compare_case(place, case, record));
}

fn compare_case(of_case: &str, case: &Value, record: &mut Record) -> Result<(), FieldError> {
    let description = case.get("pool").unwrap_or(&Value::Null);
    let pool = read_pool(case, description, 0)?;
    for (token, live) in words(description, "balancesLiveScaled18")?.into_iter().enumerate() {
        let got = pool.as_ref().map_err(|&error| error).and_then(|pool| {
            let missing = Error::UnknownToken { index: token, tokens: pool.balances_live().len() };
            pool.balances_live().get(token).copied().ok_or(missing)
        });
        let place = || format!("{of_case}.pool balancesLiveScaled18[{token}]");
        record.check("balances", place, Some(live), got);
    }
    for (number, swap) in list(case, "swaps")?.iter().enumerate() {
        let (token_in, token_out) =
            (place(description, swap, "tokenIn")?, place(description, swap, "tokenOut")?);
        let (amount, expected) = (word(swap, "amountRaw")?, word_or_revert(swap, "outputRaw")?);
        let pool = pool.as_ref().map_err(|&error| error);
        let where_ = || format!("{of_case}.swaps[{number}] outputRaw");
        match small(swap, "swapKind")? {
            0 => {
                let got = pool.and_then(|pool| pool.quote_exact_in(token_in, token_out, amount));
                record.check("swaps exact in", where_, expected, got);
            }
            1 => {
                let got = pool.and_then(|pool| pool.quote_exact_out(token_in, token_out, amount));
                record.check("swaps exact out", where_, expected, got);
            }
            other => {
                return Err(FieldError::new("swapKind", "0 (exact in) or 1 (exact out)", other.to_string()));
            }
        }
    }
    Ok(())
}

/// The pool with its balances in 2^-`bits` of the tokens' units. The outer error is one of the file, the inner one a pool
/// the contract would not have.
fn read_pool(case: &Value, pool: &Value, bits: usize) -> Result<Result<Pool, Error>, FieldError> {
    let curve = match text(pool, "poolType")? {
        "STABLE" => Curve::stable(small(pool, "amp")?, list(pool, "tokens")?.len()),
        "WEIGHTED" => Curve::weighted(words(pool, "weights")?),
        other => return Err(FieldError::new("poolType", "STABLE or WEIGHTED", other.to_owned())),
    };
    let surge = read_surge(pool)?;
    let (scaling_factors, token_rates) = (words(pool, "scalingFactors")?, words(pool, "tokenRates")?);
    let (swap_fee, aggregate_swap_fee) = (word(pool, "swapFee")?, word(pool, "aggregateSwapFee")?);
    let (mut balances, total_supply) = (words(case, "balancesRaw")?, word(pool, "totalSupply")?);
    for balance in &mut balances {
        // What does not fit a word is no balance either.
        *balance = balance.checked_shl(bits).unwrap_or(U256::MAX);
    }
    Ok(curve.and_then(|curve| {
        let parameters =
            Parameters { curve, scaling_factors, token_rates, swap_fee, aggregate_swap_fee, surge };
        Pool::new(parameters, balances, total_supply)
    }))
}

fn read_surge(pool: &Value) -> Result<Option<Surge>, FieldError> {
    let hook = match pool.get("hook") {
        None | Some(Value::Null) => return Ok(None),
        Some(hook) => hook,
    };
    match text(hook, "hookType")? {
        "StableSurge" => Ok(Some(Surge {
            threshold: word(hook, "surgeThresholdPercentage")?,
            max_fee: word(hook, "maxSurgeFeePercentage")?,
        })),
        other => Err(FieldError::new("hookType", "StableSurge", other.to_owned())),
    }
}

/// The place among the pool's tokens of the address in `swap[key]`.
fn place(pool: &Value, swap: &Value, key: &str) -> Result<usize, FieldError> {
    let address = text(swap, key)?;
    let same = |token: &Value| token.as_str().is_some_and(|token| token.eq_ignore_ascii_case(address));
    let found = list(pool, "tokens")?.iter().position(same);
    found.ok_or_else(|| FieldError::new(key, "one of the pool's tokens", address.to_owned()))
}

/// Exact inputs, and the price of every token that can be traded for the first.
fn measure_lanes(document: &Document, errors: &mut LaneErrors) {
    for (index, case) in document.cases().iter().enumerate() {
        // What cannot be read is reported by the comparison with the integers.
        let _read = measure_case(&format!("cases[{index}]"), case, errors);
    }
}

fn measure_case(case_place: &str, case: &Value, errors: &mut LaneErrors) -> Result<(), FieldError> {
    let description = case.get("pool").unwrap_or(&Value::Null);
    let pool = |bits| read_pool(case, description, bits).ok()?.ok();
    for token in 1..list(description, "tokens")?.len() {
        if let Some(pair) = read_pair(case, description, [0, token])? {
            pair.measure_price(errors, format!("{case_place}.pool token {token}"), pool);
        }
    }
    for (number, swap) in list(case, "swaps")?.iter().enumerate() {
        let (i, j) = (place(description, swap, "tokenIn")?, place(description, swap, "tokenOut")?);
        if small(swap, "swapKind")? == 0
            && i != j
            && let Some(pair) = read_pair(case, description, [i.min(j), i.max(j)])?
        {
            let amount = word(swap, "amountRaw")?;
            pair.measure_swap(errors, format!("{case_place}.swaps[{number}]"), (i < j, amount), pool);
        }
    }
    Ok(())
}

/// Two tokens for the lanes, if they have such a pool.
fn read_pair(case: &Value, pool: &Value, indices: [usize; 2]) -> Result<Option<TwoTokens>, FieldError> {
    let pair = |value: &Value, key: &str| {
        let words = words(value, key)?;
        let [first, second] = indices.map(|index| words.get(index).copied());
        first
            .zip(second)
            .ok_or_else(|| FieldError::new(key, "an entry per token", format!("{} entries", words.len())))
    };
    let shape = match text(pool, "poolType")? {
        "STABLE" if list(pool, "tokens")?.len() == 2 => {
            Shape::Stable { amplification_milli: small(pool, "amp")?, surge: read_surge(pool)? }
        }
        "WEIGHTED" => Shape::Weighted { weights: pair(pool, "weights")?.into() },
        _ => return Ok(None),
    };
    let (balances, factors) = (pair(case, "balancesRaw")?, pair(pool, "scalingFactors")?);
    let rates = pair(pool, "tokenRates")?;
    let tokens = [
        Token { balance: balances.0, factor: factors.0, rate: rates.0 },
        Token { balance: balances.1, factor: factors.1, rate: rates.1 },
    ];
    Ok(Some(TwoTokens { shape, swap_fee: word(pool, "swapFee")?, tokens, indices }))
}
