//! Summaries against samples whose truth is known.

use pegstress_num::{Lanes, LogHistogram};
use pegstress_risk::interval::{probability_interval, quantile_ranks};
use pegstress_risk::summarise_paths::metric_summary;
use pegstress_risk::{Tally, summarise_paths};
use pegstress_sim::scenario::*;
use pegstress_sim::{Collect, Fault, Flow, Metric, MetricKind, OutcomeBlock, Plan, Unit};
use pegstress_unlock::{
    BufferRules, BufferUse, ExitRules, FeeCurve, QueueRules, RateFrozenAt, RedemptionRules,
};

/// SplitMix64 (Steele, Lea, Flood 2014): independent of the crates under test.
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn histogram(values: impl IntoIterator<Item = f64>) -> LogHistogram {
    // As the tally does: 2^10 bins per octave, values good to 0.05 %.
    let mut histogram = LogHistogram::new(10);
    values.into_iter().for_each(|value| histogram.add(value));
    histogram
}

fn metric(kind: MetricKind) -> Metric {
    Metric { kind, name: "m_bps".into(), meaning: "a metric".into(), unit: Unit::Bps }
}

#[test]
fn the_interval_of_a_quantile_holds_the_truth_in_at_least_95_percent_of_samples() {
    let mut random = Random(1);
    let samples = 2_000;
    for (n, level) in [(200_u64, 0.5), (1000, 0.05), (1000, 0.9), (500, 0.95), (2000, 0.99)] {
        let (Some(low), Some(high)) = quantile_ranks(n, level) else {
            panic!("{n} values bound the {level} quantile")
        };
        let mut covered = 0;
        for _ in 0..samples {
            let mut values: Vec<_> = (0..n).map(|_| random.uniform()).collect();
            values.sort_by(f64::total_cmp);
            covered += u64::from(values[low as usize] <= level && level <= values[high as usize]);
        }
        let rate = covered as f64 / f64::from(samples);
        // Coverage is at least 95 % by construction and, both tails being discrete, at most 99 %. Four standard
        // deviations of a binomial share of 2000 samples: sqrt(0.95 * 0.05 / 2000) = 0.0049.
        assert!((0.95 - 0.0195..=0.99 + 0.009).contains(&rate), "n = {n}, level {level}: {rate}");
    }
}

#[test]
fn the_interval_of_a_probability_holds_the_truth_in_at_least_95_percent_of_samples() {
    let mut random = Random(2);
    for (n, p) in [(100_u64, 0.03), (100, 0.5), (1000, 0.2), (50, 0.9)] {
        let samples = 2_000;
        let mut covered = 0;
        for _ in 0..samples {
            let events = (0..n).filter(|_| random.uniform() < p).count() as u64;
            let (low, high) = probability_interval(events, n);
            assert!(low <= events as f64 / n as f64 && events as f64 / n as f64 <= high);
            covered += u64::from(low <= p && p <= high);
        }
        // Clopper and Pearson guarantee 95 %; four standard deviations of the share of 2000 samples below it.
        assert!(covered as f64 / f64::from(samples) > 0.95 - 0.0195, "n = {n}, p = {p}: {covered}");
    }
}

#[test]
fn quantiles_mean_and_error_of_a_known_sample_are_the_known_ones() {
    // 1, 2, ..., 1000: quantiles are ranks, mean 500.5, variance n (n + 1) / 12 = 83,416.67.
    let summary = metric_summary(&metric(MetricKind::DeepestClose), &histogram((1..=1000).map(f64::from)));
    assert_eq!((summary.count, summary.undefined), (1000, 0));
    for quantile in &summary.quantiles {
        let truth = (quantile.level * 1000.0).round();
        // Half a bin: 2^-11 of the value.
        assert!((quantile.value / truth - 1.0).abs() < 4.9e-4, "{quantile:?}");
        assert!(quantile.low.is_none_or(|low| low <= quantile.value), "{quantile:?}");
        assert!(quantile.high.is_none_or(|high| high >= quantile.value), "{quantile:?}");
    }
    let (mean, error) = summary.mean.expect("a mean");
    // Sums are exact in units of 2^-40.
    assert!((mean - 500.5).abs() < 1e-9, "{mean}");
    assert!((error - (1000.0 * 1001.0 / 12.0 / 1000.0_f64).sqrt()).abs() < 1e-9, "{error}");
}

#[test]
fn the_expected_shortfall_is_the_mean_of_the_worst_five_and_of_the_worst_percent() {
    // Of 1..=10,000 the worst 500 average 9750.5 and the worst 100 average 9950.5. One value more or less moves the
    // mean by 0.5, half a bin by at most 4.9 in 10,000 and on average over many bins by next to nothing: 0.2.
    let summary = metric_summary(&metric(MetricKind::DeepestClose), &histogram((1..=10_000).map(f64::from)));
    assert_eq!(summary.expected_shortfall.len(), 2);
    for ((level, value), truth) in summary.expected_shortfall.iter().zip([9750.5, 9950.5]) {
        assert!((value - truth).abs() < 1.0, "{level}: {value} against {truth}");
    }
}

#[test]
fn the_shortfall_is_never_below_the_quantile_of_its_level() {
    let mut random = Random(3);
    for n in [1, 2, 10, 19, 20, 99, 100, 101, 1000] {
        let values: Vec<_> = (0..n).map(|_| 1.0 - pegstress_num::ln(1.0 - random.uniform())).collect();
        let largest = values.iter().copied().fold(0.0, f64::max);
        let summary = metric_summary(&metric(MetricKind::SellersLoss), &histogram(values));
        for (level, shortfall) in &summary.expected_shortfall {
            let quantile =
                summary.quantiles.iter().find(|q| q.level == *level).expect("the same level").value;
            assert!(*shortfall >= quantile && *shortfall <= largest, "{n}: {quantile} {shortfall} {largest}");
        }
    }
}

#[test]
fn a_metric_that_is_never_defined_has_no_numbers() {
    let summary = metric_summary(&metric(MetricKind::RecoveryTime), &histogram([f64::NAN; 7]));
    assert_eq!((summary.count, summary.undefined), (0, 7));
    assert!(summary.mean.is_none() && summary.quantiles.is_empty() && summary.expected_shortfall.is_empty());
}

#[test]
fn undefined_paths_are_counted_and_left_out_of_the_figures() {
    let values = [f64::NAN, 3.0, f64::NAN, 5.0, 4.0];
    let summary = metric_summary(&metric(MetricKind::FirstPassage(0)), &histogram(values));
    assert_eq!((summary.count, summary.undefined), (3, 2));
    assert!((summary.mean.expect("a mean").0 - 4.0).abs() < 1e-9);
    // A time has no bad tail of which the mean would say anything.
    assert!(summary.expected_shortfall.is_empty());
}

/// Nothing at hand and no wait: the outcomes below do not come from it.
fn no_redemption() -> Redemption {
    let buffer = BufferRules {
        start_eth: 0.0,
        target_eth: 0.0,
        refill_eth_per_sec: 0.0,
        watermark_eth: 0.0,
        serves: BufferUse::Instant,
        bucket: None,
        fee: FeeCurve::flat(0.0),
    };
    let queue = QueueRules {
        finalised_every_secs: 0.0,
        minimum_age_secs: 0.0,
        claim_delay_secs: 0.0,
        cap_eth_per_sec: f64::INFINITY,
        batch_eth: 0.0,
        rate_frozen_at: RateFrozenAt::Finalisation,
    };
    let exits = ExitRules { ordered_every_secs: 0.0, escrow_secs: 0.0, processing_secs: 0.0 };
    Redemption { rules: RedemptionRules { buffer, queue, exits }, breaker: None, pause_stops_claims: false }
}

/// A rolling study of four starts with 37 paths each. No pools: the outcomes below are made by hand.
fn rolling() -> Plan {
    let steps = 30;
    let study = PathStudy {
        start: jiff::Timestamp::from_second(1_722_729_600).expect("a time in 2024"),
        step_secs: 3600,
        steps,
        paths: 4 * 37,
        seed: 5,
        starts: Starts::Rolling { every_steps: 10, paths_per_start: 37 },
        drivers: Drivers {
            nav: vec![1.04; steps + 31],
            network_queue_eth: vec![0.0; steps + 31],
            eth_drawdown: vec![0.0; steps + 31],
            eth_usd: vec![3_000.0; steps + 31],
            observed_price: None,
            synthetic: None,
        },
        network: Network { churn_eth_per_epoch: 256.0, changes: Vec::new(), sweep_secs: 0.0 },
        venues: Vec::new(),
        free_float_lrt: 1.0,
        redemption: no_redemption(),
        restaking: None,
        lending: Vec::new(),
        shock_groups: Vec::new(),
        agents: Agents {
            exit_demand: ExitDemand {
                base_per_day: 0.0,
                per_discount_per_day: 0.0,
                discount_threshold: 0.0,
                per_delay_day_per_day: 0.0,
                delay_threshold_secs: 0.0,
                per_eth_drawdown_per_day: 0.0,
                eth_drawdown_threshold: 0.0,
                branching_ratio: 0.0,
                excitation_decay_per_day: 1.0,
                dispersion: 0.0,
            },
            impatience: Impatience {
                median_per_year: 0.1,
                log_sd: 1.0,
                expected_loss: 0.0,
                patient_share_when_paused: 0.5,
            },
            arbitrage: Arbitrage {
                capital_eth: 0.0,
                required_return_per_year: 0.1,
                expected_loss: 0.0,
                cost: 0.0,
                deployed_per_hour: 0.1,
            },
            liquidity: Liquidity {
                removal_per_day: 0.0,
                removal_per_discount_per_day: 0.0,
                discount_threshold: 0.0,
                return_per_day: 0.0,
                one_sided_share: 0.0,
            },
            background: Background { net_sd_lrt_per_sqrt_day: 0.0 },
            dip_buyers: Vec::new(),
            whales: Vec::new(),
        },
        shocks: Vec::new(),
    };
    let report = ReportSpec {
        sizes_lrt: vec![100.0],
        depth_discounts: vec![0.01],
        thresholds: vec![0.005, 0.02],
        recovery_discount: 0.005,
        recovery_hold_secs: 3600.0,
        most_faults: 0.001,
    };
    Plan::new(&study, &report)
}

const WIDTH: usize = 8;

/// Outcomes of `count` paths from `first`: the deepest close of path `i` is `i` bps; it is beyond 50 bps first after 2
/// hours and beyond 200 bps never; one of four of those beyond recovers; every fifteenth path breaks.
fn block(plan: &Plan, first: u64, count: usize) -> OutcomeBlock<WIDTH> {
    let path = |lane: usize| first + lane as u64;
    let lanes =
        |value: &dyn Fn(u64) -> f64| -> Lanes<WIDTH> { std::array::from_fn(|lane| value(path(lane))) };
    let metric = |kind| match kind {
        MetricKind::FirstPassage(0) | MetricKind::RecoveryBreach => {
            lanes(&|i| if i > 50 { 2.0 } else { f64::NAN })
        }
        MetricKind::FirstPassage(_) => [f64::NAN; WIDTH],
        MetricKind::RecoveryTime => lanes(&|i| if i > 50 && i % 4 == 0 { 3.0 } else { f64::NAN }),
        _ => lanes(&|i| i as f64),
    };
    OutcomeBlock {
        first_path: first,
        active: count,
        metrics: plan.metrics.iter().map(|m| metric(m.kind)).collect(),
        traces: vec![vec![lanes(&|i| i as f64); plan.observed_steps.len()]; 3],
        flows: vec![vec![lanes(&|i| i as f64); plan.observed_steps.len()]; Flow::ALL.len()],
        faults: std::array::from_fn(|lane| (path(lane) % 15 == 0).then_some(Fault::Pool)),
        eth_imbalance: lanes(&|i| i as f64 * 1e-15),
        lrt_imbalance: [0.0; WIDTH],
    }
}

fn blocks(plan: &Plan) -> Vec<OutcomeBlock<WIDTH>> {
    let starts = (0..plan.study.paths).step_by(WIDTH);
    starts.map(|first| block(plan, first, (plan.study.paths - first).min(WIDTH as u64) as usize)).collect()
}

fn tally_of<'a>(plan: &Plan, blocks: impl IntoIterator<Item = &'a OutcomeBlock<WIDTH>>) -> Tally {
    let mut tally = Tally::new(plan, true);
    blocks.into_iter().for_each(|block| tally.absorb(block));
    tally
}

fn whole(plan: &Plan) -> Tally {
    tally_of(plan, &blocks(plan))
}

#[test]
fn tallies_merged_in_any_order_give_equal_summaries() {
    let plan = rolling();
    let all = blocks(&plan);
    let expected = format!("{:?}", summarise_paths(&plan, &whole(&plan)));
    let rows = format!("{:?}", whole(&plan).take_outcomes().expect("kept").rows);
    let mut random = Random(4);
    for shards in [1, 2, 3, 7, 19] {
        // Blocks in any order, dealt to shards at random, shards merged from the last to the first.
        let mut dealt = vec![Vec::new(); shards];
        for block in all.iter().rev() {
            dealt[(random.uniform() * shards as f64) as usize].push(block);
        }
        let mut merged = Tally::new(&plan, true);
        for shard in dealt.into_iter().rev() {
            merged.merge(tally_of(&plan, shard));
        }
        assert_eq!(expected, format!("{:?}", summarise_paths(&plan, &merged)), "{shards} shards");
        assert_eq!(rows, format!("{:?}", merged.take_outcomes().expect("kept").rows), "{shards} shards");
    }
}

#[test]
fn faulty_paths_are_counted_and_leave_no_trace_in_the_figures() {
    let plan = rolling();
    let summary = summarise_paths(&plan, &whole(&plan));
    // Paths 0, 15, ..., 135: ten of 148.
    assert_eq!(summary.paths, 148);
    assert_eq!(summary.faults[0], (Fault::Pool.words().to_owned(), 10));
    assert!(summary.faults[1..].iter().all(|(_, count)| *count == 0));
    for metric in &summary.metrics {
        assert_eq!(metric.count + metric.undefined, 138, "{}", metric.name);
    }
    let sum: u64 = (0..148).filter(|i| i % 15 != 0).sum();
    let (mean, _) = summary.metrics[0].mean.expect("a mean");
    assert!((mean - sum as f64 / 138.0).abs() < 1e-9, "{mean}");
    // Also the largest imbalance is shown, that of faulty paths included: path 147.
    assert_eq!(summary.conservation, (147.0 * 1e-15, 0.0));
}

#[test]
fn padding_lanes_of_the_last_block_do_not_count() {
    let plan = rolling();
    let mut tally = Tally::new(&plan, true);
    tally.absorb(&block(&plan, 144, 4));
    assert_eq!(tally.paths, 4);
    let paths: Vec<_> = tally.take_outcomes().expect("kept").rows.iter().map(|row| row.path).collect();
    assert_eq!(paths, [144, 145, 146, 147]);
}

#[test]
fn probabilities_are_counts_over_the_paths_that_count() {
    let plan = rolling();
    let summary = summarise_paths(&plan, &whole(&plan));
    let sound = |test: &dyn Fn(u64) -> bool| (0..148).filter(|i| i % 15 != 0 && test(*i)).count() as u64;
    let find = |words: &str| summary.probabilities.iter().find(|p| p.meaning.contains(words)).expect(words);

    let passed = find("closes more than 50 bps");
    assert_eq!((passed.events, passed.count), (sound(&|i| i > 50), 138));
    assert!((passed.estimate - passed.events as f64 / 138.0).abs() < 1e-15);
    assert!(passed.low < passed.estimate && passed.estimate < passed.high);

    // Never seen is not impossible: the upper end is 1 - 0.025^(1/138); the inverse of the library is good to 1e-8.
    let never = find("closes more than 200 bps");
    assert_eq!((never.events, never.estimate, never.low), (0, 0.0, 0.0));
    let bound = 1.0 - pegstress_num::exp(pegstress_num::ln(0.025) / 138.0);
    assert!((never.high - bound).abs() < 1e-6, "{}", never.high);

    // Recovery is judged among the paths that were beyond, each one counted as recovered or not by the end.
    let recovered = find("back by the end");
    assert_eq!((recovered.events, recovered.count), (sound(&|i| i > 50 && i % 4 == 0), sound(&|i| i > 50)));
}

#[test]
fn without_a_path_beyond_the_level_there_is_no_probability_of_recovery() {
    let plan = rolling();
    let summary = summarise_paths(&plan, &tally_of(&plan, &[block(&plan, 1, 8)]));
    assert!(summary.probabilities.iter().all(|p| !p.meaning.contains("back by the end")));
    for kind in [MetricKind::FirstPassage(0), MetricKind::RecoveryTime] {
        let k = plan.metrics.iter().position(|metric| metric.kind == kind).expect("a metric of every plan");
        let metric = &summary.metrics[k];
        assert_eq!((metric.count, metric.undefined), (0, 8), "{kind:?}");
        assert!(metric.mean.is_none() && metric.quantiles.is_empty(), "{kind:?}");
    }
}

#[test]
fn each_start_of_a_rolling_study_has_its_own_quantiles() {
    let plan = rolling();
    let starts = summarise_paths(&plan, &whole(&plan)).by_start.expect("a rolling study");
    assert_eq!(starts.len(), 4);
    for (k, start) in starts.iter().enumerate() {
        let hours = (start.at.as_second() - plan.study.start.as_second()) as f64 / 3600.0;
        assert_eq!(hours, 10.0 * k as f64);
        let mut paths: Vec<_> = (37 * k as u64..37 * (k as u64 + 1)).filter(|i| i % 15 != 0).collect();
        paths.sort_unstable();
        for (level, value) in [0.05, 0.5, 0.95].iter().zip(start.deepest_bps) {
            let truth = paths[(level * paths.len() as f64).ceil() as usize - 1] as f64;
            // Half a bin of 2^6 per octave.
            assert!((value - truth).abs() <= truth / 128.0, "start {k}, {level}: {value} against {truth}");
        }
    }
}

#[test]
fn the_bars_of_the_deepest_discount_hold_every_sound_path_once() {
    let plan = rolling();
    let bars = summarise_paths(&plan, &whole(&plan)).deepest_bins;
    assert_eq!(bars.iter().map(|(_, _, count)| count).sum::<u64>(), 138);
    assert!(bars.iter().all(|(low, high, _)| low < high));
    // Fractions from 1 to 147 bps.
    assert!((bars[0].0 - 1e-4).abs() < 1e-12 && (bars[bars.len() - 1].1 - 147e-4).abs() < 1e-12, "{bars:?}");
}

#[test]
fn a_tally_without_any_path_has_no_figures() {
    let plan = rolling();
    let summary = summarise_paths(&plan, &Tally::new(&plan, false));
    assert_eq!(summary.paths, 0);
    assert!(summary.probabilities.is_empty() && summary.deepest_bins.is_empty());
    assert!(summary.metrics.iter().all(|m| m.mean.is_none() && m.quantiles.is_empty() && m.count == 0));
    assert!(summary.by_start.expect("a rolling study").is_empty());
}

#[test]
fn of_a_hundred_values_the_worst_percent_is_the_largest() {
    let summary = metric_summary(&metric(MetricKind::DeepestClose), &histogram((1..=100).map(f64::from)));
    for ((level, value), truth) in summary.expected_shortfall.iter().zip([98.0, 100.0]) {
        // Half a bin: 2^-11 of the value.
        assert!((value / truth - 1.0).abs() < 4.9e-4, "{level}: {value} against {truth}");
    }
}
