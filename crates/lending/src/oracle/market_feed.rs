//! A market price that is pushed when it has moved enough or is old enough.
//!
//! ```text
//! age    += dt
//! due     = age >= heartbeat  or  |market - pushed| >= deviation * pushed
//! pushed  = due ? market : pushed          age = due ? 0 : age
//! ```
//!
//! A frozen lane ages and is not pushed. A step sees the market once: a feed with a heartbeat below the step pushes in every step, and a price that leaves and
//! comes back within a step is not seen.

use pegstress_num::{Lanes, select};

#[derive(Debug, Clone)]
#[repr(align(64))]
pub(super) struct MarketFeed<const W: usize> {
    heartbeat_secs: f64,
    deviation: f64,
    age_secs: Lanes<W>,
}

impl<const W: usize> MarketFeed<W> {
    /// Just pushed.
    #[inline(always)]
    pub(super) fn new(heartbeat_secs: f64, deviation: f64) -> Self {
        Self { heartbeat_secs, deviation, age_secs: [0.0; W] }
    }

    #[inline(always)]
    pub(super) fn age(&mut self, step_secs: f64) {
        for age in &mut self.age_secs {
            *age += step_secs;
        }
    }

    #[inline(always)]
    pub(super) fn push_if_due(
        &mut self,
        market_price: &Lanes<W>,
        pushed: &mut Lanes<W>,
        frozen: Option<&[bool; W]>,
    ) {
        let mut due = [0.0; W];
        for i in 0..W {
            let moved = (market_price[i] - pushed[i]).abs() >= self.deviation * pushed[i];
            due[i] = select(moved | (self.age_secs[i] >= self.heartbeat_secs), 1.0, 0.0);
        }
        if let Some(frozen) = frozen {
            for i in 0..W {
                due[i] = select(frozen[i], 0.0, due[i]);
            }
        }
        for i in 0..W {
            pushed[i] = select(due[i] > 0.0, market_price[i], pushed[i]);
            self.age_secs[i] = select(due[i] > 0.0, 0.0, self.age_secs[i]);
        }
    }
}
