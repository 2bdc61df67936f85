//! Pools of a checked file, each as its model wants it.

use pegstress_amm::{PoolSpec, RateSource, VenueSpec, constant_product, stableswap};

use crate::raw::drivers::NumberOrRows;
use crate::raw::quantity::Hours;
use crate::raw::venue::constant_product::RawConstantProduct;
use crate::raw::venue::stableswap::{RateKind, RawStableSwap};
use crate::raw::venue::{RawPool, RawVenue};

/// Share of a StableSwap fee that leaves the pool where the file does not say.
const ADMIN_FEE_SHARE: f64 = 0.5;
/// A multiplier with which the fee is the same everywhere.
const STATIC_FEE: f64 = 1.0;

/// A pool; reserves that are rows are set by the caller. `None` for a venue that was not checked.
pub(super) fn venue(raw: &RawVenue) -> Option<VenueSpec> {
    let pool = match raw.pool()? {
        RawPool::StableSwap(raw) => stableswap(raw),
        RawPool::ConstantProduct(raw) => constant_product(raw),
    };
    let eth_per_quote = raw.eth_per_quote.map_or(1.0, |eth| eth.0);
    Some(VenueSpec { name: raw.name.clone(), eth_per_quote, pool })
}

/// Keys of a model's table that the file leaves to their default, with that default, where it is a guess.
pub(super) fn defaults(pool: RawPool<'_>) -> Vec<(&'static str, f64)> {
    let of = |key, is_there: bool, default| (!is_there).then_some((key, default));
    let all = match pool {
        RawPool::StableSwap(raw) => [of("admin_fee_share", raw.admin_fee_share.is_some(), ADMIN_FEE_SHARE)],
        RawPool::ConstantProduct(_) => [None],
    };
    all.into_iter().flatten().collect()
}

fn stableswap(raw: &RawStableSwap) -> PoolSpec {
    PoolSpec::StableSwap(stableswap::Spec {
        reserve_eth: number(&raw.reserve_quote),
        reserve_lrt: number(&raw.reserve_lrt),
        amplification: raw.amplification,
        fee: raw.fee_bps.fraction(),
        offpeg_multiplier: raw.offpeg_fee_multiplier.map_or(STATIC_FEE, |multiplier| multiplier.0),
        admin_fee: raw.admin_fee_share.map_or(ADMIN_FEE_SHARE, |share| share.0),
        rate: rate(raw.rate, raw.rate_cache_hours),
    })
}

fn constant_product(raw: &RawConstantProduct) -> PoolSpec {
    PoolSpec::ConstantProduct(constant_product::Spec {
        reserve_eth: number(&raw.reserve_quote),
        reserve_lrt: number(&raw.reserve_lrt),
        fee: raw.fee_bps.fraction(),
    })
}

fn rate(kind: RateKind, cache: Option<Hours>) -> RateSource {
    match kind {
        RateKind::RedemptionRate => RateSource::RedemptionRate { cache_secs: cache.map_or(0.0, Hours::secs) },
        RateKind::Plain => RateSource::Plain,
    }
}

fn number(reserve: &NumberOrRows) -> f64 {
    match reserve {
        NumberOrRows::Number(number) => number.0,
        NumberOrRows::Rows(_) => f64::NAN,
    }
}
