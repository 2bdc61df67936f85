//! Reasons why a pool refuses an operation or cannot be built.

use ruint::aliases::U256;

use crate::ArithmeticError;

/// Why the contract would have reverted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A result leaves its word.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
    /// The fee takes everything.
    #[error("fee_millionths is {fee_millionths}, must be in 0..=999999")]
    FeeOutOfRange {
        /// The fee given.
        fee_millionths: u32,
    },
    /// A spacing that the factory refuses.
    #[error("tick_spacing is {tick_spacing}, must be in 1..=16383")]
    TickSpacingOutOfRange {
        /// The spacing given.
        tick_spacing: i32,
    },
    /// A tick without a price.
    #[error("tick is {tick}, must be in -887272..=887272")]
    TickOutOfRange {
        /// The tick given.
        tick: i32,
    },
    /// A tick between those that can be initialised.
    #[error("tick {tick} is not a multiple of the spacing {tick_spacing}")]
    TickNotSpaced {
        /// The tick given.
        tick: i32,
        /// Spacing of the pool.
        tick_spacing: i32,
    },
    /// A range that is empty or upside down.
    #[error("the lower tick {lower} is not below the upper tick {upper}")]
    EmptyRange {
        /// Lower end.
        lower: i32,
        /// Upper end.
        upper: i32,
    },
    /// A price outside of the ticks' range.
    #[error(
        "sqrt_price_x96 is {sqrt_price_x96}, must be in 4295128739..=1461446703485210103287273052203988822378723970341"
    )]
    PriceOutOfRange {
        /// The value given.
        sqrt_price_x96: U256,
    },
    /// A price limit behind the price, at it, or at the end of the ticks' range.
    #[error("the price limit {limit_x96} cannot be reached in this direction")]
    PriceLimit {
        /// The limit given.
        limit_x96: U256,
    },
    /// The operation needs an amount above zero.
    #[error("the amount is zero")]
    ZeroAmount,
    /// An amount that has no signed counterpart.
    #[error("the amount does not fit a signed word")]
    AmountOutOfRange,
    /// Prices are not defined without liquidity.
    #[error("the liquidity is zero")]
    ZeroLiquidity,
    /// More liquidity at one tick than the pool allows.
    #[error("tick {tick} would hold more liquidity than {max}")]
    TooMuchLiquidity {
        /// The tick in question.
        tick: i32,
        /// Limit of the pool.
        max: u128,
    },
    /// A sum of liquidity leaves its 128 bits.
    #[error("the liquidity does not fit 128 bits")]
    LiquidityOverflow,
    /// More liquidity is taken than there is.
    #[error("more liquidity is taken than there is")]
    LiquidityUnderflow,
    /// A position without liquidity earns no fees.
    #[error("the position has no liquidity")]
    NoPosition,
    /// The protocol takes nothing or a fourth to a tenth.
    #[error("protocol fee denominator is {denominator}, must be 0 or in 4..=10")]
    ProtocolFeeOutOfRange {
        /// The denominator given.
        denominator: u8,
    },
    /// A quote that the liquidity up to the end of the ticks' range cannot serve.
    #[error("the liquidity serves all but {unfilled} of the amount")]
    NotFilled {
        /// Part of the amount asked for that is left.
        unfilled: U256,
    },
}

/// Why a list of ticks is not the state of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// A parameter or a tick is outside of its range.
    #[error(transparent)]
    Pool(#[from] Error),
    /// The tick does not belong to the price.
    #[error("tick is {tick}, the price is in tick {tick_of_price}")]
    TickOffPrice {
        /// The tick given.
        tick: i32,
        /// Where the price is.
        tick_of_price: i32,
    },
    /// A tick is listed twice.
    #[error("tick {tick} is listed twice")]
    DuplicateTick {
        /// The tick in question.
        tick: i32,
    },
    /// The net liquidity of a tick exceeds the gross one, or the gross one is zero.
    #[error("tick {tick} has a net liquidity of {net} of {gross} gross")]
    NetAboveGross {
        /// The tick in question.
        tick: i32,
        /// Gross liquidity.
        gross: u128,
        /// Net liquidity.
        net: i128,
    },
    /// The net liquidity of the ticks up to the price is not the liquidity in range.
    #[error("the ticks up to the price add up to a liquidity of {sum}, not of {liquidity}")]
    LiquidityOffTicks {
        /// Sum of the net liquidity of the ticks up to the current one.
        sum: u128,
        /// The liquidity given.
        liquidity: u128,
    },
    /// Ticks are missing above the price.
    #[error("a liquidity of {rest} is left above the last tick")]
    OpenEnd {
        /// Sum of the net liquidity of all ticks.
        rest: u128,
    },
}
