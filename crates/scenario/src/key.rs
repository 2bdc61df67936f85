//! Key paths such as `venues[1].fee_bps`.

/// One step of a key path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    /// A key of a table.
    Key(String),
    /// A place in an array, from 0.
    Index(usize),
}

/// The steps of `path`, or `None` where it is no key path. A key in double quotes may hold anything but a double quote.
pub(crate) fn segments(path: &str) -> Option<Vec<Segment>> {
    let mut steps = Vec::new();
    let mut rest = path;
    loop {
        let (name, mut after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => {
                let end = rest.find(['.', '[']).unwrap_or(rest.len());
                let (name, after) = rest.split_at(end);
                if !is_bare(name) {
                    return None;
                }
                (name, after)
            }
        };
        steps.push(Segment::Key(name.to_owned()));
        while let Some(opened) = after.strip_prefix('[') {
            let (index, closed) = opened.split_once(']')?;
            steps.push(Segment::Index(index.parse().ok()?));
            after = closed;
        }
        match after.strip_prefix('.') {
            Some(next) => rest = next,
            None if after.is_empty() => return Some(steps),
            None => return None,
        }
    }
}

/// Whether a key needs no quotes.
fn is_bare(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

/// `table.key`, or `key` at the root; in quotes where the key needs them.
pub(crate) fn join(table: &str, key: &str) -> String {
    let key = if is_bare(key) { key.to_owned() } else { format!("\"{key}\"") };
    if table.is_empty() { key } else { format!("{table}.{key}") }
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
        let quoted = segments("severities.B.\"shocks[0].size\"").expect("a path");
        assert_eq!(quoted, [key("severities"), key("B"), key("shocks[0].size")]);
        assert_eq!(join("severities.B", "shocks[0].size"), "severities.B.\"shocks[0].size\"");
        for wrong in ["", "a..b", "a[", "a[x]", "[0]", "a b", "a.", "a]", "a[0]b", "a.\"b"] {
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
