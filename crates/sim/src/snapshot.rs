//! A pool at one moment: depth by discount and slippage by size.

use pegstress_amm::depth::{DepthBy, depth};
use pegstress_amm::{PoolSpec, Venue, VenueSpec};

/// Sizes of a slippage curve.
const CURVE_POINTS: usize = 60;

/// Average execution against size.
#[derive(Debug, Clone)]
pub struct SlippageCurve {
    /// Legend, e.g. `curve-steth, 2022-05-12`.
    pub label: String,
    /// Sizes, tokens, ascending.
    pub size_lrt: Vec<f64>,
    /// `1 - proceeds / (size * marginal)`, fraction; not a number where the pool does not take the whole size.
    pub slippage: Vec<f64>,
}

/// One pool's depth.
#[derive(Debug, Clone)]
pub struct VenueDepth {
    /// Name.
    pub venue: String,
    /// Model in words, e.g. `stableswap A=50 fee 4 bps`.
    pub model: String,
    /// ETH reserve.
    pub reserve_eth: f64,
    /// Token reserve.
    pub reserve_lrt: f64,
    /// Marginal price before fee.
    pub marginal: f64,
    /// Discounts of the depth columns, fractions.
    pub discounts: Vec<f64>,
    /// Depth by average price, tokens.
    pub depth_average_lrt: Vec<f64>,
    /// Depth by marginal price, tokens.
    pub depth_marginal_lrt: Vec<f64>,
}

/// Price and depth of a pool.
#[derive(Debug, Clone)]
pub struct DepthQuote {
    /// Marginal price before fee, ETH per token.
    pub marginal: f64,
    /// Depth by average price at each discount, tokens.
    pub depth_average_lrt: Vec<f64>,
    /// Depth by marginal price at each discount, tokens.
    pub depth_marginal_lrt: Vec<f64>,
}

/// Depth of a pool at each discount below its marginal price.
pub fn depth_quote(spec: &VenueSpec, nav: f64, discounts: &[f64]) -> DepthQuote {
    let venue = Venue::<1>::new(spec, &[nav]);
    let by = |by: DepthBy| discounts.iter().map(|d| depth(&venue, &[*d], by)[0]).collect();
    DepthQuote {
        marginal: venue.marginal_price()[0],
        depth_average_lrt: by(DepthBy::Average),
        depth_marginal_lrt: by(DepthBy::Marginal),
    }
}

/// One row of the table of venues.
pub fn venue_depth(spec: &VenueSpec, nav: f64, discounts: &[f64]) -> VenueDepth {
    let quote = depth_quote(spec, nav, discounts);
    let held = Venue::<1>::new(spec, &[nav]).reserves();
    VenueDepth {
        venue: spec.name.clone(),
        model: model_words(spec),
        reserve_eth: held.eth[0],
        reserve_lrt: held.lrt[0],
        marginal: quote.marginal,
        discounts: discounts.to_vec(),
        depth_average_lrt: quote.depth_average_lrt,
        depth_marginal_lrt: quote.depth_marginal_lrt,
    }
}

/// Slippage of sales from a ten-thousandth of the token reserve up to all of it.
pub fn slippage_curve(spec: &VenueSpec, nav: f64, label: String) -> SlippageCurve {
    let venue = Venue::<1>::new(spec, &[nav]);
    let (marginal, reserve_lrt) = (venue.marginal_price()[0], venue.reserves().lrt[0]);
    let sizes = (0..=CURVE_POINTS).map(|k| {
        let decades = 4.0 * (k as f64 / CURVE_POINTS as f64 - 1.0);
        reserve_lrt * pegstress_num::exp(decades * std::f64::consts::LN_10)
    });
    let (size_lrt, slippage) = sizes
        .map(|size| {
            let traded = venue.clone().trade(&[size], &[0.0]);
            (size, slippage_of(size, traded.taken.lrt[0], traded.paid.eth[0] / marginal))
        })
        .unzip();
    SlippageCurve { label, size_lrt, slippage }
}

/// `1 - paid / size` of a sale that is taken whole, else not a number; `paid` in tokens at the marginal price.
pub(crate) fn slippage_of(size: f64, taken: f64, paid: f64) -> f64 {
    if taken >= size * (1.0 - 1e-9) { 1.0 - paid / size } else { f64::NAN }
}

fn model_words(spec: &VenueSpec) -> String {
    let bps = |fee: f64| (fee * 1e8).round() / 1e4;
    match &spec.pool {
        PoolSpec::StableSwap(pool) => {
            format!("StableSwap, A = {}, fee {} bps", pool.amplification, bps(pool.fee))
        }
        PoolSpec::ConstantProduct(pool) => format!("constant product, fee {} bps", bps(pool.fee)),
        PoolSpec::MultiStableSwap(pool) => {
            let coins = pool.others.len() + 2;
            format!("StableSwap of {coins} coins, A = {}, fee {} bps", pool.amplification, bps(pool.fee))
        }
        PoolSpec::BalancerStable(pool) => {
            format!("Balancer stable, A = {}, fee {} bps", pool.amplification, bps(pool.fee))
        }
        PoolSpec::Weighted(pool) => {
            let share = 100.0 * pool.weight_lrt;
            format!("Balancer weighted, {share} % token, fee {} bps", bps(pool.fee))
        }
        PoolSpec::Cryptoswap(pool) => {
            let (mid, out) = (bps(pool.fees.mid_fee), bps(pool.fees.out_fee));
            format!("cryptoswap, fee {mid} to {out} bps")
        }
        PoolSpec::ConcentratedLiquidity(pool) => {
            format!(
                "concentrated liquidity in {} segments, fee {} bps",
                pool.segments().liquidity.len(),
                bps(pool.fee())
            )
        }
    }
}
