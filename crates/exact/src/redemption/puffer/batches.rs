//! Withdrawals without fee, ten to a batch (`PufferWithdrawalManager.sol`).
//!
//! A request of `a_i` shares locks them at the rate `r_i`. Finalisation takes every batch in turn at the vault's rate
//! `r` of that moment, which already knows the batches before it; the vault pays
//!
//! ```text
//! transfer = min(sum floor(a_i r_i / 1e18), floor(r sum a_i / 1e18))        paid_i = floor(a_i min(r_i, r) / 1e18)
//! ```
//!
//! and burns the batch's shares. What the ten payments leave of the transfer goes back once all ten are made. Requests
//! of a batch that never fills cannot be finalised.

use super::PufferError;
use super::vault::{ONE, Vault};
use crate::U256;
use crate::arithmetic::{add, mul_div_down, sub};

/// Withdrawals in a batch.
pub const BATCH_SIZE: usize = 10;

const MIN_WITHDRAWAL_WEI: u64 = 10_000_000_000_000_000;
// Widths of the fields of a batch.
const TO_BURN_BITS: usize = 88;
const TO_TRANSFER_BITS: usize = 96;
const BATCH_RATE_BITS: usize = 64;
const WITHDRAWAL_RATE_BITS: usize = 128;
const AMOUNT_CLAIMED_BITS: usize = 128;

/// A withdrawal that is not paid yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// Who is paid.
    pub recipient: u64,
    /// Shares locked.
    pub pufeth_amount: U256,
    /// Assets per share of 1e18 at the request.
    pub rate: U256,
}

/// Ten withdrawals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Shares of the batch.
    pub to_burn: U256,
    /// Their value at the requests.
    pub to_transfer: U256,
    /// Rate at which the batch was finalised; zero until then.
    pub rate: U256,
    /// Withdrawals paid.
    pub withdrawals_claimed: usize,
    /// Sum of the payments; the whole value once the rest is returned.
    pub amount_claimed: U256,
}

impl Batch {
    /// What the vault pays for the batch at a rate.
    fn transfer_at(&self, rate: U256) -> Result<U256, PufferError> {
        Ok(mul_div_down(self.to_burn, rate, ONE)?.min(self.to_transfer))
    }
}

/// A batch that was finalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FinalizedBatch {
    /// Its index.
    pub index: usize,
    /// The vault's rate.
    pub rate: U256,
    /// ETH that the vault paid.
    pub transferred: U256,
}

/// The queue of batches. The first batch is a dummy, so that real withdrawals begin with index 10 in batch 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchQueue {
    /// Most shares in a request.
    pub max_withdrawal: U256,
    eth: U256,
    shares: U256,
    withdrawals: Vec<Option<Withdrawal>>,
    batches: Vec<Batch>,
    finalized_batch: usize,
}

impl BatchQueue {
    /// An empty queue with a limit for requests.
    #[must_use]
    pub fn new(max_withdrawal: U256) -> Self {
        Self {
            max_withdrawal,
            eth: U256::ZERO,
            shares: U256::ZERO,
            withdrawals: vec![None; BATCH_SIZE],
            batches: vec![Batch::default()],
            finalized_batch: 0,
        }
    }

    /// ETH received for finalised batches and not yet paid.
    #[must_use]
    pub fn eth(&self) -> U256 {
        self.eth
    }

    /// Shares locked for batches that are not final.
    #[must_use]
    pub fn shares(&self) -> U256 {
        self.shares
    }

    /// Last batch that is final.
    #[must_use]
    pub fn finalized_batch(&self) -> usize {
        self.finalized_batch
    }

    /// The withdrawals that wait for payment, by index; nothing where one is paid.
    #[must_use]
    pub fn withdrawals(&self) -> &[Option<Withdrawal>] {
        &self.withdrawals
    }

    /// The batches, by index.
    #[must_use]
    pub fn batches(&self) -> &[Batch] {
        &self.batches
    }

    /// Locks a user's shares at the rate of now; returns the withdrawal's index.
    ///
    /// # Errors
    /// When the amount is out of range, the user has too little or a field overflows; nothing is then changed.
    pub fn request(
        &mut self,
        vault: &mut Vault,
        user: u64,
        pufeth_amount: u128,
    ) -> Result<usize, PufferError> {
        let amount = U256::from(pufeth_amount);
        if amount < U256::from(MIN_WITHDRAWAL_WEI) {
            return Err(PufferError::WithdrawalAmountTooLow);
        }
        if amount > self.max_withdrawal {
            return Err(PufferError::WithdrawalAmountTooHigh);
        }
        if vault.shares_of(user) < amount {
            return Err(PufferError::InsufficientShares);
        }
        let index = self.withdrawals.len();
        let batch_index = index / BATCH_SIZE;
        let rate = vault.rate()?;
        let value = mul_div_down(amount, rate, ONE)?;
        let mut batch = self.batches.get(batch_index).copied().unwrap_or_default();
        batch.to_burn = accumulate(batch.to_burn, amount, TO_BURN_BITS)?;
        batch.to_transfer = accumulate(batch.to_transfer, value, TO_TRANSFER_BITS)?;
        let rate = safe_cast(rate, WITHDRAWAL_RATE_BITS)?;
        let shares = add(self.shares, amount)?;

        vault.take_shares(user, amount)?;
        self.shares = shares;
        match self.batches.get_mut(batch_index) {
            Some(open) => *open = batch,
            None => self.batches.push(batch),
        }
        self.withdrawals.push(Some(Withdrawal { recipient: user, pufeth_amount: amount, rate }));
        Ok(index)
    }

    /// Pays and burns every batch up to `last`, each at the rate that the ones before it left.
    ///
    /// # Errors
    /// When a batch is not full, `last` is final already, the vault holds too little, or a field overflows; nothing is
    /// then changed.
    pub fn finalize(&mut self, vault: &mut Vault, last: usize) -> Result<Vec<FinalizedBatch>, PufferError> {
        if last >= self.withdrawals.len() / BATCH_SIZE {
            return Err(PufferError::BatchesAreNotFull);
        }
        if last <= self.finalized_batch {
            return Err(PufferError::BatchAlreadyFinalized);
        }
        let (mut queue_after, mut vault_after) = (self.clone(), vault.clone());
        let mut finalized = Vec::new();
        let first = self.finalized_batch + 1;
        for (index, batch) in queue_after.batches.iter_mut().enumerate().take(last + 1).skip(first) {
            let rate = vault_after.rate()?;
            let transferred = batch.transfer_at(rate)?;
            vault_after.send_eth(transferred)?;
            queue_after.eth = add(queue_after.eth, transferred)?;
            queue_after.shares =
                queue_after.shares.checked_sub(batch.to_burn).ok_or(PufferError::InsufficientShares)?;
            vault_after.burn(batch.to_burn)?;
            batch.rate = safe_cast(rate, BATCH_RATE_BITS)?;
            finalized.push(FinalizedBatch { index, rate, transferred });
        }
        queue_after.finalized_batch = last;
        (*self, *vault) = (queue_after, vault_after);
        Ok(finalized)
    }

    /// Pays a withdrawal of a final batch; returns the payment.
    ///
    /// # Errors
    /// When the batch is not final or the withdrawal paid already; the queue is then unchanged.
    pub fn complete(&mut self, index: usize) -> Result<U256, PufferError> {
        let batch_index = index / BATCH_SIZE;
        if batch_index > self.finalized_batch {
            return Err(PufferError::NotFinalized);
        }
        let slot = self.withdrawals.get_mut(index).ok_or(PufferError::NotFinalized)?;
        let withdrawal = slot.ok_or(PufferError::WithdrawalAlreadyCompleted)?;
        let batch =
            self.batches.get_mut(batch_index).ok_or(PufferError::NoSuchBatch { index: batch_index })?;
        let paid = mul_div_down(withdrawal.pufeth_amount, withdrawal.rate.min(batch.rate), ONE)?;
        let claimed = add(batch.amount_claimed, safe_cast(paid, AMOUNT_CLAIMED_BITS)?)?;
        let claimed = within(claimed, AMOUNT_CLAIMED_BITS)?;
        self.eth = self.eth.checked_sub(paid).ok_or(PufferError::InsufficientLiquidity)?;
        batch.amount_claimed = claimed;
        batch.withdrawals_claimed += 1;
        *slot = None;
        Ok(paid)
    }

    /// Returns to the vault what paid batches left of their transfers; the sum of it.
    ///
    /// # Errors
    /// When a withdrawal of a batch is not paid or a batch has nothing to return; nothing is then changed.
    pub fn return_excess(&mut self, vault: &mut Vault, indices: &[usize]) -> Result<U256, PufferError> {
        let mut batches = self.batches.clone();
        let mut total = U256::ZERO;
        for &index in indices {
            let batch = batches.get_mut(index).ok_or(PufferError::NoSuchBatch { index })?;
            if batch.withdrawals_claimed != BATCH_SIZE {
                return Err(PufferError::NotAllWithdrawalsClaimed);
            }
            if batch.amount_claimed == batch.to_transfer {
                return Err(PufferError::AlreadyReturned);
            }
            total = add(total, sub(batch.transfer_at(batch.rate)?, batch.amount_claimed)?)?;
            batch.amount_claimed = batch.to_transfer;
        }
        let eth = self.eth.checked_sub(total).ok_or(PufferError::InsufficientLiquidity)?;
        vault.receive_eth(total)?;
        self.eth = eth;
        self.batches = batches;
        Ok(total)
    }
}

/// `sum + addend` in a field of `bits`, the addend cut to the field first, as an explicit conversion does it.
fn accumulate(sum: U256, addend: U256, bits: usize) -> Result<U256, PufferError> {
    let mask = (U256::ONE << bits).wrapping_sub(U256::ONE);
    within(add(sum, addend & mask)?, bits)
}

/// A sum that must fit its field.
fn within(sum: U256, bits: usize) -> Result<U256, PufferError> {
    if sum.bit_len() > bits { Err(crate::ArithmeticError::Overflow.into()) } else { Ok(sum) }
}

/// A value that is converted with a check.
fn safe_cast(value: U256, bits: usize) -> Result<U256, PufferError> {
    if value.bit_len() > bits { Err(PufferError::SafeCastOverflow { bits }) } else { Ok(value) }
}
