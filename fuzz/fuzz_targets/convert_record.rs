//! Records of others: what comes out is a pool file that can be read.
#![no_main]

use arbitrary::{Arbitrary, Unstructured};
use libfuzzer_sys::fuzz_target;
use pegstress_scenario::{PoolFile, Wanted, convert};
use std::path::Path;

#[derive(Arbitrary, Debug)]
struct Options {
    redemption_rate: Option<f64>,
    eth_per_quote: Option<f64>,
    fee_bps: Option<f64>,
    offpeg_fee_multiplier: Option<f64>,
    shares: Option<[f64; 2]>,
    tick_spacing: Option<i32>,
}

// The text ends at the first zero byte, so that a record is a seed as it is; the options follow.
fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(2, |&byte| byte == 0);
    let Some(Ok(text)) = parts.next().map(std::str::from_utf8) else { return };
    let mut rest = Unstructured::new(parts.next().unwrap_or_default());
    let Ok(options) = Options::arbitrary(&mut rest) else { return };
    let named = Wanted { token: "weETH".to_owned(), ..Wanted::default() };
    let said = Wanted {
        redemption_rate: options.redemption_rate,
        eth_per_quote: options.eth_per_quote,
        fee_bps: options.fee_bps,
        offpeg_fee_multiplier: options.offpeg_fee_multiplier,
        admin_fee_share: options.shares.map(|shares| shares[0]),
        protocol_fee_share: options.shares.map(|shares| shares[1]),
        tick_spacing: options.tick_spacing,
        ..named.clone()
    };
    for wanted in [named, said] {
        if let Ok(written) = convert(Path::new("record.json"), text, &wanted) {
            assert!(PoolFile::parse(Path::new("pools.toml"), &written).is_ok(), "{written}");
        }
    }
});
