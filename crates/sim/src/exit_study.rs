//! One exit of one token at one time: the question of `pegstress exit` with its answer. Nothing is simulated.

use crate::scenario::Assumption;
use jiff::{SignedDuration, Timestamp};
use pegstress_unlock::{DAY_SECS, Delays, ExitCase, Timeline};

/// An exit and what becomes of it.
#[derive(Debug, Clone)]
pub struct ExitStudy {
    /// Ticker of the token.
    pub symbol: String,
    /// The protocol that redeems it.
    pub protocol: String,
    /// When redemption is asked for.
    pub asked_at: Timestamp,
    /// The request and the world that it meets.
    pub case: ExitCase,
    /// How it goes.
    pub timeline: Timeline,
    /// Delays of random paths; empty where none were asked for.
    pub delays: Vec<Delays>,
    /// Yield that the holder gives up while waiting, per year; `None` where it is not stated.
    pub yield_per_year: Option<f64>,
    /// Every parameter and where it comes from.
    pub assumptions: Vec<Assumption>,
}

impl ExitStudy {
    /// The time so many seconds after the request; the end of time stays where it is.
    pub fn at(&self, secs: f64) -> Timestamp {
        self.asked_at.saturating_add(SignedDuration::from_secs_f64(secs)).unwrap_or(self.asked_at)
    }

    /// ETH of yield that is given up until payment.
    pub fn forgone_eth(&self) -> Option<f64> {
        let waited: f64 = self.timeline.payments.iter().map(|payment| payment.eth * payment.secs).sum();
        Some(self.yield_per_year? * waited / (365.0 * DAY_SECS))
    }
}
