//! What is varied: keys that exist, each once, with values of one kind.

use std::collections::BTreeSet;

use super::Rules;
use crate::overrides::check_key;
use crate::raw::sweep::{RawScale, RawSweep};

impl Rules<'_, '_> {
    pub(super) fn check_varied_keys(&mut self) {
        let mut seen = BTreeSet::new();
        for (index, sweep) in self.raw.sweep.iter().enumerate() {
            let at = |name: &str| format!("sweep[{index}].{name}");
            let key = at("key");
            if let Err((message, help)) = check_key(&sweep.key) {
                let span = self.site.tree.span_near(&key);
                self.site.problems.push(&key, span, format!("{key}: {message}"), help);
            } else if !seen.insert(&sweep.key) {
                self.refuse(&key, format!("{key} is `{}`, which is varied already", sweep.key));
            }
            if let Some(message) = disagreement(sweep) {
                self.refuse(&format!("sweep[{index}]"), format!("sweep[{index}] {message}"));
            }
        }
    }
}

/// Why the values of a key cannot be told.
fn disagreement(sweep: &RawSweep) -> Option<String> {
    let is_between = sweep.from.is_some() || sweep.to.is_some() || sweep.points.is_some();
    match (&sweep.values, sweep.from, sweep.to, sweep.points) {
        (Some(_), ..) if is_between || sweep.scale.is_some() => {
            Some("has values and ends: it needs either `values` or `from`, `to` and `points`".to_owned())
        }
        (Some(_), ..) => None,
        (None, Some(from), Some(to), Some(_)) if from >= to => {
            Some(format!("goes from {from} to {to}, must go up"))
        }
        (None, Some(from), Some(_), Some(_)) if sweep.scale == Some(RawScale::Log) && from <= 0.0 => {
            Some(format!("goes from {from}, must begin above 0 where scale = \"log\""))
        }
        (None, Some(_), Some(_), Some(_)) => None,
        (None, ..) => Some("has no values: it needs `values`, or `from`, `to` and `points`".to_owned()),
    }
}
