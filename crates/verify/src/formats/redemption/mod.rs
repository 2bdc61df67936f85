//! Files of redemption paths of liquid (re)staking tokens.

use super::Format;

pub(super) const FORMATS: &[Format] = &[];
