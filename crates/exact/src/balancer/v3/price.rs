//! Marginal prices, which the contracts do not have.

use ruint::aliases::U256;

use super::Pool;
use crate::balancer::Error;
use crate::balancer::amounts::check_pair;
use crate::balancer::fixed_point::{complement, div_down, mul_down};

/// The trade at which the hook's fee is read: this fraction of the balance of what comes in.
const FEE_PROBE: U256 = U256::from_limbs([1_000_000, 0, 0, 0]);

impl Pool {
    /// Whole tokens out per whole token in (1e18 = 1) of a very small trade, before the fee; rates included.
    ///
    /// # Errors
    /// When a token does not exist or the balances have no price.
    pub fn marginal_price(&self, token_in: usize, token_out: usize) -> Result<U256, Error> {
        check_pair(token_in, token_out, self.tokens())?;
        let live = self.curve.marginal_price(&self.live, (token_in, token_out))?;
        let value_in = mul_down(live, self.scalings[token_in].rate)?;
        div_down(value_in, self.scalings[token_out].rate)
    }

    /// The same after the fee. A surge fee is read at a trade of a millionth of the incoming token's balance.
    ///
    /// # Errors
    /// When a token does not exist or the balances have no price.
    pub fn marginal_price_after_fee(&self, token_in: usize, token_out: usize) -> Result<U256, Error> {
        let price = self.marginal_price(token_in, token_out)?;
        let fee = match &self.surge {
            None => self.swap_fee,
            Some(_) => self.fee_exact_in(token_in, token_out, self.raw[token_in] / FEE_PROBE)?,
        };
        mul_down(price, complement(fee))
    }
}
