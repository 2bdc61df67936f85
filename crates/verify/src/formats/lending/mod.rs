//! Files of lending markets and their oracles.

mod aave_liquidations;
mod aave_math;
mod capo;

use super::Format;

pub(super) const FORMATS: &[Format] = &[aave_liquidations::FORMAT, aave_math::FORMAT, capo::FORMAT];
