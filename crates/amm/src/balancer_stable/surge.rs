//! The StableSurge hook: a fee that grows with the imbalance that a trade worsens.
//!
//! Two tokens with live balances `x`, `y` have the imbalance `I = |x - y| / (x + y)` (the median is their mean). If a
//! trade, taken as if there were no fee, raises `I`, and beyond the threshold `t`, then
//!
//! ```text
//! fee = f + (F - f) (I - t) / (1 - t)
//! ```
//!
//! of what comes in, else `f`. Source: balancer-v3-monorepo `pkg/pool-hooks/contracts/StableSurgeHook.sol` at 06742db4
//! and `utils/StableSurgeMedianMath.sol`. The contract cuts fractions at 1e-18.

use crate::stableswap::Curve;
use crate::stableswap::kernel::{amount_out_along, price_along};
use pegstress_num::{Lanes, clamp, greater, lesser, select};

/// Steps to the amount at which the surge sets in, from below.
const ONSET_STEPS: usize = 5;
/// Steps of a false position whose idle end counts half each time. The next unit's price is good to 1e-3 for A in
/// 10..5000, fees to 0.3 % and surge fees to 9 % (`tests/laws.rs`).
const STEPS: usize = 7;

/// Parameters of the hook.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surge {
    /// Imbalance from which the fee grows.
    pub threshold: f64,
    /// Fee at an imbalance of one.
    pub max_fee: f64,
}

/// `|x - y| / (x + y)`.
#[inline(always)]
fn imbalance(x: f64, y: f64) -> f64 {
    (x - y).abs() / (x + y)
}

impl Surge {
    /// How fast the fee grows with the imbalance.
    #[inline(always)]
    fn steepness(&self, fee: f64) -> f64 {
        (self.max_fee - fee) / greater(1.0 - self.threshold, 1e-18)
    }

    /// Fee of a trade between these live balances, `fee` being the static one.
    #[inline(always)]
    pub(super) fn fee(&self, fee: f64, before: (f64, f64), after: (f64, f64)) -> f64 {
        let (was, is) = (imbalance(before.0, before.1), imbalance(after.0, after.1));
        let raised = fee + self.steepness(fee) * (is - self.threshold);
        select((is > was) & (is > self.threshold), raised, fee)
    }

    /// Whether the hook refuses a deposit or withdrawal out of proportion between these live balances.
    #[inline(always)]
    pub(super) fn refuses(&self, before: (f64, f64), after: (f64, f64)) -> bool {
        let (was, is) = (imbalance(before.0, before.1), imbalance(after.0, after.1));
        (is > was) & (is > self.threshold)
    }

    /// Fee of the next unit of the token with balance `x` that comes in.
    #[inline(always)]
    pub(super) fn fee_of_next(&self, fee: f64, x: f64, y: f64) -> f64 {
        let raised = fee + self.steepness(fee) * (imbalance(x, y) - self.threshold);
        select((x >= y) & (raised > fee), raised, fee)
    }

    /// What the next unit nets after `dx` of a trade that surges: `p (1 - phi - dx phi')`, where the price `p` is that
    /// after the net amount and `phi` the fee at the imbalance after the whole.
    #[inline(always)]
    fn net_of_next(&self, fee: f64, x: f64, y: f64, k: f64, dx: f64) -> f64 {
        let (a, b) = (x + dx, greater(y - amount_out_along(x, y, k, dx), 1e-15 * y));
        let p = price_along(a, b, k);
        let (per_sum, steep) = (1.0 / (a + b), self.steepness(fee));
        let phi = fee + steep * ((a - b) * per_sum - self.threshold);
        let phi_slope = steep * 2.0 * (b + a * p) * per_sum * per_sum;
        let net = dx * (1.0 - phi);
        let end = price_along(x + net, greater(y - amount_out_along(x, y, k, net), 1e-15 * y), k);
        end * (1.0 - phi - dx * phi_slope)
    }

    /// Amount at which a trade along `curve` begins to surge: the imbalance is the threshold, or that of the start from
    /// the other side. Newton's method from below on `a - b - tau (a + b)`, which is concave.
    #[inline(always)]
    fn onset<const W: usize>(&self, curve: &Curve<W>, k: &Lanes<W>) -> Lanes<W> {
        let (x, y) = (&curve.x, &curve.y);
        let mut onset = [0.0; W];
        for _ in 0..ONSET_STEPS {
            for i in 0..W {
                let tau = greater(self.threshold, imbalance(x[i], y[i]));
                let gross = amount_out_along(x[i], y[i], k[i], onset[i]);
                let (a, b) = (x[i] + onset[i], greater(y[i] - gross, 1e-15 * y[i]));
                let slope = (1.0 - tau) + (1.0 + tau) * price_along(a, b, k[i]);
                onset[i] = greater(onset[i] - ((a - b) - tau * (a + b)) / slope, 0.0);
            }
        }
        for i in 0..W {
            let surges = (x[i] >= y[i]) & (imbalance(x[i], y[i]) >= self.threshold);
            onset[i] = select(surges, 0.0, onset[i]);
        }
        onset
    }

    /// Amount in at which the next unit nets `net`; `calm` is that amount at the static fee.
    ///
    /// A surging trade may go on beyond it, because less of it reaches the curve: up to where the price before fee is
    /// `net`, at the highest fee. Where the surge sets in, the net price falls at once by what the rising fee costs the units before; limits
    /// within that fall are met at the onset.
    #[inline(always)]
    pub(super) fn amount_to_net<const W: usize>(
        &self,
        curve: &Curve<W>,
        fee: f64,
        net: &Lanes<W>,
        calm: &Lanes<W>,
    ) -> Lanes<W> {
        let (x, y, k) = (&curve.x, &curve.y, &curve.k());
        let onset = self.onset(curve, k);
        let (mut low, mut high) = (onset, curve.amount_to_price(net));
        for i in 0..W {
            high[i] = greater(high[i] / greater(1.0 - self.max_fee, 1e-3), calm[i]);
        }
        let (mut above, mut below, mut amount) = ([0.0; W], [0.0; W], [0.0; W]);
        for i in 0..W {
            above[i] = self.net_of_next(fee, x[i], y[i], k[i], low[i]) - net[i];
            below[i] = self.net_of_next(fee, x[i], y[i], k[i], high[i]) - net[i];
        }
        let sets_in = above;
        for _ in 0..STEPS {
            for i in 0..W {
                let share = clamp(above[i] / (above[i] - below[i]), 0.0, 1.0);
                amount[i] = low[i] + (high[i] - low[i]) * share;
                let miss = self.net_of_next(fee, x[i], y[i], k[i], amount[i]) - net[i];
                let enough = miss <= 0.0;
                // The end that stays counts half the next time.
                above[i] = select(enough, 0.5 * above[i], miss);
                below[i] = select(enough, miss, 0.5 * below[i]);
                low[i] = select(enough, low[i], amount[i]);
                high[i] = select(enough, amount[i], high[i]);
            }
        }
        for i in 0..W {
            let surging = select(sets_in[i] > 0.0, amount[i], onset[i]);
            amount[i] = select(calm[i] > onset[i], surging, lesser(calm[i], onset[i]));
        }
        amount
    }
}
