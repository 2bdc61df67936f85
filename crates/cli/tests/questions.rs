//! `sweep`, `reverse`, `sensitivity`, `compare` and `converge` as a user runs them.

use assert_cmd::Command;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const OK: i32 = 0;
const USAGE: i32 = 2;
const BAD_SCENARIO: i32 = 3;
const BAD_DATA: i32 = 4;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace")
}

fn scenario(name: &str) -> String {
    root().join(format!("scenarios/{name}.toml")).display().to_string()
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
    let (code, said, err) = pegstress(&[words, &["--json"]].concat(), out);
    assert_eq!((code, err.as_str()), (OK, ""));
    serde_json::from_str(&said).expect("JSON")
}

/// Standard error without what the terminal's width did to it.
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

fn csv(folder: &Path, name: &str) -> Vec<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(folder.join(name)).expect(name);
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let header = lines.next().expect("a header");
    let cells = |row: Vec<String>| {
        // No cell of the tables read here holds a comma.
        assert_eq!(row.len(), header.len(), "{name}: {row:?}");
        header.iter().cloned().zip(row).collect()
    };
    lines.map(cells).collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column} of {row:?}"))
}

fn is_png(folder: &Path, name: &str) {
    assert!(std::fs::read(folder.join(name)).expect(name).starts_with(b"\x89PNG"), "{name}");
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries
        .map(|path| {
            (
                path.file_name().expect("a name").to_string_lossy().into_owned(),
                std::fs::read(&path).expect("bytes"),
            )
        })
        .collect()
}

#[test]
fn a_sweep_of_two_keys_writes_a_row_per_point_and_statistic_and_a_heat_map() {
    let out = tempfile::tempdir().expect("a folder");
    let weeth = scenario("weeth-2024-08");
    let words = [
        "sweep",
        &weeth,
        "--paths",
        "128",
        "--sweep",
        "shocks[0].size=0.001,0.01",
        "--sweep",
        "agents.arbitrage.capital_eth=1000..100000:3:log",
    ];
    let answer = json(&words, out.path());
    let points = answer["points"].as_array().expect("points");
    assert_eq!(points.len(), 6);
    assert_eq!(
        points[4]["values"],
        serde_json::json!({"shocks[0].size": 0.01, "agents.arbitrage.capital_eth": 10_000.0})
    );
    let value = |k: usize| points[k]["value"].as_f64().expect("a value");
    // MODEL 9: a larger sale never raises the lowest price, more capital never lowers it (same draws).
    assert!((0..3).all(|k| value(k + 3) > value(k)), "{answer}");
    assert!((0..2).all(|k| value(k + 1) <= value(k) && value(k + 4) <= value(k + 3)), "{answer}");
    let folder = out.path().join("sweep-weeth-2024-08");
    is_png(&folder, "heat_map.png");
    let rows = csv(&folder, "sweep.csv");
    for (k, point) in points.iter().enumerate() {
        let at = rows.iter().find(|row| {
            row["point"] == k.to_string()
                && row["metric"] == "deepest_discount_close_bps"
                && row["statistic"] == "p95"
        });
        let at = at.expect("the drawn number");
        // The table's order statistics come from bins of 0.1 %, the JSON's from the paths themselves.
        let exact = point["value"].as_f64().expect("a value");
        assert!((number(at, "value") / exact - 1.0).abs() < 1e-3, "{at:?} {exact}");
        assert!(number(at, "low") <= number(at, "value") * 1.001 && number(at, "count") == 128.0);
        assert_eq!(at["faults"], "0");
    }
    assert!(
        rows.iter()
            .any(|row| row["statistic"] == "probability" && row["metric"] == "discount_close_above_50bps")
    );
    assert!(rows.iter().any(|row| row["statistic"] == "es95"));
}

#[test]
fn a_point_of_a_sweep_is_the_run_with_its_values() {
    let out = tempfile::tempdir().expect("a folder");
    let weeth = scenario("weeth-2024-08");
    let set = "agents.arbitrage.capital_eth=5000";
    let ran = pegstress(&["run", &weeth, "--paths", "100", "--set", set, "--quiet"], out.path());
    assert_eq!(ran, (OK, String::new(), String::new()));
    let swept = pegstress(
        &["sweep", &weeth, "--paths", "100", "--sweep", "agents.arbitrage.capital_eth=20000,5000", "--quiet"],
        out.path(),
    );
    assert_eq!(swept, (OK, String::new(), String::new()));
    let swept = csv(&out.path().join("sweep-weeth-2024-08"), "sweep.csv");
    is_png(&out.path().join("sweep-weeth-2024-08"), "sweep.png");
    let run = csv(&out.path().join("weeth-2024-08"), "metrics.csv");
    let medians: Vec<_> =
        run.iter().filter(|row| row["statistic"] == "quantile" && row["level"] == "0.5").collect();
    assert!(medians.len() > 10);
    for median in medians {
        let point = swept.iter().find(|row| {
            row["point"] == "1" && row["metric"] == median["metric"] && row["statistic"] == "p50"
        });
        let point = point.unwrap_or_else(|| panic!("{median:?}"));
        let three =
            |row: &BTreeMap<String, String>| (row["value"].clone(), row["low"].clone(), row["high"].clone());
        assert_eq!(three(point), three(median));
    }
}

#[test]
fn a_scenario_says_itself_what_is_swept_and_words_go_before() {
    let out = tempfile::tempdir().expect("a folder");
    let text = std::fs::read_to_string(scenario("weeth-2024-08")).expect("a scenario");
    let data = root().join("data").display().to_string();
    let own = text.replace("../data", &data)
        + "\n[[sweep]]\nkey = \"shocks[0].kind\"\nvalues = [\"sell_share_of_float\", \"redeem_share_of_float\"]\n";
    let file = out.path().join("own.toml");
    std::fs::write(&file, &own).expect("written");
    let file = file.display().to_string();
    let answer = json(&["sweep", &file, "--paths", "64", "--metric", "sold_lrt:mean"], out.path());
    let points = answer["points"].as_array().expect("points");
    assert_eq!(points[1]["values"]["shocks[0].kind"], "redeem_share_of_float");
    assert!(points[0]["value"].as_f64() > points[1]["value"].as_f64(), "{answer}");
    let words = ["sweep", &file, "--paths", "64", "--sweep", "shocks[0].start_hours=0..48:3"];
    assert_eq!(json(&words, out.path())["points"].as_array().expect("points").len(), 3);
    assert_eq!(pegstress(&["run", &file, "--paths", "64", "--quiet"], out.path()).0, OK);
}

#[test]
fn a_reverse_test_finds_the_value_whose_run_breaks_the_limit_as_often_as_stated() {
    let out = tempfile::tempdir().expect("a folder");
    let weeth = scenario("weeth-2024-08");
    let words = [
        "reverse",
        &weeth,
        "--vary",
        "shocks[0].size=0.0005..0.02",
        "--break",
        "deepest_discount_close_bps > 100",
        "--probability",
        "0.5",
        "--paths",
        "400",
    ];
    let answer = json(&words, out.path());
    assert_eq!((&answer["outcome"], &answer["rises"]), (&"found".into(), &true.into()));
    let [value, low, high] = ["value", "low", "high"].map(|key| answer[key].as_f64().expect(key));
    assert!(low < value && value < high, "{answer}");
    let folder = out.path().join("reverse-weeth-2024-08");
    is_png(&folder, "reverse.png");
    let evaluations = csv(&folder, "evaluations.csv");
    assert_eq!(evaluations.len() as u64, answer["evaluations"].as_u64().expect("a number"));
    assert!(evaluations.windows(2).all(|pair| number(&pair[0], "value") < number(&pair[1], "value")));
    // The run at the found value, on its own: at least half of its 400 paths break the limit, and just below fewer do.
    let share = |value: f64| {
        let set = format!("shocks[0].size={value}");
        let words = [
            "sweep",
            &weeth,
            "--paths",
            "400",
            "--set",
            &set,
            "--metric",
            "deepest_discount_close_bps > 100",
        ];
        let seed = ["--sweep", "shocks[0].start_hours=36"];
        json(&[&words[..], &seed].concat(), out.path())["points"][0]["value"].as_f64().expect("a share")
    };
    // The tolerance is a thousandth of the range, 1.95e-5.
    assert!(share(value) >= 0.5 && share(value - 2e-5) < 0.5, "{answer}");
    let found = &csv(&folder, "reverse.csv")[0];
    assert_eq!((number(found, "value"), number(found, "low"), number(found, "high")), (value, low, high));
}

#[test]
fn a_limit_that_capital_protects_is_broken_up_to_a_value() {
    let out = tempfile::tempdir().expect("a folder");
    let answer = json(
        &[
            "reverse",
            &scenario("weeth-2024-08"),
            "--vary",
            "agents.arbitrage.capital_eth=100..200000:log",
            "--break",
            "time_above_25bps_hours >= 60",
            "--paths",
            "300",
        ],
        out.path(),
    );
    assert_eq!((&answer["outcome"], &answer["rises"]), (&"found".into(), &false.into()), "{answer}");
}

#[test]
fn limits_that_always_or_never_break_are_answers_and_no_failures() {
    let out = tempfile::tempdir().expect("a folder");
    let weeth = scenario("weeth-2024-08");
    for (limit, outcome, words) in [
        ("deepest_discount_close_bps > 5000", "never_broken", "not broken from 0.001 to 0.002"),
        ("sold_lrt >= 0", "broken_at_low", "broken at 0.001 already"),
    ] {
        let asked =
            ["reverse", &weeth, "--vary", "shocks[0].size=0.001..0.002", "--break", limit, "--paths", "64"];
        let answer = json(&asked, out.path());
        assert_eq!((&answer["outcome"], &answer["value"]), (&outcome.into(), &Value::Null));
        let (code, said, err) = pegstress(&asked, out.path());
        assert_eq!((code, err.as_str()), (OK, ""));
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn two_keys_make_a_frontier_that_more_capital_moves_out() {
    let out = tempfile::tempdir().expect("a folder");
    let answer = json(
        &[
            "reverse",
            &scenario("weeth-2024-08"),
            "--vary",
            "shocks[0].size=0.0005..0.03",
            "--vary",
            "agents.arbitrage.capital_eth=1000..100000:log",
            "--break",
            "deepest_discount_close_bps > 80",
            "--rows",
            "3",
            "--paths",
            "128",
        ],
        out.path(),
    );
    let rows = answer["rows"].as_array().expect("rows");
    let seconds: Vec<_> = rows.iter().map(|row| row["second_value"].as_f64().expect("a value")).collect();
    assert_eq!(seconds, [1e3, 1e4, 1e5]);
    // With so little capital the smallest sale of the range breaks it already.
    assert_eq!(rows[0]["outcome"], "broken_at_low");
    assert!(rows[1]["value"].as_f64().expect("a value") < rows[2]["value"].as_f64().expect("a value"));
    let folder = out.path().join("reverse-weeth-2024-08");
    is_png(&folder, "frontier.png");
    assert_eq!(csv(&folder, "reverse.csv").len(), 3);
}

#[test]
fn a_reverse_test_of_a_rolling_study_runs_its_starts() {
    let out = tempfile::tempdir().expect("a folder");
    let answer = json(
        &[
            "reverse",
            &scenario("weeth-rolling-2025"),
            "--vary",
            "shocks[0].size=0.005..0.2",
            "--break",
            "deepest_discount_close_bps > 200",
            "--paths",
            "2",
            "--scan",
            "4",
            "--tolerance",
            "0.02",
        ],
        out.path(),
    );
    assert_eq!(answer["outcome"], "found", "{answer}");
    // Two paths for each of 77 daily starts from 2 June to 17 August, the last with room for 14 days before 31
    // August, 18:00.
    assert_eq!(answer["paths"], 2 * 77);
}

#[test]
fn a_sensitivity_ranks_keys_and_shares_out_the_variance() {
    let out = tempfile::tempdir().expect("a folder");
    let answer = json(
        &[
            "sensitivity",
            &scenario("weeth-2024-08"),
            "--vary",
            "redemption.instant_fee_bps=10..50",
            "--vary",
            "shocks[0].size=0.001..0.01",
            "--paths",
            "64",
            "--design",
            "16",
        ],
        out.path(),
    );
    // 1 as it is, 2 ends of 2 keys, 16 rows of 4 points.
    assert_eq!(answer["runs"], 1 + 4 + 64);
    let one = answer["one_at_a_time"].as_array().expect("swings");
    // The fee of a buffer that is always empty has no effect (the scenario's own evidence says so).
    assert_eq!(one[0]["swing"], 0.0, "{answer}");
    assert!(one[1]["swing"].as_f64().expect("a swing") > 10.0, "{answer}");
    let keys = answer["sobol"]["keys"].as_array().expect("indices");
    assert_eq!((keys[0]["first"].as_f64(), keys[0]["total"].as_f64()), (Some(0.0), Some(0.0)));
    // With one key that matters the total index is all of the variance, up to the error of 16 rows.
    let total = keys[1]["total"].as_f64().expect("an index");
    assert!((total - 1.0).abs() < 0.35, "{total}");
    let folder = out.path().join("sensitivity-weeth-2024-08");
    is_png(&folder, "tornado.png");
    is_png(&folder, "sobol.png");
    let tornado = csv(&folder, "tornado.csv");
    assert_eq!((tornado[0]["end"].as_str(), tornado[1]["key"].as_str()), ("base", "shocks[0].size"));
    assert_eq!(csv(&folder, "sobol.csv").len(), 4);
}

#[test]
fn two_reports_of_one_seed_are_compared_path_by_path_as_the_scenarios_themselves() {
    let out = tempfile::tempdir().expect("a folder");
    let weeth = scenario("weeth-2024-08");
    let set = "agents.arbitrage.capital_eth=2000";
    let [first, second] = ["a", "b"].map(|name| out.path().join(name));
    let run = |folder: &Path, more: &[&str]| {
        let words = ["run", &weeth, "--paths", "500", "--outcomes", "--quiet"];
        assert_eq!(pegstress(&[&words[..], more].concat(), folder).0, OK);
        folder.join("weeth-2024-08").display().to_string()
    };
    let (a, b) = (run(&first, &[]), run(&second, &["--set", set]));
    let reports = json(&["compare", &a, &b], out.path());
    assert_eq!((&reports["pairs"], &reports["not_paired_because"]), (&500.into(), &Value::Null));
    let spot = json(&["compare", &weeth, &weeth, "--paths", "500", "--second-set", set], out.path());
    assert_eq!(spot["differences"], reports["differences"]);
    let row = |answer: &Value, metric: &str, statistic: &str| {
        let rows = answer["differences"].as_array().expect("rows");
        rows.iter()
            .find(|row| row["metric"] == metric && row["statistic"] == statistic)
            .expect("a row")
            .clone()
    };
    let spent = row(&reports, "arbitrage_spent_eth", "mean");
    assert!(spent["difference"].as_f64().expect("a number") < 0.0, "{spent}");
    assert!(spent["p_holm"].as_f64().expect("a number") < 1e-6, "{spent}");
    let folder = out.path().join("compare-weeth-2024-08-weeth-2024-08");
    is_png(&folder, "compare.png");
    let text = std::fs::read_to_string(folder.join("manifest.json")).expect("a manifest");
    let manifest: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(manifest["first"]["seed"], manifest["second"]["seed"]);
    assert!(manifest["command"].as_str().is_some_and(|command| command.starts_with("pegstress compare ")));
    assert!(csv(&folder, "compare.csv").iter().all(|row| row["paired"] == "true"));

    let c = run(&out.path().join("c"), &["--seed", "7"]);
    let apart = json(&["compare", &a, &c], out.path());
    assert_eq!(apart["pairs"], Value::Null);
    assert_eq!(apart["not_paired_because"], "the seeds differ (20240805 and 7)");
    // Two seeds of one scenario: no claim survives Holm, but for 5 % of seeds.
    let claims = apart["differences"].as_array().expect("rows");
    assert!(claims.iter().all(|row| row["p_holm"].as_f64().is_none_or(|p| p > 0.05)), "{apart}");
}

#[test]
fn a_report_without_outcomes_cannot_be_compared() {
    let out = tempfile::tempdir().expect("a folder");
    let weeth = scenario("weeth-2024-08");
    assert_eq!(pegstress(&["run", &weeth, "--paths", "64", "--quiet"], out.path()).0, OK);
    let report = out.path().join("weeth-2024-08").display().to_string();
    refused(
        &["compare", &report, &weeth],
        BAD_DATA,
        "holds no outcomes.parquet: run its scenario with --outcomes",
    );
    refused(&["compare", &report, &report, "--paths", "5"], USAGE, "change a scenario, and");
    refused(&["compare", &weeth, &report, "--second-set", "a=1"], USAGE, "--second-set changes a scenario");
}

#[test]
fn convergence_says_how_many_paths_a_precision_needs_and_is_right_about_it() {
    let out = tempfile::tempdir().expect("a folder");
    let weeth = scenario("weeth-2024-08");
    let measure = "deepest_discount_close_bps:mean";
    let ask = |paths: &str, out: &Path| {
        let words =
            ["converge", &weeth, "--paths", paths, "--precision", "deepest_discount_close_bps:mean=1"];
        let answer = json(&words, out);
        let list = answer["measures"].as_array().expect("measures");
        list.iter().find(|one| one["measure"] == measure).expect("the measure").clone()
    };
    let one = ask("1000", out.path());
    let needed = one["paths_needed"].as_u64().expect("a number");
    // The run that it names has the half width that was wanted, up to the error of a standard deviation of 1000 paths
    // with a heavy tail: a tenth.
    let again = ask(&needed.to_string(), out.path());
    let half = again["half_width"].as_f64().expect("a half width");
    assert!((half - 1.0).abs() < 0.1, "{needed} paths: {half}");
    let folder = out.path().join("converge-weeth-2024-08");
    is_png(&folder, "convergence.png");
    let rows = csv(&folder, "convergence.csv");
    assert!(rows.iter().any(|row| row["measure"] == measure && row["kind"] == "needed"));
    let measured: Vec<_> =
        rows.iter().filter(|row| row["measure"] == measure && row["kind"] == "measured").collect();
    assert!(measured.windows(2).all(|pair| number(pair[0], "paths") < number(pair[1], "paths")));
}

#[test]
fn answers_do_not_depend_on_threads_and_name_the_command_that_repeats_them() {
    let weeth = scenario("weeth-2024-08");
    let ask = |threads: &str, out: &Path| {
        let words = [
            "reverse",
            &weeth,
            "--vary",
            "shocks[0].size=0.0005..0.02",
            "--break",
            "sellers_loss_eth > 10",
            "--paths",
            "200",
            "--threads",
            threads,
            "--quiet",
        ];
        assert_eq!(pegstress(&words, out), (OK, String::new(), String::new()));
        files(&out.join("reverse-weeth-2024-08"))
    };
    let (a, b) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (mut one, mut two) = (ask("1", a.path()), ask("2", b.path()));
    let manifest: Value = serde_json::from_slice(&one.remove("manifest.json").expect("it")).expect("JSON");
    two.remove("manifest.json");
    assert_eq!(
        one.keys().collect::<Vec<_>>(),
        ["assumptions.csv", "evaluations.csv", "reverse.csv", "reverse.png"]
    );
    assert!(one == two);
    let command = manifest["command"].as_str().expect("a command");
    assert!(
        command.ends_with(
            "--vary 'shocks[0].size=0.0005..0.02' --break 'sellers_loss_eth > 10' --probability 0.5 --paths 200"
        ),
        "{command}"
    );
}

#[test]
fn words_that_make_no_question_end_with_2_and_say_what_would() {
    let weeth = scenario("weeth-2024-08");
    let vary = "shocks[0].size=0.001..0.01";
    for (words, message) in [
        (vec!["sweep", &weeth], "nothing is varied: say --sweep"),
        (vec!["sweep", &weeth, "--sweep", "shocks[0].size=1..2"], "how many values lie between the ends"),
        (vec!["sweep", &weeth, "--sweep", "paths.seed=1,2"], "paths.seed cannot be varied"),
        (
            vec!["sweep", &weeth, "--sweep", "shocks[0].size=0.1,0.2", "--sweep", "shocks[0].size=0.1"],
            "shocks[0].size is varied twice",
        ),
        (
            vec!["sweep", &weeth, "--sweep", "shocks[0].size=0.1", "--metric", "selers_loss_eth:p95"],
            "unknown metric `selers_loss_eth`, did you mean `sellers_loss_eth`?",
        ),
        (
            vec!["reverse", &weeth, "--vary", vary, "--break", "time_above_500bps_hours >= 24"],
            "unknown metric `time_above_500bps_hours`, did you mean `time_above_200bps_hours`?",
        ),
        (vec!["reverse", &weeth, "--vary", vary, "--break", "sold_lrt"], "`sold_lrt` is no limit"),
        (vec!["reverse", &weeth, "--break", "sold_lrt > 1"], "--vary"),
        (
            vec!["reverse", &weeth, "--vary", "shocks[0].size=2..1", "--break", "sold_lrt > 1"],
            "must be below the upper",
        ),
        (
            vec!["reverse", &weeth, "--vary", vary, "--break", "sold_lrt > 1", "--probability", "1"],
            "above 0 and below 1",
        ),
        (
            vec!["sensitivity", &weeth, "--vary", vary, "--metric", "sold_lrt:p101"],
            "`sold_lrt:p101` is no measure",
        ),
        (vec!["sensitivity", &weeth, "--vary", vary, "--design", "100"], "neither 0 nor a power of two"),
        (vec!["converge", &weeth, "--precision", "sold_lrt"], "is no precision"),
        (vec!["converge", &weeth, "--precision", "sold_lr=3"], "did you mean `sold_lrt`?"),
        (
            vec!["converge", &scenario("queue-2025")],
            "simulates no paths: the question needs forward or rolling",
        ),
    ] {
        refused(&words, USAGE, message);
    }
}

#[test]
fn a_value_that_the_scenario_refuses_ends_with_3_and_names_the_key() {
    let weeth = scenario("weeth-2024-08");
    let cases = [
        ("shocks[0].sise=0.1,0.2", "unknown key `sise`"),
        ("shocks[3].size=0.1,0.2", "the file has no such item"),
        ("shocks[0].size=0.5,2", "shocks[0].size is 2, must be above 0 and at most 1"),
        ("network.churn_eth_per_epoch=-1,2", "network.churn_eth_per_epoch is -1, must be"),
    ];
    for (sweep, message) in cases {
        let out = tempfile::tempdir().expect("a folder");
        let (code, _, err) = pegstress(&["sweep", &weeth, "--paths", "64", "--sweep", sweep], out.path());
        assert!(code == BAD_SCENARIO && plain(&err).contains(&plain(message)), "{sweep}: {code} {err}");
    }
}
