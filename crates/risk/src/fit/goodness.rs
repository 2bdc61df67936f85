//! Goodness of fit: Kolmogorov's distance of the residuals, and the likelihood against a simpler process.
//!
//! Residuals are the ranks `F(x_k | what came before)`, uniform if the process is right. The p-value is that of Kolmogorov's
//! limit with Stephens' correction (Journal of the Royal Statistical Society B 32 (1970) 115-122); parameters were estimated from the
//! same record, so that it is too large: a small one speaks against the process, a large one says little.

use pegstress_num::exp;

/// How well a process fits.
#[derive(Debug, Clone, PartialEq)]
pub struct Goodness {
    /// Steps of the record.
    pub steps: usize,
    /// Largest distance between the residuals' distribution and the uniform one; none for a bootstrap.
    pub kolmogorov: Option<f64>,
    /// Logarithm of the likelihood.
    pub log_likelihood: Option<f64>,
    /// The simpler process that the likelihood is compared with.
    pub against: Option<Rival>,
    /// Another statistic, in words.
    pub remark: Option<String>,
}

/// A simpler process.
#[derive(Debug, Clone, PartialEq)]
pub struct Rival {
    /// What it is called.
    pub name: &'static str,
    /// Logarithm of its likelihood.
    pub log_likelihood: f64,
    /// Parameters that it has less.
    pub fewer: usize,
}

impl Goodness {
    /// By ranks and likelihood.
    pub(super) fn new(ranks: &[f64], log_likelihood: f64, against: Option<Rival>) -> Self {
        Self {
            steps: ranks.len(),
            kolmogorov: Some(distance_from_uniform(ranks)),
            log_likelihood: Some(log_likelihood),
            against,
            remark: None,
        }
    }

    /// Probability of such a distance or a larger one if the process were right and its parameters known.
    pub fn p_value(&self) -> Option<f64> {
        let root = (self.steps as f64).sqrt();
        self.kolmogorov.map(|distance| kolmogorov_tail((root + 0.12 + 0.11 / root) * distance))
    }

    /// One line.
    pub fn line(&self) -> String {
        let mut parts = vec![format!("{} steps", self.steps)];
        if let (Some(distance), Some(p)) = (self.kolmogorov, self.p_value()) {
            parts.push(format!(
                "Kolmogorov-Smirnov distance {distance:.4} (p {}, nominal)",
                super::text::number(p)
            ));
        }
        if let (Some(own), Some(rival)) = (self.log_likelihood, &self.against) {
            let gain = own - rival.log_likelihood;
            // Schwarz: a parameter must gain half the logarithm of the number of steps.
            let wanted = 0.5 * rival.fewer as f64 * pegstress_num::ln(self.steps as f64);
            let verdict = if gain > wanted { "supported" } else { "not supported" };
            parts.push(format!(
                "log-likelihood {own:.1}, {gain:.1} above {} with {} fewer parameters ({verdict} by BIC, which asks for {wanted:.1})",
                rival.name, rival.fewer
            ));
        }
        parts.extend(self.remark.clone());
        parts.join("; ")
    }
}

fn distance_from_uniform(ranks: &[f64]) -> f64 {
    let mut sorted = ranks.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let above = |(k, u): (usize, &f64)| f64::max((u - k as f64 / n).abs(), ((k + 1) as f64 / n - u).abs());
    sorted.iter().enumerate().map(above).fold(0.0, f64::max)
}

/// `2 sum (-1)^(k-1) e^(-2 k^2 x^2)`.
fn kolmogorov_tail(x: f64) -> f64 {
    if x < 0.2 {
        return 1.0; // the series has not begun to converge; the truth is above 1 - 1e-12
    }
    let term = |k: i32| f64::from(1 - 2 * ((k - 1) % 2)) * exp(-2.0 * f64::from(k * k) * x * x);
    (2.0 * (1..=50).map(term).sum::<f64>()).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kolmogorovs_law_has_its_tabulated_points() {
        // 1.2238, 1.3581, 1.6276: upper 10, 5 and 1 per cent points.
        for (x, p) in [(1.2238, 0.10), (1.3581, 0.05), (1.6276, 0.01)] {
            assert!((kolmogorov_tail(x) - p).abs() < 1e-4, "{x}");
        }
        assert!(kolmogorov_tail(0.3) > 0.999_99);
    }

    #[test]
    fn an_even_spread_is_nearest_to_the_uniform_law() {
        let even: Vec<f64> = (0..10).map(|k| (f64::from(k) + 0.5) / 10.0).collect();
        assert!((distance_from_uniform(&even) - 0.05).abs() < 1e-15);
        assert!((distance_from_uniform(&[0.9; 4]) - 0.9).abs() < 1e-15);
    }
}
