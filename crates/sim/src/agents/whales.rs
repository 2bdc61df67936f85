//! Large holders who leave on a schedule.
//!
//! ```text
//! left by step t on schedule = holding * (1 - clamp((t + 1 - first) / steps, 0, 1))
//! leaves in step t           = what is left beyond that, as far as price or redemption allow
//! ```
//!
//! What could not leave in a step is tried again in the next, also after the end of the schedule. Units: tokens.

use crate::scenario::Whale;
use pegstress_num::{Lanes, greater};

/// A whale on the grid.
#[derive(Debug, Clone, Copy)]
pub struct WhaleStep {
    holding_lrt: f64,
    first_step: usize,
    steps: usize,
}

impl WhaleStep {
    /// The schedule in steps of `step_secs`.
    pub fn new(whale: &Whale, step_secs: f64) -> Self {
        Self {
            holding_lrt: whale.holding_lrt,
            first_step: (whale.start_secs / step_secs).floor() as usize,
            steps: ((whale.duration_secs / step_secs).ceil() as usize).max(1),
        }
    }

    /// Whether its time has come.
    #[inline(always)]
    pub fn has_begun(&self, step: usize) -> bool {
        step >= self.first_step
    }

    /// Tokens that should leave in `step`, of those that are left.
    #[inline(always)]
    pub fn due_lrt<const W: usize>(&self, step: usize, left_lrt: &Lanes<W>) -> Lanes<W> {
        let after = (self.first_step + self.steps).saturating_sub(step + 1).min(self.steps);
        let scheduled = self.holding_lrt * (after as f64 / self.steps as f64);
        let mut due = [0.0; W];
        for i in 0..W {
            due[i] = greater(left_lrt[i] - scheduled, 0.0);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::WhaleExit;

    #[test]
    fn a_whale_leaves_evenly_and_catches_up_on_what_had_to_wait() {
        let whale = Whale {
            name: "fund".into(),
            holding_lrt: 100.0,
            start_secs: 7_200.0,
            duration_secs: 14_400.0,
            exit: WhaleExit::Redeem,
        };
        let step = WhaleStep::new(&whale, 3_600.0);
        assert!(!step.has_begun(1) && step.has_begun(2));
        assert_eq!(
            (1..8).map(|k| step.due_lrt(k, &[100.0])[0]).collect::<Vec<_>>(),
            [0.0, 25.0, 50.0, 75.0, 100.0, 100.0, 100.0]
        );
        assert_eq!(step.due_lrt(3, &[75.0]), [25.0]);
        let sudden = WhaleStep::new(&Whale { duration_secs: 0.0, ..whale }, 3_600.0);
        assert_eq!((sudden.due_lrt(1, &[100.0]), sudden.due_lrt(2, &[100.0])), ([0.0], [100.0]));
    }
}
