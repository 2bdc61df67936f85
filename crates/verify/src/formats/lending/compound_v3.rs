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

use crate::formats::Format;
use crate::formats::steps::{Step, each_step, panic_word};
use crate::words::{FieldError, flag, index, list, object, signed, small, word, words};
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
    let step = Step::new(place, row);
    let model = rate_model(step.input(object, "params")?)?;
    let utilization = step.input(word, "utilization")?;
    for (key, curve) in [("borrow_rate_per_s", model.borrow), ("supply_rate_per_s", model.supply)] {
        if let Some(rate) = step.ended(record, curve.rate(utilization), name)? {
            step.outputs(record, "rates", &[(key, rate)])?;
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
    let first = list(case, "steps")?.first();
    let first = first.ok_or_else(|| FieldError::new("steps", "steps", "none"))?;
    let mut scene = start(case, &Step::new(place, first))?;
    each_step(record, place, case, |record, step| {
        scene.take_step(record, step)?;
        // Our own state does not depend on what cannot be read of this one.
        let compared = scene.compare_state(record, step);
        record.readable(step.place(), compared);
        Ok(())
    })
}

/// The scene before the first step.
fn start(case: &Value, first: &Step) -> Result<Scene, FieldError> {
    let invalid = |key: &str, error: CometError| FieldError::new(key, "what the contract allows", error);
    let decimals = |value: &Value, key: &str| -> Result<u32, FieldError> {
        small(value, key)?.try_into().map_err(|_| FieldError::new(key, "decimals", "too many"))
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
    let (now, base) = (first.state(small, "now")?, first.state(word, "base_price")?);
    // What the first step itself moves is not what the case starts from.
    let op = first.op()?;
    if matches!(op, "accrue" | "set_prices") {
        return Err(FieldError::new("op", "a first step that moves neither clock nor prices", op));
    }
    Ok(Scene {
        supplier: Account::empty(&configuration),
        borrower: Account::empty(&configuration),
        comet: Comet::new(configuration, word(case, "initial_reserves")?, now),
        prices: Prices { base, assets: first.state(words, "asset_prices")? },
        now,
    })
}

impl Scene {
    fn take_step(&mut self, record: &mut Record, step: &Step) -> Result<(), FieldError> {
        let now = self.now;
        match step.op()? {
            "supply_base" => {
                let done = self.comet.supply_base(now, &mut self.supplier, step.input(word, "amount")?);
                step.ended(record, done, name)?;
            }
            "supply_collateral" => {
                let (asset, amount) = (step.input(index, "asset")?, step.input(word, "amount")?);
                step.ended(record, self.borrower.supply_collateral(asset, amount), name)?;
            }
            "borrow" => {
                let amount = step.input(word, "amount")?;
                let done = self.comet.withdraw_base(now, &self.prices, &mut self.borrower, amount);
                step.ended(record, done, name)?;
            }
            "accrue" => {
                let seconds = step.input(small, "seconds")?;
                self.now = now
                    .checked_add(seconds)
                    .ok_or_else(|| FieldError::new("in.seconds", "seconds that fit the clock", seconds))?;
                step.ended(record, self.comet.accrue(self.now), name)?;
            }
            "set_prices" => {
                let factor = step.input(word, "factor_permille")?;
                for price in &mut self.prices.assets {
                    *price = price.saturating_mul(factor) / U256::from(1000);
                }
                step.ended(record, Ok(()), name)?;
            }
            "absorb" => {
                let before = self.comet.reserves(now);
                let done = self.comet.absorb(now, &self.prices, &mut self.borrower);
                if step.ended(record, done, name)?.is_some() {
                    let after = self.comet.reserves(now);
                    for (key, got) in [("reserves_before", before), ("reserves_after", after)] {
                        let expected = step.output(signed, key)?;
                        record.check("absorptions", step.place_of("out", key), Some(expected), got);
                    }
                }
            }
            "buy_collateral" => {
                let (number, amount) = (step.input(index, "asset")?, step.input(word, "base_amount")?);
                let quote = self.comet.quote_collateral(&self.prices, number, amount);
                let none = U256::ZERO;
                let done = self.comet.buy_collateral(now, &self.prices, number, none, amount);
                if let Some(received) = step.ended(record, done, name)? {
                    let quoted = step.output(word, "quote")?;
                    record.check("sales", step.place_of("out", "quote"), Some(quoted), quote);
                    step.outputs(record, "sales", &[("received", received)])?;
                }
            }
            _ => return Err(step.unknown()),
        }
        Ok(())
    }

    fn compare_state(&self, record: &mut Record, step: &Step) -> Result<(), FieldError> {
        let Self { comet, borrower, prices, now, .. } = self;
        let of = |key| step.place_of("state", key);
        let balance = comet.indexes_at(*now).and_then(|indexes| indexes.present_value(borrower.principal));
        let part = |sign: i128| balance.map(|balance| U256::from((balance * sign).max(0).unsigned_abs()));
        let numbers = [
            ("now", Ok(U256::from(*now))),
            ("base_price", Ok(prices.base)),
            ("total_supply", comet.total_supply(*now)),
            ("total_borrow", comet.total_borrow(*now)),
            ("utilization", comet.utilization().map_err(CometError::from)),
            ("borrower_borrow_balance", part(-1)),
            ("borrower_base_balance", part(1)),
            ("base_balance", Ok(comet.base_balance)),
        ];
        step.states(record, "states", numbers)?;
        let reserves = step.state(signed, "reserves")?;
        record.check("states", of("reserves"), Some(reserves), comet.reserves(*now));
        let principal = step.state(signed, "borrower_principal")?;
        record.equal("states", of("borrower_principal"), principal, borrower.principal);
        for (key, got) in [
            ("asset_prices", &prices.assets),
            ("borrower_collateral", &borrower.collateral),
            ("collateral_reserves", &comet.collateral_reserves),
        ] {
            record.check_list("states", of(key), &step.state(words, key)?, Ok::<_, CometError>(got));
        }
        let liquidatable = borrower.is_liquidatable(&comet.configuration, &comet.indexes, prices);
        record.check("health", of("liquidatable"), Some(step.state(flag, "liquidatable")?), liquidatable);
        Ok(())
    }
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
        CometError::Arithmetic(error) => panic_word(*error),
    }
}
