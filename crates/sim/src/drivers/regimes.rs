//! Two regimes that a driver switches between: a Markov chain in continuous time, seen at grid points.
//!
//! ```text
//! P(leave i within dt) = s_j (1 - e^(-(a_0 + a_1) dt)),   a_i = 1 / mean stay in i,   s_j = a_i / (a_0 + a_1)
//! ```
//!
//! The chain is exact at grid points. Within a step the regime is the one at its start: a stay ends with a step (Hamilton,
//! Econometrica 57 (1989) 357-384 has the same model in discrete time). In the long run regime `i` holds a share
//! `stay_i / (stay_0 + stay_1)` of the time, and the chain's autocorrelation is `e^(-(a_0 + a_1) t)`.
//!
//! Units: days. Domain: stays above 0. Per step one uniform number.

use super::gbm::{Gbm, GbmStep};
use super::inflow::inflow;
use pegstress_num::{Lanes, exp_m1, select};
use pegstress_unlock::DAY_SECS;

/// How long each regime lasts, and where a path begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Switching {
    /// Mean stay in each regime, days.
    pub stay_days: [f64; 2],
    /// Regime at the start, 0 or 1; drawn by the shares of the long run if absent.
    pub start: Option<usize>,
}

/// A price with two sets of drift and volatility.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PriceRegimes {
    /// The chain.
    pub switching: Switching,
    /// The price in each regime, without jumps.
    pub regimes: [Gbm; 2],
}

/// An inflow with two intensities.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InflowRegimes {
    /// The chain.
    pub switching: Switching,
    /// Mean inflow in each regime, ETH per day.
    pub mean_eth_per_day: [f64; 2],
    /// Variance of a flow over its mean, ETH, in each regime.
    pub lump_eth: [f64; 2],
}

/// Constants of one step of the chain.
#[derive(Debug, Clone, Copy)]
pub struct SwitchingStep {
    /// Probability of leaving each regime within a step.
    leave: [f64; 2],
    /// Probability of being in regime 1 at the start.
    start_in_second: f64,
}

/// Constants of one step of a price.
#[derive(Debug, Clone)]
pub struct PriceRegimesStep {
    /// The chain.
    pub switching: SwitchingStep,
    steps: [GbmStep; 2],
}

/// Constants of one step of an inflow.
#[derive(Debug, Clone, Copy)]
pub struct InflowRegimesStep {
    /// The chain.
    pub switching: SwitchingStep,
    mean_eth: [f64; 2],
    lump_eth: [f64; 2],
}

impl Switching {
    /// Share of the time in regime 1 in the long run.
    pub fn share_of_second(&self) -> f64 {
        self.stay_days[1] / (self.stay_days[0] + self.stay_days[1])
    }
}

impl SwitchingStep {
    /// Constants for steps of `step_secs`.
    pub fn new(switching: &Switching, step_secs: f64) -> Self {
        let rates = switching.stay_days.map(|days| 1.0 / days);
        let total = rates[0] + rates[1];
        let mixed = -exp_m1(-total * step_secs / DAY_SECS);
        Self {
            leave: rates.map(|rate| rate / total * mixed),
            start_in_second: switching.start.map_or(switching.share_of_second(), |k| k as f64),
        }
    }

    /// Regimes at the start, 0 or 1.
    #[inline(always)]
    pub fn begin<const W: usize>(&self, unit: &Lanes<W>) -> Lanes<W> {
        let mut second = [0.0; W];
        for i in 0..W {
            second[i] = select(unit[i] < self.start_in_second, 1.0, 0.0);
        }
        second
    }

    /// Regimes a step later.
    #[inline(always)]
    pub fn next<const W: usize>(&self, second: &Lanes<W>, unit: &Lanes<W>) -> Lanes<W> {
        let mut next = [0.0; W];
        for i in 0..W {
            let leave = select(second[i] > 0.5, self.leave[1], self.leave[0]);
            next[i] = select(unit[i] < leave, 1.0 - second[i], second[i]);
        }
        next
    }
}

impl PriceRegimesStep {
    /// Constants for steps of `step_secs`.
    pub fn new(process: &PriceRegimes, step_secs: f64) -> Self {
        Self {
            switching: SwitchingStep::new(&process.switching, step_secs),
            steps: process.regimes.map(|regime| GbmStep::new(&regime, step_secs)),
        }
    }

    /// Logarithm of the price's factor over a step in these regimes.
    #[inline(always)]
    pub fn diffuse<const W: usize>(&self, second: &Lanes<W>, normal: &Lanes<W>) -> Lanes<W> {
        let (calm, stressed) = (self.steps[0].diffuse(normal), self.steps[1].diffuse(normal));
        let mut change = [0.0; W];
        for i in 0..W {
            change[i] = select(second[i] > 0.5, stressed[i], calm[i]);
        }
        change
    }
}

impl InflowRegimesStep {
    /// Constants for steps of `step_secs`.
    pub fn new(process: &InflowRegimes, step_secs: f64) -> Self {
        Self {
            switching: SwitchingStep::new(&process.switching, step_secs),
            mean_eth: process.mean_eth_per_day.map(|per_day| per_day * step_secs / DAY_SECS),
            lump_eth: process.lump_eth,
        }
    }

    /// Inflow of a step in these regimes, ETH.
    #[inline(always)]
    pub fn flow<const W: usize>(&self, second: &Lanes<W>, normal: &Lanes<W>) -> Lanes<W> {
        let (mut mean, mut lump) = ([0.0; W], [0.0; W]);
        for i in 0..W {
            mean[i] = select(second[i] > 0.5, self.mean_eth[1], self.mean_eth[0]);
            lump[i] = select(second[i] > 0.5, self.lump_eth[1], self.lump_eth[0]);
        }
        inflow(&mean, &lump, normal)
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "the standard library is the truth to test against")]
mod tests {
    use super::*;
    use crate::drivers::sample::{Moments, correlation};
    use pegstress_num::Stream;
    use pegstress_num::draw::{normals, units};

    const CHAIN: Switching = Switching { stay_days: [6.0, 2.0], start: None };

    /// Regimes at the start and after `steps` steps, for `64 * blocks` paths.
    fn run(chain: &Switching, step_secs: f64, steps: u32, blocks: u64) -> (Vec<f64>, Vec<f64>) {
        let step = SwitchingStep::new(chain, step_secs);
        let (mut first, mut last) = (Vec::new(), Vec::new());
        for block in 0..blocks {
            let (mut u, mut unused) = ([0.0; 64], [0.0; 64]);
            units(13, block * 64, u32::MAX, Stream::DriverRegimes, &mut u, &mut unused);
            let mut second = step.begin(&u);
            first.extend(second);
            for at in 0..steps {
                units(13, block * 64, at, Stream::DriverRegimes, &mut u, &mut unused);
                second = step.next(&second, &u);
            }
            last.extend(second);
        }
        (first, last)
    }

    #[test]
    fn the_shares_of_the_long_run_hold_from_the_start_and_the_autocorrelation_decays_with_both_rates() {
        for (step_secs, steps) in [(86_400.0, 2), (7_200.0, 24)] {
            let (first, last) = run(&CHAIN, step_secs, steps, 4000);
            for sample in [&first, &last] {
                let found = Moments::of(sample);
                assert!((found.mean - 0.25).abs() < 5.0 * found.mean_error, "{found:?}");
            }
            let expected = (-(1.0_f64 / 6.0 + 0.5) * 2.0).exp();
            // Standard error below 1 / sqrt(256,000) = 0.002; five of them.
            let found = correlation(&first, &last);
            assert!((found - expected).abs() < 0.01, "{found} {expected}");
        }
    }

    #[test]
    fn a_path_begins_in_the_regime_that_is_asked_for() {
        for start in [0, 1] {
            let (first, _) = run(&Switching { start: Some(start), ..CHAIN }, 3600.0, 0, 10);
            assert!(first.iter().all(|k| *k == start as f64));
        }
    }

    #[test]
    fn returns_and_flows_have_the_mixture_s_mean_and_variance() {
        let gbm = |drift, volatility| Gbm {
            drift_per_year: drift,
            volatility_per_sqrt_year: volatility,
            jumps: None,
        };
        let price = PriceRegimes { switching: CHAIN, regimes: [gbm(0.5, 0.4), gbm(-2.0, 1.5)] };
        let flows = InflowRegimes {
            switching: CHAIN,
            mean_eth_per_day: [2_000.0, 60_000.0],
            lump_eth: [100.0, 4_000.0],
        };
        let (price, flows) =
            (PriceRegimesStep::new(&price, 86_400.0), InflowRegimesStep::new(&flows, 86_400.0));
        let (mut returns, mut inflows) = (Vec::new(), Vec::new());
        for block in 0..8000_u64 {
            let (mut u, mut z, mut y) = ([0.0; 64], [0.0; 64], [0.0; 64]);
            units(13, block * 64, 0, Stream::DriverRegimes, &mut u, &mut [0.0; 64]);
            normals(13, block * 64, 0, Stream::DriverNormals, &mut z, &mut y);
            let second = price.switching.begin(&u);
            returns.extend(price.diffuse(&second, &z));
            inflows.extend(flows.flow(&second, &y));
        }
        let means = [(0.5 - 0.08) / 365.0, (-2.0 - 1.125) / 365.0];
        let variances = [0.16 / 365.0, 2.25 / 365.0];
        check(&returns, means, variances);
        check(&inflows, [2_000.0, 60_000.0], [2_000.0 * 100.0, 60_000.0 * 4_000.0]);
    }

    /// Mixture of three quarters of the first and one quarter of the second law.
    fn check(sample: &[f64], means: [f64; 2], variances: [f64; 2]) {
        let found = Moments::of(sample);
        let mean = 0.75 * means[0] + 0.25 * means[1];
        let within = 0.75 * variances[0] + 0.25 * variances[1];
        let variance = within + 0.75 * 0.25 * (means[1] - means[0]).powi(2);
        assert!((found.mean - mean).abs() < 5.0 * found.mean_error, "{found:?} {mean}");
        assert!((found.variance - variance).abs() < 5.0 * found.variance_error, "{found:?} {variance}");
    }
}
