//! The amplification ramp.

use pegstress_exact::U256;
use pegstress_exact::stableswap::{Error, FeeSchedule, Generation, ONE, Parameters, Pool, Ramp};

const DAY_SECS: u64 = 86_400;

fn plain(generation: Generation, amplification: u64) -> Pool {
    let parameters = Parameters {
        generation,
        amplification,
        fees: FeeSchedule::fixed(U256::from(4_000_000)),
        rate_multipliers: vec![ONE; 2],
        oracle_rates: vec![ONE; 2],
    };
    let balances = vec![ONE * U256::from(1000), ONE * U256::from(250)];
    let mut pool = Pool::new(parameters, balances, ONE * U256::from(1200)).expect("valid");
    pool.advance(DAY_SECS);
    pool
}

#[test]
fn a_ramp_is_linear_and_rounds_towards_its_start() {
    for (generation, precision) in
        [(Generation::ThreePool, 1), (Generation::Template, 100), (Generation::Next, 100)]
    {
        let mut pool = plain(generation, 100);
        assert_eq!(pool.start_ramp(103, 2 * DAY_SECS), Ok(()));
        let stored = |pool: &Pool| pool.curve().stored_amplification();
        // A third of the way less one second: 0.99998 of a step of three.
        pool.advance(DAY_SECS / 3 - 1);
        let up = 3 * precision * (DAY_SECS / 3 - 1) / DAY_SECS;
        assert_eq!(stored(&pool), U256::from(100 * precision + up));
        pool.advance(1);
        assert_eq!(stored(&pool), U256::from(101 * precision));
        pool.advance(DAY_SECS);
        assert_eq!(stored(&pool), U256::from(103 * precision));
        // Down again: what is left of the step rounds up.
        assert_eq!(pool.start_ramp(100, 3 * DAY_SECS + DAY_SECS / 3), Ok(()));
        pool.advance(1);
        assert_eq!(stored(&pool), U256::from(103 * precision));
    }
}

#[test]
fn a_ramp_equals_a_pool_deployed_with_the_amplification_of_the_moment() {
    for generation in Generation::ALL {
        let mut ramped = plain(generation, 100);
        ramped.start_ramp(1000, 10 * DAY_SECS).expect("allowed");
        ramped.advance(3 * DAY_SECS);
        // A third of 900 further.
        let deployed = plain(generation, 400);
        assert_eq!(ramped.invariant(), deployed.invariant());
        let amount_in = ONE * U256::from(10);
        assert_eq!(ramped.quote_exact_in(0, 1, amount_in), deployed.quote_exact_in(0, 1, amount_in));
    }
}

#[test]
fn a_stopped_ramp_rests_where_it_is() {
    let mut pool = plain(Generation::Next, 100);
    pool.start_ramp(200, 3 * DAY_SECS).expect("allowed");
    pool.advance(DAY_SECS);
    pool.stop_ramp();
    assert_eq!(pool.curve().stored_amplification(), U256::from(15_000));
    pool.advance(10 * DAY_SECS);
    assert_eq!(pool.curve().stored_amplification(), U256::from(15_000));
}

#[test]
fn ramps_that_the_contract_refuses_are_refused_and_leave_the_pool() {
    let mut pool = plain(Generation::Next, 100);
    let before = pool.clone();
    assert_eq!(pool.start_ramp(101, 2 * DAY_SECS - 1), Err(Error::RampTooShort));
    assert_eq!(pool.start_ramp(1001, 2 * DAY_SECS), Err(Error::RampTooSteep));
    assert_eq!(pool.start_ramp(9, 2 * DAY_SECS), Err(Error::RampTooSteep));
    assert_eq!(pool.start_ramp(0, 2 * DAY_SECS), Err(Error::AmplificationOutOfRange { amplification: 0 }));
    let limit = 1_000_000;
    let refused = Err(Error::AmplificationOutOfRange { amplification: limit });
    assert_eq!(pool.start_ramp(limit, 2 * DAY_SECS), refused);
    assert_eq!(pool, before);
    assert_eq!(pool.start_ramp(1000, 2 * DAY_SECS), Ok(()));
    assert_eq!(pool.start_ramp(1000, 20 * DAY_SECS), Err(Error::RampTooShort));
    let wild = Ramp { initial: 0, future: u64::MAX, starts_at_secs: u64::MAX, ends_at_secs: 1 };
    assert!(before.with_ramp(wild, 0).is_err());
}
