//! Scenario and pool files: TOML (pools: or JSON) to a resolved scenario, with diagnostics and JSON schema.
//!
//! ```text
//! text (+ base files) --read--> Document (checked RawScenario) --resolve(+ series)--> sim::scenario::Scenario
//! Document --at_severity--> Document
//! text --read_token--> TokenFile, inherited by the documents that name it
//! text --read_joint--> JointDocument (several tokens, a Document each) --resolve_joint(+ series)--> sim::joint::JointScenario
//! text --read_targets--> TargetFile, observations apart from a scenario
//! text --read_pools--> PoolFile (checked RawPoolFile, or Document) --resolve(+ series)--> Pools
//! ```
//!
//! The raw types mirror the file and carry their ranges; [`schema`] is made from them, and the file is checked
//! against that schema, so that a range is written once. What depends on the mode or on several keys follows.
//! Every problem becomes a [`Diagnostic`] that knows file, key and place. Nothing is printed.

pub mod raw;

pub mod diagnostic;
mod json;
mod key;
mod layers;
mod nearest;
mod tree;

mod check;
mod mode;
mod rules;
mod schema;
mod typed;

mod document;
mod overrides;
mod pools;
mod severity;
mod targets;
mod token;

mod resolve;
pub mod series;

mod convert;

mod joint;

pub use convert::{ConvertError, Wanted, convert};
pub use diagnostic::{Diagnostic, ScenarioError};
pub use document::{Document, read};
pub use joint::{JointDocument, is_joint, read_joint, resolve_joint};
pub use overrides::{Override, OverrideSyntax};
pub use pools::{PoolFile, Pools, Snapshot, read_pools};
pub use raw::RawScenario;
pub use resolve::resolve;
pub use schema::{joint_schema, pool_schema, schema, target_schema, token_schema};
pub use series::{Domain, ReadSeries, Rule, SeriesFault, SeriesRequest};
pub use targets::{TargetFile, read_targets};
pub use token::{TokenFile, read_token};
