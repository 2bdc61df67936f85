//! Files of EigenLayer: what an edited one is reported for.

use pegstress_verify::{Document, Mismatch, Record, recognise};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const CORE: &str = "eigenlayer_core.json";
const LIBRARY: &str = "eigenlayer_slashinglib.json";

fn fixture(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/restaking").join(name);
    let text = fs::read_to_string(&path).expect("a fixture");
    serde_json::from_str(&text).expect("JSON")
}

fn record(value: Value) -> Record {
    let document = Document::Json(value);
    recognise(&document).expect("a known format").compare(&document)
}

fn mismatches(value: Value) -> Vec<Mismatch> {
    record(value).mismatches().to_vec()
}

/// The first step of the fixture that `wanted` picks: case and step.
fn find(value: &Value, wanted: impl Fn(&Value, &Value) -> bool) -> (usize, usize) {
    let cases = value.as_array().expect("a list");
    cases
        .iter()
        .enumerate()
        .find_map(|(k, case)| {
            let steps = case["steps"].as_array()?;
            steps.iter().position(|step| wanted(case, step)).map(|at| (k, at))
        })
        .expect("such a step")
}

#[test]
fn every_value_of_the_state_is_compared() {
    for key in [
        "/block",
        "/staker0/deposit_shares",
        "/staker0/dsf",
        "/staker0/withdrawable",
        "/staker2/beacon_factor",
        "/op0/operator_shares",
        "/op0/max_magnitude",
        "/op1/encumbered",
        "/op0/slashable_shares_in_queue",
        "/op0/set1/current",
        "/op0/set2/pending_diff",
        "/op1/set2/effect_block",
    ] {
        let mut value = fixture(CORE);
        let (case, step) =
            find(&value, |case, step| case["strategy"] == "beacon_eth" && step["op"] == "slash");
        let cell = value[case]["steps"][step]["state"].pointer_mut(key).expect("a value");
        let ours = cell.as_str().expect("text").to_owned();
        let edited = (ours.parse::<i128>().expect("a number") + 1).to_string();
        *cell = json!(edited);
        let place = format!("[{case}].steps[{step}].state{}", key.replace('/', "."));
        assert_eq!(mismatches(value), [Mismatch { place, expected: edited, got: ours }]);
    }
    let mut value = fixture(CORE);
    let (case, step) = find(&value, |_, step| step["state"]["staker0"]["delegated_to"] == "op0");
    value[case]["steps"][step]["state"]["staker0"]["delegated_to"] = json!("op1");
    let [only] = &mismatches(value)[..] else { panic!("one operator was edited") };
    assert_eq!((only.expected.as_str(), only.got.as_str()), ("op1", "op0"));
}

#[test]
fn every_result_of_a_step_is_compared() {
    for (op, key) in [
        ("slash", "slash_id"),
        ("slash", "total_burn_or_redistributable_shares"),
        ("queue_withdrawal", "withdrawal_id"),
        ("queue_withdrawal", "scaled_shares"),
        ("undelegate", "scaled_shares"),
        ("complete_withdrawal", "payout_shares"),
    ] {
        let mut value = fixture(CORE);
        let (case, step) = find(&value, |_, step| step["op"] == op && step["out"].get(key).is_some());
        value[case]["steps"][step]["out"][key] = json!("12345");
        let [only] = &mismatches(value)[..] else { panic!("{op} was edited once") };
        assert_eq!(only.place, format!("[{case}].steps[{step}].out.{key}"));
        assert_eq!(only.expected, "12345");
    }
}

#[test]
fn a_revert_is_compared_by_its_name_and_its_absence_is_reported() {
    let mut value = fixture(CORE);
    let (case, step) = find(&value, |_, step| step["out"]["revert"] == "FullySlashed");
    let place = format!("[{case}].steps[{step}].out.revert");
    value[case]["steps"][step]["out"]["revert"] = json!("SameMagnitude");
    let (expected, got) = ("SameMagnitude".to_owned(), "FullySlashed".to_owned());
    assert_eq!(mismatches(value.clone()), [Mismatch { place: place.clone(), expected, got }]);
    value[case]["steps"][step]["out"] = json!({});
    let (expected, got) = ("no revert".to_owned(), "revert (FullySlashed)".to_owned());
    assert_eq!(mismatches(value.clone()), [Mismatch { place, expected, got }]);

    // A step that ours does, called a revert: the next states differ too.
    let (case, step) = find(&value, |_, step| step["op"] == "roll_blocks");
    value[case]["steps"][step]["out"] = json!({ "revert": "Paused" });
    let found = mismatches(value);
    assert!(found.iter().any(|found| found.expected == "Paused" && found.got == "no revert"), "{found:?}");
}

#[test]
fn an_unknown_step_or_a_missing_field_is_unreadable_and_ends_the_case() {
    for (edited, at, wanted) in [
        (json!({ "op": "wait", "in": {}, "out": {}, "state": {} }), ".op", "a known operation"),
        (
            json!({ "op": "deposit", "in": { "staker": "0" }, "out": {} }),
            ".in.amount",
            "an integer below 2^256",
        ),
        (json!({ "op": "deposit", "out": {} }), ".in", "an object"),
        (
            json!({ "op": "beacon_balance_decrease", "in": { "staker": "0" }, "out": {} }),
            ".out.prev_pod_balance",
            "an integer below 2^256",
        ),
    ] {
        let mut value = fixture(CORE);
        value[0]["steps"][1] = edited;
        let [only] = &mismatches(value)[..] else { panic!("one step was edited: {at}") };
        assert_eq!(
            (only.place.as_str(), only.expected.as_str()),
            (format!("[0].steps[1]{at}").as_str(), wanted)
        );
    }
    for key in ["staker1", "op1", "block"] {
        let mut value = fixture(CORE);
        value[0]["steps"][1]["state"].as_object_mut().expect("a state").remove(key);
        let [only] = &mismatches(value)[..] else { panic!("one value is missing: {key}") };
        assert_eq!((only.place.clone(), only.got.as_str()), (format!("[0].steps[1].state.{key}"), "missing"));
    }
    let mut value = fixture(CORE);
    value[2]["strategy"] = json!("eigen");
    let [only] = &mismatches(value)[..] else { panic!("one case was edited") };
    assert_eq!((only.place.as_str(), only.got.as_str()), ("[2].strategy", "eigen"));
}

#[test]
fn losses_that_were_not_reported_to_the_contract_are_counted() {
    let value = fixture(CORE);
    let stated =
        value.as_array().expect("a list").iter().flat_map(|case| case["steps"].as_array().expect("steps"));
    let skipped = stated.filter(|step| step["out"].get("skipped").is_some()).count() as u64;
    assert!(skipped > 0);
    let record = record(value);
    assert_eq!(record.skipped().values().sum::<u64>(), skipped);
}

#[test]
fn results_and_chained_inputs_of_the_library_are_compared() {
    for (op, part, key) in [
        ("deposit", "out", "dsf_after"),
        ("deposit", "in", "prev_deposit_shares"),
        ("delegate", "in", "dsf_before"),
        ("calc", "out", "deposit_shares_from_withdrawable"),
        ("queue_withdrawal", "out", "scaled_shares"),
        ("complete_withdrawal", "out", "payout"),
        ("complete_withdrawal", "in", "scaled_shares"),
        ("set_beacon_factor", "in", "prev"),
        ("slash", "out", "operator_shares_slashed"),
        ("slash", "out", "wad_slashed"),
    ] {
        let mut value = fixture(LIBRARY);
        let (case, step) = find(&value["sequences"], |_, step| step["op"] == op);
        value["sequences"][case]["steps"][step][part][key] = json!("7");
        let found = mismatches(value);
        let place = format!("sequences[{case}].steps[{step}].{part}.{key}");
        assert!(
            found.iter().any(|found| found.place == place && found.expected == "7"),
            "{place}: {found:?}"
        );
    }
    let mut value = fixture(LIBRARY);
    value["sequences"][1]["steps"][0]["op"] = json!("undo");
    let [only] = &mismatches(value)[..] else { panic!("one step was edited") };
    assert_eq!((only.place.as_str(), only.got.as_str()), ("sequences[1].steps[0].op", "undo"));
}
