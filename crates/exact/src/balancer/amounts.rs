//! A short list of amounts without an allocation: a swap needs one copy of the balances.

use std::ops::{Deref, DerefMut};

use ruint::aliases::U256;

use super::Error;

/// Most tokens of any pool type modelled here.
pub(super) const MAX_TOKENS: usize = 8;

/// Up to eight amounts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Amounts {
    values: [U256; MAX_TOKENS],
    len: usize,
}

impl Amounts {
    /// As many zeros.
    ///
    /// # Errors
    /// When there are more than eight.
    pub(super) fn zeros(len: usize) -> Result<Self, Error> {
        if len > MAX_TOKENS {
            return Err(Error::TokensOutOfRange { tokens: len, most: MAX_TOKENS });
        }
        Ok(Self { values: [U256::ZERO; MAX_TOKENS], len })
    }

    /// A copy of a slice.
    ///
    /// # Errors
    /// When it has more than eight entries.
    pub(super) fn copy(slice: &[U256]) -> Result<Self, Error> {
        let mut amounts = Self::zeros(slice.len())?;
        amounts.copy_from_slice(slice);
        Ok(amounts)
    }

    /// One result per entry of a slice.
    ///
    /// # Errors
    /// The first error of `value`, which is given the index and the entry.
    pub(super) fn map(
        slice: &[U256],
        value: impl Fn(usize, U256) -> Result<U256, Error>,
    ) -> Result<Self, Error> {
        let mut amounts = Self::zeros(slice.len())?;
        for (index, (amount, &entry)) in amounts.iter_mut().zip(slice).enumerate() {
            *amount = value(index, entry)?;
        }
        Ok(amounts)
    }
}

impl Deref for Amounts {
    type Target = [U256];

    fn deref(&self) -> &[U256] {
        self.values.split_at(self.len).0
    }
}

impl DerefMut for Amounts {
    fn deref_mut(&mut self) -> &mut [U256] {
        self.values.split_at_mut(self.len).0
    }
}

/// The sum.
pub(super) fn total(amounts: &[U256]) -> Result<U256, Error> {
    amounts.iter().try_fold(U256::ZERO, |sum, &x| Ok(crate::arithmetic::add(sum, x)?))
}

/// Whether `list` has one entry per token.
pub(super) fn check_length(name: &'static str, list: &[U256], tokens: usize) -> Result<(), Error> {
    if list.len() == tokens { Ok(()) } else { Err(Error::WrongLength { name, length: list.len(), tokens }) }
}

/// Whether the token exists.
pub(super) fn check_token(index: usize, tokens: usize) -> Result<(), Error> {
    if index < tokens { Ok(()) } else { Err(Error::UnknownToken { index, tokens }) }
}

/// Whether both tokens exist and differ.
pub(super) fn check_pair(token_in: usize, token_out: usize, tokens: usize) -> Result<(), Error> {
    check_token(token_in, tokens)?;
    check_token(token_out, tokens)?;
    if token_in == token_out { Err(Error::SameToken { index: token_in }) } else { Ok(()) }
}
