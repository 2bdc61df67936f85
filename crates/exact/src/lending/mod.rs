//! Lending markets: health, liquidation, interest, and the oracles they read.
//!
//! - [`morpho`]: Morpho Blue markets, [`adaptive_curve_irm`] their interest;
//! - [`compound`]: Compound v3 (Comet);
//! - [`gearbox`]: payments of a Gearbox v3 liquidation.

pub mod adaptive_curve_irm;
pub mod compound;
pub mod gearbox;
pub mod morpho;
