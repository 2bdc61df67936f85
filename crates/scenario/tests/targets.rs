//! `[[targets]]` and `[[calibrate]]`, in a scenario and in a file of their own.

use std::path::Path;

use pegstress_scenario::raw::target::RawPurpose;
use pegstress_scenario::{Document, ScenarioError, TargetFile};

const TARGET: &str = "[[targets]]\nname = \"sold\"\nmetric = \"sold_lrt\"\nsource = \"by hand\"\n";

fn with(text: &str) -> Result<Document, ScenarioError> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files/forward.toml");
    let own = std::fs::read_to_string(&file).expect("a scenario");
    Document::parse(&file, &format!("{own}\n{text}"), &[])
}

fn alone(text: &str) -> Result<TargetFile, ScenarioError> {
    TargetFile::parse(Path::new("targets.toml"), text)
}

#[test]
fn a_target_is_read_the_same_from_a_scenario_and_from_a_file_of_its_own() {
    let text = format!(
        "{TARGET}statistic = \"p95\"\nobserved = [1, 2.5]\nwithin_factor = 2\nuse = \"fit\"\n[[calibrate]]\nkey = \"shocks[0].size\"\n\
         low = 0.1\nhigh = 0.2\nscale = \"log\"\n"
    );
    let (document, file) = (with(&text).expect("a scenario"), alone(&text).expect("a file"));
    assert_eq!(document.raw().targets, file.raw().targets);
    assert_eq!(document.raw().calibrate, file.raw().calibrate);
    let target = &file.raw().targets[0];
    assert_eq!(target.observed.ends(), (1.0, 2.5));
    assert_eq!((target.purpose, target.within_factor), (Some(RawPurpose::Fit), Some(2.0)));
}

#[test]
fn a_target_that_says_too_little_or_too_much_is_refused_at_its_place() {
    let refusals = [
        ("within = 1", "targets[0].observed is missing"),
        ("observed = 3", "targets[0] has no tolerance: it needs within_factor (such as 2)"),
        (
            "observed = 3\nwithin = 1\nwithin_factor = 2",
            "targets[0] has within_factor and within: keep the one",
        ),
        ("observed = 3\nwithin_factor = 1", "targets[0].within_factor is 1, must be above 1"),
        ("observed = 3\nwithin = 0", "targets[0].within is 0, must be above 0"),
        (
            "observed = 0\nwithin_factor = 2",
            "targets[0].observed is 0, must be above 0 where a factor is the tolerance",
        ),
        ("observed = [3, 1]\nwithin = 1", "targets[0].observed is [3, 1], must begin with the lower end"),
        ("observed = [3]\nwithin = 1", "targets[0].observed has one item, must have at least 2"),
        ("observed = \"3\"\nwithin = 1", "targets[0].observed: expected a number or an array"),
        ("observed = nan\nwithin = 1", "targets[0].observed"),
        (
            "observed = 3\nwithin = 1\nstatistic = \"p0\"",
            "targets[0].statistic is `p0`, must be mean, p0.1 to p99.9",
        ),
        ("observed = 3\nwithin = 1\nuse = \"fitt\"", "targets[0].use is `fitt`, must be one of fit, judge"),
        ("observed = 3\nwithin = 1\nfactor = 2", "unknown key `factor` in [targets[0]]"),
    ];
    for (text, message) in refusals {
        let error = with(&format!("{TARGET}{text}")).expect_err(text).to_string();
        assert!(error.contains(message), "{text}\n{error}");
    }
    let twice = format!("{TARGET}observed = 1\nwithin = 1\n{TARGET}observed = 1\nwithin = 1\n");
    let error = alone(&twice).expect_err("one name for two").to_string();
    assert!(error.contains("targets[1].name is `sold`, which is a target already"), "{error}");
}

#[test]
fn a_key_that_cannot_be_moved_is_refused() {
    let refusals = [
        ("key = \"shocks[0].sise\"\nlow = 1\nhigh = 2", "unknown key `sise` in [shocks[0]]"),
        ("key = \"shocks[0].size\"\nlow = 2\nhigh = 1", "calibrate[0] goes from 2 to 1, must go up"),
        ("key = \"shocks[0].size\"\nlow = 0\nhigh = 1\nscale = \"log\"", "must begin above 0"),
        ("key = \"shocks[0].size\"\nlow = 0", "calibrate[0].high is missing"),
    ];
    for (text, message) in refusals {
        let error = with(&format!("[[calibrate]]\n{text}")).expect_err(text).to_string();
        assert!(error.contains(message), "{text}\n{error}");
    }
    let error = alone("").expect_err("no target").to_string();
    assert!(error.contains("targets is missing"), "{error}");
}

#[test]
fn a_problem_that_the_run_finds_points_at_the_line_of_the_file() {
    let file = alone(&format!("{TARGET}observed = 1\nwithin = 1\n")).expect("a file");
    let error = file.problem("targets[0].metric", "no such metric".to_owned()).to_string();
    assert!(error.starts_with("targets.toml:3:10: no such metric"), "{error}");
}
