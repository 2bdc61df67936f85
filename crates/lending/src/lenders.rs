//! Those who supplied the ETH, and who among them bears a loss.
//!
//! | lender | a realised loss | who bears it |
//! |---|---|---|
//! | Aave v3 | `deficit`: claims stay, assets are missing | nobody, until it is covered |
//! | Morpho Blue | suppliers' claims fall at once | suppliers, pro rata |
//! | Compound v3 | reserves fall, below zero if need be | reserves, then (by a run) the last supplier |
//! | Gearbox v3 | the treasury's shares burn, then all shares lose | treasury, then suppliers |
//!
//! The protocol's share of the interest: Compound keeps it as reserves apart from the suppliers' claims; with the
//! others the treasury is a supplier like any other.

use pegstress_num::{Lanes, greater, select};

/// What is owed to suppliers, and what they have lost.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub struct Lenders<const W: usize> {
    /// Suppliers' claims, the treasury's included, less what has been taken from them.
    pub supplied_eth: Lanes<W>,
    /// Compound: reserves, may be negative. Others: the part of the claims that is the treasury's.
    pub protocol_eth: Lanes<W>,
    /// Claims without assets (Aave's deficit).
    pub deficit_eth: Lanes<W>,
    /// What has been taken from suppliers other than a treasury that stands first.
    pub socialised_eth: Lanes<W>,
    reserves_apart: bool,
}

impl<const W: usize> Lenders<W> {
    pub(crate) fn new(supplied_eth: f64, protocol_eth: f64, reserves_apart: bool) -> Self {
        Self {
            supplied_eth: [supplied_eth; W],
            protocol_eth: [protocol_eth; W],
            deficit_eth: [0.0; W],
            socialised_eth: [0.0; W],
            reserves_apart,
        }
    }

    /// The suppliers' claims that assets stand behind, lent out or not.
    #[inline(always)]
    pub(crate) fn funds_eth(&self) -> Lanes<W> {
        let mut funds = self.supplied_eth;
        for i in 0..W {
            funds[i] -= self.deficit_eth[i];
        }
        funds
    }

    /// Debt as a share of the suppliers' funds; 0 without funds.
    #[inline(always)]
    pub(crate) fn utilisation(&self, debt_eth: &Lanes<W>) -> Lanes<W> {
        let funds = self.funds_eth();
        let mut share = [0.0; W];
        for i in 0..W {
            share[i] = select(funds[i] > 0.0, debt_eth[i] / funds[i], 0.0);
        }
        share
    }

    /// Borrowers owe the share `gained` of `debt_eth` more.
    #[inline(always)]
    pub(crate) fn earn(&mut self, protocol_share: f64, debt_eth: &Lanes<W>, gained: &Lanes<W>) {
        if self.reserves_apart {
            for i in 0..W {
                let interest = debt_eth[i] * gained[i];
                self.protocol_eth[i] += interest * protocol_share;
                self.supplied_eth[i] += interest * (1.0 - protocol_share);
            }
        } else {
            for i in 0..W {
                let interest = debt_eth[i] * gained[i];
                let own = self.protocol_eth[i] * (interest / self.supplied_eth[i]);
                self.protocol_eth[i] += interest * protocol_share + own * (1.0 - protocol_share);
                self.supplied_eth[i] += interest;
            }
        }
    }

    /// ETH that is there: claims that are not missing and not lent out, and Compound's reserves, which absorbed accounts may
    /// have taken below zero.
    #[inline(always)]
    pub(crate) fn cash_eth(&self, debt_eth: &Lanes<W>) -> Lanes<W> {
        let mut cash = [0.0; W];
        for i in 0..W {
            let reserves = select(self.reserves_apart, self.protocol_eth[i], 0.0);
            cash[i] = greater(self.supplied_eth[i] - self.deficit_eth[i] + reserves - debt_eth[i], 0.0);
        }
        cash
    }

    /// Suppliers take this out, the treasury nothing.
    #[inline(always)]
    pub(crate) fn pay_out(&mut self, eth: &Lanes<W>) {
        for i in 0..W {
            self.supplied_eth[i] -= eth[i];
        }
    }

    /// Aave: assets of this worth are missing from now on.
    #[inline(always)]
    pub(crate) fn book_deficit(&mut self, loss_eth: &Lanes<W>) {
        for i in 0..W {
            self.deficit_eth[i] += loss_eth[i];
        }
    }

    /// Morpho: every supplier loses the same share.
    #[inline(always)]
    pub(crate) fn take_pro_rata(&mut self, loss_eth: &Lanes<W>) {
        for i in 0..W {
            let left = self.supplied_eth[i] - loss_eth[i];
            let lost = loss_eth[i] > 0.0;
            self.protocol_eth[i] =
                select(lost, self.protocol_eth[i] * (left / self.supplied_eth[i]), self.protocol_eth[i]);
            self.supplied_eth[i] = left;
            self.socialised_eth[i] += loss_eth[i];
        }
    }

    /// Gearbox: the treasury is given shares for profits, and loses them first.
    #[inline(always)]
    pub(crate) fn take_from_treasury_first(&mut self, profit_eth: &Lanes<W>, loss_eth: &Lanes<W>) {
        for i in 0..W {
            let treasury = self.protocol_eth[i] + profit_eth[i];
            let covered = select(loss_eth[i] < treasury, loss_eth[i], treasury);
            self.protocol_eth[i] = treasury - covered;
            self.supplied_eth[i] += profit_eth[i] - loss_eth[i];
            self.socialised_eth[i] += loss_eth[i] - covered;
        }
    }

    /// What suppliers have lost or would lose if what is missing were shared: share of what they would be owed without
    /// any loss. `inventory_eth` is what Compound has seized and not sold yet.
    #[inline(always)]
    pub(crate) fn haircut(&self, inventory_eth: &Lanes<W>) -> Lanes<W> {
        let mut share = [0.0; W];
        for i in 0..W {
            let reserves = select(self.reserves_apart, self.protocol_eth[i] + inventory_eth[i], 0.0);
            let lost = self.socialised_eth[i] + self.deficit_eth[i] + greater(0.0 - reserves, 0.0);
            let owed = self.supplied_eth[i] + self.socialised_eth[i];
            share[i] = select(lost > 0.0, lost / owed, 0.0);
        }
        share
    }
}
