//! Balancer stable pool of two tokens: the curve of [`crate::stableswap`], with the fee on what comes in.
//!
//! Model of MetaStable and composable pools (balancer-v2-monorepo `pkg/pool-stable/contracts/StableMath.sol` at 02b5e7d0;
//! a composable pool's own token is not on the curve) and of version 3 (balancer-v3-monorepo
//! `pkg/solidity-utils/contracts/math/StableMath.sol`, `pkg/vault/contracts/Vault.sol`), which round the same numbers
//! differently. With amplification `A` as governance writes it, `Ann = 2A`:
//!
//! ```text
//! amount out = what (1 - fee) in takes out along the curve
//! ```
//!
//! The fee stays in the pool but for `protocol_fee` of it, which version 3 sets aside at once; version 2 collects its
//! share at the next deposit or withdrawal, which is not modelled (0 here). A [`Surge`] raises the fee of a trade that
//! worsens the imbalance. Not modelled: the vault's smallest trade of 1e6 units, and the limit of 10,000 times between
//! the reserves of the later releases of version 3.
//!
//! Units: ETH and tokens. Domain: A in 1..=1e5, both reserves positive. Error against the contracts' integers: below
//! 1e-11 of the output for A in 10..5000, reserves as lopsided as 99:1 and trades of 1e-8 to half of the reserve
//! (`tests/against_exact_balancer.rs`); below 1e-10 for A in 1..4e4, 1000:1, fees to 99 % and trades of 1e-12 to ten times
//! the reserve (`tests/beyond_the_domain.rs`).

mod liquidity;
mod surge;

pub use surge::Surge;

use crate::pool::{Coin, Money, Pool, Traded};
use crate::stableswap::kernel::amount_out;
use crate::stableswap::{LEAST_RESERVE, Pair};
use crate::venue::RateSource;
use pegstress_num::{Lanes, greater, select};

/// Version of the vault, which decides how deposits and withdrawals out of proportion are taxed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// MetaStable and composable pools.
    Two,
    /// Version 3.
    Three,
}

/// A pool at the start.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// Version of the vault.
    pub version: Version,
    /// Quote coin in the pool.
    pub reserve_eth: f64,
    /// Tokens in the pool.
    pub reserve_lrt: f64,
    /// Amplification A (the contracts store a thousandfold, and compute with `2A`).
    pub amplification: f64,
    /// Fee, fraction of what comes in.
    pub fee: f64,
    /// Share of the fee that leaves the pool.
    pub protocol_fee: f64,
    /// The StableSurge hook of version 3.
    pub surge: Option<Surge>,
    /// Rate by which the token's reserve counts.
    pub rate: RateSource,
    /// Rate by which the quote coin's reserve counts over what the venue says it is worth: 1, unless the pool's rate
    /// provider and the venue differ.
    pub quote_rate: f64,
}

/// State of one pool on lanes.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub struct BalancerStable<const W: usize> {
    version: Version,
    pair: Pair<W>,
    fee: f64,
    protocol_fee: f64,
    surge: Option<Surge>,
    per_quote_rate: f64,
}

/// Every lane times `factor`.
#[inline(always)]
fn times<const W: usize>(lanes: &Lanes<W>, factor: f64) -> Lanes<W> {
    let mut scaled = [0.0; W];
    for i in 0..W {
        scaled[i] = lanes[i] * factor;
    }
    scaled
}

impl<const W: usize> BalancerStable<W> {
    /// A pool with the same reserves in every lane; `nav` is the redemption rate for pools that follow it.
    #[inline(always)]
    pub fn new(spec: &Spec, nav: &Lanes<W>) -> Self {
        let per_quote_rate = 1.0 / spec.quote_rate;
        let (reserves, ann) = ((spec.reserve_eth, spec.reserve_lrt), 2.0 * spec.amplification);
        let mut pair = Pair::new(reserves, ann, spec.rate, &times(nav, per_quote_rate));
        if spec.rate == RateSource::Plain && spec.quote_rate != 1.0 {
            pair.hold_rate(per_quote_rate);
        }
        // A hook that asks for less than the static fee gets that.
        let surge = spec.surge.map(|surge| Surge { max_fee: greater(surge.max_fee, spec.fee), ..surge });
        Self {
            version: spec.version,
            pair,
            fee: spec.fee,
            protocol_fee: spec.protocol_fee,
            surge,
            per_quote_rate,
        }
    }

    /// What goes out and the fee, a fraction; rate-adjusted amounts, `buys` is 1 where ETH comes in.
    #[inline(always)]
    fn paid_and_fee(&self, amount: &Lanes<W>, buys: &Lanes<W>) -> (Lanes<W>, Lanes<W>) {
        let (mut x_in, mut x_out) = ([0.0; W], [0.0; W]);
        for i in 0..W {
            let (x, y) = (self.pair.eth[i], self.pair.rate[i] * self.pair.lrt[i]);
            x_in[i] = select(buys[i] > 0.0, x, y);
            x_out[i] = select(buys[i] > 0.0, y, x);
        }
        let (inverse_ann, d) = (1.0 / self.pair.ann, &self.pair.invariant);
        let (mut paid, mut fee) = ([0.0; W], [self.fee; W]);
        if let Some(surge) = &self.surge {
            for i in 0..W {
                // As if there were no fee.
                let gross = amount_out(x_in[i], x_out[i], d[i], inverse_ann, amount[i]);
                let after = (x_in[i] + amount[i], x_out[i] - gross);
                fee[i] = surge.fee(self.fee, (x_in[i], x_out[i]), after);
            }
        }
        for i in 0..W {
            let net = amount[i] - amount[i] * fee[i];
            paid[i] = amount_out(x_in[i], x_out[i], d[i], inverse_ann, net);
        }
        (paid, fee)
    }
}

impl<const W: usize> Pool<W> for BalancerStable<W> {
    #[inline(always)]
    fn set_rate(&mut self, nav: &Lanes<W>) {
        self.pair.set_rate(&times(nav, self.per_quote_rate));
    }

    #[inline(always)]
    fn marginal_price(&self) -> Lanes<W> {
        self.pair.marginal_price()
    }

    #[inline(always)]
    fn bid(&self) -> Lanes<W> {
        let mut bid = self.pair.marginal_price();
        for i in 0..W {
            let (x, y) = (self.pair.eth[i], self.pair.rate[i] * self.pair.lrt[i]);
            let fee = self.surge.map_or(self.fee, |surge| surge.fee_of_next(self.fee, y, x));
            bid[i] *= 1.0 - fee;
        }
        bid
    }

    #[inline(always)]
    fn quote_sell(&self, lrt_in: &Lanes<W>) -> Lanes<W> {
        let mut amount = [0.0; W];
        for i in 0..W {
            amount[i] = self.pair.rate[i] * greater(lrt_in[i], 0.0);
        }
        self.paid_and_fee(&amount, &[0.0; W]).0
    }

    #[inline(always)]
    fn quote_buy(&self, eth_in: &Lanes<W>) -> Lanes<W> {
        let mut amount = [0.0; W];
        for i in 0..W {
            amount[i] = greater(eth_in[i], 0.0);
        }
        let (mut out, _) = self.paid_and_fee(&amount, &[1.0; W]);
        for i in 0..W {
            out[i] *= self.pair.inverse_rate[i];
        }
        out
    }

    #[inline(always)]
    fn trade(&mut self, lrt_in: &Lanes<W>, eth_in: &Lanes<W>) -> Traded<W> {
        let (mut amount, mut buys) = ([0.0; W], [0.0; W]);
        for i in 0..W {
            buys[i] = select(eth_in[i] > 0.0, 1.0, 0.0);
            amount[i] = select(eth_in[i] > 0.0, eth_in[i], self.pair.rate[i] * greater(lrt_in[i], 0.0));
        }
        let (paid, fee) = self.paid_and_fee(&amount, &buys);
        let mut traded = Traded { taken: Money::ZERO, paid: Money::ZERO };
        let pair = &mut self.pair;
        for i in 0..W {
            let (from_buyer, from_seller) = (buys[i], 1.0 - buys[i]);
            let (per_rate, protocol) = (pair.inverse_rate[i], fee[i] * self.protocol_fee);
            traded.taken.eth[i] = select(eth_in[i] > 0.0, eth_in[i], 0.0);
            traded.taken.lrt[i] = select(eth_in[i] > 0.0, 0.0, greater(lrt_in[i], 0.0));
            traded.paid.eth[i] = paid[i] * from_seller;
            traded.paid.lrt[i] = paid[i] * from_buyer * per_rate;
            let (eth_fee, lrt_fee) = (traded.taken.eth[i] * protocol, traded.taken.lrt[i] * protocol);
            pair.fees_eth[i] += eth_fee;
            pair.fees_lrt[i] += lrt_fee;
            let eth = pair.eth[i] + (traded.taken.eth[i] - eth_fee) - traded.paid.eth[i];
            let lrt = pair.lrt[i] + (traded.taken.lrt[i] - lrt_fee) - traded.paid.lrt[i];
            pair.eth[i] = greater(eth, LEAST_RESERVE);
            pair.lrt[i] = greater(lrt, LEAST_RESERVE);
        }
        pair.settle_after(&traded);
        traded
    }

    #[inline(always)]
    fn lrt_to_bid(&self, bid: &Lanes<W>) -> Lanes<W> {
        let per_keep = 1.0 / (1.0 - self.fee);
        let mut amount = times(&self.pair.lrt_to_price(&times(bid, per_keep)), per_keep);
        if let Some(surge) = &self.surge {
            let mut net = [0.0; W];
            for i in 0..W {
                net[i] = bid[i] * self.pair.inverse_rate[i];
                amount[i] *= self.pair.rate[i];
            }
            amount = surge.amount_to_net(&self.pair.curve(Coin::Lrt), self.fee, &net, &amount);
            for i in 0..W {
                amount[i] *= self.pair.inverse_rate[i];
            }
        }
        amount
    }

    #[inline(always)]
    fn eth_to_ask(&self, ask: &Lanes<W>) -> Lanes<W> {
        let keep = 1.0 - self.fee;
        let amount = times(&self.pair.eth_to_price(&times(ask, keep)), 1.0 / keep);
        let Some(surge) = &self.surge else { return amount };
        let mut net = [0.0; W];
        for i in 0..W {
            net[i] = self.pair.rate[i] / greater(ask[i], 1e-12);
        }
        surge.amount_to_net(&self.pair.curve(Coin::Eth), self.fee, &net, &amount)
    }

    /// Along the curve: the static fee of the sale joins the reserves only once it is over.
    #[inline(always)]
    fn lrt_to_price(&self, price: &Lanes<W>) -> Lanes<W> {
        times(&self.pair.lrt_to_price(price), 1.0 / (1.0 - self.fee))
    }

    #[inline(always)]
    fn scale(&mut self, factor: &Lanes<W>) -> Money<W> {
        self.pair.scale(factor)
    }

    #[inline(always)]
    fn withdraw_one_coin(&mut self, share: &Lanes<W>, coin: Coin) -> Option<Lanes<W>> {
        Some(self.burn_for_one_coin(share, coin))
    }

    #[inline(always)]
    fn deposit(&mut self, eth: &Lanes<W>, lrt: &Lanes<W>) -> Option<Lanes<W>> {
        Some(self.add(eth, lrt))
    }

    #[inline(always)]
    fn reserves(&self) -> Money<W> {
        self.pair.reserves()
    }

    #[inline(always)]
    fn fees_paid(&self) -> Money<W> {
        self.pair.fees_paid()
    }

    fn faults(&self) -> [bool; W] {
        self.pair.faults()
    }
}
