//! Cryptoswap lanes at the edges of the contract's parameters and beyond its balances, with moves of the price scale.

mod common;

use common::{Random, cryptoswap};
use pegstress_amm::cryptoswap::Spec;
use pegstress_amm::{Coin, Cryptoswap, Pool, PoolSpec, VenueSpec};
use pegstress_num::{Isa, per_isa};

const RESERVES: (f64, f64) = (4_000.0, 6_000.0);

fn inner(venue: VenueSpec) -> Spec {
    match venue.pool {
        PoolSpec::Cryptoswap(spec) => spec,
        other => unreachable!("a cryptoswap pool was asked for, not {other:?}"),
    }
}

/// Every corner of amplification, gamma and fees, in both orders of the coins.
fn corners() -> Vec<Spec> {
    let mut specs = Vec::new();
    for amplification in [0.4, 400.0, 400_000.0] {
        for gamma in [1e-8, 1.45e-4, 2e-2] {
            for fees in [(0.0, 0.0), (5e-4, 4.5e-3), (0.0, 0.99), (0.99, 0.99)] {
                for (coin_0, tilt) in [(Coin::Eth, 1.0), (Coin::Lrt, 1.3)] {
                    specs.push(inner(cryptoswap(coin_0, (amplification, gamma), RESERVES, tilt, fees)));
                }
            }
        }
    }
    specs
}

#[test]
fn no_corner_of_the_parameters_is_a_fault() {
    for spec in corners() {
        for amount in [1e-18, 1e-9, 1.0, 3_000.0, 1e5, 1e7] {
            let mut pool = Cryptoswap::<1>::new(&spec);
            for _ in 0..4 {
                pool.advance(3_600.0);
                let quote = pool.quote_sell(&[amount])[0];
                let eth = pool.reserves().eth[0];
                let paid = pool.trade(&[amount], &[0.0]).paid.eth[0];
                assert!(paid == quote && paid >= 0.0 && paid < eth, "{amount} pays {paid}: {spec:?}");
                let lrt = pool.reserves().lrt[0];
                let paid = pool.trade(&[0.0], &[amount]).paid.lrt[0];
                assert!(paid >= 0.0 && paid < lrt, "{amount} pays {paid}: {spec:?}");
                assert!(!pool.faults()[0], "{amount} is a fault: {spec:?}");
            }
        }
    }
}

#[test]
fn amounts_to_a_price_are_finite_at_every_corner() {
    for spec in corners() {
        let mut pool = Cryptoswap::<1>::new(&spec);
        for _ in 0..2 {
            let price = pool.marginal_price()[0];
            for factor in [0.0, 1e-6, 0.5, 0.99, 1.0, 1.01, 2.0, 1e6] {
                let limit = [factor * price];
                for amount in [pool.lrt_to_bid(&limit), pool.eth_to_ask(&limit), pool.lrt_to_price(&limit)] {
                    assert!(amount[0] >= 0.0 && amount[0] < 1e30, "{amount:?} for {factor}: {spec:?}");
                }
            }
            pool.trade(&[20_000.0], &[0.0]);
        }
    }
}

#[test]
fn a_pool_drained_to_a_thousandth_comes_back() {
    for spec in corners() {
        let mut pool = Cryptoswap::<1>::new(&spec);
        let value = pool.invariant()[0];
        for _ in 0..20 {
            pool.trade(&[1_000.0 * spec.reserve_lrt], &[0.0]);
            if pool.reserves().eth[0] < 1e-3 * spec.reserve_eth {
                break;
            }
        }
        assert!(!pool.faults()[0] && pool.marginal_price()[0] > 0.0, "{spec:?}");
        for _ in 0..40 {
            pool.trade(&[0.0], &[0.2 * spec.reserve_eth]);
        }
        // Rounding of a reserve a thousand times as large, in forty trades.
        let kept = pool.invariant()[0] / value;
        assert!(!pool.faults()[0] && kept >= 1.0 - 1e-11, "{kept}: {spec:?}");
    }
}

#[test]
fn bad_limits_and_amounts_change_nothing() {
    for spec in corners() {
        let mut pool = Cryptoswap::<1>::new(&spec);
        pool.advance(60.0);
        let before = format!("{pool:?}");
        for bad in [f64::NAN, f64::NEG_INFINITY, -1.0, -0.0, 0.0] {
            pool.trade(&[bad], &[bad]);
            pool.advance(bad);
        }
        assert_eq!(format!("{pool:?}"), before);
    }
}

/// Trades, time and moves, as bits, lane by lane; and the moves.
#[inline(always)]
fn play<const W: usize>(spec: &Spec, inputs: &[[f64; 2]]) -> (Vec<Vec<u64>>, usize) {
    let column = |k: usize| std::array::from_fn::<f64, W, _>(|i| inputs[i][k]);
    let (lrt, eth) = (column(0), column(1));
    let mut pool = Cryptoswap::<W>::new(spec);
    let mut seen: Vec<[f64; W]> = Vec::new();
    let mut moves = 0;
    for _ in 0..12 {
        pool.advance(900.0);
        let scale = *pool.price_scale();
        let sold = pool.trade(&lrt, &[0.0; W]);
        let bought = pool.trade(&[0.0; W], &eth);
        seen.extend([sold.paid.eth, bought.paid.lrt, pool.marginal_price(), pool.bid()]);
        seen.extend([*pool.price_scale(), *pool.virtual_price(), *pool.profit(), *pool.owner_share()]);
        let price = pool.marginal_price();
        seen.extend([pool.lrt_to_bid(&price.map(|p| 0.98 * p)), pool.eth_to_ask(&price.map(|p| 1.02 * p))]);
        moves += (0..W).filter(|i| pool.price_scale()[*i] != scale[*i]).count();
    }
    ((0..W).map(|i| seen.iter().map(|lanes| lanes[i].to_bits()).collect()).collect(), moves)
}

fn amounts(count: usize) -> Vec<[f64; 2]> {
    let mut random = Random(41);
    // Some lanes do nothing, some deal in dust that has its price probed.
    let amount = |random: &mut Random| match random.bits() % 5 {
        0 => 0.0,
        1 => random.log_uniform(1e-16, 1e-12),
        _ => random.log_uniform(1e-3, 2e3),
    };
    (0..count).map(|_| [amount(&mut random), amount(&mut random)]).collect()
}

#[test]
fn bits_do_not_depend_on_the_lane_width_while_the_scale_moves() {
    let inputs = amounts(64);
    for coin_0 in [Coin::Eth, Coin::Lrt] {
        let spec = inner(cryptoswap(coin_0, (400.0, 1.45e-4), RESERVES, 1.0, (2.6e-3, 4.5e-3)));
        let (wide, moves) = play::<64>(&spec, &inputs);
        let eight: Vec<_> = inputs.chunks(8).flat_map(|part| play::<8>(&spec, part).0).collect();
        let single: Vec<_> = inputs.chunks(1).flat_map(|part| play::<1>(&spec, part).0).collect();
        assert!(wide == eight && wide == single, "{spec:?}");
        assert!(moves > 50, "{moves}");
    }
}

#[inline(always)]
fn play_inline(spec: &Spec, inputs: &[[f64; 2]]) -> Vec<Vec<u64>> {
    play::<16>(spec, inputs).0
}

per_isa! {
    /// The same on an instruction set.
    fn play_on(spec: &Spec, inputs: &[[f64; 2]]) -> Vec<Vec<u64>> = play_inline
}

#[test]
fn bits_do_not_depend_on_the_instruction_set() {
    let inputs = amounts(16);
    for spec in corners() {
        let baseline = play_on(Isa::Baseline, &spec, &inputs);
        for isa in Isa::available() {
            assert!(play_on(isa, &spec, &inputs) == baseline, "{isa}: {spec:?}");
        }
    }
}

#[test]
fn a_broken_lane_is_a_fault_and_leaves_its_neighbours_alone() {
    let clean = amounts(8);
    for spec in corners() {
        let (expected, _) = play::<8>(&spec, &clean);
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 1e300, 5e-324] {
            let mut inputs = clean.clone();
            inputs[3] = [bad; 2];
            let (seen, _) = play::<8>(&spec, &inputs);
            for i in (0..8).filter(|i| *i != 3) {
                assert!(seen[i] == expected[i], "lane {i} differs beside {bad} in {spec:?}");
            }
        }
        let mut pool = Cryptoswap::<8>::new(&spec);
        let mut lrt = [1.0; 8];
        lrt[5] = f64::INFINITY;
        pool.trade(&lrt, &[0.0; 8]);
        assert_eq!(pool.faults(), std::array::from_fn(|i| i == 5), "{spec:?}");
    }
}

#[test]
fn reserves_that_are_none_are_a_fault_from_the_start() {
    let spec = inner(cryptoswap(Coin::Eth, (400.0, 1.45e-4), RESERVES, 1.0, (2.6e-3, 4.5e-3)));
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(Cryptoswap::<1>::new(&Spec { reserve_eth: bad, ..spec.clone() }).faults()[0], "{bad}");
        assert!(Cryptoswap::<1>::new(&Spec { reserve_lrt: bad, ..spec.clone() }).faults()[0], "{bad}");
    }
}
