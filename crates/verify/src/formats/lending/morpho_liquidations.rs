//! Morpho Blue markets from creation on: a supplier, some borrowers, a price that moves, liquidations.
//!
//! Keys: `lltv`, `fee`, `irm` (`none`, `fixed` with `fixed_rate_per_second`, `adaptive`), `initial_price`,
//! `initial_timestamp`, `steps`. A step has `op`, `in`, `out` and the market's `state` after it.

use std::collections::{BTreeMap, BTreeSet};

use pegstress_exact::U256;
use pegstress_exact::lending::adaptive_curve_irm::AdaptiveCurveIrm;
use pegstress_exact::lending::morpho::{Amount, Irm, Market, MorphoError, Moved, Position};
use serde_json::Value;

use super::step::{outcome, panic_code, unknown, within};
use crate::formats::Format;
use crate::words::{FieldError, list, object, small, text, word};
use crate::{Document, Record};

pub(super) const FORMAT: Format = Format { name: "Morpho Blue markets", recognise, exact, lanes: None };

fn recognise(document: &Document) -> bool {
    document.some_case_has(&["lltv", "irm", "initial_price", "steps"])
}

fn exact(document: &Document, record: &mut Record) {
    record.each_case(document, compare);
}

/// The market and everybody in it.
struct Scene {
    market: Market,
    supplier: Position,
    borrowers: BTreeMap<String, Position>,
    price: U256,
    now: u64,
}

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let irm = match text(case, "irm")? {
        "none" => Irm::None,
        "fixed" => Irm::Fixed(word(case, "fixed_rate_per_second")?),
        "adaptive" => Irm::AdaptiveCurve(AdaptiveCurveIrm::default()),
        other => return Err(unknown("irm", "none, fixed or adaptive", other)),
    };
    let (lltv, fee, now) = (word(case, "lltv")?, word(case, "fee")?, small(case, "initial_timestamp")?);
    let market = Market::create(lltv, fee, irm, now)
        .map_err(|error| unknown("lltv", "a market that can be created", &error.to_string()))?;
    let price = word(case, "initial_price")?;
    let mut scene = Scene { market, supplier: Position::default(), borrowers: BTreeMap::new(), price, now };
    for (k, step) in list(case, "steps")?.iter().enumerate() {
        let place = format!("{place}.steps[{k}]");
        let taken = scene.take_step(record, &place, step);
        // After a step that cannot be read the market is not known.
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

impl Scene {
    fn take_step(&mut self, record: &mut Record, place: &str, step: &Value) -> Result<(), FieldError> {
        let input = object(step, "in")?;
        let now = self.now;
        match text(step, "op")? {
            "supply_collateral" => {
                let assets = word(input, "assets")?;
                let done = self.borrower(input, |_, position, _| position.supply_collateral(assets))?;
                outcome(record, place, step, done, reason)?;
            }
            "supply" => {
                let amount = Amount::Assets(word(input, "assets")?);
                let done = self.market.supply(now, &mut self.supplier, amount);
                compare_moved(record, place, step, done)?;
            }
            "borrow" => {
                let amount = Amount::Assets(word(input, "assets")?);
                let done = self
                    .borrower(input, |market, position, price| market.borrow(now, price, position, amount))?;
                compare_moved(record, place, step, done)?;
            }
            "accrue" => {
                let elapsed = small(input, "elapsed")?;
                self.now = now.checked_add(elapsed).ok_or_else(|| {
                    unknown("in.elapsed", "seconds that fit the clock", &elapsed.to_string())
                })?;
                let done = self.market.accrue_interest(self.now);
                outcome(record, place, step, done, reason)?;
            }
            "set_price" => {
                self.price = word(input, "price")?;
                outcome(record, place, step, Ok(()), reason)?;
            }
            "liquidate" => {
                let (seized, repaid) = (word(input, "seized_assets")?, word(input, "repaid_shares")?);
                let done = self.borrower(input, |market, position, price| {
                    market.liquidate(now, price, position, Amount::exactly_one(seized, repaid)?)
                })?;
                if let Some(done) = outcome(record, place, step, done, reason)? {
                    for (key, got) in [
                        ("seized_assets", done.seized_assets),
                        ("repaid_assets", done.repaid_assets),
                        ("repaid_shares", done.repaid_shares),
                        ("bad_debt_assets", done.bad_debt_assets),
                        ("bad_debt_shares", done.bad_debt_shares),
                    ] {
                        let expected = word(object(step, "out")?, key)?;
                        record.equal("liquidations", || format!("{place}.out.{key}"), expected, got);
                    }
                }
            }
            other => return Err(unknown("op", "a known operation", other)),
        }
        Ok(())
    }

    /// A call of the borrower named in `input`, who may be new.
    fn borrower<T>(
        &mut self,
        input: &Value,
        call: impl FnOnce(&mut Market, &mut Position, U256) -> Result<T, MorphoError>,
    ) -> Result<Result<T, MorphoError>, FieldError> {
        let position = self.borrowers.entry(text(input, "borrower")?.to_owned()).or_default();
        Ok(call(&mut self.market, position, self.price))
    }

    fn compare_state(&self, record: &mut Record, place: &str, state: &Value) -> Result<(), FieldError> {
        let market = &self.market;
        let mut expected = vec![
            ("timestamp", U256::from(self.now)),
            ("total_supply_assets", market.total_supply_assets),
            ("total_supply_shares", market.total_supply_shares),
            ("total_borrow_assets", market.total_borrow_assets),
            ("total_borrow_shares", market.total_borrow_shares),
            ("last_update", U256::from(market.last_update)),
            ("supplier_shares", self.supplier.supply_shares),
        ];
        // Both are in the file where they can be other than zero.
        if !market.fee.is_zero() || state.get("fee_recipient_shares").is_some() {
            expected.push(("fee_recipient_shares", market.fee_recipient_shares));
        }
        if let Irm::AdaptiveCurve(model) = market.irm {
            expected.push(("rate_at_target", model.rate_at_target));
        }
        for (key, got) in expected {
            record.equal("states", || format!("{place}.{key}"), word(state, key)?, got);
        }
        let positions = object(state, "positions")?;
        let in_file = positions.as_object().into_iter().flatten().map(|(name, _)| name);
        let nothing = Position::default();
        // A borrower without a position may be missing in the file, and in our list.
        let ours = self.borrowers.iter().filter(|(_, position)| **position != nothing).map(|(name, _)| name);
        for name in in_file.chain(ours).collect::<BTreeSet<_>>() {
            let position = self.borrowers.get(name).unwrap_or(&nothing);
            let values = [("borrow_shares", position.borrow_shares), ("collateral", position.collateral)];
            let compared = object(positions, name).and_then(|expected| {
                let compared = values.into_iter().try_for_each(|(key, got)| {
                    let of = || format!("{place}.positions.{name}.{key}");
                    record.equal("states", of, word(expected, key)?, got);
                    Ok(())
                });
                within(name, compared)
            });
            within("positions", compared)?;
        }
        Ok(())
    }
}

/// Compares what a supply or a borrowing moved.
fn compare_moved(
    record: &mut Record,
    place: &str,
    step: &Value,
    done: Result<Moved, MorphoError>,
) -> Result<(), FieldError> {
    if let Some(moved) = outcome(record, place, step, done, reason)? {
        let out = object(step, "out")?;
        for (key, got) in [("assets", moved.assets), ("shares", moved.shares)] {
            record.equal("amounts", || format!("{place}.out.{key}"), word(out, key)?, got);
        }
    }
    Ok(())
}

/// The contract's words for a revert.
fn reason(error: &MorphoError) -> &'static str {
    match error {
        MorphoError::InconsistentInput => "inconsistent input",
        MorphoError::ZeroAssets => "zero assets",
        MorphoError::InsufficientCollateral => "insufficient collateral",
        MorphoError::InsufficientLiquidity => "insufficient liquidity",
        MorphoError::HealthyPosition => "position is healthy",
        MorphoError::AmountTooLarge => "max uint128 exceeded",
        MorphoError::LltvTooLarge => "max LLTV exceeded",
        MorphoError::FeeTooLarge => "max fee exceeded",
        MorphoError::Arithmetic(error) => panic_code(*error),
    }
}
