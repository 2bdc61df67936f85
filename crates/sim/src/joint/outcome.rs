//! What a block of joint paths leaves behind.

use crate::outcome::OutcomeBlock;
use pegstress_num::Lanes;

/// Outcomes of `W` neighbouring paths of all tokens. A path that broke for one token is marked faulty for all.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub struct JointOutcomeBlock<const W: usize> {
    /// Each token's own, in the order of the members.
    pub members: Vec<OutcomeBlock<W>>,
    /// Tokens together, by threshold.
    pub together: Vec<Together<W>>,
    /// Relative violation of the balance of ETH of all tokens and the purse.
    pub eth_imbalance: Lanes<W>,
}

/// How tokens were below one threshold together, by the closes of all steps.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub struct Together<const W: usize> {
    /// Largest number of tokens at once.
    pub most_at_once: Lanes<W>,
    /// Time with two or more at once, hours.
    pub hours_two_or_more: Lanes<W>,
    /// By token: 1 where it was ever below.
    pub below: Vec<Lanes<W>>,
    /// By pair ([`pair_index`]): 1 where both were below at once in some step.
    pub pairs: Vec<Lanes<W>>,
}

/// Place of the pair of members `i < j` among all pairs.
pub fn pair_index(i: usize, j: usize) -> usize {
    j * (j - 1) / 2 + i
}

/// What becomes of joint outcome blocks. Absorbing and merging must not depend on their order.
pub trait CollectJoint: Send {
    /// Takes one block in.
    fn absorb<const W: usize>(&mut self, block: &JointOutcomeBlock<W>);
    /// Joins what another thread has taken in.
    fn merge(&mut self, other: Self);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_numbered_without_gaps() {
        let list: Vec<_> = (1..4).flat_map(|j| (0..j).map(move |i| pair_index(i, j))).collect();
        assert_eq!(list, [0, 1, 2, 3, 4, 5]);
    }
}
