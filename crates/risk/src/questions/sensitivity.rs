//! What one number of a run does when one key is moved to either end of its range and all others stay.

use super::measure::{Estimate, Measure};
use super::range::Range;
use super::sobol::Indices;

/// The number at both ends of one key.
#[derive(Debug, Clone, PartialEq)]
pub struct Swing {
    /// The key and its ends.
    pub range: Range,
    /// The number at the lower end; `None` where it is not defined.
    pub at_low: Option<Estimate>,
    /// At the upper end.
    pub at_high: Option<Estimate>,
}

impl Swing {
    /// How far apart the ends, or an end and the base, are at most; `None` without two numbers.
    pub fn size(&self, base: Option<Estimate>) -> Option<f64> {
        let values = [base, self.at_low, self.at_high].map(|one| one.map(|one| one.value));
        let known: Vec<f64> = values.into_iter().flatten().collect();
        let (low, high) = known.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (if *value < low { *value } else { low }, if *value > high { *value } else { high })
        });
        (known.len() > 1).then_some(high - low)
    }
}

/// The answer: one-at-a-time swings and, where a design was run, shares of variance.
#[derive(Debug, Clone)]
pub struct Sensitivity {
    /// The number.
    pub measure: Measure,
    /// Its value in the scenario as it is.
    pub base: Option<Estimate>,
    /// One swing per key, in the order asked for.
    pub swings: Vec<Swing>,
    /// Indices over the design, in the order of the swings.
    pub indices: Option<Indices>,
    /// Rows of the design; 0 where none was run.
    pub design_rows: usize,
    /// Runs behind all of it.
    pub runs: usize,
    /// Paths of all runs that faulted and are left out.
    pub faults: u64,
}

impl Sensitivity {
    /// Places of the swings, the largest first; those without a size last.
    pub fn by_size(&self) -> Vec<usize> {
        let mut places: Vec<usize> = (0..self.swings.len()).collect();
        let size = |place: &usize| self.swings[*place].size(self.base).unwrap_or(-1.0);
        places.sort_by(|a, b| size(b).total_cmp(&size(a)));
        places
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swings_are_ranked_by_the_whole_span_with_the_base_in_it() {
        let estimate = |value| Some(Estimate { value, low: None, high: None });
        let swing =
            |low, high| Swing { range: "k=0..1".parse().expect("a range"), at_low: low, at_high: high };
        let answer = Sensitivity {
            measure: "a_bps:p95".parse().expect("a measure"),
            base: estimate(10.0),
            swings: vec![
                swing(estimate(9.0), estimate(11.0)),
                swing(None, None),
                swing(estimate(20.0), estimate(18.0)),
            ],
            indices: None,
            design_rows: 0,
            runs: 7,
            faults: 0,
        };
        // 20 against the base of 10, though the ends are 2 apart.
        assert_eq!(answer.swings[2].size(answer.base), Some(10.0));
        assert_eq!(answer.swings[1].size(answer.base), None);
        assert_eq!(answer.by_size(), [2, 0, 1]);
    }
}
