//! Inactivity leaks against the figures of MECHANICS section 2.3.

use pegstress_exact::consensus::attestation::{ParticipatingBalances, Participation};
use pegstress_exact::consensus::exits::{ExitQueue, Stake};
use pegstress_exact::consensus::fork::Fork;
use pegstress_exact::consensus::inactivity::{inactivity_penalty, is_leaking, next_inactivity_score};
use pegstress_exact::consensus::justification::Finality;
use pegstress_exact::consensus::settlement::EpochEnd;
use pegstress_exact::consensus::validator::{FAR_FUTURE_EPOCH, Validator, ValidatorError};

const ETH: u64 = 1_000_000_000;
const TOTAL: u64 = 42_000_000 * ETH;
const START: u64 = 300_000;
const EPOCHS_PER_DAY: u64 = 225;

/// An offline validator of 32 ETH after each step of a leak that began with the first; T = 42M, and the others stay.
fn offline(steps: u64, ejections: bool) -> Vec<Validator> {
    let others = TOTAL - 32 * ETH;
    let mut validator = Validator::active(32 * ETH, 32 * ETH, false);
    let mut queue = ExitQueue::empty(Fork::Electra);
    let mut after = Vec::new();
    for epoch in START..START + steps {
        let own = if validator.is_active(epoch) { validator.effective_balance } else { 0 };
        let total_active_balance = others + own;
        let end = EpochEnd {
            fork: Fork::Electra,
            epoch,
            total_active_balance,
            participating: ParticipatingBalances { source: others, target: others, head: others },
            leaking: true,
        };
        end.settle(&mut validator, Participation::NONE).expect("in range");
        if ejections {
            let stake = Stake { total_active_balance, active_validators: 1_000_000 };
            validator.eject_if_low(&mut queue, epoch, stake).expect("in range");
        }
        validator.update_effective_balance(Fork::Electra).expect("in range");
        after.push(validator);
    }
    after
}

#[test]
fn mechanics_2_3_offline_validator_by_day() {
    let after = offline(21 * EPOCHS_PER_DAY, false);
    for (day, tenths_of_milli_eth) in [(1, 319_501), (3, 315_665), (7, 297_245), (14, 238_539), (21, 165_557)]
    {
        let balance = after[(day * EPOCHS_PER_DAY - 1) as usize].balance;
        assert_eq!((balance + 50_000) / 100_000, tenths_of_milli_eth, "day {day}: {balance}");
    }
}

#[test]
fn mechanics_2_3_ejection_at_step_4683() {
    let after = offline(4_760, true);
    let ejected = after.iter().position(|validator| validator.exit_epoch != FAR_FUTURE_EPOCH);
    assert_eq!(ejected.map(|at| at + 1), Some(4_683));
    let last = after.last().expect("steps");
    assert_eq!(last.exit_epoch, START + 4_682 + 5);
    assert_eq!((last.balance, last.effective_balance), (16_721_927_731, 16 * ETH));
    // 16.75 ETH is a quarter below 17: the effective balance is 16 one step before the ejection, not earlier.
    assert_eq!([4_680, 4_681].map(|at: usize| after[at].effective_balance), [17 * ETH, 16 * ETH]);
    assert!(after[4_681].balance < 16_750_000_000 && after[4_680].balance >= 16_750_000_000);
}

#[test]
fn mechanics_2_3_scores_and_the_condition_of_a_leak() {
    assert!(!is_leaking(105, 100));
    assert!(is_leaking(106, 100));
    for (score, timely, leaking, next) in [
        (0, false, true, 4),
        (7, true, true, 6),
        (0, true, true, 0),
        (0, false, false, 0),
        (100, false, false, 88),
        (100, true, false, 83),
        (10, true, false, 0),
    ] {
        assert_eq!(next_inactivity_score(score, timely, leaking), Ok(next));
    }
    // EB score // (4 2^24).
    assert_eq!(inactivity_penalty(Fork::Electra, 32 * ETH, 4), Ok(1_907));
    assert_eq!(inactivity_penalty(Fork::Altair, 32 * ETH, 12), Ok(1_907));
    let phase0 = inactivity_penalty(Fork::Phase0, 32 * ETH, 4);
    assert_eq!(phase0, Err(ValidatorError::NoParticipationFlags));
}

/// In a leak attestations earn nothing, and a missed head costs nothing at any time.
#[test]
fn mechanics_2_3_no_rewards_in_a_leak() {
    let settle = |participation, leaking| {
        let end = EpochEnd {
            fork: Fork::Electra,
            epoch: START,
            total_active_balance: TOTAL,
            participating: ParticipatingBalances { source: TOTAL, target: TOTAL, head: TOTAL },
            leaking,
        };
        let mut validator = Validator::active(32 * ETH, 32 * ETH, false);
        end.settle(&mut validator, participation).expect("in range");
        i128::from(validator.balance) - i128::from(32 * ETH)
    };
    let headless = Participation { head: false, ..Participation::ALL };
    assert_eq!((settle(Participation::ALL, true), settle(headless, true)), (0, 0));
    // Everybody took part: 54 of 64 weights of the base reward 312 * 32, floored by flag.
    assert_eq!(settle(Participation::ALL, false), 2 * (9984 * 14 / 64) + 9984 * 26 / 64);
    assert_eq!(settle(headless, false), 9984 * 14 / 64 + 9984 * 26 / 64);
}

#[test]
fn finality_follows_the_four_patterns_of_justified_epochs() {
    let start = Finality {
        justified: [false; 4],
        previous_justified_epoch: 7,
        current_justified_epoch: 7,
        finalized_epoch: 6,
    };
    let (all, two_thirds, less) = (TOTAL, TOTAL / 3 * 2, TOTAL / 3 * 2 - 1);
    // Two thirds of the votes of each epoch within it: the epoch before becomes final in each step.
    let mut prompt = start;
    for epoch in 10..14 {
        prompt.advance(epoch, TOTAL, two_thirds, two_thirds).expect("in range");
        assert_eq!(prompt.current_justified_epoch, epoch);
    }
    assert_eq!(prompt.finalized_epoch, 12);
    // Votes arrive an epoch late: justified one behind. Those of 12 were cast when 10 was the last justified, and 11 has been
    // justified since: 10 is final.
    let mut late = start;
    for epoch in 10..14 {
        late.advance(epoch, TOTAL, all, less).expect("in range");
        assert_eq!(late.current_justified_epoch, epoch - 1);
    }
    assert_eq!(late.finalized_epoch, 10);
    // Justified in time, then an epoch without votes that arrive late, with or without those of their own epoch.
    for current in [less, two_thirds] {
        let mut gap = start;
        gap.advance(10, TOTAL, less, two_thirds).expect("in range");
        gap.advance(11, TOTAL, less, less).expect("in range");
        assert_eq!((gap.current_justified_epoch, gap.finalized_epoch), (10, 6));
        gap.advance(12, TOTAL, two_thirds, current).expect("in range");
        assert_eq!(gap.finalized_epoch, 10);
    }
    // Less than two thirds: nothing moves, and the bits run out.
    let mut stalled = prompt;
    for epoch in 14..20 {
        stalled.advance(epoch, TOTAL, less, less).expect("in range");
    }
    assert_eq!((stalled.current_justified_epoch, stalled.finalized_epoch), (13, 12));
    assert_eq!(stalled.justified, [false; 4]);
    // The first two epochs have nothing to justify.
    let mut genesis = start;
    genesis.advance(1, TOTAL, all, all).expect("in range");
    assert_eq!(genesis, start);
    assert_eq!(prompt.advance(14, u64::MAX, all, all), Err(ValidatorError::Overflow));
}
