//! Lending markets: health, liquidation, interest, and the oracles they read.
//!
//! - [`aave`]: Aave version 3.7;
//! - [`capo`]: its oracles, whose growth is capped;
//! - [`morpho`]: Morpho Blue markets, [`adaptive_curve_irm`] their interest;
//! - [`compound`]: Compound v3 (Comet);
//! - [`gearbox`]: payments of a Gearbox v3 liquidation.

pub mod aave;
pub mod adaptive_curve_irm;
pub mod capo;
pub mod compound;
pub mod gearbox;
pub mod morpho;
