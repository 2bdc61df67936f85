//! The pair against hand-computed values, and its laws.

use pegstress_exact::constant_product::{ConstantProductError, Pair};
use pegstress_exact::{ArithmeticError, U256};
use proptest::prelude::*;

fn word(value: u128) -> U256 {
    U256::from(value)
}

const RESERVE_LIMIT: u128 = (1 << 112) - 1;

#[test]
fn quotes_equal_values_computed_by_hand() {
    // 100 * 997 * 10000 / (10000 * 1000 + 100 * 997) = 997000000 / 10099700 = 98.7...
    let pair = Pair::new([word(10_000), word(10_000)], 3000).expect("valid");
    assert_eq!(pair.quote_exact_in(0, word(100)), Ok(word(98)));
    // 10000 * 98 * 1000 / ((10000 - 98) * 997) + 1 = 980000000 / 9872294 + 1 = 99.2... + 1
    assert_eq!(pair.quote_exact_out(0, word(98)), Ok(word(100)));
    // One coin in 5 against 10: 1e18 * 997 * 10e18 / (5e18 * 1000 + 1e18 * 997), published with the contract's tests.
    let coin = 1_000_000_000_000_000_000;
    let pair = Pair::new([word(5 * coin), word(10 * coin)], 3000).expect("valid");
    assert_eq!(pair.quote_exact_in(0, word(coin)), Ok(word(1_662_497_915_624_478_906)));
    // Without a fee the product is kept: 1000 * 1000 / 2000 = 500.
    let pair = Pair::new([word(1000), word(1000)], 0).expect("valid");
    assert_eq!(pair.quote_exact_in(1, word(1000)), Ok(word(500)));
}

#[test]
fn a_swap_moves_both_reserves() {
    let mut pair = Pair::new([word(10_000), word(20_000)], 3000).expect("valid");
    let amount_out = pair.swap_exact_in(1, word(1000)).expect("served");
    // 1000 * 997 * 10000 / (20000 * 1000 + 1000 * 997) = 9970000000 / 20997000 = 474.8...
    assert_eq!(amount_out, word(474));
    assert_eq!(pair.reserves(), [word(9526), word(21_000)]);
}

#[test]
fn refusals_name_their_reason_and_change_nothing() {
    assert_eq!(
        Pair::new([word(1), word(1)], 1_000_000),
        Err(ConstantProductError::FeeOutOfRange { fee_millionths: 1_000_000 })
    );
    assert_eq!(Pair::new([word(RESERVE_LIMIT + 1), word(1)], 0), Err(ConstantProductError::ReserveOverflow));
    let mut pair = Pair::new([word(RESERVE_LIMIT), word(1000)], 3000).expect("valid");
    let before = pair;
    assert_eq!(pair.swap_exact_in(0, word(RESERVE_LIMIT)), Err(ConstantProductError::ReserveOverflow));
    assert_eq!(pair.swap_exact_in(0, word(1)), Err(ConstantProductError::InsufficientOutput));
    assert_eq!(pair.swap_exact_in(0, word(0)), Err(ConstantProductError::InsufficientInput));
    assert_eq!(pair.swap_exact_in(2, word(1)), Err(ConstantProductError::UnknownToken { index: 2 }));
    assert_eq!(
        pair.quote_exact_in(0, U256::MAX),
        Err(ConstantProductError::Arithmetic(ArithmeticError::Overflow))
    );
    assert_eq!(pair.quote_exact_out(0, word(1000)), Err(ConstantProductError::InsufficientLiquidity));
    assert_eq!(pair.quote_exact_out(0, word(0)), Err(ConstantProductError::InsufficientOutput));
    assert_eq!(pair, before);
    let empty = Pair::new([word(0), word(1000)], 3000).expect("valid");
    assert_eq!(empty.quote_exact_in(0, word(1)), Err(ConstantProductError::InsufficientLiquidity));
}

prop_compose! {
    fn pairs()(zero in 1..RESERVE_LIMIT / 4, one in 1..RESERVE_LIMIT / 4, fee in 0..1_000_000_u32) -> Pair {
        Pair::new([word(zero), word(one)], fee).expect("in range")
    }
}

fn product(pair: &Pair) -> U256 {
    pair.reserves()[0] * pair.reserves()[1]
}

proptest! {
    #[test]
    fn the_product_never_falls_and_a_round_trip_never_pays(
        pair in pairs(), token in 0..2_usize, amount in 1..RESERVE_LIMIT / 4,
    ) {
        let mut moved = pair;
        if let Ok(out) = moved.swap_exact_in(token, word(amount)) {
            prop_assert!(product(&moved) >= product(&pair));
            prop_assert!(moved.quote_exact_in(1 - token, out).is_ok_and(|back| back <= word(amount)));
        }
    }

    #[test]
    fn a_larger_sale_gets_no_better_price(
        pair in pairs(), token in 0..2_usize, small in 1..1_u128 << 100, more in 1..1_u128 << 100,
    ) {
        let large = word(small) + word(more);
        let few = pair.quote_exact_in(token, word(small)).expect("in range");
        let many = pair.quote_exact_in(token, large).expect("in range");
        prop_assert!(many >= few);
        // many / large <= (few + 1) / small: the smaller output is rounded down by less than one unit.
        let (left, right) = (many.checked_mul(word(small)), (few + word(1)).checked_mul(large));
        prop_assert!(left.expect("below 2^213") <= right.expect("below 2^214"));
    }

    #[test]
    fn the_quoted_input_buys_the_output(pair in pairs(), token in 0..2_usize, share in 1..1_000_u128) {
        let amount_out = pair.reserves()[1 - token] * word(share) / word(1000);
        if let Ok(amount_in) = pair.quote_exact_out(token, amount_out) {
            prop_assert!(pair.quote_exact_in(token, amount_in).is_ok_and(|out| out >= amount_out));
        }
    }

    #[test]
    fn arbitrary_words_never_panic(limbs: [u64; 4], token: usize, zero: u128, one: u128, fee: u32) {
        if let Ok(mut pair) = Pair::new([word(zero), word(one)], fee) {
            let amount = U256::from_limbs(limbs);
            let _ = pair.quote_exact_out(token, amount);
            let before = pair;
            if pair.swap_exact_in(token, amount).is_err() {
                prop_assert_eq!(pair, before);
            }
        }
    }
}
