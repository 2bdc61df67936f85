//! `scoreboard.html`: the heat map and a row per run, each with a link to its report.

use super::Score;
use crate::charts::Chart;
use crate::number::{grouped, short};
use crate::{File, ReportError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment};
use serde::Serialize;

const TEMPLATE: &str = include_str!("../../templates/scoreboard.html");

#[derive(Serialize)]
struct Page<'a> {
    finding: &'a str,
    image: Option<String>,
    rows: Vec<Row<'a>>,
    program: &'a str,
}

/// Cells as text; a dash where a number is not defined.
#[derive(Serialize)]
struct Row<'a> {
    scenario: &'a str,
    title: &'a str,
    /// Whether the row above is of the same scenario and token.
    continues: bool,
    token: &'a str,
    severity: String,
    link: String,
    cells: Vec<String>,
    unanchored: usize,
    broken: bool,
}

/// Numbers of a row, by column of `scenario_summary.csv`; `scoreboard.html` has their headings.
const CELLS: [&str; 9] = [
    "max_discount_bps",
    "max_discount_p95_bps",
    "recovery_hours",
    "max_wait_days",
    "liquidated_lrt",
    "bad_debt_mean_eth",
    "latent_bad_debt_p95_eth",
    "nav_hit_bps",
    "pass_fail",
];

pub(super) fn fill_in(scores: &[Score], program: &str, chart: Option<&Chart>) -> Result<File, ReportError> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    for score in scores {
        let last = rows.last();
        let continues = last.is_some_and(|row| row.scenario == score.scenario && row.token == score.token);
        rows.push(Row {
            scenario: &score.scenario,
            title: &score.title,
            continues,
            token: &score.token,
            severity: severity_words(score),
            link: format!("{}/index.html", score.folder),
            cells: CELLS.iter().map(|name| cell(score.column(name))).collect(),
            unanchored: score.unanchored,
            broken: score.is_broken(),
        });
    }
    let page = Page {
        finding: chart.map_or("Runs", |chart| &chart.finding),
        image: chart.map(|chart| STANDARD.encode(&chart.file.bytes)),
        rows,
        program,
    };
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template("scoreboard.html", TEMPLATE)?;
    let text = environment.get_template("scoreboard.html")?.render(Serde(&page))?;
    Ok(File::new("scoreboard.html", text.into_bytes()))
}

fn severity_words(score: &Score) -> String {
    match &score.severity {
        Some((name, meaning)) if !meaning.is_empty() => format!("{name}: {meaning}"),
        Some((name, _)) => name.clone(),
        None => "–".to_owned(),
    }
}

/// A number shortened for readers, a word as it is.
fn cell(value: &str) -> String {
    match value.parse::<f64>() {
        _ if value.is_empty() => "–".to_owned(),
        Ok(number) if number.abs() >= 1e4 => grouped(number, 0),
        Ok(number) => short(number),
        Err(_) => value.to_owned(),
    }
}
