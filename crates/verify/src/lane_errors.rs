//! Relative error of the lanes against the integers, per quantity.

use std::collections::BTreeMap;

/// Errors of one quantity.
#[derive(Debug, Clone, PartialEq)]
pub struct QuantityError {
    /// Name, such as `amount out`.
    pub quantity: &'static str,
    /// Results compared.
    pub count: usize,
    /// Largest relative error.
    pub max: f64,
    /// 99th percentile of the relative errors.
    pub p99: f64,
    /// Where the largest one is.
    pub worst: String,
}

/// Errors collected over files.
#[derive(Debug, Clone, Default)]
pub struct LaneErrors {
    errors: BTreeMap<&'static str, Vec<(f64, String)>>,
}

impl LaneErrors {
    /// Adds a result; `unit` is the smallest step that the exact result can make, so that its rounding is not counted. A
    /// result no larger than that says nothing and is not counted at all.
    pub fn add(&mut self, quantity: &'static str, place: String, expected: f64, got: f64, unit: f64) {
        if expected.abs() <= unit {
            return;
        }
        let off = (got - expected).abs() - unit;
        // Not a number stays one.
        let error = if off > 0.0 { off / expected.abs() } else { 0.0 * off.abs() };
        self.errors.entry(quantity).or_default().push((error, place));
    }

    /// Takes over the errors of a file, whose name goes before their places.
    pub fn gather(&mut self, file: &str, of_file: Self) {
        for (quantity, errors) in of_file.errors {
            let named = errors.into_iter().map(|(error, place)| (error, format!("{file}: {place}")));
            self.errors.entry(quantity).or_default().extend(named);
        }
    }

    /// Summary per quantity.
    pub fn summary(&self) -> Vec<QuantityError> {
        let summarise = |(quantity, errors): (&&'static str, &Vec<(f64, String)>)| {
            let mut sorted = errors.clone();
            // NaN sorts last, as the largest.
            sorted.sort_by(|a, b| a.0.abs().total_cmp(&b.0.abs()));
            let p99 = sorted[(sorted.len() * 99).div_ceil(100) - 1].0;
            let (max, worst) = sorted[sorted.len() - 1].clone();
            QuantityError { quantity, count: sorted.len(), max, p99, worst }
        };
        self.errors.iter().map(summarise).collect()
    }
}
