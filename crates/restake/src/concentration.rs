//! How much hangs on one operator, service, client or cloud; in `f64`, before anything has happened.
//!
//! ```text
//! HHI = sum of squared shares          effective number = 1 / HHI          top k = sum of the k largest shares
//! loss to a service   = sum over its operators of  stake times what it can slash
//! loss to an operator = stake (1 - (1 - A)(1 - b)),  A = what all its services can slash, b = lost on the beacon chain
//! loss to a client    = the same over all who run it
//! ```
//!
//! `A` is the sum of the allocations, at most 1: in EigenLayer because stake is unique, in the vaults because no
//! more is left than there is (services that slash at the same time earmark the same stake).

use crate::RestakeSpec;

/// How few hold how much.
#[derive(Debug, Clone, PartialEq)]
pub struct Concentration {
    /// Shares of the whole, largest first.
    shares: Vec<f64>,
}

impl Concentration {
    /// Of amounts, at least one of them above zero; others make all figures 0.
    pub fn of(amounts: impl IntoIterator<Item = f64>) -> Self {
        let mut shares: Vec<f64> = amounts.into_iter().collect();
        let total: f64 = shares.iter().sum();
        for share in &mut shares {
            *share = if total > 0.0 { *share / total } else { 0.0 };
        }
        shares.sort_by(|a, b| b.total_cmp(a));
        Self { shares }
    }

    /// Of the token's stake over operators.
    pub fn of_operators(spec: &RestakeSpec) -> Self {
        Self::of(spec.operators.iter().map(|operator| operator.stake_share))
    }

    /// Of what services can slash.
    pub fn of_services(spec: &RestakeSpec) -> Self {
        Self::of((0..spec.services.len()).map(|service| loss_to(spec, &Culprit::Service(service), 0.0)))
    }

    /// Herfindahl-Hirschman index, from `1 / n` to 1.
    pub fn hhi(&self) -> f64 {
        self.shares.iter().map(|share| share * share).sum()
    }

    /// Number of equal holders with the same index.
    pub fn effective_number(&self) -> f64 {
        let hhi = self.hhi();
        if hhi > 0.0 { 1.0 / hhi } else { 0.0 }
    }

    /// Share of the `k` largest.
    pub fn top_share(&self, k: usize) -> f64 {
        self.shares.iter().take(k).sum()
    }
}

/// Who fails or misbehaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Culprit {
    /// A service slashes all it can, of all its operators.
    Service(usize),
    /// An operator is slashed by all its services and on the beacon chain.
    Operator(usize),
    /// All who run a client are.
    Client(String),
    /// All in a cloud are.
    Cloud(String),
}

impl Culprit {
    /// Every service, operator, client and cloud of a spec, each once.
    pub fn all(spec: &RestakeSpec) -> Vec<Self> {
        let mut culprits: Vec<Self> = (0..spec.services.len()).map(Self::Service).collect();
        culprits.extend((0..spec.operators.len()).map(Self::Operator));
        for operator in &spec.operators {
            for group in [Self::Client(operator.client.clone()), Self::Cloud(operator.cloud.clone())] {
                if !culprits.contains(&group) {
                    culprits.push(group);
                }
            }
        }
        culprits
    }
}

/// The largest fraction of the token's stake that one culprit can cost. `beacon_loss` is the fraction that an
/// operator loses on the beacon chain when it fails; a service costs nothing there.
pub fn loss_to(spec: &RestakeSpec, culprit: &Culprit, beacon_loss: f64) -> f64 {
    let whole =
        |operators: &[usize]| operators.iter().map(|&place| operator_loss(spec, place, beacon_loss)).sum();
    match culprit {
        Culprit::Service(service) => spec
            .operators
            .iter()
            .flat_map(|operator| operator.allocations.iter().map(move |to| (operator.stake_share, to)))
            .filter(|(_, to)| to.service == *service)
            .map(|(stake, to)| stake * to.share.min(1.0))
            .sum(),
        Culprit::Operator(place) => whole(&[*place]),
        Culprit::Client(client) => whole(&spec.operators_of_client(client)),
        Culprit::Cloud(cloud) => whole(&spec.operators_of_cloud(cloud)),
    }
}

/// The culprit that can cost most among those that `wanted` picks, and how much; the first of equals.
pub fn largest_loss(
    spec: &RestakeSpec,
    beacon_loss: f64,
    wanted: impl Fn(&Culprit) -> bool,
) -> Option<(Culprit, f64)> {
    let losses = Culprit::all(spec).into_iter().filter(|culprit| wanted(culprit)).map(|culprit| {
        let loss = loss_to(spec, &culprit, beacon_loss);
        (culprit, loss)
    });
    losses.reduce(|largest, next| if next.1 > largest.1 { next } else { largest })
}

fn operator_loss(spec: &RestakeSpec, place: usize, beacon_loss: f64) -> f64 {
    let operator = &spec.operators[place];
    let slashable: f64 = operator.allocations.iter().map(|to| to.share).sum();
    operator.stake_share * (1.0 - (1.0 - slashable.min(1.0)) * (1.0 - beacon_loss))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_holders_have_their_own_number_as_the_effective_one() {
        let equal = Concentration::of([2.0; 8]);
        assert_eq!((equal.hhi(), equal.effective_number(), equal.top_share(2)), (0.125, 8.0, 0.25));
        let one = Concentration::of([5.0, 0.0, 0.0]);
        assert_eq!((one.hhi(), one.effective_number(), one.top_share(1)), (1.0, 1.0, 1.0));
        // 0.5^2 + 0.3^2 + 0.2^2.
        let some = Concentration::of([0.3, 0.5, 0.2]);
        assert!((some.hhi() - 0.38).abs() < 1e-15 && (some.top_share(2) - 0.8).abs() < 1e-15);
        let none = Concentration::of([0.0, 0.0]);
        assert_eq!((none.hhi(), none.effective_number(), none.top_share(2)), (0.0, 0.0, 0.0));
    }
}
