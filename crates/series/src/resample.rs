//! A series on an even grid.
//!
//! For a grid point `t` and observations `(t_k, x_k)`:
//!
//! ```text
//! Last   x_k of the greatest t_k <= t, and t - t_k <= max_age
//! Sum    sum of x_k with t - step < t_k <= t
//! Mean   Sum / count
//! ```
//!
//! Sum and Mean refuse every interval that a hole longer than `max_age` overlaps, even in part: half a day of flows
//! is not a day of flows. The series' own ends are holes too: the interval must not reach further than `max_age`
//! before the first observation or past the last one. A shorter hole leaves a Sum of zero and no Mean.

use jiff::Timestamp;

use crate::error::Gap;
use crate::{Series, SeriesError};

const NANOS_PER_SEC: i128 = 1_000_000_000;

/// Evenly spaced times: `start`, `start + step`, ... (`points` of them).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// First point.
    pub start: Timestamp,
    /// Distance between points, above 0.
    pub step_secs: i64,
    /// Number of points.
    pub points: usize,
}

/// How observations become the value of a grid point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The last observation, carried forward: for levels.
    Last,
    /// The sum over the step that ends at the point: for flows.
    Sum,
    /// The mean over the step that ends at the point.
    Mean,
}

impl Grid {
    fn stamp(&self, point: i128) -> Option<Timestamp> {
        let ahead = point.checked_mul(i128::from(self.step_secs))?.checked_mul(NANOS_PER_SEC)?;
        Timestamp::from_nanosecond(self.start.as_nanosecond().checked_add(ahead)?).ok()
    }

    fn check(&self) -> Result<(), SeriesError> {
        let last = i128::try_from(self.points).ok().and_then(|points| self.stamp(points - 1));
        // The point before the first bounds the first interval, the last one the whole grid.
        match self.step_secs > 0 && self.stamp(-1).is_some() && last.is_some() {
            true => Ok(()),
            false => {
                let Self { start, step_secs, points } = *self;
                Err(SeriesError::Grid { start, step_secs, points })
            }
        }
    }
}

impl Series {
    /// The value at every point of the grid.
    ///
    /// # Errors
    /// A point that no observation young enough serves: see the rules of [`Rule`] and this module.
    pub fn resample(&self, grid: &Grid, rule: Rule, max_age_secs: i64) -> Result<Vec<f64>, SeriesError> {
        grid.check()?;
        if max_age_secs < 0 {
            return Err(SeriesError::MaxAge { max_age_secs });
        }
        if self.is_empty() {
            return Err(SeriesError::Empty { file: self.file.clone() });
        }
        let mut values = Vec::new();
        // Observations up to the start of the interval, and up to its end.
        let (mut from, mut upto) = (0, 0);
        let mut previous = grid.stamp(-1).unwrap_or(grid.start);
        for point in 0..grid.points {
            let at = grid.stamp(point as i128).unwrap_or(grid.start);
            from += self.stamps[from..].iter().take_while(|&&stamp| stamp <= previous).count();
            upto += self.stamps[upto..].iter().take_while(|&&stamp| stamp <= at).count();
            values.push(match rule {
                Rule::Last => self.last(upto, at, max_age_secs)?,
                Rule::Sum | Rule::Mean => {
                    self.covered(from, upto, previous, at, max_age_secs)?;
                    let sum: f64 = self.values[from..upto].iter().fold(0.0, |sum, value| sum + value);
                    match (rule, upto - from) {
                        (Rule::Mean, 0) => return Err(self.empty_interval(previous, at)),
                        (Rule::Mean, count) => sum / count as f64,
                        _ => sum,
                    }
                }
            });
            previous = at;
        }
        Ok(values)
    }

    fn last(&self, upto: usize, at: Timestamp, max_age_secs: i64) -> Result<f64, SeriesError> {
        let place = upto.checked_sub(1).ok_or_else(|| self.before_first(at))?;
        match longer(self.stamps[place], at, max_age_secs) {
            true => Err(self.gap(place, at, max_age_secs)),
            false => Ok(self.values[place]),
        }
    }

    /// No hole longer than the age overlaps the interval `(start, at]`, whose observations are `from..upto`.
    fn covered(
        &self,
        from: usize,
        upto: usize,
        start: Timestamp,
        at: Timestamp,
        max_age_secs: i64,
    ) -> Result<(), SeriesError> {
        if upto == 0 || (from == 0 && longer(start, self.stamps[0], max_age_secs)) {
            return Err(self.before_first(if upto == 0 { at } else { start }));
        }
        for place in from.saturating_sub(1)..upto {
            let end = match self.stamps.get(place + 1) {
                // The hole begins at or after the end of the interval.
                _ if self.stamps[place] >= at => continue,
                Some(&next) => next,
                None => at,
            };
            if longer(self.stamps[place], end, max_age_secs) {
                return Err(self.gap(place, at, max_age_secs));
            }
        }
        Ok(())
    }

    fn before_first(&self, at: Timestamp) -> SeriesError {
        SeriesError::BeforeFirst { first: Box::new(self.cell(0)), first_stamp: self.stamps[0], at }
    }

    fn gap(&self, place: usize, at: Timestamp, max_age_secs: i64) -> SeriesError {
        let before_stamp = self.stamps[place];
        let after = self.stamps.get(place + 1).map(|&stamp| (self.rows[place + 1], stamp));
        let end = after.map_or(at, |(_, stamp)| stamp);
        let gap_secs = end.as_second().saturating_sub(before_stamp.as_second());
        SeriesError::Gap(Box::new(Gap {
            before: self.cell(place),
            before_stamp,
            after,
            gap_secs,
            max_age_secs,
            at,
        }))
    }

    fn empty_interval(&self, from: Timestamp, to: Timestamp) -> SeriesError {
        SeriesError::EmptyInterval { file: self.file.clone(), column: self.column.clone(), from, to }
    }
}

fn longer(from: Timestamp, to: Timestamp, secs: i64) -> bool {
    to.as_nanosecond() - from.as_nanosecond() > i128::from(secs) * NANOS_PER_SEC
}
