//! Each search's answer has its property and the next unit has not, on every pool.

use std::cell::Cell;
use std::fmt::Debug;

use pegstress_exact::constant_product::Pair;
use pegstress_exact::cryptoswap::{self, Curve, Edition, Repegging};
use pegstress_exact::quote::{
    Limit, Price, Quote, Unreachable, largest_in, least_in, price_after, until_average_price,
    until_marginal_price, until_share,
};
use pegstress_exact::stableswap::{self, Generation, ONE};
use pegstress_exact::{U256, balancer};
use proptest::prelude::*;

const SIX_DECIMALS: u64 = 1_000_000_000_000;

fn fraction(numerator: U256, denominator: U256) -> Price {
    Price::new(numerator, denominator).expect("not by zero")
}

/// A price scaled down; of no use for prices near the end of the word.
fn scaled(price: Price, thousandths: u64) -> Price {
    let shift = price.numerator().bit_len().max(price.denominator().bit_len()).saturating_sub(200);
    let (numerator, denominator) = (price.numerator() >> shift, price.denominator() >> shift);
    fraction(numerator * U256::from(thousandths), denominator.max(U256::from(1)) * U256::from(1000))
}

prop_compose! {
    fn stableswap_pools()(
        generation in prop::sample::select(&Generation::ALL[..]),
        amplification in prop_oneof![Just(1), Just(1_000_000), 10..5_000_u64],
        (fee, offpeg) in (prop_oneof![Just(0), Just(9_900_000_000), 0..100_000_000_u64], 1..6_u64),
        balances in prop::collection::vec((1_u64..1 << 40, prop::bool::weighted(0.1)), 2..4),
        rates in prop::collection::vec(900_000_000_000_000_000_u64..1_200_000_000_000_000_000, 4),
        precisions in prop::collection::vec(prop_oneof![Just(1), Just(SIX_DECIMALS)], 4),
    ) -> stableswap::Pool {
        let n = balances.len();
        let parameters = stableswap::Parameters {
            generation,
            amplification,
            fees: stableswap::FeeSchedule {
                fee: U256::from(fee),
                offpeg_multiplier: U256::from(offpeg * 10_000_000_000),
                admin_share: U256::from(5_000_000_000_u64),
            },
            rate_multipliers: precisions[..n].iter().map(|&precision| ONE * U256::from(precision)).collect(),
            oracle_rates: rates[..n].iter().map(|&rate| U256::from(rate)).collect(),
        };
        // Some pools are drained on a side, some have next to nothing.
        let units = |(micro, drained): (u64, bool)| if drained { U256::from(micro % 3) } else { U256::from(micro) };
        let balances = balances
            .into_iter()
            .zip(&precisions)
            .map(|(balance, &precision)| units(balance) * U256::from(SIX_DECIMALS / precision))
            .collect();
        stableswap::Pool::new(parameters, balances, ONE).expect("in range")
    }
}

prop_compose! {
    fn cryptoswap_pools()(
        amplification in prop_oneof![Just(4_000), Just(4_000_000_000), 40_000..40_000_000_u64],
        gamma in 1_000_000_000_000..10_000_000_000_000_000_u64,
        (mid_fee, more) in (prop_oneof![Just(0), Just(9_900_000_000), 500_000..50_000_000_u64], 0..100_000_000_u64),
        precisions in prop::collection::vec(prop_oneof![Just(1), Just(SIX_DECIMALS)], 2),
        (price_bits, units, share) in (50..70_usize, 1_u64..1_000_000, 500_u64..2_000),
    ) -> cryptoswap::Pool {
        let parameters = cryptoswap::Parameters {
            edition: Edition::Factory,
            curve: Curve::new(U256::from(amplification), U256::from(gamma)).expect("in range"),
            fees: cryptoswap::FeeSchedule {
                mid_fee: U256::from(mid_fee),
                out_fee: U256::from(mid_fee + more),
                fee_gamma: U256::from(230_000_000_000_000_u64),
            },
            repegging: Repegging {
                allowed_extra_profit: U256::from(2_000_000_000_000_u64),
                adjustment_step: U256::from(146_000_000_000_000_u64),
                half_life_secs: 600,
            },
            admin_fee: U256::from(5_000_000_000_u64),
            precisions: [U256::from(precisions[0]), U256::from(precisions[1])],
        };
        let price = (ONE << price_bits) >> 60;
        let worth = U256::from(units) * ONE;
        let other = worth * ONE / price * U256::from(share) / U256::from(1000);
        let mut pool = cryptoswap::Pool::deploy(parameters, price).expect("in range");
        pool.advance(1_700_000_000);
        // A pool that refuses its first deposit stays empty.
        let _ = pool.add_liquidity([worth / parameters.precisions[0], other / parameters.precisions[1]]);
        pool
    }
}

prop_compose! {
    fn pairs()(
        reserves in prop::collection::vec((0_u128..1 << 112, 0..112_usize), 2),
        fee_millionths in prop_oneof![Just(0), Just(990_000), 0..30_000_u32],
    ) -> Pair {
        let reserve = |k: usize| U256::from(reserves[k].0 >> reserves[k].1);
        Pair::new([reserve(0), reserve(1)], fee_millionths).expect("in range")
    }
}

prop_compose! {
    fn balancer_v3_pools()(
        stable in any::<bool>(),
        amplification_milli in 1_000..5_000_000_u64,
        (fee_millionths, aggregate_percent) in (0..100_000_u64, 0..100_u64),
        balances in prop::collection::vec(1_u64..1 << 40, 2),
        rates in prop::collection::vec(900_000_000_000_000_000_u64..1_200_000_000_000_000_000, 2),
        decimals in prop::collection::vec(prop_oneof![Just(1), Just(SIX_DECIMALS)], 2),
    ) -> balancer::v3::Pool {
        let half = ONE / U256::from(2);
        let curve = if stable {
            balancer::v3::Curve::stable(amplification_milli, 2)
        } else {
            balancer::WeightedCurve::new(vec![half, half]).map(balancer::v3::Curve::Weighted)
        };
        let parameters = balancer::v3::Parameters {
            curve: curve.expect("in range"),
            scaling_factors: decimals.iter().map(|&factor| U256::from(factor)).collect(),
            token_rates: rates.iter().map(|&rate| U256::from(rate)).collect(),
            swap_fee: U256::from(fee_millionths) * U256::from(SIX_DECIMALS),
            aggregate_swap_fee: ONE * U256::from(aggregate_percent) / U256::from(100),
            surge: None,
        };
        let balances = balances.iter().zip(&decimals);
        let balances = balances.map(|(&micro, &factor)| U256::from(micro) * U256::from(SIX_DECIMALS / factor));
        balancer::v3::Pool::new(parameters, balances.collect(), ONE).expect("in range")
    }
}

/// The end of a property: `holds` there, not one unit later, and the reason is that unit's.
fn check_limit<E: Debug + PartialEq>(
    limit: Limit<E>,
    holds: impl Fn(U256) -> Result<bool, E>,
) -> Result<(), TestCaseError> {
    if limit.amount.is_zero() {
        // None of the powers has the property.
        for shift in 0..256_usize {
            prop_assert!(!matches!(holds(U256::from(1) << shift), Ok(true)));
        }
        return Ok(());
    }
    prop_assert!(matches!(holds(limit.amount), Ok(true)));
    if limit.amount < U256::MAX {
        match holds(limit.amount + U256::from(1)) {
            Ok(true) => prop_assert!(false, "{limit:?} is not the end"),
            Ok(false) => prop_assert_eq!(limit.reason, None),
            Err(error) => prop_assert_eq!(limit.reason, Some(error)),
        }
    }
    Ok(())
}

fn check_least<Q: Quote>(pool: &Q, part: u64) -> Result<(), TestCaseError>
where
    Q::Error: Debug + PartialEq,
{
    // Wanted is a part of what the largest sale pays, which some sale pays therefore.
    let most = largest_in(pool, 0, 1).ok().and_then(|limit| pool.quote_exact_in(0, 1, limit.amount).ok());
    let wanted = (most.unwrap_or_default() >> 10_usize) * U256::from(part) + U256::from(part);
    let pays = |amount: U256| pool.quote_exact_in(0, 1, amount).is_ok_and(|amount_out| amount_out >= wanted);
    match least_in(pool, 0, 1, wanted) {
        Ok(amount) if wanted.is_zero() => prop_assert!(amount.is_zero()),
        Ok(amount) => {
            prop_assert!(pays(amount) && (amount <= U256::from(1) || !pays(amount - U256::from(1))))
        }
        Err(Unreachable::PaysLess { amount_out, .. }) => prop_assert!(amount_out < wanted),
        Err(Unreachable::NoAnswer(_)) => {
            for shift in 0..256_usize {
                prop_assert!(pool.quote_exact_in(0, 1, U256::from(1) << shift).is_err());
            }
        }
    }
    Ok(())
}

fn check_limits<Q: Quote>(pool: &Q, thousandths: u64) -> Result<(), TestCaseError>
where
    Q::Error: Debug + PartialEq,
{
    for (i, j) in [(0, 1), (1, 0)] {
        if let Ok(limit) = largest_in(pool, i, j) {
            check_limit(limit, |amount| pool.clone().exchange(i, j, amount).map(|_| true))?;
        }
        let Ok(price) = pool.marginal_price(i, j) else { continue };
        let target = scaled(price, thousandths);
        if let Ok(limit) = until_average_price(pool, i, j, target) {
            check_limit(limit, |amount| {
                pool.quote_exact_in(i, j, amount).map(|amount_out| fraction(amount_out, amount) >= target)
            })?;
        }
        if let Ok(limit) = until_marginal_price(pool, i, j, target) {
            check_limit(limit, |amount| price_after(pool, i, j, amount).map(|price| price >= target))?;
        }
        let share = fraction(U256::from(thousandths), U256::from(1000));
        if let Ok(limit) = until_share(pool, i, j, share) {
            check_limit(limit, |amount| {
                let mut sold = pool.clone();
                sold.exchange(i, j, amount)?;
                Ok(sold.share(i)? <= share)
            })?;
        }
    }
    Ok(())
}

macro_rules! searches {
    ($name:ident, $pools:expr) => {
        mod $name {
            use super::*;

            proptest! {
                // A case evaluates some ten thousand trades.
                #![proptest_config(ProptestConfig::with_cases(32))]

                #[test]
                fn the_least_sale_pays_and_one_unit_less_does_not(pool in $pools, part in 0_u64..=1024) {
                    check_least(&pool, part)?;
                }

                #[test]
                fn a_limit_has_its_property_and_the_next_unit_has_not(pool in $pools, thousandths in 1_u64..1000) {
                    check_limits(&pool, thousandths)?;
                }

                #[test]
                fn a_coin_that_is_not_there_is_refused(pool in $pools, price in 0_u64..10) {
                    let price = fraction(U256::from(price), U256::from(7));
                    let beyond = pool.coins();
                    for (i, j) in [(0, beyond), (beyond, 0), (0, 0)] {
                        prop_assert!(largest_in(&pool, i, j).is_err() && Quote::marginal_price(&pool, i, j).is_err());
                        prop_assert!(least_in(&pool, i, j, ONE).is_err());
                        prop_assert!(until_average_price(&pool, i, j, price).is_err());
                        prop_assert!(until_marginal_price(&pool, i, j, price).is_err());
                        prop_assert!(until_share(&pool, i, j, price).is_err());
                    }
                    prop_assert!(pool.share(beyond).is_err());
                }
            }
        }
    };
}

searches!(stableswap_searches, stableswap_pools());
searches!(cryptoswap_searches, cryptoswap_pools());
searches!(constant_product_searches, pairs());
searches!(balancer_v3_searches, balancer_v3_pools());

proptest! {
    #[test]
    fn the_least_sale_to_a_pair_is_the_contracts_inverse_or_one_unit_below(pair in pairs(), part in 1_u64..1024) {
        let wanted = (pair.reserves()[1] >> 10_usize) * U256::from(part) + U256::from(1);
        // getAmountIn adds a unit also to an input that needs no rounding.
        if let (Ok(contract), Ok(least)) = (pair.quote_exact_out(0, wanted), least_in(&pair, 0, 1, wanted)) {
            prop_assert!(least == contract || least + U256::from(1) == contract, "{least}, {contract}");
        }
    }

    #[test]
    fn a_pair_without_a_fee_reaches_a_marginal_price_at_the_square_root(
        reserves in prop::collection::vec(1_u64 << 40..1 << 60, 2), thousandths in 1_u64..1000,
    ) {
        let pair = Pair::new([U256::from(reserves[0]), U256::from(reserves[1])], 0).expect("in range");
        let target = scaled(pair.marginal_price(0, 1).expect("a price"), thousandths);
        let limit = until_marginal_price(&pair, 0, 1, target).expect("answers");
        // R_0' = sqrt(R_0 R_1 / p) with p a part of R_1 / R_0. Rounded outputs leave up to one unit in R_1, which
        // counts as R_0' / R_1' units, twice over; f64 is right to 1e-15 of the reserve.
        let root = reserves[0] as f64 * (1000.0 / thousandths as f64).sqrt();
        let unit = root / (reserves[1] as f64 * (thousandths as f64 / 1000.0).sqrt());
        let found = limit.amount.to::<u128>() as f64;
        prop_assert!((found - (root - reserves[0] as f64)).abs() <= 2.0 + 2.0 * unit + 1e-14 * root, "{found}");
    }

    #[test]
    fn a_half_is_the_share_after_the_sale_that_balances_a_pool(low in 1_u64..500, amplification in 1..1000_u64) {
        let balances = [U256::from(low) * ONE, U256::from(1000 - low) * ONE];
        let pool = stableswap::Pool::plain(amplification, U256::ZERO, balances).expect("in range");
        let half = fraction(U256::from(1), U256::from(2));
        let Limit { amount, reason } = until_share(&pool, 0, 1, half).expect("answers");
        let mut balanced = pool;
        balanced.exchange(0, 1, amount).expect("answers");
        prop_assert_eq!(reason, None);
        // Both sides differ by the unit that the next sale would add and by the output's roundings.
        prop_assert!(balanced.balances()[0].abs_diff(balanced.balances()[1]) <= U256::from(8));
    }
}

#[test]
fn a_marginal_price_is_what_a_small_sale_pays() {
    // 2^20 units out of some 1e24 move the price by 1e-17: what is missing are roundings of a few units.
    let amount_in = U256::from(1 << 20);
    fn check(pool: &impl Quote<Error: Debug>, amount_in: U256, i: usize, j: usize) {
        let price = pool.marginal_price(i, j).expect("a price");
        let paid = pool.quote_exact_in(i, j, amount_in).expect("an answer");
        let fair = amount_in * price.numerator() / price.denominator();
        assert!(paid <= fair + U256::from(1) && paid + U256::from(8) >= fair, "{paid}, {fair}");
    }
    let million = ONE * U256::from(1_000_000);
    for (i, j) in [(0, 1), (1, 0)] {
        let pair = Pair::new([million, million * U256::from(3)], 3000).expect("in range");
        check(&pair, amount_in, i, j);
        let pool = stableswap::Pool::plain(100, U256::from(4_000_000), [million, million * U256::from(7)]);
        check(&pool.expect("in range"), amount_in, i, j);
    }
}

/// A pool that counts its evaluations.
#[derive(Clone)]
struct Counted<'a, Q> {
    pool: Q,
    count: &'a Cell<usize>,
}

impl<Q: Quote> Quote for Counted<'_, Q> {
    type Error = Q::Error;

    fn coins(&self) -> usize {
        self.pool.coins()
    }

    fn quote_exact_in(&self, i: usize, j: usize, amount_in: U256) -> Result<U256, Q::Error> {
        self.count.set(self.count.get() + 1);
        self.pool.quote_exact_in(i, j, amount_in)
    }

    fn exchange(&mut self, i: usize, j: usize, amount_in: U256) -> Result<U256, Q::Error> {
        self.count.set(self.count.get() + 1);
        self.pool.exchange(i, j, amount_in)
    }

    fn marginal_price(&self, i: usize, j: usize) -> Result<Price, Q::Error> {
        self.pool.marginal_price(i, j)
    }

    fn share(&self, i: usize) -> Result<Price, Q::Error> {
        self.pool.share(i)
    }
}

#[test]
fn no_search_takes_more_evaluations_than_stated() {
    let count = Cell::new(0);
    let balances = [ONE * U256::from(1000), ONE * U256::from(250)];
    let pool = stableswap::Pool::plain(100, U256::from(4_000_000), balances).expect("in range");
    let counted = Counted { pool, count: &count };
    let evaluations = |search: &dyn Fn()| {
        count.set(0);
        search();
        count.get()
    };
    let one = fraction(U256::from(1), U256::from(1));
    let none = fraction(U256::ZERO, U256::from(1));
    let bound = 257 + 255;
    assert!(evaluations(&|| _ = largest_in(&counted, 0, 1)) <= bound);
    for price in [none, one] {
        assert!(evaluations(&|| _ = until_average_price(&counted, 0, 1, price)) <= bound);
        assert!(evaluations(&|| _ = until_marginal_price(&counted, 0, 1, price)) <= bound);
        assert!(evaluations(&|| _ = until_share(&counted, 0, 1, price)) <= bound);
    }
    for wanted in [U256::from(1), ONE * U256::from(249), ONE * U256::from(251), U256::MAX] {
        assert!(evaluations(&|| _ = least_in(&counted, 0, 1, wanted)) <= 2 * bound);
    }
}

#[test]
fn the_reason_of_the_limit_is_the_contracts() {
    let pool = Pair::new([U256::from(1000), U256::from(1000)], 3000).expect("in range");
    let largest = (U256::from(1) << 112) - U256::from(1001);
    let reason = Some(pegstress_exact::constant_product::ConstantProductError::ReserveOverflow);
    assert_eq!(largest_in(&pool, 0, 1), Ok(Limit { amount: largest, reason }));
    assert!(matches!(least_in(&pool, 0, 1, U256::from(1000)), Err(Unreachable::PaysLess { .. })));
}
