//! The studies that the engine is measured on, read from the scenarios that are shipped.

use jiff::Timestamp;
use pegstress_scenario::{self as scenario, Override, ReadSeries, SeriesFault, SeriesRequest};
use pegstress_series::{ColumnMap, Domain, Grid, Rule, Series, read};
use pegstress_sim::Plan;
use pegstress_sim::scenario::Study;
use std::error::Error;
use std::path::Path;

/// One pool, no lenders.
pub const WEETH_2024_08: &str = "scenarios/weeth-2024-08.toml";
/// Every part of the model: three venues, two lending markets of eight buckets, a redemption queue.
pub const FULL_MODEL: &str = "benches/scenarios/full-model.toml";

/// The plan of a shipped scenario with this number of paths.
///
/// # Errors
/// When the scenario or its data cannot be read, or simulate no paths.
pub fn plan(scenario: &str, paths: u64) -> Result<Plan, Box<dyn Error>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(scenario);
    let document = scenario::read(&file, &[Override::new("paths.count", paths.to_string())])?;
    let scenario = scenario::resolve(&document, &mut Files)?;
    match scenario.study {
        Study::Paths(study) => Ok(Plan::new(&study, &scenario.report)),
        Study::PoolHistory(_) | Study::QueueHistory(_) => Err("the scenario simulates no paths".into()),
    }
}

/// Series straight from their files.
struct Files;

impl ReadSeries for Files {
    fn on_grid(
        &mut self,
        request: &SeriesRequest,
        start: Timestamp,
        step_secs: u32,
        points: usize,
    ) -> Result<Vec<f64>, SeriesFault> {
        let rule = match request.rule {
            scenario::Rule::Last => Rule::Last,
            scenario::Rule::Sum => Rule::Sum,
            scenario::Rule::Mean => Rule::Mean,
        };
        let grid = Grid { start, step_secs: i64::from(step_secs), points };
        column(request)?.resample(&grid, rule, request.max_age_secs).map_err(fault)
    }

    fn rows(
        &mut self,
        request: &SeriesRequest,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(Timestamp, f64)>, SeriesFault> {
        let window = column(request)?.window(from, to);
        Ok(window.stamps.into_iter().zip(window.values).collect())
    }
}

fn column(request: &SeriesRequest) -> Result<Series, SeriesFault> {
    let map = ColumnMap {
        time: request.time_column.clone(),
        time_format: request.time_format.parse().map_err(fault)?,
        value: request.value_column.clone(),
        scale: request.scale,
    };
    let domain = match request.domain {
        scenario::Domain::Positive => Domain::Positive,
        scenario::Domain::NonNegative => Domain::NonNegative,
        scenario::Domain::Any => Domain::Any,
    };
    read(&request.file, &map, domain).map_err(fault)
}

fn fault(error: impl Error) -> SeriesFault {
    SeriesFault { message: error.to_string() }
}
