//! Balancer pools where the result is known in closed form: fees, bookings, rates, deposits, limits.

use pegstress_exact::U256;
use pegstress_exact::balancer::v2::{self, RateCache, Token};
use pegstress_exact::balancer::v3::{self, Curve, Surge};
use pegstress_exact::balancer::{Error, ONE};

fn tokens(value: u64) -> U256 {
    U256::from(value) * ONE
}

fn percent(value: u64) -> U256 {
    U256::from(value) * ONE / U256::from(100)
}

fn v3_pool(curve: Curve, balances: &[u64], swap_fee: U256, surge: Option<Surge>) -> v3::Pool {
    let n = balances.len();
    let parameters = v3::Parameters {
        curve,
        scaling_factors: vec![U256::from(1); n],
        token_rates: vec![ONE; n],
        swap_fee,
        aggregate_swap_fee: percent(50),
        surge,
    };
    let supply = tokens(balances.iter().sum());
    v3::Pool::new(parameters, balances.iter().map(|&x| tokens(x)).collect(), supply).expect("valid")
}

fn stable() -> Curve {
    Curve::stable(1_000_000, 2).expect("valid")
}

fn composable(rates: [U256; 2], swap_fee: U256) -> v2::Pool {
    let token = |rate| Token::new(18, RateCache::fixed(rate).expect("fits")).expect("decimals");
    let parameters = v2::Parameters {
        family: v2::Family::Composable { own_token: 1 },
        amplification_milli: 1_000_000,
        swap_fee,
        tokens: rates.map(token).to_vec(),
    };
    let registered = [tokens(1000), U256::from(1) << 111, tokens(1000)];
    v2::Pool::new(parameters, &registered, tokens(2000)).expect("valid")
}

fn near(value: U256, expected: U256, tolerance: U256) -> bool {
    value.abs_diff(expected) <= tolerance
}

#[test]
fn equal_weights_are_the_product_law() {
    let curve = Curve::weighted(vec![percent(50); 2]).expect("valid");
    let pool = v3_pool(curve, &[1000, 3000], U256::ZERO, None);
    // 3000 * 100 / 1100; the base of the power is rounded in steps of 1e-18, of 3000 tokens.
    let exact = tokens(300_000) / U256::from(1100);
    let step = U256::from(3002);
    let out = pool.quote_exact_in(0, 1, tokens(100)).expect("priced");
    assert!(out <= exact && near(out, exact, step), "{out}");
    // 1000 * 600 / 2400
    let input = pool.quote_exact_out(0, 1, tokens(600)).expect("priced");
    assert!(input >= tokens(250) && near(input, tokens(250), step), "{input}");
    assert_eq!(pool.marginal_price(0, 1), Ok(tokens(3)));
    assert_eq!(pool.quote_exact_in(0, 1, tokens(301)), Err(Error::InputRatioTooLarge));
    assert_eq!(pool.quote_exact_out(0, 1, tokens(901)), Err(Error::OutputRatioTooLarge));
}

#[test]
fn four_fifths_against_one_fifth_is_a_fourth_power() {
    let pool = v3_pool(
        Curve::weighted(vec![percent(80), percent(20)]).expect("valid"),
        &[1000, 1000],
        U256::ZERO,
        None,
    );
    // 1000 (1 - (1000 / 1250)^4) = 590.4
    let exact = tokens(5904) / U256::from(10);
    let out = pool.quote_exact_in(0, 1, tokens(250)).expect("priced");
    assert!(out <= exact && near(out, exact, U256::from(5000)), "{out}");
    assert_eq!(pool.marginal_price(0, 1), Ok(tokens(4)));
}

#[test]
fn the_fee_stays_in_the_pool_less_the_share_of_protocol_and_creator() {
    let mut pool = v3_pool(stable(), &[1000, 1000], percent(1), None);
    let before = pool.invariant().expect("settles");
    let out = pool.swap_exact_in(0, 1, tokens(10)).expect("swaps");
    // 1 % of 10, half of it set aside.
    let aside = ONE / U256::from(20);
    assert_eq!(pool.aggregate_fees(), [aside, U256::ZERO]);
    assert_eq!(pool.balances_raw(), [tokens(1010) - aside, tokens(1000) - out]);
    assert_eq!(pool.balances_live(), pool.balances_raw());
    // What is left of the fee raises the invariant, at prices of nearly one.
    let gain = pool.invariant().expect("settles") - before;
    assert!(near(gain, aside, aside / U256::from(100)), "{gain}");
}

#[test]
fn the_fee_on_an_exact_output_is_the_fee_on_the_input_it_needs() {
    let free = v3_pool(stable(), &[1000, 1000], U256::ZERO, None);
    let pool = v3_pool(stable(), &[1000, 1000], percent(20), None);
    let net = free.quote_exact_out(0, 1, tokens(10)).expect("priced");
    let gross = pool.quote_exact_out(0, 1, tokens(10)).expect("priced");
    // net / 0.8
    assert!(near(gross, net * U256::from(5) / U256::from(4), U256::from(1)), "{gross}");
    let pool = composable([ONE; 2], percent(20));
    let free = composable([ONE; 2], U256::ZERO);
    let net = free.quote_exact_out(0, 2, tokens(10)).expect("priced");
    let gross = pool.quote_exact_out(0, 2, tokens(10)).expect("priced");
    assert!(near(gross, net * U256::from(5) / U256::from(4), U256::from(1)), "{gross}");
}

#[test]
fn a_slash_reaches_the_price_of_version_3_at_once_and_of_version_2_with_its_cache() {
    let slashed = percent(90);
    let mut pool = v3_pool(stable(), &[1000, 1000], U256::ZERO, None);
    pool.set_rate(0, slashed).expect("in range");
    assert_eq!(pool.balances_live(), [tokens(900), tokens(1000)]);
    let price = pool.marginal_price(0, 1).expect("priced");
    // A = 1000 holds the live price within a thousandth at 9 : 10.
    assert!(near(price, slashed, ONE / U256::from(1000)), "{price}");

    let cached =
        |now| Token::new(18, RateCache::read_before(ONE, 0, 3600, now).expect("fits")).expect("decimals");
    let plain = Token::new(18, RateCache::without_provider()).expect("decimals");
    let parameters = v2::Parameters {
        family: v2::Family::MetaStable,
        amplification_milli: 1_000_000,
        swap_fee: U256::ZERO,
        tokens: vec![cached(10_000), plain],
    };
    let mut pool = v2::Pool::new(parameters, &[tokens(1000); 2], tokens(2000)).expect("valid");
    let fresh = pool.quote_exact_in(0, 1, ONE).expect("priced");
    pool.refresh_rates(13_600, &[slashed, ONE]).expect("in range");
    assert_eq!(pool.quote_exact_in(0, 1, ONE), Ok(fresh));
    pool.refresh_rates(13_601, &[slashed, ONE]).expect("in range");
    let stale_no_more = pool.quote_exact_in(0, 1, ONE).expect("priced");
    assert!(near(stale_no_more, slashed, ONE / U256::from(1000)), "{stale_no_more}");
}

#[test]
fn half_of_a_one_sided_deposit_pays_the_fee() {
    // In a balanced pool of two tokens at a price of one, half of a small deposit is swapped: f / 2 of it.
    let (amount, fee) = (ONE, percent(10));
    let expected = ONE - ONE / U256::from(20);
    let tolerance = ONE / U256::from(1000);
    let mut pool = v3_pool(stable(), &[1000, 1000], fee, None);
    let minted = pool.add_unbalanced(&[amount, U256::ZERO]).expect("deposits");
    assert!(near(minted, expected, tolerance), "{minted}");
    assert_eq!(pool.total_supply(), tokens(2000) + minted);
    // Half of the fee on half of the amount is set aside.
    assert!(near(pool.aggregate_fees()[0], ONE / U256::from(40), tolerance), "{:?}", pool.aggregate_fees());
    let mut pool = composable([ONE; 2], fee);
    let minted = pool.join_exact_in(&[amount, U256::ZERO]).expect("deposits");
    assert!(near(minted, expected, tolerance), "{minted}");
    let out = composable([ONE; 2], fee).exit_one_token_exact_in(0, amount).expect("withdraws");
    assert!(near(out, expected, tolerance), "{out}");
    let mut pool = v3_pool(stable(), &[1000, 1000], fee, None);
    let out = pool.remove_one_token_exact_in(0, amount).expect("withdraws");
    assert!(near(out, expected, tolerance), "{out}");
}

#[test]
fn an_even_deposit_pays_no_fee() {
    let mut pool = v3_pool(stable(), &[1000, 1000], percent(10), None);
    let minted = pool.add_unbalanced(&[tokens(10); 2]).expect("deposits");
    // The ratio of the invariants is cut at 1e-18: up to 1000 units of each 1000 tokens count as uneven and pay a
    // tenth; and a few units of the invariant.
    assert!(minted <= tokens(20) && near(minted, tokens(20), U256::from(220)), "{minted}");
    assert_eq!(pool.add_proportional(tokens(202)).map(|paid| paid.len()), Ok(2));
    let mut pool = composable([ONE; 2], percent(10));
    assert_eq!(pool.join_exact_in(&[tokens(10); 2]), Ok(tokens(20)));
    // The share of the supply is cut at 1e-18, of 1010 tokens.
    let back = pool.exit_proportional(tokens(20)).expect("withdraws");
    assert!(back.iter().all(|&out| out <= tokens(10) && near(out, tokens(10), U256::from(1011))), "{back:?}");
}

#[test]
fn a_swap_with_the_own_token_is_a_deposit_or_a_withdrawal() {
    let pool = composable([ONE, percent(110)], percent(1));
    let stock = pool.own_balance();
    let (mut swapped, mut joined) = (pool.clone(), pool.clone());
    let minted = swapped.swap_exact_in(0, 1, tokens(5)).expect("deposits");
    assert_eq!(joined.join_exact_in(&[tokens(5), U256::ZERO]), Ok(minted));
    assert_eq!((swapped.balances(), swapped.supply()), (joined.balances(), joined.supply()));
    assert_eq!(swapped.own_balance(), stock - minted);
    let (mut swapped, mut left) = (pool.clone(), pool.clone());
    let out = swapped.swap_exact_in(1, 2, tokens(5)).expect("withdraws");
    assert_eq!(left.exit_one_token_exact_in(1, tokens(5)), Ok(out));
    assert_eq!(swapped.own_balance(), stock + tokens(5));
    assert_eq!(pool.quote_exact_in(1, 1, ONE), Err(Error::SameToken { index: 1 }));
    assert_eq!(pool.marginal_price(0, 1), Err(Error::Unsupported));
}

#[test]
fn the_surge_hook_raises_the_fee_and_refuses_deposits_that_worsen_the_imbalance() {
    let surge = Some(Surge { threshold: percent(10), max_fee: percent(95) });
    let mut pool = v3_pool(stable(), &[1000, 1000], percent(1), surge);
    assert_eq!(pool.fee_exact_in(0, 1, tokens(50)), Ok(percent(1)));
    // Imbalance 0.4 after a sale of 400: 1 % + 94 % * 0.3 / 0.9, at prices near one.
    let fee = pool.fee_exact_in(0, 1, tokens(400)).expect("priced");
    let expected = percent(1) + percent(94) / U256::from(3);
    assert!(near(fee, expected, percent(1)), "{fee}");
    let before = pool.clone();
    assert_eq!(pool.add_unbalanced(&[tokens(600), U256::ZERO]), Err(Error::Surging));
    assert_eq!(pool.remove_one_token_exact_in(0, tokens(600)), Err(Error::Surging));
    assert_eq!(pool, before);
    assert!(pool.add_proportional(tokens(600)).is_ok());
}

#[test]
fn uneven_changes_stay_within_the_limits_of_the_pool_type() {
    let weighted = || Curve::weighted(vec![percent(50); 2]).expect("valid");
    for (curve, most, least) in [(stable(), 500, 60), (weighted(), 300, 70)] {
        let pool = v3_pool(curve, &[1000, 1000], U256::ZERO, None);
        let supply = pool.total_supply();
        let beyond = supply * U256::from(most - 100) / U256::from(100) + U256::from(1_000_000_000_000_u64);
        assert_eq!(pool.clone().add_one_token_exact_out(0, beyond), Err(Error::InvariantRatioTooLarge));
        let burned = supply * U256::from(100 - least) / U256::from(100) + U256::from(1_000_000_000_000_u64);
        assert_eq!(pool.clone().remove_one_token_exact_in(0, burned), Err(Error::InvariantRatioTooSmall));
        assert!(pool.clone().add_proportional(beyond).is_ok());
        assert_eq!(pool.clone().remove_proportional(supply), Err(Error::SupplyTooLow));
    }
}
