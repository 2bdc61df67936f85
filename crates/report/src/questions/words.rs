//! Words that several answers share.

use crate::number::{level, percent, spoken, with_unit};
use pegstress_risk::questions::{Measure, Statistic};
use pegstress_sim::scenario::Scenario;
use serde_json::{Value, json};

/// `95 % quantile of deepest discount close`.
pub(crate) fn measure_words(measure: &Measure) -> String {
    let metric = spoken(&measure.metric);
    match measure.statistic {
        Statistic::Mean => format!("mean of {metric}"),
        Statistic::Quantile(0.5) => format!("median of {metric}"),
        Statistic::Quantile(at) => format!("{} quantile of {metric}", level(at)),
        Statistic::Shortfall(at) => format!("mean of the worst {} of {metric}", level(1.0 - at)),
        Statistic::Probability(..) => format!("probability of {measure}"),
    }
}

/// A value of a measure with its unit.
pub(crate) fn measure_value(measure: &Measure, value: f64, symbol: &str) -> String {
    match measure.statistic {
        Statistic::Probability(..) => percent(value),
        _ => with_unit(&measure.metric, value, symbol),
    }
}

/// How much of the answer rests on parameters that nothing anchors; empty if none does.
pub(crate) fn assumed_words(scenario: &Scenario) -> String {
    let unanchored = scenario.assumptions.iter().filter(|one| one.mark.is_unanchored()).count();
    match unanchored {
        0 => String::new(),
        1 => "rests on 1 parameter without an anchor (assumptions.csv)".into(),
        many => format!("rests on {many} parameters without an anchor (assumptions.csv)"),
    }
}

/// A number, or null where it is not one.
pub(crate) fn number(value: Option<f64>) -> Value {
    value.filter(|value| value.is_finite()).map_or(Value::Null, |value| json!(value))
}
