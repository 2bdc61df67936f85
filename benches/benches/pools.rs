//! Pools: integers as the contract computes, one lane, and a block of lanes. Figures are per trade (or per amount).
//!
//! A round trip is a sale and the purchase with its proceeds, two trades: the pool stays where it is but for the
//! fees, so that every iteration meets the same state.

mod common;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pegstress_amm::{PoolSpec, RateSource, Venue, VenueSpec};
use pegstress_benches::kernels::{eth_to_ask, round_trip};
use pegstress_exact::U256;
use pegstress_exact::constant_product::Pair;
use pegstress_exact::stableswap::Pool;
use pegstress_num::{Isa, Lanes};
use pegstress_sim::LANES;
use std::hint::black_box;

const RESERVE_ETH: f64 = 9_500.0;
const RESERVE_LRT: f64 = 10_500.0;
const AMPLIFICATION: u64 = 100;

/// Whole tokens in the smallest unit.
fn wei(tokens: u64) -> U256 {
    U256::from(u128::from(tokens) * 1_000_000_000_000_000_000)
}

fn venue<const W: usize>(pool: PoolSpec) -> Venue<W> {
    Venue::new(&VenueSpec { name: "pool".into(), eth_per_quote: 1.0, pool }, &[1.0; W])
}

fn stableswap<const W: usize>() -> Venue<W> {
    venue(PoolSpec::StableSwap(pegstress_amm::stableswap::Spec {
        reserve_eth: RESERVE_ETH,
        reserve_lrt: RESERVE_LRT,
        amplification: AMPLIFICATION as f64,
        fee: 1e-4,
        offpeg_multiplier: 1.0,
        admin_fee: 0.5,
        rate: RateSource::Plain,
    }))
}

fn constant_product<const W: usize>() -> Venue<W> {
    venue(PoolSpec::ConstantProduct(pegstress_amm::constant_product::Spec {
        reserve_eth: RESERVE_ETH,
        reserve_lrt: RESERVE_LRT,
        fee: 3e-3,
    }))
}

/// Different in every lane, of the size of an ordinary trade.
fn amounts<const W: usize>() -> Lanes<W> {
    std::array::from_fn(|i| 5.0 + 0.1 * i as f64)
}

fn sell(criterion: &mut Criterion, name: &str, exact: impl FnMut(), one: Venue<1>, many: Venue<LANES>) {
    let mut group = common::group(criterion, name);
    let mut exact = exact;
    group.throughput(Throughput::Elements(2));
    group.bench_function("exact", |bencher| bencher.iter(&mut exact));
    let (mut pool, amount) = (one, amounts());
    group.bench_function("one_lane", |bencher| {
        bencher.iter(|| round_trip(Isa::best(), &mut pool, black_box(&amount)));
    });
    group.throughput(Throughput::Elements(2 * LANES as u64));
    let (mut pool, amount) = (many, amounts());
    group.bench_function("lanes", |bencher| {
        bencher.iter(|| round_trip(Isa::best(), &mut pool, black_box(&amount)));
    });
    group.finish();
}

fn stableswap_sell(criterion: &mut Criterion) {
    let fee = U256::from(1_000_000);
    let mut pool = Pool::plain(AMPLIFICATION, fee, [wei(9_500), wei(10_500)]).expect("a sound pool");
    let exact = || {
        let eth = pool.exchange(1, 0, black_box(wei(10))).expect("a sale");
        black_box(pool.exchange(0, 1, eth).expect("a purchase"));
    };
    sell(criterion, "stableswap/sell", exact, stableswap(), stableswap());
}

fn constant_product_sell(criterion: &mut Criterion) {
    let start = Pair::new([wei(9_500), wei(10_500)], 3000).expect("a sound pair");
    let exact = || {
        let mut pair = black_box(start);
        let eth = pair.swap_exact_in(1, wei(10)).expect("a sale");
        black_box(pair.swap_exact_in(0, eth).expect("a purchase"));
    };
    sell(criterion, "constant_product/sell", exact, constant_product(), constant_product());
}

fn stableswap_eth_to_ask(criterion: &mut Criterion) {
    let mut group = common::group(criterion, "stableswap/eth_to_ask");
    let (pool, limit) = (stableswap::<1>(), [0.9995]);
    group.throughput(Throughput::Elements(1));
    group.bench_function("one_lane", |bencher| {
        bencher.iter(|| eth_to_ask(Isa::best(), &pool, black_box(&limit)));
    });
    let (pool, limit) = (stableswap::<LANES>(), std::array::from_fn(|i| 0.996 + 5e-5 * i as f64));
    group.throughput(Throughput::Elements(LANES as u64));
    group.bench_function("lanes", |bencher| {
        bencher.iter(|| eth_to_ask(Isa::best(), &pool, black_box(&limit)));
    });
    group.finish();
}

criterion_group!(pools, stableswap_sell, constant_product_sell, stableswap_eth_to_ask);
criterion_main!(pools);
