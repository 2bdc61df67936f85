//! How many tokens are below each threshold at once.

use super::outcome::{Together, pair_index};
use crate::block::Block;
use pegstress_num::{Lanes, greater, select};

/// Running counts of a block.
#[derive(Debug)]
#[repr(align(64))]
pub(super) struct JointWatch<const W: usize> {
    thresholds: Vec<f64>,
    /// By threshold; time in steps until the end.
    together: Vec<Together<W>>,
}

impl<const W: usize> JointWatch<W> {
    pub(super) fn new(thresholds: &[f64], members: usize) -> Self {
        let zero = [0.0; W];
        let none = Together {
            most_at_once: zero,
            hours_two_or_more: zero,
            below: vec![zero; members],
            pairs: vec![zero; members * members.saturating_sub(1) / 2],
        };
        Self { thresholds: thresholds.to_vec(), together: vec![none; thresholds.len()] }
    }

    /// Takes in the closes of a step.
    pub(super) fn observe(&mut self, blocks: &[Block<W>]) {
        for (threshold, together) in self.thresholds.iter().zip(&mut self.together) {
            let mut count = [0.0; W];
            let below: Vec<Lanes<W>> = blocks
                .iter()
                .map(|block| block.discount.map(|discount| select(discount > *threshold, 1.0, 0.0)))
                .collect();
            for (j, second) in below.iter().enumerate() {
                for i in 0..W {
                    count[i] += second[i];
                    together.below[j][i] = greater(second[i], together.below[j][i]);
                }
                for (k, first) in below[..j].iter().enumerate() {
                    let pair = &mut together.pairs[pair_index(k, j)];
                    for i in 0..W {
                        pair[i] = greater(first[i] * second[i], pair[i]);
                    }
                }
            }
            for i in 0..W {
                together.most_at_once[i] = greater(count[i], together.most_at_once[i]);
                together.hours_two_or_more[i] += select(count[i] >= 2.0, 1.0, 0.0);
            }
        }
    }

    /// The counts, times in hours.
    pub(super) fn finish(mut self, step_hours: f64) -> Vec<Together<W>> {
        for together in &mut self.together {
            for steps in &mut together.hours_two_or_more {
                *steps *= step_hours;
            }
        }
        self.together
    }
}
