//! How a run stands to its limits, and what each channel of stress adds.

use super::{Section, dash};
use crate::number::{grouped, percent, short, spoken, with_unit};
use pegstress_risk::limits::Verdict;
use pegstress_risk::questions::attribution::{Attributed, Attribution, Effect};
use pegstress_risk::summary::PathSummary;

/// One row per limit of the scenario.
pub(super) fn limits(paths: &PathSummary, symbol: &str) -> Section {
    let note = "Stated in the scenario. `near`: the 95 % interval of the number reaches over the limit.";
    let mut section = Section::new("Limits", note, &["number", "limit", "found", "verdict"]);
    for verdict in &paths.limits {
        let limit = &verdict.limit;
        let words = |value: f64| with_unit(&limit.metric, value, symbol);
        let bound = match (limit.at_most, limit.at_least) {
            (Some(most), _) => format!("at most {}", words(most)),
            (None, Some(least)) => format!("at least {}", words(least)),
            (None, None) => String::new(),
        };
        section.rows.push(vec![
            format!("{}:{}", limit.metric, limit.statistic),
            bound,
            dash(verdict.value.map(words)),
            verdict_words(verdict).to_owned(),
        ]);
    }
    section
}

/// `breached`, `kept`, with what is near; `not defined` without a number.
fn verdict_words(verdict: &Verdict) -> &'static str {
    match (verdict.is_broken, verdict.is_certain) {
        (None, _) => "not defined",
        (Some(true), Some(false)) => "breached (near)",
        (Some(true), _) => "breached",
        (Some(false), Some(false)) => "kept (near)",
        (Some(false), _) => "kept",
    }
}

/// One row per quantity and channel.
pub(super) fn attribution(found: &Attribution, symbol: &str) -> Section {
    let note = format!(
        "The run less the same run without the channel, path by path with the same random numbers ({} paths), mean \u{b1} standard \
         error. Shares are of what all channels that carry stress add together; they need not add up: the last row of each \
         quantity says by how much. What holds stress up has a negative effect.",
        grouped(found.paths as f64, 0)
    );
    let header =
        ["quantity", "channel", "adds", "share of stress", "median with / without", "95 % with / without"];
    let mut section = Section::new("What each channel adds", &note, &header);
    for one in &found.quantities {
        let row = |name: &str, effect: &Effect| effect_row(one, name, effect, symbol);
        section.rows.push(row("all stress together", &one.total));
        // attribution.csv also has the channels that do nothing to the quantity.
        let moving = one.channels.iter().filter(|(_, effect)| effect.mean != 0.0);
        section.rows.extend(moving.map(|(label, effect)| row(&label.name, effect)));
        let (mean, error) = one.interaction;
        if mean.is_finite() {
            section.rows.push(vec![
                spoken(&one.name),
                "interaction: total less the sum".to_owned(),
                format!("{} \u{b1} {}", with_unit(&one.name, mean, symbol), short(error)),
                dash((one.total.mean != 0.0).then(|| percent(mean / one.total.mean))),
                dash(None),
                dash(None),
            ]);
        }
    }
    section
}

fn effect_row(one: &Attributed, name: &str, effect: &Effect, symbol: &str) -> Vec<String> {
    let pair = |k: usize| {
        let words = |value: f64| with_unit(&one.name, value, symbol);
        format!("{} / {}", words(one.quantiles[k]), words(effect.quantiles_without[k]))
    };
    vec![
        spoken(&one.name),
        name.to_owned(),
        format!("{} \u{b1} {}", with_unit(&one.name, effect.mean, symbol), short(effect.standard_error)),
        dash(effect.share.map(percent)),
        pair(0),
        pair(1),
    ]
}
