//! Severities, markets, the scoreboard, limits and attribution as a user sees them.

use assert_cmd::Command;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const OK: i32 = 0;
const USAGE: i32 = 2;
const BAD_SCENARIO: i32 = 3;
const BREACHED: i32 = 10;

fn catalogue(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/catalogue").join(name)
}

fn pegstress(words: &[&str], out: &Path) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pegstress"));
    command.args(words).arg("--out").arg(out);
    let output = command.output().expect("the binary starts");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (output.status.code().expect("an exit code"), text(output.stdout), text(output.stderr))
}

fn words(file: &Path) -> &str {
    file.to_str().expect("text")
}

fn csv(file: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader =
        csv::Reader::from_path(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let header = reader.headers().expect("a header").clone();
    let rows = reader.records().map(|row| row.expect("a row"));
    rows.map(|row| header.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect()).collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column} is {:?}", row[column]))
}

#[test]
fn a_scenario_with_severities_gives_a_report_for_each_and_a_scoreboard() {
    let out = tempfile::tempdir().expect("a folder");
    let file = catalogue("whale-overhang.toml");
    let (code, _, err) = pegstress(&["run", words(&file), "--paths", "64", "--quiet"], out.path());
    assert_eq!((code, err.as_str()), (OK, ""));
    let board = csv(&out.path().join("scoreboard.csv"));
    let severities: Vec<&str> = board.iter().map(|row| row["severity"].as_str()).collect();
    assert_eq!(severities, ["A", "B", "C"]);
    for row in &board {
        assert_eq!((row["scenario"].as_str(), row["token"].as_str()), ("whale-overhang", "stETH"));
        assert_eq!(row["oracle_mode"], "exchange_rate+market_feed");
        assert!(["pass", "fail"].contains(&row["pass_fail"].as_str()), "{row:?}");
        assert!(out.path().join(&row["report"]).join("index.html").is_file(), "{row:?}");
        // Nothing of the kind is defined for simulated paths.
        assert!(!row.contains_key("trough_timestamp_utc"));
    }
    // The same random numbers: a larger sale goes deeper.
    let depth: Vec<f64> = board.iter().map(|row| number(row, "max_discount_bps")).collect();
    assert!(depth[0] < depth[1] && depth[1] < depth[2], "{depth:?}");
    assert!(fs::read(out.path().join("scoreboard.png")).expect("a chart").starts_with(b"\x89PNG"));
    let page = fs::read_to_string(out.path().join("scoreboard.html")).expect("a page");
    assert!(page.contains("href=\"whale-overhang&#x2f;B&#x2f;index.html\""));
    let report = fs::read_to_string(out.path().join("whale-overhang/B/index.html")).expect("a page");
    for told in ["Severity:", "Anchor:", "What would falsify it:"] {
        assert!(report.contains(told), "{told}");
    }
    let manifest = fs::read_to_string(out.path().join("whale-overhang/B/manifest.json")).expect("a manifest");
    assert!(manifest.contains("--severity B") && manifest.contains("markets/steth.toml"), "{manifest}");
}

#[test]
fn one_severity_or_another_market_can_be_chosen_and_a_wrong_one_is_told() {
    let out = tempfile::tempdir().expect("a folder");
    let file = catalogue("whale-overhang.toml");
    let run = |more: &[&str]| {
        let mut all = vec!["run", words(&file), "--paths", "64", "--quiet"];
        all.extend(more);
        pegstress(&all, out.path())
    };
    assert_eq!(run(&["--severity", "B", "--market", "ezETH"]).0, OK);
    assert!(out.path().join("whale-overhang/ezETH/B/metrics.csv").is_file());
    assert!(!out.path().join("whale-overhang/ezETH/A").exists());
    let (code, _, err) = run(&["--severity", "D"]);
    assert!(code == USAGE && err.contains("has no severity `D`; it has A, B, C"), "{code} {err}");
    let (code, _, err) = run(&["--market", "wBETH"]);
    assert!(code == USAGE && err.contains("makes no sense for `wBETH`"), "{code} {err}");
    let (code, _, err) = run(&["--set", "base=markets/nowhere.toml"]);
    // The terminal's width breaks long names.
    let plain: String = err.chars().filter(|c| !c.is_whitespace() && *c != '│').collect();
    assert!(code == BAD_SCENARIO && plain.contains("nowhere.toml"), "{code} {err}");
}

#[test]
fn a_broken_limit_is_told_and_ends_with_its_code_only_if_that_is_asked() {
    let out = tempfile::tempdir().expect("a folder");
    let file = catalogue("whale-overhang.toml");
    let all = ["run", words(&file), "--paths", "64", "--quiet", "--severity", "A"];
    let tight = ["--set", "limits[0].at_most=0.001"];
    let (code, _, _) = pegstress(&[&all[..], &tight].concat(), out.path());
    assert_eq!(code, OK);
    let limits = csv(&out.path().join("whale-overhang/A/limits.csv"));
    assert_eq!(limits[0]["verdict"], "fail");
    let (code, _, err) = pegstress(&[&all[..], &tight, &["--strict"]].concat(), out.path());
    assert!(code == BREACHED && err.contains("limits are broken in 1 runs"), "{code} {err}");
    let wide = ["--set", "limits[0].at_most=9999", "--set", "limits[1].at_most=9999", "--strict"];
    assert_eq!(pegstress(&[&all[..], &wide].concat(), out.path()).0, OK);
}

#[test]
fn attribution_gives_a_sale_what_it_adds_and_names_no_channel_that_is_not_there() {
    let out = tempfile::tempdir().expect("a folder");
    let file = catalogue("whale-overhang.toml");
    let (code, _, err) = pegstress(
        &["run", words(&file), "--paths", "64", "--quiet", "--severity", "C", "--attribute"],
        out.path(),
    );
    assert_eq!((code, err.as_str()), (OK, ""));
    let folder = out.path().join("whale-overhang/C");
    let rows = csv(&folder.join("attribution.csv"));
    let of = |channel: &str| {
        let wanted = |row: &&BTreeMap<String, String>| {
            row["metric"] == "deepest_discount_close_bps" && row["channel"] == channel
        };
        rows.iter().find(wanted).unwrap_or_else(|| panic!("{channel}"))
    };
    let (total, sale) = (of("all stress together"), of("whale: fund"));
    assert!(number(sale, "mean_difference") > 0.5 * number(total, "mean_difference"), "{sale:?}");
    assert_eq!(number(sale, "pairs"), 64.0);
    assert!(number(of("arbitrage"), "mean_difference") < 0.0);
    let absent = ["stale rate on chain", "shock 1: sale"];
    assert!(rows.iter().all(|row| !absent.contains(&row["channel"].as_str())));
    assert!(folder.join("attribution.png").is_file());
    let page = fs::read_to_string(folder.join("index.html")).expect("a page");
    assert!(page.contains("What each channel adds"));
    let manifest = fs::read_to_string(folder.join("manifest.json")).expect("a manifest");
    assert!(manifest.contains("--attribute"));
}
