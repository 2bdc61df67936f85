//! A market in each lane; the order of a step is in the crate's documentation.

use crate::book::Book;
use crate::interest::Interest;
use crate::lenders::Lenders;
use crate::liquidated::Liquidated;
use crate::liquidation::{Quotes, assess, liquidate};
use crate::oracle::Oracle;
use crate::rules::{Rules, absorb, liquidatable_after_absorbing, sell_inventory};
use crate::spec::MarketSpec;
use crate::unwind::{Carry, Signals, Unwound, sale_costs};
use pegstress_num::Lanes;

/// A lending market.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub struct Market<const W: usize> {
    rules: Rules,
    pub(crate) oracle: Oracle<W>,
    pub(crate) interest: Interest<W>,
    pub(crate) book: Book<W>,
    pub(crate) lenders: Lenders<W>,
    /// Tokens that the protocol has taken over and not sold (Compound).
    pub(crate) inventory_lrt: Lanes<W>,
    /// Realised so far.
    pub(crate) bad_debt_eth: Lanes<W>,
    usd_per_eth: Lanes<W>,
    /// Share of the collateral's value up to which debt is not due.
    pub(crate) threshold: Lanes<W>,
    /// Of the latest call.
    done: Liquidated<W>,
    /// Whether anything is in `done`.
    is_done: bool,
    /// Whether the buckets' assessment is of the present state, and then whether any gives anything.
    pub(crate) assessed: Option<bool>,
}

impl<const W: usize> Market<W> {
    /// The market at the start, its oracle settled at these prices (ETH per token, dollars per ETH).
    pub fn new(
        spec: &MarketSpec,
        nav_onchain: &Lanes<W>,
        market_price: &Lanes<W>,
        usd_per_eth: &Lanes<W>,
    ) -> Self {
        let (protocol_eth, reserves_apart) = match &spec.rules {
            Rules::Aave(_) | Rules::Morpho(_) => (0.0, false),
            Rules::Compound(rule) => (rule.reserves_eth, true),
            Rules::Gearbox(rule) => (rule.treasury_eth, false),
        };
        let book = Book::new(spec);
        let lenders = Lenders::new(spec.supplied_eth, protocol_eth, reserves_apart);
        let interest = Interest::new(&spec.interest, &lenders.utilisation(&book.debt_eth()));
        Self {
            rules: spec.rules,
            oracle: Oracle::new(&spec.oracle, nav_onchain, market_price),
            interest,
            book,
            lenders,
            inventory_lrt: [0.0; W],
            bad_debt_eth: [0.0; W],
            usd_per_eth: *usd_per_eth,
            threshold: [spec.rules.threshold(); W],
            done: Liquidated::NOTHING,
            is_done: false,
            assessed: None,
        }
    }

    /// Interest of `step_secs` at the utilisation there is.
    #[inline(always)]
    pub fn accrue(&mut self, step_secs: f64) {
        let debt = self.book.debt_eth();
        self.grow(step_secs, &self.lenders.utilisation(&debt), &debt);
    }

    /// Interest of `step_secs` at a utilisation: that of a pool of funds of which this market is a part.
    #[inline(always)]
    pub fn accrue_at(&mut self, step_secs: f64, utilisation: &Lanes<W>) {
        self.grow(step_secs, utilisation, &self.book.debt_eth());
    }

    #[inline(always)]
    fn grow(&mut self, step_secs: f64, utilisation: &Lanes<W>, debt: &Lanes<W>) {
        self.assessed = None;
        let gained = self.interest.advance(step_secs, utilisation);
        self.book.grow(&gained);
        self.lenders.earn(self.interest.protocol_share, debt, &gained);
    }

    /// `step_secs` later the redemption rate on chain, the market price and the dollar price of ETH are these.
    #[inline(always)]
    pub fn update_oracle(
        &mut self,
        step_secs: f64,
        nav_onchain: &Lanes<W>,
        market_price: &Lanes<W>,
        usd_per_eth: &Lanes<W>,
    ) {
        self.assessed = None;
        self.oracle.update(step_secs, nav_onchain, market_price);
        self.usd_per_eth = *usd_per_eth;
    }

    /// The market bid at which a liquidator just breaks even: `oracle price / (1 + bonus (1 - fee))`, or what the lender's
    /// rule has instead.
    #[inline(always)]
    pub fn breakeven_bid(&self) -> Lanes<W> {
        let share = self.rules.price_to_liquidator();
        let mut bid = self.oracle.eth_per_lrt;
        for price in &mut bid {
            *price *= share;
        }
        bid
    }

    /// Tokens that liquidators may be given now, by one call per position. What it finds is kept for
    /// [`Market::liquidate`].
    #[inline(always)]
    pub fn liquidatable_lrt(&mut self) -> Lanes<W> {
        if let Rules::Compound(rule) = &self.rules {
            let quotes = quotes(&self.oracle, &self.usd_per_eth, &self.threshold);
            return liquidatable_after_absorbing(
                rule,
                &self.book,
                &self.lenders,
                &self.inventory_lrt,
                &quotes,
            );
        }
        let mut sum = [0.0; W];
        if self.assess() {
            for bucket in self.book.buckets.iter().filter(|bucket| bucket.is_due) {
                for i in 0..W {
                    sum[i] += bucket.seizable_lrt[i];
                }
            }
        }
        sum
    }

    /// Whether [`Market::liquidate`] may do anything in any lane: something is due, or the protocol may take accounts over.
    #[inline(always)]
    pub fn is_due(&mut self) -> bool {
        matches!(self.rules, Rules::Compound(_)) || self.assess()
    }

    /// Whether any bucket may give anything; not for Compound.
    #[inline(always)]
    fn assess(&mut self) -> bool {
        if let Some(any) = self.assessed {
            return any;
        }
        let quotes = quotes(&self.oracle, &self.usd_per_eth, &self.threshold);
        let any = match &self.rules {
            Rules::Aave(rule) => assess(rule, &mut self.book, &quotes),
            Rules::Morpho(rule) => assess(rule, &mut self.book, &quotes),
            Rules::Gearbox(rule) => assess(rule, &mut self.book, &quotes),
            Rules::Compound(_) => false,
        };
        self.assessed = Some(any);
        any
    }

    /// Liquidators take up to `max_lrt`, from the riskiest bucket first.
    #[inline(always)]
    pub fn liquidate(&mut self, max_lrt: &Lanes<W>) -> &Liquidated<W> {
        if self.is_done {
            self.done = Liquidated::NOTHING;
        }
        self.is_done = self.is_due();
        if !self.is_done {
            return &self.done;
        }
        self.assessed = None;
        let quotes = quotes(&self.oracle, &self.usd_per_eth, &self.threshold);
        let (book, lenders, done) = (&mut self.book, &mut self.lenders, &mut self.done);
        match &self.rules {
            Rules::Aave(rule) => liquidate(rule, book, lenders, &quotes, max_lrt, done),
            Rules::Morpho(rule) => liquidate(rule, book, lenders, &quotes, max_lrt, done),
            Rules::Gearbox(rule) => liquidate(rule, book, lenders, &quotes, max_lrt, done),
            Rules::Compound(rule) => {
                let inventory = &mut self.inventory_lrt;
                absorb(rule, book, lenders, inventory, &quotes, done);
                sell_inventory(rule, lenders, inventory, quotes.eth_per_lrt, max_lrt, done);
            }
        }
        for i in 0..W {
            self.bad_debt_eth[i] += self.done.bad_debt_eth[i];
        }
        &self.done
    }

    /// Tokens that owners of loops with negative carry want to sell at `bid` to repay what they owe; who waits for redemption
    /// is paid `worth`.
    #[inline(always)]
    pub fn unwind_wish_lrt(
        &self,
        carry: &Carry,
        step_secs: f64,
        yield_per_year: &Lanes<W>,
        (bid, worth): (&Lanes<W>, &Lanes<W>),
    ) -> Lanes<W> {
        carry.wish(&self.book, step_secs, &self.signals(yield_per_year, (bid, worth)))
    }

    /// Those owners have sold `sold_lrt` (up to the wish of the same arguments) for `proceeds_eth`, and repay.
    #[inline(always)]
    pub fn unwind(
        &mut self,
        carry: &Carry,
        step_secs: f64,
        yield_per_year: &Lanes<W>,
        (bid, worth): (&Lanes<W>, &Lanes<W>),
        sold: (&Lanes<W>, &Lanes<W>),
    ) -> Unwound<W> {
        self.assessed = None;
        let signals = Signals {
            rate_per_year: &self.interest.rate_per_year,
            yield_per_year,
            eth_per_lrt: &self.oracle.eth_per_lrt,
            bid,
            sale_costs: sale_costs(bid, worth),
        };
        carry.unwind(&mut self.book, step_secs, &signals, sold.0, sold.1)
    }

    /// Owners of positions without debt take their collateral out: what it was.
    #[inline(always)]
    pub fn withdraw_debt_free(&mut self) -> Lanes<W> {
        std::mem::replace(&mut self.book.debt_free_lrt, [0.0; W])
    }

    #[inline(always)]
    fn signals<'a>(
        &'a self,
        yield_per_year: &'a Lanes<W>,
        (bid, worth): (&'a Lanes<W>, &'a Lanes<W>),
    ) -> Signals<'a, W> {
        Signals {
            rate_per_year: &self.interest.rate_per_year,
            yield_per_year,
            eth_per_lrt: &self.oracle.eth_per_lrt,
            bid,
            sale_costs: sale_costs(bid, worth),
        }
    }
}

#[inline(always)]
fn quotes<'a, const W: usize>(
    oracle: &'a Oracle<W>,
    usd_per_eth: &'a Lanes<W>,
    threshold: &'a Lanes<W>,
) -> Quotes<'a, W> {
    Quotes { eth_per_lrt: &oracle.eth_per_lrt, usd_per_eth, threshold }
}
