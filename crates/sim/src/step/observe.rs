//! The running metrics of a step.

use super::Quote;
use crate::block::Block;
use crate::plan::Plan;
use pegstress_amm::route;
use pegstress_num::{Lanes, greater, lesser, select};

/// Looks at the marginal price of every venue; returns the best.
#[inline(always)]
pub(super) fn look<const W: usize>(block: &mut Block<W>) -> Lanes<W> {
    let mut best = [0.0; W];
    for (venue, watch) in block.venues.iter().zip(&mut block.watch.venues) {
        let price = watch.look(venue);
        for i in 0..W {
            best[i] = greater(price[i], best[i]);
        }
    }
    best
}

/// Discount of the `best` marginal price after sales and liquidations, which were looked at last; each venue's own is noted.
#[inline(always)]
pub(super) fn print<const W: usize>(
    block: &mut Block<W>,
    best: &Lanes<W>,
    inverse_nav: &Lanes<W>,
) -> Lanes<W> {
    for (venue, watch) in block.venues.iter().zip(&mut block.watch.venues) {
        watch.print(&venue.reserves(), inverse_nav);
    }
    let mut discount = [0.0; W];
    for i in 0..W {
        discount[i] = 1.0 - best[i] * inverse_nav[i];
    }
    discount
}

/// Updates the running metrics. Times are counted in steps, the end of the first step being 1.
#[inline(always)]
pub(super) fn observe<const W: usize>(
    plan: &Plan,
    block: &mut Block<W>,
    step: usize,
    inverse_nav: &Lanes<W>,
    print: &Lanes<W>,
    quote: &Quote<W>,
) {
    let now = (step + 1) as f64;
    if plan.measures_depth(step) {
        measure_depth(plan, block);
    }
    block.watch.executable.see(&block.venues, plan.report.reference_size_lrt(), inverse_nav);
    let hold = plan.report.recovery_hold_secs / f64::from(plan.study.step_secs);
    let level = plan.report.recovery_discount;
    let watch = &mut block.watch;
    for i in 0..W {
        let close = block.discount[i];
        let deeper = close > watch.deepest_close[i];
        watch.deepest_close[i] = select(deeper, close, watch.deepest_close[i]);
        watch.trough_step[i] = select(deeper, now, watch.trough_step[i]);
        watch.trough.delay_secs[i] = select(deeper, quote.delay_secs[i], watch.trough.delay_secs[i]);
        watch.deepest_print[i] = greater(print[i], watch.deepest_print[i]);
        watch.discount_sum[i] += greater(close, 0.0);

        let beyond = close > level;
        watch.breach[i] = select(beyond, lesser(watch.breach[i], now), watch.breach[i]);
        watch.calm_since[i] = select(beyond, f64::INFINITY, lesser(watch.calm_since[i], now));
        let held = now - watch.calm_since[i] >= hold;
        let after_breach = watch.breach[i] < watch.calm_since[i];
        let returned = select(held & after_breach, watch.calm_since[i], f64::INFINITY);
        watch.recovered[i] = select(deeper, f64::INFINITY, lesser(watch.recovered[i], returned));

        watch.longest_delay[i] = greater(quote.delay_secs[i], watch.longest_delay[i]);
        watch.longest_pipeline[i] = greater(quote.queue_secs[i], watch.longest_pipeline[i]);
        watch.least_liquidity[i] = lesser(block.liquidity_share[i], watch.least_liquidity[i]);
    }
    for (k, threshold) in plan.report.thresholds.iter().enumerate() {
        let (above, first) = (&mut watch.steps_above[k], &mut watch.first_passage[k]);
        let last = &mut watch.last_passage[k];
        for i in 0..W {
            let beyond = block.discount[i] > *threshold;
            above[i] += select(beyond, 1.0, 0.0);
            first[i] = select(beyond, lesser(first[i], now), first[i]);
            last[i] = select(beyond, now, last[i]);
        }
    }
    watch.coverage.see(now, plan.exit_depth_eth, &watch.least_liquidity);
}

/// Tokens that all venues take until the marginal price is each of the report's discounts below the best one now.
#[inline(always)]
fn measure_depth<const W: usize>(plan: &Plan, block: &mut Block<W>) {
    let best = route::best_marginal_price(&block.venues);
    for (discount, least) in plan.report.depth_discounts.iter().zip(&mut block.watch.least_exit_depth_lrt) {
        let (mut limit, mut depth) = ([0.0; W], [0.0; W]);
        for i in 0..W {
            limit[i] = best[i] * (1.0 - discount);
        }
        for venue in &block.venues {
            let lrt = venue.lrt_to_price(&limit);
            for i in 0..W {
                depth[i] += greater(lrt[i], 0.0);
            }
        }
        for i in 0..W {
            least[i] = lesser(depth[i], least[i]);
        }
    }
}
