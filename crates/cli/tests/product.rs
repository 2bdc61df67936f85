//! The binary on the shipped scenarios: files, figures, messages, exit codes.

use assert_cmd::Command;
use pegstress_series::{ColumnMap, Domain, Series, TimeFormat, read};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const OK: i32 = 0;
const INTERNAL: i32 = 1;
const USAGE: i32 = 2;
const BAD_SCENARIO: i32 = 3;
const BAD_DATA: i32 = 4;
const NO_FILE: i32 = 6;

/// Names of the shipped scenarios.
fn shipped() -> Vec<String> {
    let files = std::fs::read_dir(root().join("scenarios")).expect("a folder");
    let names = files.map(|file| file.expect("a file").path());
    let stem = |path: PathBuf| path.file_stem().expect("a name").to_string_lossy().into_owned();
    names.filter(|path| path.extension().is_some_and(|word| word == "toml")).map(stem).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace")
}

/// A folder with the shipped scenarios and data, free to be spoilt; it goes away with the value.
struct Copy(TempDir);

impl Copy {
    fn new() -> Self {
        let copy = Self(tempfile::tempdir().expect("a temporary folder"));
        for folder in ["scenarios", "scenarios/members", "data", "data/tokens"] {
            fs::create_dir(copy.path(folder)).expect("a folder");
            for entry in fs::read_dir(root().join(folder)).expect("a shipped folder") {
                let from = entry.expect("an entry").path();
                if from.is_dir() {
                    continue;
                }
                let name = from.file_name().expect("a name");
                fs::copy(&from, copy.path(folder).join(name)).expect("a copy");
            }
        }
        copy
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn scenario(&self, name: &str) -> PathBuf {
        self.path(&format!("scenarios/{name}.toml"))
    }

    /// Replaces the first `part` in a file.
    fn spoil(&self, file: &str, part: &str, by: &str) {
        let text = fs::read_to_string(self.path(file)).expect("a text");
        assert!(text.contains(part), "{file} does not hold {part}");
        fs::write(self.path(file), text.replacen(part, by, 1)).expect("written");
    }
}

/// What the binary said.
struct Said {
    code: i32,
    out: String,
    err: String,
}

impl Said {
    /// Whether the words stand on standard error, wherever the terminal's width broke them.
    fn tells(&self, words: &str) -> bool {
        let plain = |text: &str| text.chars().filter(|c| !c.is_whitespace() && *c != '│').collect::<String>();
        plain(&self.err).contains(&plain(words))
    }
}

fn pegstress<S: AsRef<std::ffi::OsStr>>(words: impl IntoIterator<Item = S>) -> Said {
    let output =
        Command::new(env!("CARGO_BIN_EXE_pegstress")).args(words).output().expect("the binary starts");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Said {
        code: output.status.code().expect("an exit code"),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

/// Runs a scenario file into `out`; the words are parted at blanks.
fn run(scenario: &Path, out: &Path, words: &str) -> Said {
    let mut all =
        vec!["run".into(), scenario.as_os_str().to_owned(), "--out".into(), out.as_os_str().to_owned()];
    all.extend(words.split_whitespace().map(Into::into));
    pegstress(all)
}

fn run_well(scenario: &Path, out: &Path, words: &str) -> Said {
    let said = run(scenario, out, words);
    assert_eq!((said.code, said.err.as_str()), (OK, ""), "{words}");
    said
}

/// Every file below a folder, by name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder_now) = open.pop() {
        let Ok(entries) = fs::read_dir(&folder_now) else { continue };
        for entry in entries {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below").display().to_string();
                found.insert(name, fs::read(&path).expect("readable"));
            }
        }
    }
    found
}

fn csv(folder: &Path, name: &str) -> Vec<BTreeMap<String, String>> {
    let text = fs::read_to_string(folder.join(name)).expect(name);
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let header = lines.next().expect("a header");
    lines
        .map(|row| {
            // No cell of the tables read here holds a comma.
            assert_eq!(row.len(), header.len(), "{name}");
            header.iter().cloned().zip(row).collect()
        })
        .collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column} is {:?}", row[column]))
}

#[test]
fn the_shipped_scenarios_give_their_files_twice_the_same() {
    let out = tempfile::tempdir().expect("a temporary folder");
    let (first, second) = (out.path().join("first"), out.path().join("second"));
    run_well(&root().join("scenarios"), &first, "--paths 3 --threads 1");
    run_well(&root().join("scenarios"), &second, "--paths 3 --threads 2");
    let (mut a, mut b) = (files(&first), files(&second));
    for name in shipped() {
        let is_joint = a.contains_key(&format!("{name}/joint.csv"));
        let always: &[&str] = match is_joint {
            true => &["index.html", "manifest.json"],
            false => {
                &["index.html", "scenario_summary.csv", "timeseries.csv", "assumptions.csv", "manifest.json"]
            }
        };
        for always in always {
            let file = a.get(&format!("{name}/{always}"));
            assert!(file.is_some_and(|bytes| bytes.len() > 100), "{name}/{always}");
        }
    }
    // Manifests have the wall time.
    let manifests: Vec<String> = a.keys().filter(|name| name.ends_with("manifest.json")).cloned().collect();
    for name in &manifests {
        serde_json::from_slice::<serde_json::Value>(&a[name]).expect("a manifest is JSON");
        a.remove(name);
        b.remove(name);
    }
    for name in ["weeth-2024-08", "weeth-rolling-2025"] {
        for simulated in ["metrics.csv", "venue_depth.csv", "fan_discount.png", "deepest_discount.png"] {
            assert!(a.contains_key(&format!("{name}/{simulated}")), "{name}/{simulated}");
        }
    }
    assert!(a.keys().all(|name| !name.contains(".pegstress-")), "a temporary file was left behind");
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (name, bytes) in &a {
        assert!(bytes == &b[name], "{name} differs between two runs");
        let png = name.ends_with(".png");
        assert!(!png || bytes.starts_with(b"\x89PNG"), "{name} is no PNG");
    }
}

#[test]
fn the_pool_of_steth_meets_the_oracle_within_8_basis_points_and_far_pairs_do_not_count() {
    let out = tempfile::tempdir().expect("a temporary folder");
    run_well(&root().join("scenarios/steth-2022-05.toml"), out.path(), "");
    let folder = out.path().join("steth-2022-05");
    let score = &csv(&folder, "backtest.csv")[0];
    assert_eq!(score["unit"], "bps");
    // The oracle answers to moves of 0.5 % or a day's time and rounds of both are hours apart: a few bps.
    assert!(number(score, "mean_absolute") < 8.0, "{score:?}");
    let pairs = csv(&folder, "backtest_pairs.csv");
    let counted = |scored: &str| pairs.iter().filter(|pair| pair["scored"] == scored).count() as f64;
    assert_eq!((number(score, "scored"), number(score, "unscored")), (counted("true"), counted("false")));
    assert!(counted("true") >= 10.0);
    for pair in &pairs {
        assert_eq!(pair["scored"] == "true", number(pair, "gap_hours") <= 6.0, "{pair:?}");
        let error = 1e4 * (number(pair, "model_eth") / number(pair, "reference_eth") - 1.0);
        // Prices have eight decimals, errors three.
        assert!((error - number(pair, "error_bps")).abs() < 1e-3, "{pair:?}");
    }
    let mean =
        pairs.iter().filter(|pair| pair["scored"] == "true").map(|pair| number(pair, "error_bps").abs());
    let mean = mean.sum::<f64>() / counted("true");
    assert!((mean - number(score, "mean_absolute")).abs() < 1e-3, "{mean}");
}

#[test]
fn the_exit_clock_meets_the_quoted_wait_within_a_fifth_of_a_day() {
    let out = tempfile::tempdir().expect("a temporary folder");
    run_well(&root().join("scenarios/queue-2025.toml"), out.path(), "");
    let score = &csv(&out.path().join("queue-2025"), "backtest.csv")[0];
    assert_eq!(score["unit"], "days");
    assert!(number(score, "max_absolute") < 0.2 && number(score, "scored") > 300.0, "{score:?}");
}

#[test]
fn metrics_do_not_depend_on_threads_or_instruction_set() {
    let out = tempfile::tempdir().expect("a temporary folder");
    let scenario = root().join("scenarios/weeth-2024-08.toml");
    let metrics = |words: &str| {
        run_well(&scenario, out.path(), &format!("--quiet --paths 200 {words}"));
        fs::read(out.path().join("weeth-2024-08/metrics.csv")).expect("metrics")
    };
    let expected = metrics("--threads 1");
    let header = "metric,statistic,level,value,low,high,count,undefined,rests_on_assumed\n";
    assert!(expected.starts_with(header.as_bytes()));
    for words in ["--threads 2", "--threads 7"] {
        assert!(metrics(words) == expected, "{words}");
    }
    for isa in pegstress_num::Isa::available() {
        assert!(metrics(&format!("--isa {isa}")) == expected, "{isa}");
    }
}

/// A metric of every path, read as a time series: the number of the path is its second.
fn metric_by_path(file: &Path, metric: &str) -> Series {
    let map = ColumnMap {
        time: "path".into(),
        time_format: TimeFormat::UnixSecs,
        value: metric.into(),
        scale: 1.0,
    };
    read(file, &map, Domain::Any).expect("outcomes")
}

#[test]
fn a_range_of_paths_run_alone_has_the_outcomes_of_that_range_of_the_whole() {
    let out = tempfile::tempdir().expect("a temporary folder");
    let scenario = root().join("scenarios/weeth-2024-08.toml");
    let (whole, part) = (out.path().join("whole"), out.path().join("part"));
    run_well(&scenario, &whole, "--paths 100 --outcomes --quiet");
    run_well(&scenario, &part, "--paths 100 --outcomes --quiet --path-range 50..60");
    let file = |folder: &Path| folder.join("weeth-2024-08/outcomes.parquet");
    // Those that are defined on every path; a series has no empty cells.
    let rows = csv(&whole.join("weeth-2024-08"), "metrics.csv");
    let defined = rows.iter().filter(|row| row["statistic"] == "mean" && row["undefined"] == "0");
    let metrics: Vec<_> = defined.map(|row| row["metric"].as_str()).collect();
    assert!(metrics.len() >= 10, "{metrics:?}");
    for metric in metrics {
        let (all, few) = (metric_by_path(&file(&whole), metric), metric_by_path(&file(&part), metric));
        let paths: Vec<_> = few.stamps.iter().map(|stamp| stamp.as_second()).collect();
        assert_eq!(paths, (50..60).collect::<Vec<_>>());
        assert_eq!(all.values.len(), 100);
        let bits = |values: &[f64]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&all.values[50..60]), bits(&few.values), "{metric}");
    }
}

/// Runs weeth-2024-08 of a spoilt copy and expects it to be refused without a trace.
fn refused(copy: &Copy, words: &str) -> Said {
    let out = copy.path("out");
    let said = run(&copy.scenario("weeth-2024-08"), &out, &format!("--paths 10 {words}"));
    assert_ne!(said.code, OK);
    assert_eq!(said.out, "");
    assert!(files(&out).is_empty(), "{:?}", files(&out).keys());
    said
}

#[test]
fn a_misspelt_key_ends_with_3_and_names_the_key_that_was_meant() {
    let copy = Copy::new();
    copy.spoil("scenarios/weeth-2024-08.toml", "fee_bps = 1\n", "fee_bp = 1\n");
    let said = refused(&copy, "");
    assert_eq!(said.code, BAD_SCENARIO);
    assert!(said.tells("unknown key `fee_bp`") && said.tells("did you mean `fee_bps`?"), "{}", said.err);
    assert!(said.tells("weeth-2024-08.toml:30"), "{}", said.err);
}

#[test]
fn a_value_out_of_range_ends_with_3_and_says_the_range() {
    let said = refused(&Copy::new(), "--set venues[0].stableswap.fee_bps=12000");
    assert_eq!(said.code, BAD_SCENARIO);
    assert!(said.tells("venues[0].stableswap.fee_bps is 12000, must be in 0..=10000"), "{}", said.err);
}

#[test]
fn an_override_of_a_key_that_does_not_exist_ends_with_3_and_one_without_a_value_with_2() {
    let copy = Copy::new();
    let said = refused(&copy, "--set redemption.bufer_eth=5");
    assert_eq!(said.code, BAD_SCENARIO);
    assert!(said.tells("bufer_eth"), "{}", said.err);
    assert_eq!(refused(&copy, "--set redemption.buffer_eth").code, USAGE);
}

#[test]
fn a_scenario_that_is_not_there_ends_with_6_and_its_name() {
    let copy = Copy::new();
    let said = run(&copy.scenario("nowhere"), &copy.path("out"), "");
    assert_eq!((said.code, said.out.as_str()), (NO_FILE, ""));
    assert!(said.tells("nowhere.toml"), "{}", said.err);
}

#[test]
fn data_that_is_wrong_ends_with_4_and_names_file_place_and_column() {
    let second = "2024-08-06,";
    let row = |copy: &Copy, date: &str| {
        let text = fs::read_to_string(copy.path("data/validator_queue_2024_08.csv")).expect("a table");
        text.lines().find(|line| line.starts_with(date)).expect("a row of that day").to_owned()
    };
    let file = "data/validator_queue_2024_08.csv";
    let cells = |line: &str| line.splitn(3, ',').map(str::to_owned).collect::<Vec<_>>();
    let change = |by: &dyn Fn(&str) -> String| {
        let copy = Copy::new();
        let line = row(&copy, second);
        copy.spoil(file, &line, &by(&line));
        let number = fs::read_to_string(copy.path(file))
            .expect("a table")
            .lines()
            .position(|line| line.starts_with(second))
            .map_or(0, |at| at + 1);
        let said = refused(&copy, "");
        assert_eq!(said.code, BAD_DATA, "{}", said.err);
        assert!(said.tells("validator_queue_2024_08.csv"), "{}", said.err);
        (said, number)
    };
    for (what, value) in [("not a number", "NaN"), ("text", "many"), ("nothing", ""), ("negative", "-5")] {
        let (said, line) = change(&|old| format!("{second}{value},{}", cells(old)[2]));
        assert!(said.tells(&format!("line {line}, column `exit_queue_eth`")), "{what}: {}", said.err);
    }
    let (said, line) = change(&|old| format!("{old}\n{old}"));
    assert!(said.tells(&format!("line {}, column `date`", line + 1)), "a stamp twice: {}", said.err);
    let (said, line) = change(&|old| old.replacen("2024-08-06", "6 August", 1));
    assert_eq!(line, 0);
    assert!(said.tells("column `date`") && said.tells("6 August"), "{}", said.err);
}

#[test]
fn a_gap_in_the_data_ends_with_4_and_says_between_which_rows() {
    let copy = Copy::new();
    let file = "data/validator_queue_2024_08.csv";
    let text = fs::read_to_string(copy.path(file)).expect("a table");
    let kept: Vec<_> = text.lines().filter(|line| !line.starts_with("2024-08-06,")).collect();
    fs::write(copy.path(file), kept.join("\n")).expect("written");
    let before = kept.iter().position(|line| line.starts_with("2024-08-05,")).expect("the day before") + 1;
    let said = refused(&copy, "");
    assert_eq!(said.code, BAD_DATA);
    assert!(said.tells("validator_queue_2024_08.csv") && said.tells("`exit_queue_eth`"), "{}", said.err);
    assert!(said.tells(&format!("between line {before} (2024-08-05")), "{}", said.err);
    assert!(said.tells(&format!("and line {} (2024-08-07", before + 1)), "{}", said.err);
}

#[test]
fn words_that_fit_nothing_end_with_2() {
    let copy = Copy::new();
    assert_eq!(refused(&copy, "--bogus").code, USAGE);
    assert_eq!(refused(&copy, "--paths 0").code, USAGE);
    assert_eq!(refused(&copy, "--path-range 60..50").code, USAGE);
    assert_eq!(refused(&copy, "--isa abacus").code, USAGE);
    let said = refused(&copy, "--path-range 5..11");
    assert_eq!(said.code, USAGE);
    assert!(said.tells("--path-range ends at 11, weeth-2024-08 has 10 paths"), "{}", said.err);
    fs::create_dir(copy.path("empty")).expect("a folder");
    let said = run(&copy.path("empty"), &copy.path("out"), "");
    assert_eq!(said.code, USAGE);
    assert!(said.tells("holds no scenario"), "{}", said.err);
}

#[test]
fn two_scenarios_of_one_name_are_refused_before_either_runs() {
    let copy = Copy::new();
    fs::copy(copy.scenario("queue-2025"), copy.path("scenarios/again.toml")).expect("a copy");
    let said = run(&copy.path("scenarios"), &copy.path("out"), "--paths 2");
    assert_eq!(said.code, USAGE);
    assert!(said.tells("again.toml") && said.tells("queue-2025.toml"), "{}", said.err);
    assert!(files(&copy.path("out")).is_empty());
}

#[test]
fn a_folder_with_one_bad_scenario_runs_none() {
    let copy = Copy::new();
    // The last in the order of names.
    copy.spoil("scenarios/weeth-rolling-2025.toml", "fee_bps = 1\n", "fee_bps = -1\n");
    let said = run(&copy.path("scenarios"), &copy.path("out"), "--paths 2");
    assert_eq!((said.code, said.out.as_str()), (BAD_SCENARIO, ""));
    assert!(files(&copy.path("out")).is_empty());
}

#[test]
fn a_report_folder_that_cannot_be_made_ends_with_6() {
    let copy = Copy::new();
    fs::write(copy.path("file"), "in the way").expect("written");
    let said = run(&copy.scenario("queue-2025"), &copy.path("file"), "");
    assert_eq!((said.code, said.out.as_str()), (NO_FILE, ""));
    assert!(said.tells("file/queue-2025"), "{}", said.err);
    assert_eq!(fs::read_to_string(copy.path("file")).expect("still there"), "in the way");
}

#[test]
fn json_is_all_that_stands_on_standard_output_and_quiet_prints_nothing() {
    let out = tempfile::tempdir().expect("a temporary folder");
    let scenario = root().join("scenarios/queue-2025.toml");
    let said = run_well(&scenario, out.path(), "--json");
    let value: serde_json::Value = serde_json::from_str(&said.out).expect("JSON and nothing else");
    assert_eq!(value[0]["run"], "queue-2025");
    assert!(value[0]["figures"].as_object().is_some_and(|figures| !figures.is_empty()));
    let report = PathBuf::from(value[0]["report"].as_str().expect("a folder"));
    assert!(report.join("index.html").is_file());
    assert_eq!(run_well(&scenario, out.path(), "--quiet").out, "");
    let said = run_well(&scenario, out.path(), "");
    assert!(said.out.contains("queue-2025") && said.out.contains("index.html"), "{}", said.out);
}

#[test]
fn the_schema_is_json_that_knows_the_keys_of_the_shipped_scenarios() {
    let said = pegstress(["schema"]);
    assert_eq!((said.code, said.err.as_str()), (OK, ""));
    let schema: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
    for key in ["name", "mode", "time", "venues", "redemption", "agents", "shocks", "report"] {
        assert!(schema["properties"].get(key).is_some(), "{key}");
    }
}

#[test]
fn check_says_ok_for_each_shipped_scenario_and_shows_every_bad_one() {
    let said = pegstress(["check".into(), root().join("scenarios").into_os_string()]);
    assert_eq!((said.code, said.err.as_str()), (OK, ""));
    assert_eq!(
        said.out.lines().filter(|line| line.ends_with(": ok")).count(),
        shipped().len(),
        "{}",
        said.out
    );

    let copy = Copy::new();
    copy.spoil("scenarios/queue-2025.toml", "churn_eth_per_epoch = 256", "churn_eth_per_epoch = 0");
    copy.spoil("data/weeth_2024_08.csv", "time_utc,", "stamp,");
    let said = pegstress(["check".into(), copy.path("scenarios").into_os_string()]);
    // The worse of 3 and 4.
    assert_eq!(said.code, BAD_DATA, "{}", said.err);
    assert!(said.tells("churn_eth_per_epoch is 0") && said.tells("no column `time_utc`"), "{}", said.err);
    assert_eq!(
        said.out.lines().filter(|line| line.ends_with(": ok")).count(),
        shipped().len() - 2,
        "{}",
        said.out
    );
    assert!(!copy.path("reports").exists(), "check writes nothing");
}

#[test]
fn a_run_with_too_many_faulty_paths_writes_its_report_and_ends_with_1() {
    // A pair with next to no tokens: sales of 1e20 times its tokens take its ETH to the last bit, and a third of the paths
    // break.
    let copy = Copy::new();
    let file = "scenarios/ezeth-2024-04.toml";
    let pool = "[venues.balancer_stable]\namplification = 500\nfee_bps = 1\nrate = \"redemption_rate\"\nreserve_quote = 4_000\n\
                reserve_lrt = 14_000\n";
    let pair = "[venues.constant_product]\nfee_bps = 1\nreserve_quote = 4_000\nreserve_lrt = 1e-18\n";
    copy.spoil(file, pool, pair);
    let other = "[[venues]]\nname = \"ezETH/WETH other pools\"\nquote = \"WETH\"\n\n[venues.balancer_stable]\namplification = 500\n\
                 fee_bps = 4\nrate = \"redemption_rate\"\nreserve_quote = 4_500\nreserve_lrt = 15_700\n";
    copy.spoil(file, other, "");
    // Evidence of what is gone speaks of what is left.
    for (gone, left) in [
        ("venues[0].balancer_stable.amplification", "venues[0].constant_product.fee_bps"),
        ("venues[0].balancer_stable.reserve_quote", "venues[0].constant_product.reserve_quote"),
        ("venues[0].balancer_stable.reserve_lrt", "venues[0].constant_product.reserve_lrt"),
        ("venues[1].balancer_stable.reserve_quote", "venues[0].quote"),
        ("\"venues[1]\"", "\"venues[0].name\""),
    ] {
        copy.spoil(file, gone, left);
    }
    let out = tempfile::tempdir().expect("a temporary folder");
    let words = "--paths 64 --quiet --set shocks[1].size=1 --set shocks[1].size_log_sd=0";
    let said = run(&copy.path(file), out.path(), words);
    assert_eq!(said.code, INTERNAL, "{}", said.err);
    assert!(
        said.err.contains("of 64 paths are faulty") && said.err.contains("report.most_faults_pct = 0.1"),
        "{}",
        said.err
    );
    assert!(out.path().join("ezeth-2024-04/index.html").exists());
    // Whoever allows it is told, and no more.
    run_well(&copy.path(file), out.path(), &format!("{words} --set report.most_faults_pct=100"));
}
