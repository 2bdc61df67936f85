//! Laws that hold for every Balancer pool, whatever its parameters.

use pegstress_exact::U256;
use pegstress_exact::balancer::v2::{self, RateCache, Token};
use pegstress_exact::balancer::v3::{self, Curve, Surge};
use pegstress_exact::balancer::{Error, ONE};
use proptest::prelude::*;

/// What the laws need of a pool, in the places of the curve.
#[derive(Clone, Debug, PartialEq)]
enum AnyPool {
    V2(v2::Pool),
    V3(v3::Pool),
}

impl AnyPool {
    fn balances(&self) -> &[U256] {
        match self {
            Self::V2(pool) => pool.balances(),
            Self::V3(pool) => pool.balances_raw(),
        }
    }

    fn set_aside(&self, token: usize) -> U256 {
        match self {
            Self::V2(_) => U256::ZERO,
            Self::V3(pool) => pool.aggregate_fees()[token],
        }
    }

    fn rates(&self) -> Vec<U256> {
        match self {
            Self::V2(pool) => pool.tokens().iter().map(|token| token.rate.rate()).collect(),
            Self::V3(pool) => pool.token_rates(),
        }
    }

    fn invariant(&self) -> Result<U256, Error> {
        match self {
            Self::V2(pool) => pool.invariant(),
            Self::V3(pool) => pool.invariant(),
        }
    }

    fn marginal_price(&self, token_in: usize, token_out: usize) -> Result<U256, Error> {
        match self {
            Self::V2(pool) => pool.marginal_price(token_in, token_out),
            Self::V3(pool) => pool.marginal_price(token_in, token_out),
        }
    }

    fn quote_exact_in(&self, token_in: usize, token_out: usize, amount: U256) -> Result<U256, Error> {
        match self {
            Self::V2(pool) => pool.quote_exact_in(token_in, token_out, amount),
            Self::V3(pool) => pool.quote_exact_in(token_in, token_out, amount),
        }
    }

    fn quote_exact_out(&self, token_in: usize, token_out: usize, amount: U256) -> Result<U256, Error> {
        match self {
            Self::V2(pool) => pool.quote_exact_out(token_in, token_out, amount),
            Self::V3(pool) => pool.quote_exact_out(token_in, token_out, amount),
        }
    }

    fn swap_exact_in(&mut self, token_in: usize, token_out: usize, amount: U256) -> Result<U256, Error> {
        match self {
            Self::V2(pool) => pool.swap_exact_in(token_in, token_out, amount),
            Self::V3(pool) => pool.swap_exact_in(token_in, token_out, amount),
        }
    }

    fn swap_exact_out(&mut self, token_in: usize, token_out: usize, amount: U256) -> Result<U256, Error> {
        match self {
            Self::V2(pool) => pool.swap_exact_out(token_in, token_out, amount),
            Self::V3(pool) => pool.swap_exact_out(token_in, token_out, amount),
        }
    }

    /// How far roundings can move an amount of a token, in its smallest units; `None` without prices.
    ///
    /// Weighted: a power is off by up to 2e-14 (the error itself and its allowance), of a balance. Stable: a step of
    /// Newton for the invariant `D` rounds each factor `D / (n x_k)` by one unit, which the others multiply, and stops
    /// within a unit; `dD/dx_k = p_k D / sum(p_m x_m)` turns units of `D` into units of the token, with prices `p`.
    fn slack(&self, token: usize) -> Option<U256> {
        let balances = self.balances();
        let largest = *balances.iter().max()?;
        if let Self::V3(pool) = self
            && let Curve::Weighted(_) = pool.curve()
        {
            return Some(largest / U256::from(10_000_000_000_000_u64) + U256::from(4));
        }
        let (rates, invariant) = (self.rates(), self.invariant().ok()?);
        let n = U256::from(balances.len());
        let (mut units, mut value) = (U256::from(4), U256::ZERO);
        for (other, (&balance, &rate)) in balances.iter().zip(&rates).enumerate() {
            let share = n * (balance * rate / ONE);
            units += U256::from(2) * (invariant.checked_div(share)? + share.checked_div(invariant)?);
            let price = if other == token { ONE } else { self.marginal_price(other, token).ok()? };
            value += price * balance / ONE;
        }
        let per_unit = value.checked_div(invariant)? + U256::from(2);
        let mut slack = U256::from(8) + U256::from(4) * units * per_unit;
        if let Self::V2(_) = self {
            // Version 2 cuts three digits of two terms of the equation for one balance.
            slack +=
                U256::from(1000) * (U256::from(2) + largest.checked_div(*balances.iter().min()?)?) * per_unit;
        }
        Some(slack)
    }
}

fn units(low: u64) -> impl Strategy<Value = U256> {
    // 1e14 to 1e26, at most 100 to 1 between the tokens of a pool, see `balances`.
    (low..100 * low).prop_map(U256::from)
}

prop_compose! {
    fn balances(tokens: std::ops::RangeInclusive<usize>)(
        base in units(1_000_000_000_000_000),
        shares in prop::collection::vec(100_u64..10_000, tokens),
        scale in prop_oneof![Just(1_u64), 1..1_000_000_000_u64],
    ) -> Vec<U256> {
        shares.into_iter().map(|share| base * U256::from(share) / U256::from(100) * U256::from(scale)).collect()
    }
}

fn rates() -> impl Strategy<Value = Vec<U256>> {
    let rate =
        prop_oneof![Just(1_000_000_000_000_000_000), 700_000_000_000_000_000_u64..1_500_000_000_000_000_000];
    prop::collection::vec(rate.prop_map(U256::from), 5)
}

/// Nothing, 99 % and in between.
fn fees() -> impl Strategy<Value = U256> {
    prop_oneof![Just(0), Just(990_000_000_000_000_000), 0..10_000_000_000_000_000_u64].prop_map(U256::from)
}

prop_compose! {
    fn v2_pools()(
        balances in balances(2..=5),
        rates in rates(),
        fee in fees(),
        amplification_milli in prop_oneof![Just(1000), Just(5_000_000), 1000..2_000_000_u64],
        composable in any::<bool>(),
    ) -> v2::Pool {
        let tokens: Vec<Token> = rates[..balances.len()]
            .iter()
            .map(|&rate| Token::new(18, RateCache::fixed(rate).expect("fits")).expect("decimals"))
            .collect();
        let supply = balances.iter().sum();
        // The own token stands last, so that places are the curve's.
        let family = if composable {
            v2::Family::Composable { own_token: tokens.len() }
        } else {
            v2::Family::MetaStable
        };
        let mut registered = balances;
        registered.extend(composable.then_some(U256::from(1) << 111));
        let parameters = v2::Parameters { family, amplification_milli, swap_fee: fee, tokens };
        v2::Pool::new(parameters, &registered, supply).expect("in range")
    }
}

prop_compose! {
    fn v3_stable_pools_of(surging: bool, fees: impl Strategy<Value = U256>)(
        balances in balances(2..=5),
        rates in rates(),
        fee in fees,
        amplification_milli in prop_oneof![Just(1000), Just(50_000_000), 1000..2_000_000_u64],
        aggregate in 0..=1_000_000_000_000_000_000_u64,
        threshold in 0..900_000_000_000_000_000_u64,
        max_fee in 0..950_000_000_000_000_000_u64,
    ) -> v3::Pool {
        let surge = Surge { threshold: U256::from(threshold), max_fee: U256::from(max_fee) };
        let curve = Curve::stable(amplification_milli, balances.len()).expect("in range");
        v3_pool(curve, balances, &rates, (fee, U256::from(aggregate)), surging.then_some(surge))
    }
}

fn v3_stable_pools(surging: bool) -> impl Strategy<Value = v3::Pool> {
    v3_stable_pools_of(surging, fees())
}

fn v3_stable_pools_with(fees: impl Strategy<Value = U256>) -> impl Strategy<Value = v3::Pool> {
    v3_stable_pools_of(false, fees)
}

fn v3_weighted_pools() -> impl Strategy<Value = v3::Pool> {
    v3_weighted_pools_with(fees())
}

prop_compose! {
    fn v3_weighted_pools_with(fees: impl Strategy<Value = U256>)(
        balances in balances(2..=4),
        rates in rates(),
        fee in fees,
        points in prop::collection::vec(2_u64..20, 4),
        aggregate in 0..=1_000_000_000_000_000_000_u64,
    ) -> v3::Pool {
        let hundredth = ONE / U256::from(100);
        let mut weights: Vec<U256> =
            points[..balances.len() - 1].iter().map(|&point| U256::from(point) * hundredth).collect();
        weights.push(ONE - weights.iter().sum::<U256>());
        let curve = Curve::weighted(weights).expect("in range");
        v3_pool(curve, balances, &rates, (fee, U256::from(aggregate)), None)
    }
}

fn v3_pool(
    curve: Curve,
    balances: Vec<U256>,
    rates: &[U256],
    (swap_fee, aggregate_swap_fee): (U256, U256),
    surge: Option<Surge>,
) -> v3::Pool {
    let tokens = balances.len();
    let parameters = v3::Parameters {
        curve,
        scaling_factors: vec![U256::from(1); tokens],
        token_rates: rates[..tokens].to_vec(),
        swap_fee,
        aggregate_swap_fee,
        surge,
    };
    let supply = balances.iter().sum();
    v3::Pool::new(parameters, balances, supply).expect("in range")
}

fn pools() -> impl Strategy<Value = AnyPool> {
    prop_oneof![
        v2_pools().prop_map(AnyPool::V2),
        v3_stable_pools(false).prop_map(AnyPool::V3),
        v3_stable_pools(true).prop_map(AnyPool::V3),
        v3_weighted_pools().prop_map(AnyPool::V3),
    ]
}

/// Pools whose fee is the same for every trade.
fn pools_with_static_fee() -> impl Strategy<Value = AnyPool> {
    prop_oneof![
        v2_pools().prop_map(AnyPool::V2),
        v3_stable_pools(false).prop_map(AnyPool::V3),
        v3_weighted_pools().prop_map(AnyPool::V3),
    ]
}

/// Trades of a millionth to all of a balance.
fn parts() -> impl Strategy<Value = u64> {
    prop_oneof![1..1000_u64, 1000..1_000_000_u64]
}

fn part(balance: U256, part: u64) -> U256 {
    balance * U256::from(part) / U256::from(1_000_000)
}

proptest! {
    #[test]
    fn a_round_trip_never_pays(pool in pools(), share in parts()) {
        let amount_in = part(pool.balances()[0], share);
        let mut moved = pool.clone();
        if let Ok(amount_out) = moved.swap_exact_in(0, 1, amount_in)
            && let Ok(back) = moved.quote_exact_in(1, 0, amount_out)
            && let (Some(before), Some(after)) = (pool.slack(0), moved.slack(0))
        {
            prop_assert!(back <= amount_in + before.max(after), "{back} for {amount_in}");
        }
    }

    #[test]
    fn the_invariant_never_falls_on_a_swap(pool in pools(), share in parts(), exact_in in any::<bool>()) {
        let mut moved = pool.clone();
        let swapped = if exact_in {
            moved.swap_exact_in(0, 1, part(pool.balances()[0], share))
        } else {
            moved.swap_exact_out(0, 1, part(pool.balances()[1], share))
        };
        if swapped.is_ok()
            && let (Ok(before), Ok(after)) = (pool.invariant(), moved.invariant())
            && let (Some(off_before), Some(off_after)) = (pool.slack(0), moved.slack(0))
        {
            prop_assert!(after + off_before.max(off_after) >= before, "{after} after {before}");
        }
    }

    #[test]
    fn buying_what_a_sale_gives_costs_what_was_sold(pool in pools_with_static_fee(), share in parts()) {
        let amount_in = part(pool.balances()[0], share);
        // A fee of 99 % and no output make the inverse a matter of roundings alone.
        if let Ok(amount_out) = pool.quote_exact_in(0, 1, amount_in)
            && let Ok(again) = pool.quote_exact_out(0, 1, amount_out)
            && let Some(slack) = pool.slack(0)
        {
            // The fee is divided by 1 - f >= 1 %: a unit of the net input is up to 100 of the whole.
            prop_assert!(again <= amount_in + U256::from(100) * slack, "{again} for {amount_in}");
            if let (Ok(more), Some(slack)) = (pool.quote_exact_in(0, 1, again), pool.slack(1)) {
                prop_assert!(more <= amount_out + slack, "{more} for {amount_out}");
            }
        }
    }

    #[test]
    fn a_larger_sale_gets_no_better_average_price(
        pool in pools_with_static_fee(), share in 1..100_000_u64, factor in 2..10_u64,
    ) {
        let small = part(pool.balances()[0], share);
        let large = small * U256::from(factor);
        if let (Ok(few), Ok(many)) = (pool.quote_exact_in(0, 1, small), pool.quote_exact_in(0, 1, large))
            && let Some(slack) = pool.slack(1)
        {
            prop_assert!(many * small <= (few + slack) * large, "{few} for {small}, {many} for {large}");
        }
    }

    #[test]
    fn tokens_are_conserved_and_a_failed_swap_changes_nothing(
        pool in pools(), share in 1..3_000_000_u64, exact_in in any::<bool>(),
    ) {
        let given = part(pool.balances()[usize::from(!exact_in)], share);
        let mut moved = pool.clone();
        let other = if exact_in { moved.swap_exact_in(0, 1, given) } else { moved.swap_exact_out(0, 1, given) };
        let Ok(other) = other else {
            prop_assert_eq!(moved, pool);
            return Ok(());
        };
        let quoted = if exact_in { pool.quote_exact_in(0, 1, given) } else { pool.quote_exact_out(0, 1, given) };
        prop_assert_eq!(quoted, Ok(other));
        let (amount_in, amount_out) = if exact_in { (given, other) } else { (other, given) };
        prop_assert_eq!(moved.balances()[0] + moved.set_aside(0), pool.balances()[0] + amount_in);
        prop_assert_eq!(moved.balances()[1] + amount_out, pool.balances()[1]);
        prop_assert_eq!(moved.set_aside(1), U256::ZERO);
        prop_assert_eq!(&moved.balances()[2..], &pool.balances()[2..]);
    }

    #[test]
    fn a_small_sale_gets_the_marginal_price(pool in pools_with_static_fee()) {
        let amount_in = part(pool.balances()[0], 1);
        if let Ok(amount_out) = pool.quote_exact_in(0, 1, amount_in)
            && let Some(slack) = pool.slack(1)
        {
            let price = match &pool {
                AnyPool::V2(pool) => pool.marginal_price_after_fee(0, 1),
                AnyPool::V3(pool) => pool.marginal_price_after_fee(0, 1),
            };
            let limit = amount_in * price.expect("priced") / ONE;
            // At the least amplification a millionth of a balance moves the price by less than 1e-5 of itself: the
            // steepest is the product law, twice the share of the smaller side, here at most 100 millionths.
            prop_assert!(amount_out <= limit + slack, "{amount_out}, {limit}");
            let least = limit - limit / U256::from(1000);
            prop_assert!(amount_out + slack >= least, "{amount_out}, {limit}");
        }
    }

    #[test]
    fn v3_a_proportional_deposit_and_withdrawal_never_pay(
        pool in prop_oneof![v3_stable_pools(true), v3_weighted_pools()], share in parts(),
    ) {
        let mut moved = pool.clone();
        let pool_tokens = part(pool.total_supply(), share);
        if let Ok(paid) = moved.add_proportional(pool_tokens) {
            let back = moved.remove_proportional(pool_tokens).expect("no less than before is left");
            prop_assert!(back.iter().zip(&paid).all(|(back, paid)| back <= paid), "{back:?} for {paid:?}");
            prop_assert_eq!(moved.total_supply(), pool.total_supply());
        }
    }

    #[test]
    fn v3_an_uneven_deposit_and_its_withdrawal_never_pay(
        pool in prop_oneof![v3_stable_pools(false), v3_weighted_pools()], share in parts(),
    ) {
        let mut moved = pool.clone();
        let mut amounts = vec![U256::ZERO; pool.balances_raw().len()];
        amounts[0] = part(pool.balances_raw()[0], share);
        if let Ok(pool_tokens) = moved.add_unbalanced(&amounts) {
            let slack = |pool: &v3::Pool| AnyPool::V3(pool.clone()).slack(0);
            let after = slack(&moved);
            if let Ok(back) = moved.remove_one_token_exact_in(0, pool_tokens)
                && let (Some(before), Some(after)) = (slack(&pool), after)
            {
                prop_assert!(back <= amounts[0] + before.max(after), "{back} for {}", amounts[0]);
            }
        }
    }

    #[test]
    fn v3_both_ways_of_a_one_token_change_agree_without_a_fee(
        pool in prop_oneof![v3_stable_pools_with(Just(U256::ZERO)), v3_weighted_pools_with(Just(U256::ZERO))],
        share in 1000..200_000_u64,
    ) {
        // Each of the two weighted invariants is off by up to four powers of 1e-14, and their ratio is raised to up to
        // 1 / 2 %: 4e-12 of the balance after the change.
        let base = AnyPool::V3(pool.clone()).slack(0).unwrap_or(U256::MAX >> 8);
        let slack = |moved: U256| {
            U256::from(100) * base + (pool.balances_raw()[0] + moved) / U256::from(100_000_000_000_u64)
        };
        let pool_tokens = part(pool.total_supply(), share);
        if let Ok(paid) = pool.clone().add_one_token_exact_out(0, pool_tokens) {
            let mut amounts = vec![U256::ZERO; pool.balances_raw().len()];
            amounts[0] = paid;
            if let Ok(minted) = pool.clone().add_unbalanced(&amounts) {
                let cost = pool.clone().add_one_token_exact_out(0, minted).expect("as before");
                prop_assert!(cost.abs_diff(paid) <= slack(paid), "{cost}, {paid}");
            }
        }
        if let Ok(out) = pool.clone().remove_one_token_exact_in(0, pool_tokens)
            && let Ok(burned) = pool.clone().remove_one_token_exact_out(0, out)
        {
            let worth = pool.clone().remove_one_token_exact_in(0, burned).expect("as before");
            prop_assert!(worth.abs_diff(out) <= slack(out), "{worth}, {out}");
        }
    }

    #[test]
    fn v2_deposits_and_their_withdrawals_never_pay(pool in v2_pools(), share in parts()) {
        let pool_tokens = part(pool.supply(), share);
        let mut moved = pool.clone();
        if let Ok(paid) = moved.join_proportional(pool_tokens) {
            let back = moved.exit_proportional(pool_tokens).expect("no less than before is left");
            prop_assert!(back.iter().zip(&paid).all(|(back, paid)| back <= paid), "{back:?} for {paid:?}");
        }
        let mut amounts = vec![U256::ZERO; pool.balances().len()];
        amounts[0] = part(pool.balances()[0], share);
        let mut moved = pool.clone();
        if let Ok(minted) = moved.join_exact_in(&amounts) {
            let slack = |pool: &v2::Pool| AnyPool::V2(pool.clone()).slack(0);
            let after = slack(&moved);
            if let Ok(back) = moved.exit_one_token_exact_in(0, minted)
                && let (Some(before), Some(after)) = (slack(&pool), after)
            {
                prop_assert!(back <= amounts[0] + before.max(after), "{back} for {}", amounts[0]);
            }
        }
    }
}
