//! Summaries against samples whose truth is known.

use pegstress_num::{Isa, Lanes, LogHistogram};
use pegstress_risk::interval::{probability_interval, quantile_ranks};
use pegstress_risk::summarise_paths::metric_summary;
use pegstress_risk::{Tally, summarise_paths};
use pegstress_sim::scenario::*;
use pegstress_sim::{Collect, Fault, Metric, MetricKind, OutcomeBlock, Plan, RunOptions, Unit, run};

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
        let values: Vec<_> = (0..n).map(|_| 1.0 - random.uniform().ln()).collect();
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

fn small_study() -> PathStudy {
    let steps = 30;
    PathStudy {
        start: jiff::Timestamp::from_second(1_722_729_600).expect("a time in 2024"),
        step_secs: 3600,
        steps,
        paths: 4 * 37,
        seed: 5,
        starts: Starts::Rolling { every_steps: 10, paths_per_start: 37 },
        drivers: Drivers {
            nav: vec![1.04; steps + 31],
            network_queue_eth: (0..=steps + 30).map(|k| 3_000.0 * k as f64).collect(),
            eth_drawdown: vec![0.1; steps + 31],
            observed_price: None,
        },
        network: Network { churn_eth_per_epoch: 256.0, sweep_secs: 3e5 },
        venues: vec![pegstress_amm_spec()],
        free_float_lrt: 100_000.0,
        redemption: Redemption {
            buffer_eth: 100.0,
            buffer_refill_eth_per_day: 50.0,
            instant_fee: 0.003,
            escrow_secs: 0.0,
            processing_secs: 0.0,
        },
        agents: Agents {
            exit_demand: ExitDemand {
                base_per_day: 0.02,
                per_discount_per_day: 0.2,
                discount_threshold: 0.003,
                per_delay_day_per_day: 0.0,
                delay_threshold_secs: 0.0,
                per_eth_drawdown_per_day: 0.0,
                eth_drawdown_threshold: 0.0,
                branching_ratio: 0.2,
                excitation_decay_per_day: 1.0,
                dispersion: 0.8,
            },
            impatience: Impatience {
                median_per_year: 0.3,
                log_sd: 1.0,
                expected_loss: 0.0,
                patient_share_when_paused: 0.5,
            },
            arbitrage: Arbitrage {
                capital_eth: 2_000.0,
                required_return_per_year: 0.1,
                expected_loss: 0.0,
                cost: 0.0002,
                deployed_per_hour: 0.1,
            },
            liquidity: Liquidity {
                removal_per_day: 0.01,
                removal_per_discount_per_day: 1.0,
                discount_threshold: 0.01,
                return_per_day: 0.1,
            },
            background: Background { net_sd_lrt_per_sqrt_day: 400.0 },
        },
        shocks: vec![],
    }
}

/// The pool of the history types: a plain constructor keeps this crate's tests free of the pools' crate.
fn pegstress_amm_spec() -> VenueSpecOf {
    unreachable!()
}
