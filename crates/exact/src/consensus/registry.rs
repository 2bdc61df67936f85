//! The registry as the queues see it, and the total active balance that decides their limits.
//!
//! ```text
//! active in epoch e:        activation_epoch <= e < exit_epoch
//! total active balance:     max(1 ETH, sum of the effective balances of the active)
//! ```
//!
//! Source: ethereum/consensus-specs at a08d8a6e, `specs/phase0/beacon-chain.md` (`is_active_validator`,
//! `get_total_active_balance`), `specs/electra/beacon-chain.md` (`get_max_effective_balance`).
//!
//! Units: Gwei and epochs. Domain: all of `u64`; a total beyond it is an error.

/// Gwei of one ETH.
pub const GWEI_PER_ETH: u64 = 1_000_000_000;

/// An epoch that is not set.
pub const FAR_FUTURE_EPOCH: u64 = u64::MAX;

/// What a validator needs to be activated, and keeps when it withdraws a part.
pub const MIN_ACTIVATION_BALANCE_GWEI: u64 = 32 * GWEI_PER_ETH;

const MAX_COMPOUNDING_BALANCE_GWEI: u64 = 2048 * GWEI_PER_ETH;
const EFFECTIVE_BALANCE_INCREMENT_GWEI: u64 = GWEI_PER_ETH;

/// Where a validator's balance goes, by the first byte of its withdrawal credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// 0x00: a key, nothing can be paid out.
    Key,
    /// 0x01: an address; what exceeds 32 ETH is skimmed.
    Address,
    /// 0x02: an address; the balance compounds up to 2048 ETH.
    Compounding,
}

impl Credentials {
    /// The credentials with this first byte; the chain has no others.
    #[must_use]
    pub fn from_prefix(prefix: u64) -> Option<Self> {
        match prefix {
            0 => Some(Self::Key),
            1 => Some(Self::Address),
            2 => Some(Self::Compounding),
            _ => None,
        }
    }

    /// Whether there is an address to pay to.
    #[must_use]
    pub fn have_address(self) -> bool {
        self != Self::Key
    }

    /// The most that counts as stake, since Electra.
    #[must_use]
    pub fn max_effective_balance(self) -> u64 {
        match self {
            Self::Key | Self::Address => MIN_ACTIVATION_BALANCE_GWEI,
            Self::Compounding => MAX_COMPOUNDING_BALANCE_GWEI,
        }
    }
}

/// A validator in the registry, with its balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegistryEntry {
    /// Where its balance goes.
    pub credentials: Credentials,
    /// Gwei that count as stake.
    pub effective_balance: u64,
    /// Gwei it has.
    pub balance: u64,
    /// First epoch of duty.
    pub activation_epoch: u64,
    /// First epoch after its duties, [`FAR_FUTURE_EPOCH`] while it does not leave.
    pub exit_epoch: u64,
    /// First epoch in which its balance can be paid out.
    pub withdrawable_epoch: u64,
}

impl RegistryEntry {
    /// Whether it has duties in `epoch`.
    #[must_use]
    pub fn is_active(&self, epoch: u64) -> bool {
        is_active(self.activation_epoch, self.exit_epoch, epoch)
    }

    /// Whether it has an exit epoch, passed or not.
    #[must_use]
    pub fn has_exit(&self) -> bool {
        self.exit_epoch != FAR_FUTURE_EPOCH
    }
}

/// Validators that are alike in what the total active balance depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cohort {
    /// How many.
    pub validators: u64,
    /// Effective balance of each, in Gwei.
    pub effective_balance: u64,
    /// First epoch of duty.
    pub activation_epoch: u64,
    /// First epoch after their duties.
    pub exit_epoch: u64,
}

impl Cohort {
    /// A validator on its own.
    #[must_use]
    pub fn of(validator: &RegistryEntry) -> Self {
        Self {
            validators: 1,
            effective_balance: validator.effective_balance,
            activation_epoch: validator.activation_epoch,
            exit_epoch: validator.exit_epoch,
        }
    }
}

/// The balances add up to 2^64 Gwei or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the total of the effective balances does not fit 64 bits")]
pub struct TotalOverflow;

/// The stake of the validators that are active in `epoch` (`get_total_active_balance`).
///
/// # Errors
/// When it does not fit 64 bits.
pub fn total_active_balance(
    registry: impl IntoIterator<Item = Cohort>,
    epoch: u64,
) -> Result<u64, TotalOverflow> {
    let active = registry
        .into_iter()
        .filter(|cohort| is_active(cohort.activation_epoch, cohort.exit_epoch, epoch))
        .try_fold(0_u64, |total, cohort| {
            total.checked_add(cohort.validators.checked_mul(cohort.effective_balance)?)
        })
        .ok_or(TotalOverflow)?;
    Ok(active.max(EFFECTIVE_BALANCE_INCREMENT_GWEI))
}

fn is_active(activation_epoch: u64, exit_epoch: u64, epoch: u64) -> bool {
    activation_epoch <= epoch && epoch < exit_epoch
}
