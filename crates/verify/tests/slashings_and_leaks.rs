//! What the comparison says of wrong files on slashings and leaks: each number counts, each is reported at its place.

use pegstress_verify::{Document, Mismatch, recognise};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const FILES: [&str; 10] = [
    "effective_balance_hysteresis",
    "inactivity_leak",
    "leak_ejection",
    "leak_population",
    "mass_slashing",
    "slashed_lifecycle",
    "slashing_already_exiting",
    "slashing_correlation",
    "slashing_initial",
    "slashing_long_queue",
];

fn cases(name: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/consensus");
    let text = fs::read_to_string(folder.join(name).with_extension("json")).expect(name);
    serde_json::from_str(&text).expect(name)
}

/// Some results must agree, so that nothing passes by being skipped.
fn mismatches(value: Value) -> Vec<Mismatch> {
    let document = Document::Json(value);
    let record = recognise(&document).expect("a known format").compare(&document);
    assert!(record.passed() > 0);
    record.mismatches().to_vec()
}

fn places(value: Value) -> Vec<String> {
    mismatches(value).into_iter().map(|mismatch| mismatch.place).collect()
}

/// `/1/checkpoints/4/epoch` as `[1].checkpoints[4].epoch`.
fn place_of(pointer: &str) -> String {
    let parts = pointer.split('/').skip(1).map(|part| {
        if part.bytes().all(|byte| byte.is_ascii_digit()) { format!("[{part}]") } else { format!(".{part}") }
    });
    parts.collect()
}

fn at<'a>(value: &'a mut Value, pointer: &str) -> &'a mut Value {
    value.pointer_mut(pointer).unwrap_or_else(|| panic!("nothing at {pointer}"))
}

#[test]
fn a_result_off_by_one_is_reported_at_its_place() {
    for (name, pointers) in [
        ("effective_balance_hysteresis", &["/3/new_effective_balance"][..]),
        (
            "slashing_initial",
            &[
                "/0/initial_penalty",
                "/1/balance_after",
                "/2/proposer_reward",
                "/3/whistleblower_reward_if_separate",
                "/4/exit_epoch",
                "/5/withdrawable_epoch",
                "/6/slashings_entry",
                "/7/slashings_entry_index",
            ],
        ),
        ("slashing_already_exiting", &["/0/exit_epoch", "/1/withdrawable_epoch", "/2/correlation_epoch"]),
        (
            "slashing_correlation",
            &["/30/validators/1/penalty_applied", "/0/validators/4/balance_after", "/2/sum_slashings"],
        ),
        (
            "slashing_long_queue",
            &[
                "/0/per_epoch_churn",
                "/1/exit_epoch",
                "/2/withdrawable_epoch",
                "/3/correlation_epoch",
                "/4/sum_slashings_in_vector_at_correlation",
                "/5/slot_value_for_s_at_e",
                "/6/total_active_balance_at_correlation",
                "/7/correlation_penalty",
            ],
        ),
        (
            "mass_slashing",
            &[
                "/0/total_active_balance_at_start",
                "/0/per_epoch_churn",
                "/1/last_exit_epoch",
                "/1/validators_whose_correlation_comes_after_the_slashing_left_the_vector",
                "/1/samples/3/exit_epoch",
                "/1/samples/4/withdrawable_epoch",
                "/1/samples/5/correlation_epoch",
                "/2/samples/6/total_active_balance",
                "/2/samples/7/sum_slashings",
                "/2/samples/8/correlation_penalty",
            ],
        ),
        (
            "slashed_lifecycle",
            &[
                "/0/total_active_balance_at_start",
                "/0/exit_epoch",
                "/0/withdrawable_epoch",
                "/0/correlation_epoch",
                "/1/balance_after_initial_penalty",
                "/1/penalised_epochs",
                "/1/total_attestation_penalties",
                "/2/total_inactivity_penalties",
                "/2/correlation_penalty",
                "/2/final_balance",
                "/2/final_effective_balance",
                "/2/checkpoints/3/offset",
                "/2/checkpoints/4/total_active_balance",
                "/2/checkpoints/5/inactivity_score",
                "/2/checkpoints/6/attestation_penalty",
                "/2/checkpoints/7/inactivity_penalty",
                "/2/checkpoints/12/correlation_penalty",
                "/2/checkpoints/8/effective_balance_at_start",
                "/2/checkpoints/9/effective_balance",
            ],
        ),
        (
            "inactivity_leak",
            &[
                "/0/base_reward_per_increment_at_start",
                "/0/first_epoch_with_effective_balance_at_or_below_16eth",
                "/1/checkpoints/2/epoch",
                "/2/checkpoints/3/inactivity_score",
                "/3/checkpoints/4/inactivity_penalty_this_epoch",
                "/5/checkpoints/30/balance",
                "/6/checkpoints/21/effective_balance",
                "/8/checkpoints/9/balance_change_this_epoch",
            ],
        ),
        (
            "leak_ejection",
            &[
                "/0/ejected_at_step",
                "/0/ejected_at_epoch",
                "/0/exit_epoch",
                "/0/withdrawable_epoch",
                "/0/final_balance",
                "/0/checkpoints/2/epoch",
                "/0/checkpoints/3/balance",
                "/0/checkpoints/4/effective_balance",
                "/0/checkpoints/5/inactivity_score",
                "/0/checkpoints/64/exit_epoch",
            ],
        ),
        (
            "leak_population",
            &[
                "/0/events/2/step",
                "/0/events/1/epoch",
                "/0/events/2/total_active_balance",
                "/1/events/2/exit_epochs/8",
                "/1/events/2/validators/0",
                "/1/events/2/earliest_exit_epoch",
                "/1/events/2/exit_balance_to_consume",
                "/0/checkpoints/5/epoch",
                "/0/checkpoints/19/finalized_epoch",
                "/0/checkpoints/20/total_active_balance",
                "/0/checkpoints/21/online_balance",
                "/0/checkpoints/22/online_effective_balance",
                "/0/checkpoints/23/online_score",
                "/1/checkpoints/30/offline_balance",
                "/1/checkpoints/31/offline_effective_balance",
                "/1/checkpoints/32/offline_score",
                "/1/checkpoints/28/active",
            ],
        ),
    ] {
        let whole = cases(name);
        for pointer in pointers {
            let mut value = whole.clone();
            let cell = at(&mut value, pointer);
            let stated: i128 = cell.as_str().and_then(|digits| digits.parse().ok()).expect(pointer);
            *cell = json!((stated + 1).to_string());
            let place = place_of(pointer);
            let (expected, got) = ((stated + 1).to_string(), stated.to_string());
            assert_eq!(mismatches(value), [Mismatch { place, expected, got }], "{name}");
        }
    }
}

#[test]
fn a_balance_on_the_way_counts_as_a_balance_and_as_a_loss() {
    let mut value = cases("slashed_lifecycle");
    *at(&mut value, "/1/checkpoints/9/balance") = json!("1");
    let place = place_of("/1/checkpoints/9/balance");
    assert_eq!(places(value), [place.clone(), format!("{place} (as a loss)")]);
}

#[test]
fn a_yes_or_no_turned_round_is_reported() {
    for (name, pointer) in [
        ("slashing_already_exiting", "/2/clock_consumed"),
        ("slashing_long_queue", "/8/own_slashing_still_in_vector"),
        ("inactivity_leak", "/5/checkpoints/18/in_leak"),
        ("leak_population", "/0/checkpoints/4/in_leak"),
    ] {
        let mut value = cases(name);
        let cell = at(&mut value, pointer);
        *cell = json!(!cell.as_bool().expect(pointer));
        assert_eq!(places(value), [place_of(pointer)], "{name}");
    }
    // The proposer who reports gets both parts.
    let mut value = cases("slashing_initial");
    *at(&mut value, "/0/whistleblower_is_proposer") = json!(false);
    let wanted = ["/0/proposer_reward", "/0/whistleblower_reward_if_separate"].map(place_of);
    assert_eq!(places(value), wanted);
    // One that was not slashed pays nothing.
    let mut value = cases("slashing_correlation");
    *at(&mut value, "/0/validators/0/slashed") = json!(false);
    let wanted = ["/0/validators/0/penalty_applied", "/0/validators/0/balance_after"].map(place_of);
    assert_eq!(places(value), wanted);
}

#[test]
fn words_that_are_not_known_are_unreadable() {
    for name in FILES {
        let mut value = cases(name);
        value[0]["fork"] = json!("heze");
        let found = mismatches(value);
        let wanted = "a fork from phase0 to gloas".to_owned();
        let expected = Mismatch { place: "[0].fork".to_owned(), expected: wanted, got: "heze".to_owned() };
        assert_eq!(found, [expected], "{name}");
    }
    for (name, pointer, word) in [
        ("leak_population", "/0/events/1/event", json!("reorg")),
        ("leak_population", "/0/credentials", json!("3")),
        ("effective_balance_hysteresis", "/0/credentials", json!("4")),
        ("mass_slashing", "/0/fork", json!("deneb")),
        ("slashing_long_queue", "/0/fork", json!("capella")),
        ("inactivity_leak", "/3/checkpoints/3/balance_change_this_epoch", json!("+5")),
        ("mass_slashing", "/1/samples/2/order", json!("2051")),
        ("leak_ejection", "/0/checkpoints/2/epochs", json!("0")),
        ("slashed_lifecycle", "/0/checkpoints/2/epoch", json!("399999")),
        ("slashed_lifecycle", "/0/leak_epochs", json!("99999999999")),
    ] {
        let mut value = cases(name);
        *at(&mut value, pointer) = word;
        assert_eq!(places(value), [place_of(pointer)], "{name}");
    }
}

/// Every field of every file's first case, and of its first entries, but for words that explain.
#[test]
fn a_field_that_is_missing_is_unreadable() {
    for name in FILES {
        let whole = cases(name);
        let mut pointers = vec![String::from("/0")];
        for list in ["validators", "samples", "checkpoints", "events", "slashings", "other_slashings"] {
            // The first case of one file has no other slashings.
            if whole[0][list].get(0).is_some_and(Value::is_object) {
                pointers.push(format!("/0/{list}/0"));
            }
        }
        for pointer in pointers {
            let fields = whole.pointer(&pointer).and_then(Value::as_object).expect("an object");
            for key in fields.keys().filter(|key| !["description", "id"].contains(&key.as_str())) {
                let mut value = whole.clone();
                at(&mut value, &pointer).as_object_mut().expect("an object").shift_remove(key);
                let found = mismatches(value);
                let [only] = found.as_slice() else { panic!("{name} without {pointer}/{key}: {found:?}") };
                assert!(only.place.ends_with(key), "{name} without {pointer}/{key}: {only:?}");
                assert_eq!(only.got, "missing", "{name} without {pointer}/{key}");
            }
        }
    }
}

#[test]
fn a_state_that_the_spec_refuses_is_reported_and_not_passed_over() {
    let mut value = cases("slashing_initial");
    *at(&mut value, "/3/epoch") = json!(u64::MAX.to_string());
    let found = mismatches(value);
    let [only] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((only.place.as_str(), only.expected.as_str()), ("[3]", "results"));
    assert!(only.got.starts_with("revert"), "{only:?}");
    // Phase 0 has no flags, so there is no leak of this kind.
    let mut value = cases("inactivity_leak");
    *at(&mut value, "/3/fork") = json!("phase0");
    assert_eq!(places(value), ["[3]"]);
}

#[test]
fn an_event_too_many_or_too_few_is_reported() {
    let mut value = cases("leak_population");
    let events = at(&mut value, "/0/events").as_array_mut().expect("a list");
    events.pop();
    assert_eq!(places(value), ["[0].events"]);
    let mut value = cases("leak_population");
    let events = at(&mut value, "/0/events").as_array_mut().expect("a list");
    let last = events.last().expect("events").clone();
    events.push(last);
    assert_eq!(places(value), ["[0].events"]);
}

/// The behaviour is told by the `id`; under an unknown one it is found by comparison, and a wrong number stays one.
#[test]
fn a_leak_with_an_unknown_id_is_compared_under_the_behaviour_that_fits() {
    let mut value = cases("inactivity_leak");
    let list = value.as_array_mut().expect("a list");
    for (k, case) in list.iter_mut().enumerate() {
        case["id"] = json!(format!("case-{k}"));
    }
    assert_eq!(mismatches(value.clone()), []);
    *at(&mut value, "/6/checkpoints/12/balance") = json!("31982000000");
    assert_eq!(places(value), [place_of("/6/checkpoints/12/balance")]);

    // Known words are kept to: an online validator is not taken for the offline one that the id names.
    let mut value = cases("inactivity_leak");
    value[8]["id"] = json!("noleak-offline-30M-2048");
    assert!(mismatches(value).len() > 10);
}

/// By hand: finality stops two epochs before the first step, so the fifth is the first of the leak. Attestations cost 6,240 Gwei a step at
/// T = 42M, inactivity `floor(32e9 score / 2^26)`.
#[test]
fn a_leak_begins_when_finality_is_more_than_four_epochs_old() {
    let mut checkpoints = Vec::new();
    for (step, score, inactivity, balance) in [
        (1_u64, 0_u64, 0_i64, 31_999_993_760_u64),
        (4, 0, 0, 31_999_975_040),
        (5, 4, 1_907, 31_999_966_893),
        (6, 8, 3_814, 31_999_956_839),
    ] {
        checkpoints.push(json!({
            "epochs": step,
            "epoch": 299_999 + step,
            "in_leak": step > 4,
            "inactivity_score": score,
            "inactivity_penalty_this_epoch": inactivity,
            "balance_change_this_epoch": -6_240 - inactivity,
            "balance": balance,
            "effective_balance": 32_000_000_000_u64,
        }));
    }
    let case = json!([{
        "id": "finality-lost-offline",
        "fork": "electra",
        "total_active_balance": "42000000000000000",
        "base_reward_per_increment_at_start": "312",
        "effective_balance": "32000000000",
        "balance": "32000000000",
        "credentials": "1",
        "epochs": "6",
        "first_epoch_with_effective_balance_at_or_below_16eth": null,
        "checkpoints": checkpoints,
    }]);
    assert_eq!(mismatches(case.clone()), []);
    let mut early = case;
    *at(&mut early, "/0/checkpoints/1/in_leak") = json!(true);
    assert_eq!(places(early), [place_of("/0/checkpoints/1/in_leak")]);
}
