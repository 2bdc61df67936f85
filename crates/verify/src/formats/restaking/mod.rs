//! Files of restaking protocols.

mod eigenlayer_core;
mod eigenlayer_slashing_lib;

use super::Format;

pub(super) const FORMATS: &[Format] = &[eigenlayer_core::FORMAT, eigenlayer_slashing_lib::FORMAT];
