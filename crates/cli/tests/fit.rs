//! `pegstress fit` as a user runs it: what it prints can be pasted, and what it cannot fit is told.

use assert_cmd::Command;
use std::path::{Path, PathBuf};

const ETH: [&str; 6] =
    ["--time-column", "time_utc", "--value-column", "usd_per_eth", "--time-shift-hours", "1"];
const QUEUE: [&str; 4] = ["--time-column", "time_utc", "--value-column", "exit_queue_eth"];
const RATE: [&str; 4] = ["--time-column", "time_utc", "--value-column", "redemption_eth_per_weeth"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Exit code, standard output, standard error.
fn pegstress(words: &[&str]) -> (i32, String, String) {
    let output =
        Command::cargo_bin("pegstress").expect("the binary").args(words).current_dir(root()).output();
    let output = output.expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (output.status.code().expect("an exit code"), text(output.stdout), text(output.stderr))
}

fn fit(file: &str, columns: &[&str], words: &[&str]) -> (i32, String, String) {
    pegstress(&[&["fit", file][..], columns, words].concat())
}

/// The shipped study of summer 2025 without its market price, with `more` pasted in; the folder and the file.
fn pasted(more: &str) -> (tempfile::TempDir, String) {
    let shipped =
        std::fs::read_to_string(root().join("scenarios/weeth-rolling-2025.toml")).expect("a scenario");
    let from = shipped.find("# What was seen").expect("a market price");
    let to = shipped.find("[network]").expect("a table after it");
    let data = root().join("data").display().to_string();
    let text = format!("{}{more}\n{}", &shipped[..from], &shipped[to..]);
    // The evidence of the market price goes with it, and the files are named from elsewhere.
    let text = text.replace("key = \"drivers.market_price\"", "key = \"drivers\"").replace("../data", &data);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("pasted.toml");
    std::fs::write(&file, text).expect("it is written");
    let name = file.display().to_string();
    (folder, name)
}

#[test]
fn every_fit_is_a_block_that_a_scenario_takes() {
    let price = "data/eth_usd_2025.csv";
    let queue = "data/validator_queue_2025.csv";
    let rate = "data/weeth_2025.csv";
    let of_queue = ["--driver", "network_exit_queue_eth"];
    let of_rate = ["--driver", "redemption_rate"];
    let cases: [(&str, &[&str], Vec<&str>); 9] = [
        (price, &ETH, vec!["--process", "gbm"]),
        (price, &ETH, vec!["--process", "gbm", "--jumps"]),
        (price, &ETH, vec!["--process", "regimes"]),
        (price, &ETH, vec!["--process", "bootstrap"]),
        (queue, &QUEUE, vec!["--process", "hawkes"]),
        (queue, &QUEUE, [&["--process", "regimes"][..], &of_queue[..]].concat()),
        (queue, &QUEUE, [&["--process", "bootstrap"][..], &of_queue[..]].concat()),
        (rate, &RATE, [&["--process", "bootstrap"][..], &of_rate[..]].concat()),
        (rate, &RATE, [&["--process", "ou"][..], &of_rate[..]].concat()),
    ];
    for (file, columns, words) in cases {
        let (code, said, err) = fit(file, columns, &words);
        assert_eq!(code, 0, "{words:?}: {err}");
        assert!(said.contains("# Fit: "), "{said}");
        let (_folder, name) = pasted(&said);
        let (code, _, err) = pegstress(&["check", &name]);
        assert_eq!(code, 0, "{words:?}: {said}\n{err}");
    }
}

#[test]
fn a_fitted_study_runs() {
    let (_, price, _) = fit("data/eth_usd_2025.csv", &ETH, &["--process", "regimes"]);
    let (_, queue, _) = fit("data/validator_queue_2025.csv", &QUEUE, &["--process", "hawkes"]);
    let (_folder, name) = pasted(&format!("{price}\n{queue}"));
    let out = tempfile::tempdir().expect("a folder");
    let folder = out.path().display().to_string();
    let (code, said, err) = pegstress(&["run", &name, "--paths", "2", "--out", &folder, "--json"]);
    assert_eq!(code, 0, "{err}");
    assert!(said.contains("weeth-rolling-2025"), "{said}");
}

#[test]
fn errors_and_goodness_of_fit_stand_beside_the_estimates() {
    let (code, said, err) = fit("data/eth_usd_2025.csv", &ETH, &["--process", "gbm"]);
    assert_eq!(code, 0, "{err}");
    assert!(said.contains("Kolmogorov-Smirnov distance") && said.contains("by BIC"), "{said}");
    let line = said.lines().find(|line| line.starts_with("volatility_pct_per_sqrt_year"));
    // 395 changes: the error of a standard deviation is one part in 28.
    assert!(line.expect("an estimate").contains("# standard error"), "{said}");
}

#[test]
fn words_that_do_not_fit_are_usage_errors() {
    let (code, _, err) = fit("data/eth_usd_2025.csv", &ETH, &["--process", "hawkes", "--driver", "eth_usd"]);
    assert_eq!(code, 2);
    assert!(err.contains("drivers.eth_usd has no hawkes, must be one of gbm, regimes, bootstrap"), "{err}");
    let (code, _, err) = fit("data/eth_usd_2025.csv", &ETH, &["--process", "regimes", "--jumps"]);
    assert_eq!((code, err.trim()), (2, "error: --jumps has no effect without --process gbm"));
    let (code, _, err) = fit("data/eth_usd_2025.csv", &ETH, &["--process", "gbm", "--from", "2030-01-01"]);
    assert_eq!(code, 2);
    assert!(err.contains("there is no time from 2030-01-01T00:00:00Z"), "{err}");
}

#[test]
fn a_record_that_cannot_be_fitted_is_bad_data_and_says_where() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("x.csv");
    let written = |rows: &dyn Fn(u32) -> Option<String>| {
        let body: String = (0..200).filter_map(rows).collect();
        std::fs::write(&file, format!("t,v\n{body}")).expect("it is written");
        let name = file.display().to_string();
        let (code, _, err) = pegstress(&[
            "fit",
            &name,
            "--process",
            "gbm",
            "--time-column",
            "t",
            "--value-column",
            "v",
            "--time-format",
            "unix_secs",
        ]);
        (code, err)
    };
    let row = |k: u32, value: String| Some(format!("{},{value}\n", 3600 * k));
    let (code, err) = written(&|k| row(k, if k == 150 { "NaN".into() } else { (100 + k % 7).to_string() }));
    assert_eq!(code, 4);
    assert!(err.contains("line 152, column `v` is `NaN`"), "{err}");
    let (code, err) =
        written(&|k| if (50..60).contains(&k) { None } else { row(k, (100 + k % 7).to_string()) });
    assert_eq!(code, 4);
    assert!(err.contains("a gap of 39600 s"), "{err}");
    let (code, err) = written(&|k| if k < 20 { row(k, (100 + k % 7).to_string()) } else { None });
    assert_eq!(code, 4);
    assert!(err.contains("the record has 19 steps, gbm needs at least 30"), "{err}");
    let (code, err) = written(&|k| row(k, if k == 100 { "0".into() } else { (100 + k % 7).to_string() }));
    assert_eq!(code, 4);
    assert!(err.contains("at 1970-01-05T04:00:00Z: the level is 0, must be above 0"), "{err}");
    let (code, err) = written(&|k| row(k, "5".into()));
    assert_eq!(code, 4);
    assert!(err.contains("the record does not move"), "{err}");
}

#[test]
fn the_help_tells_which_driver_has_which_process() {
    let (code, said, _) = pegstress(&["fit", "--help"]);
    assert_eq!(code, 0);
    for word in ["gbm", "ou", "hawkes", "regimes", "bootstrap", "network_exit_queue_eth", "redemption_rate"] {
        assert!(said.contains(word), "{word}");
    }
}
