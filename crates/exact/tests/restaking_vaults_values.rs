//! Delays and shares of Symbiotic's and Karak's vaults.

use pegstress_exact::U256;
use pegstress_exact::restaking::karak::{self, KarakError};
use pegstress_exact::restaking::symbiotic::{SlashableStake, SymbioticError, Vault, VetoSlasher};

const DAY: u64 = 86_400;
const EPOCH: u64 = 7 * DAY;
const START: u64 = 1_700_000_000;

fn units(amount: u64) -> U256 {
    U256::from(amount)
}

/// A thousand staked by account 1, and 400 of them in two buckets: 100 since epoch 0 and 300 since epoch 1.
fn vault() -> Vault {
    let mut vault = Vault::new(START, EPOCH).expect("a vault");
    vault.deposit(1, units(1000)).expect("a deposit");
    vault.withdraw(1, units(100), START + DAY).expect("a withdrawal");
    vault.withdraw(1, units(300), START + EPOCH).expect("a withdrawal");
    vault
}

#[test]
fn mechanics_3_5_a_withdrawal_is_claimed_after_more_than_one_and_at_most_two_epochs() {
    for (second, waits) in [(0, 2 * EPOCH), (1, 2 * EPOCH - 1), (EPOCH - 1, EPOCH + 1), (EPOCH, 2 * EPOCH)] {
        let mut vault = Vault::new(START, EPOCH).expect("a vault");
        let asked = START + second;
        vault.deposit(1, units(50)).expect("a deposit");
        let epoch = vault.withdraw(1, units(50), asked).expect("a withdrawal").epoch;
        assert_eq!(vault.claimable_from(asked), Ok(asked + waits));
        assert_eq!(vault.claim(1, epoch, asked + waits - 1), Err(SymbioticError::InvalidEpoch));
        assert_eq!(vault.claim(1, epoch, asked + waits), Ok(units(50)));
        assert_eq!(vault.claim(1, epoch, asked + waits), Err(SymbioticError::AlreadyClaimed));
        assert_eq!(vault.claim(2, epoch, asked + waits), Err(SymbioticError::InsufficientClaim));
    }
}

#[test]
fn mechanics_3_5_a_slash_is_shared_by_active_stake_and_the_buckets_that_can_still_be_reached() {
    // In epoch 1 the buckets of epochs 1 and 2 wait. Something of this epoch does not touch the first.
    let now = START + EPOCH + DAY;
    let mut same = vault();
    assert_eq!(same.slash(units(90), now - 1, now), Ok(units(90)));
    assert_eq!(
        (same.active_stake(), same.withdrawals(2), same.withdrawals(1)),
        (units(540), units(270), units(100))
    );
    // Something of the epoch before touches both.
    let mut before = vault();
    assert_eq!(before.slash(units(100), START + EPOCH - 1, now), Ok(units(100)));
    assert_eq!(
        (before.active_stake(), before.withdrawals(2), before.withdrawals(1)),
        (units(540), units(270), units(90))
    );
    assert_eq!(before.withdrawals_of(2, 1), Ok(units(270)));
    // More than there is takes all there is.
    assert_eq!(before.slash(units(5000), START, now), Ok(units(900)));
    assert_eq!(before.active_balance_of(1), Ok(U256::ZERO));
    assert_eq!(before.slash(units(1), START, now + EPOCH), Err(SymbioticError::InvalidCaptureEpoch));
    assert_eq!(before.slash(units(1), now + EPOCH, now), Err(SymbioticError::InvalidCaptureEpoch));
}

#[test]
fn mechanics_3_5_networks_share_the_stake_and_take_what_is_left() {
    // Two networks with the same hundred at stake.
    let (mut first, mut second) =
        (VetoSlasher::new(EPOCH, DAY).expect("a slasher"), VetoSlasher::new(EPOCH, DAY).expect("a slasher"));
    let mut vault = Vault::new(START, EPOCH).expect("a vault");
    vault.deposit(1, units(100)).expect("a deposit");
    let (captured, asked, done) = (START + DAY, START + 2 * DAY, START + 3 * DAY);
    let mut taken = Vec::new();
    for slasher in [&mut first, &mut second] {
        let (request, amount) = slasher.request(units(70), units(100), captured, asked).expect("a request");
        assert_eq!(amount, units(70));
        assert_eq!(slasher.execute(request, done - 1), Err(SymbioticError::VetoPeriodNotEnded));
        let (amount, captured) = slasher.execute(request, done).expect("a slash");
        taken.push(vault.slash(amount, captured, done).expect("a slash"));
        assert_eq!(slasher.execute(request, done), Err(SymbioticError::SlashRequestCompleted));
        // Of the hundred of that moment, thirty are left to the network.
        let (_, amount) = slasher.request(units(70), units(100), captured, done).expect("a request");
        assert_eq!(amount, units(30));
    }
    assert_eq!(taken, [units(70), units(30)]);
}

#[test]
fn mechanics_3_5_a_veto_fits_into_an_epoch_and_ends_within_one_of_the_capture() {
    assert_eq!(VetoSlasher::new(EPOCH, EPOCH).map(|_| ()), Err(SymbioticError::InvalidVetoDuration));
    let mut slasher = VetoSlasher::new(EPOCH, 2 * DAY).expect("a slasher");
    let captured = START + DAY;
    let late = captured + 5 * DAY;
    let refused = slasher.request(units(1), units(1), captured, late + 1);
    assert_eq!(refused, Err(SymbioticError::InvalidCaptureTimestamp));
    let refused = slasher.request(units(1), units(1), late, late);
    assert_eq!(refused, Err(SymbioticError::InvalidCaptureTimestamp));
    assert_eq!(slasher.request(units(1), U256::ZERO, captured, late), Err(SymbioticError::InsufficientSlash));
    let (request, _) = slasher.request(units(1), units(1), captured, late).expect("in time");
    let (vetoed, _) = slasher.request(units(1), units(1), captured, late).expect("in time");
    assert_eq!(slasher.veto(vetoed, late + 2 * DAY), Err(SymbioticError::VetoPeriodEnded));
    assert_eq!(slasher.veto(vetoed, late + 2 * DAY - 1), Ok(()));
    assert_eq!(slasher.veto(vetoed, late), Err(SymbioticError::SlashRequestCompleted));
    assert_eq!(slasher.execute(vetoed, late + 2 * DAY), Err(SymbioticError::SlashRequestCompleted));
    assert_eq!(slasher.execute(request, captured + EPOCH + 1), Err(SymbioticError::SlashPeriodEnded));
    assert_eq!(slasher.execute(request, captured + EPOCH), Ok((units(1), captured)));
    assert_eq!(slasher.execute(9, late), Err(SymbioticError::SlashRequestNotExist));
    // A capture before one that was slashed is out of date.
    let mut slasher = VetoSlasher::new(EPOCH, 0).expect("a slasher");
    let (older, _) = slasher.request(units(1), units(1), captured - 1, captured + 1).expect("in time");
    let (newer, _) = slasher.request(units(1), units(1), captured, captured + 1).expect("in time");
    slasher.execute(newer, captured + 1).expect("a slash");
    assert_eq!(slasher.execute(older, captured + 1), Err(SymbioticError::OutdatedCaptureTimestamp));
    assert_eq!(SlashableStake::default().left(units(5), captured, captured, EPOCH), U256::ZERO);
}

#[test]
fn a_symbiotic_vault_refuses_what_is_nothing_or_not_there() {
    assert_eq!(Vault::new(START, 0).map(|_| ()), Err(SymbioticError::InvalidEpochDuration));
    let mut vault = vault();
    assert_eq!(vault.epoch_duration(), EPOCH);
    assert_eq!(vault.deposit(1, U256::ZERO), Err(SymbioticError::InsufficientDeposit));
    assert_eq!(vault.withdraw(1, U256::ZERO, START), Err(SymbioticError::InsufficientWithdrawal));
    assert_eq!(vault.withdraw(1, units(601), START), Err(SymbioticError::TooMuchWithdraw));
    assert_eq!(vault.withdraw(1, units(1), START - 1), Err(SymbioticError::InvalidTimestamp));
    assert_eq!(vault.active_stake(), units(600));
}

/// A vault with a thousand of account 1, staked to service 7 on the ninth day.
fn karak_vault() -> karak::Vault {
    let mut vault = karak::Vault::default();
    vault.register_service(7, karak::HUNDRED_PERCENT / units(2)).expect("a service");
    vault.request_stake_update(7, true, START).expect("a change");
    assert_eq!(vault.request_stake_update(7, true, START), Err(KarakError::PendingStakeUpdateRequest));
    assert_eq!(vault.request_slash(7, units(1), START), Err(KarakError::VaultNotStaked));
    assert_eq!(vault.finalize_stake_update(START + 9 * DAY - 1), Err(KarakError::StakeUpdateDelayNotPassed));
    vault.finalize_stake_update(START + 9 * DAY).expect("a change");
    assert_eq!(vault.finalize_stake_update(START + 9 * DAY), Err(KarakError::InvalidStakeUpdate));
    vault.deposit(1, units(1000)).expect("a deposit");
    vault
}

#[test]
fn mechanics_3_6_a_redemption_waits_nine_days_and_bears_every_slash_of_them() {
    assert_eq!(karak::MIN_WITHDRAWAL_DELAY_SECS, 9 * DAY);
    let mut vault = karak_vault();
    let asked = START + 10 * DAY;
    assert_eq!(vault.start_redeem(1, units(1001), asked), Err(KarakError::InsufficientBalance));
    assert_eq!(vault.start_redeem(1, U256::ZERO, asked), Err(KarakError::ZeroShares));
    let redemption = vault.start_redeem(1, units(500), asked).expect("a redemption");
    // Asked for on the seventh day, taken on the ninth: the redemption is still there.
    let half = karak::HUNDRED_PERCENT / units(2);
    let (slash, earmarked) = vault.request_slash(7, half, asked + 7 * DAY).expect("a request");
    assert_eq!(earmarked, units(500));
    assert_eq!(
        vault.finish_redeem(redemption, asked + 9 * DAY - 1),
        Err(KarakError::MinWithdrawDelayNotPassed)
    );
    assert_eq!(vault.finalize_slash(slash, asked + 9 * DAY - 1), Err(KarakError::MinSlashingDelayNotPassed));
    assert_eq!(vault.finalize_slash(slash, asked + 9 * DAY), Ok(units(500)));
    assert_eq!(vault.finalize_slash(slash, asked + 9 * DAY), Err(KarakError::InvalidSlashing));
    // 500 of 1000 shares of 500: floor(500 * 501 / 1001).
    assert_eq!(vault.finish_redeem(redemption, asked + 9 * DAY), Ok(units(250)));
    assert_eq!(vault.finish_redeem(redemption, asked + 9 * DAY), Err(KarakError::WithdrawalNotFound));
    assert_eq!(vault.total_assets(), units(250));
}

#[test]
fn mechanics_3_6_a_service_slashes_every_two_days_at_most_and_no_more_than_it_may() {
    assert_eq!(karak::SLASHING_COOLDOWN_SECS, 2 * DAY);
    let mut vault = karak_vault();
    let (now, half) = (START + 10 * DAY, karak::HUNDRED_PERCENT / units(2));
    assert_eq!(vault.request_slash(7, half + U256::ONE, now), Err(KarakError::MaxSlashPercentageBreached));
    assert_eq!(vault.request_slash(7, U256::ZERO, now), Err(KarakError::ZeroSlashPercentage));
    assert_eq!(vault.request_slash(8, half, now), Err(KarakError::VaultNotStaked));
    let (first, _) = vault.request_slash(7, half, now).expect("a request");
    assert_eq!(vault.request_slash(7, half, now + 2 * DAY - 1), Err(KarakError::SlashingCooldownNotPassed));
    // What was earmarked before is not known to the next request: both halves of the same thousand.
    let (second, earmarked) = vault.request_slash(7, half, now + 2 * DAY).expect("a request");
    assert_eq!(earmarked, units(500));
    let (third, _) = vault.request_slash(7, half, now + 4 * DAY).expect("a request");
    assert_eq!(vault.cancel_slash(third), Ok(()));
    assert_eq!(vault.cancel_slash(third), Err(KarakError::InvalidSlashing));
    assert_eq!(vault.finalize_slash(first, now + 4 * DAY), Ok(units(500)));
    assert_eq!(vault.finalize_slash(second, now + 4 * DAY), Ok(units(500)));
    assert_eq!(vault.convert_to_assets(units(1000)), Ok(U256::ZERO));
    assert_eq!(vault.register_service(7, half), Err(KarakError::ServiceAlreadyRegistered));
    assert_eq!(vault.deposit(1, U256::ZERO), Err(KarakError::ZeroAmount));
}
