//! What every pool does, for the pool of several coins.

use super::MultiStableSwap;
use crate::pool::{Coin, Money, Pool, Traded};
use crate::stableswap::LEAST_RESERVE;
use crate::stableswap::inverse::amount_to_net;
use crate::stableswap::kernel::{price_along, reserves_at_price_and_stiffness};
use pegstress_num::{Lanes, greater, select};

impl<const W: usize> Pool<W> for MultiStableSwap<W> {
    #[inline(always)]
    fn set_rate(&mut self, nav: &Lanes<W>) {
        if !self.follows_rate {
            return;
        }
        for i in 0..W {
            self.rate[i] = nav[i];
            self.inverse_rate[i] = 1.0 / nav[i];
        }
        self.settle();
    }

    #[inline(always)]
    fn marginal_price(&self) -> Lanes<W> {
        let (y, k) = self.token_and_constant();
        let mut price = [0.0; W];
        for i in 0..W {
            price[i] = self.rate[i] * price_along(y[i], self.eth[i], k[i]);
        }
        price
    }

    #[inline(always)]
    fn bid(&self) -> Lanes<W> {
        let mut bid = self.marginal_price();
        for i in 0..W {
            bid[i] *= 1.0 - self.fee.between(self.eth[i], self.rate[i] * self.lrt[i]);
        }
        bid
    }

    #[inline(always)]
    fn quote_sell(&self, lrt_in: &Lanes<W>) -> Lanes<W> {
        let mut amount = [0.0; W];
        for i in 0..W {
            amount[i] = self.rate[i] * greater(lrt_in[i], 0.0);
        }
        let (gross, fee) = self.gross_and_fee(&amount, &[0.0; W]);
        for i in 0..W {
            amount[i] = gross[i] - gross[i] * fee[i];
        }
        amount
    }

    #[inline(always)]
    fn quote_buy(&self, eth_in: &Lanes<W>) -> Lanes<W> {
        let mut amount = [0.0; W];
        for i in 0..W {
            amount[i] = greater(eth_in[i], 0.0);
        }
        let (gross, fee) = self.gross_and_fee(&amount, &[1.0; W]);
        for i in 0..W {
            amount[i] = (gross[i] - gross[i] * fee[i]) * self.inverse_rate[i];
        }
        amount
    }

    #[inline(always)]
    fn trade(&mut self, lrt_in: &Lanes<W>, eth_in: &Lanes<W>) -> Traded<W> {
        let (mut amount, mut buys) = ([0.0; W], [0.0; W]);
        for i in 0..W {
            buys[i] = select(eth_in[i] > 0.0, 1.0, 0.0);
            amount[i] = select(eth_in[i] > 0.0, eth_in[i], self.rate[i] * greater(lrt_in[i], 0.0));
        }
        let (gross, fee) = self.gross_and_fee(&amount, &buys);
        let mut traded = Traded { taken: Money::ZERO, paid: Money::ZERO };
        for i in 0..W {
            let paid = gross[i] - gross[i] * fee[i];
            let admin = gross[i] * fee[i] * self.admin_fee;
            let (to_buyer, to_seller) = (buys[i] * self.inverse_rate[i], 1.0 - buys[i]);
            traded.paid.eth[i] = paid * to_seller;
            traded.paid.lrt[i] = paid * to_buyer;
            traded.taken.eth[i] = select(eth_in[i] > 0.0, eth_in[i], 0.0);
            traded.taken.lrt[i] = select(eth_in[i] > 0.0, 0.0, greater(lrt_in[i], 0.0));
            self.fees_eth[i] += admin * to_seller;
            self.fees_lrt[i] += admin * to_buyer;
            let eth = self.eth[i] + traded.taken.eth[i] - (paid + admin) * to_seller;
            let lrt = self.lrt[i] + traded.taken.lrt[i] - (paid + admin) * to_buyer;
            self.eth[i] = greater(eth, LEAST_RESERVE);
            self.lrt[i] = greater(lrt, LEAST_RESERVE);
        }
        self.settle_where(&traded.happened());
        traded
    }

    #[inline(always)]
    fn lrt_to_bid(&self, bid: &Lanes<W>) -> Lanes<W> {
        let mut net = [0.0; W];
        if !self.fee.is_dynamic() {
            let per_keep = 1.0 / (1.0 - self.fee.between(1.0, 1.0));
            for i in 0..W {
                net[i] = bid[i] * per_keep;
            }
            return self.lrt_to_price(&net);
        }
        for i in 0..W {
            net[i] = bid[i] * self.inverse_rate[i];
        }
        let mut amount = amount_to_net(&self.curve(Coin::Lrt), self.fee, &net);
        for i in 0..W {
            amount[i] *= self.inverse_rate[i];
        }
        amount
    }

    #[inline(always)]
    fn eth_to_ask(&self, ask: &Lanes<W>) -> Lanes<W> {
        let curve = self.curve(Coin::Eth);
        let mut target = [0.0; W];
        if self.fee.is_dynamic() {
            for i in 0..W {
                target[i] = self.rate[i] / greater(ask[i], 1e-12);
            }
            return amount_to_net(&curve, self.fee, &target);
        }
        let keep = 1.0 - self.fee.between(1.0, 1.0);
        for i in 0..W {
            target[i] = ask[i] * keep * self.inverse_rate[i];
        }
        let (mut amount, _) = reserves_at_price_and_stiffness(&target, &curve.stiffness);
        for i in 0..W {
            amount[i] = greater(amount[i] * curve.d[i] - self.eth[i], 0.0);
        }
        amount
    }

    #[inline(always)]
    fn lrt_to_price(&self, price: &Lanes<W>) -> Lanes<W> {
        let mut target = [0.0; W];
        for i in 0..W {
            target[i] = price[i] * self.inverse_rate[i];
        }
        let mut amount = self.curve(Coin::Lrt).amount_to_price(&target);
        for i in 0..W {
            amount[i] *= self.inverse_rate[i];
        }
        amount
    }

    #[inline(always)]
    fn scale(&mut self, factor: &Lanes<W>) -> Money<W> {
        let mut moved = Money::ZERO;
        for i in 0..W {
            let eth = greater(self.eth[i] * factor[i], LEAST_RESERVE);
            let lrt = greater(self.lrt[i] * factor[i], LEAST_RESERVE);
            moved.eth[i] = eth - self.eth[i];
            moved.lrt[i] = lrt - self.lrt[i];
            self.eth[i] = eth;
            self.lrt[i] = lrt;
            self.invariant[i] *= factor[i];
        }
        for lanes in &mut self.others {
            for i in 0..W {
                lanes[i] = greater(lanes[i] * factor[i], LEAST_RESERVE);
            }
        }
        self.weigh_others();
        moved
    }

    #[inline(always)]
    fn reserves(&self) -> Money<W> {
        Money { eth: self.eth, lrt: self.lrt }
    }

    #[inline(always)]
    fn fees_paid(&self) -> Money<W> {
        Money { eth: self.fees_eth, lrt: self.fees_lrt }
    }

    fn faults(&self) -> [bool; W] {
        std::array::from_fn(|i| {
            let settled = self.unsettled[i] == 0.0;
            let sound = self.invariant[i] > 0.0 && self.invariant[i].is_finite();
            !(settled && sound && self.eth[i].is_finite() && self.lrt[i].is_finite())
        })
    }
}
