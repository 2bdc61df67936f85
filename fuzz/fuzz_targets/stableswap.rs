//! StableSwap: any parameters, a few operations.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use pegstress_exact::stableswap::{FeeSchedule, Generation, ONE, Parameters, Pool};
use pegstress_fuzz::{Amount, Fraction, Rate, sell, try_on};

const ONE_FEE: u64 = 10_000_000_000;

#[derive(Arbitrary, Debug)]
struct Input {
    generation: u8,
    amplification: u64,
    fee: Fraction,
    offpeg: Fraction,
    admin: Fraction,
    coins: Vec<(Amount, Rate)>,
    supply: Option<Amount>,
    ramp: Option<(u16, u32)>,
    steps: Vec<Step>,
}

#[derive(Arbitrary, Debug)]
enum Step {
    Sell(u8, u8, Amount),
    Deposit(Vec<Amount>),
    Withdraw(Amount),
    WithdrawOneCoin(Amount, u8),
    WithdrawUnevenly(Vec<Amount>),
    Rate(u8, Rate),
    Advance(u32),
    Look(u8, u8, Amount),
}

fn pool(input: &Input) -> Option<Pool> {
    let parameters = Parameters {
        generation: Generation::ALL[usize::from(input.generation) % Generation::ALL.len()],
        amplification: input.amplification,
        fees: FeeSchedule {
            fee: input.fee.of(ONE_FEE).try_into().ok()?,
            offpeg_multiplier: input.offpeg.of(100 * ONE_FEE).try_into().ok()?,
            admin_share: input.admin.of(ONE_FEE).try_into().ok()?,
        },
        rate_multipliers: vec![ONE; input.coins.len()],
        oracle_rates: input.coins.iter().map(|(_, rate)| rate.word()).collect(),
    };
    let balances: Vec<_> = input.coins.iter().map(|(balance, _)| balance.word()).collect();
    // Mostly the supply of a first deposit.
    let supply = match input.supply {
        Some(supply) => supply.word(),
        None => Pool::new(parameters.clone(), balances.clone(), ONE).ok()?.invariant().ok()?,
    };
    Pool::new(parameters, balances, supply).ok()
}

fuzz_target!(|input: Input| {
    let Some(mut pool) = pool(&input) else { return };
    if let Some((amplification, secs)) = input.ramp {
        try_on(&mut pool, |pool| pool.start_ramp(u64::from(amplification), u64::from(secs)));
    }
    for step in input.steps.iter().take(12) {
        match step {
            Step::Sell(i, j, amount) => sell(&mut pool, usize::from(*i), usize::from(*j), amount.word()),
            Step::Deposit(amounts) => {
                let amounts: Vec<_> = amounts.iter().map(|amount| amount.word()).collect();
                try_on(&mut pool, |pool| pool.add_liquidity(&amounts));
            }
            Step::Withdraw(shares) => {
                try_on(&mut pool, |pool| pool.remove_liquidity(shares.word()));
            }
            Step::WithdrawOneCoin(shares, coin) => {
                let one = |pool: &mut Pool| pool.remove_liquidity_one_coin(shares.word(), usize::from(*coin));
                try_on(&mut pool, one);
            }
            Step::WithdrawUnevenly(amounts) => {
                let amounts: Vec<_> = amounts.iter().map(|amount| amount.word()).collect();
                try_on(&mut pool, |pool| pool.remove_liquidity_imbalanced(&amounts));
            }
            Step::Rate(coin, rate) => {
                try_on(&mut pool, |pool| pool.set_oracle_rate(usize::from(*coin), rate.word()));
            }
            Step::Advance(secs) => pool.advance(u64::from(*secs)),
            Step::Look(i, j, amount) => {
                let _ = pool.virtual_price();
                let _ = pool.marginal_price(usize::from(*i));
                let _ = pool.dynamic_fee(usize::from(*i), usize::from(*j));
                let _ = pool.quote_exact_out_approximate(usize::from(*i), usize::from(*j), amount.word());
                let _ = pool.quote_one_coin_withdrawal(amount.word(), usize::from(*i));
            }
        }
    }
});
