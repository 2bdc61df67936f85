//! A grid over keys, and what each point's run said.

use std::str::FromStr;

use super::measure::{Estimate, Measure};
use super::range::{Range, Scale, as_written, check_ends, parse_ends};
use crate::summary::{MetricSummary, Probability};

/// Points of one key at most; a mistyped number is to be told before it is run.
const MOST_VALUES: usize = 10_000;

/// A key and the values it takes, as they are written in a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SweepKey {
    /// Key path.
    pub key: String,
    /// At least one value.
    pub values: Vec<String>,
}

/// A sweep and its answers.
#[derive(Debug, Clone)]
pub struct Sweep {
    /// What was varied.
    pub keys: Vec<SweepKey>,
    /// The number that is drawn and spoken of.
    pub measure: Measure,
    /// Every point, in the order of [`grid`].
    pub points: Vec<SweepPoint>,
}

/// One point of a sweep.
#[derive(Debug, Clone)]
pub struct SweepPoint {
    /// Place of each key's value, in the order of the keys.
    pub places: Vec<usize>,
    /// Paths that were run.
    pub paths: u64,
    /// Of these, paths that faulted and are left out.
    pub faults: u64,
    /// Every metric.
    pub metrics: Vec<MetricSummary>,
    /// Probabilities over the scenario's thresholds.
    pub probabilities: Vec<Probability>,
    /// The number that is drawn.
    pub drawn: Option<Estimate>,
}

impl SweepKey {
    /// Values between two ends, both included.
    ///
    /// # Errors
    /// What is wrong with the ends or the number.
    pub fn between(key: &str, ends: (f64, f64), points: usize, scale: Scale) -> Result<Self, &'static str> {
        if !(2..=MOST_VALUES).contains(&points) {
            return Err("the number of values must be in 2..=10000");
        }
        check_ends(ends.0, ends.1, scale)?;
        let range = Range { key: key.to_owned(), low: ends.0, high: ends.1, scale };
        let values = (0..points).map(|k| as_written(range.at(k as f64 / (points - 1) as f64))).collect();
        Ok(Self { key: key.to_owned(), values })
    }
}

/// Every combination of the keys' values, as places in their lists; the last key changes fastest.
pub fn grid(keys: &[SweepKey]) -> Vec<Vec<usize>> {
    keys.iter().fold(vec![Vec::new()], |points, key| {
        let extended = points.iter().flat_map(|point| {
            (0..key.values.len()).map(move |place| point.iter().copied().chain([place]).collect())
        });
        extended.collect()
    })
}

/// A text that is no key with values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is no sweep: {reason}; write KEY=V1,V2,... or KEY=FROM..TO:N or KEY=FROM..TO:N:log, such as shocks[0].size=0.001..0.01:10"
)]
pub struct SweepSyntax {
    /// The text as given.
    pub text: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl FromStr for SweepKey {
    type Err = SweepSyntax;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = |reason| SweepSyntax { text: text.to_owned(), reason };
        let (key, values) = text.split_once('=').ok_or_else(|| refused("it has no `=`"))?;
        let key = key.trim();
        if key.is_empty() {
            return Err(refused("it has no key"));
        }
        if let Some((ends, rest)) = values.split_once(':')
            && let Some(ends) = parse_ends(ends)
        {
            let (points, scale) = match rest.split_once(':') {
                None => (rest, Scale::Linear),
                Some((points, word)) if word.trim() == "log" => (points, Scale::Logarithmic),
                Some(_) => return Err(refused("after the number of values only `log` can stand")),
            };
            let points = points.trim().parse().map_err(|_| refused("the number of values is no number"))?;
            return Self::between(key, ends, points, scale).map_err(refused);
        }
        if parse_ends(values).is_some() {
            return Err(refused("it does not say how many values lie between the ends"));
        }
        let values: Vec<String> = listed(values);
        if values.iter().any(String::is_empty) {
            return Err(refused("a value is empty"));
        }
        Ok(Self { key: key.to_owned(), values })
    }
}

/// The parts between commas that do not stand inside of brackets or quotes.
fn listed(text: &str) -> Vec<String> {
    let (mut parts, mut depth, mut quoted) = (vec![String::new()], 0_i32, false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '[' | '{' if !quoted => depth += 1,
            ']' | '}' if !quoted => depth -= 1,
            _ => {}
        }
        if c == ',' && depth == 0 && !quoted {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(c);
        }
    }
    parts.iter().map(|part| part.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<String> {
        text.parse::<SweepKey>().unwrap_or_else(|error| panic!("{error}")).values
    }

    #[test]
    fn values_are_listed_or_spread_between_ends() {
        assert_eq!(values("a.b=1,2.5, 1e3"), ["1", "2.5", "1e3"]);
        assert_eq!(values("a=0..1:5"), ["0", "0.25", "0.5", "0.75", "1"]);
        assert_eq!(values("a=1..100:3:log"), ["1", "10", "100"]);
        assert_eq!(values("shocks[0].kind=pause_redemptions,sell_share_of_float").len(), 2);
        assert_eq!(values("report.thresholds_bps=[25, 50],[100]"), ["[25, 50]", "[100]"]);
        assert_eq!(values("time.start=2024-08-04T00:00:00Z,2024-08-05T00:00:00Z").len(), 2);
    }

    #[test]
    fn a_sweep_that_is_none_says_why() {
        for (text, reason) in [
            ("a", "no `=`"),
            ("=1", "no key"),
            ("a=", "a value is empty"),
            ("a=1,,2", "a value is empty"),
            ("a=0..1", "how many values"),
            ("a=0..1:1", "2..=10000"),
            ("a=0..1:x", "no number"),
            ("a=1..0:3", "below the upper"),
            ("a=0..1:3:log", "above 0"),
            ("a=1..2:3:sqrt", "only `log`"),
        ] {
            let error = text.parse::<SweepKey>().expect_err(text).to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }

    #[test]
    fn a_grid_holds_every_combination_once_and_the_last_key_changes_fastest() {
        let keys: Vec<SweepKey> = ["a=1,2", "b=1,2,3"].map(|text| text.parse().expect("a key")).to_vec();
        assert_eq!(grid(&keys), [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]]);
        assert_eq!(grid(&[]), [[0_usize; 0]]);
    }
}
