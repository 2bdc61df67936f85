//! A pool at the start: its parameters, and its liquidity by price.

use std::sync::Arc;

use thiserror::Error;

use super::table::Table;

/// Liquidity that is constant between neighbouring boundaries; none below the first and above the last.
#[derive(Debug, Clone, PartialEq)]
pub struct Segments {
    /// Square roots of prices, quote per token, ascending.
    pub sqrt_boundaries: Vec<f64>,
    /// Liquidity between each boundary and the next, whole tokens: a move of the square root of the price by `d` takes
    /// `liquidity * d` of the quote coin. Zero is a gap.
    pub liquidity: Vec<f64>,
}

/// A pool at the start. Correct by construction; cloning shares the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    pub(super) fee: f64,
    pub(super) protocol_share: f64,
    pub(super) sqrt_price: f64,
    pub(super) table: Arc<Table>,
}

impl Spec {
    /// A pool at a price, in or out of its liquidity. `sqrt_price` is the square root of quote per token; the fee is a fraction
    /// of what comes in, and the protocol keeps `protocol_share` of it.
    ///
    /// # Errors
    /// When a number is out of its range, or boundaries are not in ascending order.
    pub fn new(
        fee: f64,
        protocol_share: f64,
        sqrt_price: f64,
        segments: &Segments,
    ) -> Result<Self, SpecError> {
        if !(0.0..1.0).contains(&fee) {
            return Err(SpecError::Fee { fee });
        }
        if !(0.0..=1.0).contains(&protocol_share) {
            return Err(SpecError::ProtocolShare { protocol_share });
        }
        if !is_sqrt_price(sqrt_price) {
            return Err(SpecError::Price { sqrt_price });
        }
        check_segments(segments)?;
        Ok(Self { fee, protocol_share, sqrt_price, table: Arc::new(Table::shared(segments.clone())) })
    }

    /// Fee of a swap, fraction of what comes in.
    #[must_use]
    pub fn fee(&self) -> f64 {
        self.fee
    }

    /// The liquidity by price.
    #[must_use]
    pub fn segments(&self) -> &Segments {
        self.table.segments(0)
    }
}

fn is_sqrt_price(root: f64) -> bool {
    (Spec::LEAST_SQRT_PRICE..=Spec::GREATEST_SQRT_PRICE).contains(&root)
}

impl Spec {
    /// Square roots of prices are not below this.
    pub const LEAST_SQRT_PRICE: f64 = 1e-40;
    /// Square roots of prices are not above this.
    pub const GREATEST_SQRT_PRICE: f64 = 1e40;
    /// Liquidity is not above this.
    pub const GREATEST_LIQUIDITY: f64 = 1e40;
}

fn check_segments(segments: &Segments) -> Result<(), SpecError> {
    let Segments { sqrt_boundaries, liquidity } = segments;
    if liquidity.is_empty() || sqrt_boundaries.len() != liquidity.len() + 1 {
        let (boundaries, segments) = (sqrt_boundaries.len(), liquidity.len());
        return Err(SpecError::Count { boundaries, segments });
    }
    let mut last = 0.0;
    for (index, &root) in sqrt_boundaries.iter().enumerate() {
        if !(is_sqrt_price(root) && root > last) {
            return Err(SpecError::Boundary { index, root });
        }
        last = root;
    }
    for (index, &liquidity) in liquidity.iter().enumerate() {
        if !(0.0..=Spec::GREATEST_LIQUIDITY).contains(&liquidity) {
            return Err(SpecError::Liquidity { index, liquidity });
        }
    }
    Ok(())
}

/// What is wrong with the parameters of a pool.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum SpecError {
    /// The fee.
    #[error("fee is {fee}, must be in 0..1")]
    Fee {
        /// What it is.
        fee: f64,
    },
    /// The protocol's share of the fee.
    #[error("protocol share is {protocol_share}, must be in 0..=1")]
    ProtocolShare {
        /// What it is.
        protocol_share: f64,
    },
    /// The price.
    #[error("square root of the price is {sqrt_price}, must be in 1e-40..=1e40")]
    Price {
        /// Its square root.
        sqrt_price: f64,
    },
    /// Boundaries and segments do not match.
    #[error(
        "{boundaries} boundaries for {segments} segments, must be one boundary more than segments, and one segment at least"
    )]
    Count {
        /// Number of boundaries.
        boundaries: usize,
        /// Number of segments.
        segments: usize,
    },
    /// A boundary out of range or not above the one before.
    #[error("boundary {index} is {root}, must be in 1e-40..=1e40 and above the one before")]
    Boundary {
        /// Which.
        index: usize,
        /// Square root of the price.
        root: f64,
    },
    /// The liquidity of a segment.
    #[error("liquidity of segment {index} is {liquidity}, must be in 0..=1e40")]
    Liquidity {
        /// Which.
        index: usize,
        /// What it is.
        liquidity: f64,
    },
    /// A tick beyond the ends.
    #[error("tick {tick} must be in -887272..=887272")]
    TickOutOfRange {
        /// The tick.
        tick: i32,
    },
    /// Ticks out of order.
    #[error("tick {tick} is not above the one before")]
    TicksUnsorted {
        /// The later one.
        tick: i32,
    },
    /// Negative liquidity, or more than the contract can count.
    #[error("liquidity above tick {tick} is negative or above 2^128")]
    TickLiquidity {
        /// The tick.
        tick: i32,
    },
    /// Liquidity goes on above the last tick.
    #[error("net liquidities of the ticks add up to {rest}, must be 0")]
    OpenEnd {
        /// What is left.
        rest: u128,
    },
    /// The ticks contradict the liquidity in range.
    #[error("liquidity in range is {liquidity}, but the ticks up to the price add up to {sum}")]
    LiquidityOffTicks {
        /// Sum over the ticks.
        sum: u128,
        /// What the pool says.
        liquidity: u128,
    },
    /// The tick contradicts the price.
    #[error("tick {tick} is not that of the price, whose square root is {sqrt_price}")]
    TickOffPrice {
        /// What the pool says.
        tick: i32,
        /// Square root of token 1 per token 0, in units.
        sqrt_price: f64,
    },
}
