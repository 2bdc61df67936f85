//! What the dynamic fee and moves of the price scale leave of the laws in `laws.rs`, and the laws of their own.
//!
//! - A larger sale has a lower average: of a sale away from balance only; towards it the fee falls.
//! - The invariant never falls: between moves. A move changes the unit it is counted in; the law is then that half of
//!   the profit is kept, `2 v - 1 >= u >= 1`.
//! - A round trip makes no profit: between moves. A move in between is paid by the pool, out of its profit, and the
//!   same inequality says that this is all a trader can get.

mod common;

use common::{Random, cryptoswap, relative};
use pegstress_amm::cryptoswap::Spec;
use pegstress_amm::{Coin, Cryptoswap, Pool, PoolSpec};

const STATES: usize = 3_000;

/// A pool of the usual kind, with reserves as lopsided as 30:1, and something to sell.
fn draw(random: &mut Random, widest: f64) -> (Spec, f64) {
    let curve = (random.log_uniform(40.0, 20_000.0), random.log_uniform(1e-5, 2e-2));
    let eth = random.log_uniform(1e3, 1e6);
    let reserves = (eth, eth * random.log_uniform(0.1, 10.0));
    let tilt = random.log_uniform(1.0 / widest, widest);
    let mid_fee = random.log_uniform(1e-4, 3e-3);
    let fees = (mid_fee, mid_fee * random.log_uniform(1.0, 20.0));
    let coin_0 = if random.bits() & 1 == 0 { Coin::Eth } else { Coin::Lrt };
    let PoolSpec::Cryptoswap(spec) = cryptoswap(coin_0, curve, reserves, tilt, fees).pool else {
        unreachable!("a cryptoswap pool was asked for")
    };
    (spec, reserves.1 * random.log_uniform(1e-5, 0.5))
}

fn sell(pool: &mut Cryptoswap<1>, lrt: f64) -> f64 {
    pool.trade(&[lrt], &[0.0]).paid.eth[0]
}

fn buy(pool: &mut Cryptoswap<1>, eth: f64) -> f64 {
    pool.trade(&[0.0], &[eth]).paid.lrt[0]
}

#[test]
fn while_the_average_rests_a_round_trip_pays_the_least_fee_at_least() {
    let mut random = Random(31);
    for _ in 0..STATES {
        let (spec, lrt) = draw(&mut random, 30.0);
        let mut pool = Cryptoswap::new(&spec);
        let eth = sell(&mut pool, lrt);
        let back = buy(&mut pool, eth);
        // Rounding of a reserve that is drained, in tokens.
        let slack = 1e-14 * (lrt + spec.reserve_eth / pool.marginal_price()[0]);
        assert!(back <= lrt * (1.0 - spec.fees.mid_fee) + slack, "{lrt} -> {back}: {spec:?}");
    }
}

#[test]
fn a_larger_sale_away_from_balance_has_a_lower_average() {
    let mut random = Random(32);
    for _ in 0..STATES {
        let (mut spec, lrt) = draw(&mut random, 30.0);
        // The token is the plentiful coin, counted at the price scale.
        let scale = spec.peg.price_scale;
        let eth_per_lrt = if spec.coin_0 == Coin::Eth { scale } else { 1.0 / scale };
        if spec.reserve_lrt * eth_per_lrt < spec.reserve_eth {
            spec.reserve_eth = 0.5 * spec.reserve_lrt * eth_per_lrt;
        }
        let pool = Cryptoswap::<1>::new(&spec);
        let average = |lrt: f64| pool.quote_sell(&[lrt])[0] / lrt;
        // 1e-10: the fee is rounded to that.
        assert!(average(1.5 * lrt) <= average(lrt) * (1.0 + 1e-10), "{lrt}: {spec:?}");
        assert!(average(lrt) <= pool.bid()[0] * (1.0 + 1e-10), "{lrt}: {spec:?}");
    }
}

#[test]
fn between_moves_the_invariant_rises_and_in_moves_half_of_the_profit_is_kept() {
    let mut random = Random(33);
    let mut moves = 0;
    for _ in 0..500 {
        let (spec, _) = draw(&mut random, 3.0);
        let mut pool = Cryptoswap::<1>::new(&spec);
        let mut reserves = pool.reserves();
        for _ in 0..50 {
            pool.advance(random.log_uniform(1.0, 3_600.0));
            let share = random.log_uniform(1e-4, 0.2);
            let sells = random.bits() & 1 == 0;
            let (lrt, eth) = (share * reserves.lrt[0], share * reserves.eth[0]);
            let before = pool.clone();
            let traded = pool.trade(&[if sells { lrt } else { 0.0 }], &[if sells { 0.0 } else { eth }]);
            assert!(!pool.faults()[0], "{spec:?}");

            let now = pool.reserves();
            let eth_kept = reserves.eth[0] + traded.taken.eth[0] - traded.paid.eth[0];
            let lrt_kept = reserves.lrt[0] + traded.taken.lrt[0] - traded.paid.lrt[0];
            assert!(relative(now.eth[0], eth_kept) < 1e-15 && relative(now.lrt[0], lrt_kept) < 1e-15);
            reserves = now;

            let (scale, average) = (pool.price_scale()[0], pool.average_price()[0]);
            if scale == before.price_scale()[0] {
                assert!(pool.invariant()[0] >= before.invariant()[0] * (1.0 - 1e-15), "{spec:?}");
            } else {
                moves += 1;
                let (was, is) = (average / before.price_scale()[0] - 1.0, average / scale - 1.0);
                assert!(
                    was * is >= 0.0 && is.abs() < was.abs(),
                    "the scale moves past the average: {spec:?}"
                );
            }
            let (value, profit) = (pool.virtual_price()[0], pool.profit()[0]);
            assert!(2.0 * value - 1.0 >= profit - 1e-14 && profit >= 1.0, "{value} {profit}: {spec:?}");
            let owned = pool.owner_share()[0];
            assert!(owned >= before.owner_share()[0] && owned < 0.5, "{owned}: {spec:?}");
        }
    }
    assert!(moves > 1_000, "{moves}");
}

#[test]
fn the_scale_reaches_a_price_that_stays() {
    let mut random = Random(34);
    for coin_0 in [Coin::Eth, Coin::Lrt] {
        let PoolSpec::Cryptoswap(spec) =
            cryptoswap(coin_0, (400.0, 1.45e-4), (10_000.0, 9_000.0), 1.0, (2.6e-3, 4.5e-3)).pool
        else {
            unreachable!("a cryptoswap pool was asked for")
        };
        let mut pool = Cryptoswap::<1>::new(&spec);
        let target = 1.04 * pool.marginal_price()[0];
        for _ in 0..5_000 {
            pool.advance(120.0);
            // Arbitrage holds the price, noise pays the fees.
            let eth = pool.eth_to_ask(&[target])[0];
            buy(&mut pool, eth);
            let lrt = pool.lrt_to_bid(&[target])[0];
            sell(&mut pool, lrt);
            let noise = 20.0 * random.uniform(0.0, 1.0);
            let lrt = buy(&mut pool, noise);
            sell(&mut pool, lrt);
        }
        let scale = pool.price_scale()[0];
        let scale = if coin_0 == Coin::Eth { scale } else { 1.0 / scale };
        // Within the fee and a step: the pool rests anywhere between its bid and its ask.
        assert!(relative(scale, target) < 5e-3, "{scale} for {target}");
    }
}

#[test]
fn an_owner_who_takes_nothing_leaves_the_profit_to_the_providers() {
    let (mut spec, _) = draw(&mut Random(35), 1.0);
    let value = |admin_fee: f64, spec: &mut Spec| {
        spec.repegging.admin_fee = admin_fee;
        let mut pool = Cryptoswap::<1>::new(spec);
        for _ in 0..200 {
            pool.advance(600.0);
            let eth = sell(&mut pool, 0.01 * spec.reserve_lrt);
            buy(&mut pool, 1.02 * eth);
        }
        (pool.virtual_price()[0], pool.owner_share()[0])
    };
    let (all, nothing) = value(0.0, &mut spec);
    let (part, some) = value(0.5, &mut spec);
    assert!(nothing == 0.0 && some > 0.0 && part < all, "{all} {nothing} {part} {some}");
}

/// Selling tokens to a pool that counts in ETH is buying with ETH from the mirrored one, which counts in tokens.
#[test]
fn the_token_may_be_either_coin() {
    let mut random = Random(36);
    for _ in 0..200 {
        let (spec, _) = draw(&mut random, 3.0);
        let mirrored = Spec {
            reserve_eth: spec.reserve_lrt,
            reserve_lrt: spec.reserve_eth,
            coin_0: if spec.coin_0 == Coin::Eth { Coin::Lrt } else { Coin::Eth },
            ..spec.clone()
        };
        let (mut one, mut other) = (Cryptoswap::<1>::new(&spec), Cryptoswap::<1>::new(&mirrored));
        for _ in 0..20 {
            one.advance(700.0);
            other.advance(700.0);
            let share = random.log_uniform(1e-4, 0.3);
            if random.bits() & 1 == 0 {
                let lrt = share * one.reserves().lrt[0];
                assert_eq!(sell(&mut one, lrt), buy(&mut other, lrt));
            } else {
                let eth = share * one.reserves().eth[0];
                assert_eq!(buy(&mut one, eth), sell(&mut other, eth));
            }
            assert_eq!(one.price_scale(), other.price_scale());
            assert!((one.marginal_price()[0] * other.marginal_price()[0] - 1.0).abs() < 1e-14);
        }
    }
}

/// What the next bit of a swap brings: a central difference over 2e-4 of the amount, and the amount itself.
fn next_bit(out: impl Fn(f64) -> f64, amount: f64) -> f64 {
    let h = 1e-4 * amount;
    (out(amount + h) - out(amount - h)) / (2.0 * h)
}

#[test]
fn with_the_dynamic_fee_the_next_token_of_that_sale_brings_the_bid_or_costs_the_ask() {
    let mut random = Random(37);
    let (mut reached, mut refused) = (0, 0);
    for _ in 0..STATES {
        let (spec, _) = draw(&mut random, 30.0);
        let pool = Cryptoswap::<1>::new(&spec);
        let discount = random.log_uniform(1e-3, 0.7);
        let (bid, price) = (pool.bid()[0], pool.marginal_price()[0]);
        let target = (1.0 - discount) * price;
        let lrt = pool.lrt_to_bid(&[target])[0];
        if target >= bid {
            assert_eq!(lrt, 0.0, "{spec:?}");
            refused += 1;
            continue;
        }
        // 1e-10 of the output, the rounding of the fee, is 5e-7 of such a difference; its own error is as small.
        let found = next_bit(|lrt| pool.quote_sell(&[lrt])[0], lrt);
        assert!(lrt > 0.0 && relative(found, target) < 2e-6, "{found} for {target}: {spec:?}");

        let ask = price / (1.0 - spec.fees.out_fee) * (1.0 + discount);
        let eth = pool.eth_to_ask(&[ask])[0];
        let found = 1.0 / next_bit(|eth| pool.quote_buy(&[eth])[0], eth);
        assert!(eth > 0.0 && relative(found, ask) < 2e-6, "{found} for {ask}: {spec:?}");
        reached += 1;
    }
    assert!(reached > STATES / 2 && refused > 100, "{reached} {refused}");
}

/// The price's derivative by the amount is known by a second sale; the amount is then off by no more than 1e-9 of the
/// reserve.
#[test]
fn amounts_to_a_price_are_good_to_1e_9_of_the_reserve() {
    let mut random = Random(38);
    for _ in 0..STATES {
        let (mut spec, _) = draw(&mut random, 30.0);
        spec.fees.mid_fee = 0.0;
        spec.fees.out_fee = 0.0;
        let start = Cryptoswap::<1>::new(&spec);
        let price = start.marginal_price()[0] * (1.0 - random.log_uniform(1e-6, 0.9));
        let lrt = start.lrt_to_price(&[price])[0];
        let price_after = |lrt: f64| {
            let mut pool = start.clone();
            sell(&mut pool, lrt);
            pool.marginal_price()[0]
        };
        let h = 1e-9 * spec.reserve_lrt;
        assert!(price_after(lrt + h) < price && price < price_after(greater(lrt - h)), "{lrt}: {spec:?}");
    }
}

fn greater(x: f64) -> f64 {
    if x > 0.0 { x } else { 0.0 }
}
