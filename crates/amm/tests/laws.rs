//! Laws that hold for every pool model, stamped on each.

mod common;

use common::{
    Random, balancer, balancer_stable, concentrated_with, constant_product, cryptoswap, invariant, offpeg,
    other_coins, relative, several_coins, stableswap, weighted,
};
use pegstress_amm::balancer_stable::{Spec, Surge};
use pegstress_amm::depth::{DepthBy, depth};
use pegstress_amm::{Coin, Money, PoolSpec, RateSource, Venue, VenueSpec};

const STATES: usize = 5_000;
/// A few rounding errors of a pool that is not drained.
const ROUNDING: f64 = 1e-13;

/// What rounding of the ETH reserve can be worth, ETH: a drained reserve is dear, its last digit worth 1/price.
fn rounding_eth(state: &State, after: &Venue<1>) -> f64 {
    let price = after.marginal_price()[0];
    ROUNDING * invariant(&state.spec, after, state.rate)
        + 8.0
            * f64::EPSILON
            * Venue::<1>::new(&state.spec, &[state.rate]).reserves().eth[0]
            * (1.0 + state.rate / price)
}

/// By how much, relative, the average price of a larger sale can be the higher one: a fee that falls while the sale
/// brings the pool to its peg, and fees in whole multiples of 1e-10.
fn fee_range(spec: &VenueSpec) -> f64 {
    match &spec.pool {
        PoolSpec::StableSwap(pool) if pool.offpeg_multiplier > 1.0 => {
            1e-10 + (pool.offpeg_multiplier - 1.0) * pool.fee
        }
        PoolSpec::MultiStableSwap(pool) if pool.offpeg_multiplier > 1.0 => {
            1e-10 + (pool.offpeg_multiplier - 1.0) * pool.fee
        }
        _ => 0.0,
    }
}

/// What a round trip loses at least. A Balancer fee on the tokens that come in stays where these are plenty, and the way
/// back takes most of it out again.
fn lost_fee(spec: &VenueSpec, fee: f64) -> f64 {
    if matches!(spec.pool, PoolSpec::BalancerStable(_)) { 0.0 } else { fee }
}

/// Whether the price of the next token may jump during a trade, so that a limit is met where it jumps over it.
fn jumps(spec: &VenueSpec) -> bool {
    matches!(&spec.pool, PoolSpec::BalancerStable(pool) if pool.surge.is_some())
}

/// How well an amount to a net price meets it: central differences over 0.02 % of the trade err by up to 1e-6, and
/// where the fee moves the amount is found in a fixed number of steps (`stableswap/inverse.rs`).
fn net_price_tolerance(spec: &VenueSpec) -> f64 {
    match fee_range(spec) > 0.0 {
        true => 1e-2,
        false if jumps(spec) => 1e-3,
        false => 2e-6,
    }
}

/// Random pool of the model, its rate, and an amount to sell.
struct State {
    spec: VenueSpec,
    rate: f64,
    lrt_in: f64,
}

fn states(seed: u64, fee: f64, spec: impl Fn(&mut Random, (f64, f64), f64) -> VenueSpec) -> Vec<State> {
    let mut random = Random(seed);
    (0..STATES)
        .map(|_| {
            let eth = random.log_uniform(1e3, 1e6);
            let lrt = eth * random.log_uniform(0.02, 50.0);
            let rate = random.uniform(0.9, 1.2);
            let share = random.log_uniform(1e-6, 0.5);
            let spec = spec(&mut random, (eth, lrt), fee);
            // A weighted pool takes 30 % at most in one trade.
            let most = if matches!(spec.pool, PoolSpec::Weighted(_)) { 0.3 } else { 0.5 };
            State { spec, rate, lrt_in: lrt * if share < most { share } else { most } }
        })
        .collect()
}

macro_rules! laws {
    ($($model:ident: $spec:expr;)*) => {$(
        mod $model {
            use super::*;

            fn states_with(fee: f64) -> Vec<State> {
                states(11, fee, $spec)
            }

            fn start(state: &State) -> Venue<1> {
                Venue::new(&state.spec, &[state.rate])
            }

            #[test]
            fn a_round_trip_makes_no_profit() {
                for fee in [0.0, 4e-4, 3e-3] {
                    for state in states_with(fee) {
                        let mut pool = start(&state);
                        let eth = pool.sell(&[state.lrt_in]);
                        let rounding = rounding_eth(&state, &pool);
                        let back = pool.buy(&eth)[0];
                        let slack = ROUNDING * state.lrt_in + rounding;
                        assert!(back <= state.lrt_in * (1.0 - lost_fee(&state.spec, fee)) + slack, "{} -> {back}: {:?}", state.lrt_in, state.spec);
                    }
                }
            }

            #[test]
            fn the_invariant_never_falls() {
                for fee in [0.0, 4e-4] {
                    for state in states_with(fee) {
                        let mut pool = start(&state);
                        for _ in 0..3 {
                            let before = invariant(&state.spec, &pool, state.rate);
                            let eth = pool.sell(&[state.lrt_in]);
                            let rounding = rounding_eth(&state, &pool);
                            assert!(invariant(&state.spec, &pool, state.rate) >= before - rounding, "sale: {:?}", state.spec);
                            let before = invariant(&state.spec, &pool, state.rate);
                            pool.buy(&[0.7 * eth[0]]);
                            assert!(invariant(&state.spec, &pool, state.rate) >= before - rounding, "purchase: {:?}", state.spec);
                        }
                    }
                }
            }

            #[test]
            fn a_larger_sale_has_a_lower_average_and_leaves_a_lower_price() {
                for state in states_with(4e-4) {
                    let (mut small, mut large) = (start(&state), start(&state));
                    let (q, more) = (state.lrt_in, 1.5 * state.lrt_in);
                    let average = small.sell(&[q])[0] / q;
                    let average_of_more = large.sell(&[more])[0] / more;
                    assert!(average_of_more <= average * (1.0 + ROUNDING + fee_range(&state.spec)), "{:?}", state.spec);
                    assert!(large.marginal_price()[0] <= small.marginal_price()[0] * (1.0 + ROUNDING), "{:?}", state.spec);
                    assert!(average <= start(&state).marginal_price()[0], "{:?}", state.spec);
                }
            }

            #[test]
            fn a_trade_or_a_deposit_of_nothing_leaves_every_bit() {
                let bits = |pool: &Venue<1>, lrt: f64| {
                    let (held, fees) = (pool.reserves(), pool.fees_paid());
                    [
                        pool.marginal_price(), pool.bid(), held.eth, held.lrt, fees.eth, fees.lrt,
                        pool.quote_sell(&[lrt]), pool.quote_buy(&[lrt]),
                    ]
                    .map(|[number]| number.to_bits())
                };
                for state in states_with(4e-4).into_iter().take(1_000) {
                    let mut pool = start(&state);
                    pool.sell(&[0.3 * state.lrt_in]);
                    let before = bits(&pool, state.lrt_in);
                    for nothing in [0.0, -1.0, f64::NAN] {
                        pool.trade(&[nothing], &[0.0]);
                        pool.trade(&[0.0], &[nothing]);
                        pool.withdraw_share(&[nothing]);
                        pool.deposit_share(&[nothing]);
                    }
                    assert_eq!(bits(&pool, state.lrt_in), before, "{:?}", state.spec);
                }
            }

            #[test]
            fn balances_are_conserved_including_fees() {
                for state in states_with(4e-4) {
                    let mut pool = start(&state);
                    let (eth, lrt) = (pool.reserves().eth[0], pool.reserves().lrt[0]);
                    let got = pool.sell(&[state.lrt_in])[0];
                    // A weighted pool takes 30 % at most in one trade.
                    let spent = (0.6 * got).min(0.29 * pool.reserves().eth[0]);
                    let bought = pool.buy(&[spent])[0];
                    let eth_now = pool.reserves().eth[0] + pool.fees_paid().eth[0] + (got - spent);
                    let lrt_now = pool.reserves().lrt[0] + pool.fees_paid().lrt[0] + bought - state.lrt_in;
                    assert!((eth_now - eth).abs() <= 1e-15 * 8.0 * eth, "{eth} -> {eth_now}");
                    assert!((lrt_now - lrt).abs() <= 1e-15 * 8.0 * (lrt + state.lrt_in), "{lrt} -> {lrt_now}");
                }
            }

            #[test]
            fn the_quote_is_what_the_sale_pays() {
                for state in states_with(4e-4) {
                    let mut pool = start(&state);
                    let quote = pool.quote_sell(&[state.lrt_in])[0];
                    assert!(relative(pool.sell(&[state.lrt_in])[0], quote) <= 4.0 * f64::EPSILON);
                }
            }

            #[test]
            fn buying_the_amount_to_reach_a_limit_reaches_it() {
                for (k, state) in states_with(0.0).into_iter().enumerate() {
                    let mut pool = start(&state);
                    let limit = pool.marginal_price()[0] * (1.0 + 0.1 * (k % 10 + 1) as f64 / 10.0);
                    let eth = pool.eth_to_ask(&[limit]);
                    pool.buy(&eth);
                    // 1e-9: the bound asked of the amount; the price moves less than the amount.
                    assert!(relative(pool.marginal_price()[0], limit) < 1e-9, "{limit}: {:?}", state.spec);
                    assert_eq!(pool.eth_to_ask(&[0.99 * limit]), [0.0]);
                }
            }

            #[test]
            fn with_a_fee_the_last_token_of_that_purchase_costs_the_limit() {
                for state in states_with(3e-3) {
                    let pool = start(&state);
                    let limit = 1.03 * pool.marginal_price()[0];
                    let eth = pool.eth_to_ask(&[limit])[0];
                    let bought = |eth: f64| pool.clone().buy(&[eth])[0];
                    let h = 1e-4 * eth;
                    let cost = 2.0 * h / (bought(eth + h) - bought(eth - h));
                    let (before, after) = (h / (bought(eth - h) - bought(eth - 2.0 * h)), h / (bought(eth + 2.0 * h) - bought(eth + h)));
                    // Where the fee jumps more ETH may bring fewer tokens: the cost then is below zero, or dear from the start.
                    let dear = eth == 0.0 && bought(1e-6) * limit <= 1e-6;
                    let over = jumps(&state.spec) && (dear || before <= limit * (1.0 + 1e-3) && !(after < limit && after > 0.0 && cost > 0.0));
                    assert!(over || relative(cost, limit) < net_price_tolerance(&state.spec), "{cost} for {limit}: {:?}", state.spec);
                }
            }

            #[test]
            fn the_last_token_of_a_sale_to_a_bid_brings_it() {
                for (k, state) in states_with(1e-3).into_iter().enumerate() {
                    let pool = start(&state);
                    let bid = pool.bid()[0] * (1.0 - 0.1 * (k % 10 + 1) as f64 / 10.0);
                    let lrt = pool.lrt_to_bid(&[bid])[0];
                    let h = 1e-5 * lrt;
                    let paid = |lrt: f64| pool.quote_sell(&[lrt])[0];
                    let brings = (paid(lrt + h) - paid(lrt - h)) / (2.0 * h);
                    let (before, after) = ((paid(lrt - h) - paid(lrt - 2.0 * h)) / h, (paid(lrt + 2.0 * h) - paid(lrt + h)) / h);
                    let over = jumps(&state.spec) && before >= bid * (1.0 - 1e-3) && (after <= bid || brings < bid);
                    assert!(over || relative(brings, bid) < net_price_tolerance(&state.spec), "{brings} for {bid}: {:?}", state.spec);
                    assert_eq!(pool.lrt_to_bid(&[1.01 * pool.bid()[0]]), [0.0]);
                }
            }

            #[test]
            fn selling_the_amount_to_reach_a_price_reaches_it() {
                for (k, state) in states_with(0.0).into_iter().enumerate() {
                    let mut pool = start(&state);
                    // What a weighted pool takes in one trade may move its price by a quarter only.
                    let widest = if matches!(state.spec.pool, PoolSpec::Weighted(_)) { 0.2 } else { 0.3 };
                    let price = pool.marginal_price()[0] * (1.0 - widest * (k % 10 + 1) as f64 / 10.0);
                    let lrt = pool.lrt_to_price(&[price]);
                    pool.sell(&lrt);
                    assert!(relative(pool.marginal_price()[0], price) < 1e-9, "{price}: {:?}", state.spec);
                    assert_eq!(pool.lrt_to_price(&[1.01 * price]), [0.0]);
                }
            }

            #[test]
            fn providers_leave_and_return_without_moving_the_price() {
                for state in states_with(4e-4) {
                    let mut pool = start(&state);
                    let price = pool.marginal_price()[0];
                    let Money { eth, lrt } = pool.withdraw_share(&[0.3]);
                    assert!(relative(pool.marginal_price()[0], price) < ROUNDING);
                    assert!(relative(eth[0], 0.3 * start(&state).reserves().eth[0]) < ROUNDING);
                    assert!(relative(lrt[0], 0.3 * start(&state).reserves().lrt[0]) < ROUNDING);
                    let Money { eth, lrt } = pool.deposit_share(&[0.3 / 0.7]);
                    assert!(relative(eth[0], 0.3 * start(&state).reserves().eth[0]) < ROUNDING);
                    assert!(relative(lrt[0], 0.3 * start(&state).reserves().lrt[0]) < ROUNDING);
                    pool.sell(&[state.lrt_in]);
                    assert!(!pool.faults()[0]);
                }
            }

            #[test]
            fn a_deposit_taken_out_again_makes_no_profit() {
                for (fee, coin) in [(0.0, Coin::Eth), (4e-4, Coin::Lrt)] {
                    for state in states_with(fee) {
                        let mut pool = start(&state);
                        let held = pool.reserves();
                        let amount = 0.1 * if coin == Coin::Eth { held.eth[0] } else { held.lrt[0] };
                        let (eth, lrt) = if coin == Coin::Eth { (amount, 0.0) } else { (0.0, amount) };
                        let Some([minted]) = pool.deposit(&[eth], &[lrt]) else { return };
                        let share = minted / (1.0 + minted);
                        let back = pool.withdraw_one_coin(&[share], coin).expect("deposits have a way out")[0];
                        // Rounding of a share of the whole pool.
                        let whole = held.eth[0] + held.lrt[0];
                        assert!(back <= amount + ROUNDING * whole, "{amount} -> {back}: {:?}", state.spec);
                        assert!(!pool.faults()[0], "{:?}", state.spec);
                    }
                }
            }

            #[test]
            fn selling_the_depth_brings_the_price_to_the_discount() {
                for state in states_with(4e-4).into_iter().take(500) {
                    let pool = start(&state);
                    let floor = 0.98 * pool.marginal_price()[0];
                    let average = depth(&pool, &[0.02], DepthBy::Average)[0];
                    let at = |lrt: f64| pool.quote_sell(&[lrt])[0] / lrt;
                    let dear = at(1e-6) < floor && average < 1e-6;
                    let over = jumps(&state.spec) && (dear || at(average) >= floor && at(1.001 * average) < floor);
                    assert!(over || relative(at(average), floor) < 1e-9, "{:?}", state.spec);
                    let marginal = depth(&pool, &[0.02], DepthBy::Marginal)[0];
                    // A jump of the fee ends the sale by average price; the marginal price is one before fee.
                    assert!(marginal > 0.0 && (marginal < average || jumps(&state.spec)), "{:?}", state.spec);
                    assert!(depth(&pool, &[3e-4], DepthBy::Average)[0] < 1e-6 * start(&state).reserves().lrt[0]);
                }
            }
        }
    )*};
}

laws! {
    plain_stableswap: |random: &mut Random, reserves, fee| {
        stableswap(random.log_uniform(10.0, 5000.0), RateSource::Plain, reserves, fee)
    };
    stableswap_with_a_rate: |random: &mut Random, reserves, fee| {
        stableswap(random.log_uniform(10.0, 5000.0), RateSource::LIVE, reserves, fee)
    };
    stableswap_with_an_offpeg_fee: |random: &mut Random, reserves, fee| {
        let (amplification, multiplier) = (random.log_uniform(10.0, 5000.0), random.log_uniform(1.01, 20.0));
        offpeg(amplification, multiplier, RateSource::LIVE, reserves, fee)
    };
    three_or_four_coins: |random: &mut Random, reserves: (f64, f64), fee| {
        let others = other_coins(random, reserves.0);
        several_coins(random.log_uniform(10.0, 5000.0), 1.0, reserves, others, fee)
    };
    three_or_four_coins_with_an_offpeg_fee: |random: &mut Random, reserves: (f64, f64), fee| {
        let (others, multiplier) = (other_coins(random, reserves.0), random.log_uniform(1.01, 20.0));
        several_coins(random.log_uniform(10.0, 5000.0), multiplier, reserves, others, fee)
    };
    balancer_stable_pool: |random: &mut Random, reserves, fee| {
        balancer(balancer_stable(random.log_uniform(10.0, 5000.0), reserves, fee))
    };
    balancer_stable_with_a_surge_fee: |random: &mut Random, reserves, fee| {
        // Of the order of the fee, and none without one, as the laws of pools without a fee have it.
        let surge = Some(Surge { threshold: random.uniform(0.0, 0.99), max_fee: fee * random.uniform(1.0, 30.0) });
        balancer(Spec { surge, ..balancer_stable(random.log_uniform(10.0, 5000.0), reserves, fee) })
    };
    weighted_pool: |random: &mut Random, reserves, fee| weighted(random.uniform(0.2, 0.8), reserves, fee);
    product: |_: &mut Random, reserves, fee| constant_product(reserves, fee);
    // With a static fee and a resting average price; what the dynamic fee and moves of the price scale change of the
    // laws stands in `cryptoswap_laws.rs`.
    cryptoswap: |random: &mut Random, reserves, fee| {
        let curve = (random.log_uniform(40.0, 20_000.0), random.log_uniform(1e-5, 2e-2));
        cryptoswap(Coin::Eth, curve, reserves, random.log_uniform(0.2, 5.0), (fee, fee))
    };
    cryptoswap_in_tokens: |random: &mut Random, reserves, fee| {
        let curve = (random.log_uniform(40.0, 20_000.0), random.log_uniform(1e-5, 2e-2));
        cryptoswap(Coin::Lrt, curve, reserves, random.log_uniform(0.2, 5.0), (fee, fee))
    };
    // Without gaps: over a gap the price jumps, and no amount reaches a price in it (`tests/concentrated.rs`).
    positions: |random: &mut Random, (eth, lrt), fee| {
        let weights: Vec<f64> = (0..24).map(|_| random.log_uniform(0.01, 1.0)).collect();
        let skew = random.log_uniform(0.5, 2.0);
        concentrated_with(&weights, (eth, lrt), skew * eth / lrt, fee)
    };
}
