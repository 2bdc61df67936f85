//! Balancer pools at the edge of their domain: an error or the right number, never a panic, and no half-done booking.

use pegstress_exact::U256;
use pegstress_exact::balancer::v2::{self, RateCache, Token};
use pegstress_exact::balancer::v3::{self, Curve, Surge};
use pegstress_exact::balancer::{Error, ONE};
use proptest::prelude::*;

fn tokens(value: u64) -> U256 {
    U256::from(value) * ONE
}

fn percent(value: u64) -> U256 {
    U256::from(value) * ONE / U256::from(100)
}

/// An 18-decimal and a 6-decimal token.
fn v3_pool(curve: Curve, rate: U256, swap_fee: U256, balances: [U256; 2]) -> Result<v3::Pool, Error> {
    let parameters = v3::Parameters {
        curve,
        scaling_factors: vec![U256::from(1), U256::from(1_000_000_000_000_u64)],
        token_rates: vec![rate, ONE],
        swap_fee,
        aggregate_swap_fee: percent(50),
        surge: None,
    };
    v3::Pool::new(parameters, balances.to_vec(), tokens(1000))
}

fn v2_pool(
    family: v2::Family,
    amplification_milli: u64,
    rate: U256,
    swap_fee: U256,
    balances: [U256; 2],
) -> Result<v2::Pool, Error> {
    let tokens =
        vec![Token::new(18, RateCache::fixed(rate)?)?, Token::new(6, RateCache::without_provider())?];
    let parameters = v2::Parameters { family, amplification_milli, swap_fee, tokens };
    let own = matches!(family, v2::Family::Composable { .. }).then_some(U256::from(1) << 111);
    let registered: Vec<U256> = balances.into_iter().chain(own).collect();
    v2::Pool::new(parameters, &registered, self::tokens(1000))
}

const FAMILIES: [v2::Family; 2] = [v2::Family::MetaStable, v2::Family::Composable { own_token: 2 }];

const MILLION: U256 = U256::from_limbs([1_000_000, 0, 0, 0]);

fn weighted() -> Curve {
    Curve::weighted(vec![percent(80), percent(20)]).expect("valid")
}

#[test]
fn a_drained_pool_prices_both_ways_and_pays_less_than_it_holds() {
    // 99.9 % one-sided, 18 and 6 decimals.
    let balances = [tokens(999), MILLION];
    for amplification_milli in [1000, 200_000, 5_000_000] {
        let curve = Curve::stable(amplification_milli, 2).expect("valid");
        let pool = v3_pool(curve, ONE, percent(1), balances).expect("valid");
        let scarce = pool.quote_exact_in(0, 1, tokens(100)).expect("priced");
        assert!(scarce < MILLION, "{scarce}");
        let bulk = pool.quote_exact_in(1, 0, U256::from(10_000)).expect("priced");
        assert!(bulk > ONE / U256::from(100), "the scarce token is worth more: {bulk}");
        for family in FAMILIES {
            let pool = v2_pool(family, amplification_milli, ONE, percent(1), balances).expect("valid");
            if (family, amplification_milli) == (v2::Family::MetaStable, 5_000_000) {
                // Rounded up at every step, the iteration for the invariant swings for ever between two values five
                // units apart: the contract reverts.
                assert_eq!(pool.quote_exact_in(0, 1, tokens(100)), Err(Error::NotSettled));
                continue;
            }
            assert!(pool.quote_exact_in(0, 1, tokens(100)).expect("priced") < MILLION);
            let bulk = pool.quote_exact_in(1, 0, U256::from(10_000)).expect("priced");
            assert!(bulk > ONE / U256::from(100), "{bulk}");
        }
    }
}

#[test]
fn a_limit_of_imbalance_stops_trades_beyond_it_only() {
    let Curve::Stable { curve, .. } = Curve::stable(200_000, 2).expect("valid") else { panic!("stable") };
    let limited = Curve::Stable { curve, max_imbalance: Some(U256::from(10_000)) };
    let balances = [tokens(1000), U256::from(200_000)];
    let pool = v3_pool(limited, ONE, percent(0), balances).expect("valid");
    assert!(pool.quote_exact_in(1, 0, U256::from(10_000)).is_ok());
    // 1000 : 0.2 is 5000; selling 160 more leaves less than a ten-thousandth.
    assert_eq!(pool.quote_exact_in(0, 1, tokens(300)), Err(Error::ImbalanceTooLarge));
}

#[test]
fn dust_is_refused_or_pays_no_more_than_it_is_worth() {
    let balances = [tokens(500), U256::from(500) * MILLION];
    for curve in [Curve::stable(200_000, 2).expect("valid"), weighted()] {
        let pool = v3_pool(curve, ONE, percent(0), balances).expect("valid");
        for dust in [1, 1000, 999_999] {
            assert_eq!(pool.quote_exact_in(0, 1, U256::from(dust)), Err(Error::TradeTooSmall));
        }
        assert_eq!(pool.quote_exact_in(0, 1, U256::ZERO), Err(Error::ZeroAmount));
        // A unit of the 6-decimal token is 1e12 live ones.
        let unit = pool.quote_exact_in(1, 0, U256::from(1)).expect("large enough");
        assert!(unit <= U256::from(4_000_000_000_000_u64), "{unit}");
    }
    for family in FAMILIES {
        let pool = v2_pool(family, 200_000, ONE, percent(0), balances).expect("valid");
        // Below a unit of output: nothing, or the roundings' error.
        assert!(pool.quote_exact_in(0, 1, U256::from(1000)).unwrap_or_default().is_zero());
        assert_eq!(pool.quote_exact_in(0, 1, U256::ZERO), Err(Error::ZeroAmount));
    }
}

#[test]
fn nothing_above_a_balance_can_be_bought() {
    let balances = [tokens(500), U256::from(500) * MILLION];
    for wanted in [balances[1], balances[1] + U256::from(1), U256::from(1) << 100, U256::MAX] {
        for curve in [Curve::stable(200_000, 2).expect("valid"), weighted()] {
            let mut pool = v3_pool(curve, ONE, percent(1), balances).expect("valid");
            let before = pool.clone();
            assert!(pool.swap_exact_out(0, 1, wanted).is_err());
            assert_eq!(pool, before);
        }
        for family in FAMILIES {
            let mut pool = v2_pool(family, 200_000, ONE, percent(1), balances).expect("valid");
            let before = pool.clone();
            assert!(pool.swap_exact_out(0, 1, wanted).is_err());
            assert_eq!(pool, before);
        }
    }
}

#[test]
fn a_sale_beyond_the_vaults_bits_is_refused_and_changes_nothing() {
    let balances = [tokens(500), U256::from(500) * MILLION];
    let mut pool =
        v3_pool(Curve::stable(200_000, 2).expect("valid"), ONE, percent(1), balances).expect("valid");
    let before = pool.clone();
    // Half of the fee leaves the pool: a little more than the limit still fits.
    assert!(pool.swap_exact_in(0, 1, U256::from(1) << 129).is_err());
    assert_eq!(pool, before);
    for family in FAMILIES {
        let mut pool = v2_pool(family, 200_000, ONE, percent(1), balances).expect("valid");
        let before = pool.clone();
        assert!(pool.swap_exact_in(0, 1, U256::from(1) << 112).is_err());
        assert_eq!(pool, before);
        assert!(v2_pool(family, 200_000, ONE, percent(1), [U256::from(1) << 112, MILLION]).is_err());
    }
    let full = [U256::from(1) << 128, MILLION];
    assert!(v3_pool(weighted(), ONE, percent(1), full).is_err());
}

#[test]
fn an_empty_side_is_an_error_and_not_a_price() {
    for balances in [[U256::ZERO, MILLION], [tokens(1), U256::ZERO], [U256::ZERO; 2]] {
        for curve in [Curve::stable(200_000, 2).expect("valid"), weighted()] {
            let pool = v3_pool(curve, ONE, percent(1), balances).expect("valid");
            assert!(pool.quote_exact_in(0, 1, tokens(1)).is_err());
            assert!(pool.quote_exact_out(0, 1, U256::from(1000)).is_err());
            assert!(pool.marginal_price(0, 1).and_then(|_| pool.marginal_price(1, 0)).is_err());
        }
        let pool = v2_pool(FAMILIES[1], 200_000, ONE, percent(1), balances).expect("valid");
        assert!(pool.quote_exact_in(0, 1, tokens(1)).is_err());
        assert!(pool.quote_exact_out(0, 1, U256::from(1000)).is_err());
    }
    // With an empty side the MetaStable iteration is D <- ceil(2 D / 3), which ends at its first step of one
    // unit, at most at four: no value left to price.
    let pool = v2_pool(FAMILIES[0], 200_000, ONE, percent(1), [tokens(1), U256::ZERO]).expect("valid");
    assert!(pool.invariant().expect("settles") <= U256::from(4));
    assert!(pool.quote_exact_in(0, 1, tokens(1)).is_err());
    assert!(pool.quote_exact_out(0, 1, U256::from(1000)).is_err());
}

#[test]
fn a_rate_of_zero_or_one_wei_leaves_no_price_or_a_tiny_one() {
    let balances = [tokens(500), U256::from(500) * MILLION];
    for rate in [U256::ZERO, U256::from(1)] {
        for curve in [Curve::stable(200_000, 2).expect("valid"), weighted()] {
            let pool = v3_pool(curve, rate, percent(1), balances).expect("valid");
            // 500e18 at a rate of 1e-18 are 500 live units: a unit of trade is too small.
            assert!(pool.quote_exact_in(0, 1, tokens(100)).is_err());
        }
        for family in FAMILIES {
            let pool = v2_pool(family, 200_000, rate, percent(1), balances).expect("valid");
            let quote = pool.quote_exact_in(0, 1, tokens(100));
            assert!(quote.is_ok_and(|out| out < U256::from(500) * MILLION) || quote.is_err(), "{quote:?}");
        }
    }
    let mut pool =
        v3_pool(Curve::stable(200_000, 2).expect("valid"), ONE, percent(1), balances).expect("valid");
    pool.set_rate(0, U256::ZERO).expect("an oracle may fail");
    assert!(pool.quote_exact_in(0, 1, tokens(100)).is_err());
    let before = pool.clone();
    assert!(pool.set_rate(0, U256::MAX).is_err() && pool.set_rate(2, ONE).is_err());
    assert_eq!(pool, before);
}

#[test]
fn amplifications_at_both_ends_swap_and_beyond_them_are_refused() {
    let balances = [tokens(500), U256::from(500) * MILLION];
    for amplification_milli in [1000, 50_000_000] {
        let curve = Curve::stable(amplification_milli, 2).expect("valid");
        let pool = v3_pool(curve, ONE, percent(0), balances).expect("valid");
        let out = pool.quote_exact_in(0, 1, tokens(1)).expect("priced");
        assert!(out < MILLION && out > U256::from(990_000), "{out}");
    }
    for amplification_milli in [0, 999, 50_000_001, u64::MAX] {
        assert!(Curve::stable(amplification_milli, 2).is_err());
        assert!(v2_pool(FAMILIES[0], amplification_milli, ONE, percent(0), balances).is_err());
    }
}

#[test]
fn a_fee_of_99_percent_leaves_a_hundredth_and_of_100_is_refused() {
    let balances = [tokens(500), U256::from(500) * MILLION];
    let stable = || Curve::stable(50_000_000, 2).expect("valid");
    for curve in [stable(), weighted()] {
        let free = v3_pool(curve.clone(), ONE, percent(0), balances).expect("valid");
        let dear = v3_pool(curve, ONE, percent(99), balances).expect("valid");
        let hundredth = free.quote_exact_in(0, 1, ONE).expect("priced");
        assert_eq!(dear.quote_exact_in(0, 1, tokens(100)), Ok(hundredth));
    }
    assert!(v3_pool(stable(), ONE, percent(100), balances).is_err());
    for family in FAMILIES {
        let free = v2_pool(family, 200_000, ONE, percent(0), balances).expect("valid");
        let dear = v2_pool(family, 200_000, ONE, percent(99), balances).expect("valid");
        assert_eq!(dear.quote_exact_in(0, 1, tokens(100)), free.quote_exact_in(0, 1, ONE));
        assert!(v2_pool(family, 200_000, ONE, percent(100), balances).is_err());
    }
}

/// Words of every size: zero, small, around 18 decimals, anything.
fn words() -> impl Strategy<Value = U256> {
    prop_oneof![
        Just(U256::ZERO),
        Just(U256::from(1)),
        Just(ONE),
        Just(U256::MAX),
        any::<u64>().prop_map(U256::from),
        (0_u32..112, 1_u64..4).prop_map(|(bits, lead)| U256::from(lead) << bits as usize),
        any::<u128>().prop_map(U256::from),
        any::<[u64; 4]>().prop_map(U256::from_limbs),
    ]
}

fn curves() -> impl Strategy<Value = Option<Curve>> {
    let stable = (any::<u64>(), 1000..60_000_000_u64, any::<bool>(), 0_usize..8, words()).prop_map(
        |(any, usual, limited, tokens, limit)| {
            let curve = Curve::stable(if any % 8 == 0 { any } else { usual }, tokens).ok()?;
            match curve {
                Curve::Stable { curve, .. } if limited => {
                    Some(Curve::Stable { curve, max_imbalance: Some(limit) })
                }
                curve => Some(curve),
            }
        },
    );
    let weighted = prop::collection::vec(1_u64..60, 1..6).prop_map(|points| {
        let mut weights: Vec<U256> = points.into_iter().map(percent).collect();
        let sum: U256 = weights.iter().sum();
        weights.push(ONE.saturating_sub(sum));
        Curve::weighted(weights).ok()
    });
    prop_oneof![stable, weighted]
}

proptest! {
    #[test]
    fn arbitrary_words_give_version_3_a_number_or_an_error(
        curve in curves(),
        (raw, rates) in (prop::collection::vec(words(), 8), prop::collection::vec(words(), 8)),
        decimals in prop::collection::vec(0_u32..20, 8),
        (fee, aggregate, supply, amount) in (words(), words(), words(), words()),
        surge in prop::option::of((words(), words())),
        (i, j) in (0..9_usize, 0..9_usize),
    ) {
        let Some(curve) = curve else { return Ok(()) };
        let n = curve.tokens();
        let parameters = v3::Parameters {
            curve,
            scaling_factors: decimals[..n].iter().map(|&d| U256::from(10_u64.pow(d.min(19)))).collect(),
            token_rates: rates[..n].to_vec(),
            swap_fee: fee,
            aggregate_swap_fee: aggregate,
            surge: surge.map(|(threshold, max_fee)| Surge { threshold, max_fee }),
        };
        if let Ok(mut pool) = v3::Pool::new(parameters, raw[..n].to_vec(), supply) {
            let _ = (pool.invariant(), pool.marginal_price_after_fee(i, j), pool.fee_exact_in(i, j, amount));
            for operation in 0..9 {
                let before = pool.clone();
                let failed = match operation {
                    0 => pool.swap_exact_in(i, j, amount).is_err(),
                    1 => pool.swap_exact_out(i, j, amount).is_err(),
                    2 => pool.add_proportional(amount).is_err(),
                    3 => pool.add_unbalanced(&vec![amount; n]).is_err(),
                    4 => pool.add_one_token_exact_out(i, amount).is_err(),
                    5 => pool.remove_proportional(amount).is_err(),
                    6 => pool.remove_one_token_exact_in(i, amount).is_err(),
                    7 => pool.remove_one_token_exact_out(i, amount).is_err(),
                    _ => pool.set_rate(i, amount).is_err(),
                };
                if failed {
                    prop_assert_eq!(&pool, &before);
                }
            }
        }
    }

    #[test]
    fn arbitrary_words_give_version_2_a_number_or_an_error(
        amplification_milli in prop_oneof![Just(0), 1000..6_000_000_u64, any::<u64>()],
        registered in prop::collection::vec(words(), 0..8),
        rates in prop::collection::vec(words(), 8),
        decimals in prop::collection::vec(0_u32..20, 8),
        (fee, supply, amount) in (words(), words(), words()),
        own in prop::option::of(0..8_usize),
        (i, j) in (0..9_usize, 0..9_usize),
    ) {
        let n = registered.len().saturating_sub(usize::from(own.is_some()));
        let tokens = (0..n).map(|k| Token::new(decimals[k], RateCache::fixed(rates[k])?)).collect::<Result<_, _>>();
        let Ok(tokens) = tokens else { return Ok(()) };
        let family = own.map_or(v2::Family::MetaStable, |own_token| v2::Family::Composable { own_token });
        let parameters = v2::Parameters { family, amplification_milli, swap_fee: fee, tokens };
        if let Ok(mut pool) = v2::Pool::new(parameters, &registered, supply) {
            let _ = (pool.invariant(), pool.marginal_price_after_fee(i, j));
            for operation in 0..8 {
                let before = pool.clone();
                let failed = match operation {
                    0 => pool.swap_exact_in(i, j, amount).is_err(),
                    1 => pool.swap_exact_out(i, j, amount).is_err(),
                    2 => pool.join_proportional(amount).is_err(),
                    3 => pool.join_exact_in(&vec![amount; n]).is_err(),
                    4 => pool.join_one_token_exact_out(i, amount).is_err(),
                    5 => pool.exit_proportional(amount).is_err(),
                    6 => pool.exit_one_token_exact_in(i, amount).is_err(),
                    _ => pool.exit_exact_out(&vec![amount; n]).is_err(),
                };
                if failed {
                    prop_assert_eq!(&pool, &before);
                }
            }
        }
    }
}
