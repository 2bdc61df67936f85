//! Drivers: a constant or a series, and what a series needs.

use super::Rules;
use crate::raw::Mode;
use crate::raw::drivers::RawDriver;
use crate::series::Domain;

impl Rules<'_, '_> {
    pub(super) fn check_drivers(&mut self) {
        let drivers = &self.raw.drivers;
        let rate = drivers.redemption_rate.as_ref().map(|rate| rate.record());
        let queue = drivers.network_exit_queue_eth.as_ref().map(|queue| queue.record());
        let price = drivers.eth_usd.as_ref().map(|price| price.record());
        let all = [
            ("redemption_rate", &rate, Domain::Positive),
            ("network_exit_queue_eth", &queue, Domain::NonNegative),
            ("eth_usd", &price, Domain::Positive),
            ("quoted_wait_days", &drivers.quoted_wait_days, Domain::NonNegative),
            ("sweep_days", &drivers.sweep_days, Domain::NonNegative),
        ];
        for (key, driver, domain) in all {
            if let Some(driver) = driver {
                self.check_driver(&format!("drivers.{key}"), driver, domain);
            }
        }
        self.check_processes();
        let is_gap_open = drivers.market_price.as_ref().is_some_and(|price| price.max_age_hours.is_none());
        if is_gap_open && self.raw.mode != Mode::PoolHistory {
            self.refuse_missing("drivers.market_price", "max_age_hours");
        }
        let needs_gap = self.raw.mode == Mode::PoolHistory && drivers.market_price.is_some();
        let gap = self.raw.report.as_ref().and_then(|report| report.max_pair_gap_hours);
        if needs_gap && gap.is_none() {
            let message = "report.max_pair_gap_hours is missing: drivers.market_price needs it to be scored";
            self.refuse("report.max_pair_gap_hours", message.to_owned());
        }
        if self.raw.mode == Mode::QueueHistory {
            self.check_sweep();
        }
    }

    fn check_driver(&mut self, path: &str, driver: &RawDriver, domain: Domain) {
        let of_series = [
            ("file", driver.file.is_some()),
            ("time_column", driver.time_column.is_some()),
            ("value_column", driver.value_column.is_some()),
            ("max_age_hours", driver.max_age_hours.is_some()),
            ("time_format", driver.time_format.is_some()),
            ("time_shift_hours", driver.time_shift_hours.is_some()),
            ("scale", driver.scale.is_some()),
            ("rule", driver.rule.is_some()),
        ];
        let Some(value) = driver.value else {
            if of_series.iter().all(|(_, is_there)| !is_there) {
                self.refuse(path, format!("{path} is empty: give `value`, or `file` with its columns"));
            } else {
                for (key, _) in of_series[..4].iter().filter(|(_, is_there)| !is_there) {
                    self.refuse_missing(path, key);
                }
            }
            return;
        };
        if !domain.contains(value) {
            let key = format!("{path}.value");
            self.refuse(&key, format!("{key} is {value}, must be {}", domain.words()));
        }
        if let Some((key, _)) = of_series.iter().find(|(_, is_there)| *is_there) {
            let key = format!("{path}.{key}");
            self.refuse(&key, format!("{key} has no effect beside `value`: keep the constant or the series"));
        }
    }

    fn refuse_missing(&mut self, path: &str, key: &str) {
        let key = format!("{path}.{key}");
        self.refuse(&key, format!("{key} is missing: a series needs it"));
    }

    fn check_sweep(&mut self) {
        let raw = self.raw;
        let of_network = raw
            .network
            .as_ref()
            .is_some_and(|network| network.sweep_days.is_some() || network.sweep.is_some());
        match (of_network, self.raw.drivers.sweep_days.is_some()) {
            (true, true) => self.refuse(
                "network.sweep_days",
                "network.sweep_days has no effect beside [drivers.sweep_days]: remove one of them".to_owned(),
            ),
            (false, false) => self.refuse(
                "network",
                "network.sweep_days is missing: give it, or [drivers.sweep_days]".to_owned(),
            ),
            _ => {}
        }
    }
}
