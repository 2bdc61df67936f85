//! The network: one way to say the churn, one to say the sweep.

use super::Rules;
use crate::raw::Mode;
use crate::raw::network::ChurnRule;

impl Rules<'_, '_> {
    pub(super) fn check_network(&mut self) {
        let raw = self.raw;
        let Some(network) = &raw.network else { return };
        match (network.churn_eth_per_epoch, network.churn_rule) {
            (Some(_), Some(_)) => self.refuse(
                "network.churn_rule",
                "network.churn_rule and network.churn_eth_per_epoch both say the churn: keep one".to_owned(),
            ),
            (None, None) => self.refuse(
                "network",
                "network.churn_eth_per_epoch is missing: give it, or a network.churn_rule".to_owned(),
            ),
            _ => {}
        }
        let counts = network.churn_rule == Some(ChurnRule::BeforeElectra);
        let weighs = network.churn_rule.is_some() && !counts;
        for (key, there, wanted) in [
            ("network.active_validators", network.active_validators.is_some(), counts),
            ("network.staked_eth", network.staked_eth.is_some(), weighs),
        ] {
            if wanted && !there {
                self.refuse(key, format!("{key} is missing: the churn rule is a function of it"));
            }
            if there && !wanted {
                self.refuse(key, format!("{key} has no effect on the churn as it is given: remove it"));
            }
        }
        let simulated = matches!(raw.mode, Mode::Forward | Mode::Rolling);
        match (network.sweep_days.is_some(), network.sweep.is_some()) {
            (true, true) => self.refuse(
                "network.sweep",
                "network.sweep and network.sweep_days both say the sweep: keep one".to_owned(),
            ),
            (false, false) if simulated => self.refuse(
                "network",
                format!(
                    "network.sweep_days is missing: mode = \"{}\" needs it, or a [network.sweep]",
                    raw.mode.word()
                ),
            ),
            _ => {}
        }
        let in_blocks = raw.redemption.is_some_and(|redemption| redemption.escrow_blocks.is_some());
        if network.missed_slots_pct.is_some() && network.sweep.is_none() && !in_blocks {
            let key = "network.missed_slots_pct";
            self.refuse(
                key,
                format!("{key} has no effect: neither redemption.escrow_blocks nor [network.sweep] is given"),
            );
        }
        for (index, pair) in network.churn_changes.windows(2).enumerate() {
            let (earlier, later) = (pair[0].at_hours.0, pair[1].at_hours.0);
            if later <= earlier {
                let key = format!("network.churn_changes[{}].at_hours", index + 1);
                self.refuse(
                    &key,
                    format!("{key} is {later}, must be after the change before it at {earlier}"),
                );
            }
        }
    }
}
