//! Studies whose drivers are drawn for each path: same bits however they are run, and the effects that they are there for.

mod common;

use common::{options, outcomes, run_all, run_all_in_blocks_of, study};
use pegstress_num::Isa;
use pegstress_sim::drivers::*;
use pegstress_sim::scenario::{PathStudy, Starts};
use pegstress_sim::{MetricKind, RunOptions};

const CHAIN: Switching = Switching { stay_days: [2.0, 0.7], start: None };

fn gbm(volatility_per_sqrt_year: f64, jumps: Option<Jumps>) -> Gbm {
    Gbm { drift_per_year: 0.1, volatility_per_sqrt_year, jumps }
}

/// A synthetic price after 24 hours at one level, on `starts` starts.
fn price(process: PriceProcess, starts: usize) -> Option<SyntheticPrice> {
    Some(SyntheticPrice { process, past_log: vec![7.8; 24 + starts], points_before: 24 })
}

fn queue_of(lump_eth: f64) -> Hawkes {
    Hawkes {
        base_eth_per_day: 20_000.0,
        branching_ratio: 0.7,
        decay_per_day: 1.0,
        lump_eth,
        start_eth_per_day: None,
    }
}

fn growth() -> NavProcess {
    let process = OrnsteinUhlenbeck { mean: 0.03, reversion_per_day: 0.2, sd: 0.01 };
    NavProcess::Growth { process, start_per_year: 0.03 }
}

fn dependence(copula: Copula) -> Dependence {
    let correlation = [[1.0, -0.5, 0.1], [-0.5, 1.0, 0.0], [0.1, 0.0, 1.0]];
    Dependence::new(&correlation, copula).expect("positive definite")
}

/// One study for each process of each driver.
fn processes() -> Vec<Synthetic> {
    let jumps = Some(Jumps { per_year: 60.0, mean_log: -0.05, sd_log: 0.04 });
    let recorded = |scale: f64| (0..300).map(|k| scale * f64::from((k * 37) % 101 - 48)).collect::<Vec<_>>();
    let log_level = OrnsteinUhlenbeck { mean: 12.0, reversion_per_day: 0.3, sd: 1.0 };
    let inflows = InflowRegimes {
        switching: CHAIN,
        mean_eth_per_day: [5_000.0, 150_000.0],
        lump_eth: [200.0, 3_000.0],
    };
    vec![
        Synthetic {
            eth_usd: price(PriceProcess::Gbm(gbm(0.8, jumps)), 1),
            network_queue: Some(QueueProcess::Hawkes(queue_of(500.0))),
            nav: Some(growth()),
            dependence: dependence(Copula::StudentT(5)),
            blocks: None,
        },
        Synthetic {
            eth_usd: price(
                PriceProcess::Regimes(PriceRegimes {
                    switching: CHAIN,
                    regimes: [gbm(0.5, None), gbm(2.0, None)],
                }),
                1,
            ),
            network_queue: Some(QueueProcess::Regimes(inflows)),
            dependence: dependence(Copula::Gaussian),
            ..Synthetic::default()
        },
        Synthetic {
            eth_usd: price(PriceProcess::Bootstrap(recorded(1e-4)), 1),
            network_queue: Some(QueueProcess::Bootstrap(recorded(100.0))),
            nav: Some(NavProcess::Bootstrap(recorded(1e-8))),
            blocks: Some(Blocks { record_steps: 300, mean_steps: 8.0 }),
            ..Synthetic::default()
        },
        Synthetic { network_queue: Some(QueueProcess::LogLevel(log_level)), ..Synthetic::default() },
    ]
}

fn driven(synthetic: Synthetic) -> PathStudy {
    let mut study = PathStudy { paths: 150, steps: 60, ..study() };
    study.drivers.network_queue_eth[0] = 40_000.0;
    study.drivers.synthetic = Some(Box::new(synthetic));
    study
}

#[test]
fn lane_width_threads_and_instruction_set_change_no_bit_of_a_synthetic_study() {
    for synthetic in processes() {
        let study = driven(synthetic);
        let (_, wide) = outcomes(&study);
        assert_eq!(wide.faults(), 0, "{:?}", study.drivers.synthetic);
        assert_eq!(wide.bits(), run_all_in_blocks_of::<1>(&study, options).1.bits(), "one lane");
        assert_eq!(wide.bits(), run_all_in_blocks_of::<37>(&study, options).1.bits(), "37 lanes");
        let (_, threads) = run_all(&study, |plan| RunOptions { threads: 2, ..options(plan) });
        assert_eq!(wide.bits(), threads.bits(), "2 threads");
        for isa in Isa::available() {
            let (_, other) = run_all(&study, |plan| RunOptions { isa, ..options(plan) });
            assert_eq!(wide.bits(), other.bits(), "{isa}");
        }
        let (_, slice) = run_all(&study, |plan| RunOptions { paths: 71..97, ..options(plan) });
        assert_eq!(wide.slice(71..97).bits(), slice.bits(), "a slice of paths");
    }
}

#[test]
fn a_synthetic_driver_without_spread_is_the_record_of_the_same_values() {
    // No volatility and no drift: the price stays, the fall is zero; flows without lumps are their means.
    let still = Gbm { drift_per_year: 0.0, volatility_per_sqrt_year: 0.0, jumps: None };
    let flow = Hawkes { branching_ratio: 0.0, ..queue_of(0.0) };
    let mut synthetic = driven(Synthetic {
        eth_usd: price(PriceProcess::Gbm(still), 1),
        network_queue: Some(QueueProcess::Hawkes(flow)),
        ..Synthetic::default()
    });
    synthetic.drivers.network_queue_eth[0] = 30_000.0;
    let mut recorded = synthetic.clone();
    recorded.drivers.synthetic = None;
    recorded.drivers.eth_drawdown.fill(0.0);
    let mut queue = 30_000.0;
    for level in &mut recorded.drivers.network_queue_eth {
        *level = queue;
        queue = f64::max(queue - 2_400.0, 0.0) + 20_000.0 / 24.0;
    }
    let ((_, synthetic), (_, recorded)) = (outcomes(&synthetic), outcomes(&recorded));
    for (a, b) in synthetic.rows.iter().zip(&recorded.rows) {
        for (x, y) in a.1.iter().zip(&b.1) {
            // The two queues differ by roundings of 1e-16; the step magnifies them little over sixty steps.
            assert!((x - y).abs() <= 1e-8 * y.abs().max(1.0) || (x.is_nan() && y.is_nan()), "{x} {y}");
        }
    }
}

#[test]
fn making_one_driver_synthetic_leaves_the_draws_of_the_others_as_they_were() {
    // Nothing reacts to the price, so a study with a synthetic one gives the bits of the study without.
    let mut plain = driven(Synthetic {
        network_queue: Some(QueueProcess::Hawkes(queue_of(500.0))),
        ..Synthetic::default()
    });
    plain.agents.exit_demand.per_eth_drawdown_per_day = 0.0;
    let mut both = plain.clone();
    let synthetic = both.drivers.synthetic.as_mut().expect("it was set");
    synthetic.eth_usd = price(PriceProcess::Gbm(gbm(0.8, None)), 1);
    assert_eq!(outcomes(&plain).1.bits(), outcomes(&both).1.bits());
}

#[test]
fn a_rolling_study_starts_each_path_from_the_record_at_its_start() {
    let still = Gbm { drift_per_year: 0.0, volatility_per_sqrt_year: 0.0, jumps: None };
    let frozen = OrnsteinUhlenbeck { mean: 0.0, reversion_per_day: 1e-12, sd: 0.0 };
    let mut study = driven(Synthetic {
        eth_usd: price(PriceProcess::Gbm(still), 13),
        network_queue: Some(QueueProcess::LogLevel(frozen)),
        ..Synthetic::default()
    });
    study.starts = Starts::Rolling { every_steps: 12, paths_per_start: 75 };
    study.shocks.clear();
    (study.drivers.network_queue_eth[0], study.drivers.network_queue_eth[12]) = (576_000.0, 57_600.0);
    let (plan, rows) = outcomes(&study);
    let delay = rows.column(&plan, MetricKind::LongestPipelineDelay);
    // The two starts differ in nothing but their queues: ten days and one day at 57,600 ETH a day. Own exits of a few
    // hundred ETH make less than a hundredth of a day, and come on top of the first step's.
    assert!((delay[0] - delay[75] - 9.0).abs() < 0.2, "{} {}", delay[0], delay[75]);
}

#[test]
fn a_fall_of_a_synthetic_price_makes_holders_leave() {
    let sold = |volatility: f64| {
        let mut study = driven(Synthetic {
            eth_usd: price(PriceProcess::Gbm(gbm(volatility, None)), 1),
            ..Synthetic::default()
        });
        study.paths = 500;
        study.agents.exit_demand.per_eth_drawdown_per_day = 0.2;
        let (plan, rows) = outcomes(&study);
        let sold = rows.column(&plan, MetricKind::SoldLrt);
        sold.iter().sum::<f64>() / sold.len() as f64
    };
    // 200 % a year make a day's standard deviation of 10 %, the threshold; 10 % a year never reach it.
    assert!(sold(2.0) > 1.2 * sold(0.1), "{} {}", sold(2.0), sold(0.1));
}
