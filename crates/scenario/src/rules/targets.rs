//! Observations: one tolerance each, a statistic that exists, a range the right way round. Keys that are moved to meet
//! them: each once, and ends that their scale allows.

use std::collections::BTreeSet;

use super::{Rules, Site};
use crate::overrides::check_key;
use crate::raw::sweep::RawScale;
use crate::raw::target::{RawCalibrate, RawTarget};

impl Rules<'_, '_> {
    pub(super) fn check_targets(&mut self) {
        self.site.check_targets(&self.raw.targets);
        self.site.check_calibrate(&self.raw.calibrate);
    }
}

impl Site<'_, '_> {
    pub(super) fn check_targets(&mut self, targets: &[RawTarget]) {
        let mut seen = BTreeSet::new();
        for (index, target) in targets.iter().enumerate() {
            let at = |name: &str| format!("targets[{index}].{name}");
            if target.name.trim().is_empty() {
                self.refuse(&at("name"), format!("{} is empty: say what was observed", at("name")));
            } else if !seen.insert(&target.name) {
                let name = &target.name;
                self.refuse(&at("name"), format!("{} is `{name}`, which is a target already", at("name")));
            }
            if let Some(word) = target.statistic.as_deref().filter(|word| !is_statistic(word)) {
                let key = at("statistic");
                self.refuse(
                    &key,
                    format!("{key} is `{word}`, must be mean, p0.1 to p99.9, or es50 to es99.9"),
                );
            }
            self.check_observation(index, target);
        }
    }

    fn check_observation(&mut self, index: usize, target: &RawTarget) {
        let key = format!("targets[{index}].observed");
        let (low, high) = target.observed.ends();
        if !(low.is_finite() && high.is_finite()) {
            self.refuse(&key, format!("{key} must be finite"));
        } else if low > high {
            self.refuse(&key, format!("{key} is [{low}, {high}], must begin with the lower end"));
        }
        match (target.within_factor, target.within) {
            (Some(_), Some(_)) => {
                let message =
                    format!("targets[{index}] has within_factor and within: keep the one that is meant");
                self.refuse(&format!("targets[{index}].within"), message);
            }
            (None, None) => {
                let message = format!(
                    "targets[{index}] has no tolerance: it needs within_factor (such as 2), or within in the metric's unit"
                );
                self.refuse(&format!("targets[{index}]"), message);
            }
            (Some(_), None) if low <= 0.0 => {
                let message = format!(
                    "{key} is {low}, must be above 0 where a factor is the tolerance: say within instead of within_factor"
                );
                self.refuse(&key, message);
            }
            _ => {}
        }
    }

    pub(super) fn check_calibrate(&mut self, varied: &[RawCalibrate]) {
        let mut seen = BTreeSet::new();
        for (index, one) in varied.iter().enumerate() {
            let key = format!("calibrate[{index}].key");
            if let Err((message, help)) = check_key(&one.key) {
                self.problems.push(&key, self.tree.span_near(&key), format!("{key}: {message}"), help);
            } else if !seen.insert(&one.key) {
                self.refuse(&key, format!("{key} is `{}`, which is moved already", one.key));
            }
            let (low, high, at) = (one.low, one.high, format!("calibrate[{index}]"));
            if !(low < high && low.is_finite() && high.is_finite()) {
                self.refuse(&format!("{at}.high"), format!("{at} goes from {low} to {high}, must go up"));
            } else if one.scale == Some(RawScale::Log) && low <= 0.0 {
                let message = format!("{at} goes from {low}, must begin above 0 where scale = \"log\"");
                self.refuse(&format!("{at}.low"), message);
            }
        }
    }
}

/// `mean`, `p` with a level in (0, 100), `es` with one in [50, 100).
fn is_statistic(word: &str) -> bool {
    let level = |percent: &str, least: f64| {
        percent.parse::<f64>().is_ok_and(|level| level >= least && level > 0.0 && level < 100.0)
    };
    word == "mean"
        || word.strip_prefix("es").is_some_and(|percent| level(percent, 50.0))
        || word.strip_prefix('p').is_some_and(|percent| level(percent, 0.0))
}
