//! Files of restaking protocols.

use super::Format;

pub(super) const FORMATS: &[Format] = &[];
