//! Pools: which parameters their model takes, which reserves their mode takes.

use std::collections::BTreeSet;

use super::Rules;
use crate::raw::Mode;
use crate::raw::drivers::NumberOrRows;
use crate::raw::market::{PoolKind, RawVenue};

impl Rules<'_, '_> {
    pub(super) fn check_venues(&mut self) {
        let venues = &self.raw.venues;
        if self.raw.mode == Mode::PoolHistory && venues.len() > 1 {
            self.refuse(
                "venues[1]",
                format!("there are {} venues, mode = \"pool_history\" takes one", venues.len()),
            );
        }
        if self.raw.mode != Mode::QueueHistory && venues.is_empty() {
            self.refuse("venues", "venues is empty, must have at least one item".to_owned());
        }
        let mut names = BTreeSet::new();
        for (index, venue) in venues.iter().enumerate() {
            if !names.insert(&venue.name) {
                self.refuse(
                    &format!("venues[{index}].name"),
                    format!("venues[{index}].name is `{}`, which another venue has", venue.name),
                );
            }
            self.check_venue(&format!("venues[{index}]"), venue);
        }
    }

    fn check_venue(&mut self, path: &str, venue: &RawVenue) {
        let only = [
            ("amplification", venue.amplification.is_some()),
            ("rate", venue.rate.is_some()),
            ("admin_fee_share", venue.admin_fee_share.is_some()),
        ];
        for (key, is_there) in only {
            let key = format!("{path}.{key}");
            match venue.model {
                PoolKind::ConstantProduct if is_there => self.refuse(
                    &key,
                    format!(
                        "{key} has no effect with model = \"constant_product\": remove it or change the model"
                    ),
                ),
                PoolKind::StableSwap if !is_there && !key.ends_with("admin_fee_share") => {
                    self.refuse(&key, format!("{key} is missing: model = \"stableswap\" needs it"));
                }
                _ => {}
            }
        }
        for (key, reserve) in [("reserve_eth", &venue.reserve_eth), ("reserve_lrt", &venue.reserve_lrt)] {
            let key = format!("{path}.{key}");
            match (self.raw.mode, reserve) {
                (Mode::PoolHistory, NumberOrRows::Number(_)) => {
                    let message =
                        format!("{key} is a number, mode = \"pool_history\" needs the rows of a file");
                    self.refuse(&key, message);
                }
                (Mode::Forward | Mode::Rolling, NumberOrRows::Rows(_)) => {
                    self.refuse(
                        &key,
                        format!("{key} is a table, must be the number at the start of each path"),
                    );
                }
                _ => {}
            }
        }
    }
}
