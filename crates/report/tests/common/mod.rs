//! Hand-made summaries of each kind, shaped like real ones.

use jiff::{SignedDuration, Timestamp};
use pegstress_num::{cos_sin_2pi, exp, ln};
use pegstress_report::{Manifest, SCHEMA_VERSION};
use pegstress_risk::summary::{
    Attribution, Backtest, Fan, MetricSummary, PathSummary, PoolQuote, PoolSummary, Probability, Quantile,
    QueueQuote, QueueSummary, ReferenceQuote, SlippageCurve, StartSummary, Tails, VenueDepth,
};
use pegstress_sim::scenario::{
    Assumption, EvidenceMark, Network, Provenance, QueueHistory, ReportSpec, Scenario, Study, Token,
};
use std::collections::BTreeMap;

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("a time stamp")
}

fn sin(x: f64) -> f64 {
    cos_sin_2pi((x / std::f64::consts::TAU).rem_euclid(1.0)).1
}

pub(crate) fn later(start: Timestamp, hours: i64) -> Timestamp {
    start + SignedDuration::from_hours(hours)
}

/// The renderer looks at the summary for what was run, so the study may be an empty one.
pub(crate) fn scenario(name: &str, symbol: &str) -> Scenario {
    Scenario {
        name: name.into(),
        title: format!("{symbol} under stress"),
        story: "Holders leave faster than the exit queue moves.".into(),
        provenance: Provenance::default(),
        limits: Vec::new(),
        token: Token { symbol: symbol.into() },
        study: Study::QueueHistory(QueueHistory {
            rows: Vec::new(),
            network: Network { churn_eth_per_epoch: 256.0, changes: Vec::new(), sweep_secs: 0.0 },
            exit_sizes_eth: Vec::new(),
            required_returns_per_year: Vec::new(),
        }),
        report: ReportSpec {
            sizes_lrt: vec![1_000.0, 10_000.0],
            depth_discounts: vec![0.01, 0.05],
            thresholds: vec![0.01],
            recovery_discount: 0.005,
            recovery_hold_secs: 21_600.0,
            most_faults: 0.001,
        },
        assumptions: vec![
            assumption("venues[0].amplification", "50", EvidenceMark::Source, "contract, A()"),
            assumption("agents.exit_demand.base_per_day", "0.01", EvidenceMark::Assumed, ""),
            assumption("agents.background.net_sd_lrt", "120", EvidenceMark::Unstated, ""),
        ],
    }
}

fn assumption(key: &str, value: &str, mark: EvidenceMark, source: &str) -> Assumption {
    Assumption { key: key.into(), value: value.into(), mark, source: source.into() }
}

pub(crate) fn manifest(name: &str) -> Manifest {
    Manifest {
        schema_version: SCHEMA_VERSION,
        program_version: "0.1.0".into(),
        scenario_name: name.into(),
        scenario_sha256: "0123456789abcdef".repeat(4),
        inputs: BTreeMap::from([("pool.csv".into(), "ab".repeat(32))]),
        seed: Some(42),
        paths: Some(10_000),
        steps: Some(336),
        faults: BTreeMap::new(),
        command: format!("pegstress run scenarios/{name}.toml --seed 42"),
        threads: 7,
        instruction_set: "avx512-for-this-test".into(),
        wall_time_secs: 12.345_678,
    }
}

pub(crate) fn pool() -> PoolSummary {
    let start = at("2022-04-28T09:15:03Z");
    let quotes = (0..36).map(|i| pool_quote(later(start, 22 * i), i as f64)).collect();
    PoolSummary {
        venue: "curve-steth".into(),
        reference_name: Some("Chainlink stETH/ETH".into()),
        sizes_lrt: vec![1_000.0, 10_000.0],
        depth_discounts: vec![0.01, 0.05],
        quotes,
        slippage: vec![curve("curve-steth, 2022-04-28", 4e5), curve("curve-steth, 2022-05-12", 3e4)],
        backtest: Some(backtest("marginal price of curve-steth against Chainlink stETH/ETH", "bps")),
    }
}

/// A state of a pool that is drained of ETH around day 14.
fn pool_quote(time: Timestamp, i: f64) -> PoolQuote {
    let stress = exp(-(i - 15.0) * (i - 15.0) / 18.0);
    let marginal = 0.9995 - 0.045 * stress;
    let price = marginal + 0.0008 * sin(i * 1.7);
    PoolQuote {
        at: time,
        reserve_eth: 480_000.0 * (1.0 - 0.6 * stress),
        reserve_lrt: 600_000.0 * (1.0 + 0.1 * stress),
        nav: 1.0,
        marginal,
        discount: 1.0 - marginal,
        executable: vec![marginal - 0.0006, marginal - 0.004 - 0.02 * stress],
        depth_average_lrt: vec![40_000.0 * (1.1 - stress), f64::NAN],
        depth_marginal_lrt: vec![20_000.0 * (1.1 - stress), 60_000.0],
        cost_to_reach_lrt: vec![30_000.0 * (1.0 - stress), 90_000.0],
        cost_to_reach_loss_eth: vec![150.0, 2_000.0],
        reference: Some(ReferenceQuote {
            at: later(time, 2),
            price,
            error_bps: 1e4 * (marginal - price) / price,
            scored: (i as i64) % 5 != 0,
        }),
    }
}

pub(crate) fn queue() -> QueueSummary {
    let start = at("2025-06-01T00:00:00Z");
    QueueSummary {
        exit_sizes_eth: vec![32_000.0, 500_000.0],
        required_returns_per_year: vec![0.05, 0.12, 0.25],
        churn_eth_per_epoch: 256.0,
        quotes: (0..1_500).map(|i| queue_quote(later(start, i), i as f64)).collect(),
        backtest: Some(backtest("wait of the reservation clock against the quoted wait", "days")),
    }
}

fn queue_quote(time: Timestamp, hours: f64) -> QueueQuote {
    let queue_eth = 1_050_000.0 * (hours / 1_500.0).powi(3) + 2_000.0 * (1.0 + sin(hours / 30.0));
    let clock_wait_days = queue_eth / 57_600.0;
    let delay_days = clock_wait_days + 10.3;
    let fair = |rate: f64| 1.0 - 1.0 / (1.0 + rate * delay_days / 365.0);
    QueueQuote {
        at: time,
        queue_eth,
        quoted_wait_days: (hours as i64 % 3 != 0).then_some(clock_wait_days * 1.004),
        clock_wait_days,
        delay_days,
        delay_of_size_days: vec![delay_days + 0.56, delay_days + 8.7],
        fair_discount: vec![fair(0.05), fair(0.12), fair(0.25)],
    }
}

pub(crate) fn paths(rolling: bool) -> PathSummary {
    let start = at("2024-04-24T00:00:00Z");
    let hours: Vec<f64> = (0..=336).map(f64::from).collect();
    let times: Vec<Timestamp> = (0..=336).map(|h| later(start, h)).collect();
    let fan = |name: &str, top: f64, floor: f64| Fan {
        name: name.into(),
        at: (!rolling).then(|| times.clone()),
        hours: hours.clone(),
        levels: vec![0.05, 0.25, 0.5, 0.75, 0.95],
        values: [-1.6, -0.67, 0.0, 0.67, 1.6].iter().map(|z| fan_row(&hours, top, floor, *z)).collect(),
    };
    PathSummary {
        paths: 10_000,
        steps: 336,
        step_secs: 3_600,
        faults: vec![("pool did not settle".into(), 3), ("conservation violated".into(), 0)],
        conservation: (2e-15, 3e-15),
        metrics: metrics(),
        probabilities: probabilities(),
        fans: vec![
            fan("discount_bps", 180.0, 12.0),
            fan("unlock_delay_days", 14.0, 7.0),
            fan("liquidity_share", -0.15, 1.0),
        ],
        deepest_bins: (0..60).map(|i| bin(f64::from(i))).collect(),
        observed: (!rolling).then(|| times.iter().map(|t| (*t, observed(*t, start))).collect()),
        venues: vec![venue("balancer-ezeth", 9_000.0), venue("curve-ezeth", 2_500.0)],
        slippage: vec![curve("balancer-ezeth", 9_000.0), curve("curve-ezeth", 2_500.0)],
        start_nav: 1.0,
        depeg: Vec::new(),
        concentration: Vec::new(),
        lending: None,
        restaking: None,
        attribution: Attribution::default(),
        tails: Tails::default(),
        by_start: rolling.then(|| (0..120).map(|day| start_summary(later(start, 24 * day), day)).collect()),
        limits: Vec::new(),
        channels: None,
    }
}

fn fan_row(hours: &[f64], top: f64, floor: f64, z: f64) -> Vec<f64> {
    let shape = |h: f64| (h / 30.0) * exp(1.0 - h / 90.0);
    hours.iter().map(|h| floor + top * shape(*h) * exp(0.55 * z * top.signum()) / 1.8).collect()
}

fn observed(time: Timestamp, start: Timestamp) -> f64 {
    let h = (time.as_second() - start.as_second()) as f64 / 3_600.0;
    0.001 + 0.021 * (h / 20.0) * exp(1.0 - h / 20.0) + 0.0006 * sin(h * 0.9)
}

fn bin(i: f64) -> (f64, f64, u64) {
    let (low, high) = (0.001 * i, 0.001 * (i + 1.0));
    let z = ln((low + high) / 2.0 / 0.018) / 0.5;
    (low, high, (900.0 * exp(-z * z / 2.0) * 0.018 / (low + high) * 2.0).round() as u64)
}

fn metrics() -> Vec<MetricSummary> {
    let quantile = |level, value: f64| Quantile {
        level,
        value,
        low: (level < 0.99).then_some(value * 0.97),
        high: (level < 0.99).then_some(value * 1.03),
    };
    let metric = |name: &str, median: f64, undefined| MetricSummary {
        name: name.into(),
        meaning: format!("test values of {}", name.replace('_', " ")),
        rests_on: &["agents"],
        is_headline: true,
        count: 10_000 - undefined,
        undefined,
        mean: Some((median * 1.13, median * 0.004)),
        quantiles: [(0.05, 0.44), (0.5, 1.0), (0.95, 2.27), (0.99, 3.2)]
            .map(|(level, factor)| quantile(level, median * factor))
            .to_vec(),
        expected_shortfall: vec![(0.95, median * 2.8), (0.99, median * 3.7)],
    };
    let mut never = metric("recovery_to_50_bps_hours", 1.0, 10_000);
    (never.mean, never.quantiles, never.expected_shortfall) = (None, Vec::new(), vec![(0.95, f64::NAN)]);
    vec![
        metric("deepest_discount_close_bps", 180.0, 0),
        metric("trough_time_hours", 31.0, 0),
        metric("sold_lrt", 21_500.0, 0),
        metric("longest_unlock_delay_days", 17.5, 12),
        never,
    ]
}

fn probabilities() -> Vec<Probability> {
    let probability = |bps: u32, events: u64, low, high| Probability {
        name: format!("discount_close_above_{bps}_bps"),
        meaning: format!("a close more than {bps} bps below the redemption rate"),
        rests_on: &["agents"],
        events,
        count: 10_000,
        estimate: events as f64 / 1e4,
        low,
        high,
    };
    vec![probability(100, 8_712, 0.864, 0.878), probability(2_000, 0, 0.0, 0.0003)]
}

fn venue(name: &str, depth: f64) -> VenueDepth {
    VenueDepth {
        venue: name.into(),
        model: "stableswap A=50 fee 4 bps".into(),
        reserve_eth: 4.0 * depth,
        reserve_lrt: 5.0 * depth,
        marginal: 0.9987,
        discounts: vec![0.01, 0.05],
        depth_average_lrt: vec![depth, 2.0 * depth],
        depth_marginal_lrt: vec![depth / 2.0, depth],
    }
}

fn curve(label: &str, depth: f64) -> SlippageCurve {
    let size_lrt: Vec<f64> = (0..=60).map(|i| 10.0 * exp(ln(10.0) * f64::from(i) / 15.0)).collect();
    let slippage = size_lrt.iter().map(|q| 1.0 - 0.9996 / (1.0 + 0.12 * (q / depth) * (q / depth))).collect();
    SlippageCurve { label: label.into(), size_lrt, slippage }
}

fn start_summary(time: Timestamp, day: i64) -> StartSummary {
    let wave = 1.0 + 0.5 * sin(day as f64 / 9.0) + if (70..80).contains(&day) { 1.8 } else { 0.0 };
    StartSummary {
        at: time,
        deepest_bps: [70.0, 120.0, 240.0].map(|v| v * wave),
        delay_days: [8.0, 9.5, 13.0].map(|v| v + 4.0 * wave),
    }
}

pub(crate) fn backtest(what: &str, unit: &'static str) -> Backtest {
    Backtest {
        what: what.into(),
        unit,
        scored: 28,
        unscored: 8,
        bias: -1.24,
        mean_absolute: 8.46,
        max_absolute: 61.2,
        max_at: at("2022-05-12T07:00:00Z"),
    }
}
