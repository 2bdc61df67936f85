//! Blocks of paths over threads.

use crate::outcome::{Collect, OutcomeBlock};
use crate::plan::Plan;
use crate::step::advance_block;
use pegstress_num::Isa;
use pegstress_unlock::Room;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

/// Paths that production runs step together: enough to fill a lane's gaps, few enough that what a block touches in a step, its
/// state and the unrolled code, stays near. More and fewer are slower (16, 24, 40 and 64 were measured).
pub const LANES: usize = 32;

/// How to run; none of it changes an outcome.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// Threads; at least one.
    pub threads: usize,
    /// Instruction set of the kernels.
    pub isa: Isa,
    /// The paths to run.
    pub paths: Range<u64>,
}

impl RunOptions {
    /// All paths of a plan on `threads` threads with the widest instruction set.
    pub fn all(plan: &Plan, threads: usize) -> Self {
        Self { threads, isa: Isa::best(), paths: 0..plan.study.paths }
    }
}

/// Runs paths in blocks of [`LANES`] and collects their outcomes; `progress` hears of every finished block's paths.
///
/// Because collecting does not depend on the order, neither does the result.
pub fn run<C: Collect>(
    plan: &Plan,
    options: &RunOptions,
    collector: impl Fn() -> C + Sync,
    progress: impl Fn(u64) + Sync,
) -> C {
    in_blocks(options, collector, progress, |first, active, room| {
        advance_lanes(options.isa, plan, first, active, room)
    })
}

/// As [`run()`], in blocks of another width. Each caller compiles a step of its own: for tests that the width changes nothing.
pub fn run_in_blocks_of<const W: usize, C: Collect>(
    plan: &Plan,
    options: &RunOptions,
    collector: impl Fn() -> C + Sync,
    progress: impl Fn(u64) + Sync,
) -> C {
    in_blocks(options, collector, progress, |first, active, room| {
        advance_block::<W>(options.isa, plan, first, active, room)
    })
}

/// A block of the production width. Not generic, so that the step is compiled once, here, and not in every crate that runs it.
#[inline(never)]
fn advance_lanes(
    isa: Isa,
    plan: &Plan,
    first: u64,
    active: usize,
    room: &mut Room<LANES>,
) -> OutcomeBlock<LANES> {
    advance_block::<LANES>(isa, plan, first, active, room)
}

fn in_blocks<const W: usize, C: Collect>(
    options: &RunOptions,
    collector: impl Fn() -> C + Sync,
    progress: impl Fn(u64) + Sync,
    advance: impl Fn(u64, usize, &mut Room<W>) -> OutcomeBlock<W> + Sync,
) -> C {
    let parts = over_blocks::<W, _, _>(
        options,
        || (collector(), Room::default()),
        |(collected, room), first, active| {
            collected.absorb(&advance(first, active, room));
            progress(active as u64);
        },
    );
    let mut whole = collector();
    for (part, _) in parts {
        whole.merge(part);
    }
    whole
}

/// Each thread makes its own state and takes the next block that nobody has; `work` gets the state, the number of the
/// block's first path and how many of its paths count.
pub(crate) fn over_blocks<const W: usize, S: Send, N: Fn() -> S + Sync>(
    options: &RunOptions,
    state: N,
    work: impl Fn(&mut S, u64, usize) + Sync,
) -> Vec<S> {
    let Range { start, end } = options.paths;
    let next = AtomicU64::new(start);
    let thread = |_: rayon::BroadcastContext<'_>| {
        let mut state = state();
        loop {
            let first = next.fetch_add(W as u64, Ordering::Relaxed);
            if first >= end {
                return state;
            }
            work(&mut state, first, (end - first).min(W as u64) as usize);
        }
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.threads.max(1)).build();
    // Only the operating system can refuse threads; the caller's own thread is always there.
    match pool {
        Ok(pool) => pool.broadcast(thread),
        Err(_) => rayon::broadcast(thread),
    }
}
