//! Restaking: shares that add up, services that exist, delays of the rule that is used.

use std::collections::BTreeSet;

use super::Rules;
use crate::nearest::suggest;
use crate::raw::restaking::{RawOperator, RawRestaking, RestakingRule};

/// Shares of a file may add up to a little more than a whole by rounding.
const WHOLE_PCT: f64 = 100.0 + 1e-9;

impl Rules<'_, '_> {
    pub(super) fn check_restaking(&mut self) {
        let raw = self.raw;
        let Some(restaking) = &raw.restaking else { return };
        self.check_delays(restaking);
        let stake: f64 = restaking.operators.iter().map(|operator| operator.stake_pct.0).sum();
        if stake > WHOLE_PCT {
            let key = "restaking.operators";
            self.refuse(key, format!("{key}: stake_pct adds up to {stake}, must be at most 100"));
        }
        self.check_distinct("restaking.services", restaking.services.iter());
        self.check_distinct("restaking.operators", restaking.operators.iter().map(|operator| &operator.name));
        for (index, operator) in restaking.operators.iter().enumerate() {
            self.check_operator(&format!("restaking.operators[{index}]"), operator, restaking);
        }
    }

    fn check_delays(&mut self, restaking: &RawRestaking) {
        for (key, rule, there) in [
            ("restaking.eigenlayer", RestakingRule::Eigenlayer, restaking.eigenlayer.is_some()),
            ("restaking.symbiotic", RestakingRule::Symbiotic, restaking.symbiotic.is_some()),
            ("restaking.karak", RestakingRule::Karak, restaking.karak.is_some()),
        ] {
            if there && rule != restaking.rule {
                self.refuse(
                    key,
                    format!("[{key}] has no effect with another rule: remove it or change restaking.rule"),
                );
            }
        }
        if restaking.rule == RestakingRule::Symbiotic && restaking.symbiotic.is_none() {
            let key = "restaking.symbiotic";
            self.refuse(key, format!("[{key}] is missing: every vault has delays of its own"));
        }
        if let Some(delays) = restaking.symbiotic
            && delays.report_days.0 + delays.veto_days.0 > delays.epoch_days
        {
            let key = "restaking.symbiotic.veto_days";
            self.refuse(
                key,
                format!("{key} and report_days are longer than an epoch of {} days, within which a slash has to be", delays.epoch_days),
            );
        }
    }

    fn check_distinct<'a>(&mut self, key: &str, names: impl Iterator<Item = &'a String>) {
        let mut seen = BTreeSet::new();
        for (index, name) in names.enumerate() {
            if !seen.insert(name) {
                let key = format!("{key}[{index}]");
                self.refuse(&key, format!("{key} is `{name}`, which is there already"));
            }
        }
    }

    fn check_operator(&mut self, place: &str, operator: &RawOperator, restaking: &RawRestaking) {
        let mut services = BTreeSet::new();
        for (k, allocation) in operator.allocations.iter().enumerate() {
            let (key, name) = (format!("{place}.allocations[{k}].service"), &allocation.service);
            if !restaking.services.contains(name) {
                let message = format!("{key} is `{name}`, which restaking.services does not have");
                let help = suggest(name, restaking.services.iter().map(String::as_str));
                let span = self.site.tree.span_near(&key);
                self.site.problems.push(&key, span, message, help);
            } else if !services.insert(name) {
                self.refuse(&key, format!("{key} is `{name}`, to which the operator has allocated already"));
            }
        }
        let sum: f64 = operator.allocations.iter().map(|allocation| allocation.share_pct.0).sum();
        if restaking.rule == RestakingRule::Eigenlayer && sum > WHOLE_PCT {
            let key = format!("{place}.allocations");
            self.refuse(
                &key,
                format!("{key}: share_pct adds up to {sum}, must be at most 100: stake is unique"),
            );
        }
    }
}
