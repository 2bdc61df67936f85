//! Severities, files that build upon others, limits: what they give, and what a wrong one is told.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use pegstress_scenario::{
    Document, Override, ReadSeries, ScenarioError, SeriesFault, SeriesRequest, is_joint, read, read_joint,
    resolve, resolve_joint,
};
use pegstress_sim::scenario::{Assumption, EvidenceMark, PathStudy, Provenance, Scenario, Study};

const FORWARD: &str = include_str!("files/forward.toml");

/// Ones everywhere, and what was asked for.
#[derive(Default)]
struct Ones(Vec<SeriesRequest>);

impl ReadSeries for Ones {
    fn on_grid(
        &mut self,
        request: &SeriesRequest,
        _start: Timestamp,
        _step_secs: u32,
        points: usize,
    ) -> Result<Vec<f64>, SeriesFault> {
        self.0.push(request.clone());
        Ok(vec![1.0; points])
    }

    fn rows(
        &mut self,
        _request: &SeriesRequest,
        _from: Timestamp,
        _to: Timestamp,
    ) -> Result<Vec<(Timestamp, f64)>, SeriesFault> {
        Ok(Vec::new())
    }
}

/// A path beside the files of these tests; nothing stands there.
fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files").join(name)
}

fn parse(text: &str, overrides: &[&str]) -> Result<Document, ScenarioError> {
    let overrides: Vec<Override> = overrides.iter().map(|text| text.parse().expect("an override")).collect();
    Document::parse(&beside("child.toml"), text, &overrides)
}

fn document(text: &str, overrides: &[&str]) -> Document {
    parse(text, overrides).unwrap_or_else(|error| panic!("{error}"))
}

fn scenario(document: &Document) -> Scenario {
    resolve(document, &mut Ones::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn study(document: &Document) -> PathStudy {
    let Study::Paths(study) = scenario(document).study else { panic!("a study of paths") };
    *study
}

/// The fixture with a shock and more.
fn with(more: &str) -> String {
    let shock = "[[shocks]]\nkind = \"sell_share_of_float\"\nstart_hours = 1\nsize = 0.1\n";
    format!("{FORWARD}\n{shock}\n{more}")
}

/// A scenario that holds its story only.
const CHILD: &str = r#"
base = "forward.toml"
name = "child"
title = "A child"
story = "As its base, with another shock."

[agents.arbitrage]
capital_eth = 7

[[shocks]]
kind = "pause_redemptions"
start_hours = 2
duration_hours = 3
size = 1

[[evidence]]
key = "agents.arbitrage.capital_eth"
mark = "web"
source = "a page"

[[evidence]]
key = "shocks"
mark = "derived"
source = "the story"
"#;

#[test]
fn a_severity_replaces_values_and_keeps_the_seed() {
    let text = with(
        "[severities.B]\nmeaning = \"twice  as\\n much\"\nanchor = \"hypothetical\"\n\"shocks[0].size\" = 0.5\n[severities.A]\n",
    );
    let whole = document(&text, &[]);
    assert_eq!(whole.severities().collect::<Vec<_>>(), ["A", "B"]);
    let hard = whole.at_severity("B").expect("the severity");
    let (a, b) = (study(&whole), study(&hard));
    assert_eq!((b.shocks[0].size, b.seed, b.steps), (0.5, a.seed, a.steps));
    assert_ne!(a.shocks[0].size, 0.5);
    let own = scenario(&hard).provenance;
    let severity = own.severity.expect("a severity");
    assert_eq!((severity.name.as_str(), severity.meaning.as_str()), ("B", "twice as much"));
    assert_eq!(scenario(&hard).name, format!("{}-B", own.scenario));
    assert_eq!(scenario(&whole).provenance.severity, None);
}

#[test]
fn the_command_line_wins_over_a_severity() {
    let text = with("[severities.B]\n\"shocks[0].size\" = 0.5\n");
    let hard = document(&text, &["shocks[0].size=0.25"]).at_severity("B").expect("the severity");
    assert_eq!(study(&hard).shocks[0].size, 0.25);
}

#[test]
fn a_misspelt_key_of_a_severity_is_told_with_the_one_that_was_meant() {
    let text = with("[severities.B]\n\"shocks[0].sise\" = 0.5\n");
    let error = parse(&text, &[]).expect_err("a misspelt key");
    let [only] = error.diagnostics() else { panic!("{error}") };
    assert_eq!(only.key_path, "severities.B.\"shocks[0].sise\"");
    assert_eq!(only.message, "severities.B.\"shocks[0].sise\": unknown key `sise` in [shocks[0]]");
    assert_eq!(only.help.as_deref(), Some("did you mean `size`?"));
    let line = text.lines().position(|line| line.contains("sise")).expect("the line") + 1;
    assert_eq!(only.line_and_column().map(|place| place.0), Some(line));
}

#[test]
fn a_severity_that_does_not_fit_says_which_one_it_is() {
    let text = with("[severities.C]\n\"shocks[0].size\" = 3\n");
    let error = document(&text, &[]).at_severity("C").expect_err("more than all");
    assert!(
        error.to_string().contains("with severities.C: shocks[0].size is 3, must be above 0 and at most 1"),
        "{error}"
    );
    for (line, message) in [
        ("\"paths.seed\" = 3", "severities.C.\"paths.seed\": a severity cannot replace paths.seed"),
        ("\"name\" = \"x\"", "severities.C.name: a severity cannot replace name"),
    ] {
        let error = parse(&with(&format!("[severities.C]\n{line}\n")), &[]).expect_err("fixed");
        assert_eq!(error.diagnostics()[0].message, message);
    }
    let unknown = document(FORWARD, &[]).at_severity("A").expect_err("no severities");
    assert!(unknown.to_string().contains("there is no severity `A`, only none"), "{unknown}");
}

#[test]
fn a_file_inherits_tables_key_by_key_and_lists_as_a_whole() {
    let (base, child) = (study(&document(FORWARD, &[])), study(&document(CHILD, &[])));
    assert_eq!(child.agents.arbitrage.capital_eth, 7.0);
    assert_eq!(child.agents.arbitrage.cost, base.agents.arbitrage.cost);
    assert_eq!(child.venues.len(), base.venues.len());
    assert_eq!(child.shocks.len(), 1);
    assert_eq!(child.shocks[0].start_secs, 7200.0);
    assert_eq!(scenario(&document(CHILD, &[])).name, "child");
}

#[test]
fn a_name_in_an_inherited_driver_is_relative_to_the_file_in_which_it_stands() {
    let text = CHILD.replace("base = \"forward.toml\"", "base = \"files/forward.toml\"");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/child.toml");
    let document = Document::parse(&path, &text, &[]).unwrap_or_else(|error| panic!("{error}"));
    let mut ones = Ones::default();
    resolve(&document, &mut ones).expect("a scenario");
    let own = document.bases().next().expect("a base").0.parent().expect("a folder");
    assert!(!ones.0.is_empty() && ones.0.iter().all(|asked| asked.file.starts_with(own)), "{:?}", ones.0);
}

#[test]
fn an_override_reaches_the_file_in_which_its_list_stands() {
    let changed = study(&document(CHILD, &["venues[0].stableswap.fee_bps=7", "shocks[0].duration_hours=1"]));
    let pegstress_amm::PoolSpec::StableSwap(pool) = &changed.venues[0].pool else { panic!("a stable pool") };
    assert_eq!((pool.fee, changed.shocks[0].duration_secs), (0.0007, 3600.0));
    let other = study(&document(CHILD, &["agents.arbitrage.cost_bps=9"]));
    assert_eq!((other.agents.arbitrage.cost, other.agents.arbitrage.capital_eth), (0.0009, 7.0));
}

#[test]
fn an_error_names_the_file_in_which_its_key_stands() {
    let text = CHILD.replace("capital_eth = 7", "capital_eth = -7");
    let error = parse(&text, &[]).expect_err("a negative capital");
    assert!(error.diagnostics()[0].file.ends_with("child.toml"), "{error}");
    // The base itself is right; with a shock of the child beyond its horizon the child is wrong.
    let error = parse(CHILD, &["venues[0].stableswap.fee_bps=12000"]).expect_err("a fee above all");
    let only = &error.diagnostics()[0];
    assert!(only.file.ends_with("forward.toml"), "{error}");
    assert_eq!(only.message, "venues[0].stableswap.fee_bps is 12000, must be in 0..=10000");
    let line = FORWARD.lines().position(|line| line.starts_with("fee_bps")).expect("the line") + 1;
    assert_eq!(only.line_and_column().map(|place| place.0), Some(line));
}

#[test]
fn a_base_that_is_not_there_or_goes_in_a_circle_is_refused_at_its_key() {
    let error = parse(&CHILD.replace("forward.toml", "nowhere.toml"), &[]).expect_err("no file");
    assert_eq!(error.diagnostics()[0].key_path, "base");
    assert!(error.to_string().contains("nowhere.toml"), "{error}");
    let text = CHILD.replace("forward.toml", "child.toml");
    let error = parse(&text, &[]).expect_err("a circle");
    assert!(error.to_string().contains("base is `child.toml`, which builds upon this file"), "{error}");
}

#[test]
fn evidence_of_a_base_does_not_cover_what_the_file_replaces() {
    let found = scenario(&document(CHILD, &[])).assumptions;
    let mark = |key: &str| found.iter().find(|one| one.key == key).expect("a parameter").mark;
    assert_eq!(mark("agents.arbitrage.capital_eth"), EvidenceMark::Web);
    assert_eq!(mark("shocks[0].start_hours"), EvidenceMark::Derived);
    let own = document(FORWARD, &[]);
    let of_base = scenario(&own).assumptions;
    let venue = of_base.iter().find(|one| one.key == "venues[0].stableswap.fee_bps").expect("a parameter");
    assert_eq!(mark("venues[0].stableswap.fee_bps"), venue.mark);
    // A value that the child sets without evidence of its own has none.
    let text = CHILD.replace("capital_eth = 7", "capital_eth = 7\ncost_bps = 3");
    let found = scenario(&document(&text, &[])).assumptions;
    let cost = found.iter().find(|one| one.key == "agents.arbitrage.cost_bps").expect("a parameter");
    assert_eq!(cost.mark, EvidenceMark::Unstated);
}

#[test]
fn evidence_of_a_severity_covers_what_it_sets() {
    let text = with(
        "[severities.B]\n\"shocks[0].size\" = 0.5\n\n[[evidence]]\nkey = 'severities.B.\"shocks[0].size\"'\nmark = \"web\"\nsource = \"press\"\n",
    );
    let whole = document(&text, &[]);
    let mark = |document: &Document| {
        let found = scenario(document).assumptions;
        found.into_iter().find(|one| one.key == "shocks[0].size").expect("a parameter").mark
    };
    assert_eq!(mark(&whole.at_severity("B").expect("the severity")), EvidenceMark::Web);
    assert_ne!(mark(&whole), EvidenceMark::Web);
}

#[test]
fn a_limit_is_on_a_metric_and_statistic_that_there_are() {
    let limit = |metric: &str, statistic: &str, bound: &str| {
        with(&format!("[[limits]]\nmetric = \"{metric}\"\nstatistic = \"{statistic}\"\n{bound}\n"))
    };
    let good = document(&limit("deepest_discount_close_bps", "es95", "at_most = 500"), &[]);
    assert_eq!(scenario(&good).limits[0].at_most, Some(500.0));
    let misspelt = document(&limit("deepest_discount_closes_bps", "p95", "at_most = 5"), &[]);
    let error = resolve(&misspelt, &mut Ones::default()).expect_err("no such metric");
    assert!(matches!(error, ScenarioError::Invalid(_)));
    assert!(error.to_string().contains("did you mean `deepest_discount_close_bps`?"), "{error}");
    for (statistic, bound, message) in [
        ("p100", "at_most = 5", "limits[0].statistic is `p100`"),
        ("p95", "", "limits[0] needs either at_most or at_least"),
        ("p95", "at_most = 5\nat_least = 1", "limits[0] needs either at_most or at_least"),
    ] {
        let error = parse(&limit("sold_lrt", statistic, bound), &[]).expect_err("a wrong limit");
        assert!(error.diagnostics()[0].message.starts_with(message), "{error}");
    }
}

fn catalogue() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/catalogue");
    let mut found: Vec<PathBuf> = [folder.clone(), folder.join("markets")]
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).expect("a folder"))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    found.sort();
    found
}

/// A run of the catalogue: what it says of itself, its parameters, and its steps.
fn is_complete(name: &str, own: &Provenance, assumptions: &[Assumption], steps: usize) {
    assert!(own.falsified_by.is_some() && own.anchor.is_some(), "{name}");
    let anchor = own.anchor.as_deref().unwrap_or_default();
    assert!(anchor.starts_with("historical: ") || anchor.starts_with("hypothetical"), "{anchor}");
    for one in assumptions {
        assert_ne!(one.mark, EvidenceMark::Unstated, "{name}: {} = {}", one.key, one.value);
    }
    assert_eq!(steps, 720, "{name}");
}

#[test]
fn every_scenario_of_the_catalogue_has_three_severities_with_evidence_for_every_value() {
    let mut scenarios = 0;
    for file in catalogue() {
        if is_joint(&file).expect("a file") {
            scenarios += 1;
            let whole = read_joint(&file, &[]).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(whole.severities().collect::<Vec<_>>(), ["A", "B", "C"], "{}", file.display());
            for name in whole.severities() {
                let run = whole.at_severity(name).unwrap_or_else(|error| panic!("{error}"));
                let found =
                    resolve_joint(&run, &mut Ones::default()).unwrap_or_else(|error| panic!("{error}"));
                let steps = found.study.members[0].study.steps;
                is_complete(&found.name, &found.provenance, &found.assumptions, steps);
            }
            continue;
        }
        let whole = read(&file, &[]).unwrap_or_else(|error| panic!("{error}"));
        let names: Vec<String> = whole.severities().map(str::to_owned).collect();
        let mut runs = vec![whole.clone()];
        if !file.parent().is_some_and(|folder| folder.ends_with("markets")) {
            scenarios += 1;
            assert_eq!(names, ["A", "B", "C"], "{}", file.display());
            runs = names
                .iter()
                .map(|name| whole.at_severity(name).unwrap_or_else(|error| panic!("{error}")))
                .collect();
        }
        for run in runs {
            let found = scenario(&run);
            is_complete(&found.name, &found.provenance, &found.assumptions, study(&run).steps);
        }
    }
    assert_eq!(scenarios, 16);
}
