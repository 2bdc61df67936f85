//! Ornstein-Uhlenbeck process: a level that returns to its mean; here the logarithm of the exit queue, or a growth rate.
//!
//! ```text
//! dx = r (m - x) dt + q dW,   stationary law normal (m, v^2),   v^2 = q^2 / (2 r)
//! x' = m + (x - m)*p + v*sqrt(1 - p^2)*z                                         p = e^(-r dt)
//! I  = m dt + (x - m)(1 - p)/r + v/r * ((1-p)^2 / sqrt(1 - p^2) * z + sqrt(2 r dt - 4 tanh(r dt / 2)) * y)
//! ```
//!
//! `I` is the integral of `x` over the step, jointly with `x'` (Gillespie, Physical Review E 54 (1996) 2084-2091, equations
//! 1.9 and 2.12, written with `y` independent of `z`). Both are exact at every step length.
//!
//! Units: `r` per day, `m` and `v` in the unit of `x`, `I` in that unit times days. Domain: `r > 0`, `v >= 0`.

use pegstress_num::{Lanes, exp, exp_m1};
use pegstress_unlock::DAY_SECS;

/// Below this `r dt` the last term comes from its series: the closed form would cancel.
const SERIES_BELOW: f64 = 0.03;

/// A level that returns to its mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OrnsteinUhlenbeck {
    /// Mean of the stationary law.
    pub mean: f64,
    /// Speed of return, per day.
    pub reversion_per_day: f64,
    /// Standard deviation of the stationary law.
    pub sd: f64,
}

/// Constants of one step.
#[derive(Debug, Clone, Copy)]
pub struct OrnsteinUhlenbeckStep {
    mean: f64,
    kept: f64,
    noise: f64,
    step_days: f64,
    kept_integral: f64,
    common: f64,
    own: f64,
}

impl OrnsteinUhlenbeckStep {
    /// Constants for steps of `step_secs`.
    pub fn new(process: &OrnsteinUhlenbeck, step_secs: f64) -> Self {
        let (r, v) = (process.reversion_per_day, process.sd);
        let step_days = step_secs / DAY_SECS;
        let a = r * step_days;
        let kept = exp(-a);
        let (lost, lost_square) = (-exp_m1(-a), -exp_m1(-2.0 * a));
        let tanh_half = lost / (1.0 + kept);
        let series = a * a * a / 6.0 * (1.0 - a * a * (0.1 - a * a * (17.0 / 1680.0)));
        let own = if a < SERIES_BELOW { series } else { 2.0 * a - 4.0 * tanh_half };
        Self {
            mean: process.mean,
            kept,
            noise: v * lost_square.sqrt(),
            step_days,
            kept_integral: lost / r,
            common: v / r * lost * lost / lost_square.sqrt(),
            own: v / r * own.sqrt(),
        }
    }

    /// The level a step later.
    #[inline(always)]
    pub fn next<const W: usize>(&self, level: &Lanes<W>, normal: &Lanes<W>) -> Lanes<W> {
        let mut next = [0.0; W];
        for i in 0..W {
            next[i] = self.mean + (level[i] - self.mean) * self.kept + self.noise * normal[i];
        }
        next
    }

    /// The integral over the step that goes with [`Self::next`]; `other` is independent of `normal`.
    #[inline(always)]
    pub fn integral<const W: usize>(
        &self,
        level: &Lanes<W>,
        normal: &Lanes<W>,
        other: &Lanes<W>,
    ) -> Lanes<W> {
        let mut sum = [0.0; W];
        for i in 0..W {
            let expected = self.mean * self.step_days + (level[i] - self.mean) * self.kept_integral;
            sum[i] = expected + self.common * normal[i] + self.own * other[i];
        }
        sum
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "the standard library is the truth to test against")]
mod tests {
    use super::*;
    use crate::drivers::sample::{Moments, correlation, kolmogorov};
    use pegstress_num::draw::normals;
    use pegstress_num::{Stream, normal_cdf};

    const PROCESS: OrnsteinUhlenbeck = OrnsteinUhlenbeck { mean: 2.0, reversion_per_day: 0.5, sd: 0.8 };

    /// Level and integral after `steps` steps of `step_secs` from `from`, for `64 * blocks` paths.
    fn run(step_secs: f64, steps: u32, from: f64, blocks: u64) -> (Vec<f64>, Vec<f64>) {
        let step = OrnsteinUhlenbeckStep::new(&PROCESS, step_secs);
        let (mut levels, mut integrals) = (Vec::new(), Vec::new());
        for block in 0..blocks {
            let (mut level, mut sum) = ([from; 64], [0.0; 64]);
            for at in 0..steps {
                let (mut z, mut y) = ([0.0; 64], [0.0; 64]);
                normals(5, block * 64, at, Stream::DriverNormals, &mut z, &mut y);
                let part = step.integral(&level, &z, &y);
                level = step.next(&level, &z);
                for i in 0..64 {
                    sum[i] += part[i];
                }
            }
            levels.extend(level);
            integrals.extend(sum);
        }
        (levels, integrals)
    }

    #[test]
    fn a_level_after_a_day_is_normal_with_the_closed_mean_and_variance() {
        let (levels, _) = run(86_400.0 / 4.0, 4, 5.0, 15_625);
        let mean = 2.0 + 3.0 * (-0.5_f64).exp();
        let sd = 0.8 * (1.0 - (-1.0_f64).exp()).sqrt();
        // A million samples; the 0.1 % point of Kolmogorov's statistic.
        let distance = kolmogorov(&levels, |x| normal_cdf((x - mean) / sd));
        assert!(distance < 1.95e-3, "{distance}");
    }

    #[test]
    fn the_autocorrelation_decays_with_the_reversion() {
        // Twenty days are ten mean lives: the start is forgotten to 5e-5.
        let (one, _) = run(86_400.0, 20, 2.0, 4000);
        let (two, _) = run(86_400.0, 22, 2.0, 4000);
        let found = correlation(&one, &two);
        // Standard error (1 - rho^2) / sqrt(256,000) = 0.0017; four of them.
        assert!((found - (-1.0_f64).exp()).abs() < 0.007, "{found}");
    }

    #[test]
    fn the_integral_has_the_closed_mean_and_variance_at_any_step_length() {
        let (r, v, t) = (0.5_f64, 0.8_f64, 3.0_f64);
        let mean = 2.0 * t + 3.0 * (1.0 - (-r * t).exp()) / r;
        let bracket = r * t - 2.0 * (1.0 - (-r * t).exp()) + (1.0 - (-2.0 * r * t).exp()) / 2.0;
        let variance = 2.0 * v * v / (r * r) * bracket;
        // 0.02 = 1 hour's r dt is on the side of the series.
        for (step_secs, steps, blocks) in [(3.0 * 86_400.0, 1, 8000), (86_400.0, 3, 8000), (3600.0, 72, 1500)]
        {
            let found = Moments::of(&run(step_secs, steps, 5.0, blocks).1);
            assert!((found.mean - mean).abs() < 5.0 * found.mean_error, "{step_secs}: {found:?} {mean}");
            assert!((found.variance - variance).abs() < 5.0 * found.variance_error, "{found:?} {variance}");
        }
    }

    #[test]
    fn series_and_closed_form_meet() {
        let own = |r: f64| {
            let process = OrnsteinUhlenbeck { reversion_per_day: r, ..PROCESS };
            let step = OrnsteinUhlenbeckStep::new(&process, 86_400.0);
            (step.own * r / 0.8).powi(2) / r.powi(3)
        };
        // The function is smooth: across the switch it moves by its slope, 1/30 * 2e-8 * 0.03, and by the closed form's
        // cancellation, 1e-16 * 2 * 0.03 / (0.03^3 / 6) = 1.3e-12.
        assert!((own(SERIES_BELOW * (1.0 + 1e-8)) - own(SERIES_BELOW * (1.0 - 1e-8))).abs() < 1e-11);
    }
}
