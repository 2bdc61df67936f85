//! Parameters of synthetic drivers, estimated from a record: maximum likelihood, standard errors, goodness of fit.
//!
//! | process | estimate | standard errors |
//! |---|---|---|
//! | [`gbm`] | closed form; with jumps by search | Fisher information; observed information |
//! | [`ornstein_uhlenbeck`] | closed form (regression on the level before) | observed information |
//! | [`hawkes`], [`regimes`] | search | observed information |
//! | [`bootstrap`] | block length of Politis and White | none |
//!
//! A fit speaks the keys and units of scenario files ([`Fit::to_toml`]). Its likelihood is that of the process as it is simulated
//! with steps of the record's length. The record is even: levels at distances of `step_secs`, nothing missing.

pub mod bootstrap;
pub mod gbm;
pub mod hawkes;
pub mod ornstein_uhlenbeck;
pub mod regimes;

mod flow;
mod goodness;
mod search;
mod text;

pub use goodness::Goodness;

use pegstress_num::ln;

/// A driver that a process is fitted for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Driver {
    /// `drivers.eth_usd`: levels are prices.
    EthUsd,
    /// `drivers.network_exit_queue_eth`: levels are ETH in the queue.
    NetworkExitQueue {
        /// ETH that leave it in a step while there are so many.
        served_eth: f64,
    },
    /// `drivers.redemption_rate`: levels are ETH per token.
    RedemptionRate,
}

/// A process to be fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Process {
    /// Geometric Brownian motion.
    Gbm {
        /// Whether with jumps.
        jumps: bool,
    },
    /// Ornstein-Uhlenbeck.
    OrnsteinUhlenbeck,
    /// Fluid Hawkes.
    Hawkes,
    /// Two regimes.
    Regimes,
    /// Stationary block bootstrap.
    Bootstrap,
}

/// A record on an even grid.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// Levels, finite.
    pub levels: &'a [f64],
    /// Seconds between two levels.
    pub step_secs: f64,
}

/// One parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// Table below the process's own, empty for the process's own.
    pub table: &'static str,
    /// Key in a scenario file.
    pub key: &'static str,
    /// Estimate in the key's unit.
    pub value: f64,
    /// Its standard error, if the record says anything about it.
    pub standard_error: Option<f64>,
}

/// Parameters of a process.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// What for.
    pub driver: Driver,
    /// Table of the process.
    pub process: &'static str,
    /// Parameters in the order of the file.
    pub estimates: Vec<Estimate>,
    /// How well the process fits.
    pub goodness: Goodness,
    /// What a reader should know of the estimates.
    pub notes: Vec<String>,
}

/// Why there is no fit.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FitError {
    /// Too few steps.
    #[error("the record has {steps} steps, {process} needs at least {needed}")]
    TooShort {
        /// Steps that there are.
        steps: usize,
        /// Steps that are needed.
        needed: usize,
        /// The process.
        process: &'static str,
    },
    /// A level that the process cannot have.
    #[error("the level is {level}, must be above 0: {process} moves its logarithm")]
    NotPositive {
        /// Place of the level.
        place: usize,
        /// The level.
        level: f64,
        /// The process.
        process: &'static str,
    },
    /// Nothing moves.
    #[error("the record does not move: {process} has nothing to be fitted to")]
    Constant {
        /// The process.
        process: &'static str,
    },
    /// A process that the driver does not have.
    #[error("drivers.{driver} has no {process}, must be one of {possible}")]
    Unsupported {
        /// The driver.
        driver: &'static str,
        /// The process.
        process: &'static str,
        /// What it has.
        possible: &'static str,
    },
    /// No return to a mean.
    #[error(
        "the level does not return to a mean: each step keeps {kept:.4} of the distance, which must be above 0 and below 1"
    )]
    NoReversion {
        /// Regression on the level before.
        kept: f64,
    },
    /// No maximum.
    #[error("the likelihood of {process} has no maximum on this record: {reason}")]
    NoMaximum {
        /// The process.
        process: &'static str,
        /// Why.
        reason: &'static str,
    },
}

impl Driver {
    /// Key below `drivers`.
    pub fn word(self) -> &'static str {
        match self {
            Self::EthUsd => "eth_usd",
            Self::NetworkExitQueue { .. } => "network_exit_queue_eth",
            Self::RedemptionRate => "redemption_rate",
        }
    }

    fn possible(self) -> &'static str {
        match self {
            Self::EthUsd => "gbm, regimes, bootstrap",
            Self::NetworkExitQueue { .. } => "ornstein_uhlenbeck, hawkes, regimes, bootstrap",
            Self::RedemptionRate => "ornstein_uhlenbeck, bootstrap",
        }
    }
}

impl Process {
    /// Its table in a scenario file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Gbm { .. } => "gbm",
            Self::OrnsteinUhlenbeck => "ornstein_uhlenbeck",
            Self::Hawkes => "hawkes",
            Self::Regimes => "regimes",
            Self::Bootstrap => "bootstrap",
        }
    }

    /// Least steps of a record.
    fn needed(self) -> usize {
        match self {
            Self::Gbm { jumps: false } | Self::OrnsteinUhlenbeck => 30,
            Self::Gbm { jumps: true } | Self::Hawkes | Self::Regimes | Self::Bootstrap => 100,
        }
    }
}

/// Fits `process` to a record of `driver`.
///
/// # Errors
/// A record that is too short, cannot come from the process, or says nothing about it.
pub fn fit(driver: Driver, process: Process, record: Record<'_>) -> Result<Fit, FitError> {
    let word = process.word();
    let steps = record.levels.len().saturating_sub(1);
    if steps < process.needed() {
        return Err(FitError::TooShort { steps, needed: process.needed(), process: word });
    }
    if record.levels.windows(2).all(|pair| pair[0] == pair[1]) {
        return Err(FitError::Constant { process: word });
    }
    let served = |driver: Driver| match driver {
        Driver::NetworkExitQueue { served_eth } => Some(served_eth),
        Driver::EthUsd | Driver::RedemptionRate => None,
    };
    match (driver, process) {
        (Driver::EthUsd, Process::Gbm { jumps: false }) => gbm::plain(record),
        (Driver::EthUsd, Process::Gbm { jumps: true }) => gbm::with_jumps(record),
        (Driver::EthUsd, Process::Regimes) => regimes::price(record),
        (Driver::NetworkExitQueue { .. }, Process::OrnsteinUhlenbeck) => {
            ornstein_uhlenbeck::log_level(record)
        }
        (Driver::RedemptionRate, Process::OrnsteinUhlenbeck) => ornstein_uhlenbeck::growth(record),
        (Driver::NetworkExitQueue { served_eth }, Process::Hawkes) => hawkes::inflow(record, served_eth),
        (Driver::NetworkExitQueue { served_eth }, Process::Regimes) => regimes::inflow(record, served_eth),
        (_, Process::Bootstrap) => bootstrap::blocks(driver, record, served(driver)),
        (driver, process) => {
            let (driver, possible) = (driver.word(), driver.possible());
            Err(FitError::Unsupported { driver, process: process.word(), possible })
        }
    }
}

/// Logarithms of the levels.
fn logarithms(record: Record<'_>, process: &'static str) -> Result<Vec<f64>, FitError> {
    match record.levels.iter().position(|level| *level <= 0.0 || level.is_nan()) {
        Some(place) => Err(FitError::NotPositive { place, level: record.levels[place], process }),
        None => Ok(record.levels.iter().map(|level| ln(*level)).collect()),
    }
}

/// Changes from each value to the next.
fn differences(values: &[f64]) -> Vec<f64> {
    values.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

/// Mean, and variance as the mean square about it.
fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n)
}

/// A parameter of the process's own table.
fn estimate(key: &'static str, value: f64, standard_error: Option<f64>) -> Estimate {
    Estimate { table: "", key, value, standard_error }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use pegstress_num::exp;

    /// Every estimate is within four of its own standard errors of the truth, and the errors say something.
    pub(crate) fn assert_recovers(fit: &Fit, truth: &[f64]) {
        assert_eq!(fit.estimates.len(), truth.len());
        for (one, truth) in fit.estimates.iter().zip(truth) {
            let error = one.standard_error.unwrap_or_else(|| panic!("no error: {fit:#?}"));
            assert!(error > 0.0 && (one.value - truth).abs() < 4.0 * error, "{truth}: {fit:#?}");
        }
    }

    pub(crate) fn levels_of_log_changes(start: f64, changes: impl Iterator<Item = f64>) -> Vec<f64> {
        let logs = changes.scan(0.0, |log, change| {
            *log += change;
            Some(start * exp(*log))
        });
        std::iter::once(start).chain(logs).collect()
    }

    #[test]
    fn a_record_that_is_too_short_or_does_not_move_is_refused() {
        let few = [1.0, 2.0, 3.0];
        let record = Record { levels: &few, step_secs: 3600.0 };
        let error = fit(Driver::EthUsd, Process::Gbm { jumps: false }, record).expect_err("too short");
        assert_eq!(error.to_string(), "the record has 2 steps, gbm needs at least 30");
        let same = [2.0; 200];
        let record = Record { levels: &same, step_secs: 3600.0 };
        for process in [Process::Gbm { jumps: true }, Process::Regimes, Process::Bootstrap] {
            let error = fit(Driver::EthUsd, process, record).expect_err("constant");
            assert!(error.to_string().starts_with("the record does not move"), "{error}");
        }
    }

    #[test]
    fn a_process_that_the_driver_does_not_have_is_told_what_it_has() {
        let levels: Vec<f64> = (0..200).map(|k| 1.0 + f64::from(k % 7)).collect();
        let record = Record { levels: &levels, step_secs: 3600.0 };
        let error = fit(Driver::RedemptionRate, Process::Hawkes, record).expect_err("no such process");
        assert_eq!(
            error.to_string(),
            "drivers.redemption_rate has no hawkes, must be one of ornstein_uhlenbeck, bootstrap"
        );
    }
}
