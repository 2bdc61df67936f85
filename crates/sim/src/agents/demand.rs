//! Holders who leave: exit intensity with self-excitation.
//!
//! ```text
//! h      = h0 + a*max(0, d - d0) + b*max(0, T - T0) + c*max(0, m - m0) + xi + shocks + y  per day
//! exits  = float * (1 - exp(-h * dt * G))                                            tokens
//! xi'    = xi*exp(-w*dt) + k * exits / float                                         k = branching ratio * w
//! ```
//!
//! `d` discount, `T` quoted delay, `m` fall of ETH/USD below its 24-hour high, `y` contagion from other tokens
//! ([`crate::joint`]). A unit share of exits raises the
//! intensity by `k`, which decays at `w`: it causes `k/w` further exits, the branching ratio. `G` is a gamma
//! factor of mean one with variance `dispersion`, by the cube of Wilson and Hilferty (PNAS 17 (1931) 684-688):
//! `G = (1 - c + z*sqrt(c))^3 / (1 - c^3)`, `c = dispersion/9`; its mean is one by construction (before the cut
//! at zero, which a dispersion of at most 1 reaches with a probability below 0.4 %), its variance is within 3 %
//! of the gamma's.
//!
//! Domain: rates >= 0, branching ratio in `[0, 1)`, dispersion in `[0, 1]`.

use crate::scenario::ExitDemand;
use pegstress_num::{Lanes, exp, greater};
use pegstress_unlock::DAY_SECS;

/// What holders see when they decide.
#[derive(Debug, Clone, Copy)]
pub struct Signals<'a, const W: usize> {
    /// Discount at the last close, fraction.
    pub discount: &'a Lanes<W>,
    /// Quoted unlock delay, seconds.
    pub delay_secs: &'a Lanes<W>,
    /// Fall of ETH/USD below its 24-hour high, fraction.
    pub eth_drawdown: &'a Lanes<W>,
    /// What shocks add to the intensity, per day.
    pub raised_per_day: &'a Lanes<W>,
    /// Intensity that the discounts of other tokens add, per day.
    pub contagion_per_day: &'a Lanes<W>,
}

/// Constants of one step.
#[derive(Debug, Clone, Copy)]
pub struct DemandStep {
    params: ExitDemand,
    step_days: f64,
    decay: f64,
    excitation_per_share: f64,
    noise_shift: f64,
    noise_scale: f64,
    noise_norm: f64,
}

impl DemandStep {
    /// Constants for steps of `step_secs`.
    pub fn new(params: ExitDemand, step_secs: f64) -> Self {
        let step_days = step_secs / DAY_SECS;
        let c = params.dispersion / 9.0;
        Self {
            params,
            step_days,
            decay: exp(-params.excitation_decay_per_day * step_days),
            excitation_per_share: params.branching_ratio * params.excitation_decay_per_day,
            noise_shift: 1.0 - c,
            noise_scale: c.sqrt(),
            noise_norm: 1.0 / (1.0 - c * c * c),
        }
    }

    /// Exits of the step, tokens; updates the excitation. `normal` is this step's standard normal.
    #[inline(always)]
    pub fn exits<const W: usize>(
        &self,
        signals: Signals<'_, W>,
        normal: &Lanes<W>,
        float_lrt: &Lanes<W>,
        excitation_per_day: &mut Lanes<W>,
    ) -> Lanes<W> {
        let p = &self.params;
        let per_delay_sec = p.per_delay_day_per_day / DAY_SECS;
        let mut exits = [0.0; W];
        for i in 0..W {
            let fear = p.per_discount_per_day * greater(signals.discount[i] - p.discount_threshold, 0.0);
            let wait = per_delay_sec * greater(signals.delay_secs[i] - p.delay_threshold_secs, 0.0);
            let market =
                p.per_eth_drawdown_per_day * greater(signals.eth_drawdown[i] - p.eth_drawdown_threshold, 0.0);
            let moved = p.base_per_day + fear + wait + market + excitation_per_day[i];
            let intensity = moved + signals.raised_per_day[i] + signals.contagion_per_day[i];
            let root = greater(self.noise_shift + self.noise_scale * normal[i], 0.0);
            let noise = root * root * root * self.noise_norm;
            let share = 1.0 - exp(-intensity * self.step_days * noise);
            exits[i] = float_lrt[i] * share;
            excitation_per_day[i] = excitation_per_day[i] * self.decay + self.excitation_per_share * share;
        }
        exits
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "the standard library is the truth to test against")]
mod tests {
    use super::*;
    use pegstress_num::Stream;

    const CALM: ExitDemand = ExitDemand {
        base_per_day: 0.01,
        per_discount_per_day: 2.0,
        discount_threshold: 0.01,
        per_delay_day_per_day: 0.001,
        delay_threshold_secs: 10.0 * DAY_SECS,
        per_eth_drawdown_per_day: 0.5,
        eth_drawdown_threshold: 0.1,
        branching_ratio: 0.0,
        excitation_decay_per_day: 1.0,
        dispersion: 0.0,
    };

    fn exits(params: ExitDemand, discount: f64, delay_days: f64, drawdown: f64, excitation: &mut f64) -> f64 {
        let step = DemandStep::new(params, 3600.0);
        let signals = Signals {
            discount: &[discount],
            delay_secs: &[delay_days * DAY_SECS],
            eth_drawdown: &[drawdown],
            raised_per_day: &[0.0],
            contagion_per_day: &[0.0],
        };
        let mut state = [*excitation];
        let out = step.exits(signals, &[0.0], &[1000.0], &mut state);
        *excitation = state[0];
        out[0]
    }

    #[test]
    fn the_intensity_is_the_sum_of_its_parts() {
        let expected = |h: f64| 1000.0 * (1.0 - (-h / 24.0_f64).exp());
        // Differences of numbers near 1000 in double precision: 1e-12 relative, generous.
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-10, "{a} {b}");
        close(exits(CALM, 0.0, 0.0, 0.0, &mut 0.0), expected(0.01));
        close(exits(CALM, 0.03, 0.0, 0.0, &mut 0.0), expected(0.01 + 2.0 * 0.02));
        close(exits(CALM, 0.0, 30.0, 0.0, &mut 0.0), expected(0.01 + 0.001 * 20.0));
        close(exits(CALM, 0.0, 0.0, 0.3, &mut 0.0), expected(0.01 + 0.5 * 0.2));
        close(exits(CALM, 0.0, 0.0, 0.0, &mut 0.04), expected(0.05));
    }

    #[test]
    fn one_burst_of_exits_causes_its_branching_ratio_of_further_exits() {
        // A burst of share s adds k*s to the intensity, which decays at w: the integral is (k/w) s. Small shares
        // and steps, so that 1 - exp(-x) is x; the step's left-end rule overstates the integral by w*dt/2 = 2 %.
        let params = ExitDemand { base_per_day: 0.0, branching_ratio: 0.5, ..CALM };
        let step = DemandStep::new(params, 3600.0);
        let burst = 1e-6;
        let mut state = [step.excitation_per_share * burst];
        let zero = [0.0];
        let signals = Signals {
            discount: &zero,
            delay_secs: &zero,
            eth_drawdown: &zero,
            raised_per_day: &zero,
            contagion_per_day: &zero,
        };
        // Follow the direct offspring only: without feeding their own excitation back.
        let mut offspring = 0.0;
        for _ in 0..24 * 40 {
            let mut kept = state;
            offspring += step.exits(signals, &[0.0], &[1.0], &mut kept)[0];
            state[0] *= step.decay;
        }
        assert!((offspring / burst - 0.5).abs() < 0.5 * 0.03, "{}", offspring / burst);
    }

    #[test]
    fn the_noise_has_mean_one_and_the_stated_variance() {
        let params = ExitDemand { dispersion: 0.5, ..CALM };
        let step = DemandStep::new(params, 3600.0);
        let (mut a, mut b) = ([0.0; 64], [0.0; 64]);
        let (mut sum, mut squares, mut n) = (0.0, 0.0, 0.0);
        for block in 0..4000_u64 {
            pegstress_num::draw::normals(7, block * 64, 0, Stream::FlowNormals, &mut a, &mut b);
            for z in a.iter().chain(&b) {
                let root = greater(step.noise_shift + step.noise_scale * z, 0.0);
                let g = root * root * root * step.noise_norm;
                sum += g;
                squares += g * g;
                n += 1.0;
            }
        }
        let mean = sum / n;
        let variance = squares / n - mean * mean;
        // 512,000 draws: the standard error of the mean is sqrt(0.5/512000) = 0.001; four of them.
        assert!((mean - 1.0).abs() < 0.004, "{mean}");
        assert!((variance / 0.5 - 1.0).abs() < 0.03, "{variance}");
    }
}
