//! `W` neighbouring paths of all tokens, step by step.

use super::outcome::JointOutcomeBlock;
use super::plan::JointPlan;
use super::watch::JointWatch;
use crate::block::{Block, IMBALANCE_TOLERANCE};
use crate::outcome::Fault;
use crate::step::{self, Traces};
use pegstress_num::{Isa, Lanes, greater, select};
use pegstress_unlock::{ExitClock, Room};

/// Tokens that step together, and what goes from hand to hand.
#[repr(align(64))]
struct JointBlock<const W: usize> {
    blocks: Vec<Block<W>>,
    /// The exit clock of all, if there is one.
    clock: Option<ExitClock<W>>,
    /// Free arbitrage capital of all, if there is one purse.
    purse: Option<Lanes<W>>,
}

/// Runs the paths `first_path..first_path + W` of all tokens, of which the first `active` count.
pub(super) fn advance_block<const W: usize>(
    isa: Isa,
    plan: &JointPlan,
    first_path: u64,
    active: usize,
    rooms: &mut Vec<Room<W>>,
) -> JointOutcomeBlock<W> {
    rooms.resize_with(plan.members.len(), Room::default);
    let mut joint = JointBlock::new(isa, plan, first_path, rooms);
    let mut watch = JointWatch::new(&plan.thresholds, plan.members.len());
    let mut traces: Vec<_> = plan.members.iter().map(Traces::new).collect();
    for step in 0..plan.steps() {
        joint.tell_contagion(plan);
        joint.tell_utilisation(plan);
        for turn in 0..plan.members.len() {
            let member = (step + turn) % plan.members.len();
            joint.hand_over(member, turn);
            let member_plan = &plan.members[member];
            let delay_secs = step::advance(isa, member_plan, &mut joint.blocks[member], step);
            joint.take_back(member);
            traces[member].observe(member_plan, &joint.blocks[member], step, &delay_secs);
        }
        watch.observe(&joint.blocks);
    }
    let eth_imbalance = joint.imbalance(plan);
    let mut members: Vec<_> = joint
        .blocks
        .iter_mut()
        .zip(&plan.members)
        .zip(traces)
        .map(|((block, plan), traces)| block.finish(plan, active, traces))
        .collect();
    let faults = shared_faults(members.iter().map(|member| &member.faults), &eth_imbalance);
    for member in &mut members {
        member.faults = faults;
    }
    *rooms = joint.blocks.into_iter().map(|block| block.redemption.into_room()).collect();
    JointOutcomeBlock { members, together: watch.finish(plan.step_hours()), eth_imbalance }
}

impl<const W: usize> JointBlock<W> {
    fn new(isa: Isa, plan: &JointPlan, first_path: u64, rooms: &mut [Room<W>]) -> Self {
        let blocks: Vec<Block<W>> = plan
            .members
            .iter()
            .zip(rooms)
            .map(|(plan, room)| Block::new(plan, first_path, isa, std::mem::take(room)))
            .collect();
        let clock = blocks.first().filter(|_| plan.coupling.exit_clock);
        Self {
            clock: clock.map(|block| block.redemption.clock.clone()),
            purse: plan.coupling.arbitrage_capital_eth.map(|capital| [capital; W]),
            blocks,
        }
    }

    /// What the discounts of the last close do to the exits of each token.
    fn tell_contagion(&mut self, plan: &JointPlan) {
        let Some(contagion) = &plan.coupling.contagion else { return };
        let closes: Vec<Lanes<W>> = self.blocks.iter().map(|block| block.discount).collect();
        for (block, row) in self.blocks.iter_mut().zip(&contagion.per_discount_per_day) {
            let mut sum = [0.0; W];
            for (close, per_discount) in closes.iter().zip(row).filter(|(_, c)| **c != 0.0) {
                for i in 0..W {
                    sum[i] += per_discount * greater(close[i] - contagion.threshold, 0.0);
                }
            }
            block.others.contagion_per_day = sum;
        }
    }

    /// The utilisation of all funds of each shared lender.
    fn tell_utilisation(&mut self, plan: &JointPlan) {
        for lender in &plan.coupling.lenders {
            let (mut debt, mut funds) = ([0.0; W], [0.0; W]);
            for (block, market) in self.blocks.iter().zip(&lender.markets) {
                let Some(market) = market.and_then(|place| block.markets.get(place)) else { continue };
                let (owed, supplied) = (market.debt_eth(), market.funds_eth());
                for i in 0..W {
                    debt[i] += owed[i];
                    funds[i] += supplied[i];
                }
            }
            let mut utilisation = [0.0; W];
            for i in 0..W {
                utilisation[i] = select(funds[i] > 0.0, debt[i] / funds[i], 0.0);
            }
            for (block, market) in self.blocks.iter_mut().zip(&lender.markets) {
                if let Some(place) = *market {
                    let told = &mut block.others.utilisation;
                    told.resize(block.markets.len(), None);
                    if let Some(told) = told.get_mut(place) {
                        *told = Some(utilisation);
                    }
                }
            }
        }
    }

    /// The token whose turn it is gets the clock and the purse; after the first turn of a step the clock is served.
    fn hand_over(&mut self, member: usize, turn: usize) {
        let block = &mut self.blocks[member];
        if let Some(clock) = &self.clock {
            block.redemption.clock.clone_from(clock);
            block.others.clock_is_served = turn > 0;
        }
        if let Some(purse) = &self.purse {
            block.arbitrage_free_eth = *purse;
            for i in 0..W {
                block.ledger.handed_eth[i] += purse[i];
            }
        }
    }

    /// It hands them on.
    fn take_back(&mut self, member: usize) {
        let block = &mut self.blocks[member];
        if let Some(clock) = &mut self.clock {
            clock.clone_from(&block.redemption.clock);
        }
        if let Some(purse) = &mut self.purse {
            *purse = std::mem::replace(&mut block.arbitrage_free_eth, [0.0; W]);
            for i in 0..W {
                block.ledger.handed_eth[i] -= purse[i];
            }
        }
    }

    /// ETH of all tokens and of the purse that has come out of nowhere, relative to what they had and what exits brought. What
    /// was handed over does not enter: it has to cancel.
    fn imbalance(&self, plan: &JointPlan) -> Lanes<W> {
        let start_purse = plan.coupling.arbitrage_capital_eth.unwrap_or(0.0);
        let purse = self.purse.unwrap_or([0.0; W]);
        let (mut created, mut flow) = ([0.0; W], [start_purse; W]);
        for i in 0..W {
            created[i] = purse[i] - start_purse;
        }
        for block in &self.blocks {
            let (of_token, through_token) = block.books();
            for i in 0..W {
                created[i] += of_token[i];
                flow[i] += through_token[i];
            }
        }
        let mut imbalance = [0.0; W];
        for i in 0..W {
            imbalance[i] = created[i].abs() / flow[i];
        }
        imbalance
    }
}

/// What broke for any of the tokens, or for their common books, breaks the path for all.
fn shared_faults<'a, const W: usize>(
    members: impl Iterator<Item = &'a [Option<Fault>; W]>,
    eth_imbalance: &Lanes<W>,
) -> [Option<Fault>; W] {
    let mut faults = [None; W];
    for member in members {
        for (fault, own) in faults.iter_mut().zip(member) {
            *fault = fault.or(*own);
        }
    }
    for (fault, imbalance) in faults.iter_mut().zip(eth_imbalance) {
        let balanced = *imbalance <= IMBALANCE_TOLERANCE;
        *fault = fault.or((!balanced).then_some(Fault::Conservation));
    }
    faults
}
