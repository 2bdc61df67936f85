//! Every file below `fixtures/` against the integers, and what the comparison says of files that are wrong.

mod common;

use common::{document, fixtures, vector_files};
use pegstress_verify::{Document, Mismatch, Record, recognise};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

fn json_fixture(name: &str) -> Value {
    match document(&fixtures().join(name)) {
        Document::Json(value) => value,
        Document::Csv { .. } => panic!("{name} is no JSON"),
    }
}

fn compare(document: &Document) -> Record {
    recognise(document).expect("a known format").compare(document)
}

/// Compares an edited document; every other result must still agree.
fn mismatches(value: Value) -> Vec<Mismatch> {
    let record = compare(&Document::Json(value));
    assert_eq!(record.failed(), record.mismatches().len() as u64);
    assert!(record.passed() > 0);
    record.mismatches().to_vec()
}

fn mismatch(place: &str, expected: impl ToString, got: impl ToString) -> Mismatch {
    Mismatch { place: place.to_owned(), expected: expected.to_string(), got: got.to_string() }
}

/// The number at a JSON pointer, raised by one unit; returns it before and after.
fn raise(value: &mut Value, pointer: &str) -> (String, String) {
    let cell = value.pointer_mut(pointer).unwrap_or_else(|| panic!("nothing at {pointer}"));
    let before = cell.as_str().unwrap_or_else(|| panic!("no number at {pointer}: {cell}")).to_owned();
    let after = (before.parse::<u128>().expect("below 2^128") + 1).to_string();
    *cell = json!(after);
    (before, after)
}

fn remove(value: &mut Value, pointer: &str) {
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
    let parent = value.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
    parent.remove(key).unwrap_or_else(|| panic!("nothing at {pointer}"));
}

#[test]
fn every_fixture_is_recognised_and_equals_the_integers_in_every_kind_of_result() {
    let mut compared: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for path in vector_files(&fixtures()) {
        let document = document(&path);
        let format = recognise(&document).unwrap_or_else(|| panic!("{} is not recognised", path.display()));
        let record = format.compare(&document);
        let shown = record.mismatches().iter().take(3).collect::<Vec<_>>();
        assert_eq!(record.failed(), 0, "{}: {shown:?}", path.display());
        assert!(record.passed() > 0, "{}: nothing was compared", path.display());
        compared.entry(format.name).or_default().extend(record.compared().keys());
    }
    let clock: &[&str] = &["churn limits", "clock values", "exit epochs"];
    let sequences: &[&str] = &[
        "amounts",
        "balances",
        "clock values",
        "decisions",
        "exit epochs",
        "pending balances",
        "total balances",
    ];
    let next_generation: &[&str] = &[
        "deposits",
        "exchanges",
        "oracle values",
        "rate changes",
        "reverts",
        "state values",
        "views",
        "withdrawals",
    ];
    let crypto: &[&str] = &["claims", "exchanges", "fees", "liquidity", "quotes", "ramps", "states"];
    let initial: &[&str] = &["balances", "epochs", "penalties", "rewards", "slashings vector"];
    let queued: &[&str] = &["churn limits", "epochs", "penalties", "slashings vector", "stakes"];
    let slashed: &[&str] =
        &["balances", "effective balances", "epochs", "inactivity scores", "losses", "penalties", "stakes"];
    let leaks: &[&str] = &[
        "balances",
        "base rewards",
        "effective balances",
        "epochs",
        "inactivity scores",
        "leaks",
        "penalties",
    ];
    let ejections: &[&str] = &["balances", "effective balances", "epochs", "inactivity scores"];
    let chains: &[&str] = &[
        "balances",
        "clock values",
        "effective balances",
        "epochs",
        "events",
        "inactivity scores",
        "leaks",
        "stakes",
    ];
    let etherfi: &[&str] = &[
        "claims",
        "deposits",
        "finalizations",
        "rebases",
        "redemptions",
        "requests",
        "reverts",
        "settings",
        "stakes",
        "state values",
    ];
    let puffer: &[&str] = &[
        "completions",
        "deposits",
        "finalisations",
        "instant withdrawals",
        "requests",
        "returns",
        "reverts",
        "settings",
        "states",
    ];
    let renzo: &[&str] = &["claims", "fees", "instant withdrawals", "requests", "reverts", "states"];
    let aave: &[&str] = &[
        "account data",
        "balances",
        "borrowings",
        "indexes and rates",
        "liquidations",
        "prices",
        "reserves",
        "reverts",
        "supplies",
        "times",
    ];
    let expected: &[(&str, &[&str])] = &[
        ("Aave arithmetic", &["growth factors", "percentages", "rates", "seizures", "wads and rays"]),
        ("Aave liquidations", aave),
        ("Aave price caps", &["answers", "caps", "changes of the cap", "growth rates", "maximum ratios"]),
        ("Balancer v2 stable pools", &["swaps given in", "swaps given out"]),
        ("Balancer v3 pools", &["balances", "swaps exact in", "swaps exact out"]),
        ("Churn limits before Electra", &["churn limits"]),
        ("Churn limits since Electra", &["churn limits", "total balances"]),
        ("Consolidation clock, single consolidations", clock),
        ("Compound v3", &["absorptions", "health", "rates", "reverts", "sales", "states"]),
        ("Curve StableSwap, first generation", &["deposits", "exchanges", "state values", "withdrawals"]),
        ("Curve StableSwap, first generation on a ramp", &["balances", "exchanges", "liquidity", "states"]),
        ("Curve StableSwap-NG", next_generation),
        ("Curve StableSwap-NG, balances without an invariant", &["reverts"]),
        ("Curve cryptoswap, two coins", crypto),
        ("Curve stETH pool, sales of 1000 stETH", &["exchanges", "quotes", "state values"]),
        ("Entry queue", &["budgets", "churn limits", "deposits", "queues"]),
        ("Effective balances", &["effective balances"]),
        ("ether.fi bucket", &["consumptions", "state values"]),
        ("ether.fi redemption and queue", etherfi),
        ("ether.fi reports", &["reasons", "verdicts"]),
        (
            "EigenLayer SlashingLib",
            &["chained inputs", "conversions", "delegations", "deposits", "slashes", "withdrawals"],
        ),
        (
            "EigenLayer core",
            &[
                "allocations",
                "blocks",
                "operator values",
                "payouts",
                "reverts",
                "slashes",
                "staker values",
                "withdrawals",
            ],
        ),
        ("Exit clock, identical exits", clock),
        ("Exit clock, sequences of exits", sequences),
        ("Exit clock, single exits", clock),
        ("Exit queue before Electra", &["churn limits", "exit epochs"]),
        ("Inactivity leaks", leaks),
        ("Inactivity leaks of a small chain", chains),
        ("Inactivity leaks with ejection", ejections),
        ("Mass slashings", &["churn limits", "epochs", "penalties", "slashings vector", "stakes"]),
        ("Slashed validators until withdrawal", slashed),
        ("Slashings behind a long exit queue", queued),
        ("Slashings of exiting validators", &["clocks consumed", "epochs"]),
        ("Slashings, correlation penalties", &["balances", "penalties", "slashings vector"]),
        ("Slashings, initial penalties", initial),
        ("Lido withdrawal queue", &["batches", "claimable", "claims", "finalizations", "requests"]),
        ("Kelp, withdrawal queue", &["completions", "requests", "reverts", "states", "unlockings"]),
        ("Puffer, vault and withdrawal batches", puffer),
        ("Renzo, instant fee and withdrawal queue", renzo),
        ("Morpho Blue markets", &["amounts", "liquidations", "reverts", "states"]),
        ("Morpho adaptive curve", &["rates"]),
        ("Uniswap v3 pools", &["mints", "states", "swaps", "ticks"]),
        ("Withdrawal requests", &["amounts", "churn limits", "clock values", "decisions", "exit epochs"]),
        ("Withdrawal sweep, block by block", &["balances", "cursors", "slots", "validators", "withdrawals"]),
        (
            "Withdrawal sweep, time to a payment",
            &["amounts", "payment times", "payments found", "validators"],
        ),
    ];
    let expected: BTreeMap<&str, BTreeSet<&str>> =
        expected.iter().map(|(format, kinds)| (*format, kinds.iter().copied().collect())).collect();
    assert_eq!(compared, expected);
}

#[test]
fn nothing_of_a_file_is_left_out() {
    // 134 states, the curve and the pool; 400 sales after the first row, each with three numbers, 401 quotes.
    let states = compare(&document(&fixtures().join("curve-stableswap-ng/get_d_nonconvergent.json")));
    assert_eq!(states.compared(), &BTreeMap::from([("reverts", 2 * 134)]));
    let sales = compare(&document(&fixtures().join("curve-steth/sales_of_1000_steth.csv")));
    assert_eq!(
        sales.compared(),
        &BTreeMap::from([("exchanges", 400), ("quotes", 401), ("state values", 800)])
    );

    let pools = json_fixture("curve-stableswap-ng/three_four_coin.json");
    let record = compare(&Document::Json(pools.clone()));
    let count = |key: &str| -> u64 {
        pools
            .as_array()
            .expect("a list")
            .iter()
            .map(|pool| pool[key].as_array().map_or(0, Vec::len) as u64)
            .sum()
    };
    let operations: u64 = ["deposits", "exchanges", "rate changes", "reverts", "withdrawals"]
        .iter()
        .map(|kind| record.compared()[kind])
        .sum();
    assert_eq!((record.compared()["views"], operations), (count("views"), count("sequence")));
}

#[test]
fn a_list_and_a_document_with_cases_or_pools_are_the_same() {
    for name in ["curve-stableswap-ng/two_coin_plain.json", "consensus/exit_clock.json"] {
        let list = json_fixture(name);
        let plain = compare(&Document::Json(list.clone()));
        for key in ["pools", "cases"] {
            let wrapped = Document::Json(json!({ "origin": "anywhere", key: list }));
            assert_eq!(compare(&wrapped).compared(), plain.compared());
        }
    }
    let mut wrapped = json!({ "pools": json_fixture("curve-stableswap-ng/two_coin_plain.json") });
    let (got, expected) = raise(&mut wrapped, "/pools/2/initial/D");
    assert_eq!(mismatches(wrapped), [mismatch("pools[2].initial.D", expected, got)]);
}

#[test]
fn a_number_off_by_one_unit_is_reported_with_its_place() {
    for (name, pointer, place) in [
        ("curve-stableswap-ng/two_coin_plain.json", "/1/views/0/out", "[1].views[0].out (get_dy)"),
        ("curve-stableswap-ng/two_coin_rates.json", "/3/initial/get_p/0", "[3].initial.get_p[0]"),
        (
            "curve-stableswap-ng/two_coin_rates.json",
            "/3/sequence/0/after/balances/1",
            "[3].sequence[0].after.balances[1]",
        ),
        (
            "curve-stableswap-ng/two_coin_rates.json",
            "/0/sequence/0/after/price_oracle/0",
            "[0].sequence[0].after.price_oracle[0]",
        ),
        ("curve-stableswap-first-generation/cases.json", "/5/exchange/1/dy", "[5].exchange[1].dy"),
        (
            "curve-stableswap-first-generation/cases.json",
            "/5/exchange/1/admin_after/0",
            "[5].exchange[1].admin_after[0]",
        ),
        ("consensus/churn.json", "/2/gloas/exit_churn_limit", "[2].gloas.exit_churn_limit"),
        ("consensus/churn_pre_electra.json", "/2/validator_churn_limit", "[2].validator_churn_limit"),
        ("consensus/exit_clock.json", "/9/new_exit_balance_to_consume", "[9].new_exit_balance_to_consume"),
        ("consensus/exit_clock_gloas.json", "/9/exit_epoch", "[9].exit_epoch"),
        ("consensus/exit_clock_gloas.json", "/9/per_epoch_churn", "[9].per_epoch_churn"),
        ("consensus/exit_bulk.json", "/1/history/2/exit_epoch", "[1].history[2].exit_epoch"),
        ("consensus/exit_bulk.json", "/0/last_withdrawable_epoch", "[0].last_withdrawable_epoch"),
        (
            "consensus/exit_sequences.json",
            "/4/steps/7/earliest_exit_epoch",
            "[4].steps[7].earliest_exit_epoch",
        ),
        ("consensus/exit_queue_pre_electra.json", "/3/exit_epoch", "[3].exit_epoch"),
    ] {
        let mut value = json_fixture(name);
        let (got, expected) = raise(&mut value, pointer);
        assert_eq!(mismatches(value), [mismatch(place, expected, got)], "{name}");
    }
}

#[test]
fn a_withdrawal_of_several_coins_is_compared_in_every_coin() {
    let mut value = json_fixture("curve-stableswap-ng/two_coin_rates.json");
    let pools = value.as_array().expect("a list");
    let (pool, at) = pools
        .iter()
        .enumerate()
        .find_map(|(k, pool)| {
            let sequence = pool["sequence"].as_array()?;
            Some((k, sequence.iter().position(|operation| operation["op"] == "remove_liquidity")?))
        })
        .expect("a proportional withdrawal");
    let first = value[pool]["sequence"][at]["out"][0].as_str().expect("a number").to_owned();
    let (got, expected) = raise(&mut value, &format!("/{pool}/sequence/{at}/out/1"));
    let place = format!("[{pool}].sequence[{at}].out (remove_liquidity)");
    let pair = |second| format!("{first}, {second}");
    assert_eq!(mismatches(value), [mismatch(&place, pair(expected), pair(got))]);
}

#[test]
fn a_wrong_cell_of_a_table_is_reported_and_a_share_short_by_a_wei_is_not() {
    let path = fixtures().join("curve-steth/sales_of_1000_steth.csv");
    let spoilt = |row: usize, column: usize, by: i128| {
        let Document::Csv { header, mut rows } = document(&path) else { panic!("a table") };
        let cell = &mut rows[row][column];
        let before = cell.clone();
        *cell = (before.parse::<i128>().expect("a number") + by).to_string();
        let after = cell.clone();
        let record = compare(&Document::Csv { header, rows });
        (before, after, record.mismatches().to_vec())
    };
    let (got, expected, found) = spoilt(400, 0, 1);
    assert_eq!(found, [mismatch("row 401, eth_received_wei", expected, got)]);
    let (got, expected, found) = spoilt(400, 3, 1);
    assert_eq!(found, [mismatch("row 401, quote_for_1e12_wei_after", expected, got)]);
    // Two wei are more than the rounding of shares, and never does more arrive than was sent. The quote at the edited
    // reserve may differ too.
    for by in [-2, 1] {
        let (ours, _, found) = spoilt(400, 2, by);
        let reserve = found.iter().find(|found| found.place == "row 401, steth_reserve_after_wei");
        assert_eq!(reserve.map(|found| &found.got), Some(&ours), "{found:?}");
    }
}

#[test]
fn a_field_that_is_missing_or_malformed_is_unreadable_and_not_skipped() {
    for (name, pointer, place) in [
        ("curve-stableswap-ng/two_coin_plain.json", "/1/A", "[1].A"),
        ("curve-stableswap-ng/two_coin_plain.json", "/0/dt_complete", "[0].dt_complete"),
        ("curve-stableswap-ng/two_coin_plain.json", "/0/views/3/out", "[0].views[3].out"),
        ("curve-stableswap-ng/two_coin_plain.json", "/0/initial/get_p", "[0].initial.get_p"),
        ("curve-stableswap-ng/two_coin_rates.json", "/0/sequence/1/dt", "[0].sequence[1].dt"),
        ("curve-stableswap-ng/get_d_nonconvergent.json", "/7/xp", "[7].xp"),
        ("curve-stableswap-first-generation/cases.json", "/0/exchange", "[0].exchange"),
        ("curve-stableswap-first-generation/cases.json", "/0/fee_mul", "[0].fee_mul"),
        ("consensus/churn.json", "/0/electra", "[0].electra"),
        ("consensus/churn_pre_electra.json", "/1/active_validators", "[1].active_validators"),
        ("consensus/exit_clock.json", "/3/exit_epoch", "[3].exit_epoch"),
        ("consensus/exit_bulk.json", "/0/count", "[0].count"),
        ("consensus/exit_sequences.json", "/0/steps/3/exit_balance", "[0].steps[3].exit_balance"),
        ("consensus/exit_queue_pre_electra.json", "/0/queued_exit_epochs", "[0].queued_exit_epochs"),
    ] {
        let mut value = json_fixture(name);
        remove(&mut value, pointer);
        let found = mismatches(value);
        let [only] = found.as_slice() else { panic!("{name} without {pointer}: {found:?}") };
        assert_eq!((only.place.as_str(), only.got.as_str()), (place, "missing"), "{name}");
        assert!(!only.expected.is_empty());
    }
    for malformed in
        [json!(""), json!("1_000"), json!("-1"), json!("0x10"), json!(1.5), json!([]), json!(null)]
    {
        let mut value = json_fixture("consensus/exit_clock.json");
        value[3]["exit_epoch"] = malformed.clone();
        let expected = "an integer below 2^256";
        assert_eq!(mismatches(value), [mismatch("[3].exit_epoch", expected, malformed)]);
    }
    let mut value = json_fixture("curve-stableswap-ng/two_coin_plain.json");
    value[0]["views"][0]["op"] = json!("get_dz");
    assert_eq!(mismatches(value), [mismatch("[0].views[0].op", "a known operation", "get_dz")]);
}

#[test]
fn a_case_that_must_revert_but_does_not_is_reported() {
    // A view that the contract answers, called a revert.
    let mut value = json_fixture("curve-stableswap-ng/two_coin_plain.json");
    let answer = value[0]["views"][0]["out"].as_str().expect("a number").to_owned();
    value[0]["views"][0]["out"] = Value::Null;
    assert_eq!(mismatches(value), [mismatch("[0].views[0].out (get_dy)", "revert", answer)]);

    // The last operation of a sequence, so that no later state depends on it.
    let mut value = json_fixture("curve-stableswap-ng/two_coin_plain.json");
    let last = value[0]["sequence"].as_array().map_or(0, Vec::len) - 1;
    let operation = &mut value[0]["sequence"][last];
    assert!(operation.get("reverted").is_none(), "chosen because it does not revert: {operation}");
    operation["reverted"] = json!(true);
    let name = operation["op"].as_str().expect("a name").to_owned();
    let found = mismatches(value);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].place, format!("[0].sequence[{last}].out ({name})"));
    assert_eq!(found[0].expected, "revert");

    // Balances that have an invariant, in a file of those that have none: 2e18 of each coin is D = 4e18.
    let mut value = json_fixture("curve-stableswap-ng/get_d_nonconvergent.json");
    value[1] = json!({ "n": 2, "A": 10, "xp": ["2000000000000000000", "2000000000000000000"] });
    let found = mismatches(value);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[0].place, "[1].xp (D)");
    assert_eq!(found[0].got, "4000000000000000000");

    // A refusal for another reason is no proof.
    let mut value = json_fixture("curve-stableswap-ng/get_d_nonconvergent.json");
    value[1]["A"] = json!(0);
    let found = mismatches(value);
    assert!(found.iter().all(|found| found.got.contains("amplification is 0")), "{found:?}");
}

#[test]
fn a_case_that_must_not_revert_but_does_is_reported_with_the_reason() {
    let mut value = json_fixture("curve-stableswap-ng/two_coin_plain.json");
    let expected = value[0]["views"][0]["out"].as_str().expect("a number").to_owned();
    value[0]["views"][0]["j"] = json!(7);
    let place = "[0].views[0].out (get_dy)";
    assert_eq!(mismatches(value), [mismatch(place, expected, "revert (coin 7 is not one of 2)")]);

    let mut value = json_fixture("curve-stableswap-ng/two_coin_plain.json");
    value[2]["fee"] = json!("10000000001");
    assert_eq!(
        mismatches(value),
        [mismatch("[2]", "a pool", "revert (fee is above 1e10, the whole amount)")]
    );
}

#[test]
fn documents_of_no_format_are_not_recognised() {
    for text in ["[]", "{}", "null", "[1, 2]", "{\"pools\": []}", "{\"cases\": [{\"A\": 1}]}", "a,b\n1,2\n"] {
        assert!(Document::parse(text).map_or(true, |document| recognise(&document).is_none()), "{text}");
    }
    assert!(Document::parse("seconds\n1\n2\n").is_ok(), "a table of one column is a table");
    for text in ["", "hello", "{\"pools\": [", "[1,]", "a,b\n1,2,3\n"] {
        assert!(Document::parse(text).is_err(), "{text:?} is neither JSON nor a table");
    }
}
