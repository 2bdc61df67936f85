//! A pool of the token against a quote coin: what every model has, and one table for the model.

pub mod balancer_stable;
pub mod balancer_weighted;
pub mod concentrated_liquidity;
pub mod constant_product;
pub mod cryptoswap;
pub mod stableswap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::drivers::NumberOrRows;
use super::quantity::Positive;
use balancer_stable::RawBalancerStable;
use balancer_weighted::RawBalancerWeighted;
use concentrated_liquidity::RawConcentratedLiquidity;
use constant_product::RawConstantProduct;
use cryptoswap::RawCryptoswap;
use stableswap::RawStableSwap;

/// A pool of the token against a quote coin; exactly one of the tables names its mathematics.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    { "required": ["stableswap"] },
    { "required": ["constant_product"] },
    { "required": ["balancer_stable"] },
    { "required": ["balancer_weighted"] },
    { "required": ["concentrated_liquidity"] },
    { "required": ["cryptoswap"] },
]))]
pub struct RawVenue {
    /// Name, for labels; each venue its own.
    pub name: String,
    /// Symbol of the other coin, for labels; `ETH` if absent.
    pub quote: Option<String>,
    /// ETH that one unit of the other coin is worth; 1 if absent, which only ETH and WETH may leave to it.
    pub eth_per_quote: Option<Positive>,
    /// Curve's StableSwap of the first generation or NG.
    pub stableswap: Option<RawStableSwap>,
    /// `x * y = k`, as Uniswap v2.
    pub constant_product: Option<RawConstantProduct>,
    /// Balancer's stable pool of two tokens.
    pub balancer_stable: Option<RawBalancerStable>,
    /// Balancer's weighted pool.
    pub balancer_weighted: Option<RawBalancerWeighted>,
    /// Concentrated liquidity, as Uniswap v3 and its kin.
    pub concentrated_liquidity: Option<RawConcentratedLiquidity>,
    /// Curve's cryptoswap of two coins.
    pub cryptoswap: Option<RawCryptoswap>,
}

/// The table of a venue that names its mathematics.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RawPool<'a> {
    /// `stableswap`
    StableSwap(&'a RawStableSwap),
    /// `constant_product`
    ConstantProduct(&'a RawConstantProduct),
    /// `balancer_stable`
    BalancerStable(&'a RawBalancerStable),
    /// `balancer_weighted`
    BalancerWeighted(&'a RawBalancerWeighted),
    /// `concentrated_liquidity`
    ConcentratedLiquidity(&'a RawConcentratedLiquidity),
    /// `cryptoswap`
    Cryptoswap(&'a RawCryptoswap),
}

impl RawVenue {
    /// Tables of models, in the order of their names in the schema; not all, and never several.
    pub const MODELS: &'static [&'static str] = &[
        "stableswap",
        "constant_product",
        "balancer_stable",
        "balancer_weighted",
        "concentrated_liquidity",
        "cryptoswap",
    ];

    /// The tables of models that are there; a checked venue has one.
    pub fn pools(&self) -> Vec<RawPool<'_>> {
        let all = [
            self.stableswap.as_ref().map(RawPool::StableSwap),
            self.constant_product.as_ref().map(RawPool::ConstantProduct),
            self.balancer_stable.as_ref().map(RawPool::BalancerStable),
            self.balancer_weighted.as_ref().map(RawPool::BalancerWeighted),
            self.concentrated_liquidity.as_ref().map(RawPool::ConcentratedLiquidity),
            self.cryptoswap.as_ref().map(RawPool::Cryptoswap),
        ];
        all.into_iter().flatten().collect()
    }

    /// The one model of a checked venue.
    pub fn pool(&self) -> Option<RawPool<'_>> {
        match self.pools().as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// Symbol of the other coin.
    pub fn quote(&self) -> &str {
        self.quote.as_deref().unwrap_or("ETH")
    }
}

impl<'a> RawPool<'a> {
    /// The name of the table.
    pub fn word(self) -> &'static str {
        match self {
            Self::StableSwap(_) => "stableswap",
            Self::ConstantProduct(_) => "constant_product",
            Self::BalancerStable(_) => "balancer_stable",
            Self::BalancerWeighted(_) => "balancer_weighted",
            Self::ConcentratedLiquidity(_) => "concentrated_liquidity",
            Self::Cryptoswap(_) => "cryptoswap",
        }
    }

    /// What the pool holds, quote coin first; `None` where two records of reserves do not make a pool of the model.
    pub fn reserves(self) -> Option<(&'a NumberOrRows, &'a NumberOrRows)> {
        match self {
            Self::StableSwap(pool) => Some((&pool.reserve_quote, &pool.reserve_lrt)),
            Self::ConstantProduct(pool) => Some((&pool.reserve_quote, &pool.reserve_lrt)),
            Self::BalancerStable(pool) => Some((&pool.reserve_quote, &pool.reserve_lrt)),
            Self::BalancerWeighted(pool) => Some((&pool.reserve_quote, &pool.reserve_lrt)),
            Self::ConcentratedLiquidity(_) | Self::Cryptoswap(_) => None,
        }
    }
}
