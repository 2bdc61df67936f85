//! Fluid Hawkes process: an inflow that excites itself; here the network's exits, which make others exit.
//!
//! ```text
//! X_k      = flow of mean h_k dt and variance g h_k dt,   h_k = h0 + y_k                  (see `inflow`)
//! y_{k+1}  = p y_k + n (1 - p) X_k / dt                                                   p = e^(-w dt)
//! ```
//!
//! Hawkes, Biometrika 58 (1971) 83-90, with an exponential kernel, each event standing for `g` ETH and the intensity constant
//! within a step. The constant `n (1 - p) / dt` makes a unit of inflow cause `n` further units in all, whatever the step: the
//! branching ratio. As `dt -> 0` it is `n w`, Hawkes' kernel. With `q = p + n (1 - p)`, in the stationary state
//!
//! ```text
//! E[h]   = h0 / (1 - n)
//! Var[h] = (n (1 - p))^2 g E[h] / (dt (1 - q^2))      -> n^2 w g E[h] / (2 (1 - n))       as dt -> 0
//! Corr[h_k, h_{k+j}] = q^j                            -> e^(-w (1 - n) j dt)
//! Var[X] = g E[h] dt + dt^2 Var[h]
//! ```
//!
//! Exact at any step for these three; the law within a step is that of `inflow`. Units: `h` ETH per day, `w` per day, `g` ETH,
//! `n` a number in `[0, 1)`.

use super::inflow::inflow;
use pegstress_num::{Lanes, exp, exp_m1};
use pegstress_unlock::DAY_SECS;

/// An inflow that excites itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hawkes {
    /// Inflow that nothing caused, ETH per day.
    pub base_eth_per_day: f64,
    /// Inflow that a unit of inflow causes, in all.
    pub branching_ratio: f64,
    /// Decay of the excitation, per day.
    pub decay_per_day: f64,
    /// Variance of a flow over its mean, ETH.
    pub lump_eth: f64,
    /// Intensity at the start, ETH per day; the stationary mean if absent.
    pub start_eth_per_day: Option<f64>,
}

/// Constants of one step.
#[derive(Debug, Clone, Copy)]
pub struct HawkesStep {
    base: f64,
    kept: f64,
    caused: f64,
    step_days: f64,
    lump_eth: f64,
}

impl Hawkes {
    /// Stationary mean of the intensity, ETH per day.
    pub fn mean_eth_per_day(&self) -> f64 {
        self.base_eth_per_day / (1.0 - self.branching_ratio)
    }

    /// Excitation at the start, ETH per day.
    pub fn start_excitation(&self) -> f64 {
        self.start_eth_per_day.unwrap_or(self.mean_eth_per_day()) - self.base_eth_per_day
    }
}

impl HawkesStep {
    /// Constants for steps of `step_secs`.
    pub fn new(process: &Hawkes, step_secs: f64) -> Self {
        let step_days = step_secs / DAY_SECS;
        let a = process.decay_per_day * step_days;
        Self {
            base: process.base_eth_per_day,
            kept: exp(-a),
            caused: process.branching_ratio * -exp_m1(-a) / step_days,
            step_days,
            lump_eth: process.lump_eth,
        }
    }

    /// Mean inflow of a step with this excitation, ETH.
    #[inline(always)]
    pub fn mean_eth(&self, excitation: f64) -> f64 {
        (self.base + excitation) * self.step_days
    }

    /// Excitation a step later, after `flow_eth` has joined.
    #[inline(always)]
    pub fn excited(&self, excitation: f64, flow_eth: f64) -> f64 {
        self.kept * excitation + self.caused * flow_eth
    }

    /// Inflow of the step, ETH; moves the excitation on.
    #[inline(always)]
    pub fn flow<const W: usize>(&self, excitation: &mut Lanes<W>, normal: &Lanes<W>) -> Lanes<W> {
        let mut mean = [0.0; W];
        for i in 0..W {
            mean[i] = self.mean_eth(excitation[i]);
        }
        let flow = inflow(&mean, &[self.lump_eth; W], normal);
        for i in 0..W {
            excitation[i] = self.excited(excitation[i], flow[i]);
        }
        flow
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "the standard library is the truth to test against")]
mod tests {
    use super::*;
    use crate::drivers::sample::{Moments, correlation};
    use pegstress_num::Stream;
    use pegstress_num::draw::normals;

    const PROCESS: Hawkes = Hawkes {
        base_eth_per_day: 3_000.0,
        branching_ratio: 0.6,
        decay_per_day: 1.5,
        lump_eth: 300.0,
        start_eth_per_day: None,
    };

    /// Intensity before, flow of, and intensity three steps after step `steps`, for `64 * blocks` paths.
    fn run(step_secs: f64, steps: u32, blocks: u64) -> [Vec<f64>; 3] {
        let step = HawkesStep::new(&PROCESS, step_secs);
        let mut all = [Vec::new(), Vec::new(), Vec::new()];
        for block in 0..blocks {
            let mut excitation = [PROCESS.start_excitation(); 64];
            for at in 0..steps + 3 {
                let (mut z, mut unused) = ([0.0; 64], [0.0; 64]);
                normals(11, block * 64, at, Stream::DriverNormals, &mut z, &mut unused);
                if at == steps {
                    all[0].extend(excitation.map(|y| y + PROCESS.base_eth_per_day));
                }
                let flow = step.flow(&mut excitation, &z);
                if at == steps {
                    all[1].extend(flow);
                }
            }
            all[2].extend(excitation.map(|y| y + PROCESS.base_eth_per_day));
        }
        all
    }

    #[test]
    fn stationary_mean_variance_and_autocorrelation_are_the_closed_ones() {
        for (step_secs, steps, blocks) in [(86_400.0, 60, 3000), (21_600.0, 160, 2000)] {
            let [before, flow, after] = run(step_secs, steps, blocks);
            let dt = step_secs / 86_400.0;
            let (n, g, p) = (0.6, 300.0, (-1.5 * dt).exp());
            let q = p + n * (1.0 - p);
            let mean = 3_000.0 / 0.4;
            let variance = (n * (1.0 - p)).powi(2) * g * mean / (dt * (1.0 - q * q));
            let found = Moments::of(&before);
            assert!((found.mean - mean).abs() < 5.0 * found.mean_error, "{found:?} {mean}");
            assert!((found.variance - variance).abs() < 5.0 * found.variance_error, "{found:?} {variance}");
            let found = Moments::of(&flow);
            let of_flow = g * mean * dt + dt * dt * variance;
            assert!((found.mean - mean * dt).abs() < 5.0 * found.mean_error, "{found:?}");
            assert!((found.variance - of_flow).abs() < 5.0 * found.variance_error, "{found:?} {of_flow}");
            // Standard error of a correlation below 1 / sqrt(128,000) = 0.0028; four of them.
            assert!((correlation(&before, &after) - q.powi(3)).abs() < 0.012);
        }
    }

    #[test]
    fn small_steps_give_hawkes_own_variance() {
        let step = HawkesStep::new(&PROCESS, 60.0);
        let q = step.kept + step.caused * step.step_days;
        let discrete =
            (step.caused * step.step_days).powi(2) * 300.0 * 7_500.0 / (step.step_days * (1.0 - q * q));
        let continuous = 0.36 * 1.5 * 300.0 * 7_500.0 / (2.0 * 0.4);
        // The step is 1/1440 day: relative difference of order w dt = 1e-3.
        assert!((discrete / continuous - 1.0).abs() < 1e-3, "{discrete} {continuous}");
    }

    #[test]
    fn a_unit_of_inflow_causes_its_branching_ratio_of_further_inflow_at_any_step() {
        for step_secs in [60.0, 3600.0, 86_400.0] {
            let step = HawkesStep::new(&PROCESS, step_secs);
            let mut excitation = step.excited(0.0, 1.0);
            let mut offspring = 0.0;
            for _ in 0..(40.0 * 86_400.0 / step_secs) as usize {
                offspring += excitation * step.step_days;
                excitation *= step.kept;
            }
            // A geometric sum of up to 57,600 terms, cut at e^-60.
            assert!((offspring - 0.6).abs() < 1e-11, "{step_secs}: {offspring}");
        }
    }
}
