//! Balancer version 2 stable pools: any parameters, a few operations.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use pegstress_exact::U256;
use pegstress_exact::balancer::v2::{Family, Parameters, Pool, RateCache, Token};
use pegstress_fuzz::{Amount, Fraction, Rate, attempt, sell, try_on};

const ONE: u64 = 1_000_000_000_000_000_000;

#[derive(Arbitrary, Debug)]
struct Input {
    own_token: Option<(u8, Amount)>,
    amplification_milli: u32,
    fee: Fraction,
    tokens: Vec<(Amount, Rate, Option<u8>)>,
    supply: Amount,
    steps: Vec<Step>,
}

#[derive(Arbitrary, Debug)]
enum Step {
    Sell(u8, u8, Amount),
    Buy(u8, u8, Amount),
    Join(Vec<Amount>),
    JoinOneToken(u8, Amount),
    JoinInProportion(Amount),
    Exit(Vec<Amount>),
    ExitOneToken(u8, Amount),
    ExitInProportion(Amount),
    Rates(u32, Vec<Rate>),
    Look(u8, u8),
}

fn pool(input: &Input) -> Option<Pool> {
    let token = |(_, rate, decimals): &(Amount, Rate, Option<u8>)| {
        let cache = RateCache::read_before(rate.word(), 100, 1000, 100).ok()?;
        Token::new(u32::from(decimals.unwrap_or(18)), cache).ok()
    };
    let mut balances: Vec<U256> = input.tokens.iter().map(|(balance, ..)| balance.word()).collect();
    let family = match input.own_token {
        None => Family::MetaStable,
        Some((place, balance)) => {
            let own_token = usize::from(place) % (balances.len() + 1);
            balances.insert(own_token, balance.word());
            Family::Composable { own_token }
        }
    };
    let parameters = Parameters {
        family,
        amplification_milli: u64::from(input.amplification_milli),
        swap_fee: U256::from(input.fee.of(ONE)),
        tokens: input.tokens.iter().map(token).collect::<Option<_>>()?,
    };
    Pool::new(parameters, &balances, input.supply.word()).ok()
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
            Step::Join(amounts) => try_on(pool, |pool| pool.join_exact_in(&words(amounts))),
            Step::JoinOneToken(token, shares) => {
                let token = usize::from(*token);
                try_on(pool, |pool| pool.join_one_token_exact_out(token, shares.word()));
            }
            Step::JoinInProportion(shares) => {
                try_on(pool, |pool| pool.join_proportional(shares.word()));
            }
            Step::Exit(amounts) => try_on(pool, |pool| pool.exit_exact_out(&words(amounts))),
            Step::ExitOneToken(token, shares) => {
                let token = usize::from(*token);
                try_on(pool, |pool| pool.exit_one_token_exact_in(token, shares.word()));
            }
            Step::ExitInProportion(shares) => {
                try_on(pool, |pool| pool.exit_proportional(shares.word()));
            }
            Step::Rates(now_secs, rates) => {
                let rates: Vec<_> = rates.iter().map(|rate| rate.word()).collect();
                try_on(pool, |pool| pool.refresh_rates(u64::from(*now_secs), &rates));
            }
            Step::Look(i, j) => {
                let _ = pool.invariant();
                let _ = pool.marginal_price_after_fee(usize::from(*i), usize::from(*j));
            }
        }
    }
});
