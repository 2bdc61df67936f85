//! The exit clock: the consensus specification's integers, and the fluid clock on lanes.
//!
//! Per step and path: an hour's churn is served, an exit is reserved and its delay quoted.

mod common;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pegstress_benches::kernels::exit;
use pegstress_exact::consensus::exit_clock::{ExitClock as ExactClock, withdrawable_epoch};
use pegstress_num::Isa;
use pegstress_sim::LANES;
use pegstress_unlock::ExitClock;
use std::hint::black_box;

const CHURN_ETH_PER_EPOCH: u64 = 256;
const GWEI: u64 = 1_000_000_000;

fn exit_clock(criterion: &mut Criterion) {
    let mut group = common::group(criterion, "exit_clock");
    // A thousand ETH every nine epochs, below the churn of 2304.
    let churn = CHURN_ETH_PER_EPOCH * GWEI;
    let mut clock = ExactClock::at_electra_fork(0, None, churn).expect("a sound clock");
    let mut epoch = 0;
    group.throughput(Throughput::Elements(1));
    group.bench_function("exact", |bencher| {
        bencher.iter(|| {
            epoch += 9;
            let exit = clock.assign(epoch, black_box(1000 * GWEI), churn).expect("an epoch");
            withdrawable_epoch(exit).expect("an epoch")
        });
    });
    let mut clock = ExitClock::new([100_000.0; LANES], CHURN_ETH_PER_EPOCH as f64, 0.0);
    let recorded = [100_000.0; LANES];
    let eth = std::array::from_fn(|i| 10.0 + i as f64);
    group.throughput(Throughput::Elements(LANES as u64));
    group.bench_function("lanes", |bencher| {
        bencher.iter(|| exit(Isa::best(), &mut clock, 3600.0, black_box(&recorded), black_box(&eth)));
    });
    group.finish();
}

criterion_group!(clocks, exit_clock);
criterion_main!(clocks);
