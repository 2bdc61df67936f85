//! `pegstress bench`: throughput of the engine on a scenario's own dynamics.

use crate::args::BenchArgs;
use crate::failure::Failure;
use crate::input::SeriesFiles;
use crate::terminal;
use pegstress_num::Isa;
use pegstress_risk::Tally;
use pegstress_scenario::{Override, read, resolve};
use pegstress_sim::scenario::{Starts, Study};
use pegstress_sim::{Plan, RunOptions};
use serde_json::json;
use std::time::Instant;

pub(crate) fn bench(args: &BenchArgs) -> Result<(), Failure> {
    let document = read(&args.scenario, &[] as &[Override])?;
    let scenario = resolve(&document, &mut SeriesFiles::default())?;
    let Study::Paths(mut study) = scenario.study else {
        return Err(Failure::Usage(format!("{} simulates no paths", args.scenario.display())));
    };
    if study.starts == Starts::Together {
        study.paths = args.paths;
    }
    let plan = Plan::new(&study, &scenario.report);
    let measure = |threads, isa| {
        let rates = (0..=args.repeats).map(|_| rate(&plan, threads, isa)).skip(1);
        median(rates.collect())
    };
    let best = Isa::best();
    let one = measure(1, best);
    let two = measure(2, best);
    let mut rows = vec![
        (format!("1 thread, {best}"), format!("{one:.1} million path-steps per second and core")),
        (
            format!("2 threads, {best}"),
            format!("{two:.1} million path-steps per second, {:.2} x one thread", two / one),
        ),
    ];
    let others: Vec<_> =
        Isa::available().into_iter().filter(|isa| *isa != best).map(|isa| (isa, measure(1, isa))).collect();
    for (isa, rate) in &others {
        rows.push((format!("1 thread, {isa}"), format!("{rate:.1} million path-steps per second and core")));
    }
    let (paths, steps) = (plan.study.paths, plan.study.steps);
    let heading = format!("{}: {paths} paths of {steps} steps, median of {}", scenario.name, args.repeats);
    if args.json {
        let by_isa: serde_json::Map<_, _> =
            others.iter().chain([&(best, one)]).map(|(isa, rate)| (isa.to_string(), json!(rate))).collect();
        let figures = json!({
            "scenario": scenario.name, "paths": paths, "steps": steps, "unit": "million path-steps per second",
            "one_thread": by_isa, "two_threads": two, "speed_up_of_two_threads": two / one,
        });
        terminal::print(&format!("{figures}\n"));
    } else {
        terminal::print(&terminal::figures(&heading, &rows));
    }
    Ok(())
}

/// Million path-steps per second of one whole run: draws, step, metrics, summaries.
fn rate(plan: &Plan, threads: usize, isa: Isa) -> f64 {
    let options = RunOptions { threads, isa, paths: 0..plan.study.paths };
    let begun = Instant::now();
    let tally = pegstress_sim::run(plan, &options, || Tally::new(plan, false), |_| ());
    let secs = begun.elapsed().as_secs_f64();
    std::hint::black_box(tally.paths) as f64 * plan.study.steps as f64 / secs / 1e6
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}
