//! The words of `pegstress converge`.

use super::{RunWords, parsed};
use clap::Args;
use pegstress_risk::questions::Measure;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = "\
Runs the scenario once and cuts the run into batches of half, a quarter, ... of its paths: how much their numbers differ is the error of so many
paths, beside what a batch's own interval says and a line that falls like one over the root. Writes convergence.csv and convergence.png.

Examples:
  pegstress converge scenarios/weeth-2024-08.toml
  pegstress converge scenarios/weeth-2024-08.toml --precision deepest_discount_close_bps:p99=0.5
  pegstress converge scenarios/weeth-2024-08.toml --precision 'time_above_50bps_hours >= 12=0.005' --paths 40000")]
pub(crate) struct ConvergeArgs {
    /// A scenario of mode forward or rolling
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenario: PathBuf,
    /// Half width of a 95 % interval that is wanted, in the metric's unit: METRIC=X, METRIC:p99=X, 'METRIC > Y=X'
    #[arg(long, value_name = "MEASURE=X", value_parser = precision)]
    pub(crate) precision: Vec<(Measure, f64)>,
    /// A number to follow, instead of the main ones; those of --precision are followed in any case
    #[arg(long, value_name = "MEASURE", value_parser = parsed::<Measure>)]
    pub(crate) metric: Vec<Measure>,
    #[command(flatten)]
    pub(crate) run: RunWords,
}

fn precision(text: &str) -> Result<(Measure, f64), String> {
    let wrong =
        || format!("{text:?} is no precision: write METRIC:STATISTIC=HALF_WIDTH, such as sold_lrt:mean=10");
    let (measure, half) = text.rsplit_once('=').ok_or_else(wrong)?;
    let measure = measure.trim().parse::<Measure>().map_err(|error| error.to_string())?;
    match half.trim().replace('_', "").parse::<f64>() {
        Ok(half) if half > 0.0 && half.is_finite() => Ok((measure, half)),
        _ => Err(wrong()),
    }
}
