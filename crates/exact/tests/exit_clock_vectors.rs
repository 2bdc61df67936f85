//! Churn and exit clock against the executed official spec, to the last unit.

mod common;

use common::{cases, small, words};
use pegstress_exact::exit_clock::{
    ChurnRule, CountedExitQueue, ExitClock, ExitClockError, activation_exit_epoch,
    validator_activation_churn, validator_exit_churn, withdrawable_epoch,
};
use serde_json::Value;

const ETH: u64 = 1_000_000_000;

fn clock_of(case: &Value) -> ExitClock {
    ExitClock {
        earliest_exit_epoch: small(&case["earliest_exit_epoch"]),
        exit_balance_to_consume: small(&case["exit_balance_to_consume"]),
    }
}

#[test]
fn churn_limits_equal_the_spec() {
    let all = cases("consensus/churn.json");
    for case in &all {
        let total = small(&case["total_active_balance"]);
        let (electra, gloas) = (&case["electra"], &case["gloas"]);
        assert_eq!(ChurnRule::Electra.balance_churn(total), small(&electra["balance_churn_limit"]));
        assert_eq!(ChurnRule::Electra.exit_churn(total), small(&electra["activation_exit_churn_limit"]));
        assert_eq!(
            ChurnRule::Electra.activation_churn(total),
            small(&electra["activation_exit_churn_limit"])
        );
        assert_eq!(
            ChurnRule::Electra.consolidation_churn(total),
            small(&electra["consolidation_churn_limit"])
        );
        assert_eq!(ChurnRule::Gloas.exit_churn(total), small(&gloas["exit_churn_limit"]));
        assert_eq!(ChurnRule::Gloas.activation_churn(total), small(&gloas["activation_churn_limit"]));
        assert_eq!(ChurnRule::Gloas.consolidation_churn(total), small(&gloas["consolidation_churn_limit"]));
    }
    assert_eq!(all.len(), 37);
}

#[test]
fn churn_before_electra_equals_the_spec() {
    let all = cases("consensus/churn_pre_electra.json");
    for case in &all {
        let active = small(&case["active_validators"]);
        assert_eq!(validator_exit_churn(active), small(&case["validator_churn_limit"]));
        let activation = small(&case["deneb_validator_activation_churn_limit"]);
        assert_eq!(validator_activation_churn(active), activation);
    }
    assert_eq!(all.len(), 13);
}

fn compare_clock(name: &str, rule: ChurnRule) -> usize {
    let all = cases(name);
    for case in &all {
        let churn = rule.exit_churn(small(&case["total_active_balance"]));
        assert_eq!(churn, small(&case["per_epoch_churn"]));
        let mut clock = clock_of(case);
        let epoch = clock.assign(small(&case["current_epoch"]), small(&case["exit_balance"]), churn);
        assert_eq!(epoch, Ok(small(&case["exit_epoch"])), "{case}");
        assert_eq!(clock.earliest_exit_epoch, small(&case["new_earliest_exit_epoch"]), "{case}");
        assert_eq!(clock.exit_balance_to_consume, small(&case["new_exit_balance_to_consume"]), "{case}");
    }
    all.len()
}

#[test]
fn single_exits_equal_the_spec() {
    assert_eq!(compare_clock("consensus/exit_clock.json", ChurnRule::Electra), 150);
    assert_eq!(compare_clock("consensus/exit_clock_gloas.json", ChurnRule::Gloas), 40);
}

#[test]
fn identical_exits_in_one_epoch_equal_the_spec() {
    let all = cases("consensus/exit_bulk.json");
    for case in &all {
        let churn = small(&case["per_epoch_churn"]);
        assert_eq!(ChurnRule::Electra.exit_churn(small(&case["total_active_balance"])), churn);
        let mut clock = ExitClock::default();
        let history = case["history"].as_array().expect("history");
        let mut last = Ok(0);
        for exits in 1..=small(&case["count"]) {
            last = clock.assign(small(&case["current_epoch"]), small(&case["effective_balance"]), churn);
            if exits == 1 {
                assert_eq!(last, Ok(small(&case["first_exit_epoch"])));
            }
            for entry in history.iter().filter(|entry| small(&entry["exits"]) == exits) {
                assert_eq!(last, Ok(small(&entry["exit_epoch"])));
                assert_eq!(clock.exit_balance_to_consume, small(&entry["exit_balance_to_consume"]));
            }
        }
        assert_eq!(last, Ok(small(&case["last_exit_epoch"])));
        assert_eq!(last.and_then(withdrawable_epoch), Ok(small(&case["last_withdrawable_epoch"])));
        assert_eq!(clock.exit_balance_to_consume, small(&case["exit_balance_to_consume"]));
    }
    assert_eq!(all.len(), 3);
}

#[test]
fn sequences_with_changing_churn_equal_the_spec() {
    let mut assigned = 0;
    for case in &cases("consensus/exit_sequences.json") {
        let rule = if case["fork"] == "gloas" { ChurnRule::Gloas } else { ChurnRule::Electra };
        let mut clock = ExitClock {
            earliest_exit_epoch: small(&case["initial_earliest_exit_epoch"]),
            exit_balance_to_consume: small(&case["initial_exit_balance_to_consume"]),
        };
        for step in case["steps"].as_array().expect("steps") {
            // A refused request does not touch the clock.
            if step["accepted"] != false {
                let balance = match step["op"].as_str().expect("a name") {
                    "clock" => &step["exit_balance"],
                    "partial_request" => &step["amount"],
                    _ => &step["effective_balance"],
                };
                let churn = rule.exit_churn(small(&step["total_active_balance"]));
                let epoch = clock.assign(small(&step["epoch"]), small(balance), churn);
                assert_eq!(epoch, Ok(small(&step["exit_epoch"])), "{} {step}", case["id"]);
                assert_eq!(epoch.and_then(withdrawable_epoch), Ok(small(&step["withdrawable_epoch"])));
                assigned += 1;
            }
            assert_eq!(clock, clock_of(step), "{} {step}", case["id"]);
        }
    }
    assert!(assigned > 400, "{assigned}");
}

#[test]
fn exits_before_electra_equal_the_spec() {
    let all = cases("consensus/exit_queue_pre_electra.json");
    for case in &all {
        let churn = validator_exit_churn(small(&case["active_validators"]));
        assert_eq!(churn, small(&case["validator_churn_limit"]));
        let queued: Vec<u64> =
            words(&case["queued_exit_epochs"]).into_iter().map(|epoch| epoch.to::<u64>()).collect();
        let mut queue = CountedExitQueue::from_exit_epochs(&queued);
        let epoch = queue.assign(small(&case["current_epoch"]), churn);
        assert_eq!(epoch, Ok(small(&case["exit_epoch"])), "{case}");
        assert_eq!(epoch.and_then(withdrawable_epoch), Ok(small(&case["withdrawable_epoch"])));
    }
    assert_eq!(all.len(), 20);
}

/// MECHANICS 1.2: churn by era at five sizes of the stake, in ETH.
#[test]
fn mechanics_1_2_churn_table() {
    for (total, electra, gloas) in [
        (5_000_000, [128, 128, 0], [152, 152, 76]),
        (16_777_216, [256, 256, 0], [512, 256, 256]),
        (34_000_000, [518, 256, 262], [1037, 256, 518]),
        (36_000_000, [549, 256, 293], [1098, 256, 549]),
        (42_228_608, [644, 256, 388], [1288, 256, 644]),
    ] {
        let total = total * ETH;
        let rule = ChurnRule::Electra;
        let found = [rule.balance_churn(total), rule.exit_churn(total), rule.consolidation_churn(total)];
        assert_eq!(found, electra.map(|eth| eth * ETH), "Electra at {total}");
        let rule = ChurnRule::Gloas;
        let found = [rule.exit_churn(total), rule.activation_churn(total), rule.consolidation_churn(total)];
        assert_eq!(found, gloas.map(|eth| eth * ETH), "Gloas at {total}");
    }
}

/// MECHANICS 1.3: single calls at a churn of 256 ETH in epoch 990.
#[test]
fn mechanics_1_3_clock_table() {
    for (earliest, budget, balance, epoch, left) in [
        (1000, 10 * ETH, 32 * ETH, 1001, 234 * ETH),
        (900, 0, 2048 * ETH, 1002, 0),
        (995, 256 * ETH, 256 * ETH, 995, 0),
        (995, 0, 1, 996, 256 * ETH - 1),
    ] {
        let mut clock = ExitClock { earliest_exit_epoch: earliest, exit_balance_to_consume: budget };
        assert_eq!(clock.assign(990, balance, 256 * ETH), Ok(epoch));
        assert_eq!(clock, ExitClock { earliest_exit_epoch: epoch, exit_balance_to_consume: left });
    }
}

/// MECHANICS 1.3: 78,125 exits of 32 ETH from an empty clock, one by one and as one balance.
#[test]
fn mechanics_1_3_bulk_exit() {
    let mut single = ExitClock::default();
    for _ in 0..78_125 {
        single.assign(0, 32 * ETH, 256 * ETH).expect("in range");
    }
    let mut bulk = ExitClock::default();
    assert_eq!(bulk.assign(0, 2_500_000 * ETH, 256 * ETH), Ok(9770));
    assert_eq!(single, bulk);
    assert_eq!(bulk.exit_balance_to_consume, 96 * ETH);
    assert_eq!(withdrawable_epoch(9770), Ok(10_026));
    let days = 10_026.0 * 384.0 / 86_400.0;
    assert!(f64::abs(days - 44.56) < 0.005, "{days}");
}

/// MECHANICS 1.3: `days = Q / churn * 384 / 86400`, and a bulk arrival ends at `cur + 5 + ceil(Q / churn) - 1`.
#[test]
fn mechanics_1_3_waiting_table() {
    // Half a unit of the table's second decimal.
    for (queue_eth, churn_eth, days) in [
        (2_500_000_u64, 256_u64, 43.40),
        (2_500_000, 1288, 8.63),
        (2_673_349, 256, 46.41),
        (475_708, 256, 8.26),
        (530_985, 256, 9.22),
        (1_000_000, 256, 17.36),
    ] {
        let epoch = ExitClock::default().assign(0, queue_eth * ETH, churn_eth * ETH).expect("in range");
        assert_eq!(epoch, 5 + queue_eth.div_ceil(churn_eth) - 1);
        let found = queue_eth as f64 / churn_eth as f64 * 384.0 / 86_400.0;
        assert!((found - days).abs() <= 0.0051, "{queue_eth} ETH: {found} days, table {days}");
        assert!((epoch as f64 - 4.0 - found * 225.0).abs() < 1.0);
    }
}

#[test]
fn the_electra_fork_starts_the_clock_behind_all_assigned_exits() {
    let clock = |latest| ExitClock::at_electra_fork(364_032, latest, 256 * ETH).expect("in range");
    assert_eq!(clock(None).earliest_exit_epoch, 364_038);
    assert_eq!(clock(Some(364_000)).earliest_exit_epoch, 364_038);
    assert_eq!(clock(Some(364_500)).earliest_exit_epoch, 364_501);
    assert_eq!(clock(None).exit_balance_to_consume, 256 * ETH);
}

#[test]
fn counted_exits_fill_an_epoch_before_the_next() {
    let mut queue = CountedExitQueue::default();
    let epochs: Vec<_> = (0..9).map(|_| queue.assign(100, 4)).collect();
    let expected = [105, 105, 105, 105, 106, 106, 106, 106, 107].map(Ok);
    assert_eq!(epochs, expected);
}

#[test]
fn numbers_beyond_64_bits_and_a_zero_churn_are_refused() {
    let mut clock = ExitClock { earliest_exit_epoch: u64::MAX, exit_balance_to_consume: 0 };
    let before = clock;
    assert_eq!(clock.assign(0, 1, 1), Err(ExitClockError::Overflow));
    assert_eq!(clock.assign(0, 1, 0), Err(ExitClockError::ZeroChurn));
    assert_eq!(clock, before);
    assert_eq!(activation_exit_epoch(u64::MAX - 4), Err(ExitClockError::Overflow));
    assert_eq!(withdrawable_epoch(u64::MAX), Err(ExitClockError::Overflow));
    assert_eq!(CountedExitQueue::default().assign(0, 0), Err(ExitClockError::ZeroChurn));
}
