//! Two tokens of a Balancer pool of a file on lanes, and their error.
//!
//! The token with the lower index enters as the quote coin, the other as the token, both in their smallest units;
//! decimals and rates together are the rates by which a stable pool counts them. A weighted pool may have more tokens:
//! those that do not trade do not matter. Stable pools of three and more tokens, swaps with a pool's own token and swaps
//! that fix the output are not measured: the lanes have none.
//!
//! The yardstick is in a finer unit ([`crate::finer_units`]). That does not make the power of weighted pools finer: its
//! base is cut at 1e-18 and it errs by a few of those, which `pegstress_amm::weighted` documents as 1e-16 of the reserve.
//! So much of an output is not counted as error. The 1e-14 by which the contract rounds powers are part of the model.

use crate::LaneErrors;
use crate::finer_units::{finest, spare_bits};
use pegstress_amm::balancer_stable::{self, Surge};
use pegstress_amm::{PoolSpec, RateSource, Venue, VenueSpec, weighted};
use pegstress_exact::U256;
use pegstress_exact::balancer::{v2, v3};

/// Bits of a balance in the finer unit: version 2 keeps no more.
const FINE_BITS: usize = 112;
/// One in the unit of rates, fees and prices.
const ONE: f64 = 1e18;
/// What the contract's power errs, over the reserve of what goes out.
const POWER_NOISE: f64 = 1e-16;

/// The curve.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    /// Stable, with the hook if there is one.
    Stable { amplification_milli: u64, surge: Option<v3::Surge> },
    /// Weights of the quote coin and of the token.
    Weighted { weights: [U256; 2] },
}

/// One token's part of the state.
#[derive(Clone, Copy)]
pub(crate) struct Token {
    pub(crate) balance: U256,
    /// `10^(18 - decimals)`.
    pub(crate) factor: U256,
    pub(crate) rate: U256,
}

/// The quote coin and the token of a pool, with their indices.
pub(crate) struct TwoTokens {
    pub(crate) shape: Shape,
    pub(crate) swap_fee: U256,
    pub(crate) tokens: [Token; 2],
    pub(crate) indices: [usize; 2],
}

/// The integer pool of either version.
pub(crate) trait Integers {
    fn amount_out(&self, token_in: usize, token_out: usize, amount_in: U256) -> Option<U256>;
    fn price(&self, token_in: usize, token_out: usize) -> Option<U256>;
}

impl Integers for v2::Pool {
    fn amount_out(&self, token_in: usize, token_out: usize, amount_in: U256) -> Option<U256> {
        self.quote_exact_in(token_in, token_out, amount_in).ok()
    }

    fn price(&self, token_in: usize, token_out: usize) -> Option<U256> {
        self.marginal_price(token_in, token_out).ok()
    }
}

impl Integers for v3::Pool {
    fn amount_out(&self, token_in: usize, token_out: usize, amount_in: U256) -> Option<U256> {
        self.quote_exact_in(token_in, token_out, amount_in).ok()
    }

    fn price(&self, token_in: usize, token_out: usize) -> Option<U256> {
        self.marginal_price(token_in, token_out).ok()
    }
}

impl TwoTokens {
    /// Output of selling `amount_in` of the token, or of the quote coin if `buys`; `pool` is the integer pool with balances
    /// in 2^-bits of the tokens' units.
    pub(crate) fn measure_swap<P: Integers>(
        &self,
        errors: &mut LaneErrors,
        place: String,
        (buys, amount_in): (bool, U256),
        pool: impl Fn(usize) -> Option<P>,
    ) {
        let [quote, token] = self.indices;
        let (i, j) = if buys { (quote, token) } else { (token, quote) };
        let amount_out = |bits| pool(bits)?.amount_out(i, j, amount_in.checked_shl(bits)?);
        let Some((expected, unit)) = finest(self.spare_bits(), amount_out) else { return };
        let (venue, amount) = (self.venue(), [f64::from(amount_in)]);
        let got = if buys { venue.quote_buy(&amount) } else { venue.quote_sell(&amount) };
        let [reserve_quote, reserve_token] = self.tokens.map(|token| f64::from(token.balance));
        let noise = match self.shape {
            Shape::Stable { .. } => 0.0,
            Shape::Weighted { .. } => POWER_NOISE * if buys { reserve_token } else { reserve_quote },
        };
        errors.add("amount out", place, f64::from(expected) * unit, got[0], unit + noise);
    }

    /// Marginal price of the token, whole tokens. The integers' has eighteen decimals before it is divided by a rate.
    pub(crate) fn measure_price<P: Integers>(
        &self,
        errors: &mut LaneErrors,
        place: String,
        pool: impl Fn(usize) -> Option<P>,
    ) {
        let [quote, token] = self.indices;
        let price = |bits| pool(bits)?.price(token, quote);
        let Some((expected, _)) = finest(self.spare_bits(), price) else { return };
        let [quote, token] = self.tokens;
        let got = self.venue().marginal_price()[0] * f64::from(quote.factor) / f64::from(token.factor);
        let [rate_quote, rate_token] = [quote.rate, token.rate].map(|rate| f64::from(rate) / ONE);
        let cut = (1.0 + (1.0 + rate_token) / rate_quote) / ONE;
        errors.add("marginal price", place, f64::from(expected) / ONE, got, cut);
    }

    fn spare_bits(&self) -> usize {
        spare_bits(FINE_BITS, self.tokens.map(|token| token.balance))
    }

    /// The pool on one lane.
    fn venue(&self) -> Venue<1> {
        let [reserve_eth, reserve_lrt] = self.tokens.map(|token| f64::from(token.balance));
        let [quote_rate, rate] =
            self.tokens.map(|token| f64::from(token.factor) * (f64::from(token.rate) / ONE));
        let fee = f64::from(self.swap_fee) / ONE;
        let pool = match self.shape {
            Shape::Stable { amplification_milli, surge } => PoolSpec::BalancerStable(balancer_stable::Spec {
                // Swaps do not depend on it.
                version: balancer_stable::Version::Three,
                reserve_eth,
                reserve_lrt,
                amplification: amplification_milli as f64 / 1000.0,
                fee,
                protocol_fee: 0.0,
                surge: surge.map(|surge| Surge {
                    threshold: f64::from(surge.threshold) / ONE,
                    max_fee: f64::from(surge.max_fee) / ONE,
                }),
                rate: RateSource::LIVE,
                quote_rate,
            }),
            Shape::Weighted { weights } => {
                let [weight_eth, weight_lrt] = weights.map(|weight| f64::from(weight) / ONE);
                let protocol_fee = 0.0;
                PoolSpec::Weighted(weighted::Spec {
                    reserve_eth,
                    reserve_lrt,
                    weight_eth,
                    weight_lrt,
                    fee,
                    protocol_fee,
                })
            }
        };
        Venue::new(&VenueSpec { name: String::new(), eth_per_quote: 1.0, pool }, &[rate])
    }
}
