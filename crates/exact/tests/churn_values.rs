//! Limits per epoch against published figures.

use pegstress_exact::consensus::churn::{
    ChurnRule, balance_churn, validator_activation_churn, validator_exit_churn,
};
use pegstress_exact::consensus::exit_clock::{ExitClock, ExitClockError};
use pegstress_exact::consensus::exit_queues::ExitQueues;
use pegstress_exact::consensus::registry::{Cohort, FAR_FUTURE_EPOCH, TotalOverflow, total_active_balance};

const ETH: u64 = 1_000_000_000;

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
        let found = [balance_churn(total), rule.exit_churn(total), rule.consolidation_churn(total)];
        assert_eq!(found, electra.map(|eth| eth * ETH), "Electra at {total}");
        assert_eq!(rule.activation_churn(total), rule.exit_churn(total));
        let rule = ChurnRule::Gloas;
        let found = [rule.exit_churn(total), rule.activation_churn(total), rule.consolidation_churn(total)];
        assert_eq!(found, gloas.map(|eth| eth * ETH), "Gloas at {total}");
    }
}

/// MECHANICS 1.2: `max(4, n // 65536)` exits and in Deneb `min(8, exits)` activations.
#[test]
fn mechanics_1_2_churn_before_electra_counts_validators() {
    for (active, exits, activations) in
        [(1, 4, 4), (327_679, 4, 4), (327_680, 5, 5), (589_824, 9, 8), (1_048_576, 16, 8)]
    {
        assert_eq!((validator_exit_churn(active), validator_activation_churn(active)), (exits, activations));
    }
}

/// MECHANICS 1.2: requests are ignored while the consolidation churn is 32 ETH or less, 288 ETH of both together.
#[test]
fn mechanics_1_2_consolidations_need_more_than_32_eth_of_churn() {
    let stake_of = |churn_eth: u64| churn_eth * 65_536 * ETH;
    assert!(!ChurnRule::Electra.accepts_consolidations(stake_of(288)));
    assert!(ChurnRule::Electra.accepts_consolidations(stake_of(289)));
    assert!(!ChurnRule::Gloas.accepts_consolidations(stake_of(32)));
    assert!(ChurnRule::Gloas.accepts_consolidations(stake_of(33)));
}

/// MECHANICS 1.2, from EIP-8080's motivation: 256 + 288 * 3/2 ETH per epoch at 35.7 million ETH.
#[test]
fn mechanics_1_2_eip_8080_lets_688_eth_exit_per_epoch() {
    let total = 35_700_000 * ETH;
    assert_eq!(ChurnRule::Eip8080.consolidation_churn(total), 288 * ETH);
    assert_eq!(ChurnRule::Eip8080.exit_throughput(total), 688 * ETH);
    assert_eq!(ChurnRule::Electra.exit_throughput(total), 256 * ETH);

    // The same by its routing: 3 ETH at a time divide without remainder, and 1000 epochs of throughput end after 1000
    // epochs, up to the epoch in which the two clocks differ.
    let mut queues = ExitQueues::new(ChurnRule::Eip8080, ExitClock::default());
    let mut last = 0;
    let mut left = 688_000 * ETH;
    while left > 0 {
        let part = left.min(3 * ETH);
        last = queues.assign_exit(0, total, part).expect("in range").max(last);
        left -= part;
    }
    assert!((1003..=1005).contains(&last), "the last of 1000 epochs from epoch 5 on, found {last}");
}

/// EIP-8080: an exit is routed if and only if the exit queue is the longer one, epochs that have passed not counted.
#[test]
fn eip_8080_routes_an_exit_through_the_shorter_queue_only() {
    let total = 35_700_000 * ETH;
    let exits = |earliest| ExitClock { earliest_exit_epoch: earliest, exit_balance_to_consume: 0 };
    let mut queues = ExitQueues::new(ChurnRule::Eip8080, exits(105));
    assert_eq!(queues.assign_exit(100, total, 32 * ETH), Ok(106), "105 is the first epoch for both");
    assert_eq!(queues.assign_exit(100, total, 33 * ETH), Ok(105));
    assert_eq!(queues.consolidations.consolidation_balance_to_consume, (288 - 22) * ETH);
    assert_eq!(queues.exits.exit_balance_to_consume, 224 * ETH);

    // Under Electra's rule the same exit waits.
    let mut queues = ExitQueues::new(ChurnRule::Electra, exits(106));
    assert_eq!(queues.assign_exit(100, total, 33 * ETH), Ok(107));

    // The draft divides by the consolidation churn, which is zero here.
    let mut queues = ExitQueues::new(ChurnRule::Eip8080, exits(106));
    let before = queues;
    assert_eq!(queues.assign_exit(100, 5_000_000 * ETH, 33 * ETH), Err(ExitClockError::ZeroChurn));
    assert_eq!(queues.assign_exit(100, total, u64::MAX), Err(ExitClockError::Overflow));
    assert_eq!(queues, before);
}

#[test]
fn a_fixed_churn_does_not_look_at_the_stake() {
    let rule = ChurnRule::Custom { exit: 1000 * ETH, activation: 500 * ETH, consolidation: 7 * ETH };
    for total in [0, 5_000_000 * ETH, u64::MAX] {
        let limits = [rule.exit_churn(total), rule.activation_churn(total), rule.consolidation_churn(total)];
        assert_eq!(limits, [1000 * ETH, 500 * ETH, 7 * ETH]);
        assert_eq!(rule.exit_throughput(total), 1000 * ETH);
    }
    let mut queues = ExitQueues::new(rule, ExitClock::default());
    assert_eq!(queues.assign_exit(0, 0, 2001 * ETH), Ok(7), "two full epochs and one ETH from epoch 5 on");
}

#[test]
fn the_stake_is_that_of_the_active_and_at_least_one_eth() {
    let cohort = |validators, effective_balance, activation_epoch, exit_epoch| Cohort {
        validators,
        effective_balance,
        activation_epoch,
        exit_epoch,
    };
    let registry = [
        cohort(3, 32 * ETH, 0, FAR_FUTURE_EPOCH),
        cohort(5, 64 * ETH, 1000, 1001),
        cohort(7, 2048 * ETH, 1001, FAR_FUTURE_EPOCH),
        cohort(11, 32 * ETH, 0, 1000),
    ];
    assert_eq!(total_active_balance(registry, 1000), Ok((3 * 32 + 5 * 64) * ETH));
    assert_eq!(total_active_balance(registry, 999), Ok((3 * 32 + 11 * 32) * ETH));
    assert_eq!(total_active_balance([], 0), Ok(ETH));
    assert_eq!(total_active_balance([cohort(u64::MAX, 2, 0, 1)], 0), Err(TotalOverflow));
    assert_eq!(total_active_balance([cohort(1, u64::MAX, 0, 1), cohort(1, 1, 0, 1)], 0), Err(TotalOverflow));
}
