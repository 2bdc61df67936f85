//! `balancer-maths-rust`: swaps of version 3 pools, stable and weighted, without a hook.

use crate::measure::{Row, side_by_side};
use crate::states::{AMPLIFICATION, ONE, balances, sales, tokens};
use balancer_maths_rust::common::types::{BasePoolState, SwapInput};
use balancer_maths_rust::pools::stable::StablePool;
use balancer_maths_rust::pools::stable::stable_data::{StableMutable, StableState};
use balancer_maths_rust::vault::swap::swap;
use balancer_maths_rust::{DefaultHook, PoolBase, PoolState, SwapKind, WeightedPool, WeightedState};
use pegstress_exact::U256;
use pegstress_exact::balancer::v3::{Curve, Parameters, Pool};
use std::error::Error;

const PEER: &str = "balancer-maths-rust 0.5.0";
const TOKENS: [&str; 2] = ["0x00", "0x01"];

pub fn rows() -> Result<Vec<Row>, Box<dyn Error>> {
    let amp = U256::from(1000 * AMPLIFICATION);
    let stable_state = |base| PoolState::Stable(StableState { base, mutable: StableMutable { amp } });
    let stable = StablePool::new(StableMutable { amp });
    let weights = vec![ONE / U256::from(5), ONE / U256::from(5) * U256::from(4)];
    let weighted = WeightedPool::new(weights.clone()).map_err(|error| format!("{error:?}"))?;
    let weighted_state = |base| PoolState::Weighted(WeightedState { base, weights: weights.clone() });
    let curve = Curve::stable(1000 * AMPLIFICATION, 2)?;
    Ok(vec![
        row("Balancer stable", curve, &stable, stable_state)?,
        row("Balancer weighted", Curve::weighted(weights.clone())?, &weighted, weighted_state)?,
    ])
}

fn row(
    operation: &str,
    curve: Curve,
    peer: &dyn PoolBase,
    state: impl Fn(BasePoolState) -> PoolState,
) -> Result<Row, Box<dyn Error>> {
    let mut inputs = Vec::new();
    for balances in balances() {
        let token_rates = vec![ONE, ONE + ONE / U256::from(25)];
        let parameters = Parameters {
            curve: curve.clone(),
            scaling_factors: vec![U256::from(1); 2],
            token_rates: token_rates.clone(),
            swap_fee: ONE / U256::from(1000),
            aggregate_swap_fee: ONE / U256::from(2),
            surge: None,
        };
        let pool = Pool::new(parameters.clone(), balances.to_vec(), tokens(20_000))?;
        let theirs = state(BasePoolState {
            pool_address: String::new(),
            pool_type: String::new(),
            tokens: TOKENS.map(str::to_owned).to_vec(),
            scaling_factors: parameters.scaling_factors,
            token_rates,
            balances_live_scaled_18: pool.balances_live().to_vec(),
            swap_fee: parameters.swap_fee,
            aggregate_swap_fee: parameters.aggregate_swap_fee,
            total_supply: tokens(20_000),
            supports_unbalanced_liquidity: true,
            hook_type: None,
        });
        inputs.extend(sales().into_iter().map(|(i, j, amount_raw)| {
            let (token_in, token_out) = (TOKENS[i].to_owned(), TOKENS[j].to_owned());
            let sale = SwapInput { amount_raw, swap_kind: SwapKind::GivenIn, token_in, token_out };
            (pool.clone(), theirs.clone(), sale, (i, j))
        }));
    }
    let hook = DefaultHook::new();
    Ok(side_by_side(
        PEER,
        operation,
        &inputs,
        |(_, state, sale, _)| swap(sale, state, peer, &hook, None).ok(),
        |(pool, _, sale, (i, j))| pool.quote_exact_in(*i, *j, sale.amount_raw).ok(),
    ))
}
