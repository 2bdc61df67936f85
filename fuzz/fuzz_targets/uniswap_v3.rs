//! The Uniswap v3 pool: any price, positions and swaps.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use pegstress_exact::U256;
use pegstress_exact::uniswap_v3::{
    MAX_SQRT_RATIO_X96, MAX_TICK, MIN_SQRT_RATIO_X96, Pool, SwapAmount, TickRange, sqrt_ratio_at_tick,
};
use pegstress_fuzz::{Amount, attempt, try_on};

#[derive(Arbitrary, Debug)]
struct Input {
    fee_millionths: u32,
    tick_spacing: u8,
    tick: i32,
    beyond: u64,
    steps: Vec<Step>,
}

#[derive(Arbitrary, Debug)]
enum Step {
    Mint(u8, Ends, Amount),
    Burn(u8, Ends, Amount),
    Collect(u8, Ends, u128, u128),
    Sell(bool, Amount, Option<i32>),
    Buy(bool, Amount, Option<i32>),
    ProtocolFee([u8; 2]),
    CollectProtocol(u128, u128),
    Look(bool, Amount),
}

/// Of a position, in spacings around the price or at any tick.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Ends {
    Near(i8, u8),
    Full,
    Any(i32, i32),
}

impl Ends {
    fn range(self, pool: &Pool) -> TickRange {
        let spacing = pool.tick_spacing();
        let (lower, upper) = match self {
            Self::Near(from, width) => {
                let lower = pool.tick().div_euclid(spacing) + i32::from(from);
                (lower * spacing, (lower + i32::from(width)) * spacing)
            }
            Self::Full => (-(MAX_TICK / spacing) * spacing, MAX_TICK / spacing * spacing),
            Self::Any(lower, upper) => (lower, upper),
        };
        TickRange::new(lower, upper)
    }
}

fn limit(zero_for_one: bool, tick: Option<i32>) -> U256 {
    let one = U256::from(1);
    let end = if zero_for_one { MIN_SQRT_RATIO_X96 + one } else { MAX_SQRT_RATIO_X96 - one };
    tick.and_then(|tick| sqrt_ratio_at_tick(tick % (MAX_TICK + 2)).ok()).unwrap_or(end)
}

fn swap(pool: &mut Pool, zero_for_one: bool, amount: SwapAmount, tick: Option<i32>) {
    let limit_x96 = limit(zero_for_one, tick);
    let quoted = pool.quote(zero_for_one, amount, limit_x96);
    let Some(sold) = attempt(pool, |pool| pool.swap(zero_for_one, amount, limit_x96)) else { return };
    assert_eq!(quoted.as_ref(), Ok(&sold), "a swap does not pay its quote");
    if sold.amount_out.is_zero() {
        return;
    }
    let back = SwapAmount::ExactIn(sold.amount_out);
    if let Ok(back) = pool.quote(!zero_for_one, back, limit(!zero_for_one, None)) {
        assert!(back.amount_out <= sold.amount_in, "{back:?} for {sold:?} in {pool:?}");
    }
}

fuzz_target!(|input: Input| {
    let (fee, spacing) = (input.fee_millionths % 1_000_001, i32::from(input.tick_spacing));
    let Ok(sqrt_price) = sqrt_ratio_at_tick(input.tick % (MAX_TICK + 2)) else { return };
    let Ok(mut pool) = Pool::new(fee, spacing, sqrt_price + U256::from(input.beyond)) else { return };
    for step in input.steps.iter().take(12) {
        let pool = &mut pool;
        match *step {
            Step::Mint(owner, ends, liquidity) => {
                let (range, liquidity) = (ends.range(pool), u128::try_from(liquidity.word()));
                let Ok(liquidity) = liquidity else { continue };
                try_on(pool, |pool| pool.mint(u64::from(owner), range, liquidity));
            }
            Step::Burn(owner, ends, liquidity) => {
                let (range, liquidity) = (ends.range(pool), u128::try_from(liquidity.word()));
                let Ok(liquidity) = liquidity else { continue };
                try_on(pool, |pool| pool.burn(u64::from(owner), range, liquidity));
            }
            Step::Collect(owner, ends, zero, one) => {
                let range = ends.range(pool);
                let [paid_0, paid_1] = pool.collect(u64::from(owner), range, [zero, one]);
                assert!(paid_0 <= zero && paid_1 <= one);
            }
            Step::Sell(zero_for_one, amount, tick) => {
                swap(pool, zero_for_one, SwapAmount::ExactIn(amount.word()), tick);
            }
            Step::Buy(zero_for_one, amount, tick) => {
                swap(pool, zero_for_one, SwapAmount::ExactOut(amount.word()), tick);
            }
            Step::ProtocolFee(denominators) => {
                try_on(pool, |pool| pool.set_protocol_fee(denominators));
            }
            Step::CollectProtocol(zero, one) => drop(pool.collect_protocol([zero, one])),
            Step::Look(zero_for_one, amount) => {
                let _ = pool.quote_exact_in(zero_for_one, amount.word());
                let _ = pool.quote_exact_out(zero_for_one, amount.word());
                let _ = pool.quote_to_sqrt_price(amount.word());
                let _ = pool.marginal_price_after_fee_x128(zero_for_one);
            }
        }
    }
});
