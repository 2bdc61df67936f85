//! What is kept of a joint run while it goes on.

use crate::outcomes::METRIC_BITS;
use crate::tally::Tally;
use pegstress_num::LogHistogram;
use pegstress_sim::joint::{CollectJoint, JointOutcomeBlock, JointPlan};
use pegstress_sim::{Collect, MetricKind, OutcomeBlock, Plan};

/// Counts of a joint run, and the depth of every token in every path.
#[derive(Debug, Clone)]
pub struct JointTally {
    /// Each token's own.
    pub members: Vec<Tally>,
    /// By threshold.
    pub(super) together: Vec<Counts>,
    /// Paths without a fault.
    pub(super) sound: u64,
    /// Largest relative imbalance of the common books.
    pub(super) imbalance: f64,
    /// Place of the deepest close among each token's metrics.
    deepest: Vec<usize>,
    /// By sound path: number, then each token's deepest close, bps.
    depths: Vec<(u64, Vec<f64>)>,
}

/// Paths in which tokens were below one threshold together.
#[derive(Debug, Clone)]
pub(super) struct Counts {
    /// At place `k`: with `k + 1` or more tokens at once.
    pub(super) at_least: Vec<u64>,
    /// By token: ever below.
    pub(super) below: Vec<u64>,
    /// By pair: both at once.
    pub(super) pairs: Vec<u64>,
    /// Time with two or more, hours.
    pub(super) hours: LogHistogram,
}

impl JointTally {
    /// An empty tally for a plan; `keep_outcomes` also keeps every path's metrics of every token.
    pub fn new(plan: &JointPlan, keep_outcomes: bool) -> Self {
        let members = plan.members.len();
        let none = Counts {
            at_least: vec![0; members],
            below: vec![0; members],
            pairs: vec![0; members * members.saturating_sub(1) / 2],
            hours: LogHistogram::new(METRIC_BITS),
        };
        Self {
            members: plan.members.iter().map(|plan| Tally::new(plan, keep_outcomes)).collect(),
            together: vec![none; plan.thresholds.len()],
            sound: 0,
            imbalance: 0.0,
            deepest: plan.members.iter().map(deepest_place).collect(),
            depths: Vec::new(),
        }
    }

    /// Depths by sound path, in the order of paths.
    pub(super) fn depths(&self) -> Vec<(u64, Vec<f64>)> {
        let mut rows = self.depths.clone();
        rows.sort_unstable_by_key(|row| row.0);
        rows
    }
}

impl CollectJoint for JointTally {
    fn absorb<const W: usize>(&mut self, block: &JointOutcomeBlock<W>) {
        for (tally, outcomes) in self.members.iter_mut().zip(&block.members) {
            tally.absorb(outcomes);
        }
        let Some(first) = block.members.first() else { return };
        for lane in (0..first.active).filter(|lane| first.faults[*lane].is_none()) {
            self.sound += 1;
            self.imbalance = self.imbalance.max(block.eth_imbalance[lane]);
            let depth = |(member, k): (&OutcomeBlock<W>, &usize)| member.metrics[*k][lane];
            let depths = block.members.iter().zip(&self.deepest).map(depth).collect();
            self.depths.push((first.first_path + lane as u64, depths));
            for (counts, together) in self.together.iter_mut().zip(&block.together) {
                let most = together.most_at_once[lane] as usize;
                counts.at_least.iter_mut().take(most).for_each(|count| *count += 1);
                let flags = |counts: &mut [u64], lanes: &[[f64; W]]| {
                    for (count, flag) in counts.iter_mut().zip(lanes) {
                        *count += u64::from(flag[lane] > 0.5);
                    }
                };
                flags(&mut counts.below, &together.below);
                flags(&mut counts.pairs, &together.pairs);
                counts.hours.add(together.hours_two_or_more[lane]);
            }
        }
    }

    fn merge(&mut self, other: Self) {
        for (ours, theirs) in self.members.iter_mut().zip(other.members) {
            ours.merge(theirs);
        }
        for (ours, theirs) in self.together.iter_mut().zip(&other.together) {
            let add = |ours: &mut [u64], theirs: &[u64]| {
                ours.iter_mut().zip(theirs).for_each(|(ours, theirs)| *ours += theirs);
            };
            add(&mut ours.at_least, &theirs.at_least);
            add(&mut ours.below, &theirs.below);
            add(&mut ours.pairs, &theirs.pairs);
            ours.hours.merge(&theirs.hours);
        }
        self.sound += other.sound;
        self.imbalance = self.imbalance.max(other.imbalance);
        self.depths.extend(other.depths);
    }
}

fn deepest_place(plan: &Plan) -> usize {
    plan.metrics.iter().position(|metric| metric.kind == MetricKind::DeepestClose).unwrap_or_default()
}

/// The deepest close of every sound path of one token by itself.
#[derive(Debug, Clone)]
pub struct Depths {
    deepest: usize,
    rows: Vec<(u64, f64)>,
}

impl Depths {
    /// Nothing seen yet.
    pub fn new(plan: &Plan) -> Self {
        Self { deepest: deepest_place(plan), rows: Vec::new() }
    }

    /// Depths by path, in any order.
    #[cfg(test)]
    pub(super) fn of_rows(rows: Vec<(u64, f64)>) -> Self {
        Self { deepest: 0, rows }
    }

    /// Depths by path, in the order of paths.
    pub(super) fn rows(&self) -> Vec<(u64, f64)> {
        let mut rows = self.rows.clone();
        rows.sort_unstable_by_key(|row| row.0);
        rows
    }
}

impl Collect for Depths {
    fn absorb<const W: usize>(&mut self, block: &OutcomeBlock<W>) {
        for lane in (0..block.active).filter(|lane| block.faults[*lane].is_none()) {
            self.rows.push((block.first_path + lane as u64, block.metrics[self.deepest][lane]));
        }
    }

    fn merge(&mut self, other: Self) {
        self.rows.extend(other.rows);
    }
}
