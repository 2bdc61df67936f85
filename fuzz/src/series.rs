//! A reader of series that are one all the time.

use jiff::Timestamp;
use pegstress_scenario::{ReadSeries, SeriesFault, SeriesRequest};

/// Ones, at most twenty thousand.
pub struct Ones;

const MOST: usize = 20_000;

impl ReadSeries for Ones {
    fn on_grid(
        &mut self,
        _: &SeriesRequest,
        _: Timestamp,
        _: u32,
        points: usize,
    ) -> Result<Vec<f64>, SeriesFault> {
        if points > MOST {
            return Err(SeriesFault { message: "too long".to_owned() });
        }
        Ok(vec![1.0; points])
    }

    fn rows(
        &mut self,
        _: &SeriesRequest,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(Timestamp, f64)>, SeriesFault> {
        Ok(vec![(from, 1.0), (to, 1.0)])
    }
}
