//! A positive flow of given mean and variance: what joins the exit queue in a step.
//!
//! ```text
//! X = M * exp(s z - s^2/2),   s^2 = ln(1 + g/M):   E[X] = M,   Var[X] = g M
//! ```
//!
//! Exits come in lumps: were they of one size `g` and Poisson in number, the flow of a step would have mean `M` and variance
//! `g M`. The logarithm of the flow is taken as normal with these two moments, so that one normal number makes a flow that
//! is never negative, at any `g/M`; the third moment is larger than the Poisson one. Flows of neighbouring steps add up in
//! mean and variance, not in law: the law depends on the step length beyond its first two moments.
//!
//! Units: ETH. Domain: `g >= 0`.

use pegstress_num::{Lanes, exp, greater, ln_1p};

/// Means below this count as this, ETH: a flow of nothing has no logarithm.
const LEAST_MEAN_ETH: f64 = 1e-9;

/// Flow with mean `mean_eth` and variance `lump_eth * mean_eth`.
#[inline(always)]
pub fn inflow<const W: usize>(mean_eth: &Lanes<W>, lump_eth: &Lanes<W>, normal: &Lanes<W>) -> Lanes<W> {
    let mut flow = [0.0; W];
    for i in 0..W {
        let mean = greater(mean_eth[i], LEAST_MEAN_ETH);
        let square = ln_1p(lump_eth[i] / mean);
        flow[i] = mean * exp(square.sqrt() * normal[i] - 0.5 * square);
    }
    flow
}

/// Mean and standard deviation of the flow's logarithm: the law that [`inflow`] draws from.
pub fn log_law(mean_eth: f64, lump_eth: f64) -> (f64, f64) {
    let mean = greater(mean_eth, LEAST_MEAN_ETH);
    let square = ln_1p(lump_eth / mean);
    (pegstress_num::ln(mean) - 0.5 * square, square.sqrt())
}

/// What joined a recorded queue in each step, as the exit clock counts: what `served_eth` a step does not explain. Negative
/// where the record falls faster than that.
pub fn recorded_inflows(queue_eth: &[f64], served_eth: f64) -> Vec<f64> {
    queue_eth.windows(2).map(|pair| pair[1] - greater(pair[0] - served_eth, 0.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drivers::sample::{Moments, kolmogorov};
    use pegstress_num::draw::normals;
    use pegstress_num::{Stream, ln, normal_cdf};

    fn flows(mean: f64, lump: f64) -> Vec<f64> {
        let mut all = Vec::new();
        for block in 0..7812_u64 {
            let (mut z, mut y) = ([0.0; 64], [0.0; 64]);
            normals(9, block * 64, 0, Stream::DriverNormals, &mut z, &mut y);
            all.extend(inflow(&[mean; 64], &[lump; 64], &z));
            all.extend(inflow(&[mean; 64], &[lump; 64], &y));
        }
        all
    }

    #[test]
    fn a_flow_has_the_mean_and_the_variance_asked_for() {
        for (mean, lump) in [(2400.0, 320.0), (100.0, 64.0), (500.0, 500.0)] {
            let found = Moments::of(&flows(mean, lump));
            assert!((found.mean - mean).abs() < 5.0 * found.mean_error, "{found:?}");
            assert!((found.variance - lump * mean).abs() < 5.0 * found.variance_error, "{found:?}");
        }
    }

    #[test]
    fn the_stated_law_is_the_one_drawn_from() {
        let (mean, sd) = log_law(100.0, 900.0);
        let logs: Vec<_> = flows(100.0, 900.0).into_iter().map(ln).collect();
        // A million samples; the 0.1 % point of Kolmogorov's statistic.
        assert!(kolmogorov(&logs, |x| normal_cdf((x - mean) / sd)) < 1.95e-3);
    }

    #[test]
    fn a_recorded_inflow_is_what_the_churn_does_not_explain() {
        // Two days of 100 ETH a day, a day of nothing to serve, and a record that falls faster than the churn.
        assert_eq!(recorded_inflows(&[250.0, 150.0, 90.0, 30.0, 0.0], 100.0), [0.0, 40.0, 30.0, 0.0]);
        assert_eq!(recorded_inflows(&[500.0, 300.0], 100.0), [-100.0]);
    }

    #[test]
    fn no_mean_is_no_flow() {
        let flow = inflow(&[0.0, 0.0], &[32.0, 0.0], &[3.0, -3.0]);
        assert!(flow.iter().all(|x| *x >= 0.0 && *x < 1e-6), "{flow:?}");
    }
}
