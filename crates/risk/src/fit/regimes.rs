//! Two regimes: the likelihood of Hamilton's filter (Econometrica 57 (1989) 357-384), with the chain in continuous time.
//!
//! ```text
//! f_k = sum_i pi_i f(x_k | i),   pi' = P^T (pi_i f(x_k | i)) / f_k,   pi_1 by the shares of the long run
//! ```
//!
//! Stays are searched as logarithms, so that the chain is one of continuous time; a regime of a price has mean and deviation of the
//! logarithmic change, one of an inflow has mean and lump. Calm is the regime of the smaller deviation, or mean. The simpler process
//! has one regime; its likelihood ratio has no chi-squared law (the stays are not identified there): BIC judges.

use super::flow::{UNSEEN_ETH, log_density, log_normal_density, rank};
use super::goodness::{Goodness, Rival};
use super::search::{maximise, standard_errors};
use super::{Driver, Fit, FitError, Record, differences, logarithms, moments, text};
use pegstress_num::{exp, exp_m1, ln, normal_cdf};
use pegstress_sim::drivers::gbm::YEAR_SECS;
use pegstress_sim::drivers::inflow::recorded_inflows;
use pegstress_unlock::DAY_SECS;

/// Weights of the regimes and densities of a step, as they come.
struct Seen {
    weights: [f64; 2],
}

/// Probabilities of leaving each regime in a step, and the long run's shares, of stays in days.
fn chain(stays: [f64; 2], days: f64) -> ([f64; 2], [f64; 2]) {
    let rates = stays.map(|stay| 1.0 / stay);
    let total = rates[0] + rates[1];
    let mixed = -exp_m1(-total * days);
    (rates.map(|rate| rate / total * mixed), [rates[1] / total, rates[0] / total])
}

/// Log-likelihood of `values`; `seen` hears of the weights before each.
fn filter(
    count: usize,
    (leave, shares): ([f64; 2], [f64; 2]),
    log_densities: impl Fn(usize) -> [f64; 2],
    mut seen: impl FnMut(usize, Seen),
) -> f64 {
    let (mut weights, mut sum) = (shares, 0.0);
    for k in 0..count {
        seen(k, Seen { weights });
        let logs = log_densities(k);
        let highest = logs[0].max(logs[1]);
        let parts = [weights[0] * exp(logs[0] - highest), weights[1] * exp(logs[1] - highest)];
        let density = parts[0] + parts[1];
        sum += ln(density) + highest;
        let now = parts.map(|part| part / density);
        weights[1] = now[0] * leave[0] + now[1] * (1.0 - leave[1]);
        weights[0] = 1.0 - weights[1];
    }
    sum
}

/// Stays between a tenth of a step and a hundred records.
fn is_sound(logs: &[f64], days: f64, count: usize) -> bool {
    logs.iter().all(|log| *log > ln(0.1 * days) && *log < ln(100.0 * days * count as f64))
}

/// Of the logarithm of a price.
///
/// # Errors
/// A level that is not above zero; a likelihood without a maximum.
pub fn price(record: Record<'_>) -> Result<Fit, FitError> {
    let changes = differences(&logarithms(record, "regimes")?);
    let (count, days, years) = (changes.len(), record.step_secs / DAY_SECS, record.step_secs / YEAR_SECS);
    let (mean, variance) = moments(&changes);
    let scale = variance.sqrt();
    // ln stay, mean and ln deviation, of each regime; in units of the record's deviation.
    let laws = |x: &[f64]| [(x[2] * scale, exp(x[4]) * scale), (x[3] * scale, exp(x[5]) * scale)];
    let run = |x: &[f64], seen: &mut dyn FnMut(usize, Seen)| {
        let laws = laws(x);
        let densities = |k: usize| laws.map(|(mean, sd)| log_normal_density(changes[k], mean, sd));
        filter(count, chain([exp(x[0]), exp(x[1])], days), densities, seen)
    };
    let log_likelihood = |x: &[f64]| match is_sound(&x[..2], days, count) && x[4].min(x[5]) > -5.0 {
        true => run(x, &mut |_, _| ()),
        false => f64::NAN,
    };
    let m = mean / scale;
    let start = |calm: f64, stressed: f64, low: f64, high: f64| {
        vec![ln(calm * days), ln(stressed * days), m, m, ln(low), ln(high)]
    };
    let starts = [start(40.0, 15.0, 0.7, 1.6), start(10.0, 3.0, 0.7, 2.0), start(150.0, 150.0, 0.8, 1.2)];
    let no_maximum =
        FitError::NoMaximum { process: "regimes", reason: "no search had a likelihood to start from" };
    let mut maximum = maximise(&log_likelihood, &starts).ok_or(no_maximum)?;
    if maximum.at[4] > maximum.at[5] {
        exchange(&mut maximum.at);
    }
    let natural = |x: &[f64]| -> Vec<f64> {
        let one = |(k, (mean, sd)): (usize, (f64, f64))| {
            let variance = sd * sd / years;
            [exp(x[k]), 100.0 * (mean / years + 0.5 * variance), 100.0 * variance.sqrt()]
        };
        laws(x).into_iter().enumerate().flat_map(one).collect()
    };
    let errors = standard_errors(&log_likelihood, &maximum, &natural);
    let mut ranks = Vec::with_capacity(count);
    let found = laws(&maximum.at);
    run(&maximum.at, &mut |k, seen| {
        let below = found.map(|(mean, sd)| normal_cdf((changes[k] - mean) / sd));
        ranks.push(seen.weights[0] * below[0] + seen.weights[1] * below[1]);
    });
    let plain = changes.iter().map(|x| log_normal_density(*x, mean, scale)).sum();
    let rival = Rival { name: "one regime", log_likelihood: plain, fewer: 4 };
    let keys = ["mean_stay_days", "drift_pct_per_year", "volatility_pct_per_sqrt_year"];
    Ok(Fit {
        driver: Driver::EthUsd,
        process: "regimes",
        estimates: text::estimates(&of_both(keys), &natural(&maximum.at), errors.as_deref()),
        notes: notes(&errors, &maximum.at, days),
        goodness: Goodness::new(&ranks, maximum.log_likelihood, Some(rival)),
    })
}

/// Of the inflow that `served_eth` a step does not explain.
///
/// # Errors
/// A record of which too little is seen; a likelihood without a maximum.
pub fn inflow(record: Record<'_>, served_eth: f64) -> Result<Fit, FitError> {
    let flows = recorded_inflows(record.levels, served_eth);
    let (count, days) = (flows.len(), record.step_secs / DAY_SECS);
    let no_maximum = |reason| FitError::NoMaximum { process: "regimes", reason };
    if flows.iter().filter(|flow| **flow > UNSEEN_ETH).count() < 30 {
        return Err(no_maximum("fewer than 30 steps have an inflow of more than one validator"));
    }
    let (mean, variance) = moments(&flows);
    let (mean, lump) = (mean.max(1.0), (variance / mean.max(1.0)).max(1.0));
    let laws = |x: &[f64]| [(exp(x[2]), exp(x[4])), (exp(x[3]), exp(x[5]))];
    let run = |x: &[f64], seen: &mut dyn FnMut(usize, Seen)| {
        let laws = laws(x);
        let densities = |k: usize| laws.map(|(mean, lump)| log_density(flows[k], mean, lump));
        filter(count, chain([exp(x[0]), exp(x[1])], days), densities, seen)
    };
    let log_likelihood = |x: &[f64]| {
        let bounded = x[2..].iter().all(|log| (-3.0..25.0).contains(log));
        match is_sound(&x[..2], days, count) && bounded {
            true => run(x, &mut |_, _| ()),
            false => f64::NAN,
        }
    };
    let start = |stay: f64, low: f64, high: f64, share: f64| {
        let lumps = ln(lump * share);
        vec![ln(stay * days), ln(stay * days), ln(mean * low), ln(mean * high), lumps, lumps]
    };
    let starts = [start(30.0, 0.2, 2.0, 0.5), start(8.0, 0.3, 3.0, 0.5), start(100.0, 0.05, 1.5, 1.0)];
    let mut maximum =
        maximise(&log_likelihood, &starts).ok_or(no_maximum("no search had a likelihood to start from"))?;
    if maximum.at[2] > maximum.at[3] {
        exchange(&mut maximum.at);
    }
    let natural = |x: &[f64]| -> Vec<f64> {
        let one = |(k, (mean, lump)): (usize, (f64, f64))| [exp(x[k]), mean / days, lump];
        laws(x).into_iter().enumerate().flat_map(one).collect()
    };
    let errors = standard_errors(&log_likelihood, &maximum, &natural);
    let mut ranks = Vec::with_capacity(count);
    let found = laws(&maximum.at);
    run(&maximum.at, &mut |k, seen| {
        let below = found.map(|(mean, lump)| rank(k, flows[k], mean, lump));
        ranks.push(seen.weights[0] * below[0] + seen.weights[1] * below[1]);
    });
    let plain = |x: &[f64]| flows.iter().map(|flow| log_density(*flow, exp(x[0]), exp(x[1]))).sum::<f64>();
    let rival = maximise(&plain, &[vec![ln(mean), ln(lump)]]).map(|plain| Rival {
        name: "one regime",
        log_likelihood: plain.log_likelihood,
        fewer: 4,
    });
    let mut notes = notes(&errors, &maximum.at, days);
    notes.push(text::unseen(&flows));
    Ok(Fit {
        driver: Driver::NetworkExitQueue { served_eth },
        process: "regimes",
        estimates: text::estimates(
            &of_both(["mean_stay_days", "inflow_eth_per_day", "lump_eth"]),
            &natural(&maximum.at),
            errors.as_deref(),
        ),
        goodness: Goodness::new(&ranks, maximum.log_likelihood, rival),
        notes,
    })
}

/// What a reader should know of the search's end.
fn notes(errors: &Option<Vec<f64>>, at: &[f64], days: f64) -> Vec<String> {
    let mut notes: Vec<String> =
        errors.is_none().then(|| text::NO_CURVATURE.to_owned()).into_iter().collect();
    if at[..2].iter().any(|log| exp(*log) < days) {
        notes.push(
            "a stay is shorter than a step: the record shows a mixture of two laws, not regimes that last"
                .to_owned(),
        );
    }
    notes
}

/// Exchanges the regimes.
fn exchange(x: &mut [f64]) {
    x.swap(0, 1);
    x.swap(2, 3);
    x.swap(4, 5);
}

fn of_both(keys: [&'static str; 3]) -> Vec<(&'static str, &'static str)> {
    ["calm", "stressed"].into_iter().flat_map(|table| keys.map(|key| (table, key))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::tests::{assert_recovers, levels_of_log_changes};
    use pegstress_num::Stream;
    use pegstress_num::draw::{normals, units};
    use pegstress_sim::drivers::regimes::{InflowRegimesStep, PriceRegimesStep};
    use pegstress_sim::drivers::{Gbm, InflowRegimes, PriceRegimes, Switching};

    const STEP: f64 = 21_600.0;

    fn draws(k: u32) -> ([f64; 1], [f64; 1]) {
        let (mut u, mut z) = ([0.0], [0.0]);
        units(43, 0, k, Stream::DriverRegimes, &mut u, &mut [0.0]);
        normals(43, 0, k, Stream::DriverNormals, &mut z, &mut [0.0]);
        (u, z)
    }

    #[test]
    fn two_regimes_of_a_price_are_recovered_within_their_errors() {
        let gbm = |drift, volatility| Gbm {
            drift_per_year: drift,
            volatility_per_sqrt_year: volatility,
            jumps: None,
        };
        let switching = Switching { stay_days: [15.0, 4.0], start: Some(0) };
        let process = PriceRegimes { switching, regimes: [gbm(0.8, 0.4), gbm(-1.5, 1.3)] };
        let step = PriceRegimesStep::new(&process, STEP);
        let mut second = [0.0];
        let changes = (0..5000).map(|k| {
            let (u, z) = draws(k);
            let change = step.diffuse(&second, &z)[0];
            second = step.switching.next(&second, &u);
            change
        });
        let levels = levels_of_log_changes(2500.0, changes);
        let found = price(Record { levels: &levels, step_secs: STEP }).expect("a fit");
        assert_recovers(&found, &[15.0, 80.0, 40.0, 4.0, -150.0, 130.0]);
        assert!(found.goodness.p_value().expect("a p-value") > 0.01, "{}", found.goodness.line());
        assert!(found.goodness.line().contains("(supported by BIC"), "{}", found.goodness.line());
    }

    #[test]
    fn two_regimes_of_an_inflow_are_recovered_within_their_errors() {
        let switching = Switching { stay_days: [12.0, 6.0], start: Some(0) };
        let process =
            InflowRegimes { switching, mean_eth_per_day: [8_000.0, 80_000.0], lump_eth: [400.0, 5_000.0] };
        let step = InflowRegimesStep::new(&process, STEP);
        let (mut second, mut queue) = ([0.0], 1e9);
        let mut levels = vec![queue];
        for k in 0..4000 {
            let (u, z) = draws(k);
            queue = queue - 14_400.0 + step.flow(&second, &z)[0];
            second = step.switching.next(&second, &u);
            levels.push(queue);
        }
        let found = inflow(Record { levels: &levels, step_secs: STEP }, 14_400.0).expect("a fit");
        assert_recovers(&found, &[12.0, 8_000.0, 400.0, 6.0, 80_000.0, 5_000.0]);
        assert!(found.goodness.p_value().expect("a p-value") > 0.01, "{}", found.goodness.line());
    }

    #[test]
    fn the_chain_of_the_fit_is_that_of_the_simulation() {
        let step = pegstress_sim::drivers::regimes::SwitchingStep::new(
            &Switching { stay_days: [5.0, 2.0], start: None },
            STEP,
        );
        let (leave, shares) = chain([5.0, 2.0], STEP / DAY_SECS);
        assert!((shares[1] - 2.0 / 7.0).abs() < 1e-15);
        for k in [0, 1] {
            let here = [k as f64];
            let (just_below, just_above) = ([leave[k] * (1.0 - 1e-12)], [leave[k] * (1.0 + 1e-12)]);
            assert_eq!(step.next(&here, &just_below), [1.0 - k as f64]);
            assert_eq!(step.next(&here, &just_above), here);
        }
    }
}
