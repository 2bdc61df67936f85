//! What a wrong file is told: the message, the place, the way out.

use std::path::Path;

use pegstress_scenario::{Document, Override, OverrideSyntax, ScenarioError, read, schema};
use proptest::prelude::*;

const FORWARD: &str = include_str!("files/forward.toml");
const ROLLING: &str = include_str!("files/rolling.toml");
const POOL: &str = include_str!("files/pool.toml");
const QUEUE: &str = include_str!("files/queue.toml");
/// A second model for a venue.
const CONSTANT_PRODUCT: &str =
    "[venues.constant_product]\nfee_bps = 30\nreserve_quote = 1\nreserve_lrt = 1\n";

fn failure(text: &str, overrides: &[Override]) -> ScenarioError {
    Document::parse(Path::new("a.toml"), text, overrides).expect_err("a wrong file")
}

/// Messages of `text` with one part of it replaced.
fn messages(text: &str, part: &str, by: &str) -> Vec<String> {
    assert!(text.contains(part), "{part}");
    let error = failure(&text.replacen(part, by, 1), &[]);
    error.diagnostics().iter().map(|one| one.message.clone()).collect()
}

fn message(text: &str, part: &str, by: &str) -> String {
    let list = messages(text, part, by);
    assert_eq!(list.len(), 1, "{list:#?}");
    list[0].clone()
}

fn set(overrides: &[&str]) -> Result<Document, ScenarioError> {
    let overrides: Vec<Override> = overrides.iter().map(|text| text.parse().expect("an override")).collect();
    Document::parse(Path::new("a.toml"), FORWARD, &overrides)
}

#[test]
fn a_misspelt_key_is_shown_with_its_line_and_the_key_that_was_meant() {
    let error = failure(&FORWARD.replace("fee_bps = 1\n", "fee_bp = 1\n"), &[]);
    insta::assert_snapshot!(error, @r"
    a.toml:22:1: unknown key `fee_bp` in [venues[0].stableswap]
       |
    22 | fee_bp = 1
       | ^^^^^^
      help: did you mean `fee_bps`?
    ");
    assert_eq!(error.diagnostics()[0].key_path, "venues[0].stableswap.fee_bp");
}

#[test]
fn a_misspelt_table_is_not_reported_as_missing_too() {
    assert_eq!(message(FORWARD, "[network]", "[netwrk]"), "unknown key `netwrk` in the file");
}

#[test]
fn a_value_out_of_range_is_shown_with_the_range() {
    let error = failure(&FORWARD.replace("fee_bps = 1\n", "fee_bps = 12000\n"), &[]);
    insta::assert_snapshot!(error, @r"
    a.toml:22:11: venues[0].stableswap.fee_bps is 12000, must be in 0..=10000
       |
    22 | fee_bps = 12000
       |           ^^^^^
    ");
    assert_eq!(
        message(FORWARD, "branching_ratio = 0.3", "branching_ratio = 1"),
        "agents.exit_demand.branching_ratio is 1, must be in 0..1"
    );
    assert_eq!(
        message(FORWARD, "free_float_lrt = 778_000", "free_float_lrt = inf"),
        "token.free_float_lrt is inf, must be above 0"
    );
    assert_eq!(
        message(FORWARD, "thresholds_bps = [25, 50,", "thresholds_bps = [25, nan,"),
        "report.thresholds_bps[1] is NaN, must be above 0 and below 10000"
    );
}

#[test]
fn a_value_of_the_wrong_type_is_told_what_was_expected() {
    for (part, by, told) in [
        (
            "fee_bps = 1\n",
            "fee_bps = \"1\"\n",
            "venues[0].stableswap.fee_bps: expected a number, found a string",
        ),
        (
            "step_minutes = 60",
            "step_minutes = 7.5",
            "time.step_minutes: expected a whole number, found a decimal number",
        ),
        (
            "reserve_quote = 9_500",
            "reserve_quote = \"x\"",
            "venues[0].stableswap.reserve_quote: expected a number or a table, found a string",
        ),
        ("[[venues]]", "[venues]", "venues: expected an array, found a table"),
        ("quote = \"WETH\"", "quote = true", "venues[0].quote: expected a string, found true or false"),
        (
            "\"2024-08-04T00:00:00Z\"",
            "2024-08-04T00:00:00Z",
            "time.start: expected a string, found a date without quotes",
        ),
        (
            "\"2024-08-04T00:00:00Z\"",
            "\"2024-08-04\"",
            "time.start is `2024-08-04`, must be a time with offset such as 2024-08-04T00:00:00Z",
        ),
    ] {
        assert_eq!(message(FORWARD, part, by), told);
    }
}

#[test]
fn a_missing_key_is_named_and_explained() {
    let error = failure(&FORWARD.replace("fee_bps = 1\n", ""), &[]);
    let [only] = error.diagnostics() else { panic!("{error}") };
    assert_eq!(only.message, "venues[0].stableswap.fee_bps is missing");
    assert_eq!(only.help.as_deref(), Some("fee_bps: Fee of a swap, taken from what goes out."));
    assert_eq!(
        message(FORWARD, "[paths]\ncount = 10_000", "[paths]"),
        "paths.count is missing: mode = \"forward\" needs it for the number of paths"
    );
    assert_eq!(
        message(FORWARD, "max_age_hours = 24\n", ""),
        "drivers.network_exit_queue_eth.max_age_hours is missing: a series needs it"
    );
    assert_eq!(
        message(POOL, "max_pair_gap_hours = 6", ""),
        "report.max_pair_gap_hours is missing: drivers.market_price needs it to be scored"
    );
}

#[test]
fn an_unknown_mode_is_shown_beside_those_there_are() {
    let error = failure(&FORWARD.replace("\"forward\"", "\"forwards\""), &[]);
    insta::assert_snapshot!(error, @r#"
    a.toml:5:8: mode is `forwards`, must be one of pool_history, queue_history, forward, rolling
      |
    5 | mode = "forwards"
      |        ^^^^^^^^^^
      help: did you mean `forward`?
    "#);
}

#[test]
fn what_has_no_effect_in_a_mode_is_refused() {
    let list = messages(FORWARD, "\"forward\"", "\"pool_history\"");
    let told = "[agents] has no effect in mode = \"pool_history\": remove it or change the mode";
    assert!(list.iter().any(|one| one == told), "{list:#?}");
    assert_eq!(
        message(ROLLING, "[paths]\n", "[paths]\ncount = 5\n"),
        "paths.count has no effect in mode = \"rolling\": remove it or change the mode"
    );
    assert_eq!(
        message(POOL, "[time]\n", "[time]\nstep_minutes = 60\n"),
        "time.step_minutes has no effect in mode = \"pool_history\": remove it or change the mode"
    );
}

#[test]
fn rules_between_keys_point_at_a_key() {
    for (text, part, by, told) in [
        (
            FORWARD,
            "start = \"2024-",
            "start = \"2025-",
            "time.end is 2024-08-18T00:00:00Z, must be after time.start = 2025-08-04T00:00:00Z",
        ),
        (
            FORWARD,
            "step_minutes = 60",
            "step_minutes = 11",
            "time.step_minutes is 11, must divide the window of 20160 minutes",
        ),
        (
            FORWARD,
            "[25, 50, 100, 200]",
            "[25, 50, 50, 200]",
            "report.thresholds_bps[2] is 50, must be above 50 before it",
        ),
        (
            ROLLING,
            "start_hours = 6\n",
            "start_hours = 400\n",
            "shocks[0].start_hours is 400, must be below the horizon of 336 hours",
        ),
        (ROLLING, "size = 0.02", "size = 2", "shocks[0].size is 2, must be above 0 and at most 1"),
        (
            ROLLING,
            "every_hours = 24",
            "every_hours = 25",
            "rolling.every_hours is 25, must be a multiple of the step of 360 minutes",
        ),
        (
            ROLLING,
            "horizon_hours = 336",
            "horizon_hours = 3360",
            "rolling.horizon_hours is 3360, must fit the window of 2178 hours",
        ),
        (
            QUEUE,
            "churn_eth_per_epoch = 256",
            "churn_eth_per_epoch = 256\nsweep_days = 4",
            "network.sweep_days has no effect beside [drivers.sweep_days]: remove one of them",
        ),
        (POOL, "value = 1.0", "value = 0.0", "drivers.redemption_rate.value is 0, must be above 0"),
        (
            POOL,
            "value = 1.0",
            "value = 1.0\nfile = \"a.csv\"",
            "drivers.redemption_rate.file has no effect beside `value`: keep the constant or the series",
        ),
    ] {
        assert_eq!(message(text, part, by), told);
    }
    let second = format!("[[venues]]\nname = \"weETH/WETH\"\n{CONSTANT_PRODUCT}\n[redemption]");
    assert_eq!(
        message(FORWARD, "[redemption]", &second),
        "venues[1].name is `weETH/WETH`, which another venue has"
    );
}

#[test]
fn evidence_for_a_key_that_is_not_there_is_refused() {
    let error = failure(&FORWARD.replace("\"agents.arbitrage\"", "\"agents.arbitage\""), &[]);
    let [only] = error.diagnostics() else { panic!("{error}") };
    assert!(
        only.message.ends_with("is `agents.arbitage`, which this file does not have"),
        "{}",
        only.message
    );
    assert_eq!(only.help.as_deref(), Some("did you mean `agents.arbitrage`?"));
    let again = message(FORWARD, "key = \"agents.arbitrage\"", "key = \"agents.exit_demand\"");
    assert!(again.ends_with("is `agents.exit_demand`, which has evidence already"), "{again}");
}

#[test]
fn several_problems_are_told_at_once_in_the_order_of_the_file() {
    let text =
        FORWARD.replace("fee_bps = 1\n", "fee_bps = -1\n").replace("dispersion = 0.5", "dispersion = \"x\"");
    let error = failure(&text, &[]);
    let keys: Vec<&str> = error.diagnostics().iter().map(|one| one.key_path.as_str()).collect();
    assert_eq!(keys, ["venues[0].stableswap.fee_bps", "agents.exit_demand.dispersion"]);
}

#[test]
fn a_problem_of_syntax_is_told_with_its_place() {
    let error = failure("name = \"a\"\nmode = forward\n", &[]);
    assert_eq!(error.diagnostics()[0].line_and_column(), Some((2, 8)));
}

#[test]
fn an_override_changes_the_value_and_the_text() {
    let document =
        set(&["paths.count=7", "title=A new title", "report.sizes_lrt[0]=50"]).expect("a document");
    assert_eq!(document.raw().paths.and_then(|paths| paths.count), Some(7));
    assert_eq!(document.raw().title, "A new title");
    assert_eq!(document.raw().report.as_ref().map(|report| report.sizes_lrt[0].0), Some(50.0));
    assert!(document.text().contains("count = 7\n"));
    // The text alone gives the same scenario again.
    let again = Document::parse(document.path(), document.text(), &[]).expect("a document");
    assert_eq!(again.raw(), document.raw());
}

#[test]
fn an_override_of_an_unknown_key_is_refused_with_the_nearest() {
    insta::assert_snapshot!(set(&["paths.cont=3"]).expect_err("an unknown key"), @r"
    a.toml: override `paths.cont`: unknown key `cont` in [paths]
      help: did you mean `count`?
    ");
    let error = set(&["venues[3].stableswap.fee_bps=1"]).expect_err("no such venue").to_string();
    assert!(error.contains("the file has no such item"), "{error}");
    let error = set(&["paths.count=many"]).expect_err("a word for a number").to_string();
    assert!(error.contains("paths.count: expected a whole number, found a string"), "{error}");
    assert_eq!("paths.count".parse::<Override>(), Err(OverrideSyntax("paths.count".to_owned())));
}

#[test]
fn a_file_that_is_not_there_is_an_error_of_reading() {
    let error = read(Path::new("no/such/file.toml"), &[]).expect_err("no file");
    assert!(matches!(error, ScenarioError::Read { .. }), "{error}");
}

#[test]
fn the_schema_carries_ranges_and_no_null() {
    let schema = schema();
    assert!(!schema.to_string().contains("null"));
    assert_eq!(schema["$defs"]["Bps"]["maximum"], 10_000);
    assert_eq!(schema["$defs"]["RawDrivers"]["properties"]["sweep_days"]["$ref"], "#/$defs/RawDriver");
    assert_eq!(schema["additionalProperties"], false);
}

#[test]
fn deeply_nested_text_is_an_error_and_not_a_crash() {
    for text in
        ["[".repeat(20_000), format!("a = {}", "[".repeat(20_000)), format!("{}b = 1", "a.".repeat(20_000))]
    {
        failure(&text, &[]);
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,200}") {
        if let Err(error) = Document::parse(Path::new("a.toml"), &text, &[]) {
            prop_assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn no_damage_to_a_good_file_makes_the_reader_panic(
        at in 0_usize..8000,
        len in 0_usize..80,
        by in "[a-z0-9\\[\\]\"'=.{}, \n\té-]{0,12}",
    ) {
        for text in [FORWARD, ROLLING, POOL, QUEUE] {
            let clip = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let (from, to) = (clip(at), clip(at + len));
            let damaged = format!("{}{by}{}", &text[..from], &text[to..]);
            if let Err(error) = Document::parse(Path::new("a.toml"), &damaged, &[]) {
                prop_assert!(!error.to_string().is_empty());
            }
        }
    }

    #[test]
    fn no_override_makes_the_reader_panic(key in "[a-z_.\\[\\]0-9]{1,30}", value in "\\PC{0,20}") {
        if let Ok(change) = format!("{key}={value}").parse::<Override>() {
            let _ = Document::parse(Path::new("a.toml"), FORWARD, &[change]);
        }
    }
}
