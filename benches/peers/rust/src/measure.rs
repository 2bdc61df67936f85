//! Two functions over the same inputs: whether they agree, and how long each takes.

use std::fmt::Debug;
use std::hint::black_box;
use std::time::Instant;

/// Rounds in turns, of which the quickest counts: what else the machine does only adds to a time.
const ROUNDS: usize = 25;
/// Calls of a round are as many as take this long.
const ROUND_SECS: f64 = 0.01;

/// A line of the table.
pub struct Row {
    /// Crate and version.
    pub peer: &'static str,
    /// What was computed.
    pub operation: String,
    /// Per call.
    pub theirs_ns: f64,
    /// Per call.
    pub ours_ns: f64,
    /// The first input with different results, if there is one.
    pub difference: Option<String>,
}

/// Compares, then measures.
pub fn side_by_side<I: Debug, O: PartialEq + Debug>(
    peer: &'static str,
    operation: &str,
    inputs: &[I],
    theirs: impl Fn(&I) -> O,
    ours: impl Fn(&I) -> O,
) -> Row {
    let differs = |input: &&I| theirs(input) != ours(input);
    let difference = inputs.iter().find(differs).map(|input| {
        let count = inputs.iter().filter(differs).count();
        format!("{count} of {} differ: {input:?}: {:?}, ours {:?}", inputs.len(), theirs(input), ours(input))
    });
    let pass = |call: &dyn Fn(&I) -> O, passes: usize| {
        let start = Instant::now();
        for input in (0..passes).flat_map(|_| inputs) {
            black_box(call(black_box(input)));
        }
        start.elapsed().as_secs_f64() / (passes * inputs.len()) as f64
    };
    let passes = |call: &dyn Fn(&I) -> O| {
        let once = pass(call, 10) * inputs.len() as f64;
        (ROUND_SECS / once).ceil() as usize
    };
    let (passes_of_theirs, passes_of_ours) = (passes(&theirs), passes(&ours));
    let (mut theirs_secs, mut ours_secs) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..ROUNDS {
        theirs_secs = theirs_secs.min(pass(&theirs, passes_of_theirs));
        ours_secs = ours_secs.min(pass(&ours, passes_of_ours));
    }
    let operation = operation.to_owned();
    Row { peer, operation, theirs_ns: 1e9 * theirs_secs, ours_ns: 1e9 * ours_secs, difference }
}
