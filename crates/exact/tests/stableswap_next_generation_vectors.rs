//! StableSwap-NG against the contracts executed in a local EVM, to the last unit.

mod common;

use common::{cases, small, word, words};
use pegstress_exact::U256;
use pegstress_exact::stableswap::{Curve, Error, FeeSchedule, Generation, Parameters, Pool};
use serde_json::Value;

/// How many results were compared.
#[derive(Debug, Default, PartialEq)]
struct Compared {
    views: usize,
    operations: usize,
    reverts: usize,
    numbers: usize,
    oracle_numbers: usize,
}

fn pool_of(case: &Value) -> Pool {
    let initial = &case["initial"];
    let parameters = Parameters {
        generation: Generation::Next,
        amplification: small(&case["A"]),
        fees: FeeSchedule {
            fee: word(&case["fee"]),
            offpeg_multiplier: word(&case["offpeg_fee_multiplier"]),
            admin_share: word(&case["admin_fee"]),
        },
        rate_multipliers: words(&case["rate_multipliers"]),
        oracle_rates: words(&case["oracle_rates"]),
    };
    Pool::new(parameters, words(&initial["balances"]), word(&initial["total_supply"]))
        .and_then(|pool| pool.with_moving_averages(small(&case["ma_exp_time"]), small(&case["D_ma_time"])))
        .expect("the contract was deployed with it")
}

fn index(operation: &Value, name: &str) -> usize {
    small(&operation[name]) as usize
}

fn view(pool: &Pool, view: &Value) -> Result<U256, Error> {
    match view["op"].as_str().expect("a name") {
        "get_dy" => pool.quote_exact_in(index(view, "i"), index(view, "j"), word(&view["dx"])),
        "get_dx" => pool.quote_exact_out_approximate(index(view, "i"), index(view, "j"), word(&view["dy"])),
        "dynamic_fee" => pool.dynamic_fee(index(view, "i"), index(view, "j")),
        "calc_withdraw_one_coin" => {
            pool.quote_one_coin_withdrawal(word(&view["burn_amount"]), index(view, "i"))
        }
        "calc_token_amount" if view["is_deposit"] == true => pool.quote_deposit(&words(&view["amounts"])),
        "calc_token_amount" => pool.quote_imbalanced_withdrawal(&words(&view["amounts"])),
        other => panic!("unknown view {other}"),
    }
}

/// Runs an operation; its results as a list.
fn operate(pool: &mut Pool, operation: &Value) -> Result<Vec<U256>, Error> {
    match operation["op"].as_str().expect("a name") {
        "exchange" => pool
            .exchange(index(operation, "i"), index(operation, "j"), word(&operation["dx"]))
            .map(|out| vec![out]),
        "add_liquidity" => pool.add_liquidity(&words(&operation["amounts"])).map(|out| vec![out]),
        "remove_liquidity" => pool.remove_liquidity(word(&operation["burn_amount"])),
        "remove_liquidity_one_coin" => pool
            .remove_liquidity_one_coin(word(&operation["burn_amount"]), index(operation, "i"))
            .map(|out| vec![out]),
        "remove_liquidity_imbalance" => {
            pool.remove_liquidity_imbalanced(&words(&operation["amounts"])).map(|out| vec![out])
        }
        "set_rate" => pool
            .set_oracle_rate(index(operation, "i"), word(&operation["new_oracle_rate"]))
            .map(|()| Vec::new()),
        other => panic!("unknown operation {other}"),
    }
}

fn results_of(operation: &Value) -> Vec<U256> {
    match &operation["out"] {
        Value::Null => Vec::new(),
        Value::Array(_) => words(&operation["out"]),
        single => vec![word(single)],
    }
}

fn compare_state(pool: &Pool, state: &Value, with_oracle: bool, compared: &mut Compared) {
    assert_eq!(pool.balances(), words(&state["balances"]));
    assert_eq!(pool.admin_balances(), words(&state["admin_balances"]));
    assert_eq!(pool.total_supply(), word(&state["total_supply"]));
    assert_eq!(pool.virtual_price(), Ok(word(&state["virtual_price"])));
    assert_eq!(pool.stored_rates(), Ok(words(&state["stored_rates"])));
    let prices = words(&state["get_p"]);
    for (k, &price) in prices.iter().enumerate() {
        assert_eq!(pool.marginal_price(k), Ok(price));
    }
    compared.numbers += 3 * pool.balances().len() + 2 + prices.len();
    if !with_oracle {
        return;
    }
    let averages = pool.moving_averages().expect("kept");
    for k in 0..prices.len() {
        assert_eq!(averages.last_price(k), Some(words(&state["last_price"])[k]));
        assert_eq!(averages.written_average(k), Some(words(&state["ema_price"])[k]));
        assert_eq!(averages.price(k), Ok(words(&state["price_oracle"])[k]));
    }
    assert_eq!(averages.invariant(), Ok(word(&state["D_oracle"])));
    compared.oracle_numbers += 3 * prices.len() + 1;
}

fn compare(case: &Value, compared: &mut Compared) {
    let mut pool = pool_of(case);
    let with_oracle = case["dt_complete"] == true;
    assert_eq!(pool.invariant(), Ok(word(&case["initial"]["D"])));
    compare_state(&pool, &case["initial"], with_oracle, compared);
    for wanted in case["views"].as_array().expect("views") {
        let out = (!wanted["out"].is_null()).then(|| word(&wanted["out"]));
        assert_eq!(view(&pool, wanted).ok(), out, "{wanted}");
        compared.views += 1;
    }
    for operation in case["sequence"].as_array().expect("a sequence") {
        pool.advance(small(&operation["dt"]));
        if operation["reverted"] == true {
            let before = pool.clone();
            assert!(operate(&mut pool, operation).is_err(), "must revert: {operation}");
            assert_eq!(pool, before);
            compared.reverts += 1;
        } else {
            let quoted = (operation["op"] == "exchange").then(|| {
                pool.quote_exact_in(index(operation, "i"), index(operation, "j"), word(&operation["dx"]))
            });
            let results = operate(&mut pool, operation)
                .unwrap_or_else(|error| panic!("must not revert ({error}): {operation}"));
            assert_eq!(results, results_of(operation), "{operation}");
            if let Some(quoted) = quoted {
                assert_eq!(quoted, Ok(results[0]), "the quote is what the swap pays");
            }
            compared.operations += 1;
        }
        compare_state(&pool, &operation["after"], with_oracle, compared);
    }
}

fn compare_all(name: &str) -> (usize, Compared) {
    let pools = cases(name);
    let mut compared = Compared::default();
    for case in &pools {
        compare(case, &mut compared);
    }
    (pools.len(), compared)
}

#[test]
fn two_plain_coins_equal_the_contract() {
    let (pools, compared) = compare_all("curve-stableswap-ng/two_coin_plain.json");
    assert_eq!(pools, 14);
    assert!(compared.views > 0 && compared.operations > 0 && compared.oracle_numbers > 0, "{compared:?}");
}

#[test]
fn two_coins_with_rates_and_slashings_equal_the_contract() {
    let (pools, compared) = compare_all("curve-stableswap-ng/two_coin_rates.json");
    assert_eq!(pools, 22);
    assert!(compared.views > 0 && compared.operations > 0 && compared.reverts > 0, "{compared:?}");
}

#[test]
fn three_and_four_coins_equal_the_contract() {
    let (pools, compared) = compare_all("curve-stableswap-ng/three_four_coin.json");
    assert_eq!(pools, 13);
    assert!(compared.views > 0 && compared.operations > 0 && compared.reverts > 0, "{compared:?}");
}

#[test]
fn balances_at_which_the_contract_does_not_settle_are_refused() {
    let all = cases("curve-stableswap-ng/get_d_nonconvergent.json");
    for case in &all {
        let xp = words(&case["xp"]);
        let curve = Curve::new(Generation::Next, small(&case["A"]), xp.len()).expect("valid");
        assert_eq!(curve.invariant(&xp), Err(Error::NotSettled), "{case}");
        assert_eq!(Pool::plain(small(&case["A"]), U256::ZERO, xp), Err(Error::NotSettled));
    }
    assert_eq!(all.len(), 134);
}
