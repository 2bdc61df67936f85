//! The older StableSwap families: the stETH pool on mainnet and the 3pool era's integer maths.

mod common;

use common::{cases, fixture, small, word, words};
use pegstress_exact::U256;
use pegstress_exact::stableswap::{FEE_DENOMINATOR, FeeSchedule, Generation, ONE, Parameters, Pool};
use serde_json::Value;

#[test]
fn four_hundred_sales_of_1000_steth_equal_the_contract() {
    let text = fixture("curve-steth/sales_of_1000_steth.csv");
    let mut rows =
        text.lines().skip(1).map(|row| row.split(',').map(|cell| cell.parse().expect("integer")).collect());
    let first: Vec<U256> = rows.next().expect("a first row");
    let amount_in = U256::from(1000) * ONE;
    let mut pool = Pool::steth(50, U256::from(4_000_000), [first[1], first[2]]).expect("valid");
    assert_eq!(pool.quote_exact_in(1, 0, U256::from(10u64.pow(12))), Ok(first[3]));
    let mut compared = 0;
    for row in rows {
        assert_eq!(pool.exchange(1, 0, amount_in), Ok(row[0]));
        assert_eq!(pool.balances()[0], row[1]);
        // stETH is held in shares: its balance is a wei short now and then.
        assert!(pool.balances()[1].abs_diff(row[2]) <= U256::from(1), "{compared}");
        pool = Pool::steth(50, U256::from(4_000_000), [row[1], row[2]]).expect("valid");
        assert_eq!(pool.quote_exact_in(1, 0, U256::from(10u64.pow(12))), Ok(row[3]));
        compared += 1;
    }
    // 401 rows: the state after a first sale, then 400 more.
    assert_eq!(compared, 400);
}

fn pool_of(case: &Value) -> Pool {
    let rates = words(&case["rates"]);
    let fees = FeeSchedule {
        fee: word(&case["fee"]),
        offpeg_multiplier: if case["fee_mul"].is_null() { FEE_DENOMINATOR } else { word(&case["fee_mul"]) },
        admin_share: word(&case["admin_fee"]),
    };
    let parameters = Parameters {
        generation: Generation::ThreePool,
        amplification: small(&case["A"]),
        fees,
        oracle_rates: vec![ONE; rates.len()],
        rate_multipliers: rates,
    };
    Pool::new(parameters, words(&case["balances"]), word(&case["tokens"])).expect("valid")
}

#[test]
fn the_3pool_era_maths_equals_its_reference() {
    let (mut exchanges, mut liquidity) = (0, 0);
    for case in &cases("curve-stableswap-first-generation/cases.json") {
        let start = pool_of(case);
        assert_eq!(start.invariant(), Ok(word(&case["D"])));
        assert_eq!(start.virtual_price(), Ok(word(&case["virtual_price"])));
        assert_eq!(start.curve().invariant(&words(&case["xp"])), Ok(word(&case["D"])));
        for swap in case["exchange"].as_array().expect("exchanges") {
            let mut pool = start.clone();
            let (i, j) = (small(&swap["i"]) as usize, small(&swap["j"]) as usize);
            assert_eq!(pool.exchange(i, j, word(&swap["dx"])), Ok(word(&swap["dy"])));
            assert_eq!(pool.balances(), words(&swap["balances_after"]));
            assert_eq!(pool.admin_balances(), words(&swap["admin_after"]));
            exchanges += 1;
        }
        for operation in case["liquidity"].as_array().into_iter().flatten() {
            let mut pool = start.clone();
            if operation["op"] == "add_liquidity" {
                let shares = pool.add_liquidity(&words(&operation["amounts"]));
                assert_eq!(shares, Ok(word(&operation["minted"])));
            } else {
                let coin = small(&operation["i"]) as usize;
                let amount_out = pool.remove_liquidity_one_coin(word(&operation["burn"]), coin);
                assert_eq!(amount_out, Ok(word(&operation["dy"])));
            }
            assert_eq!(pool.balances(), words(&operation["balances_after"]));
            liquidity += 1;
        }
    }
    assert!(exchanges > 100 && liquidity > 20, "{exchanges} exchanges, {liquidity} liquidity operations");
}
