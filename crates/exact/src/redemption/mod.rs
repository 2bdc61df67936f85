//! Redemption paths of liquid (re)staking tokens, as their contracts compute them.

pub mod etherfi;
pub mod lido;
pub mod kelp;
pub mod puffer;
pub mod renzo;
pub mod swell;
