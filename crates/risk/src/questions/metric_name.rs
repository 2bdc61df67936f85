//! Metrics by name.

use pegstress_sim::Metric;

/// Similarity below which a suggestion would confuse more than help.
const WORTH_SUGGESTING: f64 = 0.6;

/// A name that no metric has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown metric `{name}`{}; there are: {}", suggestion(.nearest), .known.join(", "))]
pub struct UnknownMetric {
    /// The name as given.
    pub name: String,
    /// The closest known name, if one is close.
    pub nearest: Option<String>,
    /// All names.
    pub known: Vec<String>,
}

fn suggestion(nearest: &Option<String>) -> String {
    nearest.as_ref().map_or_else(String::new, |name| format!(", did you mean `{name}`?"))
}

/// Place of the metric called `name` among those of a run.
///
/// # Errors
/// The name that is closest, and all there are.
pub fn find_metric(metrics: &[Metric], name: &str) -> Result<usize, UnknownMetric> {
    if let Some(place) = metrics.iter().position(|metric| metric.name == name) {
        return Ok(place);
    }
    let similarity = |metric: &Metric| strsim::normalized_damerau_levenshtein(name, &metric.name);
    let nearest = metrics
        .iter()
        .map(|metric| (similarity(metric), metric))
        .filter(|(similarity, _)| *similarity >= WORTH_SUGGESTING)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, metric)| metric.name.clone());
    let known = metrics.iter().map(|metric| metric.name.clone()).collect();
    Err(UnknownMetric { name: name.to_owned(), nearest, known })
}

#[cfg(test)]
mod tests {
    use super::*;
    use pegstress_sim::{MetricKind, Unit};

    #[test]
    fn a_misspelt_metric_is_told_the_name_that_is_nearest() {
        let metric =
            |kind, name: &str| Metric { kind, name: name.into(), meaning: String::new(), unit: Unit::Eth };
        let list =
            [metric(MetricKind::SoldLrt, "sold_lrt"), metric(MetricKind::SellersLoss, "sellers_loss_eth")];
        assert_eq!(find_metric(&list, "sellers_loss_eth"), Ok(1));
        let told = find_metric(&list, "seller_loss_eth").expect_err("no such metric");
        assert_eq!(told.nearest.as_deref(), Some("sellers_loss_eth"));
        assert!(told.to_string().contains("did you mean `sellers_loss_eth`?"), "{told}");
        assert!(find_metric(&list, "xyz").expect_err("no such metric").nearest.is_none());
    }
}
