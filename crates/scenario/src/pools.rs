//! Pools at one time: from a pool file, or from a scenario at its start.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use pegstress_amm::VenueSpec;

use crate::diagnostic::{Problems, ScenarioError};
use crate::document::Document;
use crate::raw::Mode;
use crate::raw::pools::RawPoolFile;
use crate::resolve::{pools_of_scenario, pools_of_snapshot};
use crate::series::ReadSeries;
use crate::typed::{Syntax, typed};
use crate::{rules, schema};

/// A file of pools that is right in itself; a scenario's series are not read yet.
#[derive(Debug, Clone)]
pub struct PoolFile {
    path: PathBuf,
    text: Arc<str>,
    content: Content,
}

/// What the file is.
#[derive(Debug, Clone)]
enum Content {
    Snapshot(Box<RawPoolFile>),
    Scenario(Box<Document>),
}

/// The pools of a token at one time.
#[derive(Debug, Clone, PartialEq)]
pub struct Pools {
    /// Ticker of the token.
    pub symbol: String,
    /// Redemption rate, ETH per token.
    pub nav: f64,
    /// The pools.
    pub venues: Vec<VenueSpec>,
    /// Symbol of each pool's quote coin.
    pub quotes: Vec<String>,
    /// Where and when they were read.
    pub snapshot: Snapshot,
}

/// Where and when pools were read, as far as the file says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snapshot {
    /// Time.
    pub time: Option<Timestamp>,
    /// Block.
    pub block: Option<u64>,
    /// Contract, service, page; or the scenario.
    pub source: Option<String>,
}

/// Reads the pools of the file at `path`: a pool file (TOML or JSON) or a scenario.
///
/// # Errors
/// A file that cannot be read, or everything that is found wrong with it.
pub fn read_pools(path: &Path) -> Result<PoolFile, ScenarioError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ScenarioError::Read { path: path.to_owned(), source })?;
    PoolFile::parse(path, &text)
}

impl PoolFile {
    /// Reads `text` as the file at `path`, which need not exist. A file with a `mode` is a scenario.
    ///
    /// # Errors
    /// Everything that is found wrong with the text.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ScenarioError> {
        let source: Arc<str> = text.into();
        let syntax = Syntax::of(text);
        let mut problems = Problems::new(path, &source);
        if let Some(tree) = syntax.tree(text, &mut problems) {
            if syntax == Syntax::Toml && tree.child("mode").is_some() {
                return Self::of_scenario(Document::parse(path, text, &[])?);
            }
            let schema = schema::pool_schema();
            let raw = typed::<RawPoolFile>((text, syntax), &tree, &schema, |_| (), &mut problems);
            if let Some(raw) = raw {
                rules::check_pools(&raw, &tree, &mut problems);
                if problems.is_empty() {
                    let content = Content::Snapshot(Box::new(raw));
                    return Ok(Self { path: path.to_owned(), text: source, content });
                }
            }
        }
        Err(ScenarioError::Invalid(problems.into_list()))
    }

    fn of_scenario(document: Document) -> Result<Self, ScenarioError> {
        let (path, text) = (document.path.clone(), Arc::clone(&document.layers.text));
        if document.raw().mode == Mode::QueueHistory {
            let mut problems = document.layers.problems();
            let message = "mode = \"queue_history\" has no pools".to_owned();
            problems.at(&document.tree, "mode", message);
            return Err(ScenarioError::Invalid(problems.into_list()));
        }
        Ok(Self { path, text, content: Content::Scenario(Box::new(document)) })
    }

    /// The pools; those of a scenario at its start, with the redemption rate read from its series.
    ///
    /// # Errors
    /// Series that cannot be read as the scenario says.
    pub fn resolve(&self, series: &mut dyn ReadSeries) -> Result<Pools, ScenarioError> {
        match &self.content {
            Content::Snapshot(raw) => pools_of_snapshot(raw, &self.path, &self.text),
            Content::Scenario(document) => pools_of_scenario(document, series),
        }
    }

    /// The file, as it was named.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The text as read.
    pub fn text(&self) -> &str {
        &self.text
    }
}
