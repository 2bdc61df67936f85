//! Files of redemption paths of liquid (re)staking tokens.

mod etherfi;
mod lido;
mod steps;

use super::Format;

pub(super) const FORMATS: &[Format] =
    &[etherfi::BUCKET_LIMITER, etherfi::REDEMPTION_AND_QUEUE, etherfi::REBASE_BREAKER, lido::FORMAT];
mod kelp;
mod puffer;
mod renzo;
mod replay;


pub(super) const FORMATS: &[Format] = &[kelp::FORMAT, puffer::FORMAT, renzo::FORMAT];
