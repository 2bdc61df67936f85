//! The formats of Morpho and Compound on the fixtures, and what they say of files that are wrong.

use std::fs;
use std::path::PathBuf;

use pegstress_verify::{Document, Record, recognise};
use serde_json::{Value, json};

fn fixture(name: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/lending").join(name);
    serde_json::from_str(&fs::read_to_string(path).expect("a file")).expect("JSON")
}

fn compare(value: Value) -> Record {
    let document = Document::Json(value);
    recognise(&document).expect("a known format").compare(&document)
}

/// Place and result of every mismatch of an edited fixture.
fn found(value: Value) -> Vec<(String, String)> {
    let record = compare(value);
    assert!(record.passed() > 0);
    record.mismatches().iter().map(|found| (found.place.clone(), found.got.clone())).collect()
}

/// Where the first step is that fits, as case and step.
fn find(value: &Value, fits: impl Fn(&Value) -> bool) -> (usize, usize) {
    let cases = value.as_array().or_else(|| value["cases"].as_array()).expect("cases");
    let found = cases
        .iter()
        .enumerate()
        .find_map(|(k, case)| Some((k, case["steps"].as_array().expect("steps").iter().position(&fits)?)));
    found.expect("such a step")
}

/// The last step of its kind, so that no later result depends on it.
fn find_last(value: &Value, fits: impl Fn(&Value) -> bool) -> (usize, usize) {
    let cases = value.as_array().or_else(|| value["cases"].as_array()).expect("cases");
    let found = cases.iter().enumerate().find_map(|(k, case)| {
        let steps = case["steps"].as_array().expect("steps");
        fits(steps.last()?).then_some((k, steps.len() - 1))
    });
    found.expect("such a step")
}

fn raise(cell: &mut Value) -> String {
    let before = cell.as_str().expect("a number").to_owned();
    *cell = json!((before.parse::<i128>().expect("below 2^127") + 1).to_string());
    before
}

#[test]
fn every_result_of_the_fixtures_is_met_and_none_is_skipped() {
    for (name, least) in [
        ("morpho_liquidations.json", 2000),
        ("morpho_adaptive_curve_irm.json", 300),
        ("compound_v3.json", 2500),
    ] {
        let record = compare(fixture(name));
        assert_eq!(record.mismatches(), [], "{name}");
        assert!(record.passed() >= least, "{name}: {}", record.passed());
        assert!(record.skipped().is_empty());
    }
}

#[test]
fn a_number_off_by_one_unit_is_reported_with_its_place() {
    let done = |op: &'static str| move |step: &Value| step["op"] == op && step["out"]["revert"].is_null();
    let morpho = fixture("morpho_liquidations.json");
    for (op, pointer) in [
        ("liquidate", "out/repaid_shares"),
        ("liquidate", "out/bad_debt_assets"),
        ("borrow", "out/shares"),
        ("supply", "state/supplier_shares"),
        ("accrue", "state/total_borrow_assets"),
        ("supply_collateral", "state/positions/b0/collateral"),
    ] {
        let (case, step) = find(&morpho, done(op));
        let mut value = morpho.clone();
        let cell = value.pointer_mut(&format!("/{case}/steps/{step}/{pointer}")).expect("a number");
        let right = raise(cell);
        let place = format!("[{case}].steps[{step}].{}", pointer.replace('/', "."));
        assert_eq!(found(value), [(place, right)]);
    }
    let compound = fixture("compound_v3.json");
    for (op, pointer) in [
        ("absorb", "out/reserves_after"),
        ("absorb", "state/borrower_principal"),
        ("buy_collateral", "out/received"),
        ("buy_collateral", "state/reserves"),
        ("accrue", "state/utilization"),
    ] {
        let (case, step) = find(&compound, done(op));
        let mut value = compound.clone();
        let cell = value.pointer_mut(&format!("/cases/{case}/steps/{step}/{pointer}")).expect("a number");
        let right = raise(cell);
        let place = format!("cases[{case}].steps[{step}].{}", pointer.replace('/', "."));
        assert_eq!(found(value), [(place, right)]);
    }
    let mut value = compound;
    let right = raise(&mut value["rates"][7]["out"]["supply_rate_per_s"]);
    assert_eq!(found(value), [("rates[7].out.supply_rate_per_s".to_owned(), right)]);
    let mut value = fixture("morpho_adaptive_curve_irm.json");
    let right = raise(&mut value[3]["steps"][1]["avg_borrow_rate"]);
    assert_eq!(found(value), [("[3].steps[1].avg_borrow_rate".to_owned(), right)]);
}

#[test]
fn a_flag_and_a_list_that_differ_are_reported() {
    let mut value = fixture("compound_v3.json");
    let liquidatable = value["cases"][0]["steps"][0]["state"]["liquidatable"].as_bool().expect("a flag");
    value["cases"][0]["steps"][0]["state"]["liquidatable"] = json!(!liquidatable);
    let place = "cases[0].steps[0].state.liquidatable".to_owned();
    assert_eq!(found(value), [(place, liquidatable.to_string())]);

    let mut value = fixture("compound_v3.json");
    value["cases"][0]["steps"][0]["state"]["borrower_collateral"] = json!([]);
    let found = found(value);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, "cases[0].steps[0].state.borrower_collateral");
}

#[test]
fn a_revert_must_be_met_by_one_for_the_same_reason() {
    // Another reason.
    for (name, op, at) in [
        ("morpho_liquidations.json", "liquidate", ""),
        ("morpho_liquidations.json", "borrow", ""),
        ("compound_v3.json", "absorb", "cases"),
        ("compound_v3.json", "buy_collateral", "cases"),
    ] {
        let mut value = fixture(name);
        let (case, step) = find(&value, |step| step["op"] == op && step["out"]["revert"].is_string());
        let cases = if at.is_empty() { &mut value } else { &mut value[at] };
        let out = &mut cases[case]["steps"][step]["out"]["revert"];
        let right = out.as_str().expect("a reason").to_owned();
        *out = json!("paused");
        assert_eq!(found(value), [(format!("{at}[{case}].steps[{step}].out.revert"), right)]);
    }
    // A liquidation that succeeds, called a revert, and the other way round.
    let done = |step: &Value| step["op"] == "liquidate" && step["out"]["revert"].is_null();
    let mut value = fixture("morpho_liquidations.json");
    let (case, step) = find_last(&value, done);
    value[case]["steps"][step]["out"] = json!({ "revert": "position is healthy" });
    let place = format!("[{case}].steps[{step}].out.revert");
    assert_eq!(found(value), [(place, "no revert".to_owned())]);

    let reverted = |step: &Value| step["op"] == "liquidate" && step["out"]["revert"].is_string();
    let mut value = fixture("morpho_liquidations.json");
    let (case, step) = find_last(&value, reverted);
    value[case]["steps"][step]["out"] = json!({});
    let record = compare(value);
    assert_eq!(record.failed(), 1);
    assert_eq!(record.mismatches()[0].place, format!("[{case}].steps[{step}].out.revert"));
    assert!(record.mismatches()[0].got.starts_with("revert ("));
}

#[test]
fn what_is_unknown_or_missing_is_reported_and_not_passed_over() {
    for (name, pointer, place, got) in [
        ("morpho_liquidations.json", "/2/steps/1/op", "[2].steps[1].op", "repay"),
        ("morpho_liquidations.json", "/2/irm", "[2].irm", "linear"),
        ("compound_v3.json", "/cases/1/steps/2/op", "cases[1].steps[2].op", "transfer"),
    ] {
        let mut value = fixture(name);
        *value.pointer_mut(pointer).expect("a word") = json!(got);
        assert_eq!(found(value), [(place.to_owned(), got.to_owned())], "{name}");
    }
    for (name, parent, key, place) in [
        ("morpho_liquidations.json", "/1", "lltv", "[1].lltv"),
        ("morpho_liquidations.json", "/1/steps/0/in", "assets", "[1].steps[0].in.assets"),
        ("morpho_liquidations.json", "/1/steps/3", "state", "[1].steps[3].state"),
        ("morpho_liquidations.json", "/1/steps/3/state", "last_update", "[1].steps[3].state.last_update"),
        ("morpho_liquidations.json", "/1/steps/3/state/positions", "b0", "[1].steps[3].state.positions.b0"),
        (
            "morpho_liquidations.json",
            "/1/steps/3/state/positions/b0",
            "collateral",
            "[1].steps[3].state.positions.b0.collateral",
        ),
        ("morpho_adaptive_curve_irm.json", "/1/steps/0", "elapsed", "[1].steps[0].elapsed"),
        ("compound_v3.json", "/rates/4/out", "borrow_rate_per_s", "rates[4].out.borrow_rate_per_s"),
        ("compound_v3.json", "/cases/1", "assets", "cases[1].assets"),
        ("compound_v3.json", "/cases/1/rates", "bk", "cases[1].bk"),
        ("compound_v3.json", "/cases/1/steps/1/in", "amount", "cases[1].steps[1].in.amount"),
        ("compound_v3.json", "/cases/1/steps/1/state", "reserves", "cases[1].steps[1].state.reserves"),
    ] {
        let mut value = fixture(name);
        let parent = value.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
        parent.remove(key).expect("a field");
        assert_eq!(found(value), [(place.to_owned(), "missing".to_owned())], "{name}");
    }
}

#[test]
fn rates_alone_and_cases_alone_are_files_of_the_format_too() {
    let whole = fixture("compound_v3.json");
    let rates = compare(json!({ "rates": whole["rates"] }));
    assert_eq!(rates.compared().keys().copied().collect::<Vec<_>>(), ["rates"]);
    assert_eq!(rates.failed(), 0);
    let cases = compare(whole["cases"].clone());
    assert_eq!((cases.failed(), cases.compared().contains_key("rates")), (0, false));
    let both = compare(whole);
    assert_eq!(both.passed(), rates.passed() + cases.passed());
    // One case that stands alone.
    let one = compare(fixture("compound_v3.json")["cases"][0].clone());
    assert_eq!(one.failed(), 0);
    assert!(one.compared()["states"] > 0);
}
