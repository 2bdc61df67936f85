//! `pegstress data convert`: what is written, and what is refused without a trace.
//!
//! The records are written by hand in the documented shape; no number of them is a real one.

use assert_cmd::Command;
use pegstress_scenario::read_pools;
use std::fs;
use std::path::{Path, PathBuf};

const OK: i32 = 0;
const USAGE: i32 = 2;
const BAD_DATA: i32 = 4;
const NO_FILE: i32 = 6;

fn record(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenario/tests/records").join(name)
}

/// Exit code, standard output and standard error.
fn convert(record: &Path, words: &str) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_pegstress"))
        .args(["data", "convert"])
        .arg(record)
        .args(words.split_whitespace())
        .output()
        .expect("the binary starts");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (output.status.code().expect("an exit code"), text(output.stdout), text(output.stderr))
}

const WEETH: &str = "--token weETH --redemption-rate 1.0445 --fee-bps 1 --offpeg-fee-multiplier 2";

#[test]
fn a_curve_record_becomes_a_pool_file_that_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let to = folder.path().join("pools.toml");
    let (code, out, err) = convert(&record("curve.json"), &format!("{WEETH} --to {}", to.display()));
    assert_eq!((code, out.as_str(), err.as_str()), (OK, "", ""));
    assert!(read_pools(&to).is_ok());
    let written = fs::read_to_string(&to).expect("a text");
    assert!(written.starts_with("# Curve API getPools record, converted from curve.json.\n"), "{written}");
    // The same text without --to, on standard output.
    let (code, out, _) = convert(&record("curve.json"), WEETH);
    assert_eq!((code, out), (OK, written));
}

#[test]
fn a_uniswap_answer_becomes_a_pool_file_that_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let to = folder.path().join("pools.toml");
    let words = format!("--token weETH --redemption-rate 1.0445 --to {}", to.display());
    let (code, out, err) = convert(&record("uniswap_v3.json"), &words);
    assert_eq!((code, out.as_str(), err.as_str()), (OK, "", ""));
    assert!(read_pools(&to).is_ok());
    let spoilt = folder.path().join("spoilt.json");
    let text = fs::read_to_string(record("uniswap_v3.json")).expect("a record");
    fs::write(&spoilt, text.replacen("\"-380\"", "\"-420\"", 1)).expect("written");
    let (code, _, err) = convert(&spoilt, &words);
    assert!(
        code == BAD_DATA && err.contains("data.pool.ticks[3].tickIdx is -420, which another tick has"),
        "{err}"
    );
}

#[test]
fn what_the_user_must_say_ends_with_2_and_names_the_option() {
    let (code, out, err) = convert(&record("curve.json"), "--token weETH --redemption-rate 1.0445");
    assert_eq!((code, out.as_str()), (USAGE, ""));
    assert!(err.contains("curve.json") && err.contains("--fee-bps"), "{err}");
    let (code, _, err) = convert(&record("curve.json"), "");
    assert!(code == USAGE && err.contains("--token"), "{err}");
    let (code, _, err) = convert(&record("curve.json"), "--token stETH --fee-bps 4");
    assert!(code == USAGE && err.contains("--pool"), "{err}");
}

#[test]
fn a_wrong_record_ends_with_4_names_its_field_and_leaves_what_was_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let (spoilt, to) = (folder.path().join("spoilt.json"), folder.path().join("pools.toml"));
    let text = fs::read_to_string(record("curve.json")).expect("a record");
    fs::write(&spoilt, text.replacen("\"10055123456789012345678\"", "\"many\"", 1)).expect("written");
    fs::write(&to, "as it was").expect("written");
    let (code, out, err) = convert(&spoilt, &format!("{WEETH} --to {}", to.display()));
    assert_eq!((code, out.as_str()), (BAD_DATA, ""));
    assert!(err.contains("data.poolData[0].coins[0].poolBalance is `many`"), "{err}");
    assert_eq!(fs::read_to_string(&to).expect("still there"), "as it was");
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 2, "no temporary file stays");
    let (code, _, err) = convert(&record("../venues.rs"), WEETH);
    assert!(code == BAD_DATA && err.contains("line 1"), "{err}");
}

#[test]
fn a_file_that_cannot_be_read_or_written_ends_with_6() {
    let (code, _, err) = convert(&record("nowhere.json"), WEETH);
    assert!(code == NO_FILE && err.contains("nowhere.json"), "{err}");
    let folder = tempfile::tempdir().expect("a folder");
    let to = folder.path().join("no/such/folder/pools.toml");
    let (code, _, err) = convert(&record("curve.json"), &format!("{WEETH} --to {}", to.display()));
    assert!(code == NO_FILE && err.contains("pools.toml"), "{err}");
}

#[test]
fn the_schema_of_pool_files_is_json() {
    let output = Command::new(env!("CARGO_BIN_EXE_pegstress"))
        .args(["schema", "--pools"])
        .output()
        .expect("the binary starts");
    let schema: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(schema["properties"].get("snapshot").is_some());
}
