//! What is reported, and where each parameter comes from.

/// What to report.
#[derive(Debug, Clone)]
pub struct ReportSpec {
    /// Sale sizes at which executable prices are quoted, tokens; ascending.
    pub sizes_lrt: Vec<f64>,
    /// Discounts at which depth and cost to reach are reported, fractions; ascending.
    pub depth_discounts: Vec<f64>,
    /// Discounts whose first passage and time above are reported, fractions; ascending.
    pub thresholds: Vec<f64>,
    /// The discount counts as recovered at or below this, fraction,
    pub recovery_discount: f64,
    /// if it stays there for this long, seconds.
    pub recovery_hold_secs: f64,
    /// A run with a larger share of faulty paths fails.
    pub most_faults: f64,
}

impl ReportSpec {
    /// The sale whose executable price is followed through every path: the middle one of the stated sizes.
    pub fn reference_size_lrt(&self) -> f64 {
        self.sizes_lrt[self.sizes_lrt.len() / 2]
    }

    /// The discount whose depth counts as cover: the middle one of the stated ones.
    pub fn reference_depth_discount(&self) -> f64 {
        self.depth_discounts[self.depth_discounts.len() / 2]
    }
}

/// A parameter and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assumption {
    /// Key path in the scenario file.
    pub key: String,
    /// Value as written in the file.
    pub value: String,
    /// Strength of the evidence.
    pub mark: EvidenceMark,
    /// Where the value comes from; empty where the file does not say.
    pub source: String,
}

/// Strength of the evidence behind a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EvidenceMark {
    /// Read in a contract, a specification, on chain, or in a first-hand record.
    Source,
    /// Derived by arithmetic from sources.
    Derived,
    /// A web page or the press.
    Web,
    /// Chosen so that the model meets a recorded event.
    Calibrated,
    /// Assumed without an anchor.
    Assumed,
    /// The file does not say.
    Unstated,
}

impl EvidenceMark {
    /// Word used in files and reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Derived => "derived",
            Self::Web => "web",
            Self::Calibrated => "calibrated",
            Self::Assumed => "assumed",
            Self::Unstated => "unstated",
        }
    }

    /// Whether a result that rests on the parameter must say so.
    pub fn is_unanchored(self) -> bool {
        matches!(self, Self::Assumed | Self::Unstated)
    }
}
