//! Files of several tokens: what they say of their members, what is refused, and the shipped one.

mod common;

use std::path::{Path, PathBuf};

use common::Ones;
use pegstress_scenario::{JointDocument, Override, ScenarioError, is_joint, read, read_joint, resolve_joint};
use pegstress_sim::joint::JointScenario;
use pegstress_sim::scenario::{EvidenceMark, Scenario, Study};

fn scenarios() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios")
}

fn shipped() -> PathBuf {
    scenarios().join("lrt-contagion-2025.toml")
}

fn overrides(list: &[&str]) -> Vec<Override> {
    list.iter().map(|text| text.parse().expect("an override")).collect()
}

fn resolved(list: &[&str]) -> JointScenario {
    let document = read_joint(&shipped(), &overrides(list)).unwrap_or_else(|error| panic!("{error}"));
    resolve_joint(&document, &mut Ones).unwrap_or_else(|error| panic!("{error}"))
}

/// The shipped file with one part replaced, as read from its place.
fn changed(part: &str, by: &str) -> Result<JointDocument, ScenarioError> {
    let text = std::fs::read_to_string(shipped()).expect("the shipped file");
    assert!(text.contains(part), "the shipped file does not hold {part}");
    JointDocument::parse(&shipped(), &text.replacen(part, by, 1), &[])
}

fn refusal(part: &str, by: &str) -> String {
    let error = match changed(part, by) {
        Ok(document) => resolve_joint(&document, &mut Ones).expect_err("refused"),
        Err(error) => error,
    };
    error.to_string()
}

fn capital(scenario: &Scenario) -> f64 {
    let Study::Paths(study) = &scenario.study else { panic!("paths") };
    study.agents.arbitrage.capital_eth
}

#[test]
fn the_shipped_file_resolves_and_every_parameter_has_evidence() {
    assert!(is_joint(&shipped()).expect("a file"));
    let scenario = resolved(&[]);
    assert_eq!(scenario.name, "lrt-contagion-2025");
    let symbols: Vec<_> = scenario.members.iter().map(|one| one.token.symbol.as_str()).collect();
    assert_eq!(symbols, ["rsETH", "ezETH", "weETH", "stETH"]);
    for one in &scenario.assumptions {
        assert_ne!(one.mark, EvidenceMark::Unstated, "{} = {}", one.key, one.value);
        assert!(!one.source.is_empty(), "{}", one.key);
    }
}

#[test]
fn every_member_file_is_a_scenario_under_its_own_name() {
    for entry in std::fs::read_dir(scenarios().join("members")).expect("the folder") {
        let path = entry.expect("an entry").path();
        let document = read(&path, &[]).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(path.file_stem().and_then(|name| name.to_str()), Some(document.raw().name.as_str()));
    }
}

#[test]
fn the_matrix_becomes_fractions_per_unit_of_discount() {
    let contagion = resolved(&[]).study.coupling.contagion.expect("a matrix");
    // 0.007 per cent a day per bp: 0.00007 a day per 0.0001.
    assert!((contagion.per_discount_per_day[1][0] - 0.7).abs() < 1e-15);
    assert_eq!(contagion.per_discount_per_day[0][0], 0.0);
    assert!((contagion.threshold - 0.0075).abs() < 1e-18);
}

#[test]
fn markets_of_a_shared_lender_are_found_by_name() {
    let lenders = resolved(&[]).study.coupling.lenders;
    assert_eq!(lenders.len(), 1);
    assert_eq!(lenders[0].markets, [Some(0), None, Some(0), Some(0)]);
}

#[test]
fn window_paths_and_seed_of_the_joint_file_replace_those_of_the_members() {
    let scenario = resolved(&["paths.count=77", "paths.seed=5", "time.step_minutes=120"]);
    for member in &scenario.study.members {
        assert_eq!((member.study.paths, member.study.seed), (77, 5));
        assert_eq!((member.study.step_secs, member.study.steps), (7200, 168));
    }
}

#[test]
fn a_key_of_a_member_is_set_by_the_file_by_common_and_by_the_command_line() {
    let by_file = "file = \"members/rseth-2025-08.toml\"\nset = { agents.arbitrage.capital_eth = 1_000 }";
    let document = changed("file = \"members/rseth-2025-08.toml\"", by_file).expect("a file");
    let scenario = resolve_joint(&document, &mut Ones).expect("a scenario");
    assert_eq!(capital(&scenario.members[0]), 1_000.0);
    // What it replaces had evidence; the new value has none until this file gives it.
    let key = "rsETH: agents.arbitrage.capital_eth";
    let set = scenario.assumptions.iter().find(|one| one.key == key).expect("the key");
    assert_eq!(set.mark, EvidenceMark::Unstated);

    let common = "[common]\n\"agents.arbitrage.capital_eth\" = 2_000\n\n[shared]";
    let document = changed("[shared]", common).expect("a file");
    let scenario = resolve_joint(&document, &mut Ones).expect("a scenario");
    assert!(scenario.members.iter().all(|one| capital(one) == 2_000.0));

    let scenario = resolved(&["members[2].agents.arbitrage.capital_eth=3000"]);
    assert_eq!(capital(&scenario.members[2]), 3_000.0);
    assert_ne!(capital(&scenario.members[1]), 3_000.0);
}

#[test]
fn what_is_wrong_is_said_at_its_key() {
    for (part, by, words) in [
        ("[0, 0.002, 0.001, 0.001],", "[0, 0.002, 0.001],", "matrix_pct_per_day_per_bps[0] has 3 columns"),
        ("  [0.0007, 0.0005, 0.0005, 0],\n", "", "has 3 rows, must have one per member: 4"),
        ("[0, 0.002,", "[0.5, 0.002,", "matrix_pct_per_day_per_bps[0][0] is 0.5, must be 0"),
        (
            "members/ezeth-2025-08.toml",
            "members/rseth-2025-08.toml",
            "members[1].file is of rsETH, as members[0] is",
        ),
        ("members/ezeth-2025-08.toml", "weeth-rolling-2025.toml", "must be of mode = \"forward\""),
        ("members/ezeth-2025-08.toml", "members/nothing.toml", "members[1].file: "),
        ("name = \"Aave v3 WETH\"", "name = \"Spark\"", "`Spark`, a market of 0 members"),
        ("[50, 100, 200]", "[50, 200, 100]", "report.thresholds_bps[2] is 100, must be above 200"),
        ("exit_clock = true", "exit_clok = true", "unknown key `exit_clok`"),
        ("step_minutes = 60\n", "", "time.step_minutes is missing"),
        (
            "file = \"members/weeth-2025-08.toml\"",
            "file = \"members/weeth-2025-08.toml\"\nset = { agents.arbitrage.capital = 1 }",
            "override `agents.arbitrage.capital`: unknown key",
        ),
        (
            "file = \"members/weeth-2025-08.toml\"",
            "file = \"members/weeth-2025-08.toml\"\nset = { network.churn_eth_per_epoch = 128 }",
            "members[2]: network differs from that of members[0]",
        ),
    ] {
        let said = refusal(part, by);
        assert!(said.contains(words), "{by}: {said}");
    }
}

#[test]
fn a_lender_with_two_rate_curves_is_refused() {
    let said = refusal(
        "file = \"members/weeth-2025-08.toml\"",
        "file = \"members/weeth-2025-08.toml\"\nset = { \"lending[0].interest.kinked.slope_2_pct\" = 80 }",
    );
    assert!(said.contains("different rate curves"), "{said}");
}

#[test]
fn a_command_for_one_token_refuses_the_file_and_says_which_takes_it() {
    let said = read(&shipped(), &[]).expect_err("refused").to_string();
    assert!(said.contains("mode = \"joint\" holds several tokens"), "{said}");
    assert!(said.contains("pegstress run"), "{said}");
}

#[test]
fn an_override_of_a_member_that_is_not_there_is_refused() {
    let said = read_joint(&shipped(), &overrides(&["members[9].paths.seed=1"])).expect_err("refused");
    assert!(said.to_string().contains("members[9].paths.seed"), "{said}");
}

/// Two severities: of a key of this file, and of one of a member's.
const SEVERITIES: &str = "[severities.A]\nmeaning = \"half\"\n\"shared.arbitrage_capital_eth\" = 65_000\n\n\
                          [severities.B]\n\"members[0].shocks[0].duration_hours\" = 3\n\n\
                          [[evidence]]\nkey = \"severities.B\"\nmark = \"web\"\nsource = \"press\"\n\n[shared]";

#[test]
fn a_severity_replaces_keys_of_the_file_and_of_members() {
    let whole = changed("[shared]", SEVERITIES).expect("a file");
    assert_eq!(whole.severities().collect::<Vec<_>>(), ["A", "B"]);
    let at = |name: &str| {
        let document = whole.at_severity(name).unwrap_or_else(|error| panic!("{error}"));
        resolve_joint(&document, &mut Ones).unwrap_or_else(|error| panic!("{error}"))
    };
    let (a, b) = (at("A"), at("B"));
    assert_eq!(a.study.coupling.arbitrage_capital_eth, Some(65_000.0));
    assert_eq!(
        (a.name.as_str(), a.provenance.scenario.as_str()),
        ("lrt-contagion-2025-A", "lrt-contagion-2025")
    );
    assert_eq!(a.provenance.severity.as_ref().map(|one| one.meaning.as_str()), Some("half"));
    assert_eq!(b.study.coupling.arbitrage_capital_eth, Some(130_000.0));
    assert_eq!(b.study.members[0].study.shocks[0].duration_secs, 3.0 * 3600.0);
    // The evidence of the severity covers what it sets; what another one sets has none.
    let mark = |scenario: &JointScenario, key: &str| {
        scenario.assumptions.iter().find(|one| one.key == key).expect("a parameter").mark
    };
    assert_eq!(mark(&b, "rsETH: shocks[0].duration_hours"), EvidenceMark::Web);
    assert_eq!(mark(&a, "shared.arbitrage_capital_eth"), EvidenceMark::Unstated);
}

#[test]
fn a_severity_with_a_key_that_no_file_has_is_refused_at_its_place() {
    for (key, told) in [
        ("shared.arbitrage_capital", "unknown key `arbitrage_capital` in [shared]"),
        ("members[0].shocks[0].sise", "unknown key `sise` in [shocks[0]]"),
        ("paths.seed", "a severity cannot replace paths.seed"),
    ] {
        let told_of = refusal("[shared]", &format!("[severities.A]\n\"{key}\" = 1\n\n[shared]"));
        assert!(told_of.contains(told), "{told_of}");
    }
    let whole = changed("[shared]", SEVERITIES).expect("a file");
    let error = whole.at_severity("C").expect_err("no such severity");
    assert!(error.to_string().contains("there is no severity `C`, only A, B"), "{error}");
}
