//! The exit pipeline of a step, and what it offers to the next who asks.

use super::{Quote, Rates, value};
use crate::block::Block;
use crate::measures::Party;
use crate::plan::Plan;
use crate::scenario::ShockKind;
use pegstress_num::select;

/// The instant path counts as empty below this, ETH.
const LEAST_INSTANT_ETH: f64 = 1.0;

/// The clock serves, exits arrive, the queue is finalised: holders leave the model, arbitrageurs have their capital back.
#[inline(always)]
pub(super) fn pay<const W: usize>(plan: &Plan, block: &mut Block<W>, step: usize, rates: &Rates<W>) {
    let study = &plan.study;
    let step_secs = f64::from(study.step_secs);
    let (recorded_before, recorded_now) = block.network_queue_eth(plan, step);
    let jump = block.shocks.due(plan, step, ShockKind::NetworkQueueEth);
    let redemption = &mut block.redemption;
    if !block.others.clock_is_served {
        for change in &study.network.changes {
            if (change.at_secs / step_secs).floor() == step as f64 {
                redemption.clock.set_churn(change.churn_eth_per_epoch);
            }
        }
        redemption.clock.advance(step_secs, &recorded_before, &recorded_now);
    }
    redemption.clock.reserve(&jump);
    redemption.advance(step, step_secs, block.restake.as_ref().map(|state| &state.survival));
    let mut may = block.breaker.as_ref().map_or([true; W], |breaker| breaker.finalises());
    if study.redemption.pause_stops_claims {
        let paused = block.shocks.pause_left_secs(plan, step);
        for i in 0..W {
            may[i] &= paused[i] <= 0.0;
        }
    }
    let claims = redemption.finalise(step, step_secs, &rates.onchain, &may);
    let mut paid = claims.holders;
    for i in 0..W {
        paid[i] += claims.arbitrage[i];
    }
    value::charge_stayers(plan, block, rates, &paid, &claims.lrt);
    let (mut holders_lost, mut arbitrage_lost) = (claims.holders_marked_down, claims.arbitrage_marked_down);
    for i in 0..W {
        holders_lost[i] = 0.0 - holders_lost[i];
        arbitrage_lost[i] = 0.0 - arbitrage_lost[i];
    }
    block.accounts.is_paid(Party::Redeemers, &holders_lost);
    block.accounts.is_paid(Party::Arbitrageurs, &arbitrage_lost);
    for i in 0..W {
        block.ledger.outside_eth[i] += claims.holders[i];
        block.arbitrage_free_eth[i] += claims.arbitrage[i];
        block.watch.arbitrage_gain[i] -= claims.arbitrage_marked_down[i];
        block.watch.coverage.queue_paid_eth[i] += claims.holders[i];
    }
}

/// Terms of the marginal redemption: instant while that path has room, else the queue's.
#[inline(always)]
pub(super) fn quote<const W: usize>(
    plan: &Plan,
    block: &Block<W>,
    step: usize,
    rates: &Rates<W>,
) -> Quote<W> {
    let redemption = &block.redemption;
    let queue_secs = redemption.queue_delay_secs(step, f64::from(plan.study.step_secs));
    let room = redemption.instant_room_eth();
    let instant_fee = redemption.instant_fee(&[0.0; W]);
    let pause_left = block.shocks.pause_left_secs(plan, step);
    let (mut open, mut closed_secs) = (pause_left.map(|left| left <= 0.0), [0.0; W]);
    if let Some(breaker) = &block.breaker {
        let takes = breaker.is_open();
        closed_secs = breaker.closed_secs();
        for i in 0..W {
            open[i] &= takes[i];
        }
    }
    let zero = [0.0; W];
    let mut quote = Quote { delay_secs: zero, queue_secs, fee: zero, worth: zero, open };
    for i in 0..W {
        let instant = room[i] >= LEAST_INSTANT_ETH;
        let shut = select(instant & open[i], 0.0, closed_secs[i]);
        quote.delay_secs[i] = select(instant, 0.0, queue_secs[i]) + shut + pause_left[i];
        quote.fee[i] = select(instant, instant_fee[i], 0.0);
        quote.worth[i] = select(instant, rates.onchain[i], rates.waiting[i]);
    }
    quote
}
