//! The answer of `pegstress sensitivity`.

use super::{Asked, assumed_words, measure_value, measure_words, number};
use crate::charts::questions::{draw_indices, draw_tornado};
use crate::number::{grouped, parameter};
use crate::{File, ReportError, tables};
use pegstress_risk::questions::Estimate;
use pegstress_risk::questions::sensitivity::{Sensitivity, Swing};
use pegstress_risk::questions::sobol::Index;
use serde_json::{Value, json};

/// `tornado.csv` and `tornado.png`; where a design was run also `sobol.csv` and `sobol.png`.
///
/// # Errors
/// When a table or a chart cannot be written.
pub fn render_sensitivity(asked: Asked<'_>, answer: &Sensitivity) -> Result<Vec<File>, ReportError> {
    let charts = draw_tornado(asked, answer)?.into_iter().chain(draw_indices(asked, answer)?);
    let tables = vec![tables::questions::swings(answer), tables::questions::indices(answer)];
    asked.files(charts.collect(), tables)
}

/// The figures as text for a terminal: name and value.
pub fn sensitivity_rows(asked: Asked<'_>, answer: &Sensitivity) -> Vec<(String, String)> {
    let mut rows = vec![("number".to_owned(), measure_words(&answer.measure))];
    rows.push(("in the scenario as it is".into(), estimate_words(asked, answer, answer.base)));
    for place in answer.by_size() {
        let swing = &answer.swings[place];
        rows.push((ends_words(swing), swing_words(asked, answer, swing)));
    }
    match &answer.indices {
        Some(found) => {
            let (mean, sd) = (found.mean, found.variance.sqrt());
            let words = |value| measure_value(&answer.measure, value, asked.symbol());
            let undefined = match found.undefined_rows {
                0 => String::new(),
                rows => format!("; {rows} rows left out: not defined"),
            };
            rows.push((
                "over the design".into(),
                format!(
                    "mean {}, standard deviation {} over {} rows{undefined}",
                    words(mean),
                    words(sd),
                    found.rows
                ),
            ));
            for (swing, index) in answer.swings.iter().zip(&found.keys) {
                rows.push((format!("{}, share of variance", swing.range.key), index_words(index)));
            }
        }
        None if answer.design_rows > 0 => {
            rows.push(("shares of variance".into(), "none: the number does not vary over the design".into()));
        }
        None => {}
    }
    if answer.faults > 0 {
        let faults = grouped(answer.faults as f64, 0);
        rows.push(("left out".into(), format!("{faults} paths of all runs: faults")));
    }
    rows.push((
        "runs".into(),
        format!("{}, all with the same random numbers", grouped(answer.runs as f64, 0)),
    ));
    let assumed = assumed_words(asked.scenario);
    if !assumed.is_empty() {
        rows.push(("assumptions".into(), assumed));
    }
    rows
}

/// `agents.arbitrage.capital_eth, 1,000 to 50,000`.
fn ends_words(swing: &Swing) -> String {
    format!("{}, {} to {}", swing.range.key, parameter(swing.range.low), parameter(swing.range.high))
}

fn swing_words(asked: Asked<'_>, answer: &Sensitivity, swing: &Swing) -> String {
    let [low, high] = [swing.at_low, swing.at_high].map(|one| estimate_words(asked, answer, one));
    format!("{low} to {high}")
}

fn estimate_words(asked: Asked<'_>, answer: &Sensitivity, estimate: Option<Estimate>) -> String {
    estimate
        .map_or_else(|| "not defined".into(), |one| measure_value(&answer.measure, one.value, asked.symbol()))
}

fn index_words(index: &Index) -> String {
    let words = |value: f64, interval: Option<(f64, f64)>| match interval {
        Some((low, high)) => format!("{} ({} to {})", grouped(value, 2), grouped(low, 2), grouped(high, 2)),
        None => grouped(value, 2),
    };
    let (first, total) = (words(index.first, index.first_interval), words(index.total, index.total_interval));
    format!("first order {first}, total {total}")
}

/// The same as JSON for notebooks.
pub fn sensitivity_json(asked: Asked<'_>, answer: &Sensitivity) -> Value {
    let estimate = |one: Option<Estimate>| {
        one.map(|one| json!({ "value": number(Some(one.value)), "low": number(one.low), "high": number(one.high) }))
    };
    let swings: Vec<Value> = (answer.swings.iter())
        .map(|swing| {
            json!({
                "key": swing.range.key,
                "low": swing.range.low,
                "high": swing.range.high,
                "at_low": estimate(swing.at_low),
                "at_high": estimate(swing.at_high),
                "swing": number(swing.size(answer.base)),
            })
        })
        .collect();
    let indices = answer.indices.as_ref().map(|found| {
        let keys: Vec<Value> = (answer.swings.iter().zip(&found.keys))
            .map(|(swing, index)| {
                json!({
                    "key": swing.range.key,
                    "first": index.first,
                    "first_interval": index.first_interval,
                    "total": index.total,
                    "total_interval": index.total_interval,
                })
            })
            .collect();
        json!({
            "rows": found.rows,
            "undefined_rows": found.undefined_rows,
            "mean": found.mean,
            "variance": found.variance,
            "keys": keys,
        })
    });
    json!({
        "scenario": asked.scenario.name,
        "measure": answer.measure.to_string(),
        "base": estimate(answer.base),
        "one_at_a_time": swings,
        "sobol": indices,
        "runs": answer.runs,
        "faults": answer.faults,
    })
}
