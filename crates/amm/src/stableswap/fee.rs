//! The swap fee, static or rising as the two coins leave their peg (`_dynamic_fee` of StableSwap-NG).
//!
//! ```text
//! fee(a, b) = m f / ((m - 1) 4 a b / (a + b)^2 + 1)
//! ```
//!
//! with base fee `f`, off-peg multiplier `m`, and `a`, `b` the averages of the rate-adjusted reserves before and after a
//! trade. The contract cuts the quotient and the fee to 1e-10, and so does [`SwapFee::between`]: an output that is
//! to equal the contract's to more than ten digits needs it. Searches use the curve without the cuts.

use pegstress_num::{lesser, select};

/// Fees are whole multiples of `1 / UNITS`.
const UNITS: f64 = 1e10;
/// 2^52: above it every number is whole.
const WHOLE: f64 = 4_503_599_627_370_496.0;

/// Fee of a swap, or of the part of a liquidity operation that amounts to one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SwapFee {
    base_units: f64,
    /// Off-peg multiplier, in 1e-10; at least one.
    multiplier_units: f64,
    /// `4 (m - 1)`.
    excess: f64,
}

/// The whole part of a positive number.
#[inline(always)]
fn whole(x: f64) -> f64 {
    let rounded = (x + WHOLE) - WHOLE;
    select(rounded > x, rounded - 1.0, rounded)
}

impl SwapFee {
    /// Base fee, a fraction, and off-peg multiplier; at or below one the fee is static.
    pub fn new(base: f64, offpeg_multiplier: f64) -> Self {
        let multiplier = select(offpeg_multiplier > 1.0, offpeg_multiplier, 1.0);
        Self {
            // The nearest unit: a decimal fraction is not exact in binary.
            base_units: whole(base * UNITS + 0.5),
            multiplier_units: whole(multiplier * UNITS + 0.5),
            excess: 4.0 * (multiplier - 1.0),
        }
    }

    /// The fee on the part of a deposit or withdrawal of a pool of `coins` that amounts to a swap: `f n / (4 (n - 1))`.
    pub fn of_liquidity(self, coins: usize) -> Self {
        let coins = coins as f64;
        Self { base_units: whole(self.base_units * coins / (4.0 * (coins - 1.0))), ..self }
    }

    /// Whether it moves with the reserves.
    pub fn is_dynamic(self) -> bool {
        self.excess > 0.0
    }

    /// Fee between rate-adjusted reserves that are `a` and `b`, or twice that: a fraction of what goes out, at most one.
    #[inline(always)]
    pub fn between(self, a: f64, b: f64) -> f64 {
        let sum = a + b;
        let balance = whole(self.excess * UNITS * a * b / (sum * sum));
        let fee = whole(self.base_units * (self.multiplier_units / (balance + UNITS)));
        lesser(fee * (1.0 / UNITS), 1.0)
    }

    /// The fee of a pool that is all one coin.
    pub(super) fn peak(self) -> f64 {
        self.base_units * self.multiplier_units * (1.0 / (UNITS * UNITS))
    }

    /// The fee without the cuts, and how fast it rises with `a` while `b` falls by `price` times that.
    #[inline(always)]
    pub(super) fn smooth(self, a: f64, b: f64, price: f64) -> Smooth {
        let (sum, peak) = (a + b, self.peak());
        let per_weight = 1.0 / (self.excess * a * b + sum * sum);
        let tilt = (a - b) * (b + a * price);
        let scale = peak * self.excess * per_weight * per_weight;
        Smooth { fee: peak * sum * sum * per_weight, slope: scale * sum * tilt, per_weight, scale }
    }

    /// The smooth fee's second derivative, where the price falls by `price_slope` per unit of `a`.
    #[inline(always)]
    pub(super) fn curvature(self, a: f64, b: f64, price: f64, price_slope: f64, at: Smooth) -> f64 {
        let (sum, sum_slope) = (a + b, 1.0 - price);
        let lean = b + a * price;
        let tilt = (a - b) * lean;
        let tilt_slope = (1.0 + price) * lean + (a - b) * a * price_slope;
        let weight_slope = self.excess * (b - a * price) + 2.0 * sum * sum_slope;
        at.scale * (sum_slope * tilt + sum * tilt_slope - 2.0 * sum * tilt * weight_slope * at.per_weight)
    }
}

/// The smooth fee at a place of the curve.
#[derive(Debug, Clone, Copy)]
pub(super) struct Smooth {
    pub(super) fee: f64,
    /// Per unit of the coin that comes in.
    pub(super) slope: f64,
    per_weight: f64,
    scale: f64,
}
