//! Between raw amounts and live ones, which have 18 decimals and carry the rate.
//!
//! ```text
//! live = raw factor rate / 1e18,   raw = live 1e18 / (factor rate)
//! ```

use ruint::aliases::U256;

use crate::arithmetic::{add, mul};
use crate::balancer::Error;
use crate::balancer::fixed_point::{ONE, div_down, div_up, mul_down, mul_up};

/// How one token's amounts are scaled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scaling {
    /// `10^(18 - decimals)`.
    pub(super) factor: U256,
    /// Value of a token (1e18 = 1).
    pub(super) rate: U256,
}

impl Scaling {
    /// With the rate that amounts going out use: one unit more, unless the rate is a multiple of 1e18.
    pub(super) fn outgoing(self) -> Result<Self, Error> {
        if (self.rate % ONE).is_zero() {
            return Ok(self);
        }
        Ok(Self { rate: add(self.rate, U256::from(1))?, ..self })
    }

    pub(super) fn live_down(self, raw: U256) -> Result<U256, Error> {
        mul_down(mul(raw, self.factor)?, self.rate)
    }

    pub(super) fn live_up(self, raw: U256) -> Result<U256, Error> {
        mul_up(mul(raw, self.factor)?, self.rate)
    }

    pub(super) fn raw_down(self, live: U256) -> Result<U256, Error> {
        div_down(live, mul(self.factor, self.rate)?)
    }

    pub(super) fn raw_up(self, live: U256) -> Result<U256, Error> {
        div_up(live, mul(self.factor, self.rate)?)
    }
}
