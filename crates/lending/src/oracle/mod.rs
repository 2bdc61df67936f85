//! Where a market reads the token's price, and what goes wrong there.
//!
//! | oracle | a fall of the market price | a fall of the redemption rate on chain |
//! |---|---|---|
//! | exchange rate | not seen | seen at once (a growth cap bounds rises only) |
//! | market feed | seen from the deviation threshold on, else at the heartbeat | not seen |
//! | time-weighted mean | seen gradually | not seen |
//! | hard-coded | not seen | not seen |
//!
//! Two overrides lie on top: a *frozen* oracle keeps its last print while time goes on; a *misprint* multiplies what it
//! prints for some updates. Prices are ETH per token.

mod exchange_rate;
mod market_feed;
mod time_weighted;

pub use exchange_rate::GrowthCap;

use market_feed::MarketFeed;
use pegstress_num::{Lanes, select};
use time_weighted::weight_of;

/// An oracle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OracleSpec {
    /// The redemption rate on chain.
    ExchangeRate {
        /// Ceiling of the rate, as Aave's price caps for correlated assets have it.
        cap: Option<GrowthCap>,
    },
    /// A feed of the market price that is pushed when it is old or wrong.
    MarketFeed {
        /// It is pushed at the latest this long after the last push, seconds.
        heartbeat_secs: f64,
        /// It is pushed when the market price is this far from the last push, share of the latter.
        deviation: f64,
    },
    /// An exponential mean of the market price.
    TimeWeighted {
        /// Mean age of the prices in it, seconds; positive.
        mean_age_secs: f64,
    },
    /// A constant.
    HardCoded {
        /// ETH per token.
        eth_per_lrt: f64,
    },
}

impl OracleSpec {
    /// What it prints once it has settled at a redemption rate and a market price that stay.
    pub fn settled(&self, nav_onchain: f64, market_price: f64) -> f64 {
        match self {
            OracleSpec::ExchangeRate { cap: None } => nav_onchain,
            OracleSpec::ExchangeRate { cap: Some(cap) } => cap.capped(0.0, nav_onchain),
            OracleSpec::MarketFeed { .. } | OracleSpec::TimeWeighted { .. } => market_price,
            OracleSpec::HardCoded { eth_per_lrt } => *eth_per_lrt,
        }
    }
}

/// An oracle in each lane.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(crate) struct Oracle<const W: usize> {
    source: Source<W>,
    /// What it would print without a misprint.
    honest: Lanes<W>,
    /// What it prints.
    pub(crate) eth_per_lrt: Lanes<W>,
    /// Lanes that keep their last print.
    pub(crate) frozen: [bool; W],
    misprint: Lanes<W>,
    /// Updates that are still misprinted.
    misprints_left: u32,
}

#[derive(Debug, Clone)]
enum Source<const W: usize> {
    ExchangeRate { cap: Option<GrowthCap>, elapsed_secs: f64 },
    MarketFeed(MarketFeed<W>),
    TimeWeighted { mean_age_secs: f64 },
    HardCoded,
}

impl<const W: usize> Oracle<W> {
    /// Settled at these prices.
    #[inline(always)]
    pub(crate) fn new(spec: &OracleSpec, nav_onchain: &Lanes<W>, market_price: &Lanes<W>) -> Self {
        let source = match *spec {
            OracleSpec::ExchangeRate { cap } => Source::ExchangeRate { cap, elapsed_secs: 0.0 },
            OracleSpec::MarketFeed { heartbeat_secs, deviation } => {
                Source::MarketFeed(MarketFeed::new(heartbeat_secs, deviation))
            }
            OracleSpec::TimeWeighted { mean_age_secs } => Source::TimeWeighted { mean_age_secs },
            OracleSpec::HardCoded { .. } => Source::HardCoded,
        };
        let mut honest = [0.0; W];
        for i in 0..W {
            honest[i] = spec.settled(nav_onchain[i], market_price[i]);
        }
        let eth_per_lrt = honest;
        Self { source, honest, eth_per_lrt, frozen: [false; W], misprint: [1.0; W], misprints_left: 0 }
    }

    /// `step_secs` later the redemption rate on chain and the market price are these.
    #[inline(always)]
    pub(crate) fn update(&mut self, step_secs: f64, nav_onchain: &Lanes<W>, market_price: &Lanes<W>) {
        let mut any_frozen = false;
        for frozen in self.frozen {
            any_frozen |= frozen;
        }
        let before = self.honest;
        match &mut self.source {
            Source::ExchangeRate { cap, elapsed_secs } => {
                *elapsed_secs += step_secs;
                match cap {
                    None => self.honest = *nav_onchain,
                    Some(cap) => cap.read(*elapsed_secs, nav_onchain, &mut self.honest),
                }
            }
            Source::MarketFeed(feed) => {
                feed.age(step_secs);
                feed.push_if_due(market_price, &mut self.honest, any_frozen.then_some(&self.frozen));
            }
            Source::TimeWeighted { mean_age_secs } => {
                // A mean that is frozen goes on from where it stood.
                let weight = weight_of(step_secs, *mean_age_secs);
                for i in 0..W {
                    self.honest[i] += weight * (market_price[i] - self.honest[i]);
                }
            }
            Source::HardCoded => {}
        }
        if any_frozen {
            for i in 0..W {
                self.honest[i] = select(self.frozen[i], before[i], self.honest[i]);
            }
        }
        self.print();
    }

    /// The next `updates` prints are `factor` times what they should be.
    #[inline(always)]
    pub(crate) fn misprint(&mut self, factor: &Lanes<W>, updates: u32) {
        self.misprint = *factor;
        self.misprints_left = updates;
    }

    #[inline(always)]
    fn print(&mut self) {
        let wrong = self.misprints_left > 0;
        for i in 0..W {
            self.eth_per_lrt[i] = self.honest[i] * select(wrong, self.misprint[i], 1.0);
        }
        self.misprints_left = self.misprints_left.saturating_sub(1);
    }
}
