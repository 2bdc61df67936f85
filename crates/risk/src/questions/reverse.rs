//! The smallest value of a key at which a limit is broken with a stated probability.
//!
//! All evaluations share their random numbers, so the share of paths that break the limit is a step function of the
//! value and not noise around one. It is scanned at equal distances, and the first step from "less often" to "as
//! often or more" is halved until it is as short as the tolerance.
//!
//! Interval: the values at which the stated probability lies inside of the binomial interval (Clopper and Pearson) of
//! the share. That is the inversion of a test: where the probability rises with the value it holds the true value
//! with at least 95 %, whatever the slope. Its ends come from the same halving, with the interval's ends in place of
//! the share.

use super::limit::Limit;
use super::range::Range;
use crate::interval::probability_interval;

/// What one evaluation saw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trial {
    /// Value of the key.
    pub value: f64,
    /// Paths that broke the limit.
    pub events: u64,
    /// Sound paths.
    pub count: u64,
    /// Sound paths in which the metric is not defined; they count as not broken.
    pub undefined: u64,
    /// Paths that faulted.
    pub faults: u64,
}

impl Trial {
    /// Share of paths that broke the limit.
    pub fn probability(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.events as f64 / self.count as f64 }
    }

    /// Its 95 % interval; all of 0 to 1 without a sound path.
    pub fn interval(&self) -> (f64, f64) {
        if self.count == 0 { (0.0, 1.0) } else { probability_interval(self.events, self.count) }
    }
}

/// What is looked for.
#[derive(Debug, Clone)]
pub struct Search {
    /// The key and where to look.
    pub range: Range,
    /// Probability that is to be reached.
    pub probability: f64,
    /// Equal parts that are scanned first; at least one.
    pub cells: u32,
    /// Length at which halving ends, as a share of the range.
    pub tolerance: f64,
}

/// Where the limit breaks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Crossing {
    /// Somewhere inside of the range.
    Found(Break),
    /// At the lower end already, and with it everywhere unless the probability falls again.
    BrokenAtLow,
    /// Nowhere that was looked.
    NeverBroken,
}

/// The value at which the limit breaks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Break {
    /// The mildest value found that breaks the limit: the lowest if the probability rises, else the highest;
    pub value: f64,
    /// the value next to it that does not.
    pub unbroken: f64,
    /// 95 % interval; `None` where it reaches beyond the range.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Whether larger values break it more often.
    pub rises: bool,
}

/// The answer with everything that was evaluated.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Where the limit breaks.
    pub crossing: Crossing,
    /// Evaluations by value.
    pub trials: Vec<Trial>,
    /// By how much the share of paths moves against its direction somewhere, at most: 0 where it never does.
    pub reversal: f64,
}

/// A reverse stress test: one search, or one for each value of a second key.
#[derive(Debug, Clone)]
pub struct Reverse {
    /// The limit that is to break.
    pub limit: Limit,
    /// The key that is searched, and how.
    pub search: Search,
    /// The key whose values make the rows of a frontier.
    pub second: Option<Range>,
    /// One row, or one per value of the second key.
    pub rows: Vec<Row>,
    /// Steps of the path, seconds: a limit on closes sees no more than these.
    pub step_secs: u32,
}

/// One search.
#[derive(Debug, Clone)]
pub struct Row {
    /// Value of the second key.
    pub second: Option<f64>,
    /// What was found.
    pub answer: Answer,
}

impl Reverse {
    /// Paths of each evaluation.
    pub fn paths(&self) -> u64 {
        let trial = self.rows.iter().flat_map(|row| &row.answer.trials).next();
        trial.map_or(0, |trial| trial.count + trial.faults)
    }

    /// Evaluations, all rows together.
    pub fn evaluations(&self) -> usize {
        self.rows.iter().map(|row| row.answer.trials.len()).sum()
    }

    /// Largest share of paths, of any evaluation, in which the metric was not defined.
    pub fn most_undefined(&self) -> f64 {
        let trials = self.rows.iter().flat_map(|row| &row.answer.trials);
        let share = |trial: &Trial| trial.undefined as f64 / (trial.count.max(1)) as f64;
        trials.map(share).fold(0.0, f64::max)
    }
}

/// Looks for the value; `evaluate` gives what the paths did at one.
///
/// # Errors
/// The first error of `evaluate`.
pub fn find<E>(search: &Search, mut evaluate: impl FnMut(f64) -> Result<Trial, E>) -> Result<Answer, E> {
    let cells = search.cells.max(1);
    let mut trials: Vec<(f64, Trial)> = Vec::new();
    for cell in 0..=cells {
        let u = f64::from(cell) / f64::from(cells);
        trials.push((u, evaluate(search.range.at(u))?));
    }
    let target = search.probability;
    let reached = |trial: &Trial| trial.probability() >= target;
    let (first, last) = (reached(&trials[0].1), reached(&trials[trials.len() - 1].1));
    let (lowest, highest) = (trials[0].1.probability(), trials[trials.len() - 1].1.probability());
    let rises = if first == last { lowest <= highest } else { last };
    let crossing = if first && last {
        Crossing::BrokenAtLow
    } else if !trials.iter().any(|(_, trial)| reached(trial)) {
        Crossing::NeverBroken
    } else {
        let rises = !first;
        let mut halve =
            |test: &dyn Fn(&Trial) -> bool| halve(search, &mut trials, rises, test, &mut evaluate);
        let at = halve(&reached)?;
        let mildest = halve(&|trial| trial.interval().1 >= target)?;
        let surest = halve(&|trial| trial.interval().0 >= target)?;
        let (unbroken, value) = at.unwrap_or((search.range.low, search.range.low));
        let ends = (mildest.map(|(outside, _)| outside), surest.map(|(_, inside)| inside));
        let (low, high) = if rises { ends } else { (ends.1, ends.0) };
        Crossing::Found(Break { value, unbroken, low, high, rises })
    };
    let trials: Vec<Trial> = trials.into_iter().map(|(_, trial)| trial).collect();
    let reversal = reversal(&trials, rises);
    Ok(Answer { crossing, trials, reversal })
}

/// The last value without and the first with `test`, coming from the unbroken end, within the tolerance; `None` where
/// the unbroken end has it or nothing has.
fn halve<E>(
    search: &Search,
    trials: &mut Vec<(f64, Trial)>,
    rises: bool,
    test: &dyn Fn(&Trial) -> bool,
    evaluate: &mut impl FnMut(f64) -> Result<Trial, E>,
) -> Result<Option<(f64, f64)>, E> {
    loop {
        let step = if rises {
            trials
                .iter()
                .position(|(_, trial)| test(trial))
                .and_then(|inside| Some((inside.checked_sub(1)?, inside)))
        } else {
            let inside = trials.iter().rposition(|(_, trial)| test(trial));
            inside.filter(|inside| inside + 1 < trials.len()).map(|inside| (inside + 1, inside))
        };
        let Some((outside, inside)) = step else { return Ok(None) };
        let (a, b) = (trials[outside].0, trials[inside].0);
        let middle = 0.5 * (a + b);
        if (b - a).abs() <= search.tolerance.max(1e-9) {
            return Ok(Some((trials[outside].1.value, trials[inside].1.value)));
        }
        let trial = evaluate(search.range.at(middle))?;
        trials.insert(outside.max(inside), (middle, trial));
    }
}

/// How far the share falls below an earlier one in the direction in which it is to rise.
fn reversal(trials: &[Trial], rises: bool) -> f64 {
    let fall = |list: &mut dyn Iterator<Item = f64>| {
        let (mut most, mut fall) = (0.0_f64, 0.0_f64);
        for share in list {
            most = most.max(share);
            fall = fall.max(most - share);
        }
        fall
    };
    let shares = trials.iter().map(Trial::probability);
    if rises { fall(&mut shares.into_iter()) } else { fall(&mut shares.rev()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    fn search(range: &str, probability: f64) -> Search {
        Search { range: range.parse().expect("a range"), probability, cells: 8, tolerance: 1e-4 }
    }

    /// `n` paths of which the share `p(value)` breaks.
    fn known(n: u64, p: impl Fn(f64) -> f64) -> impl FnMut(f64) -> Result<Trial, Infallible> {
        move |value| {
            let events = (p(value) * n as f64).round() as u64;
            Ok(Trial { value, events, count: n, undefined: 0, faults: 0 })
        }
    }

    fn found(answer: &Answer) -> Break {
        match answer.crossing {
            Crossing::Found(found) => found,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_rising_probability_is_met_where_it_is_known_to_be() {
        // p(x) = x^2 on 0..1 meets 0.36 at 0.6.
        let Ok(answer) = find(&search("k=0..1", 0.36), known(1_000_000, |x| x * x));
        let at = found(&answer);
        // The tolerance, and one path in a million over the slope 1.2.
        assert!((at.value - 0.6).abs() < 1.1e-4 && at.rises, "{at:?}");
        assert!(at.unbroken < at.value && answer.reversal == 0.0);
        // The interval is that of the share, 1.96 sqrt(p (1 - p) / n) = 9.4e-4, over the slope.
        let half = 1.96 * (0.36 * 0.64 / 1e6_f64).sqrt() / 1.2;
        let (low, high) = (at.low.expect("an end"), at.high.expect("an end"));
        assert!((0.6 - low - half).abs() < 2.5e-4 && (high - 0.6 - half).abs() < 2.5e-4, "{at:?} {half}");
        assert!(answer.trials.windows(2).all(|pair| pair[0].value < pair[1].value));
    }

    #[test]
    fn a_falling_probability_is_met_from_above() {
        // Capital protects: p(x) = 1 - x / 10 meets one half at 5.
        let Ok(answer) = find(&search("k=1..9", 0.5), known(10_000, |x| 1.0 - x / 10.0));
        let at = found(&answer);
        assert!(!at.rises && (at.value - 5.0).abs() < 2e-3 && at.unbroken > at.value, "{at:?}");
        assert!(at.low.is_some_and(|low| low < 5.0) && at.high.is_some_and(|high| high > 5.0));
    }

    #[test]
    fn a_logarithmic_range_is_halved_by_ratios() {
        let Ok(answer) = find(
            &search("k=1..10000:log", 0.5),
            known(100_000, |x| pegstress_num::ln(x) / pegstress_num::ln(1e4)),
        );
        assert!((found(&answer).value / 100.0 - 1.0).abs() < 2e-3, "{answer:?}");
    }

    #[test]
    fn limits_broken_everywhere_or_nowhere_are_said_to_be() {
        let Ok(everywhere) = find(&search("k=0..1", 0.5), known(100, |_| 0.7));
        assert_eq!((everywhere.crossing, everywhere.trials.len()), (Crossing::BrokenAtLow, 9));
        let Ok(nowhere) = find(&search("k=0..1", 0.5), known(100, |x| 0.4 * x));
        assert_eq!(nowhere.crossing, Crossing::NeverBroken);
    }

    #[test]
    fn the_first_of_several_breaks_is_taken_and_the_reversal_is_told() {
        let hump = |x: f64| if (0.2..0.5).contains(&x) { 0.8 } else { 0.1 + 0.85 * x };
        let Ok(answer) = find(&search("k=0..1", 0.6), known(1000, hump));
        assert!((found(&answer).value - 0.2).abs() < 2e-4, "{answer:?}");
        assert!(answer.reversal > 0.2, "{}", answer.reversal);
    }

    #[test]
    fn an_interval_that_leaves_the_range_has_no_end_there() {
        let Ok(answer) = find(&search("k=0..1", 0.5), known(20, |x| 0.35 + 0.2 * x));
        let at = found(&answer);
        assert_eq!((at.low, at.high), (None, None));
    }

    #[test]
    fn the_interval_holds_the_truth_in_at_least_95_percent_of_samples() {
        // Path i breaks beyond its own threshold, uniform on 0..1: the truth for a probability of 0.3 is 0.3.
        let samples = 400;
        let mut covered = 0;
        for sample in 0..samples {
            let thresholds: Vec<f64> = (0..200)
                .map(|i| {
                    (pegstress_num::philox::philox_pair(i, sample, 3).0 >> 12) as f64 / (1_u64 << 52) as f64
                })
                .collect();
            let Ok(answer) = find(&search("k=0..1", 0.3), |value| {
                let events = thresholds.iter().filter(|one| **one <= value).count() as u64;
                Ok::<_, Infallible>(Trial { value, events, count: 200, undefined: 0, faults: 0 })
            });
            let at = found(&answer);
            covered +=
                u64::from(at.low.is_some_and(|low| low <= 0.3) && at.high.is_some_and(|high| high >= 0.3));
        }
        // Four standard deviations of a share of 400 samples: sqrt(0.95 * 0.05 / 400) = 0.011.
        assert!(covered as f64 / samples as f64 > 0.95 - 0.044, "{covered} of {samples}");
    }
}
