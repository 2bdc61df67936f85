//! Lido's withdrawal queue: stETH requests in order, a cap on the rate frozen when they are finalised.
//!
//! Requests are stored as running sums of stETH and shares, so that a range costs two reads. A request's own rate is
//! `stETH 1e27 / shares`. Finalised under a maximum rate `m` it is worth
//!
//! ```text
//! stETH if rate <= m, else floor(shares m / 1e27)
//! ```
//!
//! The ETH to lock is found with the same rule per *batch*, a range of requests on one side of `m`:
//! [`WithdrawalQueue::batches`] splits what a budget affords, [`WithdrawalQueue::prefinalize`] sums it up,
//! [`WithdrawalQueue::finalize`] locks it and [`WithdrawalQueue::claim`] pays. Requests of one report count as one
//! side even across `m`, so a little more may be locked than is ever claimed, never less.
//!
//! Source: lidofinance/core at 372b02e1, `contracts/0.8.9/WithdrawalQueueBase.sol`, `WithdrawalQueue.sol` (limits
//! of a request). Units: wei; rates with 1e27 = 1. Domain: sums below 2^128. Out of scope: owners and transfers of
//! requests, pauses, bunker mode, and the oracle's choice of budget and border.

mod batches;
mod claim;
mod finalization;
mod queue;

pub use batches::{Batches, MAX_BATCHES};
pub use finalization::{ClosingCost, FinalizationError};
pub use queue::{Checkpoint, MAX_REQUEST, MIN_REQUEST, QueueError, WithdrawalQueue};
