//! Two-coin StableSwap pools of a file on lanes, and their error.
//!
//! The contract's own numbers are rounded to the coin's unit and its `D` by a unit or two, which in a lopsided pool
//! is far more than the error of the lanes. So the yardstick is the integer pool with the file's balances in a finer
//! unit: each is multiplied by a power of two that fills the words as far as the contract's products allow. What is
//! left is the error of the lanes, rounding the state to f64 included.
//!
//! Coin 0 enters as its value (balance times rate), coin 1 with its rate as the redemption rate. A pool with a dynamic
//! fee or with more coins is not measured: the lanes have no such pool.

use crate::LaneErrors;
use pegstress_amm::{PoolSpec, RateSource, Venue, VenueSpec, stableswap};
use pegstress_exact::U256;
use pegstress_exact::stableswap::{FEE_DENOMINATOR, FeeSchedule, Generation, ONE, Parameters, Pool};

/// Bits of the larger balance in the finer unit: products of two and a lopsidedness of 2^30 fit 256 bits.
const FINE_BITS: usize = 112;
/// One in the unit of rates.
const UNIT_RATE: f64 = 1e18;

/// One state of a pool.
pub(crate) struct TwoCoins {
    generation: Generation,
    amplification: u64,
    fees: FeeSchedule,
    balances: [U256; 2],
    /// `10^(36 - decimals)` times the coin's value.
    rates: [U256; 2],
}

impl TwoCoins {
    /// The pool, if it has two coins and a static fee.
    pub(crate) fn new(
        generation: Generation,
        amplification: u64,
        fees: FeeSchedule,
        balances: &[U256],
        rates: &[U256],
    ) -> Option<Self> {
        let static_fee = fees.offpeg_multiplier <= FEE_DENOMINATOR;
        let (balances, rates) = (balances.try_into().ok()?, rates.try_into().ok()?);
        static_fee.then_some(Self { generation, amplification, fees, balances, rates })
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
        let amount = f64::from(amount_in);
        let mut venue = self.venue();
        let [value, _] = self.rates.map(|rate| f64::from(rate) / UNIT_RATE);
        let got = match (i, j) {
            (0, 1) => venue.buy(&[amount * value])[0],
            (1, 0) => venue.sell(&[amount])[0] / value,
            _ => return,
        };
        errors.add("amount out", place.to_owned(), expected * unit, got, unit);
    }

    /// Marginal price of coin 1 in coin 0, in rate-adjusted units.
    pub(crate) fn measure_price(&self, errors: &mut LaneErrors, place: &str) {
        let Some((expected, _)) = self.finest(|pool, _| pool.marginal_price(0).ok()) else { return };
        let rate = f64::from(self.rates[1]) / UNIT_RATE;
        let got = self.venue().marginal_price()[0] / rate;
        errors.add("marginal price", place.to_owned(), expected / UNIT_RATE, got, 1.0 / UNIT_RATE);
    }

    /// A number of the integer pool in the finest unit in which it has one, and that unit; none where the contract
    /// itself reverts.
    fn finest(&self, number: impl Fn(&Pool, usize) -> Option<U256>) -> Option<(f64, f64)> {
        let value = |k: usize| Some((self.rates[k].checked_mul(self.balances[k])? / ONE).bit_len());
        let fine = FINE_BITS.saturating_sub(value(0)?.max(value(1)?));
        [fine, 0].into_iter().find_map(|bits| {
            let found = number(&self.pool(bits)?, bits)?;
            Some((f64::from(found), 0.5_f64.powi(bits as i32)))
        })
    }

    /// The integer pool with balances in 2^-`bits` of the coins' units.
    fn pool(&self, bits: usize) -> Option<Pool> {
        let parameters = Parameters {
            generation: self.generation,
            amplification: self.amplification,
            fees: self.fees,
            rate_multipliers: self.rates.to_vec(),
            oracle_rates: vec![ONE; 2],
        };
        let balances = self.balances.iter().map(|balance| balance.checked_shl(bits));
        Pool::new(parameters, balances.collect::<Option<_>>()?, ONE).ok()
    }

    /// The pool on one lane: coin 0 as its value, both in their smallest units.
    fn venue(&self) -> Venue<1> {
        let [value, rate] = self.rates.map(|rate| f64::from(rate) / UNIT_RATE);
        let [coin_0, coin_1] = self.balances.map(f64::from);
        let share = |of: U256| f64::from(of) / f64::from(FEE_DENOMINATOR);
        let pool = PoolSpec::StableSwap(stableswap::Spec {
            reserve_eth: coin_0 * value,
            reserve_lrt: coin_1,
            amplification: self.amplification as f64,
            fee: share(self.fees.fee),
            offpeg_multiplier: share(self.fees.offpeg_multiplier),
            admin_fee: share(self.fees.admin_share),
            rate: RateSource::LIVE,
        });
        let spec = VenueSpec { name: String::new(), eth_per_quote: 1.0, pool };
        Venue::new(&spec, &[rate])
    }
}
