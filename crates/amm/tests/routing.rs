//! Routes over several venues, against brute force.

#![allow(clippy::print_stdout, reason = "the measured loss is a figure to quote")]

mod common;

use common::{constant_product, relative, stableswap};
use pegstress_amm::{RateSource, Venue, route};

fn venues() -> Vec<Venue<1>> {
    let specs = [
        stableswap(50.0, RateSource::Plain, (20_000.0, 30_000.0), 4e-4),
        constant_product((9_000.0, 9_200.0), 5e-4),
    ];
    specs.iter().map(|spec| Venue::new(spec, &[1.0])).collect()
}

/// Best of 20,001 splits over two venues.
fn best_split(venues: &[Venue<1>], lrt_in: f64) -> f64 {
    let pays = |share: f64| {
        venues[0].quote_sell(&[share * lrt_in])[0] + venues[1].quote_sell(&[(1.0 - share) * lrt_in])[0]
    };
    (0..=20_000).map(|k| pays(f64::from(k) / 20_000.0)).fold(0.0, f64::max)
}

/// What is proven of the loss: a part times what the price falls, on each venue, over the part before the end of its
/// sale and the part after.
fn bound(start: &[Venue<1>], lrt_in: f64) -> f64 {
    let part = lrt_in / route::PARTS as f64;
    let mut after = start.to_vec();
    route::sell(&mut after, &[lrt_in]);
    let price_after = |venue: &Venue<1>, sold: f64| {
        let mut venue = venue.clone();
        venue.sell(&[sold]);
        venue.marginal_price()[0]
    };
    let falls = start.iter().zip(&after).map(|(start, after)| {
        let sold = after.reserves().lrt[0] - start.reserves().lrt[0];
        price_after(start, sold - part) - price_after(start, sold + part)
    });
    part * falls.sum::<f64>()
}

#[test]
fn the_split_loses_less_than_the_bound_against_the_best_split() {
    for lrt_in in [0.1, 10.0, 300.0, 3_000.0, 15_000.0, 50_000.0] {
        let start = venues();
        let got = route::quote_sell(&start, &[lrt_in])[0];
        let best = best_split(&start, lrt_in);
        let (loss, bound) = (best - got, bound(&start, lrt_in));
        println!("{lrt_in}: loses {loss:e} of {best}, bound {bound:e}");
        // Rounding of the sixteen quotes.
        assert!(loss <= bound + 1e-12 * best, "{lrt_in}: loses {loss} of {best}, bound {bound}");
        let single = start.iter().map(|venue| venue.quote_sell(&[lrt_in])[0]).fold(0.0, f64::max);
        assert!(got >= single, "{lrt_in}: {got} against {single} on one venue");
    }
}

#[test]
fn the_route_quotes_what_it_pays() {
    for lrt_in in [0.0, 1e-6, 10.0, 15_000.0] {
        let mut venues = venues();
        let quote = route::quote_sell(&venues, &[lrt_in]);
        assert_eq!(route::sell(&mut venues, &[lrt_in]), quote);
    }
}

#[test]
fn a_purchase_stops_at_the_limit_or_at_the_money() {
    let mut venues = venues();
    route::sell(&mut venues, &[15_000.0]);
    let unlimited = route::buy_to(&mut venues.clone(), &[0.97], &[1e9]);
    assert!(unlimited.0[0] > 0.0 && unlimited.0[0] / unlimited.1[0] <= 0.97);
    let budget = 0.5 * unlimited.0[0];
    let limited = route::buy_to(&mut venues, &[0.97], &[budget]);
    assert!(relative(limited.0[0], budget) < 1e-14);
    assert!(limited.1[0] < unlimited.1[0] && limited.0[0] / limited.1[0] <= 0.97);
    assert_eq!(route::buy_to(&mut venues, &[0.1], &[1e9]), ([0.0], [0.0]));
}
