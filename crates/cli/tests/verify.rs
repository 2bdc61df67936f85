//! `pegstress verify`: what it says and how it ends.

use assert_cmd::Command;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const OK: i32 = 0;
const DIFFERS: i32 = 1;
const USAGE: i32 = 2;
const BAD_DATA: i32 = 4;

/// What the binary said.
struct Said {
    code: i32,
    out: String,
    err: String,
}

impl Said {
    fn last_line(&self) -> &str {
        self.out.lines().last().unwrap_or_default()
    }

    /// The two counts of the last line.
    fn counts(&self) -> (u64, u64) {
        let words: Vec<_> = self.last_line().split(' ').collect();
        let [passed, "passed,", failed, "failed"] = words[..] else { panic!("{}", self.out) };
        (passed.parse().expect("a count"), failed.parse().expect("a count"))
    }
}

fn verify(words: &[&Path]) -> Said {
    let output = Command::new(env!("CARGO_BIN_EXE_pegstress"))
        .arg("verify")
        .args(words)
        .output()
        .expect("the binary starts");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Said {
        code: output.status.code().expect("an exit code"),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").canonicalize().expect("the fixtures")
}

fn fixture(name: &str) -> Value {
    let text = fs::read_to_string(fixtures().join(name)).expect(name);
    serde_json::from_str(&text).expect("JSON")
}

/// A file in a folder that goes away with it.
fn file(folder: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(&path, text).expect("written");
    path
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

#[test]
fn the_fixtures_pass_file_by_file() {
    let said = verify(&[&fixtures()]);
    assert_eq!((said.code, said.err.as_str()), (OK, ""), "{}", said.out);
    let (passed, failed) = said.counts();
    assert!(passed > 10_000 && failed == 0, "{}", said.last_line());
    assert!(!said.out.contains("not recognised"), "{}", said.out);
    for (name, told) in [
        ("consensus/exit_clock.json", "Exit clock, single exits: 150 churn limits"),
        ("curve-stableswap-ng/get_d_nonconvergent.json", "268 reverts"),
        ("curve-steth/sales_of_1000_steth.csv", "400 exchanges, 401 quotes"),
    ] {
        let name = fixtures().join(name).display().to_string();
        let line = said.out.lines().find(|line| line.starts_with(&name)).unwrap_or_else(|| panic!("{name}"));
        assert!(line.contains(told), "{line}");
    }
    let names: Vec<_> =
        said.out.lines().filter_map(|line| line.split_once(": ")).map(|(name, _)| name).collect();
    assert!(names.is_sorted() && names.len() >= 13, "{names:?}");
}

#[test]
fn a_wrong_number_is_shown_with_both_values_and_ends_with_1() {
    let folder = folder();
    let mut cases = fixture("consensus/exit_clock.json");
    let right = cases[3]["exit_epoch"].as_str().expect("a number").to_owned();
    cases[3]["exit_epoch"] = json!("7");
    let path = file(&folder, "renamed.json", &json!({ "cases": cases }).to_string());
    let said = verify(&[&path]);
    assert_eq!((said.code, said.err.as_str()), (DIFFERS, ""));
    assert!(said.out.contains(&format!("  cases[3].exit_epoch: expected 7, got {right}\n")), "{}", said.out);
    // 150 cases of four numbers each.
    assert_eq!(said.last_line(), "599 passed, 1 failed");
}

#[test]
fn of_many_mismatches_twenty_are_shown_and_all_are_counted() {
    let folder = folder();
    let mut cases = fixture("consensus/exit_clock.json");
    for case in cases.as_array_mut().expect("a list").iter_mut().take(32) {
        case["exit_epoch"] = json!("7");
    }
    let said = verify(&[&file(&folder, "cases.json", &cases.to_string())]);
    assert_eq!(said.code, DIFFERS);
    assert_eq!(said.out.matches("expected 7, got").count(), 20);
    assert!(said.out.contains("\n  ... and 12 more\n"), "{}", said.out);
    assert_eq!(said.last_line(), "568 passed, 32 failed");
}

#[test]
fn a_missing_field_fails() {
    let folder = folder();
    let mut cases = fixture("consensus/exit_clock.json");
    cases[3].as_object_mut().expect("a case").remove("current_epoch");
    let said = verify(&[&file(&folder, "cases.json", &cases.to_string())]);
    assert_eq!(said.code, DIFFERS);
    assert!(
        said.out.contains("  [3].current_epoch: expected an integer below 2^256, got missing\n"),
        "{}",
        said.out
    );
    assert_eq!(said.counts().1, 1);
}

#[test]
fn an_unknown_file_is_named_and_fails_only_where_it_is_asked_for() {
    let folder = folder();
    let unknown = file(&folder, "deep/unknown.json", "{\"answer\": 42}");
    file(&folder, "deep/README.md", "not looked at");
    file(&folder, "known.json", &fixture("consensus/churn.json").to_string());
    let told = format!("{}: not recognised\n", unknown.display());

    let said = verify(&[folder.path()]);
    assert_eq!((said.code, said.err.as_str()), (OK, ""));
    assert!(said.out.contains(&told) && !said.out.contains("README"), "{}", said.out);
    assert_eq!(said.last_line(), "297 passed, 0 failed");

    let said = verify(&[folder.path(), &unknown]);
    assert_eq!(said.code, DIFFERS);
    assert_eq!(said.last_line(), "297 passed, 0 failed");
}

#[test]
fn nothing_found_is_no_success() {
    let folder = folder();
    file(&folder, "notes.txt", "no vectors here");
    let said = verify(&[folder.path()]);
    assert_eq!(
        (said.code, said.out.as_str()),
        (DIFFERS, "nothing to compare was found\n0 passed, 0 failed\n")
    );
    assert_eq!(verify(&[]).code, USAGE);
}

#[test]
fn a_missing_path_is_told_before_anything_is_compared() {
    let folder = folder();
    let missing = folder.path().join("nowhere");
    let said = verify(&[&fixtures(), &missing]);
    assert_eq!((said.code, said.out.as_str()), (BAD_DATA, ""));
    assert!(said.err.starts_with(&format!("error: {}: ", missing.display())), "{}", said.err);
}

#[test]
fn a_file_that_cannot_be_read_is_told_and_the_others_are_compared() {
    let folder = folder();
    let broken = file(&folder, "broken.json", "{\"pools\": [");
    let binary = folder.path().join("binary.json");
    fs::write(&binary, [0xff, 0xfe, 0x00]).expect("written");
    file(&folder, "known.json", &fixture("consensus/churn.json").to_string());
    let said = verify(&[folder.path()]);
    assert_eq!(said.code, BAD_DATA);
    assert!(said.err.contains(&format!("error: {}: not valid JSON: ", broken.display())), "{}", said.err);
    assert!(said.err.contains(&format!("error: {}: ", binary.display())), "{}", said.err);
    assert_eq!(said.last_line(), "297 passed, 0 failed");

    // A result that differs weighs more.
    let mut cases = fixture("consensus/churn.json");
    cases[0]["gloas"]["exit_churn_limit"] = json!("1");
    file(&folder, "known.json", &cases.to_string());
    assert_eq!(verify(&[folder.path()]).code, DIFFERS);
}

#[test]
fn lanes_are_told_in_a_table_before_the_last_line() {
    let said = verify(&[&fixtures(), Path::new("--lanes")]);
    assert_eq!((said.code, said.err.as_str()), (OK, ""));
    let header = said.out.lines().find(|line| line.contains("relative error")).expect("a header");
    let column = |name: &str| header.find(name).unwrap_or_else(|| panic!("{name} in {header}")) + name.len();
    let mut rows = 0;
    for line in
        said.out.lines().filter(|line| line.contains(": amount out ") || line.contains(": marginal price "))
    {
        let cell =
            |name: &str| line[..column(name)].split_whitespace().next_back().expect("a cell").to_owned();
        assert!(cell("count").parse::<u64>().expect("a count") > 0, "{line}");
        let (max, p99) = (cell("max").parse::<f64>(), cell("99 %").parse::<f64>());
        let (max, p99) = (max.expect("a number"), p99.expect("a number"));
        // The bound that pegstress-amm documents.
        assert!(0.0 <= p99 && p99 <= max && max < 1e-11, "{line}");
        rows += 1;
    }
    // Two quantities of three formats.
    assert!(rows >= 6, "{}", said.out);
    assert_eq!(said.counts().1, 0);

    let said = verify(&[&fixtures().join("consensus"), Path::new("--lanes")]);
    assert_eq!(said.code, OK);
    assert!(said.out.contains("no lane version of what was compared"), "{}", said.out);
}
