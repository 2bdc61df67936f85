//! Cryptoswap lanes against the integers of the contract.
//!
//! The integer pool counts in 2^-80 of a token, so that amounts are represented exactly; prices and profits keep the
//! contract's eighteen decimals.

#![allow(clippy::print_stdout, reason = "the measured error is a figure to quote")]

mod common;

use common::{Random, relative};
use pegstress_amm::cryptoswap::{Curve, FeeSchedule, Peg, Repegging, Spec};
use pegstress_amm::{Coin, Cryptoswap, Pool};
use pegstress_exact::U256;
use pegstress_exact::cryptoswap as exact;

const STATES: usize = 100_000;
const UNIT_BITS: i32 = 80;
const ONE: u64 = 1_000_000_000_000_000_000;

fn to_units(tokens: f64) -> U256 {
    let bits = tokens.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i32 - 1075 + UNIT_BITS;
    let mantissa = U256::from((bits & ((1 << 52) - 1)) | (1 << 52));
    if exponent >= 0 { mantissa << exponent as usize } else { mantissa >> (-exponent) as usize }
}

fn to_tokens(units: U256) -> f64 {
    f64::from(units) / 2_f64.powi(UNIT_BITS)
}

/// A number with eighteen decimals, as the contract holds it, and as the float next to it.
fn decimal(x: f64) -> (U256, f64) {
    let units = (x * 1e18) as u64;
    (U256::from(units), units as f64 / 1e18)
}

fn ratio(x: U256) -> f64 {
    f64::from(x) / 1e18
}

/// The same pool twice.
struct Pair {
    lanes: Cryptoswap<1>,
    exact: exact::Pool,
    spec: Spec,
}

/// What the pools of a test are drawn from.
struct Ranges {
    amplification: (f64, f64),
    gamma: (f64, f64),
    fee_gamma: (f64, f64),
    imbalance: (f64, f64),
}

const USUAL: Ranges = Ranges {
    amplification: (40.0, 20_000.0),
    gamma: (1e-5, 2e-2),
    fee_gamma: (1e-4, 1e-2),
    imbalance: (1.0, 99.0),
};

fn pair(random: &mut Random, ranges: &Ranges, admin_fee: u64) -> Pair {
    let mut draw = |(from, to): (f64, f64)| random.log_uniform(from, to);
    let amplification = (draw(ranges.amplification) * 1e4) as u64;
    let (gamma, gamma_float) = decimal(draw(ranges.gamma));
    let (fee_gamma, fee_gamma_float) = decimal(draw(ranges.fee_gamma));
    let imbalance = draw(ranges.imbalance);
    let x = draw((1e3, 1e6));
    // A multiple of 1/1024 is exact in both.
    let price = (draw((0.05, 20.0)) * 1024.0).ceil() / 1024.0;
    let mid_fee = draw((1e5, 1e8)) as u64;
    let out_fee = (mid_fee as f64 * draw((1.0, 30.0))) as u64;
    let (step, step_float) = decimal(draw((1e-5, 1e-2)));
    let (allowed, allowed_float) = decimal(draw((1e-8, 1e-4)));
    let half_life_secs = draw((60.0, 7200.0)) as u64;
    let edition = if random.bits() & 1 == 0 { exact::Edition::Factory } else { exact::Edition::StandAlone };
    let coin_0 = if random.bits() & 1 == 0 { Coin::Eth } else { Coin::Lrt };
    let (x, y) = if random.bits() & 1 == 0 { (x, x / imbalance) } else { (x / imbalance, x) };
    let y = y / price;
    let curve = exact::Curve::new(U256::from(amplification), gamma).expect("in range");
    let price_units = U256::from(ONE / 1024) * U256::from((price * 1024.0) as u64);
    let parameters = exact::Parameters {
        edition,
        curve,
        fees: exact::FeeSchedule { mid_fee: U256::from(mid_fee), out_fee: U256::from(out_fee), fee_gamma },
        repegging: exact::Repegging { allowed_extra_profit: allowed, adjustment_step: step, half_life_secs },
        admin_fee: U256::from(admin_fee),
        precisions: [U256::from(1); 2],
    };
    let mut exact = exact::Pool::deploy(parameters, price_units).expect("in range");
    exact.add_liquidity([to_units(x), to_units(y)]).expect("in the contract's domain");
    let spec = Spec {
        reserve_eth: if coin_0 == Coin::Eth { x } else { y },
        reserve_lrt: if coin_0 == Coin::Eth { y } else { x },
        unit_eth: 2_f64.powi(-UNIT_BITS),
        unit_lrt: 2_f64.powi(-UNIT_BITS),
        coin_0,
        curve: Curve { amplification: amplification as f64 / 1e4, gamma: gamma_float },
        fees: FeeSchedule {
            mid_fee: mid_fee as f64 / 1e10,
            out_fee: out_fee as f64 / 1e10,
            fee_gamma: fee_gamma_float,
        },
        repegging: Repegging {
            allowed_extra_profit: allowed_float,
            adjustment_step: step_float,
            steps: if edition == exact::Edition::Factory { 5.0 } else { 10.0 },
            half_life_secs: half_life_secs as f64,
            admin_fee: admin_fee as f64 / 1e10,
        },
        peg: Peg::fresh(price),
    };
    Pair { lanes: Cryptoswap::new(&spec), exact, spec }
}

/// A pool whose coin 0 has six decimals, counted in the contracts' own units.
fn pair_with_decimals(random: &mut Random) -> Pair {
    let Pair { exact, mut spec, .. } = pair(random, &USUAL, 0);
    let mut parameters = *exact.parameters();
    parameters.precisions = [U256::from(10_u64.pow(12)), U256::from(1)];
    let mut exact = exact::Pool::deploy(parameters, exact.state().price_scale).expect("in range");
    // Whole coins are exact in both.
    let x = random.log_uniform(1e3, 1e6).ceil();
    let y = (x / spec.peg.price_scale * random.log_uniform(0.5, 2.0)).ceil();
    let units = [U256::from(x as u64) * U256::from(10_u64.pow(6)), U256::from(y as u64) * U256::from(ONE)];
    exact.add_liquidity(units).expect("in the contract's domain");
    spec =
        Spec { reserve_eth: x, reserve_lrt: y, unit_eth: 1e-6, unit_lrt: 1e-18, coin_0: Coin::Eth, ..spec };
    Pair { lanes: Cryptoswap::new(&spec), exact, spec }
}

impl Pair {
    fn index(&self, coin: Coin) -> usize {
        usize::from(coin != self.spec.coin_0)
    }

    fn held(&self, coin: Coin) -> f64 {
        match coin {
            Coin::Eth => self.lanes.reserves().eth[0],
            Coin::Lrt => self.lanes.reserves().lrt[0],
        }
    }

    fn quote(&self, sold: Coin, amount: f64) -> (f64, Result<f64, exact::Error>) {
        let i = self.index(sold);
        let expected = self.exact.quote_exact_in(i, 1 - i, to_units(amount)).map(to_tokens);
        let lanes = match sold {
            Coin::Lrt => self.lanes.quote_sell(&[amount])[0],
            Coin::Eth => self.lanes.quote_buy(&[amount])[0],
        };
        (lanes, expected)
    }

    fn exchange(&mut self, sold: Coin, amount: f64) -> Result<(f64, f64), exact::Error> {
        let i = self.index(sold);
        let expected = to_tokens(self.exact.exchange(i, 1 - i, to_units(amount))?);
        let lanes = match sold {
            Coin::Lrt => self.lanes.trade(&[amount], &[0.0]).paid.eth[0],
            Coin::Eth => self.lanes.trade(&[0.0], &[amount]).paid.lrt[0],
        };
        Ok((lanes, expected))
    }
}

/// Largest of the errors seen, and where.
#[derive(Default)]
struct Worst(f64, String);

impl Worst {
    fn see(&mut self, error: f64, place: impl Fn() -> String) {
        if error > self.0 || error.is_nan() {
            *self = Self(error, place());
        }
    }
}

/// Below this part of a reserve the contract's rounding, 1e-16 of the invariant (`cryptoswap_curve.rs`), is more than
/// 1e-11 of an output; with reserves of 99:1 the output is the smaller by as much.
const COARSEST: f64 = 1e-5;

#[test]
fn outputs_and_prices_are_the_contracts_up_to_its_rounding() {
    let mut random = Random(21);
    let [mut beyond, mut coarse, mut fine, mut prices] = std::array::from_fn(|_| Worst::default());
    for _ in 0..STATES {
        let pair = pair(&mut random, &USUAL, 0);
        let share = random.log_uniform(1e-8, 0.5);
        let sold = if random.bits() & 1 == 0 { Coin::Lrt } else { Coin::Eth };
        let (actual, expected) = pair.quote(sold, share * pair.held(sold));
        let expected = expected.expect("a legal swap");
        let place = || format!("{share:e} of {sold:?}: {:?}", pair.spec);
        let in_coin_0 = if pair.index(sold) == 1 { 1.0 } else { pair.lanes.price_scale()[0] };
        let rounding = 1e-16 * pair.lanes.invariant()[0] / in_coin_0;
        beyond.see(((actual - expected).abs() - rounding) / expected, place);
        let worst = if share < COARSEST { &mut coarse } else { &mut fine };
        worst.see(relative(actual, expected), place);

        let price = ratio(pair.exact.marginal_price().expect("a price"));
        let lanes = pair.lanes.marginal_price()[0];
        prices.see(relative(if pair.spec.coin_0 == Coin::Eth { lanes } else { 1.0 / lanes }, price), place);
    }
    println!("output: {:e} ({}), below {COARSEST:e} of the reserve {:e}", fine.0, fine.1, coarse.0);
    println!("beyond 1e-16 of the invariant: {:e}; marginal price: {:e}", beyond.0, prices.0);
    // A dozen roundings of floats; the fee is the contract's to the last unit.
    assert!(beyond.0 < 4e-15, "{:e}: {}", beyond.0, beyond.1);
    assert!(fine.0 < 1e-11, "{:e}: {}", fine.0, fine.1);
    assert!(prices.0 < 4e-15, "{:e}: {}", prices.0, prices.1);
}

#[test]
fn trades_with_time_between_them_move_the_price_scale_as_the_contract_does() {
    let mut random = Random(22);
    let ranges = Ranges { imbalance: (1.0, 10.0), ..USUAL };
    let names = ["output", "price scale", "virtual price", "profit", "average", "last price", "invariant"];
    let mut worst: [Worst; 7] = std::array::from_fn(|_| Worst::default());
    let (mut trades, mut moves, mut claims) = (0, 0, 0);
    for _ in 0..8_000 {
        let mut pair = pair(&mut random, &ranges, 5_000_000_000);
        for round in 0..25 {
            let elapsed = random.log_uniform(1.0, 5_000.0) as u64;
            pair.exact.advance(elapsed);
            pair.lanes.advance(elapsed as f64);
            let share = random.log_uniform(1e-4, 0.2);
            let sold = if random.bits() & 1 == 0 { Coin::Lrt } else { Coin::Eth };
            let before = *pair.exact.state();
            // Where the contract refuses, a pool pushed beyond 1 : 100 of the invariant, the sequence ends.
            let Ok((actual, expected)) = pair.exchange(sold, share * pair.held(sold)) else { break };
            let state = pair.exact.state();
            trades += 1;
            moves += u32::from(state.price_scale != before.price_scale);
            claims += u32::from(state.total_supply != before.total_supply);
            let lanes = &pair.lanes;
            let pairs = [
                (actual, expected),
                (lanes.price_scale()[0], ratio(state.price_scale)),
                (lanes.virtual_price()[0], ratio(state.virtual_price)),
                (lanes.profit()[0], ratio(state.profit)),
                (lanes.average_price()[0], ratio(state.average_price)),
                (lanes.last_price()[0], ratio(state.last_price)),
                (lanes.invariant()[0], to_tokens(state.invariant)),
            ];
            for (worst, (actual, expected)) in worst.iter_mut().zip(pairs) {
                worst.see(relative(actual, expected), || format!("round {round}: {:?}", pair.spec));
            }
            assert!(!lanes.faults()[0], "round {round}: {:?}", pair.spec);
        }
    }
    println!("{trades} trades, {moves} moves of the scale, {claims} claims");
    for (name, worst) in names.iter().zip(&worst) {
        println!("{name}: {:e}", worst.0);
        // 25 operations of a dozen roundings each, at outputs of 1e-4 of the reserve and imbalance up to 100.
        assert!(worst.0 < 1e-12, "{name} {:e}: {}", worst.0, worst.1);
    }
    assert!(trades > 150_000 && moves > 10_000 && claims > 1_000, "{trades} {moves} {claims}");
}

/// With six decimals 0.1 coins are 1e5 units, from which on a trade tells a price.
#[test]
fn a_trade_too_small_to_tell_a_price_has_it_probed() {
    let mut random = Random(23);
    for _ in 0..2_000 {
        let mut pair = pair_with_decimals(&mut random);
        let millionths = 1 + random.bits() % 200_000;
        pair.exact.exchange(0, 1, U256::from(millionths)).expect("a legal swap");
        pair.lanes.trade(&[0.0], &[millionths as f64 / 1e6]);
        let expected = ratio(pair.exact.state().last_price);
        // A millionth of the reserve, known to some 1e-16 of the invariant; an output known to a unit of 1e-18.
        assert!(relative(pair.lanes.last_price()[0], expected) < 1e-9, "{millionths}: {:?}", pair.spec);
    }
}
