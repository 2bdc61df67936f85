//! The page of several tokens together.

use super::sections::Section;
use super::{Page, about, assumptions, images, warnings, write};
use crate::charts::Chart;
use crate::headline::probability_words;
use crate::joint::{Joint, joint_rows};
use crate::number::{grouped, percent, short};
use crate::{File, ReportError};
use pegstress_risk::summary::Probability;

/// Largest relative imbalance that rounding explains.
const BALANCE_TOLERANCE: f64 = 1e-9;

const UNSTATED: [&str; 5] = [
    "A distribution over the stated scenario, not a forecast: the scenario itself has no probability here.",
    "Intervals are Monte-Carlo error only. Wrong parameters, a wrong matrix and wrong equations are not in them.",
    "Alone means the same token with the same draws, its own exit clock, capital and lenders, and no contagion: the difference is \
     all of what is shared, not the matrix by itself.",
    "At once means at the end of the same step: tokens that fall one after another within a step count, those that miss each other \
     by a step do not.",
    "Pools that hold two of the tokens, common operators and common liquidity providers are not in the run.",
];

/// `index.html` of the tokens together.
pub(crate) fn fill_in(joint: Joint<'_>, charts: &[Chart]) -> Result<File, ReportError> {
    let scenario = joint.scenario;
    let first = joint.summary.members.first();
    let mut faults = first.map_or_else(Vec::new, warnings::faults_of_paths);
    if joint.summary.eth_imbalance > BALANCE_TOLERANCE {
        faults.push(format!(
            "The common books are violated by up to {:e} of the ETH.",
            joint.summary.eth_imbalance
        ));
    }
    write(&Page {
        name: &scenario.name,
        title: &scenario.title,
        story: &scenario.story,
        about: about(&scenario.provenance),
        headline: joint_rows(scenario, joint.summary),
        faults,
        images: images(charts),
        sections: [tokens(joint), channels(joint), matrix(joint), at_once(joint), pairs(joint)]
            .into_iter()
            .filter(|section| !section.is_empty())
            .collect(),
        assumptions: assumptions(&scenario.assumptions),
        unstated: &UNSTATED,
        manifest: joint.manifest.repeatable_json()?,
        version: &joint.manifest.program_version,
    })
}

fn tokens(joint: Joint<'_>) -> Section {
    let mut section = Section::new(
        "Each token, together and alone",
        "Deepest discount at the end of a step. The same paths with the same draws are run with each token by itself; ± is the \
         standard error of the paired difference.",
        &[
            "token",
            "mean alone",
            "mean together",
            "deeper by",
            "paths deeper",
            "largest difference",
            "its report",
        ],
    );
    for (member, one) in joint.summary.against_alone.iter().enumerate() {
        let symbol = joint.symbol(member);
        section.push(vec![
            symbol.to_owned(),
            format!("{} bps", short(one.other_bps)),
            format!("{} bps", short(one.joint_bps)),
            format!("{} ± {} bps", short(one.deeper_bps), short(one.standard_error_bps)),
            percent(one.share_deeper),
            format!("{} bps", short(one.most_deeper_bps)),
            format!("{symbol}/index.html"),
        ]);
    }
    section
}

fn channels(joint: Joint<'_>) -> Section {
    let mut header = vec!["cut", "paths"];
    header.extend(joint.symbols());
    let mut section = Section::new(
        "What each channel adds",
        "How much deeper each token falls on average, bps ± standard error, than in the same run with one channel cut and all others \
         there, with the same draws. Channels strengthen each other: the parts do not add up to the whole.",
        &header,
    );
    for effect in &joint.summary.channels {
        let paths = effect.tokens.first().map_or(0, |one| one.pairs);
        let mut row = vec![effect.channel.word().replace('_', " "), grouped(paths as f64, 0)];
        let words = effect
            .tokens
            .iter()
            .map(|one| format!("{} ± {}", short(one.deeper_bps), short(one.standard_error_bps)));
        row.extend(words);
        section.push(row);
    }
    section
}

fn matrix(joint: Joint<'_>) -> Section {
    let mut header = vec!["holders of"];
    header.extend(joint.symbols());
    let Some(contagion) = &joint.scenario.study.coupling.contagion else {
        return Section::new("Contagion", "", &header);
    };
    let note = format!(
        "Per cent of the float that leaves per day for each bp by which the token of the column is more than {} bps below its \
         redemption rate.",
        short(1e4 * contagion.threshold)
    );
    let mut section = Section::new("Contagion", &note, &header);
    for (member, row) in contagion.per_discount_per_day.iter().enumerate() {
        let mut cells = vec![joint.symbol(member).to_owned()];
        cells.extend(
            row.iter().map(|c| if *c == 0.0 { "–".into() } else { crate::number::cell(c * 1e-2, 9) }),
        );
        section.push(cells);
    }
    section
}

fn at_once(joint: Joint<'_>) -> Section {
    let mut section = Section::new(
        "Tokens below a threshold at once",
        "Exact 95 % binomial intervals. Time with two or more tokens: mean over all paths, and its 95 % and 99 % quantiles.",
        &[
            "threshold",
            "tokens at once",
            "probability",
            "mean largest number",
            "mean time of two",
            "95 %",
            "99 %",
        ],
    );
    for one in &joint.summary.together {
        let hours = |level: f64| {
            let found = crate::finding::quantile(&one.hours_two_or_more, level);
            found.map_or_else(|| "–".into(), |hours| format!("{} h", short(hours)))
        };
        for (k, p) in one.at_least.iter().enumerate() {
            let of_two = |words: String| if k == 1 { words } else { String::new() };
            let mean = one.hours_two_or_more.mean.map_or_else(|| "–".into(), |m| format!("{} h", short(m.0)));
            section.push(vec![
                format!("{} bps", grouped(1e4 * one.threshold, 0)),
                format!("{} or more", k + 1),
                probability_words(p),
                if k == 0 { grouped(one.mean_most_at_once, 3) } else { String::new() },
                of_two(mean),
                of_two(hours(0.95)),
                of_two(hours(0.99)),
            ]);
        }
    }
    section
}

fn pairs(joint: Joint<'_>) -> Section {
    let mut section = Section::new(
        "Pairs",
        "Both below at the end of the same step; then the same of the paths in which the first, or the second, is ever below.",
        &["threshold", "pair", "both", "if the first", "if the second"],
    );
    let words = |p: &Option<Probability>| p.as_ref().map_or_else(|| "–".into(), probability_words);
    for one in &joint.summary.together {
        for pair in &one.pairs {
            section.push(vec![
                format!("{} bps", grouped(1e4 * one.threshold, 0)),
                format!("{}, {}", joint.symbol(pair.first), joint.symbol(pair.second)),
                probability_words(&pair.both),
                words(&pair.given_first),
                words(&pair.given_second),
            ]);
        }
    }
    section
}
