//! When the queue is paid: finalisations, daily cap, batches, age.

use super::{ExitCase, Payment, Pipeline};

/// Payments of a queue that is finalised as ETH arrives are told in pieces of this length, seconds.
const PIECE_SECS: f64 = 3600.0;
/// Pieces at most: an exit of many years is told coarsely.
const MOST_PIECES: f64 = 5_000.0;
/// What is left below this is paid, ETH.
const DUST_ETH: f64 = 1e-6;

/// The first finalisation at or after `secs`.
pub(super) fn next_finalisation_secs(case: &ExitCase, secs: f64) -> f64 {
    let every = case.rules.queue.finalised_every_secs;
    if every <= 0.0 {
        return secs;
    }
    let periods = ((secs - case.until_finalisation_secs) / every).ceil().max(0.0);
    case.until_finalisation_secs + periods * every
}

/// Payments of what waits, and what no full batch takes up.
pub(super) fn payments(case: &ExitCase, pipeline: &Pipeline<'_>, at_hand_eth: f64) -> (Vec<Payment>, f64) {
    let queue = &case.rules.queue;
    let waiting = at_hand_eth + pipeline.fetched_eth;
    let batches =
        if queue.batch_eth > 0.0 { (waiting / queue.batch_eth).floor() * queue.batch_eth } else { waiting };
    let mut list = Vec::new();
    if batches <= DUST_ETH {
        return (list, waiting.max(0.0));
    }
    let piece = if queue.finalised_every_secs > 0.0 {
        queue.finalised_every_secs
    } else {
        let arrivals = pipeline.arrives_secs(pipeline.fetched_eth) - pipeline.arrives_secs(0.0);
        PIECE_SECS.max(arrivals / MOST_PIECES)
    };
    let cap = queue.cap_eth_per_sec * piece;
    // The first time at which something can be paid.
    let ready = if at_hand_eth > 0.0 { 0.0 } else { pipeline.arrives_secs(0.0) };
    let mut secs = next_finalisation_secs(case, ready.max(queue.minimum_age_secs));
    let mut paid = 0.0;
    while paid < batches - DUST_ETH {
        let there = (at_hand_eth + pipeline.arrived_eth(secs)).min(batches);
        let whole = if queue.batch_eth > 0.0 {
            (there / queue.batch_eth + 1e-9).floor() * queue.batch_eth
        } else {
            there
        };
        let eth = (whole - paid).max(0.0).min(cap);
        if eth > DUST_ETH {
            paid += eth;
            list.push(Payment { secs: secs + queue.claim_delay_secs, eth });
        }
        secs = if eth > DUST_ETH && cap.is_infinite() && queue.finalised_every_secs <= 0.0 {
            // The last unit is paid when it arrives, not at the end of its piece.
            (secs + piece).min(pipeline.arrives_secs(pipeline.fetched_eth).max(secs))
        } else {
            secs + piece
        };
        if list.len() as f64 > 2.0 * MOST_PIECES {
            break;
        }
    }
    (list, waiting - paid)
}
