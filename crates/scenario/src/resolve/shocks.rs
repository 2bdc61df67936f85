//! Shocks with their targets as places.

use pegstress_sim::scenario::{Posting, Shock, ShockKind, Trigger};

use super::restaking::operators_of;
use crate::raw::RawScenario;
use crate::raw::shock::{RawShock, RawTrigger, ShockKind as RawKind};

/// Shocks, and the groups of operators that they name; `None` where a target is not there.
pub(super) fn shocks(raw: &RawScenario) -> Option<(Vec<Shock>, Vec<Vec<usize>>)> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut list = Vec::with_capacity(raw.shocks.len());
    for one in &raw.shocks {
        list.push(Shock {
            kind: kind(raw, one, &mut groups)?,
            trigger: match &one.when {
                Some(when) => Some(trigger(when)?),
                None => None,
            },
            start_secs: match &one.when {
                Some(when) => when.delay_hours.map_or(0.0, |hours| hours.secs()),
                None => one.start_hours?.secs(),
            },
            duration_secs: one.duration_hours.map_or(0.0, |hours| hours.secs()),
            size: one.size.0,
            size_log_sd: one.size_log_sd.unwrap_or(0.0),
        });
    }
    Some((list, groups))
}

/// The one condition that is there.
fn trigger(raw: &RawTrigger) -> Option<Trigger> {
    let discount = raw.discount_above_bps.map(|bps| Trigger::DiscountAbove(bps.fraction()));
    let buffer = raw.buffer_below_eth.map(|eth| Trigger::BufferBelow(eth.0));
    let loss = raw.value_loss_above_bps.map(|bps| Trigger::ValueLossAbove(bps.fraction()));
    let debt = raw.bad_debt_above_eth.map(|eth| Trigger::BadDebtAbove(eth.0));
    discount.or(buffer).or(loss).or(debt)
}

/// Where unbacked tokens are posted, if they are.
fn posting(raw: &RawScenario, shock: &RawShock) -> Option<Posting> {
    let target = shock.target.as_deref()?;
    Some(Posting {
        market: raw.lending.iter().position(|market| market.name == target)?,
        share: shock.posted_pct.map_or(1.0, |part| part.fraction()),
        ltv: shock.ltv_pct?.fraction(),
    })
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
        RawKind::RaiseExitDemand => ShockKind::RaiseExitDemand,
        RawKind::RemoveLiquidityShare => ShockKind::RemoveLiquidityShare,
        RawKind::RemoveLiquidityOneSided => ShockKind::RemoveLiquidityOneSided,
        RawKind::NetworkQueueEth => ShockKind::NetworkQueueEth,
        RawKind::MoveEthUsd => ShockKind::MoveEthUsd,
        RawKind::PauseRedemptions => ShockKind::PauseRedemptions,
        RawKind::RemoveArbitrageCapitalShare => ShockKind::RemoveArbitrageCapitalShare,
        RawKind::MintUnbacked => ShockKind::MintUnbacked(posting(raw, shock)),
        RawKind::FreezeOnchainRate => ShockKind::FreezeOnchainRate,
        RawKind::SlashByService => {
            let services = &raw.restaking.as_ref()?.services;
            ShockKind::SlashByService(services.iter().position(|name| Some(name.as_str()) == target())?)
        }
        RawKind::SlashOperators => ShockKind::SlashOperators(group()?),
        RawKind::LoseOnBeaconChain => ShockKind::LoseOnBeaconChain(group()?),
        RawKind::OperatorOutage => ShockKind::OperatorOutage(group()?),
        RawKind::FreezeOracle => ShockKind::FreezeOracle(market()?),
        RawKind::MisprintOracle => ShockKind::MisprintOracle(market()?),
        RawKind::RaiseBorrowRate => ShockKind::RaiseBorrowRate(market()?),
        RawKind::WithdrawLenderDeposits => ShockKind::WithdrawLenderDeposits(market()?),
        RawKind::CutLiquidationThreshold => ShockKind::CutLiquidationThreshold(market()?),
    })
}
