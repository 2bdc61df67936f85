//! Axes: from values to positions in `[0, 1]`, with ticks at round numbers or round dates.

use crate::number::{grouped, utc};
use jiff::{Timestamp, ToSpan, civil::DateTime, tz::Offset};
use pegstress_num::ln;

/// One axis.
#[derive(Debug, Clone)]
pub(crate) struct Axis {
    low: f64,
    high: f64,
    log: bool,
    /// Values and labels of the ticks.
    pub ticks: Vec<(f64, String)>,
}

impl Axis {
    /// Covers all finite values and ends on ticks; `None` if there is no finite value.
    pub(crate) fn around(values: impl IntoIterator<Item = f64>, with_zero: bool) -> Option<Self> {
        let (mut low, mut high) = range(values)?;
        if with_zero {
            (low, high) = (low.min(0.0), high.max(0.0));
        }
        if high - low < 1e-9 * high.abs().max(1e-9) {
            let pad = if high == 0.0 { 1.0 } else { high.abs() * 1e-3 };
            (low, high) = (if with_zero && low == 0.0 { 0.0 } else { low - pad }, high + pad);
        }
        let step = round_step((high - low) / 5.0);
        (low, high) = (-rounded_up(-low, step), rounded_up(high, step));
        Some(Self { low, high, log: false, ticks: linear_ticks(low, high, step) })
    }

    /// From `low` to `high` exactly, with ticks inside.
    pub(crate) fn span(low: f64, high: f64) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        Self::span_with_step(low, high, round_step((high - low) / 9.0))
    }

    /// From `low` to `high` exactly, with a tick at every multiple of `step`.
    pub(crate) fn span_with_step(low: f64, high: f64, step: f64) -> Self {
        Self { low, high, log: false, ticks: linear_ticks(low, high, step) }
    }

    /// Logarithmic, covering all positive values; `None` if there are none.
    pub(crate) fn logarithmic(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let (low, high) = range(values.into_iter().filter(|v| *v > 0.0))?;
        let high = if high > low { high } else { low * 10.0 };
        let mut ticks = Vec::new();
        let steps: &[f64] = if high / low > 3_000.0 { &[1.0] } else { &[1.0, 2.0, 5.0] };
        for decade in decade_of(low)..=decade_of(high) {
            for step in steps {
                let value = step * power_of_ten(decade);
                if value >= low * 0.999_999 && value <= high * 1.000_001 {
                    ticks.push((value, grouped(value, usize::try_from(-decade).unwrap_or(0))));
                }
            }
        }
        Some(Self { low, high, log: true, ticks })
    }

    /// The same axis with its ends moved outwards to 1, 2 or 5 times a power of ten.
    pub(crate) fn with_round_ends(self) -> Option<Self> {
        let below = |v: f64| {
            let decade = power_of_ten(decade_of(v));
            [5.0, 2.0, 1.0].into_iter().map(|s| s * decade).find(|s| *s <= v * 1.000_001).unwrap_or(decade)
        };
        Self::logarithmic([below(self.low), 1.0 / below(1.0 / self.high)])
    }

    /// One place per label, at 0, 1, 2, ...
    pub(crate) fn named(labels: impl IntoIterator<Item = String>) -> Self {
        let ticks: Vec<_> = labels.into_iter().enumerate().map(|(k, label)| (k as f64, label)).collect();
        Self { low: -0.5, high: ticks.len() as f64 - 0.5, log: false, ticks }
    }

    /// From the first to the last time, seconds since 1970, with ticks at round dates in UTC.
    pub(crate) fn time(times: impl IntoIterator<Item = Timestamp>) -> Option<Self> {
        let (low, high) = range(times.into_iter().map(seconds))?;
        let high = if high > low { high } else { low + 3600.0 };
        Some(Self { low, high, log: false, ticks: date_ticks(low, high) })
    }

    /// Position of a value, 0 at the lower end and 1 at the upper.
    pub(crate) fn position(&self, value: f64) -> f64 {
        if self.log {
            ln(value.max(f64::MIN_POSITIVE) / self.low) / ln(self.high / self.low)
        } else {
            (value - self.low) / (self.high - self.low)
        }
    }

    /// Whether a value lies on the axis.
    pub(crate) fn holds(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    /// Lower and upper end.
    pub(crate) fn ends(&self) -> (f64, f64) {
        (self.low, self.high)
    }
}

/// Time as axis value.
pub(crate) fn seconds(at: Timestamp) -> f64 {
    at.as_second() as f64
}

/// Smallest and largest finite value.
pub(crate) fn range(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    values.into_iter().filter(|v| v.is_finite()).fold(None, |range, v| match range {
        None => Some((v, v)),
        Some((low, high)) => Some((if v < low { v } else { low }, if v > high { v } else { high })),
    })
}

/// The next multiple of `step`; a little beyond the last one does not open a whole step.
fn rounded_up(value: f64, step: f64) -> f64 {
    let last = (value / step + 1e-9).floor() * step;
    match (value - last) / step {
        beyond if beyond < 1e-6 => last,
        beyond if beyond < 0.15 => last + 0.2 * step,
        _ => last + step,
    }
}

/// The smallest of 1, 2, 2.5, 5 times a power of ten that is not below `rough`.
fn round_step(rough: f64) -> f64 {
    let decade = power_of_ten(decade_of(rough));
    [1.0, 2.0, 2.5, 5.0]
        .into_iter()
        .map(|s| s * decade)
        .find(|s| *s >= rough * 0.999_999)
        .unwrap_or(10.0 * decade)
}

/// Exponent of ten of a positive number, read from its decimal text: exact on every platform.
fn decade_of(value: f64) -> i32 {
    format!("{value:e}").split_once('e').and_then(|parts| parts.1.parse().ok()).unwrap_or(0)
}

fn power_of_ten(exponent: i32) -> f64 {
    format!("1e{exponent}").parse().unwrap_or(f64::NAN)
}

fn linear_ticks(low: f64, high: f64, step: f64) -> Vec<(f64, String)> {
    let decimals =
        (0..9).find(|d| ((step * power_of_ten(*d)).fract() + 1e-9).fract() < 1e-6).unwrap_or(9) as usize;
    let (first, last) = ((low / step - 1e-6).ceil() as i64, (high / step + 1e-6).floor() as i64);
    (first..=last).map(|i| i as f64 * step).map(|v| (v, grouped(v, decimals))).collect()
}

/// Steps between date ticks: hours, then days, then months.
enum Step {
    Hours(i64),
    Days(i64),
    Months(i32),
}

fn date_ticks(low: f64, high: f64) -> Vec<(f64, String)> {
    const HOUR: f64 = 3600.0;
    let rough = (high - low) / 8.0;
    let step = match rough / HOUR {
        h if h <= 1.0 => Step::Hours(1),
        h if h <= 3.0 => Step::Hours(3),
        h if h <= 6.0 => Step::Hours(6),
        h if h <= 12.0 => Step::Hours(12),
        h if h <= 24.0 => Step::Days(1),
        h if h <= 48.0 => Step::Days(2),
        h if h <= 168.0 => Step::Days(7),
        h if h <= 336.0 => Step::Days(14),
        h if h <= 1000.0 => Step::Months(1),
        h if h <= 1488.0 => Step::Months(2),
        h if h <= 2232.0 => Step::Months(3),
        h if h <= 4464.0 => Step::Months(6),
        _ => Step::Months(12),
    };
    let pattern = match step {
        Step::Hours(_) => "%-d %b %H:%M",
        Step::Days(_) => "%-d %b %Y",
        Step::Months(_) => "%b %Y",
    };
    let Ok(start) = Timestamp::from_second(low as i64) else { return Vec::new() };
    let mut at = floor_to(&step, utc(start));
    let mut ticks = Vec::new();
    while ticks.len() < 64 {
        let Ok(stamp) = Offset::UTC.to_timestamp(at) else { break };
        let value = seconds(stamp);
        if value > high {
            break;
        }
        if value >= low {
            ticks.push((value, at.strftime(pattern).to_string()));
        }
        let next = match step {
            Step::Hours(n) => at.checked_add(n.hours()),
            Step::Days(n) => at.checked_add(n.days()),
            Step::Months(n) => at.checked_add(n.months()),
        };
        match next {
            Ok(next) => at = next,
            Err(_) => break,
        }
    }
    ticks
}

/// The round date at or before `at`.
fn floor_to(step: &Step, at: DateTime) -> DateTime {
    let day = at.date().to_datetime(jiff::civil::Time::midnight());
    match step {
        Step::Hours(n) => {
            let hour = i64::from(at.hour()) / n * n;
            day.checked_add(hour.hours()).unwrap_or(day)
        }
        Step::Days(_) => day,
        Step::Months(n) => {
            let month = (i32::from(at.month()) - 1) / n * n + 1;
            i8::try_from(month)
                .ok()
                .and_then(|m| jiff::civil::Date::new(at.year(), m, 1).ok())
                .map_or(day, |d| d.to_datetime(jiff::civil::Time::midnight()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_fall_on_round_numbers_and_cover_the_values() {
        let axis = Axis::around([3.0, 97.0, f64::NAN], true).expect("finite values");
        assert_eq!(axis.ticks.first().map(|t| t.1.as_str()), Some("0"));
        assert_eq!(axis.ends(), (0.0, 100.0));
        let fine = Axis::around([0.9542, 1.0], false).expect("finite values");
        assert_eq!(fine.ends().1, 1.0);
        assert_eq!(fine.ticks.last().map(|t| t.1.as_str()), Some("1.00"));
        assert!(Axis::around([f64::NAN], true).is_none());
    }

    #[test]
    fn a_constant_series_still_has_an_axis() {
        for value in [0.0, 1.0, -5.0, 1e6] {
            let axis = Axis::around([value], false).expect("finite value");
            assert!(axis.holds(value) && axis.ticks.len() >= 2, "{axis:?}");
        }
    }

    #[test]
    fn dates_are_round_in_utc() {
        let at = |s: &str| s.parse::<Timestamp>().expect("a time stamp");
        let axis = Axis::time([at("2022-04-28T09:15:03Z"), at("2022-05-31T00:00:00Z")]).expect("times");
        assert_eq!(axis.ticks[0].1, "5 May 2022");
        let long = Axis::time([at("2021-09-04T09:15:03Z"), at("2022-05-31T00:00:00Z")]).expect("times");
        assert_eq!(long.ticks[0].1, "Oct 2021");
    }
}
