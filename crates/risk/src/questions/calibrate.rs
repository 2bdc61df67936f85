//! The parameters with which a scenario comes nearest to what was observed, and which of them the observations can tell.
//!
//! Minimised is `S = sum of miss^2` over the targets to be fitted, a [miss](super::target) being a distance in tolerances; one
//! that is infinite or not defined counts as [`MOST_MISSED`]. All evaluations share their random numbers, so `S` is a
//! function and not noise around one; it has small steps, because a median over paths has.
//!
//! Each key is a coordinate in `[0, 1]` along its range (along its logarithm, where it is told so), reflected at the ends, so that every
//! place is a plausible one. A low-discrepancy scan is followed by a simplex from the file's own values and from the best places of the
//! scan that are not neighbours, and by a small one from the best end of these.
//!
//! The *profile* of a key is the least `S` for each of its values, the other keys fitted anew. Values whose profile is within
//! [`ONE_TOLERANCE`] of the least fit as well as one target does that misses by one tolerance more: they are *compatible*. A key
//! whose compatible values reach both ends of its range is not identified by the targets. *Directions* are the
//! eigenvectors of `J^T J`, `J` the change of the misses over the length of each range, by central differences at the fitted place:
//! along one whose eigenvalue is below 1 the whole length of the ranges changes no target by a tolerance.

use std::collections::BTreeMap;

use super::curvature::eigen;
use super::design::sequence;
use super::range::Range;
use super::target::{Judged, Purpose, Target};
use crate::simplex::{Effort, descend};

/// Tolerances that a target without a number, or infinitely far, counts for.
pub const MOST_MISSED: f64 = 10.0;
/// Rise of the objective that still counts as fitting as well.
pub const ONE_TOLERANCE: f64 = 1.0;
/// A profile ends where the objective has risen by so much.
const FAR: f64 = 4.0;
/// Places that a simplex starts from.
const STARTS: usize = 3;
/// Starts nearer than this along every key are one.
const NEIGHBOURS: f64 = 0.15;
/// Lengths of the first edges of a simplex: from a start, from the best end, and in a profile.
const EDGES: (f64, f64, f64) = (0.15, 0.04, 0.08);
/// A profile that finds a place better by so much starts all profiles again from there,
const GAIN: f64 = 0.05;
/// at most so many times in all.
const ROUNDS: usize = 2;
/// Evaluations of each point of a profile, per key that is fitted anew.
const REFIT: usize = 8;
/// Standard deviation of the objective at a simplex's corners at which it ends: a thousandth of a squared tolerance.
const SETTLED: f64 = 1e-3;
/// Distance of central differences; short ones would see the steps of medians.
const HALF_DIFFERENCE: f64 = 0.05;

/// What is fitted to what, and how hard it is tried.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Keys and where they may go; 1 to [`MAX_KEYS`](super::design::MAX_KEYS).
    pub ranges: Vec<Range>,
    /// The file's own values, where it has any.
    pub start: Vec<Option<f64>>,
    /// Targets of either purpose; at least one to be fitted.
    pub targets: Vec<Target>,
    /// Evaluations of the search, the scan included.
    pub evaluations: usize,
    /// Points of each profile, both ends included; 0 for none.
    pub profile_points: usize,
    /// Seed of the scan's shift.
    pub seed: u64,
}

/// One evaluation.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// Place along each range, 0 to 1.
    pub place: Vec<f64>,
    /// Values of the keys.
    pub values: Vec<f64>,
    /// The run's number for each target; `None` where it is not defined.
    pub numbers: Vec<Option<f64>>,
    /// Sum of squared misses of the targets to be fitted.
    pub objective: f64,
}

/// The objective along one key, the others fitted anew.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Rising in the key; the fitted place is among them.
    pub points: Vec<Trial>,
    /// Lowest compatible value; `None` where the compatible ones reach the lower end of the range.
    pub low: Option<f64>,
    /// Highest compatible value; `None` where they reach the upper end.
    pub high: Option<f64>,
}

impl Profile {
    /// Whether the targets tell the key's value at all.
    pub fn is_identified(&self) -> bool {
        self.low.is_some() || self.high.is_some()
    }
}

/// A combination of keys, and how much the misses change along it.
#[derive(Debug, Clone, PartialEq)]
pub struct Direction {
    /// Sum of squared changes of the misses over a length of 1.
    pub eigenvalue: f64,
    /// Unit vector over the keys.
    pub along: Vec<f64>,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Calibration {
    /// What was asked.
    pub problem: Problem,
    /// Every evaluation, in order.
    pub trials: Vec<Trial>,
    /// The best of them.
    pub fitted: Trial,
    /// One for each key; empty where none was asked for.
    pub profiles: Vec<Profile>,
    /// From the least told to the best told one.
    pub directions: Vec<Direction>,
}

impl Problem {
    fn values(&self, place: &[f64]) -> Vec<f64> {
        self.ranges.iter().zip(place).map(|(range, u)| range.at(*u)).collect()
    }

    fn trial(&self, place: Vec<f64>, values: Vec<f64>, numbers: Vec<Option<f64>>) -> Trial {
        let objective = self.misses(&numbers).iter().map(|miss| miss * miss).sum();
        Trial { place, values, numbers, objective }
    }

    /// Bounded misses of the targets to be fitted.
    fn misses(&self, numbers: &[Option<f64>]) -> Vec<f64> {
        let fitted = self.targets.iter().zip(numbers).filter(|(target, _)| target.purpose == Purpose::Fit);
        let miss = |(target, number): (&Target, &Option<f64>)| number.map(|number| target.miss(number));
        fitted.map(miss).map(bounded).collect()
    }

    /// Evaluations of the scan: a third of all, at most 8 for each key.
    fn scan(&self) -> usize {
        (self.evaluations / 3).min(8 * self.ranges.len())
    }

    /// The file's own place; the middle where the file has no value.
    fn start(&self) -> Vec<f64> {
        let place = |(range, value): (&Range, &Option<f64>)| value.map_or(0.5, |value| range.place(value));
        self.ranges.iter().zip(&self.start).map(place).collect()
    }
}

/// Sum of squared bounded misses of the targets to be fitted, of a run that was judged.
pub fn objective(judged: &[Judged]) -> f64 {
    let fitted = judged.iter().filter(|one| one.target.purpose == Purpose::Fit);
    fitted.map(|one| bounded(one.miss())).map(|miss| miss * miss).sum()
}

/// A miss that a search can work with.
fn bounded(miss: Option<f64>) -> f64 {
    miss.filter(|miss| !miss.is_nan()).map_or(MOST_MISSED, |miss| miss.clamp(-MOST_MISSED, MOST_MISSED))
}

/// Searches, profiles and differentiates. `evaluate` runs the scenario with values of the keys and gives the number of each
/// target.
///
/// # Errors
/// The first that `evaluate` gives.
pub fn calibrate<E>(
    problem: Problem,
    mut evaluate: impl FnMut(&[f64]) -> Result<Vec<Option<f64>>, E>,
) -> Result<Calibration, E> {
    let place = problem.start();
    let values = problem.values(&place);
    let own = problem.trial(place, values.clone(), evaluate(&values)?);
    let known = BTreeMap::from([(bits(&values), 0)]);
    let mut book = Book { problem: &problem, evaluate, trials: vec![own.clone()], known, failed: None };
    search(&problem, &mut book, &own);
    let mut walked = Vec::new();
    if problem.profile_points > 1 {
        for _ in 0..ROUNDS {
            let best = book.best(&own);
            walked = (0..problem.ranges.len()).map(|key| walk(&problem, &mut book, key, &best)).collect();
            if best.objective - book.best(&own).objective < GAIN {
                break;
            }
        }
    }
    let fitted = book.best(&own);
    let directions = directions(&problem, &mut book, &fitted);
    let Book { trials, failed, .. } = book;
    if let Some(error) = failed {
        return Err(error);
    }
    let profiles =
        walked.into_iter().enumerate().map(|(key, points)| profile(&problem, key, points)).collect();
    Ok(Calibration { problem, trials, fitted, profiles, directions })
}

/// Evaluations made so far.
struct Book<'a, F, E> {
    problem: &'a Problem,
    evaluate: F,
    trials: Vec<Trial>,
    /// Evaluations by the bits of their values.
    known: BTreeMap<Vec<u64>, usize>,
    failed: Option<E>,
}

impl<E, F: FnMut(&[f64]) -> Result<Vec<Option<f64>>, E>> Book<'_, F, E> {
    /// The evaluation at a place that may lie beyond the ends; none once one has failed.
    fn at(&mut self, place: &[f64]) -> Option<Trial> {
        if self.failed.is_some() {
            return None;
        }
        let place: Vec<f64> = place.iter().map(|u| reflected(*u)).collect();
        let values = self.problem.values(&place);
        let bits = bits(&values);
        if let Some(known) = self.known.get(&bits) {
            return self.trials.get(*known).cloned();
        }
        match (self.evaluate)(&values) {
            Ok(numbers) => {
                self.known.insert(bits, self.trials.len());
                let trial = self.problem.trial(place, values, numbers);
                self.trials.push(trial.clone());
                Some(trial)
            }
            Err(error) => {
                self.failed = Some(error);
                None
            }
        }
    }

    /// The best evaluation so far, the earlier one of equals; `own` is the first.
    fn best(&self, own: &Trial) -> Trial {
        self.trials
            .iter()
            .fold(own, |best, one| if one.objective < best.objective { one } else { best })
            .clone()
    }
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

/// A place on the unit interval, walls being mirrors.
fn reflected(u: f64) -> f64 {
    let u = u.rem_euclid(2.0);
    if u > 1.0 { 2.0 - u } else { u }
}

fn search<E, F: FnMut(&[f64]) -> Result<Vec<Option<f64>>, E>>(
    problem: &Problem,
    book: &mut Book<'_, F, E>,
    own: &Trial,
) {
    for place in sequence(problem.ranges.len(), problem.scan(), problem.seed) {
        if book.at(&place).is_none() {
            return;
        }
    }
    let keys: Vec<usize> = (0..problem.ranges.len()).collect();
    let starts = starts(own, &book.trials);
    let left = problem.evaluations.saturating_sub(book.trials.len());
    // One part is kept for the last, small simplex.
    let part = left / (starts.len() + 1);
    for start in starts {
        fall(book, &start, &keys, EDGES.0, part);
    }
    let left = problem.evaluations.saturating_sub(book.trials.len());
    let best = book.best(own);
    fall(book, &best.place, &keys, EDGES.1, left);
}

/// The file's own place, and the best others that are not neighbours.
fn starts(own: &Trial, trials: &[Trial]) -> Vec<Vec<f64>> {
    let mut order: Vec<&Trial> = trials.iter().collect();
    order.sort_by(|a, b| a.objective.total_cmp(&b.objective));
    let mut found = vec![own.place.clone()];
    for trial in order {
        let is_near =
            |place: &Vec<f64>| place.iter().zip(&trial.place).all(|(a, b)| (a - b).abs() < NEIGHBOURS);
        if found.len() < STARTS && !found.iter().any(is_near) {
            found.push(trial.place.clone());
        }
    }
    found
}

/// A simplex over `keys` from `from`, the other keys held; the best place it saw, within `budget` evaluations.
fn fall<E, F: FnMut(&[f64]) -> Result<Vec<Option<f64>>, E>>(
    book: &mut Book<'_, F, E>,
    from: &[f64],
    keys: &[usize],
    edge: f64,
    budget: usize,
) -> Option<Trial> {
    let mut best = book.at(from);
    let last = book.trials.len() + budget;
    let cost = |free: &[f64]| {
        let mut place = from.to_vec();
        keys.iter().zip(free).for_each(|(key, u)| place[*key] = *u);
        if book.trials.len() >= last {
            return None;
        }
        let trial = book.at(&place)?;
        let objective = trial.objective;
        if best.as_ref().is_none_or(|best| objective < best.objective) {
            best = Some(trial);
        }
        Some(objective)
    };
    if !keys.is_empty() && budget > keys.len() {
        let first: Vec<f64> = keys.iter().map(|key| from[*key]).collect();
        let mut simplex = vec![first.clone()];
        for k in 0..keys.len() {
            // Inwards: reflection could bring an outer corner back to where it came from.
            let mut corner = first.clone();
            corner[k] += if corner[k] > 0.5 { -edge } else { edge };
            simplex.push(corner);
        }
        let _end = descend(cost, simplex, Effort { iterations: 2 * budget as u64, spread: SETTLED });
    }
    best
}

/// The points of a key's profile, rising: outwards from the best place on both sides, each fitted anew from its neighbour.
fn walk<E, F: FnMut(&[f64]) -> Result<Vec<Option<f64>>, E>>(
    problem: &Problem,
    book: &mut Book<'_, F, E>,
    key: usize,
    best: &Trial,
) -> Vec<Trial> {
    let others: Vec<usize> = (0..problem.ranges.len()).filter(|other| *other != key).collect();
    let last = problem.profile_points - 1;
    let grid: Vec<f64> = (0..=last).map(|k| k as f64 / last as f64).collect();
    let here = best.place[key];
    let above: Vec<f64> = grid.iter().copied().filter(|u| *u > here).collect();
    let below: Vec<f64> = grid.iter().rev().copied().filter(|u| *u < here).collect();
    let mut points = vec![best.clone()];
    for side in [above, below] {
        let mut from = best.place.clone();
        for u in side {
            from[key] = u;
            let Some(point) = fall(book, &from, &others, EDGES.2, REFIT * others.len()) else { break };
            from.clone_from(&point.place);
            let risen = point.objective - best.objective;
            points.push(point);
            if risen > FAR {
                break;
            }
        }
    }
    points.sort_by(|a, b| a.place[key].total_cmp(&b.place[key]));
    points
}

/// Compatible values: from the least of the profile outwards to where it first rises by [`ONE_TOLERANCE`].
fn profile(problem: &Problem, key: usize, points: Vec<Trial>) -> Profile {
    let least = (0..points.len()).min_by(|a, b| points[*a].objective.total_cmp(&points[*b].objective));
    let start = least.unwrap_or(0);
    let limit = points.get(start).map_or(0.0, |point| point.objective) + ONE_TOLERANCE;
    let here = |point: &Trial| point.objective - limit;
    let crossing = |inner: &Trial, outer: &Trial| {
        let share = here(inner) / (here(inner) - here(outer));
        problem.ranges[key].at(inner.place[key] + share * (outer.place[key] - inner.place[key]))
    };
    let outwards = |pairs: &mut dyn Iterator<Item = (usize, usize)>| {
        pairs
            .map(|(inner, outer)| (&points[inner], &points[outer]))
            .find(|(inner, outer)| here(inner) <= 0.0 && here(outer) > 0.0)
            .map(|(inner, outer)| crossing(inner, outer))
    };
    let high = outwards(&mut (start..points.len().saturating_sub(1)).map(|k| (k, k + 1)));
    let low = outwards(&mut (1..=start).rev().map(|k| (k, k - 1)));
    Profile { points, low, high }
}

fn directions<E, F: FnMut(&[f64]) -> Result<Vec<Option<f64>>, E>>(
    problem: &Problem,
    book: &mut Book<'_, F, E>,
    fitted: &Trial,
) -> Vec<Direction> {
    let mut columns = Vec::new();
    for key in 0..problem.ranges.len() {
        let place = |by: f64| {
            let mut place = fitted.place.clone();
            place[key] = (place[key] + by).clamp(0.0, 1.0);
            place
        };
        let (up, down) = (book.at(&place(HALF_DIFFERENCE)), book.at(&place(-HALF_DIFFERENCE)));
        let (Some(up), Some(down)) = (up, down) else { return Vec::new() };
        let length = up.place[key] - down.place[key];
        let (up, down) = (problem.misses(&up.numbers), problem.misses(&down.numbers));
        columns.push(up.iter().zip(&down).map(|(up, down)| (up - down) / length).collect::<Vec<f64>>());
    }
    let product = |a: &Vec<f64>, b: &Vec<f64>| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let matrix = columns.iter().map(|a| columns.iter().map(|b| product(a, b)).collect()).collect();
    // Rounding can bring a vanishing eigenvalue below 0.
    let direction = |(value, along): (f64, Vec<f64>)| Direction { eigenvalue: value.max(0.0), along };
    eigen(matrix).into_iter().map(direction).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::questions::target::{Observed, Tolerance};

    fn target(observed: f64, tolerance: Tolerance, purpose: Purpose) -> Target {
        Target {
            name: format!("a number of {observed}"),
            measure: "sold_lrt:p50".parse().expect("a measure"),
            observed: Observed { low: observed, high: observed },
            tolerance,
            purpose,
            source: "by hand".into(),
        }
    }

    fn problem(ranges: &[&str], targets: Vec<Target>) -> Problem {
        Problem {
            ranges: ranges.iter().map(|range| range.parse().expect("a range")).collect(),
            start: vec![None; ranges.len()],
            targets,
            evaluations: 200,
            profile_points: 9,
            seed: 1,
        }
    }

    fn fit(problem: Problem, model: impl Fn(&[f64]) -> Vec<f64>) -> Calibration {
        calibrate(problem, |values| {
            Ok::<_, std::convert::Infallible>(model(values).into_iter().map(Some).collect())
        })
        .expect("nothing fails")
    }

    #[test]
    fn two_numbers_of_two_keys_are_met_and_both_keys_are_told() {
        // a + b = 5 and a b = 6 with a < b: a = 2, b = 3.
        let targets = vec![
            target(5.0, Tolerance::Within(0.05), Purpose::Fit),
            target(6.0, Tolerance::Within(0.05), Purpose::Fit),
        ];
        let found = fit(problem(&["a=0..2.4", "b=2.5..6"], targets), |v| vec![v[0] + v[1], v[0] * v[1]]);
        // The simplex ends at a spread of 0.001 squared tolerances: some 0.03 tolerances of 0.05, times the slopes' inverse (of
        // 5 here).
        assert!((found.fitted.values[0] - 2.0).abs() < 0.02, "{:?}", found.fitted);
        assert!((found.fitted.values[1] - 3.0).abs() < 0.02, "{:?}", found.fitted);
        for profile in &found.profiles {
            assert!(profile.low.is_some() && profile.high.is_some(), "{profile:?}");
        }
    }

    #[test]
    fn of_a_sum_alone_neither_part_is_identified_and_the_unseen_direction_is_their_difference() {
        let targets = vec![target(1.0, Tolerance::Within(0.05), Purpose::Fit)];
        let found = fit(problem(&["a=0..1", "b=0..1"], targets), |v| vec![v[0] + v[1]]);
        assert!(found.fitted.objective < 1e-3);
        assert!(found.profiles.iter().all(|profile| !profile.is_identified()), "{:?}", found.profiles);
        // J = (20, 20): eigenvalues 0 along (1, -1) and 800 along (1, 1).
        let (unseen, seen) = (&found.directions[0], &found.directions[1]);
        assert!(unseen.eigenvalue < 1e-9 && (seen.eigenvalue - 800.0).abs() < 1e-6);
        assert!((unseen.along[0] + unseen.along[1]).abs() < 1e-9, "{unseen:?}");
    }

    #[test]
    fn a_key_without_effect_is_not_identified_while_its_neighbour_is_told_within_the_tolerance() {
        let targets = vec![target(100.0, Tolerance::Factor(2.0), Purpose::Fit)];
        let found = fit(problem(&["a=1..10000:log", "idle=0..1"], targets), |v| vec![v[0]]);
        let (told, idle) = (&found.profiles[0], &found.profiles[1]);
        assert!(!idle.is_identified());
        // Compatible are factors of 2 around 100; between points of the profile (a ratio of 10,000^(1/8)) it is interpolated
        // linearly in a quantity that is quadratic, which takes the ends inwards.
        let (low, high) = (told.low.expect("an end"), told.high.expect("an end"));
        assert!((50.0..95.0).contains(&low) && (105.0..200.0).contains(&high), "{low} {high}");
    }

    #[test]
    fn a_judged_target_does_not_move_the_fit() {
        let targets = vec![
            target(3.0, Tolerance::Within(0.1), Purpose::Fit),
            target(1000.0, Tolerance::Within(0.1), Purpose::Judge),
        ];
        let found = fit(problem(&["a=0..10"], targets), |v| vec![v[0], v[0]]);
        assert!((found.fitted.values[0] - 3.0).abs() < 0.01, "{:?}", found.fitted);
    }

    #[test]
    fn the_fit_may_lie_on_an_end_and_an_undefined_number_is_the_worst_of_all() {
        let targets = vec![target(20.0, Tolerance::Within(1.0), Purpose::Fit)];
        let found = calibrate(problem(&["a=0..10"], targets), |values| {
            Ok::<_, std::convert::Infallible>(vec![(values[0] > 2.0).then_some(values[0] + 5.0)])
        })
        .expect("nothing fails");
        // 15 misses 20 by 5 tolerances; a hundredth of the range is a tenth of a tolerance.
        assert!(found.fitted.values[0] > 9.9, "{:?}", found.fitted);
        let worst = found.trials.iter().map(|trial| trial.objective).fold(0.0, f64::max);
        assert_eq!(worst, MOST_MISSED * MOST_MISSED);
    }

    #[test]
    fn the_first_failure_ends_the_search() {
        let targets = vec![target(3.0, Tolerance::Within(0.1), Purpose::Fit)];
        let mut calls = 0;
        let failed = calibrate(problem(&["a=0..10"], targets), |_| {
            calls += 1;
            if calls < 4 { Ok(vec![Some(1.0)]) } else { Err("it broke") }
        });
        assert_eq!((failed.map(|_| ()), calls), (Err("it broke"), 4));
    }
}
