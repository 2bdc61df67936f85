//! Two lending markets of eight buckets: one with Aave's rule, one with Morpho's, and what happens to them.

use pegstress_lending::{
    Aave, Adaptive, BucketSpec, Curve, GrowthCap, InterestSpec, Kinked, Market, MarketSpec, Morpho,
    OracleSpec, Rules,
};
use pegstress_num::Lanes;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stress {
    /// Nothing is due in any lane.
    Calm,
    /// The price falls by a tenth of a percent per step, a little differently in each lane: a bucket or two become due at a time,
    /// and the venues take part of what is due.
    Liquidations,
    /// Every bucket is due in every lane from the first step, and the venues take little.
    Rout,
}

impl Stress {
    /// The redemption rate on chain after `step`.
    pub fn nav<const W: usize>(self, step: usize) -> Lanes<W> {
        std::array::from_fn(|lane| match self {
            Stress::Calm => 1.0 + 1e-5 * lane as f64,
            Stress::Liquidations => 1.0 - 1e-3 * step as f64 - 1e-4 * lane as f64,
            Stress::Rout => 0.7 - 1e-4 * lane as f64,
        })
    }

    /// Tokens that the venues take in a step.
    pub fn room_lrt<const W: usize>(self) -> Lanes<W> {
        std::array::from_fn(|lane| match self {
            Stress::Calm => 0.0,
            Stress::Liquidations => 200.0 + 20.0 * lane as f64,
            Stress::Rout => 50.0 + lane as f64,
        })
    }
}

/// The markets at par.
pub fn markets<const W: usize>() -> Vec<Market<W>> {
    let buckets = |highest_ltv: f64| {
        let bucket = |i: usize| BucketSpec {
            positions: 20.0,
            collateral_lrt: 1_000.0,
            debt_eth: 1_000.0 * (highest_ltv - 0.01 * i as f64),
        };
        (0..8).map(bucket).collect()
    };
    let kinked = Kinked { base_per_year: 0.0, slope_1_per_year: 0.027, slope_2_per_year: 0.8, kink: 0.9 };
    let cap = GrowthCap { snapshot_eth_per_lrt: 1.0, growth_per_year: 0.0875, age_secs: 0.0 };
    let aave = MarketSpec {
        name: "aave".to_owned(),
        rules: Rules::Aave(Aave { liquidation_threshold: 0.95, bonus: 0.01, protocol_fee: 0.1 }),
        oracle: OracleSpec::ExchangeRate { cap: Some(cap) },
        interest: InterestSpec { curve: Curve::Kinked(kinked), protocol_share: 0.15 },
        buckets: buckets(0.94),
        supplied_eth: 50_000.0,
        other_debt_eth: 30_000.0,
    };
    let morpho = MarketSpec {
        name: "morpho".to_owned(),
        rules: Rules::Morpho(Morpho { lltv: 0.945 }),
        oracle: OracleSpec::MarketFeed { heartbeat_secs: 86_400.0, deviation: 0.002 },
        interest: InterestSpec {
            curve: Curve::Adaptive(Adaptive { rate_at_target_per_year: 0.04 }),
            protocol_share: 0.0,
        },
        buckets: buckets(0.935),
        supplied_eth: 8_000.0,
        other_debt_eth: 0.0,
    };
    [aave, morpho].iter().map(|spec| Market::new(spec, &[1.0; W], &[1.0; W], &[2_000.0; W])).collect()
}
