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
    coin_0: Coin,
    about: String,
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

fn pair(random: &mut Random, ranges: &Ranges, admin_fee: u64) -> Option<Pair> {
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
    exact.add_liquidity([to_units(x), to_units(y)]).ok()?;
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
    let about = format!("{spec:?}");
    Some(Pair { lanes: Cryptoswap::new(&spec), exact, coin_0, about })
}

impl Pair {
    fn index(&self, coin: Coin) -> usize {
        usize::from(coin != self.coin_0)
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

#[test]
fn outputs_are_the_contracts() {
    let mut random = Random(21);
    let mut refused = 0;
    let mut worst = [(0.0, String::new()), (0.0, String::new()), (0.0, String::new()), (0.0, String::new())];
    let mut price_worst = (0.0, String::new());
    let mut fee_off = 0;
    for _ in 0..STATES {
        let Some(pair) = pair(&mut random, &USUAL, 0) else {
            refused += 1;
            continue;
        };
        let share = random.log_uniform(1e-8, 0.5);
        let sold = if random.bits() & 1 == 0 { Coin::Lrt } else { Coin::Eth };
        let amount = share * pair.held(sold);
        let (actual, Ok(expected)) = pair.quote(sold, amount) else {
            refused += 1;
            continue;
        };
        let error = relative(actual, expected);
        let k = ((share.log10() + 8.0) / 2.0) as usize;
        if error > worst[k].0 {
            worst[k] = (error, format!("{share:e} {sold:?} {}", pair.about));
        }
        if error > 2e-11 && share > 1e-4 {
            fee_off += 1;
        }
        let price = ratio(pair.exact.marginal_price().expect("p"));
        let lanes = pair.lanes.marginal_price()[0];
        let lanes = if pair.coin_0 == Coin::Eth { lanes } else { 1.0 / lanes };
        let error = relative(lanes, price);
        if error > price_worst.0 {
            price_worst = (error, pair.about.clone());
        }
    }
    println!("refused {refused}, off {fee_off}");
    for w in worst {
        println!("{:e} {}", w.0, w.1);
    }
    println!("price {:e} {}", price_worst.0, price_worst.1);
}

#[test]
fn sequences() {
    let mut random = Random(22);
    let mut refused = 0;
    let (mut worst, mut diverged, mut moved, mut total, mut claims) = ([0.0_f64; 6], 0, 0, 0, 0);
    let ranges = Ranges { imbalance: (1.0, 2.0), ..USUAL };
    'next: for _ in 0..10_000 {
        let Some(mut pair) = pair(&mut random, &ranges, 5_000_000_000) else {
            refused += 1;
            continue;
        };
        for _ in 0..20 {
            let elapsed = random.log_uniform(1.0, 5_000.0) as u64;
            pair.exact.advance(elapsed);
            pair.lanes.advance(elapsed as f64);
            let share = random.log_uniform(1e-4, 0.1);
            let sold = if random.bits() & 1 == 0 { Coin::Lrt } else { Coin::Eth };
            let amount = share * pair.held(sold);
            let before = pair.exact.state().price_scale;
            let Ok((actual, expected)) = pair.exchange(sold, amount) else {
                refused += 1;
                continue 'next;
            };
            total += 1;
            let state = pair.exact.state();
            if state.price_scale != before {
                moved += 1;
            }
            if state.profit_at_claim > U256::from(ONE) {
                claims += 1;
            }
            let e = relative(pair.lanes.price_scale()[0], ratio(state.price_scale));
            if e > 1e-7 {
                diverged += 1;
                println!("diverged {e:e}");
                continue 'next;
            }
            let all = [
                relative(actual, expected),
                e,
                relative(pair.lanes.virtual_price()[0], ratio(state.virtual_price)),
                relative(pair.lanes.profit()[0], ratio(state.profit)),
                relative(pair.lanes.average_price()[0], ratio(state.average_price)),
                relative(pair.lanes.last_price()[0], ratio(state.last_price)),
            ];
            for k in 0..6 {
                if all[k] > worst[k] {
                    worst[k] = all[k];
                }
            }
        }
    }
    println!("refused {refused}, {total} trades, {moved} moves, {claims} after claims, diverged {diverged}");
    println!(
        "out {:e} scale {:e} vp {:e} profit {:e} average {:e} last {:e}",
        worst[0], worst[1], worst[2], worst[3], worst[4], worst[5]
    );
}
