//! Cryptoswap: any parameters, a few operations.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use pegstress_exact::U256;
use pegstress_exact::cryptoswap::{Curve, Edition, FeeSchedule, Parameters, Pool, Repegging};
use pegstress_fuzz::{Amount, Fraction, Rate, sell, try_on};

const ONE_FEE: u64 = 10_000_000_000;
const ONE: u64 = 1_000_000_000_000_000_000;

#[derive(Arbitrary, Debug)]
struct Input {
    factory: bool,
    amplification: u32,
    gamma: u64,
    fees: [Fraction; 3],
    repegging: (Fraction, Fraction, u16),
    admin_fee: Fraction,
    decimals: [u8; 2],
    price: Rate,
    first: [Amount; 2],
    steps: Vec<Step>,
}

#[derive(Arbitrary, Debug)]
enum Step {
    Sell(u8, u8, Amount),
    Deposit([Amount; 2]),
    Withdraw(Amount),
    WithdrawOneCoin(Amount, u8),
    Claim,
    Ramp(u32, u64, u32),
    StopRamp,
    Advance(u32),
    Look(u8, Amount),
}

fn deployed(input: &Input) -> Option<Pool> {
    let [mid_fee, out_fee, _] = input.fees.map(|fee| U256::from(fee.of(ONE_FEE)));
    let (extra, step, half_life) = input.repegging;
    let parameters = Parameters {
        edition: if input.factory { Edition::Factory } else { Edition::StandAlone },
        curve: Curve::new(U256::from(input.amplification), U256::from(input.gamma)).ok()?,
        fees: FeeSchedule { mid_fee, out_fee, fee_gamma: U256::from(input.fees[2].of(ONE)) },
        repegging: Repegging {
            allowed_extra_profit: U256::from(extra.of(ONE)),
            adjustment_step: U256::from(step.of(ONE)),
            half_life_secs: u64::from(half_life),
        },
        admin_fee: U256::from(input.admin_fee.of(ONE_FEE)),
        precisions: input.decimals.map(|missing| U256::from(10_u64.pow(u32::from(missing % 19)))),
    };
    Pool::deploy(parameters, input.price.word()).ok()
}

fuzz_target!(|input: Input| {
    let Some(mut pool) = deployed(&input) else { return };
    try_on(&mut pool, |pool| pool.add_liquidity(input.first.map(Amount::word)));
    for step in input.steps.iter().take(12) {
        match step {
            Step::Sell(i, j, amount) => sell(&mut pool, usize::from(*i), usize::from(*j), amount.word()),
            Step::Deposit(amounts) => {
                try_on(&mut pool, |pool| pool.add_liquidity(amounts.map(Amount::word)));
            }
            Step::Withdraw(shares) => {
                try_on(&mut pool, |pool| pool.remove_liquidity(shares.word()));
            }
            Step::WithdrawOneCoin(shares, coin) => {
                let one = |pool: &mut Pool| pool.remove_liquidity_one_coin(shares.word(), usize::from(*coin));
                try_on(&mut pool, one);
            }
            Step::Claim => {
                try_on(&mut pool, Pool::claim_admin_fees);
            }
            Step::Ramp(amplification, gamma, secs) => {
                let Ok(future) = Curve::new(U256::from(*amplification), U256::from(*gamma)) else { continue };
                try_on(&mut pool, |pool| pool.start_ramp(future, u64::from(*secs)));
            }
            Step::StopRamp => {
                try_on(&mut pool, Pool::stop_ramp);
            }
            Step::Advance(secs) => pool.advance(u64::from(*secs)),
            Step::Look(i, amount) => {
                let _ = pool.virtual_price();
                let _ = pool.average_price();
                let _ = pool.marginal_price();
                let _ = pool.fee();
                let _ = pool.quote_deposit([amount.word(); 2]);
                let _ = pool.quote_one_coin_withdrawal(amount.word(), usize::from(*i));
            }
        }
    }
});
