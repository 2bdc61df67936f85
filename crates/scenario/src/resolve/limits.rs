//! Limits on numbers of the run: their metrics are there.

use pegstress_sim::metric_list::metrics;
use pegstress_sim::scenario::{Limit, ReportSpec, Study};

use crate::diagnostic::ScenarioError;
use crate::document::Document;
use crate::nearest::suggest;
use crate::raw::catalogue::RawLimit;

/// The limits of a document, each on a metric that its study has.
pub(super) fn limits(
    document: &Document,
    study: &Study,
    report: &ReportSpec,
) -> Result<Vec<Limit>, ScenarioError> {
    let Study::Paths(study) = study else { return Ok(Vec::new()) };
    let known: Vec<String> = metrics(study, report).into_iter().map(|metric| metric.name).collect();
    let mut problems = document.layers.problems();
    for (index, limit) in document.raw().limits.iter().enumerate() {
        if !known.contains(&limit.metric) {
            let key = format!("limits[{index}].metric");
            let help = suggest(&limit.metric, known.iter().map(String::as_str))
                .unwrap_or_else(|| format!("there are: {}", known.join(", ")));
            let message = format!("{key} is `{}`, which this study does not have", limit.metric);
            problems.push(&key, document.tree.span_near(&key), message, Some(help));
        }
    }
    if problems.is_empty() {
        return Ok(document.raw().limits.iter().map(limit).collect());
    }
    Err(ScenarioError::Invalid(problems.into_list()))
}

fn limit(raw: &RawLimit) -> Limit {
    Limit {
        metric: raw.metric.clone(),
        statistic: raw.statistic.clone(),
        at_most: raw.at_most,
        at_least: raw.at_least,
    }
}
