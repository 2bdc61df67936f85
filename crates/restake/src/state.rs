//! A token's operators on lanes, and everything that happens to them.
//!
//! ```text
//! advance(now)                 changes of allocation, ends of exposure and requests fall due
//! slash(operator, service, w)  EigenLayer   m' = m - w a,  a' = a - w a,  a waiting fall shrinks by w too
//!                              vaults       m' = m (1 - taken / (stake + exposed withdrawals))
//! beacon loss f                u' = u (1 - f);  at a checkpoint  l' = l u,  u = 1
//! withdrawal of a part         x' = x (1 - part),  row += x part,  supply' = supply - value / factor
//! payment                      row times m at the end of exposure, times l now
//! ```
//!
//! Times are the same in all lanes; what is slashed is not. A call in which no lane is hit may be left out. A step
//! without an event reads the cached factor and compares two times.

use pegstress_num::{Lanes, select};

use crate::allocation::Allocation;
use crate::escrow::Escrow;
use crate::slash::{Requests, execute, slashable_in_vault};
use crate::{ExposureRule, RestakeSpec};

/// Fewer tokens, as a fraction of those at the start, are the rounding of withdrawals of all of them.
const LEAST_SUPPLY: f64 = 1e-12;

/// One operator.
#[derive(Debug, Clone)]
pub(crate) struct OperatorLanes<const W: usize> {
    pub(crate) initial_stake: f64,
    pub(crate) scaled: Lanes<W>,
    pub(crate) magnitude: Lanes<W>,
    pub(crate) encumbered: Lanes<W>,
    pub(crate) beacon_factor: Lanes<W>,
    /// What losses that no checkpoint has seen leave.
    pub(crate) unseen_factor: Lanes<W>,
}

/// The state of a restaked token.
#[derive(Debug, Clone)]
pub struct Restake<const W: usize> {
    pub(crate) rule: ExposureRule,
    pub(crate) now_secs: f64,
    /// Nothing falls due before.
    pub(crate) due_secs: f64,
    pub(crate) operators: Vec<OperatorLanes<W>>,
    pub(crate) allocations: Vec<Allocation<W>>,
    /// Places of allocations.
    pub(crate) by_operator: Vec<Vec<usize>>,
    pub(crate) by_service: Vec<Vec<usize>>,
    pub(crate) requests: Requests<W>,
    pub(crate) escrow: Escrow<W>,
    idle: f64,
    pub(crate) supply: Lanes<W>,
    pub(crate) factor: Lanes<W>,
}

impl<const W: usize> Restake<W> {
    /// The token at time 0, nothing lost.
    pub fn new(spec: &RestakeSpec) -> Self {
        let mut allocations = Vec::new();
        let mut by_operator = vec![Vec::new(); spec.operators.len()];
        let mut by_service = vec![Vec::new(); spec.services.len()];
        let mut operators = Vec::with_capacity(spec.operators.len());
        for (place, operator) in spec.operators.iter().enumerate() {
            let mut encumbered = 0.0;
            for allocation in &operator.allocations {
                by_operator[place].push(allocations.len());
                by_service[allocation.service].push(allocations.len());
                allocations.push(Allocation::new(place, allocation.service, allocation.share));
                encumbered += allocation.share;
            }
            operators.push(OperatorLanes {
                initial_stake: operator.stake_share,
                scaled: [operator.stake_share; W],
                magnitude: [1.0; W],
                encumbered: [encumbered; W],
                beacon_factor: [1.0; W],
                unseen_factor: [1.0; W],
            });
        }
        let escrow = Escrow::new(operators.len(), matches!(spec.rule, ExposureRule::Karak { .. }));
        let idle = spec.idle_share();
        let mut restake = Self {
            rule: spec.rule,
            now_secs: 0.0,
            due_secs: f64::INFINITY,
            operators,
            allocations,
            by_operator,
            by_service,
            requests: Requests::new(),
            escrow,
            idle,
            supply: [1.0; W],
            factor: [1.0; W],
        };
        // Shares of stake may add up to 1 less a rounding.
        let stake = restake.total(|operator, i| operator.value(i));
        restake.supply = stake;
        restake
    }

    /// The redemption rate as the contracts see it, 1 at the start.
    #[inline(always)]
    pub fn factor(&self) -> &Lanes<W> {
        &self.factor
    }

    /// The redemption rate with the beacon chain's losses that no checkpoint has seen.
    pub fn true_factor(&self) -> Lanes<W> {
        let mut rate = self.total(|operator, i| operator.value(i) * operator.unseen_factor[i]);
        for i in 0..W {
            let known = self.supply[i] > LEAST_SUPPLY;
            rate[i] = select(known, rate[i] / select(known, self.supply[i], 1.0), self.factor[i]);
        }
        rate
    }

    /// What slashes have left of an operator's stake (`m`).
    pub fn magnitude(&self, operator: usize) -> &Lanes<W> {
        &self.operators[operator].magnitude
    }

    /// What the beacon chain has left of it, as far as it is recognised (`l`).
    pub fn beacon_factor(&self, operator: usize) -> &Lanes<W> {
        &self.operators[operator].beacon_factor
    }

    /// The token's stake at an operator.
    pub fn stake(&self, operator: usize) -> Lanes<W> {
        let mut stake = [0.0; W];
        for i in 0..W {
            stake[i] = self.operators[operator].value(i);
        }
        stake
    }

    /// Fraction of the operator's initial stake allocated to a service, a waiting fall included.
    pub fn allocation(&self, operator: usize, service: usize) -> Lanes<W> {
        self.place(operator, service).map_or([0.0; W], |place| self.allocations[place].current)
    }

    /// Fraction of the token's stake that a service can slash now, of all its operators together.
    pub fn slashable_share(&self, service: usize) -> Lanes<W> {
        let mut share = [0.0; W];
        for &place in &self.by_service[service] {
            let allocation = &self.allocations[place];
            if !allocation.is_slashable(self.now_secs) {
                continue;
            }
            let operator = &self.operators[allocation.operator];
            let none = [0.0; W];
            // Of the stake itself; a slash also reaches withdrawals, which are the token's no longer.
            let stake = if self.rule.stake_is_unique() {
                let mut stake = operator.scaled;
                for i in 0..W {
                    stake[i] *= allocation.current[i];
                }
                stake
            } else {
                slashable_in_vault(&self.rule, operator, allocation, &none, self.now_secs)
            };
            for i in 0..W {
                share[i] += stake[i] * operator.beacon_factor[i];
            }
        }
        let total = self.total(|operator, i| operator.value(i));
        for i in 0..W {
            share[i] /= select(total[i] > 0.0, total[i], 1.0);
        }
        share
    }

    /// Moves the time on; what falls due until then happens at its own time.
    #[inline(always)]
    pub fn advance(&mut self, now_secs: f64) {
        self.now_secs = now_secs;
        if now_secs >= self.due_secs {
            self.catch_up(now_secs);
        }
    }

    pub(crate) fn place(&self, operator: usize, service: usize) -> Option<usize> {
        let places = &self.by_operator[operator];
        places.iter().copied().find(|&place| self.allocations[place].service == service)
    }

    pub(crate) fn catch_up(&mut self, now_secs: f64) {
        while let Some(asked) = self.requests.pop_front_if(|request| request.due_secs <= now_secs) {
            self.settle(asked.due_secs);
            let allocation = &mut self.allocations[asked.allocation];
            let operator = &mut self.operators[allocation.operator];
            execute(&self.rule, operator, allocation, &self.escrow, &asked);
            self.refresh(&asked.earmarked);
        }
        self.settle(now_secs);
        let requests = self.requests.front().map_or(f64::INFINITY, |request| request.due_secs);
        let changes = self.allocations.iter().map(Allocation::due_secs).fold(f64::INFINITY, f64::min);
        self.due_secs = requests.min(changes).min(self.escrow.due_secs());
    }

    fn settle(&mut self, now_secs: f64) {
        let operators = &self.operators;
        self.escrow.settle(now_secs, |operator| operators[operator].magnitude);
        for allocation in &mut self.allocations {
            allocation.settle(now_secs, &mut self.operators[allocation.operator].encumbered);
        }
    }

    /// Idle stake and the operators'.
    fn total(&self, value: impl Fn(&OperatorLanes<W>, usize) -> f64) -> Lanes<W> {
        let mut total = [self.idle; W];
        for operator in &self.operators {
            for i in 0..W {
                total[i] += value(operator, i);
            }
        }
        total
    }

    /// Recomputes the factor in the lanes that were hit; elsewhere it keeps its bits, whoever else was hit.
    pub(crate) fn refresh(&mut self, hit: &Lanes<W>) {
        let total = self.total(|operator, i| operator.value(i));
        for i in 0..W {
            let rate = total[i] / select(self.supply[i] > LEAST_SUPPLY, self.supply[i], 1.0);
            // Without tokens the last rate stays.
            let known = hit[i] > 0.0 && self.supply[i] > LEAST_SUPPLY;
            self.factor[i] = select(known, rate, self.factor[i]);
        }
    }
}

impl<const W: usize> OperatorLanes<W> {
    #[inline(always)]
    fn value(&self, i: usize) -> f64 {
        self.scaled[i] * self.magnitude[i] * self.beacon_factor[i]
    }
}
