//! Laws that hold for every two-coin cryptoswap pool, whatever its parameters.

use pegstress_exact::U256;
use pegstress_exact::cryptoswap::{
    Curve, Edition, Error, FeeSchedule, ONE, Parameters, Pool, Repegging, State,
};
use proptest::prelude::*;

/// What 18 decimals are to 6.
const SIX_DECIMALS: u64 = 1_000_000_000_000;

fn curves() -> impl Strategy<Value = Curve> {
    let amplifications = prop_oneof![Just(4_000), Just(4_000_000_000), 4_000..100_000_000_u64];
    let gammas = prop_oneof![
        Just(10_000_000_000),
        Just(20_000_000_000_000_000),
        1_000_000_000_000..1_000_000_000_000_000_u64
    ];
    (amplifications, gammas)
        .prop_map(|(a, gamma)| Curve::new(U256::from(a), U256::from(gamma)).expect("valid"))
}

/// Nothing, 99 %, and rising from `mid_fee`.
fn rising_fees() -> impl Strategy<Value = (u64, u64)> {
    prop_oneof![
        Just((0, 0)),
        Just((9_900_000_000, 9_900_000_000)),
        (500_000..50_000_000_u64, 0..500_000_000_u64).prop_map(|(mid, more)| (mid, mid + more)),
    ]
}

fn static_fees() -> impl Strategy<Value = (u64, u64)> {
    prop_oneof![Just(0), Just(9_900_000_000), 0..50_000_000_u64].prop_map(|fee| (fee, fee))
}

prop_compose! {
    /// Pools with a first deposit that is worth 0.4 to 2.5 times as much of one coin as of the other.
    fn pools_with(fees: impl Strategy<Value = (u64, u64)>)(
        curve in curves(),
        (mid_fee, out_fee) in fees,
        edition in prop_oneof![Just(Edition::Factory), Just(Edition::StandAlone)],
        precisions in prop::collection::vec(prop_oneof![Just(1), Just(SIX_DECIMALS)], 2),
        adjustment_step in prop_oneof![Just(1), 1_000_000_000_000..10_000_000_000_000_000_u64],
        price_bits in 50..75_usize,
        (units, share) in (1_u64..1_000_000_000, 400_u64..2_500),
    ) -> Pool {
        let parameters = Parameters {
            edition,
            curve,
            fees: FeeSchedule {
                mid_fee: U256::from(mid_fee),
                out_fee: U256::from(out_fee),
                fee_gamma: U256::from(230_000_000_000_000_u64),
            },
            repegging: Repegging {
                allowed_extra_profit: U256::from(2_000_000_000_000_u64),
                adjustment_step: U256::from(adjustment_step),
                half_life_secs: 600,
            },
            admin_fee: U256::from(5_000_000_000_u64),
            precisions: [U256::from(precisions[0]), U256::from(precisions[1])],
        };
        let price = (ONE << price_bits) >> 60;
        let worth = U256::from(units) * ONE;
        let other = worth * ONE / price * U256::from(share) / U256::from(1000);
        let mut pool = Pool::deploy(parameters, price).expect("in range");
        pool.advance(1_700_000_000);
        // A pool that refuses its first deposit stays empty; every law holds for it too.
        let _ = pool.add_liquidity([worth / parameters.precisions[0], other / parameters.precisions[1]]);
        pool
    }
}

fn pools() -> impl Strategy<Value = Pool> {
    pools_with(rising_fees())
}

/// A part of a coin's balance from 2^-60 to its fourfold.
fn part(pool: &Pool, coin: usize, lead: u64, shift: usize) -> U256 {
    ((pool.state().balances[coin] * U256::from(lead)) >> shift) + U256::from(1)
}

/// How much of `coin` the roundings of a few operations can be worth, in its smallest unit; `None` without a price.
///
/// Newton's last step is below 1e-14 of `D` and its error below the square of that over `gamma >= 1e-8`, so below
/// 1e-20; what is left are the roundings of divisions by numbers with 18 decimals, at most some ten of 1e-18 of `D` in
/// a solution, taken as 1e-16 here, and some units. An error in one coin counts in the other at the marginal price.
fn slack(pool: &Pool, coin: usize) -> Option<U256> {
    let state = pool.state();
    let precisions = pool.parameters().precisions;
    let scaled = state.invariant / U256::from(10_u64.pow(16)) + U256::from(1000);
    // In 18 decimals of each coin, with two smallest units.
    let two = U256::from(2);
    let coin_0 = scaled + two * precisions[0];
    let coin_1 = scaled * ONE / state.price_scale + two * precisions[1];
    let price = pool.marginal_price().ok()?;
    let total =
        if coin == 0 { coin_0 + coin_1 * price / ONE } else { coin_1 + (coin_0 * ONE).checked_div(price)? };
    Some(total / precisions[coin] + two)
}

proptest! {
    #[test]
    fn a_round_trip_never_pays(pool in pools(), i in 0..2_usize, lead in 1_u64..1024, shift in 8..60_usize) {
        let amount_in = part(&pool, i, lead, shift);
        let mut moved = pool;
        if let Ok(amount_out) = moved.exchange(i, 1 - i, amount_in)
            && moved.state().price_scale == pool.state().price_scale
            && let Ok(back) = moved.quote_exact_in(1 - i, i, amount_out)
            && let (Some(slack_before), Some(slack_after)) = (slack(&pool, i), slack(&moved, i))
        {
            prop_assert!(back <= amount_in + slack_before.max(slack_after), "{back} for {amount_in}");
        }
    }

    #[test]
    fn a_swap_lowers_the_virtual_price_only_to_move_the_scale_or_to_pay_the_owner(
        pool in pools(),
        sales in prop::collection::vec((0..2_usize, 1_u64..1024, 10..40_usize, 0..4000_u64), 1..8),
    ) {
        let mut pool = pool;
        for (i, lead, shift, secs) in sales {
            pool.advance(secs);
            let before = *pool.state();
            if pool.exchange(i, 1 - i, part(&pool, i, lead, shift)).is_err() {
                prop_assert_eq!(pool.state(), &before);
                continue;
            }
            let after = pool.state();
            prop_assert!(after.price_scale != before.price_scale || after.total_supply != before.total_supply
                || after.virtual_price >= before.virtual_price);
            // The price scale moves out of at most half of the profit.
            if after.price_scale != before.price_scale {
                prop_assert!(after.virtual_price > ONE);
                prop_assert!(after.virtual_price * U256::from(2) > after.profit + ONE);
            }
            prop_assert_eq!(pool.virtual_price(), Ok(after.virtual_price));
        }
    }

    #[test]
    fn the_sum_over_trader_and_pool_is_conserved(
        pool in pools(), i in 0..2_usize, lead in 1_u64..1024, shift in 8..60_usize,
    ) {
        let mut moved = pool;
        let amount_in = part(&pool, i, lead, shift);
        let quoted = pool.quote_exact_in(i, 1 - i, amount_in);
        if let Ok(amount_out) = moved.exchange(i, 1 - i, amount_in) {
            prop_assert_eq!(quoted, Ok(amount_out));
            prop_assert_eq!(moved.state().balances[i], pool.state().balances[i] + amount_in);
            prop_assert_eq!(moved.state().balances[1 - i] + amount_out, pool.state().balances[1 - i]);
        } else {
            prop_assert_eq!(moved, pool);
        }
    }

    #[test]
    fn a_larger_sale_gets_no_better_average_price(
        pool in pools_with(static_fees()), i in 0..2_usize, lead in 1_u64..1024, shift in 20..60_usize,
        factor in 2..1000_u64,
    ) {
        let small = part(&pool, i, lead, shift);
        let large = small * U256::from(factor);
        let quotes = (pool.quote_exact_in(i, 1 - i, small), pool.quote_exact_in(i, 1 - i, large));
        if let (Ok(few), Ok(many)) = quotes
            && let Some(slack) = slack(&pool, 1 - i)
        {
            // many / large <= (few + slack) / small: the smaller output is short by its roundings.
            prop_assert!(many * small <= (few + slack) * large, "{few} for {small}, {many} for {large}");
        }
    }

    #[test]
    fn the_average_price_lies_between_the_marginal_prices_before_and_after(
        pool in pools_with(Just((0, 0))), i in 0..2_usize, lead in 1_u64..1024, shift in 12..20_usize,
    ) {
        let mut moved = pool;
        let amount_in = part(&pool, i, lead, shift);
        if let Ok(amount_out) = moved.exchange(i, 1 - i, amount_in)
            && moved.state().price_scale == pool.state().price_scale
            && let (Ok(before), Ok(after)) =
                (pool.marginal_price_after_fee(i, 1 - i), moved.marginal_price_after_fee(i, 1 - i))
            && let (Some(slack_before), Some(slack_after)) = (slack(&pool, 1 - i), slack(&moved, 1 - i))
        {
            let precisions = pool.parameters().precisions;
            let sold = amount_in * precisions[i];
            let bought = |amount: U256| amount * precisions[1 - i];
            let slack = slack_before.max(slack_after);
            // D is known to 1e-14 of itself, which moves K_0 by 2e-14 and the price by that over gamma, at most 2e-6.
            let gamma = pool.parameters().curve.gamma();
            let off = |price: U256| price * U256::from(40_000) / gamma + U256::from(1);
            prop_assert!(bought(amount_out) <= (before + off(before)) * sold / ONE + bought(slack));
            prop_assert!(bought(amount_out + slack) + U256::from(1) >= (after - off(after).min(after)) * sold / ONE);
        }
    }

    #[test]
    fn a_deposit_and_its_withdrawal_never_pay(pool in pools(), coin in 0..2_usize, lead in 1_u64..1024, shift in 12..60_usize) {
        let mut moved = pool;
        let amount = part(&pool, coin, lead, shift);
        let mut amounts = [U256::ZERO; 2];
        amounts[coin] = amount;
        if let Ok(shares) = moved.add_liquidity(amounts)
            && moved.state().price_scale == pool.state().price_scale
            && let Ok(back) = moved.quote_one_coin_withdrawal(shares, coin)
            && let (Some(slack_before), Some(slack_after)) = (slack(&pool, coin), slack(&moved, coin))
        {
            prop_assert!(back <= amount + slack_before.max(slack_after), "{back} for {amount}");
        }
    }

    #[test]
    fn a_proportional_withdrawal_leaves_the_others_no_less(pool in pools(), tenths in 1_u64..10) {
        let shares = pool.state().total_supply * U256::from(tenths) / U256::from(10);
        let mut moved = pool;
        if let Ok(amounts) = moved.remove_liquidity(shares) {
            let (before, after) = (pool.virtual_price().expect("shares"), moved.virtual_price().expect("shares"));
            // Half of an odd D is rounded: at D >= 1e17 a relative 1e-17 in each mean.
            prop_assert!(after + U256::from(40) >= before, "{after} after {before}");
            for (coin, amount) in amounts.into_iter().enumerate() {
                let fair = pool.state().balances[coin] * shares / pool.state().total_supply;
                prop_assert!(amount <= fair);
            }
        }
    }

    #[test]
    fn arbitrary_words_give_a_number_or_an_error(
        (amplification, gamma) in (prop_oneof![Just(U256::from(4_000)), words()], prop_oneof![Just(U256::from(10_u64.pow(14))), words()]),
        curve in curves(),
        fees in prop::collection::vec(words(), 3),
        rules in prop::collection::vec(words(), 3),
        precisions in prop::collection::vec(prop_oneof![Just(U256::from(1)), words()], 2),
        state in prop::collection::vec(prop_oneof![Just(ONE), words()], 10),
        (now_secs, average_at_secs, half_life_secs, ends_at_secs) in any::<(u64, u64, u64, u64)>(),
        (i, j, amount, adjusting) in (0..4_usize, 0..4_usize, words(), any::<bool>()),
    ) {
        let future = Curve::new(amplification, gamma).unwrap_or(curve);
        let parameters = Parameters {
            edition: Edition::Factory,
            curve,
            fees: FeeSchedule { mid_fee: fees[0], out_fee: fees[1], fee_gamma: fees[2] },
            repegging: Repegging { allowed_extra_profit: rules[0], adjustment_step: rules[1], half_life_secs },
            admin_fee: rules[2],
            precisions: [precisions[0], precisions[1]],
        };
        let state = State {
            now_secs,
            balances: [state[0], state[1]],
            invariant: state[2],
            total_supply: state[3],
            price_scale: state[4],
            average_price: state[5],
            last_price: state[6],
            average_at_secs,
            profit: state[7],
            profit_at_claim: state[8],
            virtual_price: state[9],
            adjusting,
        };
        if let Ok(mut pool) = Pool::at(parameters, state) {
            let _ = pool.start_ramp(future, ends_at_secs);
            pool.advance(ends_at_secs / 2);
            let _ = (pool.quote_exact_in(i, j, amount), pool.quote_fee(i, j, amount), pool.fee());
            let _ = (pool.marginal_price(), pool.marginal_price_after_fee(i, j), pool.virtual_price());
            let _ = (pool.average_price(), pool.invariant(), pool.quote_deposit([amount, state.balances[0]]));
            let _ = pool.quote_one_coin_withdrawal(amount, i);
            for operation in 0..6 {
                let before = pool;
                let failed = match operation {
                    0 => pool.exchange(i, j, amount).is_err(),
                    1 => pool.add_liquidity([amount, U256::ZERO]).is_err(),
                    2 => pool.remove_liquidity_one_coin(amount, i).is_err(),
                    3 => pool.remove_liquidity(amount).is_err(),
                    4 => pool.claim_admin_fees().is_err(),
                    _ => pool.stop_ramp().is_err(),
                };
                if failed {
                    prop_assert_eq!(pool, before);
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

/// A pool of 1000 coins of each at a price of one, mid fee 0.03 %, 18 decimals.
fn plain_pool() -> Pool {
    let parameters = Parameters {
        edition: Edition::Factory,
        curve: Curve::new(U256::from(4_000_000), U256::from(145_000_000_000_000_u64)).expect("valid"),
        fees: FeeSchedule {
            mid_fee: U256::from(3_000_000),
            out_fee: U256::from(45_000_000),
            fee_gamma: U256::from(230_000_000_000_000_u64),
        },
        repegging: Repegging {
            allowed_extra_profit: U256::from(2_000_000_000_000_u64),
            adjustment_step: U256::from(146_000_000_000_000_u64),
            half_life_secs: 600,
        },
        admin_fee: U256::from(5_000_000_000_u64),
        precisions: [U256::from(1); 2],
    };
    let mut pool = Pool::deploy(parameters, ONE).expect("in range");
    pool.advance(1_700_000_000);
    let thousand = ONE * U256::from(1000);
    assert_eq!(pool.add_liquidity([thousand; 2]), Ok(thousand));
    pool
}

#[test]
fn a_sale_stops_where_the_balances_leave_the_contracts_range_and_the_way_back_stays_open() {
    let mut pool = plain_pool();
    // Each side must hold 1 % of D = 2000 or more: coin 1 can be drained down to 20.
    while pool.exchange(0, 1, ONE * U256::from(1000)).is_ok() {}
    let left = pool.state().balances[1];
    assert!(left >= ONE * U256::from(20) && left < ONE * U256::from(30), "{left}");
    assert_eq!(pool.quote_exact_in(0, 1, ONE * U256::from(100_000)), Err(Error::OutOfBalance));
    assert!(pool.exchange(1, 0, ONE).is_ok());
}

#[test]
fn dust_pays_nothing_or_is_refused_and_never_pays_more_than_it_is_worth() {
    let pool = plain_pool();
    for amount in [1_u64, 2, 3, 10, 1000] {
        if let Ok(amount_out) = pool.quote_exact_in(0, 1, U256::from(amount)) {
            assert!(amount_out <= U256::from(amount), "{amount_out} for {amount}");
        }
    }
    assert_eq!(pool.clone().exchange(0, 1, U256::ZERO), Err(Error::ZeroAmount));
}

#[test]
fn an_empty_pool_refuses_everything_but_a_deposit_of_both_coins() {
    let parameters = *plain_pool().parameters();
    let mut pool = Pool::deploy(parameters, ONE).expect("in range");
    assert!(pool.quote_exact_in(0, 1, ONE).is_err() && pool.exchange(0, 1, ONE).is_err());
    assert!(pool.virtual_price().is_err() && pool.marginal_price().is_err() && pool.fee().is_err());
    assert!(pool.remove_liquidity(U256::from(1)).is_err());
    assert!(pool.remove_liquidity_one_coin(U256::ZERO, 0).is_err());
    assert!(pool.add_liquidity([ONE, U256::ZERO]).is_err());
    assert_eq!(pool, Pool::deploy(parameters, ONE).expect("in range"));
    assert_eq!(pool.add_liquidity([ONE, ONE]), Ok(ONE));
}

#[test]
fn an_operation_that_would_lower_the_virtual_price_is_a_loss() {
    // A virtual price recorded above what the pool is worth: any swap would book the difference.
    let pool = plain_pool();
    let state = State { virtual_price: ONE * U256::from(2), ..*pool.state() };
    let mut pool = Pool::at(*pool.parameters(), state).expect("in range");
    let before = pool;
    let swap = pool.exchange(0, 1, ONE);
    assert!(matches!(swap, Err(Error::Loss { before, after }) if after < before), "{swap:?}");
    assert_eq!(pool, before);
    // The contract marks a one-coin withdrawal like the end of a ramp, which excuses the loss.
    assert!(pool.remove_liquidity_one_coin(ONE, 0).is_ok());
}

#[test]
fn the_price_scale_follows_a_lasting_move_of_the_price() {
    let mut pool = plain_pool();
    let one_way = ONE * U256::from(60);
    for round in 0..200 {
        pool.advance(600);
        // Trades to and fro around a price moved by a lasting purchase of coin 1.
        let (i, amount) = if round % 2 == 0 { (0, one_way) } else { (1, one_way / U256::from(2)) };
        let _ = pool.exchange(i, 1 - i, amount);
    }
    assert!(pool.state().price_scale > ONE, "{}", pool.state().price_scale);
    assert!(pool.state().virtual_price > ONE && pool.state().profit > pool.state().virtual_price);
}
