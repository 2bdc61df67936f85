//! A limit on a metric of a path: `time_above_500bps_hours >= 24`.

use std::fmt;
use std::str::FromStr;

/// How a value stands to a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `<`
    Below,
    /// `<=`
    AtMost,
}

/// Longer signs before those they begin with.
const SIGNS: [(&str, Comparison); 4] = [
    (">=", Comparison::AtLeast),
    ("<=", Comparison::AtMost),
    (">", Comparison::Above),
    ("<", Comparison::Below),
];

impl Comparison {
    fn sign(self) -> &'static str {
        SIGNS.iter().find(|(_, one)| *one == self).map_or("", |(sign, _)| sign)
    }

    /// Whether `value` stands so to `threshold`; never for NaN.
    pub fn holds(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::Above => value > threshold,
            Self::AtLeast => value >= threshold,
            Self::Below => value < threshold,
            Self::AtMost => value <= threshold,
        }
    }
}

/// A limit that a path breaks when its metric stands so to the threshold. A path in which the metric is not defined
/// (it never passed, it has not recovered by the end) does not break it.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// Name of the metric.
    pub metric: String,
    /// How it stands to the threshold when the limit is broken.
    pub comparison: Comparison,
    /// The threshold, in the metric's unit.
    pub threshold: f64,
}

impl Limit {
    /// Whether a path with this value breaks the limit.
    pub fn is_broken_by(&self, value: f64) -> bool {
        self.comparison.holds(value, self.threshold)
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {} {}", self.metric, self.comparison.sign(), self.threshold)
    }
}

/// A text that is no limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no limit: write METRIC, one of > >= < <=, and a number, such as 'time_above_500bps_hours >= 24'"
)]
pub struct LimitSyntax(
    /// The text as given.
    pub String,
);

impl FromStr for Limit {
    type Err = LimitSyntax;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || LimitSyntax(text.to_owned());
        let found = SIGNS.iter().find_map(|(sign, comparison)| Some((text.split_once(sign)?, *comparison)));
        let ((metric, threshold), comparison) = found.ok_or_else(refused)?;
        let metric = metric.trim();
        let is_name = !metric.is_empty() && !metric.contains(char::is_whitespace);
        match threshold.trim().replace('_', "").parse::<f64>() {
            Ok(threshold) if is_name && threshold.is_finite() => {
                Ok(Self { metric: metric.to_owned(), comparison, threshold })
            }
            _ => Err(refused()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_read_with_each_sign_and_written_back() {
        for text in ["sold_lrt > 1000", "a_days >= 2.5", "least_liquidity_share < 0.5", "b <= -3"] {
            let limit: Limit = text.parse().expect("a limit");
            assert_eq!(limit.to_string(), text);
        }
        assert_eq!("a>=24".parse::<Limit>().expect("a limit").comparison, Comparison::AtLeast);
        for wrong in ["sold_lrt", "> 3", "a b > 3", "a > many", "a > NaN", "a > inf", ""] {
            assert!(wrong.parse::<Limit>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_path_without_the_metric_breaks_no_limit() {
        for text in ["a > 1", "a >= 1", "a < 1", "a <= 1"] {
            assert!(!text.parse::<Limit>().expect("a limit").is_broken_by(f64::NAN), "{text}");
        }
        let limit: Limit = "a >= 24".parse().expect("a limit");
        assert!(limit.is_broken_by(24.0) && !limit.is_broken_by(23.9));
    }
}
