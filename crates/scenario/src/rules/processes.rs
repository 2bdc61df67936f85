//! Drivers that are drawn: one process each, a start, and a dependence that is one.

use super::Rules;
use crate::raw::process::{
    RawCopula, RawCorrelation, RawPriceProcess, RawQueueProcess, RawRateProcess, RawScored,
};
use crate::resolve::dependence;

/// The process of a driver, as far as all kinds are alike.
struct Drawn {
    driver: RawScored,
    present: Vec<&'static str>,
    tables: &'static [&'static str],
    has_file: bool,
}

impl Drawn {
    fn is_resampled(&self) -> bool {
        self.present == ["bootstrap"]
    }

    fn path(&self) -> String {
        format!("drivers.{}", self.driver.word())
    }
}

impl Rules<'_, '_> {
    pub(super) fn check_processes(&mut self) {
        let drawn = self.drawn();
        for one in &drawn {
            self.check_process(one);
        }
        self.check_hawkes();
        self.check_bootstrap(&drawn);
        if let Some(correlation) = &self.raw.drivers.correlation {
            self.check_correlation(correlation, &drawn);
        }
        let is_rate_drawn = drawn.iter().any(|one| one.driver == RawScored::RedemptionRate);
        if is_rate_drawn && self.raw.drivers.market_price.is_some() {
            let message = "[drivers.market_price] has no recorded redemption rate to be laid against: remove it, or drivers.redemption_rate.process";
            self.refuse("drivers.market_price", message.to_owned());
        }
    }

    fn drawn(&self) -> Vec<Drawn> {
        let drivers = &self.raw.drivers;
        let price =
            drivers.eth_usd.as_ref().and_then(|driver| Some((driver.process?, driver.file.is_some())));
        let queue = drivers
            .network_exit_queue_eth
            .as_ref()
            .and_then(|driver| Some((driver.process?, driver.file.is_some())));
        let rate = drivers
            .redemption_rate
            .as_ref()
            .and_then(|driver| Some((driver.process?, driver.file.is_some())));
        let all = [
            price.map(|(process, has_file)| Drawn {
                driver: RawScored::EthUsd,
                present: process.present(),
                tables: RawPriceProcess::TABLES,
                has_file,
            }),
            queue.map(|(process, has_file)| Drawn {
                driver: RawScored::NetworkExitQueueEth,
                present: process.present(),
                tables: RawQueueProcess::TABLES,
                has_file,
            }),
            rate.map(|(process, has_file)| Drawn {
                driver: RawScored::RedemptionRate,
                present: process.present(),
                tables: RawRateProcess::TABLES,
                has_file,
            }),
        ];
        all.into_iter().flatten().collect()
    }

    fn check_process(&mut self, one: &Drawn) {
        let path = format!("{}.process", one.path());
        match one.present.as_slice() {
            [] => {
                let tables: Vec<_> = one.tables.iter().map(|table| format!("[{path}.{table}]")).collect();
                let help = format!("give one of the tables {}", tables.join(", "));
                self.site.refuse_with_help(&path, format!("[{path}] has no process"), help);
            }
            [_] => {}
            [first, second, ..] => {
                let key = format!("{path}.{second}");
                let message = format!("[{key}] stands beside [{path}.{first}]: a driver has one process");
                self.refuse(&key, message);
            }
        }
        if one.is_resampled() && !one.has_file {
            let key = format!("{path}.bootstrap");
            let message = format!("[{key}] has no record to resample: give {}.file", one.path());
            self.refuse(&key, message);
        }
    }

    fn check_hawkes(&mut self) {
        let process = self.raw.drivers.network_exit_queue_eth.as_ref().and_then(|driver| driver.process);
        let Some(hawkes) = process.and_then(|process| process.hawkes) else { return };
        let base = hawkes.base_eth_per_day.0;
        if let Some(start) = hawkes.start_eth_per_day.filter(|start| start.0 < base) {
            let key = "drivers.network_exit_queue_eth.process.hawkes.start_eth_per_day";
            let message = format!(
                "{key} is {}, must be base_eth_per_day = {base} or above: nothing lowers it",
                start.0
            );
            self.refuse(key, message);
        }
    }

    fn check_bootstrap(&mut self, drawn: &[Drawn]) {
        let resampled = drawn.iter().find(|one| one.is_resampled());
        let Some(bootstrap) = self.raw.drivers.bootstrap else {
            if let Some(one) = resampled {
                let key = format!("{}.process.bootstrap", one.path());
                let message = format!("[{key}] needs [drivers.bootstrap] with from, to and mean_block_hours");
                self.refuse(&key, message);
            }
            return;
        };
        if resampled.is_none() {
            let message = "[drivers.bootstrap] has no effect: no driver has a [process.bootstrap]";
            self.refuse("drivers.bootstrap", message.to_owned());
        }
        let window_hours = (bootstrap.to.as_second() - bootstrap.from.as_second()) as f64 / 3600.0;
        let step_hours = f64::from(self.raw.time.step_minutes.unwrap_or(0)) / 60.0;
        if window_hours < step_hours || window_hours <= 0.0 {
            let message = format!(
                "drivers.bootstrap.to is {}, must be at least a step of {step_hours} hours after from = {}",
                bootstrap.to, bootstrap.from
            );
            self.refuse("drivers.bootstrap.to", message);
            return;
        }
        let block = bootstrap.mean_block_hours.0;
        if !(block >= step_hours && block <= window_hours) {
            let key = "drivers.bootstrap.mean_block_hours";
            let message = format!(
                "{key} is {block}, must be in {step_hours}..={window_hours}: from a step to the whole record"
            );
            self.refuse(key, message);
        }
    }

    fn check_correlation(&mut self, raw: &RawCorrelation, drawn: &[Drawn]) {
        const KEY: &str = "drivers.correlation";
        let scored = |driver: RawScored| drawn.iter().any(|one| one.driver == driver && !one.is_resampled());
        for (k, driver) in raw.drivers.iter().enumerate() {
            let key = format!("{KEY}.drivers[{k}]");
            let word = driver.word();
            if raw.drivers[..k].contains(driver) {
                self.refuse(&key, format!("{key} is `{word}`, which stands there before"));
            } else if !scored(*driver) {
                let message = format!(
                    "{key} is `{word}`, which has no normal score: give it a process other than bootstrap, or leave it out"
                );
                self.refuse(&key, message);
            }
        }
        for driver in RawScored::ALL.into_iter().filter(|one| scored(*one) && !raw.drivers.contains(one)) {
            let key = format!("{KEY}.drivers");
            let word = driver.word();
            self.refuse(
                &key,
                format!(
                    "{key} lacks `{word}`, which has a process: name it, with zeros if it is independent"
                ),
            );
        }
        match (raw.copula, raw.degrees_of_freedom) {
            (Some(RawCopula::StudentT), None) => self.refuse(
                "drivers.correlation.degrees_of_freedom",
                format!("{KEY}.degrees_of_freedom is missing: copula = \"student_t\" needs it"),
            ),
            (None | Some(RawCopula::Gaussian), Some(_)) => self.refuse(
                "drivers.correlation.degrees_of_freedom",
                format!("{KEY}.degrees_of_freedom has no effect without copula = \"student_t\""),
            ),
            _ => self.check_matrix(raw),
        }
    }

    /// As many rows and columns as drivers, ones on the diagonal, symmetric, positive definite.
    fn check_matrix(&mut self, raw: &RawCorrelation) {
        const KEY: &str = "drivers.correlation.matrix";
        let size = raw.drivers.len();
        if raw.matrix.len() != size {
            let rows = raw.matrix.len();
            self.refuse(
                KEY,
                format!("{KEY} has {rows} rows, must have {size} like drivers.correlation.drivers"),
            );
            return;
        }
        for (k, row) in raw.matrix.iter().enumerate() {
            let key = format!("{KEY}[{k}]");
            if row.len() != size {
                self.refuse(&key, format!("{key} has {} numbers, must have {size}", row.len()));
                return;
            }
            if row[k].0 != 1.0 {
                let key = format!("{key}[{k}]");
                self.refuse(&key, format!("{key} is {}, must be 1: a driver with itself", row[k].0));
                return;
            }
            for (j, coefficient) in row.iter().enumerate().take(k) {
                let other = raw.matrix[j][k].0;
                if coefficient.0 != other {
                    let key = format!("{key}[{j}]");
                    let message = format!("{key} is {}, must be {other} like {KEY}[{j}][{k}]", coefficient.0);
                    self.refuse(&key, message);
                    return;
                }
            }
        }
        if dependence(raw).is_none() {
            let message = format!("{KEY} is not positive definite: no numbers are correlated like that");
            self.refuse(KEY, message);
        }
    }
}
