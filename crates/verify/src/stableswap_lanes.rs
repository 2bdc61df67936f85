//! StableSwap pools of a file on lanes, and their error.
//!
//! Of the two coins that trade, the one with the lower index enters as the quote coin with its value (balance times rate),
//! the other as the token with its rate as the redemption rate; coins that do not trade are the pool's other coins. All
//! amounts are in the coins' smallest units. The yardstick is in a finer unit ([`crate::finer_units`]).
//!
//! Fees are not: the contract's whole multiples of 1e-10 are part of the model, and a fee that the lanes round
//! differently is an error of 1e-10 of an output.
//!
//! Pools of five and more coins are not measured: the lanes have no such pool.

use crate::LaneErrors;
use crate::finer_units::{finest, spare_bits};
use pegstress_amm::stableswap::{self, SwapFee, multi};
use pegstress_amm::{PoolSpec, RateSource, Venue, VenueSpec};
use pegstress_exact::U256;
use pegstress_exact::stableswap::{FEE_DENOMINATOR, FeeSchedule, Generation, ONE, Parameters, Pool, Ramp};

/// Bits of the largest balance in the finer unit: products of two and a lopsidedness of 2^30 fit 256 bits.
const FINE_BITS: usize = 112;
/// One in the unit of rates.
const UNIT_RATE: f64 = 1e18;

/// One state of a pool.
pub(crate) struct StableSwapState {
    generation: Generation,
    amplification: u64,
    /// The ramp and the time, where there is one.
    ramp: Option<(Ramp, u64)>,
    fees: FeeSchedule,
    balances: Vec<U256>,
    /// `10^(36 - decimals)` times the coin's value.
    rates: Vec<U256>,
}

impl StableSwapState {
    /// The pool, if the lanes have one of as many coins.
    pub(crate) fn new(
        generation: Generation,
        amplification: u64,
        fees: FeeSchedule,
        balances: Vec<U256>,
        rates: Vec<U256>,
    ) -> Option<Self> {
        let modelled = (2..=2 + multi::MOST_OTHERS).contains(&balances.len());
        let state = Self { generation, amplification, ramp: None, fees, balances, rates };
        (modelled && state.rates.len() == state.balances.len()).then_some(state)
    }

    /// The same at a moment of a ramp.
    pub(crate) fn on_ramp(self, ramp: Ramp, now_secs: u64) -> Self {
        Self { ramp: Some((ramp, now_secs)), ..self }
    }

    /// Output of selling `amount_in` of coin `i` for coin `j`.
    pub(crate) fn measure_swap(
        &self,
        errors: &mut LaneErrors,
        place: &str,
        (i, j): (usize, usize),
        amount_in: U256,
    ) {
        let quote = |pool: &Pool, bits| pool.quote_exact_in(i, j, amount_in.checked_shl(bits)?).ok();
        let Some((expected, unit)) = self.finest(quote) else { return };
        let Some(mut venue) = self.venue(i.min(j), i.max(j)) else { return };
        let (amount, value) = (f64::from(amount_in), self.value(i.min(j)));
        let got = if i < j { venue.buy(&[amount * value])[0] } else { venue.sell(&[amount])[0] / value };
        errors.add("amount out", place.to_owned(), expected * unit, got, unit);
    }

    /// Marginal price of every coin in coin 0, in rate-adjusted units.
    pub(crate) fn measure_prices(&self, errors: &mut LaneErrors, place: &str) {
        for coin in 1..self.balances.len() {
            let Some((expected, _)) = self.finest(|pool, _| pool.marginal_price(coin - 1).ok()) else {
                continue;
            };
            let Some(venue) = self.venue(0, coin) else { continue };
            let got = venue.marginal_price()[0] / self.value(coin);
            let place = format!("{place}.get_p[{}]", coin - 1);
            errors.add("marginal price", place, expected / UNIT_RATE, got, 1.0 / UNIT_RATE);
        }
    }

    /// Fee between two coins at the present balances, where it moves.
    pub(crate) fn measure_fee(&self, errors: &mut LaneErrors, place: &str, (i, j): (usize, usize)) {
        let fee = SwapFee::new(share(self.fees.fee), share(self.fees.offpeg_multiplier));
        if !fee.is_dynamic() {
            return;
        }
        let Some((expected, _)) = self.finest(|pool, _| pool.dynamic_fee(i, j).ok()) else { return };
        let rated = |coin: usize| Some(f64::from(*self.balances.get(coin)?) * self.value(coin));
        let (Some(x), Some(y)) = (rated(i), rated(j)) else { return };
        errors.add("dynamic fee", place.to_owned(), expected / 1e10, fee.between(x, y), 0.0);
    }

    /// A number of the integer pool in the finest unit in which it has one, and that unit.
    fn finest(&self, number: impl Fn(&Pool, usize) -> Option<U256>) -> Option<(f64, f64)> {
        let value = |(rate, balance): (&U256, &U256)| Some(rate.checked_mul(*balance)? / ONE);
        let values: Option<Vec<U256>> = self.rates.iter().zip(&self.balances).map(value).collect();
        let (found, unit) = finest(spare_bits(FINE_BITS, values?), |bits| number(&self.pool(bits)?, bits))?;
        Some((f64::from(found), unit))
    }

    /// The integer pool with balances in 2^-`bits` of the coins' units.
    fn pool(&self, bits: usize) -> Option<Pool> {
        let parameters = Parameters {
            generation: self.generation,
            amplification: self.amplification,
            fees: self.fees,
            rate_multipliers: self.rates.clone(),
            oracle_rates: vec![ONE; self.rates.len()],
        };
        let balances = self.balances.iter().map(|balance| balance.checked_shl(bits));
        let pool = Pool::new(parameters, balances.collect::<Option<_>>()?, ONE).ok()?;
        match self.ramp {
            Some((ramp, now_secs)) => pool.with_ramp(ramp, now_secs).ok(),
            None => Some(pool),
        }
    }

    /// Value of a coin's smallest unit.
    fn value(&self, coin: usize) -> f64 {
        self.rates.get(coin).map_or(0.0, |&rate| f64::from(rate) / UNIT_RATE)
    }

    /// The pool on one lane, traded between two coins: the first as its value, both in their smallest units.
    fn venue(&self, quote: usize, token: usize) -> Option<Venue<1>> {
        let reserve = |coin: usize| self.balances.get(coin).copied().map(f64::from);
        let (reserve_eth, reserve_lrt) = (reserve(quote)? * self.value(quote), reserve(token)?);
        let stored = f64::from(self.pool(0)?.curve().stored_amplification());
        let amplification = stored / self.generation.amplification_precision() as f64;
        let (fee, admin_fee) = (share(self.fees.fee), share(self.fees.admin_share));
        let (offpeg_multiplier, rate) = (share(self.fees.offpeg_multiplier), RateSource::LIVE);
        let coins = (0..self.balances.len()).filter(|&coin| coin != quote && coin != token);
        let others =
            coins.map(|coin| Some(multi::OtherCoin { reserve: reserve(coin)?, rate: self.value(coin) }));
        let others: Vec<_> = others.collect::<Option<_>>()?;
        let pool = if others.is_empty() {
            PoolSpec::StableSwap(stableswap::Spec {
                reserve_eth,
                reserve_lrt,
                amplification,
                fee,
                offpeg_multiplier,
                admin_fee,
                rate,
            })
        } else {
            PoolSpec::MultiStableSwap(multi::Spec {
                reserve_eth,
                reserve_lrt,
                others,
                amplification,
                fee,
                offpeg_multiplier,
                admin_fee,
                rate,
            })
        };
        let spec = VenueSpec { name: String::new(), eth_per_quote: 1.0, pool };
        Some(Venue::new(&spec, &[self.value(token)]))
    }
}

/// Of 1e10, the contract's whole.
fn share(of: U256) -> f64 {
    f64::from(of) / f64::from(FEE_DENOMINATOR)
}
