#[path = "../tests/common/mod.rs"]
mod common;
struct Nothing;
impl pegstress_sim::Collect for Nothing {
    fn absorb<const W: usize>(&mut self, b: &pegstress_sim::OutcomeBlock<W>) {
        std::hint::black_box(b.metrics[0][0]);
    }
    fn merge(&mut self, _: Self) {}
}
fn main() {
    let mut s = common::study();
    s.paths = 640;
    let plan = pegstress_sim::Plan::new(&s, &common::report());
    pegstress_sim::run::<64, _>(
        &plan,
        &pegstress_sim::RunOptions { threads: 1, isa: pegstress_num::Isa::Avx2, paths: 0..s.paths },
        || Nothing,
        |_| (),
    );
}
