//! The answer of `pegstress converge`.

use super::{Asked, assumed_words, measure_value, measure_words, number};
use crate::charts::questions::draw_convergence;
use crate::number::grouped;
use crate::{File, ReportError, tables};
use pegstress_risk::questions::converge::Convergence;
use serde_json::{Value, json};

/// `convergence.csv` and `convergence.png`; `paths` is the size of the whole run.
///
/// # Errors
/// When a table or the chart cannot be written.
pub fn render_converge(
    asked: Asked<'_>,
    paths: u64,
    found: &[Convergence],
) -> Result<Vec<File>, ReportError> {
    let chart = draw_convergence(asked, found)?;
    asked.files(chart.into_iter().collect(), vec![tables::questions::convergence(paths, found)])
}

/// The figures as text for a terminal: name and value.
pub fn converge_rows(asked: Asked<'_>, paths: u64, found: &[Convergence]) -> Vec<(String, String)> {
    let mut rows = vec![("paths".to_owned(), grouped(paths as f64, 0))];
    rows.extend(found.iter().map(|one| (measure_words(&one.measure), value_words(asked, paths, one))));
    let assumed = assumed_words(asked.scenario);
    if !assumed.is_empty() {
        rows.push(("assumptions".into(), assumed));
    }
    rows
}

fn value_words(asked: Asked<'_>, paths: u64, one: &Convergence) -> String {
    let words = |value: f64| measure_value(&one.measure, value, asked.symbol());
    let Some(value) = one.value else { return "not defined".into() };
    let error = one
        .half_width
        .map_or_else(|| "no interval: too few paths".into(), |half| format!("± {} (95 %)", words(half)));
    let Some(wanted) = one.wanted else { return format!("{} {error}", words(value)) };
    let needs = one.paths_for(wanted, paths).map_or_else(
        || "cannot be said".into(),
        |needed| format!("needs {} paths", grouped(round_up(needed) as f64, 0)),
    );
    format!("{} {error}; ± {} {needs}", words(value), words(wanted))
}

/// Two significant digits upwards: the error of an error does not allow for more.
fn round_up(paths: u64) -> u64 {
    let mut unit = 1;
    while paths / unit >= 100 {
        unit *= 10;
    }
    paths.div_ceil(unit) * unit
}

/// The same as JSON for notebooks.
pub fn converge_json(asked: Asked<'_>, paths: u64, found: &[Convergence]) -> Value {
    let measures: Vec<Value> = (found.iter())
        .map(|one| {
            let errors: Vec<Value> = (one.errors.iter())
                .map(|error| {
                    json!({
                        "paths": error.paths,
                        "batches": error.batches,
                        "half_width_between_batches": number(error.between),
                        "half_width_of_interval": number(error.within),
                    })
                })
                .collect();
            json!({
                "measure": one.measure.to_string(),
                "value": number(one.value),
                "half_width": number(one.half_width),
                "wanted_half_width": number(one.wanted),
                "paths_needed": one.wanted.and_then(|wanted| one.paths_for(wanted, paths)),
                "errors": errors,
            })
        })
        .collect();
    json!({ "scenario": asked.scenario.name, "paths": paths, "measures": measures })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_paths_is_rounded_up_to_two_digits() {
        assert_eq!([1, 99, 101, 12_345, 120_000].map(round_up), [1, 99, 110, 13_000, 120_000]);
    }
}
