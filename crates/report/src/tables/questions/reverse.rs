//! `reverse.csv`: where a limit breaks; `evaluations.csv`: every share of paths on the way there.

use super::{Table, cell, key_value};
use pegstress_risk::questions::reverse::{Crossing, Reverse, Row};

/// Name of the second key's column; a place is kept for it so that the layout does not change with the question.
fn second_key(reverse: &Reverse) -> String {
    reverse.second.as_ref().map_or_else(String::new, |second| second.key.clone())
}

fn second_value(row: &Row) -> String {
    row.second.map_or_else(String::new, key_value)
}

pub(crate) fn breaks(reverse: &Reverse) -> Table {
    let header = [
        "key",
        "second_key",
        "second_value",
        "limit",
        "probability",
        "outcome",
        "value",
        "low",
        "high",
        "direction",
        "reversal",
    ];
    let mut table = Table::new("reverse.csv", &header);
    for row in &reverse.rows {
        let (outcome, at) = match row.answer.crossing {
            Crossing::Found(at) => ("found", Some(at)),
            Crossing::BrokenAtLow => ("broken_at_low", None),
            Crossing::NeverBroken => ("never_broken", None),
        };
        let end = |end: Option<f64>| end.map_or_else(String::new, key_value);
        let direction = at.map_or("", |at| if at.rises { "rises" } else { "falls" });
        table.push(vec![
            reverse.search.range.key.clone(),
            second_key(reverse),
            second_value(row),
            reverse.limit.to_string(),
            cell(reverse.search.probability, 9),
            outcome.to_owned(),
            end(at.map(|at| at.value)),
            end(at.and_then(|at| at.low)),
            end(at.and_then(|at| at.high)),
            direction.to_owned(),
            cell(row.answer.reversal, 9),
        ]);
    }
    table
}

pub(crate) fn evaluations(reverse: &Reverse) -> Table {
    let header = [
        "key",
        "value",
        "second_key",
        "second_value",
        "events",
        "paths",
        "probability",
        "low",
        "high",
        "undefined",
        "faults",
    ];
    let mut table = Table::new("evaluations.csv", &header);
    for row in &reverse.rows {
        for trial in &row.answer.trials {
            let (low, high) = trial.interval();
            table.push(vec![
                reverse.search.range.key.clone(),
                key_value(trial.value),
                second_key(reverse),
                second_value(row),
                trial.events.to_string(),
                trial.count.to_string(),
                cell(trial.probability(), 9),
                cell(low, 9),
                cell(high, 9),
                trial.undefined.to_string(),
                trial.faults.to_string(),
            ]);
        }
    }
    table
}
