//! Uniswap v3 pools of a file on lanes, and their error: each swap from the state recorded before it.
//!
//! Token 0 enters as the token, token 1 as the quote coin, both in their smallest units; the lanes' pool is built from
//! the ticks, price and liquidity of that state. The yardstick is in a finer unit ([`crate::finer_units`]): liquidity and
//! amounts times a power of two, as far as the contract's most liquidity per tick allows.
//!
//! The lanes take inputs and have no price limit. So a swap with an exact output is measured as the sale of the input that
//! the integers ask for it, and one that ends at its price limit as the sale of the lanes' own amount up to that price,
//! which is the measured `amount in`. Where the liquidity ends before the limit, the contract's price runs on to the limit,
//! where nothing is, and is not compared; nor is a swap that finds no liquidity at all.
//!
//! What is not counted as error ([`Swap::steps`]), and where it is more than the swap pays, the swap is not measured:
//!
//! - the price is an f64 where the contract's has 96 bits: `pegstress_amm::concentrated` documents that what trades up to a
//!   given price, or up to a boundary before a gap, is uncertain by `2^-52 L s`, which counts times the jump of
//!   the price otherwise;
//! - the contract's square root of the price is a multiple of 2^-96, two units in 1e10 at the lowest price, whatever
//!   the unit of amounts;
//! - the contract rounds amount and fee at every stop, and the input of an exact output up.

use crate::LaneErrors;
use crate::finer_units::{finest, spare_bits};
use pegstress_amm::concentrated::{Spec, TickSnapshot, sqrt_price_at_tick};
use pegstress_amm::{ConcentratedLiquidity, Pool as _};
use pegstress_exact::U256;
use pegstress_exact::uniswap_v3::{Pool, Snapshot, SwapAmount, SwapOutcome, Tick, TickLiquidity};

/// Bits of the liquidity in the finer unit; pools with a narrow spacing admit fewer.
const FINE_BITS: usize = 126;
/// 2^96, the unit of the contract's square roots.
const Q96: f64 = 79_228_162_514_264_337_593_543_950_336.0;
/// Last digit of a price in f64, relative.
const LAST_DIGIT: f64 = f64::EPSILON;

/// Roundings of a square root of a price in the contract: of the ticks at its ends.
const ROOT_GRAIN: f64 = 2.0 / Q96;

/// A swap as it was asked for.
#[derive(Clone, Copy)]
pub(crate) struct Swap {
    pub(crate) zero_for_one: bool,
    pub(crate) amount: SwapAmount,
    pub(crate) limit_x96: U256,
}

/// Smallest differences that count, of the numbers of an outcome.
struct Steps {
    input: f64,
    output: f64,
    price: f64,
}

impl Swap {
    /// What the swap takes and pays, and the price after it.
    pub(crate) fn measure(&self, errors: &mut LaneErrors, place: &str, pool: &Pool) {
        let liquidity = pool.ticks().map(|(_, tick)| U256::from(tick.liquidity_gross));
        let outcome = |bits| self.outcome(&finer(pool, bits)?, bits);
        let Some((outcome, unit)) = finest(spare_bits(FINE_BITS, liquidity), outcome) else { return };
        let Some(mut lanes) = lanes(pool) else { return };
        let [amount_in, amount_out] =
            [outcome.amount_in, outcome.amount_out].map(|amount| f64::from(amount) * unit);
        if amount_in == 0.0 || amount_out == 0.0 {
            return;
        }
        let at_limit = outcome.sqrt_price_x96 == self.limit_x96;
        let offered = if at_limit { self.amount_to_limit(&lanes, pool) } else { amount_in };
        let traded =
            if self.zero_for_one { lanes.trade(&[offered], &[0.0]) } else { lanes.trade(&[0.0], &[offered]) };
        let (taken, paid) = if self.zero_for_one {
            (traded.taken.lrt[0], traded.paid.eth[0])
        } else {
            (traded.taken.eth[0], traded.paid.lrt[0])
        };
        let Steps { input, output, price: price_step } = self.steps(pool, &outcome, unit);
        if output >= amount_out {
            return;
        }
        errors.add("amount in", place.to_owned(), amount_in, taken, input);
        errors.add("amount out", place.to_owned(), amount_out, paid, output);
        if outcome.liquidity > 0 {
            let after = price(outcome.sqrt_price_x96);
            errors.add("price after", place.to_owned(), after, lanes.marginal_price()[0], price_step);
        }
    }

    /// The same swap in a pool with amounts in 2^-`bits` of the tokens' units.
    fn outcome(&self, pool: &Pool, bits: usize) -> Option<SwapOutcome> {
        let amount = match self.amount {
            SwapAmount::ExactIn(amount) => SwapAmount::ExactIn(amount.checked_shl(bits)?),
            SwapAmount::ExactOut(amount) => SwapAmount::ExactOut(amount.checked_shl(bits)?),
        };
        pool.quote(self.zero_for_one, amount, self.limit_x96).ok()
    }

    /// What the lanes take until the price is at the limit.
    fn amount_to_limit(&self, lanes: &ConcentratedLiquidity<1>, pool: &Pool) -> f64 {
        let limit = price(self.limit_x96);
        let [amount] = if self.zero_for_one {
            lanes.lrt_to_price(&[limit])
        } else {
            // The ask has the fee in it.
            lanes.eth_to_ask(&[limit / (1.0 - fee(pool))])
        };
        amount
    }

    /// What the numbers of the outcome, in a pool with this unit of amounts, are known to.
    fn steps(&self, pool: &Pool, outcome: &SwapOutcome, unit: f64) -> Steps {
        let Traded { low, high, deepest } = traded(pool, outcome);
        let at_limit = outcome.sqrt_price_x96 == self.limit_x96;
        let digits = LAST_DIGIT * if at_limit { 1.0 } else { high / low * (high / low) - 1.0 };
        let token_0 = deepest * (digits / low + ROOT_GRAIN / (low * low));
        let token_1 = deepest * (digits * high + ROOT_GRAIN);
        let (input, output, per_input) = if self.zero_for_one {
            (token_0, token_1, high * high)
        } else {
            (token_1, token_0, 1.0 / (low * low))
        };
        let rounded = 2.0 * unit * stops(pool, outcome);
        let after = root(outcome.sqrt_price_x96);
        let over = deepest / (outcome.liquidity as f64 * unit);
        Steps {
            input: input + rounded,
            output: output + rounded * (1.0 + per_input),
            price: 2.0 * after * (ROOT_GRAIN + after * LAST_DIGIT * over),
        }
    }
}

/// Square roots of the prices between which a swap trades, and the largest liquidity there.
struct Traded {
    low: f64,
    high: f64,
    deepest: f64,
}

fn traded(pool: &Pool, outcome: &SwapOutcome) -> Traded {
    let [before, after] = [pool.sqrt_price_x96(), outcome.sqrt_price_x96].map(root);
    let (from, to) = (f64::min(before, after), f64::max(before, after));
    let mut traded = Traded { low: to, high: from, deepest: 0.0 };
    let (mut liquidity, mut start) = (0_i128, from);
    for (tick, state) in pool.ticks() {
        let end = f64::min(f64::max(sqrt_price_at_tick(tick), from), to);
        // A price that does not move has no width, but liquidity.
        if liquidity > 0 && (end > start || from == to) {
            traded.low = f64::min(traded.low, start);
            traded.high = f64::max(traded.high, end);
            traded.deepest = f64::max(traded.deepest, liquidity as f64);
        }
        (start, liquidity) = (end, liquidity.saturating_add(state.liquidity_net));
    }
    traded
}

/// Stops of a swap at most: ticks, and ends of the words of 256 ticks in which the contract keeps them.
fn stops(pool: &Pool, outcome: &SwapOutcome) -> f64 {
    let ticks = f64::from(outcome.tick) - f64::from(pool.tick());
    2.0 + outcome.ticks_crossed as f64 + ticks.abs() / (256.0 * f64::from(pool.tick_spacing()))
}

/// The pool with liquidity in 2^-`bits` of its unit.
fn finer(pool: &Pool, bits: usize) -> Option<Pool> {
    let factor = 1_u128.checked_shl(u32::try_from(bits).ok()?)?;
    let tick = |(tick, state): (i32, &Tick)| {
        let gross = state.liquidity_gross.checked_mul(factor)?;
        let net = state.liquidity_net.checked_mul(i128::try_from(factor).ok()?)?;
        Some(TickLiquidity { tick, gross, net })
    };
    Pool::from_ticks(Snapshot {
        fee_millionths: pool.fee_millionths(),
        tick_spacing: pool.tick_spacing(),
        sqrt_price_x96: pool.sqrt_price_x96(),
        tick: pool.tick(),
        liquidity: pool.liquidity().checked_mul(factor)?,
        ticks: pool.ticks().map(tick).collect::<Option<_>>()?,
    })
    .ok()
}

/// The pool on one lane.
fn lanes(pool: &Pool) -> Option<ConcentratedLiquidity<1>> {
    let snapshot = TickSnapshot {
        lrt_is_token_0: true,
        decimals: [0; 2],
        fee: fee(pool),
        protocol_share: 0.0,
        sqrt_price_x96: f64::from(pool.sqrt_price_x96()),
        tick: pool.tick(),
        liquidity: pool.liquidity(),
        ticks: pool.ticks().map(|(tick, state)| (tick, state.liquidity_net)).collect(),
    };
    Spec::from_ticks(&snapshot).ok().map(|spec| ConcentratedLiquidity::new(&spec))
}

fn fee(pool: &Pool) -> f64 {
    f64::from(pool.fee_millionths()) / 1e6
}

/// Token 1 per token 0.
fn price(sqrt_price_x96: U256) -> f64 {
    root(sqrt_price_x96) * root(sqrt_price_x96)
}

fn root(sqrt_price_x96: U256) -> f64 {
    f64::from(sqrt_price_x96) / Q96
}
