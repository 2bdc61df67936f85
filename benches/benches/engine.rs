//! The whole engine on shipped scenarios, one thread, for every instruction set of the processor. Figures are per
//! path-step: draws, agents, pools, lenders, exit pipeline, metrics.

mod common;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pegstress_benches::{FULL_MODEL, WEETH_2024_08, plan};
use pegstress_num::Isa;
use pegstress_sim::{Collect, LANES, OutcomeBlock, RunOptions, run};
use std::hint::black_box;
use std::time::Duration;

const PATHS: u64 = 20 * LANES as u64;

/// Keeps nothing: what is measured is the engine, not the summary.
struct Nothing;

impl Collect for Nothing {
    fn absorb<const W: usize>(&mut self, block: &OutcomeBlock<W>) {
        black_box(block);
    }

    fn merge(&mut self, _: Self) {}
}

fn engine(criterion: &mut Criterion) {
    for (name, scenario) in [("weeth-2024-08", WEETH_2024_08), ("full-model", FULL_MODEL)] {
        let plan = plan(scenario, PATHS).expect("a scenario that is shipped");
        let mut group = common::group(criterion, &format!("engine/{name}"));
        group.sample_size(15).measurement_time(Duration::from_secs(3));
        group.throughput(Throughput::Elements(PATHS * plan.study.steps as u64));
        for isa in Isa::available() {
            let options = RunOptions { threads: 1, isa, paths: 0..PATHS };
            group.bench_function(format!("1 thread {isa}"), |bencher| {
                bencher.iter(|| run(&plan, &options, || Nothing, |_| ()));
            });
        }
        group.finish();
    }
}

criterion_group!(engines, engine);
criterion_main!(engines);
