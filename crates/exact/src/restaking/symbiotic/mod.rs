//! Symbiotic: vaults whose stake several networks share, with withdrawals by epoch.
//!
//! ```text
//! withdrawal in epoch n     waits in the bucket of epoch n + 1, claimed from epoch n + 2 on: in (1, 2] epochs
//! slash captured in n, now n:      pro rata of  active | bucket n + 1
//! slash captured in n - 1, now n:  pro rata of  active | bucket n + 1 | bucket n
//! slashable                 = stake at the capture - slashed since the capture
//! ```
//!
//! Stake is not unique: every network may slash up to what was at stake for it, and takes what the others have left.
//!
//! - [`Vault`]: deposits, buckets, claims, and how a slash is shared out;
//! - [`VetoSlasher`], [`SlashableStake`]: when a network may slash, and how much.
//!
//! Source: symbioticfi/core, `src/contracts/vault/Vault.sol` (version 1), `src/contracts/libraries/ERC4626Math.sol`,
//! `src/contracts/slasher/{BaseSlasher,VetoSlasher}.sol`. The second version of the vault has no epochs and is not here.
//!
//! Units: the collateral's smallest unit, seconds. Errors are shown in the contracts' words. Domain: a network's stake
//! (the delegator's answer) is an input; limits, whitelists and hooks are not modelled.

mod error;
mod slasher;
mod vault;

pub use error::SymbioticError;
pub use slasher::{SlashableStake, VetoSlasher};
pub use vault::{Vault, Withdrawn};
