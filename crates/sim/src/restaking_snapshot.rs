//! Restaking at the start of a study: who can cost how much, and how few hold how much.

use crate::scenario::Restaking;
use pegstress_restake::{Concentration, Culprit, RestakeSpec, loss_to};

/// What one service, operator, client or cloud can cost.
#[derive(Debug, Clone, PartialEq)]
pub struct CulpritRow {
    /// `service`, `operator`, `client` or `cloud`.
    pub kind: &'static str,
    /// Name.
    pub name: String,
    /// Stake behind it, share of the token's.
    pub stake_share: f64,
    /// Largest loss that it can cause, share of the token's stake.
    pub largest_loss: f64,
}

/// Concentration of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct ConcentrationRow {
    /// `operators` (by stake) or `services` (by what they can slash).
    pub kind: &'static str,
    /// Herfindahl-Hirschman index.
    pub hhi: f64,
    /// Number of equal holders with the same index.
    pub effective_number: f64,
    /// Share of the largest, and of the three largest.
    pub top: [f64; 2],
}

/// Who can cost how much.
#[derive(Debug, Clone, PartialEq)]
pub struct RestakingSnapshot {
    /// Every service, operator, client and cloud.
    pub culprits: Vec<CulpritRow>,
    /// Operators and services.
    pub concentration: Vec<ConcentrationRow>,
}

/// The snapshot of a restaked token.
pub fn restaking_snapshot(restaking: &Restaking) -> RestakingSnapshot {
    let spec = &restaking.spec;
    let culprits =
        Culprit::all(spec).into_iter().map(|culprit| row(spec, &culprit, restaking.failure_beacon_loss));
    let concentration =
        [("operators", Concentration::of_operators(spec)), ("services", Concentration::of_services(spec))];
    RestakingSnapshot {
        culprits: culprits.collect(),
        concentration: concentration
            .into_iter()
            .map(|(kind, one)| ConcentrationRow {
                kind,
                hhi: one.hhi(),
                effective_number: one.effective_number(),
                top: [one.top_share(1), one.top_share(3)],
            })
            .collect(),
    }
}

fn row(spec: &RestakeSpec, culprit: &Culprit, beacon_loss: f64) -> CulpritRow {
    let stake = |places: &[usize]| places.iter().map(|place| spec.operators[*place].stake_share).sum::<f64>();
    let (kind, name, stake_share) = match culprit {
        Culprit::Service(service) => {
            let secures = |place: &usize| {
                spec.operators[*place].allocations.iter().any(|to| to.service == *service && to.share > 0.0)
            };
            let places: Vec<usize> = (0..spec.operators.len()).filter(secures).collect();
            ("service", spec.services[*service].name.clone(), stake(&places))
        }
        Culprit::Operator(place) => ("operator", spec.operators[*place].name.clone(), stake(&[*place])),
        Culprit::Client(client) => ("client", client.clone(), stake(&spec.operators_of_client(client))),
        Culprit::Cloud(cloud) => ("cloud", cloud.clone(), stake(&spec.operators_of_cloud(cloud))),
    };
    CulpritRow { kind, name, stake_share, largest_loss: loss_to(spec, culprit, beacon_loss) }
}
