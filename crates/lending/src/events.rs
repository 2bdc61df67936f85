//! What happens to a market from outside: its oracle, its rate, its rule, its funds.

use crate::market::Market;
use pegstress_num::{Lanes, greater, lesser};

impl<const W: usize> Market<W> {
    /// From now on the oracle keeps its print in these lanes, and follows in the others.
    #[inline(always)]
    pub fn freeze_oracle(&mut self, frozen: &[bool; W]) {
        self.oracle.frozen = *frozen;
    }

    /// The oracle's next `updates` prints are `factor` times what they should be.
    #[inline(always)]
    pub fn misprint_oracle(&mut self, factor: &Lanes<W>, updates: u32) {
        self.oracle.misprint(factor, updates);
    }

    /// From now on borrowers pay this on top of the curve, per year.
    #[inline(always)]
    pub fn raise_rate(&mut self, by_per_year: &Lanes<W>) {
        self.interest.raised_per_year = *by_per_year;
    }

    /// Governance lowers the liquidation threshold by these points of share; it never falls below 0.
    #[inline(always)]
    pub fn cut_threshold(&mut self, by: &Lanes<W>) {
        self.assessed = None;
        for i in 0..W {
            self.threshold[i] = greater(self.threshold[i] - by[i], 0.0);
        }
    }

    /// ETH that suppliers or borrowers can take out now.
    #[inline(always)]
    pub fn cash_eth(&self) -> Lanes<W> {
        self.lenders.cash_eth(&self.book.debt_eth())
    }

    /// Suppliers want this share of their claims back, and get what is not lent out; returns that.
    #[inline(always)]
    pub fn withdraw_deposits(&mut self, share: &Lanes<W>) -> Lanes<W> {
        let mut paid = self.cash_eth();
        for i in 0..W {
            paid[i] = lesser(paid[i], share[i] * self.lenders.supplied_eth[i]);
        }
        self.lenders.pay_out(&paid);
        paid
    }

    /// A bucket of one position without collateral or debt, for [`Market::borrow_and_leave`]: its place.
    pub fn add_empty_bucket(&mut self) -> usize {
        self.assessed = None;
        self.book.add_empty_bucket()
    }

    /// The owner of an empty bucket posts `lrt` tokens, borrows up to `ltv` of what the oracle says they are worth, as far as
    /// there is ETH to borrow, and never repays; returns the debt.
    #[inline(always)]
    pub fn borrow_and_leave(&mut self, bucket: usize, lrt: &Lanes<W>, ltv: f64) -> Lanes<W> {
        self.assessed = None;
        let mut debt = self.cash_eth();
        for i in 0..W {
            debt[i] = lesser(debt[i], lrt[i] * self.oracle.eth_per_lrt[i] * ltv);
        }
        self.book.lend(bucket, lrt, &debt);
        debt
    }
}
