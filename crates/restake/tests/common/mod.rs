//! A token on a few operators.

use pegstress_restake::{AllocationSpec, DAY_SECS, ExposureRule, OperatorSpec, RestakeSpec, ServiceSpec};

/// Symbiotic with epochs of a week and a day each for report and veto.
pub(crate) const SYMBIOTIC: ExposureRule =
    ExposureRule::Symbiotic { epoch_secs: 7.0 * DAY_SECS, report_secs: DAY_SECS, veto_secs: DAY_SECS };

/// An operator per row: stake, client, allocations to services 0, 1, ...
pub(crate) fn spec(rule: ExposureRule, rows: &[(f64, &str, &[f64])]) -> RestakeSpec {
    let operator = |(place, &(stake_share, client, shares)): (usize, &(f64, &str, &[f64]))| OperatorSpec {
        name: format!("operator {place}"),
        stake_share,
        client: client.to_owned(),
        cloud: ["east", "west"][place % 2].to_owned(),
        allocations: (0..).zip(shares).map(|(service, &share)| AllocationSpec { service, share }).collect(),
    };
    let services = rows.iter().map(|row| row.2.len()).max().unwrap_or(0);
    RestakeSpec {
        rule,
        operators: rows.iter().enumerate().map(operator).collect(),
        services: (0..services).map(|place| ServiceSpec { name: format!("service {place}") }).collect(),
    }
}
