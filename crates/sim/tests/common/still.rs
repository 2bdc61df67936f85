//! A study in which nothing happens but what a test adds.

use super::every_part::{KINKED, aave, market};
use super::{HOUR, outcomes, stable_pool, study, without_buffer};
use pegstress_lending::{BucketSpec, OracleSpec};
use pegstress_sim::MetricKind;
use pegstress_sim::scenario::*;

/// A study of three days in which nobody acts but what a test adds.
pub fn still() -> PathStudy {
    let mut study = study();
    study.paths = 3;
    study.steps = 72;
    study.drivers.nav = vec![1.0; 73];
    study.drivers.eth_usd = vec![3_000.0; 73];
    study.drivers.network_queue_eth = vec![0.0; 73];
    study.drivers.eth_drawdown = vec![0.0; 73];
    study.venues = vec![stable_pool().with_reserves(1e6, 1e6)];
    study.shocks.clear();
    without_buffer(&mut study);
    let agents = &mut study.agents;
    agents.exit_demand.base_per_day = 0.0;
    agents.exit_demand.per_discount_per_day = 0.0;
    agents.exit_demand.per_delay_day_per_day = 0.0;
    agents.arbitrage.capital_eth = 0.0;
    agents.liquidity.removal_per_day = 0.0;
    agents.liquidity.removal_per_discount_per_day = 0.0;
    agents.background.net_sd_lrt_per_sqrt_day = 0.0;
    study
}

pub fn shock(kind: ShockKind, start: f64, size: f64) -> Shock {
    Shock { kind, trigger: None, start_secs: start * HOUR, duration_secs: 0.0, size, size_log_sd: 0.0 }
}

pub fn lasting(kind: ShockKind, start: f64, hours: f64, size: f64) -> Shock {
    Shock { duration_secs: hours * HOUR, ..shock(kind, start, size) }
}

/// A metric of the first path; the others are the same.
pub fn value(study: &PathStudy, kind: MetricKind) -> f64 {
    let (plan, rows) = outcomes(study);
    assert_eq!(rows.faults(), 0);
    let column = rows.column(&plan, kind);
    assert!(column.iter().all(|one| one == &column[0]));
    column[0]
}

/// One loan of 100 tokens at 93 % in an e-mode market with an exchange-rate oracle.
pub fn with_a_loan(mut study: PathStudy, positions: f64) -> PathStudy {
    let mut one = market("Aave", aave(), OracleSpec::ExchangeRate { cap: None }, KINKED);
    one.spec.buckets = vec![BucketSpec { positions, collateral_lrt: 100.0, debt_eth: 93.0 }];
    one.carry = None;
    study.lending = vec![one];
    study
}
