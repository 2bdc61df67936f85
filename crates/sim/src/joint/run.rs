//! Blocks of joint paths over threads.

use super::block::advance_block;
use super::outcome::{CollectJoint, JointOutcomeBlock};
use super::plan::JointPlan;
use crate::run::{LANES, RunOptions, over_blocks};
use pegstress_num::Isa;
use pegstress_unlock::Room;

/// As [`crate::run()`], for several tokens: each block holds [`LANES`] paths of every one of them.
pub fn run_joint<C: CollectJoint>(
    plan: &JointPlan,
    options: &RunOptions,
    collector: impl Fn() -> C + Sync,
    progress: impl Fn(u64) + Sync,
) -> C {
    in_blocks(options, collector, progress, |first, active, rooms| {
        advance_lanes(options.isa, plan, first, active, rooms)
    })
}

/// As [`crate::run_in_blocks_of()`], for several tokens.
pub fn run_joint_in_blocks_of<const W: usize, C: CollectJoint>(
    plan: &JointPlan,
    options: &RunOptions,
    collector: impl Fn() -> C + Sync,
    progress: impl Fn(u64) + Sync,
) -> C {
    in_blocks(options, collector, progress, |first, active, rooms| {
        advance_block::<W>(options.isa, plan, first, active, rooms)
    })
}

/// Not generic, so that the step is compiled once.
#[inline(never)]
fn advance_lanes(
    isa: Isa,
    plan: &JointPlan,
    first: u64,
    active: usize,
    rooms: &mut Vec<Room<LANES>>,
) -> JointOutcomeBlock<LANES> {
    advance_block::<LANES>(isa, plan, first, active, rooms)
}

fn in_blocks<const W: usize, C: CollectJoint>(
    options: &RunOptions,
    collector: impl Fn() -> C + Sync,
    progress: impl Fn(u64) + Sync,
    advance: impl Fn(u64, usize, &mut Vec<Room<W>>) -> JointOutcomeBlock<W> + Sync,
) -> C {
    let parts = over_blocks::<W, _, _>(
        options,
        || (collector(), Vec::new()),
        |(collected, rooms), first, active| {
            collected.absorb(&advance(first, active, rooms));
            progress(active as u64);
        },
    );
    let mut whole = collector();
    for (part, _) in parts {
        whole.merge(part);
    }
    whole
}
