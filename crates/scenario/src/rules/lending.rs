//! Lending markets: one rule, one oracle, one curve, loans that are not due at the start.

use std::collections::BTreeSet;

use super::Rules;
use crate::raw::lending::RawLending;

impl Rules<'_, '_> {
    pub(super) fn check_lending(&mut self) {
        let raw = self.raw;
        let mut names = BTreeSet::new();
        for (index, market) in raw.lending.iter().enumerate() {
            let place = format!("lending[{index}]");
            if !names.insert(&market.name) {
                let key = format!("{place}.name");
                self.refuse(&key, format!("{key} is `{}`, which another market has already", market.name));
            }
            self.check_choices(&place, market);
            self.check_loans(&place, market);
        }
    }

    fn check_choices(&mut self, place: &str, market: &RawLending) {
        let rules = [
            ("aave", market.aave.is_some()),
            ("morpho", market.morpho.is_some()),
            ("compound", market.compound.is_some()),
            ("gearbox", market.gearbox.is_some()),
        ];
        self.check_one_of(place, &rules);
        let oracle = &market.oracle;
        let oracles = [
            ("exchange_rate", oracle.exchange_rate.is_some()),
            ("market_feed", oracle.market_feed.is_some()),
            ("time_weighted", oracle.time_weighted.is_some()),
            ("hard_coded", oracle.hard_coded.is_some()),
        ];
        self.check_one_of(&format!("{place}.oracle"), &oracles);
        let curves =
            [("kinked", market.interest.kinked.is_some()), ("adaptive", market.interest.adaptive.is_some())];
        self.check_one_of(&format!("{place}.interest"), &curves);
    }

    /// Exactly one of the tables is there.
    fn check_one_of(&mut self, place: &str, tables: &[(&str, bool)]) {
        let there: Vec<_> = tables.iter().filter(|(_, there)| *there).map(|(name, _)| *name).collect();
        let names: Vec<_> = tables.iter().map(|(name, _)| *name).collect();
        match there.as_slice() {
            [_] => {}
            [] => self.refuse(place, format!("{place} needs one of the tables {}", names.join(", "))),
            [_, second, ..] => {
                let key = format!("{place}.{second}");
                self.refuse(&key, format!("{place} has {}: keep one", there.join(" and ")));
            }
        }
    }

    fn check_loans(&mut self, place: &str, market: &RawLending) {
        let Some(threshold) = threshold_pct(market) else { return };
        for (k, bucket) in market.buckets.iter().enumerate() {
            if bucket.ltv_pct >= threshold {
                let key = format!("{place}.buckets[{k}].ltv_pct");
                let ltv = bucket.ltv_pct;
                self.refuse(
                    &key,
                    format!("{key} is {ltv}, must be below the liquidation threshold of {threshold}: it would be due at once"),
                );
            }
        }
    }
}

/// The liquidation threshold of a market's rule.
pub(super) fn threshold_pct(market: &RawLending) -> Option<f64> {
    let aave = market.aave.map(|rule| rule.liquidation_threshold_pct.0);
    let morpho = market.morpho.map(|rule| rule.lltv_pct.0);
    let compound = market.compound.map(|rule| rule.liquidation_threshold_pct.0);
    let gearbox = market.gearbox.map(|rule| rule.liquidation_threshold_pct.0);
    aave.or(morpho).or(compound).or(gearbox)
}
