//! Shocks: within the horizon, of a size that their kind has.

use super::Rules;
use crate::raw::shock::{RawShock, ShockKind};

impl Rules<'_, '_> {
    /// Hours from the start of a path to its end.
    fn horizon_hours(&self) -> f64 {
        let window_secs = self.raw.time.end.as_second() - self.raw.time.start.as_second();
        self.raw.rolling.map_or(window_secs as f64 / 3600.0, |rolling| f64::from(rolling.horizon_hours))
    }

    /// Whether a pause covers all of `shock`.
    fn is_paused_throughout(&self, shock: &RawShock) -> bool {
        let span = |shock: &RawShock| {
            (shock.start_hours.0, shock.start_hours.0 + shock.duration_hours.map_or(0.0, |hours| hours.0))
        };
        let (start, end) = span(shock);
        self.raw.shocks.iter().filter(|other| other.kind == ShockKind::PauseRedemptions).any(|pause| {
            let (from, until) = span(pause);
            from <= start && end <= until && start < until
        })
    }

    pub(super) fn check_shocks(&mut self) {
        let horizon_hours = self.horizon_hours();
        for (index, shock) in self.raw.shocks.iter().enumerate() {
            let key = |name: &str| format!("shocks[{index}].{name}");
            if shock.start_hours.0 >= horizon_hours {
                let (key, start) = (key("start_hours"), shock.start_hours.0);
                self.refuse(
                    &key,
                    format!("{key} is {start}, must be below the horizon of {horizon_hours} hours"),
                );
            }
            if shock.kind == ShockKind::RedeemShareOfFloat && self.is_paused_throughout(shock) {
                self.refuse(
                    &key("start_hours"),
                    format!(
                        "{} falls into a pause of redemptions, in which nothing can be requested: move it or the pause",
                        key("start_hours")
                    ),
                );
            }
            let size = shock.size.0;
            match shock.kind {
                ShockKind::NetworkQueueEth => {}
                ShockKind::PauseRedemptions
                    if size != 1.0 || shock.size_log_sd.is_some_and(|sd| sd != 0.0) =>
                {
                    self.refuse(
                        &key("size"),
                        format!("{} must be 1 without spread: a pause has no size", key("size")),
                    );
                }
                _ if size > 1.0 => {
                    self.refuse(
                        &key("size"),
                        format!("{} is {size}, must be above 0 and at most 1", key("size")),
                    );
                }
                _ => {}
            }
        }
    }
}
