//! Laws that hold for every StableSwap pool, whatever its parameters.

use pegstress_exact::U256;
use pegstress_exact::stableswap::{FeeSchedule, Generation, ONE, Parameters, Pool};
use proptest::prelude::*;

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
    fn pools_with(multipliers: impl Strategy<Value = u64>)(
        generation in prop::sample::select(&Generation::ALL[..]),
        amplification in amplifications(),
        fee in fees(),
        offpeg_multiplier in multipliers,
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

/// Pools with a static fee and pools with one that rises up to tenfold off the peg.
fn pools() -> impl Strategy<Value = Pool> {
    pools_with(prop_oneof![Just(10_000_000_000_u64), 10_000_000_000..100_000_000_000_u64])
}

/// Bound of the rounding of one `D`, in its units; `None` without an invariant or with an empty coin.
///
/// Newton stops when two rounds differ by at most one unit. Each factor `D / (n x_k)` of the product term is rounded
/// by at most one unit, which the other factors multiply or divide; the stETH pool adds one to each denominator,
/// which moves `D` by the same order. In balance every factor is one. The rETH pool also rounds the balances it writes
/// down by up to a unit each, which at a rate of at most two moves `D` by `2 (1 + D / (n x_k))`, at most twice the rest.
fn invariant_rounding(pool: &Pool) -> Option<U256> {
    let rates = pool.stored_rates().ok()?;
    let invariant = pool.invariant().ok()?;
    let n = U256::from(rates.len());
    let mut bound = U256::from(4);
    let times = U256::from(if pool.curve().generation() == Generation::Reth { 6 } else { 2 });
    for (&rate, &balance) in rates.iter().zip(pool.balances()) {
        let share = n * (rate * balance / ONE);
        bound += times * (invariant.checked_div(share)? + share.checked_div(invariant)?);
    }
    Some(bound)
}

/// How much of coin `j` the roundings of a swap from coin `i` can be worth, in units of the coin; `None` for a pool
/// without usable prices.
///
/// With prices `p_k` in coin 0, `dD/dx_k = p_k D / sum(p_m x_m)`, since `D` is homogeneous of degree one. A swap is
/// off by up to four units of its own output, by `D`'s rounding before and after, and by one unit of input.
/// The rates of at least one half double all of it.
fn slack(pool: &Pool, i: usize, j: usize) -> Option<U256> {
    let rates = pool.stored_rates().ok()?;
    let mut prices = vec![ONE];
    let mut value = U256::ZERO;
    for k in 0..rates.len() {
        if k > 0 {
            prices.push(pool.marginal_price(k - 1).ok()?);
        }
        value += prices[k] * (pool.balances()[k] * rates[k] / ONE);
    }
    let up = |numerator: U256, denominator: U256| Some(numerator.checked_div(denominator)? + U256::from(1));
    let per_invariant = up(value, prices[j] * pool.invariant().ok()?)?;
    let per_input = up(prices[i], prices[j])?;
    Some(
        U256::from(8) + U256::from(4) * invariant_rounding(pool)? * per_invariant + U256::from(4) * per_input,
    )
}

proptest! {
    #[test]
    fn a_round_trip_never_pays(pool in pools(), amount_in in amounts()) {
        let mut moved = pool.clone();
        if let Ok(amount_out) = moved.exchange(0, 1, amount_in)
            && let Ok(back) = moved.quote_exact_in(1, 0, amount_out)
            && let (Some(slack_before), Some(slack_after)) = (slack(&pool, 1, 0), slack(&moved, 1, 0))
        {
            prop_assert!(back <= amount_in + slack_before.max(slack_after), "{back} for {amount_in}");
        }
    }

    #[test]
    fn a_swap_pays_its_quote_or_changes_nothing(pool in pools(), amount_in in amounts()) {
        let mut moved = pool.clone();
        match moved.exchange(0, 1, amount_in) {
            Ok(amount_out) => prop_assert_eq!(pool.quote_exact_in(0, 1, amount_in), Ok(amount_out)),
            Err(_) => prop_assert_eq!(moved, pool),
        }
    }

    #[test]
    fn the_invariant_never_falls_on_a_swap(pool in pools(), amount_in in amounts()) {
        let mut moved = pool.clone();
        if moved.exchange(0, 1, amount_in).is_ok()
            && let (Ok(before), Ok(after)) = (pool.invariant(), moved.invariant())
            && let (Some(off_before), Some(off_after)) = (invariant_rounding(&pool), invariant_rounding(&moved))
        {
            prop_assert!(after + off_before + off_after >= before, "{after} after {before}");
        }
    }

    #[test]
    fn a_larger_sale_gets_no_better_average_price(
        pool in pools_with(Just(10_000_000_000)), small in amounts(), factor in 2..1000_u64,
    ) {
        // With a static fee only: a sale that brings the pool towards balance lowers a dynamic fee, and a larger one
        // lowers it more.
        let large = small * U256::from(factor);
        let quotes = (pool.quote_exact_in(0, 1, small), pool.quote_exact_in(0, 1, large));
        if let (Ok(few), Ok(many)) = quotes
            && let Some(slack) = slack(&pool, 0, 1)
        {
            // many / large <= (few + slack) / small: the smaller output is short by its roundings.
            prop_assert!(many * small <= (few + slack) * large, "{few} for {small}, {many} for {large}");
        }
    }

    #[test]
    fn the_sum_over_trader_pool_and_owner_is_conserved(pool in pools(), amount_in in amounts()) {
        let before = pool.clone();
        let mut pool = pool;
        if let Ok(amount_out) = pool.exchange(0, 1, amount_in) {
            let received = pool.balances()[0] + pool.admin_balances()[0];
            prop_assert_eq!(received, before.balances()[0] + amount_in);
            let held = pool.balances()[1] + pool.admin_balances()[1];
            prop_assert_eq!(held + amount_out, before.balances()[1]);
        } else {
            prop_assert_eq!(pool, before);
        }
    }

    #[test]
    fn a_deposit_and_its_withdrawal_never_pay(pool in pools(), amount in amounts()) {
        let mut moved = pool.clone();
        let mut amounts = vec![U256::ZERO; pool.balances().len()];
        amounts[0] = amount;
        if let Ok(shares) = moved.add_liquidity(&amounts)
            && let Ok(back) = moved.quote_one_coin_withdrawal(shares, 0)
            && let (Some(slack_before), Some(slack_after)) = (slack(&pool, 1, 0), slack(&moved, 1, 0))
        {
            prop_assert!(back <= amount + slack_before.max(slack_after), "{back} for {amount}");
        }
    }

    #[test]
    fn arbitrary_words_give_a_number_or_an_error(
        generation in prop::sample::select(&Generation::ALL[..]),
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
