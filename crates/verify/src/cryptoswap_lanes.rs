//! Two-coin cryptoswap pools of a file on lanes, and their error.
//!
//! Coin 0 enters as the quote coin, coin 1 as the token, both with eighteen decimals. The yardstick is in a finer unit
//! ([`crate::finer_units`]), the invariant computed anew in it; the contract's limits on balances leave some 30 bits. That
//! does not make `K0` finer, which the contract cuts at 1e-18: its curve is up to 1e-16 of `D` off, as
//! `pegstress_amm::cryptoswap` documents. So much of an output is not counted as error. Prices and profits have
//! eighteen decimals.
//!
//! A sequence is followed on lanes from state to state while the operations are exchanges. After another one, a deposit
//! or a claim, which the lanes do not have, they start again from the integers' state. From the start of a ramp on, nothing is
//! measured: the lanes' curve is fixed.

use crate::LaneErrors;
use crate::finer_units::{finest, spare_bits, unit};
use pegstress_amm::cryptoswap::{Curve, FeeSchedule, Peg, Repegging, Spec};
use pegstress_amm::{Coin, Cryptoswap, Pool as _};
use pegstress_exact::U256;
use pegstress_exact::cryptoswap::{Edition, FEE_DENOMINATOR, ONE, Parameters, Pool, State};

/// Bits of a scaled balance in the finer unit: the contract's limit is 1e33.
const FINE_BITS: usize = 109;
/// What the contract's curve is off, over the invariant.
const CURVE_NOISE: f64 = 1e-16;
/// The unit of prices and profits.
const LEAST_PRICE: f64 = 1e-18;

/// A pool in integers and on lanes.
pub(crate) struct Twins {
    /// In 2^-`bits` of the coins' units.
    integers: Pool,
    bits: usize,
    lanes: Cryptoswap<1>,
    /// Since the lanes' average price was aged.
    elapsed_secs: f64,
}

impl Twins {
    /// The pool twice; none where the integers have no invariant.
    pub(crate) fn new(pool: &Pool) -> Option<Self> {
        let most_bits = spare_bits(FINE_BITS, pool.scaled_balances().ok()?);
        let ((integers, bits), _) = finest(most_bits, |bits| Some((finer(pool, bits)?, bits)))?;
        let state = integers.state();
        let elapsed_secs = state.now_secs.saturating_sub(state.average_at_secs) as f64;
        Some(Self { integers, bits, lanes: Cryptoswap::new(&spec(&integers, bits)), elapsed_secs })
    }

    /// Marginal price of coin 1 in coin 0.
    pub(crate) fn measure_price(&self, errors: &mut LaneErrors, place: &str) {
        let Ok(price) = self.integers.marginal_price() else { return };
        errors.add(
            "marginal price",
            place.to_owned(),
            one(price),
            self.lanes.marginal_price()[0],
            LEAST_PRICE,
        );
    }

    /// Output of selling `amount_in` of coin `i`.
    pub(crate) fn measure_quote(&self, errors: &mut LaneErrors, place: &str, i: usize, amount_in: U256) {
        let (Some(fine), Some(amount)) = (amount_in.checked_shl(self.bits), self.amount(i, amount_in)) else {
            return;
        };
        let Ok(expected) = self.integers.quote_exact_in(i, 1 - i, fine) else { return };
        let got = if i == 0 { self.lanes.quote_buy(&[amount]) } else { self.lanes.quote_sell(&[amount]) };
        self.add_output(errors, place, i, expected, got[0]);
    }

    /// Lets time pass.
    pub(crate) fn advance(&mut self, secs: u64) {
        self.integers.advance(secs);
        self.elapsed_secs += secs as f64;
    }

    /// Sells `amount_in` of coin `i`; output and state after it. False where the integers refuse it in the finer unit.
    pub(crate) fn measure_exchange(
        &mut self,
        errors: &mut LaneErrors,
        place: &str,
        i: usize,
        amount_in: U256,
    ) -> bool {
        let (Some(fine), Some(amount)) = (amount_in.checked_shl(self.bits), self.amount(i, amount_in)) else {
            return false;
        };
        let Ok(expected) = self.integers.exchange(i, 1 - i, fine) else { return false };
        self.lanes.advance(self.elapsed_secs);
        self.elapsed_secs = 0.0;
        let (quote_in, token_in) = if i == 0 { (amount, 0.0) } else { (0.0, amount) };
        let paid = self.lanes.trade(&[token_in], &[quote_in]).paid;
        self.add_output(errors, place, i, expected, if i == 0 { paid.lrt[0] } else { paid.eth[0] });
        let (state, lanes) = (self.integers.state(), &self.lanes);
        let invariant = f64::from(state.invariant) * unit(self.bits);
        for (quantity, expected, got, step) in [
            ("price scale", one(state.price_scale), lanes.price_scale(), LEAST_PRICE),
            ("virtual price", one(state.virtual_price), lanes.virtual_price(), LEAST_PRICE),
            ("invariant", invariant, lanes.invariant(), unit(self.bits)),
        ] {
            errors.add(quantity, place.to_owned(), expected, got[0], step);
        }
        true
    }

    /// What is sold of coin `i`, with eighteen decimals.
    fn amount(&self, i: usize, amount_in: U256) -> Option<f64> {
        let precision = self.integers.parameters().precisions.get(i)?;
        Some(f64::from(amount_in) * f64::from(*precision))
    }

    /// An output for coin `i`, `expected` in the finer unit.
    fn add_output(&self, errors: &mut LaneErrors, place: &str, i: usize, expected: U256, got: f64) {
        let (state, [first, second]) = (self.integers.state(), self.integers.parameters().precisions);
        let invariant = f64::from(state.invariant) * unit(self.bits);
        let (precision, per_coin_0) =
            if i == 0 { (second, 1.0 / one(state.price_scale)) } else { (first, 1.0) };
        let step = f64::from(precision) * unit(self.bits);
        let noise = CURVE_NOISE * invariant * per_coin_0;
        errors.add("amount out", place.to_owned(), f64::from(expected) * step, got, step + noise);
    }
}

/// The pool with amounts in 2^-`bits` of their units, and the invariant that it has then.
fn finer(pool: &Pool, bits: usize) -> Option<Pool> {
    let state = pool.state();
    let [first, second] = state.balances;
    let state = State {
        balances: [first.checked_shl(bits)?, second.checked_shl(bits)?],
        total_supply: state.total_supply.checked_shl(bits)?,
        ..*state
    };
    let invariant = Pool::at(*pool.parameters(), state).ok()?.invariant().ok()?;
    Pool::at(*pool.parameters(), State { invariant, ..state }).ok()
}

/// The same pool for the lanes, with eighteen decimals.
fn spec(integers: &Pool, bits: usize) -> Spec {
    let (parameters, state) = (integers.parameters(), integers.state());
    let units = parameters.precisions.map(|precision| f64::from(precision) * unit(bits));
    let [reserve_eth, reserve_lrt] = [0, 1].map(|coin| f64::from(state.balances[coin]) * units[coin]);
    let Parameters { edition, curve, fees, repegging, admin_fee, .. } = parameters;
    let share = |fee: U256| f64::from(fee) / f64::from(FEE_DENOMINATOR);
    Spec {
        reserve_eth,
        reserve_lrt,
        unit_eth: units[0],
        unit_lrt: units[1],
        coin_0: Coin::Eth,
        curve: Curve { amplification: f64::from(curve.amplification()) / 1e4, gamma: one(curve.gamma()) },
        fees: FeeSchedule {
            mid_fee: share(fees.mid_fee),
            out_fee: share(fees.out_fee),
            fee_gamma: one(fees.fee_gamma),
        },
        repegging: Repegging {
            allowed_extra_profit: one(repegging.allowed_extra_profit),
            adjustment_step: one(repegging.adjustment_step),
            steps: match edition {
                Edition::Factory => 5.0,
                Edition::StandAlone => 10.0,
            },
            half_life_secs: repegging.half_life_secs as f64,
            admin_fee: share(*admin_fee),
        },
        peg: peg(state),
    }
}

fn peg(state: &State) -> Peg {
    Peg {
        price_scale: one(state.price_scale),
        average_price: one(state.average_price),
        last_price: one(state.last_price),
        virtual_price: one(state.virtual_price),
        profit: one(state.profit),
        profit_at_claim: one(state.profit_at_claim),
        adjusting: state.adjusting,
    }
}

/// From 1e18 = 1.
fn one(number: U256) -> f64 {
    f64::from(number) / f64::from(ONE)
}
