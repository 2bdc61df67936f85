//! Redemption paths of liquid (re)staking tokens, as their contracts compute them.
//!
//! - [`lido`], [`etherfi`]: finalised by reports;
//! - [`renzo`]: filled by inflows, claimed after a cool-down;
//! - [`kelp`], [`puffer`], [`swell`]: finalised by an operator, in batches, by a bot.

pub mod etherfi;
pub mod kelp;
pub mod lido;
pub mod puffer;
pub mod renzo;
pub mod swell;
