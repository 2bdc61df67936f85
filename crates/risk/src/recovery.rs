//! The share of paths that have recovered by a time, where some paths end before they could.
//!
//! ```text
//! still away(t) = prod over times u <= t of (1 - d_u / n_u)        Kaplan and Meier, JASA 53 (1958) 457-481
//! d_u  paths that recover u after their first close beyond the level
//! n_u  paths that have been away for u and are still watched
//! ```
//!
//! A path counts from its first close beyond the recovery level. It is watched until its end less the time for which a
//! recovery must hold: a return after that is not confirmed by the end, and the path is *censored* there. Whoever took the
//! share of all paths that recovered would count the censored ones as never recovering. Intervals: Greenwood's variance on
//! the scale of log(-log) (Kalbfleisch and Prentice, 2002, section 1.4), 95 %, Monte-Carlo error only.
//!
//! What the estimate takes for granted: that a path which cannot be watched any longer would have recovered like the
//! others. As a recovery counts only after the deepest close, a path that is cut short may count as recovered though it
//! would have fallen again: the estimate errs to the early side near the end of the horizon.

use pegstress_num::{exp, ln};

/// Quantile of the normal law for 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// Counts by time away, in steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Recoveries {
    recovered: Vec<u64>,
    censored: Vec<u64>,
    hold_steps: f64,
}

/// One time of the curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RecoveryPoint {
    /// Steps since the first close beyond the level.
    pub steps: usize,
    /// Share recovered by then.
    pub share: f64,
    /// 95 % interval; `None` before the first recovery, and where all have recovered.
    pub interval: Option<(f64, f64)>,
    /// Paths that were still away and watched just before.
    pub at_risk: u64,
    /// Paths recovered up to then.
    pub recovered: u64,
    /// Paths no longer watched by then.
    pub censored: u64,
}

impl Recoveries {
    /// Nothing counted, of paths of `steps` steps; a recovery must hold for `hold_steps`.
    pub fn new(steps: usize, hold_steps: f64) -> Self {
        Self { recovered: vec![0; steps + 1], censored: vec![0; steps + 1], hold_steps }
    }

    /// A path that was first beyond the level at step `breach` (counted from 1) and recovered `after` steps later, if it
    /// did; a path that never was beyond has no breach and does not count.
    pub fn add(&mut self, breach: f64, after: f64) {
        let last = self.recovered.len() - 1;
        if breach.is_nan() {
            return;
        }
        let place = |steps: f64| (steps.round().max(0.0) as usize).min(last);
        if after.is_nan() {
            self.censored[place(last as f64 - breach - self.hold_steps)] += 1;
        } else {
            self.recovered[place(after)] += 1;
        }
    }

    /// Adds what another has counted.
    pub fn merge(&mut self, other: &Self) {
        for (ours, theirs) in self.recovered.iter_mut().zip(&other.recovered) {
            *ours += theirs;
        }
        for (ours, theirs) in self.censored.iter_mut().zip(&other.censored) {
            *ours += theirs;
        }
    }

    /// Paths that were beyond the level.
    pub fn count(&self) -> u64 {
        self.recovered.iter().chain(&self.censored).sum()
    }

    /// The curve at every `every`-th step while anybody is watched; empty if no path was beyond the level.
    pub fn curve(&self, every: usize) -> Vec<RecoveryPoint> {
        let mut at_risk = self.count();
        let (mut away, mut variance) = (1.0, 0.0);
        let (mut recovered, mut censored) = (0, 0);
        let mut points = Vec::new();
        for (steps, (d, c)) in self.recovered.iter().zip(&self.censored).enumerate() {
            if at_risk == 0 {
                break;
            }
            let n = at_risk as f64;
            if *d > 0 {
                away *= 1.0 - *d as f64 / n;
                variance += *d as f64 / (n * (n - *d as f64));
            }
            recovered += d;
            censored += c;
            let last = at_risk == d + c;
            if steps.is_multiple_of(every.max(1)) || last {
                let interval = interval(away, variance);
                points.push(RecoveryPoint {
                    steps,
                    share: 1.0 - away,
                    interval,
                    at_risk,
                    recovered,
                    censored,
                });
            }
            // Who is censored at a time was watched at that time.
            at_risk -= d + c;
        }
        points
    }
}

fn interval(away: f64, variance: f64) -> Option<(f64, f64)> {
    if !(away > 0.0 && away < 1.0 && variance.is_finite()) {
        return None;
    }
    let log_away = ln(away);
    let half = Z * variance.sqrt() / log_away.abs();
    let end = |sign: f64| exp(log_away * exp(sign * half));
    Some((1.0 - end(-1.0), 1.0 - end(1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_is_the_textbook_one() {
        // Kaplan and Meier's own eight: deaths at 0.8, 3.1, 5.4, 9.2, losses at 1.0, 2.7, 7.0, 12.1 (times ten here).
        // Survival 7/8, 7/8 * 4/5, then * 3/4, then * 1/2.
        let mut counts = Recoveries::new(130, 0.0);
        for died in [8.0, 31.0, 54.0, 92.0] {
            counts.add(0.0, died);
        }
        for lost in [10.0, 27.0, 70.0, 121.0] {
            // Watched to the end at 130 from a breach that leaves this much.
            counts.add(130.0 - lost, f64::NAN);
        }
        counts.add(f64::NAN, f64::NAN);
        assert_eq!(counts.count(), 8);
        let curve = counts.curve(1);
        let away = |steps: usize| 1.0 - curve[steps].share;
        for (steps, expected) in [(7, 1.0), (8, 0.875), (30, 0.875), (31, 0.7), (54, 0.525), (92, 0.2625)] {
            assert!((away(steps) - expected).abs() < 1e-12, "{steps}: {}", away(steps));
        }
        // The last is lost at 121, where the curve ends.
        assert_eq!((curve.len(), curve[121].censored), (122, 4));
    }

    #[test]
    fn a_return_that_cannot_be_confirmed_any_more_is_censored_and_not_a_failure() {
        // 100 paths of 50 steps that recover after 10; every second begins at step 45 with a hold of 6.
        let mut counts = Recoveries::new(50, 6.0);
        for path in 0..100 {
            if path % 2 == 0 { counts.add(1.0, 10.0) } else { counts.add(45.0, f64::NAN) }
        }
        let curve = counts.curve(1);
        let end = curve.last().expect("a curve");
        assert!((end.share - 1.0).abs() < 1e-12 && end.recovered == 50 && end.censored == 50);
    }

    #[test]
    fn without_censoring_the_interval_covers_the_binomial_share() {
        let mut counts = Recoveries::new(100, 0.0);
        for path in 0..1000 {
            counts.add(0.0, if path < 300 { 5.0 } else { 90.0 });
        }
        let point = counts.curve(1)[10];
        let (low, high) = point.interval.expect("an interval");
        // 0.3 +- 1.96 sqrt(0.3 * 0.7 / 1000) = 0.2716 to 0.3284; the scale of log(-log) bends it by a few 1e-4.
        assert!((point.share - 0.3).abs() < 1e-12);
        assert!((low - 0.2716).abs() < 2e-3 && (high - 0.3284).abs() < 2e-3, "{low} {high}");
    }
}
