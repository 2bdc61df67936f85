//! Tables of several tokens in one run.
//!
//! `joint.csv`: how often, how many and for how long tokens are below a threshold at once. `contagion.csv`: what drives each
//! token's holders, and how much deeper it fell than alone. `channels.csv`: how much deeper than with one channel cut.
//! `correlation.csv`: depths against each other.

use super::{Table, level_name};
use crate::joint::Joint;
use crate::number::{cell, cell_or_empty};
use pegstress_risk::joint::TogetherSummary;
use pegstress_risk::summary::Probability;

/// All of them.
pub(crate) fn all(joint: Joint<'_>) -> Vec<Table> {
    vec![together(joint), contagion(joint), channels(joint), correlation(joint), assumptions(joint)]
}

fn together(joint: Joint<'_>) -> Table {
    let header = ["threshold_bps", "statistic", "tokens", "given", "value", "low", "high", "events", "paths"];
    let mut table = Table::new("joint.csv", &header);
    for one in &joint.summary.together {
        push_counts(&mut table, one);
        push_pairs(&mut table, joint, one);
    }
    table
}

fn bps(together: &TogetherSummary) -> String {
    cell(1e4 * together.threshold, 4)
}

fn push_probability(table: &mut Table, threshold: &str, words: [String; 3], p: &Probability) {
    let [statistic, tokens, given] = words;
    table.push(vec![
        threshold.to_owned(),
        statistic,
        tokens,
        given,
        cell(p.estimate, 9),
        cell(p.low, 9),
        cell(p.high, 9),
        p.events.to_string(),
        p.count.to_string(),
    ]);
}

fn push_counts(table: &mut Table, one: &TogetherSummary) {
    let threshold = bps(one);
    for (k, p) in one.at_least.iter().enumerate() {
        let words = ["probability_at_once".into(), format!("{} or more", k + 1), String::new()];
        push_probability(table, &threshold, words, p);
    }
    let paths = one.hours_two_or_more.count.to_string();
    let mut push = |statistic: &str, tokens: &str, value: f64, ends: [Option<f64>; 2], decimals: usize| {
        table.push(vec![
            threshold.clone(),
            statistic.to_owned(),
            tokens.to_owned(),
            String::new(),
            cell(value, decimals),
            cell_or_empty(ends[0], decimals),
            cell_or_empty(ends[1], decimals),
            String::new(),
            paths.clone(),
        ]);
    };
    push("mean_largest_number_at_once", "", one.mean_most_at_once, [None; 2], 6);
    let hours = &one.hours_two_or_more;
    let (mean, error) = hours.mean.unwrap_or((f64::NAN, f64::NAN));
    push("mean_time_hours", "2 or more", mean, [None; 2], 4);
    push("standard_error_time_hours", "2 or more", error, [None; 2], 4);
    for q in &hours.quantiles {
        push(&format!("{}_time_hours", level_name(q.level)), "2 or more", q.value, [q.low, q.high], 3);
    }
}

fn push_pairs(table: &mut Table, joint: Joint<'_>, one: &TogetherSummary) {
    let threshold = bps(one);
    for pair in &one.pairs {
        let [first, second] = [pair.first, pair.second].map(|member| joint.symbol(member).to_owned());
        let both = format!("{first}+{second}");
        let mut push = |p: &Probability, given: String| {
            push_probability(table, &threshold, ["probability_at_once".into(), both.clone(), given], p);
        };
        push(&pair.both, String::new());
        for (given, p) in [(first, &pair.given_first), (second, &pair.given_second)] {
            if let Some(p) = p {
                push(p, given);
            }
        }
    }
}

fn contagion(joint: Joint<'_>) -> Table {
    let measured = [
        "token",
        "mean_deepest_alone_bps",
        "mean_deepest_joint_bps",
        "deeper_bps",
        "standard_error_bps",
        "share_of_paths_deeper",
        "largest_difference_bps",
        "paths",
    ];
    let driven: Vec<String> =
        joint.symbols().iter().map(|one| format!("exits_by_discount_of_{one}_pct_per_day_per_bps")).collect();
    let header: Vec<&str> = measured.into_iter().chain(driven.iter().map(String::as_str)).collect();
    let mut table = Table::new("contagion.csv", &header);
    for (member, one) in joint.summary.against_alone.iter().enumerate() {
        let mut row = vec![
            joint.symbol(member).to_owned(),
            cell(one.other_bps, 4),
            cell(one.joint_bps, 4),
            cell(one.deeper_bps, 4),
            cell(one.standard_error_bps, 4),
            cell(one.share_deeper, 6),
            cell(one.most_deeper_bps, 3),
            one.pairs.to_string(),
        ];
        // From fractions per unit of discount back to per cent per bp.
        let row_of_matrix = joint.scenario.study.coupling.contagion.as_ref().map(|contagion| {
            contagion.per_discount_per_day[member].iter().map(|c| cell(c * 1e-2, 9)).collect::<Vec<_>>()
        });
        row.extend(row_of_matrix.unwrap_or_else(|| vec!["0".into(); driven.len()]));
        table.push(row);
    }
    table
}

fn channels(joint: Joint<'_>) -> Table {
    let header = ["channel", "token", "deeper_bps", "standard_error_bps", "share_of_paths_deeper", "paths"];
    let mut table = Table::new("channels.csv", &header);
    for effect in &joint.summary.channels {
        for (member, one) in effect.tokens.iter().enumerate() {
            table.push(vec![
                effect.channel.word().to_owned(),
                joint.symbol(member).to_owned(),
                cell(one.deeper_bps, 4),
                cell(one.standard_error_bps, 4),
                cell(one.share_deeper, 6),
                one.pairs.to_string(),
            ]);
        }
    }
    table
}

fn correlation(joint: Joint<'_>) -> Table {
    let header = ["first", "second", "pearson_of_deepest_bps", "spearman_of_deepest_bps"];
    let mut table = Table::new("correlation.csv", &header);
    for (i, row) in joint.summary.correlations.iter().enumerate() {
        for (j, one) in row.iter().enumerate().skip(i + 1) {
            table.push(vec![
                joint.symbol(i).to_owned(),
                joint.symbol(j).to_owned(),
                cell_or_empty(one.pearson, 6),
                cell_or_empty(one.spearman, 6),
            ]);
        }
    }
    table
}

fn assumptions(joint: Joint<'_>) -> Table {
    super::assumptions::table_of(&joint.scenario.assumptions)
}
