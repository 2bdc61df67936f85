//! The pools that are measured on lanes are those that are measured in integers.

use pegstress_amm::{Venue, VenueSpec};
use pegstress_benches::contracts::{self, wei};
use pegstress_benches::pools::{self, Shape};
use pegstress_exact::U256;

/// Of a sale of ten tokens: the contracts' own rounding is a few units of 1e-18 (Balancer's power a few of the whole
/// reserve), beside which the lanes' documented 1e-11 is all there is.
const TOLERANCE: f64 = 1e-11;

#[track_caller]
fn pays_the_same(spec: &VenueSpec, paid: U256) {
    let lanes = Venue::<1>::new(spec, &[1.0]).sell(&[10.0])[0];
    let exact = f64::from(paid) / 1e18;
    assert!((lanes / exact - 1.0).abs() < TOLERANCE, "{lanes} on lanes, {exact} in integers");
}

#[test]
fn curve_pools_are_the_same() {
    let sale = wei(10);
    let paid = |mut pool: pegstress_exact::stableswap::Pool| pool.exchange(1, 0, sale).expect("a sale");
    pays_the_same(&pools::stableswap(), paid(contracts::stableswap().expect("sound")));
    pays_the_same(&pools::stableswap_offpeg(), paid(contracts::stableswap_offpeg().expect("sound")));
    pays_the_same(&pools::stableswap_3_coins(), paid(contracts::stableswap_3_coins().expect("sound")));
    let mut pool = contracts::cryptoswap().expect("sound");
    pays_the_same(&pools::cryptoswap(), pool.exchange(1, 0, sale).expect("a sale"));
}

#[test]
fn balancer_pools_are_the_same() {
    let mut pool = contracts::balancer_stable().expect("sound");
    pays_the_same(&pools::balancer_stable(), pool.swap_exact_in(1, 0, wei(10)).expect("a sale"));
    let mut pool = contracts::weighted().expect("sound");
    pays_the_same(&pools::weighted(), pool.swap_exact_in(1, 0, wei(10)).expect("a sale"));
}

#[test]
fn uniswap_pools_are_the_same() {
    let mut pair = contracts::constant_product().expect("sound");
    pays_the_same(&pools::constant_product(), pair.swap_exact_in(1, wei(10)).expect("a sale"));
    for shape in [Shape::Few, Shape::Thousand] {
        let mut pool = contracts::concentrated(shape).expect("sound");
        let paid = contracts::sell_concentrated(&mut pool, true, wei(10)).expect("a sale");
        pays_the_same(&pools::concentrated(shape).expect("sound"), paid);
    }
}
