//! `curve-math`: `get_dy` of StableSwap-NG, static and dynamic fee, two and three coins, and of cryptoswap.

use crate::measure::{Row, side_by_side};
use crate::states::{AMPLIFICATION, ONE, balances, sales, tokens};
use curve_math::swap::{stableswap_ng, twocrypto_v1};
use pegstress_exact::U256;
use pegstress_exact::cryptoswap;
use pegstress_exact::stableswap::{FeeSchedule, Generation, Parameters, Pool};
use std::error::Error;

const PEER: &str = "curve-math 0.1.0-alpha.2";

pub fn rows() -> Result<Vec<Row>, Box<dyn Error>> {
    let pairs: Vec<_> = balances().iter().map(|pool| pool.to_vec()).collect();
    let three: Vec<_> = pairs.iter().map(|pool| [&pool[..], &[tokens(10_000)]].concat()).collect();
    let fixed = FeeSchedule::fixed(U256::from(4_000_000));
    let dynamic = FeeSchedule { offpeg_multiplier: U256::from(50_000_000_000_u64), ..fixed };
    Ok(vec![
        stable("StableSwap-NG, static fee", &pairs, fixed)?,
        stable("StableSwap-NG, dynamic fee", &pairs, dynamic)?,
        stable("StableSwap-NG, three coins", &three, fixed)?,
        crypto()?,
    ])
}

fn stable(operation: &str, pools: &[Vec<U256>], fees: FeeSchedule) -> Result<Row, Box<dyn Error>> {
    let rates = |coins: usize| -> Vec<U256> {
        (0..coins).map(|k| ONE + ONE * U256::from(k) / U256::from(25)).collect()
    };
    let mut inputs = Vec::new();
    for balances in pools {
        let parameters = Parameters {
            generation: Generation::Next,
            amplification: AMPLIFICATION,
            fees,
            rate_multipliers: vec![ONE; balances.len()],
            oracle_rates: rates(balances.len()),
        };
        let pool = Pool::new(parameters, balances.clone(), ONE)?;
        inputs.extend(sales().into_iter().map(|sale| (pool.clone(), rates(balances.len()), sale)));
    }
    let amp = U256::from(100 * AMPLIFICATION);
    Ok(side_by_side(
        PEER,
        operation,
        &inputs,
        |(pool, rates, (i, j, dx))| {
            let offpeg = fees.offpeg_multiplier;
            stableswap_ng::get_amount_out(pool.balances(), rates, amp, fees.fee, offpeg, *i, *j, *dx)
        },
        |(pool, _, (i, j, dx))| pool.quote_exact_in(*i, *j, *dx).ok(),
    ))
}

fn crypto() -> Result<Row, Box<dyn Error>> {
    let part = |millionths: u64| ONE * U256::from(millionths) / U256::from(1_000_000);
    let parameters = cryptoswap::Parameters {
        edition: cryptoswap::Edition::Factory,
        curve: cryptoswap::Curve::new(U256::from(400_000), part(145))?,
        fees: cryptoswap::FeeSchedule {
            mid_fee: U256::from(26_000_000),
            out_fee: U256::from(45_000_000),
            fee_gamma: part(230),
        },
        repegging: cryptoswap::Repegging {
            allowed_extra_profit: part(2),
            adjustment_step: part(146),
            half_life_secs: 600,
        },
        admin_fee: U256::from(5_000_000_000_u64),
        precisions: [U256::from(1); 2],
    };
    let mut inputs = Vec::new();
    for balances in &balances()[..3] {
        let mut pool = cryptoswap::Pool::deploy(parameters, ONE)?;
        pool.add_liquidity(*balances)?;
        inputs.extend(sales().into_iter().map(|sale| (pool, sale)));
    }
    let (curve, fees, precisions) = (parameters.curve, parameters.fees, parameters.precisions);
    Ok(side_by_side(
        PEER,
        "cryptoswap",
        &inputs,
        |(pool, (i, j, dx))| {
            let state = pool.state();
            let (ann, gamma) = (curve.amplification(), curve.gamma());
            let (price, invariant) = (state.price_scale, state.invariant);
            let (mid, out, width) = (fees.mid_fee, fees.out_fee, fees.fee_gamma);
            let balances = &state.balances;
            twocrypto_v1::get_amount_out(
                balances,
                &precisions,
                price,
                invariant,
                ann,
                gamma,
                mid,
                out,
                width,
                *i,
                *j,
                *dx,
            )
        },
        |(pool, (i, j, dx))| pool.quote_exact_in(*i, *j, *dx).ok(),
    ))
}
