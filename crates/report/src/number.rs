//! Numbers, times and units as text: one way for tables, one for readers.

use jiff::{Timestamp, civil::DateTime, tz::Offset};

/// A table cell: rounded to `decimals`, shortest text that reads back to the same value; empty if not finite.
pub(crate) fn cell(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return String::new();
    }
    let rounded: f64 = format!("{value:.decimals$}").parse().unwrap_or(value);
    if rounded == 0.0 { "0".into() } else { rounded.to_string() }
}

/// [`cell`] of a value that may be missing.
pub(crate) fn cell_or_empty(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(String::new, |v| cell(v, decimals))
}

/// UTC, ISO-8601.
pub(crate) fn utc_cell(at: Timestamp) -> String {
    at.to_string()
}

/// Decimals of a column, from the unit at the end of its name.
pub(crate) fn decimals_of(name: &str) -> usize {
    match unit_of(name) {
        Unit::BpsHours => 1,
        Unit::Bps | Unit::Hours => 3,
        Unit::Lrt | Unit::Eth => 4,
        Unit::Days | Unit::Share | Unit::EthPerLrt | Unit::PerYear | Unit::Ratio | Unit::None => 6,
    }
}

/// For readers: thousands separated, `decimals` digits after the point; `n/a` if not finite.
pub(crate) fn grouped(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "n/a".into();
    }
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(w, f)| (w, Some(f)));
    let mut out = String::new();
    if value < 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
        out.push('-');
    }
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// For readers: about three significant digits, thousands separated, no trailing zeros.
pub(crate) fn short(value: f64) -> String {
    let size = value.abs();
    let decimals = match size {
        s if s >= 100.0 || s == 0.0 => 0,
        s if s >= 10.0 => 1,
        s if s >= 1.0 => 2,
        s if s >= 0.1 => 3,
        _ => 4,
    };
    let text = grouped(value, decimals);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text }
}

/// A share for readers: `78 %`, `5.1 %`, `0.03 %`.
pub(crate) fn percent(fraction: f64) -> String {
    let percent = 100.0 * fraction;
    let decimals = match percent.abs() {
        p if p >= 20.0 || p == 0.0 => 0,
        p if p >= 1.0 => 1,
        p if p >= 0.1 => 2,
        _ => 3,
    };
    format!("{} %", grouped(percent, decimals))
}

/// A share near one, by its distance from it and never rounded up to all: `99.81 %`.
pub(crate) fn percent_of_nearly_all(fraction: f64) -> String {
    let missing = 100.0 * (1.0 - fraction);
    let decimals = match missing {
        p if p >= 20.0 || p == 0.0 => 0,
        p if p >= 1.0 => 1,
        p if p >= 0.1 => 2,
        _ => 3,
    };
    let unit = 10_f64.powi(decimals as i32);
    format!("{} %", grouped(100.0 - (missing * unit).ceil() / unit, decimals))
}

/// A stated level for readers, exact to a basis point: `1 %`, `0.5 %`, `99.9 %`.
pub(crate) fn level(fraction: f64) -> String {
    let text = grouped(100.0 * fraction, 2);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A discount for readers: per cent from 1 % on, basis points below.
pub(crate) fn discount(fraction: f64) -> String {
    if fraction.abs() >= 0.01 { percent(fraction) } else { format!("{} bps", grouped(1e4 * fraction, 0)) }
}

/// `12 May 2022`.
pub(crate) fn date(at: Timestamp) -> String {
    utc(at).strftime("%-d %b %Y").to_string()
}

/// `12 May 2022, 14:00 UTC`.
pub(crate) fn date_and_time(at: Timestamp) -> String {
    utc(at).strftime("%-d %b %Y, %H:%M UTC").to_string()
}

/// A length of time for readers: `40 min`, `21.7 h`, `3 days`.
pub(crate) fn duration(secs: f64) -> String {
    match secs {
        s if s < 3_600.0 => format!("{} min", short(s / 60.0)),
        s if s < 172_800.0 => format!("{} h", short(s / 3600.0)),
        s => format!("{} days", short(s / 86_400.0)),
    }
}

/// A value with the unit that its name ends with; tokens carry the ticker `symbol`.
pub(crate) fn with_unit(name: &str, value: f64, symbol: &str) -> String {
    if !value.is_finite() {
        return "n/a".into();
    }
    match unit_of(name) {
        Unit::Bps => format!("{} bps", short(value)),
        Unit::BpsHours => format!("{} bps h", short(value)),
        Unit::Hours => format!("{} h", short(value)),
        Unit::Days => format!("{} days", short(value)),
        Unit::Eth => format!("{} ETH", short(value)),
        Unit::Lrt => format!("{} {symbol}", short(value)),
        Unit::Share => percent(value),
        Unit::EthPerLrt => format!("{} ETH", grouped(value, 4)),
        Unit::PerYear => format!("{} a year", percent(value)),
        Unit::Ratio | Unit::None => short(value),
    }
}

/// The unit that a name ends with, in words; tokens carry the ticker `symbol`.
pub(crate) fn unit_words(name: &str, symbol: &str) -> String {
    match unit_of(name) {
        Unit::BpsHours => "bps h".into(),
        Unit::Bps => "bps".into(),
        Unit::Hours => "h".into(),
        Unit::Days => "days".into(),
        Unit::Eth => "ETH".into(),
        Unit::Lrt => symbol.to_owned(),
        Unit::Share => "share".into(),
        Unit::EthPerLrt => format!("ETH per {symbol}"),
        Unit::PerYear => "per year".into(),
        Unit::Ratio => "ratio".into(),
        Unit::None => String::new(),
    }
}

/// A parameter for readers: four significant digits, thousands separated from 10,000 on.
pub(crate) fn parameter(value: f64) -> String {
    let rounded: f64 = format!("{value:.3e}").parse().unwrap_or(value);
    if rounded.abs() >= 1e4 { grouped(rounded, 0) } else { rounded.to_string() }
}

/// Name of a metric without underscores and unit.
pub(crate) fn spoken(name: &str) -> String {
    let suffix = match unit_of(name) {
        Unit::BpsHours => "_bps_hours",
        Unit::Bps => "_bps",
        Unit::Hours => "_hours",
        Unit::Days => "_days",
        Unit::Eth => "_eth",
        Unit::Lrt => "_lrt",
        Unit::Share => "_share",
        Unit::EthPerLrt => "_eth_per_lrt",
        Unit::PerYear => "_per_year",
        Unit::Ratio => "_ratio",
        Unit::None => "",
    };
    name.strip_suffix(suffix).unwrap_or(name).replace('_', " ")
}

/// Date and time of day in UTC.
pub(crate) fn utc(at: Timestamp) -> DateTime {
    Offset::UTC.to_datetime(at)
}

enum Unit {
    BpsHours,
    Bps,
    Hours,
    Days,
    Eth,
    Lrt,
    Share,
    EthPerLrt,
    PerYear,
    Ratio,
    None,
}

fn unit_of(name: &str) -> Unit {
    match name {
        n if n.ends_with("_bps_hours") => Unit::BpsHours,
        n if n.ends_with("_bps") => Unit::Bps,
        n if n.ends_with("_hours") => Unit::Hours,
        n if n.ends_with("_days") => Unit::Days,
        n if n.ends_with("_eth") => Unit::Eth,
        n if n.ends_with("_eth_per_lrt") => Unit::EthPerLrt,
        n if n.ends_with("_lrt") => Unit::Lrt,
        n if n.ends_with("_share") => Unit::Share,
        n if n.ends_with("_per_year") => Unit::PerYear,
        n if n.ends_with("_ratio") => Unit::Ratio,
        _ => Unit::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_below_all_never_reads_as_all() {
        // 1 - 0.025^(1/2000): what 2,000 of 2,000 paths say with 95 %.
        assert_eq!(percent_of_nearly_all(0.998_157), "99.81 %");
        assert_eq!(percent_of_nearly_all(0.999_999_9), "99.999 %");
        assert_eq!(percent_of_nearly_all(0.708), "70 %");
    }

    #[test]
    fn cells_are_short_and_undefined_ones_empty() {
        assert_eq!(cell(0.1 + 0.2, 6), "0.3");
        assert_eq!(cell(1_234_567.0, 3), "1234567");
        assert_eq!(cell(-0.000_000_1, 3), "0");
        assert_eq!(cell(f64::NAN, 3), "");
        assert_eq!(cell(f64::INFINITY, 3), "");
        assert_eq!(cell_or_empty(None, 3), "");
    }

    #[test]
    fn readers_see_thousands_separated() {
        assert_eq!(grouped(1_234_567.891, 1), "1,234,567.9");
        assert_eq!(grouped(-999.0, 0), "-999");
        assert_eq!(grouped(-0.2, 0), "0");
        assert_eq!(short(1_234.5), "1,234");
        assert_eq!(short(0.95), "0.95");
        assert_eq!(short(57_600.0), "57,600");
        assert_eq!(percent(0.0512), "5.1 %");
        assert_eq!(discount(0.0047), "47 bps");
        assert_eq!(level(0.5), "50 %");
        assert_eq!(level(0.995), "99.5 %");
        assert_eq!(duration(3_600.0), "1 h");
    }

    #[test]
    fn a_metric_is_spoken_with_its_unit() {
        assert_eq!(spoken("deepest_discount_close_bps"), "deepest discount close");
        assert_eq!(with_unit("discount_time_bps_hours", 1500.0, "ezETH"), "1,500 bps h");
        assert_eq!(with_unit("sold_lrt", 1500.0, "ezETH"), "1,500 ezETH");
    }
}
