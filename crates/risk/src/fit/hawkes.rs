//! Fluid Hawkes process of the inflow to an exit queue: the likelihood of each step's flow given those before.
//!
//! The flow of step `k` has the law of `flow` with mean `(h0 + y_k) t` and lump `g`; the excitation follows the recorded flows by
//! the simulation's own recursion, from the stationary mean on. Four parameters, searched as `ln h0`, `logit n`, `ln w`, `ln g`.
//! The simpler process has `n = 0`: flows that know nothing of each other.

use super::flow::{UNSEEN_ETH, log_density, rank};
use super::goodness::{Goodness, Rival};
use super::search::{maximise, standard_errors};
use super::{Driver, Fit, FitError, Record, moments, text};
use pegstress_num::{exp, ln};
use pegstress_sim::drivers::Hawkes;
use pegstress_sim::drivers::hawkes::HawkesStep;
use pegstress_sim::drivers::inflow::recorded_inflows;
use pegstress_unlock::DAY_SECS;

const KEYS: [(&str, &str); 4] =
    [("", "base_eth_per_day"), ("", "branching_ratio"), ("", "decay_per_day"), ("", "lump_eth")];

fn process(x: &[f64]) -> Hawkes {
    Hawkes {
        base_eth_per_day: exp(x[0]),
        branching_ratio: 1.0 / (1.0 + exp(-x[1])),
        decay_per_day: exp(x[2]),
        lump_eth: exp(x[3]),
        start_eth_per_day: None,
    }
}

/// Calls `step` with each flow and its mean; unseen flows excite as they are, negative ones not at all.
fn follow(flows: &[f64], process: &Hawkes, step_secs: f64, mut step: impl FnMut(usize, f64, f64)) {
    let constants = HawkesStep::new(process, step_secs);
    let mut excitation = process.start_excitation();
    for (k, flow) in flows.iter().enumerate() {
        step(k, *flow, constants.mean_eth(excitation));
        excitation = constants.excited(excitation, flow.max(0.0));
    }
}

/// Of the inflow that `served_eth` a step does not explain.
///
/// # Errors
/// A record of which too little is seen; a likelihood without a maximum.
pub fn inflow(record: Record<'_>, served_eth: f64) -> Result<Fit, FitError> {
    let flows = recorded_inflows(record.levels, served_eth);
    let (no_maximum, days) =
        (|reason| FitError::NoMaximum { process: "hawkes", reason }, record.step_secs / DAY_SECS);
    if flows.iter().filter(|flow| **flow > UNSEEN_ETH).count() < 30 {
        return Err(no_maximum("fewer than 30 steps have an inflow of more than one validator"));
    }
    let (mean, variance) = moments(&flows);
    let sound =
        |x: &[f64]| x[0].abs() < 30.0 && x[1].abs() < 12.0 && (-12.0..7.0).contains(&x[2]) && x[3] < 30.0;
    let log_likelihood = |x: &[f64]| {
        if !sound(x) {
            return f64::NAN;
        }
        let (process, mut sum) = (process(x), 0.0);
        follow(&flows, &process, record.step_secs, |_, flow, mean| {
            sum += log_density(flow, mean, process.lump_eth);
        });
        sum
    };
    let per_day = mean.max(1.0) / days;
    let lump = (variance / mean.max(1.0)).max(1.0);
    let start = |n: f64, decay: f64, share: f64| {
        vec![ln(per_day * (1.0 - n)), ln(n / (1.0 - n)), ln(decay), ln(lump * share)]
    };
    let starts = [start(0.5, 1.0, 0.5), start(0.8, 0.3, 0.3), start(0.3, 3.0, 1.0)];
    let maximum =
        maximise(&log_likelihood, &starts).ok_or(no_maximum("no search had a likelihood to start from"))?;
    let natural = |x: &[f64]| {
        let p = process(x);
        vec![p.base_eth_per_day, p.branching_ratio, p.decay_per_day, p.lump_eth]
    };
    let errors = standard_errors(&log_likelihood, &maximum, &natural);
    let found = process(&maximum.at);
    let mut ranks = Vec::with_capacity(flows.len());
    follow(&flows, &found, record.step_secs, |k, flow, mean| {
        ranks.push(rank(k, flow, mean, found.lump_eth));
    });
    let plain = |x: &[f64]| {
        let (mean, lump) = (exp(x[0]) * days, exp(x[1]));
        flows.iter().map(|flow| log_density(*flow, mean, lump)).sum::<f64>()
    };
    let rival = maximise(&plain, &[vec![ln(per_day), ln(lump)]]).map(|plain| Rival {
        name: "an inflow without excitation",
        log_likelihood: plain.log_likelihood,
        fewer: 2,
    });
    let mut notes = vec![text::unseen(&flows), long_run(&found, mean / days)];
    notes.extend(errors.is_none().then(|| text::NO_CURVATURE.to_owned()));
    Ok(Fit {
        driver: Driver::NetworkExitQueue { served_eth },
        process: "hawkes",
        estimates: text::estimates(&KEYS, &natural(&maximum.at), errors.as_deref()),
        goodness: Goodness::new(&ranks, maximum.log_likelihood, rival),
        notes,
    })
}

/// The likelihood looks a step ahead; whether the parameters also meet the record's own mean is another question.
fn long_run(found: &Hawkes, record_eth_per_day: f64) -> String {
    format!(
        "inflow of the long run {} ETH a day, mean of the record {}: where they differ, scale base_eth_per_day",
        text::number(found.mean_eth_per_day()),
        text::number(record_eth_per_day)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::tests::assert_recovers;
    use pegstress_num::Stream;
    use pegstress_num::draw::normals;

    const STEP: f64 = 21_600.0;
    const SERVED: f64 = 14_400.0;

    /// A queue that starts full, so that every flow is seen.
    fn simulated(process: &Hawkes, steps: u32) -> Vec<f64> {
        let step = HawkesStep::new(process, STEP);
        let (mut excitation, mut queue) = ([process.start_excitation()], 1e9);
        let mut levels = vec![queue];
        for k in 0..steps {
            let (mut z, mut unused) = ([0.0], [0.0]);
            normals(41, 0, k, Stream::DriverNormals, &mut z, &mut unused);
            queue = queue - SERVED + step.flow(&mut excitation, &z)[0];
            levels.push(queue);
        }
        levels
    }

    #[test]
    fn an_inflow_that_excites_itself_is_recovered_within_its_errors() {
        let process = Hawkes {
            base_eth_per_day: 12_000.0,
            branching_ratio: 0.7,
            decay_per_day: 1.2,
            lump_eth: 1_500.0,
            start_eth_per_day: None,
        };
        let levels = simulated(&process, 4000);
        let found = inflow(Record { levels: &levels, step_secs: STEP }, SERVED).expect("a fit");
        assert_recovers(&found, &[12_000.0, 0.7, 1.2, 1_500.0]);
        assert!(found.goodness.p_value().expect("a p-value") > 0.01, "{}", found.goodness.line());
        assert!(found.goodness.line().contains("(supported by BIC"), "{}", found.goodness.line());
    }

    #[test]
    fn an_inflow_without_excitation_does_not_support_any() {
        let process = Hawkes {
            base_eth_per_day: 12_000.0,
            branching_ratio: 0.0,
            decay_per_day: 1.0,
            lump_eth: 1_500.0,
            start_eth_per_day: None,
        };
        let levels = simulated(&process, 1500);
        let found = inflow(Record { levels: &levels, step_secs: STEP }, SERVED).expect("a fit");
        assert!(found.goodness.line().contains("(not supported by BIC"), "{}", found.goodness.line());
    }

    #[test]
    fn a_queue_that_nobody_joins_has_nothing_to_be_fitted() {
        let levels: Vec<f64> = (0..200).map(|k| if k < 100 { 32.0 } else { 0.0 }).collect();
        let error = inflow(Record { levels: &levels, step_secs: STEP }, SERVED).expect_err("no inflow");
        assert!(error.to_string().contains("fewer than 30 steps"), "{error}");
    }
}
