//! The `pegstress` binary: reads words, calls the crates, writes files.

mod args;
mod data_args;
mod depth_args;
mod experiment;
mod failure;
mod fit_args;
mod input;
mod loaded;
mod output;
mod question_args;
mod targets;
mod terminal;
mod vectors;

mod commands;

use args::{Cli, Command};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Run(args) => commands::run::run(&args),
        Command::Sweep(args) => commands::sweep::sweep(&args),
        Command::Reverse(args) => commands::reverse::reverse(&args),
        Command::Sensitivity(args) => commands::sensitivity::sensitivity(&args),
        Command::Compare(args) => commands::compare::compare(&args),
        Command::Converge(args) => commands::converge::converge(&args),
        Command::Calibrate(args) => commands::calibrate::calibrate(&args),
        Command::Backtest(args) => commands::backtest::backtest(&args),
        Command::Check(args) => commands::check::check(&args),
        Command::Schema(args) => commands::schema::schema(&args),
        Command::Data(args) => commands::data::data(&args),
        Command::Depth(args) => commands::depth::depth(&args),
        Command::Exit(args) => commands::exit::exit(&args),
        Command::Fit(args) => commands::fit::fit(&args),
        Command::Bench(args) => commands::bench::bench(&args),
        Command::Verify(args) => commands::verify::verify(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.show();
            failure.into()
        }
    }
}
