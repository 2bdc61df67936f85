//! Keys of members' files that a joint file or the command line sets, as overrides.

use crate::overrides::Override;
use crate::raw::joint::RawSettings;

/// Every value of the tables as an override: `{ agents.x = 1 }` and `{ "agents.x" = 1 }` are the same.
pub(super) fn overrides_of(settings: &RawSettings) -> Vec<Override> {
    let mut list = Vec::new();
    flatten("", &settings.0, &mut list);
    list
}

fn flatten(at: &str, table: &toml::Table, list: &mut Vec<Override>) {
    for (key, value) in table {
        // A key in quotes is a path of its own.
        let path = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
        match value {
            toml::Value::Table(inner) => flatten(&path, inner, list),
            other => list.push(Override::new(path, other.to_string())),
        }
    }
}

/// The overrides of the joint file itself, and those of members' files by place: `members[1].agents.x` is the key `agents.x` of
/// the second member's file.
pub(super) fn for_members(overrides: &[Override]) -> (Vec<Override>, Vec<(usize, Override)>) {
    let (mut own, mut of_members) = (Vec::new(), Vec::new());
    for one in overrides {
        match member_key(one.key()) {
            Some((place, key)) => of_members.push((place, Override::new(key, one.value()))),
            None => own.push(one.clone()),
        }
    }
    (own, of_members)
}

pub(super) fn member_key(key: &str) -> Option<(usize, &str)> {
    let (place, inner) = key.strip_prefix("members[")?.split_once("].")?;
    let of_this_file = ["file", "set"].iter().any(|own| crate::key::covers(own, inner));
    (!of_this_file).then_some((place.parse().ok()?, inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_and_quoted_keys_are_the_same_overrides() {
        let table = |text: &str| RawSettings(text.parse().expect("TOML"));
        let nested = overrides_of(&table("agents.arbitrage.capital_eth = 5_000\n'shocks[0].size' = 0.01"));
        let quoted = overrides_of(&table("'agents.arbitrage.capital_eth' = 5000\n'shocks[0].size' = 0.01"));
        assert_eq!(nested, quoted);
        assert_eq!(nested[0], Override::new("agents.arbitrage.capital_eth", "5000"));
        assert_eq!(nested[1], Override::new("shocks[0].size", "0.01"));
    }

    #[test]
    fn a_key_of_a_member_is_told_from_one_of_the_joint_file() {
        let one = |key: &str| Override::new(key, "1");
        let all = [one("paths.count"), one("members[1].agents.x"), one("members[0].file")];
        let (own, of_members) = for_members(&all);
        assert_eq!(own, [one("paths.count"), one("members[0].file")]);
        assert_eq!(of_members, [(1, one("agents.x"))]);
    }
}
