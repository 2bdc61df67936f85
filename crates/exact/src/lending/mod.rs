//! Lending markets: health, liquidation, interest, and the oracles they read.
//!
//! - [`aave`]: Aave version 3.7;
//! - [`capo`]: its oracles, whose growth is capped.

pub mod aave;
pub mod capo;
