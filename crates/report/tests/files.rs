//! Which files a study gives, what stands in them, and that they repeat.

#[allow(dead_code)]
mod common;

use common::{manifest, paths, pool, queue, scenario};
use pegstress_report::{File, render, summary_rows};
use pegstress_risk::Summary;

fn kinds() -> Vec<(&'static str, Summary)> {
    vec![
        ("pool", Summary::Pool(pool())),
        ("queue", Summary::Queue(queue())),
        ("forward", Summary::Paths(Box::new(paths(false)))),
        ("rolling", Summary::Paths(Box::new(paths(true)))),
    ]
}

fn files(name: &str, summary: &Summary) -> Vec<File> {
    render(&scenario(name, "ezETH"), summary, &manifest(name)).expect("a report")
}

fn names(files: &[File]) -> Vec<&str> {
    files.iter().map(|f| f.name.as_str()).collect()
}

fn text<'a>(files: &'a [File], name: &str) -> &'a str {
    let file = files.iter().find(|f| f.name == name).unwrap_or_else(|| panic!("{name} is missing"));
    std::str::from_utf8(&file.bytes).expect("text")
}

/// The value in `column` of the first row for which `filter` columns hold these values.
fn cell(files: &[File], name: &str, filter: &[(&str, &str)], column: &str) -> String {
    let mut reader = csv::Reader::from_reader(text(files, name).as_bytes());
    let header = reader.headers().expect("a header").clone();
    let at = |column: &str| {
        header.iter().position(|h| h == column).unwrap_or_else(|| panic!("no {column}: {header:?}"))
    };
    let row = reader
        .records()
        .map(|r| r.expect("a row"))
        .find(|r| filter.iter().all(|(column, value)| &r[at(column)] == *value))
        .unwrap_or_else(|| panic!("{name} has no row with {filter:?}"));
    row[at(column)].to_owned()
}

#[test]
fn each_study_gives_its_own_files() {
    let all: Vec<Vec<String>> = kinds()
        .iter()
        .map(|(name, summary)| names(&files(name, summary)).iter().map(|n| (*n).to_owned()).collect())
        .collect();
    assert_eq!(
        all[0],
        [
            "index.html",
            "price.png",
            "composition.png",
            "slippage.png",
            "backtest.png",
            "scenario_summary.csv",
            "timeseries.csv",
            "venue_depth.csv",
            "backtest.csv",
            "backtest_pairs.csv",
            "assumptions.csv",
            "manifest.json"
        ]
    );
    assert!(all[1].contains(&"queue.png".into()) && all[1].contains(&"queue.csv".into()));
    for chart in ["fan_discount.png", "fan_unlock_delay.png", "deepest_discount.png", "slippage.png"] {
        assert!(all[2].iter().any(|n| n == chart), "{chart} is missing from {:?}", all[2]);
    }
    assert!(!all[2].contains(&"by_start.png".into()) && all[3].contains(&"by_start.png".into()));
}

#[test]
fn charts_are_png_images_1600_pixels_wide() {
    for (name, summary) in kinds() {
        for file in files(name, &summary).iter().filter(|f| f.name.ends_with(".png")) {
            assert_eq!(&file.bytes[..8], b"\x89PNG\r\n\x1a\n", "{}", file.name);
            assert_eq!(file.bytes[16..20], 1600_u32.to_be_bytes(), "{}", file.name);
        }
    }
}

#[test]
fn two_runs_differ_in_nothing_but_the_manifest() {
    for (name, summary) in kinds() {
        let first = files(name, &summary);
        assert_eq!(first, files(name, &summary));
        let mut other = manifest(name);
        (other.threads, other.wall_time_secs, other.instruction_set) = (1, 99.5, "sse2".into());
        let second = render(&scenario(name, "ezETH"), &summary, &other).expect("a report");
        let different: Vec<_> =
            first.iter().zip(&second).filter(|(a, b)| a != b).map(|(a, _)| &a.name).collect();
        assert_eq!(different, ["manifest.json"]);
    }
}

#[test]
fn a_pools_tables_hold_its_numbers() {
    let files = files("pool", &Summary::Pool(pool()));
    let summary = |column: &str| cell(&files, "scenario_summary.csv", &[], column);
    assert_eq!(summary("run_id"), "pool-0123456789ab");
    assert_eq!(summary("max_discount_bps"), "455");
    assert_eq!(summary("min_price_eth"), "0.9545");
    assert_eq!(summary("trough_hours"), "330");
    assert_eq!((summary("max_wait_days"), summary("paths")), (String::new(), String::new()));
    let price = [("quantity", "price_marginal_eth"), ("timestamp_utc", "2022-05-12T03:15:03Z")];
    assert_eq!(cell(&files, "timeseries.csv", &price, "value"), "0.9545");
    assert_eq!(cell(&files, "timeseries.csv", &price, "hours"), "330");
    let deepest = [("state", "deepest"), ("discount_bps", "500")];
    assert_eq!(cell(&files, "venue_depth.csv", &deepest, "depth_average_lrt"), "");
    assert_eq!(cell(&files, "venue_depth.csv", &deepest, "depth_marginal_lrt"), "60000");
    assert_eq!(cell(&files, "backtest.csv", &[("unit", "bps")], "mean_absolute"), "8.46");
    assert_eq!(cell(&files, "backtest_pairs.csv", &[("scored", "false")], "gap_hours"), "2");
}

#[test]
fn a_queues_table_names_sizes_and_returns_in_its_columns() {
    let files = files("queue", &Summary::Queue(queue()));
    let header = text(&files, "queue.csv").lines().next().expect("a header");
    assert_eq!(
        header,
        "timestamp_utc,queue_eth,quoted_wait_days,clock_wait_days,delay_days,delay_last_of_32000_eth_days,\
         delay_last_of_500000_eth_days,fair_discount_at_5_pct_per_year_bps,fair_discount_at_12_pct_per_year_bps,\
         fair_discount_at_25_pct_per_year_bps"
    );
    let first = [("timestamp_utc", "2025-06-01T00:00:00Z")];
    assert_eq!(cell(&files, "queue.csv", &first, "queue_eth"), "2000");
    assert_eq!(cell(&files, "queue.csv", &first, "quoted_wait_days"), "");
}

#[test]
fn metrics_come_with_intervals_and_undefined_ones_stay_empty() {
    let files = files("forward", &Summary::Paths(Box::new(paths(false))));
    let deepest = |level: &str, column: &str| {
        let filter = [("metric", "deepest_discount_close_bps"), ("statistic", "quantile"), ("level", level)];
        cell(&files, "metrics.csv", &filter, column)
    };
    assert_eq!((deepest("0.5", "value"), deepest("0.5", "low")), ("180".into(), "174.6".into()));
    assert_eq!((deepest("0.99", "value"), deepest("0.99", "high")), ("576".into(), String::new()));
    let never = [("metric", "recovery_to_50_bps_hours"), ("statistic", "mean")];
    assert_eq!(cell(&files, "metrics.csv", &never, "value"), "");
    assert_eq!(cell(&files, "metrics.csv", &never, "undefined"), "10000");
    // No path had the event: a bound, and not zero.
    let event = [("metric", "discount_close_above_2000_bps"), ("statistic", "probability_below")];
    assert_eq!(cell(&files, "metrics.csv", &event, "value"), "0.0003");
    assert_eq!(cell(&files, "metrics.csv", &event, "rests_on_assumed"), "agents");
    assert_eq!(cell(&files, "metrics.csv", &event, "high"), "0.0003");
    assert_eq!(cell(&files, "assumptions.csv", &[("evidence", "assumed")], "unanchored"), "true");
}

#[test]
fn headline_rows_speak_in_units() {
    let rows = summary_rows(&scenario("pool", "stETH"), &Summary::Pool(pool()));
    let value = |what: &str| rows.iter().find(|r| r.0 == what).map(|r| r.1.as_str());
    assert_eq!(value("Deepest discount, marginal"), Some("4.5 % on 12 May 2022, 03:15 UTC"));
    let rows = summary_rows(&scenario("forward", "ezETH"), &Summary::Paths(Box::new(paths(false))));
    assert!(rows.iter().any(|r| r.0 == "Deepest discount close" && r.1.contains("95 % 409 bps")), "{rows:?}");
    assert!(rows.iter().any(|r| r.1 == "< 0.030 % (0 of 10,000 paths) †"), "{rows:?}");
}
