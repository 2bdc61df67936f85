//! A fit as a block of a scenario file.

use super::flow::UNSEEN_ETH;
use super::{Estimate, Fit, Process};

/// Said where the likelihood is flat.
pub(super) const NO_CURVATURE: &str = "the likelihood is flat in some direction at its maximum: the record does not identify every parameter, and there are no standard errors";

/// Parameters with their errors, if there are any.
pub(super) fn estimates(
    keys: &[(&'static str, &'static str)],
    values: &[f64],
    errors: Option<&[f64]>,
) -> Vec<Estimate> {
    let one = |(k, (table, key)): (usize, &(&'static str, &'static str))| Estimate {
        table,
        key,
        value: values[k],
        standard_error: errors.map(|errors| errors[k]),
    };
    keys.iter().enumerate().map(one).collect()
}

/// How many flows the record does not resolve.
pub(super) fn unseen(flows: &[f64]) -> String {
    let count = flows.iter().filter(|flow| **flow <= UNSEEN_ETH).count();
    format!(
        "{count} of {} steps have an inflow of at most {UNSEEN_ETH} ETH and count as no more than that",
        flows.len()
    )
}

/// Four significant digits, written out.
pub(super) fn number(x: f64) -> String {
    if x == 0.0 || !x.is_finite() {
        return format!("{x}");
    }
    let rounded: f64 = format!("{x:.3e}").parse().unwrap_or(x);
    format!("{rounded}")
}

impl Fit {
    /// Tables of a scenario file, with errors and goodness of fit as comments. `from` and `to` bound the record.
    pub fn to_toml(&self, from: &str, to: &str) -> String {
        let process = format!("drivers.{}.process.{}", self.driver.word(), self.process);
        let mut text = format!("# Fit: {}\n", self.goodness.line());
        for note in &self.notes {
            text += &format!("# {note}\n");
        }
        if self.process == Process::Bootstrap.word() {
            // The lengths of blocks are those of all resampled drivers together.
            text += "[drivers.bootstrap]\n";
            text += &format!("from = \"{from}\"\nto = \"{to}\"\n");
            for one in &self.estimates {
                text += &line(one);
            }
            return text + &format!("\n[{process}]\n");
        }
        let mut table = None;
        for one in &self.estimates {
            if table != Some(one.table) {
                let gap = if table.is_some() { "\n" } else { "" };
                let dot = if one.table.is_empty() { "" } else { "." };
                text += &format!("{gap}[{process}{dot}{}]\n", one.table);
                table = Some(one.table);
            }
            text += &line(one);
        }
        text
    }
}

fn line(one: &Estimate) -> String {
    let error = one.standard_error.map(|error| format!(" # standard error {}", number(error)));
    format!("{} = {}{}\n", one.key, number(one.value), error.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::{Driver, Goodness};

    #[test]
    fn numbers_have_four_digits_and_no_exponent() {
        let shown = [0.000_012_346, 12_345.678, -0.5, 0.0, 1e9].map(number);
        assert_eq!(shown, ["0.00001235", "12350", "-0.5", "0", "1000000000"]);
    }

    #[test]
    fn a_fit_is_written_table_by_table() {
        let goodness =
            Goodness { steps: 9, kolmogorov: None, log_likelihood: None, against: None, remark: None };
        let fit = Fit {
            driver: Driver::EthUsd,
            process: "gbm",
            estimates: estimates(
                &[("", "drift_pct_per_year"), ("jumps", "per_year")],
                &[12.0, 3.0],
                Some(&[1.5, 0.25]),
            ),
            goodness,
            notes: vec!["a note".to_owned()],
        };
        let expected = "# Fit: 9 steps\n# a note\n[drivers.eth_usd.process.gbm]\ndrift_pct_per_year = 12 # standard error 1.5\n\n[drivers.eth_usd.process.gbm.jumps]\nper_year = 3 # standard error 0.25\n";
        assert_eq!(fit.to_toml("a", "b"), expected);
    }
}
