//! `pegstress depth` as a user runs it.

use assert_cmd::Command;
use serde_json::Value;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Runs `pegstress depth` in a folder of its own; exit code, standard output, standard error.
fn depth(file: &Path, words: &[&str], out: &Path) -> (i32, String, String) {
    let output = Command::cargo_bin("pegstress")
        .expect("the binary")
        .arg("depth")
        .arg(file)
        .args(words)
        .arg("--out")
        .arg(out)
        .output()
        .expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (output.status.code().expect("an exit code"), text(output.stdout), text(output.stderr))
}

fn json(file: &Path, words: &[&str], out: &Path) -> Value {
    let (code, said, err) = depth(file, &[words, &["--json"]].concat(), out);
    assert_eq!(code, 0, "{err}");
    serde_json::from_str(&said).expect("JSON")
}

#[test]
fn the_example_writes_its_tables_and_its_chart() {
    let out = tempfile::tempdir().expect("a folder");
    let (code, said, err) = depth(&root().join("pools/ezeth-illustration.toml"), &[], out.path());
    assert_eq!(code, 0, "{err}");
    assert!(
        said.contains("ezETH") && said.contains("depth at 2.0 %") && said.contains("effective venues"),
        "{said}"
    );
    let folder = out.path().join("depth-ezeth-illustration");
    let lines = |name: &str| std::fs::read_to_string(folder.join(name)).expect(name).lines().count();
    // Five venues and all of them at six discounts; six steps; three sales over five venues and the sum; the headers.
    assert_eq!(lines("venue_depth.csv"), 1 + 6 * 6);
    assert_eq!(lines("depeg_ladder.csv"), 1 + 6);
    assert_eq!(lines("routed_sales.csv"), 1 + 3 * 6);
    assert!(std::fs::read(folder.join("slippage.png")).expect("a chart").starts_with(b"\x89PNG"));
}

#[test]
fn the_figures_agree_with_each_other() {
    let out = tempfile::tempdir().expect("a folder");
    let words = ["--discounts-bps", "50,200", "--sizes-lrt", "100,1000"];
    let found = json(&root().join("pools/ezeth-illustration.toml"), &words, out.path());
    let number = |value: &Value| value.as_f64().expect("a number");
    let nav = number(&found["redemption_rate"]);
    for level in found["depth"].as_array().expect("levels") {
        let shares: Vec<f64> = level["venue_shares"].as_array().expect("shares").iter().map(number).collect();
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let hhi: f64 = shares.iter().map(|share| share * share).sum();
        assert!((number(&level["concentration_hhi"]) - hhi).abs() < 1e-12);
        assert!(number(&level["depth_average_lrt"]) > 0.0);
    }
    let deeper = |key: &str| number(&found["depth"][1][key]) > number(&found["depth"][0][key]);
    assert!(deeper("depth_average_lrt") && deeper("depth_marginal_lrt"));
    for sale in found["routed_sales"].as_array().expect("sales") {
        let parts: f64 = sale["venue_lrt"].as_array().expect("parts").iter().map(number).sum();
        let size = number(&sale["lrt"]);
        assert!((parts / size - 1.0).abs() < 1e-9);
        assert!(number(&sale["proceeds_eth"]) < size * nav);
    }
    for step in found["depeg_ladder"].as_array().expect("steps") {
        let value = number(&step["sell_lrt"]) * nav;
        assert!((number(&step["loss_eth"]) - (value - number(&step["proceeds_eth"]))).abs() < 1e-9 * value);
    }
}

#[test]
fn a_scenario_is_quoted_at_its_start() {
    let out = tempfile::tempdir().expect("a folder");
    let found = json(&root().join("scenarios/weeth-2024-08.toml"), &[], out.path());
    assert_eq!(found["symbol"], "weETH");
    assert_eq!(found["venues"][0]["reserve_eth"], 9_500.0);
    // The scenario chose its reserves for a discount of 10.5 bps, in tens of tokens: half a basis point each.
    let (nav, price) = (&found["redemption_rate"], &found["best_marginal_price_eth"]);
    let discount_bps = 1e4 * (1.0 - price.as_f64().expect("a price") / nav.as_f64().expect("a rate"));
    assert!((discount_bps - 10.5).abs() < 1.0, "{discount_bps}");
}

#[test]
fn wrong_words_and_files_are_refused_and_nothing_is_written() {
    let out = tempfile::tempdir().expect("a folder");
    let pools = root().join("pools/ezeth-illustration.toml");
    let (code, _, err) = depth(&pools, &["--discounts-bps", "0"], out.path());
    assert!(code == 2 && err.contains("not a number above 0 and below 10000"), "{code} {err}");
    let (code, _, err) = depth(&pools, &["--sizes-lrt", "many"], out.path());
    assert!(code == 2 && err.contains("not a number above 0"), "{code} {err}");
    let (code, _, err) = depth(Path::new("no-such-file.toml"), &[], out.path());
    assert!(code != 0 && err.contains("no-such-file.toml"), "{code} {err}");
    let text = std::fs::read_to_string(&pools)
        .expect("the example")
        .replace("amplification = 200", "amplificatoin = 200");
    let spoilt = out.path().join("spoilt.toml");
    std::fs::write(&spoilt, text).expect("written");
    let (code, _, err) = depth(&spoilt, &[], out.path());
    assert!(
        code == 3
            && err.contains("unknown key `amplificatoin`")
            && err.contains("did you mean `amplification`?"),
        "{code} {err}"
    );
    assert!(!out.path().join("depth-spoilt").exists());
}
