//! Files of lending markets and their oracles.

mod compound_v3;
mod morpho_adaptive_curve_irm;
mod morpho_liquidations;
mod step;

use super::Format;

pub(super) const FORMATS: &[Format] =
    &[morpho_liquidations::FORMAT, morpho_adaptive_curve_irm::FORMAT, compound_v3::FORMAT];
