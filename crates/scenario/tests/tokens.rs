//! Token files: each shipped one is right, every value has evidence, and a scenario inherits what it does not say.

mod common;

use std::path::{Path, PathBuf};

use common::Ones;
use pegstress_scenario::{Document, Override, ScenarioError, TokenFile, read_token, resolve};
use pegstress_sim::scenario::{EvidenceMark, PathStudy, Scenario, Study};

const FORWARD: &str = include_str!("files/forward.toml");

fn tokens() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/tokens")
}

fn shipped() -> Vec<PathBuf> {
    let files = std::fs::read_dir(tokens()).expect("the folder of tokens");
    let paths = files.map(|file| file.expect("a file").path());
    paths.filter(|path| path.extension().is_some_and(|end| end == "toml")).collect()
}

/// A forward scenario of weETH that has no table of redemption, below a folder beside `data`.
fn inheriting() -> String {
    let start = FORWARD.find("[redemption]").expect("a table");
    let end = start + FORWARD[start..].find("\n[").expect("another table");
    let mut text = FORWARD.to_owned();
    text.replace_range(start..end, "");
    let symbol = text.lines().find(|line| line.starts_with("symbol")).expect("a symbol").to_owned();
    text.replace(&symbol, "symbol = \"weETH\"\nfile = \"../data/tokens/weeth.toml\"")
}

fn parse(text: &str, overrides: &[&str]) -> Result<Document, ScenarioError> {
    let overrides: Vec<Override> = overrides.iter().map(|text| text.parse().expect("an override")).collect();
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/a.toml");
    Document::parse(&place, text, &overrides)
}

fn study(overrides: &[&str]) -> (Scenario, PathStudy) {
    let document = parse(&inheriting(), overrides).unwrap_or_else(|error| panic!("{error}"));
    let scenario = resolve(&document, &mut Ones).unwrap_or_else(|error| panic!("{error}"));
    let Study::Paths(study) = scenario.study.clone() else { panic!("no paths") };
    (scenario, *study)
}

#[test]
fn every_shipped_token_file_is_right_and_says_where_its_values_come_from() {
    let files = shipped();
    assert_eq!(files.len(), 6);
    for path in files {
        let token = read_token(&path, &[]).unwrap_or_else(|error| panic!("{error}"));
        let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("a name");
        assert_eq!(token.raw().symbol.to_lowercase(), stem);
        assert!(token.raw().evidence.iter().all(|one| !one.source.trim().is_empty()), "{stem}");
        assert!(token.raw().evidence.iter().any(|one| one.key == "redemption"), "{stem}");
        token.redemption(0.0).unwrap_or_else(|error| panic!("{error}"));
        assert!(token.assumptions().iter().all(|one| one.mark != EvidenceMark::Unstated), "{stem}");
    }
}

#[test]
fn a_scenario_inherits_the_redemption_of_its_token_and_replaces_what_it_says_itself() {
    let (_, inherited) = study(&[]);
    let bucket = inherited.redemption.rules.buffer.bucket.expect("a bucket");
    assert_eq!((bucket.capacity_eth, inherited.redemption.rules.buffer.watermark_eth), (2000.0, 25_000.0));
    // 100,800 blocks of 12 s.
    assert_eq!(inherited.redemption.rules.exits.escrow_secs, 14.0 * 86_400.0);
    assert!(inherited.redemption.breaker.is_some());
    let (_, replaced) = study(&["redemption.escrow_days=7", "redemption.instant_fee_bps=50"]);
    assert_eq!(replaced.redemption.rules.exits.escrow_secs, 7.0 * 86_400.0);
    assert_eq!(replaced.redemption.rules.buffer.fee.at_full, 0.005);
    assert_eq!(replaced.redemption.rules.buffer.watermark_eth, 25_000.0);
}

#[test]
fn inherited_values_are_assumptions_of_the_study_with_the_token_s_own_evidence() {
    let (scenario, _) = study(&["redemption.processing_days=3"]);
    let find = |key: &str| scenario.assumptions.iter().filter(|one| one.key == key).collect::<Vec<_>>();
    let escrow = find("redemption.escrow_blocks");
    assert_eq!(
        (escrow.len(), escrow[0].mark, escrow[0].value.as_str()),
        (1, EvidenceMark::Source, "100_800")
    );
    assert!(escrow[0].source.contains("MIN_WITHDRAWAL_DELAY_BLOCKS"));
    // Replaced: listed once, as the scenario has it.
    let processing = find("redemption.processing_days");
    assert_eq!((processing.len(), processing[0].value.as_str()), (1, "3"));
}

#[test]
fn missed_slots_stretch_an_escrow_that_is_counted_in_blocks() {
    let (_, study) = study(&["network.missed_slots_pct=1"]);
    let days = study.redemption.rules.exits.escrow_secs / 86_400.0;
    assert!((days - 14.0 / 0.99).abs() < 1e-9, "{days}");
}

#[test]
fn a_token_file_that_is_missing_wrong_or_of_another_token_is_told() {
    let told = |text: &str| parse(text, &[]).expect_err("a wrong file").to_string();
    let missing = told(&inheriting().replace("weeth.toml", "weath.toml"));
    assert!(missing.contains("token.file") && missing.contains("weath.toml"), "{missing}");
    let other = told(&inheriting().replace("weeth.toml", "ezeth.toml"));
    assert!(
        other.contains("token.symbol is `weETH`, but ../data/tokens/ezeth.toml is of `ezETH`"),
        "{other}"
    );
    let text = std::fs::read_to_string(tokens().join("weeth.toml")).expect("a token file");
    let wrong = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        TokenFile::parse(Path::new("t.toml"), &text.replacen(from, to, 1), &[])
            .expect_err("wrong")
            .to_string()
    };
    let misspelt = wrong("escrow_blocks", "escrow_block");
    assert!(
        misspelt.contains("unknown key `escrow_block`") && misspelt.contains("escrow_blocks"),
        "{misspelt}"
    );
    let twice = wrong("escrow_blocks = 100_800", "escrow_blocks = 100_800\nescrow_days = 14");
    assert!(twice.contains("redemption.escrow_days both say the escrow"), "{twice}");
    let without_effect = wrong("instant_and_queue", "queue");
    for key in ["redemption.instant_bucket", "redemption.buffer_watermark_eth"] {
        assert!(without_effect.contains(&format!("{key} has no effect")), "{without_effect}");
    }
    let stray = wrong("key = \"redemption.breaker\"", "key = \"redemption.braker\"");
    assert!(
        stray.contains("evidence[11].key is `redemption.braker`, which this file does not have"),
        "{stray}"
    );
}

#[test]
fn a_simulation_without_redemption_is_told_both_ways_to_give_it() {
    let text = inheriting().replace("file = \"../data/tokens/weeth.toml\"\n", "");
    let told = parse(&text, &[]).expect_err("no redemption").to_string();
    assert!(told.contains("redemption is missing") && told.contains("token.file"), "{told}");
}

#[test]
fn churn_and_sweep_are_said_in_one_way_each() {
    let told = |overrides: &[&str]| parse(&inheriting(), overrides).expect_err("wrong").to_string();
    assert!(told(&["network.churn_rule=electra"]).contains("keep one"));
    assert!(told(&["network.staked_eth=36e6"]).contains("network.staked_eth has no effect"));
    let one_way = inheriting();
    let line =
        one_way.lines().find(|line| line.starts_with("churn_eth_per_epoch")).expect("a churn").to_owned();
    let by_rule = one_way.replace(&line, "churn_rule = \"gloas\"\nstaked_eth = 36_000_000");
    let document = parse(&by_rule, &[]).unwrap_or_else(|error| panic!("{error}"));
    let scenario = resolve(&document, &mut Ones).expect("a scenario");
    let Study::Paths(study) = scenario.study else { panic!("no paths") };
    // 36,000,000 / 32,768, rounded down.
    assert_eq!(study.network.churn_eth_per_epoch, 1098.0);
    let lacking = one_way.replace(&line, "churn_rule = \"before_electra\"");
    let told = parse(&lacking, &[]).expect_err("wrong").to_string();
    assert!(told.contains("network.active_validators is missing"), "{told}");
}
