//! Correlation of two samples of the same paths.
//!
//! Pearson's coefficient of the values, and of their ranks (Spearman, American Journal of Psychology 15 (1904) 72-101):
//! depths have heavy tails, where a few paths rule the first and not the second.

/// Pearson's coefficient; `None` below two pairs or where a sample does not vary.
pub fn pearson(a: &[f64], b: &[f64]) -> Option<f64> {
    let n = a.len().min(b.len());
    if n < 2 {
        return None;
    }
    let mean = |values: &[f64]| values[..n].iter().sum::<f64>() / n as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        let (x, y) = (x - mean_a, y - mean_b);
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    // A constant sample's squares are roundings of its mean.
    let varies =
        |squares: f64, mean: f64| squares > n as f64 * (1e-14 * mean) * (1e-14 * mean) && squares > 0.0;
    (varies(aa, mean_a) && varies(bb, mean_b)).then(|| ab / (aa.sqrt() * bb.sqrt()))
}

/// Ranks from 1; equal values share the mean of theirs.
pub fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut from = 0;
    while from < order.len() {
        let equal = order[from..].iter().take_while(|k| values[**k] == values[order[from]]).count().max(1);
        // Ranks from + 1 to from + equal.
        let shared = from as f64 + (equal as f64 + 1.0) / 2.0;
        order[from..from + equal].iter().for_each(|k| ranks[*k] = shared);
        from += equal;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_coefficient_of_a_small_sample_is_that_by_hand() {
        // Deviations (-1.5, -0.5, 0.5, 1.5) and (-1, -2, 1, 2): products sum to 6, squares to 5 and 10.
        let r = pearson(&[1.0, 2.0, 3.0, 4.0], &[2.0, 1.0, 4.0, 5.0]).expect("both vary");
        assert!((r - 6.0 / 50.0_f64.sqrt()).abs() < 1e-15, "{r}");
    }

    #[test]
    fn a_constant_has_no_correlation() {
        assert_eq!(pearson(&[0.1, 0.1, 0.1], &[1.0, 2.0, 3.0]), None);
        assert_eq!(pearson(&[1.0], &[1.0]), None);
    }

    #[test]
    fn ranks_of_a_monotone_function_are_the_same_and_ties_share_the_mean() {
        assert_eq!(ranks(&[3.0, 1.0, 2.0]), ranks(&[27.0, 1.0, 8.0]));
        assert_eq!(ranks(&[5.0, 1.0, 5.0, 7.0]), [2.5, 1.0, 2.5, 4.0]);
    }
}
