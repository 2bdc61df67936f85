//! Who pays: what everybody has at the end, less what he would have if he had done nothing.
//!
//! ```text
//! gain of a party = ETH it was paid less ETH it paid + (tokens it got less tokens it gave) * true redemption rate at the end
//! ```
//!
//! Every token and every ETH that one party gives another one gets, so that the gains add up to zero; what is left over is
//! the residual. Rewards and slashes between start and end fall on whoever holds tokens and are in no gain: they are stated
//! beside them, for all tokens of the start.
//!
//! | party | its account |
//! |---|---|
//! | sellers | ETH for tokens that holders sold |
//! | redeemers | ETH and claims for tokens that holders brought to redemption |
//! | minters | ETH for unbacked tokens that they sold or borrowed against, and what found no buyer |
//! | providers | the pools at the end, and what was taken out less what was put in, less the pools at the start |
//! | pools' protocols | fees that pools pay away |
//! | borrowers | (with those who borrow against unbacked tokens and leave) debt and collateral that left their loans, ETH and tokens that they were paid |
//! | lenders | loans at the end and ETH they were paid less loans at the start; the protocol's own part and its inventory too |
//! | liquidators | what they sold for less what they paid; tokens without a buyer at the redemption rate |
//! | arbitrageurs | claims less what they spent |
//! | dip buyers | tokens at the redemption rate, and what they sold for, less what they spent |
//! | background | traders without a view |
//! | those who stay | the redemption's contracts: tokens they took in at the redemption rate, less what they paid and owe, and unbacked tokens, which dilute them |
//!
//! Pools, loans and the redemption's contracts are counted from their states at the start and the end, the others from
//! their flows: a flow that is booked twice, or not at all, shows in the residual. A claim that waits counts at the rate of
//! its request. Debt against other collateral is left out.

use crate::metric::{Metric, MetricKind, Unit, metric};
use crate::scenario::{PathStudy, ShockKind};
use pegstress_amm::Venue;
use pegstress_lending::{Liquidated, Market, Unwound};
use pegstress_num::Lanes;
use pegstress_unlock::Redemption;

/// Somebody who gains or loses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// Holders who sold.
    Sellers,
    /// Holders who redeemed.
    Redeemers,
    /// Who made unbacked tokens.
    Minters,
    /// Liquidity providers.
    Providers,
    /// Those whom pools pay a part of their fees.
    PoolProtocols,
    /// Owners of loans against the token.
    Borrowers,
    /// Lenders, and their protocols.
    Lenders,
    /// Liquidators.
    Liquidators,
    /// Arbitrageurs who redeem.
    Arbitrageurs,
    /// Dip buyers.
    DipBuyers,
    /// Traders without a view.
    Background,
    /// Holders who stay: whom the redemption's contracts belong to.
    Stayers,
}

/// Name of the metric of what is left over.
pub const GAIN_RESIDUAL: &str = "gain_residual_eth";

/// How many parties there are.
const PARTIES: usize = 12;

impl Party {
    /// All of them.
    pub const ALL: [Self; PARTIES] = [
        Self::Sellers,
        Self::Redeemers,
        Self::Minters,
        Self::Providers,
        Self::PoolProtocols,
        Self::Borrowers,
        Self::Lenders,
        Self::Liquidators,
        Self::Arbitrageurs,
        Self::DipBuyers,
        Self::Background,
        Self::Stayers,
    ];

    /// Word in names of metrics and rows.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sellers => "sellers",
            Self::Redeemers => "redeemers",
            Self::Minters => "minters",
            Self::Providers => "liquidity_providers",
            Self::PoolProtocols => "pool_protocols",
            Self::Borrowers => "borrowers",
            Self::Lenders => "lenders",
            Self::Liquidators => "liquidators",
            Self::Arbitrageurs => "arbitrageurs",
            Self::DipBuyers => "dip_buyers",
            Self::Background => "background_traders",
            Self::Stayers => "holders_who_stay",
        }
    }

    /// Whether a study has it.
    fn takes_part(self, study: &PathStudy) -> bool {
        match self {
            Self::Borrowers | Self::Lenders | Self::Liquidators => !study.lending.is_empty(),
            Self::DipBuyers => !study.agents.dip_buyers.is_empty(),
            Self::Minters => {
                study.shocks.iter().any(|shock| matches!(shock.kind, ShockKind::MintUnbacked(_)))
            }
            _ => true,
        }
    }
}

/// ETH and tokens that each party got, less what it gave.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(crate) struct Accounts<const W: usize> {
    eth: [Lanes<W>; PARTIES],
    lrt: [Lanes<W>; PARTIES],
    start: States<W>,
}

/// What is counted from states.
#[derive(Debug, Clone)]
#[repr(align(64))]
struct States<const W: usize> {
    pools: [Lanes<W>; 2],
    pool_fees: [Lanes<W>; 2],
    loans_eth: Lanes<W>,
    /// Collateral of loans, inventory of protocols.
    pledged_lrt: [Lanes<W>; 2],
    /// ETH that the redemption's contracts have been given, less what they hold, plus what they owe.
    redemption_eth: Lanes<W>,
}

impl<const W: usize> States<W> {
    fn of(venues: &[Venue<W>], markets: &[Market<W>], redemption: &Redemption<W>) -> Self {
        let zero = [0.0; W];
        let mut states = Self {
            pools: [zero; 2],
            pool_fees: [zero; 2],
            loans_eth: zero,
            pledged_lrt: [zero; 2],
            redemption_eth: zero,
        };
        for venue in venues {
            let (held, fees) = (venue.reserves(), venue.fees_paid());
            for i in 0..W {
                states.pools[0][i] += held.eth[i];
                states.pools[1][i] += held.lrt[i];
                states.pool_fees[0][i] += fees.eth[i];
                states.pool_fees[1][i] += fees.lrt[i];
            }
        }
        for market in markets {
            let (all, inventory) = (market.collateral_lrt(), market.inventory_lrt());
            for i in 0..W {
                states.pledged_lrt[0][i] += all[i] - inventory[i];
                states.pledged_lrt[1][i] += inventory[i];
                for bucket in 0..market.buckets() {
                    states.loans_eth[i] += market.loan(bucket, i).debt_eth;
                }
            }
        }
        let (held, owed) = (redemption.held_eth(), redemption.owed_eth());
        for i in 0..W {
            let given = redemption.arrived_eth[i] + redemption.refilled_eth[i];
            states.redemption_eth[i] = given - held[i] + owed[i];
        }
        states
    }
}

impl<const W: usize> Accounts<W> {
    pub(crate) fn new(venues: &[Venue<W>], markets: &[Market<W>], redemption: &Redemption<W>) -> Self {
        let zero = [0.0; W];
        let start = States::of(venues, markets, redemption);
        Self { eth: [zero; PARTIES], lrt: [zero; PARTIES], start }
    }

    /// A party was paid `eth` and gave `lrt` tokens.
    #[inline(always)]
    pub(crate) fn sells(&mut self, party: Party, lrt: &Lanes<W>, eth: &Lanes<W>) {
        let (own_eth, own_lrt) = (&mut self.eth[party as usize], &mut self.lrt[party as usize]);
        for i in 0..W {
            own_eth[i] += eth[i];
            own_lrt[i] -= lrt[i];
        }
    }

    /// A party paid `eth` and got `lrt` tokens.
    #[inline(always)]
    pub(crate) fn buys(&mut self, party: Party, eth: &Lanes<W>, lrt: &Lanes<W>) {
        let (own_eth, own_lrt) = (&mut self.eth[party as usize], &mut self.lrt[party as usize]);
        for i in 0..W {
            own_eth[i] -= eth[i];
            own_lrt[i] += lrt[i];
        }
    }

    /// A party was paid `eth`.
    #[inline(always)]
    pub(crate) fn is_paid(&mut self, party: Party, eth: &Lanes<W>) {
        let own = &mut self.eth[party as usize];
        for i in 0..W {
            own[i] += eth[i];
        }
    }

    /// A liquidation of which `sold_lrt` found a buyer, for `proceeds_eth`.
    #[inline(always)]
    pub(crate) fn liquidate(&mut self, taken: &Liquidated<W>, sold_lrt: &Lanes<W>, proceeds_eth: &Lanes<W>) {
        for i in 0..W {
            self.eth[Party::Liquidators as usize][i] += proceeds_eth[i] - taken.paid_eth[i];
            self.lrt[Party::Liquidators as usize][i] += taken.seized_lrt[i] - sold_lrt[i];
            let to_borrowers = taken.returned_eth[i] + taken.credited_eth[i];
            self.eth[Party::Borrowers as usize][i] += to_borrowers;
            self.eth[Party::Lenders as usize][i] += taken.paid_eth[i] - to_borrowers;
            self.lrt[Party::Lenders as usize][i] += taken.protocol_fee_lrt[i];
        }
    }

    /// A party posts `lrt` tokens, borrows `eth` and leaves: the loan is one of the market's.
    #[inline(always)]
    pub(crate) fn borrow(&mut self, party: Party, lrt: &Lanes<W>, eth: &Lanes<W>) {
        self.sells(party, lrt, eth);
        let lenders = &mut self.eth[Party::Lenders as usize];
        for i in 0..W {
            lenders[i] -= eth[i];
        }
    }

    /// Owners of loops have unwound.
    #[inline(always)]
    pub(crate) fn unwind(&mut self, done: &Unwound<W>) {
        for i in 0..W {
            self.eth[Party::Borrowers as usize][i] += done.excess_eth[i];
            self.lrt[Party::Borrowers as usize][i] += done.released_lrt[i];
            self.eth[Party::Lenders as usize][i] += done.repaid_eth[i];
        }
    }

    /// Net tokens that a party has got.
    pub(crate) fn lrt(&self, party: Party) -> &Lanes<W> {
        &self.lrt[party as usize]
    }

    /// Books what the states have become, with tokens that were handed in and made; the accounts are complete.
    pub(crate) fn close(
        &mut self,
        venues: &[Venue<W>],
        markets: &[Market<W>],
        redemption: &Redemption<W>,
        (redeemed_lrt, minted_lrt): (&Lanes<W>, &Lanes<W>),
    ) {
        let end = States::of(venues, markets, redemption);
        let start = &self.start;
        let grown =
            |end: &Lanes<W>, start: &Lanes<W>| -> Lanes<W> { std::array::from_fn(|i| end[i] - start[i]) };
        let pools = [grown(&end.pools[0], &start.pools[0]), grown(&end.pools[1], &start.pools[1])];
        let fees =
            [grown(&end.pool_fees[0], &start.pool_fees[0]), grown(&end.pool_fees[1], &start.pool_fees[1])];
        let loans = grown(&end.loans_eth, &start.loans_eth);
        let pledged = grown(&end.pledged_lrt[0], &start.pledged_lrt[0]);
        let inventory = grown(&end.pledged_lrt[1], &start.pledged_lrt[1]);
        let paid_and_owed = grown(&end.redemption_eth, &start.redemption_eth);
        for i in 0..W {
            self.eth[Party::Providers as usize][i] += pools[0][i];
            self.lrt[Party::Providers as usize][i] += pools[1][i];
            self.eth[Party::PoolProtocols as usize][i] += fees[0][i];
            self.lrt[Party::PoolProtocols as usize][i] += fees[1][i];
            self.eth[Party::Borrowers as usize][i] -= loans[i];
            self.lrt[Party::Borrowers as usize][i] += pledged[i];
            self.eth[Party::Lenders as usize][i] += loans[i];
            self.lrt[Party::Lenders as usize][i] += inventory[i];
            self.eth[Party::Stayers as usize][i] -= paid_and_owed[i];
            self.lrt[Party::Stayers as usize][i] += redeemed_lrt[i] - minted_lrt[i];
            self.lrt[Party::Minters as usize][i] += minted_lrt[i];
        }
    }

    /// Gain at the true redemption rate of the end.
    pub(crate) fn gain(&self, party: Party, nav: &Lanes<W>) -> Lanes<W> {
        let (eth, lrt) = (&self.eth[party as usize], &self.lrt[party as usize]);
        std::array::from_fn(|i| eth[i] + lrt[i] * nav[i])
    }

    /// Sum of all gains.
    pub(crate) fn residual(&self, nav: &Lanes<W>) -> Lanes<W> {
        let mut sum = [0.0; W];
        for party in Party::ALL {
            let gain = self.gain(party, nav);
            for i in 0..W {
                sum[i] += gain[i];
            }
        }
        sum
    }
}

/// The metrics of who pays.
pub(crate) fn metrics(study: &PathStudy) -> Vec<Metric> {
    let mut list: Vec<Metric> = Party::ALL
        .into_iter()
        .filter(|party| party.takes_part(study))
        .map(|party| {
            let words = party.word().replace('_', " ");
            let meaning = format!(
                "what {words} have at the end less what they would have if they had done nothing, tokens at the \
                 redemption rate of the end"
            );
            metric(MetricKind::Gain(party), &format!("gain_{}", party.word()), Unit::Eth, &meaning)
        })
        .collect();
    list.push(metric(
        MetricKind::GainResidual,
        "gain_residual",
        Unit::Eth,
        "sum of all gains: rounding only, unless a flow is not booked",
    ));
    list.push(metric(
        MetricKind::Rewards,
        "rewards_less_slashes",
        Unit::Eth,
        "change of the true redemption rate times all tokens of the start: in none of the gains",
    ));
    list
}
