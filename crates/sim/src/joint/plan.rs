//! A joint study made ready to run.

use super::{Coupling, JointStudy};
use crate::plan::Plan;

/// Plans of all tokens, together and each alone.
#[derive(Debug, Clone)]
pub struct JointPlan {
    /// Each token in the joint run.
    pub members: Vec<Plan>,
    /// Each token by itself, with its own clock and capital and the same draws: what coupling is measured against.
    pub alone: Vec<Plan>,
    /// What they share.
    pub coupling: Coupling,
    /// Discounts at which tokens are counted together, fractions.
    pub thresholds: Vec<f64>,
}

impl JointPlan {
    /// Prepares a study.
    pub fn new(study: &JointStudy) -> Self {
        let alone: Vec<_> = study
            .members
            .iter()
            .enumerate()
            .map(|(member, one)| Plan::new(&one.study, &one.report).of_member(member))
            .collect();
        let mut members = alone.clone();
        if study.coupling.arbitrage_capital_eth.is_some() {
            for plan in &mut members {
                // It is in the purse.
                plan.study.agents.arbitrage.capital_eth = 0.0;
            }
        }
        Self { members, alone, coupling: study.coupling.clone(), thresholds: study.thresholds.clone() }
    }

    /// Steps of every path.
    pub fn steps(&self) -> usize {
        self.members.first().map_or(0, |plan| plan.study.steps)
    }

    /// Paths that are asked for.
    pub fn paths(&self) -> u64 {
        self.members.first().map_or(0, |plan| plan.study.paths)
    }

    /// Length of a step, hours.
    pub fn step_hours(&self) -> f64 {
        self.members.first().map_or(0.0, |plan| f64::from(plan.study.step_secs) / 3600.0)
    }
}
