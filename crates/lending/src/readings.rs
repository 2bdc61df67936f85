//! What can be read off a market.

use crate::book::Loan;
use crate::lenders::Lenders;
use crate::market::Market;
use pegstress_num::Lanes;

impl<const W: usize> Market<W> {
    /// What the oracle prints.
    #[inline(always)]
    pub fn eth_per_lrt(&self) -> Lanes<W> {
        self.oracle.eth_per_lrt
    }

    /// Borrow rate of the latest step, per year.
    #[inline(always)]
    pub fn borrow_rate_per_year(&self) -> Lanes<W> {
        self.interest.rate_per_year
    }

    /// Rate that suppliers earn on their claims at the latest borrow rate and the debt there is, per year.
    #[inline(always)]
    pub fn supply_rate_per_year(&self) -> Lanes<W> {
        let mut rate = self.book.debt_eth();
        for i in 0..W {
            let paid = rate[i] * self.interest.rate_per_year[i];
            rate[i] = paid * (1.0 - self.interest.protocol_share) / self.lenders.supplied_eth[i];
        }
        rate
    }

    /// State of an adaptive curve, per year; 0 with a kinked one.
    #[inline(always)]
    pub fn rate_at_target_per_year(&self) -> Lanes<W> {
        self.interest.rate_at_target_per_year()
    }

    /// Debt as a share of the suppliers' funds.
    #[inline(always)]
    pub fn utilisation(&self) -> Lanes<W> {
        self.lenders.utilisation(&self.book.debt_eth())
    }

    /// The suppliers' funds, lent out or not: what utilisation is a share of.
    #[inline(always)]
    pub fn funds_eth(&self) -> Lanes<W> {
        self.lenders.funds_eth()
    }

    /// All debt, other debt included.
    #[inline(always)]
    pub fn debt_eth(&self) -> Lanes<W> {
        self.book.debt_eth()
    }

    /// All tokens in the market: of positions with and without debt, and the protocol's inventory.
    #[inline(always)]
    pub fn collateral_lrt(&self) -> Lanes<W> {
        let mut sum = self.book.collateral_lrt();
        for i in 0..W {
            sum[i] += self.inventory_lrt[i];
        }
        sum
    }

    /// Tokens that the protocol has taken over and not sold (Compound).
    #[inline(always)]
    pub fn inventory_lrt(&self) -> Lanes<W> {
        self.inventory_lrt
    }

    /// How many buckets there are.
    pub fn buckets(&self) -> usize {
        self.book.buckets.len()
    }

    /// One bucket in one lane.
    pub fn loan(&self, bucket: usize, lane: usize) -> Loan {
        self.book.buckets[bucket].loan(lane, self.book.index[lane])
    }

    /// Suppliers' side.
    pub fn lenders(&self) -> &Lenders<W> {
        &self.lenders
    }

    /// Bad debt realised so far.
    #[inline(always)]
    pub fn bad_debt_eth(&self) -> Lanes<W> {
        self.bad_debt_eth
    }

    /// Bad debt that is not realised: what loans owe beyond their collateral's worth at a price of the caller's choice (the
    /// oracle's, the market's, the true redemption rate).
    #[inline(always)]
    pub fn latent_bad_debt_eth(&self, eth_per_lrt: &Lanes<W>) -> Lanes<W> {
        self.book.uncovered_eth(eth_per_lrt)
    }

    /// What suppliers have lost, or would lose if what is missing were shared, of what they would be owed otherwise. Latent
    /// bad debt does not count; Compound's inventory counts at the oracle's price.
    #[inline(always)]
    pub fn lenders_haircut(&self) -> Lanes<W> {
        let mut inventory = self.inventory_lrt;
        for i in 0..W {
            inventory[i] *= self.oracle.eth_per_lrt[i];
        }
        self.lenders.haircut(&inventory)
    }
}
