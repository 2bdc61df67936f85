//! Owners who give a loop up because it costs more than it earns.
//!
//! ```text
//! lost       rate D - yield C P                                     per year
//! gives up   lost > threshold D,  C bid > D                         (else walking away is cheaper),
//!            and lost * horizon > D (worth / bid - 1)               what selling costs against waiting for redemption
//! share      1 - e^(-per_day * days)                                of such a bucket's positions, per step
//! wish       share D / bid tokens to sell; with what that brings, debt is repaid and the rest of the collateral freed
//! ```
//!
//! Without a horizon owners give up at any bid. Units: rates per year; `yield` is the growth of the token's redemption rate,
//! `worth` that rate itself.

use crate::DAY_SECS;
use crate::book::{Book, Bucket};
use pegstress_num::{Lanes, clamp, exp_m1, greater, lesser, select};

/// When owners of loops give up, and how fast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Carry {
    /// Loss per year that is borne, share of the debt.
    pub threshold_per_year: f64,
    /// Of positions beyond it, how many give up per day (a hazard, not a share).
    pub unwinds_per_day: f64,
    /// For how long owners expect the loss to last, years; infinite: they weigh no discount.
    pub horizon_years: f64,
}

/// What owners sold and repaid.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(align(64))]
pub struct Unwound<const W: usize> {
    /// Debt repaid.
    pub repaid_eth: Lanes<W>,
    /// Proceeds beyond the debt, the owners'.
    pub excess_eth: Lanes<W>,
    /// Collateral that owners took out and did not sell.
    pub released_lrt: Lanes<W>,
}

/// What decides about giving up in a step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signals<'a, const W: usize> {
    pub(crate) rate_per_year: &'a Lanes<W>,
    pub(crate) yield_per_year: &'a Lanes<W>,
    pub(crate) eth_per_lrt: &'a Lanes<W>,
    pub(crate) bid: &'a Lanes<W>,
    /// What a sale costs against waiting for redemption, share of the debt that it repays.
    pub(crate) sale_costs: Lanes<W>,
}

/// `worth / bid - 1`.
#[inline(always)]
pub(crate) fn sale_costs<const W: usize>(bid: &Lanes<W>, worth: &Lanes<W>) -> Lanes<W> {
    let mut costs = [0.0; W];
    for i in 0..W {
        costs[i] = worth[i] / bid[i] - 1.0;
    }
    costs
}

impl Carry {
    #[inline(always)]
    fn share(&self, step_secs: f64) -> f64 {
        0.0 - exp_m1(-(self.unwinds_per_day * (step_secs / DAY_SECS)))
    }

    /// Debt per stored debt of a bucket that gives up, else 0.
    #[inline(always)]
    fn gives_up<const W: usize>(
        &self,
        bucket: &Bucket<W>,
        index: f64,
        i: usize,
        signals: &Signals<'_, W>,
    ) -> f64 {
        let loan = bucket.loan(i, index);
        let earned = signals.yield_per_year[i] * loan.collateral_lrt * signals.eth_per_lrt[i];
        let lost = signals.rate_per_year[i] * loan.debt_eth - earned;
        let solvent = loan.collateral_lrt * signals.bid[i] > loan.debt_eth;
        let unbearable = lost > self.threshold_per_year * loan.debt_eth;
        let pays = lost * self.horizon_years > loan.debt_eth * signals.sale_costs[i];
        select(solvent & unbearable & pays, 1.0, 0.0)
    }

    /// `(collateral, debt)` of all who give up in a step.
    #[inline(always)]
    fn leaving<const W: usize>(
        &self,
        book: &Book<W>,
        step_secs: f64,
        signals: &Signals<'_, W>,
    ) -> [Lanes<W>; 2] {
        let share = self.share(step_secs);
        let mut sums = [[0.0; W]; 2];
        for bucket in book.buckets.iter().filter(|bucket| !bucket.is_abandoned) {
            for i in 0..W {
                let leaves = share * self.gives_up(bucket, book.index[i], i, signals);
                sums[0][i] += leaves * bucket.collateral_lrt[i];
                sums[1][i] += leaves * (bucket.stored_debt[i] * book.index[i]);
            }
        }
        sums
    }

    /// Tokens that owners want to sell at `bid` to repay what they owe.
    #[inline(always)]
    pub(crate) fn wish<const W: usize>(
        &self,
        book: &Book<W>,
        step_secs: f64,
        signals: &Signals<'_, W>,
    ) -> Lanes<W> {
        let [_, debt] = self.leaving(book, step_secs, signals);
        let mut lrt = [0.0; W];
        for i in 0..W {
            lrt[i] = select(debt[i] > 0.0, debt[i] / signals.bid[i], 0.0);
        }
        lrt
    }

    /// Owners have sold `sold_lrt` of the wish for `proceeds_eth`: as much debt leaves as that pays.
    #[inline(always)]
    pub(crate) fn unwind<const W: usize>(
        &self,
        book: &mut Book<W>,
        step_secs: f64,
        signals: &Signals<'_, W>,
        sold_lrt: &Lanes<W>,
        proceeds_eth: &Lanes<W>,
    ) -> Unwound<W> {
        let [collateral, debt] = self.leaving(book, step_secs, signals);
        let share = self.share(step_secs);
        let mut done = Unwound { repaid_eth: [0.0; W], excess_eth: [0.0; W], released_lrt: [0.0; W] };
        let mut closed = [0.0; W];
        let mut out = [0.0; W];
        for i in 0..W {
            done.repaid_eth[i] = lesser(greater(proceeds_eth[i], 0.0), debt[i]);
            done.excess_eth[i] = proceeds_eth[i] - done.repaid_eth[i];
            let paid = select(debt[i] > 0.0, done.repaid_eth[i] / debt[i], 0.0);
            closed[i] = share * paid;
            // Who sold more tokens than the closed part had takes them from the rest of the same positions.
            let gone = greater(collateral[i] * paid, sold_lrt[i]);
            done.released_lrt[i] = gone - sold_lrt[i];
            out[i] = select(collateral[i] > 0.0, share * gone / collateral[i], 0.0);
        }
        for bucket in book.buckets.iter_mut().filter(|bucket| !bucket.is_abandoned) {
            for i in 0..W {
                let leaves = self.gives_up(bucket, book.index[i], i, signals);
                let kept = 1.0 - closed[i] * leaves;
                bucket.collateral_lrt[i] *= 1.0 - clamp(out[i] * leaves, 0.0, 1.0);
                bucket.stored_debt[i] *= kept;
                bucket.positions[i] *= kept;
            }
        }
        book.sum_debts();
        done
    }
}
