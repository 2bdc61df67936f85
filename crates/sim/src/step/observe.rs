//! The running metrics of a step.

use super::Quote;
use crate::block::Block;
use crate::plan::Plan;
use pegstress_amm::route;
use pegstress_num::{Lanes, greater, lesser, select};

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
    let size = plan.report.reference_size_lrt();
    // What finds no buyer brings nothing: a size that the venues do not take is not executable.
    let executable = route::quote_sell(&block.venues, &[size; W]);
    let per_size = 1.0 / size;
    let hold = plan.report.recovery_hold_secs / f64::from(plan.study.step_secs);
    let level = plan.report.recovery_discount;
    let watch = &mut block.watch;
    for i in 0..W {
        let close = block.discount[i];
        let deeper = close > watch.deepest_close[i];
        watch.deepest_close[i] = select(deeper, close, watch.deepest_close[i]);
        watch.trough_step[i] = select(deeper, now, watch.trough_step[i]);
        watch.deepest_print[i] = greater(print[i], watch.deepest_print[i]);
        let paid = 1.0 - executable[i] * per_size * inverse_nav[i];
        watch.deepest_executable[i] = greater(paid, watch.deepest_executable[i]);
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
        for i in 0..W {
            let beyond = block.discount[i] > *threshold;
            above[i] += select(beyond, 1.0, 0.0);
            first[i] = select(beyond, lesser(first[i], now), first[i]);
        }
    }
}
