//! Units, the lanes of one path with their sums, and what a history is made of.

use pegstress_exact::U256;
use pegstress_unlock::{
    BufferRules, BufferUse, Claimant, ExitClock, Redemption, RedemptionRules, Room, Served,
};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::rules::bare;

/// 18 decimals.
pub(crate) const WAD: U256 = U256::from_limbs([1_000_000_000_000_000_000, 0, 0, 0]);
/// A millionth of an ETH or a token, wei; also the unit of ether.fi's bucket.
pub(crate) const MICRO_WEI: u64 = 1_000_000_000_000;

/// ETH in wei, to the nearest that a double knows.
pub(crate) fn wei(eth: f64) -> U256 {
    let whole = eth.floor();
    U256::from(whole as u128) * WAD + U256::from(((eth - whole) * 1e18) as u128)
}

/// Wei in ETH.
pub(crate) fn eth(wei: U256) -> f64 {
    u128::try_from(wei).expect("below 2^128 wei") as f64 / 1e18
}

/// So many millionths in wei.
pub(crate) fn micro(amount: u64) -> U256 {
    U256::from(amount) * U256::from(MICRO_WEI)
}

/// `value (1 + ppm / 1e6)`, rounded down.
pub(crate) fn moved(value: U256, ppm: i64) -> U256 {
    let factor = U256::from(u64::try_from(1_000_000 + ppm).expect("a loss is below everything"));
    value * factor / U256::from(1_000_000)
}

/// What happens in a step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    /// By how many millionths the rate moves.
    pub(crate) rate_ppm: i64,
    /// Size of the request, millionths of a token (ether.fi: of an ETH); none if zero.
    pub(crate) ask_micro: u64,
    /// ETH that flows in, millionths.
    pub(crate) inflow_micro: u64,
    /// Requests for which there is to be ETH.
    pub(crate) wanted: usize,
    /// Whether the queue may be finalised.
    pub(crate) may: bool,
}

/// Histories of `steps` steps with requests up to `most_ask` tokens and growth up to `most_growth_ppm`.
pub(crate) fn history(
    steps: std::ops::Range<usize>,
    most_ask: u64,
    most_growth_ppm: i64,
) -> impl Strategy<Value = Vec<Step>> {
    let rate = (0..5_u8, 0..=most_growth_ppm, 1..30_000_i64);
    let ask = (0..3_u8, 10_000..most_ask * 1_000_000);
    let inflow = (0..3_u8, 0..most_ask * 1_000_000);
    let step = (rate, ask, inflow, 0..6_usize, 0..5_u8).prop_map(
        |((kind, growth, loss), (asks, ask), (flows, inflow), wanted, luck)| Step {
            rate_ppm: if kind == 0 { -loss } else { growth },
            ask_micro: if asks == 0 { 0 } else { ask },
            inflow_micro: if flows == 0 { inflow } else { 0 },
            wanted,
            may: luck != 0,
        },
    );
    prop::collection::vec(step, steps)
}

/// Rules without anything special: a buffer for the queue, whose exits take what the clock says.
pub(crate) fn queue_rules(start_eth: f64) -> RedemptionRules {
    let bare = bare();
    let buffer = BufferRules { start_eth, target_eth: start_eth, serves: BufferUse::Queue, ..bare.buffer };
    RedemptionRules { buffer, ..bare }
}

/// One path's redemption and what went through it.
pub(crate) struct Token {
    pub(crate) lanes: Redemption<1>,
    pub(crate) step: usize,
    step_secs: f64,
    /// Paid after a wait, in all.
    pub(crate) paid_eth: f64,
    /// Flown in or asked for, in all.
    pub(crate) volume_eth: f64,
}

impl Token {
    pub(crate) fn new(rules: RedemptionRules, step_secs: f64, steps: usize) -> Self {
        // A day of queue: exits arrive after 51 hours and more.
        let clock = ExitClock::new([57_600.0], 256.0, 0.0);
        let lanes = Redemption::new(rules, clock, steps, Room::default());
        Self { lanes, step: 0, step_secs, paid_eth: 0.0, volume_eth: rules.buffer.start_eth }
    }

    /// The end of the present step, seconds.
    pub(crate) fn now(&self) -> u64 {
        (self.step as u64 + 1) * self.step_secs as u64
    }

    /// Begins a step; returns what exits brought, and what deposits.
    pub(crate) fn begin(&mut self) -> (f64, f64) {
        let before = (self.lanes.arrived_eth[0], self.lanes.refilled_eth[0]);
        self.lanes.clock.advance(self.step_secs, &[57_600.0], &[57_600.0]);
        self.lanes.advance(self.step, self.step_secs, None);
        let brought = (self.lanes.arrived_eth[0] - before.0, self.lanes.refilled_eth[0] - before.1);
        self.volume_eth += brought.0 + brought.1;
        brought
    }

    /// Puts ETH into the buffer.
    pub(crate) fn give(&mut self, amount: f64) {
        self.lanes.buffer_eth[0] += amount;
        self.volume_eth += amount;
    }

    pub(crate) fn finalise(&mut self, rate: f64, may: bool) -> f64 {
        let claims = self.lanes.finalise(self.step, self.step_secs, &[rate], &[may]);
        self.paid_eth += claims.holders[0];
        claims.holders[0]
    }

    pub(crate) fn request(&mut self, lrt: f64, rate: f64) -> Served<1> {
        self.volume_eth += lrt * rate;
        self.lanes.request(Claimant::Holders, &[lrt], &[rate])
    }

    pub(crate) fn close(&mut self) {
        self.lanes.close(self.step, self.step_secs);
        self.step += 1;
    }

    /// ETH at hand, not yet paid.
    pub(crate) fn held_eth(&self) -> f64 {
        self.lanes.held_eth()[0]
    }

    /// Lanes and contract name the same number, by the bound of the module's doc.
    pub(crate) fn agrees(&self, what: &str, lanes: f64, contract: f64) -> Result<(), TestCaseError> {
        self.agrees_within(what, lanes, contract, 1e-9 * contract.abs())
    }

    /// The same with a tolerance of the caller's.
    pub(crate) fn agrees_within(
        &self,
        what: &str,
        lanes: f64,
        contract: f64,
        bound: f64,
    ) -> Result<(), TestCaseError> {
        let difference = (lanes - contract).abs();
        prop_assert!(
            difference <= bound + 1e-12 * (1.0 + self.volume_eth),
            "step {}: {} is {} in lanes, {} in the contract",
            self.step,
            what,
            lanes,
            contract
        );
        Ok(())
    }
}
