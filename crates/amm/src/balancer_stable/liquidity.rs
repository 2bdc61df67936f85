//! Deposits and withdrawals out of proportion.
//!
//! Version 3 (`BasePoolMath.sol`): what a token moves beyond the change of the invariant pays the swap fee, of which
//! `protocol_fee` leaves the pool. A withdrawal may take the invariant to 60 % and a deposit to 500 % at most, and the
//! surge hook refuses what would surge: in such a lane nothing moves, and the result is 0.
//!
//! Version 2 (`StableMath.sol`): of a withdrawal in one token the share of the other token in the sum of the balances
//! pays the fee; of a deposit, what a token brings beyond the mean of the relative amounts, weighted by the balances.

use super::{BalancerStable, Version};
use crate::pool::Coin;
use crate::stableswap::LEAST_RESERVE;
use crate::stableswap::liquidity::{fall_of_reserve, rise_of_invariant};
use pegstress_num::{Lanes, clamp, greater, select};

/// Largest share of the pool that version 3 burns for one token.
const MOST_BURNED: f64 = 0.4;
/// Largest rise of the invariant that version 3 takes, over the invariant.
const MOST_RISE: f64 = 4.0;

impl<const W: usize> BalancerStable<W> {
    /// The trait's `withdraw_one_coin`.
    #[inline(always)]
    pub(super) fn burn_for_one_coin(&mut self, share: &Lanes<W>, coin: Coin) -> Lanes<W> {
        let (three, pair) = (self.version == Version::Three, &mut self.pair);
        let per_ann = 1.0 / pair.ann;
        let (mut paid, mut protocol, mut fall) = ([0.0; W], [0.0; W], [0.0; W]);
        for i in 0..W {
            let token = pair.rate[i] * pair.lrt[i];
            let for_eth = coin == Coin::Eth;
            let (x, y) = (select(for_eth, token, pair.eth[i]), select(for_eth, pair.eth[i], token));
            let s = clamp(greater(share[i], 0.0), 0.0, 1.0);
            let gross = fall_of_reserve((x, y), pair.invariant[i], per_ann, s, 0.0);
            let taxable = select(three, gross - s * y, gross * (x / (x + y)));
            let fee = self.fee * taxable;
            let (net, aggregate) = (gross - fee, fee * self.protocol_fee);
            // As the contract has it: balances before without what then leaves for the protocol.
            let (before, after) = ((x, y - aggregate), (x, y - aggregate - net));
            let surges = self.surge.is_some_and(|surge| surge.refuses(before, after));
            let moves = select(surges | (three & (s > MOST_BURNED)), 0.0, 1.0);
            let per_rate = select(for_eth, 1.0, pair.inverse_rate[i]);
            paid[i] = net * moves * per_rate;
            protocol[i] = aggregate * moves * per_rate;
            fall[i] = s * moves;
        }
        let (reserve, fees) = match coin {
            Coin::Eth => (&mut pair.eth, &mut pair.fees_eth),
            Coin::Lrt => (&mut pair.lrt, &mut pair.fees_lrt),
        };
        for i in 0..W {
            fees[i] += protocol[i];
            reserve[i] = greater(reserve[i] - (paid[i] + protocol[i]), LEAST_RESERVE);
            pair.invariant[i] *= 1.0 - fall[i];
        }
        pair.settle();
        paid
    }

    /// The trait's `deposit`.
    #[inline(always)]
    pub(super) fn add(&mut self, eth: &Lanes<W>, lrt: &Lanes<W>) -> Lanes<W> {
        let (three, pair) = (self.version == Version::Three, &mut self.pair);
        let ann = pair.ann;
        let mut minted = [0.0; W];
        for i in 0..W {
            let (x, y, d) = (pair.eth[i], pair.rate[i] * pair.lrt[i], pair.invariant[i]);
            let (dx, lrt_in) = (greater(eth[i], 0.0), greater(lrt[i], 0.0));
            let dy = pair.rate[i] * lrt_in;
            let rise = rise_of_invariant((x, y), d, ann, (dx, dy));
            let untaxed = select(three, rise, (dx + dy) / (x + y));
            let fee_x = self.fee * greater(dx - untaxed * x, 0.0);
            let fee_y = self.fee * greater(dy - untaxed * y, 0.0);
            let shares = rise_of_invariant((x, y), d, ann, (dx - fee_x, dy - fee_y));
            let (eth_fee, lrt_fee) = (fee_x * self.protocol_fee, fee_y * self.protocol_fee);
            let (before, after) = ((x - eth_fee, y - lrt_fee), (x - eth_fee + dx, y - lrt_fee + dy));
            let surges = self.surge.is_some_and(|surge| surge.refuses(before, after));
            let moves = select(surges | (three & (rise > MOST_RISE)), 0.0, 1.0);
            minted[i] = shares * moves;
            let lrt_fee = lrt_fee * pair.inverse_rate[i];
            pair.fees_eth[i] += eth_fee * moves;
            pair.fees_lrt[i] += lrt_fee * moves;
            pair.eth[i] = greater(x + (dx - eth_fee) * moves, LEAST_RESERVE);
            pair.lrt[i] = greater(pair.lrt[i] + (lrt_in - lrt_fee) * moves, LEAST_RESERVE);
            pair.invariant[i] = d * (1.0 + rise * moves);
        }
        pair.settle();
        minted
    }
}
