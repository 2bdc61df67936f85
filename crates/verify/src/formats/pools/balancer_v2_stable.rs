//! Balancer version 2 stable pools: results of the vault's `querySwap`, every one from the same state.
//!
//! A case is `{pool, swaps}`. The pool has `balancesRaw`, `decimals`, `amp` in thousandths, `swapFee` as a fraction such
//! as `1/2500`, `scalingFactors` with the rates in them (1e18 = 1), `bptIndex` (the pool's own token, or null) and
//! `invariantVersion` (1 composable, 2 MetaStable); a swap has `swapKind` (0 given in, 1 given out), `tokenIn` and
//! `tokenOut` as indices, `amountRaw`, and `resultRaw`, null where the contract reverts.

use pegstress_exact::U256;
use pegstress_exact::balancer::v2::{Family, Parameters, Pool, RateCache, Token};
use pegstress_exact::balancer::{Error, ONE};
use serde_json::Value;

use crate::balancer_lanes::{self, Shape, TwoTokens};
use crate::formats::Format;
use crate::words::{FieldError, list, small, text, word, word_or_revert, words};
use crate::{Document, LaneErrors, Record};

/// See the module.
pub(super) const FORMAT: Format =
    Format { name: "Balancer v2 stable pools", recognise, exact: compare, lanes: Some(measure_lanes) };

fn recognise(document: &Document) -> bool {
    document.some_case_has(&["pool.invariantVersion", "pool.bptIndex", "pool.scalingFactors", "swaps"])
}

fn compare(document: &Document, record: &mut Record) {
    record.each_case(document, |record, place, case| compare_case(place, case, record));
}

fn compare_case(of_case: &str, case: &Value, record: &mut Record) -> Result<(), FieldError> {
    let pool = read_pool(case.get("pool").unwrap_or(&Value::Null), 0)?;
    for (number, swap) in list(case, "swaps")?.iter().enumerate() {
        let (token_in, token_out) = (place(swap, "tokenIn")?, place(swap, "tokenOut")?);
        let (amount, expected) = (word(swap, "amountRaw")?, word_or_revert(swap, "resultRaw")?);
        let pool = pool.as_ref().map_err(|&error| error);
        let where_ = || format!("{of_case}.swaps[{number}] resultRaw");
        if given_in(swap)? {
            let got = pool.and_then(|pool| pool.quote_exact_in(token_in, token_out, amount));
            record.check("swaps given in", where_, expected, got);
        } else {
            let got = pool.and_then(|pool| pool.quote_exact_out(token_in, token_out, amount));
            record.check("swaps given out", where_, expected, got);
        }
    }
    Ok(())
}

/// The place of the pool's own token, if it has one.
fn own_token_of(pool: &Value) -> Result<Option<usize>, FieldError> {
    match pool.get("bptIndex") {
        None | Some(Value::Null) => Ok(None),
        Some(_) => place(pool, "bptIndex").map(Some),
    }
}

/// The pool with its balances in 2^-`bits` of the tokens' units. The outer error is one of the file, the inner one a pool
/// the contract would not have.
fn read_pool(pool: &Value, bits: usize) -> Result<Result<Pool, Error>, FieldError> {
    let own_token = own_token_of(pool)?;
    let family = match (small(pool, "invariantVersion")?, own_token) {
        (1, Some(own_token)) => Family::Composable { own_token },
        (2, None) => Family::MetaStable,
        (version, _) => {
            let found = format!("{version} with bptIndex {own_token:?}");
            let wanted = "1 with a bptIndex or 2 without one";
            return Err(FieldError::new("invariantVersion", wanted, found));
        }
    };
    let scalings = words(pool, "scalingFactors")?;
    let decimals = words(pool, "decimals")?;
    let registered = scalings.iter().zip(&decimals).enumerate();
    let others = registered.filter(|&(index, _)| Some(index) != own_token);
    let tokens =
        others.map(|(_, (&scaling, &decimals))| token(scaling, decimals)).collect::<Result<_, _>>()?;
    let parameters = Parameters {
        family,
        amplification_milli: small(pool, "amp")?,
        swap_fee: fraction(pool, "swapFee")?,
        tokens,
    };
    let mut balances = words(pool, "balancesRaw")?;
    for (index, balance) in balances.iter_mut().enumerate() {
        if Some(index) != own_token {
            // What does not fit a word is no balance either.
            *balance = balance.checked_shl(bits).unwrap_or(U256::MAX);
        }
    }
    // Swaps between other tokens than the pool's own do not depend on the supply, which the file does not have.
    Ok(Pool::new(parameters, &balances, ONE))
}

/// The scaling factor is `10^(18 - decimals)` times the rate.
fn token(scaling: U256, decimals: U256) -> Result<Token, FieldError> {
    let wrong = || {
        let wanted = "10^(18 - decimals) times a rate below 2^128";
        FieldError::new("scalingFactors", wanted, format!("{scaling} for {decimals} decimals"))
    };
    let plain = u32::try_from(decimals)
        .ok()
        .and_then(|decimals| Token::new(decimals, RateCache::without_provider()).ok());
    let plain = plain.ok_or_else(wrong)?;
    let factor = plain.decimal_scaling.checked_div(ONE).ok_or_else(wrong)?;
    let rate = scaling.checked_div(factor).filter(|&rate| factor.checked_mul(rate) == Some(scaling));
    let rate = rate.and_then(|rate| RateCache::fixed(rate).ok()).ok_or_else(wrong)?;
    Ok(Token { rate, ..plain })
}

/// `a/b` with 18 decimals, rounded down; also a plain integer.
fn fraction(value: &Value, key: &str) -> Result<U256, FieldError> {
    let given = text(value, key)?;
    let (over, under) = given.split_once('/').unwrap_or((given, "1"));
    let parsed = over.trim().parse::<U256>().ok().zip(under.trim().parse::<U256>().ok());
    let scaled = parsed.and_then(|(over, under)| over.checked_mul(ONE)?.checked_div(under));
    scaled.ok_or_else(|| FieldError::new(key, "a fraction of integers such as 1/2500", given))
}

fn given_in(swap: &Value) -> Result<bool, FieldError> {
    match small(swap, "swapKind")? {
        0 => Ok(true),
        1 => Ok(false),
        other => Err(FieldError::new("swapKind", "0 (given in) or 1 (given out)", other)),
    }
}

fn place(value: &Value, key: &str) -> Result<usize, FieldError> {
    // A place beyond any list is an unknown token, as it is on a machine with larger words.
    Ok(usize::try_from(small(value, key)?).unwrap_or(usize::MAX))
}

/// The price, and swaps given in.
fn measure_lanes(document: &Document, errors: &mut LaneErrors) {
    for (index, case) in document.cases().iter().enumerate() {
        // What cannot be read is reported by the comparison with the integers.
        let _read = measure_case(&format!("cases[{index}]"), case, errors);
    }
}

fn measure_case(case_place: &str, case: &Value, errors: &mut LaneErrors) -> Result<(), FieldError> {
    let description = case.get("pool").unwrap_or(&Value::Null);
    let Some(pair) = read_pair(description)? else { return Ok(()) };
    let pool = |bits| read_pool(description, bits).ok()?.ok();
    pair.measure_price(errors, format!("{case_place}.pool"), pool);
    for (number, swap) in list(case, "swaps")?.iter().enumerate() {
        let [quote, token] = pair.indices;
        let (i, j) = (place(swap, "tokenIn")?, place(swap, "tokenOut")?);
        let buys = (i, j) == (quote, token);
        if given_in(swap)? && (buys || (i, j) == (token, quote)) {
            let trade = (buys, word(swap, "amountRaw")?);
            pair.measure_swap(errors, format!("{case_place}.swaps[{number}]"), trade, pool);
        }
    }
    Ok(())
}

/// The two tokens for the lanes, if there are no more.
fn read_pair(pool: &Value) -> Result<Option<TwoTokens>, FieldError> {
    let Ok(exact) = read_pool(pool, 0)? else { return Ok(None) };
    let own_token = own_token_of(pool)?;
    let registered = exact.balances().len() + usize::from(own_token.is_some());
    let indices: Vec<usize> = (0..registered).filter(|&index| Some(index) != own_token).collect();
    let read = |(token, &balance): (&Token, &U256)| balancer_lanes::Token {
        balance,
        factor: token.decimal_scaling.checked_div(ONE).unwrap_or_default(),
        rate: token.rate.rate(),
    };
    let tokens: Vec<_> = exact.tokens().iter().zip(exact.balances()).map(read).collect();
    let (Ok(indices), Ok(tokens)) = (indices.try_into(), tokens.try_into()) else { return Ok(None) };
    let shape = Shape::Stable { amplification_milli: small(pool, "amp")?, surge: None };
    Ok(Some(TwoTokens { shape, swap_fee: fraction(pool, "swapFee")?, tokens, indices }))
}
