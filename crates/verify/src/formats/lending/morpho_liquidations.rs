//! Morpho Blue markets from creation on: a supplier, some borrowers, a price that moves, liquidations.
//!
//! Keys: `lltv`, `fee`, `irm` (`none`, `fixed` with `fixed_rate_per_second`, `adaptive`), `initial_price`,
//! `initial_timestamp`, `steps`. A step has `op`, `in`, `out` and the market's `state` after it.

use std::collections::{BTreeMap, BTreeSet};

use pegstress_exact::U256;
use pegstress_exact::lending::adaptive_curve_irm::AdaptiveCurveIrm;
use pegstress_exact::lending::morpho::{Amount, Irm, Market, MorphoError, Moved, Position};
use serde_json::Value;

use crate::formats::Format;
use crate::formats::steps::{Step, each_step, panic_word, within};
use crate::words::{FieldError, object, small, text, word};
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
        other => return Err(FieldError::new("irm", "none, fixed or adaptive", other)),
    };
    let (lltv, fee, now) = (word(case, "lltv")?, word(case, "fee")?, small(case, "initial_timestamp")?);
    let market = Market::create(lltv, fee, irm, now)
        .map_err(|error| FieldError::new("lltv", "a market that can be created", error))?;
    let price = word(case, "initial_price")?;
    let mut scene = Scene { market, supplier: Position::default(), borrowers: BTreeMap::new(), price, now };
    each_step(record, place, case, |record, step| {
        scene.take_step(record, step)?;
        // Our own state does not depend on what cannot be read of this one.
        let compared = scene.compare_state(record, step);
        record.readable(step.place(), compared);
        Ok(())
    })
}

impl Scene {
    fn take_step(&mut self, record: &mut Record, step: &Step) -> Result<(), FieldError> {
        let now = self.now;
        match step.op()? {
            "supply_collateral" => {
                let assets = step.input(word, "assets")?;
                let done = self.borrower(step, |_, position, _| position.supply_collateral(assets))?;
                step.ended(record, done, reason)?;
            }
            "supply" => {
                let amount = Amount::Assets(step.input(word, "assets")?);
                let done = self.market.supply(now, &mut self.supplier, amount);
                compare_moved(record, step, done)?;
            }
            "borrow" => {
                let amount = Amount::Assets(step.input(word, "assets")?);
                let done = self
                    .borrower(step, |market, position, price| market.borrow(now, price, position, amount))?;
                compare_moved(record, step, done)?;
            }
            "accrue" => {
                let elapsed = step.input(small, "elapsed")?;
                self.now = now
                    .checked_add(elapsed)
                    .ok_or_else(|| FieldError::new("in.elapsed", "seconds that fit the clock", elapsed))?;
                let done = self.market.accrue_interest(self.now);
                step.ended(record, done, reason)?;
            }
            "set_price" => {
                self.price = step.input(word, "price")?;
                step.ended(record, Ok(()), reason)?;
            }
            "liquidate" => {
                let (seized, repaid) =
                    (step.input(word, "seized_assets")?, step.input(word, "repaid_shares")?);
                let done = self.borrower(step, |market, position, price| {
                    market.liquidate(now, price, position, Amount::exactly_one(seized, repaid)?)
                })?;
                if let Some(done) = step.ended(record, done, reason)? {
                    let numbers = [
                        ("seized_assets", done.seized_assets),
                        ("repaid_assets", done.repaid_assets),
                        ("repaid_shares", done.repaid_shares),
                        ("bad_debt_assets", done.bad_debt_assets),
                        ("bad_debt_shares", done.bad_debt_shares),
                    ];
                    step.outputs(record, "liquidations", &numbers)?;
                }
            }
            _ => return Err(step.unknown()),
        }
        Ok(())
    }

    /// A call of the borrower whom the step names, who may be new.
    fn borrower<T>(
        &mut self,
        step: &Step,
        call: impl FnOnce(&mut Market, &mut Position, U256) -> Result<T, MorphoError>,
    ) -> Result<Result<T, MorphoError>, FieldError> {
        let position = self.borrowers.entry(step.input(text, "borrower")?.to_owned()).or_default();
        Ok(call(&mut self.market, position, self.price))
    }

    fn compare_state(&self, record: &mut Record, step: &Step) -> Result<(), FieldError> {
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
        let is_in_file = step.part("state", |state| Ok(state.get("fee_recipient_shares").is_some()))?;
        if !market.fee.is_zero() || is_in_file {
            expected.push(("fee_recipient_shares", market.fee_recipient_shares));
        }
        if let Irm::AdaptiveCurve(model) = market.irm {
            expected.push(("rate_at_target", model.rate_at_target));
        }
        let numbers = expected.into_iter().map(|(key, got)| (key, Ok::<_, MorphoError>(got)));
        step.states(record, "states", numbers)?;
        let positions = step.state(object, "positions")?;
        let in_file = positions.as_object().into_iter().flatten().map(|(name, _)| name);
        let nothing = Position::default();
        // A borrower without a position may be missing in the file, and in our list.
        let ours = self.borrowers.iter().filter(|(_, position)| **position != nothing).map(|(name, _)| name);
        for name in in_file.chain(ours).collect::<BTreeSet<_>>() {
            let position = self.borrowers.get(name).unwrap_or(&nothing);
            let expected = within("state.positions", object(positions, name))?;
            for (key, got) in [("borrow_shares", position.borrow_shares), ("collateral", position.collateral)]
            {
                let key_of = format!("positions.{name}.{key}");
                let expected = within(&format!("state.positions.{name}"), word(expected, key))?;
                record.equal("states", step.place_of("state", &key_of), expected, got);
            }
        }
        Ok(())
    }
}

/// Compares what a supply or a borrowing moved.
fn compare_moved(
    record: &mut Record,
    step: &Step,
    done: Result<Moved, MorphoError>,
) -> Result<(), FieldError> {
    if let Some(moved) = step.ended(record, done, reason)? {
        step.outputs(record, "amounts", &[("assets", moved.assets), ("shares", moved.shares)])?;
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
        MorphoError::Arithmetic(error) => panic_word(*error),
    }
}
