//! The network in the units of the simulation.

use pegstress_sim::scenario::{ChurnChange, Network};
use pegstress_unlock::{ChurnRule, Sweep};

use crate::raw::network::{ChurnRule as RawRule, RawNetwork};

/// `None` where a key that the rules ask for is absent; no sweep where the file leaves it to a series.
pub(super) fn network(raw: &RawNetwork) -> Option<Network> {
    let sweep = raw.sweep.map(|sweep| Sweep {
        validators: sweep.validators.0,
        withdrawable: sweep.withdrawable_validators.0,
        partials_saturated: sweep.partials_saturated.unwrap_or(false),
    });
    let computed = sweep.map(|sweep| sweep.mean_secs(missed_share(raw)));
    Some(Network {
        churn_eth_per_epoch: churn_rule(raw)?.exit_eth_per_epoch(),
        changes: raw
            .churn_changes
            .iter()
            .map(|change| ChurnChange {
                at_secs: change.at_hours.secs(),
                churn_eth_per_epoch: change.churn_eth_per_epoch.0,
            })
            .collect(),
        sweep_secs: raw.sweep_days.map(|days| days.secs()).or(computed).unwrap_or(0.0),
    })
}

/// Share of slots without a block.
pub(super) fn missed_share(raw: &RawNetwork) -> f64 {
    raw.missed_slots_pct.map_or(0.0, |share| share.fraction())
}

fn churn_rule(raw: &RawNetwork) -> Option<ChurnRule> {
    if let Some(churn) = raw.churn_eth_per_epoch {
        return Some(ChurnRule::Custom { eth_per_epoch: churn.0 });
    }
    Some(match raw.churn_rule? {
        RawRule::BeforeElectra => ChurnRule::BeforeElectra { active_validators: raw.active_validators?.0 },
        RawRule::Electra => ChurnRule::Electra { staked_eth: raw.staked_eth?.0 },
        RawRule::Gloas => ChurnRule::Gloas { staked_eth: raw.staked_eth?.0 },
        RawRule::Eip8080 => ChurnRule::Eip8080 { staked_eth: raw.staked_eth?.0 },
    })
}
