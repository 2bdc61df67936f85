#[path = "../tests/common/mod.rs"]
mod common;
use std::time::Instant;
const W: usize = match option_env!("LW") {
    Some(s) => s.as_bytes()[0] as usize - 48,
    None => 64,
};
struct Nothing;
impl pegstress_sim::Collect for Nothing {
    fn absorb<const W: usize>(&mut self, b: &pegstress_sim::OutcomeBlock<W>) {
        std::hint::black_box(b.metrics[0][0]);
    }
    fn merge(&mut self, _: Self) {}
}
fn main() {
    let mut s = common::study();
    s.paths = 20_000;
    let plan = pegstress_sim::Plan::new(&s, &common::report());
    for isa in [pegstress_num::Isa::best()] {
        for _ in 0..3 {
            let t = Instant::now();
            pegstress_sim::run::<64, _>(
                &plan,
                &pegstress_sim::RunOptions { threads: 1, isa, paths: 0..s.paths },
                || Nothing,
                |_| (),
            );
            println!("{isa} {:.2} M/s", s.paths as f64 * s.steps as f64 / t.elapsed().as_secs_f64() / 1e6);
        }
    }
    let (plan, rows) = common::outcomes(&common::study());
    for (k, m) in plan.metrics.iter().enumerate() {
        let mut v: Vec<f64> = rows.rows.iter().map(|r| r.1[k]).filter(|v| !v.is_nan()).collect();
        v.sort_by(f64::total_cmp);
        let q = |p: f64| {
            v.get(((v.len() as f64 * p) as usize).min(v.len().max(1) - 1)).copied().unwrap_or(f64::NAN)
        };
        println!(
            "{:45} n={} {:.3} {:.3} {:.3} {:.3} {:.3}",
            m.name,
            v.len(),
            q(0.0),
            q(0.05),
            q(0.5),
            q(0.95),
            q(1.0)
        );
    }
    println!("faults {}", rows.faults());
}
