//! Requests for redemption that wait: a FIFO by the step in which they were made, with one head per lane.
//!
//! A cohort is what was asked for in a step, by holders and by arbitrageurs, and the rate at that time; its requests are
//! alike and are filled together, in part where the ETH ends. The head passes every cohort once in a path.

use pegstress_num::{Lanes, any_positive, greater, lesser, select};

use crate::rules::RateFrozenAt;

/// Cohorts by step: tokens of holders, tokens of arbitrageurs, rate at the request.
pub(crate) type RequestTable<const W: usize> = Vec<[[f64; 3]; W]>;

/// Requests that wait.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(crate) struct Requests<const W: usize> {
    by_step: RequestTable<W>,
    head: [u32; W],
    /// Worth of what waits, at the rates of the requests, ETH.
    pub(crate) outstanding_eth: Lanes<W>,
    /// Worth of all that was ever filled, at those rates, ETH.
    filled_eth: Lanes<W>,
}

/// What may be filled now.
pub(crate) struct Fill<'a, const W: usize> {
    /// Up to here, ETH.
    pub(crate) budget_eth: &'a Lanes<W>,
    /// Cohorts before this step only.
    pub(crate) before_step: usize,
    /// The rate now.
    pub(crate) rate: &'a Lanes<W>,
    /// When payouts freeze.
    pub(crate) frozen_at: RateFrozenAt,
    /// Only whole multiples of this in all, ETH; 0: any amount.
    pub(crate) batch_eth: f64,
}

/// A batch counts as full, and as affordable, if this part of it is lacking: roundings of sums.
const BATCH_SLACK: f64 = 1e-9;

impl<const W: usize> Fill<'_, W> {
    /// What is paid per token of a request made at `asked_rate`.
    #[inline(always)]
    fn rate_of(&self, lane: usize, asked_rate: f64) -> f64 {
        match self.frozen_at {
            RateFrozenAt::Request => asked_rate,
            RateFrozenAt::Finalisation => lesser(self.rate[lane], asked_rate),
        }
    }
}

/// What was filled.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(crate) struct Filled<const W: usize> {
    pub(crate) holders_eth: Lanes<W>,
    pub(crate) arbitrage_eth: Lanes<W>,
    pub(crate) lrt: Lanes<W>,
    /// What holders were paid below the value at request,
    pub(crate) holders_marked_down_eth: Lanes<W>,
    /// and arbitrageurs.
    pub(crate) arbitrage_marked_down_eth: Lanes<W>,
}

impl<const W: usize> Requests<W> {
    pub(crate) fn new(steps: usize, mut room: RequestTable<W>) -> Self {
        room.resize(steps, [[0.0; 3]; W]);
        let zero = [0.0; W];
        Self { by_step: room, head: [0; W], outstanding_eth: zero, filled_eth: zero }
    }

    pub(crate) fn into_room(self) -> RequestTable<W> {
        self.by_step
    }

    /// Takes what was asked for in `step`; every step is told once, in order.
    #[inline(always)]
    pub(crate) fn ask(&mut self, step: usize, holders: &Lanes<W>, arbitrage: &Lanes<W>, rate: &Lanes<W>) {
        let cohort = &mut self.by_step[step];
        for i in 0..W {
            let worth = (holders[i] + arbitrage[i]) * rate[i];
            cohort[i] = [holders[i], arbitrage[i], rate[i]];
            self.outstanding_eth[i] += worth;
        }
    }

    /// Fills in the order of requests.
    #[inline(always)]
    pub(crate) fn fill(&mut self, fill: &Fill<'_, W>) -> Filled<W> {
        let zero = [0.0; W];
        let mut filled = Filled {
            holders_eth: zero,
            arbitrage_eth: zero,
            lrt: zero,
            holders_marked_down_eth: zero,
            arbitrage_marked_down_eth: zero,
        };
        if !any_positive(fill.budget_eth) {
            return filled;
        }
        for i in 0..W {
            let mut left = fill.budget_eth[i];
            if left <= 0.0 {
                continue;
            }
            let mut head = self.head[i] as usize;
            let mut allowed = self.outstanding_eth[i];
            if fill.batch_eth > 0.0 {
                let reach = self.filled_eth[i] + self.affordable_eth(i, fill);
                let whole = (reach / fill.batch_eth + BATCH_SLACK).floor() * fill.batch_eth;
                allowed = greater(whole - self.filled_eth[i], 0.0);
            }
            while head < fill.before_step {
                let [holders, arbitrage, asked_rate] = self.by_step[head][i];
                let lrt = holders + arbitrage;
                if lrt <= 0.0 {
                    head += 1;
                    continue;
                }
                let rate = fill.rate_of(i, asked_rate);
                let (cost, worth) = (lrt * rate, lrt * asked_rate);
                // Divided only where less than all is filled.
                let part = if (left < cost) | (allowed < worth) {
                    lesser(lesser(left / cost, allowed / worth), 1.0)
                } else {
                    1.0
                };
                if part <= 0.0 {
                    break;
                }
                filled.holders_eth[i] += holders * part * rate;
                filled.arbitrage_eth[i] += arbitrage * part * rate;
                filled.lrt[i] += lrt * part;
                filled.holders_marked_down_eth[i] += holders * part * (asked_rate - rate);
                filled.arbitrage_marked_down_eth[i] += arbitrage * part * (asked_rate - rate);
                left -= cost * part;
                allowed -= worth * part;
                self.filled_eth[i] += worth * part;
                self.outstanding_eth[i] = greater(self.outstanding_eth[i] - worth * part, 0.0);
                if part < 1.0 {
                    self.by_step[head][i] = [holders * (1.0 - part), arbitrage * (1.0 - part), asked_rate];
                    break;
                }
                head += 1;
            }
            self.head[i] = head as u32;
        }
        filled
    }

    /// Worth at request of what the budget affords if batches are left aside, ETH.
    #[inline(always)]
    fn affordable_eth(&self, lane: usize, fill: &Fill<'_, W>) -> f64 {
        let (mut left, mut affordable) = (fill.budget_eth[lane], 0.0);
        for row in &self.by_step[(self.head[lane] as usize).min(fill.before_step)..fill.before_step] {
            let [holders, arbitrage, asked_rate] = row[lane];
            let cost = (holders + arbitrage) * fill.rate_of(lane, asked_rate);
            let part = select(cost > left, left / cost, 1.0);
            affordable += (holders + arbitrage) * asked_rate * part;
            left -= cost * part;
            if left <= 0.0 {
                break;
            }
        }
        affordable
    }

    /// Tokens that still wait after `steps` steps.
    pub(crate) fn left_lrt(&self, lane: usize, steps: usize) -> f64 {
        let cohorts = &self.by_step[self.head[lane] as usize..steps];
        cohorts.iter().map(|row| row[lane][0] + row[lane][1]).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(requests: &mut Requests<1>, budget: f64, before_step: usize, rate: f64, batch: f64) -> Filled<1> {
        requests.fill(&Fill {
            budget_eth: &[budget],
            before_step,
            rate: &[rate],
            frozen_at: RateFrozenAt::Finalisation,
            batch_eth: batch,
        })
    }

    #[test]
    fn the_first_are_filled_first_and_the_last_in_part() {
        let mut requests = Requests::<1>::new(4, Vec::new());
        requests.ask(0, &[100.0], &[0.0], &[1.0]);
        requests.ask(1, &[50.0], &[50.0], &[1.1]);
        let first = fill(&mut requests, 155.0, 2, 2.0, 0.0);
        // 100 at 1.0, then half of the second cohort at 1.1: the gain since is not theirs.
        assert!(
            (first.holders_eth[0] - 127.5).abs() < 1e-12 && (first.arbitrage_eth[0] - 27.5).abs() < 1e-12
        );
        assert!((first.lrt[0] - 150.0).abs() < 1e-12 && (requests.outstanding_eth[0] - 55.0).abs() < 1e-12);
        // A loss since the request is theirs.
        let rest = fill(&mut requests, 1000.0, 2, 0.5, 0.0);
        assert!((rest.holders_eth[0] + rest.arbitrage_eth[0] - 25.0).abs() < 1e-12);
        assert!(requests.left_lrt(0, 4) < 1e-12);
    }

    #[test]
    fn only_whole_batches_and_only_old_enough_requests_are_filled() {
        let mut requests = Requests::<1>::new(4, Vec::new());
        requests.ask(0, &[25.0], &[0.0], &[1.0]);
        requests.ask(1, &[10.0], &[0.0], &[1.0]);
        assert!((fill(&mut requests, 1e9, 1, 1.0, 20.0).lrt[0] - 20.0).abs() < 1e-12);
        // 35 asked: the next batch of 20 is not full, the rest waits for another five.
        assert_eq!(fill(&mut requests, 1e9, 2, 1.0, 20.0).lrt[0], 0.0);
        requests.ask(2, &[5.0], &[0.0], &[1.0]);
        // Nor is a batch that the ETH does not afford; at a rate of 0.9 it costs 18.
        assert_eq!(fill(&mut requests, 19.9, 3, 1.0, 20.0).lrt[0], 0.0);
        assert!((fill(&mut requests, 18.1, 3, 0.9, 20.0).lrt[0] - 20.0).abs() < 1e-12);
    }
}
