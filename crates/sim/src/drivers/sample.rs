//! Moments and distances of samples, for the tests of the processes.

/// Mean and variance of a sample with their standard errors.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moments {
    pub(crate) mean: f64,
    pub(crate) variance: f64,
    pub(crate) mean_error: f64,
    pub(crate) variance_error: f64,
}

impl Moments {
    /// Of independent values.
    pub(crate) fn of(values: &[f64]) -> Self {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let central = |power: i32| values.iter().map(|x| (x - mean).powi(power)).sum::<f64>() / n;
        let (variance, fourth) = (central(2), central(4));
        Self {
            mean,
            variance,
            mean_error: (variance / n).sqrt(),
            variance_error: ((fourth - variance * variance) / n).sqrt(),
        }
    }
}

/// Correlation of two samples.
pub(crate) fn correlation(x: &[f64], y: &[f64]) -> f64 {
    let n = x.len() as f64;
    let mean = |list: &[f64]| list.iter().sum::<f64>() / n;
    let (a, b) = (mean(x), mean(y));
    let sum = |f: &dyn Fn(f64, f64) -> f64| x.iter().zip(y).map(|(x, y)| f(x - a, y - b)).sum::<f64>();
    sum(&|x, y| x * y) / (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt()
}

/// Largest distance between the sample's distribution function and `cdf`.
pub(crate) fn kolmogorov(values: &[f64], cdf: impl Fn(f64) -> f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as f64;
    sorted.iter().enumerate().fold(0.0, |worst: f64, (k, x)| {
        let p = cdf(*x);
        worst.max((p - k as f64 / n).abs()).max(((k + 1) as f64 / n - p).abs())
    })
}
