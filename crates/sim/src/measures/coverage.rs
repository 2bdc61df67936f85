//! Whether a token's liquidity covers those who leave: the liquidity coverage ratio of banks, for a redeemable token.
//!
//! ```text
//! LCR_t = (B + (1 - h_L) Q_x + R_t) / O_t            at every step t; the metric is that of the path's end
//! B      what redemption pays at once at the start, ETH
//! Q_x    what the venues pay at the start, all together, for the largest sale at an average price not more than x below the
//!        best marginal price, ETH; x is the middle one of the report's depth discounts
//! h_L    share of the pools' liquidity that providers have taken away at the worst moment up to t
//! R_t    what the redemption queue has paid holders up to t, ETH
//! O_t    what holders have sold and brought to redemption up to t, at the redemption rate, ETH
//! survival time = the first step at which LCR_t < 1
//! ```
//!
//! Forced sales of holders and their redemptions are outflow; sales of liquidators and of owners of loops are not. What
//! arbitrageurs bring in is not cover: the ratio asks whether the token could do without. Not defined before anybody left.

use crate::metric::{Metric, MetricKind, Unit, metric};
use pegstress_num::{Lanes, lesser, select};

/// What is measured of the cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CoverageMeasure {
    /// Cover over outflow at the end.
    Ratio,
    /// First time it is below one; undefined if never.
    SurvivalTime,
}

/// Running state of the cover.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(crate) struct CoverageWatch<const W: usize> {
    /// `B`, ETH.
    pub(crate) buffer_eth: Lanes<W>,
    /// `R_t`, ETH.
    pub(crate) queue_paid_eth: Lanes<W>,
    /// `O_t`, ETH.
    pub(crate) outflow_eth: Lanes<W>,
    ratio: Lanes<W>,
    broken_step: Lanes<W>,
}

impl<const W: usize> CoverageWatch<W> {
    pub(crate) fn new(buffer_eth: Lanes<W>) -> Self {
        Self {
            buffer_eth,
            queue_paid_eth: [0.0; W],
            outflow_eth: [0.0; W],
            ratio: [f64::INFINITY; W],
            broken_step: [f64::INFINITY; W],
        }
    }

    /// The end of step `now` (counted from 1); `market_eth` is `Q_x`.
    #[inline(always)]
    pub(crate) fn see(&mut self, now: f64, market_eth: f64, least_liquidity: &Lanes<W>) {
        for i in 0..W {
            let cover = self.buffer_eth[i] + least_liquidity[i] * market_eth + self.queue_paid_eth[i];
            let outflow = self.outflow_eth[i];
            self.ratio[i] = select(outflow > 0.0, cover / outflow, f64::INFINITY);
            let broken = lesser(self.broken_step[i], now);
            self.broken_step[i] = select(cover < outflow, broken, self.broken_step[i]);
        }
    }

    pub(crate) fn values(&self, measure: CoverageMeasure) -> Lanes<W> {
        match measure {
            CoverageMeasure::Ratio => self.ratio,
            CoverageMeasure::SurvivalTime => self.broken_step,
        }
    }
}

/// The metrics of the cover.
pub(crate) fn metrics(discount_bps: &str) -> Vec<Metric> {
    let ratio = format!(
        "instant buffer, depth at {discount_bps} bps less what providers took away, and redemptions paid, over what holders \
         sold and redeemed; undefined if nobody left"
    );
    let survival = "first time at which that ratio is below one; undefined if never";
    vec![
        metric(MetricKind::Coverage(CoverageMeasure::Ratio), "liquidity_coverage", Unit::Ratio, &ratio),
        metric(MetricKind::Coverage(CoverageMeasure::SurvivalTime), "survival_time", Unit::Hours, survival),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cover_is_buffer_depth_that_is_left_and_what_the_queue_paid() {
        let mut watch = CoverageWatch::<1>::new([100.0]);
        watch.see(1.0, 400.0, &[1.0]);
        assert!(watch.values(CoverageMeasure::Ratio)[0].is_infinite());
        // 100 + 0.5 * 400 + 50 against 700, then 450 more of the queue.
        (watch.outflow_eth, watch.queue_paid_eth) = ([700.0], [50.0]);
        watch.see(2.0, 400.0, &[0.5]);
        assert_eq!(watch.values(CoverageMeasure::Ratio), [0.5]);
        watch.queue_paid_eth = [400.0];
        watch.see(3.0, 400.0, &[0.5]);
        assert_eq!(watch.values(CoverageMeasure::Ratio), [1.0]);
        assert_eq!(watch.values(CoverageMeasure::SurvivalTime), [2.0]);
    }
}
