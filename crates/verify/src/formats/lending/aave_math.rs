//! Aave's arithmetic alone: single calls of its libraries and of its rate strategy.
//!
//! Keys, all of one object: `available_collateral` (what a liquidation exchanges), `percentage_math` and `ray_math` (`fn` names the
//! function; the result stands in `out` or beside the arguments), `interest` (growth after `elapsed` seconds), `rate_strategy_v2`.
//! A result that is null, or an `out` with `revert`, is a revert.

use crate::formats::Format;
use crate::words::{FieldError, list, object, small, text, word, word_or_revert};
use crate::{Document, Record};
use pegstress_exact::lending::aave::fixed_point::{
    Rounding, percent_div, percent_mul, ray_div, ray_mul, wad_div, wad_mul,
};
use pegstress_exact::lending::aave::interest::{compounded_interest, linear_interest};
use pegstress_exact::lending::aave::{
    RateParameters, RateStrategy, RateStrategyError, ReserveLiquidity, SeizureTerms,
};
use pegstress_exact::{ArithmeticError, U256};
use serde_json::Value;
use std::fmt::Display;

pub(super) const FORMAT: Format = Format { name: "Aave arithmetic", recognise, exact, lanes: None };

type Compare = fn(&mut Record, &str, &Value) -> Result<(), FieldError>;

const LISTS: [(&str, Compare); 5] = [
    ("available_collateral", compare_seizure),
    ("percentage_math", compare_percentage),
    ("ray_math", compare_ray),
    ("interest", compare_interest),
    ("rate_strategy_v2", compare_rates),
];

fn recognise(document: &Document) -> bool {
    document.some_case_has(&["available_collateral", "rate_strategy_v2"])
}

fn exact(document: &Document, record: &mut Record) {
    record.each_case(document, |record, place, case| {
        for (key, compare) in LISTS {
            if let Some(rows) = record.readable(place, list(case, key)) {
                record.each(&format!("{place}.{key}"), rows, compare);
            }
        }
        Ok(())
    });
}

fn compare_seizure(record: &mut Record, place: &str, row: &Value) -> Result<(), FieldError> {
    let input = object(row, "in")?;
    let terms = SeizureTerms {
        collateral_price: word(input, "collateral_price")?,
        collateral_unit: word(input, "collateral_unit")?,
        debt_price: word(input, "debt_price")?,
        debt_unit: word(input, "debt_unit")?,
        bonus_bps: word(input, "liquidation_bonus_bps")?,
        protocol_fee_bps: word(input, "protocol_fee_bps")?,
    };
    let got = terms.seize(word(input, "debt_to_cover")?, word(input, "collateral_balance")?);
    for (key, got) in [
        ("collateral_to_liquidator", got.map(|seizure| seizure.collateral_to_liquidator)),
        ("debt_needed", got.map(|seizure| seizure.debt_repaid)),
        ("protocol_fee", got.map(|seizure| seizure.protocol_fee)),
    ] {
        compare_out(record, "seizures", place, row, key, got)?;
    }
    Ok(())
}

fn compare_percentage(record: &mut Record, place: &str, row: &Value) -> Result<(), FieldError> {
    let (value, bps) = (word(row, "value")?, word(row, "percentage_bps")?);
    let got = match text(row, "fn")? {
        "percentMul" => percent_mul(value, bps, Rounding::HalfUp),
        "percentMulFloor" => percent_mul(value, bps, Rounding::Down),
        "percentMulCeil" => percent_mul(value, bps, Rounding::Up),
        "percentDiv" => percent_div(value, bps, Rounding::HalfUp),
        "percentDivFloor" => percent_div(value, bps, Rounding::Down),
        "percentDivCeil" => percent_div(value, bps, Rounding::Up),
        other => return Err(unknown_function(other)),
    };
    compare_out(record, "percentages", place, row, "result", got)
}

fn compare_ray(record: &mut Record, place: &str, row: &Value) -> Result<(), FieldError> {
    let (a, b) = (word(row, "a")?, word(row, "b")?);
    let got = match text(row, "fn")? {
        "rayMul" => ray_mul(a, b, Rounding::HalfUp),
        "rayMulFloor" => ray_mul(a, b, Rounding::Down),
        "rayMulCeil" => ray_mul(a, b, Rounding::Up),
        "rayDiv" => ray_div(a, b, Rounding::HalfUp),
        "rayDivFloor" => ray_div(a, b, Rounding::Down),
        "rayDivCeil" => ray_div(a, b, Rounding::Up),
        "wadMul" => wad_mul(a, b),
        "wadDiv" => wad_div(a, b),
        other => return Err(unknown_function(other)),
    };
    compare_out(record, "wads and rays", place, row, "result", got)
}

fn compare_interest(record: &mut Record, place: &str, row: &Value) -> Result<(), FieldError> {
    let (rate, elapsed) = (word(row, "rate_ray")?, small(row, "elapsed")?);
    for (key, got) in [
        ("compounded_ray", compounded_interest(rate, elapsed)),
        ("linear_ray", linear_interest(rate, elapsed)),
    ] {
        compare_out(record, "growth factors", place, row, key, got)?;
    }
    Ok(())
}

fn compare_rates(record: &mut Record, place: &str, row: &Value) -> Result<(), FieldError> {
    let input = object(row, "in")?;
    let strategy = RateStrategy::new(RateParameters {
        optimal_bps: small(input, "optimal_bps")?,
        base_bps: small(input, "base_bps")?,
        slope1_bps: small(input, "slope1_bps")?,
        slope2_bps: small(input, "slope2_bps")?,
    });
    let liquidity = ReserveLiquidity {
        virtual_underlying: word(input, "virtual_underlying")?,
        added: word(input, "liquidity_added")?,
        taken: word(input, "liquidity_taken")?,
        total_debt: word(input, "total_debt")?,
        // The calls of these files are of a reserve without a deficit.
        deficit: U256::ZERO,
        reserve_factor_bps: small(input, "reserve_factor_bps")?,
    };
    let got = strategy.map_err(RatesError::from).and_then(|strategy| Ok(strategy.rates(&liquidity)?));
    for (key, got) in [
        ("liquidity_rate_ray", got.map(|rates| rates.liquidity)),
        ("variable_borrow_rate_ray", got.map(|rates| rates.variable_borrow)),
    ] {
        compare_out(record, "rates", place, row, key, got)?;
    }
    Ok(())
}

/// Why a row has no rates.
#[derive(Debug, Clone, Copy, thiserror::Error)]
enum RatesError {
    #[error(transparent)]
    Strategy(#[from] RateStrategyError),
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
}

/// Compares the result under `key` of the row's `out`, or of the row itself where it has none.
fn compare_out<E: Display>(
    record: &mut Record,
    kind: &'static str,
    place: &str,
    row: &Value,
    key: &str,
    got: Result<U256, E>,
) -> Result<(), FieldError> {
    let expected = match row.get("out") {
        None => word_or_revert(row, key)?,
        Some(Value::Null) => None,
        Some(out) if out.get("revert").is_some() => None,
        Some(out) => word_or_revert(out, key)?,
    };
    record.check(kind, || format!("{place}.{key}"), expected, got);
    Ok(())
}

fn unknown_function(found: &str) -> FieldError {
    FieldError::new("fn", "a known function", found)
}
