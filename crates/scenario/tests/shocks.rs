//! Shocks of a file: each kind with what it needs, and what a wrong one is told.

mod common;

use std::path::{Path, PathBuf};

use common::Ones;
use pegstress_scenario::{Document, resolve};
use pegstress_sim::scenario::{Posting, Shock, ShockKind, Study, Trigger};

/// The shipped study with operators, an Aave and a Morpho market; its shocks are replaced.
fn text(shocks: &str) -> (PathBuf, String) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/lrt-slash-2025.toml");
    let text = std::fs::read_to_string(&file).expect("a shipped scenario");
    let start = text.find("[[shocks]]").expect("shocks");
    let end = text.find("[paths]").expect("a table after the shocks");
    let text = format!("{}{shocks}\n{}", &text[..start], &text[end..]);
    (file, if shocks.is_empty() { text.replace("key = \"shocks\"", "key = \"paths\"") } else { text })
}

fn resolved(shocks: &str) -> Vec<Shock> {
    let (file, text) = text(shocks);
    let document = Document::parse(&file, &text, &[]).unwrap_or_else(|error| panic!("{error}"));
    let scenario = resolve(&document, &mut Ones).unwrap_or_else(|error| panic!("{error}"));
    let Study::Paths(study) = scenario.study else { panic!("a study of paths") };
    study.shocks
}

fn told(shocks: &str) -> Vec<String> {
    let (file, text) = text(shocks);
    let error = Document::parse(&file, &text, &[]).expect_err("a wrong shock");
    error.diagnostics().iter().map(|one| one.message.clone()).collect()
}

fn shock(rest: &str) -> String {
    format!("[[shocks]]\n{}\n", rest.replace("; ", "\n"))
}

#[test]
fn every_kind_resolves_to_its_target() {
    let posting = Posting { market: 1, share: 0.6, ltv: 0.9 };
    for (rest, kind) in [
        ("kind = \"raise_exit_demand\"; duration_hours = 48; size = 0.02", ShockKind::RaiseExitDemand),
        ("kind = \"remove_liquidity_one_sided\"; size = 0.3", ShockKind::RemoveLiquidityOneSided),
        ("kind = \"move_eth_usd\"; duration_hours = 6; size = 0.2", ShockKind::MoveEthUsd),
        ("kind = \"mint_unbacked\"; size = 0.05", ShockKind::MintUnbacked(None)),
        (
            "kind = \"mint_unbacked\"; size = 0.05; target = \"Morpho 0.915\"; posted_pct = 60; ltv_pct = 90",
            ShockKind::MintUnbacked(Some(posting)),
        ),
        ("kind = \"freeze_onchain_rate\"; duration_hours = 6; size = 1", ShockKind::FreezeOnchainRate),
        (
            "kind = \"operator_outage\"; duration_hours = 6; size = 0.5; target = \"cloud one\"",
            ShockKind::OperatorOutage(0),
        ),
        (
            "kind = \"withdraw_lender_deposits\"; size = 0.5; target = \"Aave v3 e-mode\"",
            ShockKind::WithdrawLenderDeposits(0),
        ),
        (
            "kind = \"cut_liquidation_threshold\"; size = 0.02; target = \"Aave v3 e-mode\"",
            ShockKind::CutLiquidationThreshold(0),
        ),
    ] {
        let found = resolved(&shock(&format!("start_hours = 3; {rest}")));
        assert_eq!((found[0].kind, found[0].start_secs, found[0].trigger), (kind, 10_800.0, None), "{rest}");
    }
}

#[test]
fn a_trigger_stands_for_the_start_and_its_delay_counts_from_it() {
    for (when, trigger) in [
        ("discount_above_bps = 200", Trigger::DiscountAbove(0.02)),
        ("buffer_below_eth = 100", Trigger::BufferBelow(100.0)),
        ("value_loss_above_bps = 100", Trigger::ValueLossAbove(0.01)),
        ("bad_debt_above_eth = 5", Trigger::BadDebtAbove(5.0)),
    ] {
        let file = format!("kind = \"sell_share_of_float\"; size = 0.01; [shocks.when]; {when}");
        assert_eq!(resolved(&shock(&file))[0].trigger, Some(trigger));
        assert_eq!(resolved(&shock(&file))[0].start_secs, 0.0);
        let later = resolved(&shock(&format!("{file}; delay_hours = 2")));
        assert_eq!((later[0].trigger, later[0].start_secs), (Some(trigger), 7_200.0));
    }
}

#[test]
fn a_wrong_shock_is_told_what_would_be_right() {
    let sale = "kind = \"sell_share_of_float\"; size = 0.01";
    for (rest, message) in [
        (
            sale.to_owned(),
            "shocks[0].start_hours is missing: give it, or a table [shocks[0].when]",
        ),
        (
            format!("{sale}; start_hours = 1; [shocks.when]; discount_above_bps = 5"),
            "shocks[0].start_hours has no effect beside shocks[0].when: keep one of the two",
        ),
        (
            format!("{sale}; [shocks.when]; delay_hours = 5"),
            "shocks[0].when needs one of discount_above_bps, buffer_below_eth, value_loss_above_bps, bad_debt_above_eth",
        ),
        (
            format!("{sale}; [shocks.when]; discount_above_bps = 5; bad_debt_above_eth = 1"),
            "shocks[0].when has discount_above_bps and bad_debt_above_eth: keep one",
        ),
        (
            format!("{sale}; [shocks.when]; discount_above_bps = 5; delay_hours = 400"),
            "shocks[0].when.delay_hours is 400, must be below the horizon of 336 hours",
        ),
        (
            format!("{sale}; [shocks.when]; buffer_below_eth = 30000"),
            "shocks[0].when.buffer_below_eth is 30000, must be at most redemption.buffer_eth = 27000: it would hold from \
             the start",
        ),
        (
            "kind = \"raise_exit_demand\"; start_hours = 1; size = 0.1".to_owned(),
            "shocks[0].duration_hours must be above 0: this kind of shock is there while it lasts",
        ),
        (
            "kind = \"freeze_onchain_rate\"; start_hours = 1; duration_hours = 1; size = 0.5".to_owned(),
            "shocks[0].size must be 1 without spread: a pause or a freeze has no size",
        ),
        (
            "kind = \"remove_liquidity_one_sided\"; start_hours = 1; size = 0.95".to_owned(),
            "shocks[0].size is 0.95, must be above 0 and at most 0.9",
        ),
        (
            "kind = \"mint_unbacked\"; start_hours = 1; duration_hours = 3; size = 0.1".to_owned(),
            "shocks[0].duration_hours has no effect: unbacked tokens appear at once; remove it",
        ),
        (
            "kind = \"mint_unbacked\"; start_hours = 1; size = 0.1; ltv_pct = 80".to_owned(),
            "shocks[0].ltv_pct has no effect without a target, the market in which tokens are posted: remove it",
        ),
        (
            "kind = \"mint_unbacked\"; start_hours = 1; size = 0.1; target = \"Aave v3 e-mode\"".to_owned(),
            "shocks[0].ltv_pct is missing: what is borrowed against the posted tokens",
        ),
        (
            "kind = \"mint_unbacked\"; start_hours = 1; size = 0.1; target = \"Aave v3 e-mode\"; ltv_pct = 96"
                .to_owned(),
            "shocks[0].ltv_pct is 96, must be below the market's liquidation threshold of 95",
        ),
        (
            format!("{sale}; start_hours = 1; posted_pct = 5"),
            "shocks[0].posted_pct has no effect on this kind of shock: remove it",
        ),
        (
            "kind = \"operator_outage\"; start_hours = 1; duration_hours = 5; size = 0.1".to_owned(),
            "shocks[0].target is missing: must be an operator of [restaking], `client NAME`, `cloud NAME` or `all`",
        ),
        (
            "kind = \"withdraw_lender_deposits\"; start_hours = 1; size = 0.1; target = \"Aave\"".to_owned(),
            "shocks[0].target is `Aave`, must be a market of [[lending]]",
        ),
        (
            "kind = \"cut_liquidation_threshold\"; start_hours = 1; size = 0.02; target = \"Morpho 0.915\""
                .to_owned(),
            "shocks[0].target is `Morpho 0.915`, whose LLTV nobody can change: Morpho's markets are immutable",
        ),
        (
            "kind = \"cut_liquidation_threshold\"; start_hours = 1; size = 0.96; target = \"Aave v3 e-mode\""
                .to_owned(),
            "shocks[0].size is 0.96, must be below the market's liquidation threshold of 0.95",
        ),
    ] {
        assert_eq!(told(&shock(&rest)), [message], "{rest}");
    }
}

#[test]
fn a_trigger_that_can_never_hold_is_refused() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files/forward.toml");
    let forward = std::fs::read_to_string(&file).expect("a fixture");
    for (condition, told) in [
        ("bad_debt_above_eth = 1", "there is no [[lending]] market"),
        ("value_loss_above_bps = 1", "nothing lowers the redemption rate"),
    ] {
        let shock =
            format!("[[shocks]]\nkind = \"sell_share_of_float\"\nsize = 0.1\n[shocks.when]\n{condition}\n");
        let text = forward.replace("[paths]", &format!("{shock}\n[paths]"));
        let error = Document::parse(&file, &text, &[]).expect_err("a trigger without effect");
        assert!(error.to_string().contains(told), "{error}");
    }
}
