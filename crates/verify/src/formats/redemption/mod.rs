//! Files of redemption paths of liquid (re)staking tokens.

mod etherfi;
mod kelp;
mod lido;
mod puffer;
mod renzo;

use super::Format;

pub(super) const FORMATS: &[Format] = &[
    etherfi::BUCKET_LIMITER,
    etherfi::REDEMPTION_AND_QUEUE,
    etherfi::REBASE_BREAKER,
    lido::FORMAT,
    kelp::FORMAT,
    puffer::FORMAT,
    renzo::FORMAT,
];
