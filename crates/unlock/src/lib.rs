//! From a request for redemption to ETH in hand, on lanes.
//!
//! [`ExitClock`] is the beacon chain's reservation clock for validator exits as a fluid; [`Redemption`] is a
//! token's own path around it, made of few parts that every protocol combines ([`rules`]); [`Breaker`] says how its
//! on-chain rate follows the true one. Queues are FIFO by step, so nothing is searched and nobody is overtaken.

// In reading order; blank lines keep it.
pub mod blocks;
pub mod churn;

pub mod clock;

pub mod rules;

mod requests;

mod exits;

pub mod redemption;

pub mod breaker;

pub mod timeline;

pub use blocks::{EIGENLAYER_ESCROW_BLOCKS, SLOT_SECS, Sweep, wall_secs};
pub use breaker::{Breaker, BreakerRules, Response};
pub use churn::ChurnRule;
pub use clock::{DAY_SECS, EPOCH_SECS, EXIT_LOOKAHEAD_EPOCHS, ExitClock, WITHDRAWABILITY_DELAY_EPOCHS};
pub use exits::Survival;
pub use redemption::{Claimant, Claims, Redemption, Room, Served};
pub use rules::{
    BucketRules, BufferRules, BufferUse, ExitRules, FeeCurve, QueueRules, RateFrozenAt, RedemptionRules,
    is_due,
};
pub use timeline::{
    Delays, Draws, ExitCase, Payment, Redeposit, Stage, StageKind, Timeline, delays, timeline,
};
