//! The delay of an exit when what it meets is random.
//!
//! Drawn per path: where in its period the protocol's next order and finalisation fall (uniform), where in the sweep's
//! cycle the validators stand (uniform, mean as stated), and what the network's exit queue does until the order (changes
//! of a record, drawn with replacement). Path `i` is a function of the seed and `i`.

use super::{ExitCase, timeline};
use pegstress_num::Stream;
use pegstress_num::draw::{bits, unit};

/// What is drawn, and how often.
#[derive(Debug, Clone, Copy)]
pub struct Draws<'a> {
    /// Number of paths.
    pub paths: u64,
    /// Seed of every draw.
    pub seed: u64,
    /// Changes of the network's exit queue over `change_secs`, ETH; none: it stays as it is.
    pub queue_changes_eth: &'a [f64],
    /// Time over which a change happens, seconds.
    pub change_secs: f64,
}

/// Delays of one path, seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Delays {
    /// Of the first payment out of the queue or at once.
    pub first_secs: f64,
    /// Of the mean unit.
    pub mean_secs: f64,
    /// Of the last payment.
    pub last_secs: f64,
}

/// Delays of every path; those in which nothing is paid are left out.
pub fn delays(case: &ExitCase, draws: &Draws<'_>) -> Vec<Delays> {
    (0..draws.paths).filter_map(|path| delays_of(case, draws, path)).collect()
}

fn delays_of(case: &ExitCase, draws: &Draws<'_>, path: u64) -> Option<Delays> {
    let uniforms = |step: u32| {
        let (a, b) = bits(draws.seed, path, step, Stream::ExitTimeline);
        (unit(a), unit(b))
    };
    let (order, finalisation) = uniforms(0);
    let (sweep, _) = uniforms(1);
    let until_order_secs = order * case.rules.exits.ordered_every_secs;
    let mut queue_eth = case.queue_eth;
    if !draws.queue_changes_eth.is_empty() {
        let changes = (until_order_secs / draws.change_secs).round() as u32;
        for change in 0..changes {
            let pick = uniforms(2 + change).0 * draws.queue_changes_eth.len() as f64;
            queue_eth = (queue_eth + draws.queue_changes_eth[pick as usize]).max(0.0);
        }
    }
    let drawn = timeline(&ExitCase {
        queue_eth,
        sweep_secs: 2.0 * sweep * case.sweep_secs,
        until_order_secs,
        until_finalisation_secs: finalisation * case.rules.queue.finalised_every_secs,
        ..*case
    });
    Some(Delays {
        first_secs: drawn.first_secs()?,
        mean_secs: drawn.mean_secs()?,
        last_secs: drawn.last_secs()?,
    })
}
