//! What all pools of a token can take at one moment, alone and together.
//!
//! Together means routed: a sale is split so that marginal prices are equal, so at a price the venues' depths add up.
//! Depth is told against the best marginal price of any venue, the cost of a depeg against the redemption rate.

use crate::snapshot::{SlippageCurve, VenueDepth, slippage_curve, slippage_of, venue_depth};
use pegstress_amm::depth::sell_in_parts;
use pegstress_amm::{Venue, VenueSpec, route};

/// Sizes of the routed slippage curve.
const CURVE_POINTS: usize = 60;
/// Bisection steps of the routed depth by average price.
const STEPS: usize = 60;

/// All pools of a token at one moment.
#[derive(Debug, Clone)]
pub struct MarketDepth {
    /// Redemption rate, ETH per token.
    pub nav: f64,
    /// Best marginal price of any venue, before fee, ETH per token.
    pub best_marginal: f64,
    /// Each venue against its own marginal price.
    pub venues: Vec<VenueDepth>,
    /// All venues at each discount below the best marginal price.
    pub levels: Vec<DepthLevel>,
    /// What it takes to bring every venue to each discount below the redemption rate.
    pub ladder: Vec<DepegStep>,
    /// Execution of each asked size.
    pub sales: Vec<RoutedSale>,
    /// Slippage by size, all venues first.
    pub curves: Vec<SlippageCurve>,
}

/// Depth of all venues at a discount below the best marginal price.
#[derive(Debug, Clone)]
pub struct DepthLevel {
    /// Discount, fraction.
    pub discount: f64,
    /// Tokens that the routed sale takes before its average price, after fees, is so far down.
    pub average_lrt: f64,
    /// Tokens that each venue takes before its marginal price, before fee, is so far down; in the order of the venues.
    pub marginal_lrt: Vec<f64>,
}

impl DepthLevel {
    /// Tokens that all venues take.
    pub fn total_marginal_lrt(&self) -> f64 {
        self.marginal_lrt.iter().sum()
    }

    /// Each venue's share of the depth; `None` where there is no depth.
    pub fn shares(&self) -> Option<Vec<f64>> {
        let total = self.total_marginal_lrt();
        (total > 0.0).then(|| self.marginal_lrt.iter().map(|lrt| lrt / total).collect())
    }

    /// Herfindahl-Hirschman index of the shares, 1 over the number of venues to 1.
    pub fn concentration(&self) -> Option<f64> {
        Some(self.shares()?.iter().map(|share| share * share).sum())
    }
}

/// What it takes to bring the marginal price of every venue to a discount below the redemption rate.
#[derive(Debug, Clone, Copy)]
pub struct DepegStep {
    /// Discount below the redemption rate, fraction.
    pub discount: f64,
    /// Tokens to sell; 0 where the price is there already.
    pub lrt: f64,
    /// What they bring, after fees, ETH.
    pub proceeds_eth: f64,
    /// What their sellers give up against the redemption rate, ETH.
    pub loss_eth: f64,
}

/// A sale over all venues.
#[derive(Debug, Clone)]
pub struct RoutedSale {
    /// Tokens offered.
    pub lrt: f64,
    /// Tokens that each venue takes; together less than offered where all liquidity ends.
    pub parts_lrt: Vec<f64>,
    /// What they bring, after fees, ETH.
    pub proceeds_eth: f64,
}

impl RoutedSale {
    /// Tokens that find a buyer.
    pub fn sold_lrt(&self) -> f64 {
        self.parts_lrt.iter().sum()
    }
}

/// Quotes all pools of `specs` at the discounts (fractions) and sizes (tokens).
pub fn market_depth(specs: &[VenueSpec], nav: f64, discounts: &[f64], sizes_lrt: &[f64]) -> MarketDepth {
    let venues: Vec<_> = specs.iter().map(|spec| Venue::<1>::new(spec, &[nav])).collect();
    let best_marginal = route::best_marginal_price(&venues)[0];
    let own = |spec: &VenueSpec| slippage_curve(spec, nav, spec.name.clone());
    let mut curves: Vec<_> = specs.iter().map(own).collect();
    if specs.len() > 1 {
        curves.insert(0, routed_curve(&venues, best_marginal));
    }
    MarketDepth {
        nav,
        best_marginal,
        venues: specs.iter().map(|spec| venue_depth(spec, nav, discounts)).collect(),
        levels: discounts.iter().map(|discount| level(&venues, best_marginal, *discount)).collect(),
        ladder: discounts.iter().map(|discount| depeg_step(&venues, nav, *discount)).collect(),
        sales: sizes_lrt.iter().map(|size| routed_sale(&venues, *size)).collect(),
        curves,
    }
}

pub(crate) fn level(venues: &[Venue<1>], best_marginal: f64, discount: f64) -> DepthLevel {
    let limit = best_marginal * (1.0 - discount);
    let marginal_lrt: Vec<f64> = venues.iter().map(|venue| venue.lrt_to_price(&[limit])[0]).collect();
    let (mut low, mut high) = (0.0, 1e4 * held_lrt(venues));
    for _ in 0..STEPS {
        let middle = 0.5 * (low + high);
        let sale = route::sell(&mut venues.to_vec(), &[middle]);
        let whole = sale.lrt_in[0] >= middle * (1.0 - 1e-9);
        if whole && sale.eth_out[0] >= limit * middle { low = middle } else { high = middle }
    }
    DepthLevel { discount, average_lrt: low, marginal_lrt }
}

fn depeg_step(venues: &[Venue<1>], nav: f64, discount: f64) -> DepegStep {
    let limit = nav * (1.0 - discount);
    let (mut lrt, mut proceeds_eth) = (0.0, 0.0);
    for venue in venues {
        let sold = sell_in_parts(venue, &venue.lrt_to_price(&[limit]));
        lrt += sold.lrt[0];
        proceeds_eth += sold.eth[0];
    }
    DepegStep { discount, lrt, proceeds_eth, loss_eth: lrt * nav - proceeds_eth }
}

fn routed_sale(venues: &[Venue<1>], size: f64) -> RoutedSale {
    let split = match venues {
        [_] => vec![[size]],
        _ => route::split_sale(venues, &[size]),
    };
    let mut sale = RoutedSale { lrt: size, parts_lrt: Vec::new(), proceeds_eth: 0.0 };
    for (venue, part) in venues.iter().zip(&split) {
        let traded = venue.clone().trade(part, &[0.0]);
        sale.parts_lrt.push(traded.taken.lrt[0]);
        sale.proceeds_eth += traded.paid.eth[0];
    }
    sale
}

fn routed_curve(venues: &[Venue<1>], best_marginal: f64) -> SlippageCurve {
    let held = held_lrt(venues);
    let sizes = (0..=CURVE_POINTS).map(|k| {
        let decades = 4.0 * (k as f64 / CURVE_POINTS as f64 - 1.0);
        held * pegstress_num::exp(decades * std::f64::consts::LN_10)
    });
    let (size_lrt, slippage) = sizes
        .map(|size| {
            let sale = route::sell(&mut venues.to_vec(), &[size]);
            (size, slippage_of(size, sale.lrt_in[0], sale.eth_out[0] / best_marginal))
        })
        .unzip();
    SlippageCurve { label: "all venues, routed".to_owned(), size_lrt, slippage }
}

fn held_lrt(venues: &[Venue<1>]) -> f64 {
    venues.iter().map(|venue| venue.reserves().lrt[0]).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pegstress_amm::{PoolSpec, concentrated, constant_product, weighted};

    fn pair(name: &str, eth: f64, lrt: f64) -> VenueSpec {
        let spec = constant_product::Spec { reserve_eth: eth, reserve_lrt: lrt, fee: 0.0 };
        VenueSpec { name: name.to_owned(), eth_per_quote: 1.0, pool: PoolSpec::ConstantProduct(spec) }
    }

    #[test]
    fn two_equal_pairs_are_one_pair_of_twice_the_size() {
        let two = market_depth(&[pair("a", 100.0, 100.0), pair("b", 100.0, 100.0)], 1.0, &[0.02], &[10.0]);
        let one = market_depth(&[pair("c", 200.0, 200.0)], 1.0, &[0.02], &[10.0]);
        let near = |a: f64, b: f64| assert!((a / b - 1.0).abs() < 1e-9, "{a} {b}");
        near(two.levels[0].total_marginal_lrt(), one.levels[0].total_marginal_lrt());
        near(two.levels[0].average_lrt, one.levels[0].average_lrt);
        near(two.ladder[0].lrt, one.ladder[0].lrt);
        near(two.ladder[0].loss_eth, one.ladder[0].loss_eth);
        near(two.sales[0].proceeds_eth, one.sales[0].proceeds_eth);
        assert_eq!(two.levels[0].concentration(), Some(0.5));
        assert_eq!(one.levels[0].concentration(), Some(1.0));
    }

    #[test]
    fn the_depeg_of_a_pair_is_the_closed_form() {
        // x y = k: at price p the tokens are sqrt(k / p).
        let depth = market_depth(&[pair("a", 100.0, 100.0)], 1.0, &[0.19], &[]);
        let lrt = 100.0 / 0.9 - 100.0;
        assert!((depth.ladder[0].lrt - lrt).abs() < 1e-9);
        assert!((depth.ladder[0].proceeds_eth - 10.0).abs() < 1e-9);
        assert!((depth.ladder[0].loss_eth - (lrt - 10.0)).abs() < 1e-9);
    }

    #[test]
    fn what_finds_no_buyer_is_neither_depth_nor_sold() {
        // Liquidity 10,000 between prices 0.99 and 0.999 takes L (1/sqrt(0.99) - 1/sqrt(0.999)) tokens, and no more.
        let segments = concentrated::Segments {
            sqrt_boundaries: vec![0.99_f64.sqrt(), 1.01_f64.sqrt()],
            liquidity: vec![1e4],
        };
        let pool = concentrated::Spec::new(0.0, 0.0, 0.999_f64.sqrt(), &segments).expect("a pool");
        let spec = VenueSpec {
            name: "positions".to_owned(),
            eth_per_quote: 1.0,
            pool: PoolSpec::ConcentratedLiquidity(pool),
        };
        let all = 1e4 * (1.0 / 0.99_f64.sqrt() - 1.0 / 0.999_f64.sqrt());
        let found = market_depth(&[spec], 1.0, &[0.1], &[500.0]);
        let near = |a: f64, b: f64| assert!((a / b - 1.0).abs() < 1e-9, "{a} {b}");
        near(found.levels[0].average_lrt, all);
        near(found.venues[0].depth_average_lrt[0], all);
        near(found.ladder[0].lrt, all);
        near(found.sales[0].sold_lrt(), all);
        let ends = |curve: &SlippageCurve| {
            curve
                .size_lrt
                .iter()
                .zip(&curve.slippage)
                .all(|(size, cost)| (*size <= all * (1.0 + 1e-9)) != cost.is_nan())
        };
        assert!(ends(&found.curves[0]));
    }

    #[test]
    fn a_depeg_that_takes_several_trades_is_priced_by_all_of_them() {
        // At weights of a half and no fee a weighted pool is x y = k, but takes at most 30 % of its reserve in a trade.
        let pool = weighted::Spec {
            reserve_eth: 100.0,
            reserve_lrt: 100.0,
            weight_eth: 0.5,
            weight_lrt: 0.5,
            fee: 0.0,
            protocol_fee: 0.0,
        };
        let spec =
            VenueSpec { name: "weighted".to_owned(), eth_per_quote: 1.0, pool: PoolSpec::Weighted(pool) };
        let step = market_depth(&[spec], 1.0, &[0.75], &[]).ladder[0];
        // From 1 to 0.25 the reserves go from 100 and 100 to 50 and 200. The pool rounds its power by 1e-14.
        assert!((step.lrt - 100.0).abs() < 1e-9 && (step.proceeds_eth - 50.0).abs() < 1e-9, "{step:?}");
    }

    #[test]
    fn a_market_below_the_discount_needs_no_sale() {
        let depth = market_depth(&[pair("a", 90.0, 100.0)], 1.0, &[0.05], &[]);
        assert_eq!((depth.ladder[0].lrt, depth.ladder[0].loss_eth), (0.0, 0.0));
    }
}
