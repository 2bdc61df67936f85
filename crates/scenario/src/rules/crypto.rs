//! Cryptoswap pools: fees in order.

use super::Site;
use crate::raw::venue::cryptoswap::RawCryptoswap;

impl Site<'_, '_> {
    pub(super) fn check_cryptoswap(&mut self, path: &str, pool: &RawCryptoswap) {
        let (mid, out) = (pool.mid_fee_bps.0, pool.out_fee_bps.0);
        if mid > out {
            let key = format!("{path}.out_fee_bps");
            self.refuse(&key, format!("{key} is {out}, must be mid_fee_bps = {mid} or above"));
        }
    }
}
