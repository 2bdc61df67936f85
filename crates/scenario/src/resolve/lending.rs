//! Lending markets in the units of the simulation.

use pegstress_lending::{
    Aave, Adaptive, BucketSpec, Carry, Compound, Curve, Gearbox, GrowthCap, InterestSpec, Kinked, MarketSpec,
    Morpho, OracleSpec, Rules,
};
use pegstress_sim::scenario::LendingMarket;

use crate::raw::lending::{RawBucketOfLoans, RawInterest, RawLending, RawOracle};

/// A market whose debts are loan-to-values at the redemption rate `nav`; `None` where the rules ask for more.
pub(super) fn lending(raw: &RawLending, nav: f64) -> Option<LendingMarket> {
    let bucket = |bucket: &RawBucketOfLoans| BucketSpec {
        positions: bucket.positions.0,
        collateral_lrt: bucket.collateral_lrt.0,
        debt_eth: bucket.collateral_lrt.0 * nav * bucket.ltv_pct / 100.0,
    };
    let spec = MarketSpec {
        name: raw.name.clone(),
        rules: rules(raw)?,
        oracle: oracle(&raw.oracle)?,
        interest: interest(&raw.interest)?,
        buckets: raw.buckets.iter().map(bucket).collect(),
        supplied_eth: raw.supplied_eth.0,
        other_debt_eth: raw.other_debt_eth.map_or(0.0, |eth| eth.0),
    };
    let carry = raw.unwind.map(|unwind| Carry {
        threshold_per_year: unwind.threshold_pct_per_year.0 / 100.0,
        unwinds_per_day: unwind.unwinds_per_day.0,
        horizon_years: unwind.horizon_days.map_or(f64::INFINITY, |days| days.0 / 365.0),
    });
    Some(LendingMarket { spec, carry })
}

fn rules(raw: &RawLending) -> Option<Rules> {
    if let Some(rule) = raw.aave {
        return Some(Rules::Aave(Aave {
            liquidation_threshold: rule.liquidation_threshold_pct.fraction(),
            bonus: rule.bonus_pct.fraction(),
            protocol_fee: rule.protocol_fee_pct.fraction(),
        }));
    }
    if let Some(rule) = raw.morpho {
        return Some(Rules::Morpho(Morpho { lltv: rule.lltv_pct.fraction() }));
    }
    if let Some(rule) = raw.compound {
        return Some(Rules::Compound(Compound {
            liquidation_threshold: rule.liquidation_threshold_pct.fraction(),
            liquidation_factor: rule.liquidation_factor_pct.fraction(),
            storefront_price_factor: rule.storefront_price_factor_pct.fraction(),
            target_reserves_eth: rule.target_reserves_eth.0,
            reserves_eth: rule.reserves_eth.0,
        }));
    }
    raw.gearbox.map(|rule| {
        Rules::Gearbox(Gearbox {
            liquidation_threshold: rule.liquidation_threshold_pct.fraction(),
            premium: rule.premium_pct.fraction(),
            liquidation_fee: rule.liquidation_fee_pct.fraction(),
            loss_allowed: rule.loss_allowed,
            treasury_eth: rule.treasury_eth.map_or(0.0, |eth| eth.0),
        })
    })
}

fn oracle(raw: &RawOracle) -> Option<OracleSpec> {
    if let Some(rate) = raw.exchange_rate {
        let cap = rate.cap.map(|cap| GrowthCap {
            snapshot_eth_per_lrt: cap.snapshot_eth_per_lrt.0,
            growth_per_year: cap.growth_pct_per_year.0 / 100.0,
            age_secs: cap.age_hours.secs(),
        });
        return Some(OracleSpec::ExchangeRate { cap });
    }
    if let Some(feed) = raw.market_feed {
        let (heartbeat_secs, deviation) = (feed.heartbeat_hours.secs(), feed.deviation_bps.fraction());
        return Some(OracleSpec::MarketFeed { heartbeat_secs, deviation });
    }
    if let Some(mean) = raw.time_weighted {
        return Some(OracleSpec::TimeWeighted { mean_age_secs: mean.mean_age_minutes.0 * 60.0 });
    }
    raw.hard_coded.map(|price| OracleSpec::HardCoded { eth_per_lrt: price.eth_per_lrt.0 })
}

fn interest(raw: &RawInterest) -> Option<InterestSpec> {
    let curve = match (raw.kinked, raw.adaptive) {
        (Some(lines), _) => Curve::Kinked(Kinked {
            base_per_year: lines.base_pct.0 / 100.0,
            slope_1_per_year: lines.slope_1_pct.0 / 100.0,
            slope_2_per_year: lines.slope_2_pct.0 / 100.0,
            kink: lines.kink_pct / 100.0,
        }),
        (None, curve) => {
            Curve::Adaptive(Adaptive { rate_at_target_per_year: curve?.rate_at_target_pct / 100.0 })
        }
    };
    Some(InterestSpec { curve, protocol_share: raw.protocol_share_pct.map_or(0.0, |share| share.fraction()) })
}
