//! `uniswap_v3_math`: the three functions in which a swap spends its time. The crate has no pool.

use crate::measure::{Row, side_by_side};
use crate::states::tokens;
use alloy_primitives::{I256, U256};
use pegstress_exact::uniswap_v3::{SwapAmount, sqrt_ratio_at_tick, swap_step, tick_at_sqrt_ratio};
use uniswap_v3_math::{swap_math, tick_math};

const PEER: &str = "uniswap_v3_math 0.6.2";
const FEE: u32 = 500;

pub fn rows() -> Vec<Row> {
    let ticks: Vec<i32> = (-20..=20).map(|k| 44_363 * k + 7 * k * k).collect();
    let prices: Vec<U256> = ticks
        .iter()
        .filter_map(|&tick| sqrt_ratio_at_tick(tick).ok())
        .map(|price| price + U256::from(9))
        .collect();
    let ratio = side_by_side(
        PEER,
        "price of a tick",
        &ticks,
        |&tick| tick_math::get_sqrt_ratio_at_tick(tick).ok(),
        |&tick| sqrt_ratio_at_tick(tick).ok(),
    );
    let tick = side_by_side(
        PEER,
        "tick of a price",
        &prices,
        |&price| tick_math::get_tick_at_sqrt_ratio(price).ok(),
        |&price| tick_at_sqrt_ratio(price).ok(),
    );
    vec![ratio, tick, step()]
}

/// Steps that end in their stretch and such that reach its end, both ways.
fn step() -> Row {
    let mut inputs = Vec::new();
    for from in [-1000, 0, 37] {
        for to in [from - 60, from - 1, from + 1, from + 60] {
            let (Ok(price), Ok(target)) = (sqrt_ratio_at_tick(from), sqrt_ratio_at_tick(to)) else {
                continue;
            };
            for amount in [1, 10, 1000] {
                inputs.push((price, target, tokens(amount)));
            }
        }
    }
    let liquidity = 200_000_000_000_000_000_000_000;
    side_by_side(
        PEER,
        "step of a swap",
        &inputs,
        |&(price, target, amount)| {
            swap_math::compute_swap_step(price, target, liquidity, I256::from_raw(amount), FEE).ok()
        },
        |&(price, target, amount)| {
            let step = swap_step(price, target, liquidity, SwapAmount::ExactIn(amount), FEE).ok()?;
            Some((step.sqrt_price_x96, step.amount_in, step.amount_out, step.fee))
        },
    )
}
