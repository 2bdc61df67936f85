//! The epochs of a [`SlashedSet`]: groups of validators with one state.

use super::attestation::{ParticipatingBalances, Participation};
use super::checked::{add, mul};
use super::fork::Fork;
use super::settlement::EpochEnd;
use super::slashed_set::{MAX_EPOCHS, SlashedSet, SlashedSetError};
use super::slashing::correlation_epoch;
use super::slashings_vector::SlashingsVector;
use super::validator::{FAR_FUTURE_EPOCH, Validator, ValidatorError, total_balance};
use std::collections::VecDeque;

/// Validators with one state.
#[derive(Debug)]
struct Group {
    validator: Validator,
    members: u64,
    /// Members that count as stake.
    active: u64,
}

/// The set on its way out. Groups become withdrawable together and stand in the order of the exit queue: so do their
/// correlation and withdrawable epochs.
#[derive(Debug)]
pub(super) struct Run {
    slashings: SlashingsVector,
    others_balance: u64,
    balance_before: u64,
    /// All who have not paid the correlation penalty: nothing tells them apart until then.
    unpaid: Group,
    groups: Vec<Group>,
    /// So many groups have left `unpaid`.
    paid: usize,
    /// So many are withdrawable and charged no more.
    withdrawable: usize,
    /// What those have left.
    withdrawable_balance: u64,
    /// Exits to come: epoch, group, validators.
    exits: VecDeque<(u64, usize, u64)>,
}

impl Run {
    pub(super) fn slash_all(set: &SlashedSet) -> Result<Self, SlashedSetError> {
        let others_balance = set.others_balance()?;
        let mut slashings = SlashingsVector::at_end_of(set.epoch, &set.other_slashings)?;
        let mut queue = set.exit_queue;
        let mut groups: Vec<Group> = Vec::new();
        let mut exits: VecDeque<(u64, usize, u64)> = VecDeque::new();
        let mut last = set.validator;
        for _ in 0..set.validators {
            let mut validator = set.validator;
            validator.slash(set.fork, &mut queue, &mut slashings, set.epoch, set.stake)?;
            let epochs = validator.withdrawable_epoch - set.epoch;
            if epochs > MAX_EPOCHS {
                return Err(SlashedSetError::QueueTooLong { epochs });
            }
            match groups.last_mut() {
                Some(last) if last.validator.withdrawable_epoch == validator.withdrawable_epoch => {
                    last.members += 1;
                }
                _ => groups.push(Group { validator, members: 1, active: 0 }),
            }
            let group = groups.len() - 1;
            match exits.back_mut() {
                Some(last) if (last.0, last.1) == (validator.exit_epoch, group) => last.2 += 1,
                _ => exits.push_back((validator.exit_epoch, group, 1)),
            }
            last = validator;
        }
        for group in &mut groups {
            group.active = group.members;
        }
        // Nobody is withdrawable before it has paid.
        let validator = Validator { withdrawable_epoch: FAR_FUTURE_EPOCH, ..last };
        Ok(Self {
            slashings,
            others_balance,
            balance_before: mul(set.validators, set.validator.balance)?,
            unpaid: Group { validator, members: set.validators, active: set.validators },
            groups,
            paid: 0,
            withdrawable: 0,
            withdrawable_balance: 0,
            exits,
        })
    }

    /// Epoch in which the last can be withdrawn; the epoch given where there is none.
    pub(super) fn end(&self, empty: u64) -> u64 {
        self.groups.last().map_or(empty, |last| last.validator.withdrawable_epoch)
    }

    /// The steps at the end of an epoch, in the spec's order.
    pub(super) fn end_epoch(&mut self, set: &SlashedSet, epoch: u64) -> Result<(), SlashedSetError> {
        // Those of the set's own epoch are in the vector since the start.
        if let Some(&amount) = set.other_slashings.get(&epoch).filter(|_| epoch > set.epoch) {
            self.slashings.add(epoch, amount)?;
        }
        while let Some((_, group, validators)) = self.exits.pop_front_if(|exit| exit.0 <= epoch) {
            self.groups[group].active -= validators;
            if group >= self.paid {
                self.unpaid.active -= validators;
            }
        }
        let total_active_balance = self.total_active_balance()?;
        let others = self.others_balance;
        let end = EpochEnd {
            fork: set.fork,
            epoch,
            total_active_balance,
            participating: ParticipatingBalances { source: others, target: others, head: others },
            leaking: epoch - set.epoch < set.leak_epochs,
        };
        for group in self.charged_mut() {
            end.settle(&mut group.validator, Participation::NONE)?;
        }
        self.charge_correlation(set.fork, epoch, total_active_balance)?;
        for group in self.charged_mut() {
            group.validator.update_effective_balance(set.fork)?;
        }
        self.slashings.reset_after(epoch);
        while let Some(group) = self.groups[..self.paid].get(self.withdrawable) {
            if group.validator.withdrawable_epoch > epoch + 1 {
                break;
            }
            let left = mul(group.members, group.validator.balance)?;
            self.withdrawable_balance = add(self.withdrawable_balance, left)?;
            self.withdrawable += 1;
        }
        Ok(())
    }

    fn charge_correlation(
        &mut self,
        fork: Fork,
        epoch: u64,
        total_active_balance: u64,
    ) -> Result<(), ValidatorError> {
        let slashed_balance = self.slashings.sum();
        while let Some(group) = self.groups.get_mut(self.paid) {
            if correlation_epoch(group.validator.withdrawable_epoch) != Some(epoch) {
                break;
            }
            let (exit_epoch, withdrawable_epoch) =
                (group.validator.exit_epoch, group.validator.withdrawable_epoch);
            group.validator = Validator { exit_epoch, withdrawable_epoch, ..self.unpaid.validator };
            group.validator.charge_correlation(fork, epoch, slashed_balance, total_active_balance)?;
            self.unpaid.members -= group.members;
            self.unpaid.active -= group.active;
            self.paid += 1;
        }
        Ok(())
    }

    fn charged(&self) -> impl Iterator<Item = &Group> {
        self.groups[self.withdrawable..self.paid].iter().chain([&self.unpaid])
    }

    fn charged_mut(&mut self) -> impl Iterator<Item = &mut Group> {
        self.groups[self.withdrawable..self.paid].iter_mut().chain([&mut self.unpaid])
    }

    fn total_active_balance(&self) -> Result<u64, ValidatorError> {
        let mut total = self.others_balance;
        for group in self.charged() {
            total = add(total, mul(group.active, group.validator.effective_balance)?)?;
        }
        total_balance([total])
    }

    pub(super) fn loss(&self) -> Result<u64, ValidatorError> {
        let mut left = self.withdrawable_balance;
        for group in self.charged() {
            left = add(left, mul(group.members, group.validator.balance)?)?;
        }
        // Nobody in the set earns anything.
        Ok(self.balance_before.saturating_sub(left))
    }
}
