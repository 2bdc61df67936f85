//! From a request for redemption to ETH in hand, on lanes.
//!
//! [`ExitClock`] is the beacon chain's reservation clock for validator exits as a fluid; [`Redemption`] is a
//! token's own path around it: an instant buffer first, then exit, escrow, processing. Queues are cumulative:
//! what is asked for now matures at a time that is known now, so nothing is searched and nobody is overtaken.

pub mod clock;
pub mod redemption;

pub use clock::{DAY_SECS, EPOCH_SECS, EXIT_LOOKAHEAD_EPOCHS, ExitClock, WITHDRAWABILITY_DELAY_EPOCHS};
pub use redemption::{ClaimTable, Claimant, Claims, Redemption, RedemptionRules, Served};
