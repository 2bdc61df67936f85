//! Channels through which stress spreads, and the study without one of them.
//!
//! ```text
//! effect of a channel = outcome of path i - outcome of path i without the channel, same random numbers
//! ```
//!
//! A study without a channel keeps its parts, their order and their places: draws have addresses, so that the rest of a
//! path sees the numbers it saw before, and metrics keep their names. Only channels that a study has are listed.

use crate::scenario::{LendingMarket, PathStudy, Shock, Starts};

/// Something that carries stress from one part to another, or holds it up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// A shock, by its place.
    Shock(usize),
    /// A large holder who leaves, by its place.
    Whale(usize),
    /// Holders leave because of the discount.
    DemandOnDiscount,
    /// Holders leave because of the unlock delay.
    DemandOnDelay,
    /// Holders leave because ETH falls.
    DemandOnEth,
    /// Holders leave because others have left.
    SelfExcitation,
    /// Liquidity providers leave because of the discount.
    LiquidityFlight,
    /// Lenders' liquidations.
    Liquidations,
    /// Owners of loops give up because carry costs them.
    LoopUnwinds,
    /// A breaker holds the rate on chain above the true one.
    StaleRate,
    /// The recorded exit queue grows above its start.
    QueueGrowth,
    /// Traders without a view.
    BackgroundFlow,
    /// Arbitrage by redemption.
    Arbitrage,
    /// Buyers with a hurdle of their own who do not redeem.
    DipBuyers,
    /// Liquidity providers come back.
    LiquidityReturn,
}

impl Channel {
    /// Whether it holds stress up instead of carrying it on.
    pub fn dampens(self) -> bool {
        matches!(self, Self::Arbitrage | Self::DipBuyers | Self::LiquidityReturn)
    }

    /// What it is called in reports.
    pub fn name(self, study: &PathStudy) -> String {
        let words = match self {
            Self::Shock(place) => return shock_name(study, place),
            Self::Whale(place) => {
                let name = study.agents.whales.get(place).map_or("", |whale| &whale.name);
                return format!("whale: {name}");
            }
            Self::DemandOnDiscount => "exits because of the discount",
            Self::DemandOnDelay => "exits because of the delay",
            Self::DemandOnEth => "exits because ETH falls",
            Self::SelfExcitation => "exits that follow exits",
            Self::LiquidityFlight => "liquidity flight",
            Self::Liquidations => "liquidations",
            Self::LoopUnwinds => "loop unwinds",
            Self::StaleRate => "stale rate on chain",
            Self::QueueGrowth => "growth of the exit queue",
            Self::BackgroundFlow => "background flow",
            Self::Arbitrage => "arbitrage",
            Self::DipBuyers => "dip buyers",
            Self::LiquidityReturn => "return of liquidity",
        };
        words.to_owned()
    }
}

/// `shock 2: freeze oracle`.
fn shock_name(study: &PathStudy, place: usize) -> String {
    let words = study.shocks.get(place).map_or("", |shock| shock.kind.words());
    format!("shock {}: {words}", place + 1)
}

/// The channels that a study has, shocks first.
pub fn channels(study: &PathStudy) -> Vec<Channel> {
    let agents = &study.agents;
    let demand = &agents.exit_demand;
    let has_loops = |market: &LendingMarket| market.carry.is_some_and(|carry| carry.unwinds_per_day > 0.0);
    let queue = &study.drivers.network_queue_eth;
    let is_drawn = study.drivers.synthetic.as_ref().is_some_and(|drawn| drawn.network_queue.is_some());
    let grows = queue.first().is_some_and(|first| queue.iter().any(|eth| eth > first));
    let candidates = [
        (Channel::DemandOnDiscount, demand.per_discount_per_day > 0.0),
        (Channel::DemandOnDelay, demand.per_delay_day_per_day > 0.0),
        (Channel::DemandOnEth, demand.per_eth_drawdown_per_day > 0.0),
        (Channel::SelfExcitation, demand.branching_ratio > 0.0),
        (Channel::LiquidityFlight, agents.liquidity.removal_per_discount_per_day > 0.0),
        (Channel::Liquidations, !study.lending.is_empty()),
        (Channel::LoopUnwinds, study.lending.iter().any(has_loops)),
        (Channel::StaleRate, study.redemption.breaker.is_some() && study.restaking.is_some()),
        (Channel::QueueGrowth, !is_drawn && grows && study.starts == Starts::Together),
        (Channel::BackgroundFlow, agents.background.net_sd_lrt_per_sqrt_day > 0.0),
        (Channel::Arbitrage, agents.arbitrage.capital_eth > 0.0),
        (Channel::DipBuyers, agents.dip_buyers.iter().any(|group| group.capital_eth > 0.0)),
        (Channel::LiquidityReturn, agents.liquidity.return_per_day > 0.0),
    ];
    let shocks = (0..study.shocks.len()).map(Channel::Shock);
    let whales = (0..agents.whales.len()).map(Channel::Whale);
    shocks.chain(whales).chain(candidates.into_iter().filter(|one| one.1).map(|one| one.0)).collect()
}

/// The study without one of its channels.
pub fn without(study: &PathStudy, channel: Channel) -> PathStudy {
    let mut study = study.clone();
    let end_secs = study.steps as f64 * f64::from(study.step_secs);
    let agents = &mut study.agents;
    match channel {
        Channel::Shock(place) => {
            // Sizes are drawn by place: a shock that never comes keeps its own.
            if let Some(shock) = study.shocks.get_mut(place) {
                *shock = Shock { trigger: None, start_secs: end_secs, ..*shock };
            }
        }
        Channel::Whale(place) => {
            if let Some(whale) = agents.whales.get_mut(place) {
                whale.start_secs = end_secs;
            }
        }
        Channel::DemandOnDiscount => agents.exit_demand.per_discount_per_day = 0.0,
        Channel::DemandOnDelay => agents.exit_demand.per_delay_day_per_day = 0.0,
        Channel::DemandOnEth => agents.exit_demand.per_eth_drawdown_per_day = 0.0,
        Channel::SelfExcitation => agents.exit_demand.branching_ratio = 0.0,
        Channel::LiquidityFlight => agents.liquidity.removal_per_discount_per_day = 0.0,
        Channel::Liquidations => {
            study.lending.iter_mut().for_each(|market| market.spec.rules = market.spec.rules.never_due());
        }
        Channel::LoopUnwinds => study.lending.iter_mut().for_each(|market| market.carry = None),
        Channel::StaleRate => study.redemption.breaker = None,
        Channel::QueueGrowth => {
            let queue = &mut study.drivers.network_queue_eth;
            let first = queue.first().copied().unwrap_or(0.0);
            queue.iter_mut().filter(|eth| **eth > first).for_each(|eth| *eth = first);
        }
        Channel::BackgroundFlow => agents.background.net_sd_lrt_per_sqrt_day = 0.0,
        Channel::Arbitrage => agents.arbitrage.capital_eth = 0.0,
        Channel::DipBuyers => agents.dip_buyers.iter_mut().for_each(|group| group.capital_eth = 0.0),
        Channel::LiquidityReturn => agents.liquidity.return_per_day = 0.0,
    }
    study
}

/// The study without any of the channels that carry stress on: what would happen anyway.
pub fn without_stress(study: &PathStudy) -> PathStudy {
    let harmful = channels(study).into_iter().filter(|channel| !channel.dampens());
    harmful.fold(study.clone(), |study, channel| without(&study, channel))
}
