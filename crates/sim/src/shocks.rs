//! Shocks on the grid, and when they act in each lane.
//!
//! ```text
//! scheduled   first = floor(start / dt)                                  known before any path
//! triggered   first = s + floor(start / dt)                              s: the step after the trigger first held
//! acts in     first <= step < first + max(1, ceil(duration / dt))
//! ```
//!
//! A trigger is looked at before the first step and at the end of each; what it looks at afterwards does not matter. The size
//! of a shock is spread over its steps (shares compound) unless it is a level. Where no shock has a trigger no lane
//! asks for one.

use crate::plan::Plan;
use crate::scenario::{PathStudy, Shock, ShockKind, Trigger};
use pegstress_num::draw::normals;
use pegstress_num::{Lanes, Stream, clamp, exp, greater, lesser, ln, select};

/// Shocks of one kind in one step take at most this share.
const MOST_SHARE: f64 = 0.999_999;

/// A shock on the grid.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlannedShock {
    pub(crate) shock: Shock,
    /// First step in which it acts; with a trigger, counted from the step after that holds.
    first_step: usize,
    /// In how many it acts.
    pub(crate) steps: usize,
}

impl PlannedShock {
    pub(crate) fn new(shock: Shock, step_secs: f64) -> Self {
        let first_step = (shock.start_secs / step_secs).floor() as usize;
        let steps = ((shock.duration_secs / step_secs).ceil() as usize).max(1);
        Self { shock, first_step, steps }
    }

    /// Whether it acts in `step` on schedule; not with a trigger.
    #[inline(always)]
    pub(crate) fn acts_in(&self, step: usize) -> bool {
        self.shock.trigger.is_none() && step >= self.first_step && step < self.first_step + self.steps
    }
}

/// Losses of stake that shocks can bring, in the order in which they act in a step: services slash, operators are slashed,
/// balances on the beacon chain fall.
pub(crate) fn stake_losses(study: &PathStudy) -> Vec<ShockKind> {
    let services = study.restaking.as_ref().map_or(0, |restaking| restaking.spec.services.len());
    let groups = study.shock_groups.len();
    let all = (0..services)
        .map(ShockKind::SlashByService)
        .chain((0..groups).map(ShockKind::SlashOperators))
        .chain((0..groups).flat_map(|k| [ShockKind::LoseOnBeaconChain(k), ShockKind::OperatorOutage(k)]));
    all.filter(|kind| study.shocks.iter().any(|shock| shock.kind == *kind)).collect()
}

/// Time left until redemptions open again by schedule, by step; zero where they are open.
pub(crate) fn pause_left_secs(shocks: &[PlannedShock], steps: usize, step_secs: f64) -> Vec<f64> {
    let mut left = vec![0.0_f64; steps];
    for planned in shocks.iter().filter(|p| p.shock.kind == ShockKind::PauseRedemptions) {
        if planned.shock.trigger.is_some() {
            continue;
        }
        let end = planned.first_step + planned.steps;
        for step in planned.first_step..end.min(steps) {
            left[step] = left[step].max((end - step) as f64 * step_secs);
        }
    }
    left
}

/// What triggers look at.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(crate) struct Sights<const W: usize> {
    pub(crate) discount: Lanes<W>,
    pub(crate) buffer_eth: Lanes<W>,
    pub(crate) value_loss: Lanes<W>,
    pub(crate) bad_debt_eth: Lanes<W>,
}

/// The shocks of a block's paths.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(crate) struct ShockLanes<const W: usize> {
    /// What each shock does in one step: a share, an amount, or a level.
    per_step: Vec<Lanes<W>>,
    /// First step in which it acts; of shocks with a trigger only, infinite before that holds.
    first_step: Vec<Lanes<W>>,
}

impl<const W: usize> ShockLanes<W> {
    /// Before the first step.
    pub(crate) fn new(plan: &Plan, first_path: u64) -> Self {
        Self {
            per_step: (0..plan.shocks.len()).map(|k| sizes(plan, first_path, k)).collect(),
            first_step: vec![[f64::INFINITY; W]; plan.shocks.len()],
        }
    }

    /// The lanes in which shock `k` acts in `step`, as a factor of 0 or 1.
    #[inline(always)]
    fn acting(&self, plan: &Plan, step: usize, k: usize) -> Lanes<W> {
        let steps = plan.shocks[k].steps as f64;
        let mut acting = [0.0; W];
        for i in 0..W {
            let since = step as f64 - self.first_step[k][i];
            acting[i] = select((since >= 0.0) & (since < steps), 1.0, 0.0);
        }
        acting
    }

    /// Whether a shock of the kind acts in this step in any lane. Where it does not, [`ShockLanes::due`] is 0.
    #[inline(always)]
    pub(crate) fn is_due(&self, plan: &Plan, step: usize, kind: ShockKind) -> bool {
        let of_kind = |planned: &PlannedShock| planned.shock.kind == kind;
        plan.shocks.iter().enumerate().any(|(k, planned)| {
            let triggered = || planned.shock.trigger.is_some() && self.acting(plan, step, k).contains(&1.0);
            of_kind(planned) && (planned.acts_in(step) || triggered())
        })
    }

    /// Whether a shock of the kind may act in this step: the same in all lanes, for work that is not nothing where it moves
    /// nothing.
    #[inline(always)]
    pub(crate) fn may_act(plan: &Plan, step: usize, kind: ShockKind) -> bool {
        plan.shocks.iter().any(|planned| {
            planned.shock.kind == kind && (planned.shock.trigger.is_some() || planned.acts_in(step))
        })
    }

    /// Sum of the shocks of one kind that act in this step.
    #[inline(always)]
    pub(crate) fn due(&self, plan: &Plan, step: usize, kind: ShockKind) -> Lanes<W> {
        let mut sum = [0.0; W];
        for (k, planned) in plan.shocks.iter().enumerate() {
            if planned.shock.kind == kind {
                self.add(plan, step, k, &mut sum);
            }
        }
        // Two shares at once never take everything: a pool without reserves has no price.
        if kind.is_share() {
            for s in &mut sum {
                *s = lesser(*s, MOST_SHARE);
            }
        }
        sum
    }

    /// What shock `k` alone does in this step.
    #[inline(always)]
    pub(crate) fn due_of(&self, plan: &Plan, step: usize, k: usize) -> Lanes<W> {
        let mut size = [0.0; W];
        self.add(plan, step, k, &mut size);
        size
    }

    #[inline(always)]
    fn add(&self, plan: &Plan, step: usize, k: usize, sum: &mut Lanes<W>) {
        let (planned, size) = (&plan.shocks[k], &self.per_step[k]);
        if planned.shock.trigger.is_some() {
            let acting = self.acting(plan, step, k);
            for i in 0..W {
                sum[i] += size[i] * acting[i];
            }
        } else if planned.acts_in(step) {
            for i in 0..W {
                sum[i] += size[i];
            }
        }
    }

    /// Time left until redemptions open again, seconds; zero where they are open.
    #[inline(always)]
    pub(crate) fn pause_left_secs(&self, plan: &Plan, step: usize) -> Lanes<W> {
        let mut left = [plan.pause_left_secs[step]; W];
        for (k, planned) in plan.shocks.iter().enumerate() {
            if planned.shock.kind == ShockKind::PauseRedemptions && planned.shock.trigger.is_some() {
                let acting = self.acting(plan, step, k);
                let step_secs = f64::from(plan.study.step_secs);
                for i in 0..W {
                    let end = self.first_step[k][i] + planned.steps as f64;
                    let rest = select(acting[i] > 0.0, (end - step as f64) * step_secs, 0.0);
                    left[i] = greater(left[i], rest);
                }
            }
        }
        left
    }

    /// What is left of ETH/USD after all its falls up to the end of `step`, and after those of the last 24 hours.
    #[inline(always)]
    pub(crate) fn usd_left(&self, plan: &Plan, step: usize) -> [Lanes<W>; 2] {
        let mut left = [[1.0; W]; 2];
        let window = plan.steps_per_day;
        for (k, planned) in plan.shocks.iter().enumerate() {
            if planned.shock.kind != ShockKind::MoveEthUsd {
                continue;
            }
            let scheduled = [planned.first_step as f64; W];
            let first = if planned.shock.trigger.is_some() { &self.first_step[k] } else { &scheduled };
            let steps = planned.steps as f64;
            for i in 0..W {
                let since = step as f64 + 1.0 - first[i];
                let (all, old) = (clamp(since, 0.0, steps), clamp(since - window, 0.0, steps));
                let log = ln(1.0 - self.per_step[k][i]);
                left[0][i] *= exp(all * log);
                left[1][i] *= exp((all - old) * log);
            }
        }
        left
    }

    /// Shocks whose trigger holds for the first time start from step `next` on, after their delay.
    #[inline(always)]
    pub(crate) fn pull_triggers(&mut self, plan: &Plan, next: usize, sights: &Sights<W>) {
        for (planned, first) in plan.shocks.iter().zip(&mut self.first_step) {
            let Some(trigger) = planned.shock.trigger else { continue };
            let start = (next + planned.first_step) as f64;
            let (seen, level, sign) = match trigger {
                Trigger::DiscountAbove(level) => (&sights.discount, level, 1.0),
                Trigger::BufferBelow(level) => (&sights.buffer_eth, level, -1.0),
                Trigger::ValueLossAbove(level) => (&sights.value_loss, level, 1.0),
                Trigger::BadDebtAbove(level) => (&sights.bad_debt_eth, level, 1.0),
            };
            for i in 0..W {
                let holds = sign * (seen[i] - level) > 0.0;
                first[i] = select(holds, lesser(first[i], start), first[i]);
            }
        }
    }
}

/// What shock `k` does in one of its steps, per lane: the whole size is reached over its duration.
fn sizes<const W: usize>(plan: &Plan, first_path: u64, k: usize) -> Lanes<W> {
    let planned = &plan.shocks[k];
    let (mut normal, mut unused) = ([0.0; W], [0.0; W]);
    normals(plan.study.seed, first_path, k as u32, Stream::ShockSizes, &mut normal, &mut unused);
    let sd = planned.shock.size_log_sd;
    let per_step = 1.0 / planned.steps as f64;
    let kind = planned.shock.kind;
    normal.map(|z| {
        let size = planned.shock.size * exp(sd * z - 0.5 * sd * sd);
        let share = 1.0 - exp(per_step * ln(1.0 - clamp(size, 0.0, 0.999_999)));
        let amount = select(kind.is_level(), size, size * per_step);
        select(kind.is_share(), share, amount)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shock_acts_in_the_step_that_holds_its_start_and_for_its_duration() {
        let shock = Shock {
            kind: ShockKind::PauseRedemptions,
            trigger: None,
            start_secs: 5400.0,
            duration_secs: 7200.0,
            size: 1.0,
            size_log_sd: 0.0,
        };
        let planned = PlannedShock::new(shock, 3600.0);
        assert_eq!((0..6).filter(|s| planned.acts_in(*s)).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(pause_left_secs(&[planned], 4, 3600.0), [0.0, 7200.0, 3600.0, 0.0]);
        let sudden = PlannedShock::new(Shock { duration_secs: 0.0, ..shock }, 3600.0);
        assert_eq!((0..6).filter(|s| sudden.acts_in(*s)).collect::<Vec<_>>(), [1]);
        let triggered = Shock { trigger: Some(Trigger::BufferBelow(1.0)), ..shock };
        assert_eq!(pause_left_secs(&[PlannedShock::new(triggered, 3600.0)], 4, 3600.0), [0.0; 4]);
    }
}
