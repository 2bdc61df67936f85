//! Withdrawals between queue and payment, as cohorts.
//!
//! A withdrawal of the value `v` is held as `v / (m l)`, its value by the cumulative factors of its operator, so that
//! no slash touches it: it pays this times the factors of later. All lanes' withdrawals of one time are one row;
//! rows end in the order in which they began, and after that all of an operator's withdrawals are one sum.
//!
//! ```text
//! exposed    row of x            worth  x m l,    until the rule's end of exposure
//! frozen     row of x m          worth  (x m) l,  until it can be claimed (Symbiotic only: elsewhere both are one time)
//! claimable  sum of x m          worth  (x m) l,  until it is paid; in Karak the sum of x, worth x m l
//! ```

use std::collections::VecDeque;

use pegstress_num::{Lanes, greater};

/// Withdrawals of one time, by operator.
#[derive(Debug, Clone)]
struct Cohort<const W: usize> {
    exposed_until_secs: f64,
    claimable_secs: f64,
    scaled: Vec<Lanes<W>>,
}

/// All withdrawals that wait.
#[derive(Debug, Clone)]
pub(crate) struct Escrow<const W: usize> {
    exposed: VecDeque<Cohort<W>>,
    frozen: VecDeque<Cohort<W>>,
    /// By operator.
    claimable: Vec<Lanes<W>>,
    /// Sum of the exposed rows by operator, with what can be claimed where that stays exposed.
    exposed_sum: Vec<Lanes<W>>,
    /// Rows of ended cohorts, to be used again.
    spare: Vec<Vec<Lanes<W>>>,
    stays_exposed: bool,
}

impl<const W: usize> Escrow<W> {
    pub(crate) fn new(operators: usize, stays_exposed: bool) -> Self {
        let none = vec![[0.0; W]; operators];
        Self {
            exposed: VecDeque::new(),
            frozen: VecDeque::new(),
            claimable: none.clone(),
            exposed_sum: none,
            spare: Vec::new(),
            stays_exposed,
        }
    }

    /// Puts scaled stake of an operator into the row of these times.
    pub(crate) fn add(
        &mut self,
        operator: usize,
        scaled: &Lanes<W>,
        (exposed_until_secs, claimable_secs): (f64, f64),
    ) {
        let same = self.exposed.back().is_some_and(|row| row.claimable_secs == claimable_secs);
        if !same {
            let mut row = self.spare.pop().unwrap_or_else(|| vec![[0.0; W]; self.claimable.len()]);
            row.fill([0.0; W]);
            self.exposed.push_back(Cohort { exposed_until_secs, claimable_secs, scaled: row });
        }
        let Some(row) = self.exposed.back_mut() else { return };
        for i in 0..W {
            row.scaled[operator][i] += scaled[i];
            self.exposed_sum[operator][i] += scaled[i];
        }
    }

    /// Time from which [`Self::settle`] has something to do.
    pub(crate) fn due_secs(&self) -> f64 {
        let exposed = self.exposed.front();
        let exposed = exposed.map_or(f64::INFINITY, |row| row.exposed_until_secs.min(row.claimable_secs));
        self.frozen.front().map_or(exposed, |row| row.claimable_secs.min(exposed))
    }

    /// Freezes what slashes no longer reach at `now_secs` and moves on what can be claimed.
    pub(crate) fn settle(&mut self, now_secs: f64, magnitude: impl Fn(usize) -> Lanes<W>) {
        while let Some(mut row) = self.exposed.pop_front_if(|row| {
            // In the last second of exposure a slash still counts.
            now_secs > row.exposed_until_secs
                || row.exposed_until_secs.is_infinite() && now_secs >= row.claimable_secs
        }) {
            if self.stays_exposed {
                self.claim(row);
                continue;
            }
            for (operator, scaled) in row.scaled.iter_mut().enumerate() {
                let magnitude = magnitude(operator);
                for i in 0..W {
                    // The row is a part of the sum.
                    self.exposed_sum[operator][i] = greater(self.exposed_sum[operator][i] - scaled[i], 0.0);
                    scaled[i] *= magnitude[i];
                }
            }
            self.frozen.push_back(row);
        }
        while let Some(row) = self.frozen.pop_front_if(|row| now_secs >= row.claimable_secs) {
            self.claim(row);
        }
    }

    fn claim(&mut self, row: Cohort<W>) {
        for (sum, scaled) in self.claimable.iter_mut().zip(&row.scaled) {
            for i in 0..W {
                sum[i] += scaled[i];
            }
        }
        self.spare.push(row.scaled);
    }

    /// Scaled stake in escrow that a slash of the operator reaches.
    pub(crate) fn exposed(&self, operator: usize) -> &Lanes<W> {
        &self.exposed_sum[operator]
    }

    /// What waits of an operator by `m` (exposed) and by 1 (frozen or claimable).
    pub(crate) fn waiting(&self, operator: usize) -> (Lanes<W>, Lanes<W>) {
        let mut settled = if self.stays_exposed { [0.0; W] } else { self.claimable[operator] };
        for row in &self.frozen {
            for i in 0..W {
                settled[i] += row.scaled[operator][i];
            }
        }
        (self.exposed_sum[operator], settled)
    }

    /// Takes the fraction of what can be claimed of an operator out.
    pub(crate) fn pay(&mut self, operator: usize, fraction: &Lanes<W>) -> Lanes<W> {
        let mut paid = [0.0; W];
        for i in 0..W {
            paid[i] = self.claimable[operator][i] * fraction[i];
            self.claimable[operator][i] -= paid[i];
        }
        if self.stays_exposed {
            for i in 0..W {
                self.exposed_sum[operator][i] = greater(self.exposed_sum[operator][i] - paid[i], 0.0);
            }
        }
        paid
    }
}
