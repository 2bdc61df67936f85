//! What is reported and what is known: ascending lists, evidence for keys that exist.

use std::collections::BTreeSet;

use super::{Rules, Site};
use crate::layers::Layers;
use crate::nearest::suggest;
use crate::raw::RawEvidence;

impl Rules<'_, '_> {
    pub(super) fn check_report(&mut self) {
        let Some(report) = &self.raw.report else { return };
        let sizes: Vec<f64> = report.sizes_lrt.iter().map(|size| size.0).collect();
        let depths: Vec<f64> = report.depth_discounts_bps.iter().map(|bps| bps.0).collect();
        let thresholds: Vec<f64> = report.thresholds_bps.iter().flatten().map(|bps| bps.0).collect();
        for (key, list) in
            [("sizes_lrt", sizes), ("depth_discounts_bps", depths), ("thresholds_bps", thresholds)]
        {
            let falls = list.windows(2).position(|pair| pair[0] >= pair[1]);
            if let Some(at) = falls {
                let key = format!("report.{key}[{}]", at + 1);
                self.refuse(&key, format!("{key} is {}, must be above {} before it", list[at + 1], list[at]));
            }
        }
    }

    /// Evidence of the scenario file; that of the files it builds upon may cover what it replaces.
    pub(super) fn check_evidence(&mut self, layers: &Layers) {
        let tree = self.site.tree;
        let is_own =
            |index: &usize| tree.find(&format!("evidence[{index}]")).is_none_or(|node| layers.of(node) == 0);
        let own = (0..self.raw.evidence.len()).take_while(is_own).count();
        self.site.check_evidence_keys(&self.raw.evidence[..own]);
    }
}

impl Site<'_, '_> {
    /// Every entry names a key of the file, and no key has two.
    pub(super) fn check_evidence_keys(&mut self, evidence: &[RawEvidence]) {
        let paths = self.tree.paths();
        let known =
            || paths.iter().map(|(path, _)| path.as_str()).filter(|path| !path.starts_with("evidence"));
        let mut seen = BTreeSet::new();
        for (index, evidence) in evidence.iter().enumerate() {
            let (place, key) = (format!("evidence[{index}].key"), evidence.key.as_str());
            let span = self.tree.span_near(&place);
            if !known().any(|path| path == key) {
                let message = format!("{place} is `{key}`, which this file does not have");
                self.problems.push(&place, span, message, suggest(key, known()));
            } else if !seen.insert(key) {
                self.refuse(&place, format!("{place} is `{key}`, which has evidence already"));
            }
        }
    }
}
