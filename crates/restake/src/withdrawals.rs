//! Stake that comes and goes.

use pegstress_num::{Lanes, select};

use crate::{ExposureRule, Restake};

impl<const W: usize> Restake<W> {
    /// Stakes more with an operator, in units of the initial stake; tokens are issued at the rate. A lane in which
    /// nothing is left of the operator refuses.
    pub fn deposit(&mut self, operator: usize, amount: &Lanes<W>) {
        let operator = &mut self.operators[operator];
        for i in 0..W {
            let left = operator.magnitude[i] * operator.beacon_factor[i];
            let accepted = left > 0.0 && self.factor[i] > 0.0;
            let amount = select(accepted, amount[i], 0.0);
            operator.scaled[i] += amount / select(accepted, left, 1.0);
            self.supply[i] += amount / select(accepted, self.factor[i], 1.0);
        }
    }

    /// Queues a fraction of the token's stake at an operator; returns its value now. Tokens worth as much are burned.
    pub fn queue_withdrawal(&mut self, operator: usize, fraction: &Lanes<W>) -> Lanes<W> {
        let ends = (self.rule.exposed_until_secs(self.now_secs), self.rule.claimable_secs(self.now_secs));
        let state = &mut self.operators[operator];
        let (mut scaled, mut value) = ([0.0; W], [0.0; W]);
        for i in 0..W {
            scaled[i] = state.scaled[i] * fraction[i];
            value[i] = scaled[i] * state.magnitude[i] * state.beacon_factor[i];
            state.scaled[i] -= scaled[i];
            let rate = self.factor[i];
            self.supply[i] -= value[i] / select(rate > 0.0, rate, 1.0);
        }
        self.escrow.add(operator, &scaled, ends);
        self.due_secs = self.due_secs.min(self.escrow.due_secs());
        value
    }

    /// Value of everything in escrow, whether it can be claimed or not.
    pub fn queued(&self) -> Lanes<W> {
        let mut value = [0.0; W];
        for (place, operator) in self.operators.iter().enumerate() {
            let (exposed, settled) = self.escrow.waiting(place);
            for i in 0..W {
                value[i] += (exposed[i] * operator.magnitude[i] + settled[i]) * operator.beacon_factor[i];
            }
        }
        value
    }

    /// Pays the fraction of what can be claimed, of every operator alike; returns the amount.
    pub fn complete_withdrawals(&mut self, fraction: &Lanes<W>) -> Lanes<W> {
        let stays_exposed = matches!(self.rule, ExposureRule::Karak { .. });
        let mut amount = [0.0; W];
        for (place, operator) in self.operators.iter().enumerate() {
            let paid = self.escrow.pay(place, fraction);
            for i in 0..W {
                let magnitude = select(stays_exposed, operator.magnitude[i], 1.0);
                amount[i] += paid[i] * magnitude * operator.beacon_factor[i];
            }
        }
        amount
    }
}
