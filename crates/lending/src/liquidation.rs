//! How much of which bucket liquidators take.
//!
//! ```text
//! S(b)      what one call on every position of bucket b gives liquidators, 0 where it is not due
//! A(b)      sum of S over the buckets with a lower health than b (the order of C/D: price and index are common)
//! taken(b)  = clamp(max - A(b), 0, S(b))                      the riskiest first
//! share     = taken / S
//! closing   whole = floor(share * positions) positions are taken in full and leave;
//!           what is left of `taken` is spread over the others, in equal parts, as far as the rule allows
//! other     every position gives the same share of the call (half of the debt is repaid at most)
//! ```
//!
//! With one position this is the contract's own arithmetic. With many, whole positions keep the bucket's positions alike,
//! and only the one position that would be taken in part is spread. What a rule's limits of a smaller call (Aave's dust,
//! Gearbox's health) keep a bucket from giving is not offered to the next bucket in the same call.
//!
//! Work is skipped where no lane has room, for buckets in which no lane has anything due or takes anything, and divisions where every lane takes
//! all or nothing; this leaves every lane's bits as they would be.

use crate::book::{Book, Bucket};
use crate::lenders::Lenders;
use crate::liquidated::Liquidated;
use crate::rules::{Call, Prices, Rule};
use pegstress_num::{Lanes, greater, select};

/// Amounts within this of all count as all: what was asked for as `liquidatable_lrt` is taken to the last token.
const ALL: f64 = 1.0 - 1e-12;

/// Prices in every lane.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quotes<'a, const W: usize> {
    pub(crate) eth_per_lrt: &'a Lanes<W>,
    pub(crate) usd_per_eth: &'a Lanes<W>,
    /// Share of the collateral's value up to which debt is not due.
    pub(crate) threshold: &'a Lanes<W>,
}

impl<const W: usize> Quotes<'_, W> {
    #[inline(always)]
    fn inverted(&self) -> Inverted<W> {
        let mut inverted = Inverted {
            eth_per_lrt: *self.eth_per_lrt,
            lrt_per_eth: [0.0; W],
            eth_per_usd: [0.0; W],
            threshold: *self.threshold,
        };
        for i in 0..W {
            inverted.lrt_per_eth[i] = 1.0 / self.eth_per_lrt[i];
            inverted.eth_per_usd[i] = 1.0 / self.usd_per_eth[i];
        }
        inverted
    }

    /// What a token counts for.
    #[inline(always)]
    pub(crate) fn counted(&self) -> Lanes<W> {
        let mut counted = *self.eth_per_lrt;
        for i in 0..W {
            counted[i] *= self.threshold[i];
        }
        counted
    }
}

/// Prices and their inverses, for steps in which something is due.
#[repr(align(64))]
struct Inverted<const W: usize> {
    eth_per_lrt: Lanes<W>,
    lrt_per_eth: Lanes<W>,
    eth_per_usd: Lanes<W>,
    threshold: Lanes<W>,
}

impl<const W: usize> Inverted<W> {
    #[inline(always)]
    fn lane(&self, i: usize) -> Prices {
        Prices {
            eth_per_lrt: self.eth_per_lrt[i],
            lrt_per_eth: self.lrt_per_eth[i],
            eth_per_usd: self.eth_per_usd[i],
            threshold: self.threshold[i],
        }
    }
}

/// The call on a bucket in one lane; nothing where it is not due.
#[inline(always)]
fn call_if_due<const W: usize, R: Rule>(
    rule: &R,
    bucket: &Bucket<W>,
    lane: usize,
    index: f64,
    prices: Prices,
) -> Call {
    let loan = bucket.loan(lane, index);
    let counted = loan.collateral_lrt * (prices.eth_per_lrt * prices.threshold);
    let call = rule.call(loan, prices);
    let due = (counted < loan.debt_eth) & (call.seized_lrt > 0.0);
    Call {
        seized_lrt: select(due, call.seized_lrt, 0.0),
        fee_lrt: select(due, call.fee_lrt, 0.0),
        repaid_eth: select(due, call.repaid_eth, 0.0),
        fee_eth: select(due, call.fee_eth, 0.0),
        returned_eth: select(due, call.returned_eth, 0.0),
        closes: call.closes,
    }
}

/// Fills in what each bucket may give; whether any gives anything.
#[inline(always)]
pub(crate) fn assess<const W: usize, R: Rule>(rule: &R, book: &mut Book<W>, quotes: &Quotes<'_, W>) -> bool {
    let counted = quotes.counted();
    let mut any = false;
    for bucket in &mut book.buckets {
        bucket.is_due = bucket.any_below(&counted, &book.index);
        any |= bucket.is_due;
    }
    if any {
        let prices = quotes.inverted();
        for bucket in book.buckets.iter_mut().filter(|bucket| bucket.is_due) {
            for i in 0..W {
                bucket.seizable_lrt[i] =
                    call_if_due(rule, bucket, i, book.index[i], prices.lane(i)).seized_lrt;
            }
        }
    }
    any
}

/// Liquidators take up to `max_lrt` of what [`assess`] has found, which is something. `done` is filled up from nothing.
#[inline(always)]
pub(crate) fn liquidate<const W: usize, R: Rule>(
    rule: &R,
    book: &mut Book<W>,
    lenders: &mut Lenders<W>,
    quotes: &Quotes<'_, W>,
    max_lrt: &Lanes<W>,
    done: &mut Liquidated<W>,
) {
    let mut room = 0_u64;
    for i in 0..W {
        room |= u64::from(max_lrt[i] > 0.0);
    }
    if room == 0 {
        return;
    }
    rank(&mut book.buckets);
    let mut terms = Terms { index: book.index, per_index: [0.0; W], prices: quotes.inverted(), max_lrt };
    for i in 0..W {
        terms.per_index[i] = 1.0 / book.index[i];
    }
    for bucket in book.buckets.iter_mut().filter(|bucket| bucket.is_due) {
        let (mut some, mut in_part) = (0_u64, 0_u64);
        for i in 0..W {
            let offered = max_lrt[i] - bucket.ahead_lrt[i];
            let takes = (offered > 0.0) & (bucket.seizable_lrt[i] > 0.0);
            some |= u64::from(takes);
            in_part |= u64::from(takes & (offered < bucket.seizable_lrt[i]));
        }
        let debt_free = &mut book.debt_free_lrt;
        if in_part != 0 {
            take::<W, R, true>(rule, bucket, &terms, debt_free, done);
        } else if some != 0 {
            take::<W, R, false>(rule, bucket, &terms, debt_free, done);
        }
    }
    book.sum_debts();
    for i in 0..W {
        done.paid_eth[i] = done.repaid_eth[i] + done.protocol_fee_eth[i] + done.returned_eth[i];
    }
    rule.book(lenders, &done.protocol_fee_eth, &done.bad_debt_eth);
}

/// Fills in what riskier buckets may give before; of two alike the first comes first.
#[inline(always)]
fn rank<const W: usize>(buckets: &mut [Bucket<W>]) {
    for bucket in buckets.iter_mut().filter(|bucket| bucket.is_due) {
        bucket.ahead_lrt = [0.0; W];
    }
    for b in 1..buckets.len() {
        let (before, rest) = buckets.split_at_mut(b);
        let later = &mut rest[0];
        if !later.is_due {
            continue;
        }
        // Copies: two buckets of one slice could be one for all the compiler knows, and the loop would not vectorise.
        let (collateral, debt, seizable) = (later.collateral_lrt, later.stored_debt, later.seizable_lrt);
        let mut ahead = later.ahead_lrt;
        for earlier in before.iter_mut().filter(|bucket| bucket.is_due) {
            let mut ahead_earlier = earlier.ahead_lrt;
            for i in 0..W {
                let first = earlier.collateral_lrt[i] * debt[i] <= collateral[i] * earlier.stored_debt[i];
                let before = earlier.seizable_lrt[i];
                ahead[i] += select(first, before, 0.0);
                ahead_earlier[i] += select(first, 0.0, seizable[i]);
            }
            earlier.ahead_lrt = ahead_earlier;
        }
        later.ahead_lrt = ahead;
    }
}

/// What all buckets are taken by.
struct Terms<'a, const W: usize> {
    index: Lanes<W>,
    per_index: Lanes<W>,
    prices: Inverted<W>,
    max_lrt: &'a Lanes<W>,
}

/// Takes from one bucket. `PARTS`: some lane takes neither all nor nothing.
#[inline(always)]
fn take<const W: usize, R: Rule, const PARTS: bool>(
    rule: &R,
    bucket: &mut Bucket<W>,
    terms: &Terms<'_, W>,
    debt_free_lrt: &mut Lanes<W>,
    done: &mut Liquidated<W>,
) {
    for i in 0..W {
        let loan = bucket.loan(i, terms.index[i]);
        let prices = terms.prices.lane(i);
        let call = call_if_due(rule, bucket, i, terms.index[i], prices);
        let due = call.seized_lrt > 0.0;
        let offered = terms.max_lrt[i] - bucket.ahead_lrt[i];
        let all = due & (offered >= call.seized_lrt * ALL);

        // Of the positions: how many, and which share, are taken in full. Of the call on the others: the share taken.
        let mut whole = select(all & call.closes, loan.positions, 0.0);
        let mut whole_share = select(all & call.closes, 1.0, 0.0);
        let mut part = select(all & !call.closes, 1.0, 0.0);
        let mut part_repaid = call.repaid_eth;
        let mut part_fee = call.fee_eth;
        if PARTS {
            let some = due & !all & (offered > 0.0);
            let share = select(some, offered / call.seized_lrt, 0.0);
            let count = floor(share * loan.positions * (2.0 - ALL));
            let closing = some & call.closes;
            whole = select(closing, count, whole);
            whole_share = select(closing, count / loan.positions, whole_share);
            let smaller = rule.part(loan, prices, call);
            let left = greater(share - whole_share, 0.0) / (1.0 - whole_share);
            let left = select(left < smaller.most, left, smaller.most);
            let left = select(left < smaller.least, 0.0, left);
            part = select(closing, left, select(some, share, part));
            part_repaid = select(closing, smaller.repaid_eth, part_repaid);
            part_fee = select(closing, smaller.fee_eth, part_fee);
        }

        let kept = 1.0 - whole_share;
        let part = kept * part;
        let taken_lrt = call.seized_lrt + call.fee_lrt;
        let part_repaid = part * part_repaid;
        done.seized_lrt[i] += (whole_share + part) * call.seized_lrt;
        done.protocol_fee_lrt[i] += (whole_share + part) * call.fee_lrt;
        done.repaid_eth[i] += whole_share * call.repaid_eth + part_repaid;
        done.protocol_fee_eth[i] += whole_share * call.fee_eth + part * part_fee;
        done.returned_eth[i] += whole_share * call.returned_eth;
        done.bad_debt_eth[i] += whole_share * greater(loan.debt_eth - call.repaid_eth, 0.0);
        debt_free_lrt[i] += whole_share * greater(loan.collateral_lrt - taken_lrt, 0.0);
        bucket.collateral_lrt[i] = not_negative(kept * loan.collateral_lrt - part * taken_lrt);
        bucket.stored_debt[i] = not_negative(kept * bucket.stored_debt[i] - part_repaid * terms.per_index[i]);
        bucket.positions[i] = loan.positions - whole;
    }
}

/// Rounding may end below zero; NaN stays.
#[inline(always)]
fn not_negative(x: f64) -> f64 {
    select(x < 0.0, 0.0, x)
}

/// The greatest integer up to `x`, for `x` in 0..2^51.
#[inline(always)]
fn floor(x: f64) -> f64 {
    const ROUNDER: f64 = 6_755_399_441_055_744.0;
    let nearest = (x + ROUNDER) - ROUNDER;
    select(nearest > x, nearest - 1.0, nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floor_is_the_greatest_integer_below() {
        for x in [0.0, 0.25, 0.5, 0.999_999_999, 1.0, 1.5, 2.5, 3.5, 1e9 + 0.75] {
            assert_eq!(floor(x), x.floor(), "{x}");
        }
    }
}
