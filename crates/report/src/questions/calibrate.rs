//! The answer of `pegstress calibrate`.

use super::backtest::{judged_json, model_words, observed_words, result_words};
use super::{Asked, assumed_words, number};
use crate::charts::questions::draw_profiles;
use crate::number::{parameter, short};
use crate::{File, ReportError, tables};
use pegstress_risk::questions::calibrate::{Calibration, Direction, ONE_TOLERANCE, Profile, objective};
use pegstress_risk::questions::{Judged, Purpose};
use serde_json::{Value, json};

/// Least share of a key in a direction that is worth naming.
const WORTH_NAMING: f64 = 0.2;

/// What was found, and what it did.
#[derive(Debug, Clone)]
pub struct Fitted {
    /// The search.
    pub found: Calibration,
    /// Every target in the scenario as it is.
    pub before: Vec<Judged>,
    /// Every target with the fitted values.
    pub after: Vec<Judged>,
    /// Paths of each evaluation.
    pub paths: u64,
    /// Evaluations with a path that broke.
    pub faults: u64,
}

/// `calibration.csv`, `misses.csv`, `profile.csv`, `profile.png`, `directions.csv`, `evaluations.csv` and `fitted.toml`.
///
/// # Errors
/// When a table or the chart cannot be written.
pub fn render_calibration(asked: Asked<'_>, fitted: &Fitted) -> Result<Vec<File>, ReportError> {
    let tables = vec![
        tables::questions::fitted_keys(fitted),
        tables::questions::misses(fitted),
        tables::questions::profiles(fitted),
        tables::questions::directions(fitted),
        tables::questions::trials(fitted),
    ];
    let mut files = asked.files(draw_profiles(asked, fitted)?.into_iter().collect(), tables)?;
    files.push(File::new("fitted.toml", fitted_toml(fitted).into_bytes()));
    Ok(files)
}

/// The figures as text for a terminal: name and value.
pub fn calibration_rows(asked: Asked<'_>, fitted: &Fitted) -> Vec<(String, String)> {
    let found = &fitted.found;
    let mut rows = Vec::new();
    for (k, range) in found.problem.ranges.iter().enumerate() {
        let before = found.problem.start[k].map_or_else(String::new, |v| format!(" (was {})", parameter(v)));
        let told = found.profiles.get(k).map_or_else(String::new, |profile| {
            format!("; {}", identified_words(range.low, range.high, profile))
        });
        rows.push((range.key.clone(), format!("{}{before}{told}", parameter(found.fitted.values[k]))));
    }
    for (before, after) in fitted.before.iter().zip(&fitted.after) {
        let symbol = asked.symbol();
        rows.push((
            format!("{} [{}]", after.target.name, after.target.purpose.word()),
            format!(
                "observed {}: {} before, {} after: {}",
                observed_words(&after.target, symbol),
                model_words(before, symbol),
                model_words(after, symbol),
                result_words(after)
            ),
        ));
    }
    rows.push((
        "objective".into(),
        format!(
            "{} before, {} after (squared tolerances)",
            short(objective(&fitted.before)),
            short(found.fitted.objective)
        ),
    ));
    rows.extend(unseen_words(fitted).map(|words| ("not seen".to_owned(), words)));
    rows.extend(at_ends(fitted).map(|words| ("at an end".to_owned(), words)));
    rows.push(("to run".into(), set_words(fitted)));
    let evaluations = found.trials.len();
    rows.push((
        "evaluations".into(),
        format!("{evaluations} of {} paths, all with the same random numbers", fitted.paths),
    ));
    if fitted.faults > 0 {
        rows.push(("left out".into(), format!("paths that broke, in {} evaluations", fitted.faults)));
    }
    let assumed = assumed_words(asked.scenario);
    if !assumed.is_empty() {
        rows.push(("assumptions".into(), assumed));
    }
    rows
}

/// What the profile says of a key.
pub(crate) fn identified_words(low: f64, high: f64, profile: &Profile) -> String {
    match (profile.low, profile.high) {
        (Some(low), Some(high)) => format!("{} to {} fit as well", parameter(low), parameter(high)),
        (Some(low), None) => format!("anything from {} up fits as well", parameter(low)),
        (None, Some(high)) => format!("anything up to {} fits as well", parameter(high)),
        (None, None) => format!(
            "NOT IDENTIFIED: anything from {} to {} fits as well, the other keys following",
            parameter(low),
            parameter(high)
        ),
    }
}

/// Combinations of keys along which the whole length of the ranges moves no target by a tolerance.
fn unseen_words(fitted: &Fitted) -> Option<String> {
    let found = &fitted.found;
    let is_unseen = |direction: &&Direction| direction.eigenvalue < ONE_TOLERANCE;
    let unseen: Vec<String> = found
        .directions
        .iter()
        .filter(is_unseen)
        .map(|direction| direction_words(fitted, direction))
        .collect();
    let targets = found.problem.targets.iter().filter(|target| target.purpose == Purpose::Fit).count();
    let count = (unseen.len(), found.problem.ranges.len());
    (!unseen.is_empty()).then(|| {
        format!(
            "{} of {} directions in the keys ({targets} fitted targets): {}",
            count.0,
            count.1,
            unseen.join("; ")
        )
    })
}

fn direction_words(fitted: &Fitted, direction: &Direction) -> String {
    let ranges = &fitted.found.problem.ranges;
    let parts = ranges.iter().zip(&direction.along).filter(|(_, part)| part.abs() >= WORTH_NAMING);
    let words: Vec<String> = parts.map(|(range, part)| format!("{part:+.2} {}", range.key)).collect();
    words.join(" ")
}

/// Keys that were fitted to an end of their range: the range, not the data, chose them.
fn at_ends(fitted: &Fitted) -> Option<String> {
    let found = &fitted.found;
    let is_end = |u: f64| !(1e-3..=1.0 - 1e-3).contains(&u);
    let keys: Vec<&str> = (found.problem.ranges.iter().zip(&found.fitted.place))
        .filter(|(_, u)| is_end(**u))
        .map(|(range, _)| range.key.as_str())
        .collect();
    (!keys.is_empty()).then(|| format!("{}: a wider range may fit better", keys.join(", ")))
}

/// The fitted values as words of the command line.
fn set_words(fitted: &Fitted) -> String {
    let found = &fitted.found;
    let sets = found.problem.ranges.iter().zip(&found.fitted.values);
    sets.map(|(range, value)| format!("--set '{}={value}'", range.key)).collect::<Vec<_>>().join(" ")
}

/// The fitted values as lines of a scenario file, under the table that each belongs to.
fn fitted_toml(fitted: &Fitted) -> String {
    let found = &fitted.found;
    let mut text =
        String::from("# Fitted by pegstress calibrate; paste each value over that of its table.\n");
    let mut open = String::new();
    for (range, value) in found.problem.ranges.iter().zip(&found.fitted.values) {
        let (table, key) = range.key.rsplit_once('.').unwrap_or(("", &range.key));
        if table != open {
            table.clone_into(&mut open);
            text.push_str(&format!("\n{}\n", table_header(table)));
        }
        text.push_str(&format!("{key} = {value}\n"));
    }
    text
}

/// `shocks[0]` as `[[shocks]] # shocks[0]`, `venues[0].stableswap` as `[venues.stableswap] # venues[0].stableswap`.
fn table_header(table: &str) -> String {
    let plain: String =
        table.split('.').map(|part| part.split('[').next().unwrap_or(part)).collect::<Vec<_>>().join(".");
    if table.ends_with(']') {
        format!("[[{plain}]] # {table}")
    } else if table.contains('[') {
        format!("[{plain}] # {table}")
    } else {
        format!("[{plain}]")
    }
}

/// The same for programs.
pub fn calibration_json(asked: Asked<'_>, fitted: &Fitted) -> Value {
    let found = &fitted.found;
    let keys: Vec<Value> = (found.problem.ranges.iter().enumerate())
        .map(|(k, range)| {
            let profile = found.profiles.get(k);
            json!({
                "key": range.key,
                "range": [range.low, range.high],
                "before": number(found.problem.start[k]),
                "fitted": found.fitted.values[k],
                "compatible_low": number(profile.and_then(|profile| profile.low)),
                "compatible_high": number(profile.and_then(|profile| profile.high)),
                "identified": profile.map(Profile::is_identified),
            })
        })
        .collect();
    let directions: Vec<Value> = (found.directions.iter())
        .map(|direction| json!({ "eigenvalue": direction.eigenvalue, "along": direction.along }))
        .collect();
    json!({
        "scenario": asked.scenario.name,
        "keys": keys,
        "objective_before": objective(&fitted.before),
        "objective": found.fitted.objective,
        "before": fitted.before.iter().map(judged_json).collect::<Vec<_>>(),
        "after": fitted.after.iter().map(judged_json).collect::<Vec<_>>(),
        "directions": directions,
        "evaluations": found.trials.len(),
        "paths": fitted.paths,
        "set": set_words(fitted),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_a_list_is_written_as_toml_writes_it_with_its_place_beside() {
        assert_eq!(table_header("agents.exit_demand"), "[agents.exit_demand]");
        assert_eq!(table_header("shocks[1]"), "[[shocks]] # shocks[1]");
        assert_eq!(table_header("venues[0].stableswap"), "[venues.stableswap] # venues[0].stableswap");
    }
}
