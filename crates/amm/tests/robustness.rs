//! States and amounts at the edge: no panic, no fault that is not one, neighbours' bits untouched.

mod common;

use common::{
    Random, balancer, balancer_stable, concentrated_with, constant_product, cryptoswap, offpeg,
    several_coins, stableswap, weighted,
};
use pegstress_amm::balancer_stable::{Spec, Surge, Version};
use pegstress_amm::stableswap::multi::OtherCoin;
use pegstress_amm::{Coin, Money, PoolSpec, RateSource, Venue, VenueSpec};
use pegstress_num::{Isa, per_isa};

fn specs() -> Vec<VenueSpec> {
    let (reserves, live) = ((4_000.0, 6_000.0), RateSource::LIVE);
    let surge = Some(Surge { threshold: 0.3, max_fee: 0.1 });
    let other = OtherCoin { reserve: 5_000.0, rate: 1.1 };
    let mut specs = vec![
        stableswap(50.0, RateSource::Plain, reserves, 4e-4),
        stableswap(10.0, live, reserves, 4e-4),
        stableswap(5000.0, live, reserves, 4e-4),
        offpeg(200.0, 8.0, live, reserves, 4e-4),
        several_coins(200.0, 1.0, reserves, vec![other], 4e-4),
        several_coins(1000.0, 5.0, reserves, vec![other, other], 4e-4),
        balancer(balancer_stable(200.0, reserves, 1e-4)),
        balancer(Spec { surge, ..balancer_stable(500.0, reserves, 1e-4) }),
        balancer(Spec { version: Version::Two, ..balancer_stable(100.0, reserves, 1e-4) }),
        weighted(0.8, reserves, 1e-3),
        weighted(0.35, reserves, 1e-3),
        constant_product(reserves, 3e-3),
        cryptoswap(Coin::Eth, (400.0, 1.45e-4), reserves, 1.0, (2.6e-3, 4.5e-3)),
        cryptoswap(Coin::Lrt, (20_000.0, 2e-2), reserves, 1.5, (1e-4, 3e-3)),
        cryptoswap(Coin::Lrt, (40.0, 1e-5), reserves, 0.7, (5e-4, 4.5e-3)),
        concentrated_with(&[1.0, 3.0, 2.0, 0.1], reserves, 1.0, 5e-4),
        concentrated_with(&[0.7; 1_000], reserves, 1.02, 0.0),
        concentrated_with(&[1.0, 2.0], reserves, 0.98, 1e-2),
    ];
    for (amplification, fee) in [(1.0, 0.0), (1.0, 0.99), (1e6, 0.0), (1e6, 0.99)] {
        specs.extend([
            stableswap(amplification, live, reserves, fee),
            offpeg(amplification, 5.0, live, reserves, 0.2 * fee),
            several_coins(amplification, 1.0, reserves, vec![other], fee),
            several_coins(amplification, 5.0, reserves, vec![other, other], 0.2 * fee),
            balancer(balancer_stable(amplification, reserves, fee)),
            balancer(Spec { surge, ..balancer_stable(amplification, reserves, 0.1 * fee) }),
            weighted(if amplification > 1.0 { 0.99 } else { 0.01 }, reserves, fee),
        ]);
    }
    specs
}

per_isa! {
    fn play_on(called_isa: Isa, spec: &VenueSpec, inputs: &[[f64; 4]]) -> Vec<Vec<u64>> = play_eight
}

#[inline(always)]
fn play_eight(called_isa: Isa, spec: &VenueSpec, inputs: &[[f64; 4]]) -> Vec<Vec<u64>> {
    play::<8>(called_isa, spec, inputs)
}

/// Everything a venue can be asked, as bits, lane by lane.
#[inline(always)]
fn play<const W: usize>(called_isa: Isa, spec: &VenueSpec, inputs: &[[f64; 4]]) -> Vec<Vec<u64>> {
    let column = |k: usize| std::array::from_fn::<f64, W, _>(|i| inputs[i][k]);
    let (rate, lrt, eth, share) = (column(0), column(1), column(2), column(3));
    let mut venue = Venue::<W>::new(spec, &[1.0; W]).on(called_isa);
    let mut seen: Vec<[f64; W]> = Vec::new();
    for _ in 0..3 {
        venue.set_rate(&rate, 1.0);
        seen.push(venue.marginal_price());
        seen.push(venue.quote_sell(&lrt));
        seen.push(venue.sell(&lrt));
        seen.push(venue.buy(&eth));
        seen.push(venue.bid());
        seen.push(venue.lrt_to_bid(&rate));
        seen.push(venue.eth_to_ask(&rate));
        seen.push(venue.lrt_to_price(&rate.map(|r| 0.9 * r)));
        let out = venue.withdraw_share(&share);
        let back = venue.deposit_share(&share);
        for coin in [Coin::Eth, Coin::Lrt] {
            seen.extend(venue.withdraw_one_coin(&share.map(|share| 0.3 * share), coin));
        }
        seen.extend(venue.deposit(&eth, &lrt));
        seen.extend([out.eth, out.lrt, back.eth, back.lrt, venue.reserves().eth, venue.reserves().lrt]);
    }
    (0..W).map(|i| seen.iter().map(|lanes| lanes[i].to_bits()).collect()).collect()
}

fn random_inputs(count: usize) -> Vec<[f64; 4]> {
    let mut random = Random(5);
    (0..count)
        .map(|_| {
            let amounts = [random.log_uniform(1e-6, 1e5), random.log_uniform(1e-6, 1e5)];
            [random.uniform(0.9, 1.2), amounts[0], amounts[1], random.uniform(0.0, 0.9)]
        })
        .collect()
}

#[test]
fn bits_do_not_depend_on_the_lane_width() {
    let inputs = random_inputs(64);
    for spec in specs() {
        let wide = play::<64>(Isa::best(), &spec, &inputs);
        let eight: Vec<_> = inputs.chunks(8).flat_map(|part| play::<8>(Isa::best(), &spec, part)).collect();
        let single: Vec<_> = inputs.chunks(1).flat_map(|part| play::<1>(Isa::best(), &spec, part)).collect();
        assert!(wide == eight && wide == single, "{spec:?}");
    }
}

#[test]
fn bits_do_not_depend_on_the_instruction_set() {
    let inputs = random_inputs(8);
    for spec in specs() {
        let expected = play_on(Isa::Baseline, Isa::Baseline, &spec, &inputs);
        for isa in Isa::available() {
            assert!(play_on(isa, isa, &spec, &inputs) == expected, "{isa}: {spec:?}");
        }
    }
}

#[test]
fn a_lane_with_bad_numbers_leaves_its_neighbours_alone() {
    let clean = random_inputs(8);
    for spec in specs() {
        let expected = play::<8>(Isa::best(), &spec, &clean);
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0, 1e300, 5e-324] {
            let mut inputs = clean.clone();
            inputs[3] = [bad; 4];
            let seen = play::<8>(Isa::best(), &spec, &inputs);
            for i in (0..8).filter(|i| *i != 3) {
                assert!(seen[i] == expected[i], "lane {i} differs beside {bad} in {spec:?}");
            }
        }
    }
}

#[test]
fn amounts_that_are_negative_or_not_numbers_count_as_zero() {
    for spec in specs() {
        for bad in [f64::NAN, f64::NEG_INFINITY, -5.0, 0.0] {
            let mut venue = Venue::<1>::new(&spec, &[1.05]);
            let before = (venue.reserves().eth, venue.reserves().lrt, venue.marginal_price());
            assert_eq!((venue.sell(&[bad]), venue.buy(&[bad])), ([0.0], [0.0]), "{bad}: {spec:?}");
            assert_eq!((venue.reserves().eth, venue.reserves().lrt), (before.0, before.1), "{bad}: {spec:?}");
            assert!((venue.marginal_price()[0] / before.2[0] - 1.0).abs() < 1e-13, "{bad}: {spec:?}");
            assert!(!venue.faults()[0], "{bad}: {spec:?}");
        }
    }
}

#[test]
fn a_pool_drained_to_a_thousandth_still_quotes() {
    for spec in specs() {
        let mut venue = Venue::<1>::new(&spec, &[1.0]);
        for _ in 0..20 {
            venue.sell(&[6_000.0]);
        }
        assert!(!venue.faults()[0], "{spec:?}");
        let (eth, lrt, price) = (venue.reserves().eth[0], venue.reserves().lrt[0], venue.marginal_price()[0]);
        assert!(eth > 0.0 && lrt > 6e4 && price > 0.0 && price < 1.0, "{eth} {lrt} {price}: {spec:?}");
    }
}

#[test]
fn dust_trades_pay_the_marginal_price() {
    for spec in specs() {
        let venue = Venue::<1>::new(&spec, &[1.0]);
        for dust in [1e-18, 1e-12, 1e-6] {
            let average = venue.quote_sell(&[dust])[0] / dust;
            let expected = venue.bid()[0];
            // 1e-9: the price impact of the largest amount at A = 10 and in the product pool. In a weighted pool it is up
            // to fifty times that, and the power is rounded in the pool's favour, by 1e-14 of the reserve.
            let more = match spec.pool {
                PoolSpec::Weighted(_) => 1e-8 + 1e-14 * 4_000.0 / (dust * expected),
                _ => 0.0,
            };
            assert!(
                (average / expected - 1.0).abs() < 1e-9 + more,
                "{dust}: {average} against {expected}: {spec:?}"
            );
        }
    }
}

#[test]
fn a_sale_many_times_the_pool_takes_what_there_is() {
    for spec in specs() {
        for amount in [1e4, 1e5, 1e6, 1e8, 1e12] {
            let mut venue = Venue::<1>::new(&spec, &[1.0]);
            let out = venue.sell(&[amount])[0];
            assert!(out > 0.0 && out <= 4_000.0, "{amount} pays {out}: {spec:?}");
            assert!(!venue.faults()[0], "selling {amount} is a fault: {spec:?}");
        }
    }
}

#[test]
fn a_jump_of_the_rate_is_not_a_fault() {
    for spec in specs() {
        for rate in [1.0001, 1.01, 0.99, 0.9, 0.5, 2.0] {
            let mut venue = Venue::<1>::new(&spec, &[1.0]);
            venue.set_rate(&[rate], 1.0);
            let fresh = Venue::<1>::new(&spec, &[rate]).marginal_price()[0];
            assert!((venue.marginal_price()[0] / fresh - 1.0).abs() < 1e-12, "rate {rate}: {spec:?}");
            assert!(!venue.faults()[0], "rate {rate} is a fault: {spec:?}");
        }
    }
}

#[test]
fn a_pool_that_all_providers_left_pays_next_to_nothing() {
    for spec in specs() {
        for share in [1.0, 7.0] {
            let mut venue = Venue::<1>::new(&spec, &[1.0]);
            let Money { eth, lrt } = venue.withdraw_share(&[share]);
            assert!(
                (eth[0] - 4_000.0).abs() < 1e-9 && (lrt[0] - 6_000.0).abs() < 1e-9,
                "{share}: {eth:?} {lrt:?}"
            );
            let out = venue.sell(&[1.0])[0];
            assert!((0.0..1e-12).contains(&out), "{share} pays {out}: {spec:?}");
        }
    }
}

/// Models that follow the redemption rate.
fn specs_with_a_rate() -> impl Iterator<Item = VenueSpec> {
    specs().into_iter().filter(|spec| match &spec.pool {
        PoolSpec::StableSwap(pool) => pool.rate == RateSource::LIVE,
        PoolSpec::MultiStableSwap(_) | PoolSpec::BalancerStable(_) => true,
        _ => false,
    })
}

#[test]
fn a_token_that_counts_for_nothing_is_a_fault_of_its_lane() {
    for spec in specs_with_a_rate() {
        let mut venue = Venue::<2>::new(&spec, &[1.0; 2]);
        venue.set_rate(&[0.0, 1.0], 1.0);
        venue.sell(&[10.0; 2]);
        assert_eq!(venue.faults(), [true, false], "{spec:?}");
    }
}

#[test]
fn a_rate_of_next_to_nothing_is_a_fault_or_a_pool_that_pays_next_to_nothing() {
    for spec in specs_with_a_rate() {
        for rate in [1e-18, 1e-9] {
            let mut venue = Venue::<1>::new(&spec, &[1.0]);
            venue.set_rate(&[rate], 1.0);
            let eth = venue.reserves().eth[0];
            let paid = venue.sell(&[10.0])[0];
            let sound = (0.0..=eth).contains(&paid) && venue.marginal_price()[0] > 0.0;
            assert!(sound || venue.faults()[0], "rate {rate} pays {paid}: {spec:?}");
        }
    }
}

#[test]
fn a_pool_that_is_nearly_all_tokens_pays_the_last_of_its_eth_and_takes_it_back() {
    // Concentrated liquidity and cryptoswap, whose amounts follow from a price, have this in files of their own.
    let of_reserves =
        |spec: &VenueSpec| !matches!(spec.pool, PoolSpec::ConcentratedLiquidity(_) | PoolSpec::Cryptoswap(_));
    for spec in specs().into_iter().filter(of_reserves) {
        let spec = spec.with_reserves(10.0, 10_000.0);
        let mut venue = Venue::<1>::new(&spec, &[1.0]);
        let (paid, bid) = (venue.sell(&[1_000.0])[0], venue.bid()[0]);
        assert!(paid > 0.0 && paid < 10.0 && bid > 0.0, "{paid} {bid}: {spec:?}");
        let back = venue.buy(&[paid])[0];
        assert!(back > 0.0 && back <= 1_000.0 * (1.0 + 1e-9), "{back}: {spec:?}");
        assert!(!venue.faults()[0], "{spec:?}");
    }
}
