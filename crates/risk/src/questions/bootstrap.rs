//! Resampling with replacement: how often each of `n` items is drawn in a replicate.
//!
//! Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13 (percentile intervals). Draws have an
//! address (seed; item, replicate), so that an interval is a function of its sample and the seed. Their stream lies
//! at the far end of those that the engine counts from 0 ([`pegstress_num::Stream`]).

use pegstress_num::philox::philox_pair;

/// Replicates behind an interval: the 2.5 % quantile is then the 25th of a thousand.
pub(super) const REPLICATES: u32 = 1000;

/// Share of replicates left out on either side.
const TAIL: f64 = 0.025;

/// Stream of the draws; two samples that are drawn apart count down from it.
const STREAM: u64 = 0xFFFF_FFFF;

/// Fills `weights` with how often each item is drawn; `sample` tells independent samples of one question apart.
pub(super) fn draw(weights: &mut [u32], seed: u64, replicate: u32, sample: u64) {
    let n = weights.len() as u64;
    weights.fill(0);
    let address = u64::from(replicate) | ((STREAM - sample) << 32);
    for item in 0..n.div_ceil(2) {
        let (a, b) = philox_pair(item, address, seed);
        weights[below(a, n)] += 1;
        if 2 * item + 1 < n {
            weights[below(b, n)] += 1;
        }
    }
}

/// A place in `0..n`, by the high word of a product: uneven by less than n / 2^64.
fn below(bits: u64, n: u64) -> usize {
    ((u128::from(bits) * u128::from(n)) >> 64) as usize
}

/// Percentile interval and standard deviation of replicates; `None` with fewer than half of them.
pub(super) fn interval(mut replicates: Vec<f64>) -> Option<(f64, f64, f64)> {
    replicates.retain(|one| one.is_finite());
    let n = replicates.len();
    if n < REPLICATES as usize / 2 {
        return None;
    }
    replicates.sort_unstable_by(f64::total_cmp);
    let cut = ((TAIL * n as f64) as usize).saturating_sub(1);
    let (_, variance) = super::measure::mean_and_variance(&replicates);
    Some((replicates[cut], replicates[n - 1 - cut], variance.sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replicate_draws_as_many_items_as_there_are_and_each_about_once() {
        let mut weights = vec![0; 101];
        let mut sums = vec![0_u64; 101];
        for replicate in 0..REPLICATES {
            draw(&mut weights, 5, replicate, 0);
            assert_eq!(weights.iter().sum::<u32>(), 101);
            sums.iter_mut().zip(&weights).for_each(|(sum, weight)| *sum += u64::from(*weight));
        }
        // Counts are binomial with mean 1000 and standard deviation 31.5; five of them for 101 items.
        assert!(sums.iter().all(|sum| sum.abs_diff(1000) < 158), "{sums:?}");
    }

    #[test]
    fn the_bootstrap_of_a_mean_has_its_standard_error() {
        let values: Vec<f64> = (0..200).map(f64::from).collect();
        let mut weights = vec![0; 200];
        let means = (0..REPLICATES).map(|replicate| {
            draw(&mut weights, 9, replicate, 0);
            values.iter().zip(&weights).map(|(value, weight)| value * f64::from(*weight)).sum::<f64>() / 200.0
        });
        let (low, high, sd) = interval(means.collect()).expect("an interval");
        // Population standard deviation of 0..199 over the root of 200; a standard deviation of 1000 replicates is
        // good to 2.2 %, three of them.
        let truth = ((200.0_f64 * 200.0 - 1.0) / 12.0 / 200.0).sqrt();
        assert!((sd / truth - 1.0).abs() < 0.067, "{sd} {truth}");
        assert!(low < 99.5 && 99.5 < high);
    }
}
