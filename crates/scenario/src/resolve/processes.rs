//! Processes in the units of the simulation, and the records that are resampled.

use pegstress_num::ln;
use pegstress_sim::drivers::copula::SCORES;
use pegstress_sim::drivers::inflow::recorded_inflows;
use pegstress_sim::drivers::{
    Blocks, Copula, Dependence, Gbm, Hawkes, InflowRegimes, Jumps, NavProcess, OrnsteinUhlenbeck,
    PriceProcess, PriceRegimes, QueueProcess, Switching,
};
use pegstress_unlock::EPOCH_SECS;

use super::network::network;
use super::reader::{Grid, Reader};
use crate::raw::RawScenario;
use crate::raw::drivers::RawDriver;
use crate::raw::process::{
    RawCopula, RawCorrelation, RawGbm, RawPriceProcess, RawPriceRegime, RawQueueProcess, RawRateProcess,
    RawRegime,
};
use crate::series::Domain;

/// What the records of resampled drivers become: changes of a step.
#[derive(Debug, Default)]
pub(super) struct Records {
    pub(super) eth_usd: Option<Vec<f64>>,
    pub(super) queue: Option<Vec<f64>>,
    pub(super) nav: Option<Vec<f64>>,
    pub(super) blocks: Option<Blocks>,
}

/// Reads what is resampled; nothing where no driver is.
pub(super) fn records(raw: &RawScenario, reader: &mut Reader<'_>, step_secs: u32) -> Option<Records> {
    let Some(bootstrap) = raw.drivers.bootstrap else { return Some(Records::default()) };
    let window_secs = bootstrap.to.as_second() - bootstrap.from.as_second();
    let steps = usize::try_from(window_secs / i64::from(step_secs)).ok()?;
    let grid = Grid { start: bootstrap.from, step_secs, points: steps + 1 };
    let mut read = |key: &str, record: Option<RawDriver>, domain: Domain| match record {
        Some(record) => reader.on_grid(&format!("drivers.{key}"), &record, domain, grid).map(Some),
        None => Some(None),
    };
    let all = &raw.drivers;
    let price = all.eth_usd.as_ref().filter(|one| one.process.is_some_and(|p| p.bootstrap.is_some()));
    let queue =
        all.network_exit_queue_eth.as_ref().filter(|one| one.process.is_some_and(|p| p.bootstrap.is_some()));
    let rate = all.redemption_rate.as_ref().filter(|one| one.process.is_some_and(|p| p.bootstrap.is_some()));
    let price = read("eth_usd", price.map(|one| one.record()), Domain::Positive);
    let queue = read("network_exit_queue_eth", queue.map(|one| one.record()), Domain::NonNegative);
    let rate = read("redemption_rate", rate.map(|one| one.record()), Domain::Positive);
    let churn = network(raw.network.as_ref()?)?.churn_eth_per_epoch;
    let served_eth = churn / EPOCH_SECS * f64::from(step_secs);
    Some(Records {
        eth_usd: price?.map(|levels| log_changes(&levels)),
        queue: queue?.map(|levels| recorded_inflows(&levels, served_eth)),
        nav: rate?.map(|levels| log_changes(&levels)),
        blocks: Some(Blocks {
            record_steps: steps,
            mean_steps: bootstrap.mean_block_hours.0 * 3600.0 / f64::from(step_secs),
        }),
    })
}

fn log_changes(levels: &[f64]) -> Vec<f64> {
    levels.windows(2).map(|pair| ln(pair[1] / pair[0])).collect()
}

/// `None` where the one table of a checked process is absent.
pub(super) fn price(raw: &RawPriceProcess, record: Option<Vec<f64>>) -> Option<PriceProcess> {
    if let Some(process) = raw.gbm {
        return Some(PriceProcess::Gbm(gbm(&process)));
    }
    if let Some(both) = raw.regimes {
        let stays = [both.calm.mean_stay_days.0, both.stressed.mean_stay_days.0];
        let regimes = [gbm_of(&both.calm), gbm_of(&both.stressed)];
        return Some(PriceProcess::Regimes(PriceRegimes {
            switching: switching(stays, both.start),
            regimes,
        }));
    }
    record.map(PriceProcess::Bootstrap)
}

/// As [`price`].
pub(super) fn queue(raw: &RawQueueProcess, record: Option<Vec<f64>>) -> Option<QueueProcess> {
    if let Some(level) = raw.ornstein_uhlenbeck {
        return Some(QueueProcess::LogLevel(OrnsteinUhlenbeck {
            mean: ln(level.median_eth.0),
            reversion_per_day: level.reversion_per_day.0,
            sd: level.log_sd,
        }));
    }
    if let Some(hawkes) = raw.hawkes {
        return Some(QueueProcess::Hawkes(Hawkes {
            base_eth_per_day: hawkes.base_eth_per_day.0,
            branching_ratio: hawkes.branching_ratio.0,
            decay_per_day: hawkes.decay_per_day.0,
            lump_eth: hawkes.lump_eth.0,
            start_eth_per_day: hawkes.start_eth_per_day.map(|eth| eth.0),
        }));
    }
    if let Some(both) = raw.regimes {
        let regimes = [both.calm, both.stressed];
        return Some(QueueProcess::Regimes(InflowRegimes {
            switching: switching(regimes.map(|one| one.mean_stay_days.0), both.start),
            mean_eth_per_day: regimes.map(|one| one.inflow_eth_per_day.0),
            lump_eth: regimes.map(|one| one.lump_eth.0),
        }));
    }
    record.map(QueueProcess::Bootstrap)
}

/// As [`price`].
pub(super) fn nav(raw: &RawRateProcess, record: Option<Vec<f64>>) -> Option<NavProcess> {
    if let Some(growth) = raw.ornstein_uhlenbeck {
        return Some(NavProcess::Growth {
            process: OrnsteinUhlenbeck {
                mean: growth.mean_pct_per_year / 100.0,
                reversion_per_day: growth.reversion_per_day.0,
                sd: growth.sd_pct_per_year / 100.0,
            },
            start_per_year: growth.start_pct_per_year.unwrap_or(growth.mean_pct_per_year) / 100.0,
        });
    }
    record.map(NavProcess::Bootstrap)
}

/// `None` where the matrix is none of correlations.
pub(crate) fn dependence(raw: &RawCorrelation) -> Option<Dependence> {
    let mut matrix = [[0.0; SCORES]; SCORES];
    for (k, row) in matrix.iter_mut().enumerate() {
        row[k] = 1.0;
    }
    for (row, a) in raw.matrix.iter().zip(&raw.drivers) {
        for (coefficient, b) in row.iter().zip(&raw.drivers) {
            matrix[a.place()][b.place()] = coefficient.0;
        }
    }
    let copula = match raw.copula {
        Some(RawCopula::StudentT) => Copula::StudentT(raw.degrees_of_freedom?),
        None | Some(RawCopula::Gaussian) => Copula::Gaussian,
    };
    Dependence::new(&matrix, copula)
}

fn gbm(raw: &RawGbm) -> Gbm {
    Gbm {
        drift_per_year: raw.drift_pct_per_year / 100.0,
        volatility_per_sqrt_year: raw.volatility_pct_per_sqrt_year / 100.0,
        jumps: raw.jumps.map(|jumps| Jumps {
            per_year: jumps.per_year,
            mean_log: jumps.mean_log_pct / 100.0,
            sd_log: jumps.sd_log_pct / 100.0,
        }),
    }
}

fn gbm_of(raw: &RawPriceRegime) -> Gbm {
    Gbm {
        drift_per_year: raw.drift_pct_per_year / 100.0,
        volatility_per_sqrt_year: raw.volatility_pct_per_sqrt_year / 100.0,
        jumps: None,
    }
}

fn switching(stay_days: [f64; 2], start: Option<RawRegime>) -> Switching {
    let start = start.map(|regime| match regime {
        RawRegime::Calm => 0,
        RawRegime::Stressed => 1,
    });
    Switching { stay_days, start }
}
