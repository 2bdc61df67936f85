//! Routes over several venues, against brute force.

#![allow(clippy::print_stdout, reason = "the measured loss is a figure to quote")]

mod common;

use common::{Random, constant_product, relative, stableswap};
use pegstress_amm::{RateSource, Venue, VenueSpec, route};

/// One basis point of the proceeds: what the router may lose against the best split there is.
const BOUND: f64 = 1e-4;

fn build(specs: &[VenueSpec]) -> Vec<Venue<1>> {
    specs.iter().map(|spec| Venue::new(spec, &[1.0])).collect()
}

fn venues() -> Vec<Venue<1>> {
    build(&[
        stableswap(50.0, RateSource::Plain, (20_000.0, 30_000.0), 4e-4),
        constant_product((9_000.0, 9_200.0), 5e-4),
    ])
}

/// Two or three pools near one price, of different models, sizes and fees.
fn random_venues(random: &mut Random) -> Vec<VenueSpec> {
    let count = 2 + (random.bits() % 2) as usize;
    (0..count)
        .map(|k| {
            let eth = random.log_uniform(100.0, 50_000.0);
            let fee = random.log_uniform(1e-5, 3e-3);
            if (random.bits() + k as u64).is_multiple_of(3) {
                constant_product((eth, eth * random.uniform(0.95, 1.05)), fee)
            } else {
                let lrt = eth * random.log_uniform(0.5, 2.0);
                stableswap(random.log_uniform(10.0, 1000.0), RateSource::Plain, (eth, lrt), fee)
            }
        })
        .collect()
}

/// Best split by a grid, refined around its best point until the steps are a millionth of the sale.
fn best_split(venues: &[Venue<1>], lrt_in: f64) -> f64 {
    let [first, rest @ ..] = venues else { return 0.0 };
    if rest.is_empty() {
        return if lrt_in > 0.0 { first.quote_sell(&[lrt_in])[0] } else { 0.0 };
    }
    // Concave in the share of the first venue, for the best split of the rest: ternary search would do, a grid is
    // plainer to trust.
    let pays = |share: f64| {
        let part = share * lrt_in;
        let own = if part > 0.0 { first.quote_sell(&[part])[0] } else { 0.0 };
        own + best_split(rest, lrt_in - part)
    };
    let (mut low, mut high, mut best) = (0.0, 1.0, 0.0);
    for _ in 0..6 {
        let step = (high - low) / 16.0;
        let at = (0..=16).map(|k| low + step * f64::from(k));
        let (share, value) = at
            .map(|share| (share, pays(share)))
            .fold((0.0, 0.0), |best, next| if next.1 > best.1 { next } else { best });
        best = value;
        (low, high) = (f64::max(0.0, share - step), f64::min(1.0, share + step));
    }
    best
}

#[test]
fn the_split_is_within_a_basis_point_of_the_best_and_not_worse_than_any_single_venue() {
    let mut random = Random(31);
    let mut worst = 0.0;
    for _ in 0..400 {
        let venues = build(&random_venues(&mut random));
        let held: f64 = venues.iter().map(|venue| venue.reserves().lrt[0]).sum();
        let lrt_in = held * random.log_uniform(1e-6, 0.8);
        let got = route::quote_sell(&venues, &[lrt_in])[0];
        let best = best_split(&venues, lrt_in);
        worst = f64::max(worst, (best - got) / best);
        assert!(got >= best * (1.0 - BOUND), "{lrt_in}: {got} of {best}");
        for venue in &venues {
            let single = venue.quote_sell(&[lrt_in])[0];
            // The slope that ends the bracket is a lower bound by concavity; what it leaves to others is rounding.
            assert!(got >= single * (1.0 - 1e-9), "{lrt_in}: {got} against {single} on one venue");
        }
    }
    println!("largest loss {:.4} bp of the proceeds", 1e4 * worst);
}

#[test]
fn after_a_sale_the_next_token_brings_the_same_on_every_venue_that_took_part() {
    let mut random = Random(32);
    for _ in 0..200 {
        // Without fees what the last token brought is the marginal price that is left.
        let specs: Vec<_> = (0..3)
            .map(|_| {
                let eth = random.log_uniform(1e3, 1e5);
                stableswap(
                    random.log_uniform(20.0, 500.0),
                    RateSource::Plain,
                    (eth, eth * random.uniform(0.7, 1.4)),
                    0.0,
                )
            })
            .collect();
        let venues = build(&specs);
        let held: f64 = venues.iter().map(|venue| venue.reserves().lrt[0]).sum();
        let lrt_in = held * random.log_uniform(1e-4, 0.5);
        let parts = route::split_sale(&venues, &[lrt_in]);
        assert!(relative(parts.iter().map(|part| part[0]).sum(), lrt_in) < 1e-12);
        // A lane is done within a hundredth of the sale: within that much of its part each venue has the common price.
        let slack = 0.01 * lrt_in;
        let price_after = |venue: &Venue<1>, sold: f64| {
            let mut venue = venue.clone();
            venue.sell(&[sold]);
            venue.marginal_price()[0]
        };
        let (mut most, mut least) = (f64::INFINITY, 0.0);
        for (venue, part) in venues.iter().zip(&parts) {
            // A venue with less than that may be one that should have none and bids less.
            if part[0] > slack {
                most = f64::min(most, price_after(venue, part[0] - slack));
            }
            least = f64::max(least, price_after(venue, part[0] + slack));
        }
        assert!(least <= most, "{least} > {most}: {parts:?} of {lrt_in}");
    }
}

#[test]
fn an_empty_or_broken_venue_drops_out() {
    let sound = stableswap(50.0, RateSource::Plain, (20_000.0, 30_000.0), 4e-4);
    let alone = Venue::<1>::new(&sound, &[1.0]).quote_sell(&[500.0])[0];
    for (eth, lrt) in [(1e-20, 1e-20), (f64::NAN, 1.0), (1.0, f64::NAN)] {
        let mut venues = build(&[sound.clone(), constant_product((eth, lrt), 3e-3)]);
        assert!(relative(route::quote_sell(&venues, &[500.0])[0], alone) < 1e-12, "{eth} {lrt}");
        let sale = route::sell(&mut venues, &[500.0]);
        assert!(
            relative(sale.lrt_in[0], 500.0) < 1e-12 && relative(sale.eth_out[0], alone) < 1e-12,
            "{eth} {lrt}"
        );
    }
}

#[test]
fn the_route_quotes_what_it_pays() {
    for lrt_in in [0.0, 1e-6, 10.0, 15_000.0] {
        let mut venues = venues();
        let quote = route::quote_sell(&venues, &[lrt_in]);
        let sale = route::sell(&mut venues, &[lrt_in]);
        assert!((sale.eth_out[0] - quote[0]).abs() <= 1e-14 * quote[0], "{lrt_in}");
        assert!((sale.lrt_in[0] - lrt_in).abs() <= 1e-14 * lrt_in, "{lrt_in}");
    }
}

#[test]
fn a_purchase_stops_at_the_limit_or_at_the_money() {
    let mut venues = venues();
    route::sell(&mut venues, &[15_000.0]);
    let unlimited = route::buy_to(&mut venues.clone(), &[0.97], &[1e9]);
    assert!(unlimited.0[0] > 0.0 && unlimited.0[0] / unlimited.1[0] <= 0.97);
    let budget = 0.5 * unlimited.0[0];
    let limited = route::buy_to(&mut venues.clone(), &[0.97], &[budget]);
    assert!(relative(limited.0[0], budget) < 1e-12);
    assert!(limited.1[0] < unlimited.1[0] && limited.0[0] / limited.1[0] <= 0.97);
    assert_eq!(route::buy_to(&mut venues.clone(), &[0.1], &[1e9]), ([0.0], [0.0]));
    // Short of money the best split of it is bought: no other split in a hundred buys more.
    let best = (0..=100)
        .map(|k| {
            let share = f64::from(k) / 100.0;
            venues[0].quote_buy(&[share * budget])[0] + venues[1].quote_buy(&[(1.0 - share) * budget])[0]
        })
        .fold(0.0, f64::max);
    assert!(limited.1[0] >= best * (1.0 - 1e-9), "{} of {best}", limited.1[0]);
}

/// Two pools whose marginal proceeds are smooth, tokens sold into them.
fn random_smooth_venues(random: &mut Random) -> Vec<VenueSpec> {
    (0..2)
        .map(|_| {
            let eth = random.log_uniform(100.0, 50_000.0);
            let (fee, lrt) = (random.log_uniform(1e-5, 3e-3), eth * random.log_uniform(0.8, 8.0));
            stableswap(random.log_uniform(10.0, 1000.0), RateSource::Plain, (eth, lrt), fee)
        })
        .collect()
}

#[test]
fn a_purchase_over_smooth_venues_ends_at_the_limit_or_buys_what_the_best_split_buys() {
    let mut random = Random(33);
    let (mut beyond, mut lost): (f64, f64) = (0.0, 0.0);
    for _ in 0..400 {
        let venues = build(&random_smooth_venues(&mut random));
        let cheapest = venues.iter().map(|venue| venue.marginal_price()[0]).fold(f64::INFINITY, f64::min);
        let limit = cheapest * (1.0 + random.log_uniform(1e-3, 0.5));
        let to_limit: f64 = venues.iter().map(|venue| venue.eth_to_ask(&[limit])[0]).sum();
        if to_limit <= 0.0 {
            continue;
        }
        let (spent, bought) = route::buy_to(&mut venues.clone(), &[limit], &[1e12]);
        assert!(spent[0] / bought[0] <= limit * (1.0 + 1e-5));
        // A price a little lower or higher would have been reached with less, or taken more.
        let at =
            |factor: f64| -> f64 { venues.iter().map(|venue| venue.eth_to_ask(&[limit * factor])[0]).sum() };
        let is_near =
            |off: f64| at(1.0 - off) <= spent[0] * (1.0 + 1e-9) && spent[0] <= at(1.0 + off) * (1.0 + 1e-9);
        let found = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3].into_iter().find(|off| is_near(*off));
        beyond = f64::max(beyond, found.unwrap_or(1.0));

        let budget = to_limit * random.uniform(0.05, 0.95);
        let (spent, bought) = route::buy_to(&mut venues.clone(), &[limit], &[budget]);
        assert!(relative(spent[0], budget) < 1e-12, "{spent:?} of {budget}");
        let best = (0..=1000)
            .map(|k| {
                let part = budget * f64::from(k) / 1000.0;
                venues[0].quote_buy(&[part])[0] + venues[1].quote_buy(&[budget - part])[0]
            })
            .fold(0.0, f64::max);
        lost = f64::max(lost, (best - bought[0]) / best);
    }
    println!("within {beyond:.0e} of the limit, {:.6} bp lost", 1e4 * lost);
    // A lane is done when it is estimated within a hundredth of a bp of the limit, or to lose a thousandth of one: orders, not
    // bounds.
    assert!(beyond <= 1e-5, "{beyond}");
    assert!(lost < 0.01 * BOUND, "{lost}");
}

#[test]
fn a_lane_does_not_depend_on_its_neighbours() {
    let smooth = [
        stableswap(50.0, RateSource::Plain, (20_000.0, 30_000.0), 4e-4),
        stableswap(900.0, RateSource::Plain, (9_000.0, 9_200.0), 1e-4),
        stableswap(200.0, RateSource::Plain, (5_000.0, 4_000.0), 1e-4),
    ];
    let mixed = [smooth[0].clone(), constant_product((9_000.0, 9_200.0), 5e-4), smooth[2].clone()];
    for specs in [smooth, mixed] {
        is_of_its_own(&specs);
    }
}

fn is_of_its_own(specs: &[VenueSpec]) {
    let amounts: [f64; 8] = [0.0, 1e-3, 1.0, 30.0, 500.0, 5_000.0, 60_000.0, f64::NAN];
    let many: Vec<Venue<8>> = specs.iter().map(|spec| Venue::new(spec, &[1.0; 8])).collect();
    let together = route::quote_sell(&many, &amounts);
    let limit = [0.999; 8];
    let bought = route::buy_to(&mut many.clone(), &limit, &amounts);
    for i in 0..8 {
        let venues = build(specs);
        let alone = route::quote_sell(&venues, &[amounts[i]])[0];
        assert_eq!(alone.to_bits(), together[i].to_bits(), "{}", amounts[i]);
        let (spent, got) = route::buy_to(&mut venues.clone(), &[limit[i]], &[amounts[i]]);
        assert_eq!(spent[0].to_bits(), bought.0[i].to_bits(), "{}", amounts[i]);
        assert_eq!(got[0].to_bits(), bought.1[i].to_bits(), "{}", amounts[i]);
    }
}
