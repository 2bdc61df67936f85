//! The full mechanics of a step, without pools and agents: restaking, breaker, exit clock, redemption queue, two lending
//! markets. Figures are per path-step. `calm`: nothing is slashed or due; `slash`: a service slashes once on the way and loans become
//! due.

mod common;

use criterion::{BatchSize, Bencher, Criterion, Throughput, criterion_group, criterion_main};
use pegstress_benches::kernels::{self, Mechanics};
use pegstress_benches::mechanics::mechanics;
use pegstress_num::Isa;
use pegstress_sim::LANES;
use std::hint::black_box;

/// Thirty days of hours.
const STEPS: usize = 720;
/// Step of the slash.
const SLASHED_IN: usize = 200;

fn path<const W: usize>(bencher: &mut Bencher<'_>, isa: Isa, slash: bool) {
    let start: Mechanics<W> = mechanics(STEPS);
    let nav = std::array::from_fn(|lane| 1.0 + 1e-5 * lane as f64);
    let lrt = std::array::from_fn(|lane| 20.0 + lane as f64);
    bencher.iter_batched_ref(
        || start.clone(),
        |state| {
            for step in 0..STEPS {
                if slash && step == SLASHED_IN {
                    state.restake.slash_service(0, &[0.2; W]);
                }
                black_box(kernels::mechanics(isa, state, step, black_box(&nav), black_box(&lrt)));
            }
        },
        BatchSize::PerIteration,
    );
}

fn steps(criterion: &mut Criterion) {
    for (name, slash) in [("calm", false), ("slash", true)] {
        let mut group = common::group(criterion, &format!("mechanics/{name}"));
        group.throughput(Throughput::Elements(STEPS as u64));
        group.bench_function("one_lane", |bencher| path::<1>(bencher, Isa::best(), slash));
        group.throughput(Throughput::Elements((STEPS * LANES) as u64));
        for isa in Isa::available() {
            group.bench_function(format!("lanes {isa}"), |bencher| path::<LANES>(bencher, isa, slash));
        }
        group.finish();
    }
}

criterion_group!(benches, steps);
criterion_main!(benches);
