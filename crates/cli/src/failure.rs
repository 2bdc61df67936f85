//! What can go wrong in the binary, with its exit code.

use miette::{LabeledSpan, MietteDiagnostic, NamedSource, Report};
use pegstress_scenario::{ConvertError, Diagnostic, ScenarioError};
use std::path::PathBuf;
use std::process::ExitCode;

/// Why a command ended without its result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A scenario file, or the data it names.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// The words of the command line fit no scenario.
    #[error("{0}")]
    Usage(String),
    /// A record of others does not become a file of ours.
    #[error("{}: {source}", path.display())]
    Record {
        /// The record.
        path: PathBuf,
        /// Why.
        source: ConvertError,
    },
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// A table that cannot be used.
    #[error("{0}")]
    Data(String),
    /// A vector file or folder that cannot be read.
    #[error("{}: {reason}", path.display())]
    Vectors {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A defect of the program.
    #[error("internal error: {0}")]
    Internal(String),
    /// So many runs break limits that their scenarios state.
    #[error("limits are broken in {0} runs (limits.csv)")]
    LimitsBroken(usize),
    /// Several files were checked and some are wrong; they have been shown.
    #[error("{0} of the files cannot be run")]
    Checked(usize, u8),
    /// Too many paths broke; the reports are written.
    #[error("{}", .0.join("\nerror: "))]
    Faulty(Vec<String>),
    /// So many judged targets are missed; they have been shown.
    #[error("{0} of the judged targets are missed")]
    Breached(usize),
    /// Results were compared and not all is well; it has been shown, and the count is the last line.
    #[error("not all results agree")]
    Verified(u8),
}

impl Failure {
    /// Exit code: 1 internal, too many faulty paths, or a result that differs, 2 usage, 3 bad scenario, 4 bad input data, 6 input or output,
    /// 10 a stated limit was breached.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Internal(_) | Self::Faulty(_) => 1,
            Self::Usage(_) => 2,
            Self::Record { source: ConvertError::Choice(_) | ConvertError::Option { .. }, .. } => 2,
            Self::Record { .. } => 4,
            Self::Scenario(ScenarioError::Invalid(_)) => 3,
            Self::Scenario(ScenarioError::Series(_)) => 4,
            Self::Scenario(ScenarioError::Read { .. }) | Self::Io { .. } => 6,
            Self::Data(_) | Self::Vectors { .. } => 4,
            Self::Breached(_) | Self::LimitsBroken(_) => 10,
            Self::Checked(_, code) | Self::Verified(code) => *code,
        }
    }

    /// Shows the failure on standard error.
    #[allow(clippy::print_stderr, reason = "the one place where the binary reports errors")]
    pub(crate) fn show(&self) {
        match self {
            Self::Scenario(error) if !error.diagnostics().is_empty() => {
                for diagnostic in error.diagnostics() {
                    eprintln!("{:?}", report(diagnostic));
                }
            }
            Self::Verified(_) => {}
            other => eprintln!("error: {other}"),
        }
    }
}

impl From<Failure> for ExitCode {
    fn from(failure: Failure) -> Self {
        ExitCode::from(failure.exit_code())
    }
}

/// A diagnostic of a scenario file as a report with the line and a caret.
fn report(diagnostic: &Diagnostic) -> Report {
    let mut shown = MietteDiagnostic::new(diagnostic.message.clone());
    if let Some(help) = &diagnostic.help {
        shown = shown.with_help(help.clone());
    }
    let Some(span) = diagnostic.span.clone() else {
        let place = diagnostic.file.display();
        return Report::new(MietteDiagnostic { message: format!("{place}: {}", shown.message), ..shown });
    };
    let label = (!diagnostic.key_path.is_empty()).then(|| diagnostic.key_path.clone());
    let shown = shown.with_label(LabeledSpan::new_with_span(label, span));
    let name = diagnostic.file.display().to_string();
    Report::new(shown).with_source_code(NamedSource::new(name, diagnostic.source.to_string()))
}
