//! What people see: progress on standard error, results on standard output.

use comfy_table::{Table, presets};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write};

/// A progress bar over path-steps; hidden where standard error is no terminal, or when told to be quiet.
pub(crate) fn progress(name: &str, path_steps: u64, quiet: bool) -> ProgressBar {
    let bar = ProgressBar::new(path_steps);
    if quiet || !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let plain = "{prefix} [{bar:30}] {percent}% {per_sec} path-steps, {eta} left";
    bar.set_style(ProgressStyle::with_template(plain).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_prefix(name.to_owned());
    bar
}

/// A table of two columns under a heading.
pub(crate) fn figures(heading: &str, rows: &[(String, String)]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    for (name, value) in rows {
        table.add_row([name, value]);
    }
    format!("{heading}\n{table}\n")
}

/// Prints data; a reader that has gone away is no error.
pub(crate) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _gone = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
