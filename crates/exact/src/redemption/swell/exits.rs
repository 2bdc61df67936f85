//! The claims on exited ETH (`RswEXIT.sol`).

use std::collections::BTreeMap;

use super::{SwellError, mul_down};
use crate::U256;
use crate::arithmetic::{add, sub};

/// A claim that is not paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WithdrawRequest {
    /// rswETH burned.
    pub amount: U256,
    /// Rate at the request.
    pub rate_when_created: U256,
}

/// What a processing moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Processed {
    /// Sum of the requests at their own rates, no longer exiting.
    pub exiting: U256,
    /// Sum of what they will pay, taken from the deposit contract.
    pub exited: U256,
}

/// Requests in the order of their numbers, from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExitQueue {
    minimum: U256,
    maximum: U256,
    balance: U256,
    exiting_eth: U256,
    total_eth_exited: U256,
    last_id: u64,
    requests: BTreeMap<u64, WithdrawRequest>,
    processed_rates: BTreeMap<u64, U256>,
}

impl ExitQueue {
    /// An empty queue for requests between two amounts.
    #[must_use]
    pub fn new(minimum: U256, maximum: U256) -> Self {
        Self { minimum, maximum, ..Self::default() }
    }

    /// ETH taken for processed requests and not yet paid.
    #[must_use]
    pub fn balance(&self) -> U256 {
        self.balance
    }

    /// Requests not processed, at their own rates.
    #[must_use]
    pub fn exiting_eth(&self) -> U256 {
        self.exiting_eth
    }

    /// All ETH ever taken for requests.
    #[must_use]
    pub fn total_eth_exited(&self) -> U256 {
        self.total_eth_exited
    }

    /// Last number processed.
    #[must_use]
    pub fn last_processed(&self) -> u64 {
        self.processed_rates.last_key_value().map_or(0, |(&id, _)| id)
    }

    /// Takes `amount` rswETH, which the caller burns, at the rate of now; returns the request's number.
    ///
    /// # Errors
    /// When the amount is out of range or a number overflows; the queue is then unchanged.
    pub fn request(&mut self, amount: U256, rate: U256) -> Result<u64, SwellError> {
        if amount < self.minimum {
            return Err(SwellError::WithdrawRequestTooSmall);
        }
        if amount > self.maximum {
            return Err(SwellError::WithdrawRequestTooLarge);
        }
        if amount.is_zero() {
            return Err(SwellError::CannotBurnZero);
        }
        self.exiting_eth = add(self.exiting_eth, mul_down(amount, rate)?)?;
        self.last_id += 1;
        self.requests.insert(self.last_id, WithdrawRequest { amount, rate_when_created: rate });
        Ok(self.last_id)
    }

    /// Fixes the rate of every request up to `last` and takes their ETH from `deposits`.
    ///
    /// # Errors
    /// When `last` is behind the last processing or not given out, or the deposits do not suffice; nothing is then
    /// changed.
    pub fn process(&mut self, last: u64, rate: U256, deposits: &mut U256) -> Result<Processed, SwellError> {
        let before = self.last_processed();
        if last < before {
            return Err(SwellError::AlreadyProcessed { last: before });
        }
        let mut processed = Processed::default();
        if last == before {
            return Ok(processed);
        }
        if last > self.last_id {
            return Err(SwellError::NoSuchRequest { id: last });
        }
        for (_, request) in self.requests.range(before + 1..=last) {
            let value = mul_down(request.amount, request.rate_when_created)?;
            processed.exiting = add(processed.exiting, value)?;
            processed.exited = add(processed.exited, request.value_at(rate)?)?;
        }
        let exiting_eth = sub(self.exiting_eth, processed.exiting)?;
        let total_eth_exited = add(self.total_eth_exited, processed.exited)?;
        let left = deposits.checked_sub(processed.exited).ok_or(SwellError::InsufficientEth)?;
        self.balance = add(self.balance, processed.exited)?;
        (self.exiting_eth, self.total_eth_exited, *deposits) = (exiting_eth, total_eth_exited, left);
        self.processed_rates.insert(last, rate);
        Ok(processed)
    }

    /// Pays a processed request; returns what it pays.
    ///
    /// # Errors
    /// When the number is not open or not processed; the queue is then unchanged.
    pub fn finalize(&mut self, id: u64) -> Result<U256, SwellError> {
        let request = *self.requests.get(&id).ok_or(SwellError::NoSuchRequest { id })?;
        let (_, &rate) = self.processed_rates.range(id..).next().ok_or(SwellError::NotProcessed)?;
        let paid = request.value_at(rate)?;
        self.balance = self.balance.checked_sub(paid).ok_or(SwellError::InsufficientEth)?;
        self.requests.remove(&id);
        Ok(paid)
    }
}

impl WithdrawRequest {
    /// What it pays when processed at a rate.
    fn value_at(&self, processed_rate: U256) -> Result<U256, SwellError> {
        mul_down(self.amount, processed_rate.min(self.rate_when_created))
    }
}
