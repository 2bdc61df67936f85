//! Lending: interest, oracle, the question what is due, and liquidations, of two markets of eight buckets each.
//! Figures are per path-step of both markets.

mod common;

use criterion::{BatchSize, Bencher, Criterion, Throughput, criterion_group, criterion_main};
use pegstress_benches::kernels::lend;
use pegstress_benches::lending::{Stress, markets};
use pegstress_lending::Market;
use pegstress_num::{Isa, Lanes};
use pegstress_sim::LANES;
use std::hint::black_box;

/// Of an iteration, from a fresh copy.
const STEPS: usize = 24;

fn steps<const W: usize>(bencher: &mut Bencher<'_>, isa: Isa, stress: Stress) {
    let start: Vec<Market<W>> = markets();
    let path: Vec<(Lanes<W>, Lanes<W>)> =
        (0..STEPS).map(|step| (stress.nav(step), stress.room_lrt())).collect();
    bencher.iter_batched_ref(
        || start.clone(),
        |markets| {
            for (nav, room) in &path {
                for market in markets.iter_mut() {
                    black_box(lend(isa, market, 3_600.0, black_box(nav), room));
                }
            }
        },
        BatchSize::PerIteration,
    );
}

fn lending(criterion: &mut Criterion) {
    for (name, stress) in
        [("calm", Stress::Calm), ("liquidations", Stress::Liquidations), ("rout", Stress::Rout)]
    {
        let mut group = common::group(criterion, &format!("lending/{name}"));
        group.throughput(Throughput::Elements(STEPS as u64));
        group.bench_function("one_lane", |bencher| steps::<1>(bencher, Isa::best(), stress));
        group.throughput(Throughput::Elements((STEPS * LANES) as u64));
        for isa in Isa::available() {
            group.bench_function(format!("lanes {isa}"), |bencher| steps::<LANES>(bencher, isa, stress));
        }
        group.finish();
    }
}

criterion_group!(benches, lending);
criterion_main!(benches);
