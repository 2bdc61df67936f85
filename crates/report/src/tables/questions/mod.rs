//! Tables of questions beyond one run.

mod calibrate;
mod compare;
mod converge;
mod reverse;
mod sensitivity;
mod sweep;
mod target;

pub(crate) use calibrate::{directions, keys as fitted_keys, misses, profiles, trials};
pub(crate) use compare::differences;
pub(crate) use converge::convergence;
pub(crate) use reverse::{breaks, evaluations};
pub(crate) use sensitivity::{indices, swings};
pub(crate) use sweep::sweep;
pub(crate) use target::backtest;

use super::{Table, level_name};
use crate::number::{cell, decimals_of};
use pegstress_risk::questions::{Measure, Statistic};

/// A key's value as it was run.
fn key_value(value: f64) -> String {
    value.to_string()
}

/// Decimals of a measure's values.
fn decimals(measure: &Measure) -> usize {
    match measure.statistic {
        Statistic::Probability(..) => 9,
        _ => decimals_of(&measure.metric),
    }
}
