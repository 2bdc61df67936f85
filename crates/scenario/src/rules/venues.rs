//! Pools: one model each, a stated value of the quote coin, reserves as the mode takes them.

use std::collections::BTreeSet;

use super::{Rules, Site};
use crate::raw::Mode;
use crate::raw::drivers::NumberOrRows;
use crate::raw::venue::{RawPool, RawVenue};

/// Quote coins that are worth one ETH without saying so.
const IS_ETH: [&str; 2] = ["ETH", "WETH"];

/// How a file gives reserves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reserves {
    /// As rows of a file.
    Rows,
    /// As numbers, meant as said.
    Numbers(&'static str),
}

impl Rules<'_, '_> {
    pub(super) fn check_venues(&mut self) {
        let (mode, venues) = (self.raw.mode, &self.raw.venues);
        if mode == Mode::PoolHistory && venues.len() > 1 {
            let message = format!("there are {} venues, mode = \"pool_history\" takes one", venues.len());
            self.refuse("venues[1]", message);
        }
        if mode != Mode::QueueHistory && venues.is_empty() {
            self.refuse("venues", "venues is empty, must have at least one item".to_owned());
        }
        let reserves = match mode {
            Mode::PoolHistory => Reserves::Rows,
            Mode::QueueHistory | Mode::Forward | Mode::Rolling => {
                Reserves::Numbers("the number at the start of each path")
            }
        };
        self.site.check_all(venues, reserves);
    }
}

impl Site<'_, '_> {
    /// The pools of a snapshot.
    pub(super) fn check_snapshot(&mut self, venues: &[RawVenue]) {
        self.check_all(venues, Reserves::Numbers("the number at the time of the snapshot"));
    }

    fn check_all(&mut self, venues: &[RawVenue], reserves: Reserves) {
        let mut names = BTreeSet::new();
        for (index, venue) in venues.iter().enumerate() {
            let path = format!("venues[{index}]");
            if !names.insert(&venue.name) {
                let key = format!("{path}.name");
                self.refuse(&key, format!("{key} is `{}`, which another venue has", venue.name));
            }
            self.check_quote(&path, venue);
            match venue.pools().as_slice() {
                [] => self.refuse_no_model(&path),
                [pool] => {
                    let path = format!("{path}.{}", pool.word());
                    self.check_reserves(&path, *pool, reserves);
                    self.check_pool(&path, *pool);
                }
                [first, second, ..] => {
                    let (first, key) = (first.word(), format!("{path}.{}", second.word()));
                    let message = format!("[{key}] stands beside [{path}.{first}]: a venue has one model");
                    self.refuse_with_help(
                        &key,
                        message,
                        "remove one of them, or make it a venue of its own".to_owned(),
                    );
                }
            }
        }
    }

    fn check_pool(&mut self, path: &str, pool: RawPool<'_>) {
        match pool {
            RawPool::StableSwap(pool) => self.check_stableswap(path, pool),
            RawPool::ConstantProduct(_) => {}
            RawPool::BalancerStable(pool) => self.check_balancer_stable(path, pool),
            RawPool::BalancerWeighted(pool) => self.check_balancer_weighted(path, pool),
            RawPool::ConcentratedLiquidity(pool) => self.check_concentrated(path, pool),
            RawPool::Cryptoswap(pool) => self.check_cryptoswap(path, pool),
        }
    }

    fn refuse_no_model(&mut self, path: &str) {
        let tables: Vec<_> = RawVenue::MODELS.iter().map(|model| format!("[venues.{model}]")).collect();
        let help = format!("give one of the tables {}", tables.join(", "));
        self.refuse_with_help(path, format!("{path} has no pool model"), help);
    }

    fn check_quote(&mut self, path: &str, venue: &RawVenue) {
        let quote = venue.quote();
        if venue.eth_per_quote.is_none() && !IS_ETH.contains(&quote) {
            let key = format!("{path}.eth_per_quote");
            let message =
                format!("{key} is missing: {path}.quote is `{quote}`, say what one {quote} is worth");
            self.refuse(&key, message);
        }
    }

    fn check_reserves(&mut self, path: &str, pool: RawPool<'_>, wanted: Reserves) {
        let Some((quote, lrt)) = pool.reserves() else {
            if wanted == Reserves::Rows {
                let message =
                    format!("[{path}] is not told by reserves alone, as mode = \"pool_history\" has them");
                self.refuse(path, message);
            }
            return;
        };
        if let (RawPool::StableSwap(pool), Reserves::Rows) = (pool, wanted)
            && !pool.others.is_empty()
        {
            let key = format!("{path}.others");
            self.refuse(
                &key,
                format!("{key} has no effect in mode = \"pool_history\", which takes two coins"),
            );
        }
        for (key, reserve) in [("reserve_quote", quote), ("reserve_lrt", lrt)] {
            let key = format!("{path}.{key}");
            match (wanted, reserve) {
                (Reserves::Rows, NumberOrRows::Number(_)) => {
                    let message =
                        format!("{key} is a number, mode = \"pool_history\" needs the rows of a file");
                    self.refuse(&key, message);
                }
                (Reserves::Numbers(meaning), NumberOrRows::Rows(_)) => {
                    self.refuse(&key, format!("{key} is a table, must be {meaning}"));
                }
                _ => {}
            }
        }
    }
}
