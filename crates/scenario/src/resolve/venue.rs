//! Pools of a checked file, each as its model wants it.

use pegstress_amm::balancer_stable::{Surge, Version};
use pegstress_amm::cryptoswap::{Curve, FeeSchedule, Peg, Repegging};
use pegstress_amm::stableswap::multi::OtherCoin;
use pegstress_amm::{
    Coin, PoolSpec, RateSource, VenueSpec, balancer_stable, constant_product, cryptoswap, stableswap,
    weighted,
};

use super::concentrated::concentrated;
use crate::raw::drivers::NumberOrRows;
use crate::raw::quantity::{Hours, Positive};
use crate::raw::venue::balancer_stable::{RawBalancerStable, RawSurge};
use crate::raw::venue::balancer_weighted::RawBalancerWeighted;
use crate::raw::venue::constant_product::RawConstantProduct;
use crate::raw::venue::cryptoswap::RawCryptoswap;
use crate::raw::venue::stableswap::{RateKind, RawStableSwap};
use crate::raw::venue::{RawPool, RawVenue};

/// The owner's share of a Curve pool's fee where the file does not say.
const ADMIN_FEE_SHARE: f64 = 0.5;
/// A multiplier with which the fee is the same everywhere.
const STATIC_FEE: f64 = 1.0;

/// Least number of steps of a price scale where the file does not say.
const ADJUSTMENT_DIVISOR: f64 = 5.0;
/// `A_MULTIPLIER` of the cryptoswap contracts.
const A_MULTIPLIER: f64 = 10_000.0;

/// A pool; reserves that are rows are set by the caller. `None` for a venue that was not checked.
pub(super) fn venue(raw: &RawVenue) -> Option<VenueSpec> {
    let pool = match raw.pool()? {
        RawPool::StableSwap(raw) => stableswap(raw),
        RawPool::ConstantProduct(raw) => constant_product(raw),
        RawPool::BalancerStable(raw) => balancer_stable(raw),
        RawPool::BalancerWeighted(raw) => balancer_weighted(raw),
        RawPool::ConcentratedLiquidity(raw) => PoolSpec::ConcentratedLiquidity(concentrated(raw)?.ok()?),
        RawPool::Cryptoswap(raw) => cryptoswap(raw),
    };
    let eth_per_quote = raw.eth_per_quote.map_or(1.0, |eth| eth.0);
    Some(VenueSpec { name: raw.name.clone(), eth_per_quote, pool })
}

/// Keys of a model's table that the file leaves to their default, with that default, where it is a guess.
pub(super) fn defaults(pool: RawPool<'_>) -> Vec<(&'static str, f64)> {
    let of = |key, is_there: bool, default| (!is_there).then_some((key, default));
    let all = match pool {
        RawPool::StableSwap(raw) => {
            vec![of("admin_fee_share", raw.admin_fee_share.is_some(), ADMIN_FEE_SHARE)]
        }
        RawPool::ConstantProduct(_) => Vec::new(),
        RawPool::BalancerStable(raw) => {
            vec![of("protocol_fee_share", raw.protocol_fee_share.is_some(), 0.0)]
        }
        RawPool::BalancerWeighted(raw) => {
            vec![of("protocol_fee_share", raw.protocol_fee_share.is_some(), 0.0)]
        }
        RawPool::ConcentratedLiquidity(raw) => {
            vec![of("protocol_fee_share", raw.protocol_fee_share.is_some(), 0.0)]
        }
        RawPool::Cryptoswap(raw) => vec![
            of("admin_fee_share", raw.admin_fee_share.is_some(), ADMIN_FEE_SHARE),
            of("adjustment_divisor", raw.adjustment_divisor.is_some(), ADJUSTMENT_DIVISOR),
            of("virtual_price", raw.virtual_price.is_some(), 1.0),
            of("xcp_profit", raw.xcp_profit.is_some(), 1.0),
        ],
    };
    all.into_iter().flatten().collect()
}

fn stableswap(raw: &RawStableSwap) -> PoolSpec {
    let (reserve_eth, reserve_lrt) = (number(&raw.reserve_quote), number(&raw.reserve_lrt));
    let (amplification, fee) = (raw.amplification, raw.fee_bps.fraction());
    let offpeg_multiplier = raw.offpeg_fee_multiplier.map_or(STATIC_FEE, |multiplier| multiplier.0);
    let admin_fee = raw.admin_fee_share.map_or(ADMIN_FEE_SHARE, |share| share.0);
    let rate = rate(raw.rate, raw.rate_cache_hours);
    if raw.others.is_empty() {
        return PoolSpec::StableSwap(stableswap::Spec {
            reserve_eth,
            reserve_lrt,
            amplification,
            fee,
            offpeg_multiplier,
            admin_fee,
            rate,
        });
    }
    let others = raw.others.iter().map(|coin| OtherCoin { reserve: coin.reserve.0, rate: coin.rate.0 });
    PoolSpec::MultiStableSwap(stableswap::multi::Spec {
        reserve_eth,
        reserve_lrt,
        others: others.collect(),
        amplification,
        fee,
        offpeg_multiplier,
        admin_fee,
        rate,
    })
}

fn constant_product(raw: &RawConstantProduct) -> PoolSpec {
    PoolSpec::ConstantProduct(constant_product::Spec {
        reserve_eth: number(&raw.reserve_quote),
        reserve_lrt: number(&raw.reserve_lrt),
        fee: raw.fee_bps.fraction(),
    })
}

fn balancer_stable(raw: &RawBalancerStable) -> PoolSpec {
    let surge = |raw: RawSurge| Surge { threshold: raw.threshold.0, max_fee: raw.max_fee_bps.fraction() };
    PoolSpec::BalancerStable(balancer_stable::Spec {
        // The versions differ in deposits and withdrawals out of proportion, which no scenario has.
        version: Version::Three,
        reserve_eth: number(&raw.reserve_quote),
        reserve_lrt: number(&raw.reserve_lrt),
        amplification: raw.amplification,
        fee: raw.fee_bps.fraction(),
        protocol_fee: raw.protocol_fee_share.map_or(0.0, |share| share.0),
        surge: raw.surge.map(surge),
        rate: rate(raw.rate, raw.rate_cache_hours),
        quote_rate: raw.quote_rate.map_or(1.0, |rate| rate.0),
    })
}

fn balancer_weighted(raw: &RawBalancerWeighted) -> PoolSpec {
    PoolSpec::Weighted(weighted::Spec {
        reserve_eth: number(&raw.reserve_quote),
        reserve_lrt: number(&raw.reserve_lrt),
        weight_eth: raw.weight_quote.map_or(1.0 - raw.weight_lrt, |weight| weight.0),
        weight_lrt: raw.weight_lrt,
        fee: raw.fee_bps.fraction(),
        protocol_fee: raw.protocol_fee_share.map_or(0.0, |share| share.0),
    })
}

fn cryptoswap(raw: &RawCryptoswap) -> PoolSpec {
    let unit = |coin: usize| {
        let decimals =
            raw.decimals.as_ref().and_then(|both| both.get(coin)).map_or(18, |decimals| decimals.0);
        1.0 / (0..decimals).fold(1.0, |power, _| power * 10.0)
    };
    let (unit_lrt, unit_eth) = if raw.lrt_is_coin0 { (unit(0), unit(1)) } else { (unit(1), unit(0)) };
    let or = |given: Option<Positive>, default: f64| given.map_or(default, |number| number.0);
    let price_scale = raw.price_scale.0;
    let average_price = or(raw.price_oracle, price_scale);
    PoolSpec::Cryptoswap(cryptoswap::Spec {
        reserve_eth: raw.reserve_quote.0,
        reserve_lrt: raw.reserve_lrt.0,
        unit_eth,
        unit_lrt,
        coin_0: if raw.lrt_is_coin0 { Coin::Lrt } else { Coin::Eth },
        curve: Curve { amplification: raw.amplification / A_MULTIPLIER, gamma: raw.gamma },
        fees: FeeSchedule {
            mid_fee: raw.mid_fee_bps.fraction(),
            out_fee: raw.out_fee_bps.fraction(),
            fee_gamma: raw.fee_gamma,
        },
        repegging: Repegging {
            allowed_extra_profit: raw.allowed_extra_profit,
            adjustment_step: raw.adjustment_step,
            steps: raw.adjustment_divisor.map_or(ADJUSTMENT_DIVISOR, |divisor| divisor.0),
            half_life_secs: raw.ma_half_time_secs,
            admin_fee: raw.admin_fee_share.map_or(ADMIN_FEE_SHARE, |share| share.0),
        },
        peg: Peg {
            price_scale,
            average_price,
            last_price: or(raw.last_price, average_price),
            virtual_price: or(raw.virtual_price, 1.0),
            profit: or(raw.xcp_profit, 1.0),
            profit_at_claim: or(raw.xcp_profit_at_claim, 1.0),
            adjusting: false,
        },
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
