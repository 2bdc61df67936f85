//! What a pool is deployed with, and what changes with operations.

use ruint::{aliases::U256, uint};

use super::{Curve, FeeSchedule};

/// Contract families with different steps of the price scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// Pools of the factory: a step is at least a fifth of the distance to the average price.
    Factory,
    /// Stand-alone pools: a step is at least a tenth of it.
    StandAlone,
}

impl Edition {
    /// Steps that the distance is divided into at most.
    pub(super) fn steps(self) -> U256 {
        match self {
            Self::Factory => uint!(5_U256),
            Self::StandAlone => uint!(10_U256),
        }
    }
}

/// When and how far the price scale moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repegging {
    /// Profit beyond half of the total, 1e18 = 1, from which the scale may move.
    pub allowed_extra_profit: U256,
    /// Least step, 1e18 = 1; a smaller distance to the average is left alone.
    pub adjustment_step: U256,
    /// Half-life of the average price, in seconds.
    pub half_life_secs: u64,
}

/// What a pool is deployed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// Contract family.
    pub edition: Edition,
    /// Shape of the curve.
    pub curve: Curve,
    /// Fees of swaps.
    pub fees: FeeSchedule,
    /// Moves of the price scale.
    pub repegging: Repegging,
    /// The owner's share of the profit, 1e10 = 100 % of half of it; zero also where the owner receives nothing.
    pub admin_fee: U256,
    /// `10^(18 - decimals)` per coin.
    pub precisions: [U256; 2],
}

/// What changes with operations; the names of the contract's variables are given in brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// The clock of the pool (`block.timestamp`).
    pub now_secs: u64,
    /// Balances of the coins (`balances`).
    pub balances: [U256; 2],
    /// Stored invariant (`D`).
    pub invariant: U256,
    /// Shares outstanding.
    pub total_supply: U256,
    /// Price around which the liquidity is concentrated (`price_scale`).
    pub price_scale: U256,
    /// Average price as last written (`_price_oracle`).
    pub average_price: U256,
    /// Price of the last operation (`last_prices`).
    pub last_price: U256,
    /// When the average was last written (`last_prices_timestamp`).
    pub average_at_secs: u64,
    /// Profit counter, never lowered by moves of the price scale (`xcp_profit`).
    pub profit: U256,
    /// The counter at the owner's last claim (`xcp_profit_a`).
    pub profit_at_claim: U256,
    /// Value of a share after the last operation (`virtual_price`); zero before the first deposit.
    pub virtual_price: U256,
    /// Whether moves of the price scale are under way (`not_adjusted`).
    pub adjusting: bool,
}
