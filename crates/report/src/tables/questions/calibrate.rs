//! `calibration.csv`: what was fitted; `misses.csv`: what it did for the targets; `profile.csv`: how sure it is;
//! `directions.csv`: combinations of keys from the least told to the best told; `evaluations.csv`: all that was tried.

use super::{Table, cell, decimals_of, key_value};
use crate::number::cell_or_empty;
use crate::questions::{Fitted, tolerance_words};
use pegstress_risk::questions::Scale;

pub(crate) fn keys(fitted: &Fitted) -> Table {
    let header = [
        "key",
        "low",
        "high",
        "scale",
        "before",
        "fitted",
        "compatible_low",
        "compatible_high",
        "identified",
    ];
    let mut table = Table::new("calibration.csv", &header);
    let found = &fitted.found;
    for (k, range) in found.problem.ranges.iter().enumerate() {
        let profile = found.profiles.get(k);
        let end = |end: Option<f64>| end.map_or_else(String::new, key_value);
        table.push(vec![
            range.key.clone(),
            key_value(range.low),
            key_value(range.high),
            if range.scale == Scale::Logarithmic { "log" } else { "linear" }.to_owned(),
            end(found.problem.start[k]),
            key_value(found.fitted.values[k]),
            end(profile.and_then(|profile| profile.low)),
            end(profile.and_then(|profile| profile.high)),
            profile.map_or_else(String::new, |profile| profile.is_identified().to_string()),
        ]);
    }
    table
}

pub(crate) fn misses(fitted: &Fitted) -> Table {
    let header = [
        "target",
        "metric",
        "use",
        "observed",
        "observed_high",
        "before",
        "after",
        "miss_before",
        "miss_after",
        "tolerance",
        "passed_before",
        "passed_after",
        "source",
    ];
    let mut table = Table::new("misses.csv", &header);
    for (before, after) in fitted.before.iter().zip(&fitted.after) {
        let target = &after.target;
        let decimals = decimals_of(&target.measure.metric);
        let (low, high) = (target.observed.low, target.observed.high);
        table.push(vec![
            target.name.clone(),
            target.measure.to_string(),
            target.purpose.word().to_owned(),
            low.to_string(),
            if high > low { high.to_string() } else { String::new() },
            cell_or_empty(before.model.map(|model| model.value), decimals),
            cell_or_empty(after.model.map(|model| model.value), decimals),
            cell_or_empty(before.miss(), 6),
            cell_or_empty(after.miss(), 6),
            tolerance_words(target),
            before.is_met().to_string(),
            after.is_met().to_string(),
            target.source.clone(),
        ]);
    }
    table
}

pub(crate) fn profiles(fitted: &Fitted) -> Table {
    let ranges = &fitted.found.problem.ranges;
    let mut header = vec!["key", "value", "objective"];
    header.extend(ranges.iter().map(|range| range.key.as_str()));
    let mut table = Table::new("profile.csv", &header);
    for (range, profile) in ranges.iter().zip(&fitted.found.profiles) {
        let own = ranges.iter().position(|one| one.key == range.key).unwrap_or(0);
        for point in &profile.points {
            let mut row = vec![range.key.clone(), key_value(point.values[own]), cell(point.objective, 9)];
            row.extend(point.values.iter().map(|value| key_value(*value)));
            table.push(row);
        }
    }
    table
}

pub(crate) fn directions(fitted: &Fitted) -> Table {
    let ranges = &fitted.found.problem.ranges;
    let mut header = vec!["eigenvalue"];
    header.extend(ranges.iter().map(|range| range.key.as_str()));
    let mut table = Table::new("directions.csv", &header);
    for direction in &fitted.found.directions {
        let mut row = vec![cell(direction.eigenvalue, 9)];
        row.extend(direction.along.iter().map(|part| cell(*part, 6)));
        table.push(row);
    }
    table
}

pub(crate) fn trials(fitted: &Fitted) -> Table {
    let problem = &fitted.found.problem;
    let mut header: Vec<&str> = problem.ranges.iter().map(|range| range.key.as_str()).collect();
    header.push("objective");
    header.extend(problem.targets.iter().map(|target| target.name.as_str()));
    let mut table = Table::new("evaluations.csv", &header);
    for trial in &fitted.found.trials {
        let mut row: Vec<String> = trial.values.iter().map(|value| key_value(*value)).collect();
        row.push(cell(trial.objective, 9));
        let numbers = problem.targets.iter().zip(&trial.numbers);
        row.extend(
            numbers.map(|(target, number)| cell_or_empty(*number, decimals_of(&target.measure.metric))),
        );
        table.push(row);
    }
    table
}
