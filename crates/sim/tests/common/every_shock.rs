//! A study with every part and every kind of shock.

use super::HOUR;
use super::every_part::every_part;
use super::still::{lasting, shock};
use pegstress_sim::scenario::*;

/// Every kind of shock, on schedule and on a trigger.
pub fn every_shock() -> PathStudy {
    let mut study = every_part();
    let posting = Posting { market: 0, share: 0.5, ltv: 0.9 };
    let mut more = vec![
        lasting(ShockKind::RaiseExitDemand, 12.0, 24.0, 0.02),
        shock(ShockKind::RemoveLiquidityOneSided, 18.0, 0.1),
        lasting(ShockKind::MoveEthUsd, 15.0, 6.0, 0.2),
        shock(ShockKind::MintUnbacked(Some(posting)), 60.0, 0.002),
        shock(ShockKind::MintUnbacked(None), 62.0, 0.001),
        lasting(ShockKind::FreezeOnchainRate, 22.0, 9.0, 1.0),
        lasting(ShockKind::OperatorOutage(1), 5.0, 80.0, 0.3),
        lasting(ShockKind::PauseRedemptions, 70.0, 10.0, 1.0),
        shock(ShockKind::WithdrawLenderDeposits(0), 55.0, 0.5),
        lasting(ShockKind::CutLiquidationThreshold(3), 65.0, 5.0, 0.01),
    ];
    for one in &mut more {
        one.size_log_sd = if one.size == 1.0 { 0.0 } else { 0.3 };
    }
    let triggers = [
        Trigger::DiscountAbove(0.01),
        Trigger::BufferBelow(60.0),
        Trigger::ValueLossAbove(0.02),
        Trigger::BadDebtAbove(0.5),
    ];
    let again: Vec<_> = study.shocks.iter().chain(&more).copied().enumerate().collect();
    study.shocks.extend(more);
    // On a trigger smaller: shares of the same thing add up.
    study.shocks.extend(again.into_iter().map(|(k, one)| Shock {
        trigger: Some(triggers[k % 4]),
        start_secs: (k % 5) as f64 * HOUR,
        size: if one.size == 1.0 { 1.0 } else { 0.3 * one.size },
        ..one
    }));
    study.agents.liquidity.one_sided_share = 0.3;
    study
}
