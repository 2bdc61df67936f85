//! Laws that hold for every pool of concentrated liquidity, whatever its positions.
//!
//! Every rounding is in the pool's favour, so that these laws need no tolerance.

use pegstress_exact::U256;
use pegstress_exact::uniswap_v3::{
    FEE_DENOMINATOR, MAX_SQRT_RATIO_X96, MIN_SQRT_RATIO_X96, Pool, Snapshot, SwapAmount, SwapOutcome,
    TickLiquidity, TickRange, sqrt_ratio_at_tick,
};
use proptest::prelude::*;
use ruint::Uint;

type U512 = Uint<512, 8>;

const OWNER: u64 = 7;

/// Nothing, the usual ones, and 99 %.
fn fees() -> impl Strategy<Value = u32> {
    prop_oneof![Just(0), Just(100), Just(500), Just(3000), Just(10_000), Just(990_000)]
}

fn spacings() -> impl Strategy<Value = i32> {
    prop_oneof![Just(1), Just(10), Just(50), Just(60), Just(200)]
}

/// From one unit to 2^70, evenly over the sizes.
fn amounts() -> impl Strategy<Value = u128> {
    (0_u32..60, 1_u128..1024).prop_map(|(bits, lead)| lead << bits)
}

/// Liquidity from one unit to 2^100, within what a tick can hold.
fn liquidities() -> impl Strategy<Value = u128> {
    (0_u32..90, 1_u128..1024).prop_map(|(bits, lead)| lead << bits)
}

/// Lower end and width of a position in spacings around the price.
fn positions() -> impl Strategy<Value = Vec<(i32, i32, u128)>> {
    prop::collection::vec((-40_i32..40, 1_i32..40, liquidities()), 1..8)
}

fn range_of(pool: &Pool, (lower, width): (i32, i32)) -> TickRange {
    let middle = pool.tick().div_euclid(pool.tick_spacing());
    let at = |step: i32| (middle + step) * pool.tick_spacing();
    TickRange::new(at(lower), at(lower + width))
}

prop_compose! {
    /// Pools around any price from 1e-6 to 1e6, with gaps or without.
    fn pools()(
        fee in fees(),
        spacing in spacings(),
        tick in -138_000_i32..138_000,
        offset in 0_u64..u64::MAX,
        positions in positions(),
        full in prop::option::of(liquidities()),
    ) -> Pool {
        let price = sqrt_ratio_at_tick(tick).expect("in range") + U256::from(offset);
        let mut pool = Pool::new(fee, spacing, price).expect("in range");
        for (lower, width, liquidity) in positions {
            let range = range_of(&pool, (lower, width));
            pool.mint(OWNER, range, liquidity).expect("within the limits of a tick");
        }
        if let Some(liquidity) = full {
            let end = 887_272 / spacing * spacing;
            pool.mint(OWNER, TickRange::new(-end, end), liquidity).expect("within the limits of a tick");
        }
        pool
    }
}

fn limit(zero_for_one: bool) -> U256 {
    let one = U256::from(1);
    if zero_for_one { MIN_SQRT_RATIO_X96 + one } else { MAX_SQRT_RATIO_X96 - one }
}

fn exact_in(pool: &mut Pool, zero_for_one: bool, amount: U256) -> SwapOutcome {
    pool.swap(zero_for_one, SwapAmount::ExactIn(amount), limit(zero_for_one)).expect("served")
}

fn snapshot(pool: &Pool) -> Snapshot {
    Snapshot {
        fee_millionths: pool.fee_millionths(),
        tick_spacing: pool.tick_spacing(),
        sqrt_price_x96: pool.sqrt_price_x96(),
        tick: pool.tick(),
        liquidity: pool.liquidity(),
        ticks: pool
            .ticks()
            .map(|(tick, state)| TickLiquidity {
                tick,
                gross: state.liquidity_gross,
                net: state.liquidity_net,
            })
            .collect(),
    }
}

fn wide(value: U256) -> U512 {
    U512::from(value)
}

/// What the pool has taken and paid, per token.
#[derive(Default)]
struct Ledger {
    taken: [U256; 2],
    paid: [U256; 2],
}

impl Ledger {
    fn take(&mut self, amounts: [U256; 2]) {
        for (taken, amount) in self.taken.iter_mut().zip(amounts) {
            *taken = taken.checked_add(amount).expect("amounts far below the word");
        }
    }

    fn pay(&mut self, amounts: [U256; 2]) {
        for (paid, amount) in self.paid.iter_mut().zip(amounts) {
            *paid = paid.checked_add(amount).expect("amounts far below the word");
        }
    }

    fn swap(&mut self, zero_for_one: bool, outcome: &SwapOutcome) {
        let (paid, given) = (outcome.amount_in, outcome.amount_out);
        self.take(if zero_for_one { [paid, U256::ZERO] } else { [U256::ZERO, paid] });
        self.pay(if zero_for_one { [U256::ZERO, given] } else { [given, U256::ZERO] });
    }
}

proptest! {
    #[test]
    fn a_round_trip_never_pays(pool in pools(), zero_for_one: bool, amount in amounts()) {
        let mut pool = pool;
        let there = exact_in(&mut pool, zero_for_one, U256::from(amount));
        if !there.amount_out.is_zero() {
            let back = exact_in(&mut pool, !zero_for_one, there.amount_out);
            prop_assert!(back.amount_out <= there.amount_in, "{} for {}", back.amount_out, there.amount_in);
        }
    }

    #[test]
    fn nobody_sells_above_the_marginal_price(pool in pools(), zero_for_one: bool, amount in amounts()) {
        let amount = SwapAmount::ExactIn(U256::from(amount));
        let sold = pool.quote(zero_for_one, amount, limit(zero_for_one)).expect("served");
        // The price is floored: one unit more is above it.
        let price_x128 = pool.marginal_price_x128(zero_for_one).expect("in range") + U256::from(1);
        let kept = U512::from(FEE_DENOMINATOR - pool.fee_millionths());
        let out = (wide(sold.amount_out) << 128) * U512::from(FEE_DENOMINATOR);
        prop_assert!(out <= wide(sold.amount_in) * kept * wide(price_x128));
    }

    #[test]
    fn a_larger_sale_gives_no_less_and_moves_the_price_no_less(
        pool in pools(), zero_for_one: bool, few in amounts(), more in amounts(),
    ) {
        let sale = |amount: u128| {
            pool.quote(zero_for_one, SwapAmount::ExactIn(U256::from(amount)), limit(zero_for_one)).expect("served")
        };
        let (few, many) = (sale(few), sale(few + more));
        prop_assert!(many.amount_out >= few.amount_out);
        if zero_for_one {
            prop_assert!(many.sqrt_price_x96 <= few.sqrt_price_x96 && few.sqrt_price_x96 <= pool.sqrt_price_x96());
        } else {
            prop_assert!(many.sqrt_price_x96 >= few.sqrt_price_x96 && few.sqrt_price_x96 >= pool.sqrt_price_x96());
        }
    }

    #[test]
    fn the_same_output_costs_no_more_when_it_is_bought(
        pool in pools(), zero_for_one: bool, amount in amounts(),
    ) {
        let sold = exact_in(&mut pool.clone(), zero_for_one, U256::from(amount));
        if !sold.amount_out.is_zero() {
            let wanted = SwapAmount::ExactOut(sold.amount_out);
            let bought = pool.quote(zero_for_one, wanted, limit(zero_for_one)).expect("it was just sold");
            // A purchase goes on to the next stop where the output up to there rounds to the same units: at prices
            // where a unit of output is worth much more than one of input.
            let further = if zero_for_one {
                bought.sqrt_price_x96 < sold.sqrt_price_x96
            } else {
                bought.sqrt_price_x96 > sold.sqrt_price_x96
            };
            prop_assert!(further || bought.amount_in <= sold.amount_in);
            let again = pool.quote_exact_in(zero_for_one, bought.amount_in).expect("served");
            prop_assert!(again >= sold.amount_out);
        }
    }

    #[test]
    fn a_sale_to_a_price_reaches_it_and_one_unit_less_does_not(
        pool in pools(), base in 1_u32..80, ticks in 1_i32..3000, zero_for_one: bool,
    ) {
        // Liquidity everywhere, so that every move of the price costs something.
        let mut pool = pool;
        let end = 887_272 / pool.tick_spacing() * pool.tick_spacing();
        pool.mint(OWNER, TickRange::new(-end, end), 1 << base).expect("within the limits of a tick");
        let tick = if zero_for_one { pool.tick() - ticks } else { pool.tick() + 1 + ticks };
        let target = sqrt_ratio_at_tick(tick).expect("in range");
        let sale = pool.quote_to_sqrt_price(target).expect("reached");
        prop_assert_eq!(sale.sqrt_price_x96, target);
        let quote = |amount| pool.quote(zero_for_one, SwapAmount::ExactIn(amount), target);
        prop_assert_eq!(quote(sale.amount_in), Ok(sale));
        if sale.amount_in > U256::from(1) {
            let short = quote(sale.amount_in - U256::from(1)).expect("served");
            prop_assert!(short.sqrt_price_x96 != target);
        }
    }

    #[test]
    fn minting_and_burning_give_back_no_more(
        pool in pools(), lower in -60_i32..60, width in 1_i32..60, liquidity in liquidities(), parts in 1_u128..4,
    ) {
        let mut pool = pool;
        let before = snapshot(&pool);
        let (owner, range) = (OWNER + 1, range_of(&pool, (lower, width)));
        let put_in = pool.mint(owner, range, liquidity).expect("within the limits of a tick");
        let part = liquidity / parts;
        for share in [part, liquidity - part].into_iter().filter(|&share| share > 0) {
            pool.burn(owner, range, share).expect("held");
        }
        let back = pool.collect(owner, range, [u128::MAX; 2]);
        for (back, put_in) in back.into_iter().zip(put_in) {
            prop_assert!(U256::from(back) <= put_in);
        }
        prop_assert_eq!(snapshot(&pool), before);
    }

    #[test]
    fn the_liquidity_in_range_is_always_that_of_the_ticks(
        pool in pools(), swaps in prop::collection::vec((any::<bool>(), any::<bool>(), amounts()), 1..8),
    ) {
        // A pool rebuilt from its ticks, which checks them, goes on like the pool itself.
        let mut pool = pool;
        let mut rebuilt = Pool::from_ticks(snapshot(&pool)).expect("consistent");
        for (zero_for_one, exact_in, amount) in swaps {
            let amount = U256::from(amount);
            let amount = if exact_in { SwapAmount::ExactIn(amount) } else { SwapAmount::ExactOut(amount) };
            let outcome = pool.swap(zero_for_one, amount, limit(zero_for_one));
            prop_assert_eq!(outcome, rebuilt.swap(zero_for_one, amount, limit(zero_for_one)));
            prop_assert!(Pool::from_ticks(snapshot(&pool)).is_ok());
            prop_assert_eq!(pool.fee_growth_global_x128(), rebuilt.fee_growth_global_x128());
        }
    }

    #[test]
    fn everybody_can_be_paid(
        pool in pools(),
        protocol in prop_oneof![Just(0_u8), 4..=10_u8],
        actions in prop::collection::vec((0_u8..5, -40_i32..40, 1_i32..40, amounts()), 1..12),
    ) {
        let positions: Vec<_> = pool.positions().map(|(_, range, state)| (range, state.liquidity)).collect();
        let mut pool = Pool::new(pool.fee_millionths(), pool.tick_spacing(), pool.sqrt_price_x96()).expect("valid");
        pool.set_protocol_fee([protocol; 2]).expect("valid");
        let mut ledger = Ledger::default();
        for (range, liquidity) in positions {
            ledger.take(pool.mint(OWNER, range, liquidity).expect("minted before"));
        }
        for (action, lower, width, amount) in actions {
            match action {
                0..=2 => {
                    let specified = U256::from(amount);
                    let (zero_for_one, exact_out) = (action == 0, action == 2);
                    let specified =
                        if exact_out { SwapAmount::ExactOut(specified) } else { SwapAmount::ExactIn(specified) };
                    let outcome = pool.swap(zero_for_one, specified, limit(zero_for_one));
                    if let Ok(outcome) = outcome {
                        ledger.swap(zero_for_one, &outcome);
                    }
                }
                3 => {
                    let spacing = pool.tick_spacing();
                    let range = TickRange::new(lower * spacing, (lower + width) * spacing);
                    ledger.take(pool.mint(OWNER, range, amount).expect("within the limits of a tick"));
                }
                _ => ledger.pay(pool.collect_protocol([amount; 2]).map(U256::from)),
            }
        }
        let all: Vec<_> = pool.positions().map(|(owner, range, state)| (owner, range, state.liquidity)).collect();
        for (owner, range, liquidity) in all {
            pool.burn(owner, range, liquidity).expect("held");
            ledger.pay(pool.collect(owner, range, [u128::MAX; 2]).map(U256::from));
        }
        ledger.pay(pool.protocol_fees().map(U256::from));
        prop_assert!(ledger.taken.iter().zip(&ledger.paid).all(|(taken, paid)| taken >= paid));
        prop_assert_eq!((pool.liquidity(), pool.ticks().len()), (0, 0));
    }

    #[test]
    fn the_protocol_takes_at_most_its_part_of_the_fee_and_nothing_else(
        pool in pools(), zero_for_one: bool, amount in amounts(), denominator in 4_u8..=10,
    ) {
        let (mut off, mut on) = (pool.clone(), pool);
        on.set_protocol_fee([denominator; 2]).expect("valid");
        let outcome = exact_in(&mut off, zero_for_one, U256::from(amount));
        prop_assert_eq!(exact_in(&mut on, zero_for_one, U256::from(amount)), outcome);
        let [taken, other] = if zero_for_one { on.protocol_fees() } else {
            let [zero, one] = on.protocol_fees();
            [one, zero]
        };
        let whole = outcome.fee / U256::from(denominator);
        prop_assert!(other == 0 && U256::from(taken) <= whole);
        let [growth_on, growth_off] = [on, off].map(|pool| pool.fee_growth_global_x128());
        prop_assert!(growth_on.into_iter().zip(growth_off).all(|(on, off)| on <= off));
    }
}
