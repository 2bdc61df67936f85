//! Blocks of joint paths over threads.

use super::block::advance_block;
use super::outcome::CollectJoint;
use super::plan::JointPlan;
use crate::run::{RunOptions, over_blocks};

/// As [`crate::run()`], for several tokens: each block holds `W` paths of every one of them.
pub fn run_joint<const W: usize, C: CollectJoint>(
    plan: &JointPlan,
    options: &RunOptions,
    collector: impl Fn() -> C + Sync,
    progress: impl Fn(u64) + Sync,
) -> C {
    let parts = over_blocks::<W, _, _>(
        options,
        || (collector(), Vec::new()),
        |(collected, rooms), first, active| {
            collected.absorb(&advance_block::<W>(options.isa, plan, first, active, rooms));
            progress(active as u64);
        },
    );
    let mut whole = collector();
    for (part, _) in parts {
        whole.merge(part);
    }
    whole
}
