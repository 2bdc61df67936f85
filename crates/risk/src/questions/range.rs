//! A key and the values it may take: `shocks[0].size=0.001..0.05`, or `...:log` for equal ratios instead of equal
//! steps.

use std::str::FromStr;

/// How values are spread between the ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Equal differences.
    Linear,
    /// Equal ratios.
    Logarithmic,
}

/// A key and the ends of its values.
#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    /// Key path of the scenario file.
    pub key: String,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// How values are spread between them.
    pub scale: Scale,
}

impl Range {
    /// The value a share `u` of the way from the lower to the upper end.
    ///
    /// Rounded to 12 significant digits: what is run is what is written in tables, and a table's value can be typed
    /// in again.
    pub fn at(&self, u: f64) -> f64 {
        let value = match self.scale {
            _ if u <= 0.0 => self.low,
            _ if u >= 1.0 => self.high,
            Scale::Linear => self.low + u * (self.high - self.low),
            Scale::Logarithmic => self.low * pegstress_num::exp(u * pegstress_num::ln(self.high / self.low)),
        };
        rounded(value)
    }
}

impl Range {
    /// How far from the lower to the upper end `value` lies: 0 to 1, the nearer end for a value beyond.
    pub fn place(&self, value: f64) -> f64 {
        let u = match self.scale {
            _ if value <= self.low => 0.0,
            Scale::Linear => (value - self.low) / (self.high - self.low),
            Scale::Logarithmic => {
                pegstress_num::ln(value / self.low) / pegstress_num::ln(self.high / self.low)
            }
        };
        if u < 1.0 { u } else { 1.0 }
    }
}

/// 12 significant digits, read back from decimal text: the same on every platform.
fn rounded(value: f64) -> f64 {
    format!("{value:.11e}").parse().unwrap_or(value)
}

/// A value as it is written into a scenario: whole numbers without a point.
pub fn as_written(value: f64) -> String {
    value.to_string()
}

/// A text that is no range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is no range: {reason}; write KEY=LOW..HIGH or KEY=LOW..HIGH:log, such as shocks[0].size=0.001..0.05"
)]
pub struct RangeSyntax {
    /// The text as given.
    pub text: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl FromStr for Range {
    type Err = RangeSyntax;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = |reason| RangeSyntax { text: text.to_owned(), reason };
        let (key, ends) = text.split_once('=').ok_or_else(|| refused("it has no `=`"))?;
        let (ends, scale) = match ends.split_once(':') {
            None => (ends, Scale::Linear),
            Some((ends, word)) if word.trim() == "log" => (ends, Scale::Logarithmic),
            Some(_) => return Err(refused("after the colon only `log` can stand")),
        };
        let (low, high) = parse_ends(ends).ok_or_else(|| refused("its ends are no numbers"))?;
        let key = key.trim();
        if key.is_empty() {
            return Err(refused("it has no key"));
        }
        check_ends(low, high, scale).map_err(refused)?;
        Ok(Self { key: key.to_owned(), low, high, scale })
    }
}

/// Two finite numbers with `..` between them.
pub(super) fn parse_ends(text: &str) -> Option<(f64, f64)> {
    let (low, high) = text.split_once("..")?;
    let number = |part: &str| part.trim().replace('_', "").parse::<f64>().ok().filter(|one| one.is_finite());
    Some((number(low)?, number(high)?))
}

/// The lower end first, and a logarithm only of positive numbers.
pub(super) fn check_ends(low: f64, high: f64, scale: Scale) -> Result<(), &'static str> {
    if low >= high {
        return Err("the lower end must be below the upper end");
    }
    if scale == Scale::Logarithmic && low <= 0.0 {
        return Err("with log both ends must be above 0");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_walked_in_equal_steps_or_in_equal_ratios() {
        let linear: Range = "shocks[0].size=0.1..0.5".parse().expect("a range");
        assert_eq!((linear.key.as_str(), linear.at(0.0), linear.at(0.5)), ("shocks[0].size", 0.1, 0.3));
        let log: Range = "agents.arbitrage.capital_eth = 1_000..100_000:log".parse().expect("a range");
        assert_eq!((log.at(0.0), log.at(0.5), log.at(1.0)), (1e3, 1e4, 1e5));
        assert_eq!(as_written(log.at(0.5)), "10000");
    }

    #[test]
    fn a_value_is_found_again_at_its_place() {
        for text in ["a=-2..6", "a=1..10000:log"] {
            let range: Range = text.parse().expect("a range");
            for u in [0.0, 0.25, 0.7, 1.0] {
                // Values are rounded to 12 digits.
                assert!((range.place(range.at(u)) - u).abs() < 1e-11, "{text} {u}");
            }
            assert_eq!((range.place(-1e9), range.place(1e9)), (0.0, 1.0));
        }
    }

    #[test]
    fn a_range_that_is_none_says_why() {
        for (text, reason) in [
            ("size", "no `=`"),
            ("=1..2", "no key"),
            ("size=1", "no numbers"),
            ("size=1..x", "no numbers"),
            ("size=2..1", "below the upper"),
            ("size=0..1:log", "above 0"),
            ("size=0..1:5", "only `log`"),
        ] {
            let error = text.parse::<Range>().expect_err(text).to_string();
            assert!(error.contains(reason) && error.contains(text), "{error}");
        }
    }
}
