//! The law of an inflow of a step, with what a record does not resolve.
//!
//! The law is that of `pegstress_sim::drivers::inflow`: the logarithm is normal. A record counts whole validators, and where a
//! queue is empty it shows nothing: flows up to [`UNSEEN_ETH`] (negative ones too: the record fell faster than the churn) count
//! only as "at most that".

use pegstress_num::draw::{bits, unit_open};
use pegstress_num::{Stream, ln, normal_cdf};
use pegstress_sim::drivers::inflow::log_law;

/// Balance of one validator, ETH.
pub(super) const UNSEEN_ETH: f64 = 32.0;

const HALF_LN_TWO_PI: f64 = 0.918_938_533_204_672_8;
/// Keeps logarithms finite.
const LEAST: f64 = 1e-300;

/// Logarithm of the density of `flow_eth`, or of the probability of an unseen flow.
pub(super) fn log_density(flow_eth: f64, mean_eth: f64, lump_eth: f64) -> f64 {
    let (mean, sd) = log_law(mean_eth, lump_eth);
    if flow_eth <= UNSEEN_ETH {
        return ln(f64::max(normal_cdf((ln(UNSEEN_ETH) - mean) / sd), LEAST));
    }
    let z = (ln(flow_eth) - mean) / sd;
    -0.5 * z * z - ln(sd) - ln(flow_eth) - HALF_LN_TWO_PI
}

/// Rank of the flow of step `k`; an unseen one is put at random below the rank of the seen.
pub(super) fn rank(k: usize, flow_eth: f64, mean_eth: f64, lump_eth: f64) -> f64 {
    let (mean, sd) = log_law(mean_eth, lump_eth);
    let below = |eth: f64| normal_cdf((ln(eth) - mean) / sd);
    if flow_eth <= UNSEEN_ETH { below(UNSEEN_ETH) * random(k) } else { below(flow_eth) }
}

/// The random part of a rank: the same at every call.
pub(super) fn random(k: usize) -> f64 {
    unit_open(bits(1, k as u64, 0, Stream::FlowNormals).0)
}

/// Logarithm of the normal density.
pub(super) fn log_normal_density(x: f64, mean: f64, sd: f64) -> f64 {
    let z = (x - mean) / sd;
    -0.5 * z * z - ln(sd) - HALF_LN_TWO_PI
}
