//! The answer of `pegstress compare`.

use super::number;
use crate::charts::questions::draw_differences;
use crate::number::{grouped, percent, spoken, with_unit};
use crate::{File, Manifest, ReportError, SCHEMA_VERSION, tables};
use pegstress_risk::questions::compare::{Compared, Difference, Pairing, RunComparison};
use serde_json::{Value, json};

/// Chance of a single false claim that is accepted among all rows.
const LEVEL: f64 = 0.05;

/// What was compared.
#[derive(Debug, Clone)]
pub struct ComparedRuns {
    /// Name of the first run,
    pub first: String,
    /// and of the second.
    pub second: String,
    /// Ticker of the token, where both are about one.
    pub symbol: String,
    /// Program and version.
    pub program: String,
    /// Command that repeats the comparison.
    pub command: String,
    /// The records of both runs.
    pub manifests: [Manifest; 2],
    /// The comparison.
    pub comparison: RunComparison,
}

impl ComparedRuns {
    /// Rows that differ beyond chance.
    pub(crate) fn significant(&self) -> impl Iterator<Item = &Difference> {
        self.comparison.rows.iter().filter(|row| is_significant(row))
    }

    /// How paths belong together, in words.
    pub(crate) fn pairing_words(&self) -> String {
        match &self.comparison.pairing {
            Pairing::ByPath(pairs) => format!("paired by path: {} pairs", grouped(*pairs as f64, 0)),
            Pairing::Impossible(why) => format!("not paired: {why}; compared as independent samples"),
        }
    }
}

/// Whether a row's difference is beyond chance, all rows considered.
pub(crate) fn is_significant(row: &Difference) -> bool {
    row.p_holm.is_some_and(|p| p < LEVEL)
}

/// `compare.csv`, `compare.png`, and `manifest.json` with the records of both runs.
///
/// # Errors
/// When the table or the chart cannot be written.
pub fn render_compare(runs: &ComparedRuns) -> Result<Vec<File>, ReportError> {
    let mut files: Vec<File> = draw_differences(runs)?.into_iter().map(|chart| chart.file).collect();
    files.extend(tables::questions::differences(&runs.comparison).file()?);
    let record = json!({
        "schema_version": SCHEMA_VERSION,
        "program": runs.program,
        "command": runs.command,
        "first": runs.manifests[0],
        "second": runs.manifests[1],
    });
    let mut bytes = serde_json::to_vec_pretty(&record)?;
    bytes.push(b'\n');
    files.push(File::new("manifest.json", bytes));
    Ok(files)
}

/// The figures as text for a terminal: pairing, then mean, median and 95 % quantile of every metric.
pub fn compare_rows(runs: &ComparedRuns) -> Vec<(String, String)> {
    let mut rows = vec![("paths".to_owned(), runs.pairing_words())];
    let shown = |row: &&Difference| {
        matches!(row.statistic, Compared::Mean | Compared::Quantile(0.5 | 0.95) | Compared::DefinedShare)
    };
    for row in runs.comparison.rows.iter().filter(shown) {
        rows.push((name_words(row), difference_words(runs, row)));
    }
    if !runs.comparison.unmatched.is_empty() {
        rows.push(("in one run only".into(), runs.comparison.unmatched.join(", ")));
    }
    let (claims, tests) = (runs.significant().count(), runs.comparison.rows.len());
    rows.push((
        "beyond chance".into(),
        format!("{claims} of {tests} differences (*), with a 5 % chance of a single false one (Holm)"),
    ));
    rows
}

/// `mean of sellers loss`.
pub(crate) fn name_words(row: &Difference) -> String {
    format!("{} of {}", statistic_name(row.statistic), spoken(&row.metric))
}

/// `mean`, `p95`, `defined_share`.
pub(crate) fn statistic_name(statistic: Compared) -> String {
    match statistic {
        Compared::Mean => "mean".into(),
        Compared::Quantile(level) => tables::level_name(level),
        Compared::DefinedShare => "defined share".into(),
    }
}

fn difference_words(runs: &ComparedRuns, row: &Difference) -> String {
    let words = |value: f64| match row.statistic {
        Compared::DefinedShare => percent(value),
        _ => with_unit(&row.metric, value, &runs.symbol),
    };
    let signed = |value: f64| if value > 0.0 { format!("+{}", words(value)) } else { words(value) };
    let interval = row
        .interval
        .map_or_else(String::new, |(low, high)| format!(" ({} to {})", signed(low), signed(high)));
    let star = if is_significant(row) { " *" } else { "" };
    format!("{} to {}: {}{interval}{star}", words(row.first), words(row.second), signed(row.difference()))
}

/// The same as JSON for notebooks.
pub fn compare_json(runs: &ComparedRuns) -> Value {
    let rows: Vec<Value> = (runs.comparison.rows.iter())
        .map(|row| {
            json!({
                "metric": row.metric,
                "statistic": statistic_name(row.statistic).replace(' ', "_"),
                "first": number(Some(row.first)),
                "second": number(Some(row.second)),
                "difference": number(Some(row.difference())),
                "low": number(row.interval.map(|interval| interval.0)),
                "high": number(row.interval.map(|interval| interval.1)),
                "p_value": number(row.p_value),
                "p_holm": number(row.p_holm),
                "first_count": row.first_count,
                "second_count": row.second_count,
            })
        })
        .collect();
    let (pairs, reason) = match &runs.comparison.pairing {
        Pairing::ByPath(pairs) => (Some(*pairs), None),
        Pairing::Impossible(why) => (None, Some(why.as_str())),
    };
    json!({
        "first": runs.first,
        "second": runs.second,
        "pairs": pairs,
        "not_paired_because": reason,
        "differences": rows,
        "in_one_run_only": runs.comparison.unmatched,
    })
}
