//! `tornado.csv`: one key at a time; `sobol.csv`: shares of variance.

use super::{Table, cell, decimals, key_value};
use crate::number::cell_or_empty;
use pegstress_risk::questions::Estimate;
use pegstress_risk::questions::sensitivity::Sensitivity;

pub(crate) fn swings(answer: &Sensitivity) -> Table {
    let header = ["key", "end", "key_value", "measure", "value", "low", "high", "swing"];
    let mut table = Table::new("tornado.csv", &header);
    let decimals = decimals(&answer.measure);
    let mut push = |key: &str, end: &str, at: String, estimate: Option<Estimate>, swing: Option<f64>| {
        table.push(vec![
            key.to_owned(),
            end.to_owned(),
            at,
            answer.measure.to_string(),
            cell_or_empty(estimate.map(|one| one.value), decimals),
            cell_or_empty(estimate.and_then(|one| one.low), decimals),
            cell_or_empty(estimate.and_then(|one| one.high), decimals),
            cell_or_empty(swing, decimals),
        ]);
    };
    push("", "base", String::new(), answer.base, None);
    for place in answer.by_size() {
        let swing = &answer.swings[place];
        let (range, size) = (&swing.range, swing.size(answer.base));
        push(&range.key, "low", key_value(range.low), swing.at_low, size);
        push(&range.key, "high", key_value(range.high), swing.at_high, size);
    }
    table
}

pub(crate) fn indices(answer: &Sensitivity) -> Table {
    let header = ["key", "measure", "index", "value", "low", "high", "rows", "undefined_rows"];
    let mut table = Table::new("sobol.csv", &header);
    let Some(found) = &answer.indices else { return table };
    for (swing, index) in answer.swings.iter().zip(&found.keys) {
        let both = [
            ("first_order", index.first, index.first_interval),
            ("total", index.total, index.total_interval),
        ];
        for (name, value, interval) in both {
            table.push(vec![
                swing.range.key.clone(),
                answer.measure.to_string(),
                name.to_owned(),
                cell(value, 6),
                cell_or_empty(interval.map(|ends| ends.0), 6),
                cell_or_empty(interval.map(|ends| ends.1), 6),
                found.rows.to_string(),
                found.undefined_rows.to_string(),
            ]);
        }
    }
    table
}
