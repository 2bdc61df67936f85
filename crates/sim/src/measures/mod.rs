//! What is measured beside price and exits: each venue, each lending market, the trough, the cover of outflows, and who pays.
//!
//! A file holds one group: its kinds, the running state of a path, the values at the end, and the names and meanings for
//! readers. Values that are not defined on a path are infinite or not a number here, and absent in every table.

pub mod accounts;
pub mod coverage;
pub mod executable;
pub mod flows;
pub mod market;
pub mod trough;
pub mod venue;

pub use accounts::Party;
pub use coverage::CoverageMeasure;
pub use flows::Flow;
pub use market::MarketMeasure;
pub use trough::TroughMeasure;
pub use venue::VenueMeasure;

pub(crate) use accounts::Accounts;
pub(crate) use coverage::CoverageWatch;
pub(crate) use executable::ExecutableWatch;
pub(crate) use market::MarketWatch;
pub(crate) use trough::TroughWatch;
pub(crate) use venue::VenueWatch;

/// A name as part of the name of a column: lower-case letters and digits with single underscores.
pub(crate) fn slug(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    plain.split('_').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_")
}

/// Slugs of several names, told apart by their place where two would be the same.
pub(crate) fn slugs<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    for (place, name) in names.enumerate() {
        let one = slug(name);
        let taken = one.is_empty() || list.contains(&one);
        list.push(if taken { slug(&format!("{one} {}", place + 1)) } else { one });
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_would_be_one_column_are_told_apart() {
        let names = ["ezETH/WETH", "ezeth-weth", "Morpho 0.86"];
        assert_eq!(slugs(names.into_iter()), ["ezeth_weth", "ezeth_weth_2", "morpho_0_86"]);
    }
}
