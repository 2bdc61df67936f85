//! Tallies of a joint run and of each token alone to a summary.

use super::correlation::{pearson, ranks};
use super::summary::{ChannelEffect, Correlation, Deepening, JointSummary, PairSummary, TogetherSummary};
use super::tally::{Counts, Depths, JointTally};
use crate::summarise_paths::{metric_summary, probability, summarise_paths};
use pegstress_sim::joint::{Channel, JointPlan, pair_index};
use pegstress_sim::{Metric, MetricKind, Unit};

/// The summary of a joint run; `alone` has each token's run by itself, in the same order, and `without` runs with a channel cut,
/// over some or all of the paths.
pub fn summarise_joint(
    plan: &JointPlan,
    tally: &JointTally,
    alone: &[Depths],
    without: &[(Channel, JointTally)],
) -> JointSummary {
    let depths = tally.depths();
    let of_token = |member: usize| depths.iter().map(|(_, row)| row[member]).collect::<Vec<f64>>();
    let columns: Vec<Vec<f64>> = (0..plan.members.len()).map(of_token).collect();
    JointSummary {
        members: plan.members.iter().zip(&tally.members).map(|(p, t)| summarise_paths(p, t)).collect(),
        eth_imbalance: tally.imbalance,
        together: plan
            .thresholds
            .iter()
            .zip(&tally.together)
            .map(|(threshold, counts)| together(*threshold, counts, tally.sound))
            .collect(),
        correlations: correlations(&columns),
        against_alone: alone
            .iter()
            .enumerate()
            .filter_map(|(member, alone)| deepening(member, &depths, &alone.rows()))
            .collect(),
        channels: without.iter().map(|(channel, tally)| effect(*channel, &depths, tally)).collect(),
    }
}

fn together(threshold: f64, counts: &Counts, sound: u64) -> TogetherSummary {
    let bps = (threshold * 1e8).round() / 1e4;
    let at_least = |(k, events): (usize, &u64)| {
        let tokens = k + 1;
        let name = format!("{tokens}_or_more_above_{bps}bps_at_once");
        let meaning =
            format!("some step closes with {tokens} or more tokens more than {bps} bps below at once");
        probability(MetricKind::DeepestClose, name, meaning, *events, sound)
    };
    let mut pairs = Vec::new();
    for second in 1..counts.below.len() {
        for first in 0..second {
            let both = counts.pairs[pair_index(first, second)];
            let name = |what: &str| format!("both_above_{bps}bps_at_once{what}");
            let meaning =
                |among: &str| format!("some step closes with both more than {bps} bps below{among}");
            let given = |token: usize, what: &str| {
                probability(
                    MetricKind::DeepestClose,
                    name(what),
                    meaning(", of the paths of one"),
                    both,
                    counts.below[token],
                )
            };
            if let Some(of_all) = probability(MetricKind::DeepestClose, name(""), meaning(""), both, sound) {
                pairs.push(PairSummary {
                    first,
                    second,
                    both: of_all,
                    given_first: given(first, "_given_first"),
                    given_second: given(second, "_given_second"),
                });
            }
        }
    }
    let hours = Metric {
        kind: MetricKind::TimeAbove(0),
        name: format!("time_two_or_more_above_{bps}bps_hours"),
        meaning: format!("time with two or more tokens more than {bps} bps below at once"),
        unit: Unit::Hours,
    };
    TogetherSummary {
        threshold,
        at_least: counts.at_least.iter().enumerate().filter_map(at_least).collect(),
        mean_most_at_once: counts.at_least.iter().sum::<u64>() as f64 / sound as f64,
        hours_two_or_more: metric_summary(&hours, &counts.hours),
        pairs,
    }
}

fn correlations(columns: &[Vec<f64>]) -> Vec<Vec<Correlation>> {
    let ranked: Vec<Vec<f64>> = columns.iter().map(|column| ranks(column)).collect();
    let cell = |i: usize, j: usize| Correlation {
        pearson: pearson(&columns[i], &columns[j]),
        spearman: pearson(&ranked[i], &ranked[j]),
    };
    let all = 0..columns.len();
    all.clone().map(|i| all.clone().map(|j| cell(i, j)).collect()).collect()
}

/// What a run with one channel cut says of each token.
fn effect(channel: Channel, joint: &[(u64, Vec<f64>)], without: &JointTally) -> ChannelEffect {
    let without = without.depths();
    let members = without.first().map_or(0, |row| row.1.len());
    let of_token = |member: usize| {
        let rows: Vec<(u64, f64)> = without.iter().map(|(path, row)| (*path, row[member])).collect();
        deepening(member, joint, &rows)
    };
    ChannelEffect { channel, tokens: (0..members).filter_map(of_token).collect() }
}

/// Both in the order of paths; `None` without a path that is sound in both runs.
fn deepening(member: usize, joint: &[(u64, Vec<f64>)], other: &[(u64, f64)]) -> Option<Deepening> {
    let mut at = 0;
    let mut pairs = Vec::new();
    for (path, row) in joint {
        while other.get(at).is_some_and(|one| one.0 < *path) {
            at += 1;
        }
        if let Some((_, depth)) = other.get(at).filter(|one| one.0 == *path) {
            pairs.push((*depth, row[member]));
        }
    }
    if pairs.is_empty() {
        return None;
    }
    let n = pairs.len() as f64;
    let mean = |value: fn(&(f64, f64)) -> f64| pairs.iter().map(value).sum::<f64>() / n;
    let deeper = mean(|(other, joint)| joint - other);
    let squares: f64 = pairs.iter().map(|(o, j)| (j - o - deeper) * (j - o - deeper)).sum();
    let error = if pairs.len() > 1 { (squares / (n - 1.0) / n).sqrt() } else { f64::NAN };
    Some(Deepening {
        pairs: pairs.len() as u64,
        other_bps: mean(|pair| pair.0),
        joint_bps: mean(|pair| pair.1),
        deeper_bps: deeper,
        standard_error_bps: error,
        share_deeper: pairs.iter().filter(|(other, joint)| joint > other).count() as f64 / n,
        most_deeper_bps: pairs.iter().map(|(o, j)| j - o).fold(f64::NEG_INFINITY, f64::max),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use pegstress_num::LogHistogram;

    /// A hundred paths of two tokens: 40 with one or more below, 10 with both at once; the first one below in 15, the second
    /// in 35; both for 3 hours.
    fn counts() -> Counts {
        let mut hours = LogHistogram::new(10);
        (0..100).for_each(|path| hours.add(if path < 10 { 3.0 } else { 0.0 }));
        Counts { at_least: vec![40, 10], below: vec![15, 35], pairs: vec![10], hours }
    }

    #[test]
    fn probabilities_of_tokens_at_once_are_counts_over_the_sound_paths() {
        let summary = together(0.01, &counts(), 100);
        let estimates: Vec<f64> = summary.at_least.iter().map(|p| p.estimate).collect();
        assert_eq!(estimates, [0.4, 0.1]);
        // Clopper and Pearson, 10 of 100: 4.90 % to 17.62 %.
        let two = &summary.at_least[1];
        assert!((two.low - 0.0490).abs() < 5e-5 && (two.high - 0.1762).abs() < 5e-5);
        // One at once in 30 paths, two in 10.
        assert!((summary.mean_most_at_once - 0.5).abs() < 1e-15);
        let mean = summary.hours_two_or_more.mean.expect("a mean").0;
        // Sums of hours are multiples of 2^-40.
        assert!((mean - 0.3).abs() < 1e-11, "{mean}");
    }

    #[test]
    fn a_pair_given_one_is_counted_over_the_paths_of_that_one() {
        let summary = together(0.01, &counts(), 100);
        let pair = &summary.pairs[0];
        assert_eq!((pair.first, pair.second, pair.both.estimate), (0, 1, 0.1));
        let given = |p: &Option<crate::summary::Probability>| p.as_ref().map(|p| (p.events, p.count));
        assert_eq!((given(&pair.given_first), given(&pair.given_second)), (Some((10, 15)), Some((10, 35))));
    }

    #[test]
    fn a_token_that_is_never_below_conditions_nothing() {
        let never = Counts { at_least: vec![35, 0], below: vec![0, 35], pairs: vec![0], ..counts() };
        let summary = together(0.01, &never, 100);
        assert!(summary.pairs[0].given_first.is_none());
        // None seen is a bound, not a zero: 1 - 0.025^(1/100).
        assert!((summary.at_least[1].high - 0.0362).abs() < 5e-5, "{}", summary.at_least[1].high);
    }

    #[test]
    fn depths_are_compared_path_by_path_where_both_runs_are_sound() {
        let joint = [(0, vec![10.0]), (2, vec![30.0]), (3, vec![20.0]), (7, vec![1.0])];
        // Path 2 broke alone, path 5 in the joint run. Differences 4, 8 and 0: mean 4, variance 16.
        let alone = Depths::of_rows(vec![(7, 1.0), (0, 6.0), (3, 12.0), (5, 99.0)]);
        let found = deepening(0, &joint, &alone.rows()).expect("three pairs");
        assert_eq!((found.pairs, found.deeper_bps, found.most_deeper_bps), (3, 4.0, 8.0));
        assert!((found.standard_error_bps - 4.0 / 3.0_f64.sqrt()).abs() < 1e-15);
        assert_eq!(found.share_deeper, 2.0 / 3.0);
        assert_eq!(deepening(0, &[], &alone.rows()), None);
    }
}
