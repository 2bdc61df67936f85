//! Puffer's vault and batches at worked examples, closed forms and the ends of their domain.

use pegstress_exact::redemption::puffer::PufferError;
use pegstress_exact::redemption::puffer::batches::{BATCH_SIZE, BatchQueue, FinalizedBatch};
use pegstress_exact::redemption::puffer::vault::{InstantExit, Vault};
use pegstress_exact::{ArithmeticError, U256};

const ALICE: u64 = 0;
const BOB: u64 = 1;
const ONE: u128 = 1_000_000_000_000_000_000;

fn wei(amount: u64) -> U256 {
    U256::from(amount)
}

fn eth(amount: u64) -> U256 {
    wei(amount) * U256::from(ONE)
}

fn vault_of(user: u64, amount: U256, exit_bps: u64, treasury_bps: u64) -> Vault {
    let mut vault = Vault::default();
    vault.set_exit_fees(exit_bps, treasury_bps).expect("fees");
    // The first share costs one wei: (0 + 1) / (0 + 1).
    assert_eq!(vault.deposit_eth(user, amount), Ok(amount));
    vault
}

fn requested(queue: &mut BatchQueue, vault: &mut Vault, count: usize, amount: u128) {
    for _ in 0..count {
        queue.request(vault, ALICE, amount).expect("a request");
    }
}

#[test]
fn mechanics_4_5_a_withdrawal_of_99_at_one_percent_burns_shares_worth_100() {
    let mut vault = vault_of(ALICE, eth(100), 100, 0);
    assert_eq!(vault.preview_withdraw(eth(99)), Ok(eth(100)));
    assert_eq!(vault.max_withdraw(ALICE), Ok(eth(99)));
    let exit = InstantExit { shares: eth(100), assets: eth(99), treasury_fee: U256::ZERO };
    assert_eq!(vault.withdraw(ALICE, eth(99)), Ok(exit));
    assert_eq!((vault.eth(), vault.supply(), vault.total_assets()), (eth(1), U256::ZERO, Ok(eth(1))));
    // 1e18 (1e18 + 1) / (0 + 1).
    assert_eq!(vault.rate(), Ok(eth(1) * eth(1) + eth(1)));
}

#[test]
fn mechanics_4_5_redeeming_one_share_with_both_fees_reverts() {
    let mut vault = vault_of(ALICE, eth(100), 100, 100);
    assert_eq!(vault.preview_redeem(wei(1)), Ok(U256::ZERO));
    let before = vault.clone();
    assert_eq!(vault.redeem(ALICE, wei(1)), Err(ArithmeticError::Underflow.into()));
    assert_eq!(vault, before);
    // With one fee it pays nothing.
    vault.set_exit_fees(0, 100).expect("fees");
    let nothing = InstantExit { shares: wei(1), assets: U256::ZERO, treasury_fee: wei(1) };
    assert_eq!(vault.redeem(ALICE, wei(1)), Ok(nothing));
}

#[test]
fn mechanics_4_5_a_redemption_rounds_two_fees_and_its_preview_one() {
    let mut vault = vault_of(ALICE, eth(100), 100, 100);
    // ceil(0.5) + ceil(0.5) against ceil(1.0).
    assert_eq!(vault.preview_redeem(wei(50)), Ok(wei(49)));
    let exit = InstantExit { shares: wei(50), assets: wei(48), treasury_fee: wei(1) };
    assert_eq!(vault.redeem(ALICE, wei(50)), Ok(exit));
    // The fee of those who stay does not leave the vault.
    assert_eq!(vault.total_assets(), Ok(eth(100) - wei(49)));
    // A withdrawal: gross = floor(1e6 / 98) = 10204, of which ceil(102.04) to the treasury.
    let exit = vault.withdraw(ALICE, wei(10_000)).expect("a withdrawal");
    assert_eq!((exit.shares, exit.treasury_fee), (wei(10_204), wei(103)));
}

#[test]
fn the_instant_path_pays_only_what_the_vault_holds_and_the_user_has() {
    let mut vault = vault_of(ALICE, eth(100), 100, 0);
    assert_eq!(vault.deposit_eth(BOB, eth(10)), Ok(eth(10)));
    assert_eq!(vault.redeem(BOB, eth(10) + wei(1)), Err(PufferError::ExceededMaxRedeem));
    assert_eq!(vault.withdraw(BOB, wei(9_900_000_000_000_000_001)), Err(PufferError::ExceededMaxWithdraw));
    assert_eq!(vault.redeem(2, wei(1)), Err(PufferError::ExceededMaxRedeem));

    // Shares are worth twice as much, but nothing of it is in the vault.
    vault.locked_eth = eth(110);
    assert_eq!(vault.rate(), Ok(eth(2) - wei(1)));
    assert_eq!(vault.max_withdraw(ALICE), Ok(eth(110) * wei(99) / wei(100)));
    assert_eq!(vault.max_redeem(ALICE), Ok(eth(55) + wei(1)));
    assert_eq!(vault.redeem(ALICE, eth(55) + wei(2)), Err(PufferError::ExceededMaxRedeem));
    // Rounded up, the most that can be redeemed is worth more than there is; without a fee it cannot be paid.
    vault.set_exit_fees(0, 0).expect("fees");
    let before = vault.clone();
    assert_eq!(vault.redeem(ALICE, eth(55) + wei(1)), Err(PufferError::InsufficientLiquidity));
    assert_eq!(vault, before);
    let fee = PufferError::InvalidExitFeeBasisPoints { bps: 251 };
    assert_eq!(vault.set_exit_fees(251, 0), Err(fee));
    assert_eq!(vault.set_exit_fees(0, 251), Err(fee));
    assert_eq!(vault, before);
    assert_eq!(vault.deposit_eth(BOB, U256::MAX), Err(ArithmeticError::Overflow.into()));
    assert_eq!(vault, before);
}

#[test]
fn weth_leaves_before_ether_is_wrapped_and_is_unwrapped_where_ether_lacks() {
    let mut vault = vault_of(ALICE, eth(100), 0, 0);
    assert_eq!(vault.deposit_weth(ALICE, eth(30)), Ok(eth(30)));
    vault.withdraw(ALICE, eth(20)).expect("a withdrawal");
    assert_eq!((vault.eth(), vault.weth()), (eth(100), eth(10)));
    vault.withdraw(ALICE, eth(20)).expect("a withdrawal");
    assert_eq!((vault.eth(), vault.weth()), (eth(90), U256::ZERO));

    vault.deposit_weth(ALICE, eth(10)).expect("a deposit");
    let mut queue = BatchQueue::new(U256::MAX);
    requested(&mut queue, &mut vault, BATCH_SIZE, 95 * ONE / 10);
    queue.finalize(&mut vault, 1).expect("a full batch");
    assert_eq!((vault.eth(), vault.weth(), queue.eth()), (U256::ZERO, eth(5), eth(95)));
    requested(&mut queue, &mut vault, BATCH_SIZE, ONE / 10);
    // Asked for at a rate of one, finalised at three: the one WETH that is left suffices.
    vault.locked_eth = eth(10);
    vault.withdraw(ALICE, eth(4)).expect("a withdrawal");
    queue.finalize(&mut vault, 2).expect("a full batch");
    assert_eq!((vault.eth(), vault.weth()), (U256::ZERO, U256::ZERO));
}

#[test]
fn mechanics_4_5_only_whole_batches_of_ten_are_finalised() {
    let mut vault = vault_of(ALICE, eth(100), 100, 0);
    let mut queue = BatchQueue::new(U256::MAX);
    assert_eq!(queue.request(&mut vault, ALICE, ONE), Ok(10));
    requested(&mut queue, &mut vault, 8, ONE);
    assert_eq!(queue.finalize(&mut vault, 1), Err(PufferError::BatchesAreNotFull));
    assert_eq!(queue.complete(10), Err(PufferError::NotFinalized));
    requested(&mut queue, &mut vault, 1, ONE);
    let batch = FinalizedBatch { index: 1, rate: eth(1), transferred: eth(10) };
    assert_eq!(queue.finalize(&mut vault, 1), Ok(vec![batch]));
    assert_eq!(queue.finalize(&mut vault, 1), Err(PufferError::BatchAlreadyFinalized));
    assert_eq!(queue.finalize(&mut vault, 0), Err(PufferError::BatchAlreadyFinalized));
    // No fee, and each is paid once.
    assert_eq!(queue.complete(10), Ok(eth(1)));
    assert_eq!(queue.complete(10), Err(PufferError::WithdrawalAlreadyCompleted));
    assert_eq!(queue.complete(0), Err(PufferError::WithdrawalAlreadyCompleted));
    assert_eq!(queue.complete(20), Err(PufferError::NotFinalized));
    assert_eq!(queue.return_excess(&mut vault, &[1]), Err(PufferError::NotAllWithdrawalsClaimed));
    assert_eq!(queue.return_excess(&mut vault, &[2]), Err(PufferError::NoSuchBatch { index: 2 }));
}

#[test]
fn mechanics_4_5_each_user_gets_the_least_of_both_rates_and_the_rest_goes_back() {
    let mut vault = vault_of(ALICE, eth(100), 0, 0);
    let mut queue = BatchQueue::new(U256::MAX);
    // Five requests at a rate of one, five at 1.2 (less a wei of rounding).
    requested(&mut queue, &mut vault, 5, ONE);
    vault.locked_eth = eth(20);
    let high = eth(12) / wei(10) - wei(1);
    assert_eq!(vault.rate(), Ok(high));
    requested(&mut queue, &mut vault, 5, ONE);
    let batch = queue.batches()[1];
    assert_eq!((batch.to_burn, batch.to_transfer), (eth(10), eth(5) + high * wei(5)));

    // Finalised at 1.1: the batch pays min(11, 11) of it, the first five get one each, the others 1.1.
    vault.locked_eth = eth(10);
    let rate = eth(11) / wei(10) - wei(1);
    assert_eq!(vault.rate(), Ok(rate));
    let finalized = queue.finalize(&mut vault, 1).expect("a full batch");
    let expected = (eth(5) + high * wei(5)).min(rate * wei(10));
    assert_eq!(finalized[0].transferred, expected);
    for index in 10..15 {
        assert_eq!(queue.complete(index), Ok(eth(1)));
    }
    for index in 15..20 {
        assert_eq!(queue.complete(index), Ok(rate));
    }
    let excess = expected - eth(5) - rate * wei(5);
    assert_eq!(queue.return_excess(&mut vault, &[1]), Ok(excess));
    assert_eq!((queue.eth(), vault.eth()), (U256::ZERO, eth(95) - rate * wei(5)));
    assert_eq!(queue.return_excess(&mut vault, &[1]), Err(PufferError::AlreadyReturned));
}

#[test]
fn mechanics_4_5_the_rate_is_taken_anew_for_each_batch() {
    // Requests at one, a value of 1.5 at finalisation: the first batch leaves its gain to the second's rate.
    let mut vault = vault_of(ALICE, eth(40), 0, 0);
    let mut queue = BatchQueue::new(U256::MAX);
    requested(&mut queue, &mut vault, 2 * BATCH_SIZE, ONE);
    vault.locked_eth = eth(20);
    let finalized = queue.finalize(&mut vault, 2).expect("two full batches");
    let rates: Vec<_> = finalized.iter().map(|batch| batch.rate).collect();
    // 60 / 40, then 50 / 30, with the virtual unit rounding down.
    assert_eq!(rates, [eth(3) / wei(2) - wei(1), eth(5) / wei(3)]);
    assert!(finalized.iter().all(|batch| batch.transferred == eth(10)));
    assert_eq!(queue.finalized_batch(), 2);
}

#[test]
fn a_request_is_between_a_hundredth_and_the_limit_and_within_the_balance() {
    let mut vault = vault_of(ALICE, eth(2), 0, 0);
    let mut queue = BatchQueue::new(eth(3));
    let before = (queue.clone(), vault.clone());
    assert_eq!(queue.request(&mut vault, ALICE, ONE / 100 - 1), Err(PufferError::WithdrawalAmountTooLow));
    assert_eq!(queue.request(&mut vault, ALICE, 3 * ONE + 1), Err(PufferError::WithdrawalAmountTooHigh));
    assert_eq!(queue.request(&mut vault, ALICE, 2 * ONE + 1), Err(PufferError::InsufficientShares));
    assert_eq!((queue.clone(), vault.clone()), before);
    queue.request(&mut vault, ALICE, ONE / 100).expect("a request");
    queue.request(&mut vault, ALICE, 2 * ONE - ONE / 100).expect("a request");
    assert_eq!((queue.shares(), vault.shares_of(ALICE), vault.supply()), (eth(2), U256::ZERO, eth(2)));
}

#[test]
fn fields_of_a_batch_cut_revert_or_keep_as_their_widths_say() {
    // 2^88 + 1e18 shares are cut to 1e18 in the batch, although all of them are locked.
    let cut = (1_u128 << 88) + ONE;
    let mut vault = vault_of(ALICE, U256::from(cut), 0, 0);
    let mut queue = BatchQueue::new(U256::MAX);
    queue.request(&mut vault, ALICE, cut).expect("a request");
    assert_eq!((queue.batches()[1].to_burn, queue.shares()), (eth(1), U256::from(cut)));
    assert_eq!(queue.batches()[1].to_transfer, U256::from(cut));

    // Two requests of 2^87 fill the field by one too many.
    let half = 1_u128 << 87;
    let mut vault = vault_of(ALICE, U256::from(2 * half), 0, 0);
    let mut queue = BatchQueue::new(U256::MAX);
    queue.request(&mut vault, ALICE, half).expect("a request");
    let before = (queue.clone(), vault.clone());
    assert_eq!(queue.request(&mut vault, ALICE, half), Err(ArithmeticError::Overflow.into()));
    assert_eq!((queue, vault), before);

    // A batch keeps its rate in 64 bits: 18.4 ETH per share.
    let mut vault = vault_of(ALICE, eth(20), 0, 0);
    let mut queue = BatchQueue::new(U256::MAX);
    requested(&mut queue, &mut vault, BATCH_SIZE, ONE);
    vault.locked_eth = eth(400);
    let before = (queue.clone(), vault.clone());
    assert_eq!(queue.finalize(&mut vault, 1), Err(PufferError::SafeCastOverflow { bits: 64 }));
    assert_eq!((queue, vault), before);
}
