//! What a withdrawal request costs (EIP-7002): a fee that grows by `e` for every 17 requests above two per block.
//!
//! ```text
//! term(0) = 17,  term(i) = floor(term(i - 1) excess / (17 i))
//! fee = floor(sum of the terms until one is 0 / 17) wei, about e^(excess / 17)
//! excess after a block = max(0, excess + requests - 2)
//! ```
//!
//! Source: ethereum/EIPs at f767a1e8, `EIPS/eip-7002.md` (`fake_exponential`, `update_excess_withdrawal_requests`).
//!
//! Units: wei and requests. Domain: every excess whose terms fit 256 bits, that is up to 2892; beyond, an error.

use crate::U256;
use crate::arithmetic::{ArithmeticError, add, div_down, mul, mul_div_down};

/// Requests that a block takes out of the queue at most.
pub const MAX_REQUESTS_PER_BLOCK: u64 = 16;

const TARGET_REQUESTS_PER_BLOCK: u64 = 2;
const MIN_FEE_WEI: u64 = 1;
const FEE_UPDATE_FRACTION: u64 = 17;

/// Fee of one request, in wei.
///
/// # Errors
/// When a term does not fit 256 bits.
pub fn withdrawal_request_fee(excess: u64) -> Result<U256, ArithmeticError> {
    let excess = U256::from(excess);
    let fraction = U256::from(FEE_UPDATE_FRACTION);
    let mut term = mul(U256::from(MIN_FEE_WEI), fraction)?;
    let mut sum = U256::ZERO;
    let mut divisor = fraction;
    while !term.is_zero() {
        sum = add(sum, term)?;
        term = mul_div_down(term, excess, divisor)?;
        divisor = add(divisor, fraction)?;
    }
    div_down(sum, fraction)
}

/// The excess after a block in which this many requests were made; saturates at 64 bits.
#[must_use]
pub fn excess_after_block(excess: u64, requests: u64) -> u64 {
    excess.saturating_add(requests).saturating_sub(TARGET_REQUESTS_PER_BLOCK)
}
