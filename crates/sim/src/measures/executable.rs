//! What a seller of the reference size loses against the redemption rate, at the worst close.
//!
//! The best split of a sale over several venues is a search. But a split that was the best at another time is one that a
//! seller may choose, and what it pays is a lower bound of what the best pays: only where that bound is worse than the worst
//! seen so far is there something to search for. A lane's own bound decides, so that neighbours change nothing.

use pegstress_amm::{Venue, route};
use pegstress_num::{Lanes, any_positive, greater, select};

/// The worst close for a seller of the reference size.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(crate) struct ExecutableWatch<const W: usize> {
    /// Discount of the average price paid, after fees.
    pub(crate) deepest: Lanes<W>,
    /// Tokens to each venue by the latest search; none before the first.
    parts: Vec<Lanes<W>>,
}

impl<const W: usize> ExecutableWatch<W> {
    pub(crate) fn new(venues: usize) -> Self {
        Self { deepest: [f64::NEG_INFINITY; W], parts: vec![[0.0; W]; venues] }
    }

    /// A close.
    #[inline(always)]
    pub(crate) fn see(&mut self, venues: &[Venue<W>], size: f64, inverse_nav: &Lanes<W>) {
        let per_size = 1.0 / size;
        let sizes = [size; W];
        if let [venue] = venues {
            let paid = venue.quote_sell(&sizes);
            for i in 0..W {
                let discount = 1.0 - paid[i] * per_size * inverse_nav[i];
                self.deepest[i] = greater(discount, self.deepest[i]);
            }
            return;
        }
        let bound = paid_for(venues, &self.parts);
        let mut open = [0.0; W];
        for i in 0..W {
            let discount = 1.0 - bound[i] * per_size * inverse_nav[i];
            // What is not a number is no bound.
            open[i] = select(discount <= self.deepest[i], 0.0, 1.0);
        }
        if !any_positive(&open) {
            return;
        }
        let parts = route::split_sale(venues, &sizes);
        let paid = paid_for(venues, &parts);
        for i in 0..W {
            // What finds no buyer brings nothing: a size that the venues do not take is not executable.
            let discount = 1.0 - paid[i] * per_size * inverse_nav[i];
            let deepest = greater(discount, self.deepest[i]);
            self.deepest[i] = select(open[i] > 0.0, deepest, self.deepest[i]);
        }
        for (held, part) in self.parts.iter_mut().zip(&parts) {
            for i in 0..W {
                held[i] = select(open[i] > 0.0, part[i], held[i]);
            }
        }
    }
}

/// What the venues pay for `parts`.
#[inline(always)]
fn paid_for<const W: usize>(venues: &[Venue<W>], parts: &[Lanes<W>]) -> Lanes<W> {
    let mut total = [0.0; W];
    for (venue, part) in venues.iter().zip(parts) {
        let paid = venue.quote_sell(part);
        for i in 0..W {
            // A part of zero on a venue that fails is no proceeds.
            total[i] += select(part[i] > 0.0, paid[i], 0.0);
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use pegstress_amm::{PoolSpec, RateSource, VenueSpec, stableswap};

    fn venue(eth: f64, lrt: f64, amplification: f64) -> VenueSpec {
        let pool = PoolSpec::StableSwap(stableswap::Spec {
            reserve_eth: eth,
            reserve_lrt: lrt,
            amplification,
            fee: 4e-4,
            offpeg_multiplier: 1.0,
            admin_fee: 0.5,
            rate: RateSource::Plain,
        });
        VenueSpec { name: String::new(), eth_per_quote: 1.0, pool }
    }

    #[test]
    fn what_is_skipped_is_never_the_worst() {
        let specs =
            [venue(9_000.0, 9_500.0, 100.0), venue(2_000.0, 1_900.0, 300.0), venue(500.0, 700.0, 20.0)];
        let mut venues: Vec<Venue<1>> = specs.iter().map(|spec| Venue::new(spec, &[1.0])).collect();
        let (mut watch, mut worst) = (ExecutableWatch::new(3), f64::NEG_INFINITY);
        for step in 0..400_u32 {
            // Sales and purchases that drive the venues apart, and back.
            let wave = (f64::from(step % 120) / 60.0 - 1.0) * (f64::from(step % 7) + 1.0);
            let place = (step % 3) as usize;
            if wave > 0.0 {
                venues[place].sell(&[30.0 * wave]);
            } else {
                venues[place].buy(&[-30.0 * wave]);
            }
            let nav = 1.0 + 1e-5 * f64::from(step);
            watch.see(&venues, 200.0, &[1.0 / nav]);
            let paid = route::quote_sell(&venues, &[200.0])[0];
            worst = f64::max(worst, 1.0 - paid / 200.0 / nav);
            // The split that is kept may pay more than the search by what that leaves: a thousandth of a bp.
            assert!((watch.deepest[0] - worst).abs() < 1e-7, "{step}: {} {worst}", watch.deepest[0]);
        }
    }
}
