//! Random studies: everything that a scenario file can set, within the ranges where it makes sense.

use super::{DAY, HOUR, pair, redemption, set_fee, stable_pool, study};
use pegstress_amm::{PoolSpec, RateSource, VenueSpec};
use pegstress_sim::scenario::*;
use proptest::prelude::*;

const STEPS: usize = 72;

/// A pool near balance; `size` in ETH.
fn pool() -> impl Strategy<Value = VenueSpec> {
    (0..3, 10.0..500.0, 0.0..3e-3, 500.0..50_000.0, 0.7..1.4).prop_map(
        |(kind, amplification, fee, eth, ratio)| {
            // Outside of a rate-following pool a token is worth 1.04 ETH only where the reserves say so.
            if kind == 0 {
                return pair(eth, eth / 1.04, fee);
            }
            let mut venue = stable_pool().with_reserves(eth, eth * ratio);
            if let PoolSpec::StableSwap(pool) = &mut venue.pool {
                (pool.amplification, pool.fee) = (amplification, fee);
                pool.rate = if kind == 1 { RateSource::Plain } else { RateSource::LIVE };
            }
            venue
        },
    )
}

fn shock() -> impl Strategy<Value = Shock> {
    let kinds = prop_oneof![
        Just((ShockKind::SellShareOfFloat, 0.02)),
        Just((ShockKind::RedeemShareOfFloat, 0.3)),
        // At most three shocks: together they leave a part of the pool.
        Just((ShockKind::RemoveLiquidityShare, 0.33)),
        Just((ShockKind::NetworkQueueEth, 300_000.0)),
        Just((ShockKind::PauseRedemptions, 1.0)),
        Just((ShockKind::RemoveArbitrageCapitalShare, 0.9)),
        Just((ShockKind::RaiseExitDemand, 0.05)),
        Just((ShockKind::RemoveLiquidityOneSided, 0.2)),
        Just((ShockKind::MoveEthUsd, 0.4)),
        Just((ShockKind::MintUnbacked(None), 0.05)),
        Just((ShockKind::FreezeOnchainRate, 1.0)),
    ];
    let triggers = prop_oneof![
        4 => Just(None),
        1 => (0.0..0.02).prop_map(|level| Some(Trigger::DiscountAbove(level))),
        1 => (1.0..2_000.0).prop_map(|level| Some(Trigger::BufferBelow(level))),
    ];
    (kinds, triggers, 0.0..60.0, 0.0..24.0, 0.1..1.0, 0.0..0.5).prop_map(
        |((kind, most), trigger, start, hours, size, spread)| {
            let paused = matches!(kind, ShockKind::PauseRedemptions | ShockKind::FreezeOnchainRate);
            let removes =
                matches!(kind, ShockKind::RemoveLiquidityShare | ShockKind::RemoveLiquidityOneSided);
            let certain = paused || removes;
            Shock {
                kind,
                trigger,
                start_secs: start * HOUR,
                duration_secs: hours * HOUR,
                size: if paused { 1.0 } else { size * most },
                size_log_sd: if certain { 0.0 } else { spread },
            }
        },
    )
}

fn exit_demand() -> impl Strategy<Value = ExitDemand> {
    (0.0..0.01, 0.0..3.0, 0.0..0.02, 0.0..1e-3, 0.0..0.2, 0.0..0.9, 0.5..5.0, 0.0..1.0).prop_map(
        |(base, fear, from, wait, market, branching, decay, dispersion)| ExitDemand {
            base_per_day: base,
            per_discount_per_day: fear,
            discount_threshold: from,
            per_delay_day_per_day: wait,
            delay_threshold_secs: 8.0 * DAY,
            per_eth_drawdown_per_day: market,
            eth_drawdown_threshold: 0.05,
            branching_ratio: branching,
            excitation_decay_per_day: decay,
            dispersion,
        },
    )
}

fn dip_buyers() -> impl Strategy<Value = Vec<DipBuyers>> {
    let group = (1e-3..0.05, 0.0..5_000.0, 0.0..1.0, prop::option::of(0.0..0.9)).prop_map(
        |(hurdle, capital, deployed, resell)| DipBuyers {
            hurdle,
            capital_eth: capital,
            deployed_per_hour: deployed,
            resell_discount: resell.map(|share: f64| share * hurdle),
        },
    );
    prop::collection::vec(group, 0..3)
}

fn whales() -> impl Strategy<Value = Vec<Whale>> {
    let exit = prop_oneof![
        Just(WhaleExit::Redeem),
        prop::option::of(0.0..0.05).prop_map(|not_below| WhaleExit::Sell { not_below }),
    ];
    let whale =
        (1.0..5_000.0, 0.0..60.0, 0.0..24.0, exit).prop_map(|(holding_lrt, start, hours, exit)| Whale {
            name: "fund".into(),
            holding_lrt,
            start_secs: start * HOUR,
            duration_secs: hours * HOUR,
            exit,
        });
    prop::collection::vec(whale, 0..3)
}

fn agents() -> impl Strategy<Value = Agents> {
    let others = (0.02..2.0, 0.3..2.0, 0.0..10_000.0, 0.0..1.0, 0.0..0.05, 0.0..20.0, 0.0..1.0, 0.0..500.0);
    (exit_demand(), others, 0.0..1.0, dip_buyers(), whales()).prop_map(
        |(exit_demand, others, one_sided_share, dip_buyers, whales)| {
            let (median, sd, capital, deployed, leave, flight, back, flow) = others;
            let base = study().agents;
            Agents {
                exit_demand,
                impatience: Impatience { median_per_year: median, log_sd: sd, ..base.impatience },
                arbitrage: Arbitrage { capital_eth: capital, deployed_per_hour: deployed, ..base.arbitrage },
                liquidity: Liquidity {
                    removal_per_day: leave,
                    removal_per_discount_per_day: flight,
                    return_per_day: back,
                    one_sided_share,
                    ..base.liquidity
                },
                background: Background { net_sd_lrt_per_sqrt_day: flow },
                dip_buyers,
                whales,
            }
        },
    )
}

fn random_redemption() -> impl Strategy<Value = Redemption> {
    (0.0..5_000.0, 0.0..5_000.0, 0.0..0.005, 0.0..14.0)
        .prop_map(|(buffer, refill, fee, escrow)| redemption(buffer, refill, fee, escrow * DAY, 0.2 * DAY))
}

/// A hundred paths of three days of hourly steps.
pub fn studies() -> impl Strategy<Value = PathStudy> {
    let queue = (0.0..900_000.0, -2_000.0..5_000.0);
    (
        prop::collection::vec(pool(), 1..3),
        agents(),
        random_redemption(),
        prop::collection::vec(shock(), 0..4),
        queue,
        0.0..0.3,
        any::<u64>(),
    )
        .prop_map(|(venues, agents, redemption, shocks, (level, slope), drawdown, seed)| PathStudy {
            steps: STEPS,
            paths: 100,
            seed,
            drivers: Drivers {
                nav: (0..=STEPS).map(|k| 1.04 + 1e-6 * k as f64).collect(),
                network_queue_eth: (0..=STEPS).map(|k| f64::max(level + slope * k as f64, 0.0)).collect(),
                eth_drawdown: (0..=STEPS).map(|k| if k > 20 { drawdown } else { 0.0 }).collect(),
                eth_usd: vec![3_000.0; STEPS + 1],
                observed_price: None,
                synthetic: None,
            },
            venues,
            agents,
            redemption,
            shocks,
            ..study()
        })
}

/// The same study in which nobody reacts to price or delay: exits come at a rate that the model is given, everybody who
/// leaves sells, providers and arbitrageurs stay away, pools take no fee and the redemption rate stands still.
pub fn without_feedback(mut study: PathStudy) -> PathStudy {
    let agents = &mut study.agents;
    agents.exit_demand.per_discount_per_day = 0.0;
    agents.exit_demand.per_delay_day_per_day = 0.0;
    agents.impatience.median_per_year = 1e12;
    agents.arbitrage.capital_eth = 0.0;
    agents.liquidity.removal_per_day = 0.0;
    agents.liquidity.removal_per_discount_per_day = 0.0;
    agents.dip_buyers.clear();
    agents.whales.clear();
    study.drivers.nav.fill(1.04);
    study.shocks.retain(|shock| {
        matches!(
            shock.kind,
            ShockKind::SellShareOfFloat | ShockKind::NetworkQueueEth | ShockKind::PauseRedemptions
        )
    });
    for shock in &mut study.shocks {
        shock.trigger = None;
    }
    for venue in &mut study.venues {
        set_fee(venue, 0.0);
    }
    study
}

/// One pool only.
pub fn with_one_pool(mut study: PathStudy) -> PathStudy {
    study.venues.truncate(1);
    study
}
