//! The books of a block: what is inside of the model, what has crossed its border, and whether that adds up.

use super::Block;
use crate::outcome::{Fault, OutcomeBlock};
use crate::plan::Plan;
use crate::step::Traces;
use crate::values::in_unit;
use pegstress_amm::Venue;
use pegstress_num::{Lanes, greater};

/// Relative violation of a balance that makes a path faulty. A path sums up to 1e5 flows, each rounded to 1e-16
/// of a balance; a real leak of one ETH in a million is four orders larger.
pub(crate) const IMBALANCE_TOLERANCE: f64 = 1e-9;

/// Sums of everything that crosses the border of the model, for the balances.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(crate) struct Ledger<const W: usize> {
    pub(super) start_eth: Lanes<W>,
    pub(crate) start_lrt: Lanes<W>,
    /// ETH that left to (and came from) sellers, redeemers, providers and traders.
    pub(crate) outside_eth: Lanes<W>,
    /// Tokens that background traders hold.
    pub(crate) outside_lrt: Lanes<W>,
    /// Tokens handed in for redemption.
    pub(crate) burned_lrt: Lanes<W>,
    /// Tokens that appeared without assets.
    pub(crate) minted_lrt: Lanes<W>,
    /// Arbitrage capital that a joint run has handed to this token, less what it has taken back.
    pub(crate) handed_eth: Lanes<W>,
}

impl<const W: usize> Default for Ledger<W> {
    fn default() -> Self {
        let zero = [0.0; W];
        Self {
            start_eth: zero,
            start_lrt: zero,
            outside_eth: zero,
            outside_lrt: zero,
            burned_lrt: zero,
            minted_lrt: zero,
            handed_eth: zero,
        }
    }
}

impl<const W: usize> Block<W> {
    /// ETH inside of the model: pools with the fees they paid away, free capital of arbitrageurs and dip buyers, the protocol's contracts, less
    /// what deposits and exits brought.
    pub(super) fn eth(&self) -> Lanes<W> {
        let mut sum = [0.0; W];
        for venue in &self.venues {
            let (held, fees) = (venue.reserves().eth, venue.fees_paid().eth);
            for i in 0..W {
                sum[i] += held[i] + fees[i];
            }
        }
        for group in &self.dip_buyers {
            for i in 0..W {
                sum[i] += group.free_eth[i];
            }
        }
        let (held, redemption) = (self.redemption.held_eth(), &self.redemption);
        for i in 0..W {
            let brought = redemption.refilled_eth[i] + redemption.arrived_eth[i];
            sum[i] += self.arbitrage_free_eth[i] + held[i] - brought;
        }
        sum
    }

    /// Tokens inside of the model: free, with whales and dip buyers, in pools with the fees they paid away, and in lending
    /// markets.
    pub(crate) fn lrt(&self) -> Lanes<W> {
        let mut sum = self.float_lrt;
        for held in self.whales_lrt.iter().chain(self.dip_buyers.iter().map(|group| &group.held_lrt)) {
            for i in 0..W {
                sum[i] += held[i];
            }
        }
        for market in &self.markets {
            let collateral = market.collateral_lrt();
            for i in 0..W {
                sum[i] += collateral[i];
            }
        }
        for venue in &self.venues {
            let (held, fees) = (venue.reserves().lrt, venue.fees_paid().lrt);
            for i in 0..W {
                sum[i] += held[i] + fees[i];
            }
        }
        sum
    }

    /// ETH that has come out of nowhere since the start (what a joint run has handed over included), and what the books
    /// are measured by: the start and what exits have brought.
    pub(crate) fn books(&self) -> (Lanes<W>, Lanes<W>) {
        let (eth, ledger) = (self.eth(), &self.ledger);
        let (mut created, mut flow) = ([0.0; W], [0.0; W]);
        for i in 0..W {
            created[i] = eth[i] + ledger.outside_eth[i] - ledger.start_eth[i];
            flow[i] = ledger.start_eth[i] + self.redemption.arrived_eth[i];
        }
        (created, flow)
    }

    /// Closes the books and writes the outcome of the first `active` lanes.
    #[inline(always)]
    pub(crate) fn finish(&mut self, plan: &Plan, active: usize, traces: Traces<W>) -> OutcomeBlock<W> {
        let lrt = self.lrt();
        let (created_eth, flow_eth) = self.books();
        let (traces, flows) = traces.into_lanes();
        self.close_accounts();
        let redemption = &self.redemption;
        let (requested, ordered) = (redemption.requested_lrt(), redemption.ordered_eth());
        let ledger = &self.ledger;
        let (mut eth_imbalance, mut lrt_imbalance) = ([0.0; W], [0.0; W]);
        for i in 0..W {
            let money = created_eth[i] - ledger.handed_eth[i];
            let in_flight = ordered[i] - redemption.in_flight_eth()[i];
            eth_imbalance[i] = greater(money.abs(), in_flight.abs()) / flow_eth[i];
            let tokens = lrt[i] + ledger.outside_lrt[i] + ledger.burned_lrt[i]
                - ledger.start_lrt[i]
                - ledger.minted_lrt[i];
            let waiting = requested[i] - redemption.waiting_lrt[i];
            lrt_imbalance[i] = greater(tokens.abs(), waiting.abs()) / ledger.start_lrt[i];
        }
        let metrics: Vec<_> = plan
            .metrics
            .iter()
            .map(|metric| {
                in_unit(self.value(plan, metric.kind), metric.unit, f64::from(plan.study.step_secs))
            })
            .collect();
        let broken: Vec<[bool; W]> = self.venues.iter().map(Venue::faults).collect();
        let mut faults = [None; W];
        for (i, fault) in faults.iter_mut().enumerate() {
            let pool = broken.iter().any(|lanes| lanes[i]);
            let finite = self.watch.deepest_close[i].is_finite() && self.float_lrt[i].is_finite();
            let balanced = eth_imbalance[i] <= IMBALANCE_TOLERANCE && lrt_imbalance[i] <= IMBALANCE_TOLERANCE;
            *fault = match (pool, finite, balanced) {
                (true, _, _) => Some(Fault::Pool),
                (false, false, _) => Some(Fault::NotFinite),
                (false, true, false) => Some(Fault::Conservation),
                (false, true, true) => None,
            };
        }
        OutcomeBlock {
            first_path: plan.number(self.first_path),
            active,
            metrics,
            traces,
            flows,
            faults,
            eth_imbalance,
            lrt_imbalance,
        }
    }
}
