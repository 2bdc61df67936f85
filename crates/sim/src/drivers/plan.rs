//! Constants of the synthetic drivers of a study.

use super::gbm::GbmStep;
use super::hawkes::HawkesStep;
use super::ornstein_uhlenbeck::OrnsteinUhlenbeckStep;
use super::regimes::{InflowRegimesStep, PriceRegimesStep};
use super::{Blocks, Dependence, NavProcess, PriceProcess, QueueProcess, Synthetic};
use crate::scenario::Network;
use pegstress_unlock::EPOCH_SECS;

/// Synthetic drivers made ready for steps of one length.
#[derive(Debug, Clone)]
pub(crate) struct DriverPlan {
    pub(super) seed: u64,
    /// What the addresses of the token's own draws are above those of the world, which all tokens of a joint run share.
    pub(crate) own_address: u64,
    pub(super) price: Option<PriceStep>,
    pub(super) queue: Option<QueueStep>,
    pub(super) nav: Option<NavStep>,
    pub(super) dependence: Dependence,
    pub(super) blocks: Option<Blocks>,
    /// ETH that the exit clock serves in each step.
    pub(super) served_eth: Vec<f64>,
    pub(super) draws: Draws,
}

/// Which draws a step needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Draws {
    pub(super) scores: bool,
    pub(super) growth: bool,
    pub(super) jumps: bool,
    pub(super) regimes: bool,
}

#[derive(Debug, Clone)]
pub(super) enum PriceStep {
    Gbm(GbmStep),
    Regimes(PriceRegimesStep),
    Bootstrap(Vec<f64>),
}

#[derive(Debug, Clone)]
pub(super) enum QueueStep {
    LogLevel(OrnsteinUhlenbeckStep),
    Hawkes { step: HawkesStep, start: f64 },
    Regimes(InflowRegimesStep),
    Bootstrap(Vec<f64>),
}

#[derive(Debug, Clone)]
pub(super) enum NavStep {
    Growth { step: OrnsteinUhlenbeckStep, start: f64 },
    Bootstrap(Vec<f64>),
}

impl DriverPlan {
    /// Prepares `synthetic` for `steps` steps of `step_secs`.
    pub(crate) fn new(
        synthetic: &Synthetic,
        network: &Network,
        step_secs: u32,
        steps: usize,
        seed: u64,
    ) -> Self {
        let secs = f64::from(step_secs);
        let price = synthetic.eth_usd.as_ref().map(|price| price_step(&price.process, secs));
        let queue = synthetic.network_queue.as_ref().map(|queue| queue_step(queue, secs));
        let nav = synthetic.nav.as_ref().map(|nav| nav_step(nav, secs));
        let resampled = matches!(price, None | Some(PriceStep::Bootstrap(_)))
            && matches!(queue, None | Some(QueueStep::Bootstrap(_)));
        let growth = matches!(nav, Some(NavStep::Growth { .. }));
        let draws = Draws {
            scores: !resampled || growth,
            growth,
            jumps: matches!(&price, Some(PriceStep::Gbm(step)) if step.has_jumps()),
            regimes: matches!(price, Some(PriceStep::Regimes(_)))
                || matches!(queue, Some(QueueStep::Regimes(_))),
        };
        let served_eth = if queue.is_some() { served_eth(network, secs, steps) } else { Vec::new() };
        let (dependence, blocks) = (synthetic.dependence.clone(), synthetic.blocks);
        let own_address = 0;
        Self { seed, own_address, price, queue, nav, dependence, blocks, served_eth, draws }
    }
}

fn price_step(process: &PriceProcess, secs: f64) -> PriceStep {
    match process {
        PriceProcess::Gbm(gbm) => PriceStep::Gbm(GbmStep::new(gbm, secs)),
        PriceProcess::Regimes(regimes) => PriceStep::Regimes(PriceRegimesStep::new(regimes, secs)),
        PriceProcess::Bootstrap(record) => PriceStep::Bootstrap(record.clone()),
    }
}

fn queue_step(process: &QueueProcess, secs: f64) -> QueueStep {
    match process {
        QueueProcess::LogLevel(level) => QueueStep::LogLevel(OrnsteinUhlenbeckStep::new(level, secs)),
        QueueProcess::Hawkes(hawkes) => {
            QueueStep::Hawkes { step: HawkesStep::new(hawkes, secs), start: hawkes.start_excitation() }
        }
        QueueProcess::Regimes(regimes) => QueueStep::Regimes(InflowRegimesStep::new(regimes, secs)),
        QueueProcess::Bootstrap(record) => QueueStep::Bootstrap(record.clone()),
    }
}

fn nav_step(process: &NavProcess, secs: f64) -> NavStep {
    match process {
        NavProcess::Growth { process, start_per_year } => {
            NavStep::Growth { step: OrnsteinUhlenbeckStep::new(process, secs), start: *start_per_year }
        }
        NavProcess::Bootstrap(record) => NavStep::Bootstrap(record.clone()),
    }
}

/// What the clock serves in each step, by the churn that holds from the step of its change on.
fn served_eth(network: &Network, step_secs: f64, steps: usize) -> Vec<f64> {
    let mut churn = network.churn_eth_per_epoch;
    let mut served = Vec::with_capacity(steps);
    for step in 0..steps {
        for change in &network.changes {
            if (change.at_secs / step_secs).floor() == step as f64 {
                churn = change.churn_eth_per_epoch;
            }
        }
        served.push(churn / EPOCH_SECS * step_secs);
    }
    served
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::ChurnChange;

    #[test]
    fn the_clock_serves_by_the_churn_of_the_step() {
        let change = ChurnChange { at_secs: 5400.0, churn_eth_per_epoch: 128.0 };
        let network = Network { churn_eth_per_epoch: 256.0, changes: vec![change], sweep_secs: 0.0 };
        assert_eq!(served_eth(&network, 3600.0, 3), [2400.0, 1200.0, 1200.0]);
    }
}
