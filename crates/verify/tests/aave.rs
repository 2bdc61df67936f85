//! What the comparison says of Aave files that are wrong.

use pegstress_verify::{Document, Mismatch, recognise};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

fn fixture(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/lending").join(name);
    let text = fs::read_to_string(&path).expect("a fixture");
    serde_json::from_str(&text).expect("JSON")
}

fn mismatches(value: Value) -> Vec<Mismatch> {
    let document = Document::Json(value);
    let record = recognise(&document).expect("a known format").compare(&document);
    assert!(record.passed() > 0);
    record.mismatches().to_vec()
}

/// Raises the number at a pointer by one unit; the only mismatch is then at `place`.
fn raised_is_reported(name: &str, pointer: &str, place: &str) {
    let mut value = fixture(name);
    let cell = value.pointer_mut(pointer).unwrap_or_else(|| panic!("nothing at {pointer}"));
    let before = cell.as_str().expect("a number").to_owned();
    let after = (before.parse::<u128>().expect("below 2^128") + 1).to_string();
    *cell = json!(after);
    let expected = Mismatch { place: place.to_owned(), expected: after, got: before };
    assert_eq!(mismatches(value), [expected], "{pointer}");
}

/// Index of a case and step of the liquidations that satisfy a condition.
fn find_step(value: &Value, wanted: impl Fn(&Value) -> bool) -> (usize, usize) {
    let cases = value.as_array().expect("a list");
    let steps = |case: &Value| case["steps"].as_array().cloned().expect("a list");
    cases
        .iter()
        .enumerate()
        .find_map(|(c, case)| steps(case).iter().position(&wanted).map(|s| (c, s)))
        .expect("such a step")
}

const LIQUIDATIONS: &str = "aave_liquidations.json";

#[test]
fn every_result_of_a_liquidation_is_compared() {
    let done = |step: &Value| step["op"] == "liquidate" && step["out"].get("revert").is_none();
    let (c, s) = find_step(&fixture(LIQUIDATIONS), done);
    let step = |rest: &str| {
        let pointer = format!("/{c}/steps/{s}/{rest}");
        raised_is_reported(LIQUIDATIONS, &pointer, &format!("[{c}].steps[{s}].{}", rest.replace('/', ".")));
    };
    for key in ["debt_repaid", "collateral_to_liquidator", "protocol_fee_atoken"] {
        step(&format!("out/{key}"));
    }
    for key in
        ["total_collateral_base", "total_debt_base", "avg_liquidation_threshold", "avg_ltv", "health_factor"]
    {
        step(&format!("state/{key}"));
    }
    step("state/timestamp");
    let state = &fixture(LIQUIDATIONS)[c]["steps"][s]["state"]["reserves"]["D0"];
    let keys: Vec<String> = state.as_object().expect("an object").keys().cloned().collect();
    assert_eq!(keys.len(), 14);
    for key in keys {
        step(&format!("state/reserves/D0/{key}"));
    }
}

#[test]
fn a_refusal_that_is_none_and_one_for_another_reason_are_reported() {
    let refused = |step: &Value| step["out"]["revert"] == "MustNotLeaveDust";
    let (c, s) = find_step(&fixture(LIQUIDATIONS), refused);
    let place = format!("[{c}].steps[{s}].out.revert");

    let mut value = fixture(LIQUIDATIONS);
    value[c]["steps"][s]["out"]["revert"] = json!("HealthFactorNotBelowThreshold");
    let found = mismatches(value);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((&*found[0].place, &*found[0].got), (&*place, "MustNotLeaveDust"));

    // A supply that is done, called a refusal, at the end of a case.
    let mut value = fixture(LIQUIDATIONS);
    let steps = value[c]["steps"].as_array_mut().expect("a list");
    let last = steps.len();
    let state = steps[last - 1]["state"].clone();
    let input = json!({ "asset": "C0", "amount": "1000000000000" });
    steps.push(
        json!({ "op": "supply", "in": input, "out": { "revert": "InvalidAmount" }, "state": state.clone() }),
    );
    let found = mismatches(value);
    assert_eq!(found[0].place, format!("[{c}].steps[{last}].out.revert"));
    assert_eq!((&*found[0].expected, &*found[0].got), ("InvalidAmount", "no revert"));
    assert!(found.len() > 1, "the state moved, which the file does not show");

    // A borrowing that is refused, called done.
    let mut value = fixture(LIQUIDATIONS);
    let input = json!({ "asset": "D0", "amount": "0" });
    let steps = value[c]["steps"].as_array_mut().expect("a list");
    steps.push(json!({ "op": "borrow", "in": input, "out": {}, "state": state }));
    let found = mismatches(value);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].place, format!("[{c}].steps[{last}].out"));
    assert!(found[0].got.starts_with("revert ("), "{found:?}");
}

#[test]
fn a_failure_of_arithmetic_stands_for_a_panic_but_for_no_named_refusal() {
    // What is seized is a quotient by the collateral's price: none at a price of 0.
    let liquidatable = |step: &Value| step["op"] == "liquidate" && step["out"].get("revert").is_none();
    for (revert, failures) in [("Panic(0x12)", 0), ("MustNotLeaveDust", 1)] {
        let mut value = fixture(LIQUIDATIONS);
        let (c, s) = find_step(&value, liquidatable);
        let collateral = value[c]["steps"][s]["in"]["collateral"].as_str().expect("a name").to_owned();
        let steps = value[c]["steps"].as_array_mut().expect("a list");
        steps.truncate(s + 1);
        let before = json!({ "asset": collateral, "price": "0" });
        steps[s]["out"] = json!({ "revert": revert });
        let mut state = steps[s - 1]["state"].clone();
        state["reserves"][&*collateral]["price"] = json!("0");
        steps[s]["state"] = state.clone();
        steps.insert(s, json!({ "op": "set_price", "in": before, "out": {}, "state": state }));
        let found = mismatches(value);
        let place = format!("[{c}].steps[{}].out.revert", s + 1);
        let of_step = found.iter().filter(|found| found.place == place);
        assert_eq!(of_step.count(), failures, "{found:?}");
    }
}

#[test]
fn what_cannot_be_read_is_reported_at_its_place() {
    let found_at = |edit: &dyn Fn(&mut Value)| {
        let mut value = fixture(LIQUIDATIONS);
        edit(&mut value);
        let found = mismatches(value);
        assert_eq!(found.len(), 1, "{found:?}");
        (found[0].place.clone(), found[0].got.clone())
    };
    let is = |place: &str, got: &str| (place.to_owned(), got.to_owned());
    let unknown = found_at(&|value| value[0]["steps"][1]["op"] = json!("donate"));
    assert_eq!(unknown, is("[0].steps[1].op", "donate"));
    let asset = found_at(&|value| value[0]["steps"][1]["in"]["asset"] = json!("D7"));
    assert_eq!(asset, is("[0].steps[1].in.asset", "D7"));
    let missing = found_at(&|value| {
        let state = value[0]["steps"][2]["state"].as_object_mut().expect("an object");
        state.remove("health_factor");
    });
    assert_eq!(missing, is("[0].steps[2].state.health_factor", "missing"));
    let reserve = found_at(&|value| value[0]["steps"][2]["state"]["reserves"]["D0"] = Value::Null);
    assert_eq!(reserve, is("[0].steps[2].state.reserves.D0", "null"));
    let decimals = found_at(&|value| value[0]["assets"]["C0"]["decimals"] = json!(256));
    assert_eq!(decimals, is("[0].decimals", "256"));
    let strategy = found_at(&|value| value[0]["assets"]["C0"]["rate_params_bps"]["optimal"] = json!(0));
    assert_eq!(
        strategy,
        is("[0].rate_params_bps", "revert (optimal utilisation is 0 bps, must be in 100..=9900)")
    );
}

#[test]
fn every_call_of_the_arithmetic_is_compared() {
    let math = |pointer: &str, place: &str| raised_is_reported("aave_math.json", pointer, place);
    for key in ["collateral_to_liquidator", "debt_needed", "protocol_fee"] {
        math(&format!("/available_collateral/3/out/{key}"), &format!("[0].available_collateral[3].{key}"));
    }
    math("/percentage_math/4/out/result", "[0].percentage_math[4].result");
    math("/ray_math/2/result", "[0].ray_math[2].result");
    math("/interest/5/compounded_ray", "[0].interest[5].compounded_ray");
    math("/interest/5/linear_ray", "[0].interest[5].linear_ray");
    math("/rate_strategy_v2/6/out/liquidity_rate_ray", "[0].rate_strategy_v2[6].liquidity_rate_ray");
    math(
        "/rate_strategy_v2/6/out/variable_borrow_rate_ray",
        "[0].rate_strategy_v2[6].variable_borrow_rate_ray",
    );

    let mut value = fixture("aave_math.json");
    value["percentage_math"][1]["fn"] = json!("percentPow");
    value["ray_math"][0]["fn"] = json!("rayPow");
    value["interest"] = Value::Null;
    value["available_collateral"][0]["out"] = json!({ "revert": "Panic(0x11)" });
    value["rate_strategy_v2"][0]["in"]["slope1_bps"] = json!("100001");
    let found = mismatches(value);
    let places: Vec<&str> = found.iter().map(|found| &*found.place).collect();
    assert_eq!(
        places,
        [
            "[0].available_collateral[0].collateral_to_liquidator",
            "[0].available_collateral[0].debt_needed",
            "[0].available_collateral[0].protocol_fee",
            "[0].percentage_math[1].fn",
            "[0].ray_math[0].fn",
            "[0].interest",
            "[0].rate_strategy_v2[0].liquidity_rate_ray",
            "[0].rate_strategy_v2[0].variable_borrow_rate_ray",
        ]
    );
}

#[test]
fn functions_that_the_fixtures_lack_are_computed() {
    let row = |list: &str, function: &str, a: &str, b: &str, result: Option<&str>| {
        let (first, second) = if list == "ray_math" { ("a", "b") } else { ("value", "percentage_bps") };
        let mut value = fixture("aave_math.json");
        let out = result.map_or(json!(null), |result| json!({ "result": result }));
        value[list] = json!([{ "fn": function, first: a, second: b, "out": out }]);
        assert_eq!(mismatches(value), [], "{function}");
    };
    let ray = "1000000000000000000000000000";
    row("percentage_math", "percentMulFloor", "3", "9999", Some("2"));
    row("percentage_math", "percentDiv", "2", "15000", Some("1"));
    row("percentage_math", "percentDivCeil", "2", "15000", Some("2"));
    row("percentage_math", "percentDivCeil", "2", "0", None);
    row("ray_math", "rayMulFloor", "1", "999999999999999999999999999", Some("0"));
    row("ray_math", "rayMulCeil", "1", "1", Some("1"));
    row("ray_math", "rayDiv", "2", "4000000000000000000000000000", Some("1"));
    row("ray_math", "rayDivFloor", "1", "2000000000000000000000000000", Some("0"));
    row("ray_math", "rayDivCeil", "1", "2000000000000000000000000000", Some("1"));
    row("ray_math", "rayDiv", ray, "0", None);
    row("ray_math", "wadMul", "1", "500000000000000000", Some("1"));
    row("ray_math", "wadDiv", "1", "2000000000000000000", Some("1"));
}

#[test]
fn every_result_of_a_price_cap_is_compared() {
    let capo = |pointer: &str, place: &str| raised_is_reported("aave_capo.json", pointer, place);
    capo("/0/growth_scaled", "[0].growth_scaled");
    capo("/0/growth_per_second", "[0].growth_per_second");
    capo("/1/observations/3/latest_answer", "[1].observations[3].latest_answer");
    capo("/1/max_ratio/4/max_ratio", "[1].max_ratio[4].max_ratio");

    let cases = fixture("aave_capo.json");
    let accepted = |case: &Value, ok: bool| {
        let updates = case["updates"].as_array().expect("a list");
        updates.iter().rposition(|update| update["out"]["ok"] == ok)
    };
    let (c, u) = cases
        .as_array()
        .expect("a list")
        .iter()
        .enumerate()
        .find_map(|(c, case)| accepted(case, true).map(|u| (c, u)))
        .expect("an accepted change");
    capo(&format!("/{c}/updates/{u}/out/growth_scaled"), &format!("[{c}].updates[{u}].out.growth_scaled"));
    let mut value = cases.clone();
    value[c]["updates"][u]["out"] = json!({ "ok": false });
    assert_eq!(mismatches(value)[0].place, format!("[{c}].updates[{u}].out.growth_scaled"));

    let mut value = cases.clone();
    let capped = value[0]["observations"][3]["is_capped"].as_bool().expect("a flag");
    value[0]["observations"][3]["is_capped"] = json!(!capped);
    value[1]["ratio_decimals"] = json!(25);
    let last = value[2]["updates"].as_array().map_or(0, Vec::len) - 1;
    value[2]["updates"][last]["in"]["growth_bps"] = json!("65536");
    let found = mismatches(value);
    let places: Vec<&str> = found.iter().map(|found| &*found.place).collect();
    assert_eq!(places, ["[0].observations[3].is_capped", "[1]", &format!("[2].updates[{last}].growth_bps")]);
}

#[test]
fn a_feed_below_zero_counts_as_zero() {
    let mut value = fixture("aave_capo.json");
    let row = json!({ "timestamp": "1800000000", "base_price": "-5", "current_ratio": "-7", "latest_answer": "0", "is_capped": false });
    let early = json!({ "timestamp": "1", "base_price": "5", "current_ratio": "7", "latest_answer": null, "is_capped": null });
    value[0]["observations"].as_array_mut().expect("a list").extend([row, early]);
    assert_eq!(mismatches(value), []);
}
