//! Laws of slashings and leaks that hold whatever the numbers.

use pegstress_exact::consensus::attestation::{ParticipatingBalances, Participation};
use pegstress_exact::consensus::exit_clock::{ChurnRule, ExitClock};
use pegstress_exact::consensus::exits::{ExitQueue, Stake};
use pegstress_exact::consensus::fork::Fork;
use pegstress_exact::consensus::inactivity::{inactivity_penalty, next_inactivity_score};
use pegstress_exact::consensus::settlement::EpochEnd;
use pegstress_exact::consensus::slashed_set::SlashedSet;
use pegstress_exact::consensus::slashing::{correlation_epoch, correlation_penalty};
use pegstress_exact::consensus::slashings_vector::SlashingsVector;
use pegstress_exact::consensus::validator::Validator;
use proptest::prelude::*;
use std::collections::BTreeMap;

const ETH: u64 = 1_000_000_000;

fn forks_since_altair() -> impl Strategy<Value = Fork> {
    prop::sample::select(Fork::ALL[1..].to_vec())
}

/// A set of large validators, often at the length of queue where correlation epochs part or slashings leave the vector.
fn sets() -> impl Strategy<Value = SlashedSet> {
    let queues = prop_oneof![Just(0), 7_850_u64..7_950, 11_950_u64..12_050];
    let sizes = prop_oneof![Just(2048_u64), Just(32), 17_u64..2048];
    let others = prop::collection::btree_map(90_000_u64..112_000, 1_u64..400_000, 0..4);
    (
        1_u64..24,
        queues,
        sizes,
        30_000_000_u64..45_000_000,
        others,
        prop_oneof![Just(0), 1_u64..1_200],
        any::<bool>(),
    )
        .prop_map(|(validators, queue, size, total_eth, others, leak_epochs, gloas)| {
            let (fork, rule) =
                if gloas { (Fork::Gloas, ChurnRule::Gloas) } else { (Fork::Electra, ChurnRule::Electra) };
            let epoch = 100_000;
            let clock = ExitClock { earliest_exit_epoch: epoch + queue, exit_balance_to_consume: 7 * ETH };
            SlashedSet {
                fork,
                epoch,
                validators,
                validator: Validator::active(size * ETH, size * ETH, size > 32),
                stake: Stake { total_active_balance: total_eth * ETH, active_validators: 1_000_000 },
                exit_queue: ExitQueue::ByBalance(rule, clock),
                other_slashings: others.into_iter().map(|(epoch, eth)| (epoch, eth * ETH)).collect(),
                leak_epochs,
            }
        })
}

/// The same set, each validator on its own and each epoch in full.
fn losses_one_by_one(set: &SlashedSet) -> BTreeMap<u64, u64> {
    let mut vector = SlashingsVector::default();
    for epoch in set.epoch - 10_000..set.epoch {
        vector.add(epoch, set.other_slashings.get(&epoch).copied().unwrap_or(0)).expect("in range");
        vector.reset_after(epoch);
    }
    let mut queue = set.exit_queue;
    let mut validators = vec![set.validator; set.validators as usize];
    for validator in &mut validators {
        validator.slash(set.fork, &mut queue, &mut vector, set.epoch, set.stake).expect("in range");
    }
    let others = set.stake.total_active_balance - set.validators * set.validator.effective_balance;
    let end = validators.iter().map(|validator| validator.withdrawable_epoch).max().expect("one or more");
    let mut losses = BTreeMap::new();
    for epoch in set.epoch..end {
        vector.add(epoch, set.other_slashings.get(&epoch).copied().unwrap_or(0)).expect("in range");
        let active = validators.iter().filter(|validator| validator.is_active(epoch));
        let total_active_balance = others + active.map(|validator| validator.effective_balance).sum::<u64>();
        let step = EpochEnd {
            fork: set.fork,
            epoch,
            total_active_balance,
            participating: ParticipatingBalances { source: others, target: others, head: others },
            leaking: epoch < set.epoch + set.leak_epochs,
        };
        for validator in &mut validators {
            step.settle(validator, Participation::NONE).expect("in range");
            validator
                .charge_correlation(set.fork, epoch, vector.sum(), total_active_balance)
                .expect("in range");
            // A balance that is withdrawable is not stake any more, and the spec goes on rounding it.
            validator.update_effective_balance(set.fork).expect("in range");
        }
        vector.reset_after(epoch);
        let left: u64 = validators.iter().map(|validator| validator.balance).sum();
        losses.insert(epoch, set.validators * set.validator.balance - left);
    }
    losses
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_set_loses_what_its_validators_lose_one_by_one(set in sets()) {
        let losses = set.losses().expect("in range");
        let grouped: BTreeMap<u64, u64> = losses.iter().map(|loss| (loss.epoch, loss.loss)).collect();
        prop_assert_eq!(grouped, losses_one_by_one(&set));
    }

    #[test]
    fn losses_never_fall_and_never_exceed_the_balance(mut set in sets(), balance in 0..ETH) {
        set.validator.balance = balance;
        let losses = set.losses().expect("in range");
        let most = set.validators * balance;
        prop_assert!(losses.windows(2).all(|pair| pair[0].loss <= pair[1].loss));
        prop_assert!(losses.iter().all(|loss| loss.loss <= most));
    }
}

proptest! {
    #[test]
    fn the_correlation_penalty_rises_with_the_slashed_share_up_to_the_whole_balance(
        fork in prop::sample::select(Fork::ALL.to_vec()),
        effective_eth in 1_u64..2049,
        total_eth in 1_000_u64..60_000_000,
        slashed in 0_u64..30_000_000 * ETH,
        more in 0_u64..30_000_000 * ETH,
    ) {
        // Before Electra a product of a large balance and the stake may leave the spec's 64 bits.
        let effective = fork.max_effective_balance(true).min(effective_eth * ETH);
        let penalty = |slashed| correlation_penalty(fork, effective, slashed, total_eth * ETH).expect("in range");
        prop_assert!(penalty(slashed) <= penalty(slashed + more));
        prop_assert!(penalty(slashed + more) <= effective);
        prop_assert_eq!(penalty(total_eth * ETH), effective);
    }

    #[test]
    fn a_validator_whose_slashing_left_the_vector_pays_no_correlation_penalty(
        queue in 5_u64..20_000,
        effective_eth in 17_u64..2049,
        total_eth in 1_000_000_u64..45_000_000,
        gloas in any::<bool>(),
    ) {
        let (fork, rule) =
            if gloas { (Fork::Gloas, ChurnRule::Gloas) } else { (Fork::Electra, ChurnRule::Electra) };
        let stake = Stake { total_active_balance: total_eth * ETH, active_validators: 1 };
        let clock = ExitClock { earliest_exit_epoch: 500_000 + queue, exit_balance_to_consume: u64::MAX / 2 };
        let mut exits = ExitQueue::ByBalance(rule, clock);
        let mut vector = SlashingsVector::default();
        let mut validator = Validator::active(effective_eth * ETH, effective_eth * ETH, true);
        validator.slash(fork, &mut exits, &mut vector, 500_000, stake).expect("in range");
        prop_assert_eq!(validator.exit_epoch, 500_000 + queue);
        let epoch = correlation_epoch(validator.withdrawable_epoch).expect("after genesis");
        vector.reset_after_each(500_000..epoch);
        let taken = validator
            .charge_correlation(fork, epoch, vector.sum(), stake.total_active_balance)
            .expect("in range");
        // 17 ETH of at most 45 million are more than a Gwei per increment.
        prop_assert_eq!(taken == 0, queue >= 12_032);
    }

    #[test]
    fn a_penalty_takes_no_more_than_there_is(
        fork in forks_since_altair(),
        balance in 0_u64..100_000,
        effective_eth in 0_u64..2049,
        score in 0_u64..100_000,
        slashed in any::<bool>(),
    ) {
        let total_active_balance = 40_000_000 * ETH;
        let mut validator = Validator {
            inactivity_score: score,
            slashed,
            ..Validator::active(effective_eth * ETH, balance, true)
        };
        let end = EpochEnd {
            fork,
            epoch: 1000,
            total_active_balance,
            participating: ParticipatingBalances { source: ETH, target: ETH, head: ETH },
            leaking: true,
        };
        let settlement = end.settle(&mut validator, Participation::NONE).expect("in range");
        prop_assert_eq!(validator.balance, balance.saturating_sub(settlement.penalty()));
    }

    #[test]
    fn resets_one_by_one_and_at_once_leave_the_same_vector(
        amounts in prop::collection::vec((0_u64..40_000, 0_u64..1_000), 0..20),
        from in 0_u64..40_000,
        epochs in 0_u64..20_000,
    ) {
        let mut at_once = SlashingsVector::default();
        for (epoch, amount) in amounts {
            at_once.add(epoch, amount).expect("in range");
        }
        let mut one_by_one = at_once.clone();
        at_once.reset_after_each(from..from + epochs);
        for epoch in from..from + epochs {
            one_by_one.reset_after(epoch);
        }
        prop_assert_eq!(&at_once, &one_by_one);
        let slots: u64 = (0..8192).map(|epoch| at_once.entry(epoch)).sum();
        prop_assert_eq!(at_once.sum(), slots);
    }
}

/// `exp(-x)` for `x` in 0..=1: the series, whose thirtieth term is below 1e-30.
fn exp_of_minus(x: f64) -> f64 {
    (1..30).rev().fold(1.0, |sum, k| 1.0 - x / f64::from(k) * sum)
}

/// Balance left in each step of a leak from a score of zero, by inactivity penalties alone.
fn leaked(effective_eth: u64, steps: u64) -> Validator {
    let mut validator = Validator::active(effective_eth * ETH, effective_eth * ETH, true);
    for _ in 0..steps {
        validator.inactivity_score =
            next_inactivity_score(validator.inactivity_score, false, true).expect("in range");
        let penalty =
            inactivity_penalty(Fork::Electra, validator.effective_balance, validator.inactivity_score);
        validator.decrease_balance(penalty.expect("in range"));
        validator.update_effective_balance(Fork::Electra).expect("in range");
    }
    validator
}

proptest! {
    /// While the effective balance stands, `n` steps cost `E n (n + 1) / 2^25`, less at most a Gwei of rounding each.
    #[test]
    fn the_leak_grows_with_the_square_of_time(effective_eth in 1_u64..2049, steps in 1_u64..128) {
        let validator = leaked(effective_eth, steps);
        // 0.25 ETH in 128 steps needs 508 ETH.
        prop_assume!(validator.effective_balance == effective_eth * ETH);
        let loss = effective_eth * ETH - validator.balance;
        let squares = (effective_eth * ETH * steps * (steps + 1)) >> 25;
        prop_assert!(loss <= squares && squares <= loss + steps, "{loss} of {squares}");
    }

    /// `B = E exp(-n^2 / 2^25)`, mechanics 2.3. The effective balance that decays it lies between `B - 1` and `B + 0.25` ETH, which moves
    /// the solution by at most that times `1 - exp(-x)`. Steps instead of a flow take more: `n / 2^25` from `n (n + 1)` and
    /// `n^3 / (3 2^49)` from the curvature of the logarithm, at 4725 steps 0.00014 and 0.00006 of E.
    #[test]
    fn the_leak_follows_its_closed_form(effective_eth in 2_u64..2049, steps in 1_u64..4726) {
        let left = leaked(effective_eth, steps).balance as f64 / ETH as f64;
        let decay = exp_of_minus((steps * steps) as f64 / f64::from(1 << 25));
        let closed = effective_eth as f64 * decay;
        let rounding = 1e-9 * steps as f64;
        let (above, below) = (1.0 - decay + rounding, 0.25 * (1.0 - decay) + 0.000_22 * effective_eth as f64);
        prop_assert!(left <= closed + above, "{left} above {closed} by more than {above}");
        prop_assert!(left >= closed - below, "{left} below {closed} by more than {below}");
    }
}
