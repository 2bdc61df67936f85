//! Digests of three small studies. They hold on every machine, thread count and instruction set.
//!
//! A change of any of them is a result-breaking change: it goes into the changelog as such, with the reason. To see the
//! new ones: `cargo test -p pegstress-sim --test value_stability`; each failure prints the digest to write here.

mod common;

use common::every_part::every_part;
use common::every_shock::every_shock;
use common::{HOUR, Rows, outcomes, pair, study};
use pegstress_sim::scenario::*;
use pegstress_sim::{MetricKind, Plan};

/// The only place to change.
const FORWARD: u64 = 0x17ea_a8b9_8054_7092;
const ROLLING: u64 = 0xaf31_4291_3496_b67d;
const SHOCKS: u64 = 0x402a_72b6_92ce_3193;

/// Metrics that the digests are of: a new one is no change of a result.
fn was_recorded(kind: MetricKind) -> bool {
    use MetricKind::*;
    matches!(
        kind,
        DeepestClose
            | DeepestPrint
            | DeepestExecutable
            | TroughTime
            | DiscountHours
            | TimeAbove(_)
            | FirstPassage(_)
            | RecoveryTime
            | RecoveryBreach
            | LongestDelay
            | LongestPipelineDelay
            | LeastLiquidity
            | SoldLrt
            | SellersLoss
            | RedeemedEth
            | ArbitrageSpent
            | ArbitrageGain
            | ValueLoss
            | StaleTime
            | LiquidatedLrt
            | LiquidatedDebt
            | UnwoundLrt
            | LiquidatorsGain
            | StalledTime
            | LatentBadDebt
            | BadDebt(_)
            | LendersHaircut(_)
    )
}

/// FNV-1a over the bytes of every number, with one pattern for every NaN.
fn digest(plan: &Plan, rows: &Rows) -> u64 {
    let recorded = |values: &[f64]| -> Vec<f64> {
        let metrics = plan.metrics.iter().zip(values);
        metrics.filter(|(metric, _)| was_recorded(metric.kind)).map(|(_, value)| *value).collect()
    };
    let rows = Rows {
        rows: rows.rows.iter().map(|(path, values, fault)| (*path, recorded(values), *fault)).collect(),
        traces: rows.traces.clone(),
        ..Rows::default()
    };
    let bits =
        rows.bits().into_iter().map(|bits| if f64::from_bits(bits).is_nan() { u64::MAX } else { bits });
    bits.flat_map(u64::to_le_bytes).fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

fn assert_digest(name: &str, study: &PathStudy, expected: u64) {
    let (plan, rows) = outcomes(study);
    assert_eq!(rows.faults(), 0);
    let found = digest(&plan, &rows);
    assert!(
        found == expected,
        "{name}: expected {expected:#018x}, found {found:#018x}: results have changed"
    );
}

const EVERY_PART: u64 = 0x06f8_22f3_62ab_9523;

#[test]
fn a_study_of_restaking_a_breaker_and_every_lending_market_gives_the_recorded_bits() {
    assert_digest("EVERY_PART", &PathStudy { paths: 100, ..every_part() }, EVERY_PART);
}

const EVERY_SHOCK: u64 = 0x08a4_c4c3_12e6_3ed9;

#[test]
fn a_study_of_every_kind_of_shock_on_schedule_and_on_triggers_gives_the_recorded_bits() {
    assert_digest("EVERY_SHOCK", &PathStudy { paths: 100, ..every_shock() }, EVERY_SHOCK);
}

#[test]
fn a_forward_study_gives_the_recorded_bits() {
    assert_digest("FORWARD", &PathStudy { paths: 100, ..study() }, FORWARD);
}

#[test]
fn a_rolling_study_gives_the_recorded_bits() {
    let starts = Starts::Rolling { every_steps: 12, paths_per_start: 10 };
    assert_digest("ROLLING", &PathStudy { steps: 60, paths: 60, starts, ..study() }, ROLLING);
}

#[test]
fn a_study_of_every_shock_on_two_pools_gives_the_recorded_bits() {
    let mut study = PathStudy { paths: 100, ..study() };
    study.venues.push(pair(2_080.0, 2_000.0, 3e-3));
    let shock = |kind, start, hours, size, size_log_sd| Shock {
        kind,
        trigger: None,
        start_secs: start * HOUR,
        duration_secs: hours * HOUR,
        size,
        size_log_sd,
    };
    study.shocks = vec![
        shock(ShockKind::SellShareOfFloat, 10.0, 4.0, 0.004, 0.4),
        shock(ShockKind::RedeemShareOfFloat, 15.0, 6.0, 0.1, 0.2),
        shock(ShockKind::RemoveLiquidityShare, 20.0, 0.0, 0.3, 0.2),
        shock(ShockKind::NetworkQueueEth, 30.0, 0.0, 50_000.0, 0.5),
        shock(ShockKind::PauseRedemptions, 40.0, 12.0, 1.0, 0.0),
        shock(ShockKind::RemoveArbitrageCapitalShare, 60.0, 2.0, 0.5, 0.3),
    ];
    assert_digest("SHOCKS", &study, SHOCKS);
}
