//! The files of `data/` are readable with their own mapping and cover what their provenance says.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use pegstress_series::{ColumnMap, Domain, Series, TimeFormat, read};

struct Shipped {
    file: &'static str,
    time: &'static str,
    format: TimeFormat,
    values: &'static [(&'static str, Domain)],
    rows: usize,
    first: &'static str,
    last: &'static str,
    longest_gap_secs: i64,
}

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data")
}

fn shipped() -> Vec<Shipped> {
    use Domain::{NonNegative, Positive};
    let hourly = |file, values, rows, first, last, longest_gap_secs| Shipped {
        file,
        time: "time_utc",
        format: TimeFormat::Rfc3339,
        values,
        rows,
        first,
        last,
        longest_gap_secs,
    };
    const WEETH: &[(&str, Domain)] =
        &[("market_eth_per_weeth", Positive), ("redemption_eth_per_weeth", Positive)];
    vec![
        hourly(
            "steth_pool_2022.csv",
            &[("pool_eth", Positive), ("pool_steth", Positive)],
            67,
            "2022-04-01T12:41:00Z",
            "2022-05-31T19:46:37Z",
            81_880,
        ),
        hourly(
            "steth_oracle_2022.csv",
            &[("oracle_eth_per_steth", Positive)],
            65,
            "2022-03-30T21:08:28Z",
            "2022-05-31T17:40:30Z",
            86_521,
        ),
        hourly(
            "validator_queue_2025.csv",
            &[
                ("exit_queue_eth", NonNegative),
                ("quoted_exit_wait_days", NonNegative),
                ("sweep_delay_days", Positive),
            ],
            368,
            "2025-06-01T05:49:18Z",
            "2025-08-31T23:54:24Z",
            22_195,
        ),
        Shipped {
            file: "validator_queue_2024_08.csv",
            time: "date",
            format: TimeFormat::Date,
            values: &[
                ("exit_queue_eth", NonNegative),
                ("quoted_exit_wait_days", NonNegative),
                ("active_validators", Positive),
            ],
            rows: 63,
            first: "2024-07-15T00:00:00Z",
            last: "2024-09-15T00:00:00Z",
            longest_gap_secs: 86_400,
        },
        hourly("weeth_2024_08.csv", WEETH, 1_272, "2024-07-15T00:00:00Z", "2024-09-05T23:00:00Z", 3_600),
        hourly("weeth_2025.csv", WEETH, 368, "2025-06-01T00:00:00Z", "2025-08-31T18:00:00Z", 21_600),
        hourly(
            "wsteth_2025.csv",
            &[("market_eth_per_wsteth", Positive), ("redemption_eth_per_wsteth", Positive)],
            368,
            "2025-06-01T00:00:00Z",
            "2025-08-31T18:00:00Z",
            21_600,
        ),
        hourly(
            "eth_usd_2022_05.csv",
            &[("usd_per_eth", Positive)],
            648,
            "2022-05-05T00:00:00Z",
            "2022-05-31T23:00:00Z",
            3_600,
        ),
        hourly(
            "eth_usd_2024_08.csv",
            &[("usd_per_eth", Positive)],
            1_440,
            "2024-07-08T00:00:00Z",
            "2024-09-05T23:00:00Z",
            3_600,
        ),
        hourly(
            "eth_usd_2025.csv",
            &[("usd_per_eth", Positive)],
            396,
            "2025-05-25T00:00:00Z",
            "2025-08-31T18:00:00Z",
            21_600,
        ),
    ]
}

fn load(shipped: &Shipped, value: &str, domain: Domain) -> Series {
    let map = ColumnMap {
        time: shipped.time.to_owned(),
        time_format: shipped.format.clone(),
        value: value.to_owned(),
        scale: 1.0,
    };
    read(&data().join(shipped.file), &map, domain).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_shipped_file_reads_and_covers_its_stated_window() {
    for shipped in shipped() {
        for &(value, domain) in shipped.values {
            let series = load(&shipped, value, domain);
            let name = format!("{} {value}", shipped.file);
            assert_eq!(series.len(), shipped.rows, "{name}");
            assert!(series.stamps.is_sorted_by(|a, b| a < b), "{name}");
            let stamp = |text: &str| text.parse::<Timestamp>().expect("a stamp of this test");
            assert_eq!(series.stamps[0], stamp(shipped.first), "{name}");
            assert_eq!(series.stamps[series.len() - 1], stamp(shipped.last), "{name}");
            let longest =
                series.stamps.windows(2).map(|pair| pair[1].as_second() - pair[0].as_second()).max();
            assert_eq!(longest, Some(shipped.longest_gap_secs), "{name}");
        }
    }
}

#[test]
fn the_quoted_wait_of_2025_is_the_queue_over_the_exit_churn() {
    let all = shipped();
    let file = all.iter().find(|shipped| shipped.file == "validator_queue_2025.csv").expect("listed above");
    let queue = load(file, "exit_queue_eth", Domain::NonNegative);
    let wait = load(file, "quoted_exit_wait_days", Domain::NonNegative);
    for (queue_eth, wait_days) in queue.values.iter().zip(&wait.values) {
        // 57 600 ETH leave per day; the source cuts the wait to whole half hours (1/48 day).
        assert!((wait_days - queue_eth / 57_600.0).abs() < 1.0 / 48.0, "{queue_eth} ETH, {wait_days} days");
    }
}

#[test]
fn every_file_is_described_and_all_together_stay_below_one_megabyte() {
    let readme = std::fs::read_to_string(data().join("README.md")).expect("data/README.md");
    let mut total_bytes = 0;
    for entry in std::fs::read_dir(data()).expect("data/") {
        let entry = entry.expect("an entry of data/");
        total_bytes += entry.metadata().expect("its size").len();
        let name = entry.file_name().into_string().expect("an ASCII name");
        if name.ends_with(".csv") {
            assert!(readme.contains(&format!("## {name}")), "{name} has no section in data/README.md");
            assert!(shipped().iter().any(|shipped| shipped.file == name), "{name} is not tested here");
        }
    }
    assert!(total_bytes < 1_000_000, "{total_bytes} bytes");
}
