//! `backtest.csv`: every target of every event, observed and as the model has it.

use super::{Table, cell, decimals_of};
use crate::number::cell_or_empty;
use crate::questions::{Event, tolerance_words};
use pegstress_risk::questions::Judged;

pub(crate) fn backtest(events: &[Event<'_>]) -> Table {
    let header = [
        "event",
        "target",
        "metric",
        "use",
        "observed",
        "observed_high",
        "model",
        "model_p5",
        "model_p50",
        "model_p95",
        "error",
        "error_in_tolerances",
        "tolerance",
        "passed",
        "observed_at_quantile",
        "undefined_share",
        "source",
    ];
    let mut table = Table::new("backtest.csv", &header);
    for event in events {
        for judged in &event.judged {
            table.push(row(&event.scenario.name, judged));
        }
    }
    table
}

fn row(event: &str, judged: &Judged) -> Vec<String> {
    let target = &judged.target;
    let decimals = decimals_of(&target.measure.metric);
    let (low, high) = (target.observed.low, target.observed.high);
    let level = |k: usize| cell_or_empty(judged.paths.map(|paths| paths[k]), decimals);
    vec![
        event.to_owned(),
        target.name.clone(),
        target.measure.to_string(),
        target.purpose.word().to_owned(),
        low.to_string(),
        if high > low { high.to_string() } else { String::new() },
        cell_or_empty(judged.model.map(|model| model.value), decimals),
        level(0),
        level(1),
        level(2),
        cell_or_empty(judged.error(), decimals),
        cell_or_empty(judged.miss(), 6),
        tolerance_words(target),
        judged.is_met().to_string(),
        cell_or_empty(judged.rank, 6),
        cell(judged.undefined, 9),
        target.source.clone(),
    ]
}
