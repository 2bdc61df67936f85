//! Files of AMM pools.

mod balancer_v2_stable;
mod balancer_v3;
mod cryptoswap;
mod stableswap_first_generation;
mod stableswap_ng;
mod stableswap_nonconvergent;
mod stableswap_ramp;
mod stableswap_steth;
mod uniswap_v3;

use super::Format;

pub(super) const FORMATS: &[Format] = &[
    uniswap_v3::FORMAT,
    balancer_v2_stable::FORMAT,
    balancer_v3::FORMAT,
    cryptoswap::FORMAT,
    stableswap_ramp::FORMAT,
    stableswap_ng::FORMAT,
    stableswap_nonconvergent::FORMAT,
    stableswap_first_generation::FORMAT,
    stableswap_steth::FORMAT,
];
