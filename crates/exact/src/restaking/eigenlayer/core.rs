//! The protocol's state in one strategy, and what stakers do to it.
//!
//! Every method is one transaction: it either happens as a whole or returns the revert and leaves the state as it was.

use ruint::aliases::U256;
use std::collections::BTreeMap;

use super::allocation::add_blocks;
use super::sets::OperatorSet;
use super::slashing_lib::{WAD_U64, mul_wad, scale_for_complete_withdrawal};
use super::{EigenLayerError, Operator, QueuedWithdrawal, Receipt, Staker, Withdrawal};
use crate::arithmetic::{add, sub};

/// `MAX_TOTAL_SHARES` of `strategies/StrategyBase.sol`.
const MAX_TOTAL_SHARES: U256 = U256::from_limbs([687_399_551_400_673_279, 5_421_010_862_427_522_170, 0, 0]);
const WEI_PER_GWEI: U256 = U256::from_limbs([1_000_000_000, 0, 0, 0]);

/// What is restaked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// An ERC-20 token.
    Token,
    /// Validators that withdraw to a pod: the beacon chain slashes too.
    NativeEth,
}

/// Stakers, operators, operator sets and withdrawals of one strategy. Numbers stand for addresses.
#[derive(Clone, Debug)]
pub struct Core {
    pub(super) strategy: Strategy,
    pub(super) block: u32,
    stakers: BTreeMap<u32, Staker>,
    pub(super) operators: BTreeMap<u32, Operator>,
    pub(super) sets: BTreeMap<u32, OperatorSet>,
    withdrawals: Vec<Option<Withdrawal>>,
    /// Shares of the token strategy's contract, those to be burned included.
    pub(super) strategy_shares: U256,
    pub(super) burnable_eth_shares: U256,
    pub(super) slashed: BTreeMap<(u32, u64), U256>,
}

impl Core {
    /// The empty protocol in a block.
    #[must_use]
    pub fn new(strategy: Strategy, block: u32) -> Self {
        Self {
            strategy,
            block,
            stakers: BTreeMap::new(),
            operators: BTreeMap::new(),
            sets: BTreeMap::new(),
            withdrawals: Vec::new(),
            strategy_shares: U256::ZERO,
            burnable_eth_shares: U256::ZERO,
            slashed: BTreeMap::new(),
        }
    }

    /// The current block.
    #[must_use]
    pub fn block(&self) -> u32 {
        self.block
    }

    /// A staker; one never seen holds nothing.
    #[must_use]
    pub fn staker(&self, staker: u32) -> Staker {
        self.stakers.get(&staker).copied().unwrap_or_default()
    }

    /// An operator.
    #[must_use]
    pub fn operator(&self, operator: u32) -> Option<&Operator> {
        self.operators.get(&operator)
    }

    /// A withdrawal that waits.
    #[must_use]
    pub fn withdrawal(&self, id: usize) -> Option<Withdrawal> {
        self.withdrawals.get(id).copied().flatten()
    }

    /// What a staker could queue and get if nothing else happened.
    ///
    /// # Errors
    /// When a product leaves the word.
    pub fn withdrawable(&self, staker: u32) -> Result<U256, EigenLayerError> {
        let staker = self.staker(staker);
        staker.withdrawable(self.max_magnitude(staker.operator))
    }

    /// Lets blocks pass; deallocations that fall due are completed.
    ///
    /// # Errors
    /// When the block number leaves 32 bits.
    pub fn roll_blocks(&mut self, blocks: u32) -> Result<(), EigenLayerError> {
        self.block = add_blocks(self.block, blocks, 0)?;
        self.operators.values_mut().try_for_each(|operator| operator.settle(self.block))
    }

    /// Deposits tokens, or reports a pod's greater balance.
    ///
    /// # Errors
    /// As the contracts revert.
    pub fn deposit(&mut self, staker: u32, amount: U256) -> Result<(), EigenLayerError> {
        let strategy_shares = match self.strategy {
            Strategy::Token if amount.is_zero() => return Err(EigenLayerError::NewSharesZero),
            Strategy::Token => {
                let total = add(self.strategy_shares, amount)?;
                if total > MAX_TOTAL_SHARES {
                    return Err(EigenLayerError::TotalSharesExceedsMax);
                }
                total
            }
            Strategy::NativeEth => {
                whole_gwei(amount)?;
                if amount.is_zero() {
                    return Ok(());
                }
                self.strategy_shares
            }
        };
        self.award(staker, amount)?;
        self.strategy_shares = strategy_shares;
        Ok(())
    }

    /// Delegates all of a staker's shares.
    ///
    /// # Errors
    /// As the contracts revert.
    pub fn delegate(&mut self, staker: u32, operator: u32) -> Result<(), EigenLayerError> {
        let mut state = self.staker(staker);
        if state.operator.is_some() {
            return Err(EigenLayerError::ActivelyDelegated);
        }
        let target = self.operators.get_mut(&operator).ok_or(EigenLayerError::OperatorNotRegistered)?;
        let gained = state.delegate(operator, target.max_magnitude())?;
        target.shares = add(target.shares, gained)?;
        self.stakers.insert(staker, state);
        Ok(())
    }

    /// Leaves the operator and queues everything; `None` where the staker holds nothing.
    ///
    /// # Errors
    /// As the contracts revert.
    pub fn undelegate(&mut self, staker: u32) -> Result<Option<QueuedWithdrawal>, EigenLayerError> {
        let deposit_shares = self.staker(staker).deposit_shares;
        if self.staker(staker).operator.is_none() {
            return Err(EigenLayerError::NotActivelyDelegated);
        }
        let queued = if deposit_shares.is_zero() {
            None
        } else {
            Some(self.queue_withdrawal(staker, deposit_shares)?)
        };
        self.stakers.entry(staker).or_default().operator = None;
        Ok(queued)
    }

    /// Puts deposit shares into the queue.
    ///
    /// # Errors
    /// As the contracts revert.
    pub fn queue_withdrawal(
        &mut self,
        staker: u32,
        deposit_shares: U256,
    ) -> Result<QueuedWithdrawal, EigenLayerError> {
        let mut state = self.staker(staker);
        let factor = state.slashing_factor(self.max_magnitude(state.operator))?;
        let withdrawable = state.scaling_factor.withdrawable(deposit_shares, factor)?;
        let scaled_shares = state.scaling_factor.scale_for_queue_withdrawal(deposit_shares)?;
        let booked = match state.operator.and_then(|operator| self.operators.get(&operator)) {
            Some(operator) => {
                let mut operator = operator.clone();
                operator.queue(withdrawable, scaled_shares, self.block)?;
                Some(operator)
            }
            None => None,
        };
        match self.strategy {
            Strategy::Token if deposit_shares.is_zero() => return Err(EigenLayerError::SharesAmountZero),
            Strategy::Token if deposit_shares > state.deposit_shares => {
                return Err(EigenLayerError::SharesAmountTooHigh);
            }
            Strategy::NativeEth if deposit_shares > state.deposit_shares => {
                return Err(EigenLayerError::SharesNegative);
            }
            _ => state.remove(deposit_shares)?,
        }
        if let (Some(number), Some(operator)) = (state.operator, booked) {
            self.operators.insert(number, operator);
        }
        self.stakers.insert(staker, state);
        let id = self.withdrawals.len();
        let operator = state.operator;
        self.withdrawals.push(Some(Withdrawal { staker, operator, start_block: self.block, scaled_shares }));
        Ok(QueuedWithdrawal { id, scaled_shares, withdrawable })
    }

    /// Pays a withdrawal out and returns its shares.
    ///
    /// # Errors
    /// As the contracts revert.
    pub fn complete_withdrawal(
        &mut self,
        caller: u32,
        id: usize,
        receipt: Receipt,
    ) -> Result<U256, EigenLayerError> {
        let withdrawal = self.withdrawal(id).ok_or(EigenLayerError::WithdrawalNotQueued)?;
        if withdrawal.staker != caller {
            return Err(EigenLayerError::WithdrawerNotCaller);
        }
        let slashable_until = withdrawal.slashable_until()?;
        if self.block <= slashable_until {
            return Err(EigenLayerError::WithdrawalDelayNotElapsed);
        }
        let from = withdrawal.operator.and_then(|operator| self.operators.get(&operator));
        let magnitude = from.map_or(WAD_U64, |operator| operator.max_magnitude_at(slashable_until));
        let factor = self.staker(caller).slashing_factor(magnitude)?;
        let payout = scale_for_complete_withdrawal(withdrawal.scaled_shares, factor)?;
        if !payout.is_zero() {
            match (receipt, self.strategy) {
                (Receipt::Shares, _) => self.award(caller, payout)?,
                (Receipt::Tokens, Strategy::Token) => self.take_from_strategy(payout)?,
                (Receipt::Tokens, Strategy::NativeEth) => {}
            }
        }
        self.withdrawals[id] = None;
        Ok(payout)
    }

    /// Reports a pod's loss at a checkpoint: `decrease` of `previous_balance`, validators and ETH in the pod.
    ///
    /// # Errors
    /// As the contracts revert.
    pub fn decrease_beacon_balance(
        &mut self,
        staker: u32,
        previous_balance: U256,
        decrease: U256,
    ) -> Result<(), EigenLayerError> {
        whole_gwei(decrease)?;
        if decrease.is_zero() {
            return Ok(());
        }
        let mut state = self.staker(staker);
        let fall = state.reduce_beacon_factor(previous_balance, decrease)?;
        if let Some(operator) = state.operator.and_then(|operator| self.operators.get_mut(&operator)) {
            let factor = mul_wad(U256::from(operator.max_magnitude()), U256::from(fall))?;
            let lost = state.scaling_factor.withdrawable(state.deposit_shares, factor)?;
            operator.shares = sub(operator.shares, lost)?;
        }
        self.stakers.insert(staker, state);
        Ok(())
    }

    /// Shares that a staker receives: from a deposit, or back from the queue.
    fn award(&mut self, staker: u32, shares: U256) -> Result<(), EigenLayerError> {
        let mut state = self.staker(staker);
        state.add(shares, self.max_magnitude(state.operator))?;
        if let Some(operator) = state.operator.and_then(|operator| self.operators.get_mut(&operator)) {
            operator.shares = add(operator.shares, shares)?;
        }
        self.stakers.insert(staker, state);
        Ok(())
    }

    /// Tokens that leave the strategy's contract.
    pub(super) fn take_from_strategy(&mut self, shares: U256) -> Result<(), EigenLayerError> {
        let left = self.strategy_shares.checked_sub(shares);
        self.strategy_shares = left.ok_or(EigenLayerError::WithdrawalAmountExceedsTotalDeposits)?;
        Ok(())
    }

    /// Nobody's magnitude is whole.
    fn max_magnitude(&self, operator: Option<u32>) -> u64 {
        operator.and_then(|operator| self.operators.get(&operator)).map_or(WAD_U64, Operator::max_magnitude)
    }
}

fn whole_gwei(amount: U256) -> Result<(), EigenLayerError> {
    if (amount % WEI_PER_GWEI).is_zero() { Ok(()) } else { Err(EigenLayerError::SharesNotMultipleOfGwei) }
}
