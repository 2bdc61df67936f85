//! What a liquid restaking token (LRT) can lose to the services it secures, and to the beacon chain.
//!
//! The token's stake is spread over operators; each puts part of its stake at the disposal of services, which slash
//! it. The token's redemption rate falls by
//!
//! ```text
//! factor = (idle + sum over operators of  x m l) / supply         1 at the start
//!   x   stake of the token at the operator, scaled by what was slashed before it came (deposit d: x + d / (m l))
//!   m   what slashes have left of the operator's stake (EigenLayer's max magnitude, a vault's assets per share)
//!   l   what the beacon chain has left, as far as a checkpoint has recognised it
//! ```
//!
//! - [`RestakeSpec`]: operators, services, who relies on whom; [`ExposureRule`]: how far a service reaches, by
//!   protocol;
//! - [`Restake`]: the state on lanes: slashes, allocations, beacon losses, withdrawals in escrow;
//! - [`Concentration`], [`Culprit`]: how much hangs on one operator, service or client, without lanes.
//!
//! Units: stake as a fraction of the token's initial stake, magnitudes as fractions of an operator's initial stake,
//! seconds. Domain: specs that were validated elsewhere (shares of stake add up to at most 1, allocations to at most
//! 1 for each operator where stake is unique), times that never run backwards, fractions in 0..=1.
//!
//! Error: against the integers of `pegstress_exact::restaking::eigenlayer` every value is within 1e-9 of itself while
//! the operator keeps 1e-5 of its magnitude: a slash is one subtraction, whose rounding of 2^-53 of the whole weighs
//! more the less is left, and the contracts round magnitudes to 1e-18 and shares to the wei.

// In reading order; blank lines keep it.
pub mod rule;
pub mod spec;

pub mod state;

mod events;
mod withdrawals;

mod allocation;
mod escrow;
mod slash;

pub mod concentration;

pub use concentration::{Concentration, Culprit, largest_loss, loss_to};
pub use rule::{DAY_SECS, ExposureRule};
pub use spec::{AllocationSpec, OperatorSpec, RestakeSpec, ServiceSpec};
pub use state::Restake;
