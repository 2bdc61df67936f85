//! Pools: integers as the contract computes, one lane, and a block of lanes. Figures are per trade (or per amount).
//!
//! A round trip is a sale and the purchase with its proceeds, two trades. An iteration makes some from a fresh copy of
//! the pool, taken outside of the measured time: so every iteration meets the same states, however many there are.

mod common;

use criterion::{BatchSize, Bencher, Criterion, Throughput, criterion_group, criterion_main};
use pegstress_amm::{Venue, VenueSpec};
use pegstress_benches::kernels::{eth_to_ask, round_trip, sell_over};
use pegstress_benches::pools::{self, Shape};
use pegstress_benches::{contracts, contracts::wei};
use pegstress_exact::U256;
use pegstress_exact::quote::Quote;
use pegstress_num::{Isa, Lanes};
use pegstress_sim::LANES;
use std::error::Error;
use std::hint::black_box;

/// Of an iteration.
const ROUND_TRIPS: u64 = 32;
/// Of an ordinary trade.
const TOKENS: u64 = 10;

/// Different in every lane, around the size that the contract gets.
fn amounts<const W: usize>(tokens: u64) -> Lanes<W> {
    std::array::from_fn(|i| tokens as f64 * (0.5 + 0.01 * i as f64))
}

/// From a fresh copy each time.
fn measure<P: Clone>(bencher: &mut Bencher<'_>, pool: &P, mut operation: impl FnMut(&mut P)) {
    bencher.iter_batched_ref(
        || pool.clone(),
        |pool| (0..ROUND_TRIPS).for_each(|_| operation(pool)),
        BatchSize::PerIteration,
    );
}

fn round_trips<const W: usize>(bencher: &mut Bencher<'_>, spec: &VenueSpec, tokens: u64) {
    let amount = amounts::<W>(tokens);
    measure(bencher, &Venue::<W>::new(spec, &[1.0; W]), |pool| {
        black_box(round_trip(Isa::best(), pool, black_box(&amount)));
    });
}

/// `exact` makes one round trip in integers.
fn sell<P: Clone>(
    criterion: &mut Criterion,
    model: &str,
    tokens: u64,
    spec: &VenueSpec,
    (pool, exact): (P, impl Fn(&mut P, U256)),
) {
    let mut group = common::group(criterion, &format!("{model}/sell"));
    group.throughput(Throughput::Elements(2 * ROUND_TRIPS));
    group.bench_function("exact", |bencher| {
        measure(bencher, &pool, |pool| exact(pool, black_box(wei(tokens))));
    });
    group.bench_function("one_lane", |bencher| round_trips::<1>(bencher, spec, tokens));
    group.throughput(Throughput::Elements(2 * ROUND_TRIPS * LANES as u64));
    group.bench_function("lanes", |bencher| round_trips::<LANES>(bencher, spec, tokens));
    group.finish();
}

fn curve<P: Quote>(pool: &mut P, lrt_in: U256)
where
    P::Error: std::fmt::Debug,
{
    let eth = pool.exchange(1, 0, lrt_in).expect("a sale");
    black_box(pool.exchange(0, 1, eth).expect("a purchase"));
}

fn balancer(pool: &mut pegstress_exact::balancer::v3::Pool, lrt_in: U256) {
    let eth = pool.swap_exact_in(1, 0, lrt_in).expect("a sale");
    black_box(pool.swap_exact_in(0, 1, eth).expect("a purchase"));
}

fn concentrated(pool: &mut pegstress_exact::uniswap_v3::Pool, lrt_in: U256) {
    let eth = contracts::sell_concentrated(pool, true, lrt_in).expect("a sale");
    black_box(contracts::sell_concentrated(pool, false, eth).expect("a purchase"));
}

fn every_model(criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
    let many = 50 * TOKENS;
    sell(criterion, "stableswap", TOKENS, &pools::stableswap(), (contracts::stableswap()?, curve));
    let exact = contracts::stableswap_offpeg()?;
    sell(criterion, "stableswap_offpeg", TOKENS, &pools::stableswap_offpeg(), (exact, curve));
    let exact = contracts::stableswap_3_coins()?;
    sell(criterion, "stableswap_3_coins", TOKENS, &pools::stableswap_3_coins(), (exact, curve));
    let exact = contracts::balancer_stable()?;
    sell(criterion, "balancer_stable", TOKENS, &pools::balancer_stable(), (exact, balancer));
    sell(criterion, "weighted", TOKENS, &pools::weighted(), (contracts::weighted()?, balancer));
    let exact = contracts::concentrated(Shape::Few)?;
    let spec = pools::concentrated(Shape::Few)?;
    sell(criterion, "concentrated_few_ticks", TOKENS, &spec, (exact, concentrated));
    // So much that every trade crosses many of them.
    let exact = contracts::concentrated(Shape::Thousand)?;
    let spec = pools::concentrated(Shape::Thousand)?;
    sell(criterion, "concentrated_1000_ticks", many, &spec, (exact, concentrated));
    let exact = contracts::constant_product()?;
    sell(criterion, "constant_product", TOKENS, &pools::constant_product(), (exact, curve));
    sell(criterion, "cryptoswap", TOKENS, &pools::cryptoswap(), (contracts::cryptoswap()?, curve));
    Ok(())
}

fn models(criterion: &mut Criterion) {
    every_model(criterion).expect("sound pools");
}

fn stableswap_eth_to_ask(criterion: &mut Criterion) {
    let mut group = common::group(criterion, "stableswap/eth_to_ask");
    let (pool, limit) = (Venue::<1>::new(&pools::stableswap(), &[1.0]), [0.9995]);
    group.throughput(Throughput::Elements(1));
    group.bench_function("one_lane", |bencher| {
        bencher.iter(|| eth_to_ask(Isa::best(), &pool, black_box(&limit)));
    });
    let pool = Venue::<LANES>::new(&pools::stableswap(), &[1.0; LANES]);
    let limit = std::array::from_fn(|i| 0.996 + 5e-5 * i as f64);
    group.throughput(Throughput::Elements(LANES as u64));
    group.bench_function("lanes", |bencher| {
        bencher.iter(|| eth_to_ask(Isa::best(), &pool, black_box(&limit)));
    });
    group.finish();
}

/// A sale over three venues of different models; the pools are as before each time. Figures are per routed sale.
fn routed(criterion: &mut Criterion) {
    let mut group = common::group(criterion, "route/three_venues");
    let specs = [
        pools::stableswap(),
        pools::balancer_stable(),
        pools::concentrated(Shape::Few).expect("a sound pool"),
    ];
    group.throughput(Throughput::Elements(1));
    group.bench_function("one_lane", |bencher| routed_sales::<1>(bencher, &specs));
    group.throughput(Throughput::Elements(LANES as u64));
    group.bench_function("lanes", |bencher| routed_sales::<LANES>(bencher, &specs));
    group.finish();
}

fn routed_sales<const W: usize>(bencher: &mut Bencher<'_>, specs: &[VenueSpec]) {
    let venues: Vec<_> = specs.iter().map(|spec| Venue::<W>::new(spec, &[1.0; W])).collect();
    let amount = amounts::<W>(10 * TOKENS);
    bencher.iter_batched_ref(
        || venues.clone(),
        |venues| sell_over(Isa::best(), venues, black_box(&amount)),
        BatchSize::NumIterations(4),
    );
}

criterion_group!(benches, models, stableswap_eth_to_ask, routed);
criterion_main!(benches);
