//! Restaking protocols: delegation, slashing, withdrawals in escrow.
//!
//! - [`eigenlayer`]: unique stake, magnitudes, the withdrawal queue, the beacon chain's losses;
//! - [`symbiotic`]: vaults with epochs, stake shared by networks, slashes that can be vetoed;
//! - [`karak`]: vaults that stay fully exposed while a redemption waits.

pub mod eigenlayer;
pub mod karak;
pub mod symbiotic;
