//! Shocks: within the horizon, of a size that their kind has.

use super::Rules;
use crate::nearest::suggest;
use crate::raw::shock::{RawShock, ShockKind};
use crate::resolve::operators_of;

impl Rules<'_, '_> {
    /// Hours from the start of a path to its end.
    fn horizon_hours(&self) -> f64 {
        let window_secs = self.raw.time.end.as_second() - self.raw.time.start.as_second();
        self.raw.rolling.map_or(window_secs as f64 / 3600.0, |rolling| f64::from(rolling.horizon_hours))
    }

    /// Whether a pause covers all of `shock`.
    fn is_paused_throughout(&self, shock: &RawShock) -> bool {
        let span = |shock: &RawShock| {
            (shock.start_hours.0, shock.start_hours.0 + shock.duration_hours.map_or(0.0, |hours| hours.0))
        };
        let (start, end) = span(shock);
        self.raw.shocks.iter().filter(|other| other.kind == ShockKind::PauseRedemptions).any(|pause| {
            let (from, until) = span(pause);
            from <= start && end <= until && start < until
        })
    }

    pub(super) fn check_shocks(&mut self) {
        let horizon_hours = self.horizon_hours();
        for (index, shock) in self.raw.shocks.iter().enumerate() {
            let key = |name: &str| format!("shocks[{index}].{name}");
            if shock.start_hours.0 >= horizon_hours {
                let (key, start) = (key("start_hours"), shock.start_hours.0);
                self.refuse(
                    &key,
                    format!("{key} is {start}, must be below the horizon of {horizon_hours} hours"),
                );
            }
            if shock.kind == ShockKind::RedeemShareOfFloat && self.is_paused_throughout(shock) {
                self.refuse(
                    &key("start_hours"),
                    format!(
                        "{} falls into a pause of redemptions, in which nothing can be requested: move it or the pause",
                        key("start_hours")
                    ),
                );
            }
            self.check_target(&key("target"), shock);
            let size = shock.size.0;
            match shock.kind {
                ShockKind::NetworkQueueEth | ShockKind::RaiseBorrowRate => {}
                ShockKind::PauseRedemptions | ShockKind::FreezeOracle
                    if size != 1.0 || shock.size_log_sd.is_some_and(|sd| sd != 0.0) =>
                {
                    self.refuse(
                        &key("size"),
                        format!("{} must be 1 without spread: a pause or a freeze has no size", key("size")),
                    );
                }
                _ if size > 1.0 => {
                    self.refuse(
                        &key("size"),
                        format!("{} is {size}, must be above 0 and at most 1", key("size")),
                    );
                }
                _ => {}
            }
        }
    }

    /// What a shock hits is there.
    fn check_target(&mut self, key: &str, shock: &RawShock) {
        let raw = self.raw;
        let (what, known): (&str, Vec<&str>) = match shock.kind {
            ShockKind::SlashByService => (
                "a service of [restaking]",
                raw.restaking.iter().flat_map(|table| table.services.iter().map(String::as_str)).collect(),
            ),
            ShockKind::SlashOperators | ShockKind::LoseOnBeaconChain => (
                "an operator of [restaking], `client NAME`, `cloud NAME` or `all`",
                raw.restaking
                    .iter()
                    .flat_map(|table| table.operators.iter().map(|one| one.name.as_str()))
                    .collect(),
            ),
            ShockKind::FreezeOracle | ShockKind::MisprintOracle | ShockKind::RaiseBorrowRate => {
                ("a market of [[lending]]", raw.lending.iter().map(|market| market.name.as_str()).collect())
            }
            _ => {
                if shock.target.is_some() {
                    self.refuse(key, format!("{key} has no effect on this kind of shock: remove it"));
                }
                return;
            }
        };
        let Some(target) = shock.target.as_deref() else {
            self.refuse(key, format!("{key} is missing: must be {what}"));
            return;
        };
        let is_group = matches!(shock.kind, ShockKind::SlashOperators | ShockKind::LoseOnBeaconChain)
            && raw.restaking.as_ref().is_some_and(|table| operators_of(table, target).is_some());
        if !is_group && !known.contains(&target) {
            let span = self.site.tree.span_near(key);
            let message = format!("{key} is `{target}`, must be {what}");
            self.site.problems.push(key, span, message, suggest(target, known));
        }
    }
}
