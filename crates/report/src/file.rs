//! A finished file that is not yet on disk.

/// Name and content of one output file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// File name without a folder.
    pub name: String,
    /// Content.
    pub bytes: Vec<u8>,
}

impl File {
    /// Names a content.
    pub(crate) fn new(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self { name: name.into(), bytes }
    }
}
