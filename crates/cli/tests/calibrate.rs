//! `backtest` and `calibrate` as a user runs them.

use assert_cmd::Command;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const OK: i32 = 0;
const USAGE: i32 = 2;
const BAD_SCENARIO: i32 = 3;
const BREACHED: i32 = 10;
/// A run of so many paths takes a moment, and its medians are those of every other run with the seed.
const PATHS: &str = "200";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace")
}

fn weeth() -> String {
    root().join("scenarios/weeth-2024-08.toml").display().to_string()
}

/// Runs the binary; exit code, standard output, standard error.
fn pegstress(words: &[&str], out: &Path) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_pegstress"))
        .args(words)
        .arg("--out")
        .arg(out)
        .output()
        .expect("the binary starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (output.status.code().expect("an exit code"), text(output.stdout), text(output.stderr))
}

fn json(words: &[&str], out: &Path) -> Value {
    let (code, said, err) = pegstress(&[words, &["--json", "--paths", PATHS]].concat(), out);
    assert_eq!((code, err.as_str()), (OK, ""), "{words:?}");
    serde_json::from_str(&said).expect("JSON")
}

/// A text without what the terminal's width did to it.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '│').collect()
}

fn refused(words: &[&str], code: i32, message: &str) {
    let out = tempfile::tempdir().expect("a folder");
    let (found, said, err) = pegstress(words, out.path());
    assert!(found == code && said.is_empty(), "{words:?}: {found} {said}{err}");
    assert!(plain(&err).contains(&plain(message)), "{words:?}: {err}");
    let empty = std::fs::read_dir(out.path()).map_or(0, |entries| entries.count()) == 0;
    assert!(empty, "{words:?} leaves nothing behind");
}

fn target(name: &str, metric: &str, observed: f64, rest: &str) -> String {
    format!(
        "[[targets]]\nname = \"{name}\"\nmetric = \"{metric}\"\nobserved = {observed}\nsource = \"the model itself\"\n{rest}\n"
    )
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("written");
    path.display().to_string()
}

/// Medians of a run, by metric.
fn medians(set: &[&str], metrics: &[&str]) -> Vec<f64> {
    let folder = tempfile::tempdir().expect("a folder");
    let any: String = metrics.iter().map(|metric| target(metric, metric, 1.0, "within = 1e12")).collect();
    let to = write(folder.path(), "targets.toml", &any);
    let file = weeth();
    let found = json(&[&["backtest", &file, "--to", &to], set].concat(), folder.path());
    let targets = found[0]["targets"].as_array().expect("targets").clone();
    targets.iter().map(|one| one["model"].as_f64().expect("a number")).collect()
}

fn csv(folder: &Path, name: &str) -> Vec<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(folder.join(name)).expect(name);
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let header = lines.next().expect("a header");
    let row = |cells: Vec<String>| {
        // No cell of the targets written here holds a comma.
        assert_eq!(cells.len(), header.len(), "{name}: {cells:?}");
        header.iter().cloned().zip(cells).collect()
    };
    lines.map(row).collect()
}

#[test]
fn known_values_are_found_again_from_their_own_medians() {
    // The observations are what the model gives at known values, so the least miss is 0 and lies there.
    let known = [("shocks[0].size", 0.004), ("agents.arbitrage.capital_eth", 3000.0)];
    let sets: Vec<String> = known.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let set: Vec<&str> = sets.iter().flat_map(|set| ["--set", set.as_str()]).collect();
    let metrics = ["deepest_discount_close_bps", "arbitrage_spent_eth", "sellers_loss_eth"];
    let observed = medians(&set, &metrics);
    let folder = tempfile::tempdir().expect("a folder");
    let text: String = metrics
        .iter()
        .zip(&observed)
        .map(|(metric, value)| target(metric, metric, *value, "within_factor = 1.1\nuse = \"fit\""))
        .collect();
    let to = write(folder.path(), "targets.toml", &text);
    let file = weeth();
    let words = [
        "calibrate",
        &file,
        "--to",
        &to,
        "--vary",
        "shocks[0].size=0.0005..0.02:log",
        "--vary",
        "agents.arbitrage.capital_eth=500..50000:log",
        "--profile",
        "0",
    ];
    let found = json(&words, folder.path());
    assert!(found["objective"].as_f64().expect("a number") < 0.05, "{found}");
    for ((key, value), row) in known.iter().zip(found["keys"].as_array().expect("keys")) {
        let fitted = row["fitted"].as_f64().expect("a number");
        assert_eq!(row["key"], *key);
        // A spread of 0.05 squared tolerances is a quarter of a tolerance of 10 %; the medians rise at least with the square
        // root of either key.
        assert!((fitted / value - 1.0).abs() < 0.05, "{key}: {fitted} for {value}");
    }
    let answer = folder.path().join("calibrate-weeth-2024-08");
    let fitted = std::fs::read_to_string(answer.join("fitted.toml")).expect("fitted.toml");
    assert!(
        fitted.contains("[[shocks]] # shocks[0]\nsize = 0.00")
            && fitted.contains("[agents.arbitrage]\ncapital_eth = "),
        "{fitted}"
    );
    let misses = csv(&answer, "misses.csv");
    assert!(misses.iter().all(|row| row["passed_after"] == "true"), "{misses:?}");
    assert!(misses.iter().any(|row| row["passed_before"] == "false"), "{misses:?}");
    let manifest = std::fs::read_to_string(answer.join("manifest.json")).expect("a manifest");
    assert!(manifest.contains("--vary 'shocks[0].size=0.0005..0.02:log'"), "{manifest}");
}

#[test]
fn a_key_that_the_targets_do_not_see_is_said_not_to_be_identified() {
    // Tokens sold on the market by a forced sale: its size tells, the protocol's share of pool fees does not.
    let observed = medians(&[], &["sellers_loss_eth"]);
    let folder = tempfile::tempdir().expect("a folder");
    let text = target("loss", "sellers_loss_eth", observed[0], "within_factor = 1.2\nuse = \"fit\"");
    let to = write(folder.path(), "targets.toml", &text);
    let file = weeth();
    let words = [
        "calibrate",
        &file,
        "--to",
        &to,
        "--vary",
        "shocks[0].size=0.0005..0.02:log",
        "--vary",
        "venues[0].stableswap.admin_fee_share=0..1",
        "--profile",
        "5",
        "--evaluations",
        "40",
    ];
    let found = json(&words, folder.path());
    assert_eq!(found["keys"][0]["identified"], true, "{found}");
    assert_eq!(found["keys"][1]["identified"], false, "{found}");
    // Two keys and one number: the other direction is not seen.
    assert!(found["directions"][0]["eigenvalue"].as_f64().expect("a number") < 1.0, "{found}");
    let answer = folder.path().join("calibrate-weeth-2024-08");
    assert!(std::fs::read(answer.join("profile.png")).expect("a chart").starts_with(b"\x89PNG"));
    let profile = csv(&answer, "profile.csv");
    assert!(profile.iter().filter(|row| row["key"] == "venues[0].stableswap.admin_fee_share").count() >= 5);
    let (code, said, _) = pegstress(&[&words[..], &["--paths", PATHS]].concat(), folder.path());
    assert!(code == OK && plain(&said).contains("NOTIDENTIFIED"), "{said}");
}

#[test]
fn a_calibration_is_the_same_on_every_number_of_threads() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = target("loss", "sellers_loss_eth", 20.0, "within_factor = 1.2\nuse = \"fit\"");
    let to = write(folder.path(), "targets.toml", &text);
    let file = weeth();
    let ask = |threads: &str, out: &Path| {
        let vary = "shocks[0].size=0.0005..0.02:log";
        let words =
            ["calibrate", &file, "--to", &to, "--vary", vary, "--evaluations", "20", "--threads", threads];
        json(&words, out);
        std::fs::read(out.join("calibrate-weeth-2024-08/evaluations.csv")).expect("evaluations")
    };
    let (one, two) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    assert!(ask("1", one.path()) == ask("2", two.path()));
}

#[test]
fn a_back_test_shows_what_is_met_and_what_is_missed_and_only_strictness_makes_a_miss_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let observed = medians(&[], &["sold_lrt"])[0];
    let text = target("met", "sold_lrt", observed, "within_factor = 1.01")
        + &target("missed", "sold_lrt", 3.0 * observed, "within_factor = 2\nuse = \"judge\"")
        + &target("fitted and missed", "sold_lrt", 5.0 * observed, "within_factor = 2\nuse = \"fit\"");
    let to = write(folder.path(), "targets.toml", &text);
    let file = weeth();
    let words = ["backtest", &file, "--to", &to, "--paths", PATHS];
    let (code, said, err) = pegstress(&words, folder.path());
    assert_eq!((code, err.as_str()), (OK, ""));
    assert!(said.contains("1 of 2 judged targets met, 0 of 1 fitted ones"), "{said}");
    let rows = csv(&folder.path().join("backtest"), "backtest.csv");
    let passed: Vec<&str> = rows.iter().map(|row| row["passed"].as_str()).collect();
    assert_eq!(passed, ["true", "false", "false"]);
    assert_eq!((rows[0]["use"].as_str(), rows[2]["use"].as_str()), ("judge", "fit"));
    // ln(1 / 3) / ln 2.
    let miss: f64 = rows[1]["error_in_tolerances"].parse().expect("a number");
    assert!((miss + 1.584_963).abs() < 1e-3, "{miss}");
    assert!(
        std::fs::read(folder.path().join("backtest/backtest.png")).expect("a chart").starts_with(b"\x89PNG")
    );
    let page = std::fs::read_to_string(folder.path().join("backtest/backtest.md")).expect("a page");
    assert!(page.contains("| missed (`sold_lrt:p50`) | judge |"), "{page}");
    let (code, _, err) = pegstress(&[&words[..], &["--strict", "--quiet"]].concat(), folder.path());
    assert_eq!((code, err.as_str()), (BREACHED, "error: 1 of the judged targets are missed\n"));
}

#[test]
fn a_folder_is_one_table_and_scenarios_without_targets_are_passed_over() {
    let out = tempfile::tempdir().expect("a folder");
    let folder = root().join("scenarios").display().to_string();
    let (code, said, err) = pegstress(&["backtest", &folder, "--paths", "32"], out.path());
    assert_eq!((code, err.as_str()), (OK, ""));
    assert!(said.contains("weeth-2024-08") && said.contains("steth-2022-05-run"), "{said}");
    assert!(said.contains("without targets:") && said.contains("queue-2025.toml"), "{said}");
}

#[test]
fn words_and_targets_that_make_no_question_say_what_would() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = weeth();
    let judged = write(folder.path(), "judged.toml", &target("sold", "sold_lrt", 1.0, "within = 1"));
    let misspelt = write(folder.path(), "misspelt.toml", &target("sold", "sold_lr", 1.0, "within = 1"));
    let fit = write(folder.path(), "fit.toml", &target("sold", "sold_lrt", 1.0, "within = 1\nuse = \"fit\""));
    let both =
        write(folder.path(), "both.toml", &target("sold", "sold_lrt", 1.0, "within = 1\nwithin_factor = 2"));
    let queue = root().join("scenarios/queue-2025.toml").display().to_string();
    let scenarios = root().join("scenarios").display().to_string();
    let vary = "shocks[0].size=0.001..0.01";
    for (words, code, message) in [
        (vec!["backtest", &queue], USAGE, "no scenario has targets"),
        (vec!["backtest", &scenarios, "--to", &judged], USAGE, "--to is for one scenario"),
        (
            vec!["backtest", &file, "--to", &misspelt],
            BAD_SCENARIO,
            "unknown metric `sold_lr`, did you mean `sold_lrt`?",
        ),
        (vec!["backtest", &file, "--to", &both], BAD_SCENARIO, "has within_factor and within"),
        (vec!["backtest", &queue, "--to", &judged], USAGE, "simulates no paths"),
        (vec!["calibrate", &file, "--to", &judged, "--vary", vary], USAGE, "nothing to fit to"),
        (vec!["calibrate", &file, "--to", &fit], USAGE, "nothing is varied: say --vary"),
        (vec!["calibrate", &file, "--to", &fit, "--vary", vary, "--vary", vary], USAGE, "is varied twice"),
        (vec!["calibrate", &file, "--to", &fit, "--vary", vary, "--profile", "2"], USAGE, "neither 0 nor"),
    ] {
        refused(&words, code, message);
    }
}
