//! Concentrated liquidity where it differs from other pools: gaps, ends, positions burnt, snapshots of the contract.

mod common;

use common::{Random, relative};
use pegstress_amm::concentrated::{Segments, Spec, SpecError, TickSnapshot, sqrt_price_at_tick};
use pegstress_amm::{ConcentratedLiquidity, Pool as _};

/// A few rounding errors.
const ROUNDING: f64 = 1e-14;

fn segments(boundaries: &[f64], liquidity: &[f64]) -> Segments {
    Segments {
        sqrt_boundaries: boundaries.iter().map(|price: &f64| price.sqrt()).collect(),
        liquidity: liquidity.to_vec(),
    }
}

fn pool(fee: f64, price: f64, boundaries: &[f64], liquidity: &[f64]) -> ConcentratedLiquidity<1> {
    let spec = Spec::new(fee, 0.25, price.sqrt(), &segments(boundaries, liquidity)).expect("in range");
    ConcentratedLiquidity::new(&spec)
}

/// Two ranges and a gap from 0.95 to 0.98.
fn with_gap(fee: f64, price: f64) -> ConcentratedLiquidity<1> {
    pool(fee, price, &[0.9, 0.95, 0.98, 1.02], &[5e4, 0.0, 2e5])
}

fn sell(pool: &mut ConcentratedLiquidity<1>, lrt: f64) -> (f64, f64) {
    let traded = pool.trade(&[lrt], &[0.0]);
    (traded.taken.lrt[0], traded.paid.eth[0])
}

fn buy(pool: &mut ConcentratedLiquidity<1>, eth: f64) -> (f64, f64) {
    let traded = pool.trade(&[0.0], &[eth]);
    (traded.taken.eth[0], traded.paid.lrt[0])
}

/// What a range between two prices takes to be crossed, of the quote coin and of tokens.
fn held(liquidity: f64, low: f64, high: f64) -> (f64, f64) {
    let (low, high) = (f64::sqrt(low), f64::sqrt(high));
    (liquidity * (high - low), liquidity * (1.0 / low - 1.0 / high))
}

#[test]
fn a_sale_jumps_over_a_gap() {
    let mut pool = with_gap(0.0, 1.0);
    let (eth_above, lrt_above) = held(2e5, 0.98, 1.0);
    let (eth_below, lrt_below) = held(5e4, 0.94, 0.95);
    let (taken, paid) = sell(&mut pool, lrt_above + lrt_below);
    assert_eq!(taken, lrt_above + lrt_below);
    // The amounts are differences of roots 0.01 apart.
    assert!(relative(paid, eth_above + eth_below) < 100.0 * ROUNDING, "{paid}");
    assert!(relative(pool.marginal_price()[0], 0.94) < 100.0 * ROUNDING);
    let (_, back) = buy(&mut pool, eth_below + eth_above);
    assert!(relative(back, lrt_above + lrt_below) < 100.0 * ROUNDING, "{back}");
    assert!(relative(pool.marginal_price()[0], 1.0) < 100.0 * ROUNDING);
}

#[test]
fn in_a_gap_nothing_trades_at_the_price_of_the_state() {
    let mut pool = with_gap(1e-3, 0.96);
    assert!(relative(pool.marginal_price()[0], 0.96) < ROUNDING);
    assert!(relative(pool.bid()[0], 0.95 * (1.0 - 1e-3)) < ROUNDING);
    assert_eq!(pool.liquidity(), [0.0]);
    assert_eq!((sell(&mut pool, 0.0), buy(&mut pool, 0.0)), ((0.0, 0.0), (0.0, 0.0)));
    assert!(relative(pool.marginal_price()[0], 0.96) < ROUNDING, "a trade of nothing moves nothing");
    assert_eq!(
        pool.lrt_to_price(&[0.955]),
        [0.0],
        "a sale of nothing is all it takes to any price in the gap"
    );
    let (_, paid) = sell(&mut pool.clone(), 1e-9);
    assert!(relative(paid, 1e-9 * 0.95 * (1.0 - 1e-3)) < 1e-12);
    let (_, bought) = buy(&mut pool, 1e-9);
    assert!(relative(bought, 1e-9 / 0.98 * (1.0 - 1e-3)) < 1e-12);
}

#[test]
fn a_trade_takes_what_fits_and_the_price_stops_at_the_last_boundary() {
    for fee in [0.0, 1e-3, 0.99] {
        let keep = 1.0 - fee;
        let start = with_gap(fee, 1.0);
        for amount in [1e6, 1e12, 1e300, f64::INFINITY] {
            let mut pool = start.clone();
            let (taken, paid) = sell(&mut pool, amount);
            let fits = held(2e5, 0.98, 1.0).1 + held(5e4, 0.9, 0.95).1;
            assert!(relative(taken * keep, fits) < 100.0 * ROUNDING, "{taken} of {fits} at fee {fee}");
            assert!(relative(paid, start.reserves().eth[0]) < ROUNDING);
            assert!(relative(pool.marginal_price()[0], 0.9) < ROUNDING);
            assert!(pool.reserves().eth[0] < 1e-9 && !pool.faults()[0]);
            assert_eq!(sell(&mut pool, 5.0), (0.0, 0.0));
            assert_eq!(pool.bid(), [0.0]);
            let (_, bought) = buy(&mut pool, amount);
            assert!(relative(bought, start.reserves().lrt[0] + fits) < 100.0 * ROUNDING, "{bought}");
            assert!(relative(pool.marginal_price()[0], 1.02) < ROUNDING);
            assert!(pool.reserves().lrt[0] < 1e-9 && !pool.faults()[0]);
            assert_eq!(buy(&mut pool, 5.0), (0.0, 0.0));
        }
    }
}

#[test]
fn a_price_outside_of_the_liquidity_trades_one_way() {
    let mut above = with_gap(0.0, 1.5);
    assert_eq!(above.reserves().lrt, [0.0]);
    assert_eq!(buy(&mut above, 7.0), (0.0, 0.0));
    assert!(
        relative(above.marginal_price()[0], 1.5) < ROUNDING,
        "a trade of which nothing fits moves nothing"
    );
    assert!(relative(above.bid()[0], 1.02) < ROUNDING);
    let (_, paid) = sell(&mut above, 1e-9);
    assert!(relative(paid, 1.02e-9) < 1e-12);
    let mut below = with_gap(0.0, 0.5);
    assert_eq!(below.reserves().eth, [0.0]);
    assert_eq!(sell(&mut below, 7.0), (0.0, 0.0));
    assert_eq!(below.bid(), [0.0]);
    let (_, bought) = buy(&mut below, 1e-9);
    assert!(relative(bought, 1e-9 / 0.9) < 1e-12);
}

#[test]
fn a_pool_without_liquidity_trades_nothing() {
    let mut empty = pool(1e-3, 1.0, &[0.9, 1.0, 1.1], &[0.0, 0.0]);
    for amount in [1e-9, 1.0, 1e12, f64::INFINITY] {
        assert_eq!((sell(&mut empty, amount), buy(&mut empty, amount)), ((0.0, 0.0), (0.0, 0.0)));
        assert_eq!((empty.quote_sell(&[amount]), empty.quote_buy(&[amount])), ([0.0], [0.0]));
    }
    assert_eq!((empty.reserves().eth, empty.reserves().lrt), ([0.0], [0.0]));
    assert_eq!((empty.bid(), empty.eth_to_ask(&[1.05]), empty.lrt_to_price(&[0.95])), ([0.0], [0.0], [0.0]));
    assert!(relative(empty.marginal_price()[0], 1.0) < ROUNDING && !empty.faults()[0]);
}

#[test]
fn fees_leave_the_curve_and_the_protocol_has_its_share_of_them() {
    let mut pool = with_gap(3e-3, 1.0);
    let before = pool.reserves();
    let (taken, paid) = sell(&mut pool, 100.0);
    let fees = pool.fees_paid();
    assert!(relative(fees.lrt[0], 0.3) < ROUNDING && fees.eth == [0.0]);
    assert!(relative(pool.protocol_fees().lrt[0], 0.075) < ROUNDING);
    assert!(relative(pool.reserves().lrt[0] - before.lrt[0], taken - 0.3) < 1e-12);
    assert!(relative(before.eth[0] - pool.reserves().eth[0], paid) < 1e-12);
}

/// One step of a range after the other, as the contract does.
fn walk(segments: &Segments, root: f64, mut lrt: f64) -> f64 {
    let (mut s, mut eth) = (root, 0.0);
    for (ends, liquidity) in segments.sqrt_boundaries.windows(2).zip(&segments.liquidity).rev() {
        let low = ends[0];
        if low >= s {
            continue;
        }
        let room = liquidity * (s - low) / (s * low);
        let end = if lrt < room { s * liquidity / (liquidity + lrt * s) } else { low };
        let amount = if lrt < room { lrt } else { room };
        eth += amount * s * end;
        lrt -= amount;
        s = end;
        if lrt == 0.0 {
            break;
        }
    }
    eth
}

#[test]
fn a_thousand_segments_pay_what_a_walk_over_them_pays() {
    let mut random = Random(3);
    let sqrt_boundaries: Vec<f64> = (-500..=500).map(|k| sqrt_price_at_tick(10 * k - 3)).collect();
    let liquidity: Vec<f64> = (0..1_000).map(|_| random.log_uniform(1e3, 1e7)).collect();
    let segments = Segments { sqrt_boundaries, liquidity };
    let spec = Spec::new(0.0, 0.0, 1.0, &segments).expect("in range");
    let pool = ConcentratedLiquidity::<1>::new(&spec);
    for _ in 0..2_000 {
        let lrt = random.log_uniform(1.0, 2e5);
        let (paid, walked) = (pool.quote_sell(&[lrt])[0], walk(&segments, 1.0, lrt));
        // The walk adds up to 500 rounding errors, and each of its rooms is a difference of roots 5e-4 apart.
        assert!(relative(paid, walked) < 1e-12, "{lrt}: {paid} and {walked}");
    }
}

#[test]
fn amounts_to_a_price_are_the_sums_of_what_lies_between() {
    let pool = with_gap(0.0, 1.0);
    let to = |price: f64| pool.lrt_to_price(&[price])[0];
    let above = held(2e5, 0.98, 1.0).1;
    assert!(relative(to(0.99), held(2e5, 0.99, 1.0).1) < 1e-12);
    for price in [0.98, 0.97, 0.95] {
        assert!(relative(to(price), above) < 1e-12, "in the gap, at {price}");
    }
    assert!(relative(to(0.92), above + held(5e4, 0.92, 0.95).1) < 1e-12);
    for price in [0.5, 1e-9, 0.0, -1.0, f64::NAN] {
        assert!(relative(to(price), above + held(5e4, 0.9, 0.95).1) < 1e-12, "below all, at {price}");
    }
    for price in [1.0, 1.01, 1e9, f64::INFINITY] {
        assert_eq!(to(price), 0.0);
    }
    let asks = [1.01, 1.02, 5.0, f64::INFINITY].map(|ask| pool.eth_to_ask(&[ask])[0]);
    assert!(relative(asks[0], held(2e5, 1.0, 1.01).0) < 1e-12);
    assert!(asks[1..].iter().all(|&eth| relative(eth, held(2e5, 1.0, 1.02).0) < 1e-12), "{asks:?}");
    assert_eq!([0.99, 0.0, f64::NAN].map(|ask| pool.eth_to_ask(&[ask])[0]), [0.0; 3]);
}

#[test]
fn burning_a_range_takes_what_its_positions_hold_at_the_price() {
    let spec = Spec::new(0.0, 0.0, 1.0, &segments(&[0.5, 2.0], &[1e4])).expect("in range");
    let start = ConcentratedLiquidity::<4>::new(&spec);
    let shares = [0.0, 0.3, 1.0, f64::NAN];
    for (prices, around) in [(0.8..0.9, (0.8, 0.9)), (1.1..1.2, (1.1, 1.2)), (0.95..1.05, (0.95, 1.05))] {
        let mut pool = start.clone();
        let out = pool.burn_range(&shares, prices);
        let below = if around.0 < 1.0 { held(1e4, around.0, f64::min(around.1, 1.0)).0 } else { 0.0 };
        let above = if around.1 > 1.0 { held(1e4, f64::max(around.0, 1.0), around.1).1 } else { 0.0 };
        for (i, share) in [0.0, 0.3, 1.0, 0.0].into_iter().enumerate() {
            assert!((out.eth[i] + share * below).abs() < 1e-9, "{around:?}, {share}: {out:?}");
            assert!((out.lrt[i] + share * above).abs() < 1e-9, "{around:?}, {share}: {out:?}");
            assert_eq!(pool.reserves().eth[i], start.reserves().eth[i] + out.eth[i]);
            assert_eq!(pool.reserves().lrt[i], start.reserves().lrt[i] + out.lrt[i]);
        }
        assert_eq!(pool.marginal_price(), start.marginal_price());
    }
}

#[test]
fn after_a_burn_each_lane_trades_on_its_own_liquidity() {
    let start = Spec::new(1e-3, 0.0, 1.0, &segments(&[0.8, 0.95, 1.3], &[1e4, 3e4])).expect("in range");
    let shares = [0.0, 0.25, 0.5, 1.0];
    let mut lanes = ConcentratedLiquidity::<4>::new(&start);
    lanes.scale(&[0.5; 4]);
    lanes.burn_range(&shares, 0.9..1.0);
    lanes.burn_range(&[0.5; 4], 0.97..1.1);
    for (i, share) in shares.into_iter().enumerate() {
        let left = [1.0, 1.0 - share, 1.0 - share, 0.5 * (1.0 - share), 0.5, 1.0];
        let before = [1e4, 1e4, 3e4, 3e4, 3e4, 3e4];
        let liquidity: Vec<f64> =
            before.iter().zip(left).map(|(liquidity, left)| 0.5 * liquidity * left).collect();
        let mut alone = pool(1e-3, 1.0, &[0.8, 0.9, 0.95, 0.97, 1.0, 1.1, 1.3], &liquidity);
        for amount in [1e-3, 10.0, 300.0, 1e6] {
            let traded = lanes.clone().trade(&[amount; 4], &[0.0; 4]);
            let (taken, paid) = sell(&mut alone.clone(), amount);
            assert!(relative(traded.taken.lrt[i], taken) < 1e-12, "lane {i}, sale of {amount}");
            assert!(relative(traded.paid.eth[i], paid) < 1e-12, "lane {i}, sale of {amount}");
            let traded = lanes.clone().trade(&[0.0; 4], &[amount; 4]);
            let (taken, paid) = buy(&mut alone.clone(), amount);
            assert!(relative(traded.taken.eth[i], taken) < 1e-12, "lane {i}, purchase of {amount}");
            assert!(relative(traded.paid.lrt[i], paid) < 1e-12, "lane {i}, purchase of {amount}");
        }
        sell(&mut alone, 1.0);
        assert!(!lanes.faults()[i]);
    }
}

/// Trades before and after a burn, as bits, lane by lane.
fn play<const W: usize>(inputs: &[[f64; 3]]) -> Vec<Vec<u64>> {
    let column = |k: usize| std::array::from_fn::<f64, W, _>(|i| inputs[i][k]);
    let (lrt, eth, share) = (column(0), column(1), column(2));
    let spec =
        Spec::new(1e-3, 0.0, 1.0, &segments(&[0.8, 0.95, 0.97, 1.3], &[1e4, 0.0, 3e4])).expect("in range");
    let mut pool = ConcentratedLiquidity::<W>::new(&spec);
    let mut seen: Vec<[f64; W]> = Vec::new();
    for range in [0.9..0.97, 0.96..1.01] {
        for eth in [[0.0; W], eth] {
            let traded = pool.trade(&lrt, &eth);
            seen.extend([traded.taken.eth, traded.taken.lrt, traded.paid.eth, traded.paid.lrt]);
            seen.extend([pool.marginal_price(), pool.bid(), pool.eth_to_ask(&[1.2; W]), pool.reserves().eth]);
        }
        let out = pool.burn_range(&share, range);
        seen.extend([out.eth, out.lrt, pool.reserves().lrt]);
    }
    (0..W).map(|i| seen.iter().map(|lanes| lanes[i].to_bits()).collect()).collect()
}

#[test]
fn lanes_with_tables_of_their_own_do_not_see_each_other() {
    let mut random = Random(9);
    let mut inputs: Vec<[f64; 3]> = (0..64)
        .map(|_| {
            let amounts = [random.log_uniform(1e-6, 1e5), random.log_uniform(1e-6, 1e5)];
            let buys = f64::from(u8::from(random.bits() & 1 == 0));
            [amounts[0], buys * amounts[1], random.uniform(0.0, 1.0)]
        })
        .collect();
    let wide = play::<64>(&inputs);
    let eight: Vec<_> = inputs.chunks(8).flat_map(play::<8>).collect();
    let single: Vec<_> = inputs.chunks(1).flat_map(play::<1>).collect();
    assert!(wide == eight && wide == single);
    for bad in [f64::NAN, f64::INFINITY, -1.0, 1e300, 5e-324] {
        inputs[3] = [bad; 3];
        let seen = play::<8>(&inputs[..8]);
        assert!((0..8).filter(|i| *i != 3).all(|i| seen[i] == wide[i]), "beside {bad}");
    }
}

#[test]
fn ranges_that_hold_nothing_burn_nothing() {
    let mut pool = with_gap(0.0, 1.0);
    for prices in [0.955..0.97, 2.0..3.0, 0.5..0.6, f64::NAN..1.0, 0.9..f64::NAN, -2.0..-1.0] {
        let out = pool.burn_range(&[0.7], prices.clone());
        assert_eq!((out.eth[0].abs(), out.lrt[0].abs()), (0.0, 0.0), "{prices:?}");
    }
    assert!(relative(sell(&mut pool, 10.0).1, sell(&mut with_gap(0.0, 1.0), 10.0).1) < ROUNDING);
}

/// LRT/WETH as a contract stores it: full range and one range around 1, the decimals of both tokens given.
fn snapshot(lrt_is_token_0: bool, decimals: [u8; 2]) -> TickSnapshot {
    let ten = |n: i32| (0..n.abs()).fold(1.0, |power, _| if n < 0 { power / 10.0 } else { power * 10.0 });
    // Token 1 in token 0, in units: 10^(d1 - d0), whose logarithm to the base 1.0001 is 23027.
    let shift = i32::from(decimals[1]) - i32::from(decimals[0]);
    let tick = if shift == 0 { 0 } else { 23_027 * shift };
    let units = (i32::from(decimals[0]) + i32::from(decimals[1])) / 2;
    let liquidity = |tokens: f64| (tokens * ten(units)) as i128;
    let price = sqrt_price_at_tick(tick);
    TickSnapshot {
        lrt_is_token_0,
        decimals,
        fee: 5e-4,
        protocol_share: 0.25,
        sqrt_price_x96: price * 79_228_162_514_264_337_593_543_950_336.0,
        tick,
        liquidity: (liquidity(1e3) + liquidity(5e4)) as u128,
        ticks: vec![
            (-887_220, liquidity(1e3)),
            (tick - 200, liquidity(5e4)),
            (tick + 100, -liquidity(5e4)),
            (887_220, -liquidity(1e3)),
        ],
    }
}

#[test]
fn decimals_do_not_matter_and_the_order_of_the_tokens_turns_the_price_round() {
    for decimals in [[18, 18], [6, 18], [18, 6]] {
        let spec = Spec::from_ticks(&snapshot(true, decimals)).expect("a sound pool");
        let pool = ConcentratedLiquidity::<1>::new(&spec);
        // 10^12 is not a whole number of ticks.
        assert!(relative(pool.marginal_price()[0], 1.0) < 1e-3, "{decimals:?}");
        assert!(relative(pool.liquidity()[0], 5.1e4) < 1e-12, "{decimals:?}");
        let turned = ConcentratedLiquidity::<1>::new(
            &Spec::from_ticks(&snapshot(false, decimals)).expect("a sound pool"),
        );
        assert!(relative(turned.marginal_price()[0], 1.0 / pool.marginal_price()[0]) < ROUNDING);
        assert!(relative(turned.reserves().eth[0], pool.reserves().lrt[0]) < 1e-11);
        assert!(relative(turned.reserves().lrt[0], pool.reserves().eth[0]) < 1e-11);
        assert!(relative(turned.quote_sell(&[100.0])[0], pool.quote_buy(&[100.0])[0]) < 1e-12);
    }
}

#[test]
fn ticks_stand_at_powers_of_1_0001() {
    // To 17 digits, by arithmetic of 60 digits.
    for (tick, root) in [
        (0, 1.0),
        (1, 1.000_049_998_750_062_4),
        (-1, 0.999_950_003_749_687_6),
        (1_000, 1.051_268_468_376_766_6),
        (-12_345, 0.539_442_467_942_817_2),
        (50_000, 12.180_971_345_630_637),
        (887_272, 1.844_605_071_109_770_4e19),
        (-887_272, 5.421_214_631_044_951e-20),
    ] {
        assert!(relative(sqrt_price_at_tick(tick), root) <= 2.0 * f64::EPSILON, "tick {tick}");
    }
}

#[test]
fn a_snapshot_that_contradicts_itself_is_refused() {
    let sound = snapshot(true, [18, 18]);
    let refused = |change: fn(&mut TickSnapshot)| {
        let mut snapshot = sound.clone();
        change(&mut snapshot);
        Spec::from_ticks(&snapshot).expect_err("a contradiction")
    };
    assert_eq!(refused(|s| s.ticks.swap(0, 1)), SpecError::TicksUnsorted { tick: -887_220 });
    assert_eq!(refused(|s| s.ticks[2].0 = -200), SpecError::TicksUnsorted { tick: -200 });
    assert_eq!(refused(|s| s.ticks[0].1 = -5), SpecError::TickLiquidity { tick: -887_220 });
    assert_eq!(refused(|s| s.ticks[0].0 = -887_273), SpecError::TickOutOfRange { tick: -887_273 });
    assert!(matches!(refused(|s| s.ticks[3].1 += 1), SpecError::OpenEnd { rest: 1 }));
    assert!(matches!(refused(|s| s.liquidity += 1), SpecError::LiquidityOffTicks { .. }));
    assert!(matches!(refused(|s| s.tick = 100), SpecError::TickOffPrice { tick: 100, .. }));
    assert!(matches!(refused(|s| s.tick = i32::MAX), SpecError::TickOffPrice { .. }));
    assert!(matches!(refused(|s| s.sqrt_price_x96 = f64::NAN), SpecError::TickOffPrice { .. }));
    assert_eq!(refused(|s| s.fee = 1.0), SpecError::Fee { fee: 1.0 });
    let none = |s: &mut TickSnapshot| (s.ticks, s.liquidity) = (Vec::new(), 0);
    assert_eq!(refused(none), SpecError::Count { boundaries: 0, segments: 0 });
}

#[test]
fn parameters_out_of_range_are_refused() {
    let sound = segments(&[0.9, 1.1], &[1.0]);
    let new = |fee, share, price: f64, segments: &Segments| {
        Spec::new(fee, share, price.sqrt(), segments).unwrap_err()
    };
    assert!(matches!(new(f64::NAN, 0.0, 1.0, &sound), SpecError::Fee { .. }));
    assert!(matches!(new(-0.1, 0.0, 1.0, &sound), SpecError::Fee { .. }));
    assert!(matches!(new(0.0, 1.1, 1.0, &sound), SpecError::ProtocolShare { .. }));
    assert!(matches!(new(0.0, 0.0, 0.0, &sound), SpecError::Price { .. }));
    assert!(matches!(new(0.0, 0.0, f64::INFINITY, &sound), SpecError::Price { .. }));
    assert!(matches!(
        new(0.0, 0.0, 1.0, &segments(&[0.9, 0.9], &[1.0])),
        SpecError::Boundary { index: 1, .. }
    ));
    assert!(matches!(
        new(0.0, 0.0, 1.0, &segments(&[0.0, 0.9], &[1.0])),
        SpecError::Boundary { index: 0, .. }
    ));
    assert!(matches!(
        new(0.0, 0.0, 1.0, &segments(&[0.9, 1.1], &[-1.0])),
        SpecError::Liquidity { index: 0, .. }
    ));
    assert!(matches!(new(0.0, 0.0, 1.0, &segments(&[0.9, 1.1], &[f64::NAN])), SpecError::Liquidity { .. }));
    assert!(matches!(new(0.0, 0.0, 1.0, &segments(&[0.9], &[])), SpecError::Count { .. }));
    assert!(matches!(new(0.0, 0.0, 1.0, &segments(&[0.9, 1.1], &[1.0, 1.0])), SpecError::Count { .. }));
}

#[test]
fn a_spec_equals_itself_and_no_other() {
    let spec = |liquidity: f64| {
        let segments = Segments { sqrt_boundaries: vec![0.9, 1.1], liquidity: vec![liquidity] };
        Spec::new(3e-3, 0.0, 1.0, &segments).expect("in range")
    };
    assert_eq!(spec(1.0), spec(1.0));
    assert_ne!(spec(1.0), spec(2.0));
}
