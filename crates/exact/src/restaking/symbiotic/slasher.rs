//! When a network may slash an operator's stake, and how much of it.

use ruint::aliases::U256;

use super::SymbioticError;
use crate::ArithmeticError;
use crate::arithmetic::add;

/// What a network has slashed an operator, by time: `cumulativeSlash` and its history.
#[derive(Clone, Debug, Default)]
pub struct SlashableStake {
    cumulative: Vec<(u64, U256)>,
}

impl SlashableStake {
    /// What of the stake at the capture can still be slashed: nothing once it is an epoch old, or before it is past.
    #[must_use]
    pub fn left(&self, stake_at_capture: U256, captured: u64, now: u64, epoch_duration: u64) -> U256 {
        if captured >= now || captured < now.saturating_sub(epoch_duration) {
            return U256::ZERO;
        }
        let total = self.cumulative.last().map_or(U256::ZERO, |&(_, total)| total);
        let after = self.cumulative.partition_point(|&(time, _)| time <= captured);
        let before = self.cumulative[..after].last().map_or(U256::ZERO, |&(_, total)| total);
        // The cumulated slash never falls.
        stake_at_capture.saturating_sub(total.saturating_sub(before))
    }

    fn push(&mut self, now: u64, amount: U256) -> Result<(), SymbioticError> {
        let total = add(self.cumulative.last().map_or(U256::ZERO, |&(_, total)| total), amount)?;
        match self.cumulative.last_mut() {
            Some(last) if last.0 >= now => last.1 = total,
            _ => self.cumulative.push((now, total)),
        }
        Ok(())
    }
}

#[derive(Clone, Copy, Debug)]
struct Request {
    amount: U256,
    stake_at_capture: U256,
    captured: u64,
    veto_deadline: u64,
    completed: bool,
}

/// The slasher with a veto, for one network and operator and with a resolver: a request, time for a veto, execution.
#[derive(Clone, Debug)]
pub struct VetoSlasher {
    epoch_duration: u64,
    veto_duration: u64,
    latest_captured: u64,
    stake: SlashableStake,
    requests: Vec<Request>,
}

impl VetoSlasher {
    /// A slasher of a vault with this epoch; the veto must fit into one.
    ///
    /// # Errors
    /// When it does not.
    pub fn new(epoch_duration: u64, veto_duration: u64) -> Result<Self, SymbioticError> {
        if veto_duration >= epoch_duration {
            return Err(SymbioticError::InvalidVetoDuration);
        }
        let (stake, requests) = (SlashableStake::default(), Vec::new());
        Ok(Self { epoch_duration, veto_duration, latest_captured: 0, stake, requests })
    }

    /// Asks to slash for something at `captured`, when the operator had `stake_at_capture` at stake for the network;
    /// returns the request's number and amount.
    ///
    /// # Errors
    /// As the contract reverts: when the veto would end an epoch after the capture or later, or nothing is slashable.
    pub fn request(
        &mut self,
        amount: U256,
        stake_at_capture: U256,
        captured: u64,
        now: u64,
    ) -> Result<(usize, U256), SymbioticError> {
        let veto_deadline = now.checked_add(self.veto_duration).ok_or(ArithmeticError::Overflow)?;
        let earliest = veto_deadline.checked_sub(self.epoch_duration).ok_or(ArithmeticError::Underflow)?;
        if captured < earliest || captured >= now {
            return Err(SymbioticError::InvalidCaptureTimestamp);
        }
        let amount = amount.min(self.stake.left(stake_at_capture, captured, now, self.epoch_duration));
        if amount.is_zero() {
            return Err(SymbioticError::InsufficientSlash);
        }
        self.requests.push(Request { amount, stake_at_capture, captured, veto_deadline, completed: false });
        Ok((self.requests.len() - 1, amount))
    }

    /// Executes a request after the veto and within an epoch of the capture; returns what the vault is to slash and the
    /// time of the capture.
    ///
    /// # Errors
    /// As the contract reverts.
    pub fn execute(&mut self, request: usize, now: u64) -> Result<(U256, u64), SymbioticError> {
        let entry = self.requests.get_mut(request).ok_or(SymbioticError::SlashRequestNotExist)?;
        if entry.veto_deadline > now {
            return Err(SymbioticError::VetoPeriodNotEnded);
        }
        if now - entry.captured > self.epoch_duration {
            return Err(SymbioticError::SlashPeriodEnded);
        }
        if entry.captured < self.latest_captured {
            return Err(SymbioticError::OutdatedCaptureTimestamp);
        }
        if entry.completed {
            return Err(SymbioticError::SlashRequestCompleted);
        }
        let left = self.stake.left(entry.stake_at_capture, entry.captured, now, self.epoch_duration);
        let amount = entry.amount.min(left);
        self.stake.push(now, amount)?;
        entry.completed = true;
        self.latest_captured = entry.captured;
        Ok((amount, entry.captured))
    }

    /// The resolver stops a request before its deadline.
    ///
    /// # Errors
    /// As the contract reverts.
    pub fn veto(&mut self, request: usize, now: u64) -> Result<(), SymbioticError> {
        let entry = self.requests.get_mut(request).ok_or(SymbioticError::SlashRequestNotExist)?;
        if entry.veto_deadline <= now {
            return Err(SymbioticError::VetoPeriodEnded);
        }
        if entry.completed {
            return Err(SymbioticError::SlashRequestCompleted);
        }
        entry.completed = true;
        Ok(())
    }
}
