//! Tick, price and step mathematics against the values published with the contract's tests
//! (Uniswap/v3-core `test/{TickMath, SqrtPriceMath, SwapMath, Tick}.spec.ts` and their snapshots).

use pegstress_exact::uniswap_v3::{
    Error, MAX_SQRT_RATIO_X96, MAX_TICK, MIN_SQRT_RATIO_X96, MIN_TICK, Rounding, SwapAmount, SwapStep,
    amount_0_delta, amount_1_delta, max_liquidity_per_tick, next_sqrt_price_from_input,
    next_sqrt_price_from_output, sqrt_ratio_at_tick, swap_step, tick_at_sqrt_ratio,
};
use pegstress_exact::{ArithmeticError, U256};
use proptest::prelude::*;

const COIN: u128 = 1_000_000_000_000_000_000;

fn word(digits: &str) -> U256 {
    digits.parse().expect("a decimal number")
}

/// `floor(sqrt(one / zero) 2^96)`, the tests' `encodePriceSqrt`.
fn price(one: u64, zero: u64) -> U256 {
    let ratio: U256 = (U256::from(one) << 192) / U256::from(zero);
    ratio.root(2)
}

#[test]
fn ticks_have_the_published_prices() {
    for (tick, ratio) in [
        (MIN_TICK, "4295128739"),
        (MIN_TICK + 1, "4295343490"),
        (-738_203, "7409801140451"),
        (-500_000, "1101692437043807371"),
        (-250_000, "295440463448801648376846"),
        (-150_000, "43836292794701720435367485"),
        (-50_000, "6504256538020985011912221507"),
        (-5000, "61703726247759831737814779831"),
        (-4000, "64867181785621769311890333195"),
        (-3000, "68192822843687888778582228483"),
        (-2500, "69919044979842180277688105136"),
        (-1000, "75364347830767020784054125655"),
        (-500, "77272108795590369356373805297"),
        (-250, "78244023372248365697264290337"),
        (-100, "78833030112140176575862854579"),
        (-50, "79030349367926598376800521322"),
        (0, "79228162514264337593543950336"),
        (50, "79426470787362580746886972461"),
        (100, "79625275426524748796330556128"),
        (250, "80224679980005306637834519095"),
        (500, "81233731461783161732293370115"),
        (1000, "83290069058676223003182343270"),
        (2500, "89776708723587163891445672585"),
        (3000, "92049301871182272007977902845"),
        (4000, "96768528593268422080558758223"),
        (5000, "101729702841318637793976746270"),
        (50_000, "965075977353221155028623082916"),
        (150_000, "143194173941309278083010301478497"),
        (250_000, "21246587762933397357449903968194344"),
        (500_000, "5697689776495288729098254600827762987878"),
        (738_203, "847134979253254120489401328389043031315994541"),
        (MAX_TICK - 1, "1461373636630004318706518188784493106690254656249"),
        (MAX_TICK, "1461446703485210103287273052203988822378723970342"),
    ] {
        assert_eq!(sqrt_ratio_at_tick(tick), Ok(word(ratio)), "tick {tick}");
        if tick < MAX_TICK {
            assert_eq!(tick_at_sqrt_ratio(word(ratio)), Ok(tick), "price of tick {tick}");
        }
    }
    assert_eq!(sqrt_ratio_at_tick(MIN_TICK), Ok(MIN_SQRT_RATIO_X96));
    assert_eq!(sqrt_ratio_at_tick(MAX_TICK), Ok(MAX_SQRT_RATIO_X96));
    for tick in [MIN_TICK - 1, MAX_TICK + 1, i32::MIN, i32::MAX] {
        assert_eq!(sqrt_ratio_at_tick(tick), Err(Error::TickOutOfRange { tick }));
    }
}

#[test]
fn prices_have_the_published_ticks() {
    for (ratio, tick) in [
        ("4295128739", MIN_TICK),
        ("79228162514264337593543", -276_325),
        ("79228162514264337593543950", -138_163),
        ("9903520314283042199192993792", -41_591),
        ("28011385487393069959365969113", -20_796),
        ("56022770974786139918731938227", -6932),
        ("79228162514264337593543950336", 0),
        ("112045541949572279837463876454", 6931),
        ("224091083899144559674927752909", 20_795),
        ("633825300114114700748351602688", 41_590),
        ("79228162514264337593543950336000", 138_162),
        ("79228162514264337593543950336000000", 276_324),
        ("1461446703485210103287273052203988822378723970341", MAX_TICK - 1),
    ] {
        assert_eq!(tick_at_sqrt_ratio(word(ratio)), Ok(tick), "price {ratio}");
    }
    for outside in [MIN_SQRT_RATIO_X96 - U256::from(1), MAX_SQRT_RATIO_X96, U256::ZERO, U256::MAX] {
        let refused = Err(Error::PriceOutOfRange { sqrt_price_x96: outside });
        assert_eq!(tick_at_sqrt_ratio(outside), refused);
    }
}

#[test]
fn every_tick_lies_between_its_price_and_the_next_ones() {
    let mut last = U256::ZERO;
    // A stride coprime to powers of two, so that all bits of the tick take part.
    for tick in (MIN_TICK..MAX_TICK).step_by(37) {
        let ratio = sqrt_ratio_at_tick(tick).expect("in range");
        assert!(ratio > last);
        last = ratio;
        assert_eq!(tick_at_sqrt_ratio(ratio), Ok(tick));
        let next = sqrt_ratio_at_tick(tick + 1).expect("in range");
        assert_eq!(tick_at_sqrt_ratio(next - U256::from(1)), Ok(tick));
    }
}

#[test]
fn ticks_hold_at_most_the_published_liquidity() {
    for (spacing, max) in [
        (10, 1_917_569_901_783_203_986_719_870_431_555_990),
        (60, 11_505_743_598_341_114_571_880_798_222_544_994),
        (200, 38_350_317_471_085_141_830_651_933_667_504_588),
        (2302, 441_351_967_472_034_323_558_203_122_479_595_605),
        (887_272, u128::MAX / 3),
    ] {
        assert_eq!(max_liquidity_per_tick(spacing), Ok(max), "spacing {spacing}");
    }
    assert_eq!(max_liquidity_per_tick(0), Err(Error::TickSpacingOutOfRange { tick_spacing: 0 }));
}

#[test]
fn inputs_move_the_price_as_published() {
    let (par, tenth) = (price(1, 1), U256::from(COIN / 10));
    let next = next_sqrt_price_from_input;
    assert_eq!(next(par, COIN, tenth, false), Ok(word("87150978765690771352898345369")));
    assert_eq!(next(par, COIN, tenth, true), Ok(word("72025602285694852357767227579")));
    assert_eq!(next(par, 10 * COIN, U256::ONE << 100, true), Ok(word("624999999995069620")));
    assert_eq!(next(par, 1, U256::MAX >> 1, true), Ok(U256::ONE));
    assert_eq!(next(U256::ONE, 1, U256::ONE << 255, true), Ok(U256::ONE));
    for zero_for_one in [true, false] {
        assert_eq!(next(par, COIN / 10, U256::ZERO, zero_for_one), Ok(par));
        let no_price = Error::PriceOutOfRange { sqrt_price_x96: U256::ZERO };
        assert_eq!(next(U256::ZERO, 1, tenth, zero_for_one), Err(no_price));
        assert_eq!(next(U256::ONE, 0, tenth, zero_for_one), Err(Error::ZeroLiquidity));
    }
    let highest = U256::MAX >> 96;
    assert_eq!(next(highest, 1024, U256::from(1024), false), Err(ArithmeticError::Overflow.into()));
}

#[test]
fn outputs_move_the_price_as_published() {
    let (par, tenth) = (price(1, 1), U256::from(COIN / 10));
    let next = next_sqrt_price_from_output;
    assert_eq!(next(par, COIN, tenth, false), Ok(word("88031291682515930659493278152")));
    assert_eq!(next(par, COIN, tenth, true), Ok(word("71305346262837903834189555302")));
    // Virtual reserves of 4 and 262144: L / 2^8 and L 2^8 at a price of 2^104 and a liquidity of 1024.
    let (high, liquidity) = (word("20282409603651670423947251286016"), 1024);
    for out in [4_u64, 5] {
        assert!(next(high, liquidity, U256::from(out), false).is_err());
    }
    for out in [262_144_u64, 262_145] {
        assert!(next(high, liquidity, U256::from(out), true).is_err());
    }
    // 2^104 - 262143 * 2^96 / 1024 = 2^86
    assert_eq!(next(high, liquidity, U256::from(262_143), true), Ok(U256::ONE << 86));
    for zero_for_one in [true, false] {
        assert_eq!(next(par, COIN / 10, U256::ZERO, zero_for_one), Ok(par));
        assert!(next(par, 1, U256::MAX, zero_for_one).is_err());
    }
}

#[test]
fn amounts_between_prices_are_the_published_ones() {
    let (par, higher) = (price(1, 1), price(121, 100));
    let amount = word("90909090909090910");
    assert_eq!(amount_0_delta(par, higher, COIN, Rounding::Up), Ok(amount));
    assert_eq!(amount_0_delta(higher, par, COIN, Rounding::Down), Ok(amount - U256::from(1)));
    let amount = word("100000000000000000");
    assert_eq!(amount_1_delta(par, higher, COIN, Rounding::Up), Ok(amount));
    assert_eq!(amount_1_delta(higher, par, COIN, Rounding::Down), Ok(amount - U256::from(1)));
    for delta in [amount_0_delta, amount_1_delta] {
        assert_eq!(delta(par, par, COIN, Rounding::Up), Ok(U256::ZERO));
        assert_eq!(delta(par, higher, 0, Rounding::Up), Ok(U256::ZERO));
    }
    let no_price = Error::PriceOutOfRange { sqrt_price_x96: U256::ZERO };
    assert_eq!(amount_0_delta(U256::ZERO, par, COIN, Rounding::Up), Err(no_price));
    // 2^48 and 2^45 as square roots: L (2^-45 - 2^-48) = 1e18 * 7 / 2^48 = 24868.9...
    let (low, high) = (U256::ONE << 141, U256::ONE << 144);
    assert_eq!(amount_0_delta(low, high, COIN, Rounding::Up), Ok(U256::from(24_869)));
    assert_eq!(amount_0_delta(low, high, COIN, Rounding::Down), Ok(U256::from(24_868)));
}

#[test]
fn a_product_of_both_prices_beyond_the_word_is_no_obstacle() {
    let start = word("1025574284609383690408304870162715216695788925244");
    let end = word("1025574284609383582644711336373707553698163132913");
    let liquidity = 50_015_962_439_936_049_619_261_659_728_067_971_248;
    let amount = U256::from(406);
    assert_eq!(next_sqrt_price_from_input(start, liquidity, amount, true), Ok(end));
    assert_eq!(amount_0_delta(start, end, liquidity, Rounding::Up), Ok(amount));
}

#[test]
fn steps_are_the_published_ones() {
    let exact_in = |amount: u128| SwapAmount::ExactIn(U256::from(amount));
    let exact_out = |amount: u128| SwapAmount::ExactOut(U256::from(amount));
    let check = |(start, target): (U256, U256), liquidity, amount, fee, expected: [&str; 4]| {
        let [end, amount_in, amount_out, fee_paid] = expected.map(word);
        let expected = SwapStep { sqrt_price_x96: end, amount_in, amount_out, fee: fee_paid };
        assert_eq!(swap_step(start, target, liquidity, amount, fee), Ok(expected));
    };
    // Reaches the target, bought or sold.
    let target = price(101, 100).to_string();
    let reached = [target.as_str(), "9975124224178055", "9925619580021728", "5988667735148"];
    let way = (price(1, 1), price(101, 100));
    check(way, 2 * COIN, exact_in(COIN), 600, reached);
    check(way, 2 * COIN, exact_out(COIN), 600, reached);
    // The amount is used up before; the prices are those of the amount without the fee.
    let end = next_sqrt_price_from_input(way.0, 2 * COIN, word("999400000000000000"), false).expect("moves");
    let spent = ["999400000000000000", "666399946655997866", "600000000000000"];
    let [amount_in, amount_out, fee] = spent;
    let far = (price(1, 1), price(1000, 100));
    check(far, 2 * COIN, exact_in(COIN), 600, [&end.to_string(), amount_in, amount_out, fee]);
    let far = (price(1, 1), price(10_000, 100));
    let end: U256 = U256::ONE << 97;
    let bought = [&end.to_string(), "2000000000000000000", "1000000000000000000", "1200720432259356"];
    check(far, 2 * COIN, exact_out(COIN), 600, bought);
    // An output of 2 is capped at the one asked for.
    let way = (word("417332158212080721273783715441582"), word("1452870262520218020823638996"));
    let capped = ["417332158212080721273783715441581", "1", "1", "1"];
    check(way, 159_344_665_391_607_089_467_575_320_103, exact_out(1), 1, capped);
    // A price of one unit.
    let way = (U256::from(2), U256::from(1));
    let lowest = ["1", "39614081257132168796771975168", "0", "39614120871253040049813"];
    check(way, 1, exact_in(3_915_081_100_057_732_413_702_495_386_755_767), 1, lowest);
    // Dust is all fee.
    let way = (U256::from(2413), word("79887613182836312"));
    check(way, 1_985_041_575_832_132_834_610_021_537_970, exact_in(10), 1872, ["2413", "0", "0", "10"]);
    // The stretch holds less than is asked for.
    let start = word("20282409603651670423947251286016");
    let target = start * U256::from(11) / U256::from(10);
    let short = [&target.to_string(), "26215", "0", "79"];
    check((start, target), 1024, exact_out(4), 3000, short);
    let target = start * U256::from(9) / U256::from(10);
    check((start, target), 1024, exact_out(263_000), 3000, [&target.to_string(), "1", "26214", "1"]);
}

#[test]
fn a_step_needs_a_fee_below_all_of_it() {
    let step = swap_step(price(1, 1), price(1, 2), 1, SwapAmount::ExactIn(U256::ONE), 1_000_000);
    assert_eq!(step, Err(Error::FeeOutOfRange { fee_millionths: 1_000_000 }));
}

proptest! {
    #[test]
    fn any_price_lies_in_its_tick(limbs: [u64; 3], bits in 33_usize..160) {
        let [low, middle, high] = limbs;
        let any = U256::from_limbs([low, middle, high, 0]) >> (192 - bits);
        let price = any.clamp(MIN_SQRT_RATIO_X96, MAX_SQRT_RATIO_X96 - U256::from(1));
        let tick = tick_at_sqrt_ratio(price).expect("in range");
        prop_assert!(sqrt_ratio_at_tick(tick).expect("in range") <= price);
        prop_assert!(sqrt_ratio_at_tick(tick + 1).expect("in range") > price);
    }
}
