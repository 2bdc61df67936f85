//! Standard normals by address, for every instruction set of the processor. Figures are per normal.

mod common;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pegstress_benches::kernels::normals;
use pegstress_num::Isa;
use pegstress_sim::LANES;
use std::hint::black_box;

fn random_normals(criterion: &mut Criterion) {
    let mut group = common::group(criterion, "random/normals");
    group.throughput(Throughput::Elements(2 * LANES as u64));
    for isa in Isa::available() {
        let (mut a, mut b) = ([0.0; LANES], [0.0; LANES]);
        let mut step = 0_u32;
        group.bench_function(isa.to_string(), |bencher| {
            bencher.iter(|| {
                step = step.wrapping_add(1);
                normals(isa, 7, 0, step, &mut a, &mut b);
                black_box((&a, &b));
            });
        });
    }
    group.finish();
}

criterion_group!(random, random_normals);
criterion_main!(random);
