//! Cryptoswap lanes, and the contract's own integers, against the curve itself in 300 binary digits.
//!
//! The invariant is taken in its polynomial form and solved by secants in fixed point until the digits are exhausted;
//! nothing of the lanes' arithmetic is used but a start near the root.

#![allow(clippy::print_stdout, reason = "the measured error is a figure to quote")]

mod common;

use common::{Random, relative};
use pegstress_amm::cryptoswap::Curve;
use pegstress_amm::cryptoswap::kernel::{Place, Shape, Terms, place, swap};
use pegstress_exact::{U256, cryptoswap as exact};
use ruint::Uint;

type Wide = Uint<1024, 16>;

/// Fraction bits of the fixed point.
const BITS: i32 = 300;
const STATES: usize = 100_000;

fn fixed(x: f64) -> Wide {
    let bits = x.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i32 - 1075 + BITS;
    let mantissa = Wide::from((bits & ((1 << 52) - 1)) | (1 << 52));
    if x == 0.0 {
        Wide::ZERO
    } else if exponent >= 0 {
        mantissa << exponent as usize
    } else {
        mantissa >> (-exponent) as usize
    }
}

fn float(x: Wide) -> f64 {
    f64::from(x) / 2_f64.powi(BITS)
}

fn times(a: Wide, b: Wide) -> Wide {
    (a * b) >> BITS as usize
}

fn over(a: Wide, b: Wide) -> Wide {
    (a << BITS as usize) / b
}

/// `a - b` as a float, whatever its sign.
fn difference(a: Wide, b: Wide) -> f64 {
    if a >= b { float(a - b) } else { -float(b - a) }
}

fn shifted(a: Wide, by: f64) -> Wide {
    if by >= 0.0 { a + fixed(by) } else { a - fixed(-by) }
}

/// The curve with its parameters as integers hold them.
struct Reference {
    amplification: u64,
    gamma: u64,
    strength: Wide,
    width: Wide,
}

impl Reference {
    /// Amplification with four decimals, gamma with eighteen.
    fn new(amplification: u64, gamma: u64) -> Self {
        let width = over(Wide::from(gamma), Wide::from(10_u64.pow(18)));
        let strength = times(over(Wide::from(amplification), Wide::from(10_000)), times(width, width));
        Self { amplification, gamma, strength, width }
    }

    fn shape(&self) -> Shape {
        Shape::from(Curve { amplification: self.amplification as f64 / 1e4, gamma: self.gamma as f64 / 1e18 })
    }

    /// What the invariant misses at `a` and `b`: `c p (s - 2) - 2 (1 - p) (gamma + 1 - p)^2`, in units of its terms.
    fn miss(&self, a: Wide, b: Wide) -> f64 {
        let one = Wide::from(1) << BITS as usize;
        let (p, s, c) = (times(a, b), a + b, self.strength);
        let g = self.width + one - p;
        let g2 = times(g, g);
        let left = times(c, times(p, s)) + times(p, g2 + g2);
        let right = times(c, p + p) + g2 + g2;
        difference(left, right)
    }

    /// Secants from two points near the root, to the last digits; checks that the root is where the sign changes.
    fn root(&self, start: Wide, miss: impl Fn(Wide) -> f64) -> Wide {
        let size = float(start);
        let (mut x, mut previous) = (start, shifted(start, 1e-9 * size));
        let mut f_previous = miss(previous);
        let mut slope = 0.0;
        for _ in 0..12 {
            let f = miss(x);
            let step = difference(x, previous);
            if f == 0.0 || step.abs() < 1e-60 * size {
                break;
            }
            // Once the difference is rounding the last slope serves.
            if f_previous != f && step.abs() > 1e-40 * size {
                slope = step / (f - f_previous);
            }
            (previous, f_previous) = (x, f);
            x = shifted(x, -f * slope);
        }
        let around = 1e-40 * size;
        assert!(miss(shifted(x, around)) * miss(shifted(x, -around)) <= 0.0, "no root at {}", float(x));
        x
    }

    fn invariant(&self, x: Wide, y: Wide, start: f64) -> Wide {
        let (twice_x, twice_y) = (x + x, y + y);
        self.root(fixed(start), |d| self.miss(over(twice_x, d), over(twice_y, d)))
    }

    /// What `da` takes out at `a` and `b`, all over half of the invariant.
    fn swap(&self, a: Wide, b: Wide, da: Wide, start: f64) -> f64 {
        difference(b, self.root(b - fixed(start), |b1| self.miss(a + da, b1)))
    }
}

struct State {
    curve: Reference,
    x: f64,
    y: f64,
    share: f64,
}

/// Ranges of amplification, gamma, imbalance and trade.
type Ranges = [(f64, f64); 4];

/// What the issue asks for, gamma as pools have it.
const USUAL: Ranges = [(40.0, 20_000.0), (1e-5, 2e-2), (1.0, 99.0), (1e-8, 0.5)];
/// The contract's limits, and trades beyond them.
const WIDEST: Ranges = [(0.4, 400_000.0), (1e-8, 2e-2), (1.0, 9_000.0), (1e-12, 100.0)];

fn states(seed: u64, ranges: Ranges) -> impl Iterator<Item = State> {
    let mut random = Random(seed);
    (0..STATES).map(move |_| {
        let mut draw = |k: usize| random.log_uniform(ranges[k].0, ranges[k].1);
        let (amplification, gamma) = ((draw(0) * 1e4) as u64, (draw(1) * 1e18) as u64);
        let (imbalance, share) = (draw(2), draw(3));
        let x = random.log_uniform(1e3, 1e6);
        let (x, y) = if random.bits() & 1 == 0 { (x, x / imbalance) } else { (x / imbalance, x) };
        State { curve: Reference::new(amplification, gamma), x, y, share }
    })
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

/// Largest relative errors of invariant, output and marginal price.
fn compare(seed: u64, ranges: Ranges) -> [Worst; 3] {
    let mut worst = [Worst::default(), Worst::default(), Worst::default()];
    for State { curve, x, y, share } in states(seed, ranges) {
        let shape = curve.shape();
        let (Place { invariant, gap }, correction) = place(&shape, &[x], &[y]);
        let place = || format!("A {}, gamma {}, {x} : {y}, {share:e}", curve.amplification, curve.gamma);
        assert!(correction[0] < 1e-4, "not settled: {}", place());
        let d = curve.invariant(fixed(x), fixed(y), invariant[0]);
        worst[0].see(relative(invariant[0], float(d)), place);

        let (a, b) = (2.0 * x / invariant[0], 2.0 * y / invariant[0]);
        let (true_a, true_b) = (over(fixed(2.0 * x), d), over(fixed(2.0 * y), d));
        let out = swap(&shape, &gap, &[a], &[b], &[share * a]).0[0];
        let expected = curve.swap(true_a, true_b, times(fixed(share), true_a), out);
        worst[1].see(relative(out, expected), place);

        let price = Terms::at(shape.gamma, gap[0]).slope(shape.strength, a, b);
        let tiny = times(fixed(2_f64.powi(-100)), true_a);
        let expected = curve.swap(true_a, true_b, tiny, price * float(tiny)) / float(tiny);
        worst[2].see(relative(price, expected), place);
    }
    for (name, Worst(error, place)) in ["invariant", "output", "marginal price"].iter().zip(&worst) {
        println!("{name}: {error:e} ({place})");
    }
    worst
}

#[test]
fn invariant_output_and_price_are_the_curves() {
    for Worst(error, place) in compare(1, USUAL) {
        // Some ten roundings.
        assert!(error < 2e-15, "{error:e}: {place}");
    }
}

#[test]
fn they_are_so_in_the_contracts_whole_domain() {
    for Worst(error, place) in compare(2, WIDEST) {
        assert!(error < 5e-15, "{error:e}: {place}");
    }
}

/// 2^-80 of a token: the contract's own units are too coarse for the smallest trades.
const UNIT_BITS: i32 = 80;

/// A pool without fees at a price scale of one.
fn contract(curve: &Reference, reserves: [U256; 2]) -> exact::Pool {
    let one = exact::ONE;
    let parameters = exact::Parameters {
        edition: exact::Edition::Factory,
        curve: exact::Curve::new(U256::from(curve.amplification), U256::from(curve.gamma)).expect("in range"),
        fees: exact::FeeSchedule { mid_fee: U256::ZERO, out_fee: U256::ZERO, fee_gamma: one },
        repegging: exact::Repegging { allowed_extra_profit: one, adjustment_step: one, half_life_secs: 600 },
        admin_fee: U256::ZERO,
        precisions: [U256::from(1); 2],
    };
    let mut pool = exact::Pool::deploy(parameters, one).expect("in range");
    pool.add_liquidity(reserves).expect("in the contract's domain");
    pool
}

/// What to expect of any comparison with the contract: its `K0` has eighteen decimals and its `D` stops at steps of
/// 1e-14, so a trade of 1e-8 of a pool is known to some 1e-9 only, whoever computes it.
#[test]
fn the_contract_itself_is_off_the_curve_by_up_to_1e_16_of_the_invariant() {
    let units = |x: f64| U256::from(fixed(x) >> (BITS - UNIT_BITS) as usize);
    let mut worst = [Worst::default(), Worst::default()];
    for State { curve, x, y, share } in states(1, USUAL).take(20_000) {
        let shape = curve.shape();
        let (Place { invariant, gap }, _) = place(&shape, &[x], &[y]);
        let (a, b) = (2.0 * x / invariant[0], 2.0 * y / invariant[0]);
        let start = swap(&shape, &gap, &[a], &[b], &[share * a]).0[0];
        let reserves = [units(x), units(y)];
        let d = curve.invariant(fixed(x), fixed(y), invariant[0]);
        let (true_a, true_b) = (over(fixed(2.0 * x), d), over(fixed(2.0 * y), d));
        let expected = curve.swap(true_a, true_b, times(fixed(share), true_a), start);
        let paid = contract(&curve, reserves).quote_exact_in(0, 1, units(share * x)).expect("a legal swap");
        let paid = 2.0 * f64::from(paid) / 2_f64.powi(UNIT_BITS) / invariant[0];
        let place = || format!("A {}, gamma {}, {x} : {y}, {share:e}", curve.amplification, curve.gamma);
        worst[0].see((paid - expected).abs() / 2.0 - 1e-15 * expected, place);
        worst[1].see(relative(paid, expected), place);
    }
    for (name, Worst(error, place)) in ["of the invariant", "of the output"].iter().zip(&worst) {
        println!("contract: {error:e} {name} ({place})");
    }
    assert!(worst[0].0 < 1e-16, "{:e}: {}", worst[0].0, worst[0].1);
}
