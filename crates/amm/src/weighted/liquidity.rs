//! Deposits and withdrawals out of proportion, version 3 (`BasePoolMath.sol`): what a token moves beyond the change of the
//! invariant pays the swap fee, of which `protocol_fee` leaves the pool.
//!
//! The invariant is `prod(x^w)` over all tokens of the pool, so weights must be the pool's own here; one reserve follows
//! it as `x (D'/D)^(1/w)`. A withdrawal may take the invariant to 70 % and a deposit to 300 % at most: beyond, nothing
//! moves in that lane and the result is 0. Version 2 taxes by the weights instead, which is not modelled.

use super::Weighted;
use crate::pool::Coin;
use crate::stableswap::LEAST_RESERVE;
use pegstress_num::{Lanes, clamp, exp_m1, greater, ln_1p, select};

/// Largest share of the pool that is burned for one token.
const MOST_BURNED: f64 = 0.3;
/// Largest rise of the invariant, over the invariant.
const MOST_RISE: f64 = 2.0;

impl<const W: usize> Weighted<W> {
    /// The trait's `withdraw_one_coin`.
    #[inline(always)]
    pub(super) fn burn_for_one_coin(&mut self, share: &Lanes<W>, coin: Coin) -> Lanes<W> {
        let (weight, reserve, fees) = match coin {
            Coin::Eth => (self.weight_eth, &mut self.eth, &mut self.fees_eth),
            Coin::Lrt => (self.weight_lrt, &mut self.lrt, &mut self.fees_lrt),
        };
        let per_weight = 1.0 / weight;
        let mut paid = [0.0; W];
        for i in 0..W {
            let s = clamp(greater(share[i], 0.0), 0.0, 1.0);
            // The limit keeps the logarithm off zero.
            let part = select(s > MOST_BURNED, 0.0, s);
            let gross = 0.0 - reserve[i] * exp_m1(per_weight * ln_1p(0.0 - part));
            let fee = self.fee * (gross - part * reserve[i]);
            paid[i] = gross - fee;
            let protocol = fee * self.protocol_fee;
            fees[i] += protocol;
            reserve[i] = greater(reserve[i] - (paid[i] + protocol), LEAST_RESERVE);
        }
        paid
    }

    /// The trait's `deposit`.
    #[inline(always)]
    pub(super) fn add(&mut self, eth: &Lanes<W>, lrt: &Lanes<W>) -> Lanes<W> {
        let (weight_eth, weight_lrt) = (self.weight_eth, self.weight_lrt);
        let mut minted = [0.0; W];
        for i in 0..W {
            let (x, y) = (self.eth[i], self.lrt[i]);
            let (dx, dy) = (greater(eth[i], 0.0), greater(lrt[i], 0.0));
            let rise = exp_m1(weight_eth * ln_1p(dx / x) + weight_lrt * ln_1p(dy / y));
            let fee_x = self.fee * greater(dx - rise * x, 0.0);
            let fee_y = self.fee * greater(dy - rise * y, 0.0);
            let moves = select(rise > MOST_RISE, 0.0, 1.0);
            let (net_x, net_y) = (weight_eth * ln_1p((dx - fee_x) / x), weight_lrt * ln_1p((dy - fee_y) / y));
            minted[i] = exp_m1(net_x + net_y) * moves;
            let (eth_fee, lrt_fee) = (fee_x * self.protocol_fee, fee_y * self.protocol_fee);
            self.fees_eth[i] += eth_fee * moves;
            self.fees_lrt[i] += lrt_fee * moves;
            self.eth[i] = greater(x + (dx - eth_fee) * moves, LEAST_RESERVE);
            self.lrt[i] = greater(y + (dy - lrt_fee) * moves, LEAST_RESERVE);
        }
        minted
    }
}
