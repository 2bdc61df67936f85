//! Compound v3: interest rates, and one borrower's life until his collateral is sold.
//!
//! Keys: `rates` beside the cases, each with `in.params` (yearly figures: kink, low and high slope, base of the supply
//! side `sk`, `sl`, `sh`, `sb` and of the borrow side `bk`, `bl`, `bh`, `bb`), `in.utilization` and the rates per second
//! in `out`. A case has such params as `rates`, `base_decimals`, `store_front_price_factor`, `target_reserves`,
//! `initial_reserves`, `assets` and `steps` with `op`, `in`, `out` and `state`. Prices and clock of the first state are
//! those the case starts from.

use pegstress_exact::U256;
use pegstress_exact::lending::compound::{
    Account, CollateralAsset, Comet, CometError, Configuration, Prices, RateCurve, RateModel,
};
use serde_json::Value;

use super::step::{outcome, panic_code, unknown, within};
use crate::formats::Format;
use crate::words::{FieldError, flag, index, list, object, small, text, word, words};
use crate::{Document, Record};

pub(super) const FORMAT: Format = Format { name: "Compound v3", recognise, exact, lanes: None };

fn recognise(document: &Document) -> bool {
    let rates = |row: &Value| row.pointer("/in/params/sk").is_some();
    document.some_case_has(&["store_front_price_factor", "base_decimals", "steps"])
        || rate_rows(document).iter().any(rates)
}

/// The list of rates beside the cases.
fn rate_rows(document: &Document) -> &[Value] {
    let Document::Json(value) = document else { return &[] };
    list(value, "rates").unwrap_or_default()
}

fn exact(document: &Document, record: &mut Record) {
    record.each("rates", rate_rows(document), compare_rates);
    let only_rates = matches!(document, Document::Json(value) if value.is_object())
        && document.place_of_cases().is_empty();
    if !only_rates || document.some_case_has(&["steps"]) {
        record.each_case(document, compare);
    }
}

fn rate_model(params: &Value) -> Result<RateModel, FieldError> {
    let curve = |kink: &str, low: &str, high: &str, base: &str| -> Result<RateCurve, FieldError> {
        Ok(RateCurve::per_year(
            word(params, kink)?,
            word(params, low)?,
            word(params, high)?,
            word(params, base)?,
        ))
    };
    Ok(RateModel { supply: curve("sk", "sl", "sh", "sb")?, borrow: curve("bk", "bl", "bh", "bb")? })
}

fn compare_rates(record: &mut Record, place: &str, row: &Value) -> Result<(), FieldError> {
    let input = object(row, "in")?;
    let model = rate_model(object(input, "params")?)?;
    let utilization = word(input, "utilization")?;
    for (key, curve) in [("borrow_rate_per_s", model.borrow), ("supply_rate_per_s", model.supply)] {
        if let Some(rate) = outcome(record, place, row, curve.rate(utilization), name)? {
            let expected = word(object(row, "out")?, key)?;
            record.equal("rates", || format!("{place}.out.{key}"), expected, rate);
        }
    }
    Ok(())
}

/// The protocol and everybody in it.
struct Scene {
    comet: Comet,
    supplier: Account,
    borrower: Account,
    prices: Prices,
    now: u64,
}

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let steps = list(case, "steps")?;
    let Some(first) = steps.first() else { return Err(unknown("steps", "steps", "none")) };
    let mut scene = start(case, first)?;
    for (k, step) in steps.iter().enumerate() {
        let place = format!("{place}.steps[{k}]");
        let taken = scene.take_step(record, &place, step);
        // After a step that cannot be read the protocol is not known.
        if record.readable(&place, taken).is_none() {
            break;
        }
        let compared = object(step, "state").and_then(|state| {
            let at = format!("{place}.state");
            within("state", scene.compare_state(record, &at, state))
        });
        record.readable(&place, compared);
    }
    Ok(())
}

/// The scene before the first step.
fn start(case: &Value, first: &Value) -> Result<Scene, FieldError> {
    let invalid = |key: &str, error: CometError| unknown(key, "what the contract allows", &error.to_string());
    let decimals = |value: &Value, key: &str| -> Result<u32, FieldError> {
        small(value, key)?.try_into().map_err(|_| unknown(key, "decimals", "too many"))
    };
    let assets = list(case, "assets")?.iter().map(|asset| {
        let factor = |key: &str| word(asset, key);
        let (borrow, liquidate) = (factor("borrow_cf")?, factor("liquidate_cf")?);
        CollateralAsset::new(decimals(asset, "decimals")?, borrow, liquidate, factor("liquidation_factor")?)
            .map_err(|error| invalid("assets", error))
    });
    let assets = assets.collect::<Result<Vec<_>, _>>()?;
    let store_front = word(case, "store_front_price_factor")?;
    let (target, base) = (word(case, "target_reserves")?, decimals(case, "base_decimals")?);
    let rates = rate_model(object(case, "rates")?)?;
    let configuration = Configuration::new(rates, base, store_front, target, assets)
        .map_err(|error| invalid("store_front_price_factor", error))?;
    let state = object(first, "state")?;
    let (now, base) = (small(state, "now")?, word(state, "base_price")?);
    // What the first step itself moves is not what the case starts from.
    if matches!(text(first, "op")?, "accrue" | "set_prices") {
        return Err(unknown("op", "a first step that moves neither clock nor prices", text(first, "op")?));
    }
    Ok(Scene {
        supplier: Account::empty(&configuration),
        borrower: Account::empty(&configuration),
        comet: Comet::new(configuration, word(case, "initial_reserves")?, now),
        prices: Prices { base, assets: words(state, "asset_prices")? },
        now,
    })
}

impl Scene {
    fn take_step(&mut self, record: &mut Record, place: &str, step: &Value) -> Result<(), FieldError> {
        let (input, now) = (object(step, "in")?, self.now);
        let of = |key: &'static str| move || format!("{place}.out.{key}");
        match text(step, "op")? {
            "supply_base" => {
                let done = self.comet.supply_base(now, &mut self.supplier, word(input, "amount")?);
                outcome(record, place, step, done, name)?;
            }
            "supply_collateral" => {
                let done = self.borrower.supply_collateral(index(input, "asset")?, word(input, "amount")?);
                outcome(record, place, step, done, name)?;
            }
            "borrow" => {
                let amount = word(input, "amount")?;
                let done = self.comet.withdraw_base(now, &self.prices, &mut self.borrower, amount);
                outcome(record, place, step, done, name)?;
            }
            "accrue" => {
                let seconds = small(input, "seconds")?;
                self.now = now.checked_add(seconds).ok_or_else(|| {
                    unknown("in.seconds", "seconds that fit the clock", &seconds.to_string())
                })?;
                let done = self.comet.accrue(self.now);
                outcome(record, place, step, done, name)?;
            }
            "set_prices" => {
                let factor = word(input, "factor_permille")?;
                for price in &mut self.prices.assets {
                    *price = price.saturating_mul(factor) / U256::from(1000);
                }
                outcome(record, place, step, Ok(()), name)?;
            }
            "absorb" => {
                let before = self.comet.reserves(now);
                let done = self.comet.absorb(now, &self.prices, &mut self.borrower);
                if outcome(record, place, step, done, name)?.is_some() {
                    let out = object(step, "out")?;
                    let expected = signed(out, "reserves_before")?;
                    record.check("absorptions", of("reserves_before"), Some(expected), before);
                    let (expected, after) = (signed(out, "reserves_after")?, self.comet.reserves(now));
                    record.check("absorptions", of("reserves_after"), Some(expected), after);
                }
            }
            "buy_collateral" => {
                let (number, amount) = (index(input, "asset")?, word(input, "base_amount")?);
                let quote = self.comet.quote_collateral(&self.prices, number, amount);
                let none = U256::ZERO;
                let done = self.comet.buy_collateral(now, &self.prices, number, none, amount);
                if let Some(received) = outcome(record, place, step, done, name)? {
                    let out = object(step, "out")?;
                    record.check("sales", of("quote"), Some(word(out, "quote")?), quote);
                    record.equal("sales", of("received"), word(out, "received")?, received);
                }
            }
            other => return Err(unknown("op", "a known operation", other)),
        }
        Ok(())
    }

    fn compare_state(&self, record: &mut Record, place: &str, state: &Value) -> Result<(), FieldError> {
        let Self { comet, borrower, prices, now, .. } = self;
        let of = |key: &'static str| move || format!("{place}.{key}");
        let balance = comet.indexes_at(*now).and_then(|indexes| indexes.present_value(borrower.principal));
        let part = |sign: i128| balance.map(|balance| U256::from((balance * sign).max(0).unsigned_abs()));
        for (key, got) in [
            ("now", Ok(U256::from(*now))),
            ("base_price", Ok(prices.base)),
            ("total_supply", comet.total_supply(*now)),
            ("total_borrow", comet.total_borrow(*now)),
            ("utilization", comet.utilization().map_err(CometError::from)),
            ("borrower_borrow_balance", part(-1)),
            ("borrower_base_balance", part(1)),
            ("base_balance", Ok(comet.base_balance)),
        ] {
            record.check("states", of(key), Some(word(state, key)?), got);
        }
        record.check("states", of("reserves"), Some(signed(state, "reserves")?), comet.reserves(*now));
        let principal = signed(state, "borrower_principal")?;
        record.equal("states", of("borrower_principal"), principal, borrower.principal);
        for (key, got) in [
            ("asset_prices", &prices.assets),
            ("borrower_collateral", &borrower.collateral),
            ("collateral_reserves", &comet.collateral_reserves),
        ] {
            record.check_list("states", of(key), &words(state, key)?, Ok::<_, CometError>(got));
        }
        let liquidatable = borrower.is_liquidatable(&comet.configuration, &comet.indexes, prices);
        record.check("health", of("liquidatable"), Some(flag(state, "liquidatable")?), liquidatable);
        Ok(())
    }
}

/// `value[key]` as a signed integer.
fn signed(value: &Value, key: &str) -> Result<i128, FieldError> {
    let found = value.get(key);
    let parsed = found.and_then(Value::as_str).and_then(|text| {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse().ok()).flatten()
    });
    let shown = found.map_or_else(|| "missing".to_owned(), Value::to_string);
    parsed.ok_or_else(|| unknown(key, "an integer of 127 bits and a sign", &shown))
}

/// The contract's name for a revert.
fn name(error: &CometError) -> &'static str {
    match error {
        CometError::NotLiquidatable => "NotLiquidatable",
        CometError::NotCollateralized => "NotCollateralized",
        CometError::BorrowTooSmall => "BorrowTooSmall",
        CometError::NotForSale => "NotForSale",
        CometError::InsufficientReserves => "InsufficientReserves",
        CometError::TooMuchSlippage => "TooMuchSlippage",
        CometError::BadPrice => "BadPrice",
        CometError::BadAsset => "BadAsset",
        CometError::BadDecimals => "BadDecimals",
        CometError::BorrowFactorTooLarge => "BorrowCFTooLarge",
        CometError::FactorTooLarge => "LiquidateCFTooLarge",
        CometError::InvalidUint64 => "InvalidUInt64",
        CometError::InvalidUint104 => "InvalidUInt104",
        CometError::InvalidUint128 => "InvalidUInt128",
        CometError::Arithmetic(error) => panic_code(*error),
    }
}
