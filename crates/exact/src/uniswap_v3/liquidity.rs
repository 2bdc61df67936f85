//! Minting, burning and collecting (`_modifyPosition`, `mint`, `burn`, `collect`).

use ruint::aliases::U256;

use super::sqrt_price_math::{Rounding, amount_0_delta, amount_1_delta};
use super::tick_math::sqrt_ratio_at_tick;
use super::{Error, Pool, Position, Tick, TickRange};

/// A sum of liquidity and a change of it (`LiquidityMath.addDelta`).
pub(super) fn add_delta(liquidity: u128, delta: i128) -> Result<u128, Error> {
    let failure = if delta < 0 { Error::LiquidityUnderflow } else { Error::LiquidityOverflow };
    liquidity.checked_add_signed(delta).ok_or(failure)
}

/// A change of a position, worked out and not yet booked.
struct Change {
    lower: Tick,
    upper: Tick,
    position: Position,
    liquidity: u128,
    amounts: [U256; 2],
}

impl Pool {
    /// Adds liquidity to a position and returns the amounts of both tokens it takes.
    ///
    /// # Errors
    /// Where the contract reverts.
    pub fn mint(&mut self, owner: u64, range: TickRange, liquidity: u128) -> Result<[U256; 2], Error> {
        if liquidity == 0 {
            return Err(Error::ZeroAmount);
        }
        let delta = i128::try_from(liquidity).map_err(|_| Error::AmountOutOfRange)?;
        let change = self.change(owner, range, delta)?;
        Ok(self.book(owner, range, delta, change))
    }

    /// Removes liquidity from a position and returns the amounts of both tokens, which the position then owns and
    /// [`Self::collect`] pays. Burning nothing books the fees earned so far.
    ///
    /// # Errors
    /// Where the contract reverts.
    pub fn burn(&mut self, owner: u64, range: TickRange, liquidity: u128) -> Result<[U256; 2], Error> {
        let delta = i128::try_from(liquidity).map_err(|_| Error::AmountOutOfRange)?.wrapping_neg();
        let mut change = self.change(owner, range, delta)?;
        change.position = change.position.with_owed(change.amounts);
        Ok(self.book(owner, range, delta, change))
    }

    /// Pays up to the requested amounts of what a position is owed.
    pub fn collect(&mut self, owner: u64, range: TickRange, requested: [u128; 2]) -> [u128; 2] {
        let Some(position) = self.positions.get_mut(&(owner, range)) else { return [0, 0] };
        let mut paid = requested;
        for (paid, owed) in paid.iter_mut().zip(&mut position.tokens_owed) {
            *paid = (*paid).min(*owed);
            *owed = owed.saturating_sub(*paid);
        }
        paid
    }

    fn change(&self, owner: u64, range: TickRange, delta: i128) -> Result<Change, Error> {
        range.check(self.tick_spacing)?;
        let (mut lower, mut upper) = (self.ticks.state(range.lower), self.ticks.state(range.upper));
        if delta != 0 {
            lower = self.updated_tick(lower, range.lower, delta, delta)?;
            upper = self.updated_tick(upper, range.upper, delta, delta.wrapping_neg())?;
        }
        let inside = range.fee_growth_inside_x128(&lower, &upper, self.tick, self.fee_growth_global_x128);
        let position = self.position(owner, range).updated(delta, inside)?;
        let in_range = (range.lower..range.upper).contains(&self.tick);
        let liquidity = if in_range { add_delta(self.liquidity, delta)? } else { self.liquidity };
        Ok(Change { lower, upper, position, liquidity, amounts: self.amounts(range, delta)? })
    }

    /// A tick after the liquidity at it changes (`Tick.update`).
    fn updated_tick(
        &self,
        state: Tick,
        tick: i32,
        gross_delta: i128,
        net_delta: i128,
    ) -> Result<Tick, Error> {
        let gross = add_delta(state.liquidity_gross, gross_delta)?;
        let max = self.max_liquidity_per_tick;
        if gross > max {
            return Err(Error::TooMuchLiquidity { tick, max });
        }
        let net = state.liquidity_net.checked_add(net_delta).ok_or(Error::LiquidityOverflow)?;
        // By convention all growth before the tick was initialised happened below it.
        let starts_below = state.liquidity_gross == 0 && tick <= self.tick;
        let outside = if starts_below { self.fee_growth_global_x128 } else { state.fee_growth_outside_x128 };
        Ok(Tick { liquidity_gross: gross, liquidity_net: net, fee_growth_outside_x128: outside })
    }

    /// Amounts of both tokens behind a change of liquidity at the current price, rounded in the pool's favour.
    fn amounts(&self, range: TickRange, delta: i128) -> Result<[U256; 2], Error> {
        let rounding = if delta < 0 { Rounding::Down } else { Rounding::Up };
        let liquidity = delta.unsigned_abs();
        let (low, high) = (sqrt_ratio_at_tick(range.lower)?, sqrt_ratio_at_tick(range.upper)?);
        Ok(if self.tick < range.lower {
            [amount_0_delta(low, high, liquidity, rounding)?, U256::ZERO]
        } else if self.tick < range.upper {
            let price = self.sqrt_price_x96;
            [
                amount_0_delta(price, high, liquidity, rounding)?,
                amount_1_delta(low, price, liquidity, rounding)?,
            ]
        } else {
            [U256::ZERO, amount_1_delta(low, high, liquidity, rounding)?]
        })
    }

    fn book(&mut self, owner: u64, range: TickRange, delta: i128, change: Change) -> [U256; 2] {
        if delta != 0 {
            self.ticks.set(range.lower, change.lower);
            self.ticks.set(range.upper, change.upper);
        }
        self.positions.insert((owner, range), change.position);
        self.liquidity = change.liquidity;
        change.amounts
    }
}
