//! What people see: progress on standard error, results on standard output.

use crate::question_args::RunWords;
use comfy_table::{CellAlignment, Table, presets};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::path::Path;

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

/// A table with a header, columns aligned; all but the first and the last hold numbers.
pub(crate) fn table<const N: usize>(header: [&str; N], rows: &[[String; N]]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(header);
    for row in rows {
        table.add_row(row);
    }
    for column in table.column_iter_mut().skip(1).take(N.saturating_sub(2)) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// Prints an answer as its words want it: JSON, rows with the place of the files, or nothing.
pub(crate) fn answer(
    words: &RunWords,
    heading: &str,
    folder: &Path,
    rows: impl FnOnce() -> Vec<(String, String)>,
    json: impl FnOnce() -> serde_json::Value,
) {
    if words.json {
        print(&format!("{}\n", json()));
    } else if !words.quiet {
        print(&(figures(heading, &rows()) + &format!("  written to {}\n", folder.display())));
    }
}

/// Prints data; a reader that has gone away is no error.
pub(crate) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _gone = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
