//! Laws that hold for every StableSwap pool, whatever its parameters.

use pegstress_exact::U256;
use pegstress_exact::stableswap::{FeeSchedule, Generation, ONE, Parameters, Pool};
use proptest::prelude::*;

const GENERATIONS: [Generation; 3] = [Generation::ThreePool, Generation::StEth, Generation::Next];

fn amplifications() -> impl Strategy<Value = u64> {
    prop_oneof![Just(1), Just(1_000_000), 1..10_000_u64]
}

/// Nothing, up to 99 %, and in between.
fn fees() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), Just(9_900_000_000), 0..100_000_000_u64]
}

/// Fractions of a pool, a thousandth to a thousandfold of one side.
fn amounts() -> impl Strategy<Value = U256> {
    (10_u32..80, 1_u64..1024).prop_map(|(bits, lead)| U256::from(lead) << bits as usize)
}

prop_compose! {
    fn pools()(
        generation in prop::sample::select(&GENERATIONS[..]),
        amplification in amplifications(),
        fee in fees(),
        offpeg_multiplier in prop_oneof![Just(10_000_000_000_u64), 10_000_000_000..100_000_000_000_u64],
        balances in prop::collection::vec(1_000_000_000_000_000_u64..=u64::MAX, 2..=4),
        scale in prop_oneof![Just(1_u64), 1..1_000_000_u64],
        rates in prop::collection::vec(500_000_000_000_000_000_u64..2_000_000_000_000_000_000, 4),
    ) -> Pool {
        let n = balances.len();
        let balances = balances.into_iter().map(|x| U256::from(x) * U256::from(scale)).collect();
        let parameters = Parameters {
            generation,
            amplification,
            fees: FeeSchedule {
                fee: U256::from(fee),
                offpeg_multiplier: U256::from(offpeg_multiplier),
                admin_share: U256::from(5_000_000_000_u64),
            },
            rate_multipliers: vec![ONE; n],
            oracle_rates: rates[..n].iter().map(|&rate| U256::from(rate)).collect(),
        };
        Pool::new(parameters, balances, ONE).expect("in range")
    }
}

/// Bound of the rounding of one `D`: Newton stops when two rounds differ by at most one, each side may be off by one.
const D_ROUNDING: u64 = 2;

proptest! {
    #[test]
    fn a_round_trip_never_pays(pool in pools(), amount_in in amounts()) {
        let mut pool = pool;
        if let Ok(amount_out) = pool.exchange(0, 1, amount_in)
            && let Ok(back) = pool.exchange(1, 0, amount_out)
        {
            // The contract takes one unit of 18 decimals off each output, worth at most four units of the other
            // coin at these rates; D may differ by its rounding.
            prop_assert!(back <= amount_in + U256::from(8), "{back} for {amount_in}");
        }
    }

    #[test]
    fn the_invariant_never_falls_on_a_swap(pool in pools(), amount_in in amounts()) {
        let mut pool = pool;
        let before = pool.invariant();
        if pool.exchange(0, 1, amount_in).is_ok()
            && let (Ok(before), Ok(after)) = (before, pool.invariant())
        {
            prop_assert!(after + U256::from(D_ROUNDING) >= before, "{after} after {before}");
        }
    }

    #[test]
    fn a_larger_sale_gets_no_better_average_price(pool in pools(), small in amounts(), factor in 2..1000_u64) {
        let large = small * U256::from(factor);
        let quotes = (pool.quote_exact_in(0, 1, small), pool.quote_exact_in(0, 1, large));
        if let (Ok(few), Ok(many)) = quotes {
            // many / large <= (few + slack) / small. The smaller output is short by its roundings: the unit the
            // contract takes, that of y, of D and of the conversion, each up to two units of the coin.
            let slack = U256::from(10);
            prop_assert!(many * small <= (few + slack) * large, "{few} for {small}, {many} for {large}");
        }
    }

    #[test]
    fn the_sum_over_trader_pool_and_owner_is_conserved(pool in pools(), amount_in in amounts()) {
        let before = pool.clone();
        let mut pool = pool;
        if let Ok(amount_out) = pool.exchange(0, 1, amount_in) {
            prop_assert_eq!(pool.balances()[0], before.balances()[0] + amount_in);
            let held = pool.balances()[1] + pool.admin_balances()[1];
            prop_assert_eq!(held + amount_out, before.balances()[1]);
        } else {
            prop_assert_eq!(pool, before);
        }
    }

    #[test]
    fn a_deposit_and_its_withdrawal_never_pay(pool in pools(), amount in amounts()) {
        let mut pool = pool;
        let mut amounts = vec![U256::ZERO; pool.balances().len()];
        amounts[0] = amount;
        if let Ok(shares) = pool.add_liquidity(&amounts)
            && let Ok(back) = pool.remove_liquidity_one_coin(shares, 0)
        {
            // Two units of D on each of the four invariants, at rates of at least one half.
            prop_assert!(back <= amount + U256::from(16), "{back} for {amount}");
        }
    }

    #[test]
    fn arbitrary_words_give_a_number_or_an_error(
        generation in prop::sample::select(&GENERATIONS[..]),
        amplification in prop_oneof![Just(0), Just(1), Just(1_000_000), any::<u64>()],
        fee in prop_oneof![Just(U256::ZERO), Just(U256::from(9_900_000_000_u64)), words()],
        balances in prop::collection::vec(words(), 0..10),
        rates in prop::collection::vec(words(), 10),
        amount in words(),
        total_supply in words(),
        (i, j) in (0..10_usize, 0..10_usize),
    ) {
        let n = balances.len();
        let parameters = Parameters {
            generation,
            amplification,
            fees: FeeSchedule { fee, offpeg_multiplier: rates[0], admin_share: fee },
            rate_multipliers: vec![ONE; n],
            oracle_rates: rates[..n].to_vec(),
        };
        if let Ok(mut pool) = Pool::new(parameters, balances, total_supply) {
            let _ = (pool.quote_exact_in(i, j, amount), pool.quote_exact_out_approximate(i, j, amount));
            let _ = (pool.dynamic_fee(i, j), pool.marginal_price(i), pool.virtual_price());
            let _ = pool.quote_one_coin_withdrawal(amount, i);
            let amounts = vec![amount; n];
            let _ = (pool.quote_deposit(&amounts), pool.quote_imbalanced_withdrawal(&amounts));
            for operation in 0..5 {
                let before = pool.clone();
                let failed = match operation {
                    0 => pool.exchange(i, j, amount).is_err(),
                    1 => pool.add_liquidity(&amounts).is_err(),
                    2 => pool.remove_liquidity_one_coin(amount, i).is_err(),
                    3 => pool.remove_liquidity_imbalanced(&amounts).is_err(),
                    _ => pool.remove_liquidity(amount).is_err(),
                };
                if failed {
                    prop_assert_eq!(&pool, &before);
                }
            }
        }
    }
}

/// Words of every size: zero, small, around 18 decimals, anything.
fn words() -> impl Strategy<Value = U256> {
    prop_oneof![
        Just(U256::ZERO),
        Just(U256::MAX),
        any::<u64>().prop_map(U256::from),
        any::<u128>().prop_map(U256::from),
        any::<[u64; 4]>().prop_map(U256::from_limbs),
    ]
}
