//! Who does what in a leak, as far as a file says it in words: the `id` and the checkpoints' `in_leak`.
//!
//! Participation is not a field of the file. The `id`s known here name it; a case with another one is compared under each of
//! [`candidates`], and counts as the one that agrees with most of the file. Whether the chain leaks is imposed in most
//! cases; where the `id` does not tell, it is read off the checkpoints.

use crate::words::{FieldError, flag, small};
use pegstress_exact::consensus::attestation::Participation;
use pegstress_exact::consensus::inactivity::is_leaking;
use serde_json::Value;

/// When the chain leaks; steps count from 1.
pub(super) enum Leak {
    /// Up to this step.
    Until(u64),
    /// As the last finalised epoch makes it.
    Finalized(u64),
    /// From each of these steps on: leaking or not.
    Changes(Vec<(u64, bool)>),
}

/// Steps of a leak of a week, after which the chain finalises.
const WEEK: u64 = 1575;

impl Leak {
    /// Of a case whose first step ends `start`.
    pub(super) fn read(id: &str, start: u64, checkpoints: &[Value]) -> Result<Self, FieldError> {
        let always = ["leak-offline", "leak-alternating", "leak-head-miss"];
        Ok(if id.contains("finality-lost") {
            Self::Finalized(start.saturating_sub(2))
        } else if id.contains("week-then-final") {
            Self::Until(WEEK)
        } else if always.iter().any(|name| id.starts_with(name)) {
            Self::Until(u64::MAX)
        } else if id.contains("noleak") {
            Self::Until(0)
        } else {
            Self::Changes(changes(checkpoints)?)
        })
    }

    pub(super) fn is_on(&self, step: u64, epoch: u64) -> bool {
        match self {
            Self::Until(last) => step <= *last,
            Self::Finalized(finalized) => is_leaking(epoch, *finalized),
            Self::Changes(changes) => {
                changes.iter().rev().find(|change| change.0 <= step).is_some_and(|change| change.1)
            }
        }
    }
}

/// Where `in_leak` changes from one checkpoint to the next; between two that differ there must be no step.
fn changes(checkpoints: &[Value]) -> Result<Vec<(u64, bool)>, FieldError> {
    let mut changes: Vec<(u64, bool)> = Vec::new();
    let mut before = 0;
    for checkpoint in checkpoints {
        let (step, leaking) = (small(checkpoint, "epochs")?, flag(checkpoint, "in_leak")?);
        if changes.last().is_none_or(|last| last.1 != leaking) {
            if step != before + 1 {
                return Err(FieldError::new("checkpoints", "one at each change of in_leak", step));
            }
            changes.push((step, leaking));
        }
        before = step;
    }
    Ok(changes)
}

/// What the validator does.
#[derive(Clone, Copy)]
pub(super) enum Behaviour {
    /// The same in every step of a leak, and outside.
    Steady { in_leak: Participation, otherwise: Participation },
    /// By turns, odd steps first.
    Alternating { odd: Participation, even: Participation },
}

impl Behaviour {
    const fn always(participation: Participation) -> Self {
        Self::Steady { in_leak: participation, otherwise: participation }
    }

    pub(super) fn in_step(self, step: u64, leaking: bool) -> Participation {
        match self {
            Self::Steady { in_leak, otherwise } => {
                if leaking {
                    in_leak
                } else {
                    otherwise
                }
            }
            Self::Alternating { odd, even } => {
                if step % 2 == 1 {
                    odd
                } else {
                    even
                }
            }
        }
    }
}

/// What the validator may be doing: one behaviour where the `id` tells.
pub(super) fn candidates(id: &str) -> Vec<Behaviour> {
    let (none, all) = (Participation::NONE, Participation::ALL);
    let offline = ["leak-offline", "noleak-offline", "leak-week-then-final-offline"];
    if offline.iter().any(|name| id.starts_with(name)) {
        return vec![Behaviour::always(none)];
    }
    if id.starts_with("online-noleak") {
        return vec![Behaviour::always(all)];
    }
    if id.starts_with("leak-alternating") {
        return vec![Behaviour::Alternating { odd: none, even: all }];
    }
    if id.starts_with("leak-head-miss") {
        return vec![Behaviour::always(Participation { head: false, ..all })];
    }
    let bits = |k: u8| Participation { source: k & 1 > 0, target: k & 2 > 0, head: k & 4 > 0 };
    // First those who never change, from offline to online.
    let mut list: Vec<_> = (0..8).map(|k| Behaviour::always(bits(k))).collect();
    for k in 0..64 {
        let (in_leak, otherwise) = (bits(k % 8), bits(k / 8));
        list.push(Behaviour::Steady { in_leak, otherwise });
        list.push(Behaviour::Alternating { odd: in_leak, even: otherwise });
    }
    list
}
