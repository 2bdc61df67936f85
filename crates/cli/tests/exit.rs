//! `pegstress exit` as a user runs it.

use assert_cmd::Command;
use serde_json::Value;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Runs `pegstress exit` in the root of the repository; exit code, standard output, standard error.
fn exit(words: &[&str], out: &Path) -> (i32, String, String) {
    let output = Command::cargo_bin("pegstress")
        .expect("the binary")
        .current_dir(root())
        .arg("exit")
        .args(words)
        .arg("--out")
        .arg(out)
        .output()
        .expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (output.status.code().expect("an exit code"), text(output.stdout), text(output.stderr))
}

fn json(words: &[&str], out: &Path) -> Vec<Value> {
    let (code, said, err) = exit(&[words, &["--json"]].concat(), out);
    assert_eq!(code, 0, "{err}");
    serde_json::from_str(&said).expect("a list")
}

fn days(study: &Value, stage: &str, key: &str) -> f64 {
    let stages = study["stages"].as_array().expect("stages");
    let found = stages.iter().find(|one| one["stage"] == stage).unwrap_or_else(|| panic!("no stage {stage}"));
    found[key].as_f64().expect("a number")
}

#[test]
fn four_tokens_at_the_queue_of_28_august_2025_each_have_a_chart_and_tables() {
    let out = tempfile::tempdir().expect("a folder");
    let words =
        ["--token", "weETH,ezETH,rsETH,stETH", "--amount", "25000", "--at", "2025-08-28", "--paths", "200"];
    let (code, said, err) = exit(&words, out.path());
    assert_eq!(code, 0, "{err}");
    for token in ["weeth", "ezeth", "rseth", "steth"] {
        let folder = out.path().join(format!("exit-{token}-2025-08-28"));
        let read = |name: &str| {
            std::fs::read_to_string(folder.join(name)).unwrap_or_else(|e| panic!("{token} {name}: {e}"))
        };
        assert!(std::fs::read(folder.join("exit.png")).expect("a chart").starts_with(b"\x89PNG"));
        // Three delays at seven levels, and the header.
        assert_eq!(read("exit_delays.csv").lines().count(), 1 + 3 * 7);
        assert!(read("assumptions.csv").contains("network.exit_queue_eth,1030298,source,false"));
        // Every stage but one without a parameter of its own says how strong its evidence is.
        assert!(read("exit_timeline.csv").lines().skip(1).all(|line| !line.ends_with(',')), "{token}");
        let paid: f64 = read("exit_payments.csv")
            .lines()
            .last()
            .and_then(|l| l.rsplit(',').next()?.parse().ok())
            .expect("a sum");
        assert!(paid > 24_990.0 && paid <= 25_000.0, "{paid}");
    }
    assert!(
        said.contains("restaking escrow") && said.contains("mean") && said.contains("50 % of paths"),
        "{said}"
    );
}

#[test]
fn half_a_million_more_delays_the_marginal_unit_of_28_august_2025_by_8_68_days() {
    let out = tempfile::tempdir().expect("a folder");
    let study = &json(&["--token", "stETH", "--amount", "500_000", "--at", "2025-08-28"], out.path())[0];
    let [first, last] = ["first_unit_days", "last_unit_days"].map(|key| days(study, "exit queue", key));
    // 500,000 / 57,600, printed with two decimals; the order waits for the next report, a day.
    assert!((last - first - 8.68).abs() < 0.005, "{first} {last}");
    assert!((first - 1.0 - 1_030_298.0 / 57_600.0).abs() < 1e-9);
}

#[test]
fn what_is_set_and_given_is_what_is_followed() {
    let out = tempfile::tempdir().expect("a folder");
    let words = [
        "--token",
        "ezETH",
        "--amount",
        "25000",
        "--at",
        "2026-05-02T12:00:00Z",
        "--queue-eth",
        "530985",
        "--sweep-days",
        "4.5",
        "--set",
        "redemption.minimum_age_days=3",
        "--yield-pct-per-year",
        "2.64",
        "--entry-queue-eth",
        "2262825",
        "--missed-slots-pct",
        "1",
    ];
    let study = &json(&words, out.path())[0];
    assert_eq!(days(study, "minimum age of the request", "last_unit_days"), 3.0);
    // VQ's figure for this queue.
    assert!((days(study, "exit queue", "first_unit_days") - 9.22).abs() < 0.005);
    assert!((days(study, "restaking escrow", "last_unit_days") - 14.0 / 0.99).abs() < 1e-9);
    let back = days(study, "entry queue, if deposited again", "first_unit_days");
    assert!((back - study["last_days"].as_f64().expect("days") - 39.29 - 8.0 / 225.0).abs() < 0.005);
    let (mean, forgone) =
        (study["mean_days"].as_f64().expect("days"), study["yield_given_up_eth"].as_f64().expect("ETH"));
    assert!((forgone - 25_000.0 * 0.0264 * mean / 365.0).abs() < 1e-6);
    let folder = out.path().join("exit-ezeth-2026-05-02");
    let table = std::fs::read_to_string(folder.join("assumptions.csv")).expect("a table");
    assert!(table.contains("redemption.minimum_age_days,3,unstated,true,Set on the command line"), "{table}");
}

#[test]
fn wrong_words_are_told_what_would_be_right_and_nothing_is_written() {
    let out = tempfile::tempdir().expect("a folder");
    let basic = ["--amount", "100", "--at", "2025-08-28"];
    for (words, code, told) in [
        (["--token", "wethe"].as_slice(), 2, "it has ezeth, pufeth, rseth, rsweth, steth, weeth"),
        (&["--token", "weETH", "--set", "redemption.bufer_eth=1"], 3, "buffer_eth"),
        (&["--token", "weETH", "--queue", "data/none.csv"], 4, "data/none.csv"),
        (&["--token", "weETH", "--queue-eth", "1000"], 2, "--sweep-days"),
    ] {
        let (found, _, err) = exit(&[words, &basic].concat(), out.path());
        assert_eq!(found, code, "{err}");
        assert!(err.contains(told), "{err}");
    }
    let (code, _, err) = exit(&["--token", "weETH", "--amount", "nan", "--at", "2025-08-28"], out.path());
    assert!(code == 2 && err.contains("above 0"), "{err}");
    let (code, _, err) = exit(&["--token", "weETH", "--amount", "1", "--at", "28.8.2025"], out.path());
    assert!(code == 2 && err.contains("2025-08-28"), "{err}");
    let (code, _, err) = exit(&["--token", "weETH", "--amount", "1", "--at", "2027-01-01"], out.path());
    assert!(code == 4 && err.contains("validator_queue_2025.csv"), "{err}");
    let (code, _, err) = exit(
        &["--token", "weETH", "--amount", "1", "--at", "2024-01-01", "--queue-eth", "1", "--sweep-days", "1"],
        out.path(),
    );
    assert!(code == 2 && err.contains("--churn-eth-per-epoch"), "{err}");
    assert_eq!(std::fs::read_dir(out.path()).expect("a folder").count(), 0);
}
