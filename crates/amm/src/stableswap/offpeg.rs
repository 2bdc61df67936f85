//! The two-coin pool where its fee moves with the reserves: quotes and amounts to a net price.

use super::StableSwap;
use super::inverse::amount_to_net;
use super::kernel::amount_out;
use crate::Coin;
use pegstress_num::{Lanes, greater};

impl<const W: usize> StableSwap<W> {
    /// What a sale would bring at the fee of its average reserves.
    #[inline(always)]
    pub(super) fn quote_sell_offpeg(&self, lrt_in: &Lanes<W>) -> Lanes<W> {
        let inverse_ann = 1.0 / self.pair.ann;
        let mut out = [0.0; W];
        for i in 0..W {
            let (x, y) = (self.pair.eth[i], self.pair.rate[i] * self.pair.lrt[i]);
            let y_in = self.pair.rate[i] * greater(lrt_in[i], 0.0);
            let gross = amount_out(y, x, self.pair.invariant[i], inverse_ann, y_in);
            out[i] = gross - gross * self.swap_fee.between(2.0 * y + y_in, 2.0 * x - gross);
        }
        out
    }

    /// Tokens that a purchase would bring at the fee of its average reserves.
    #[inline(always)]
    pub(super) fn quote_buy_offpeg(&self, eth_in: &Lanes<W>) -> Lanes<W> {
        let inverse_ann = 1.0 / self.pair.ann;
        let mut out = [0.0; W];
        for i in 0..W {
            let (x, y) = (self.pair.eth[i], self.pair.rate[i] * self.pair.lrt[i]);
            let x_in = greater(eth_in[i], 0.0);
            let gross = amount_out(x, y, self.pair.invariant[i], inverse_ann, x_in);
            let fee = self.swap_fee.between(2.0 * x + x_in, 2.0 * y - gross);
            out[i] = (gross - gross * fee) * self.pair.inverse_rate[i];
        }
        out
    }

    /// Tokens that a seller puts in until the next token of the same sale nets `bid`.
    #[inline(always)]
    pub(super) fn lrt_to_bid_offpeg(&self, bid: &Lanes<W>) -> Lanes<W> {
        let mut net = [0.0; W];
        for i in 0..W {
            net[i] = bid[i] * self.pair.inverse_rate[i];
        }
        let mut amount = amount_to_net(&self.pair.curve(Coin::Lrt), self.swap_fee, &net);
        for i in 0..W {
            amount[i] *= self.pair.inverse_rate[i];
        }
        amount
    }

    /// ETH that a buyer puts in until the next token of the same purchase costs `ask`, fee included.
    #[inline(always)]
    pub(super) fn eth_to_ask_offpeg(&self, ask: &Lanes<W>) -> Lanes<W> {
        let mut net = [0.0; W];
        for i in 0..W {
            net[i] = self.pair.rate[i] / greater(ask[i], 1e-12);
        }
        amount_to_net(&self.pair.curve(Coin::Eth), self.swap_fee, &net)
    }
}
