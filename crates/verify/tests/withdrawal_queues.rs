//! What the comparison says of files of Renzo's, Puffer's and Kelp's withdrawals that are wrong.

use pegstress_verify::{Document, Mismatch, Record, recognise};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const RENZO: &str = "renzo_instant_fee_and_queue.json";
const PUFFER: &str = "puffer_vault_and_queue.json";
const KELP: &str = "kelp_withdrawal_queue.json";

fn fixture(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/redemption").join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).expect("JSON")
}

fn compare(value: Value) -> Record {
    let document = Document::Json(value);
    recognise(&document).expect("a known format").compare(&document)
}

fn mismatches(value: Value) -> Vec<Mismatch> {
    compare(value).mismatches().to_vec()
}

fn mismatch(place: &str, expected: impl ToString, got: impl ToString) -> Mismatch {
    Mismatch { place: place.to_owned(), expected: expected.to_string(), got: got.to_string() }
}

fn cell<'a>(value: &'a mut Value, pointer: &str) -> &'a mut Value {
    value.pointer_mut(pointer).unwrap_or_else(|| panic!("nothing at {pointer}"))
}

fn remove(value: &mut Value, pointer: &str) {
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
    cell(value, parent).as_object_mut().expect("an object").remove(key).expect("a field");
}

/// `/cases/0/steps/1/out/paid` as the record shows it.
fn shown(pointer: &str) -> String {
    let mut place = String::new();
    for part in pointer.split('/').skip(1) {
        match part.parse::<usize>() {
            Ok(index) => place += &format!("[{index}]"),
            Err(_) if place.is_empty() => place += part,
            Err(_) => place += &format!(".{part}"),
        }
    }
    place
}

/// The first step of this kind: its place, and the steps of its case.
fn find(value: &Value, op: &str, revert: Option<&str>) -> String {
    let (base, cases) = match value {
        Value::Array(cases) => ("", cases),
        object => ("/cases", object["cases"].as_array().expect("cases")),
    };
    for (i, case) in cases.iter().enumerate() {
        for (k, step) in case["steps"].as_array().expect("steps").iter().enumerate() {
            if step["op"] == op && step["out"].get("revert").and_then(Value::as_str) == revert {
                return format!("{base}/{i}/steps/{k}");
            }
        }
    }
    panic!("no {op} with {revert:?}");
}

#[test]
fn every_number_that_a_call_returns_and_every_number_of_the_state_is_compared() {
    for name in [RENZO, PUFFER, KELP] {
        let value = fixture(name);
        let ops: &[&str] = match name {
            RENZO => &["inflow", "set_tvl", "wait", "withdraw", "instant_withdraw", "claim"],
            PUFFER => &[
                "set_locked_oracle_eth",
                "set_exit_fees",
                "deposit_eth",
                "withdraw",
                "redeem",
                "request_withdrawal",
                "finalize",
                "complete",
                "return_excess",
            ],
            _ => &["set_prices", "set_vault_balance", "roll_blocks", "initiate", "unlock_queue", "complete"],
        };
        for op in ops {
            let at = find(&value, op, None);
            // The first step is where the surroundings are read from: an edit there is an edit of the input.
            let at =
                if at.ends_with("/0") && name != PUFFER { at.replace("/steps/0", "/steps/1") } else { at };
            for part in ["out", "state"] {
                let fields =
                    value.pointer(&format!("{at}/{part}")).and_then(Value::as_object).expect("a part");
                for (key, field) in fields {
                    let pointer = format!("{at}/{part}/{key}");
                    let Some(Ok(number)) = field.as_str().map(str::parse::<u128>) else { continue };
                    let mut edited = value.clone();
                    *cell(&mut edited, &pointer) = json!((number + 1).to_string());
                    let found = mismatches(edited);
                    assert_eq!(found, [mismatch(&shown(&pointer), number + 1, number)], "{name}");
                }
            }
        }
    }
}

#[test]
fn flags_lists_and_rates_by_batch_are_compared() {
    let mut renzo = fixture(RENZO);
    let queued = "/cases/0/steps/1/out/queued";
    *cell(&mut renzo, queued) = json!(false);
    assert_eq!(mismatches(renzo), [mismatch(&shown(queued), false, true)]);

    let mut renzo = fixture(RENZO);
    *cell(&mut renzo, "/fee_curve/0/out/fee_bps") = json!("33");
    assert_eq!(mismatches(renzo), [mismatch("fee_curve[0].out.fee_bps", 33, 32)]);

    let mut puffer = fixture(PUFFER);
    *cell(&mut puffer, "/cases/0/steps/0/state/user_shares/1") = json!("1");
    assert_eq!(mismatches(puffer), [mismatch("cases[0].steps[0].state.user_shares[1]", 1, 0)]);

    let puffer = fixture(PUFFER);
    let at = find(&puffer, "finalize", None);
    let rates = format!("{at}/out/batch_rates");
    let mut edited = puffer.clone();
    let rate = cell(&mut edited, &format!("{rates}/1")).take();
    *cell(&mut edited, &rates) = json!({ "1": "7" });
    let rate = rate.as_str().expect("a rate");
    let place = format!("{}[0]", shown(&rates));
    assert_eq!(mismatches(edited), [mismatch(&place, "batch 1 at 7", format!("batch 1 at {rate}"))]);
    let mut edited = puffer;
    *cell(&mut edited, &rates) = json!({});
    assert_eq!(mismatches(edited), [mismatch(&shown(&rates), "0 entries", "1 entries")]);

    let mut puffer = fixture(PUFFER);
    puffer["batch_size"] = json!("11");
    assert_eq!(mismatches(puffer), [mismatch("batch_size", 11, 10)]);
}

#[test]
fn a_revert_must_happen_for_the_reason_given() {
    for (name, op, reason) in [
        (RENZO, "claim", "EarlyClaim"),
        (RENZO, "claim", "QueuedWithdrawalNotFilled"),
        (RENZO, "claim", "InvalidTokenAmount"),
        (RENZO, "instant_withdraw", "BelowAllowedLimit"),
        (RENZO, "instant_withdraw", "NotEnoughWithdrawBuffer"),
        (PUFFER, "redeem", "Panic(0x11)"),
        (PUFFER, "finalize", "BatchesAreNotFull"),
        (PUFFER, "finalize", "BatchAlreadyFinalized"),
        (PUFFER, "complete", "WithdrawalAlreadyCompleted"),
        (PUFFER, "return_excess", "AlreadyReturned"),
        (KELP, "unlock_queue", "NoPendingWithdrawals"),
        (KELP, "unlock_queue", "AmountMustBeGreaterThanZero"),
        (KELP, "complete", "WithdrawalLocked"),
        (KELP, "complete", "QueueEmpty"),
        (KELP, "initiate", "InvalidAmountToWithdraw"),
    ] {
        let value = fixture(name);
        let pointer = format!("{}/out/revert", find(&value, op, Some(reason)));
        let mut edited = value.clone();
        *cell(&mut edited, &pointer) = json!("Unauthorized");
        assert_eq!(mismatches(edited), [mismatch(&shown(&pointer), "Unauthorized", reason)], "{name}");

        let mut edited = value;
        remove(&mut edited, &pointer);
        let found = mismatches(edited);
        let [only] = found.as_slice() else { panic!("{name} {reason}: {found:?}") };
        assert_eq!((only.place.as_str(), only.expected.as_str()), (shown(&pointer).as_str(), "no revert"));
        assert!(only.got.starts_with("revert ("), "{}", only.got);
    }
}

#[test]
fn a_call_that_went_through_is_no_revert() {
    for (name, op) in [(RENZO, "withdraw"), (RENZO, "inflow"), (PUFFER, "redeem"), (KELP, "unlock_queue")] {
        let mut value = fixture(name);
        let pointer = format!("{}/out", find(&value, op, None));
        *cell(&mut value, &pointer) = json!({ "revert": "Paused" });
        let place = format!("{}.revert", shown(&pointer));
        assert_eq!(mismatches(value), [mismatch(&place, "Paused", "no revert")], "{name}");
    }
    let mut value = fixture(RENZO);
    *cell(&mut value, "/fee_curve/0/out") = json!({ "revert": "Panic(0x11)" });
    assert_eq!(mismatches(value), [mismatch("fee_curve[0].out.revert", "Panic(0x11)", "no revert")]);
}

#[test]
fn the_state_is_carried_from_step_to_step_and_not_taken_from_the_file() {
    for (name, op, case) in [(RENZO, "inflow", 0), (PUFFER, "deposit_eth", 1), (KELP, "set_prices", 0)] {
        let mut value = fixture(name);
        let cases = if value.is_array() { &mut value } else { &mut value["cases"] };
        let steps = cases[case]["steps"].as_array_mut().expect("steps");
        let after = steps.iter().rposition(|step| step["op"] == op).expect("a step");
        assert!(after > 0);
        steps.remove(after);
        let found = mismatches(value);
        let place = format!("[{case}].steps[{after}].");
        assert!(!found.is_empty() && found[0].place.contains(&place), "{name}: {found:?}");
        assert!(found.len() > 3, "{name}: the later steps must differ too: {found:?}");
    }
}

#[test]
fn an_unknown_call_and_a_field_that_is_missing_or_malformed_are_reported_at_their_place() {
    for name in [RENZO, PUFFER, KELP] {
        let value = fixture(name);
        let base = if value.is_array() { "" } else { "/cases" };
        let at = format!("{base}/0/steps/1");
        let place = shown(&at);
        let mut edited = value.clone();
        *cell(&mut edited, &format!("{at}/op")) = json!("sweep");
        assert_eq!(
            mismatches(edited),
            [mismatch(&format!("{place}.op"), "a known operation", "sweep")],
            "{name}"
        );
        for part in ["op", "in", "out", "state"] {
            let mut edited = value.clone();
            remove(&mut edited, &format!("{at}/{part}"));
            let found = mismatches(edited);
            let [only] = found.as_slice() else { panic!("{name} {part}: {found:?}") };
            assert_eq!((only.place.clone(), only.got.as_str()), (format!("{place}.{part}"), "missing"));
        }
    }
    for (name, pointer) in [
        (RENZO, "/cases/0/cooldown_s"),
        (RENZO, "/cases/0/instant"),
        (RENZO, "/cases/0/instant/min_fee_bps"),
        (RENZO, "/cases/0/steps/0/in/amount"),
        (RENZO, "/cases/0/steps/0/state/ezeth_supply"),
        (RENZO, "/cases/0/steps/1/in/ezeth"),
        (RENZO, "/cases/0/steps/1/out/fill_at"),
        (RENZO, "/cases/0/steps/1/out/queued"),
        (RENZO, "/cases/0/steps/6/out/paid"),
        (RENZO, "/cases/0/steps/6/state/filled"),
        (RENZO, "/fee_curve/3/in/draw_down_limit"),
        (RENZO, "/fee_curve/3/out"),
        (PUFFER, "/cases/0/steps"),
        (PUFFER, "/cases/0/steps/1/in/assets"),
        (PUFFER, "/cases/0/steps/1/out/preview_withdraw"),
        (PUFFER, "/cases/0/steps/1/state/user_shares"),
        (KELP, "/0/steps/0/state/block"),
        (KELP, "/0/steps/5/in/asset_price"),
        (KELP, "/0/steps/7/out/paid"),
    ] {
        let mut edited = fixture(name);
        remove(&mut edited, pointer);
        let found = mismatches(edited);
        let [only] = found.as_slice() else { panic!("{name} {pointer}: {found:?}") };
        assert!(
            only.place.ends_with(pointer.rsplit('/').next().expect("a key")) && only.got == "missing",
            "{only:?}"
        );
    }
    let mut edited = fixture(PUFFER);
    let pointer = format!("{}/in/puf_eth_amount", find(&edited, "request_withdrawal", None));
    let large = (u128::MAX.to_string()) + "0";
    *cell(&mut edited, &pointer) = json!(large);
    assert_eq!(mismatches(edited), [mismatch(&shown(&pointer), "an integer below 2^128", &large)]);
}

#[test]
fn fees_alone_are_a_document_and_cases_alone_are_one() {
    let renzo = fixture(RENZO);
    let fees = compare(json!({ "fee_curve": renzo["fee_curve"] }));
    assert_eq!(fees.mismatches(), []);
    assert_eq!(fees.passed(), renzo["fee_curve"].as_array().map_or(0, Vec::len) as u64);
    let cases = compare(renzo["cases"].clone());
    assert_eq!(cases.mismatches(), []);
    assert_eq!(fees.passed() + cases.passed(), compare(renzo).passed());
    let puffer = fixture(PUFFER);
    assert_eq!(compare(puffer["cases"].clone()).passed() + 1, compare(puffer).passed());
}
