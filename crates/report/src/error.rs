//! What can go wrong between a summary and its files.

use thiserror::Error;

/// A file of the report could not be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The drawing library refused.
    #[error("drawing a chart failed: {0}")]
    Draw(String),
    /// The embedded font could not be read.
    #[error("the embedded font could not be registered")]
    Font,
    /// The image could not be encoded.
    #[error("encoding a PNG failed: {0}")]
    Png(#[from] png::EncodingError),
    /// A table could not be written to memory.
    #[error("writing {table} failed: {message}")]
    Table {
        /// File name of the table.
        table: &'static str,
        /// Reason.
        message: String,
    },
    /// The page's template could not be filled in.
    #[error("filling in the HTML page failed: {0}")]
    Page(#[from] minijinja::Error),
    /// The manifest could not be written.
    #[error("writing the manifest failed: {0}")]
    Manifest(#[from] serde_json::Error),
}
