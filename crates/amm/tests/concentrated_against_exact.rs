//! Concentrated liquidity on lanes against the integers of the contract.
//!
//! Tokens have 20 decimals here, so that the contract's own rounding (about a unit at every stop of a swap) is far below the
//! tolerance.

#![allow(clippy::print_stdout, reason = "the measured error is a figure to quote")]

mod common;

use common::{Random, relative};
use pegstress_amm::concentrated::{Spec, TickSnapshot};
use pegstress_amm::{ConcentratedLiquidity, Pool as _};
use pegstress_exact::U256;
use pegstress_exact::uniswap_v3::{
    MAX_SQRT_RATIO_X96, MIN_SQRT_RATIO_X96, Pool, SwapAmount, SwapOutcome, TickRange, sqrt_ratio_at_tick,
};
use pegstress_num::greater;

/// The bounds the module documents.
const TOLERANCE: f64 = 1e-11;
const PRICE_TOLERANCE: f64 = 1e-10;
const STATES: usize = 100_000;
const DECIMALS: u8 = 20;
const UNITS: f64 = 1e20;
const Q96: f64 = 79_228_162_514_264_337_593_543_950_336.0;

/// Positions as providers of a liquid restaking token take them: one over all prices or none, and narrow ones around the
/// price, overlapping or with gaps, down to one step of the ticks.
fn exact_pool(random: &mut Random) -> Pool {
    let spacing = [1, 10, 60][(random.bits() % 3) as usize];
    let fee = [0, 100, 500, 3_000][(random.bits() % 4) as usize];
    let tick = (random.bits() % 2_000) as i32 - 1_000;
    let (low, high) =
        (sqrt_ratio_at_tick(tick).expect("in range"), sqrt_ratio_at_tick(tick + 1).expect("in range"));
    let inside = (high - low) / U256::from(1 + random.bits() % 1_000);
    let mut pool = Pool::new(fee, spacing, low + inside).expect("in range");
    let size = random.log_uniform(1e3, 1e6);
    let mut mint = |low: i32, high: i32, tokens: f64| {
        let width = f64::from(high - low) * 5e-5;
        let liquidity = tokens / if width < 1.0 { width } else { 1.0 };
        let range = TickRange::new(low * spacing, high * spacing);
        pool.mint(1, range, (liquidity * UNITS) as u128).expect("in range");
    };
    if random.bits() & 3 != 0 {
        let end = 887_272 / spacing;
        mint(-end, end, size * random.log_uniform(0.01, 1.0));
    }
    let middle = tick.div_euclid(spacing);
    for _ in 0..1 + random.bits() % 12 {
        let low = middle + (random.bits() % 60) as i32 - 40;
        let width = 1 + (random.log_uniform(1.0, 60.0) as i32);
        mint(low, low + width, size * random.log_uniform(0.01, 1.0));
    }
    pool
}

fn lanes(pool: &Pool, lrt_is_token_0: bool) -> ConcentratedLiquidity<1> {
    let ticks = pool.ticks().map(|(tick, state)| (tick, state.liquidity_net)).collect();
    let snapshot = TickSnapshot {
        lrt_is_token_0,
        decimals: [DECIMALS; 2],
        fee: f64::from(pool.fee_millionths()) / 1e6,
        protocol_share: 0.0,
        sqrt_price_x96: f64::from(pool.sqrt_price_x96()),
        tick: pool.tick(),
        liquidity: pool.liquidity(),
        ticks,
    };
    ConcentratedLiquidity::new(&Spec::from_ticks(&snapshot).expect("a sound pool"))
}

fn swap(pool: &mut Pool, zero_for_one: bool, units: U256) -> SwapOutcome {
    let one = U256::from(1);
    let limit = if zero_for_one { MIN_SQRT_RATIO_X96 + one } else { MAX_SQRT_RATIO_X96 - one };
    pool.swap(zero_for_one, SwapAmount::ExactIn(units), limit).expect("a legal swap")
}

/// Largest liquidity at any price, at prices around 1 about as many tokens as a price move of 100 % takes.
fn deepest(pool: &Pool) -> f64 {
    let mut sum = 0;
    let running = pool.ticks().map(|(_, state)| {
        sum += state.liquidity_net;
        sum
    });
    running.max().unwrap_or(0) as f64 / UNITS
}

fn price(pool: &Pool, lrt_is_token_0: bool) -> f64 {
    let root = f64::from(pool.sqrt_price_x96()) / Q96;
    if lrt_is_token_0 { root * root } else { 1.0 / (root * root) }
}

#[derive(Default)]
struct Worst {
    error: f64,
    state: String,
}

impl Worst {
    fn see(&mut self, error: f64, state: impl FnOnce() -> String) {
        if error > self.error || error.is_nan() {
            *self = Self { error, state: state() };
        }
    }
}

#[test]
fn pools_pay_what_the_contract_pays() {
    let mut random = Random(7);
    let (mut output, mut input, mut after) = (Worst::default(), Worst::default(), Worst::default());
    let (mut swaps, mut partly, mut crossing, mut crossed, mut beyond) = (0, 0, 0, 0, 0);
    for _ in 0..STATES {
        let mut exact = exact_pool(&mut random);
        let lrt_is_token_0 = random.bits() & 1 == 0;
        let mut pool = lanes(&exact, lrt_is_token_0);
        for _ in 0..2 {
            let share = random.log_uniform(1e-8, 0.5);
            let sells = random.bits() & 1 == 0;
            let held = pool.reserves();
            let amount = share * (held.lrt[0] + held.eth[0]);
            let units = U256::from(amount * UNITS);
            let amount = f64::from(units) / UNITS;
            let price_before = price(&exact, lrt_is_token_0);
            let start = format!("{:?}", (exact.sqrt_price_x96(), exact.tick()));
            let outcome = swap(&mut exact, sells == lrt_is_token_0, units);
            let (lrt_in, eth_in) = if sells { ([amount], [0.0]) } else { ([0.0], [amount]) };
            let traded = pool.trade(&lrt_in, &eth_in);
            let (taken, paid) = if sells {
                (traded.taken.lrt[0], traded.paid.eth[0])
            } else {
                (traded.taken.eth[0], traded.paid.lrt[0])
            };
            let state = || {
                let ticks: Vec<_> = exact.ticks().map(|(tick, state)| (tick, state.liquidity_net)).collect();
                format!(
                    "sells {sells}, token 0 {lrt_is_token_0}, share {share:e}, {start}, {outcome:?}, {ticks:?}"
                )
            };
            swaps += 1;
            crossed += outcome.ticks_crossed;
            crossing += usize::from(outcome.ticks_crossed > 0);
            assert!(!pool.faults()[0], "{}", state());
            let expected = (f64::from(outcome.amount_in) / UNITS, f64::from(outcome.amount_out) / UNITS);
            if !outcome.unfilled.is_zero() {
                // What is left up to the end of the liquidity is as uncertain as the price's last digits, times the
                // liquidity. The contract's price runs on to its limit, where nothing is.
                let rounding = 8.0 * f64::EPSILON * deepest(&exact) + 1e-12 * expected.1;
                let errors = (taken - expected.0, paid - expected.1);
                assert!(errors.0.abs() < rounding && errors.1.abs() < rounding, "{errors:?}: {}", state());
                partly += 1;
                break;
            }
            // The last digit of the price decides how much trades before a gap: it counts with the jump behind it.
            let jump = relative(price(&exact, lrt_is_token_0), price_before);
            let last_digit = jump * 4.0 * f64::EPSILON * deepest(&exact) / amount;
            let error = relative(paid, expected.1);
            beyond += usize::from(error > TOLERANCE);
            output.see(greater(error - last_digit, 0.0), state);
            input.see(relative(taken, expected.0), state);
            after.see(relative(pool.marginal_price()[0], price(&exact, lrt_is_token_0)), state);
        }
    }
    println!("{swaps} swaps, {crossing} across ticks, {crossed} ticks, {partly} not filled");
    println!("{beyond} outputs beyond the tolerance beside a gap");
    println!("output {:e}: {}", output.error, output.state);
    println!("input {:e}: {}", input.error, input.state);
    println!("price {:e}: {}", after.error, after.state);
    // Positions one tick wide hold 20,000 times less than their liquidity: trades of less than 1e-3 that jump a gap there.
    assert!(1_000 * beyond < swaps, "{beyond} outputs beyond the tolerance");
    assert!(output.error < TOLERANCE, "largest relative error {:e}: {}", output.error, output.state);
    assert!(input.error < TOLERANCE, "largest relative error {:e}: {}", input.error, input.state);
    assert!(after.error < PRICE_TOLERANCE, "largest relative error {:e}: {}", after.error, after.state);
}
