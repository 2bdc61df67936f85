//! Redemption paths of liquid (re)staking tokens, as their contracts compute them.

pub mod etherfi;
pub mod lido;
