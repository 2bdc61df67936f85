//! The stETH pool in 2022, A = 50: reported prices, and the cost of pushing the pool further.

mod common;

use common::{relative, stableswap};
use pegstress_amm::{RateSource, Venue};

fn steth(eth: f64, steth: f64) -> Venue<1> {
    Venue::new(&stableswap(50.0, RateSource::Plain, (eth, steth), 0.0), &[1.0])
}

#[test]
fn reported_prices_are_met_within_the_precision_of_the_reports() {
    // (ETH, stETH, reported price, bps): only the last row has exact balances; the others are rounded shares.
    let rows = [
        (31.7, 68.3, 0.98, 30.0),
        (21.6, 78.4, 0.953, 15.0),
        (20.0, 80.0, 0.9474, 30.0),
        (159_447.08, 524_839.79, 0.9606, 5.0),
    ];
    for (eth, lrt, reported, bps) in rows {
        let price = steth(eth, lrt).marginal_price()[0];
        assert!((price - reported).abs() * 1e4 <= bps, "{eth} : {lrt} gives {price}, reported {reported}");
    }
    let after_fee = steth(159_447.08, 524_839.79).marginal_price()[0] * (1.0 - 0.0004);
    assert!((after_fee - 0.9606).abs() * 1e4 <= 2.0, "{after_fee}");
    let june = steth(111_300.0, 491_000.0).marginal_price()[0];
    assert!(june < 0.94, "{june}");
}

#[test]
fn prices_equal_the_table_to_its_last_digit() {
    let rows = [
        (31.7, 68.3, 0.9812),
        (21.6, 78.4, 0.9542),
        (20.0, 80.0, 0.9465),
        (111_300.0, 491_000.0, 0.9374),
        (159_447.08, 524_839.79, 0.9610),
    ];
    for (eth, lrt, printed) in rows {
        let price = steth(eth, lrt).marginal_price()[0];
        assert!((price - printed).abs() <= 0.5e-4, "{eth} : {lrt} gives {price}, printed {printed}");
    }
}

#[test]
fn cost_to_depeg_from_17_june_equals_the_table_to_its_last_digit() {
    let rows = [
        (0.93, 6_582.0, 6_146.0, 0.9338),
        (0.90, 26_330.0, 24_238.0, 0.9205),
        (0.85, 46_663.0, 42_072.0, 0.9016),
        (0.80, 60_116.0, 53_189.0, 0.8848),
    ];
    for (price, sell, get, average) in rows {
        let mut pool = steth(111_300.0, 491_000.0);
        let sold = pool.lrt_to_price(&[price])[0];
        let got = pool.sell(&[sold])[0];
        assert!((sold - sell).abs() <= 0.5, "to {price}: sells {sold}, printed {sell}");
        assert!((got - get).abs() <= 0.5, "to {price}: gets {got}, printed {get}");
        assert!((got / sold - average).abs() <= 0.5e-4, "to {price}: average {}", got / sold);
        // The price inverted and quoted again: rounding of the two closed forms.
        assert!(relative(pool.marginal_price()[0], price) < 1e-12);
    }
}
