//! Rewards and penalties of one epoch's attestations, by flag.
//!
//! With the base reward per increment `b = increment * 64 / isqrt(T)` and a validator of `n` increments, a flag of weight `w` that
//! was timely earns `n b w (participating increments) / (64 active increments)`, nothing in a leak; one that was not
//! costs `n b w / 64`, the head nothing.
//!
//! Source: ethereum/consensus-specs at a08d8a6e, `specs/altair/beacon-chain.md` (`get_base_reward_per_increment`,
//! `get_flag_index_deltas`).
//!
//! Units: Gwei. Domain: Altair and later.

use super::checked::{div_by_stake, mul};
use super::fork::EFFECTIVE_BALANCE_INCREMENT;
use super::validator::ValidatorError;

const BASE_REWARD_FACTOR: u64 = 64;
const WEIGHT_DENOMINATOR: u64 = 64;
const SOURCE_WEIGHT: u64 = 14;
const TARGET_WEIGHT: u64 = 26;
const HEAD_WEIGHT: u64 = 14;

/// What a validator got right and in time in an epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Participation {
    /// The justified checkpoint.
    pub source: bool,
    /// The epoch's checkpoint.
    pub target: bool,
    /// The block of the slot.
    pub head: bool,
}

impl Participation {
    /// Offline.
    pub const NONE: Self = Self { source: false, target: false, head: false };
    /// All flags.
    pub const ALL: Self = Self { source: true, target: true, head: true };
}

/// Effective balance of the unslashed validators with each flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParticipatingBalances {
    /// With a timely source.
    pub source: u64,
    /// With a timely target.
    pub target: u64,
    /// With a timely head.
    pub head: u64,
}

/// A reward or a penalty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delta {
    /// Added first.
    pub reward: u64,
    /// Taken afterwards.
    pub penalty: u64,
}

/// Base reward of one increment of effective balance.
///
/// # Errors
/// When the total active balance is zero.
pub fn base_reward_per_increment(total_active_balance: u64) -> Result<u64, ValidatorError> {
    div_by_stake(EFFECTIVE_BALANCE_INCREMENT * BASE_REWARD_FACTOR, total_active_balance.isqrt())
}

/// Reward or penalty of one validator for source, target and head.
///
/// # Errors
/// When there is no stake, or a product leaves 64 bits.
pub fn attestation_deltas(
    effective_balance: u64,
    participation: Participation,
    participating: ParticipatingBalances,
    total_active_balance: u64,
    leaking: bool,
) -> Result<[Delta; 3], ValidatorError> {
    let increments = effective_balance / EFFECTIVE_BALANCE_INCREMENT;
    let base_reward = mul(increments, base_reward_per_increment(total_active_balance)?)?;
    let active_increments = total_active_balance / EFFECTIVE_BALANCE_INCREMENT;
    let delta =
        |weight: u64, timely: bool, participating: u64, costs: bool| -> Result<Delta, ValidatorError> {
            let weighted = mul(base_reward, weight)?;
            Ok(match (timely, leaking) {
                (true, true) => Delta::default(),
                (true, false) => {
                    let participating = participating.max(EFFECTIVE_BALANCE_INCREMENT);
                    let earned = mul(weighted, participating / EFFECTIVE_BALANCE_INCREMENT)?;
                    let reward = div_by_stake(earned, mul(active_increments, WEIGHT_DENOMINATOR)?)?;
                    Delta { reward, penalty: 0 }
                }
                (false, _) if costs => Delta { reward: 0, penalty: weighted / WEIGHT_DENOMINATOR },
                (false, _) => Delta::default(),
            })
        };
    Ok([
        delta(SOURCE_WEIGHT, participation.source, participating.source, true)?,
        delta(TARGET_WEIGHT, participation.target, participating.target, true)?,
        delta(HEAD_WEIGHT, participation.head, participating.head, false)?,
    ])
}
