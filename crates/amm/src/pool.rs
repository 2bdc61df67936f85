//! What every pool model does on lanes.
//!
//! A pool trades a quote coin (ETH, or what stands for it: `eth` in the names) against the token (`lrt`). Prices are
//! quote per token. Every method works on all lanes with a fixed bound of operations, and what happens to a lane
//! depends on that lane only. Amounts that are negative or not numbers count as zero. Implementations are
//! `#[inline(always)]`, so that a kernel compiled for an instruction set takes them in.

use pegstress_num::{Lanes, select};

/// One of the two coins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coin {
    /// The quote coin.
    Eth,
    /// The token.
    Lrt,
}

/// Amounts of both coins.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(align(64))]
pub struct Money<const W: usize> {
    /// Quote coin.
    pub eth: Lanes<W>,
    /// Tokens.
    pub lrt: Lanes<W>,
}

impl<const W: usize> Money<W> {
    /// Nothing.
    pub const ZERO: Self = Self { eth: [0.0; W], lrt: [0.0; W] };
}

/// What a trade took and paid, fees included; each lane sells or buys.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(align(64))]
pub struct Traded<const W: usize> {
    /// What the pool took: less than offered where its liquidity ends.
    pub taken: Money<W>,
    /// What it paid.
    pub paid: Money<W>,
}

impl<const W: usize> Traded<W> {
    /// 1 in the lanes in which the pool took something. What is not a number happened: it must not pass unseen.
    #[inline(always)]
    pub(crate) fn happened(&self) -> Lanes<W> {
        let mut happened = [0.0; W];
        for i in 0..W {
            let nothing = self.taken.eth[i] + self.taken.lrt[i] == 0.0;
            happened[i] = select(nothing, 0.0, 1.0);
        }
        happened
    }
}

/// One pool in each lane.
pub trait Pool<const W: usize> {
    /// The redemption rate on chain is now `nav`: pools with a rate oracle follow, others do not change.
    fn set_rate(&mut self, nav: &Lanes<W>);

    /// Price of the next token, before fee.
    fn marginal_price(&self) -> Lanes<W>;

    /// What the next token sold brings, after fee.
    fn bid(&self) -> Lanes<W>;

    /// What a sale would bring, after fee.
    fn quote_sell(&self, lrt_in: &Lanes<W>) -> Lanes<W>;

    /// Tokens that a purchase would bring, after fee.
    fn quote_buy(&self, eth_in: &Lanes<W>) -> Lanes<W>;

    /// Each lane sells `lrt_in` or, where `eth_in` is positive, buys with it.
    fn trade(&mut self, lrt_in: &Lanes<W>, eth_in: &Lanes<W>) -> Traded<W>;

    /// Tokens that a seller puts in until the next token of the same sale brings `bid`, after fee; 0 where it brings less now.
    fn lrt_to_bid(&self, bid: &Lanes<W>) -> Lanes<W>;

    /// What a buyer puts in until the next token of the same purchase costs `ask`, fee included; 0 where it costs more now.
    fn eth_to_ask(&self, ask: &Lanes<W>) -> Lanes<W>;

    /// Tokens that a seller puts in until the marginal price, before fee, is `price`; 0 where it is lower now.
    fn lrt_to_price(&self, price: &Lanes<W>) -> Lanes<W>;

    /// Providers multiply the pool by `factor`, in proportion; returns what came in (negative: went out).
    fn scale(&mut self, factor: &Lanes<W>) -> Money<W>;

    /// A provider burns `share` of the pool's shares for one coin, with the contract's fees: what it pays out. `None`:
    /// this model has no such operation.
    fn withdraw_one_coin(&mut self, _share: &Lanes<W>, _coin: Coin) -> Option<Lanes<W>> {
        None
    }

    /// A provider deposits these amounts, with the contract's fees: the shares it gets, over the shares there were.
    /// `None`: this model has no such operation.
    fn deposit(&mut self, _eth: &Lanes<W>, _lrt: &Lanes<W>) -> Option<Lanes<W>> {
        None
    }

    /// What the providers' positions hold.
    fn reserves(&self) -> Money<W>;

    /// Fees that have left the pool since the start.
    fn fees_paid(&self) -> Money<W>;

    /// Lanes in which the pool broke: an invariant that did not settle, a reserve outside of the positive numbers.
    fn faults(&self) -> [bool; W];
}
