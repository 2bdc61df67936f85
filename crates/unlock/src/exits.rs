//! Exits on their way to the protocol: a FIFO by the step in which they were ordered, with one head per lane.
//!
//! A cohort is what was ordered in a step: its ETH and the step in which it arrives, which is known at the order. Since
//! nobody overtakes, arrivals never come out of order and a step looks only at the head, whose arrival is kept beside it: a
//! step in which no lane has an arrival reads no table. Slashing that happens on the
//! way reduces what arrives: the base layer's until arrival, a restaking service's until the escrow is over
//! (EigenLayer `DelegationManager`: `slashableUntil`), as ratios of cumulative factors.

use pegstress_num::{Lanes, greater, lesser, select};

/// Cohorts by the step of their order: ETH and the step of arrival.
pub(crate) type ExitTable<const W: usize> = Vec<[[f64; 2]; W]>;

/// Cumulative factors of losses on restaked ETH at the end of each step; 1 at the start, never rising.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub struct Survival<const W: usize> {
    service: Vec<Lanes<W>>,
    beacon: Vec<Lanes<W>>,
}

impl<const W: usize> Default for Survival<W> {
    fn default() -> Self {
        Self { service: Vec::new(), beacon: Vec::new() }
    }
}

impl<const W: usize> Survival<W> {
    /// Notes the factors after the next step: slashing by services, and losses on the base layer.
    #[inline(always)]
    pub fn record(&mut self, service: &Lanes<W>, beacon: &Lanes<W>) {
        self.service.push(*service);
        self.beacon.push(*beacon);
    }

    /// What is left in `lane` at `step` of a unit that entered escrow in step `ordered` for `escrow_steps`.
    #[inline(always)]
    fn left(&self, lane: usize, ordered: usize, step: usize, escrow_steps: usize) -> f64 {
        let exposed = step.min(ordered + escrow_steps);
        (self.service[exposed][lane] / self.service[ordered][lane])
            * (self.beacon[step][lane] / self.beacon[ordered][lane])
    }
}

/// Exits in flight.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(crate) struct Exits<const W: usize> {
    by_step: ExitTable<W>,
    /// The first cohort that has not arrived, by its step.
    head: Lanes<W>,
    /// Its arrival, in steps; infinite where nothing is on its way.
    next_due: Lanes<W>,
    /// Arrival of the latest order, in steps: a record that falls faster than the churn lets nobody overtake.
    last_due: Lanes<W>,
    /// ETH ordered and not yet arrived, before losses on the way.
    pub(crate) in_flight_eth: Lanes<W>,
}

impl<const W: usize> Exits<W> {
    pub(crate) fn new(steps: usize, mut room: ExitTable<W>) -> Self {
        room.resize(steps, [[0.0; 2]; W]);
        let zero = [0.0; W];
        Self { by_step: room, head: zero, next_due: [f64::INFINITY; W], last_due: zero, in_flight_eth: zero }
    }

    pub(crate) fn into_room(self) -> ExitTable<W> {
        self.by_step
    }

    /// Orders `eth` at the end of `step`; it arrives `delay_secs` later, in the step that holds that time.
    #[inline(always)]
    pub(crate) fn order(&mut self, step: usize, step_secs: f64, eth: &Lanes<W>, delay_secs: &Lanes<W>) {
        let per_step = 1.0 / step_secs;
        let cohort = &mut self.by_step[step];
        for i in 0..W {
            // Rounded up to the next step; never the present one.
            let steps = delay_secs[i] * per_step;
            let whole = steps as i64 as f64;
            let up = select(whole < steps, whole + 1.0, whole);
            let due = greater(step as f64 + greater(up, 1.0), self.last_due[i]);
            self.last_due[i] = select(eth[i] > 0.0, due, self.last_due[i]);
            cohort[i] = [eth[i], self.last_due[i]];
            self.in_flight_eth[i] += eth[i];
            // Nothing ordered and nothing on its way: the head passes the cohort at once.
            let idle = self.next_due[i] == f64::INFINITY;
            let first = idle & (eth[i] > 0.0);
            self.next_due[i] = select(first, self.last_due[i], self.next_due[i]);
            self.head[i] = select(idle & !first, step as f64 + 1.0, self.head[i]);
        }
    }

    /// ETH that arrives in `step`, and what was ordered for it.
    #[inline(always)]
    pub(crate) fn arrive(
        &mut self,
        step: usize,
        escrow_steps: usize,
        survival: Option<&Survival<W>>,
    ) -> Lanes<W> {
        let mut arrived = [0.0; W];
        let now = step as f64;
        let mut due = 0_u64;
        for i in 0..W {
            due |= u64::from(self.next_due[i] <= now);
        }
        if due == 0 {
            return arrived;
        }
        for i in 0..W {
            if self.next_due[i] > now {
                continue;
            }
            let mut head = self.head[i] as usize;
            self.next_due[i] = f64::INFINITY;
            while head < step {
                let [eth, due] = self.by_step[head][i];
                if due > now {
                    self.next_due[i] = due;
                    break;
                }
                self.in_flight_eth[i] -= eth;
                arrived[i] += match survival {
                    Some(survival) => eth * survival.left(i, head, step, escrow_steps),
                    None => eth,
                };
                head += 1;
            }
            self.head[i] = head as f64;
            // Roundings of sums.
            self.in_flight_eth[i] = greater(self.in_flight_eth[i], 0.0);
        }
        arrived
    }

    /// Orders that have not arrived after `steps` steps, ETH before losses on the way.
    pub(crate) fn left_eth(&self, lane: usize, steps: usize) -> f64 {
        self.by_step[lesser(self.head[lane], steps as f64) as usize..steps]
            .iter()
            .map(|row| row[lane][0])
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: f64 = 3600.0;

    #[test]
    fn orders_arrive_in_their_order_even_where_a_later_delay_is_shorter() {
        let mut exits = Exits::<1>::new(20, Vec::new());
        exits.order(0, HOUR, &[10.0], &[10.0 * HOUR]);
        exits.order(1, HOUR, &[5.0], &[HOUR]);
        assert_eq!((0..10).map(|step| exits.arrive(step, 0, None)[0]).sum::<f64>(), 0.0);
        assert_eq!(exits.arrive(10, 0, None)[0], 15.0);
        assert_eq!(exits.in_flight_eth[0], 0.0);
    }

    #[test]
    fn a_service_slashes_until_the_escrow_is_over_and_the_base_layer_until_arrival() {
        // Ordered at the end of step 0, in escrow for 3 steps, arrives in step 5. Slashed in steps 2 and 4.
        let mut survival = Survival::<1>::default();
        for (service, beacon) in [(1.0, 1.0), (1.0, 1.0), (0.9, 1.0), (0.9, 1.0), (0.45, 0.8), (0.45, 0.8)] {
            survival.record(&[service], &[beacon]);
        }
        let mut exits = Exits::<1>::new(6, Vec::new());
        exits.order(0, HOUR, &[100.0], &[5.0 * HOUR]);
        let arrived = exits.arrive(5, 3, Some(&survival))[0];
        assert!((arrived - 72.0).abs() < 1e-12, "{arrived}");
    }
}
