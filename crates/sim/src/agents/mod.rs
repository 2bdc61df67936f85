//! Who acts in a step: one module per agent, each with its equation, on lanes.

pub mod arbitrage;
pub mod background;
pub mod demand;
pub mod dip_buyers;
pub mod impatience;
pub mod liquidity;
pub mod whales;
