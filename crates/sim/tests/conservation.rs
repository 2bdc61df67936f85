//! Nothing is created or lost, and a path that breaks says so and breaks alone.

mod common;

use common::random::studies;
use common::{HOUR, options, outcomes, pair, run_all_in_blocks_of, stable_pool, study};
use pegstress_amm::PoolSpec;
use pegstress_sim::Fault;
use pegstress_sim::scenario::*;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_study_balances_and_no_path_breaks(study in studies()) {
        let (_, rows) = outcomes(&study);
        prop_assert_eq!(rows.faults(), 0);
        // The engine's own tolerance: a few thousand flows rounded to 1e-16 of a balance stay far below.
        prop_assert!(rows.imbalance < 1e-9, "{}", rows.imbalance);
    }

    #[test]
    fn every_metric_is_a_number_unless_it_may_be_undefined(study in studies()) {
        use pegstress_sim::MetricKind::*;
        let (plan, rows) = outcomes(&study);
        for (k, metric) in plan.metrics.iter().enumerate() {
            let may_be_undefined = matches!(
                metric.kind,
                FirstPassage(_) | RecoveryTime | RecoveryBreach | Episode(_) | Trough(_) | Coverage(_)
                    | Amplification | CascadeRatio | Market(..)
            );
            for (path, values, _) in &rows.rows {
                prop_assert!(values[k].is_finite() || may_be_undefined, "{} of path {}", metric.name, path);
            }
        }
    }
}

/// A pair with next to no tokens: a sale of 1e16 times its tokens takes its ETH to the last bit, and the reserve is
/// zero. The sale is log-normal, so that some paths break and others do not.
fn drained_on_some_paths() -> PathStudy {
    let mut study = study();
    study.paths = 200;
    study.steps = 12;
    study.venues = vec![pair(1.0, 1e-12, 0.0)];
    study.agents.exit_demand.base_per_day = 0.0;
    study.agents.exit_demand.per_eth_drawdown_per_day = 0.0;
    study.agents.exit_demand.per_discount_per_day = 0.0;
    study.agents.exit_demand.per_delay_day_per_day = 0.0;
    study.agents.arbitrage.capital_eth = 0.0;
    study.agents.liquidity.removal_per_day = 0.0;
    study.agents.liquidity.removal_per_discount_per_day = 0.0;
    study.agents.background.net_sd_lrt_per_sqrt_day = 0.0;
    study.shocks = vec![Shock {
        kind: ShockKind::SellShareOfFloat,
        trigger: None,
        start_secs: 5.0 * HOUR,
        duration_secs: 0.0,
        size: 0.2,
        size_log_sd: 2.0,
    }];
    study
}

#[test]
fn a_pool_that_breaks_is_a_fault_of_its_path_and_leaves_the_neighbours_alone() {
    let study = drained_on_some_paths();
    let (_, together) = outcomes(&study);
    let (_, alone) = run_all_in_blocks_of::<1>(&study, options);
    let broken = together.faults();
    assert!(broken > 20 && broken < 180, "{broken} of 200");
    for (a, b) in together.rows.iter().zip(&alone.rows) {
        assert!(matches!(a.2, None | Some(Fault::Pool)), "{:?}", a.2);
        assert_eq!(a.2, b.2, "path {}", a.0);
        if a.2.is_none() {
            let bits = |values: &[f64]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&a.1), bits(&b.1), "path {}", a.0);
        }
    }
}

#[test]
fn a_pool_as_lopsided_as_9999_to_1_with_an_amplification_of_a_million_settles_or_says_so() {
    for (eth, lrt) in [(1.0, 9999.0), (9999.0, 1.0)] {
        let mut study = study();
        study.paths = 100;
        study.venues[0] = stable_pool().with_reserves(eth, lrt);
        if let PoolSpec::StableSwap(pool) = &mut study.venues[0].pool {
            pool.amplification = 1e6;
        }
        let (_, rows) = outcomes(&study);
        assert!(rows.imbalance < 1e-9, "{}", rows.imbalance);
        for (path, values, fault) in &rows.rows {
            assert!(matches!(fault, None | Some(Fault::Pool)), "path {path}: {fault:?}");
            // The first metric is the deepest close, in bps: never above all of the value.
            assert!(fault.is_some() || values[0] <= 1e4, "path {path}: {}", values[0]);
        }
    }
}
