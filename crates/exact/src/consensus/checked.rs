//! Integers of 64 bits that fail where the spec's do.

use super::validator::ValidatorError;

type Checked = Result<u64, ValidatorError>;

pub(super) fn add(a: u64, b: u64) -> Checked {
    a.checked_add(b).ok_or(ValidatorError::Overflow)
}

pub(super) fn mul(a: u64, b: u64) -> Checked {
    a.checked_mul(b).ok_or(ValidatorError::Overflow)
}

/// Every divisor here that can be zero is the total active balance or made of it.
pub(super) fn div_by_stake(a: u64, stake: u64) -> Checked {
    a.checked_div(stake).ok_or(ValidatorError::NoStake)
}
