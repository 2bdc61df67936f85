//! What must hold of the queues in every state: order, conservation, every payment once.

use pegstress_exact::consensus::churn::ChurnRule;
use pegstress_exact::consensus::entry_queue::{EntryQueue, PendingDeposit, Recipient};
use pegstress_exact::consensus::exit_clock::ExitClock;
use pegstress_exact::consensus::exit_queues::ExitQueues;
use pegstress_exact::consensus::registry::{Credentials, FAR_FUTURE_EPOCH, RegistryEntry};
use pegstress_exact::consensus::withdrawal_sweep::{PendingPartial, SweepRule, WithdrawalSweep};
use proptest::prelude::*;

const ETH: u64 = 1_000_000_000;

/// Exits: epochs between them, the stake at that time in ETH, the balance in Gwei.
fn exits() -> impl Strategy<Value = Vec<(u64, u64, u64)>> {
    let one = (0_u64..20, 1_000_000_u64..100_000_000, 0..3000 * ETH);
    prop::collection::vec(one, 1..80)
}

fn rule() -> impl Strategy<Value = ChurnRule> {
    let custom = (1..5000 * ETH).prop_map(|exit| ChurnRule::Custom { exit, activation: 0, consolidation: 0 });
    prop_oneof![Just(ChurnRule::Electra), Just(ChurnRule::Gloas), custom]
}

fn validator() -> impl Strategy<Value = RegistryEntry> {
    let credentials =
        prop_oneof![Just(Credentials::Key), Just(Credentials::Address), Just(Credentials::Compounding)];
    let balance = prop_oneof![Just(0), 0..100 * ETH, 30 * ETH..34 * ETH, 2040 * ETH..2060 * ETH];
    let exit = prop_oneof![Just(FAR_FUTURE_EPOCH), 0_u64..20];
    (credentials, balance, any::<bool>(), exit).prop_map(|(credentials, balance, is_max, exit_epoch)| {
        let max = credentials.max_effective_balance();
        let effective_balance = if is_max { max } else { (balance - balance % ETH).min(max) };
        let withdrawable_epoch = exit_epoch.saturating_add(3);
        RegistryEntry {
            credentials,
            effective_balance,
            balance,
            activation_epoch: 0,
            exit_epoch,
            withdrawable_epoch,
        }
    })
}

fn registry() -> impl Strategy<Value = WithdrawalSweep> {
    (1_usize..120)
        .prop_flat_map(|n| {
            let partial = (0..n, 1..80 * ETH, 0_u64..12).prop_map(|(validator, amount, epoch)| {
                PendingPartial { validator, amount, withdrawable_epoch: epoch }
            });
            (prop::collection::vec(validator(), n), prop::collection::vec(partial, 0..60), 0..n)
        })
        .prop_map(|(validators, partials, next_validator)| WithdrawalSweep {
            rule: SweepRule::Electra,
            validators,
            pending_partials: partials.into(),
            next_withdrawal_index: 0,
            next_validator,
        })
}

proptest! {
    #[test]
    fn exit_epochs_never_fall_and_never_precede_the_lookahead(exits in exits(), rule in rule()) {
        let mut queues = ExitQueues::new(rule, ExitClock::default());
        let (mut now, mut last) = (0, 0);
        for (wait, stake, balance) in exits {
            now += wait;
            let epoch = queues.assign_exit(now, stake * ETH, balance).expect("in range");
            prop_assert!(epoch >= last && epoch >= now + 5);
            last = epoch;
        }
    }

    /// In one epoch at one churn: what was assigned and what is left of the last epoch are whole epochs of churn.
    #[test]
    fn the_clock_conserves_balance(
        balances in prop::collection::vec(0..3000 * ETH, 1..80),
        rule in rule(),
        stake in 1_000_000_u64..100_000_000,
    ) {
        let mut queues = ExitQueues::new(rule, ExitClock::default());
        for &balance in &balances {
            queues.assign_exit(100, stake * ETH, balance).expect("in range");
        }
        let assigned: u128 = balances.iter().map(|&balance| u128::from(balance)).sum();
        let epochs = u128::from(queues.exits.earliest_exit_epoch - 105 + 1);
        let left = u128::from(queues.exits.exit_balance_to_consume);
        prop_assert_eq!(assigned + left, epochs * u128::from(rule.exit_churn(stake * ETH)));
    }

    /// While the churn is the same an order of exits can be split without a later end.
    #[test]
    fn exits_one_by_one_end_where_their_sum_does(balances in prop::collection::vec(1..300 * ETH, 1..40)) {
        let churn = 256 * ETH;
        let mut single = ExitClock::default();
        let mut end = 0;
        for &balance in &balances {
            end = single.assign(7, balance, churn).expect("in range");
        }
        let mut bulk = ExitClock::default();
        prop_assert_eq!(bulk.assign(7, balances.iter().sum(), churn), Ok(end));
        prop_assert_eq!(bulk, single);
    }

    /// EIP-8080: the longer queue gets no exit, and the other one two thirds of a balance.
    #[test]
    fn routing_spares_the_longer_queue_and_conserves_what_each_takes(
        balances in prop::collection::vec(1..3000 * ETH, 1..60),
        stake in 19_000_000_u64..100_000_000,
    ) {
        let rule = ChurnRule::Eip8080;
        let mut queues = ExitQueues::new(rule, ExitClock::default());
        let (mut exited, mut consolidated) = (0, 0);
        for balance in balances {
            let before = queues;
            let epoch = queues.assign_exit(0, stake * ETH, balance).expect("in range");
            let exits_longer = before.exits.earliest_exit_epoch.max(5)
                > before.consolidations.earliest_consolidation_epoch.max(5);
            prop_assert_eq!(queues.exits == before.exits, exits_longer);
            prop_assert_eq!(queues.consolidations == before.consolidations, !exits_longer);
            if exits_longer {
                consolidated += balance * 2 / 3;
                prop_assert_eq!(epoch, queues.consolidations.earliest_consolidation_epoch);
            } else {
                exited += balance;
                prop_assert_eq!(epoch, queues.exits.earliest_exit_epoch);
            }
        }
        let epochs = |earliest: u64| (earliest + 1).saturating_sub(5);
        prop_assert_eq!(
            exited + queues.exits.exit_balance_to_consume,
            epochs(queues.exits.earliest_exit_epoch) * rule.exit_churn(stake * ETH)
        );
        prop_assert_eq!(
            consolidated + queues.consolidations.consolidation_balance_to_consume,
            epochs(queues.consolidations.earliest_consolidation_epoch) * rule.consolidation_churn(stake * ETH)
        );
    }

    #[test]
    fn the_entry_queue_conserves_deposits_and_keeps_to_its_churn(
        deposits in prop::collection::vec((0_u64..30, 0..300 * ETH, 0_u64..200), 0..120),
        churn in 100..300 * ETH,
        leaving in 0_u64..30,
        withdrawable in 0_u64..30,
    ) {
        let pending: Vec<_> = deposits
            .iter()
            .map(|&(validator, amount, slot)| PendingDeposit { validator, amount, slot })
            .collect();
        let mut queue = EntryQueue { pending: pending.clone().into(), deposit_balance_to_consume: 0 };
        let recipient = |validator: u64| {
            if validator % 30 == withdrawable {
                Recipient::Withdrawable
            } else if validator % 30 == leaving {
                Recipient::Leaving
            } else {
                Recipient::Staying
            }
        };
        let mut credited = Vec::new();
        for epoch in 0..12 {
            let available = queue.available(churn).expect("in range");
            let now = queue.process_epoch(epoch, churn, recipient).expect("in range");
            let staying = now.iter().filter(|deposit| recipient(deposit.validator) == Recipient::Staying);
            let consumed: u64 = staying.map(|deposit| deposit.amount).sum();
            prop_assert!(consumed <= available && now.len() <= 16);
            prop_assert!([0, available - consumed].contains(&queue.deposit_balance_to_consume));
            prop_assert!(now.iter().all(|deposit| deposit.slot <= epoch * 32));
            credited.extend(now);
        }
        let mut found: Vec<_> = credited.into_iter().chain(queue.pending).collect();
        let key = |deposit: &PendingDeposit| (deposit.validator, deposit.amount, deposit.slot);
        let mut all = pending;
        found.sort_by_key(key);
        all.sort_by_key(key);
        prop_assert_eq!(found, all);
    }

    /// What leaves the balances is what the withdrawals say, and their numbers follow each other.
    #[test]
    fn the_sweep_conserves_balances(mut sweep in registry(), slot in 0_u64..600) {
        let sum = |sweep: &WithdrawalSweep| -> u64 { sweep.validators.iter().map(|of| of.balance).sum() };
        let start = sum(&sweep);
        let (mut paid, mut number) = (0, 0);
        for k in 0..40 {
            let payload = sweep.process_payload(slot + k).expect("in range");
            prop_assert!(payload.withdrawals.len() <= 16);
            for withdrawal in &payload.withdrawals {
                prop_assert!(withdrawal.amount > 0);
                prop_assert_eq!(withdrawal.index, number);
                number += 1;
                paid += withdrawal.amount;
            }
        }
        prop_assert_eq!(sum(&sweep) + paid, start);
    }

    /// Partials aside, the sweep pays each validator that is owed something exactly once, and all of it.
    #[test]
    fn the_sweep_pays_each_withdrawable_once(mut sweep in registry()) {
        sweep.pending_partials.clear();
        let before = sweep.clone();
        // Epoch 30: every exit is past. Two rounds of 120 validators at 16 per block.
        let slot = 30 * 32;
        let mut paid = vec![0; sweep.validators.len()];
        for k in 0..16 {
            for withdrawal in sweep.process_payload(slot + k).expect("in range").withdrawals {
                prop_assert_eq!(paid[withdrawal.validator], 0);
                paid[withdrawal.validator] = withdrawal.amount;
            }
        }
        for (of, paid) in before.validators.iter().zip(paid) {
            let max = of.credentials.max_effective_balance();
            let owed = if of.credentials == Credentials::Key {
                0
            } else if of.exit_epoch != FAR_FUTURE_EPOCH {
                of.balance
            } else if of.effective_balance == max {
                of.balance.saturating_sub(max)
            } else {
                0
            };
            prop_assert_eq!(paid, owed);
        }
    }
}
