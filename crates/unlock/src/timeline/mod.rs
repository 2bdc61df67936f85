//! One exit, from the request to ETH in hand: which stage takes how long, what runs beside what, what is paid when.
//!
//! ```text
//! request -> instant path (bucket, buffer above the watermark)
//!         -> order of exits -> exit queue -> 256 epochs -> sweep -\
//!                           -> escrow ---------------------------- + -> processing -> finalisation -> claim delay
//!         -> age ------------------------------------------------------------------/
//! ```
//!
//! The same rules as [`Redemption`](crate::Redemption) steps through, for one request on an otherwise idle protocol: what
//! others have asked for before is taken to be paid by their own exits. The unit at the share `u` of the exit leaves at
//! `max(5 epochs, (queue + u exit) / churn)` after the order. Units: ETH, seconds after the request.

mod payments;
mod random;

pub use random::{Delays, Draws, delays};

use crate::clock::{EPOCH_SECS, EXIT_LOOKAHEAD_EPOCHS, WITHDRAWABILITY_DELAY_EPOCHS};
use crate::rules::RedemptionRules;
use payments::payments;

/// A request and the world that it meets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExitCase {
    /// How the token redeems.
    pub rules: RedemptionRules,
    /// Worth of what is asked for, ETH.
    pub amount_eth: f64,
    /// ETH reserved on the exit clock when the exits are ordered.
    pub queue_eth: f64,
    /// ETH that may exit per epoch.
    pub churn_eth_per_epoch: f64,
    /// From withdrawable to paid, seconds.
    pub sweep_secs: f64,
    /// From the request to the next order of exits, seconds.
    pub until_order_secs: f64,
    /// From the request to the next finalisation, seconds.
    pub until_finalisation_secs: f64,
    /// The way back into validators, if what is paid is deposited again.
    pub redeposit: Option<Redeposit>,
}

/// The network's entry queue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Redeposit {
    /// ETH that waits to enter when the deposit is made.
    pub entry_queue_eth: f64,
    /// ETH that may enter per epoch: `min(256, ...)` since Electra, a limit of its own beside that of exits.
    pub churn_eth_per_epoch: f64,
}

/// From the credit of a deposit to an active validator: eligible in the next epoch, finalised two later, active after the
/// lookahead (consensus-specs, electra: `process_registry_updates`).
const ACTIVATION_EPOCHS: f64 = 1.0 + 2.0 + EXIT_LOOKAHEAD_EPOCHS;

/// What happens in a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StageKind {
    /// Paid at once by the instant path.
    Instant,
    /// Paid out of ETH at hand when the queue is finalised.
    AtHand,
    /// Waits until exits are ordered.
    Order,
    /// Waits in the network's exit queue.
    ExitQueue,
    /// `MIN_VALIDATOR_WITHDRAWABILITY_DELAY`.
    Withdrawability,
    /// Waits for the withdrawal sweep.
    Sweep,
    /// Escrow of the restaking protocol, beside exit and sweep.
    Escrow,
    /// Checkpoint and transfer by the protocol.
    Processing,
    /// Age that a request needs, beside all the others.
    Age,
    /// Waits for finalisation: next report, daily cap, whole batches.
    Finalisation,
    /// From finalisation to ETH in hand.
    ClaimDelay,
    /// Deposited again, until the validators are active.
    Redeposit,
}

impl StageKind {
    /// Words for tables and charts.
    pub fn words(self) -> &'static str {
        match self {
            Self::Instant => "instant redemption",
            Self::AtHand => "ETH at hand, next finalisation",
            Self::Order => "until exits are ordered",
            Self::ExitQueue => "exit queue",
            Self::Withdrawability => "until withdrawable (256 epochs)",
            Self::Sweep => "withdrawal sweep",
            Self::Escrow => "restaking escrow",
            Self::Processing => "protocol processing",
            Self::Age => "minimum age of the request",
            Self::Finalisation => "until finalised",
            Self::ClaimDelay => "until claimable",
            Self::Redeposit => "entry queue, if deposited again",
        }
    }

    /// Whether it runs beside the stages from order to sweep.
    pub fn is_parallel(self) -> bool {
        matches!(self, Self::Escrow | Self::Age)
    }
}

/// A stage: when it begins, and when its first and its last unit are through. Seconds after the request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stage {
    /// What happens.
    pub kind: StageKind,
    /// Amount that passes it, ETH.
    pub amount_eth: f64,
    /// Begin.
    pub start_secs: f64,
    /// The first unit is through.
    pub first_secs: f64,
    /// The last unit is through.
    pub last_secs: f64,
}

/// ETH paid at a time, seconds after the request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Payment {
    /// When.
    pub secs: f64,
    /// How much, ETH.
    pub eth: f64,
}

/// An exit as it goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// Stages in the order of their begin.
    pub stages: Vec<Stage>,
    /// Payments in time order.
    pub payments: Vec<Payment>,
    /// Fee of the instant path, ETH.
    pub fee_eth: f64,
    /// What no full batch takes up, ETH: it waits for others.
    pub left_waiting_eth: f64,
    /// ETH that validators exit for.
    pub fetched_eth: f64,
    /// Delay of the next unit asked for behind this exit, seconds.
    pub marginal_secs: f64,
    /// Delay of the next unit without this exit, seconds.
    pub marginal_without_secs: f64,
}

impl Timeline {
    /// ETH paid in the end.
    pub fn paid_eth(&self) -> f64 {
        self.payments.iter().map(|payment| payment.eth).sum()
    }

    /// Time of the first payment, seconds; `None` where nothing is paid.
    pub fn first_secs(&self) -> Option<f64> {
        self.payments.first().map(|payment| payment.secs)
    }

    /// Time of the last payment, seconds.
    pub fn last_secs(&self) -> Option<f64> {
        self.payments.last().map(|payment| payment.secs)
    }

    /// Mean time of payment over the ETH paid, seconds.
    pub fn mean_secs(&self) -> Option<f64> {
        let paid = self.paid_eth();
        (paid > 0.0).then(|| self.payments.iter().map(|one| one.secs * one.eth).sum::<f64>() / paid)
    }
}

/// The pipeline behind the order of exits.
#[derive(Debug, Clone, Copy)]
struct Pipeline<'a> {
    case: &'a ExitCase,
    fetched_eth: f64,
}

impl Pipeline<'_> {
    /// When the unit behind `eth` of the exit leaves the exit queue.
    fn leaves_secs(&self, eth: f64) -> f64 {
        let wait = (self.case.queue_eth + eth) / self.case.churn_eth_per_epoch * EPOCH_SECS;
        self.case.until_order_secs + wait.max(EXIT_LOOKAHEAD_EPOCHS * EPOCH_SECS)
    }

    /// When it is swept.
    fn swept_secs(&self, eth: f64) -> f64 {
        self.leaves_secs(eth) + WITHDRAWABILITY_DELAY_EPOCHS * EPOCH_SECS + self.case.sweep_secs
    }

    /// When the protocol has it.
    fn arrives_secs(&self, eth: f64) -> f64 {
        let escrow_over = self.case.until_order_secs + self.case.rules.exits.escrow_secs;
        self.swept_secs(eth).max(escrow_over) + self.case.rules.exits.processing_secs
    }

    /// ETH of the exit that has arrived by `secs`: the inverse of [`Self::arrives_secs`].
    fn arrived_eth(&self, secs: f64) -> f64 {
        if self.fetched_eth <= 0.0 || secs < self.arrives_secs(0.0) {
            return 0.0;
        }
        let fixed = self.case.until_order_secs
            + WITHDRAWABILITY_DELAY_EPOCHS * EPOCH_SECS
            + self.case.sweep_secs
            + self.case.rules.exits.processing_secs;
        let served = (secs - fixed) / EPOCH_SECS * self.case.churn_eth_per_epoch - self.case.queue_eth;
        // A unit that arrives now has arrived; the slack is a rounding of a time of months.
        (served * (1.0 + 1e-12) + 1e-9).clamp(0.0, self.fetched_eth)
    }
}

/// Follows one exit.
pub fn timeline(case: &ExitCase) -> Timeline {
    let rules = &case.rules;
    let (instant_eth, fee) = instant(case);
    let queued_eth = case.amount_eth - instant_eth;
    let spare = (rules.buffer.start_eth - instant_eth * (1.0 - fee)).max(0.0);
    let at_hand_eth = if rules.buffer.serves.is_for_queue() { queued_eth.min(spare) } else { 0.0 };
    let pipeline = Pipeline { case, fetched_eth: queued_eth - at_hand_eth };
    let (queue_payments, left_waiting_eth) = payments(case, &pipeline, at_hand_eth);
    let mut stages = stages(case, &pipeline, (instant_eth, at_hand_eth), &queue_payments);
    let mut paid = Vec::with_capacity(queue_payments.len() + 1);
    if instant_eth > 0.0 {
        paid.push(Payment { secs: 0.0, eth: instant_eth * (1.0 - fee) });
    }
    paid.extend(queue_payments);
    if let (Some(redeposit), Some(last)) = (case.redeposit, paid.last()) {
        let eth: f64 = paid.iter().map(|payment| payment.eth).sum();
        stages.push(redeposited(&redeposit, last.secs, eth));
    }
    // The next unit is fetched too: it is through once the pipeline and the rules of the queue let it.
    let next = |ahead: f64| {
        let arrives = pipeline.arrives_secs(ahead).max(rules.queue.minimum_age_secs);
        payments::next_finalisation_secs(case, arrives) + rules.queue.claim_delay_secs
    };
    Timeline {
        stages,
        payments: paid,
        fee_eth: instant_eth * fee,
        left_waiting_eth,
        fetched_eth: pipeline.fetched_eth,
        marginal_secs: next(pipeline.fetched_eth),
        marginal_without_secs: next(0.0),
    }
}

/// `eth` deposited at `secs`: the whole of it at once, behind the entry queue.
fn redeposited(redeposit: &Redeposit, secs: f64, eth: f64) -> Stage {
    let active = |ahead: f64| secs + (ahead / redeposit.churn_eth_per_epoch + ACTIVATION_EPOCHS) * EPOCH_SECS;
    Stage {
        kind: StageKind::Redeposit,
        amount_eth: eth,
        start_secs: secs,
        first_secs: active(redeposit.entry_queue_eth),
        last_secs: active(redeposit.entry_queue_eth + eth),
    }
}

/// What the instant path takes, ETH gross of the fee, and the fee as a fraction.
fn instant(case: &ExitCase) -> (f64, f64) {
    let buffer = &case.rules.buffer;
    if !buffer.serves.is_instant() {
        return (0.0, 0.0);
    }
    let above = (buffer.start_eth - buffer.watermark_eth).max(0.0);
    let bucket = buffer.bucket.map_or(f64::INFINITY, |bucket| bucket.capacity_eth);
    let leaves = case.amount_eth.min(above).min(bucket);
    let fee = buffer.fee.at(buffer.start_eth - leaves);
    (case.amount_eth.min(bucket).min(above / (1.0 - fee)), fee)
}

fn stages(
    case: &ExitCase,
    pipeline: &Pipeline<'_>,
    (instant_eth, at_hand_eth): (f64, f64),
    paid: &[Payment],
) -> Vec<Stage> {
    let (rules, order, fetched) = (&case.rules, case.until_order_secs, pipeline.fetched_eth);
    let delay = rules.queue.claim_delay_secs;
    let mut stages = Vec::new();
    let mut push = |kind, amount_eth, start_secs, first_secs, last_secs| {
        stages.push(Stage { kind, amount_eth, start_secs, first_secs, last_secs });
    };
    if instant_eth > 0.0 {
        push(StageKind::Instant, instant_eth, 0.0, 0.0, 0.0);
    }
    let queued = fetched + at_hand_eth;
    if queued <= 0.0 {
        return stages;
    }
    let first_paid = paid.first().map_or(f64::NAN, |one| one.secs - delay);
    let last_paid = paid.last().map_or(f64::NAN, |one| one.secs - delay);
    if rules.queue.minimum_age_secs > 0.0 {
        push(StageKind::Age, queued, 0.0, rules.queue.minimum_age_secs, rules.queue.minimum_age_secs);
    }
    if at_hand_eth > 0.0 {
        let through = paid_by(paid, at_hand_eth).map_or(f64::NAN, |secs| secs - delay);
        push(StageKind::AtHand, at_hand_eth, 0.0, first_paid, through);
    }
    if fetched > 0.0 {
        if order > 0.0 {
            push(StageKind::Order, fetched, 0.0, order, order);
        }
        let (first_out, last_out) = (pipeline.leaves_secs(0.0), pipeline.leaves_secs(fetched));
        push(StageKind::ExitQueue, fetched, order, first_out, last_out);
        let withdrawable = WITHDRAWABILITY_DELAY_EPOCHS * EPOCH_SECS;
        push(
            StageKind::Withdrawability,
            fetched,
            first_out,
            first_out + withdrawable,
            last_out + withdrawable,
        );
        let (first_in, last_in) = (pipeline.swept_secs(0.0), pipeline.swept_secs(fetched));
        push(StageKind::Sweep, fetched, first_out + withdrawable, first_in, last_in);
        if rules.exits.escrow_secs > 0.0 {
            let over = order + rules.exits.escrow_secs;
            push(StageKind::Escrow, fetched, order, over, over);
        }
        let (first_here, last_here) = (pipeline.arrives_secs(0.0), pipeline.arrives_secs(fetched));
        if rules.exits.processing_secs > 0.0 {
            push(
                StageKind::Processing,
                fetched,
                first_here - rules.exits.processing_secs,
                first_here,
                last_here,
            );
        }
        let first_fetched = paid_by(paid, at_hand_eth + 1e-6).map_or(f64::NAN, |secs| secs - delay);
        if last_paid > last_here {
            push(StageKind::Finalisation, fetched, first_here, first_fetched, last_paid);
        }
    }
    if delay > 0.0 {
        push(StageKind::ClaimDelay, queued, first_paid, first_paid + delay, last_paid + delay);
    }
    stages
}

/// When so much has been paid.
fn paid_by(paid: &[Payment], eth: f64) -> Option<f64> {
    let mut sum = 0.0;
    paid.iter()
        .find(|one| {
            sum += one.eth;
            sum >= eth * (1.0 - 1e-12)
        })
        .map(|one| one.secs)
}

#[cfg(test)]
mod tests;
