//! `pegstress verify`: files of the contracts' own results against the integer pools.

use crate::args::VerifyArgs;
use crate::failure::Failure;
use crate::terminal;
use crate::vectors::{VectorFile, vector_files};
use pegstress_verify::{Format, LaneErrors, Record, recognise};
use std::collections::BTreeMap;

/// Mismatches shown of one file.
const SHOWN: usize = 20;
const DIFFERS: u8 = 1;

pub(crate) fn verify(args: &VerifyArgs) -> Result<(), Failure> {
    let mut totals = Totals::default();
    for file in vector_files(&args.paths)? {
        let said = match totals.compare(&file, args.lanes) {
            Ok(said) => said,
            Err(failure) => {
                failure.show();
                totals.unreadable = totals.unreadable.max(Some(failure.exit_code()));
                continue;
            }
        };
        terminal::print(&format!("{}: {said}", file.path.display()));
    }
    if args.lanes {
        terminal::print(&totals.lane_table());
    }
    if totals.passed + totals.failed == 0 {
        terminal::print("nothing to compare was found\n");
    }
    terminal::print(&format!("{} passed, {} failed\n", totals.passed, totals.failed));
    totals.verdict()
}

/// What all files gave.
#[derive(Default)]
struct Totals {
    passed: u64,
    failed: u64,
    /// Whether a file that the command line names is of no known format.
    unknown: bool,
    /// Exit code of a file that cannot be read.
    unreadable: Option<u8>,
    lanes: BTreeMap<&'static str, LaneErrors>,
}

impl Totals {
    /// Compares a file and returns what is to be said of it.
    fn compare(&mut self, file: &VectorFile, lanes: bool) -> Result<String, Failure> {
        let document = file.read()?;
        let Some(format) = recognise(&document) else {
            self.unknown |= file.named;
            return Ok("not recognised\n".to_owned());
        };
        let record = format.compare(&document);
        self.passed += record.passed();
        self.failed += record.failed();
        if lanes {
            let mut errors = LaneErrors::default();
            if format.measure_lanes(&document, &mut errors) {
                let name = file.path.display().to_string();
                self.lanes.entry(format.name).or_default().gather(&name, errors);
            }
        }
        Ok(words(format, &record))
    }

    fn lane_table(&self) -> String {
        let mut rows = Vec::new();
        for (format, errors) in &self.lanes {
            for error in errors.summary() {
                let what = format!("{format}: {}", error.quantity);
                let (max, p99) = (format!("{:.1e}", error.max), format!("{:.1e}", error.p99));
                rows.push([what, error.count.to_string(), max, p99, error.worst]);
            }
        }
        if rows.is_empty() {
            return "\nno lane version of what was compared\n\n".to_owned();
        }
        let header = ["lanes, relative error", "count", "max", "99 %", "largest at"];
        format!("\n{}\n", terminal::table(header, &rows))
    }

    fn verdict(&self) -> Result<(), Failure> {
        if self.failed > 0 {
            return Err(Failure::Verified(DIFFERS));
        }
        if let Some(code) = self.unreadable {
            return Err(Failure::Verified(code));
        }
        if self.passed == 0 || self.unknown { Err(Failure::Verified(DIFFERS)) } else { Ok(()) }
    }
}

/// Format, what was compared, and the mismatches.
fn words(format: &Format, record: &Record) -> String {
    let counts: Vec<_> = record.compared().iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let counts = if counts.is_empty() { "nothing compared".to_owned() } else { counts.join(", ") };
    let failed = if record.failed() > 0 { format!("; {} failed", record.failed()) } else { String::new() };
    let skipped: Vec<_> = record.skipped().iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let skipped =
        if skipped.is_empty() { String::new() } else { format!("; out of scope: {}", skipped.join(", ")) };
    let mut said = format!("{}: {counts}{failed}{skipped}\n", format.name);
    for mismatch in record.mismatches().iter().take(SHOWN) {
        said += &format!("  {}: expected {}, got {}\n", mismatch.place, mismatch.expected, mismatch.got);
    }
    let more = record.mismatches().len().saturating_sub(SHOWN);
    if more > 0 {
        said += &format!("  ... and {more} more\n");
    }
    said
}
