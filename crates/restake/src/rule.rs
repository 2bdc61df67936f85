//! How far a service reaches into an operator's stake: EigenLayer, Symbiotic, Karak.
//!
//! ```text
//!                      EigenLayer             Symbiotic                               Karak
//! slashable            own allocation a       min(limit - spent this epoch, stake)    percentage of all assets
//! slash w takes        w a                    w of that, shared with the buckets      w of that
//! is executed          at once                after the veto, of what is left         after the veto, of what is left
//! again                any time               what is left of the limit, in an epoch  after the cooldown
//! withdrawal hit until the escrow's end       its bucket's epoch + report + veto      it is paid
//! withdrawal paid      after the escrow       two epochs after the one it began in    after window + veto
//! a service left hits  for the deallocation   for an epoch                            for window + veto
//! ```
//!
//! Stake is unique in EigenLayer: allocations add up to at most the magnitude. In the others all services share it,
//! and each takes what the earlier ones have left.
//!
//! Source: `pegstress_exact::restaking`, whose modules name the contracts. Units: seconds. Deviation: in Symbiotic a
//! slash is captured `report_secs` before it is asked for, always; the contracts allow any age up to `epoch - veto`.

/// Seconds in a day.
pub const DAY_SECS: f64 = 86_400.0;

/// A protocol's delays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ExposureRule {
    /// Unique stake by magnitude.
    EigenLayer {
        /// Escrow of a withdrawal; slashes reach it for as long.
        withdrawal_secs: f64,
        /// Time a lower allocation, or a set that was left, can still be slashed.
        deallocation_secs: f64,
        /// Time until a higher allocation can be slashed.
        allocation_secs: f64,
    },
    /// A vault with epochs that services share.
    Symbiotic {
        /// An epoch.
        epoch_secs: f64,
        /// From the offence to the request; with the veto at most an epoch.
        report_secs: f64,
        /// From the request to the slash.
        veto_secs: f64,
    },
    /// A vault that stays exposed until a redemption is paid.
    Karak {
        /// Time a service has to ask for a slash.
        window_secs: f64,
        /// From the request to the slash.
        veto_secs: f64,
        /// Between two requests of a service.
        cooldown_secs: f64,
    },
}

impl ExposureRule {
    /// EigenLayer on mainnet (`script/configs/mainnet.json` at f84a5151: 100,800 blocks of 12 s), for an operator
    /// whose allocations need no time.
    pub const EIGENLAYER: Self = Self::EigenLayer {
        withdrawal_secs: 14.0 * DAY_SECS,
        deallocation_secs: 14.0 * DAY_SECS,
        allocation_secs: 0.0,
    };
    /// Karak (`Constants.sol` at d803024a).
    pub const KARAK: Self =
        Self::Karak { window_secs: 7.0 * DAY_SECS, veto_secs: 2.0 * DAY_SECS, cooldown_secs: 2.0 * DAY_SECS };

    /// Last second in which a slash reaches a withdrawal that was asked for at `asked_secs`; no end in Karak.
    pub fn exposed_until_secs(&self, asked_secs: f64) -> f64 {
        match *self {
            Self::EigenLayer { withdrawal_secs, .. } => asked_secs + withdrawal_secs,
            Self::Symbiotic { epoch_secs, report_secs, veto_secs } => {
                next_epoch(asked_secs, epoch_secs) + report_secs + veto_secs
            }
            Self::Karak { .. } => f64::INFINITY,
        }
    }

    /// Time from which a withdrawal that was asked for at `asked_secs` can be paid.
    pub fn claimable_secs(&self, asked_secs: f64) -> f64 {
        match *self {
            Self::EigenLayer { withdrawal_secs, .. } => asked_secs + withdrawal_secs,
            Self::Symbiotic { epoch_secs, .. } => next_epoch(asked_secs, epoch_secs) + epoch_secs,
            Self::Karak { window_secs, veto_secs, .. } => asked_secs + window_secs + veto_secs,
        }
    }

    /// Time for which a service that was left, or a part that was taken from it, can still be slashed by it.
    pub fn leaving_secs(&self) -> f64 {
        match *self {
            Self::EigenLayer { deallocation_secs, .. } => deallocation_secs,
            Self::Symbiotic { epoch_secs, .. } => epoch_secs,
            Self::Karak { window_secs, veto_secs, .. } => window_secs + veto_secs,
        }
    }

    /// Time until a service can slash what is newly allocated to it.
    pub fn raising_secs(&self) -> f64 {
        match *self {
            Self::EigenLayer { allocation_secs, .. } => allocation_secs,
            Self::Symbiotic { .. } => 0.0,
            Self::Karak { window_secs, veto_secs, .. } => window_secs + veto_secs,
        }
    }

    /// Time from a request to the slash.
    pub fn execution_secs(&self) -> f64 {
        match *self {
            Self::EigenLayer { .. } => 0.0,
            Self::Symbiotic { veto_secs, .. } | Self::Karak { veto_secs, .. } => veto_secs,
        }
    }

    /// Whether no two services can slash the same stake.
    pub fn stake_is_unique(&self) -> bool {
        matches!(self, Self::EigenLayer { .. })
    }
}

/// Begin of the epoch after that of `secs`; the first begins at 0.
fn next_epoch(secs: f64, epoch_secs: f64) -> f64 {
    ((secs / epoch_secs).floor() + 1.0) * epoch_secs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_withdrawal_waits_14_days_one_to_two_epochs_or_nine_days() {
        let day = |rule: ExposureRule, asked: f64| rule.claimable_secs(asked * DAY_SECS) / DAY_SECS - asked;
        assert_eq!(day(ExposureRule::EIGENLAYER, 3.0), 14.0);
        assert_eq!(day(ExposureRule::KARAK, 3.0), 9.0);
        let (epoch_secs, veto_secs) = (7.0 * DAY_SECS, DAY_SECS);
        let symbiotic = ExposureRule::Symbiotic { epoch_secs, report_secs: 0.0, veto_secs };
        assert_eq!(day(symbiotic, 0.0), 14.0);
        assert_eq!(day(symbiotic, 6.75), 7.25);
        assert_eq!(symbiotic.exposed_until_secs(0.0), 8.0 * DAY_SECS);
    }
}
