//! Worked examples of EigenLayer's core, to the last unit.

use pegstress_exact::U256;
use pegstress_exact::restaking::eigenlayer::slashing_lib::{DepositScalingFactor, WAD, mul_wad_up};
use pegstress_exact::restaking::eigenlayer::{
    ALLOCATION_CONFIGURATION_DELAY_BLOCKS, Allocation, Core, DEALLOCATION_DELAY_BLOCKS, Disbursement,
    EigenLayerError, Receipt, Redistribution, Strategy, WITHDRAWAL_DELAY_BLOCKS,
};

const ETH: u64 = 1_000_000_000_000_000_000;
const START: u32 = 20_000_000;

fn eth(amount: u64) -> U256 {
    U256::from(amount) * U256::from(ETH)
}

fn number(digits: &str) -> U256 {
    digits.parse().expect("a number")
}

/// Hundredths with 18 decimals.
fn percent(parts: u64) -> U256 {
    U256::from(parts * (ETH / 100))
}

/// Staker 0 with `deposit` at operator 0, which allocates hundredths of its magnitude to the sets 1 and 2.
fn delegated(strategy: Strategy, deposit: U256, allocations: [u64; 2]) -> Core {
    let mut core = Core::new(strategy, START);
    core.register_operator(0, 0).expect("an operator");
    for (set, hundredths) in (1..).zip(allocations) {
        core.create_set(set, Redistribution::Burn).expect("a set");
        core.register_for_set(0, set).expect("a member");
        if hundredths > 0 {
            core.modify_allocation(0, set, hundredths * (ETH / 100)).expect("magnitude");
        }
    }
    core.deposit(0, deposit).expect("a deposit");
    core.delegate(0, 0).expect("a delegation");
    core.roll_blocks(1).expect("a block");
    core
}

fn operator_shares(core: &Core) -> U256 {
    core.operator(0).expect("an operator").shares()
}

fn magnitude(core: &Core) -> u64 {
    core.operator(0).expect("an operator").max_magnitude()
}

fn allocation(core: &Core, set: u32) -> Allocation {
    core.operator(0).expect("an operator").allocation(set)
}

#[test]
fn mechanics_3_1_delays_in_blocks_of_12_seconds() {
    assert_eq!(WITHDRAWAL_DELAY_BLOCKS * 12, 14 * 86_400);
    assert_eq!(DEALLOCATION_DELAY_BLOCKS, WITHDRAWAL_DELAY_BLOCKS);
    assert_eq!(ALLOCATION_CONFIGURATION_DELAY_BLOCKS * 12 * 2, 35 * 86_400);
}

#[test]
fn mechanics_3_3_a_slash_takes_its_part_of_everything_delegated_and_sets_add_up() {
    // Half and half: full slashes by both take everything, and not more.
    let mut core = delegated(Strategy::Token, eth(1000), [50, 50]);
    assert_eq!(core.slash(0, 1, WAD).map(|slashed| slashed.operator_shares), Ok(eth(500)));
    assert_eq!(core.withdrawable(0), Ok(eth(500)));
    assert_eq!(core.slash(0, 2, WAD).map(|slashed| slashed.operator_shares), Ok(eth(500)));
    assert_eq!((magnitude(&core), core.withdrawable(0)), (0, Ok(U256::ZERO)));
    // A third slash finds nothing, but is counted.
    let third = core.slash(0, 1, WAD).expect("a slash of nothing");
    assert_eq!((third.slash_id, third.total()), (2, Ok(U256::ZERO)));
    assert_eq!(core.deposit(0, eth(1)), Err(EigenLayerError::FullySlashed));
}

#[test]
fn mechanics_3_3_rounding_up_can_take_everything_before_a_full_slash() {
    assert_eq!(mul_wad_up(U256::ONE, U256::ONE), Ok(U256::ONE));
    let mut core = delegated(Strategy::Token, eth(10), [100, 0]);
    // All but one unit of magnitude, then the smallest slash.
    core.slash(0, 1, WAD - U256::ONE).expect("a slash");
    assert_eq!(magnitude(&core), 1);
    core.slash(0, 1, U256::ONE).expect("a slash");
    assert_eq!(magnitude(&core), 0);
}

#[test]
fn mechanics_3_3_slashes_of_the_queue_leave_the_beacon_factor_out() {
    let mut core = delegated(Strategy::NativeEth, eth(32), [100, 0]);
    core.queue_withdrawal(0, eth(32)).expect("a withdrawal");
    core.decrease_beacon_balance(0, eth(32), eth(16)).expect("a loss");
    // Booked on 32 ETH; the withdrawal is worth 16 and is paid a quarter of that: it loses 12, the pod 16 before.
    let slashed = core.slash(0, 1, percent(75)).expect("a slash");
    assert_eq!((slashed.operator_shares, slashed.queued_shares), (U256::ZERO, eth(24)));
    assert_eq!(core.burnable_eth_shares(), eth(24));
    core.roll_blocks(WITHDRAWAL_DELAY_BLOCKS + 1).expect("blocks");
    assert_eq!(core.complete_withdrawal(0, 0, Receipt::Tokens), Ok(eth(4)));
}

#[test]
fn mechanics_3_3_a_set_reaches_an_operator_until_the_delay_after_it_left() {
    for (blocks, result) in [
        (DEALLOCATION_DELAY_BLOCKS, Ok(eth(10))),
        (DEALLOCATION_DELAY_BLOCKS + 1, Err(EigenLayerError::OperatorNotSlashable)),
    ] {
        let mut core = delegated(Strategy::Token, eth(100), [10, 0]);
        core.deregister_from_set(0, 1).expect("a member");
        assert_eq!(core.deregister_from_set(0, 1), Err(EigenLayerError::NotMemberOfSet));
        core.roll_blocks(blocks).expect("blocks");
        let reachable = if result.is_ok() { Err(EigenLayerError::AlreadyMemberOfSet) } else { Ok(()) };
        assert_eq!(core.clone().register_for_set(0, 1), reachable);
        // Out of the window a deallocation needs no time.
        let mut freed = core.clone();
        freed.modify_allocation(0, 1, 0).expect("less magnitude");
        let waits = allocation(&freed, 1).effect_block != 0;
        assert_eq!(waits, result.is_ok());
        assert_eq!(core.slash(0, 1, WAD).map(|slashed| slashed.operator_shares), result);
    }
}

#[test]
fn mechanics_3_3_a_deallocation_is_slashable_until_it_takes_effect() {
    for (blocks, left) in [(DEALLOCATION_DELAY_BLOCKS, 75), (DEALLOCATION_DELAY_BLOCKS + 1, 90)] {
        let mut core = delegated(Strategy::Token, eth(100), [50, 0]);
        core.modify_allocation(0, 1, 20 * (ETH / 100)).expect("less magnitude");
        assert_eq!(core.modify_allocation(0, 1, 1), Err(EigenLayerError::ModificationAlreadyPending));
        core.roll_blocks(blocks).expect("blocks");
        core.slash(0, 1, percent(50)).expect("a slash");
        assert_eq!(core.withdrawable(0), Ok(eth(left)), "after {blocks} blocks");
    }
}

#[test]
fn mechanics_3_3_slashed_shares_are_burned_or_paid_to_the_recipient_of_the_set() {
    let mut core = delegated(Strategy::Token, eth(100), [0, 0]);
    core.create_set(3, Redistribution::Recipient).expect("a set");
    core.register_for_set(0, 3).expect("a member");
    for set in [1, 3] {
        core.modify_allocation(0, set, ETH / 2).expect("magnitude");
        let slashed = core.slash(0, set, percent(20)).expect("a slash");
        assert_eq!((slashed.slash_id, slashed.operator_shares), (1, eth(10)));
        assert_eq!(core.slashed_shares(set, 1), eth(10));
    }
    assert_eq!(core.clear_slashed_shares(1, 1), Ok(Disbursement::Burned(eth(10))));
    assert_eq!(core.clear_slashed_shares(3, 1), Ok(Disbursement::Redistributed(eth(10))));
    // Nothing is paid twice.
    assert_eq!(core.clear_slashed_shares(3, 1), Ok(Disbursement::Redistributed(U256::ZERO)));
    let mut native = Core::new(Strategy::NativeEth, START);
    assert_eq!(native.create_set(1, Redistribution::Recipient), Err(EigenLayerError::InvalidStrategy));
}

#[test]
fn mechanics_3_4_example_1_two_sets_take_a_fifth() {
    let mut core = delegated(Strategy::Token, eth(1000), [50, 30]);
    assert_eq!(core.slash(0, 1, percent(10)).map(|slashed| slashed.operator_shares), Ok(eth(50)));
    assert_eq!(magnitude(&core), 95 * (ETH / 100));
    assert_eq!(core.slash(0, 2, percent(50)).map(|slashed| slashed.operator_shares), Ok(eth(150)));
    assert_eq!((magnitude(&core), operator_shares(&core)), (80 * (ETH / 100), eth(800)));
}

#[test]
fn mechanics_3_4_example_2_a_deposit_does_not_bear_earlier_slashes() {
    let mut core = delegated(Strategy::Token, eth(100), [100, 0]);
    core.slash(0, 1, percent(20)).expect("a slash");
    core.deposit(0, eth(50)).expect("a deposit");
    assert_eq!(core.staker(0).scaling_factor.value(), number("1083333333333333332"));
    assert_eq!(core.withdrawable(0), Ok(number("129999999999999999840")));
}

#[test]
fn mechanics_3_4_example_3_slashes_reach_a_withdrawal_until_the_escrow_ends() {
    for (blocks, paid, queued) in
        [(WITHDRAWAL_DELAY_BLOCKS, eth(32), eth(6)), (WITHDRAWAL_DELAY_BLOCKS + 1, eth(38), U256::ZERO)]
    {
        let mut core = delegated(Strategy::Token, eth(100), [95, 0]);
        core.slash(0, 1, number("52631578947368421")).expect("a slash");
        assert_eq!(magnitude(&core), 95 * (ETH / 100));
        let withdrawal = core.queue_withdrawal(0, eth(40)).expect("a withdrawal");
        assert_eq!((withdrawal.scaled_shares, withdrawal.withdrawable), (eth(40), eth(38)));
        core.roll_blocks(blocks).expect("blocks");
        // From 0.95 to 0.80: a sixth of the 0.9 allocated.
        let slashed = core.slash(0, 1, number("166666666666666666")).expect("a slash");
        assert_eq!(magnitude(&core), 80 * (ETH / 100));
        assert_eq!(slashed.queued_shares, queued);
        if blocks == WITHDRAWAL_DELAY_BLOCKS {
            let early = core.complete_withdrawal(0, 0, Receipt::Tokens);
            assert_eq!(early, Err(EigenLayerError::WithdrawalDelayNotElapsed));
            core.roll_blocks(1).expect("a block");
        }
        assert_eq!(core.complete_withdrawal(0, 0, Receipt::Tokens), Ok(paid));
        let again = core.complete_withdrawal(0, 0, Receipt::Tokens);
        assert_eq!(again, Err(EigenLayerError::WithdrawalNotQueued));
    }
}

#[test]
fn mechanics_3_4_example_4_a_slash_shrinks_the_deallocation_that_waits() {
    let mut core = delegated(Strategy::Token, eth(100), [50, 0]);
    core.modify_allocation(0, 1, 30 * (ETH / 100)).expect("less magnitude");
    core.slash(0, 1, percent(10)).expect("a slash");
    let effect_block = START + 1 + DEALLOCATION_DELAY_BLOCKS + 1;
    let pending_diff = -i128::from(18 * (ETH / 100));
    assert_eq!(
        allocation(&core, 1),
        Allocation { current_magnitude: 45 * (ETH / 100), pending_diff, effect_block }
    );
    core.roll_blocks(DEALLOCATION_DELAY_BLOCKS + 1).expect("blocks");
    let left = 27 * (ETH / 100);
    assert_eq!(
        allocation(&core, 1),
        Allocation { current_magnitude: left, pending_diff: 0, effect_block: 0 }
    );
    assert_eq!(core.operator(0).map(|operator| operator.encumbered_magnitude()), Some(left));
}

#[test]
fn mechanics_3_4_example_5_beacon_losses_come_first_and_multiply() {
    let mut core = delegated(Strategy::NativeEth, eth(32), [100, 0]);
    core.slash(0, 1, percent(75)).expect("a slash");
    assert_eq!(core.withdrawable(0), Ok(eth(8)));
    core.decrease_beacon_balance(0, eth(32), eth(16)).expect("a loss");
    assert_eq!((core.withdrawable(0), operator_shares(&core)), (Ok(eth(4)), eth(4)));
    // A first deposit under a magnitude of 0.8.
    let factor = DepositScalingFactor::default().updated(U256::ZERO, eth(1), percent(80));
    assert_eq!(factor.map(DepositScalingFactor::value), Ok(number("1250000000000000000")));
}

/// The protocol's own example, docs/core/accounting/DualSlashingEdgeCase.md.
#[test]
fn mechanics_3_4_the_order_of_checkpoint_and_new_validator_matters() {
    let slashed = || {
        let mut core = delegated(Strategy::NativeEth, eth(32), [100, 0]);
        core.slash(0, 1, percent(75)).expect("a slash");
        core
    };
    let mut verify_first = slashed();
    verify_first.deposit(0, eth(32)).expect("a validator");
    assert_eq!(verify_first.withdrawable(0), Ok(eth(40)));
    verify_first.decrease_beacon_balance(0, eth(64), eth(16)).expect("a loss");
    assert_eq!(verify_first.withdrawable(0), Ok(eth(30)));
    let mut checkpoint_first = slashed();
    checkpoint_first.decrease_beacon_balance(0, eth(32), eth(16)).expect("a loss");
    checkpoint_first.deposit(0, eth(32)).expect("a validator");
    assert_eq!(checkpoint_first.withdrawable(0), Ok(eth(36)));
}

#[test]
fn an_allocation_waits_for_the_operators_delay_and_a_new_delay_for_its_own() {
    let mut core = delegated(Strategy::Token, eth(100), [0, 0]);
    core.set_allocation_delay(0, 75).expect("a delay");
    core.roll_blocks(ALLOCATION_CONFIGURATION_DELAY_BLOCKS).expect("blocks");
    assert_eq!(core.operator(0).map(|operator| operator.allocation_delay(core.block())), Some(0));
    core.roll_blocks(1).expect("a block");
    core.modify_allocation(0, 1, ETH / 2).expect("magnitude");
    // Encumbered at once, slashable later.
    assert_eq!(core.operator(0).map(|operator| operator.encumbered_magnitude()), Some(ETH / 2));
    assert_eq!(core.slash(0, 1, WAD).and_then(|slashed| slashed.total()), Ok(U256::ZERO));
    assert_eq!(core.modify_allocation(0, 2, ETH / 2 + 1), Err(EigenLayerError::InsufficientMagnitude));
    core.roll_blocks(75).expect("blocks");
    assert_eq!(core.slash(0, 1, percent(50)).and_then(|slashed| slashed.total()), Ok(eth(25)));
}

#[test]
fn the_least_a_set_can_slash_leaves_out_what_is_gone_by_then() {
    let mut core = delegated(Strategy::Token, eth(100), [50, 0]);
    core.modify_allocation(0, 1, ETH / 4).expect("less magnitude");
    let (now, then) = (core.block(), core.block() + DEALLOCATION_DELAY_BLOCKS);
    let least = |until: u32| core.operator(0).expect("an operator").minimum_slashable_shares(1, now, until);
    assert_eq!(least(then), Ok(eth(50)));
    assert_eq!(least(then + 1), Ok(eth(25)));
    let set_2 = core.operator(0).expect("an operator").minimum_slashable_shares(2, now, then);
    assert_eq!(set_2, Ok(U256::ZERO));
}

#[test]
fn refused_transactions_have_the_contracts_words_and_change_nothing() {
    let mut core = delegated(Strategy::Token, eth(100), [50, 0]);
    let before = format!("{core:?}");
    for (refused, word) in [
        (core.deposit(0, U256::ZERO), "NewSharesZero"),
        (core.deposit(0, U256::MAX >> 1), "TotalSharesExceedsMax"),
        (core.delegate(0, 0), "ActivelyDelegated"),
        (core.delegate(1, 7), "OperatorNotRegistered"),
        (core.undelegate(1).map(|_| ()), "NotActivelyDelegated"),
        (core.queue_withdrawal(0, U256::ZERO).map(|_| ()), "SharesAmountZero"),
        (core.queue_withdrawal(1, U256::ONE).map(|_| ()), "SharesAmountTooHigh"),
        (core.queue_withdrawal(0, eth(101)).map(|_| ()), "Panic(0x11)"),
        (core.complete_withdrawal(0, 0, Receipt::Shares).map(|_| ()), "WithdrawalNotQueued"),
        (core.modify_allocation(0, 1, ETH / 2), "SameMagnitude"),
        (core.modify_allocation(0, 1, ETH + 1), "InsufficientMagnitude"),
        (core.modify_allocation(0, 9, ETH), "InvalidOperatorSet"),
        (core.modify_allocation(9, 1, ETH), "UninitializedAllocationDelay"),
        (core.register_operator(0, 0), "ActivelyDelegated"),
        (core.register_for_set(0, 1), "AlreadyMemberOfSet"),
        (core.register_for_set(9, 1), "InvalidOperator"),
        (core.deregister_from_set(9, 1), "NotMemberOfSet"),
        (core.create_set(1, Redistribution::Burn), "InvalidOperatorSet"),
        (core.slash(0, 1, U256::ZERO).map(|_| ()), "InvalidWadToSlash"),
        (core.slash(0, 1, WAD + U256::ONE).map(|_| ()), "InvalidWadToSlash"),
        (core.slash(0, 9, WAD).map(|_| ()), "InvalidOperatorSet"),
        (core.roll_blocks(u32::MAX), "a block number does not fit 32 bits"),
    ] {
        assert_eq!(refused.map_err(|error| error.to_string()), Err(word.to_owned()));
    }
    assert_eq!(format!("{core:?}"), before);
    core.queue_withdrawal(0, eth(1)).expect("a withdrawal");
    assert_eq!(core.complete_withdrawal(1, 0, Receipt::Shares), Err(EigenLayerError::WithdrawerNotCaller));
    let mut native = delegated(Strategy::NativeEth, eth(32), [0, 0]);
    assert_eq!(native.deposit(0, U256::ONE), Err(EigenLayerError::SharesNotMultipleOfGwei));
    native.undelegate(0).expect("a withdrawal");
    assert_eq!(native.queue_withdrawal(0, U256::ONE), Err(EigenLayerError::SharesNegative));
}
