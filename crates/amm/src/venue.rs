//! One pool of whatever model, on lanes: what routing and the simulation talk to.
//!
//! A venue may quote the token in an asset other than ETH, such as wstETH: amounts and prices of the pool are then in
//! that asset, those of the venue in ETH at the stated `eth_per_quote`. A pool that breaks marks the lane as faulty
//! and leaves its neighbours alone.

use crate::outlined::{Called, Outlined};
use crate::pool::{Coin, Money, Pool, Traded};
use crate::route::Margin;
use crate::{
    BalancerStable, ConcentratedLiquidity, ConstantProduct, Cryptoswap, MultiStableSwap, StableSwap, Weighted,
};
use pegstress_num::{Isa, Lanes, clamp, greater};

/// A pool at the start.
#[derive(Debug, Clone, PartialEq)]
pub struct VenueSpec {
    /// Name for reports.
    pub name: String,
    /// ETH that one unit of the pool's quote coin is worth; 1 for ETH and WETH.
    pub eth_per_quote: f64,
    /// The pool.
    pub pool: PoolSpec,
}

/// Pool models and their parameters at the start.
#[derive(Debug, Clone, PartialEq)]
pub enum PoolSpec {
    /// Two-coin StableSwap.
    StableSwap(crate::stableswap::Spec),
    /// Constant product.
    ConstantProduct(crate::constant_product::Spec),
    /// StableSwap of three or four coins.
    MultiStableSwap(crate::stableswap::multi::Spec),
    /// Two-coin cryptoswap.
    Cryptoswap(crate::cryptoswap::Spec),
    /// Concentrated liquidity.
    ConcentratedLiquidity(crate::concentrated::Spec),
    /// Balancer stable of two tokens.
    BalancerStable(crate::balancer_stable::Spec),
    /// Balancer weighted.
    Weighted(crate::weighted::Spec),
}

impl VenueSpec {
    /// The same pool with other reserves of its two coins, `reserve_eth` in the pool's quote coin. Concentrated
    /// liquidity, whose reserves follow from price and positions, stays as it is.
    pub fn with_reserves(mut self, reserve_eth: f64, reserve_lrt: f64) -> Self {
        let (eth, lrt) = match &mut self.pool {
            PoolSpec::StableSwap(spec) => (&mut spec.reserve_eth, &mut spec.reserve_lrt),
            PoolSpec::ConstantProduct(spec) => (&mut spec.reserve_eth, &mut spec.reserve_lrt),
            PoolSpec::MultiStableSwap(spec) => (&mut spec.reserve_eth, &mut spec.reserve_lrt),
            PoolSpec::Cryptoswap(spec) => (&mut spec.reserve_eth, &mut spec.reserve_lrt),
            PoolSpec::BalancerStable(spec) => (&mut spec.reserve_eth, &mut spec.reserve_lrt),
            PoolSpec::Weighted(spec) => (&mut spec.reserve_eth, &mut spec.reserve_lrt),
            PoolSpec::ConcentratedLiquidity(_) => return self,
        };
        (*eth, *lrt) = (reserve_eth, reserve_lrt);
        self
    }
}

/// Rate by which a pool counts its tokens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RateSource {
    /// One: a plain pool.
    Plain,
    /// The redemption rate on chain, read again once the reading is `cache_secs` old; 0: read always.
    RedemptionRate {
        /// Age at which a reading expires.
        cache_secs: f64,
    },
}

impl RateSource {
    /// The redemption rate without a cache.
    pub const LIVE: Self = Self::RedemptionRate { cache_secs: 0.0 };

    /// The rate at the start, `nav` being the redemption rate.
    pub fn start<const W: usize>(self, nav: &Lanes<W>) -> Lanes<W> {
        match self {
            Self::Plain => [1.0; W],
            Self::RedemptionRate { .. } => *nav,
        }
    }
}

/// A pool on lanes.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub struct Venue<const W: usize> {
    pool: Model<W>,
    eth_per_quote: f64,
    quote_per_eth: f64,
    rate: RateSource,
    rate_age_secs: f64,
    /// Of what is called: models that are not inlined, and routes over several venues.
    isa: Isa,
}

/// The model that is inlined, and the others.
#[derive(Debug, Clone)]
enum Model<const W: usize> {
    StableSwap(StableSwap<W>),
    Outlined(Box<Outlined<W>>),
}

/// The same call on whichever model it is.
macro_rules! on_model {
    ($venue:expr, $pool:ident => $call:expr) => {
        match $venue {
            Model::StableSwap($pool) => $call,
            Model::Outlined($pool) => $call,
        }
    };
}

/// Every lane times `factor`.
#[inline(always)]
fn times<const W: usize>(mut lanes: Lanes<W>, factor: f64) -> Lanes<W> {
    for i in 0..W {
        lanes[i] *= factor;
    }
    lanes
}

/// A pool that is called.
fn called<const W: usize>(model: Called<W>) -> Model<W> {
    Model::Outlined(Box::new(Outlined { model, isa: Isa::best() }))
}

impl<const W: usize> Venue<W> {
    /// The pool of `spec` in every lane; `nav` is the redemption rate, ETH per token.
    #[inline(always)]
    pub fn new(spec: &VenueSpec, nav: &Lanes<W>) -> Self {
        let quote_per_eth = 1.0 / spec.eth_per_quote;
        let nav = &times(*nav, quote_per_eth);
        let (pool, rate) = match &spec.pool {
            PoolSpec::StableSwap(spec) => (Model::StableSwap(StableSwap::new(spec, nav)), spec.rate),
            PoolSpec::ConstantProduct(spec) => {
                (called(Called::ConstantProduct(ConstantProduct::new(spec))), RateSource::Plain)
            }
            PoolSpec::MultiStableSwap(spec) => {
                (called(Called::MultiStableSwap(MultiStableSwap::new(spec, nav))), spec.rate)
            }
            PoolSpec::Cryptoswap(spec) => {
                (called(Called::Cryptoswap(Cryptoswap::new(spec))), RateSource::Plain)
            }
            PoolSpec::ConcentratedLiquidity(spec) => {
                (called(Called::ConcentratedLiquidity(ConcentratedLiquidity::new(spec))), RateSource::Plain)
            }
            PoolSpec::BalancerStable(spec) => {
                (called(Called::BalancerStable(BalancerStable::new(spec, nav))), spec.rate)
            }
            PoolSpec::Weighted(spec) => (called(Called::Weighted(Weighted::new(spec))), RateSource::Plain),
        };
        Self {
            pool,
            eth_per_quote: spec.eth_per_quote,
            quote_per_eth,
            rate,
            rate_age_secs: 0.0,
            isa: Isa::best(),
        }
    }

    /// The same venue computed on an instruction set, if the processor has it; the widest there is unless told. A model
    /// that is inlined is computed on its caller's.
    #[must_use]
    pub fn on(mut self, isa: Isa) -> Self {
        self.isa = isa;
        if let Model::Outlined(pool) = &mut self.pool {
            pool.isa = isa;
        }
        self
    }

    /// The instruction set of what is called.
    #[inline(always)]
    pub(crate) fn isa(&self) -> Isa {
        self.isa
    }

    /// Whether what the next unit brings has a closed form with a slope ([`Self::margin`]).
    #[inline(always)]
    pub(crate) fn is_smooth(&self) -> bool {
        matches!(&self.pool, Model::StableSwap(pool) if !pool.is_offpeg())
    }

    /// What the next unit of a trade that brings in `coin` brings after `amount` of it, in tokens and ETH; `None`: from
    /// the start. Nothing where the venue is not smooth.
    #[inline(always)]
    pub(crate) fn margin(&self, coin: Coin, amount: Option<&Lanes<W>>, margin: &mut Margin<W>) {
        let Model::StableSwap(pool) = &self.pool else {
            *margin = Margin::NOTHING;
            return;
        };
        match coin {
            Coin::Lrt => {
                pool.margin(coin, amount, margin);
                for i in 0..W {
                    margin.brings[i] *= self.eth_per_quote;
                    margin.width[i] *= self.quote_per_eth;
                    margin.bend[i] *= self.eth_per_quote;
                }
            }
            Coin::Eth => {
                let mut quote = None;
                if let Some(eth) = amount {
                    quote = Some(times(*eth, self.quote_per_eth));
                }
                pool.margin(coin, quote.as_ref(), margin);
                for i in 0..W {
                    margin.brings[i] *= self.quote_per_eth;
                    margin.width[i] *= self.eth_per_quote * self.eth_per_quote;
                    margin.bend[i] *= self.quote_per_eth * self.quote_per_eth * self.quote_per_eth;
                    margin.per_reserve[i] *= self.quote_per_eth;
                }
            }
        }
    }

    /// `elapsed_secs` later the redemption rate on chain is `nav`: pools with a rate oracle follow once what they have
    /// cached expires, and pools with an average price age it. The clock is one for all lanes.
    #[inline(always)]
    pub fn set_rate(&mut self, nav: &Lanes<W>, elapsed_secs: f64) {
        if let Model::Outlined(pool) = &mut self.pool
            && let Called::Cryptoswap(pool) = &mut pool.model
        {
            pool.advance(elapsed_secs);
        }
        let RateSource::RedemptionRate { cache_secs } = self.rate else { return };
        self.rate_age_secs += elapsed_secs;
        if self.rate_age_secs >= cache_secs {
            self.rate_age_secs = 0.0;
            let nav = &times(*nav, self.quote_per_eth);
            on_model!(&mut self.pool, pool => pool.set_rate(nav));
        }
    }

    /// ETH per token for the next token, before fee.
    #[inline(always)]
    pub fn marginal_price(&self) -> Lanes<W> {
        on_model!(&self.pool, pool => times(pool.marginal_price(), self.eth_per_quote))
    }

    /// ETH per token for the next token sold, after fee.
    #[inline(always)]
    pub fn bid(&self) -> Lanes<W> {
        on_model!(&self.pool, pool => times(pool.bid(), self.eth_per_quote))
    }

    /// ETH that a sale would pay, after fee.
    #[inline(always)]
    pub fn quote_sell(&self, lrt_in: &Lanes<W>) -> Lanes<W> {
        on_model!(&self.pool, pool => times(pool.quote_sell(lrt_in), self.eth_per_quote))
    }

    /// Tokens that a purchase would pay, after fee.
    #[inline(always)]
    pub fn quote_buy(&self, eth_in: &Lanes<W>) -> Lanes<W> {
        let quote_in = &times(*eth_in, self.quote_per_eth);
        on_model!(&self.pool, pool => pool.quote_buy(quote_in))
    }

    /// Each lane sells `lrt_in` or, where `eth_in` is positive, buys with it.
    #[inline(always)]
    pub fn trade(&mut self, lrt_in: &Lanes<W>, eth_in: &Lanes<W>) -> Traded<W> {
        let quote_in = &times(*eth_in, self.quote_per_eth);
        let eth_per_quote = self.eth_per_quote;
        // In each arm, so that no arm's result is copied to where the others' are.
        on_model!(&mut self.pool, pool => {
            let mut traded = pool.trade(lrt_in, quote_in);
            for i in 0..W {
                traded.taken.eth[i] *= eth_per_quote;
                traded.paid.eth[i] *= eth_per_quote;
            }
            traded
        })
    }

    /// Sells tokens; returns the ETH paid, after fee.
    #[inline(always)]
    pub fn sell(&mut self, lrt_in: &Lanes<W>) -> Lanes<W> {
        let eth_per_quote = self.eth_per_quote;
        on_model!(&mut self.pool, pool => times(pool.trade(lrt_in, &[0.0; W]).paid.eth, eth_per_quote))
    }

    /// Buys tokens with ETH; returns the tokens paid out, after fee.
    #[inline(always)]
    pub fn buy(&mut self, eth_in: &Lanes<W>) -> Lanes<W> {
        let quote_in = &times(*eth_in, self.quote_per_eth);
        on_model!(&mut self.pool, pool => pool.trade(&[0.0; W], quote_in).paid.lrt)
    }

    /// Tokens that a seller puts in until the next token of the same sale brings `bid`, after fee.
    #[inline(always)]
    pub fn lrt_to_bid(&self, bid: &Lanes<W>) -> Lanes<W> {
        let bid = &times(*bid, self.quote_per_eth);
        on_model!(&self.pool, pool => pool.lrt_to_bid(bid))
    }

    /// ETH that a buyer puts in until the next token costs `ask`, fee included; 0 where it already does.
    #[inline(always)]
    pub fn eth_to_ask(&self, ask: &Lanes<W>) -> Lanes<W> {
        let ask = &times(*ask, self.quote_per_eth);
        on_model!(&self.pool, pool => times(pool.eth_to_ask(ask), self.eth_per_quote))
    }

    /// Tokens that a seller puts in until the marginal price, before fee, is `price`; 0 where it already is.
    #[inline(always)]
    pub fn lrt_to_price(&self, price: &Lanes<W>) -> Lanes<W> {
        let price = &times(*price, self.quote_per_eth);
        on_model!(&self.pool, pool => pool.lrt_to_price(price))
    }

    /// Providers take out `share` of the pool, in proportion: what goes out.
    #[inline(always)]
    pub fn withdraw_share(&mut self, share: &Lanes<W>) -> Money<W> {
        let mut factor = [1.0; W];
        for i in 0..W {
            factor[i] = 1.0 - clamp(greater(share[i], 0.0), 0.0, 1.0);
        }
        let mut moved = on_model!(&mut self.pool, pool => pool.scale(&factor));
        for i in 0..W {
            moved.eth[i] = 0.0 - moved.eth[i];
            moved.lrt[i] = 0.0 - moved.lrt[i];
        }
        self.in_eth(moved)
    }

    /// Providers add `share` of the present pool, in proportion: what comes in.
    #[inline(always)]
    pub fn deposit_share(&mut self, share: &Lanes<W>) -> Money<W> {
        let mut factor = [1.0; W];
        for i in 0..W {
            factor[i] = 1.0 + greater(share[i], 0.0);
        }
        let moved = on_model!(&mut self.pool, pool => pool.scale(&factor));
        self.in_eth(moved)
    }

    /// A provider burns `share` of the pool's shares for one coin: what it pays out, ETH or tokens. `None`: this model has
    /// no such operation.
    #[inline(always)]
    pub fn withdraw_one_coin(&mut self, share: &Lanes<W>, coin: Coin) -> Option<Lanes<W>> {
        let unit = if coin == Coin::Eth { self.eth_per_quote } else { 1.0 };
        on_model!(&mut self.pool, pool => pool.withdraw_one_coin(share, coin)).map(|paid| times(paid, unit))
    }

    /// A provider deposits these amounts: the shares it gets, over the shares there were. `None`: this model has no such
    /// operation.
    #[inline(always)]
    pub fn deposit(&mut self, eth: &Lanes<W>, lrt: &Lanes<W>) -> Option<Lanes<W>> {
        let quote = &times(*eth, self.quote_per_eth);
        on_model!(&mut self.pool, pool => pool.deposit(quote, lrt))
    }

    /// ETH and tokens in the pool.
    #[inline(always)]
    pub fn reserves(&self) -> Money<W> {
        self.in_eth(on_model!(&self.pool, pool => pool.reserves()))
    }

    /// ETH and tokens that the pool has paid away as fees.
    #[inline(always)]
    pub fn fees_paid(&self) -> Money<W> {
        self.in_eth(on_model!(&self.pool, pool => pool.fees_paid()))
    }

    /// Lanes in which the pool broke: an invariant that did not settle, a reserve outside the positive numbers.
    pub fn faults(&self) -> [bool; W] {
        on_model!(&self.pool, pool => pool.faults())
    }

    #[inline(always)]
    fn in_eth(&self, money: Money<W>) -> Money<W> {
        Money { eth: times(money.eth, self.eth_per_quote), lrt: money.lrt }
    }
}
