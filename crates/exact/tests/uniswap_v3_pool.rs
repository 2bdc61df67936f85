//! Pools against the values published with the contract's tests (Uniswap/v3-core `test/UniswapV3Pool.spec.ts` and
//! `test/UniswapV3Pool.swaps.spec.ts` with its snapshots).

use pegstress_exact::U256;
use pegstress_exact::uniswap_v3::{
    Error, MAX_SQRT_RATIO_X96, MIN_SQRT_RATIO_X96, Pool, SwapAmount, SwapOutcome, TickRange,
    max_liquidity_per_tick, sqrt_ratio_at_tick,
};

const COIN: u128 = 1_000_000_000_000_000_000;
const ALL: [u128; 2] = [u128::MAX; 2];

/// The lower and the upper end of prices at a spacing of 60 and of 10.
const MEDIUM_END: i32 = 887_220;
const LOW_END: i32 = 887_270;

/// Two liquidity providers.
const WALLET: u64 = 0;
const OTHER: u64 = 1;

fn word(digits: &str) -> U256 {
    digits.parse().expect("a decimal number")
}

fn words(digits: [&str; 2]) -> [U256; 2] {
    digits.map(word)
}

/// `floor(sqrt(one / zero) 2^96)`, the tests' `encodePriceSqrt`.
fn price(one: u64, zero: u64) -> U256 {
    let ratio: U256 = (U256::from(one) << 192) / U256::from(zero);
    ratio.root(2)
}

fn range(lower: i32, upper: i32) -> TickRange {
    TickRange::new(lower, upper)
}

fn limit(zero_for_one: bool) -> U256 {
    let one = U256::from(1);
    if zero_for_one { MIN_SQRT_RATIO_X96 + one } else { MAX_SQRT_RATIO_X96 - one }
}

fn sell(pool: &mut Pool, zero_for_one: bool, amount: u128) -> SwapOutcome {
    pool.swap(zero_for_one, SwapAmount::ExactIn(U256::from(amount)), limit(zero_for_one)).expect("served")
}

fn pool_with(
    fee: u32,
    spacing: i32,
    sqrt_price: U256,
    positions: impl IntoIterator<Item = (i32, i32, u128)>,
) -> Pool {
    let mut pool = Pool::new(fee, spacing, sqrt_price).expect("valid");
    for (lower, upper, liquidity) in positions {
        pool.mint(WALLET, range(lower, upper), liquidity).expect("minted");
    }
    pool
}

/// The tests' pool at a price of 1:10.
fn pool_at_tenth() -> Pool {
    pool_with(3000, 60, price(1, 10), [(-MEDIUM_END, MEDIUM_END, 3161)])
}

/// The tests' pool at par.
fn pool_at_par() -> Pool {
    pool_with(3000, 60, price(1, 1), [(-MEDIUM_END, MEDIUM_END, 2 * COIN)])
}

#[test]
fn a_pool_begins_at_any_price_of_the_ticks() {
    for outside in [U256::from(1), MIN_SQRT_RATIO_X96 - U256::from(1), MAX_SQRT_RATIO_X96, U256::MAX >> 96] {
        let refused = Err(Error::PriceOutOfRange { sqrt_price_x96: outside });
        assert_eq!(Pool::new(3000, 60, outside), refused);
    }
    for (sqrt_price, tick) in [
        (MIN_SQRT_RATIO_X96, -887_272),
        (MAX_SQRT_RATIO_X96 - U256::from(1), 887_271),
        (price(1, 2), -6932),
        (price(1, 10), -23_028),
    ] {
        assert_eq!(Pool::new(3000, 60, sqrt_price).expect("valid").tick(), tick);
    }
}

#[test]
fn minting_takes_the_published_amounts() {
    let mut pool = Pool::new(3000, 60, price(1, 10)).expect("valid");
    let amounts = pool.mint(WALLET, range(-MEDIUM_END, MEDIUM_END), 3161);
    assert_eq!(amounts, Ok(words(["9996", "1000"])));
    assert_eq!(pool.tick(), -23_028);
    for (lower, upper, liquidity, amounts) in [
        (-22_980, 0, 10_000, ["21549", "0"]),
        (MEDIUM_END - 60, MEDIUM_END, 1 << 102, ["828011525", "0"]),
        (-22_980, MEDIUM_END, 10_000, ["31549", "0"]),
        (60 - MEDIUM_END, MEDIUM_END - 60, 100, ["317", "32"]),
        (-MEDIUM_END, MEDIUM_END, 10_000, ["31623", "3163"]),
        (-46_080, -23_040, 10_000, ["0", "2162"]),
        (-MEDIUM_END, 60 - MEDIUM_END, 1 << 102, ["0", "828011520"]),
        (-MEDIUM_END, -23_040, 10_000, ["0", "3161"]),
    ] {
        let minted = pool.clone().mint(WALLET, range(lower, upper), liquidity);
        assert_eq!(minted, Ok(words(amounts)), "{lower} to {upper}");
    }
}

#[test]
fn burning_gives_the_published_amounts() {
    for (lower, upper, liquidity, amounts) in [
        (-240, 0, 10_000, [120, 0]),
        (60 - MEDIUM_END, MEDIUM_END - 60, 100, [316, 31]),
        (-46_080, -46_020, 10_000, [0, 3]),
    ] {
        let mut pool = pool_at_tenth();
        pool.mint(WALLET, range(lower, upper), liquidity).expect("minted");
        pool.burn(WALLET, range(lower, upper), liquidity).expect("burned");
        assert_eq!(pool.collect(WALLET, range(lower, upper), ALL), amounts);
        assert_eq!(pool.collect(WALLET, range(lower, upper), ALL), [0, 0]);
        assert!(pool.ticks().eq(pool_at_tenth().ticks()));
    }
}

#[test]
fn ticks_hold_the_liquidity_of_the_positions_that_end_there() {
    let mut pool = pool_at_tenth();
    let gross = |pool: &Pool| {
        let inner = pool.ticks().filter(|(tick, _)| tick.abs() < 1000);
        inner.map(|(tick, state)| (tick, state.liquidity_gross, state.liquidity_net)).collect::<Vec<_>>()
    };
    pool.mint(WALLET, range(-240, 0), 100).expect("minted");
    assert_eq!(gross(&pool), [(-240, 100, 100), (0, 100, -100)]);
    pool.mint(WALLET, range(-240, 60), 150).expect("minted");
    pool.mint(WALLET, range(0, 120), 60).expect("minted");
    assert_eq!(gross(&pool), [(-240, 250, 250), (0, 160, -40), (60, 150, -150), (120, 60, -60)]);
    pool.burn(WALLET, range(-240, 0), 90).expect("burned");
    assert_eq!(gross(&pool), [(-240, 160, 160), (0, 70, 50), (60, 150, -150), (120, 60, -60)]);
    pool.burn(WALLET, range(-240, 60), 150).expect("burned");
    assert_eq!(gross(&pool), [(-240, 10, 10), (0, 70, 50), (120, 60, -60)]);
}

#[test]
fn a_tick_takes_liquidity_up_to_its_maximum() {
    let max = max_liquidity_per_tick(60).expect("valid");
    let inner = range(60 - MEDIUM_END, MEDIUM_END - 60);
    let pool = pool_at_tenth();
    let refused = |tick| Err(Error::TooMuchLiquidity { tick, max });
    assert_eq!(pool.clone().mint(WALLET, inner, max + 1), refused(inner.lower));
    assert!(pool.clone().mint(WALLET, inner, max).is_ok());
    let mut pool = pool;
    pool.mint(WALLET, inner, 1000).expect("minted");
    for (ends, tick) in [
        (inner, inner.lower),
        (range(inner.lower + 60, inner.upper), inner.upper),
        (range(inner.lower, inner.upper - 60), inner.lower),
    ] {
        assert_eq!(pool.clone().mint(WALLET, ends, max - 999), refused(tick));
    }
    assert!(pool.mint(WALLET, inner, max - 1000).is_ok());
}

#[test]
fn the_protocol_receives_its_published_part() {
    let mut pool = pool_at_tenth();
    pool.set_protocol_fee([6, 6]).expect("valid");
    pool.mint(WALLET, range(60 - MEDIUM_END, MEDIUM_END - 60), COIN).expect("minted");
    sell(&mut pool, true, COIN / 10);
    sell(&mut pool, false, COIN / 100);
    assert_eq!(pool.protocol_fees(), [50_000_000_000_000, 5_000_000_000_000]);
}

#[test]
fn a_position_is_booked_as_published() {
    let mut pool = pool_at_tenth();
    let inner = range(60 - MEDIUM_END, MEDIUM_END - 60);
    pool.mint(OTHER, inner, COIN).expect("minted");
    sell(&mut pool, true, COIN / 10);
    sell(&mut pool, false, COIN / 100);
    assert_eq!(pool.burn(WALLET, inner, 0), Err(Error::NoPosition));
    pool.mint(WALLET, inner, 1).expect("minted");
    let growth = words(["102084710076281216349243831104605583", "10208471007628121634924383110460558"]);
    let position = pool.position(WALLET, inner);
    assert_eq!((position.liquidity, position.tokens_owed), (1, [0, 0]));
    assert_eq!(position.fee_growth_inside_last_x128, growth);
    pool.burn(WALLET, inner, 1).expect("burned");
    let position = pool.position(WALLET, inner);
    assert_eq!((position.liquidity, position.tokens_owed), (0, [3, 0]));
    assert_eq!(position.fee_growth_inside_last_x128, growth);
}

#[test]
fn a_burned_position_remembers_the_growth_it_has_seen() {
    let mut pool = pool_at_par();
    let full = range(-MEDIUM_END, MEDIUM_END);
    pool.mint(OTHER, full, COIN).expect("minted");
    sell(&mut pool, true, COIN);
    sell(&mut pool, false, COIN);
    pool.burn(OTHER, full, COIN).expect("burned");
    let growth = words(["340282366920938463463374607431768211", "340282366920938576890830247744589365"]);
    assert_eq!(pool.position(OTHER, full).fee_growth_inside_last_x128, growth);
}

#[test]
fn limit_orders_earn_the_published_fees() {
    for (protocol_fee, fee) in [(0, 18_107_525_382_602), (6, 15_089_604_485_501)] {
        for (lower, upper, zero_for_one) in [(0, 120, false), (-120, 0, true)] {
            let mut pool = pool_at_par();
            pool.set_protocol_fee([protocol_fee; 2]).expect("valid");
            let order = range(lower, upper);
            let (given, taken) = if zero_for_one { (1, 0) } else { (0, 1) };
            let minted = pool.mint(WALLET, order, COIN).expect("minted");
            assert_eq!(minted[given], word("5981737760509663"));
            sell(&mut pool, zero_for_one, 2 * COIN);
            let burned = pool.burn(WALLET, order, COIN).expect("burned");
            assert_eq!((burned[given], burned[taken]), (U256::ZERO, word("6017734268818165")));
            let collected = pool.collect(WALLET, order, ALL);
            assert_eq!((collected[given], collected[taken]), (0, 6_017_734_268_818_165 + fee));
            assert!(if zero_for_one { pool.tick() < -120 } else { pool.tick() >= 120 });
        }
    }
}

#[test]
fn several_providers_share_the_fee() {
    let outer = range(-LOW_END, LOW_END);
    let inner = range(10 - LOW_END, LOW_END - 10);
    let positions = [(outer.lower, outer.upper, COIN), (inner.lower, inner.upper, 2 * COIN)];
    let mut pool = pool_with(500, 10, price(1, 1), positions);
    sell(&mut pool, true, COIN);
    for (ends, fee) in [(outer, 166_666_666_666_667), (inner, 333_333_333_333_334)] {
        pool.burn(WALLET, ends, 0).expect("booked");
        assert_eq!(pool.position(WALLET, ends).tokens_owed, [fee, 0]);
    }
}

#[test]
fn fees_accumulate_and_split_as_published() {
    let full = range(-LOW_END, LOW_END);
    let pool = pool_with(500, 10, price(1, 1), [(full.lower, full.upper, 1000 * COIN)]);
    let owed = |pool: &mut Pool| {
        pool.burn(WALLET, full, 0).expect("booked");
        pool.position(WALLET, full).tokens_owed
    };
    let mut off = pool.clone();
    for fee in [499_999_999_999_999, 999_999_999_999_998, 1_499_999_999_999_997] {
        sell(&mut off, true, COIN);
        assert_eq!(owed(&mut off), [fee, 0]);
    }
    let mut on = pool.clone();
    on.set_protocol_fee([6, 6]).expect("valid");
    sell(&mut on, true, COIN);
    assert_eq!(owed(&mut on), [416_666_666_666_666, 0]);
    assert_eq!(on.collect_protocol(ALL), [83_333_333_333_332, 0]);
    assert_eq!(on.protocol_fees(), [1, 0]);
    let mut sides = pool.clone();
    sides.set_protocol_fee([8, 5]).expect("valid");
    sell(&mut sides, true, COIN);
    sell(&mut sides, false, COIN);
    assert_eq!(sides.collect_protocol([0, 7]), [0, 7]);
    assert_eq!(sides.collect_protocol(ALL), [62_499_999_999_999, 99_999_999_999_998 - 7]);
    // Switched on between two sales: only the second one is shared.
    let mut later = pool;
    sell(&mut later, true, COIN);
    later.set_protocol_fee([6, 6]).expect("valid");
    sell(&mut later, true, COIN);
    assert_eq!(owed(&mut later), [916_666_666_666_666, 0]);
}

#[test]
fn the_protocol_takes_nothing_or_a_fourth_to_a_tenth() {
    let mut pool = pool_at_par();
    for denominator in [1, 2, 3, 11, 255] {
        let refused = Err(Error::ProtocolFeeOutOfRange { denominator });
        assert_eq!(pool.set_protocol_fee([denominator, 0]), refused);
        assert_eq!(pool.set_protocol_fee([4, denominator]), refused);
        assert_eq!(pool.protocol_fee_denominators(), [0, 0]);
    }
    assert_eq!(pool.set_protocol_fee([4, 10]), Ok(()));
    assert_eq!(pool.collect_protocol(ALL), [0, 0]);
}

#[test]
fn swaps_cross_gaps_in_both_directions() {
    for (zero_for_one, lower, tick) in [(false, 120_000, 120_196), (true, -121_200, -120_197)] {
        let mut pool = pool_with(3000, 12, price(1, 1), [(lower, lower + 1200, COIN / 4)]);
        sell(&mut pool, zero_for_one, COIN);
        assert_eq!(pool.tick(), tick);
        let burned = pool.burn(WALLET, range(lower, lower + 1200), COIN / 4).expect("burned");
        let (paid, left) = if zero_for_one { (0, 1) } else { (1, 0) };
        assert_eq!((burned[paid], burned[left]), (word("996999999999999999"), word("30027458295511")));
    }
}

#[test]
fn a_tick_is_not_crossed_twice_from_a_price_just_above_it() {
    let start = sqrt_ratio_at_tick(-24_081).expect("in range") + U256::from(1);
    let liquidity = 1000 * COIN;
    let positions = [(-24_082, -24_080, liquidity), (-24_082, -24_081, liquidity)];
    let mut pool = pool_with(3000, 1, start, positions);
    assert_eq!((pool.tick(), pool.liquidity()), (-24_081, liquidity));
    let outcome = sell(&mut pool, true, 3);
    assert_eq!((outcome.amount_in, outcome.amount_out), (U256::from(3), U256::ZERO));
    assert_eq!((pool.tick(), pool.liquidity()), (-24_082, 2 * liquidity));
    assert_eq!(pool.sqrt_price_x96(), start - U256::from(1));
}

/// Amounts of token 0 and token 1 moved, growth of the input's fees, and the tick after.
type Published = ([&'static str; 2], &'static str, i32);

fn check_swap(pool: &Pool, zero_for_one: bool, amount: SwapAmount, limit_x96: U256, published: Published) {
    let ([moved_0, moved_1], growth, tick) = published;
    let mut pool = pool.clone();
    assert_eq!(pool.fee_growth_global_x128(), [U256::ZERO; 2]);
    let outcome = pool.swap(zero_for_one, amount, limit_x96).expect("served");
    let (amount_in, amount_out) = if zero_for_one { (moved_0, moved_1) } else { (moved_1, moved_0) };
    assert_eq!((outcome.amount_in, outcome.amount_out), (word(amount_in), word(amount_out)), "{amount:?}");
    let growths = if zero_for_one { [word(growth), U256::ZERO] } else { [U256::ZERO, word(growth)] };
    assert_eq!(pool.fee_growth_global_x128(), growths, "{amount:?}");
    assert_eq!((pool.tick(), outcome.tick), (tick, tick), "{amount:?}");
}

fn coin_in() -> SwapAmount {
    SwapAmount::ExactIn(U256::from(COIN))
}

fn coin_out() -> SwapAmount {
    SwapAmount::ExactOut(U256::from(COIN))
}

fn dust_in() -> SwapAmount {
    SwapAmount::ExactIn(U256::from(1000))
}

fn dust_out() -> SwapAmount {
    SwapAmount::ExactOut(U256::from(1000))
}

#[test]
fn swaps_of_a_pool_at_par_are_the_published_ones() {
    let pool = pool_with(500, 10, price(1, 1), [(-LOW_END, LOW_END, 2 * COIN)]);
    let (down, up) = (limit(true), limit(false));
    let dust = "170141183460469231731";
    let check = |zero_for_one, amount, limit, published| {
        check_swap(&pool, zero_for_one, amount, limit, published);
    };
    check(true, dust_in(), down, (["1000", "998"], dust, -1));
    check(false, dust_in(), up, (["998", "1000"], dust, 0));
    check(true, dust_out(), down, (["1002", "1000"], dust, -1));
    check(false, dust_out(), up, (["1000", "1002"], dust, 0));
    let sold = ["1000000000000000000", "666444407401233536"];
    check(true, coin_in(), down, (sold, "85070591730234956148210572796405514", -8107));
    let sold = ["666444407401233536", "1000000000000000000"];
    check(false, coin_in(), up, (sold, "85070591730234956148210572796405515", 8106));
    let bought = ["2001000500250125077", "1000000000000000000"];
    check(true, coin_out(), down, (bought, "170226296608774038574344664756091446", -13_864));
    let bought = ["1000000000000000000", "2001000500250125079"];
    check(false, coin_out(), up, (bought, "170226296608774378856711585694554910", 13_863));
    let down_to_half =
        (["828841545518949575", "585786437626904950"], "70510040727899606087499539976421836", -6932);
    let up_to_two =
        (["585786437626904950", "828841545518949574"], "70510040727899435946316079507190105", 6931);
    for amount in [coin_in(), coin_out()] {
        check(true, amount, price(1, 2), down_to_half);
        check(false, amount, price(2, 1), up_to_two);
    }
}

#[test]
fn sales_to_a_price_are_the_published_ones() {
    let pool = pool_with(500, 10, price(1, 1), [(-LOW_END, LOW_END, 2 * COIN)]);
    let down = pool.quote_to_sqrt_price(price(2, 5)).expect("reached");
    assert_eq!((down.amount_in, down.amount_out), (word("1162859089713235953"), word("735088935932648266")));
    assert_eq!((down.tick, down.sqrt_price_x96), (-9164, price(2, 5)));
    let up = pool.quote_to_sqrt_price(price(5, 2)).expect("reached");
    assert_eq!((up.amount_in, up.amount_out), (word("1162859089713235954"), word("735088935932648266")));
    assert_eq!((up.tick, up.sqrt_price_x96), (9163, price(5, 2)));
    let none = pool.quote_to_sqrt_price(price(1, 1)).expect("reached");
    assert_eq!((none.amount_in, none.amount_out, none.tick), (U256::ZERO, U256::ZERO, 0));
    // A limit behind the price is refused in a swap.
    let mut pool = pool;
    for (zero_for_one, limit_x96) in [(true, price(5, 2)), (false, price(2, 5)), (true, price(1, 1))] {
        let refused = Err(Error::PriceLimit { limit_x96 });
        assert_eq!(pool.swap(zero_for_one, coin_in(), limit_x96), refused);
    }
}

#[test]
fn a_swap_beyond_the_liquidity_stops_at_the_limit() {
    // A position of twenty ticks; beyond it the price runs to the limit.
    let pool = pool_with(500, 10, price(1, 1), [(-10, 10, 2 * COIN)]);
    let (reserve, paid) = ("999700069986002", "1000700370186095");
    let growth = "85130172636557991529041720559172";
    for amount in [coin_in(), coin_out()] {
        check_swap(&pool, true, amount, limit(true), ([paid, reserve], growth, -887_272));
        check_swap(&pool, true, amount, price(1, 2), ([paid, reserve], growth, -6932));
        check_swap(&pool, false, amount, limit(false), ([reserve, paid], growth, 887_271));
        check_swap(&pool, false, amount, price(2, 1), ([reserve, paid], growth, 6931));
    }
    let unfilled = U256::from(COIN) - word(paid);
    assert_eq!(pool.quote_exact_in(true, U256::from(COIN)), Err(Error::NotFilled { unfilled }));
    assert_eq!(pool.quote_exact_in(true, U256::from(1000)), Ok(U256::from(998)));
    let unfilled = U256::from(COIN) - word(reserve);
    assert_eq!(pool.quote_exact_out(true, U256::from(COIN)), Err(Error::NotFilled { unfilled }));
    assert_eq!(pool.quote_exact_out(true, U256::from(1000)), Ok(U256::from(1002)));
}

#[test]
fn swaps_near_the_highest_price_are_the_published_ones() {
    // floor(sqrt(2^127) 2^96)
    let start = word("1033437718471923706666374484006904511252097097914");
    let pool = pool_with(3000, 60, start, [(-MEDIUM_END, MEDIUM_END, 2 * COIN)]);
    let (down, up) = (limit(true), limit(false));
    let check = |zero_for_one, amount, limit, published| {
        check_swap(&pool, zero_for_one, amount, limit, published);
    };
    let sold = ["1000", "26083549850867114346332688477747755628"];
    check(true, dust_in(), down, (sold, "2381976568446569244235", 705_098));
    let sold = ["1000000000000000000", "26087635650665564420687107504180041533"];
    check(true, coin_in(), down, (sold, "510423550381413479995299567101531162", 13_923));
    check(true, coin_in(), price(1, 2), (sold, "510423550381413479995299567101531162", 13_923));
    check(false, dust_in(), up, (["0", "1000"], "510423550381407695195", 880_340));
    let coin = ["0", "1000000000000000000"];
    check(false, coin_in(), up, (coin, "510423550381407695195061911147652317", 880_340));
    check(true, dust_out(), down, (["2", "1000"], "170141183460469231731", 880_340));
    check(true, coin_out(), down, (["2", "1000000000000000000"], "170141183460469231731", 880_340));
    let end = (
        ["0", "10740898373457544742072477595619363803"],
        "5482407482066087054477299856254072312542046383926535301",
        887_271,
    );
    check(false, dust_out(), up, end);
    check(false, coin_out(), up, end);
    let to_price = pool.quote_to_sqrt_price(price(2, 5)).expect("reached");
    assert_eq!(to_price.amount_in, word("3171793039286238109"));
    assert_eq!(to_price.amount_out, word("26087635650665564423434232548437664977"));
}

#[test]
fn swaps_near_the_lowest_price_are_the_published_ones() {
    // The tests' 2^-127 has 40 decimal places: floor(sqrt(59e-40) 2^96).
    let start = word("6085630636");
    let pool = pool_with(3000, 60, start, [(-MEDIUM_END, MEDIUM_END, 2 * COIN)]);
    let (down, up) = (limit(true), limit(false));
    let check = |zero_for_one, amount, limit, published| {
        check_swap(&pool, zero_for_one, amount, limit, published);
    };
    check(true, dust_in(), down, (["1000", "0"], "170141183460469231731687", -880_303));
    let coin = ["1000000000000000000", "0"];
    check(true, coin_in(), down, (coin, "170141183460469231731687303715884105728", -880_303));
    let sold = ["26033697540846965126433148994127431276", "1000"];
    check(false, dust_in(), up, (sold, "2381976568446569244235", -705_093));
    let sold = ["26037782196502120271413746514214063808", "1000000000000000000"];
    check(false, coin_in(), up, (sold, "510423550381413820277666488039994629", -13_924));
    check(false, dust_out(), up, (["1000", "2"], "170141183460469231731", -880_303));
    check(false, coin_out(), up, (["1000000000000000000", "2"], "170141183460469231731", -880_303));
    let end = (
        ["10790901831095468191587263901270792610", "0"],
        "5507930424444982259736347157352787128931407551935325049",
        -887_272,
    );
    check(true, dust_out(), down, end);
    check(true, coin_out(), down, end);
}

#[test]
fn the_marginal_price_is_the_square_of_its_root() {
    let one_x128: U256 = U256::ONE << 128;
    let pool = pool_at_par();
    for zero_for_one in [true, false] {
        assert_eq!(pool.marginal_price_x128(zero_for_one), Ok(one_x128));
        let after_fee = one_x128 * U256::from(997) / U256::from(1000);
        assert_eq!(pool.marginal_price_after_fee_x128(zero_for_one), Ok(after_fee));
    }
    let four = pool_with(0, 60, U256::ONE << 97, []);
    assert_eq!(four.marginal_price_x128(true), Ok(one_x128 << 2));
    assert_eq!(four.marginal_price_after_fee_x128(false), Ok(one_x128 >> 2));
    // The ends of the range of prices.
    for sqrt_price in [MIN_SQRT_RATIO_X96, MAX_SQRT_RATIO_X96 - U256::from(1)] {
        let end = pool_with(0, 60, sqrt_price, []);
        assert!(end.marginal_price_x128(true).is_ok() && end.marginal_price_x128(false).is_ok());
    }
}
