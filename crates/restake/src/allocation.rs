//! What one operator has allocated to one service, on lanes.
//!
//! A change asks all lanes for the same allocation. Where a lane needs no change, still waits for an earlier one, or
//! has not enough magnitude left, it stays as it is, as the contract would refuse.

use pegstress_num::{Lanes, greater, lesser, select};

use crate::ExposureRule;

/// A smaller change is none, and does not lack magnitude: it is rounding.
const ROUNDING: f64 = 1e-12;

/// An operator's allocation to a service.
#[derive(Debug, Clone)]
pub(crate) struct Allocation<const W: usize> {
    pub(crate) operator: usize,
    pub(crate) service: usize,
    /// Fraction of the operator's initial stake that can be slashed now (for Karak: percentage).
    pub(crate) current: Lanes<W>,
    rising: Lanes<W>,
    /// First second in which the rise holds; without an end where nothing waits.
    rises_secs: Lanes<W>,
    falling: Lanes<W>,
    /// Last second in which the fall does not hold yet.
    falls_secs: Lanes<W>,
    registered: bool,
    slashable_until_secs: f64,
    /// Taken under the limit since the last epoch without a slash (Symbiotic).
    pub(crate) spent: Lanes<W>,
    /// Time of the last slash or request.
    pub(crate) last_slash_secs: Lanes<W>,
}

impl<const W: usize> Allocation<W> {
    pub(crate) fn new(operator: usize, service: usize, share: f64) -> Self {
        Self {
            operator,
            service,
            current: [share; W],
            rising: [0.0; W],
            rises_secs: [f64::INFINITY; W],
            falling: [0.0; W],
            falls_secs: [f64::INFINITY; W],
            registered: true,
            slashable_until_secs: f64::NEG_INFINITY,
            spent: [0.0; W],
            last_slash_secs: [f64::NEG_INFINITY; W],
        }
    }

    /// Whether the service can slash the operator.
    pub(crate) fn is_slashable(&self, now_secs: f64) -> bool {
        self.registered || now_secs <= self.slashable_until_secs
    }

    /// Ends the membership; the service reaches the operator for a while.
    pub(crate) fn leave(&mut self, now_secs: f64, leaving_secs: f64) {
        if self.registered {
            self.registered = false;
            self.slashable_until_secs = now_secs + leaving_secs;
        }
    }

    /// Time from which [`Self::settle`] has something to do in some lane.
    pub(crate) fn due_secs(&self) -> f64 {
        let times = self.rises_secs.iter().chain(&self.falls_secs);
        times.copied().fold(f64::INFINITY, f64::min)
    }

    /// Moves the allocation to `share`.
    pub(crate) fn change(
        &mut self,
        share: f64,
        now_secs: f64,
        rule: &ExposureRule,
        magnitude: &Lanes<W>,
        encumbered: &mut Lanes<W>,
    ) {
        // What nobody can slash is free at once.
        let leaving_secs = if self.is_slashable(now_secs) { rule.leaving_secs() } else { f64::NEG_INFINITY };
        for i in 0..W {
            let waits = lesser(self.rises_secs[i], self.falls_secs[i]) < f64::INFINITY;
            let rise = share - self.current[i];
            let free = magnitude[i] - encumbered[i] + ROUNDING;
            let rises = !waits && rise > ROUNDING && (!rule.stake_is_unique() || rise <= free);
            let falls = !waits && rise < -ROUNDING;
            self.rising[i] = select(rises, rise, self.rising[i]);
            self.falling[i] = select(falls, -rise, self.falling[i]);
            encumbered[i] += select(rises, rise, 0.0);
            self.rises_secs[i] = select(rises, now_secs + rule.raising_secs(), self.rises_secs[i]);
            self.falls_secs[i] = select(falls, now_secs + leaving_secs, self.falls_secs[i]);
        }
        self.settle(now_secs, encumbered);
    }

    /// Completes changes that are due.
    pub(crate) fn settle(&mut self, now_secs: f64, encumbered: &mut Lanes<W>) {
        for i in 0..W {
            let rises = now_secs >= self.rises_secs[i];
            self.current[i] += select(rises, self.rising[i], 0.0);
            self.rises_secs[i] = select(rises, f64::INFINITY, self.rises_secs[i]);
            let falls = now_secs > self.falls_secs[i];
            // Never more than there is, by a rounding.
            let fall = select(falls, lesser(self.falling[i], self.current[i]), 0.0);
            self.current[i] -= fall;
            encumbered[i] = greater(encumbered[i] - fall, 0.0);
            // Only a fall that waits shrinks with a slash.
            self.falling[i] = select(falls, 0.0, self.falling[i]);
            self.falls_secs[i] = select(falls, f64::INFINITY, self.falls_secs[i]);
        }
    }

    /// Takes the fraction of the allocation and of a fall that waits; returns what it took.
    pub(crate) fn take(&mut self, fraction: &Lanes<W>) -> Lanes<W> {
        let mut taken = [0.0; W];
        for i in 0..W {
            taken[i] = self.current[i] * fraction[i];
            self.current[i] -= taken[i];
            self.falling[i] -= self.falling[i] * fraction[i];
        }
        taken
    }
}
