//! Files of lending markets and their oracles.

use super::Format;

pub(super) const FORMATS: &[Format] = &[];
