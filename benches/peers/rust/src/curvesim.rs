//! curvesim, which is Python: it exchanges in its own process, from the same states, and leaves amounts and times.

use crate::measure::{Row, side_by_side};
use crate::states::{AMPLIFICATION, balances, sales};
use pegstress_exact::U256;
use pegstress_exact::stableswap::{FeeSchedule, Generation, ONE, Parameters, Pool};
use std::error::Error;

const PEER: &str = "curvesim 0.5.0 (Python)";
const FEE: u64 = 4_000_000;

/// One line per exchange: amplification, fee, both balances, coins, amount.
pub fn print_states() {
    for [x, y] in balances() {
        for (i, j, amount) in sales() {
            println!("{AMPLIFICATION} {FEE} {x} {y} {i} {j} {amount}");
        }
    }
}

/// `results` has the output of each exchange of [`print_states`], in its order, and in the last line the mean time in ns.
pub fn rows(results: &str) -> Result<Vec<Row>, Box<dyn Error>> {
    let mut lines: Vec<_> = results.lines().collect();
    let theirs_ns: f64 = lines.pop().ok_or("no results of curvesim")?.parse()?;
    let outputs = lines.iter().map(|line| line.parse()).collect::<Result<Vec<U256>, _>>()?;
    let mut pools = Vec::new();
    for pair in balances() {
        // curvesim computes as the first generation of pools.
        let parameters = Parameters {
            generation: Generation::ThreePool,
            amplification: AMPLIFICATION,
            fees: FeeSchedule { admin_share: U256::ZERO, ..FeeSchedule::fixed(U256::from(FEE)) },
            rate_multipliers: vec![ONE; 2],
            oracle_rates: vec![ONE; 2],
        };
        pools.push(Pool::new(parameters, pair.to_vec(), ONE)?);
    }
    let inputs: Vec<_> = crate::states::each(&pools).into_iter().zip(outputs).collect();
    if inputs.len() != pools.len() * sales().len() {
        return Err("curvesim left results of other states".into());
    }
    let row = side_by_side(
        PEER,
        "StableSwap, exchange",
        &inputs,
        |(_, output)| Some(*output),
        // A copy each time, so that every exchange meets the state it is meant for.
        |((pool, i, j, amount), _)| pool.clone().exchange(*i, *j, *amount).ok(),
    );
    Ok(vec![Row { theirs_ns, ..row }])
}
