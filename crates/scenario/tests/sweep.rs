//! `[[sweep]]`: what a scenario says about the keys that are varied.

use std::path::Path;

use pegstress_scenario::raw::sweep::RawSweepValue;
use pegstress_scenario::{Document, ScenarioError};

fn with(sweep: &str) -> Result<Document, ScenarioError> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/weeth-2024-08.toml");
    let text = std::fs::read_to_string(&file).expect("a shipped scenario");
    Document::parse(&file, &format!("{text}\n{sweep}"), &[])
}

#[test]
fn values_and_ends_are_read_as_written() {
    let text = "[[sweep]]\nkey = \"shocks[0].size\"\nfrom = 0.001\nto = 1\npoints = 3\nscale = \"log\"\n\
                [[sweep]]\nkey = \"agents.arbitrage.capital_eth\"\nvalues = [1000, 2.5, \"x\", true]";
    let document = with(text).unwrap_or_else(|error| panic!("{error}"));
    let sweep = &document.raw().sweep;
    assert_eq!((sweep[0].from, sweep[0].to, sweep[0].points), (Some(0.001), Some(1.0), Some(3)));
    let values = sweep[1].values.as_ref().expect("values");
    let texts: Vec<_> = values.iter().map(RawSweepValue::text).collect();
    assert_eq!(texts, ["1000", "2.5", "x", "true"]);
}

#[test]
fn what_cannot_be_varied_is_refused_at_its_place() {
    let refusals = [
        ("key = \"shocks[0].sise\"\nvalues = [1]", "unknown key `sise` in [shocks[0]]"),
        ("key = \"a b\"\nvalues = [1]", "`a b` is no key path"),
        ("key = \"shocks[0].size\"", "sweep[0] has no values"),
        ("key = \"shocks[0].size\"\nvalues = []", "sweep[0].values is empty"),
        ("key = \"shocks[0].size\"\nvalues = [1]\nfrom = 2", "has values and ends"),
        ("key = \"shocks[0].size\"\nfrom = 2\nto = 1\npoints = 3", "goes from 2 to 1, must go up"),
        ("key = \"shocks[0].size\"\nfrom = 1\nto = 2", "sweep[0] has no values"),
        ("key = \"shocks[0].size\"\nfrom = 0\nto = 1\npoints = 3\nscale = \"log\"", "must begin above 0"),
        (
            "key = \"shocks[0].size\"\nfrom = 1\nto = 2\npoints = 1",
            "sweep[0].points is 1, must be in 2..=10000",
        ),
        (
            "key = \"shocks[0].size\"\nvalues = [1]\n[[sweep]]\nkey = \"shocks[0].size\"\nvalues = [1]",
            "sweep[1].key is `shocks[0].size`, which is varied already",
        ),
    ];
    for (text, message) in refusals {
        let error = with(&format!("[[sweep]]\n{text}")).expect_err(text).to_string();
        assert!(error.contains(message), "{text}\n{error}");
    }
}
