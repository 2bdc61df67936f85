//! Shocks with their targets as places.

use pegstress_sim::scenario::{Shock, ShockKind};

use super::restaking::operators_of;
use crate::raw::RawScenario;
use crate::raw::shock::{RawShock, ShockKind as RawKind};

/// Shocks, and the groups of operators that they name; `None` where a target is not there.
pub(super) fn shocks(raw: &RawScenario) -> Option<(Vec<Shock>, Vec<Vec<usize>>)> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut list = Vec::with_capacity(raw.shocks.len());
    for one in &raw.shocks {
        list.push(Shock {
            kind: kind(raw, one, &mut groups)?,
            start_secs: one.start_hours.secs(),
            duration_secs: one.duration_hours.map_or(0.0, |hours| hours.secs()),
            size: one.size.0,
            size_log_sd: one.size_log_sd.unwrap_or(0.0),
        });
    }
    Some((list, groups))
}

fn kind(raw: &RawScenario, shock: &RawShock, groups: &mut Vec<Vec<usize>>) -> Option<ShockKind> {
    let target = || shock.target.as_deref();
    let market = || raw.lending.iter().position(|market| Some(market.name.as_str()) == target());
    let mut group = || {
        let operators = operators_of(raw.restaking.as_ref()?, target()?)?;
        let place = groups.iter().position(|group| *group == operators);
        Some(place.unwrap_or_else(|| {
            groups.push(operators);
            groups.len() - 1
        }))
    };
    Some(match shock.kind {
        RawKind::SellShareOfFloat => ShockKind::SellShareOfFloat,
        RawKind::RedeemShareOfFloat => ShockKind::RedeemShareOfFloat,
        RawKind::RemoveLiquidityShare => ShockKind::RemoveLiquidityShare,
        RawKind::NetworkQueueEth => ShockKind::NetworkQueueEth,
        RawKind::PauseRedemptions => ShockKind::PauseRedemptions,
        RawKind::RemoveArbitrageCapitalShare => ShockKind::RemoveArbitrageCapitalShare,
        RawKind::SlashByService => {
            let services = &raw.restaking.as_ref()?.services;
            ShockKind::SlashByService(services.iter().position(|name| Some(name.as_str()) == target())?)
        }
        RawKind::SlashOperators => ShockKind::SlashOperators(group()?),
        RawKind::LoseOnBeaconChain => ShockKind::LoseOnBeaconChain(group()?),
        RawKind::FreezeOracle => ShockKind::FreezeOracle(market()?),
        RawKind::MisprintOracle => ShockKind::MisprintOracle(market()?),
        RawKind::RaiseBorrowRate => ShockKind::RaiseBorrowRate(market()?),
    })
}
