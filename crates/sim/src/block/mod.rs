//! State of a block: `W` neighbouring paths in structure-of-arrays lanes.

mod books;
mod drivers;
mod watch;

use crate::drivers::{DriverState, Origin};
use crate::joint::Others;
use crate::measures::Accounts;
use crate::plan::Plan;
use crate::scenario::ShockKind;
use crate::shocks::{ShockLanes, Sights};
use books::Ledger;
use pegstress_amm::{Venue, route};
use pegstress_lending::Market;
use pegstress_num::{Isa, Lanes};
use pegstress_restake::Restake;
use pegstress_unlock::{Breaker, ExitClock, Redemption, Room, Survival};
use watch::Watch;

pub(crate) use books::IMBALANCE_TOLERANCE;
pub(crate) use drivers::driver;

/// Paths that are stepped together.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(crate) struct Block<const W: usize> {
    /// Address of the first path's own draws: its number, and in a joint run the member's.
    pub(crate) first_path: u64,
    /// Grid point at which each path starts.
    pub(crate) offsets: [usize; W],
    /// Drivers that are drawn, if there are any.
    pub(crate) driven: Option<Box<DriverState<W>>>,
    pub(crate) venues: Vec<Venue<W>>,
    pub(crate) redemption: Redemption<W>,
    /// How the rate on chain follows the true one; at once where there is none.
    pub(crate) breaker: Option<Breaker<W>>,
    /// What slashing has left of the token's value; 1 where nothing can be slashed.
    pub(crate) restake: Option<RestakeState<W>>,
    /// What paying at a stale rate has left of the value of those who stayed.
    pub(crate) stayers_factor: Lanes<W>,
    /// What unbacked tokens have left of the value of the others.
    pub(crate) dilution: Lanes<W>,
    /// Redemption rates at the end of the last step: the driver's, and the one on chain.
    pub(crate) last_recorded: Lanes<W>,
    pub(crate) last_onchain: Lanes<W>,
    pub(crate) markets: Vec<Market<W>>,
    pub(crate) float_lrt: Lanes<W>,
    pub(crate) excitation_per_day: Lanes<W>,
    pub(crate) arbitrage_free_eth: Lanes<W>,
    pub(crate) dip_buyers: Vec<DipLanes<W>>,
    /// Tokens that each whale has left.
    pub(crate) whales_lrt: Vec<Lanes<W>>,
    pub(crate) liquidity_share: Lanes<W>,
    pub(crate) discount: Lanes<W>,
    pub(crate) shocks: ShockLanes<W>,
    /// Bucket of each shock that posts unbacked tokens as collateral.
    pub(crate) posted_buckets: Vec<Option<usize>>,
    /// What the other tokens of a joint run mean to this one; nothing where it is alone.
    pub(crate) others: Others<W>,
    pub(crate) ledger: Ledger<W>,
    pub(crate) watch: Watch<W>,
    pub(crate) accounts: Accounts<W>,
    /// The true redemption rate of the latest step.
    pub(crate) truth: Lanes<W>,
    pub(crate) called_isa: Isa,
}

/// A group of dip buyers.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(crate) struct DipLanes<const W: usize> {
    pub(crate) free_eth: Lanes<W>,
    pub(crate) held_lrt: Lanes<W>,
}

/// Restaking with the history that exits in escrow need.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(crate) struct RestakeState<const W: usize> {
    pub(crate) restake: Restake<W>,
    pub(crate) survival: Survival<W>,
}

impl<const W: usize> Block<W> {
    /// The block at the start of its paths. Lanes beyond the study's last path repeat it: they are padding.
    #[inline(always)]
    pub(crate) fn new(plan: &Plan, first_path: u64, called_isa: Isa, room: Room<W>) -> Self {
        let study = &plan.study;
        let last_path = study.paths - 1;
        let address = plan.own_address(first_path);
        let offsets: [usize; W] =
            std::array::from_fn(|i| study.starts.offset((first_path + i as u64).min(last_path)));
        let nav = driver(study.starts, &study.drivers.nav, &offsets, 0);
        let queue = driver(study.starts, &study.drivers.network_queue_eth, &offsets, 0);
        let usd_per_eth = driver(study.starts, &study.drivers.eth_usd, &offsets, 0);
        let venues: Vec<_> = study.venues.iter().map(|spec| Venue::new(spec, &nav).on(called_isa)).collect();
        let clock = ExitClock::new(queue, study.network.churn_eth_per_epoch, study.network.sweep_secs);
        let price = route::best_marginal_price(&venues);
        let mut discount = [0.0; W];
        for i in 0..W {
            discount[i] = 1.0 - price[i] / nav[i];
        }
        let whales_lrt: f64 = study.agents.whales.iter().map(|whale| whale.holding_lrt).sum();
        let redemption = Redemption::new(study.redemption.rules, clock, study.steps, room);
        let markets: Vec<_> = study
            .lending
            .iter()
            .map(|market| Market::new(&market.spec, &nav, &price, &usd_per_eth))
            .collect();
        let mut block = Self {
            first_path: address,
            offsets,
            driven: plan.driven.as_ref().map(|driven| {
                let price = study.drivers.synthetic.as_ref().and_then(|synthetic| synthetic.eth_usd.as_ref());
                let origin = Origin {
                    first_path,
                    offsets: &offsets,
                    nav: &nav,
                    queue_eth: &queue,
                    usd_per_eth: &usd_per_eth,
                };
                Box::new(DriverState::new(driven, price, origin, called_isa))
            }),
            breaker: study.redemption.breaker.map(|rules| Breaker::new(rules, &nav)),
            restake: study.restaking.as_ref().map(|restaking| RestakeState {
                restake: Restake::new(&restaking.spec),
                survival: Survival::default(),
            }),
            stayers_factor: [1.0; W],
            dilution: [1.0; W],
            last_recorded: nav,
            last_onchain: nav,
            float_lrt: [study.free_float_lrt - whales_lrt; W],
            excitation_per_day: [0.0; W],
            arbitrage_free_eth: [study.agents.arbitrage.capital_eth; W],
            dip_buyers: study
                .agents
                .dip_buyers
                .iter()
                .map(|group| DipLanes { free_eth: [group.capital_eth; W], held_lrt: [0.0; W] })
                .collect(),
            whales_lrt: study.agents.whales.iter().map(|whale| [whale.holding_lrt; W]).collect(),
            liquidity_share: [1.0; W],
            discount,
            shocks: ShockLanes::new(plan, address),
            posted_buckets: Vec::new(),
            others: Others::default(),
            ledger: Ledger::default(),
            watch: Watch::new(plan, redemption.instant_room_eth()),
            accounts: Accounts::new(&venues, &markets, &redemption),
            truth: nav,
            called_isa,
            venues,
            markets,
            redemption,
        };
        if plan.has_mints {
            block.posted_buckets = plan
                .shocks
                .iter()
                .map(|planned| posted_bucket(&mut block.markets, planned.shock.kind))
                .collect();
        }
        if plan.has_triggers {
            let sights = block.sights(&block.last_recorded);
            block.shocks.pull_triggers(plan, 0, &sights);
        }
        block.ledger.start_eth = block.eth();
        block.ledger.start_lrt = block.lrt();
        block
    }

    /// What triggers look at, the true redemption rate being `truth`.
    #[inline(always)]
    pub(crate) fn sights(&self, truth: &Lanes<W>) -> Sights<W> {
        let mut sights = Sights {
            discount: self.discount,
            buffer_eth: self.redemption.buffer_eth,
            value_loss: [0.0; W],
            bad_debt_eth: [0.0; W],
        };
        for i in 0..W {
            sights.value_loss[i] = 1.0 - truth[i] / self.last_recorded[i];
        }
        for market in &self.markets {
            let bad = market.bad_debt_eth();
            for i in 0..W {
                sights.bad_debt_eth[i] += bad[i];
            }
        }
        sights
    }

    /// Whether the rate on chain can stand above the true one while somebody is paid.
    #[inline(always)]
    pub(crate) fn may_pay_stale(&self, plan: &Plan) -> bool {
        self.breaker.is_some() || plan.has_frozen_rate
    }
}

/// A bucket for the tokens that a shock posts, if it does.
fn posted_bucket<const W: usize>(markets: &mut [Market<W>], kind: ShockKind) -> Option<usize> {
    match kind {
        ShockKind::MintUnbacked(Some(posting)) => Some(markets[posting.market].add_empty_bucket()),
        _ => None,
    }
}
