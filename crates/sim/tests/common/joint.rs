//! Joint studies and their outcomes.

use super::{Rows, report};
use pegstress_num::Isa;
use pegstress_sim::RunOptions;
use pegstress_sim::joint::*;
use pegstress_sim::scenario::PathStudy;

pub const THRESHOLDS: [f64; 3] = [0.005, 0.01, 0.05];

/// What each token's paths and all of them together left behind.
#[derive(Debug, Default)]
pub struct JointRows {
    pub members: Vec<Rows>,
    /// By path: number, then every count of tokens together.
    pub together: Vec<(u64, Vec<f64>)>,
    /// Largest relative imbalance of the common books.
    pub imbalance: f64,
}

impl JointRows {
    pub fn bits(&self) -> Vec<u64> {
        let own = self.members.iter().flat_map(Rows::bits);
        own.chain(self.together.iter().flat_map(|(_, values)| values.iter().map(|v| v.to_bits()))).collect()
    }

    pub fn faults(&self) -> usize {
        self.members.iter().map(Rows::faults).sum()
    }
}

impl CollectJoint for JointRows {
    fn absorb<const W: usize>(&mut self, block: &JointOutcomeBlock<W>) {
        use pegstress_sim::Collect;
        self.members.resize_with(block.members.len(), Rows::default);
        for (rows, member) in self.members.iter_mut().zip(&block.members) {
            rows.absorb(member);
        }
        let first = &block.members[0];
        for lane in 0..first.active {
            let values = block.together.iter().flat_map(|one| {
                let apart = [one.most_at_once[lane], one.hours_two_or_more[lane]];
                let of_tokens = one.below.iter().chain(&one.pairs).map(move |lanes| lanes[lane]);
                apart.into_iter().chain(of_tokens)
            });
            self.together.push((first.first_path + lane as u64, values.collect()));
            self.imbalance = self.imbalance.max(block.eth_imbalance[lane]);
        }
    }

    fn merge(&mut self, other: Self) {
        use pegstress_sim::Collect;
        self.members.resize_with(self.members.len().max(other.members.len()), Rows::default);
        for (ours, theirs) in self.members.iter_mut().zip(other.members) {
            ours.merge(theirs);
        }
        self.together.extend(other.together);
        self.together.sort_by_key(|row| row.0);
        self.imbalance = self.imbalance.max(other.imbalance);
    }
}

/// A joint study with the report of all tests.
pub fn joint(studies: &[PathStudy], coupling: Coupling) -> JointStudy {
    JointStudy {
        members: studies.iter().map(|study| Member { study: study.clone(), report: report() }).collect(),
        coupling,
        thresholds: THRESHOLDS.to_vec(),
    }
}

pub fn run_all(study: &JointStudy, threads: usize, isa: Isa) -> (JointPlan, JointRows) {
    let plan = JointPlan::new(study);
    let options = RunOptions { threads, isa, paths: 0..plan.paths() };
    let rows = run_joint(&plan, &options, JointRows::default, |_| ());
    (plan, rows)
}

/// Compiles a step of its own: only where the width is what is tested.
pub fn run_all_in_blocks_of<const W: usize>(
    study: &JointStudy,
    threads: usize,
    isa: Isa,
) -> (JointPlan, JointRows) {
    let plan = JointPlan::new(study);
    let options = RunOptions { threads, isa, paths: 0..plan.paths() };
    let rows = run_joint_in_blocks_of::<W, JointRows>(&plan, &options, JointRows::default, |_| ());
    (plan, rows)
}

pub fn outcomes(study: &JointStudy) -> (JointPlan, JointRows) {
    run_all(study, 1, Isa::best())
}

/// Every token reacts to every other.
pub fn everybody(members: usize, per_discount_per_day: f64, threshold: f64) -> Contagion {
    let row = |i: usize| (0..members).map(|j| if i == j { 0.0 } else { per_discount_per_day }).collect();
    Contagion { per_discount_per_day: (0..members).map(row).collect(), threshold }
}
