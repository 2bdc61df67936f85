//! Requests to leave or to withdraw a part: from the execution layer (EIP-7002) and voluntary exits.
//!
//! A request that breaks a rule is ignored and leaves the clock alone. A withdrawal of a part consumes exit churn like an
//! exit, and what earlier requests of the validator wait for is not there any more:
//!
//! ```text
//! amount 0:  exit, if nothing is pending
//! else:      0x02 only, effective balance >= 32 ETH, balance > 32 ETH + pending;
//!            queued = min(balance - 32 ETH - pending, amount)
//! ```
//!
//! Source: ethereum/consensus-specs at a08d8a6e, `specs/electra/beacon-chain.md` (`process_withdrawal_request`,
//! `process_voluntary_exit`).
//!
//! Units: Gwei and epochs. Domain: all of `u64`.

use super::exit_clock::{ExitClockError, withdrawable_epoch};
use super::exit_queues::ExitQueues;
use super::registry::{Credentials, MIN_ACTIVATION_BALANCE_GWEI, RegistryEntry};

/// Epochs a validator must have been active before it may leave or withdraw a part.
pub const SHARD_COMMITTEE_PERIOD_EPOCHS: u64 = 256;

/// Withdrawals of a part that can wait at once, over all validators.
pub const PENDING_PARTIALS_LIMIT: u64 = 1 << 27;

/// Where a request meets the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestContext {
    /// The epoch of the block that holds it.
    pub current_epoch: u64,
    /// The stake, in Gwei.
    pub total_active_balance: u64,
    /// Gwei of this validator that wait to be withdrawn.
    pub pending_of_validator: u64,
    /// Withdrawals of a part that wait, over all validators.
    pub pending_partials: u64,
}

/// A request from the execution layer for a validator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WithdrawalRequest {
    /// Whether it comes from the address in the validator's credentials.
    pub is_from_credentials: bool,
    /// Gwei wanted; 0 asks for a full exit.
    pub amount: u64,
}

/// Why a request is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Ignored {
    /// As many withdrawals wait as the chain keeps.
    #[error("the queue of withdrawals in part is full")]
    QueueFull,
    /// No validator has this key.
    #[error("no such validator")]
    UnknownValidator,
    /// 0x00 credentials name no address.
    #[error("the credentials have no address")]
    NoAddress,
    /// Another address than the one in the credentials asks.
    #[error("the request does not come from the address of the credentials")]
    WrongSource,
    /// Not yet active, or not any more.
    #[error("the validator is not active")]
    Inactive,
    /// It has an exit epoch.
    #[error("the validator is exiting")]
    Exiting,
    /// Active for less than 256 epochs.
    #[error("the validator has been active for less than 256 epochs")]
    TooYoung,
    /// An exit while withdrawals of a part are pending.
    #[error("withdrawals in part of the validator are pending")]
    PartialsPending,
    /// Only 0x02 credentials can withdraw a part.
    #[error("the credentials do not compound")]
    NotCompounding,
    /// The effective balance is below 32 ETH.
    #[error("the effective balance is below 32 ETH")]
    LowEffectiveBalance,
    /// Nothing is left above 32 ETH and what is pending.
    #[error("there is no balance above 32 ETH and what is pending")]
    NoExcess,
}

/// Why a block must not hold a voluntary exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VoluntaryExitError {
    /// A rule that would have a request ignored.
    #[error("{0}")]
    Refused(Ignored),
    /// The clock has no epoch for it.
    #[error(transparent)]
    Clock(#[from] ExitClockError),
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestOutcome {
    /// Nothing.
    Ignored(Ignored),
    /// The validator leaves; its epochs are set.
    ExitInitiated,
    /// A part waits for its epoch.
    PartialQueued {
        /// Gwei that wait, perhaps less than asked for.
        amount: u64,
        /// First epoch in which they can be paid out.
        withdrawable_epoch: u64,
    },
}

/// Processes a request; `validator` is `None` where no validator has the key (`process_withdrawal_request`).
///
/// # Errors
/// When a churn is zero or a number leaves 64 bits; validator and queues are then unchanged.
pub fn process_withdrawal_request(
    request: WithdrawalRequest,
    validator: Option<&mut RegistryEntry>,
    context: RequestContext,
    queues: &mut ExitQueues,
) -> Result<RequestOutcome, ExitClockError> {
    let wants_exit = request.amount == 0;
    if context.pending_partials == PENDING_PARTIALS_LIMIT && !wants_exit {
        return Ok(RequestOutcome::Ignored(Ignored::QueueFull));
    }
    let Some(validator) = validator else {
        return Ok(RequestOutcome::Ignored(Ignored::UnknownValidator));
    };
    let objection = if !validator.credentials.have_address() {
        Some(Ignored::NoAddress)
    } else if !request.is_from_credentials {
        Some(Ignored::WrongSource)
    } else {
        objection_to_leaving(validator, context.current_epoch)?
    };
    if let Some(reason) = objection {
        return Ok(RequestOutcome::Ignored(reason));
    }
    if wants_exit {
        if context.pending_of_validator > 0 {
            return Ok(RequestOutcome::Ignored(Ignored::PartialsPending));
        }
        queues.initiate_exit(context.current_epoch, context.total_active_balance, validator)?;
        return Ok(RequestOutcome::ExitInitiated);
    }
    queue_partial(request.amount, validator, context, queues)
}

/// Processes a voluntary exit whose signature holds and whose epoch has come; returns the exit epoch
/// (`process_voluntary_exit`).
///
/// # Errors
/// When the validator must not leave, a churn is zero or a number leaves 64 bits; validator and queues are then
/// unchanged.
pub fn process_voluntary_exit(
    validator: &mut RegistryEntry,
    context: RequestContext,
    queues: &mut ExitQueues,
) -> Result<u64, VoluntaryExitError> {
    if let Some(reason) = objection_to_leaving(validator, context.current_epoch)? {
        return Err(VoluntaryExitError::Refused(reason));
    }
    if context.pending_of_validator > 0 {
        return Err(VoluntaryExitError::Refused(Ignored::PartialsPending));
    }
    Ok(queues.initiate_exit(context.current_epoch, context.total_active_balance, validator)?)
}

fn objection_to_leaving(validator: &RegistryEntry, epoch: u64) -> Result<Option<Ignored>, ExitClockError> {
    if !validator.is_active(epoch) {
        return Ok(Some(Ignored::Inactive));
    }
    if validator.has_exit() {
        return Ok(Some(Ignored::Exiting));
    }
    let of_age = validator
        .activation_epoch
        .checked_add(SHARD_COMMITTEE_PERIOD_EPOCHS)
        .ok_or(ExitClockError::Overflow)?;
    Ok((epoch < of_age).then_some(Ignored::TooYoung))
}

fn queue_partial(
    wanted: u64,
    validator: &RegistryEntry,
    context: RequestContext,
    queues: &mut ExitQueues,
) -> Result<RequestOutcome, ExitClockError> {
    let kept = MIN_ACTIVATION_BALANCE_GWEI
        .checked_add(context.pending_of_validator)
        .ok_or(ExitClockError::Overflow)?;
    let excess = validator.balance.saturating_sub(kept);
    let objection = if validator.credentials != Credentials::Compounding {
        Some(Ignored::NotCompounding)
    } else if validator.effective_balance < MIN_ACTIVATION_BALANCE_GWEI {
        Some(Ignored::LowEffectiveBalance)
    } else {
        (excess == 0).then_some(Ignored::NoExcess)
    };
    if let Some(reason) = objection {
        return Ok(RequestOutcome::Ignored(reason));
    }
    let amount = excess.min(wanted);
    let before = *queues;
    let exit = queues.assign_exit(context.current_epoch, context.total_active_balance, amount)?;
    let withdrawable_epoch = withdrawable_epoch(exit).inspect_err(|_| *queues = before)?;
    Ok(RequestOutcome::PartialQueued { amount, withdrawable_epoch })
}
