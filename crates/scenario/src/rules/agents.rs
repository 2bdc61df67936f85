//! Dip buyers who do not sell below what they pay, whales who hold what there is.

use std::collections::BTreeSet;

use super::Rules;
use crate::raw::agents::{RawWhale, WhaleAction};
use crate::resolve::holding_lrt;

impl Rules<'_, '_> {
    pub(super) fn check_agents(&mut self) {
        let raw = self.raw;
        let Some(agents) = &raw.agents else { return };
        for (k, group) in agents.dip_buyers.iter().enumerate() {
            if let Some(resell) = group.resell_bps.filter(|resell| resell.0 >= group.hurdle_bps.0) {
                let key = format!("agents.dip_buyers[{k}].resell_bps");
                let hurdle = group.hurdle_bps.0;
                self.refuse(&key, format!("{key} is {}, must be below hurdle_bps = {hurdle}", resell.0));
            }
        }
        let float_lrt = raw.token.free_float_lrt.map_or(f64::INFINITY, |float| float.0);
        let (mut names, mut held_lrt) = (BTreeSet::new(), 0.0);
        for (k, whale) in agents.whales.iter().enumerate() {
            let place = format!("agents.whales[{k}]");
            if !names.insert(&whale.name) {
                let key = format!("{place}.name");
                self.refuse(&key, format!("{key} is `{}`, which another whale has already", whale.name));
            }
            self.check_whale(&place, whale);
            held_lrt += holding_lrt(whale, float_lrt).unwrap_or(0.0);
        }
        if held_lrt >= float_lrt {
            self.refuse(
                "agents.whales",
                format!("agents.whales hold {held_lrt}, must be below token.free_float_lrt = {float_lrt}"),
            );
        }
    }

    fn check_whale(&mut self, place: &str, whale: &RawWhale) {
        match (whale.holding_lrt, whale.holding_pct) {
            (Some(_), Some(_)) => {
                let key = format!("{place}.holding_pct");
                self.refuse(&key, format!("{key} has no effect beside holding_lrt: keep one of the two"));
            }
            (None, None) => {
                let key = format!("{place}.holding_lrt");
                self.refuse(&key, format!("{key} is missing: give it, or holding_pct"));
            }
            _ => {}
        }
        let horizon_hours = self.horizon_hours();
        if whale.start_hours.0 >= horizon_hours {
            let (key, start) = (format!("{place}.start_hours"), whale.start_hours.0);
            self.refuse(
                &key,
                format!("{key} is {start}, must be below the horizon of {horizon_hours} hours"),
            );
        }
        if whale.action == WhaleAction::Redeem && whale.not_below_bps.is_some() {
            let key = format!("{place}.not_below_bps");
            self.refuse(&key, format!("{key} has no effect with action = \"redeem\": remove it"));
        }
    }
}
