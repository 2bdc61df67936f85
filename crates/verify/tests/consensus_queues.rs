//! The consensus layer's queues: what the comparison says of files that are wrong, and of what the fixtures lack.

use pegstress_verify::{Document, Mismatch, Record, recognise};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

fn fixture(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/consensus").join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).expect("JSON")
}

fn compare(value: Value) -> Record {
    let document = Document::Json(value);
    recognise(&document).expect("a known format").compare(&document)
}

/// Places, what stands there and what is ours.
fn mismatches(value: Value) -> Vec<(String, String, String)> {
    let row = |found: &Mismatch| (found.place.clone(), found.expected.clone(), found.got.clone());
    compare(value).mismatches().iter().map(row).collect()
}

fn at<'a>(value: &'a mut Value, pointer: &str) -> &'a mut Value {
    value.pointer_mut(pointer).unwrap_or_else(|| panic!("nothing at {pointer}"))
}

/// The number at a pointer, raised by one unit; before and after.
fn raise(value: &mut Value, pointer: &str) -> (String, String) {
    let cell = at(value, pointer);
    let before = cell.as_str().unwrap_or_else(|| panic!("no number at {pointer}")).to_owned();
    let after = (before.parse::<u128>().expect("below 2^128") + 1).to_string();
    *cell = json!(after);
    (before, after)
}

/// The first case that fits, and the first of its `steps` or `payloads` that does.
fn find(value: &Value, list: &str, fits: impl Fn(&Value) -> bool) -> (usize, usize) {
    let cases = value.as_array().expect("a list");
    let inside = |case: &Value| case[list].as_array().expect("a list").iter().position(&fits);
    let found = cases.iter().enumerate().find_map(|(k, case)| Some((k, inside(case)?)));
    found.expect("chosen so that it occurs")
}

#[test]
fn a_number_of_a_queue_off_by_one_is_reported_with_its_place() {
    for (name, pointer, place) in [
        ("churn.json", "/0/total_active_balance", "[0].total_active_balance"),
        ("consolidation_clock.json", "/7/consolidation_epoch", "[7].consolidation_epoch"),
        (
            "consolidation_clock.json",
            "/7/new_consolidation_balance_to_consume",
            "[7].new_consolidation_balance_to_consume",
        ),
        ("withdrawal_requests.json", "/3/new_withdrawable_epoch", "[3].new_withdrawable_epoch"),
        ("withdrawal_requests.json", "/3/new_exit_balance_to_consume", "[3].new_exit_balance_to_consume"),
        ("entry_queue.json", "/0/steps/4/available", "[0].steps[4].available"),
        ("entry_queue.json", "/0/steps/4/per_epoch_churn", "[0].steps[4].per_epoch_churn"),
        (
            "entry_queue.json",
            "/1/steps/9/deposit_balance_to_consume",
            "[1].steps[9].deposit_balance_to_consume",
        ),
        ("withdrawal_sweep.json", "/0/payloads/2/validators_examined", "[0].payloads[2].validators_examined"),
        (
            "withdrawal_sweep.json",
            "/0/payloads/2/next_withdrawal_validator_index",
            "[0].payloads[2].next_withdrawal_validator_index",
        ),
        ("withdrawal_sweep.json", "/1/payloads/3/slot", "[1].payloads[3].slot"),
        ("withdrawal_sweep.json", "/1/validator_count", "[1].validator_count"),
        ("withdrawal_sweep.json", "/2/final_balances_sum", "[2].final_balances_sum"),
        ("withdrawal_sweep_time.json", "/2/payloads_until_paid", "[2].payloads_until_paid"),
        ("withdrawal_sweep_time.json", "/2/slot_paid", "[2].slot_paid"),
        ("withdrawal_sweep_time.json", "/2/amounts_to_target/0", "[2].amounts_to_target[0]"),
    ] {
        let mut value = fixture(name);
        let (got, expected) = raise(&mut value, pointer);
        assert_eq!(mismatches(value), [(place.to_owned(), expected, got)], "{name}");
    }
}

#[test]
fn a_row_that_is_wrong_in_one_number_is_reported_as_a_row() {
    let mut value = fixture("withdrawal_sweep.json");
    let row = value[0]["payloads"][1]["withdrawals"][3].as_array().expect("a row").clone();
    let [index, validator, amount] =
        row.iter().map(|cell| cell.as_str().expect("a number")).collect::<Vec<_>>()[..]
    else {
        panic!("{row:?}")
    };
    let got = format!("[{index}, {validator}, {amount}]");
    let (_, raised) = raise(&mut value, "/0/payloads/1/withdrawals/3/2");
    let expected = format!("[{index}, {validator}, {raised}]");
    let place = "[0].payloads[1].withdrawals[3]".to_owned();
    assert_eq!(mismatches(value), [(place, expected, got)]);

    let mut value = fixture("entry_queue.json");
    raise(&mut value, "/0/steps/1/credited/0/1");
    raise(&mut value, "/0/steps/2/queue_left/5/2");
    let places: Vec<_> = mismatches(value).into_iter().map(|(place, ..)| place).collect();
    assert_eq!(places, ["[0].steps[1].credited[0]", "[0].steps[2].queue_left[5]"]);

    // A row too many is a list of another length.
    let mut value = fixture("entry_queue.json");
    at(&mut value, "/0/steps/1/credited").as_array_mut().expect("a list").push(json!(["1", "2"]));
    let [(place, expected, got)] = &mismatches(value)[..] else { panic!("one mismatch") };
    assert_eq!(
        (place.as_str(), expected.as_str(), got.as_str()),
        ("[0].steps[1].credited", "5 entries", "4 entries")
    );
}

/// Acceptance follows from the registry and the steps before, not from the file's word.
#[test]
fn a_decision_that_the_rules_do_not_give_is_reported() {
    for (accepted, op) in
        [(true, "partial_request"), (true, "full_exit_request"), (false, "full_exit_request")]
    {
        let mut value = fixture("exit_sequences.json");
        let (case, step) =
            find(&value, "steps", |step| step["op"] == op && step["accepted"] == json!(accepted));
        value[case]["steps"][step]["accepted"] = json!(!accepted);
        let place = format!("[{case}].steps[{step}].accepted");
        assert_eq!(mismatches(value), [(place, (!accepted).to_string(), accepted.to_string())]);
    }
    let mut value = fixture("withdrawal_requests.json");
    let ignored = value.as_array().expect("a list").iter().position(|case| case["result"] == "ignored");
    let ignored = ignored.expect("there are many");
    value[ignored]["result"] = json!("exit_initiated");
    let place = format!("[{ignored}].result");
    assert_eq!(mismatches(value), [(place, "exit_initiated".to_owned(), "ignored".to_owned())]);
}

/// What is pending is our own record: an amount that we would have queued otherwise shows where it is next asked for.
#[test]
fn the_registry_of_a_sequence_decides_its_stake_and_its_amounts() {
    // More balance: the request for all there is gets more.
    let mut value = fixture("exit_sequences.json");
    let (case, step) = find(&value, "steps", |step| {
        step["op"] == "partial_request"
            && step["accepted"] == true
            && step["amount"] != step["requested_amount"]
    });
    let validator = value[case]["steps"][step]["validator"].as_str().expect("a number").to_owned();
    let (got, _) = raise(&mut value, &format!("/{case}/validators/{validator}/balance"));
    let found = mismatches(value);
    let more = found.iter().find(|(place, ..)| *place == format!("[{case}].steps[{step}].amount"));
    let (_, expected, ours) = more.expect("an amount that differs");
    let number = |text: &str| text.parse::<u64>().expect("a number");
    assert_eq!(number(ours), number(expected) + 1, "balance {got} and one");

    // Another stake: every total differs by it.
    let mut value = fixture("exit_sequences.json");
    let steps = value[case]["steps"].as_array().expect("steps").clone();
    raise(&mut value, &format!("/{case}/ballast_effective_balance"));
    let until_set =
        steps.iter().take_while(|step| step.get("ballast_effective_balance_set_to").is_none()).count();
    let found = mismatches(value);
    assert_eq!(found.len(), until_set, "{found:?}");
    assert!(found.iter().all(|(place, ..)| place.ends_with(".total_active_balance")));
}

#[test]
fn the_total_of_a_registry_counts_the_active_only() {
    let mut value = fixture("churn.json");
    let cases = value.as_array().expect("a list");
    let case = cases.iter().position(|case| case.get("registry").is_some()).expect("one case has a registry");
    let leaving = value[case]["registry"].as_array().expect("rows").iter();
    let row = leaving.clone().position(|row| row["exit_epoch"] == "1001").expect("active for the last time");
    value[case]["registry"][row]["exit_epoch"] = json!("1000");
    let found = mismatches(value);
    assert_eq!(found[0].0, format!("[{case}].total_active_balance"));
    assert_eq!(
        found[0].1.parse::<u64>().expect("Gwei") - found[0].2.parse::<u64>().expect("Gwei"),
        500 * 32_000_000_000
    );
}

#[test]
fn fewer_active_validators_than_are_queued_and_active_are_refused() {
    let mut value = fixture("exit_queue_pre_electra.json");
    value[0]["active_validators"] = json!("3");
    let found = mismatches(value);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, "[0].active_validators");
}

#[test]
fn what_is_not_understood_of_a_queue_counts_as_failed() {
    for (name, pointer, word, place) in [
        ("exit_sequences.json", "/3/steps/5/op", json!("slash"), "[3].steps[5].op"),
        ("exit_sequences.json", "/3/fork", json!("deneb"), "[3].fork"),
        ("exit_sequences.json", "/3/steps/5/validator", json!("50"), "[3].steps[5].validator"),
        ("withdrawal_requests.json", "/3/result", json!("queued"), "[3].result"),
        ("withdrawal_requests.json", "/3/credentials", json!("3"), "[3].credentials"),
        ("withdrawal_sweep.json", "/0/fork", json!("phase0"), "[0].fork"),
        ("withdrawal_sweep.json", "/0/validators/2/count", json!("0"), "[0].validators[2].count"),
        (
            "withdrawal_sweep.json",
            "/0/payloads/1/withdrawals/0",
            json!(["1", "2"]),
            "[0].payloads[1].withdrawals[0]",
        ),
        ("withdrawal_sweep_time.json", "/0/target_validator", json!("800"), "[0].target_validator"),
        ("entry_queue.json", "/0/pending_deposits/3/0", json!("99"), "[0].pending_deposits[3]"),
        ("entry_queue.json", "/0/validators/3/index", json!("1"), "[0].validators[3].index"),
        ("churn.json", "/0/sum_effective_balance", json!(null), "[0].sum_effective_balance"),
    ] {
        let mut value = fixture(name);
        *at(&mut value, pointer) = word;
        let found = mismatches(value);
        let [(found, ..)] = &found[..] else { panic!("{name} {pointer}: {found:?}") };
        assert_eq!(found, place, "{name}");
    }
}

#[test]
fn a_missing_field_of_a_queue_counts_as_failed() {
    for (name, parent, key) in [
        ("consolidation_clock.json", "/4", "consolidation_epoch"),
        ("exit_sequences.json", "/3", "validators"),
        ("exit_sequences.json", "/3/steps/5", "accepted"),
        ("exit_sequences.json", "/3/steps/5", "pending_before"),
        ("withdrawal_requests.json", "/3", "source_address_matches"),
        ("withdrawal_requests.json", "/3", "pending_amounts"),
        ("entry_queue.json", "/0/steps/2", "queue_left"),
        ("entry_queue.json", "/0/steps/2", "finalized_epoch"),
        ("withdrawal_sweep.json", "/0", "pending_partial_withdrawals"),
        ("withdrawal_sweep.json", "/0/payloads/2", "processed_partial_withdrawals_count"),
        ("withdrawal_sweep.json", "/0", "final_balances_sum"),
        ("withdrawal_sweep_time.json", "/0", "found"),
        ("withdrawal_sweep_time.json", "/0", "payloads_until_paid"),
    ] {
        let mut value = fixture(name);
        let removed = at(&mut value, parent).as_object_mut().expect("an object").remove(key);
        assert!(removed.is_some(), "{name} has no {key} at {parent}");
        let found = mismatches(value);
        let [(place, _, got)] = &found[..] else { panic!("{name} without {key}: {found:?}") };
        assert!(place.ends_with(&format!(".{key}")) && got == "missing", "{name}: {found:?}");
    }
}

/// Three validators by hand: 0x01 with an excess of 5, 0x02 that Capella does not know, 0x01 that has left.
fn capella() -> Value {
    let validator = |credentials: &str, balance: &str, epoch: &str| {
        json!({
            "count": "1", "credentials": credentials, "effective_balance": "32000000000", "balance": balance,
            "exit_epoch": epoch, "withdrawable_epoch": epoch,
        })
    };
    let far = "18446744073709551615";
    json!([{
        "id": "by-hand", "fork": "capella", "slot": "6400000", "next_withdrawal_index": "10",
        "next_withdrawal_validator_index": "1", "validator_count": "3",
        "validators": [
            validator("1", "32000000005", far),
            validator("2", "32000000007", far),
            validator("1", "31000000000", "200000"),
        ],
        "payloads": [
            // Examined are 1, 2 and 0; the cursor moves by 16384, one more than a multiple of three.
            {
                "slot": "6400000", "withdrawals": [["10", "2", "31000000000"], ["11", "0", "5"]],
                "validators_examined": "3", "next_withdrawal_validator_index": "2", "next_withdrawal_index": "12",
            },
            {
                "slot": "6400001", "withdrawals": [], "next_withdrawal_validator_index": "0",
                "next_withdrawal_index": "12",
            },
        ],
        "final_balances_sum": "64000000007",
    }])
}

#[test]
fn capella_sweeps_without_partials_and_pays_address_credentials_only() {
    let record = compare(capella());
    assert_eq!((record.failed(), record.compared()["withdrawals"]), (0, 2), "{:?}", record.mismatches());
    let mut value = capella();
    value[0]["payloads"][0]["pending_partials_left"] = json!("1");
    let place = "[0].payloads[0].pending_partials_left".to_owned();
    assert_eq!(mismatches(value), [(place, "1".to_owned(), "0".to_owned())]);
    // Electra has partials, and a file of it must say so.
    let mut value = capella();
    value[0]["fork"] = json!("electra");
    assert_eq!(mismatches(value)[0].0, "[0].pending_partial_withdrawals");
}

#[test]
fn a_target_that_is_never_paid_ends_the_run() {
    let mut value = fixture("withdrawal_sweep_time.json");
    let cases = value.as_array_mut().expect("a list");
    let case = cases.iter_mut().find(|case| case["id"] == "time-large-0").expect("the large case");
    // No excess and no exit: nothing is ever paid to it.
    let target: u64 = case["target_validator"].as_str().expect("a number").parse().expect("a number");
    let mut first = 0;
    for run in case["validators"].as_array_mut().expect("runs") {
        let count: u64 = run["count"].as_str().expect("a number").parse().expect("a number");
        if (first..first + count).contains(&target) {
            run["withdrawable_epoch"] = json!("18446744073709551615");
            run["balance"] = json!("32000000000");
        }
        first += count;
    }
    case["found"] = json!(false);
    let case = case.clone();
    assert_eq!(mismatches(json!([case])), []);
    let mut claimed = case;
    claimed["found"] = json!(true);
    assert_eq!(
        mismatches(json!([claimed])),
        [("[0].found".to_owned(), "true".to_owned(), "false".to_owned())]
    );
}
