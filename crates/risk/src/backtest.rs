//! Model against record.

use crate::summary::Backtest;
use jiff::Timestamp;

/// A pair of model and reference: its time and the signed error.
#[derive(Debug, Clone, Copy)]
pub struct Pair {
    /// Time of the record.
    pub at: Timestamp,
    /// Model - reference, in the unit of the back-test.
    pub error: f64,
    /// Whether it counts.
    pub scored: bool,
}

/// Bias, mean and largest absolute error over the scored pairs; `None` without any.
pub fn score(what: String, unit: &'static str, pairs: &[Pair]) -> Option<Backtest> {
    let scored: Vec<_> = pairs.iter().filter(|pair| pair.scored).collect();
    let worst = scored.iter().max_by(|a, b| a.error.abs().total_cmp(&b.error.abs()))?;
    let n = scored.len() as f64;
    Some(Backtest {
        what,
        unit,
        scored: scored.len(),
        unscored: pairs.len() - scored.len(),
        bias: scored.iter().map(|pair| pair.error).sum::<f64>() / n,
        mean_absolute: scored.iter().map(|pair| pair.error.abs()).sum::<f64>() / n,
        max_absolute: worst.error.abs(),
        max_at: worst.at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_scored_pairs_count_and_the_worst_keeps_its_date() {
        let at = |secs| Timestamp::from_second(secs).expect("in range");
        let pair = |secs, error, scored| Pair { at: at(secs), error, scored };
        let pairs = [pair(0, 2.0, true), pair(10, -6.0, true), pair(20, 100.0, false), pair(30, 1.0, true)];
        let result = score("price".into(), "bps", &pairs).expect("three pairs count");
        assert_eq!((result.scored, result.unscored), (3, 1));
        assert_eq!((result.bias, result.mean_absolute), (-1.0, 3.0));
        assert_eq!((result.max_absolute, result.max_at), (6.0, at(10)));
        assert!(score("nothing".into(), "bps", &pairs[2..3]).is_none());
    }
}
