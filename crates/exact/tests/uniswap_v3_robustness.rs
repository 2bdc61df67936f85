//! Pools at the edges of their domain: an error or the contract's number, never a panic or an endless loop.

use pegstress_exact::uniswap_v3::{
    Error, MAX_SQRT_RATIO_X96, MAX_TICK, MIN_SQRT_RATIO_X96, MIN_TICK, Pool, Snapshot, SnapshotError,
    SwapAmount, TickLiquidity, TickRange, sqrt_ratio_at_tick, swap_step,
};
use pegstress_exact::{ArithmeticError, U256};
use proptest::prelude::*;

const COIN: u128 = 1_000_000_000_000_000_000;
const OWNER: u64 = 1;

fn one() -> U256 {
    U256::from(1)
}

fn par() -> U256 {
    U256::from(1) << 96
}

fn exact_in(amount: u128) -> SwapAmount {
    SwapAmount::ExactIn(U256::from(amount))
}

fn limit(zero_for_one: bool) -> U256 {
    if zero_for_one { MIN_SQRT_RATIO_X96 + one() } else { MAX_SQRT_RATIO_X96 - one() }
}

/// A pool at par with two coins of liquidity from end to end.
fn full_range(fee: u32, spacing: i32) -> Pool {
    let mut pool = Pool::new(fee, spacing, par()).expect("valid");
    let end = MAX_TICK / spacing * spacing;
    pool.mint(OWNER, TickRange::new(-end, end), 2 * COIN).expect("minted");
    pool
}

#[test]
fn parameters_outside_of_their_range_are_refused() {
    for fee_millionths in [1_000_000, u32::MAX] {
        let refused = Err(Error::FeeOutOfRange { fee_millionths });
        assert_eq!(Pool::new(fee_millionths, 10, par()), refused);
    }
    for tick_spacing in [0, -1, i32::MIN, 16_384, i32::MAX] {
        assert_eq!(Pool::new(500, tick_spacing, par()), Err(Error::TickSpacingOutOfRange { tick_spacing }));
    }
    for sqrt_price_x96 in [U256::ZERO, U256::MAX] {
        assert_eq!(Pool::new(500, 10, sqrt_price_x96), Err(Error::PriceOutOfRange { sqrt_price_x96 }));
    }
    assert!(Pool::new(999_999, 16_383, par()).is_ok());
}

#[test]
fn ranges_that_are_not_the_pools_are_refused() {
    let mut pool = full_range(500, 10);
    let before = pool.clone();
    for (lower, upper, error) in [
        (10, 10, Error::EmptyRange { lower: 10, upper: 10 }),
        (20, 10, Error::EmptyRange { lower: 20, upper: 10 }),
        (i32::MIN, i32::MAX, Error::TickOutOfRange { tick: i32::MIN }),
        (-887_280, 0, Error::TickOutOfRange { tick: -887_280 }),
        (0, 887_280, Error::TickOutOfRange { tick: 887_280 }),
        (-5, 10, Error::TickNotSpaced { tick: -5, tick_spacing: 10 }),
        (-10, MAX_TICK, Error::TickNotSpaced { tick: MAX_TICK, tick_spacing: 10 }),
    ] {
        let range = TickRange::new(lower, upper);
        assert_eq!(pool.mint(OWNER, range, 1), Err(error));
        assert_eq!(pool.burn(OWNER, range, 1), Err(error));
        assert_eq!(pool.burn(OWNER, range, 0), Err(error));
        assert_eq!(pool.collect(OWNER, range, [u128::MAX; 2]), [0, 0]);
    }
    assert_eq!(pool, before);
}

#[test]
fn liquidity_that_is_not_there_cannot_be_burned() {
    let mut pool = full_range(500, 10);
    let range = TickRange::new(-887_270, 887_270);
    let before = pool.clone();
    assert_eq!(pool.burn(OWNER, range, 2 * COIN + 1), Err(Error::LiquidityUnderflow));
    assert_eq!(pool.burn(OWNER + 1, range, 1), Err(Error::LiquidityUnderflow));
    assert_eq!(pool.burn(OWNER + 1, range, 0), Err(Error::NoPosition));
    assert_eq!(pool.burn(OWNER, range, u128::MAX), Err(Error::AmountOutOfRange));
    assert_eq!(pool.mint(OWNER, range, 0), Err(Error::ZeroAmount));
    assert_eq!(pool.mint(OWNER, range, u128::MAX), Err(Error::AmountOutOfRange));
    assert!(matches!(pool.mint(OWNER, range, u128::MAX >> 1), Err(Error::TooMuchLiquidity { .. })));
    assert_eq!(pool, before);
}

#[test]
fn amounts_and_limits_that_the_contract_refuses_change_nothing() {
    let mut pool = full_range(500, 10);
    let before = pool.clone();
    for zero_for_one in [true, false] {
        let far = limit(zero_for_one);
        for nothing in [SwapAmount::ExactIn(U256::ZERO), SwapAmount::ExactOut(U256::ZERO)] {
            assert_eq!(pool.swap(zero_for_one, nothing, far), Err(Error::ZeroAmount));
        }
        let half: U256 = one() << 255;
        for large in
            [SwapAmount::ExactIn(half), SwapAmount::ExactIn(U256::MAX), SwapAmount::ExactOut(half + one())]
        {
            assert_eq!(pool.swap(zero_for_one, large, far), Err(Error::AmountOutOfRange));
        }
        for limit_x96 in [
            par(),
            limit(!zero_for_one),
            MIN_SQRT_RATIO_X96,
            MAX_SQRT_RATIO_X96,
            MIN_SQRT_RATIO_X96 - one(),
            U256::ZERO,
            U256::MAX,
        ] {
            let refused = Err(Error::PriceLimit { limit_x96 });
            assert_eq!(pool.swap(zero_for_one, exact_in(1), limit_x96), refused);
        }
    }
    assert_eq!(pool, before);
}

#[test]
fn the_largest_amounts_stop_at_the_limit() {
    for zero_for_one in [true, false] {
        for amount in [SwapAmount::ExactIn(U256::MAX >> 1), SwapAmount::ExactOut(one() << 255)] {
            let mut pool = full_range(3000, 60);
            let outcome = pool.swap(zero_for_one, amount, limit(zero_for_one)).expect("served");
            assert_eq!(outcome.sqrt_price_x96, limit(zero_for_one));
            assert!(!outcome.unfilled.is_zero());
            // Two coins but for the rounding, one unit at each of 58 stops: the ends of 57 words and of the position.
            assert!(outcome.amount_out < U256::from(2 * COIN));
            assert!(outcome.amount_out >= U256::from(2 * COIN - 59));
            assert_eq!((pool.liquidity(), outcome.ticks_crossed), (0, 1));
            // At the limit there is nothing left to move to.
            let again = pool.swap(zero_for_one, amount, limit(zero_for_one));
            assert_eq!(again, Err(Error::PriceLimit { limit_x96: limit(zero_for_one) }));
        }
    }
}

#[test]
fn a_pool_without_liquidity_moves_its_price_for_nothing() {
    for (spacing, zero_for_one) in [(1, true), (1, false), (60, true), (16_383, false)] {
        let mut pool = Pool::new(500, spacing, par()).expect("valid");
        let outcome = pool.swap(zero_for_one, exact_in(COIN), limit(zero_for_one)).expect("served");
        assert_eq!(
            (outcome.amount_in, outcome.amount_out, outcome.fee),
            (U256::ZERO, U256::ZERO, U256::ZERO)
        );
        assert_eq!(outcome.unfilled, U256::from(COIN));
        assert_eq!(pool.tick(), if zero_for_one { MIN_TICK } else { MAX_TICK - 1 });
        assert_eq!(pool.fee_growth_global_x128(), [U256::ZERO; 2]);
        let unfilled = U256::from(COIN);
        let back = pool.quote_exact_in(!zero_for_one, unfilled);
        assert_eq!(back, Err(Error::NotFilled { unfilled }));
    }
}

#[test]
fn a_falling_price_that_stops_on_a_tick_has_the_tick_below() {
    // A word of a bitmap with a spacing of 10 ends at tick -2560, initialised or not.
    let mut pool = Pool::new(500, 10, par()).expect("valid");
    let edge = sqrt_ratio_at_tick(-2560).expect("in range");
    pool.swap(true, exact_in(1), edge).expect("served");
    assert_eq!((pool.sqrt_price_x96(), pool.tick()), (edge, -2561));
    // From there a rising price begins with the tick itself.
    let back = pool.swap(false, exact_in(1), edge + one()).expect("served");
    assert_eq!(back.tick, -2560);
    // Between the ends of words, a limit on a tick without liquidity keeps its tick.
    let inside = sqrt_ratio_at_tick(-2570).expect("in range");
    pool.swap(true, exact_in(1), inside).expect("served");
    assert_eq!(pool.tick(), -2570);
}

#[test]
fn dust_is_taken_as_fee() {
    for zero_for_one in [true, false] {
        let mut pool = full_range(500, 10);
        let outcome = pool.swap(zero_for_one, exact_in(1), limit(zero_for_one)).expect("served");
        assert_eq!((outcome.amount_in, outcome.amount_out, outcome.fee), (one(), U256::ZERO, one()));
        assert_eq!(pool.sqrt_price_x96(), par());
        // Without a fee the unit moves the price, and the output rounds down.
        let mut free = full_range(0, 10);
        let outcome = free.swap(zero_for_one, exact_in(1), limit(zero_for_one)).expect("served");
        assert_eq!((outcome.amount_in, outcome.amount_out), (one(), U256::ZERO));
        assert!(outcome.sqrt_price_x96 != par());
        // One unit of output costs one of input, and one of fee.
        let cost = pool.quote_exact_out(zero_for_one, one()).expect("served");
        assert!(cost >= one() && cost <= U256::from(3));
    }
}

#[test]
fn the_fee_may_be_nothing_or_99_per_cent() {
    // Two coins of each token at par: 2 d / (2 + d) of a sale of d coins, after the fee.
    let free = full_range(0, 10).quote_exact_in(true, U256::from(2 * COIN)).expect("served");
    assert!(free <= U256::from(COIN) && free >= U256::from(COIN - 20), "{free}");
    let dear = full_range(990_000, 10);
    let outcome = dear.quote(true, exact_in(200 * COIN), limit(true)).expect("served");
    assert!(outcome.amount_out <= U256::from(COIN) && outcome.amount_out >= U256::from(COIN - 2000));
    assert_eq!(outcome.amount_in, U256::from(200 * COIN));
    // At each stop the fee is rounded up, and the rest is fee too.
    assert!(outcome.fee >= U256::from(198 * COIN) && outcome.fee <= U256::from(198 * COIN + 10_000));
    let cost = dear.quote_exact_out(true, outcome.amount_out).expect("served");
    assert!(cost <= outcome.amount_in && cost >= outcome.amount_in - U256::from(10_000));
}

#[test]
fn positions_at_the_ends_of_the_prices_work() {
    for (start, lower) in [(MIN_SQRT_RATIO_X96, MIN_TICK), (MAX_SQRT_RATIO_X96 - one(), MAX_TICK - 1)] {
        let mut pool = Pool::new(100, 1, start).expect("valid");
        let range = TickRange::new(lower, lower + 1);
        let put_in = pool.mint(OWNER, range, COIN).expect("minted");
        let zero_for_one = lower > 0;
        // From the end of the prices the other direction is open, this one is not.
        let refused = Err(Error::PriceLimit { limit_x96: limit(!zero_for_one) });
        assert_eq!(pool.swap(!zero_for_one, exact_in(1), limit(!zero_for_one)), refused);
        let outcome = pool.swap(zero_for_one, exact_in(COIN), limit(zero_for_one)).expect("served");
        assert_eq!((pool.liquidity(), outcome.ticks_crossed), (0, 1));
        let held = put_in[usize::from(zero_for_one)];
        assert!(outcome.amount_out <= held);
        pool.burn(OWNER, range, COIN).expect("held");
        assert_eq!(pool.ticks().len(), 0);
    }
}

#[test]
fn a_step_whose_result_leaves_its_word_is_an_error() {
    let amount = SwapAmount::ExactOut(one());
    let overflow = Err(ArithmeticError::Overflow.into());
    assert_eq!(swap_step(U256::MAX, one(), u128::MAX, amount, 0), overflow);
    let no_price = Err(Error::PriceOutOfRange { sqrt_price_x96: U256::ZERO });
    assert_eq!(swap_step(one(), U256::ZERO, 1, SwapAmount::ExactIn(one()), 0), no_price);
}

/// Two positions: three units of liquidity from -20 to 20, four from 0 to 30.
fn listed() -> Snapshot {
    let entry = |tick, gross, net| TickLiquidity { tick, gross, net };
    Snapshot {
        fee_millionths: 500,
        tick_spacing: 10,
        sqrt_price_x96: par(),
        tick: 0,
        liquidity: 7,
        ticks: vec![entry(20, 3, -3), entry(-20, 3, 3), entry(0, 4, 4), entry(30, 4, -4)],
    }
}

#[test]
fn a_list_of_ticks_makes_the_pool_of_its_positions() {
    let mut minted = Pool::new(500, 10, par()).expect("valid");
    minted.mint(OWNER, TickRange::new(-20, 20), 3).expect("minted");
    minted.mint(OWNER, TickRange::new(0, 30), 4).expect("minted");
    let pool = Pool::from_ticks(listed()).expect("consistent");
    assert!(pool.ticks().eq(minted.ticks()));
    assert_eq!((pool.liquidity(), pool.tick()), (minted.liquidity(), minted.tick()));
    // Stopped on tick 0 from above: the tick below, with the liquidity of there.
    let stopped = Snapshot { tick: -1, liquidity: 3, ..listed() };
    assert_eq!(Pool::from_ticks(stopped).expect("consistent").tick(), -1);
    let empty = Snapshot { liquidity: 0, ticks: Vec::new(), ..listed() };
    assert_eq!(Pool::from_ticks(empty), Ok(Pool::new(500, 10, par()).expect("valid")));
}

#[test]
fn a_list_that_is_no_pool_is_refused() {
    let refused = |change: &dyn Fn(&mut Snapshot), error: SnapshotError| {
        let mut snapshot = listed();
        change(&mut snapshot);
        assert_eq!(Pool::from_ticks(snapshot), Err(error));
    };
    refused(&|list| list.liquidity = 8, SnapshotError::LiquidityOffTicks { sum: 7, liquidity: 8 });
    refused(&|list| list.tick = 1, SnapshotError::TickOffPrice { tick: 1, tick_of_price: 0 });
    refused(&|list| list.tick = i32::MAX, SnapshotError::TickOffPrice { tick: i32::MAX, tick_of_price: 0 });
    let off_tick = |list: &mut Snapshot| {
        list.tick = -1;
        list.sqrt_price_x96 += one();
    };
    refused(&off_tick, SnapshotError::TickOffPrice { tick: -1, tick_of_price: 0 });
    refused(&|list| list.ticks[1].tick = 0, SnapshotError::DuplicateTick { tick: 0 });
    let not_spaced = Error::TickNotSpaced { tick: -21, tick_spacing: 10 };
    refused(&|list| list.ticks[1].tick = -21, not_spaced.into());
    let tick = i32::MIN;
    refused(&|list| list.ticks[1].tick = i32::MIN, Error::TickOutOfRange { tick }.into());
    let above = SnapshotError::NetAboveGross { tick: -20, gross: 2, net: 3 };
    refused(&|list| list.ticks[1].gross = 2, above);
    let nothing = SnapshotError::NetAboveGross { tick: -20, gross: 0, net: 0 };
    refused(&|list| (list.ticks[1].gross, list.ticks[1].net) = (0, 0), nothing);
    let most = |list: &mut Snapshot| (list.ticks[1].gross, list.ticks[1].net) = (u128::MAX, i128::MIN);
    let max = 1_917_569_901_783_203_986_719_870_431_555_990;
    refused(&most, Error::TooMuchLiquidity { tick: -20, max }.into());
    refused(&|list| list.ticks[1].net = -3, Error::LiquidityUnderflow.into());
    refused(&|list| list.ticks.truncate(3), SnapshotError::OpenEnd { rest: 4 });
    refused(
        &|list| list.fee_millionths = 1_000_000,
        Error::FeeOutOfRange { fee_millionths: 1_000_000 }.into(),
    );
}

/// Words of every size, with those around the edges of the domain.
fn words() -> impl Strategy<Value = U256> {
    prop_oneof![
        Just(U256::ZERO),
        Just(U256::MAX),
        Just(MIN_SQRT_RATIO_X96),
        Just(MAX_SQRT_RATIO_X96 - one()),
        any::<u64>().prop_map(U256::from),
        any::<u128>().prop_map(U256::from),
        (any::<[u64; 4]>(), 0_usize..256).prop_map(|(limbs, shift)| U256::from_limbs(limbs) >> shift),
    ]
}

fn ticks() -> impl Strategy<Value = i32> {
    prop_oneof![any::<i32>(), MIN_TICK..=MAX_TICK, -3000_i32..3000]
}

fn liquidities() -> impl Strategy<Value = u128> {
    (any::<u128>(), 0_u32..128).prop_map(|(liquidity, shift)| liquidity >> shift)
}

proptest! {
    #[test]
    fn arbitrary_words_give_a_number_or_an_error(
        price in prop_oneof![words(), (MIN_TICK..MAX_TICK).prop_map(|tick| sqrt_ratio_at_tick(tick).expect("in range"))],
        fee in prop_oneof![0..1_000_000_u32, any::<u32>()],
        spacing in prop_oneof![1..16_384_i32, any::<i32>()],
        actions in prop::collection::vec((0_u8..6, ticks(), ticks(), liquidities(), words(), words()), 1..12),
    ) {
        if let Ok(mut pool) = Pool::new(fee, spacing, price) {
            for (action, lower, upper, liquidity, amount, limit) in actions {
                let before = pool.clone();
                // Ticks of the pool most of the time, so that positions come to be.
                let aligned = |tick: i32| if liquidity % 7 == 0 { tick } else { tick / spacing * spacing };
                let range = TickRange::new(aligned(lower), aligned(upper));
                let zero_for_one = limit < pool.sqrt_price_x96();
                let failed = match action {
                    0 => pool.mint(OWNER, range, liquidity).is_err(),
                    1 => pool.burn(OWNER, range, liquidity).is_err(),
                    2 => pool.swap(zero_for_one, SwapAmount::ExactIn(amount), limit).is_err(),
                    3 => pool.swap(zero_for_one, SwapAmount::ExactOut(amount), limit).is_err(),
                    4 => pool.set_protocol_fee([lower as u8, upper as u8]).is_err(),
                    _ => {
                        pool.collect_protocol([liquidity; 2]);
                        pool.collect(OWNER, range, [liquidity; 2]);
                        false
                    }
                };
                if failed {
                    prop_assert_eq!(&pool, &before);
                }
                let _ = (pool.quote_to_sqrt_price(limit), pool.quote_exact_in(zero_for_one, amount));
                let _ = pool.quote_exact_out(!zero_for_one, amount);
                prop_assert!(pool.marginal_price_after_fee_x128(zero_for_one).is_ok());
            }
        }
    }

    #[test]
    fn arbitrary_lists_of_ticks_give_a_pool_or_an_error(
        tick in ticks(),
        offset in 0..3_i32,
        price in words(),
        liquidity in liquidities(),
        list in prop::collection::vec((ticks(), liquidities(), any::<i128>(), 0_u32..128), 0..6),
    ) {
        let price = sqrt_ratio_at_tick(tick).unwrap_or(price);
        let ticks = list.into_iter().map(|(tick, gross, net, shift)| {
            TickLiquidity { tick, gross, net: net >> shift }
        });
        let snapshot = Snapshot {
            fee_millionths: 500,
            tick_spacing: 1,
            sqrt_price_x96: price,
            tick: tick.saturating_sub(offset),
            liquidity,
            ticks: ticks.collect(),
        };
        if let Ok(pool) = Pool::from_ticks(snapshot) {
            let _ = pool.quote_to_sqrt_price(MIN_SQRT_RATIO_X96 + one());
        }
    }

    #[test]
    fn arbitrary_steps_give_a_number_or_an_error(
        price in words(), target in words(), liquidity in liquidities(), amount in words(), fee: u32, exact_in: bool,
    ) {
        let amount = if exact_in { SwapAmount::ExactIn(amount) } else { SwapAmount::ExactOut(amount) };
        let _ = swap_step(price, target, liquidity, amount, fee);
        let _ = swap_step(price, target, liquidity, amount, fee % 1_000_000);
    }
}
