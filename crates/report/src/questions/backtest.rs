//! The answer of `pegstress backtest`: every target of every event in one table. The comparison with a recorded price series that a
//! run draws is another thing: `charts::backtest`.

use super::{assumed_words, number};
use crate::charts::questions::draw_targets;
use crate::number::{parameter, percent, short, with_unit};
use crate::{File, Manifest, ReportError, tables};
use pegstress_risk::questions::{Judged, Observed, Purpose, Target, Tolerance};
use pegstress_sim::scenario::Scenario;
use serde_json::{Value, json};
use std::fmt::Write;

/// One event: a scenario that was run, and its targets.
#[derive(Debug, Clone)]
pub struct Event<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// Every target beside the run's number.
    pub judged: Vec<Judged>,
    /// The record of the run.
    pub manifest: &'a Manifest,
}

/// `backtest.csv`, `backtest.png`, `backtest.md`, and `manifests.json` with the manifest of each run.
///
/// # Errors
/// When a table or the chart cannot be written.
pub fn render_backtest(events: &[Event<'_>]) -> Result<Vec<File>, ReportError> {
    let mut files: Vec<File> = draw_targets(events)?.into_iter().map(|chart| chart.file).collect();
    files.extend(tables::questions::backtest(events).file()?);
    files.push(File::new("backtest.md", page(events).into_bytes()));
    let manifests: Vec<&Manifest> = events.iter().map(|event| event.manifest).collect();
    let mut bytes = serde_json::to_vec_pretty(&manifests)?;
    bytes.push(b'\n');
    files.push(File::new("manifests.json", bytes));
    Ok(files)
}

/// Columns of [`backtest_table`].
pub const BACKTEST_COLUMNS: [&str; 8] =
    ["event", "target", "use", "observed", "model", "90 % of paths", "tolerance", "result"];

/// The table as text for a terminal.
pub fn backtest_table(events: &[Event<'_>]) -> Vec<[String; 8]> {
    let rows = events.iter().flat_map(|event| event.judged.iter().map(move |judged| (event, judged)));
    rows.map(|(event, judged)| {
        let target = &judged.target;
        let symbol = &event.scenario.token.symbol;
        [
            event.scenario.name.clone(),
            target.name.clone(),
            target.purpose.word().to_owned(),
            observed_words(target, symbol),
            model_words(judged, symbol),
            paths_words(judged, symbol),
            tolerance_words(target),
            result_words(judged),
        ]
    })
    .collect()
}

/// How many targets of a purpose there are, and how many are met.
pub fn targets_met(events: &[Event<'_>], purpose: Purpose) -> (usize, usize) {
    let judged = events.iter().flat_map(|event| &event.judged);
    let of_purpose: Vec<&Judged> = judged.filter(|one| one.target.purpose == purpose).collect();
    (of_purpose.len(), of_purpose.iter().filter(|one| one.is_met()).count())
}

/// `12 of 13 judged targets met, 9 of 9 fitted ones`.
pub fn backtest_words(events: &[Event<'_>]) -> String {
    let (judged, met) = targets_met(events, Purpose::Judge);
    let (fitted, reached) = targets_met(events, Purpose::Fit);
    format!("{met} of {judged} judged targets met, {reached} of {fitted} fitted ones")
}

/// The same for programs.
pub fn backtest_json(events: &[Event<'_>]) -> Value {
    let rows: Vec<Value> = events
        .iter()
        .map(|event| {
            json!({
                "event": event.scenario.name,
                "paths": event.manifest.paths,
                "targets": event.judged.iter().map(judged_json).collect::<Vec<_>>(),
            })
        })
        .collect();
    Value::Array(rows)
}

/// One target as JSON.
pub(super) fn judged_json(judged: &Judged) -> Value {
    let target = &judged.target;
    let level = |k: usize| number(judged.paths.map(|paths| paths[k]));
    json!({
        "target": target.name,
        "metric": target.measure.to_string(),
        "use": target.purpose.word(),
        "observed": [target.observed.low, target.observed.high],
        "model": number(judged.model.map(|model| model.value)),
        "paths_p5": level(0),
        "paths_p50": level(1),
        "paths_p95": level(2),
        "error": number(judged.error()),
        "error_in_tolerances": number(judged.miss()),
        "tolerance": tolerance_words(target),
        "passed": judged.is_met(),
        "source": target.source,
    })
}

/// The observation with its unit.
pub(super) fn observed_words(target: &Target, symbol: &str) -> String {
    let metric = &target.measure.metric;
    let Observed { low, high } = target.observed;
    if high > low { range_words(metric, (low, high), symbol) } else { with_unit(metric, low, symbol) }
}

/// The model's number with its unit.
pub(super) fn model_words(judged: &Judged, symbol: &str) -> String {
    judged.model.map_or_else(
        || "not defined".into(),
        |model| with_unit(&judged.target.measure.metric, model.value, symbol),
    )
}

fn paths_words(judged: &Judged, symbol: &str) -> String {
    let ends = |[low, _, high]: [f64; 3]| range_words(&judged.target.measure.metric, (low, high), symbol);
    judged.paths.map_or_else(String::new, ends)
}

/// `30 to 60 bps`; shares in per cent on both sides.
fn range_words(metric: &str, (low, high): (f64, f64), symbol: &str) -> String {
    let high = with_unit(metric, high, symbol);
    if high.ends_with('%') {
        format!("{} to {high}", percent(low))
    } else {
        format!("{} to {high}", short(low))
    }
}

/// `factor 2`, or `within 5` in the metric's unit.
pub(crate) fn tolerance_words(target: &Target) -> String {
    match target.tolerance {
        Tolerance::Factor(factor) => format!("factor {}", parameter(factor)),
        Tolerance::Within(within) => format!("within {}", parameter(within)),
    }
}

/// Whether a target is met, and by how far it is missed.
pub(super) fn result_words(judged: &Judged) -> String {
    match judged.miss() {
        Some(_) if judged.is_met() => "met".into(),
        Some(miss) if miss.is_finite() => format!("MISSED by {} tolerances", short(miss.abs())),
        _ => "MISSED".into(),
    }
}

/// The page: a table for each event, under what its numbers rest on.
fn page(events: &[Event<'_>]) -> String {
    let mut text = format!("# Model against record\n\n{}.\n", backtest_words(events));
    text.push_str(
        "\nThe model's number is the metric's statistic over the paths (the median where nothing is said); nine of ten paths lie \
         between the ends beside it. Parameters were fitted to targets of use `fit`; nothing was fitted to those of use \
         `judge`.\n\n![every target in tolerances](backtest.png)\n",
    );
    for event in events {
        let scenario = event.scenario;
        let symbol = &scenario.token.symbol;
        let rests = assumed_words(scenario);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "\n## {}: {}\n", scenario.name, scenario.title);
        if !rests.is_empty() {
            let _ = writeln!(text, "It {rests}: see the scenario's own report.\n");
        }
        text.push_str(
            "| target | use | observed | model | 90 % of paths | tolerance | result | source |\n|---|---|---|---|---|---|---|---|\n",
        );
        for judged in &event.judged {
            let target = &judged.target;
            let undefined = if judged.undefined > 0.0 {
                format!("; not defined in {} of paths", percent(judged.undefined))
            } else {
                String::new()
            };
            let cells = [
                format!("{} (`{}`)", target.name, target.measure),
                target.purpose.word().to_owned(),
                observed_words(target, symbol),
                model_words(judged, symbol),
                paths_words(judged, symbol) + &undefined,
                tolerance_words(target),
                result_words(judged),
                target.source.clone(),
            ];
            let _ = writeln!(text, "| {} |", cells.map(|cell| cell.replace('|', "\\|")).join(" | "));
        }
    }
    text
}
