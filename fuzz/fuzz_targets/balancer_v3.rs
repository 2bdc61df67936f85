//! Balancer version 3 pools: any parameters, a few operations.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use pegstress_exact::U256;
use pegstress_exact::balancer::v3::{Curve, Parameters, Pool, Surge};
use pegstress_fuzz::{Amount, Fraction, Rate, attempt, sell, try_on};

const ONE: u64 = 1_000_000_000_000_000_000;

#[derive(Arbitrary, Debug)]
struct Input {
    /// Percents of a weighted pool; a stable one without.
    weights: Option<Vec<u8>>,
    amplification_milli: u32,
    fees: [Fraction; 2],
    surge: Option<[Fraction; 2]>,
    tokens: Vec<(Amount, Rate, u8)>,
    supply: Amount,
    steps: Vec<Step>,
}

#[derive(Arbitrary, Debug)]
enum Step {
    Sell(u8, u8, Amount),
    Buy(u8, u8, Amount),
    AddInProportion(Amount),
    Add(Vec<Amount>),
    AddOneToken(u8, Amount),
    RemoveInProportion(Amount),
    RemoveOneTokenExactIn(u8, Amount),
    RemoveOneTokenExactOut(u8, Amount),
    Rate(u8, Rate),
    Look(u8, u8),
}

fn curve(input: &Input) -> Option<Curve> {
    let Some(percents) = &input.weights else {
        return Curve::stable(u64::from(input.amplification_milli), input.tokens.len()).ok();
    };
    // The last one makes them whole.
    let (_, first) = percents.split_last()?;
    let mut weights: Vec<_> = first.iter().map(|&percent| u64::from(percent) * (ONE / 100)).collect();
    weights.push(ONE.checked_sub(weights.iter().try_fold(0_u64, |sum, &weight| sum.checked_add(weight))?)?);
    Curve::weighted(weights.into_iter().map(U256::from).collect()).ok()
}

fn pool(input: &Input) -> Option<Pool> {
    let scaling = |missing: u8| U256::from(10_u64.pow(u32::from(missing.saturating_sub(200) % 19)));
    let surge = input.surge.map(|surge| surge.map(|part| U256::from(part.of(ONE))));
    let parameters = Parameters {
        curve: curve(input)?,
        scaling_factors: input.tokens.iter().map(|&(.., missing)| scaling(missing)).collect(),
        token_rates: input.tokens.iter().map(|(_, rate, _)| rate.word()).collect(),
        swap_fee: U256::from(input.fees[0].of(ONE)),
        aggregate_swap_fee: U256::from(input.fees[1].of(ONE)),
        surge: surge.map(|[threshold, max_fee]| Surge { threshold, max_fee }),
    };
    let balances = input.tokens.iter().map(|(balance, ..)| balance.word()).collect();
    Pool::new(parameters, balances, input.supply.word()).ok()
}

fn words(amounts: &[Amount]) -> Vec<U256> {
    amounts.iter().map(|amount| amount.word()).collect()
}

fuzz_target!(|input: Input| {
    let Some(mut pool) = pool(&input) else { return };
    for step in input.steps.iter().take(12) {
        let pool = &mut pool;
        match step {
            Step::Sell(i, j, amount) => sell(pool, usize::from(*i), usize::from(*j), amount.word()),
            Step::Buy(i, j, amount) => {
                let (i, j) = (usize::from(*i), usize::from(*j));
                let quoted = pool.quote_exact_out(i, j, amount.word());
                if let Some(paid) = attempt(pool, |pool| pool.swap_exact_out(i, j, amount.word())) {
                    assert_eq!(quoted, Ok(paid));
                }
            }
            Step::AddInProportion(shares) => try_on(pool, |pool| pool.add_proportional(shares.word())),
            Step::Add(amounts) => try_on(pool, |pool| pool.add_unbalanced(&words(amounts))),
            Step::AddOneToken(token, shares) => {
                let token = usize::from(*token);
                try_on(pool, |pool| pool.add_one_token_exact_out(token, shares.word()));
            }
            Step::RemoveInProportion(shares) => {
                try_on(pool, |pool| pool.remove_proportional(shares.word()));
            }
            Step::RemoveOneTokenExactIn(token, shares) => {
                let token = usize::from(*token);
                try_on(pool, |pool| pool.remove_one_token_exact_in(token, shares.word()));
            }
            Step::RemoveOneTokenExactOut(token, amount) => {
                let token = usize::from(*token);
                try_on(pool, |pool| pool.remove_one_token_exact_out(token, amount.word()));
            }
            Step::Rate(token, rate) => {
                try_on(pool, |pool| pool.set_rate(usize::from(*token), rate.word()));
            }
            Step::Look(i, j) => {
                let _ = pool.invariant();
                let _ = pool.marginal_price_after_fee(usize::from(*i), usize::from(*j));
            }
        }
    }
});
