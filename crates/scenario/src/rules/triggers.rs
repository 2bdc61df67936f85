//! Triggers: one condition, which can come to hold and does not hold from the start.

use super::Rules;
use crate::raw::shock::{RawTrigger, ShockKind};

impl Rules<'_, '_> {
    /// Of the shock whose table `when` is at `place`.
    pub(super) fn check_trigger(&mut self, place: &str, when: &RawTrigger) {
        let conditions = [
            ("discount_above_bps", when.discount_above_bps.is_some()),
            ("buffer_below_eth", when.buffer_below_eth.is_some()),
            ("value_loss_above_bps", when.value_loss_above_bps.is_some()),
            ("bad_debt_above_eth", when.bad_debt_above_eth.is_some()),
        ];
        let there: Vec<_> = conditions.iter().filter(|(_, there)| *there).map(|(name, _)| *name).collect();
        match there.as_slice() {
            [_] => {}
            [] => {
                let names = conditions.map(|(name, _)| name).join(", ");
                self.refuse(place, format!("{place} needs one of {names}"));
            }
            [_, second, ..] => {
                let key = format!("{place}.{second}");
                self.refuse(&key, format!("{place} has {}: keep one", there.join(" and ")));
            }
        }
        self.check_delay(place, when);
        self.check_can_hold(place, when);
    }

    fn check_delay(&mut self, place: &str, when: &RawTrigger) {
        let horizon_hours = self.horizon_hours();
        if let Some(delay) = when.delay_hours.filter(|delay| delay.0 >= horizon_hours) {
            let key = format!("{place}.delay_hours");
            self.refuse(
                &key,
                format!("{key} is {}, must be below the horizon of {horizon_hours} hours", delay.0),
            );
        }
    }

    fn check_can_hold(&mut self, place: &str, when: &RawTrigger) {
        let raw = self.raw;
        if when.bad_debt_above_eth.is_some() && raw.lending.is_empty() {
            let key = format!("{place}.bad_debt_above_eth");
            self.refuse(&key, format!("{key} never holds: there is no [[lending]] market"));
        }
        let is_of_value = |kind| matches!(kind, ShockKind::MintUnbacked | ShockKind::FreezeOnchainRate);
        let breaks = raw.redemption.is_some_and(|redemption| redemption.breaker.is_some());
        let loses = raw.restaking.is_some() || breaks || raw.shocks.iter().any(|one| is_of_value(one.kind));
        if when.value_loss_above_bps.is_some() && !loses {
            let key = format!("{place}.value_loss_above_bps");
            self.refuse(
                &key,
                format!(
                    "{key} never holds: nothing lowers the redemption rate without [restaking], [redemption.breaker] or \
                     unbacked tokens"
                ),
            );
        }
        let buffer_eth = raw.redemption.and_then(|redemption| redemption.buffer_eth);
        if let (Some(level), Some(buffer)) = (when.buffer_below_eth, buffer_eth)
            && buffer.0 < level.0
        {
            let key = format!("{place}.buffer_below_eth");
            self.refuse(
                &key,
                format!(
                    "{key} is {}, must be at most redemption.buffer_eth = {}: it would hold from the start",
                    level.0, buffer.0
                ),
            );
        }
    }
}
