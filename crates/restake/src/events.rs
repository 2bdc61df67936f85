//! What operators, services and the beacon chain do.

use pegstress_num::Lanes;

use crate::Restake;
use crate::slash::{request, slash_unique};
use crate::state::OperatorLanes;

impl<const W: usize> Restake<W> {
    /// Sets what an operator allocates to a service it serves, in fractions of its initial stake; more or less holds
    /// after the rule's delay. A lane that waits for an earlier change, or has not enough magnitude left, refuses.
    pub fn allocate(&mut self, operator: usize, service: usize, share: f64) {
        if let Some(place) = self.place(operator, service) {
            let OperatorLanes { magnitude, encumbered, .. } = &mut self.operators[operator];
            let allocation = &mut self.allocations[place];
            allocation.change(share, self.now_secs, &self.rule, magnitude, encumbered);
            self.due_secs = self.due_secs.min(allocation.due_secs());
        }
    }

    /// An operator leaves a service, which reaches it for the rule's time from now.
    pub fn leave(&mut self, operator: usize, service: usize) {
        if let Some(place) = self.place(operator, service) {
            self.allocations[place].leave(self.now_secs, self.rule.leaving_secs());
        }
    }

    /// A service slashes the fraction of what it can slash of one operator.
    pub fn slash(&mut self, operator: usize, service: usize, fraction: &Lanes<W>) {
        if let Some(place) = self.place(operator, service) {
            self.slash_allocations(&[place], fraction);
        }
    }

    /// A service slashes all its operators alike.
    pub fn slash_service(&mut self, service: usize, fraction: &Lanes<W>) {
        let places = std::mem::take(&mut self.by_service[service]);
        self.slash_allocations(&places, fraction);
        self.by_service[service] = places;
    }

    /// Operators that fail together (one client, one cloud) are slashed by every service they serve.
    pub fn slash_group(&mut self, operators: &[usize], fraction: &Lanes<W>) {
        for &operator in operators {
            let places = std::mem::take(&mut self.by_operator[operator]);
            self.slash_allocations(&places, fraction);
            self.by_operator[operator] = places;
        }
    }

    /// Operators lose the fraction of their balance on the beacon chain; nothing shows before a checkpoint.
    pub fn lose_on_beacon_chain(&mut self, operators: &[usize], fraction: &Lanes<W>) {
        for &operator in operators {
            let unseen = &mut self.operators[operator].unseen_factor;
            for i in 0..W {
                unseen[i] *= 1.0 - fraction[i];
            }
        }
    }

    /// Recognises an operator's losses on the beacon chain, for its withdrawals that are not paid too.
    pub fn checkpoint(&mut self, operator: usize) {
        let operator = &mut self.operators[operator];
        let mut lost = [0.0; W];
        for i in 0..W {
            lost[i] = 1.0 - operator.unseen_factor[i];
            operator.beacon_factor[i] *= operator.unseen_factor[i];
        }
        operator.unseen_factor = [1.0; W];
        self.refresh(&lost);
    }

    fn slash_allocations(&mut self, places: &[usize], fraction: &Lanes<W>) {
        for &place in places {
            let allocation = &mut self.allocations[place];
            if !allocation.is_slashable(self.now_secs) {
                continue;
            }
            let operator = &mut self.operators[allocation.operator];
            if self.rule.stake_is_unique() {
                slash_unique(operator, allocation, fraction);
                continue;
            }
            let exposed = self.escrow.exposed(allocation.operator);
            let asked = request(&self.rule, operator, (place, allocation), exposed, fraction, self.now_secs);
            self.due_secs = self.due_secs.min(asked.due_secs);
            self.requests.push_back(asked);
        }
        if self.rule.stake_is_unique() {
            self.refresh(fraction);
        } else if self.due_secs <= self.now_secs {
            self.catch_up(self.now_secs);
        }
    }
}
