//! The `pegstress` binary.
fn main() {}
