//! From a request for redemption to ETH in hand, on lanes.
//!
//! [`ExitClock`] is the beacon chain's reservation clock for validator exits as a fluid; [`Redemption`] is a
//! token's own path around it, made of few parts that every protocol combines ([`rules`]); [`Breaker`] says how its
//! on-chain rate follows the true one. Queues are FIFO by step, so nothing is searched and nobody is overtaken.
//!
//! Against the integer references of the contracts (`tests/against_protocols`) amounts agree within 1e-9 of themselves
//! wherever both mean the same. Where they do not, the lanes are fluid:
//!
//! - Lido, ether.fi, Kelp and Swell finalise whole requests: they are behind the lanes by less than one request;
//! - ether.fi locks a request's amount and takes back at the claim what a loss left of it: for that time it has less ETH
//!   for others than the lanes. Its watermark is a part of all assets, here an amount. Its bound on the annual change of
//!   the rate tightens with the pace of reports and binds gains as well; the breaker's bound is one loss;
//! - Renzo makes what a loss leaves of a claim available to the next request, which so may overtake those who wait; its
//!   instant path leaves them what is set aside for them, which one pot here does not; its fee is in whole basis points
//!   and leaves the buffer, here it stays;
//! - Puffer counts ten requests to a batch, here a batch is an amount; its treasury's part of the fee leaves the vault.

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
