//! What the next unit of a trade brings where the fee is static, how fast that falls, and how that bends.
//!
//! Along `x + y + s = k/(x y)`, at the reserves `a` of the coin that comes in and `b` of the other after the trade so far,
//!
//! ```text
//! p  = b (a m + k) / (a (b m + k)),    m = a b
//! g = k/(a m),    g' = g (p/b - 2/a),    g'' = g' (p/b - 2/a) + g (p'/b + (p/b)^2 + 2/a^2)
//! h = k/(b m),    h' = h (2 p/b - 1/a),  h'' = h' (2 p/b - 1/a) + h (2 p'/b + 2 (p/b)^2 + 1/a^2)
//! p' = (g' - p h') / (1 + h),            p'' = (g'' - p h'' - 2 p' h') / (1 + h)
//! ```
//!
//! from `p = (1 + g) / (1 + h)`, before fee and in rate-adjusted units; `inverse.rs` has the same with a fee that moves.

use super::StableSwap;
use super::kernel::amount_out_along;
use crate::pool::Coin;
use crate::route::Margin;
use pegstress_num::{Lanes, greater, select};

impl<const W: usize> StableSwap<W> {
    /// After `amount` of `coin` in the same trade; from the start for `None`.
    #[inline(always)]
    pub(crate) fn margin(&self, coin: Coin, amount: Option<&Lanes<W>>, margin: &mut Margin<W>) {
        let pair = &self.pair;
        let (keep, quarter_per_ann) = (1.0 - self.fee, 0.25 / pair.ann);
        let sells = coin == Coin::Lrt;
        let (mut a, mut b, mut k) = ([0.0; W], [0.0; W], [0.0; W]);
        for i in 0..W {
            let y = pair.rate[i] * pair.lrt[i];
            let d = pair.invariant[i];
            k[i] = d * d * d * quarter_per_ann;
            a[i] = select(sells, y, pair.eth[i]);
            b[i] = select(sells, pair.eth[i], y);
        }
        if let Some(amount) = amount {
            for i in 0..W {
                let dx = amount[i] * select(sells, pair.rate[i], 1.0);
                let gross = amount_out_along(a[i], b[i], k[i], dx);
                a[i] += dx;
                b[i] = greater(b[i] - gross, 1e-15 * b[i]);
            }
        }
        for i in 0..W {
            let (a, b, k) = (a[i], b[i], k[i]);
            let m = a * b;
            let (am, bm) = (a * m, b * m);
            // One division for 1/m, 1/(b m + k) and 1/a, 1/b.
            let inverse = 1.0 / (m * (bm + k));
            let (per_m, per_pull) = ((bm + k) * inverse, bm * m * inverse);
            let (per_a, per_b) = (b * per_m, a * per_m);
            let (pull_a, pull_b) = (k * per_a * per_m, k * per_b * per_m);
            let p = b * (am + k) * per_a * (m * inverse);
            let p_b = p * per_b;
            let (steep_a, steep_b) = (p_b - 2.0 * per_a, 2.0 * p_b - per_a);
            let (rise_a, rise_b) = (pull_a * steep_a, pull_b * steep_b);
            let fall = (p * rise_b - rise_a) * per_pull;
            let (square_a, fall_b) = (per_a * per_a, fall * per_b);
            let bend_a = rise_a * steep_a + pull_a * (p_b * p_b + 2.0 * square_a - fall_b);
            let bend_b = rise_b * steep_b + pull_b * (2.0 * (p_b * p_b - fall_b) + square_a);
            let bend = (bend_a - p * bend_b + 2.0 * fall * rise_b) * per_pull;
            // A seller counts tokens in and ETH out, a buyer the reverse.
            let (out, into) =
                (select(sells, pair.rate[i], pair.inverse_rate[i]), select(sells, pair.rate[i], 1.0));
            let unit = keep * out;
            margin.brings[i] = unit * p;
            margin.width[i] = 1.0 / (unit * into * fall);
            margin.bend[i] = unit * into * into * bend;
            margin.per_reserve[i] = greater(per_a, per_b) * into;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::Pool;
    use crate::stableswap::Spec;
    use crate::venue::RateSource;

    #[test]
    fn the_margin_its_width_and_its_bend_are_those_of_differences() {
        for (amplification, eth, lrt) in [(50.0, 1e4, 9e3), (400.0, 9e3, 2e4), (20.0, 5e3, 2e3)] {
            let spec = Spec {
                reserve_eth: eth,
                reserve_lrt: lrt,
                amplification,
                fee: 4e-4,
                offpeg_multiplier: 1.0,
                admin_fee: 0.5,
                rate: RateSource::LIVE,
            };
            let pool = StableSwap::<1>::new(&spec, &[1.07]);
            for coin in [Coin::Lrt, Coin::Eth] {
                let pays = |q: f64| {
                    if coin == Coin::Lrt { pool.quote_sell(&[q])[0] } else { pool.quote_buy(&[q])[0] }
                };
                let at = |q: f64| {
                    let mut margin = Margin::NOTHING;
                    pool.margin(coin, Some(&[q]), &mut margin);
                    (margin.brings[0], margin.width[0], margin.bend[0])
                };
                let (q, h) = (700.0, 0.05);
                let (brings, width, bend) = at(q);
                // Rounding of amounts near a thousand over the step, and the third derivative: some 1e-11 each.
                let difference = (pays(q + h) - pays(q - h)) / (2.0 * h);
                assert!((brings - difference).abs() < 1e-10, "{brings} {difference}");
                let slope = (at(q + h).0 - at(q - h).0) / (2.0 * h);
                assert!((width * slope + 1.0).abs() < 1e-5, "{width} {slope}");
                // Rounding of widths over the step; the slope's own third derivative is below it.
                let bent = (1.0 / at(q - h).1 - 1.0 / at(q + h).1) / (2.0 * h);
                assert!((bent / bend - 1.0).abs() < 1e-6, "{bent} {bend}");
                let mut start = Margin::NOTHING;
                pool.margin(coin, None, &mut start);
                assert!((start.brings[0] / at(0.0).0 - 1.0).abs() < 1e-14);
            }
        }
    }
}
