//! Files of lending markets and their oracles.

mod aave_liquidations;
mod aave_math;
mod capo;
mod compound_v3;
mod morpho_adaptive_curve_irm;
mod morpho_liquidations;

use super::Format;

pub(super) const FORMATS: &[Format] = &[
    morpho_liquidations::FORMAT,
    morpho_adaptive_curve_irm::FORMAT,
    compound_v3::FORMAT,
    aave_liquidations::FORMAT,
    aave_math::FORMAT,
    capo::FORMAT,
];
