//! Restaking in the units of the simulation, and what shocks of it mean.

use pegstress_restake::{AllocationSpec, ExposureRule, OperatorSpec, RestakeSpec, ServiceSpec};
use pegstress_sim::scenario::Restaking;

use crate::raw::restaking::{RawOperator, RawRestaking, RestakingRule};

/// `None` where the rules ask for more.
pub(super) fn restaking(raw: &RawRestaking) -> Option<Restaking> {
    let operator = |operator: &RawOperator| {
        let allocation = |allocation: &crate::raw::restaking::RawAllocation| {
            let service = raw.services.iter().position(|name| *name == allocation.service)?;
            Some(AllocationSpec { service, share: allocation.share_pct.fraction() })
        };
        Some(OperatorSpec {
            name: operator.name.clone(),
            stake_share: operator.stake_pct.fraction(),
            client: operator.client.clone(),
            cloud: operator.cloud.clone(),
            allocations: operator.allocations.iter().map(allocation).collect::<Option<_>>()?,
        })
    };
    let spec = RestakeSpec {
        rule: rule(raw)?,
        operators: raw.operators.iter().map(operator).collect::<Option<_>>()?,
        services: raw.services.iter().map(|name| ServiceSpec { name: name.clone() }).collect(),
    };
    Some(Restaking { spec, checkpoint_every_secs: raw.checkpoint_every_hours.secs() })
}

fn rule(raw: &RawRestaking) -> Option<ExposureRule> {
    Some(match raw.rule {
        RestakingRule::Eigenlayer => {
            raw.eigenlayer.map_or(ExposureRule::EIGENLAYER, |delays| ExposureRule::EigenLayer {
                withdrawal_secs: delays.withdrawal_days.secs(),
                deallocation_secs: delays.deallocation_days.secs(),
                allocation_secs: delays.allocation_days.secs(),
            })
        }
        RestakingRule::Karak => raw.karak.map_or(ExposureRule::KARAK, |delays| ExposureRule::Karak {
            window_secs: delays.window_days.secs(),
            veto_secs: delays.veto_days.secs(),
            cooldown_secs: delays.cooldown_days.secs(),
        }),
        RestakingRule::Symbiotic => {
            let delays = raw.symbiotic?;
            ExposureRule::Symbiotic {
                epoch_secs: delays.epoch_days * 86_400.0,
                report_secs: delays.report_days.secs(),
                veto_secs: delays.veto_days.secs(),
            }
        }
    })
}

/// Places of the operators that a shock's target means: an operator, `client NAME`, `cloud NAME` or `all`.
pub(crate) fn operators_of(raw: &RawRestaking, target: &str) -> Option<Vec<usize>> {
    let places = |wanted: &dyn Fn(&RawOperator) -> bool| -> Vec<usize> {
        let all = raw.operators.iter().enumerate();
        all.filter(|(_, operator)| wanted(operator)).map(|(place, _)| place).collect()
    };
    let found = if target == "all" {
        places(&|_| true)
    } else if let Some(client) = target.strip_prefix("client ") {
        places(&|operator| operator.client == client)
    } else if let Some(cloud) = target.strip_prefix("cloud ") {
        places(&|operator| operator.cloud == cloud)
    } else {
        places(&|operator| operator.name == target)
    };
    (!found.is_empty()).then_some(found)
}
