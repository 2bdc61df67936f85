//! What the comparison says of files of ether.fi and Lido that are wrong.

use pegstress_verify::{Document, Mismatch, recognise};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

fn fixture(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn mismatches(value: Value) -> Vec<Mismatch> {
    let document = Document::Json(value);
    let record = recognise(&document).expect("a known format").compare(&document);
    assert!(record.passed() > 0);
    record.mismatches().to_vec()
}

/// Case and step of the first step for which it holds.
fn find(cases: &Value, holds: impl Fn(&Value) -> bool) -> (usize, usize) {
    let cases = cases.as_array().expect("a list").iter().enumerate();
    cases
        .flat_map(|(case, value)| {
            let steps = value["steps"].as_array().expect("steps").iter().enumerate();
            steps.map(move |(step, value)| (case, step, value))
        })
        .find_map(|(case, step, value)| holds(value).then_some((case, step)))
        .expect("such a step")
}

fn done(op: &'static str) -> impl Fn(&Value) -> bool {
    move |step| step["op"] == op && step["out"].get("revert").is_none()
}

const BUCKET: &str = "etherfi/bucket_limiter.json";
const REDEMPTION: &str = "etherfi/redemption_and_queue.json";
const REPORTS: &str = "etherfi/rebase_breaker.json";
const LIDO: &str = "lido/withdrawal_queue.json";

/// Raises every number of a step's result by one, one at a time: each is reported at its place, and nothing else is.
fn every_result_is_compared(name: &str, op: &'static str, keys: &[&str]) {
    let value = fixture(name);
    let (case, step) = find(&value, done(op));
    for key in keys {
        let mut value = value.clone();
        let cell = &mut value[case]["steps"][step]["out"][key];
        let before = cell.as_str().unwrap_or_else(|| panic!("{op}.{key}: {cell}")).to_owned();
        let raised = (before.parse::<u128>().expect("a number") + 1).to_string();
        *cell = json!(raised);
        let place = format!("[{case}].steps[{step}].out.{key}");
        assert_eq!(mismatches(value), [Mismatch { place, expected: raised, got: before }], "{op}.{key}");
    }
}

#[test]
fn every_result_of_a_step_is_compared() {
    let redemption = ["receiver_eth", "treasury_shares_received", "total_shares_burned", "preview_redeem"];
    every_result_is_compared(REDEMPTION, "redeem_eeth", &redemption);
    every_result_is_compared(REDEMPTION, "request_withdraw", &["request_id", "share"]);
    every_result_is_compared(REDEMPTION, "finalize", &["locked", "frozen_rate"]);
    every_result_is_compared(REDEMPTION, "claim", &["paid"]);
    every_result_is_compared(LIDO, "request", &["request_id", "shares"]);
    every_result_is_compared(LIDO, "calculate_finalization_batches", &["remaining_eth_budget", "calls"]);
    every_result_is_compared(LIDO, "prefinalize", &["eth_to_lock", "shares_to_burn"]);
    every_result_is_compared(
        LIDO,
        "finalize",
        &["locked_ether", "last_checkpoint_index", "unfinalized_steth"],
    );
    every_result_is_compared(LIDO, "claim", &["paid", "locked_ether", "hint"]);
}

#[test]
fn every_value_of_a_state_is_compared() {
    let bucket = ["capacity", "remaining", "last_refill", "refill_rate"];
    let plain = ["consumable", "now"].map(str::to_owned);
    let of_bucket = bucket.iter().map(|key| (*key).to_owned()).chain(plain).collect::<Vec<_>>();
    let mut of_pool = [
        "now",
        "total_value_in_lp",
        "total_value_out_of_lp",
        "total_shares",
        "treasury_shares",
        "manager_shares",
        "escrow_shares",
        "escrow_eth",
        "rate_ceil",
        "total_redeemable",
        "user_shares/0",
        "user_shares/2",
    ]
    .map(str::to_owned)
    .to_vec();
    of_pool.extend(bucket.iter().map(|key| format!("bucket/{key}")));
    for (name, op, keys) in [(BUCKET, "consume", of_bucket), (REDEMPTION, "claim", of_pool)] {
        let value = fixture(name);
        let (case, step) = find(&value, done(op));
        for key in keys {
            let mut value = value.clone();
            let pointer = format!("/{case}/steps/{step}/state/{key}");
            let cell = value.pointer_mut(&pointer).unwrap_or_else(|| panic!("nothing at {pointer}"));
            let before = cell.as_str().expect("a number").to_owned();
            let raised = (before.parse::<u128>().expect("a number") + 1).to_string();
            *cell = json!(raised);
            let shown = match key.split_once('/') {
                Some(("user_shares", index)) => format!("user_shares[{index}]"),
                _ => key.replace('/', "."),
            };
            let place = format!("[{case}].steps[{step}].state.{shown}");
            assert_eq!(mismatches(value), [Mismatch { place, expected: raised, got: before }], "{key}");
        }
    }
}

#[test]
fn a_bucket_that_gave_or_refused_wrongly_is_reported() {
    for gave in [true, false] {
        let mut value = fixture(BUCKET);
        let (case, step) = find(&value, |step| step["out"]["ok"] == gave);
        value[case]["steps"][step]["out"]["ok"] = json!(!gave);
        let place = format!("[{case}].steps[{step}].out.ok");
        let (expected, got) = ((!gave).to_string(), gave.to_string());
        assert_eq!(mismatches(value), [Mismatch { place, expected, got }]);
    }
}

#[test]
fn a_verdict_and_its_reason_are_compared() {
    let first_refused = |value: &Value| {
        let cases = value.as_array().expect("a list");
        cases.iter().position(|case| case["out"]["accepted"] == false).expect("one that is refused")
    };
    let mut value = fixture(REPORTS);
    let case = first_refused(&value);
    value[case]["out"] = json!({ "accepted": true, "reason": "" });
    let found = mismatches(value);
    let places: Vec<&str> = found.iter().map(|found| found.place.as_str()).collect();
    assert_eq!(places, [format!("[{case}].out.accepted"), format!("[{case}].out.reason")]);

    let mut value = fixture(REPORTS);
    value[case]["out"]["reason"] = json!("EtherFiAdmin: report spans zero slots");
    let found = mismatches(value);
    assert_eq!(found.len(), 1, "refused for another reason: {found:?}");

    // A report that finalises needs a queue, which the file does not have.
    let mut value = fixture(REPORTS);
    value[0]["in"]["finalized_amount"] = json!("1");
    let found = mismatches(value);
    assert_eq!((found.len(), found[0].place.as_str()), (1, "[0].in.finalized_amount"));
}

#[test]
fn a_revert_for_another_reason_or_none_is_reported() {
    for (name, word) in [
        ("redeem_eeth", "ExceededRedeemable"),
        ("redeem_eeth", "InvalidAmount"),
        ("rebase", "RebaseExceedsPositiveCap"),
        ("request_withdraw", "InvalidShareAmount"),
        ("claim", "RequestNotFinalized"),
    ] {
        let mut value = fixture(REDEMPTION);
        let (case, step) = find(&value, |step| step["op"] == name && step["out"]["revert"] == word);
        value[case]["steps"][step]["out"]["revert"] = json!("Unauthorized");
        let place = format!("[{case}].steps[{step}].out.revert");
        let expected = "Unauthorized".to_owned();
        assert_eq!(mismatches(value), [Mismatch { place, expected, got: word.to_owned() }]);
    }
    // Called a revert, although the contract answered.
    for (name, op) in
        [(REDEMPTION, "redeem_eeth"), (REDEMPTION, "deposit"), (LIDO, "claim"), (LIDO, "prefinalize")]
    {
        let mut value = fixture(name);
        let (case, step) = find(&value, done(op));
        value[case]["steps"][step]["out"] = json!({ "revert": "InvalidAmount" });
        let place = format!("[{case}].steps[{step}].out.revert");
        let (expected, got) = ("InvalidAmount".to_owned(), "no revert".to_owned());
        assert!(mismatches(value).contains(&Mismatch { place, expected, got }), "{op}");
    }
    // Answered, called so of a revert.
    let mut value = fixture(REDEMPTION);
    let (case, step) = find(&value, |step| step["out"]["revert"] == "RebaseExceedsPositiveCap");
    value[case]["steps"][step]["out"] = json!({});
    let found = mismatches(value);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (found[0].place.clone(), found[0].expected.as_str()),
        (format!("[{case}].steps[{step}].out"), "done")
    );
    assert!(found[0].got.starts_with("revert ("), "{found:?}");
}

#[test]
fn batches_and_claimable_amounts_are_compared_entry_by_entry() {
    let value = fixture(LIDO);
    let many = |step: &Value| step["out"]["batches"].as_array().is_some_and(|batches| batches.len() == 36);
    let (case, step) = find(&value, many);
    let mut edited = value.clone();
    edited[case]["steps"][step]["out"]["batches"][35] = json!("37");
    let place = format!("[{case}].steps[{step}].out.batches[35]");
    let (expected, got) = ("37".to_owned(), "36".to_owned());
    assert_eq!(mismatches(edited), [Mismatch { place, expected, got }]);
    let mut edited = value.clone();
    edited[case]["steps"][step]["out"]["batches"].as_array_mut().expect("a list").pop();
    let found = mismatches(edited);
    assert_eq!((found.len(), found[0].got.as_str()), (1, "36 entries"));
    let mut edited = value.clone();
    edited[case]["steps"][step]["out"]["finished"] = json!(false);
    assert_eq!(mismatches(edited).len(), 1);

    let (case, step) = find(&value, done("finalize"));
    let claimable = value[case]["steps"][step]["out"]["claimable"].as_object().expect("an object").clone();
    let (id, worth) = claimable.iter().next().expect("a request");
    let place = |key: &str| format!("[{case}].steps[{step}].out.claimable{key}");
    let mut edited = value.clone();
    edited[case]["steps"][step]["out"]["claimable"][id] = json!("1");
    let (expected, got) = ("1".to_owned(), worth.as_str().expect("a number").to_owned());
    assert_eq!(mismatches(edited), [Mismatch { place: place(&format!(".{id}")), expected, got }]);
    let mut edited = value.clone();
    edited[case]["steps"][step]["out"]["claimable"]["999"] = json!("1");
    let found = mismatches(edited);
    assert_eq!((found.len(), found[0].place.clone()), (1, place(" (other ids)")));
}

#[test]
fn what_cannot_be_read_ends_its_case_and_is_counted() {
    for name in [BUCKET, REDEMPTION, LIDO] {
        let mut value = fixture(name);
        value[1]["steps"][2]["op"] = json!("donate");
        let found = mismatches(value);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].place.as_str(), found[0].got.as_str()), ("[1].steps[2].op", "donate"));
        for key in ["in", "out", "op"] {
            let mut value = fixture(name);
            let (case, step) = match name {
                BUCKET => find(&value, done("consume")),
                REDEMPTION => find(&value, done("redeem_eeth")),
                _ => find(&value, done("prefinalize")),
            };
            value[case]["steps"][step].as_object_mut().expect("a step").remove(key);
            let found = mismatches(value);
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!(
                (found[0].place.clone(), found[0].got.as_str()),
                (format!("[{case}].steps[{step}].{key}"), "missing")
            );
        }
    }
    for (name, op, pointer) in [
        (REDEMPTION, "rebase", "in/delta"),
        (REDEMPTION, "set_params", "in/exit_fee_bps"),
        (REDEMPTION, "claim", "state/bucket"),
        (REDEMPTION, "claim", "state/user_shares"),
        (BUCKET, "wait", "in/seconds"),
        (LIDO, "finalize", "out/claimable"),
        (LIDO, "calculate_finalization_batches", "in/eth_budget"),
        (LIDO, "claim", "out/hint"),
    ] {
        for malformed in [json!("1.5"), json!(""), Value::Null] {
            let mut value = fixture(name);
            let (case, step) = find(&value, done(op));
            let pointer = format!("/{case}/steps/{step}/{pointer}");
            *value.pointer_mut(&pointer).unwrap_or_else(|| panic!("nothing at {pointer}")) =
                malformed.clone();
            let found = mismatches(value);
            let shown = malformed.to_string();
            let unreadable = found.iter().filter(|found| found.got == shown).count();
            assert_eq!((found.len(), unreadable), (1, 1), "{pointer}: {found:?}");
        }
    }
    // A search in calls of no request would not end.
    let mut value = fixture(LIDO);
    let (case, step) = find(&value, done("calculate_finalization_batches"));
    value[case]["steps"][step]["in"]["max_requests_per_call"] = json!("0");
    assert_eq!(mismatches(value).len(), 1);
}
