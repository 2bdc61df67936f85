//! The constant product pair: any reserves, a few sales.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use pegstress_exact::constant_product::Pair;
use pegstress_fuzz::{Amount, sell};

#[derive(Arbitrary, Debug)]
struct Input {
    reserves: [Amount; 2],
    fee_millionths: u32,
    sales: Vec<(bool, Amount)>,
    bought: Amount,
}

fuzz_target!(|input: Input| {
    let fee = input.fee_millionths % 1_000_001;
    let Ok(mut pair) = Pair::new(input.reserves.map(Amount::word), fee) else { return };
    // What buys an amount, sold, pays at least that.
    if let Ok(needed) = pair.quote_exact_out(0, input.bought.word())
        && let Ok(paid) = pair.quote_exact_in(0, needed)
    {
        assert!(paid >= input.bought.word(), "{needed} pays {paid} in {pair:?}");
    }
    for (first, amount) in input.sales.iter().take(12) {
        let (i, j) = if *first { (0, 1) } else { (1, 0) };
        sell(&mut pair, i, j, amount.word());
    }
});
