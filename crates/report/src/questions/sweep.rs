//! The answer of `pegstress sweep`.

use super::{Asked, assumed_words, measure_value, measure_words, number};
use crate::charts::questions::{draw_heat_map, draw_sweep_line};
use crate::{File, ReportError, tables};
use pegstress_risk::questions::sweep::{Sweep, SweepPoint};
use serde_json::{Value, json};

/// `sweep.csv`, and `sweep.png` for one key or `heat_map.png` for two.
///
/// # Errors
/// When a table or the chart cannot be written.
pub fn render_sweep(asked: Asked<'_>, sweep: &Sweep) -> Result<Vec<File>, ReportError> {
    let chart = match sweep.keys.len() {
        1 => draw_sweep_line(asked, sweep)?,
        2 => draw_heat_map(asked, sweep)?,
        _ => None,
    };
    asked.files(chart.into_iter().collect(), vec![tables::questions::sweep(sweep)])
}

/// The drawn number at every point, as text for a terminal.
pub fn sweep_rows(asked: Asked<'_>, sweep: &Sweep) -> Vec<(String, String)> {
    let mut rows = vec![("drawn".to_owned(), measure_words(&sweep.measure))];
    rows.extend(
        sweep.points.iter().map(|point| (point_words(sweep, point), value_words(asked, sweep, point))),
    );
    let assumed = assumed_words(asked.scenario);
    if !assumed.is_empty() {
        rows.push(("assumptions".into(), assumed));
    }
    rows
}

fn point_words(sweep: &Sweep, point: &SweepPoint) -> String {
    let parts = sweep
        .keys
        .iter()
        .zip(&point.places)
        .map(|(key, place)| format!("{} = {}", key.key, key.values[*place]));
    parts.collect::<Vec<_>>().join(", ")
}

fn value_words(asked: Asked<'_>, sweep: &Sweep, point: &SweepPoint) -> String {
    let words = |value: f64| measure_value(&sweep.measure, value, asked.symbol());
    let faults =
        if point.faults > 0 { format!("; {} paths left out: faults", point.faults) } else { String::new() };
    let Some(drawn) = point.drawn else { return format!("not defined{faults}") };
    let interval = match (drawn.low, drawn.high) {
        (Some(low), Some(high)) => format!(" ({} to {})", words(low), words(high)),
        _ => String::new(),
    };
    format!("{}{interval}{faults}", words(drawn.value))
}

/// The same for programs; the whole distribution is in `sweep.csv`.
pub fn sweep_json(asked: Asked<'_>, sweep: &Sweep) -> Value {
    let points: Vec<Value> = (sweep.points.iter())
        .map(|point| {
            let values: serde_json::Map<String, Value> = (sweep.keys.iter().zip(&point.places))
                .map(|(key, place)| {
                    let text = &key.values[*place];
                    (key.key.clone(), text.parse::<f64>().map_or_else(|_| json!(text), |value| json!(value)))
                })
                .collect();
            json!({
                "values": values,
                "paths": point.paths,
                "faults": point.faults,
                "value": number(point.drawn.map(|one| one.value)),
                "low": number(point.drawn.and_then(|one| one.low)),
                "high": number(point.drawn.and_then(|one| one.high)),
            })
        })
        .collect();
    let keys: Vec<&str> = sweep.keys.iter().map(|key| key.key.as_str()).collect();
    json!({
        "scenario": asked.scenario.name,
        "keys": keys,
        "measure": sweep.measure.to_string(),
        "points": points,
    })
}
