//! The binary on a file of several tokens: files, figures, messages.

use assert_cmd::Command;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace")
}

/// Standard output and error of the binary, and its exit code.
fn pegstress(words: &str) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_pegstress"))
        .args(words.split_whitespace())
        .current_dir(root())
        .output()
        .expect("the binary starts");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (output.status.code().expect("an exit code"), text(output.stdout), text(output.stderr))
}

/// Rows of a table by column.
fn csv(file: &Path) -> Vec<Vec<(String, String)>> {
    let text = fs::read_to_string(file).expect("a table");
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let header = lines.next().expect("a header");
    lines.map(|row| header.iter().cloned().zip(row).collect()).collect()
}

fn cell<'a>(row: &'a [(String, String)], column: &str) -> &'a str {
    row.iter().find(|one| one.0 == column).map_or_else(|| panic!("no {column}"), |one| &one.1)
}

fn number(row: &[(String, String)], column: &str) -> f64 {
    cell(row, column).parse().expect("a number")
}

#[test]
fn a_joint_run_reports_the_tokens_together_and_each_in_its_folder() {
    let out = tempfile::tempdir().expect("a folder");
    let words = format!("run scenarios/lrt-contagion-2025.toml --paths 200 --out {}", out.path().display());
    let (code, said, error) = pegstress(&words);
    assert_eq!((code, error.as_str()), (0, ""), "{said}");
    assert!(said.contains("P(2 or more beyond 50 bps at once)"), "{said}");
    let folder = out.path().join("lrt-contagion-2025");
    for file in [
        "index.html",
        "joint_heat_map.png",
        "joint_depths.png",
        "correlation.csv",
        "assumptions.csv",
        "manifest.json",
    ] {
        assert!(folder.join(file).is_file(), "{file}");
    }
    for symbol in ["rsETH", "ezETH", "weETH", "stETH"] {
        for file in ["index.html", "metrics.csv", "fan_discount.png", "manifest.json"] {
            assert!(folder.join(symbol).join(file).is_file(), "{symbol}/{file}");
        }
    }
    // The same statement in two places: three or more are never likelier than two, and a pair never than any pair.
    let rows = csv(&folder.join("joint.csv"));
    let find = |threshold: &str, tokens: &str, given: &str| {
        let row = rows.iter().find(|row| {
            cell(row, "threshold_bps") == threshold
                && cell(row, "statistic") == "probability_at_once"
                && cell(row, "tokens") == tokens
                && cell(row, "given") == given
        });
        row.map(|row| number(row, "value"))
    };
    let two = find("50", "2 or more", "").expect("two or more");
    assert!(find("50", "3 or more", "").expect("three or more") <= two);
    assert!(find("50", "rsETH+ezETH", "").expect("a pair") <= two);
    assert!(
        find("50", "rsETH+ezETH", "rsETH").expect("given") >= find("50", "rsETH+ezETH", "").expect("a pair")
    );
    let measured = csv(&folder.join("contagion.csv"));
    assert_eq!(measured.len(), 4);
    for row in &measured {
        let apart = number(row, "mean_deepest_joint_bps") - number(row, "mean_deepest_alone_bps");
        // Printed to four decimals.
        assert!((apart - number(row, "deeper_bps")).abs() < 2e-4);
    }
    let channels = csv(&folder.join("channels.csv"));
    assert_eq!(channels.len(), 4 * 4, "four channels by four tokens");
    let by_contagion =
        channels.iter().find(|row| cell(row, "channel") == "contagion" && cell(row, "token") == "ezETH");
    assert!(number(by_contagion.expect("a row"), "deeper_bps") > 0.0);
    let ezeth = &measured[1];
    assert_eq!(cell(ezeth, "exits_by_discount_of_rsETH_pct_per_day_per_bps"), "0.007");
    assert!(number(ezeth, "deeper_bps") > 3.0 * number(ezeth, "standard_error_bps"));
}

#[test]
fn without_anything_shared_no_token_is_deeper_than_alone() {
    let out = tempfile::tempdir().expect("a folder");
    let file = out.path().join("apart.toml");
    let text = fs::read_to_string(root().join("scenarios/lrt-contagion-2025.toml")).expect("the file");
    let members = root().join("scenarios/members").display().to_string();
    let text = text.replace("\"members/", &format!("\"{members}/"));
    let (head, _) = text.split_once("# Rows:").expect("the matrix");
    fs::write(&file, format!("{head}[shared]\nexit_clock = false\n\n[report]\nthresholds_bps = [50]\n"))
        .expect("written");
    let words = format!("run {} --paths 70 --quiet --out {}", file.display(), out.path().display());
    let (code, _, error) = pegstress(&words);
    assert_eq!((code, error.as_str()), (0, ""));
    for row in csv(&out.path().join("lrt-contagion-2025/contagion.csv")) {
        assert_eq!((number(&row, "deeper_bps"), number(&row, "share_of_paths_deeper")), (0.0, 0.0));
    }
}

#[test]
fn check_and_schema_know_the_file_and_questions_refuse_it() {
    let (code, said, _) = pegstress("check scenarios/lrt-contagion-2025.toml");
    assert_eq!((code, said.as_str()), (0, "scenarios/lrt-contagion-2025.toml: ok\n"));
    let (code, said, _) = pegstress("schema --joint");
    let schema: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(code, 0);
    for key in ["members", "contagion", "shared", "common", "report"] {
        assert!(schema["properties"].get(key).is_some(), "{key}");
    }
    let (code, _, said) = pegstress(
        "sweep scenarios/lrt-contagion-2025.toml --sweep paths.seed=1..2:2 --metric deepest_discount_close_bps:p50",
    );
    let said: String = said.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("mode = \"joint\" holds several tokens"), "{said}");
}

#[test]
fn every_token_of_every_severity_is_a_row_of_the_scoreboard() {
    let out = tempfile::tempdir().expect("a folder");
    let file = "scenarios/catalogue/domino-lrt-contagion.toml";
    let (code, said, error) =
        pegstress(&format!("run {file} --severity A,B --paths 64 --out {}", out.path().display()));
    assert_eq!((code, error.as_str()), (0, ""), "{said}");
    assert!(said.contains("2 runs; "), "{said}");
    let rows = csv(&out.path().join("scoreboard.csv"));
    let found: Vec<_> =
        rows.iter().map(|row| [cell(row, "scenario"), cell(row, "severity"), cell(row, "token")]).collect();
    let tokens = ["rsETH", "ezETH", "weETH", "stETH"];
    let wanted: Vec<_> = ["A", "B"]
        .into_iter()
        .flat_map(|severity| tokens.map(|token| ["domino-lrt-contagion", severity, token]))
        .collect();
    assert_eq!(found, wanted);
    // More is sold of the token that falls.
    assert!(number(&rows[4], "max_discount_bps") > number(&rows[0], "max_discount_bps"));
    for row in &rows {
        assert!(out.path().join(cell(row, "report")).join("index.html").is_file(), "{}", cell(row, "report"));
    }
    // The market's own file says that nothing happens.
    let page = out.path().join("domino-lrt-contagion/B/stETH/index.html");
    let page = fs::read_to_string(page).expect("a page");
    assert!(page.contains("stETH: rsETH depegs") && !page.contains("Nothing happens"));
    let manifest = out.path().join("domino-lrt-contagion/B/manifest.json");
    let manifest = fs::read_to_string(manifest).expect("a manifest");
    assert!(
        manifest.contains("--severity B") && manifest.contains("markets/parts/common.toml"),
        "{manifest}"
    );
}

#[test]
fn a_limit_of_a_member_is_broken_for_its_token_and_makes_a_strict_run_fail() {
    let out = tempfile::tempdir().expect("a folder");
    let words = "run scenarios/catalogue/domino-lrt-contagion.toml --severity B --paths 64 --strict --out";
    let (code, _, error) = pegstress(&format!("{words} {}", out.path().display()));
    assert_eq!(code, 10, "{error}");
    let rows = csv(&out.path().join("scoreboard.csv"));
    // rsETH is 10 % below, and its market's limit is 5 %; stETH stays within it.
    let verdicts = [cell(&rows[0], "pass_fail"), cell(&rows[3], "pass_fail")];
    assert_eq!(verdicts, ["fail", "pass"]);
}

#[test]
fn a_severity_that_a_joint_file_lacks_is_refused_with_those_it_has() {
    let (code, _, error) = pegstress("run scenarios/catalogue/domino-lrt-contagion.toml --severity D");
    assert_eq!(code, 2);
    assert!(error.contains("has no severity `D`; it has A, B, C"), "{error}");
}
