//! Severities replace keys that there are; limits say what is limited.

use super::Rules;
use crate::overrides::check_key;
use crate::severity::check_severities;

impl Rules<'_, '_> {
    pub(super) fn check_markets(&mut self) {
        if !self.raw.markets.is_empty() && self.raw.base.is_none() {
            self.refuse(
                "markets",
                "markets has no effect without base: the markets are files beside it".to_owned(),
            );
        }
    }

    pub(super) fn check_severities(&mut self) {
        check_severities(&self.raw.severities, self.site.tree, self.site.problems, check_key);
    }

    pub(super) fn check_limits(&mut self) {
        for (index, limit) in self.raw.limits.iter().enumerate() {
            let key = |name: &str| format!("limits[{index}].{name}");
            if !is_statistic(&limit.statistic) {
                let (key, found) = (key("statistic"), &limit.statistic);
                self.refuse(
                    &key,
                    format!(
                        "{key} is `{found}`, must be mean, median, a quantile such as p95, or es50 to es99.9"
                    ),
                );
            }
            if limit.at_most.is_some() == limit.at_least.is_some() {
                let message = format!("limits[{index}] needs either at_most or at_least");
                self.refuse(&format!("limits[{index}]"), message);
            }
        }
    }
}

/// Statistics that `pegstress` knows: those of `METRIC:STATISTIC`.
fn is_statistic(word: &str) -> bool {
    let level = |percent: &str, least: f64| {
        percent.parse::<f64>().is_ok_and(|level| level > 0.0 && level >= least && level < 100.0)
    };
    match word {
        "mean" | "median" => true,
        _ => match (word.strip_prefix("es"), word.strip_prefix('p')) {
            (Some(percent), _) => level(percent, 50.0),
            (_, Some(percent)) => level(percent, 0.0),
            _ => false,
        },
    }
}
