//! Slashings against the figures of MECHANICS section 2.1 and 2.2, and at the edges of the windows.

use pegstress_exact::consensus::attestation::{
    ParticipatingBalances, Participation, base_reward_per_increment,
};
use pegstress_exact::consensus::exit_clock::{ChurnRule, ExitClock, ExitClockError};
use pegstress_exact::consensus::exits::{ExitQueue, Stake};
use pegstress_exact::consensus::fork::Fork;
use pegstress_exact::consensus::settlement::EpochEnd;
use pegstress_exact::consensus::slashed_set::{LossAt, SlashedSet, SlashedSetError};
use pegstress_exact::consensus::slashing::{InitialSlashing, correlation_epoch, correlation_penalty};
use pegstress_exact::consensus::slashings_vector::SlashingsVector;
use pegstress_exact::consensus::validator::{Validator, ValidatorError};
use std::collections::BTreeMap;

const ETH: u64 = 1_000_000_000;
const TOTAL: u64 = 42_000_000 * ETH;

#[test]
fn mechanics_2_1_constants_by_fork() {
    let constants = |fork: Fork| {
        [
            fork.min_slashing_penalty_quotient(),
            fork.proportional_slashing_multiplier(),
            fork.inactivity_penalty_quotient(),
            fork.whistleblower_reward_quotient(),
        ]
    };
    assert_eq!(constants(Fork::Phase0), [128, 1, 1 << 26, 512]);
    assert_eq!(constants(Fork::Altair), [64, 2, 3 * (1 << 24), 512]);
    for fork in [Fork::Bellatrix, Fork::Capella, Fork::Deneb] {
        assert_eq!(constants(fork), [32, 3, 1 << 24, 512]);
    }
    for fork in [Fork::Electra, Fork::Fulu, Fork::Gloas] {
        assert_eq!(constants(fork), [4096, 3, 1 << 24, 4096]);
    }
    for fork in Fork::ALL {
        assert_eq!(Fork::named(fork.name()), Some(fork));
    }
    assert_eq!(Fork::named("eip6110"), None);
}

/// Penalties in Gwei at T = 42M: Electra for 32 ETH, before it for 32 ETH, Electra for 2048 ETH.
#[test]
fn mechanics_2_2_correlation_table() {
    for (slashed_eth, electra, before, large) in [
        (32, 73_120, 0, 4_679_680),
        (42_000, 96_000_000, 0, 6_144_000_000),
        (420_000, 960_000_000, 0, 61_440_000_000),
        (437_500, ETH, ETH, 64 * ETH),
        (1_400_000, 3_200_000_000, 3 * ETH, 204_800_000_000),
        (4_200_000, 9_600_000_000, 9 * ETH, 614_400_000_000),
        (14_000_000, 32 * ETH, 32 * ETH, 2048 * ETH),
    ] {
        let penalty = |fork, effective| correlation_penalty(fork, effective, slashed_eth * ETH, TOTAL);
        assert_eq!(penalty(Fork::Electra, 32 * ETH), Ok(electra), "{slashed_eth} ETH");
        assert_eq!(penalty(Fork::Deneb, 32 * ETH), Ok(before), "{slashed_eth} ETH before Electra");
        assert_eq!(penalty(Fork::Electra, 2048 * ETH), Ok(large), "{slashed_eth} ETH, large validator");
    }
}

#[test]
fn mechanics_2_2_initial_penalties() {
    let penalty = |fork, effective_eth: u64| InitialSlashing::of(fork, effective_eth * ETH).penalty;
    assert_eq!(penalty(Fork::Electra, 32), 7_812_500);
    assert_eq!(penalty(Fork::Electra, 2048), ETH / 2);
    assert_eq!(penalty(Fork::Deneb, 32), ETH);
}

/// 312 Gwei per increment, 6,240 Gwei per epoch and 32 ETH, 0.05112 ETH in 8192 epochs.
#[test]
fn mechanics_2_2_attestation_penalties_of_a_slashed_validator() {
    assert_eq!(base_reward_per_increment(TOTAL), Ok(312));
    let end = EpochEnd {
        fork: Fork::Electra,
        epoch: 400_000,
        total_active_balance: TOTAL,
        participating: ParticipatingBalances { source: TOTAL, target: TOTAL, head: TOTAL },
        leaking: false,
    };
    let mut validator = Validator { slashed: true, ..Validator::active(32 * ETH, 32 * ETH, false) };
    // Whatever it signs: a slashed validator's participation does not count.
    let settlement = end.settle(&mut validator, Participation::ALL).expect("in range");
    assert_eq!((settlement.attestation_penalty(), settlement.attestation_reward()), (6_240, 0));
    assert_eq!(validator.balance, 32 * ETH - 6_240);
    assert_eq!(6_240 * 8192, 51_118_080);
}

fn set(validators: u64, effective_balance: u64, compounding: bool, earliest_exit_epoch: u64) -> SlashedSet {
    SlashedSet {
        fork: Fork::Electra,
        epoch: 400_000,
        validators,
        validator: Validator::active(effective_balance, effective_balance, compounding),
        stake: Stake { total_active_balance: TOTAL, active_validators: 1_000_000 },
        exit_queue: ExitQueue::ByBalance(
            ChurnRule::Electra,
            ExitClock { earliest_exit_epoch, exit_balance_to_consume: 0 },
        ),
        other_slashings: BTreeMap::new(),
        leak_epochs: 0,
    }
}

fn loss_after(losses: &[LossAt], epoch: u64) -> u64 {
    losses.iter().find(|loss| loss.epoch == epoch).expect("an epoch of the set").loss
}

/// The isolated slashing of 32 ETH costs 0.0590 ETH. The numbers between are those of the spec's own execution: initial penalty
/// and the first epoch, the last epoch before the correlation penalty, that epoch, the end.
#[test]
fn mechanics_2_2_isolated_slashing_over_time() {
    let losses = set(1, 32 * ETH, false, 0).losses().expect("in range");
    assert_eq!(losses.len(), 8192);
    assert_eq!(loss_after(&losses, 400_000), 7_812_500 + 6_240);
    assert_eq!(loss_after(&losses, 404_095), 7_812_500 + 4096 * 6_240);
    assert_eq!(loss_after(&losses, 404_096), 7_812_500 + 4097 * 6_240 + 73_120);
    assert_eq!(loss_after(&losses, 408_191), 32 * ETH - 31_940_996_300);
    assert_eq!(losses.last().map(|last| last.epoch), Some(408_191));
}

/// Loss near `1/4096 + 0.16 % + 3 (slashed share)` of the stake of the set, here 1 % of T in validators of 32 ETH. The set has left T by
/// then, so the last term is 3 % / 0.99, 0.030 % more; an effective balance of 30 ETH after it makes the second half of the
/// attestation penalties 0.005 % less. Rounding of T to its root and of the figures is below 0.005 %.
#[test]
fn mechanics_2_2_loss_fraction_of_a_slashed_share() {
    let validators = 13_125;
    let losses = set(validators, 32 * ETH, false, 0).losses().expect("in range");
    let loss = losses.last().expect("epochs").loss as f64 / (validators * 32 * ETH) as f64;
    let expected = 1.0 / 4096.0 + 0.0016 + 3.0 * 0.01;
    assert!((loss - expected - 0.000_25).abs() < 0.000_05, "{loss}, expected {expected}");
}

/// An isolated slashing of 2048 ETH is charged at 2046: 0.5 ETH at once, 40 / 64 of the base reward in each epoch.
#[test]
fn mechanics_2_2_an_isolated_large_validator_pays_on_what_is_left() {
    let losses = set(1, 2048 * ETH, true, 0).losses().expect("in range");
    let correlation = loss_after(&losses, 404_096) - loss_after(&losses, 404_095);
    let attestation = 2046 * 312 * 14 / 64 + 2046 * 312 * 26 / 64;
    // T has lost the validator by then.
    let charged = correlation_penalty(Fork::Electra, 2046 * ETH, 2048 * ETH, TOTAL - 2048 * ETH);
    assert_eq!(Ok(correlation - attestation), charged);
}

/// What each of `count` validators of 2048 ETH pays when all are slashed in one epoch: (paying nothing, least, most).
fn mass_slashing(total_eth: u64, count: u64) -> (usize, u64, u64) {
    let stake = Stake { total_active_balance: total_eth * ETH, active_validators: count };
    let (mut queue, mut vector) = (ExitQueue::empty(Fork::Electra), SlashingsVector::default());
    let mut validators: Vec<Validator> = Vec::new();
    for _ in 0..count {
        let mut validator = Validator::active(2048 * ETH, 2048 * ETH, true);
        validator.slash(Fork::Electra, &mut queue, &mut vector, 0, stake).expect("in range");
        validators.push(validator);
    }
    let exits: Vec<u64> = validators.iter().map(|validator| validator.exit_epoch).collect();
    let mut at = 0;
    let mut penalties = Vec::new();
    for validator in &mut validators {
        let epoch = correlation_epoch(validator.withdrawable_epoch).expect("after genesis");
        vector.reset_after_each(at..epoch);
        at = epoch;
        let exited = exits.partition_point(|&exit| exit <= epoch) as u64;
        let total = stake.total_active_balance - exited * 2048 * ETH;
        let taken = validator.charge_correlation(Fork::Electra, epoch, vector.sum(), total);
        penalties.push(taken.expect("in range"));
    }
    let paying = penalties.iter().copied().filter(|&penalty| penalty > 0);
    let (least, most) = (paying.clone().min().expect("some pay"), paying.clone().max().expect("some pay"));
    (penalties.len() - paying.count(), least, most)
}

#[test]
fn mechanics_2_2_mass_slashings() {
    let hundredths = |gwei: u64| (gwei + 5_000_000) / 10_000_000;
    let (none, least, most) = mass_slashing(42_000_000, 684);
    assert_eq!((none, hundredths(least), least), (0, 21_016, most));
    let (none, least, most) = mass_slashing(42_000_000, 2_051);
    assert_eq!((none, hundredths(least), hundredths(most)), (548, 63_017, 64_673));
    // All that the initial penalty left.
    let (none, least, most) = mass_slashing(36_000_000, 5_860);
    assert_eq!((none, least, most), (4_357, 2048 * ETH - ETH / 2, 2048 * ETH - ETH / 2));
}

/// The same third of T as one set, now with effective balances that decay: whoever pays the correlation penalty loses all, the
/// others 0.5 ETH and attestations until they are withdrawable. Their base reward per increment is 337 at T = 36M, and rises
/// as they leave to 413 at 24M; the first of them waits 12,288 epochs, the last 47,140.
#[test]
fn mechanics_2_2_a_slashed_third_over_time() {
    let third = SlashedSet {
        stake: Stake { total_active_balance: 36_000_000 * ETH, active_validators: 20_000 },
        ..set(5_860, 2048 * ETH, true, 0)
    };
    let losses = third.losses().expect("in range");
    assert_eq!(losses.len(), 46_884 + 256);
    let lost_all = 1_503 * 2048 * ETH;
    let others = losses.last().expect("epochs").loss - lost_all;
    let per_epoch = |base_reward: u64| 2048 * base_reward * 40 / 64;
    let least = 4_357 * (ETH / 2 + 12_288 * per_epoch(337) * 9 / 10);
    let most = 4_357 * (ETH / 2 + 47_140 * per_epoch(413));
    assert!(least < others && others < most, "{least} {others} {most}");
}

/// Up to 7,936 epochs of queue the correlation epoch is `s + 4096`; behind more it moves; from 12,032 on the slashing is gone.
#[test]
fn mechanics_2_2_regimes_of_the_exit_queue() {
    let stake = Stake { total_active_balance: TOTAL, active_validators: 1_000_000 };
    for (queue_epochs, correlation_offset, counted) in [
        (5, 4096, true),
        (7_936, 4096, true),
        (7_937, 4097, true),
        (12_031, 8191, true),
        (12_032, 8192, false),
        (16_500, 12_660, false),
    ] {
        let mut validator = Validator::active(32 * ETH, 32 * ETH, false);
        let clock = ExitClock { earliest_exit_epoch: 1000 + queue_epochs, exit_balance_to_consume: 32 * ETH };
        let mut queue = ExitQueue::ByBalance(ChurnRule::Electra, clock);
        let mut vector = SlashingsVector::default();
        validator.slash(Fork::Electra, &mut queue, &mut vector, 1000, stake).expect("in range");
        assert_eq!(validator.exit_epoch, 1000 + queue_epochs);
        let epoch = correlation_epoch(validator.withdrawable_epoch).expect("after genesis");
        assert_eq!(epoch, 1000 + correlation_offset, "behind {queue_epochs} epochs");
        vector.reset_after_each(1000..epoch);
        assert_eq!(vector.sum() > 0, counted, "behind {queue_epochs} epochs");
    }
}

#[test]
fn a_refused_slashing_leaves_everything_as_it_was() {
    let before = Validator::active(32 * ETH, 32 * ETH, false);
    let stake = Stake { total_active_balance: TOTAL, active_validators: 1 };
    let (mut validator, mut vector) = (before, SlashingsVector::default());
    let mut queue = ExitQueue::empty(Fork::Electra);
    let overflow = Err(ValidatorError::Exit(ExitClockError::Overflow));
    let slashed = validator.slash(Fork::Electra, &mut queue, &mut vector, u64::MAX, stake);
    assert_eq!(slashed, overflow);
    vector.add(0, u64::MAX).expect("fits");
    let slashed = validator.slash(Fork::Electra, &mut queue, &mut vector, 0, stake);
    assert_eq!(slashed, Err(ValidatorError::Overflow));
    assert_eq!((validator, queue), (before, ExitQueue::empty(Fork::Electra)));
    assert_eq!((vector.entry(0), vector.sum()), (u64::MAX, u64::MAX));
    assert_eq!(correlation_penalty(Fork::Electra, ETH, ETH, ETH - 1), Err(ValidatorError::NoStake));
    assert_eq!(correlation_penalty(Fork::Deneb, ETH, 0, 0), Err(ValidatorError::NoStake));
}

#[test]
fn a_set_beyond_the_stake_or_behind_an_endless_queue_is_refused() {
    let too_large = set(1_312_501, 32 * ETH, false, 0).losses();
    assert_eq!(too_large, Err(SlashedSetError::MoreThanTheStake { total_active_balance: TOTAL }));
    let without_stake = set(u64::MAX, 0, false, 0).losses();
    assert_eq!(without_stake, Err(SlashedSetError::MoreThanTheStake { total_active_balance: TOTAL }));
    let endless = set(1, 32 * ETH, false, 1 << 40).losses();
    assert!(matches!(endless, Err(SlashedSetError::QueueTooLong { .. })), "{endless:?}");
    let phase0 = SlashedSet {
        fork: Fork::Phase0,
        exit_queue: ExitQueue::empty(Fork::Phase0),
        ..set(1, 32 * ETH, false, 0)
    };
    let refused = phase0.losses();
    assert_eq!(refused, Err(SlashedSetError::Validator(ValidatorError::NoParticipationFlags)));
    assert_eq!(set(0, 32 * ETH, false, 0).losses(), Ok(Vec::new()));
}
