//! Pools of a scenario: one model each, the quote coin's value, what becomes of the numbers.

mod common;

use std::path::Path;

use common::Ones;
use pegstress_amm::balancer_stable::{self, Surge};
use pegstress_amm::cryptoswap::{Curve, FeeSchedule, Peg, Repegging};
use pegstress_amm::{
    Coin, PoolSpec, RateSource, VenueSpec, constant_product, cryptoswap, stableswap, weighted,
};
use pegstress_scenario::{Diagnostic, Document, Override, ScenarioError, resolve, schema};
use pegstress_sim::scenario::{EvidenceMark, Study};

const FORWARD: &str = include_str!("files/forward.toml");
const POOL: &str = include_str!("files/pool.toml");

/// `text` with its pool replaced by `venue`, a table below `[[venues]]`.
fn with_venue(text: &str, venue: &str) -> String {
    let (before, rest) = text.split_once("[[venues]]").expect("a venue");
    let (_, after) = rest.split_once("\n\n[drivers").expect("what follows the venue");
    // Evidence for keys of the old pool would dangle.
    let after = after.split("[[evidence]]").next().unwrap_or(after);
    format!("{before}[[venues]]\n{venue}\n\n[drivers{after}")
}

fn parsed(text: &str, overrides: &[&str]) -> Result<Document, ScenarioError> {
    let overrides: Vec<Override> = overrides.iter().map(|text| text.parse().expect("an override")).collect();
    Document::parse(Path::new("a.toml"), text, &overrides)
}

fn problems(text: &str) -> Vec<Diagnostic> {
    parsed(text, &[]).expect_err("a wrong file").diagnostics().to_vec()
}

fn only_problem(text: &str) -> Diagnostic {
    let list = problems(text);
    assert_eq!(list.len(), 1, "{list:#?}");
    list[0].clone()
}

fn venues(text: &str) -> Vec<VenueSpec> {
    let document = parsed(text, &[]).unwrap_or_else(|error| panic!("{error}"));
    let Study::Paths(study) = resolve(&document, &mut Ones).expect("a scenario").study else {
        panic!("paths")
    };
    study.venues
}

const STABLESWAP: &str = "[venues.stableswap]
amplification = 50
fee_bps = 4
rate = \"plain\"
reserve_quote = 10
reserve_lrt = 20";
const CONSTANT_PRODUCT: &str = "[venues.constant_product]
fee_bps = 30
reserve_quote = 10
reserve_lrt = 20";

#[test]
fn every_number_of_a_stableswap_pool_arrives_in_its_unit() {
    let text = with_venue(FORWARD, &format!("name = \"a\"\n{STABLESWAP}\nadmin_fee_share = 0.25"));
    let pool = stableswap::Spec {
        reserve_eth: 10.0,
        reserve_lrt: 20.0,
        amplification: 50.0,
        fee: 0.0004,
        offpeg_multiplier: 1.0,
        admin_fee: 0.25,
        rate: RateSource::Plain,
    };
    let expected =
        VenueSpec { name: "a".to_owned(), eth_per_quote: 1.0, pool: PoolSpec::StableSwap(pool.clone()) };
    assert_eq!(venues(&text), [expected]);
    let text = text.replace("\"plain\"", "\"redemption_rate\"");
    let live = stableswap::Spec { rate: RateSource::LIVE, ..pool };
    assert_eq!(venues(&text)[0].pool, PoolSpec::StableSwap(live));
}

#[test]
fn every_number_of_a_constant_product_pool_arrives_in_its_unit() {
    let text = with_venue(
        FORWARD,
        &format!("name = \"a\"\nquote = \"wstETH\"\neth_per_quote = 1.19\n{CONSTANT_PRODUCT}"),
    );
    let pool = constant_product::Spec { reserve_eth: 10.0, reserve_lrt: 20.0, fee: 0.003 };
    let expected =
        VenueSpec { name: "a".to_owned(), eth_per_quote: 1.19, pool: PoolSpec::ConstantProduct(pool) };
    assert_eq!(venues(&text), [expected]);
}

#[test]
fn a_venue_without_a_model_is_told_which_there_are() {
    let error = parsed(&with_venue(FORWARD, "name = \"a\""), &[]).expect_err("no model");
    insta::assert_snapshot!(error, @r"
    a.toml:16:1: venues[0] has no pool model
       |
    16 | [[venues]]
       | ^^^^^^^^^^
      help: give one of the tables [venues.stableswap], [venues.constant_product], [venues.balancer_stable], [venues.balancer_weighted], [venues.concentrated_liquidity], [venues.cryptoswap]
    ");
}

#[test]
fn a_venue_with_two_models_is_told_to_keep_one() {
    let text = with_venue(FORWARD, &format!("name = \"a\"\n{STABLESWAP}\n{CONSTANT_PRODUCT}"));
    insta::assert_snapshot!(parsed(&text, &[]).expect_err("two models"), @r"
    a.toml:24:9: [venues[0].constant_product] stands beside [venues[0].stableswap]: a venue has one model
       |
    24 | [venues.constant_product]
       |         ^^^^^^^^^^^^^^^^
      help: remove one of them, or make it a venue of its own
    ");
}

#[test]
fn a_misspelt_model_is_told_the_one_that_was_meant() {
    let text =
        with_venue(FORWARD, &format!("name = \"a\"\n{}", STABLESWAP.replace("stableswap", "stabelswap")));
    insta::assert_snapshot!(parsed(&text, &[]).expect_err("no such model"), @r"
    a.toml:18:9: unknown key `stabelswap` in [venues[0]]
       |
    18 | [venues.stabelswap]
       |         ^^^^^^^^^^
      help: did you mean `stableswap`?
    ");
}

#[test]
fn a_key_of_another_model_is_unknown_to_this_one() {
    let text = with_venue(FORWARD, &format!("name = \"a\"\n{CONSTANT_PRODUCT}\namplification = 50"));
    let told = "unknown key `amplification` in [venues[0].constant_product]";
    assert_eq!(only_problem(&text).message, told);
}

#[test]
fn a_quote_coin_other_than_ether_says_what_it_is_worth() {
    for quote in ["ETH", "WETH"] {
        let text = with_venue(FORWARD, &format!("name = \"a\"\nquote = \"{quote}\"\n{CONSTANT_PRODUCT}"));
        assert_eq!(venues(&text)[0].eth_per_quote, 1.0);
    }
    let text = with_venue(FORWARD, &format!("name = \"a\"\nquote = \"USDC\"\n{CONSTANT_PRODUCT}"));
    assert_eq!(
        only_problem(&text).message,
        "venues[0].eth_per_quote is missing: venues[0].quote is `USDC`, say what one USDC is worth"
    );
    let text = text.replace("\"USDC\"", "\"USDC\"\neth_per_quote = 0");
    assert_eq!(only_problem(&text).message, "venues[0].eth_per_quote is 0, must be above 0");
}

#[test]
fn reserves_are_numbers_or_rows_as_the_mode_takes_them() {
    let text = with_venue(POOL, &format!("name = \"a\"\n{CONSTANT_PRODUCT}"));
    let told: Vec<_> = problems(&text).into_iter().map(|one| one.message).collect();
    let needs = "is a number, mode = \"pool_history\" needs the rows of a file";
    assert_eq!(
        told,
        ["quote", "lrt"].map(|coin| format!("venues[0].constant_product.reserve_{coin} {needs}"))
    );
    let rows = "{ file = \"a.csv\", time_column = \"t\", value_column = \"v\" }";
    let text = FORWARD.replace("reserve_quote = 9_500", &format!("reserve_quote = {rows}"));
    assert_eq!(
        only_problem(&text).message,
        "venues[0].stableswap.reserve_quote is a table, must be the number at the start of each path"
    );
}

#[test]
fn an_override_reaches_into_the_table_of_the_model() {
    let document = parsed(FORWARD, &["venues[0].stableswap.fee_bps=4"]).expect("a document");
    assert!(document.text().contains("fee_bps = 4\n"));
    let error = parsed(FORWARD, &["venues[0].stableswap.fee=4"]).expect_err("no such key").to_string();
    assert!(error.contains("unknown key `fee` in [venues[0].stableswap]"), "{error}");
}

#[test]
fn a_default_of_the_model_is_an_assumption_of_the_study() {
    let document =
        parsed(&with_venue(FORWARD, &format!("name = \"a\"\n{STABLESWAP}")), &[]).expect("a document");
    let scenario = resolve(&document, &mut Ones).expect("a scenario");
    let key = "venues[0].stableswap.admin_fee_share";
    let found = scenario.assumptions.iter().find(|one| one.key == key).expect("the default");
    assert_eq!((found.value.as_str(), found.mark), ("0.5 (default)", EvidenceMark::Unstated));
}

#[test]
fn the_schema_knows_the_table_of_each_model() {
    let schema = schema();
    let venue = &schema["$defs"]["RawVenue"];
    let choices = venue["oneOf"].as_array().expect("a choice");
    assert!(choices.len() >= 2);
    for choice in choices {
        let model = choice["required"][0].as_str().expect("a model");
        let target = venue["properties"][model]["$ref"].as_str().expect("a table");
        let table = schema.pointer(target.trim_start_matches('#')).expect("its definition");
        assert_eq!(table["additionalProperties"], false, "{model}");
    }
}

#[test]
fn a_dynamic_fee_and_a_cached_rate_arrive_in_their_units() {
    let more = "offpeg_fee_multiplier = 20\nrate_cache_hours = 0.5";
    let pool = format!("name = \"a\"\n{}\n{more}", STABLESWAP.replace("plain", "redemption_rate"));
    let PoolSpec::StableSwap(pool) = venues(&with_venue(FORWARD, &pool)).remove(0).pool else {
        panic!("stable")
    };
    assert_eq!(pool.offpeg_multiplier, 20.0);
    assert_eq!(pool.rate, RateSource::RedemptionRate { cache_secs: 1800.0 });
}

#[test]
fn a_stable_pool_is_refused_what_its_contract_refuses() {
    let with = |line: &str| with_venue(FORWARD, &format!("name = \"a\"\n{STABLESWAP}\n{line}"));
    assert_eq!(
        only_problem(&with("offpeg_fee_multiplier = 2000")).message,
        "venues[0].stableswap.offpeg_fee_multiplier is 2000, which makes the fee 8000 bps far from the peg, \
         must be at most 5000"
    );
    assert_eq!(
        only_problem(&with("rate_cache_hours = 1")).message,
        "venues[0].stableswap.rate_cache_hours has no effect with rate = \"plain\": remove it or change the rate"
    );
}

#[test]
fn further_coins_make_a_pool_of_three_or_four() {
    let pool = format!("name = \"a\"\n{STABLESWAP}\nothers = [{{ reserve = 7, rate = 1.2 }}]");
    let text = with_venue(FORWARD, &pool);
    let PoolSpec::MultiStableSwap(pool) = venues(&text).remove(0).pool else { panic!("three coins") };
    let expected = stableswap::multi::Spec {
        reserve_eth: 10.0,
        reserve_lrt: 20.0,
        others: vec![stableswap::multi::OtherCoin { reserve: 7.0, rate: 1.2 }],
        amplification: 50.0,
        fee: 0.0004,
        offpeg_multiplier: 1.0,
        admin_fee: 0.5,
        rate: RateSource::Plain,
    };
    assert_eq!(pool, expected);
    let coin = "{ reserve = 7, rate = 1.2 }";
    assert_eq!(
        only_problem(&text.replace(coin, &[coin; 3].join(", "))).message,
        "venues[0].stableswap.others has 3 items, must have at most 2"
    );
    let text = POOL.replace("rate = \"plain\"", &format!("rate = \"plain\"\nothers = [{coin}]"));
    assert_eq!(
        only_problem(&text).message,
        "venues[0].stableswap.others has no effect in mode = \"pool_history\", which takes two coins"
    );
}

const CRYPTOSWAP: &str = "[venues.cryptoswap]
amplification = 400000
gamma = 0.000145
mid_fee_bps = 26
out_fee_bps = 45
fee_gamma = 0.00023
allowed_extra_profit = 0.000002
adjustment_step = 0.000146
ma_half_time_secs = 600
lrt_is_coin0 = false
price_scale = 2600
reserve_quote = 2600000
reserve_lrt = 1000";

fn usdc(pool: &str) -> String {
    with_venue(FORWARD, &format!("name = \"a\"\nquote = \"USDC\"\neth_per_quote = 0.0004\n{pool}"))
}

#[test]
fn every_number_of_a_cryptoswap_pool_arrives_in_its_unit() {
    let pool = cryptoswap::Spec {
        reserve_eth: 2_600_000.0,
        reserve_lrt: 1_000.0,
        unit_eth: 1e-6,
        unit_lrt: 1e-18,
        coin_0: Coin::Eth,
        // A() is A times N^N = 4 times 10,000: the curve has no 10,000.
        curve: Curve { amplification: 40.0, gamma: 0.000145 },
        fees: FeeSchedule { mid_fee: 0.0026, out_fee: 0.0045, fee_gamma: 0.00023 },
        repegging: Repegging {
            allowed_extra_profit: 0.000002,
            adjustment_step: 0.000146,
            steps: 5.0,
            half_life_secs: 600.0,
            admin_fee: 0.5,
        },
        peg: Peg {
            price_scale: 2_600.0,
            average_price: 2_600.0,
            last_price: 2_600.0,
            virtual_price: 1.0,
            profit: 1.0,
            profit_at_claim: 1.0,
            adjusting: false,
        },
    };
    let found = venues(&usdc(&format!("{CRYPTOSWAP}\ndecimals = [6, 18]"))).remove(0);
    assert_eq!((found.eth_per_quote, &found.pool), (0.0004, &PoolSpec::Cryptoswap(pool.clone())));

    let said = "price_oracle = 2590\nlast_price = 2580\nvirtual_price = 1.02\nxcp_profit = 1.03\n\
                xcp_profit_at_claim = 1.01\nadmin_fee_share = 0.1\nadjustment_divisor = 10";
    let turned = CRYPTOSWAP.replace("false", "true");
    let found = venues(&usdc(&format!("{turned}\ndecimals = [6, 18]\n{said}"))).remove(0);
    let peg = Peg {
        price_scale: 2_600.0,
        average_price: 2_590.0,
        last_price: 2_580.0,
        virtual_price: 1.02,
        profit: 1.03,
        profit_at_claim: 1.01,
        adjusting: false,
    };
    let repegging = Repegging { steps: 10.0, admin_fee: 0.1, ..pool.repegging };
    let expected =
        cryptoswap::Spec { unit_eth: 1e-18, unit_lrt: 1e-6, coin_0: Coin::Lrt, peg, repegging, ..pool };
    assert_eq!(found.pool, PoolSpec::Cryptoswap(expected));
}

#[test]
fn a_cryptoswap_pool_is_refused_what_its_contract_refuses() {
    for (part, by, told) in [
        // The contract's integer instead of its meaning.
        (
            "gamma = 0.000145",
            "gamma = 145000000000000",
            "gamma is 145000000000000, must be in 0.00000001..=0.02",
        ),
        ("amplification = 400000", "amplification = 10", "amplification is 10, must be in 4000..=4000000000"),
        ("out_fee_bps = 45", "out_fee_bps = 20", "out_fee_bps is 20, must be mid_fee_bps = 26 or above"),
        ("price_scale = 2600", "price_scale = 0", "price_scale is 0, must be above 0"),
        (
            "lrt_is_coin0 = false",
            "lrt_is_coin0 = 0",
            "lrt_is_coin0: expected true or false, found a whole number",
        ),
        ("lrt_is_coin0 = false\n", "", "lrt_is_coin0 is missing"),
        (
            "price_scale = 2600",
            "price_scale = 2600\ndecimals = [6]",
            "decimals has one item, must have at least 2",
        ),
        (
            "price_scale = 2600",
            "price_scale = 2600\ndecimals = [6, 400]",
            "decimals[1] is 400, must be in 0..=36",
        ),
    ] {
        let text = usdc(&CRYPTOSWAP.replace(part, by));
        assert_eq!(only_problem(&text).message, format!("venues[0].cryptoswap.{told}"));
    }
    let text = with_venue(POOL, &format!("name = \"a\"\n{CRYPTOSWAP}"));
    assert_eq!(
        only_problem(&text).message,
        "[venues[0].cryptoswap] is not told by reserves alone, as mode = \"pool_history\" has them"
    );
}

const BALANCER_STABLE: &str = "[venues.balancer_stable]
amplification = 500
fee_bps = 1
rate = \"redemption_rate\"
reserve_quote = 10
reserve_lrt = 20";

#[test]
fn every_number_of_a_balancer_stable_pool_arrives_in_its_unit() {
    let plain = balancer_stable::Spec {
        version: balancer_stable::Version::Three,
        reserve_eth: 10.0,
        reserve_lrt: 20.0,
        amplification: 500.0,
        fee: 0.0001,
        protocol_fee: 0.0,
        surge: None,
        rate: RateSource::LIVE,
        quote_rate: 1.0,
    };
    let read = |more: &str| {
        venues(&with_venue(FORWARD, &format!("name = \"a\"\n{BALANCER_STABLE}\n{more}"))).remove(0).pool
    };
    assert_eq!(read(""), PoolSpec::BalancerStable(plain.clone()));
    let said = "protocol_fee_share = 0.5\nrate_cache_hours = 3\nquote_rate = 1.01\n\
                surge = { threshold = 0.3, max_fee_bps = 95 }";
    let expected = balancer_stable::Spec {
        protocol_fee: 0.5,
        surge: Some(Surge { threshold: 0.3, max_fee: 0.0095 }),
        rate: RateSource::RedemptionRate { cache_secs: 10_800.0 },
        quote_rate: 1.01,
        ..plain
    };
    assert_eq!(read(said), PoolSpec::BalancerStable(expected));
}

#[test]
fn a_balancer_stable_pool_is_refused_what_has_no_effect() {
    let with = |line: &str| with_venue(FORWARD, &format!("name = \"a\"\n{BALANCER_STABLE}\n{line}"));
    assert_eq!(
        only_problem(&with("surge = { threshold = 0.3, max_fee_bps = 1 }")).message,
        "venues[0].balancer_stable.surge.max_fee_bps is 1, must be above fee_bps = 1: the hook is not heard else"
    );
    assert_eq!(
        only_problem(&with("surge = { threshold = 1, max_fee_bps = 95 }")).message,
        "venues[0].balancer_stable.surge.threshold is 1, must be in 0..1"
    );
    let plain = with("rate_cache_hours = 1").replace("\"redemption_rate\"\nreserve", "\"plain\"\nreserve");
    assert!(only_problem(&plain).message.contains("rate_cache_hours has no effect with rate = \"plain\""));
}

#[test]
fn every_number_of_a_balancer_weighted_pool_arrives_in_its_unit() {
    let pool =
        "[venues.balancer_weighted]\nweight_lrt = 0.75\nfee_bps = 30\nreserve_quote = 10\nreserve_lrt = 20";
    let text = |more: &str| with_venue(FORWARD, &format!("name = \"a\"\n{pool}\n{more}"));
    let two = weighted::Spec {
        reserve_eth: 10.0,
        reserve_lrt: 20.0,
        weight_eth: 0.25,
        weight_lrt: 0.75,
        fee: 0.003,
        protocol_fee: 0.0,
    };
    assert_eq!(venues(&text("")).remove(0).pool, PoolSpec::Weighted(two.clone()));
    let three = weighted::Spec { weight_eth: 0.125, protocol_fee: 0.5, ..two };
    let said = "weight_quote = 0.125\nprotocol_fee_share = 0.5";
    assert_eq!(venues(&text(said)).remove(0).pool, PoolSpec::Weighted(three));
    assert_eq!(
        only_problem(&text("weight_quote = 0.5")).message,
        "venues[0].balancer_weighted.weight_quote is 0.5, must be at most 1 with weight_lrt = 0.75"
    );
    let text = text("").replace("0.75", "75");
    let told = "venues[0].balancer_weighted.weight_lrt is 75, must be in 0.01..=0.99";
    assert_eq!(only_problem(&text).message, told);
}

#[test]
fn a_record_of_reserves_drives_every_model_that_reserves_tell() {
    let rows = "{ file = \"a.csv\", time_column = \"t\", value_column = \"v\" }";
    let recorded = |table: &str| {
        table.replace("= 10\n", &format!("= {rows}\n")).replace("_lrt = 20", &format!("_lrt = {rows}"))
    };
    let weighted =
        "[venues.balancer_weighted]\nweight_lrt = 0.5\nfee_bps = 30\nreserve_quote = 10\nreserve_lrt = 20";
    for table in [STABLESWAP, CONSTANT_PRODUCT, BALANCER_STABLE, weighted] {
        let document = parsed(&with_venue(POOL, &format!("name = \"a\"\n{}", recorded(table))), &[]);
        let document = document.unwrap_or_else(|error| panic!("{error}"));
        let Study::PoolHistory(history) = resolve(&document, &mut Ones).expect("a record").study else {
            panic!("a record")
        };
        let held = pegstress_amm::Venue::<1>::new(&history.venue, &[1.0]).reserves();
        assert_eq!((held.eth, held.lrt), ([1.0], [1.0]), "{table}");
    }
}
