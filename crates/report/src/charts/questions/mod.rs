//! Charts of questions beyond one run.

mod attribution;
mod break_curve;
mod convergence;
mod differences;
mod frontier;
mod heat_map;
mod indices;
mod profile;
pub(in crate::charts) mod rows;
mod sweep_line;
mod targets;
mod tornado;

pub(crate) use attribution::draw as draw_attribution;
pub(crate) use break_curve::draw as draw_break;
pub(crate) use convergence::draw as draw_convergence;
pub(crate) use differences::draw as draw_differences;
pub(crate) use frontier::draw as draw_frontier;
pub(crate) use heat_map::draw as draw_heat_map;
pub(crate) use indices::draw as draw_indices;
pub(crate) use profile::draw as draw_profiles;
pub(crate) use sweep_line::draw as draw_sweep_line;
pub(crate) use targets::draw as draw_targets;
pub(crate) use tornado::draw as draw_tornado;

use super::axis::Axis;
use crate::number::unit_words;
use crate::questions::{Asked, assumed_words, measure_words};
use pegstress_risk::questions::{Measure, Range, Scale, Statistic};

/// Name and unit of an axis with values of `measure`.
fn measure_axis(measure: &Measure, symbol: &str) -> String {
    let words = measure_words(measure);
    let name = words.chars().next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let name = name + words.get(1..).unwrap_or_default();
    match measure.statistic {
        Statistic::Probability(..) => format!("{name}, %"),
        _ => match unit_words(&measure.metric, symbol).as_str() {
            "" => name,
            unit => format!("{name}, {unit}"),
        },
    }
}

/// Factor from a measure's values to its axis: probabilities are drawn in per cent.
fn axis_scale(measure: &Measure) -> f64 {
    if matches!(measure.statistic, Statistic::Probability(..)) { 100.0 } else { 1.0 }
}

/// The axis of a key that was varied.
fn key_axis(range: &Range) -> Axis {
    match range.scale {
        Scale::Linear => Axis::span(range.low, range.high),
        Scale::Logarithmic => {
            Axis::logarithmic([range.low, range.high]).unwrap_or_else(|| Axis::span(range.low, range.high))
        }
    }
}

/// ` (logarithmic)` where an axis is so.
fn scale_words(range: &Range) -> &'static str {
    if range.scale == Scale::Logarithmic { " (logarithmic)" } else { "" }
}

/// What stands under the finding: the given words, the paths, and what the answer rests on.
fn details(asked: Asked<'_>, words: &str, paths: u64) -> String {
    let assumed = assumed_words(asked.scenario);
    let rests = if assumed.is_empty() { String::new() } else { format!(" · {assumed}") };
    let paths = crate::number::grouped(paths as f64, 0);
    format!("{words} · {paths} paths each, the same random numbers everywhere{rests}")
}
