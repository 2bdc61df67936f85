//! The swap: steps from stop to stop until the amount is used up or the price limit is reached
//! (`UniswapV3Pool.swap`).

use ruint::aliases::U256;

use super::liquidity::add_delta;
use super::position::low_128;
use super::tick_table::Stop;
use super::{
    Error, MAX_SQRT_RATIO_X96, MIN_SQRT_RATIO_X96, Pool, SwapStep, sqrt_ratio_at_tick, swap_step,
    tick_at_sqrt_ratio,
};
use crate::ArithmeticError;
use crate::arithmetic::{add, sub};
use crate::wide_arithmetic::mul_div_down;

/// Bits of a positive signed word: the contract's amounts are signed.
const AMOUNT_BITS: usize = 255;

/// The amount a trader fixes (`amountSpecified`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SwapAmount {
    /// Input with the fee; positive in the contract.
    ExactIn(U256),
    /// Output; negative in the contract.
    ExactOut(U256),
}

/// What a swap moves, and the pool after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SwapOutcome {
    /// Input with the fee.
    pub amount_in: U256,
    /// Output.
    pub amount_out: U256,
    /// Fee in the input, the protocol's part included.
    pub fee: U256,
    /// Part of the amount asked for that is left at the price limit.
    pub unfilled: U256,
    /// Price after the swap.
    pub sqrt_price_x96: U256,
    /// Tick after the swap.
    pub tick: i32,
    /// Liquidity in range after the swap.
    pub liquidity: u128,
    /// Initialised ticks crossed.
    pub ticks_crossed: usize,
}

/// A swap that is worked out and not yet booked.
pub(super) struct Walk {
    zero_for_one: bool,
    price: U256,
    tick: i32,
    liquidity: u128,
    /// Initialised ticks at or below the tick.
    below: usize,
    remaining: U256,
    /// Output of an exact input, input of an exact output.
    calculated: U256,
    fee: U256,
    fee_growth_x128: U256,
    protocol_fee: u128,
    /// Ticks crossed, with the input's fee growth at that moment.
    crossed: Vec<(usize, U256)>,
}

impl SwapAmount {
    fn word(self) -> U256 {
        match self {
            Self::ExactIn(amount) | Self::ExactOut(amount) => amount,
        }
    }

    /// The same side with another amount.
    fn with(self, amount: U256) -> Self {
        match self {
            Self::ExactIn(_) => Self::ExactIn(amount),
            Self::ExactOut(_) => Self::ExactOut(amount),
        }
    }

    fn check(self) -> Result<(), Error> {
        let word = self.word();
        if word.is_zero() {
            return Err(Error::ZeroAmount);
        }
        // The most negative signed word has 256 bits and a single one.
        let fits =
            word.bit_len() <= AMOUNT_BITS || self == Self::ExactOut(U256::ONE.wrapping_shl(AMOUNT_BITS));
        if fits { Ok(()) } else { Err(Error::AmountOutOfRange) }
    }
}

impl Pool {
    /// Swaps token 0 for token 1 (`zero_for_one`) or back, up to a price limit. A limit reached first leaves the rest
    /// of the amount unfilled.
    ///
    /// # Errors
    /// Where the contract reverts.
    pub fn swap(
        &mut self,
        zero_for_one: bool,
        amount: SwapAmount,
        limit_x96: U256,
    ) -> Result<SwapOutcome, Error> {
        let walk = self.walk(zero_for_one, amount, limit_x96)?;
        let outcome = walk.outcome(amount)?;
        self.book_walk(&walk);
        Ok(outcome)
    }

    pub(super) fn walk(
        &self,
        zero_for_one: bool,
        amount: SwapAmount,
        limit_x96: U256,
    ) -> Result<Walk, Error> {
        amount.check()?;
        self.check_limit(zero_for_one, limit_x96)?;
        let [growth_0, growth_1] = self.fee_growth_global_x128;
        let mut walk = Walk {
            zero_for_one,
            price: self.sqrt_price_x96,
            tick: self.tick,
            liquidity: self.liquidity,
            below: self.ticks.count_up_to(self.tick),
            remaining: amount.word(),
            calculated: U256::ZERO,
            fee: U256::ZERO,
            fee_growth_x128: if zero_for_one { growth_0 } else { growth_1 },
            protocol_fee: 0,
            crossed: Vec::new(),
        };
        // Every round but the last one moves to another stop, so there are no more rounds than stops.
        while !walk.remaining.is_zero() && walk.price != limit_x96 {
            let stop = self.ticks.next_stop(walk.tick, walk.below, self.tick_spacing, zero_for_one);
            let stop_price = sqrt_ratio_at_tick(stop.tick)?;
            let beyond = if zero_for_one { stop_price < limit_x96 } else { stop_price > limit_x96 };
            let target = if beyond { limit_x96 } else { stop_price };
            let step = self.step(&walk, target, amount)?;
            let start = std::mem::replace(&mut walk.price, step.sqrt_price_x96);
            self.account(&mut walk, &step, amount)?;
            if walk.price == stop_price {
                self.pass(&mut walk, stop)?;
            } else {
                if walk.price != start {
                    walk.tick = tick_at_sqrt_ratio(walk.price)?;
                }
                // A price between stops is at the limit, or the amount is used up: an exact input that does not reach
                // the target leaves its rest as fee, an exact output is rounded so that the price gives all of it.
                break;
            }
        }
        Ok(walk)
    }

    fn check_limit(&self, zero_for_one: bool, limit_x96: U256) -> Result<(), Error> {
        let reachable = if zero_for_one {
            MIN_SQRT_RATIO_X96 < limit_x96 && limit_x96 < self.sqrt_price_x96
        } else {
            self.sqrt_price_x96 < limit_x96 && limit_x96 < MAX_SQRT_RATIO_X96
        };
        if reachable { Ok(()) } else { Err(Error::PriceLimit { limit_x96 }) }
    }

    fn step(&self, walk: &Walk, target: U256, amount: SwapAmount) -> Result<SwapStep, Error> {
        if walk.liquidity == 0 {
            // A gap costs nothing: the general step gives the same zeros.
            let zero = U256::ZERO;
            return Ok(SwapStep { sqrt_price_x96: target, amount_in: zero, amount_out: zero, fee: zero });
        }
        swap_step(walk.price, target, walk.liquidity, amount.with(walk.remaining), self.fee_millionths)
    }

    /// Books the amounts of a step, and its fee to protocol and liquidity.
    fn account(&self, walk: &mut Walk, step: &SwapStep, amount: SwapAmount) -> Result<(), Error> {
        let paid = add(step.amount_in, step.fee)?;
        let (used, calculated) = match amount {
            SwapAmount::ExactIn(_) => (paid, step.amount_out),
            SwapAmount::ExactOut(_) => (step.amount_out, paid),
        };
        walk.remaining = sub(walk.remaining, used)?;
        walk.calculated = add(walk.calculated, calculated)?;
        if walk.calculated.bit_len() > AMOUNT_BITS {
            return Err(ArithmeticError::Overflow.into());
        }
        walk.fee = add(walk.fee, step.fee)?;
        let [denominator_0, denominator_1] = self.protocol_fee_denominators;
        let denominator = if walk.zero_for_one { denominator_0 } else { denominator_1 };
        let mut fee = step.fee;
        if let Some(part) = fee.checked_div(U256::from(denominator)) {
            fee = sub(fee, part)?;
            walk.protocol_fee = walk.protocol_fee.wrapping_add(low_128(part));
        }
        if walk.liquidity > 0 {
            let growth = mul_div_down(fee, U256::ONE << 128, U256::from(walk.liquidity))?;
            walk.fee_growth_x128 = walk.fee_growth_x128.wrapping_add(growth);
        }
        Ok(())
    }

    /// Goes past a stop that the price has reached.
    fn pass(&self, walk: &mut Walk, stop: Stop) -> Result<(), Error> {
        if let Some((index, (_, state))) = stop.index.and_then(|index| Some((index, self.ticks.at(index)?))) {
            let net = state.liquidity_net;
            let delta = if walk.zero_for_one { net.checked_neg() } else { Some(net) };
            walk.liquidity = add_delta(walk.liquidity, delta.ok_or(Error::LiquidityOverflow)?)?;
            walk.crossed.push((index, walk.fee_growth_x128));
            walk.below = if walk.zero_for_one { index } else { index.saturating_add(1) };
        }
        walk.tick = if walk.zero_for_one { stop.tick.saturating_sub(1) } else { stop.tick };
        Ok(())
    }

    fn book_walk(&mut self, walk: &Walk) {
        let side = usize::from(!walk.zero_for_one);
        let mut growth = self.fee_growth_global_x128;
        for &(index, growth_then) in &walk.crossed {
            growth[side] = growth_then;
            self.ticks.cross(index, growth);
        }
        self.fee_growth_global_x128[side] = walk.fee_growth_x128;
        self.protocol_fees[side] = self.protocol_fees[side].wrapping_add(walk.protocol_fee);
        self.sqrt_price_x96 = walk.price;
        self.tick = walk.tick;
        self.liquidity = walk.liquidity;
    }
}

impl Walk {
    pub(super) fn outcome(&self, amount: SwapAmount) -> Result<SwapOutcome, Error> {
        let used = sub(amount.word(), self.remaining)?;
        let (amount_in, amount_out) = match amount {
            SwapAmount::ExactIn(_) => (used, self.calculated),
            SwapAmount::ExactOut(_) => (self.calculated, used),
        };
        Ok(SwapOutcome {
            amount_in,
            amount_out,
            fee: self.fee,
            unfilled: self.remaining,
            sqrt_price_x96: self.price,
            tick: self.tick,
            liquidity: self.liquidity,
            ticks_crossed: self.crossed.len(),
        })
    }
}
