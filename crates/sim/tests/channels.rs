//! Channels: only those that a study has, and a study without one of them is the study that never had it.

mod common;

use common::{HOUR, every_part, outcomes, study};
use pegstress_sim::MetricKind;
use pegstress_sim::channels::{Channel, channels, without, without_stress};
use pegstress_sim::scenario::{PathStudy, Shock, ShockKind};

/// A sale into a pool, and nobody who acts.
fn one_shock() -> PathStudy {
    let mut study = study();
    study.paths = 64;
    let agents = &mut study.agents;
    agents.exit_demand.base_per_day = 0.0;
    agents.exit_demand.per_discount_per_day = 0.0;
    agents.exit_demand.per_delay_day_per_day = 0.0;
    agents.exit_demand.per_eth_drawdown_per_day = 0.0;
    agents.exit_demand.branching_ratio = 0.0;
    agents.arbitrage.capital_eth = 0.0;
    agents.liquidity.removal_per_day = 0.0;
    agents.liquidity.removal_per_discount_per_day = 0.0;
    agents.liquidity.return_per_day = 0.0;
    agents.background.net_sd_lrt_per_sqrt_day = 0.0;
    study.drivers.network_queue_eth.fill(0.0);
    study
}

#[test]
fn a_study_lists_the_channels_that_it_has_and_no_other() {
    assert_eq!(channels(&one_shock()), [Channel::Shock(0)]);
    let mut growing = study();
    growing.drivers.network_queue_eth[5] = 10_000.0;
    let found = channels(&growing);
    for there in [
        Channel::Shock(0),
        Channel::DemandOnDiscount,
        Channel::SelfExcitation,
        Channel::LiquidityFlight,
        Channel::QueueGrowth,
        Channel::Arbitrage,
    ] {
        assert!(found.contains(&there), "{there:?}");
    }
    // No lending, no breaker.
    for absent in [Channel::Liquidations, Channel::LoopUnwinds, Channel::StaleRate] {
        assert!(!found.contains(&absent), "{absent:?}");
    }
}

/// The bits of every metric that `never` has, and of every trace; a study with a shock has metrics of its own besides.
fn assert_same_paths(study: &PathStudy, never: &PathStudy) {
    let ((plan, rows), (plan_of_never, rows_of_never)) = (outcomes(study), outcomes(never));
    let bits = |values: Vec<f64>| values.into_iter().map(f64::to_bits).collect::<Vec<_>>();
    for metric in &plan_of_never.metrics {
        let expected = bits(rows_of_never.column(&plan_of_never, metric.kind));
        assert_eq!(bits(rows.column(&plan, metric.kind)), expected, "{}", metric.name);
    }
    let traces = |rows: &common::Rows| rows.traces.iter().map(|one| bits(one.1.clone())).collect::<Vec<_>>();
    assert_eq!(traces(&rows), traces(&rows_of_never));
}

#[test]
fn without_its_only_shock_a_study_is_the_one_that_has_none() {
    let whole = one_shock();
    let (plan, shocked) = outcomes(&whole);
    let mut never = whole.clone();
    never.shocks.clear();
    assert_same_paths(&without(&whole, Channel::Shock(0)), &never);
    assert_same_paths(&without_stress(&whole), &never);
    // All of the depth is the shock's: without it the pool stays where it was.
    let deepest = |rows: &common::Rows| rows.column(&plan, MetricKind::DeepestClose);
    let start = deepest(&outcomes(&never).1)[0];
    assert!(deepest(&shocked).iter().all(|depth| *depth > start + 10.0), "{start}");
}

#[test]
fn the_other_shocks_of_a_study_keep_the_sizes_that_they_drew() {
    let mut whole = study();
    whole.paths = 64;
    let sale = whole.shocks[0];
    whole.agents.arbitrage.capital_eth = 0.0;
    // Of no capital nothing can be lost: this shock does nothing but stand before the sale.
    let idle = Shock { kind: ShockKind::RemoveArbitrageCapitalShare, size: 0.5, ..sale };
    whole.shocks = vec![idle, sale];
    let dearer = PathStudy { shocks: vec![Shock { start_secs: 10.0 * HOUR, ..sale }, sale], ..whole.clone() };
    assert_eq!(outcomes(&without(&dearer, Channel::Shock(0))).1.bits(), outcomes(&whole).1.bits());
}

#[test]
fn every_channel_of_a_study_of_every_part_can_be_switched_off() {
    let mut whole = every_part::every_part();
    whole.paths = 64;
    let (plan, with) = outcomes(&whole);
    let found = channels(&whole);
    assert!(found.contains(&Channel::Liquidations) && found.contains(&Channel::LoopUnwinds), "{found:?}");
    for channel in found {
        let (_, rows) = outcomes(&without(&whole, channel));
        assert_eq!(rows.faults(), 0, "{channel:?}");
        assert_eq!(rows.rows.len(), with.rows.len());
        assert!(!channel.name(&whole).is_empty());
        if channel == Channel::Liquidations {
            let taken = rows.column(&plan, MetricKind::LiquidatedLrt);
            assert!(taken.iter().all(|lrt| *lrt == 0.0), "{taken:?}");
        }
        if channel == Channel::LoopUnwinds {
            let sold = rows.column(&plan, MetricKind::UnwoundLrt);
            assert!(sold.iter().all(|lrt| *lrt == 0.0), "{sold:?}");
        }
    }
}
