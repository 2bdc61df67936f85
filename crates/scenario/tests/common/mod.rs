//! Series for tests that do not read any.

use jiff::Timestamp;
use pegstress_scenario::{ReadSeries, SeriesFault, SeriesRequest};

/// Ones everywhere; rows at both ends of a window.
pub(crate) struct Ones;

impl ReadSeries for Ones {
    fn on_grid(
        &mut self,
        _: &SeriesRequest,
        _: Timestamp,
        _: u32,
        points: usize,
    ) -> Result<Vec<f64>, SeriesFault> {
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
