//! Markets that the tests share.

// Each test file uses its part.
#![allow(dead_code)]

use pegstress_lending::{
    Aave, Adaptive, BucketSpec, Compound, Curve, Gearbox, GrowthCap, InterestSpec, Kinked, MarketSpec,
    Morpho, OracleSpec, Rules,
};

pub(crate) const USD_PER_ETH: f64 = 2_000.0;
pub(crate) const E_MODE: Aave = Aave { liquidation_threshold: 0.95, bonus: 0.01, protocol_fee: 0.1 };
pub(crate) const MORPHO: Morpho = Morpho { lltv: 0.945 };
/// cWETH's wstETH (deployments/mainnet/weth of compound-finance/comet).
pub(crate) const COMPOUND: Compound = Compound {
    liquidation_threshold: 0.93,
    liquidation_factor: 0.95,
    storefront_price_factor: 0.5,
    target_reserves_eth: 5_000.0,
    reserves_eth: 500.0,
};
pub(crate) const GEARBOX: Gearbox = Gearbox {
    liquidation_threshold: 0.93,
    premium: 0.04,
    liquidation_fee: 0.015,
    loss_allowed: true,
    treasury_eth: 2.0,
};

pub(crate) fn all_rules() -> [Rules; 4] {
    [Rules::Aave(E_MODE), Rules::Morpho(MORPHO), Rules::Compound(COMPOUND), Rules::Gearbox(GEARBOX)]
}

/// Aave's curve for WETH, about.
pub(crate) fn kinked() -> Curve {
    Curve::Kinked(Kinked { base_per_year: 0.0, slope_1_per_year: 0.027, slope_2_per_year: 0.8, kink: 0.9 })
}

pub(crate) fn adaptive() -> Curve {
    Curve::Adaptive(Adaptive { rate_at_target_per_year: 0.04 })
}

pub(crate) fn all_oracles() -> [OracleSpec; 5] {
    let cap = GrowthCap { snapshot_eth_per_lrt: 1.0, growth_per_year: 0.0875, age_secs: 0.0 };
    [
        OracleSpec::ExchangeRate { cap: None },
        OracleSpec::ExchangeRate { cap: Some(cap) },
        OracleSpec::MarketFeed { heartbeat_secs: 86_400.0, deviation: 0.005 },
        OracleSpec::TimeWeighted { mean_age_secs: 7_200.0 },
        OracleSpec::HardCoded { eth_per_lrt: 1.0 },
    ]
}

/// Prices follow the exchange rate without a ceiling; `buckets` are (positions, tokens, debt).
pub(crate) fn market(
    rules: Rules,
    curve: Curve,
    buckets: &[(f64, f64, f64)],
    supplied_eth: f64,
) -> MarketSpec {
    let buckets = buckets.iter().map(|&(positions, collateral_lrt, debt_eth)| BucketSpec {
        positions,
        collateral_lrt,
        debt_eth,
    });
    MarketSpec {
        name: "test".to_owned(),
        rules,
        oracle: OracleSpec::ExchangeRate { cap: None },
        interest: InterestSpec { curve, protocol_share: 0.15 },
        buckets: buckets.collect(),
        supplied_eth,
        other_debt_eth: 0.0,
    }
}

/// Close to `expected`, relative to it (to one for small numbers).
#[track_caller]
pub(crate) fn assert_close(found: f64, expected: f64, tolerance: f64) {
    let scale = expected.abs().max(1.0);
    assert!(
        (found - expected).abs() <= tolerance * scale,
        "{found:?} is not {expected:?} within {tolerance:e}"
    );
}
