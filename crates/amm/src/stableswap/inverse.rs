//! How much to put in until the next unit of the same trade nets a given amount, where the fee moves with the trade.
//!
//! Along `x + y + s = k/(x y)` a trade of `dx` pays `G (1 - phi)` with `G = y0 - y` and the fee `phi` at the average
//! reserves. The next unit nets
//!
//! ```text
//! e(dx) = p (1 - phi) - G phi',    p = (1 + k/(x^2 y)) / (1 + k/(x y^2))
//! ```
//!
//! which [`amount_to_net`] brings to the asked value. As a function of the price `p` the net price is nearly a straight
//! line, so the steps are secants in `p`, each followed by the closed-form amount to that price; Newton's method in the
//! amount ends it. The fee is taken without the contract's cuts to 1e-10. Where it falls during the trade `e` may rise
//! before it falls, and cross the asked value several times: one of the crossings is found.

use super::SwapFee;
use super::kernel::{Stiffness, amount_out_along, price_along, reserves_at_price_and_stiffness};
use pegstress_num::{Lanes, clamp, greater, select};

/// Closed-form amounts to a price, the first at the fee of the start. For A in 10..5000, fees to 0.1 % and multipliers
/// to 20 the error left is below 1e-3 of the amount where the fee rises from the start (below 1e-4 but for one state in
/// thousands), and below 1e-3 of the net price where it falls first; with fees to 0.4 % below 1e-2 of either.
const ROUNDS: usize = 2;

/// Two coins on their curve: `x` comes in, `y` goes out, `Ann` and `d` are those of a pool of these two alone.
#[repr(align(64))]
pub(crate) struct Curve<const W: usize> {
    pub(crate) x: Lanes<W>,
    pub(crate) y: Lanes<W>,
    pub(crate) d: Lanes<W>,
    pub(crate) stiffness: Stiffness<W>,
}

impl<const W: usize> Curve<W> {
    /// `k = d^3 / (4 Ann)`.
    #[inline(always)]
    pub(crate) fn k(&self) -> Lanes<W> {
        let mut k = [0.0; W];
        for i in 0..W {
            k[i] = 0.25 * self.d[i] * self.d[i] * self.d[i] * self.stiffness.per_ann[i];
        }
        k
    }

    /// Amount in at which the next unit, before fee, brings `price`; 0 where it brings less now.
    #[inline(always)]
    pub(crate) fn amount_to_price(&self, price: &Lanes<W>) -> Lanes<W> {
        let (_, mut amount) = reserves_at_price_and_stiffness(price, &self.stiffness);
        for i in 0..W {
            amount[i] = greater(amount[i] * self.d[i] - self.x[i], 0.0);
        }
        amount
    }
}

/// What the next unit brings after `dx`.
struct NextUnit {
    /// Before fee.
    price: f64,
    /// After fee.
    net: f64,
    /// Slope of `net`, per unit in.
    slope: f64,
}

#[inline(always)]
fn next_unit(x: f64, y: f64, k: f64, fee: SwapFee, dx: f64) -> NextUnit {
    let gross = amount_out_along(x, y, k, dx);
    let (x1, y1) = (x + dx, greater(y - gross, 1e-15 * y));
    let (a, b) = (x + x1, y + y1);
    let per_product = 1.0 / (x1 * y1);
    let (per_x, per_y) = (y1 * per_product, x1 * per_product);
    let (pull_x, pull_y) = (k * per_x * per_product, k * per_y * per_product);
    let per_pull = 1.0 / (1.0 + pull_y);
    let p = (1.0 + pull_x) * per_pull;
    let rise_x = pull_x * (p * per_y - 2.0 * per_x);
    let rise_y = pull_y * (2.0 * p * per_y - per_x);
    let p_slope = (rise_x - p * rise_y) * per_pull;
    let phi = fee.smooth(a, b, p);
    let phi_slope = fee.curvature(a, b, p, p_slope, phi);
    let net = p * (1.0 - phi.fee) - gross * phi.slope;
    let slope = p_slope * (1.0 - phi.fee) - 2.0 * p * phi.slope - gross * phi_slope;
    NextUnit { price: p, net, slope }
}

/// Amount in at which the next unit nets `net`; zero where it nets less from the start.
#[inline(always)]
pub(super) fn amount_to_net<const W: usize>(curve: &Curve<W>, fee: SwapFee, net: &Lanes<W>) -> Lanes<W> {
    let (x, y, k, peak) = (&curve.x, &curve.y, &curve.k(), fee.peak());
    let (mut price, mut last_price, mut last_net) = ([0.0; W], [0.0; W], [0.0; W]);
    let (mut lowest, mut highest) = ([0.0; W], [0.0; W]);
    for i in 0..W {
        let keep = 1.0 - fee.between(x[i], y[i]);
        last_price[i] = price_along(x[i], y[i], k[i]);
        last_net[i] = last_price[i] * keep;
        price[i] = net[i] / keep;
        // The fee moves by less than the peak, and so does what its slope adds.
        lowest[i] = net[i] / (1.0 + peak);
        highest[i] = net[i] / greater(1.0 - 2.0 * peak, 1e-3);
    }
    let started = last_net;
    let mut dx = curve.amount_to_price(&price);
    for _ in 1..ROUNDS {
        for i in 0..W {
            let at = next_unit(x[i], y[i], k[i], fee, dx[i]);
            let slope = (at.net - last_net[i]) / (at.price - last_price[i]);
            // A line that is too flat says nothing: go on with the fee of this place.
            let slope = select(slope > 0.3, slope, at.net / at.price);
            price[i] = clamp(at.price - (at.net - net[i]) / slope, lowest[i], highest[i]);
            last_price[i] = at.price;
            last_net[i] = at.net;
        }
        dx = curve.amount_to_price(&price);
    }
    for i in 0..W {
        let at = next_unit(x[i], y[i], k[i], fee, dx[i]);
        let step = select(at.slope < 0.0, (net[i] - at.net) / at.slope, 0.0);
        let end = dx[i] + clamp(step, -0.1 * dx[i], 0.1 * dx[i]);
        dx[i] = select(started[i] > net[i], end, 0.0);
    }
    dx
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stableswap::kernel::{amount_out, cold_invariant};

    /// Numbers in 0..1 from a linear congruence (Knuth, MMIX): enough for test states.
    struct Uniform(u64);

    impl Uniform {
        fn next(&mut self) -> f64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 11) as f64 / (1_u64 << 53) as f64
        }

        fn log(&mut self, from: f64, to: f64) -> f64 {
            pegstress_num::exp(pegstress_num::ln(from) + self.next() * pegstress_num::ln(to / from))
        }
    }

    #[test]
    fn the_amount_is_where_bisection_finds_it() {
        let mut random = Uniform(3);
        let (mut worst_amount, mut worst_net) = (0.0, 0.0);
        for _ in 0..20_000 {
            let ann = 2.0 * random.log(10.0, 5000.0);
            let (x, y) = (1e3, 1e3 * random.log(0.02, 50.0));
            let fee = SwapFee::new(random.log(1e-5, 1e-3), random.log(1.01, 20.0));
            let d = cold_invariant(x, y, ann);
            let k = d * d * d / (4.0 * ann);
            let net = next_unit(x, y, k, fee, 0.0).net * (1.0 - 0.3 * random.log(1e-5, 1.0));
            let stiffness = Stiffness { ann: [ann], per_ann: [1.0 / ann], of_two_coins: true };
            let curve = Curve { x: [x], y: [y], d: [d], stiffness };
            let found = amount_to_net(&curve, fee, &[net])[0];
            let (mut low, mut high) = (0.0, 1e3 * (x + y));
            for _ in 0..200 {
                let middle = 0.5 * (low + high);
                let enough = next_unit(x, y, k, fee, middle).net <= net;
                low = if enough { low } else { middle };
                high = if enough { middle } else { high };
            }
            if y > x {
                // The net price may rise before it falls; which amount is found is then open.
                worst_net = greater((next_unit(x, y, k, fee, found).net / net - 1.0).abs(), worst_net);
            } else {
                worst_amount = greater((found - low).abs() / low, worst_amount);
            }
        }
        // The bounds that ROUNDS documents.
        assert!(worst_amount < 1e-3 && worst_net < 1e-3, "amount {worst_amount:e}, net price {worst_net:e}");
    }

    #[test]
    fn slopes_are_those_of_differences() {
        let mut random = Uniform(9);
        for _ in 0..1_000 {
            let ann = 2.0 * random.log(10.0, 5000.0);
            let (x, y) = (1e3, 1e3 * random.log(0.05, 20.0));
            let fee = SwapFee::new(random.log(1e-4, 1e-2), random.log(1.1, 20.0));
            let d = cold_invariant(x, y, ann);
            let k = d * d * d / (4.0 * ann);
            let (dx, h) = (x * random.log(1e-3, 0.5), 1e-3);
            let pays = |dx: f64| {
                let gross = amount_out_along(x, y, k, dx);
                gross * (1.0 - fee.smooth(2.0 * x + dx, 2.0 * y - gross, 1.0).fee)
            };
            let NextUnit { net, slope, .. } = next_unit(x, y, k, fee, dx);
            let (after, before) = (next_unit(x, y, k, fee, dx + h), next_unit(x, y, k, fee, dx - h));
            let difference = (pays(dx + h) - pays(dx - h)) / (2.0 * h);
            // Rounding of amounts of the order of a thousand over the step, and the third derivative.
            assert!((net - difference).abs() < 1e-8, "{net} {difference}");
            let difference = (after.net - before.net) / (2.0 * h);
            assert!((slope - difference).abs() < 1e-4 * slope.abs() + 1e-11, "{slope} {difference}");
        }
    }

    #[test]
    fn along_the_curve_pays_what_the_invariant_says() {
        let mut random = Uniform(11);
        for _ in 0..10_000 {
            let ann = 2.0 * random.log(10.0, 5000.0);
            let (x, y) = (1e3, 1e3 * random.log(0.02, 50.0));
            let d = cold_invariant(x, y, ann);
            let dx = x * random.log(1e-8, 0.5);
            let (along, by_invariant) =
                (amount_out_along(x, y, d * d * d / (4.0 * ann), dx), amount_out(x, y, d, 1.0 / ann, dx));
            // The older kernel amplifies the rounding of D by the imbalance.
            assert!((along / by_invariant - 1.0).abs() < 1e-12, "{along} {by_invariant}");
        }
    }
}
