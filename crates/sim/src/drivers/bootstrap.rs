//! Stationary block bootstrap: histories made of pieces of a recorded one.
//!
//! ```text
//! place' = fresh, uniform over the record     with probability 1/b
//!          place + 1, the end joined to the start     else
//! ```
//!
//! Source: Politis, Romano, Journal of the American Statistical Association 89 (1994) 1303-1313, section 2. Blocks have
//! geometric lengths of mean `b` steps; a path is stationary with the record's marginal law, and its autocovariance at lag `j`
//! is `(1 - 1/b)^j` times the record's circular one. Several series that are read at the same places keep their dependence.
//!
//! Per step two uniform numbers. Exact but for the place's resolution of 2^-52.

use pegstress_num::{Lanes, lesser, select};

/// How a record is cut into blocks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Blocks {
    /// Steps of the record; at least one.
    pub record_steps: usize,
    /// Mean length of a block, steps; at least one.
    pub mean_steps: f64,
}

impl Blocks {
    /// The places a step later; those of a first step are all fresh.
    #[inline(always)]
    pub fn next<const W: usize>(
        &self,
        places: &Lanes<W>,
        is_first: bool,
        unit: &Lanes<W>,
        other: &Lanes<W>,
    ) -> Lanes<W> {
        let fresh_share = if is_first { 1.0 } else { 1.0 / self.mean_steps };
        let count = self.record_steps as f64;
        let mut next = [0.0; W];
        for i in 0..W {
            let following = select(places[i] + 1.0 < count, places[i] + 1.0, 0.0);
            let fresh = lesser((other[i] * count).floor(), count - 1.0);
            next[i] = select(unit[i] < fresh_share, fresh, following);
        }
        next
    }
}

/// What stands at these places of a record.
#[inline(always)]
pub fn at<const W: usize>(record: &[f64], places: &Lanes<W>) -> Lanes<W> {
    places.map(|place| record[place as usize])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drivers::sample::{Moments, correlation, kolmogorov};
    use pegstress_num::Stream;
    use pegstress_num::draw::{normals, units};

    /// A record of an autoregressive series and one that depends on it.
    fn record(steps: usize) -> (Vec<f64>, Vec<f64>) {
        let (mut one, mut other) = (Vec::new(), Vec::new());
        let mut level = 0.0;
        for k in 0..steps {
            let (mut z, mut y) = ([0.0], [0.0]);
            normals(17, 0, k as u32, Stream::FlowNormals, &mut z, &mut y);
            level = 0.8 * level + 0.6 * z[0];
            one.push(level);
            other.push(0.5 * level * level + 0.3 * y[0]);
        }
        (one, other)
    }

    /// Places of `64 * blocks` paths after each of `steps` steps.
    fn places(cut: Blocks, steps: u32, blocks: u64) -> Vec<Vec<f64>> {
        let mut all = vec![Vec::new(); steps as usize];
        for block in 0..blocks {
            let mut now = [0.0; 64];
            for at in 0..steps {
                let (mut u, mut v) = ([0.0; 64], [0.0; 64]);
                units(19, block * 64, at, Stream::BootstrapBlocks, &mut u, &mut v);
                now = cut.next(&now, at == 0, &u, &v);
                all[at as usize].extend(now);
            }
        }
        all
    }

    fn read(record: &[f64], places: &[f64]) -> Vec<f64> {
        places.iter().map(|place| record[*place as usize]).collect()
    }

    #[test]
    fn every_step_has_the_record_s_marginal_law() {
        let (one, _) = record(400);
        let cut = Blocks { record_steps: 400, mean_steps: 12.0 };
        let mut sorted = one.clone();
        sorted.sort_by(f64::total_cmp);
        let law = |x: f64| sorted.partition_point(|r| *r <= x) as f64 / 400.0;
        for places in places(cut, 30, 3000).iter().step_by(7) {
            let sample = read(&one, places);
            // 192,000 paths: 1.95 / sqrt(n) = 0.0045, and the record's own jumps of 1/400 on one side.
            assert!(kolmogorov(&sample, law) < 0.0045 + 1.0 / 400.0);
            let (found, kept) = (Moments::of(&sample), Moments::of(&one));
            assert!((found.mean - kept.mean).abs() < 5.0 * found.mean_error);
            assert!((found.variance - kept.variance).abs() < 5.0 * found.variance_error);
        }
    }

    #[test]
    fn the_autocorrelation_is_the_record_s_within_blocks() {
        let (one, _) = record(400);
        let cut = Blocks { record_steps: 400, mean_steps: 12.0 };
        let places = places(cut, 10, 6000);
        let moments = Moments::of(&one);
        for lag in [1, 3, 6] {
            let circular: f64 = (0..400)
                .map(|k| (one[k] - moments.mean) * (one[(k + lag) % 400] - moments.mean))
                .sum::<f64>()
                / 400.0;
            let expected = (1.0 - 1.0 / 12.0_f64).powi(lag as i32) * circular / moments.variance;
            let found = correlation(&read(&one, &places[2]), &read(&one, &places[2 + lag]));
            // 384,000 paths: standard error below 0.0017; five of them.
            assert!((found - expected).abs() < 0.0085, "lag {lag}: {found} {expected}");
        }
    }

    #[test]
    fn series_that_are_resampled_together_keep_their_dependence() {
        let (one, other) = record(400);
        let cut = Blocks { record_steps: 400, mean_steps: 5.0 };
        let places = places(cut, 8, 3000);
        let found = correlation(&read(&one, &places[7]), &read(&other, &places[7]));
        let squares: Vec<_> = one.iter().map(|x| x * x).collect();
        let found_squares = correlation(&read(&squares, &places[7]), &read(&other, &places[7]));
        // 192,000 paths: standard error below 0.0024; five of them.
        assert!((found - correlation(&one, &other)).abs() < 0.012);
        assert!((found_squares - correlation(&squares, &other)).abs() < 0.012);
        assert!(found_squares > 0.5, "the dependence is there to be kept");
    }

    #[test]
    fn a_block_of_one_step_is_the_ordinary_bootstrap_and_a_record_of_one_step_is_repeated() {
        let cut = Blocks { record_steps: 50, mean_steps: 1.0 };
        let places = places(cut, 2, 200);
        let follows = places[0].iter().zip(&places[1]).filter(|(a, b)| **b == (**a + 1.0) % 50.0).count();
        // One in fifty of 12,800 by chance: 256, standard deviation 16; five of them.
        assert!((follows as f64 - 256.0).abs() < 80.0, "{follows}");
        let alone = Blocks { record_steps: 1, mean_steps: 1e9 };
        assert_eq!(alone.next(&[0.0], false, &[0.5], &[0.999_999]), [0.0]);
    }
}
