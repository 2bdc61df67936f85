//! Key paths such as `venues[1].fee_bps`.

/// One step of a key path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    /// A key of a table.
    Key(String),
    /// A place in an array, from 0.
    Index(usize),
}

/// The steps of `path`, or `None` where it is no key path.
pub(crate) fn segments(path: &str) -> Option<Vec<Segment>> {
    let mut steps = Vec::new();
    for part in path.split('.') {
        let name_end = part.find('[').unwrap_or(part.len());
        let (name, mut rest) = part.split_at(name_end);
        let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if name.is_empty() || !name.chars().all(bare) {
            return None;
        }
        steps.push(Segment::Key(name.to_owned()));
        while !rest.is_empty() {
            let (index, after) = rest.strip_prefix('[')?.split_once(']')?;
            steps.push(Segment::Index(index.parse().ok()?));
            rest = after;
        }
    }
    Some(steps)
}

/// `table.key`, or `key` at the root.
pub(crate) fn join(table: &str, key: &str) -> String {
    if table.is_empty() { key.to_owned() } else { format!("{table}.{key}") }
}

/// Whether `prefix` is `path` or a table or array that holds it.
pub(crate) fn covers(prefix: &str, path: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_split_into_keys_and_indices() {
        let steps = segments("venues[1].fee_bps").expect("a path");
        let key = |name: &str| Segment::Key(name.to_owned());
        assert_eq!(steps, [key("venues"), Segment::Index(1), key("fee_bps")]);
        for wrong in ["", "a..b", "a[", "a[x]", "[0]", "a b"] {
            assert_eq!(segments(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_prefix_ends_at_a_step() {
        assert!(covers("venues[1]", "venues[1].fee_bps"));
        assert!(covers("venues", "venues[1].fee_bps"));
        assert!(!covers("venues[1]", "venues[10].fee_bps"));
        assert!(!covers("agents.exit", "agents.exit_demand"));
    }
}
