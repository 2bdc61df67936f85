//! Redemption: what must be known, and what fits together.

use super::{Rules, Site};
use crate::raw::Mode;
use crate::raw::redemption::{BufferServes, RawRedemption};
use crate::raw::token::RawTokenFile;

/// Keys without which a simulation has no redemption.
fn missing(raw: &RawRedemption) -> impl Iterator<Item = &'static str> {
    [
        ("buffer_eth", raw.buffer_eth.is_some()),
        ("buffer_refill_eth_per_day", raw.buffer_refill_eth_per_day.is_some()),
        // A buffer for the queue pays nothing at once, and takes no fee.
        ("instant_fee_bps", raw.instant_fee_bps.is_some() || raw.buffer_serves == Some(BufferServes::Queue)),
        ("escrow_days", raw.escrow_days.is_some() || raw.escrow_blocks.is_some()),
        ("processing_days", raw.processing_days.is_some()),
    ]
    .into_iter()
    .filter_map(|(key, there)| (!there).then_some(key))
}

/// A token file that is used alone has to say everything.
pub(super) fn check_complete(raw: &RawRedemption, site: &mut Site<'_, '_>) {
    for key in missing(raw) {
        let key = format!("redemption.{key}");
        site.refuse(&key, format!("{key} is missing: give it"));
    }
}

impl Rules<'_, '_> {
    /// The scenario's redemption, what it inherits included.
    pub(super) fn check_redemption(&mut self) {
        let Some(raw) = self.raw.redemption else {
            let mode = self.raw.mode;
            if matches!(mode, Mode::Forward | Mode::Rolling) {
                let message = format!(
                    "redemption is missing: mode = \"{}\" needs it for the way from token to ETH; write the table, or name a \
                     token.file that has it",
                    mode.word()
                );
                self.refuse("redemption", message);
            }
            return;
        };
        let inherits = self.raw.token.file.is_some();
        for key in missing(&raw)
            .filter(|key| !self.site.problems.is_suggested(&format!("redemption.{key}")))
            .collect::<Vec<_>>()
        {
            let from = if inherits {
                "here or in the token file"
            } else {
                "here, or in a file that token.file names"
            };
            self.refuse(&format!("redemption.{key}"), format!("redemption.{key} is missing: give it {from}"));
        }
        self.site.check_redemption(&raw);
    }
}

impl Site<'_, '_> {
    pub(super) fn check_token(&mut self, raw: &RawTokenFile) {
        self.check_redemption(&raw.redemption);
        self.check_evidence_keys(&raw.evidence);
    }

    fn check_redemption(&mut self, raw: &RawRedemption) {
        let at_start = raw.buffer_eth.map_or(0.0, |eth| eth.0);
        if let Some(target) = raw.buffer_target_eth
            && target.0 < at_start
        {
            let (key, target) = ("redemption.buffer_target_eth", target.0);
            self.refuse(key, format!("{key} is {target}, must be at least buffer_eth = {at_start}"));
        }
        if raw.escrow_days.is_some() && raw.escrow_blocks.is_some() {
            let key = "redemption.escrow_blocks";
            self.refuse(key, format!("{key} and redemption.escrow_days both say the escrow: keep one"));
        }
        if let Some(curve) = raw.instant_fee_curve {
            let (full, empty) = (curve.full_eth.0, curve.empty_eth.0);
            if empty >= full {
                let key = "redemption.instant_fee_curve.empty_eth";
                self.refuse(key, format!("{key} is {empty}, must be below full_eth = {full}"));
            }
            let least = raw.instant_fee_bps.map_or(0.0, |fee| fee.0);
            if curve.when_empty_bps.0 < least {
                let (key, fee) = ("redemption.instant_fee_curve.when_empty_bps", curve.when_empty_bps.0);
                self.refuse(key, format!("{key} is {fee}, must be at least instant_fee_bps = {least}"));
            }
        }
        if raw.buffer_serves == Some(BufferServes::Queue) {
            for (key, there) in [
                ("buffer_watermark_eth", raw.buffer_watermark_eth.is_some()),
                ("instant_fee_bps", raw.instant_fee_bps.is_some()),
                ("instant_fee_curve", raw.instant_fee_curve.is_some()),
                ("instant_bucket", raw.instant_bucket.is_some()),
            ] {
                if there {
                    let key = format!("redemption.{key}");
                    self.refuse(
                        &key,
                        format!("{key} has no effect with buffer_serves = \"queue\": nothing is instant"),
                    );
                }
            }
        }
    }
}
