//! Drivers read through the caller's reader; what goes wrong is kept with the driver's key.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};

use crate::diagnostic::{Diagnostic, Problems};
use crate::document::Document;
use crate::key::join;
use crate::raw::drivers::{RawDriver, RawMarketPrice, RawRows};
use crate::series::{Domain, ReadSeries, Rule, SeriesFault, SeriesRequest};

/// Evenly spaced times.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grid {
    pub(super) start: Timestamp,
    pub(super) step_secs: u32,
    pub(super) points: usize,
}

/// A driver of either kind, its defaults filled in.
#[derive(Debug)]
pub(super) enum Source {
    /// The same at every time.
    Constant(f64),
    /// A column of a file.
    Column {
        /// What to ask for.
        request: SeriesRequest,
        /// Seconds added to each time stamp.
        shift_secs: i64,
    },
}

pub(super) struct Reader<'a> {
    document: &'a Document,
    series: &'a mut dyn ReadSeries,
    problems: Problems<'a>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(document: &'a Document, series: &'a mut dyn ReadSeries) -> Self {
        Self { document, series, problems: document.layers.problems() }
    }

    pub(super) fn into_problems(self) -> Vec<Diagnostic> {
        self.problems.into_list()
    }

    /// Notes a problem of the series at `key`.
    pub(super) fn refuse(&mut self, key: &str, message: &str) {
        self.problems.at(&self.document.tree, key, format!("{key}: {message}"));
    }

    fn kept<T>(&mut self, key: &str, read: Result<T, SeriesFault>) -> Option<T> {
        read.map_err(|fault| self.refuse(key, &fault.message)).ok()
    }

    /// The file `name` that the driver or reserve at `key` names.
    fn file(&self, key: &str, name: &str) -> PathBuf {
        self.document.layers.folder_of(&self.document.tree, &join(key, "file")).join(name)
    }

    /// A driver as a source; `None` where neither a value nor a series is complete.
    pub(super) fn source(&self, key: &str, raw: &RawDriver, domain: Domain) -> Option<Source> {
        if let Some(value) = raw.value {
            return Some(Source::Constant(value));
        }
        let request = SeriesRequest {
            file: self.file(key, raw.file.as_ref()?),
            time_column: raw.time_column.clone()?,
            time_format: raw.time_format.clone().unwrap_or_else(|| "rfc3339".to_owned()),
            value_column: raw.value_column.clone()?,
            scale: raw.scale.map_or(1.0, |scale| scale.0),
            rule: raw.rule.unwrap_or_default(),
            max_age_secs: raw.max_age_hours.map_or(0, |hours| hours.secs() as i64),
            domain,
        };
        Some(Source::Column {
            request,
            shift_secs: raw.time_shift_hours.map_or(0, |hours| hours.secs() as i64),
        })
    }

    /// The recorded market price as a source.
    pub(super) fn price_source(&self, raw: &RawMarketPrice) -> Option<Source> {
        let driver = RawDriver {
            value: None,
            file: Some(raw.file.clone()),
            time_column: Some(raw.time_column.clone()),
            time_format: raw.time_format.clone(),
            time_shift_hours: raw.time_shift_hours,
            value_column: Some(raw.value_column.clone()),
            scale: raw.scale,
            rule: raw.rule,
            max_age_hours: raw.max_age_hours,
        };
        self.source("drivers.market_price", &driver, Domain::Positive)
    }

    /// The reserve at `key` as a source.
    pub(super) fn rows_source(&self, key: &str, raw: &RawRows) -> Source {
        let request = SeriesRequest {
            file: self.file(key, &raw.file),
            time_column: raw.time_column.clone(),
            time_format: raw.time_format.clone().unwrap_or_else(|| "rfc3339".to_owned()),
            value_column: raw.value_column.clone(),
            scale: raw.scale.map_or(1.0, |scale| scale.0),
            rule: Rule::Last,
            max_age_secs: 0,
            domain: Domain::Positive,
        };
        Source::Column { request, shift_secs: 0 }
    }

    /// The values of the driver at `key` on `grid`.
    pub(super) fn on_grid(
        &mut self,
        key: &str,
        raw: &RawDriver,
        domain: Domain,
        grid: Grid,
    ) -> Option<Vec<f64>> {
        let source = self.source(key, raw, domain)?;
        self.source_on_grid(key, &source, grid)
    }

    /// The values of `source` on `grid`.
    pub(super) fn source_on_grid(&mut self, key: &str, source: &Source, grid: Grid) -> Option<Vec<f64>> {
        match source {
            Source::Constant(value) => Some(vec![*value; grid.points]),
            Source::Column { request, shift_secs } => {
                let start = moved(grid.start, -shift_secs);
                let read = self.series.on_grid(request, start, grid.step_secs, grid.points);
                let values = self.kept(key, read)?;
                if values.len() == grid.points {
                    return Some(values);
                }
                self.refuse(key, &format!("{} values were read for {} points", values.len(), grid.points));
                None
            }
        }
    }

    /// The rows of `source` between two times, both included.
    pub(super) fn rows(
        &mut self,
        key: &str,
        source: &Source,
        from: Timestamp,
        to: Timestamp,
    ) -> Option<Vec<(Timestamp, f64)>> {
        match source {
            Source::Constant(value) => Some(vec![(from, *value)]),
            Source::Column { request, shift_secs } => {
                let read = self.series.rows(request, moved(from, -shift_secs), moved(to, -shift_secs));
                let rows = self.kept(key, read)?;
                Some(rows.into_iter().map(|(at, value)| (moved(at, *shift_secs), value)).collect())
            }
        }
    }
}

/// `at`, later by `secs`; the end of time stays where it is.
pub(super) fn moved(at: Timestamp, secs: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_secs(secs)).unwrap_or(at)
}
