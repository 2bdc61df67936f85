//! The loans of a market: buckets of identical positions, debts stored without the interest.
//!
//! ```text
//! debt = stored debt * index            interest multiplies the index, and nothing else
//! ```
//!
//! A position whose debt is gone leaves its bucket; the collateral it keeps is `debt_free_lrt`.

use crate::spec::{BucketSpec, MarketSpec};
use pegstress_num::Lanes;

/// Positions alike, as one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loan {
    /// Tokens of all positions.
    pub collateral_lrt: f64,
    /// Debt of all positions, interest included.
    pub debt_eth: f64,
    /// How many positions; a share of them where owners have left.
    pub positions: f64,
}

#[derive(Debug, Clone)]
#[repr(align(64))]
pub(crate) struct Bucket<const W: usize> {
    pub(crate) collateral_lrt: Lanes<W>,
    pub(crate) stored_debt: Lanes<W>,
    pub(crate) positions: Lanes<W>,
    /// What a liquidation may give here where `is_due`, and in riskier buckets before.
    pub(crate) seizable_lrt: Lanes<W>,
    /// Only within a liquidation.
    pub(crate) ahead_lrt: Lanes<W>,
    /// Whether any lane's collateral counts for less than its debt; as of the last assessment.
    pub(crate) is_due: bool,
    /// Its owner is gone with what was borrowed and will never repay.
    pub(crate) is_abandoned: bool,
}

impl<const W: usize> Bucket<W> {
    fn new(spec: &BucketSpec) -> Self {
        Self {
            collateral_lrt: [spec.collateral_lrt; W],
            stored_debt: [spec.debt_eth; W],
            positions: [spec.positions; W],
            seizable_lrt: [0.0; W],
            ahead_lrt: [0.0; W],
            is_due: false,
            is_abandoned: false,
        }
    }

    #[inline(always)]
    pub(crate) fn loan(&self, lane: usize, index: f64) -> Loan {
        Loan {
            collateral_lrt: self.collateral_lrt[lane],
            debt_eth: self.stored_debt[lane] * index,
            positions: self.positions[lane],
        }
    }

    /// Whether any lane's collateral counts for less than its debt. Counted, not asked: this vectorises.
    #[inline(always)]
    pub(crate) fn any_below(&self, counted_price: &Lanes<W>, index: &Lanes<W>) -> bool {
        let mut below = 0_u64;
        for i in 0..W {
            below |= u64::from(self.collateral_lrt[i] * counted_price[i] < self.stored_debt[i] * index[i]);
        }
        below != 0
    }
}

#[derive(Debug, Clone)]
#[repr(align(64))]
pub(crate) struct Book<const W: usize> {
    pub(crate) buckets: Vec<Bucket<W>>,
    /// What a debt of one at the start is now.
    pub(crate) index: Lanes<W>,
    /// Debt against other collateral, stored.
    other_stored_debt: f64,
    /// Sum of all stored debts, other debt included.
    stored_debt: Lanes<W>,
    /// Tokens of positions without debt.
    pub(crate) debt_free_lrt: Lanes<W>,
}

impl<const W: usize> Book<W> {
    pub(crate) fn new(spec: &MarketSpec) -> Self {
        let mut book = Self {
            buckets: spec.buckets.iter().map(Bucket::new).collect(),
            index: [1.0; W],
            other_stored_debt: spec.other_debt_eth,
            stored_debt: [0.0; W],
            debt_free_lrt: [0.0; W],
        };
        book.sum_debts();
        book
    }

    /// To be called when the stored debt of a bucket has changed.
    #[inline(always)]
    pub(crate) fn sum_debts(&mut self) {
        self.stored_debt = [self.other_stored_debt; W];
        for bucket in &self.buckets {
            for i in 0..W {
                self.stored_debt[i] += bucket.stored_debt[i];
            }
        }
    }

    pub(crate) fn add_empty_bucket(&mut self) -> usize {
        let empty = BucketSpec { positions: 1.0, collateral_lrt: 0.0, debt_eth: 0.0 };
        self.buckets.push(Bucket { is_abandoned: true, ..Bucket::new(&empty) });
        self.buckets.len() - 1
    }

    /// A bucket's collateral and debt grow by these.
    #[inline(always)]
    pub(crate) fn lend(&mut self, bucket: usize, lrt: &Lanes<W>, eth: &Lanes<W>) {
        let bucket = &mut self.buckets[bucket];
        for i in 0..W {
            bucket.collateral_lrt[i] += lrt[i];
            bucket.stored_debt[i] += eth[i] / self.index[i];
        }
        self.sum_debts();
    }

    /// All debt, other debt included.
    #[inline(always)]
    pub(crate) fn debt_eth(&self) -> Lanes<W> {
        let mut sum = self.stored_debt;
        for i in 0..W {
            sum[i] *= self.index[i];
        }
        sum
    }

    /// Every debt grows by the share `gained`.
    #[inline(always)]
    pub(crate) fn grow(&mut self, gained: &Lanes<W>) {
        for i in 0..W {
            self.index[i] += self.index[i] * gained[i];
        }
    }

    /// Tokens of all positions.
    #[inline(always)]
    pub(crate) fn collateral_lrt(&self) -> Lanes<W> {
        let mut sum = self.debt_free_lrt;
        for bucket in &self.buckets {
            for i in 0..W {
                sum[i] += bucket.collateral_lrt[i];
            }
        }
        sum
    }

    /// Debt beyond what each bucket's tokens are worth at a price.
    #[inline(always)]
    pub(crate) fn uncovered_eth(&self, eth_per_lrt: &Lanes<W>) -> Lanes<W> {
        let mut sum = [0.0; W];
        for bucket in &self.buckets {
            for i in 0..W {
                let short = bucket.stored_debt[i] * self.index[i] - bucket.collateral_lrt[i] * eth_per_lrt[i];
                sum[i] += pegstress_num::greater(short, 0.0);
            }
        }
        sum
    }
}
