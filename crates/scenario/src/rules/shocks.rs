//! Shocks: within the horizon, on something that is there, of a size that their kind has.

use super::Rules;
use super::lending::threshold_pct;
use crate::nearest::suggest;
use crate::raw::lending::RawLending;
use crate::raw::shock::{RawShock, ShockKind};
use crate::resolve::operators_of;

impl Rules<'_, '_> {
    /// Hours from the start of a path to its end.
    pub(super) fn horizon_hours(&self) -> f64 {
        let window_secs = self.raw.time.end.as_second() - self.raw.time.start.as_second();
        self.raw.rolling.map_or(window_secs as f64 / 3600.0, |rolling| f64::from(rolling.horizon_hours))
    }

    /// Whether a pause covers all of `shock`, both by schedule.
    fn is_paused_throughout(&self, shock: &RawShock) -> bool {
        let span = |shock: &RawShock| {
            let start = shock.start_hours?.0;
            Some((start, start + shock.duration_hours.map_or(0.0, |hours| hours.0)))
        };
        let Some((start, end)) = span(shock) else { return false };
        self.raw.shocks.iter().filter(|other| other.kind == ShockKind::PauseRedemptions).any(|pause| {
            span(pause).is_some_and(|(from, until)| from <= start && end <= until && start < until)
        })
    }

    pub(super) fn check_shocks(&mut self) {
        let raw = self.raw;
        for (index, shock) in raw.shocks.iter().enumerate() {
            let place = format!("shocks[{index}]");
            self.check_start(&place, shock);
            self.check_target(&format!("{place}.target"), shock);
            self.check_duration(&format!("{place}.duration_hours"), shock);
            self.check_size(&format!("{place}.size"), shock);
            self.check_posting(&place, shock);
        }
    }

    fn check_start(&mut self, place: &str, shock: &RawShock) {
        let (key, horizon_hours) = (format!("{place}.start_hours"), self.horizon_hours());
        match (&shock.when, shock.start_hours) {
            (Some(_), Some(_)) => {
                self.refuse(&key, format!("{key} has no effect beside {place}.when: keep one of the two"));
            }
            (Some(when), None) => self.check_trigger(&format!("{place}.when"), when),
            (None, None) => {
                self.refuse(&key, format!("{key} is missing: give it, or a table [{place}.when]"));
            }
            (None, Some(start)) if start.0 >= horizon_hours => self.refuse(
                &key,
                format!("{key} is {}, must be below the horizon of {horizon_hours} hours", start.0),
            ),
            (None, Some(_)) => {}
        }
        if shock.kind == ShockKind::RedeemShareOfFloat && self.is_paused_throughout(shock) {
            self.refuse(
                &key,
                format!(
                    "{key} falls into a pause of redemptions, in which nothing can be requested: move it or the pause"
                ),
            );
        }
    }

    fn check_duration(&mut self, key: &str, shock: &RawShock) {
        let lasts = shock.duration_hours.is_some_and(|hours| hours.0 > 0.0);
        match shock.kind {
            ShockKind::RaiseExitDemand | ShockKind::FreezeOnchainRate | ShockKind::OperatorOutage
                if !lasts =>
            {
                self.refuse(
                    key,
                    format!("{key} must be above 0: this kind of shock is there while it lasts"),
                );
            }
            ShockKind::MintUnbacked if lasts => {
                self.refuse(key, format!("{key} has no effect: unbacked tokens appear at once; remove it"));
            }
            _ => {}
        }
    }

    fn check_size(&mut self, key: &str, shock: &RawShock) {
        let size = shock.size.0;
        let most = match shock.kind {
            ShockKind::NetworkQueueEth | ShockKind::RaiseBorrowRate => return,
            ShockKind::PauseRedemptions | ShockKind::FreezeOracle | ShockKind::FreezeOnchainRate => {
                if size != 1.0 || shock.size_log_sd.is_some_and(|sd| sd != 0.0) {
                    self.refuse(
                        key,
                        format!("{key} must be 1 without spread: a pause or a freeze has no size"),
                    );
                }
                return;
            }
            ShockKind::RaiseExitDemand => 100.0,
            ShockKind::MintUnbacked => 10.0,
            ShockKind::RemoveLiquidityOneSided => 0.9,
            ShockKind::CutLiquidationThreshold => {
                let threshold = self.targeted(shock).and_then(threshold_pct);
                if let Some(threshold) = threshold.filter(|threshold| size >= threshold / 100.0) {
                    self.refuse(
                        key,
                        format!(
                            "{key} is {size}, must be below the market's liquidation threshold of {}",
                            threshold / 100.0
                        ),
                    );
                }
                return;
            }
            _ => 1.0,
        };
        if size > most {
            self.refuse(key, format!("{key} is {size}, must be above 0 and at most {most}"));
        }
    }

    /// The lending market that a shock names.
    fn targeted(&self, shock: &RawShock) -> Option<&RawLending> {
        let target = shock.target.as_deref()?;
        self.raw.lending.iter().find(|market| market.name == target)
    }

    /// What is posted of unbacked tokens is posted somewhere, for a loan that is not due at once.
    fn check_posting(&mut self, place: &str, shock: &RawShock) {
        let ltv_key = format!("{place}.ltv_pct");
        if shock.kind != ShockKind::MintUnbacked || shock.target.is_none() {
            let why = match shock.kind {
                ShockKind::MintUnbacked => "without a target, the market in which tokens are posted",
                _ => "on this kind of shock",
            };
            for (key, there) in [
                (ltv_key, shock.ltv_pct.is_some()),
                (format!("{place}.posted_pct"), shock.posted_pct.is_some()),
            ] {
                if there {
                    self.refuse(&key, format!("{key} has no effect {why}: remove it"));
                }
            }
            return;
        }
        let Some(ltv) = shock.ltv_pct else {
            self.refuse(
                &ltv_key,
                format!("{ltv_key} is missing: what is borrowed against the posted tokens"),
            );
            return;
        };
        let threshold = self.targeted(shock).and_then(threshold_pct);
        if let Some(threshold) = threshold.filter(|threshold| ltv.0 >= *threshold) {
            self.refuse(
                &ltv_key,
                format!(
                    "{ltv_key} is {}, must be below the market's liquidation threshold of {threshold}",
                    ltv.0
                ),
            );
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
            ShockKind::SlashOperators | ShockKind::LoseOnBeaconChain | ShockKind::OperatorOutage => (
                "an operator of [restaking], `client NAME`, `cloud NAME` or `all`",
                raw.restaking
                    .iter()
                    .flat_map(|table| table.operators.iter().map(|one| one.name.as_str()))
                    .collect(),
            ),
            ShockKind::MintUnbacked if shock.target.is_none() => return,
            ShockKind::MintUnbacked
            | ShockKind::FreezeOracle
            | ShockKind::MisprintOracle
            | ShockKind::RaiseBorrowRate
            | ShockKind::WithdrawLenderDeposits
            | ShockKind::CutLiquidationThreshold => {
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
        let of_operators = matches!(
            shock.kind,
            ShockKind::SlashOperators | ShockKind::LoseOnBeaconChain | ShockKind::OperatorOutage
        );
        let is_group =
            of_operators && raw.restaking.as_ref().is_some_and(|table| operators_of(table, target).is_some());
        if !is_group && !known.contains(&target) {
            let span = self.site.tree.span_near(key);
            let message = format!("{key} is `{target}`, must be {what}");
            self.site.problems.push(key, span, message, suggest(target, known));
            return;
        }
        let is_morpho = self.targeted(shock).is_some_and(|market| market.morpho.is_some());
        if shock.kind == ShockKind::CutLiquidationThreshold && is_morpho {
            self.refuse(
                key,
                format!("{key} is `{target}`, whose LLTV nobody can change: Morpho's markets are immutable"),
            );
        }
    }
}
