//! The page stands alone, escapes what it is given, and warns.

#[allow(dead_code)]
mod common;

use common::{manifest, paths, pool, scenario};
use pegstress_report::render;
use pegstress_risk::Summary;
use pegstress_sim::scenario::{EvidenceMark, Scenario};

fn page(scenario: &Scenario, summary: &Summary) -> String {
    let files = render(scenario, summary, &manifest(&scenario.name)).expect("a report");
    let page = files.into_iter().find(|f| f.name == "index.html").expect("a page");
    String::from_utf8(page.bytes).expect("text")
}

#[test]
fn the_page_loads_nothing() {
    let page = page(&scenario("forward", "ezETH"), &Summary::Paths(Box::new(paths(false))));
    for attribute in ["src=\"", "href=\"", "url(", "<script", "<link", "@import"] {
        for (place, _) in page.match_indices(attribute) {
            let value = &page[place + attribute.len()..];
            assert!(
                attribute == "src=\"" && value.starts_with("data:image/png;base64,"),
                "{attribute} is used"
            );
        }
    }
    assert_eq!(page.matches("<img ").count(), 5);
}

#[test]
fn hostile_names_are_text() {
    let mut hostile = scenario("x\"><script>alert(1)</script>", "<b>ETH</b>");
    hostile.title = "<img src=x onerror=alert(1)>".into();
    hostile.story = "</p><iframe src='javascript:alert(1)'>".into();
    hostile.assumptions[0].source = "<a href=\"http://example.org\">here</a>".into();
    let mut summary = pool();
    summary.venue = "</title><svg onload=alert(1)>".into();
    summary.reference_name = Some("<object>".into());
    let page = page(&hostile, &Summary::Pool(summary));
    for tag in ["<script", "<b>", "<img src=x", "<iframe", "<a ", "<svg", "<object"] {
        assert!(!page.contains(tag), "{tag} got through");
    }
    assert!(page.contains("&lt;b&gt;ETH"));
}

#[test]
fn parameters_without_an_anchor_are_named_at_the_top() {
    let mut anchored = scenario("forward", "ezETH");
    let summary = Summary::Paths(Box::new(paths(false)));
    let warned = page(&anchored, &summary);
    let top = warned.split("In short").next().expect("a top");
    assert!(top.contains("rest on 2 parameters without an anchor"), "{top}");
    assert!(top.contains(
        "<code>agents.exit_demand.base_per_day</code>, <code>agents.background.net_sd_lrt</code>."
    ));
    assert!(top.contains("3 paths are left out of every figure: pool did not settle."));
    anchored.assumptions.iter_mut().for_each(|a| a.mark = EvidenceMark::Source);
    assert!(!page(&anchored, &summary).contains("without an anchor"));
}

#[test]
fn the_page_does_not_know_the_machine() {
    let page = page(&scenario("pool", "stETH"), &Summary::Pool(pool()));
    assert!(page.contains("scenario_sha256") && page.contains("pegstress run scenarios"));
    for word in ["avx512-for-this-test", "12.345678", "threads&quot;"] {
        assert!(!page.contains(word), "{word} stands on the page");
    }
}
