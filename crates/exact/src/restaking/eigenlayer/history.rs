//! A value and the blocks at which it changed (`libraries/Snapshots.sol`).

/// A value by block; a second change in a block replaces the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct History<T> {
    initial: T,
    changes: Vec<(u32, T)>,
}

impl<T: Copy> History<T> {
    pub(super) fn new(initial: T) -> Self {
        Self { initial, changes: Vec::new() }
    }

    pub(super) fn latest(&self) -> T {
        self.changes.last().map_or(self.initial, |&(_, value)| value)
    }

    /// The value at the end of `block`.
    pub(super) fn at(&self, block: u32) -> T {
        let after = self.changes.partition_point(|&(changed, _)| changed <= block);
        self.changes[..after].last().map_or(self.initial, |&(_, value)| value)
    }

    /// Blocks never run backwards: the caller's clock sees to it.
    pub(super) fn push(&mut self, block: u32, value: T) {
        match self.changes.last_mut() {
            Some(last) if last.0 == block => last.1 = value,
            _ => self.changes.push((block, value)),
        }
    }
}
