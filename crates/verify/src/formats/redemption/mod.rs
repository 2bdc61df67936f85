//! Files of redemption paths of liquid (re)staking tokens.

mod kelp;
mod puffer;
mod renzo;
mod replay;

use super::Format;

pub(super) const FORMATS: &[Format] = &[kelp::FORMAT, puffer::FORMAT, renzo::FORMAT];
