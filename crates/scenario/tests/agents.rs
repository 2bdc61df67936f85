//! Agents of a file that are lists: dip buyers and whales.

mod common;

use std::path::{Path, PathBuf};

use common::Ones;
use pegstress_scenario::{Document, resolve};
use pegstress_sim::scenario::{Agents, DipBuyers, Study, WhaleExit};

const LADDER: &str = "
[[agents.dip_buyers]]
hurdle_bps = 300
capital_eth = 2_000
deployed_pct_per_hour = 5

[[agents.dip_buyers]]
hurdle_bps = 100
capital_eth = 500
deployed_pct_per_hour = 20
resell_bps = 20

[[agents.whales]]
name = \"fund\"
holding_lrt = 20_000
start_hours = 12
duration_hours = 24
action = \"sell\"
not_below_bps = 150

[[agents.whales]]
name = \"treasury\"
holding_pct = 5
start_hours = 6
action = \"redeem\"
";

fn text(agents: &str) -> (PathBuf, String) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files/forward.toml");
    let text = std::fs::read_to_string(&file).expect("a fixture");
    (file, text.replace("[paths]", &format!("{agents}\n[paths]")))
}

fn agents() -> Agents {
    let (file, text) = text(LADDER);
    let document = Document::parse(&file, &text, &[]).unwrap_or_else(|error| panic!("{error}"));
    let scenario = resolve(&document, &mut Ones).unwrap_or_else(|error| panic!("{error}"));
    let Study::Paths(study) = scenario.study else { panic!("a study of paths") };
    study.agents
}

#[test]
fn a_ladder_of_bids_is_sorted_by_its_hurdles() {
    let near =
        DipBuyers { hurdle: 0.01, capital_eth: 500.0, deployed_per_hour: 0.2, resell_discount: Some(0.002) };
    let far =
        DipBuyers { hurdle: 0.03, capital_eth: 2_000.0, deployed_per_hour: 0.05, resell_discount: None };
    assert_eq!(agents().dip_buyers, [near, far]);
}

#[test]
fn a_whale_holds_tokens_or_a_part_of_the_float() {
    let whales = agents().whales;
    assert_eq!(
        (whales[0].holding_lrt, whales[0].start_secs, whales[0].duration_secs),
        (20_000.0, 43_200.0, 86_400.0)
    );
    assert_eq!(whales[0].exit, WhaleExit::Sell { not_below: Some(0.015) });
    assert_eq!((whales[1].holding_lrt, whales[1].exit), (0.05 * 778_000.0, WhaleExit::Redeem));
}

#[test]
fn wrong_lists_are_told_what_would_be_right() {
    for (part, by, told) in [
        (
            "resell_bps = 20",
            "resell_bps = 100",
            "agents.dip_buyers[1].resell_bps is 100, must be below hurdle_bps = 100",
        ),
        ("\"treasury\"", "\"fund\"", "agents.whales[1].name is `fund`, which another whale has already"),
        (
            "holding_pct = 5",
            "holding_pct = 98",
            "agents.whales hold 782440, must be below token.free_float_lrt = 778000",
        ),
        ("holding_pct = 5", "", "agents.whales[1].holding_lrt is missing: give it, or holding_pct"),
        (
            "holding_pct = 5",
            "holding_pct = 5\nholding_lrt = 5",
            "agents.whales[1].holding_pct has no effect beside holding_lrt: keep one of the two",
        ),
        (
            "start_hours = 6",
            "start_hours = 600",
            "agents.whales[1].start_hours is 600, must be below the horizon of 336 hours",
        ),
        (
            "action = \"redeem\"",
            "action = \"redeem\"\nnot_below_bps = 5",
            "agents.whales[1].not_below_bps has no effect with action = \"redeem\": remove it",
        ),
        (
            "action = \"redeem\"",
            "action = \"hold\"",
            "agents.whales[1].action is `hold`, must be one of sell, redeem",
        ),
    ] {
        assert!(LADDER.contains(part), "{part}");
        let (file, text) = text(&LADDER.replacen(part, by, 1));
        let error = Document::parse(&file, &text, &[]).expect_err("a wrong list");
        let messages: Vec<_> = error.diagnostics().iter().map(|one| one.message.as_str()).collect();
        assert_eq!(messages, [told]);
    }
}
