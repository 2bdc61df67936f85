//! A bucket that limits how much may flow per time.
//!
//! ```text
//! remaining = min(capacity, remaining + refill_rate (now - last_refill))
//! ```
//!
//! Source: etherfi-protocol/smart-contracts at b4a09680, `BucketLimiter.sol`. Units are the caller's: the
//! redemption manager counts in 1e12 wei. Domain: all of `u64`. A clock that runs backwards wraps, as in the
//! contract, and fills the bucket if it refills at all.

/// Capacity, what is left of it, and how fast it comes back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bucket {
    capacity: u64,
    remaining: u64,
    last_refill: u64,
    refill_rate: u64,
}

impl Bucket {
    /// A full bucket.
    #[must_use]
    pub fn full(capacity: u64, refill_rate: u64, now: u64) -> Self {
        Self { capacity, remaining: capacity, last_refill: now, refill_rate }
    }

    /// Most that can remain.
    #[must_use]
    pub fn capacity(&self) -> u64 {
        self.capacity
    }

    /// What remained at [`Self::last_refill`].
    #[must_use]
    pub fn remaining(&self) -> u64 {
        self.remaining
    }

    /// When the bucket was last brought up to date.
    #[must_use]
    pub fn last_refill(&self) -> u64 {
        self.last_refill
    }

    /// Units that come back per second.
    #[must_use]
    pub fn refill_rate(&self) -> u64 {
        self.refill_rate
    }

    /// What can be taken now.
    #[must_use]
    pub fn consumable(&self, now: u64) -> u64 {
        self.refilled(now).remaining
    }

    /// Takes `amount` if it is there, and says whether it was. A refusal does not bring the bucket up to date.
    pub fn consume(&mut self, amount: u64, now: u64) -> bool {
        let refilled = self.refilled(now);
        let Some(remaining) = refilled.remaining.checked_sub(amount) else { return false };
        *self = Self { remaining, ..refilled };
        true
    }

    /// Changes the capacity; what is above it is lost.
    pub fn set_capacity(&mut self, capacity: u64, now: u64) {
        let refilled = self.refilled(now);
        *self = Self { capacity, remaining: refilled.remaining.min(capacity), ..refilled };
    }

    /// Changes the speed from now on.
    pub fn set_refill_rate(&mut self, refill_rate: u64, now: u64) {
        *self = Self { refill_rate, ..self.refilled(now) };
    }

    /// Sets what remains, at most the capacity.
    pub fn set_remaining(&mut self, remaining: u64, now: u64) {
        *self = Self { remaining: remaining.min(self.capacity), ..self.refilled(now) };
    }

    fn refilled(self, now: u64) -> Self {
        if now == self.last_refill {
            return self;
        }
        let elapsed = now.wrapping_sub(self.last_refill);
        // (2^64 - 1)^2 + 2^64 - 1 is below 2^128.
        let filled = u128::from(self.remaining) + u128::from(elapsed) * u128::from(self.refill_rate);
        let remaining = u64::try_from(filled).unwrap_or(u64::MAX).min(self.capacity);
        Self { remaining, last_refill: now, ..self }
    }
}
