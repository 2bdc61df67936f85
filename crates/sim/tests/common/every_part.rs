//! A study with restaking, a breaker and a lending market of every kind.

use super::{DAY, HOUR, study};
use pegstress_lending::{
    Aave, Adaptive, BucketSpec, Carry, Compound, Curve, Gearbox, GrowthCap, InterestSpec, Kinked, MarketSpec,
    Morpho, OracleSpec, Rules,
};
use pegstress_restake::{AllocationSpec, ExposureRule, OperatorSpec, RestakeSpec, ServiceSpec};
use pegstress_sim::scenario::*;
use pegstress_unlock::{BreakerRules, BucketRules, BufferUse, Response};

pub fn operator(name: &str, stake_share: f64, shares: [f64; 2]) -> OperatorSpec {
    OperatorSpec {
        name: name.into(),
        stake_share,
        client: if name == "a" { "one" } else { "two" }.into(),
        cloud: "cloud".into(),
        allocations: shares
            .iter()
            .enumerate()
            .map(|(service, share)| AllocationSpec { service, share: *share })
            .collect(),
    }
}

/// Two services that three operators with all of the stake secure.
pub fn restaking() -> Restaking {
    let service = |name: &str| ServiceSpec { name: name.into() };
    Restaking {
        spec: RestakeSpec {
            rule: ExposureRule::EIGENLAYER,
            operators: vec![
                operator("a", 0.5, [0.5, 0.3]),
                operator("b", 0.3, [0.5, 0.0]),
                operator("c", 0.2, [0.5, 0.5]),
            ],
            services: vec![service("bridge"), service("oracle")],
        },
        checkpoint_every_secs: DAY,
        failure_beacon_loss: 0.0018,
    }
}

/// A market of four buckets from a loan-to-value of 0.80 to 0.92 at a price of 1.04.
pub fn market(name: &str, rules: Rules, oracle: OracleSpec, curve: Curve) -> LendingMarket {
    let bucket =
        |ltv: f64| BucketSpec { positions: 4.0, collateral_lrt: 200.0, debt_eth: 200.0 * 1.04 * ltv };
    LendingMarket {
        spec: MarketSpec {
            name: name.into(),
            rules,
            oracle,
            interest: InterestSpec { curve, protocol_share: 0.1 },
            buckets: [0.80, 0.84, 0.88, 0.92].map(bucket).to_vec(),
            supplied_eth: 5_000.0,
            other_debt_eth: 3_000.0,
        },
        carry: Some(Carry { threshold_per_year: 0.0, unwinds_per_day: 0.2, horizon_years: f64::INFINITY }),
    }
}

pub const KINKED: Curve =
    Curve::Kinked(Kinked { base_per_year: 0.0, slope_1_per_year: 0.027, slope_2_per_year: 0.4, kink: 0.9 });

pub fn aave() -> Rules {
    Rules::Aave(Aave { liquidation_threshold: 0.95, bonus: 0.01, protocol_fee: 0.1 })
}

pub fn every_part() -> PathStudy {
    let shock = |kind, start, hours, size, size_log_sd| Shock {
        kind,
        trigger: None,
        start_secs: start * HOUR,
        duration_secs: hours * HOUR,
        size,
        size_log_sd,
    };
    let cap = GrowthCap { snapshot_eth_per_lrt: 1.03, growth_per_year: 0.0875, age_secs: 30.0 * DAY };
    let feed = OracleSpec::MarketFeed { heartbeat_secs: DAY, deviation: 0.005 };
    let adaptive = Curve::Adaptive(Adaptive { rate_at_target_per_year: 0.04 });
    let compound = Compound {
        liquidation_threshold: 0.93,
        liquidation_factor: 0.95,
        storefront_price_factor: 0.5,
        target_reserves_eth: 5_000.0,
        reserves_eth: 1_000.0,
    };
    let gearbox = Gearbox {
        liquidation_threshold: 0.93,
        premium: 0.04,
        liquidation_fee: 0.01,
        loss_allowed: true,
        treasury_eth: 10.0,
    };
    let mut study = PathStudy {
        paths: 300,
        restaking: Some(restaking()),
        lending: vec![
            market("Aave v3", aave(), OracleSpec::ExchangeRate { cap: Some(cap) }, KINKED),
            market("Morpho 0.86", Rules::Morpho(Morpho { lltv: 0.93 }), feed, adaptive),
            market(
                "Compound",
                Rules::Compound(compound),
                OracleSpec::TimeWeighted { mean_age_secs: 1800.0 },
                KINKED,
            ),
            market("Gearbox", Rules::Gearbox(gearbox), OracleSpec::HardCoded { eth_per_lrt: 1.03 }, KINKED),
        ],
        shock_groups: vec![vec![0], vec![0, 2]],
        ..study()
    };
    let buffer = &mut study.redemption.rules.buffer;
    buffer.serves = BufferUse::InstantAndQueue;
    buffer.watermark_eth = 50.0;
    buffer.bucket = Some(BucketRules { capacity_eth: 300.0, refill_eth_per_sec: 300.0 / DAY });
    study.redemption.rules.queue.finalised_every_secs = 12.0 * HOUR;
    study.redemption.rules.exits.ordered_every_secs = 6.0 * HOUR;
    study.redemption.breaker = Some(BreakerRules {
        report_every_secs: 6.0 * HOUR,
        largest_loss: 0.002,
        response: Response::Refuse,
        resolved_after_secs: 18.0 * HOUR,
    });
    study.shocks.extend([
        shock(ShockKind::SlashByService(0), 24.0, 0.0, 0.1, 0.3),
        shock(ShockKind::SlashOperators(1), 40.0, 3.0, 0.05, 0.2),
        shock(ShockKind::LoseOnBeaconChain(0), 20.0, 0.0, 0.002, 0.2),
        shock(ShockKind::FreezeOracle(1), 30.0, 6.0, 1.0, 0.0),
        shock(ShockKind::MisprintOracle(2), 36.0, 1.0, 0.05, 0.2),
        shock(ShockKind::RaiseBorrowRate(0), 48.0, 24.0, 0.15, 0.1),
    ]);
    study
}
