//! Justification and finalisation, by epochs: which checkpoint two thirds of the stake voted for.
//!
//! A checkpoint is justified when the target votes of its epoch reach two thirds of the total active balance; it is final when
//! the checkpoints from it up to the source of a later justification were all justified (four patterns over the last four epochs).
//! Roots are left out: on one chain an epoch has one checkpoint.
//!
//! Source: ethereum/consensus-specs at a08d8a6e, `specs/phase0/beacon-chain.md` (`weigh_justification_and_finalization`).
//!
//! Units: Gwei and epochs.

use super::checked::{add, mul};
use super::validator::{ValidatorError, previous_epoch};

/// What the chain has agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finality {
    /// Whether the checkpoints of the last four epochs are justified, the newest first.
    pub justified: [bool; 4],
    /// Justified before the last step.
    pub previous_justified_epoch: u64,
    /// Last justified.
    pub current_justified_epoch: u64,
    /// Last finalised.
    pub finalized_epoch: u64,
}

impl Finality {
    /// The step at the end of `epoch`; `previous_target` and `current_target` are the unslashed effective balances with a timely
    /// target in the epoch before and in this one.
    ///
    /// # Errors
    /// When a number leaves 64 bits; nothing is then changed.
    pub fn advance(
        &mut self,
        epoch: u64,
        total_active_balance: u64,
        previous_target: u64,
        current_target: u64,
    ) -> Result<(), ValidatorError> {
        // The first two epochs have no checkpoints to vote for.
        if epoch <= 1 {
            return Ok(());
        }
        let needed = mul(total_active_balance, 2)?;
        let previous_reached = mul(previous_target, 3)? >= needed;
        let current_reached = mul(current_target, 3)? >= needed;
        let (old_previous, old_current) = (self.previous_justified_epoch, self.current_justified_epoch);
        let mut next = *self;
        next.previous_justified_epoch = old_current;
        let [first, second, third, _] = self.justified;
        next.justified = [false, first, second, third];
        if previous_reached {
            next.current_justified_epoch = previous_epoch(epoch);
            next.justified[1] = true;
        }
        if current_reached {
            next.current_justified_epoch = epoch;
            next.justified[0] = true;
        }
        // Which checkpoints are justified, and how old the one is that becomes final; a later line wins.
        for (justified, source, age) in [
            (&next.justified[1..4], old_previous, 3),
            (&next.justified[1..3], old_previous, 2),
            (&next.justified[0..3], old_current, 2),
            (&next.justified[0..2], old_current, 1),
        ] {
            if justified.iter().all(|&justified| justified) && add(source, age)? == epoch {
                next.finalized_epoch = source;
            }
        }
        *self = next;
        Ok(())
    }
}
