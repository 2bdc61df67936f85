//! Identical exits in one epoch from an empty clock (Electra), with the clock after some of them.
//!
//! Keys: `current_epoch`, `total_active_balance`, `count`, `effective_balance`, `per_epoch_churn`, `first_exit_epoch`,
//! `last_exit_epoch`, `last_withdrawable_epoch`, `exit_balance_to_consume`, `history`.

use crate::formats::Format;
use crate::words::{FieldError, list, small};
use crate::{Document, Record};
use pegstress_exact::consensus::exit_clock::{ChurnRule, ExitClock, ExitClockError, withdrawable_epoch};
use serde_json::Value;

pub(super) const FORMAT: Format =
    Format { name: "Exit clock, identical exits", recognise, exact, lanes: None };

/// Each exit is a call; more than this are no validators of any chain.
const MOST_EXITS: u64 = 10_000_000;

fn recognise(document: &Document) -> bool {
    document.some_case_has(&["history", "first_exit_epoch"])
}

fn exact(document: &Document, record: &mut Record) {
    record.each_case(document, compare);
}

/// Exits from an empty clock, one call each.
struct Exits {
    clock: ExitClock,
    made: u64,
    last: Result<u64, ExitClockError>,
    current_epoch: u64,
    balance: u64,
    churn: u64,
}

impl Exits {
    fn go_on_to(&mut self, exits: u64) {
        while self.made < exits {
            self.last = self.clock.assign(self.current_epoch, self.balance, self.churn);
            self.made += 1;
        }
    }
}

fn exits_of(case: &Value, key: &'static str) -> Result<u64, FieldError> {
    let exits = small(case, key)?;
    if (1..=MOST_EXITS).contains(&exits) {
        return Ok(exits);
    }
    Err(FieldError::new(key, "an integer in 1..=10000000", exits))
}

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let of = |key: &'static str| move || format!("{place}.{key}");
    let churn = ChurnRule::Electra.exit_churn(small(case, "total_active_balance")?);
    record.equal("churn limits", of("per_epoch_churn"), small(case, "per_epoch_churn")?, churn);
    let mut exits = Exits {
        clock: ExitClock::default(),
        made: 0,
        last: Ok(0),
        current_epoch: small(case, "current_epoch")?,
        balance: small(case, "effective_balance")?,
        churn,
    };
    exits.go_on_to(1);
    record.check("exit epochs", of("first_exit_epoch"), Some(small(case, "first_exit_epoch")?), exits.last);
    record.each(&format!("{place}.history"), list(case, "history")?, |record, place, entry| {
        compare_entry(record, place, &mut exits, entry)
    });
    exits.go_on_to(exits_of(case, "count")?);
    record.check("exit epochs", of("last_exit_epoch"), Some(small(case, "last_exit_epoch")?), exits.last);
    let withdrawable = exits.last.and_then(withdrawable_epoch);
    let expected = small(case, "last_withdrawable_epoch")?;
    record.check("exit epochs", of("last_withdrawable_epoch"), Some(expected), withdrawable);
    let left = small(case, "exit_balance_to_consume")?;
    record.equal("clock values", of("exit_balance_to_consume"), left, exits.clock.exit_balance_to_consume);
    Ok(())
}

fn compare_entry(
    record: &mut Record,
    place: &str,
    exits: &mut Exits,
    entry: &Value,
) -> Result<(), FieldError> {
    let number = exits_of(entry, "exits")?;
    if number < exits.made {
        return Err(FieldError::new("exits", "not below the entry before", number));
    }
    exits.go_on_to(number);
    let epoch = small(entry, "exit_epoch")?;
    record.check("exit epochs", || format!("{place}.exit_epoch"), Some(epoch), exits.last);
    let left = small(entry, "exit_balance_to_consume")?;
    let got = exits.clock.exit_balance_to_consume;
    record.equal("clock values", || format!("{place}.exit_balance_to_consume"), left, got);
    Ok(())
}
