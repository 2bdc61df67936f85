//! A token's redemption: an instant buffer, then the exit clock beside the escrow, then processing.
//!
//! ```text
//! instant   = min(claim, buffer / (1 - fee))         paid now, less the instant fee, which stays in the buffer
//! pipeline  = claim - instant                        reserved on the exit clock
//! delay     = max(exit clock, escrow) + processing   (escrow runs in parallel with the exit)
//! ```
//!
//! A claim is worth what redemption pays at the request (the later of the two values of the protocols'
//! min rule never binds while the redemption rate does not fall). The requests of one step mature together at a
//! known step, in order of request: where a record falls faster than the churn allows, a later request waits for the
//! earlier ones all the same. Claims of holders and of arbitrageurs are kept apart only to know whom
//! to pay. Units: ETH, seconds.

use crate::clock::ExitClock;
use pegstress_num::{Lanes, greater, lesser, select};

/// The constants of a token's redemption.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RedemptionRules {
    /// Buffer at the start and its ceiling, ETH.
    pub buffer_eth: f64,
    /// Refill of the buffer, ETH per second.
    pub refill_eth_per_sec: f64,
    /// Fee of the instant path, fraction.
    pub instant_fee: f64,
    /// Escrow, in parallel with the exit clock, seconds.
    pub escrow_secs: f64,
    /// Processing after exit and escrow, seconds.
    pub processing_secs: f64,
}

/// What a request led to.
#[derive(Debug, Clone, Copy)]
pub struct Served<const W: usize> {
    /// ETH paid at once, after the instant fee.
    pub paid_now_eth: Lanes<W>,
    /// ETH that will be paid when the pipeline matures.
    pub queued_eth: Lanes<W>,
}

/// Claims in flight by the step in which they mature, `[holders, arbitrage]` per lane; the last row holds what
/// matures after the horizon.
#[derive(Debug, Clone)]
struct Cohorts<const W: usize> {
    by_step: ClaimTable<W>,
}

/// Claims by step and lane, `[holders, arbitrage]`; large, hence reused from path to path of one study.
pub type ClaimTable<const W: usize> = Vec<[[f64; 2]; W]>;

/// State of a token's redemption.
#[derive(Debug, Clone)]
pub struct Redemption<const W: usize> {
    rules: RedemptionRules,
    /// ETH that pays redemptions at once.
    pub buffer_eth: Lanes<W>,
    /// The network's exit clock, own exits included.
    pub clock: ExitClock<W>,
    /// ETH that new deposits have added to the buffer.
    pub refilled_eth: Lanes<W>,
    cohorts: Cohorts<W>,
    /// Step in which the latest request matures: a record that falls faster than the churn lets nobody overtake.
    last_due: Lanes<W>,
    /// Claims of this step that have not been given their maturity yet.
    asked: Claims<W>,
}

/// Claims of holders and of arbitrageurs, ETH.
#[derive(Debug, Clone, Copy)]
pub struct Claims<const W: usize> {
    /// Of holders who redeem.
    pub holders: Lanes<W>,
    /// Of arbitrageurs who redeem what they bought.
    pub arbitrage: Lanes<W>,
}

/// Whose claim it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claimant {
    /// Holders who redeem.
    Holders,
    /// Arbitrageurs who redeem what they bought.
    Arbitrage,
}

impl<const W: usize> Redemption<W> {
    /// The state at the start of a path of `steps` steps; `room` is the table of an earlier one, or empty.
    pub fn new(rules: RedemptionRules, clock: ExitClock<W>, steps: usize, mut room: ClaimTable<W>) -> Self {
        // Every row of an earlier path but the last was paid and is zero again.
        if let Some(beyond) = room.last_mut() {
            *beyond = [[0.0; 2]; W];
        }
        room.resize(steps + 1, [[0.0; 2]; W]);
        Self {
            rules,
            buffer_eth: [rules.buffer_eth; W],
            clock,
            refilled_eth: [0.0; W],
            last_due: [0.0; W],
            cohorts: Cohorts { by_step: room },
            asked: Claims { holders: [0.0; W], arbitrage: [0.0; W] },
        }
    }

    /// Refills the buffer for `step_secs`, up to its ceiling.
    #[inline(always)]
    pub fn refill(&mut self, step_secs: f64) {
        let inflow = self.rules.refill_eth_per_sec * step_secs;
        for i in 0..W {
            let added = lesser(greater(self.rules.buffer_eth - self.buffer_eth[i], 0.0), inflow);
            self.buffer_eth[i] += added;
            self.refilled_eth[i] += added;
        }
    }

    /// The table of claims, to be used again.
    pub fn into_room(self) -> ClaimTable<W> {
        self.cohorts.by_step
    }

    /// Claims that mature in `step`.
    #[inline(always)]
    pub fn mature(&mut self, step: usize) -> Claims<W> {
        let row = &mut self.cohorts.by_step[step];
        let mut claims = Claims { holders: [0.0; W], arbitrage: [0.0; W] };
        for i in 0..W {
            claims.holders[i] = row[i][0];
            claims.arbitrage[i] = row[i][1];
            row[i] = [0.0; 2];
        }
        claims
    }

    /// Claims in flight after the last step: those that mature beyond the horizon, every other row having been paid.
    #[inline(always)]
    pub fn in_flight_eth(&self) -> Lanes<W> {
        let mut sum = [0.0; W];
        if let Some(beyond) = self.cohorts.by_step.last() {
            for i in 0..W {
                sum[i] = beyond[i][0] + beyond[i][1];
            }
        }
        sum
    }

    /// Time until the pipeline would pay the next unit asked for, seconds.
    #[inline(always)]
    pub fn pipeline_delay_secs(&self) -> Lanes<W> {
        let mut delay = self.clock.delay_secs();
        for d in &mut delay {
            *d = greater(*d, self.rules.escrow_secs) + self.rules.processing_secs;
        }
        delay
    }

    /// Asks for redemption of claims worth `eth`: from the buffer first, the rest reserves its exit.
    #[inline(always)]
    pub fn request(&mut self, claimant: Claimant, eth: &Lanes<W>) -> Served<W> {
        let keep = 1.0 - self.rules.instant_fee;
        let per_keep = 1.0 / keep;
        let mut paid_now_eth = [0.0; W];
        let mut queued_eth = [0.0; W];
        for i in 0..W {
            // The fee stays in the buffer: claims up to `buffer / keep` empty it.
            let instant = lesser(eth[i], self.buffer_eth[i] * per_keep);
            self.buffer_eth[i] = greater(self.buffer_eth[i] - instant * keep, 0.0);
            paid_now_eth[i] = instant * keep;
            queued_eth[i] = eth[i] - instant;
        }
        self.clock.reserve(&queued_eth);
        let asked = match claimant {
            Claimant::Holders => &mut self.asked.holders,
            Claimant::Arbitrage => &mut self.asked.arbitrage,
        };
        for i in 0..W {
            asked[i] += queued_eth[i];
        }
        Served { paid_now_eth, queued_eth }
    }

    /// Ends `step`: everything asked for in it matures when its last unit does.
    #[inline(always)]
    pub fn schedule(&mut self, step: usize, step_secs: f64) {
        let delay = self.pipeline_delay_secs();
        let horizon = (self.cohorts.by_step.len() - 1) as f64;
        let per_step = 1.0 / step_secs;
        let mut due = [0_u32; W];
        for i in 0..W {
            // Rounded up to the next step; never the present one.
            let steps = delay[i] * per_step;
            let whole = steps as i64 as f64;
            let up = select(whole < steps, whole + 1.0, whole);
            self.last_due[i] = greater(lesser(step as f64 + greater(up, 1.0), horizon), self.last_due[i]);
            due[i] = self.last_due[i] as u32;
        }
        for i in 0..W {
            let claims = &mut self.cohorts.by_step[due[i] as usize][i];
            claims[0] += self.asked.holders[i];
            claims[1] += self.asked.arbitrage[i];
        }
        self.asked = Claims { holders: [0.0; W], arbitrage: [0.0; W] };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: RedemptionRules = RedemptionRules {
        buffer_eth: 100.0,
        refill_eth_per_sec: 0.0,
        instant_fee: 0.003,
        escrow_secs: 0.0,
        processing_secs: 0.0,
    };

    fn redemption(queue_eth: f64, rules: RedemptionRules, steps: usize) -> Redemption<1> {
        Redemption::new(rules, ExitClock::new([queue_eth], 256.0, 0.0), steps, Vec::new())
    }

    #[test]
    fn the_buffer_pays_at_once_less_the_fee_and_the_rest_waits() {
        let mut token = redemption(57_600.0, RULES, 100);
        let served = token.request(Claimant::Holders, &[250.0]);
        token.schedule(0, 3600.0);
        // 100 / 0.997 of the claim empty the buffer: the fee stays in it and pays too.
        assert!((served.paid_now_eth[0] - 100.0).abs() < 1e-12 && token.buffer_eth[0] < 1e-12);
        let queued = 250.0 - 100.0 / 0.997;
        assert!((served.queued_eth[0] - queued).abs() < 1e-12);
        // The clock holds (57,600 + 149.7) / 57,600 days, and 256 epochs follow: 51.4 hours, due in step 52.
        assert_eq!((0..52).map(|t| token.mature(t).holders[0]).sum::<f64>(), 0.0);
        assert_eq!(token.mature(52).holders[0], served.queued_eth[0]);
    }

    #[test]
    fn escrow_runs_beside_the_exit_clock_and_processing_after_both() {
        let rules = RedemptionRules { escrow_secs: 14.0 * 86_400.0, processing_secs: 3600.0, ..RULES };
        let token = redemption(0.0, rules, 10);
        assert_eq!(token.pipeline_delay_secs()[0], 14.0 * 86_400.0 + 3600.0);
        let token = redemption(57_600.0 * 20.0, rules, 10);
        assert_eq!(token.pipeline_delay_secs()[0], 20.0 * 86_400.0 + 256.0 * 384.0 + 3600.0);
    }

    #[test]
    fn claims_due_after_the_horizon_stay_in_flight() {
        let mut token = redemption(576_000.0, RULES, 24);
        token.request(Claimant::Arbitrage, &[1000.0 + 100.0 / 0.997]);
        token.schedule(3, 3600.0);
        assert_eq!((0..24).map(|t| token.mature(t).arbitrage[0]).sum::<f64>(), 0.0);
        assert!((token.in_flight_eth()[0] - 1000.0).abs() < 1e-9);
    }

    #[test]
    fn a_refill_stops_at_the_starting_level() {
        let rules = RedemptionRules { refill_eth_per_sec: 1.0, instant_fee: 0.0, ..RULES };
        let mut token = redemption(0.0, rules, 10);
        token.request(Claimant::Holders, &[80.0]);
        token.refill(60.0);
        assert_eq!(token.buffer_eth[0], 80.0);
        token.refill(60.0);
        assert_eq!(token.buffer_eth[0], 100.0);
        assert_eq!(token.refilled_eth[0], 80.0);
    }
}
