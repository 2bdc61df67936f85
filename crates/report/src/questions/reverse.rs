//! The answer of `pegstress reverse`.

use super::{Asked, assumed_words, number};
use crate::charts::questions::{draw_break, draw_frontier};
use crate::number::{grouped, level, parameter, percent};
use crate::{File, ReportError, tables};
use pegstress_risk::questions::reverse::{Answer, Break, Crossing, Reverse, Row};
use serde_json::{Value, json};

/// `reverse.csv`, `evaluations.csv`, and `reverse.png` for one key or `frontier.png` for two.
///
/// # Errors
/// When a table or the chart cannot be written.
pub fn render_reverse(asked: Asked<'_>, reverse: &Reverse) -> Result<Vec<File>, ReportError> {
    let chart = match reverse.second {
        None => draw_break(asked, reverse)?,
        Some(_) => draw_frontier(asked, reverse)?,
    };
    let tables = vec![tables::questions::breaks(reverse), tables::questions::evaluations(reverse)];
    asked.files(chart.into_iter().collect(), tables)
}

/// The figures as text for a terminal: name and value.
pub fn reverse_rows(asked: Asked<'_>, reverse: &Reverse) -> Vec<(String, String)> {
    let key = &reverse.search.range.key;
    let mut rows = vec![(
        "limit".to_owned(),
        format!("{} with a probability of {}", reverse.limit, level(reverse.search.probability)),
    )];
    for row in &reverse.rows {
        let place = match (&reverse.second, row.second) {
            (Some(second), Some(value)) => format!("{key}, {} = {}", second.key, parameter(value)),
            _ => key.clone(),
        };
        rows.push((place, crossing_words(reverse, &row.answer)));
    }
    let reversal = reverse.rows.iter().map(|row| row.answer.reversal).fold(0.0, f64::max);
    if reversal > 0.0 {
        rows.push((
            "not monotone".into(),
            format!(
                "the probability moves back by up to {}: the mildest break of {} scanned parts is taken",
                percent(reversal),
                reverse.search.cells
            ),
        ));
    }
    let undefined = reverse.most_undefined();
    if undefined > 0.0 {
        rows.push((
            "not defined".into(),
            format!("in up to {} of the paths of an evaluation, counted as not broken", percent(undefined)),
        ));
    }
    let faults: u64 = reverse.rows.iter().flat_map(|row| &row.answer.trials).map(|trial| trial.faults).sum();
    if faults > 0 {
        rows.push((
            "left out".into(),
            format!("{} paths of all evaluations: faults", grouped(faults as f64, 0)),
        ));
    }
    let (count, paths) = (reverse.evaluations(), grouped(reverse.paths() as f64, 0));
    rows.push(("evaluations".into(), format!("{count} of {paths} paths, all with the same random numbers")));
    let assumed = assumed_words(asked.scenario);
    if !assumed.is_empty() {
        rows.push(("assumptions".into(), assumed));
    }
    rows
}

/// Where the limit breaks, in words.
fn crossing_words(reverse: &Reverse, answer: &Answer) -> String {
    let range = &reverse.search.range;
    match answer.crossing {
        Crossing::Found(at) => {
            let sense = if at.rises { "from" } else { "up to" };
            format!("broken {sense} {} ({})", parameter(at.value), interval_words(&at))
        }
        Crossing::BrokenAtLow => {
            format!("broken at {} already{}", parameter(range.low), share_at(answer, true))
        }
        Crossing::NeverBroken => {
            format!(
                "not broken from {} to {}{}",
                parameter(range.low),
                parameter(range.high),
                share_at(answer, false)
            )
        }
    }
}

fn share_at(answer: &Answer, first: bool) -> String {
    let trial = if first {
        answer.trials.first()
    } else {
        answer
            .trials
            .iter()
            .reduce(|most, one| if one.probability() > most.probability() { one } else { most })
    };
    trial.map_or_else(String::new, |trial| {
        let (low, high) = trial.interval();
        format!(": {} of paths ({} to {})", percent(trial.probability()), percent(low), percent(high))
    })
}

/// `95 % interval 0.0041 to 0.0044`; an end beyond the range is said to be.
pub(crate) fn interval_words(at: &Break) -> String {
    let end = |end: Option<f64>, beyond: &str| end.map_or_else(|| beyond.to_owned(), parameter);
    format!("95 % interval {} to {}", end(at.low, "below the range"), end(at.high, "beyond the range"))
}

/// One sentence for the chart of one key.
pub(crate) fn finding(asked: Asked<'_>, reverse: &Reverse, row: &Row) -> String {
    let (limit, key) = (&reverse.limit, &reverse.search.range.key);
    let at = level(reverse.search.probability);
    match row.answer.crossing {
        Crossing::Found(found) => {
            let sense = if found.rises { "from" } else { "up to" };
            format!(
                "{}: {limit} with a probability of {at} {sense} {key} = {} ({})",
                asked.symbol(),
                parameter(found.value),
                interval_words(&found)
            )
        }
        _ => format!(
            "{}: {limit} with a probability of {at}: {key} {}",
            asked.symbol(),
            crossing_words(reverse, &row.answer)
        ),
    }
}

/// The same as JSON for notebooks.
pub fn reverse_json(asked: Asked<'_>, reverse: &Reverse) -> Value {
    let rows: Vec<Value> = reverse.rows.iter().map(row_json).collect();
    let mut answer = json!({
        "scenario": asked.scenario.name,
        "limit": reverse.limit.to_string(),
        "probability": reverse.search.probability,
        "key": reverse.search.range.key,
        "range": [reverse.search.range.low, reverse.search.range.high],
        "paths": reverse.paths(),
        "evaluations": reverse.evaluations(),
        "most_undefined_share": reverse.most_undefined(),
    });
    if let Some(second) = &reverse.second {
        answer["second_key"] = json!(second.key);
        answer["rows"] = Value::Array(rows);
    } else if let (Some(Value::Object(row)), Value::Object(answer)) = (rows.into_iter().next(), &mut answer) {
        answer.extend(row.into_iter().filter(|(key, _)| key != "second_value"));
    }
    answer
}

fn row_json(row: &Row) -> Value {
    let (word, at) = match row.answer.crossing {
        Crossing::Found(at) => ("found", Some(at)),
        Crossing::BrokenAtLow => ("broken_at_low", None),
        Crossing::NeverBroken => ("never_broken", None),
    };
    json!({
        "second_value": number(row.second),
        "outcome": word,
        "value": number(at.map(|at| at.value)),
        "low": number(at.and_then(|at| at.low)),
        "high": number(at.and_then(|at| at.high)),
        "rises": at.map(|at| at.rises),
        "reversal": row.answer.reversal,
    })
}
