//! A small study that every test of the engine varies.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses its own part")]

pub mod every_part;
pub mod every_shock;
pub mod joint;
pub mod random;
pub mod still;

use jiff::Timestamp;
use pegstress_amm::{PoolSpec, RateSource, VenueSpec, constant_product, stableswap};
use pegstress_num::{Isa, Lanes};
use pegstress_sim::scenario::*;
use pegstress_sim::{Collect, Fault, MetricKind, OutcomeBlock, Plan, RunOptions, run, run_in_blocks_of};
use pegstress_unlock::{
    BufferRules, BufferUse, ExitRules, FeeCurve, QueueRules, RateFrozenAt, RedemptionRules,
};

pub const HOUR: f64 = 3600.0;
pub const DAY: f64 = 24.0 * HOUR;

pub fn stable_pool() -> VenueSpec {
    VenueSpec {
        name: "stable".into(),
        eth_per_quote: 1.0,
        pool: PoolSpec::StableSwap(stableswap::Spec {
            reserve_eth: 4_000.0,
            reserve_lrt: 5_000.0,
            amplification: 100.0,
            fee: 4e-4,
            offpeg_multiplier: 1.0,
            admin_fee: 0.5,
            rate: RateSource::LIVE,
        }),
    }
}

pub fn pair(reserve_eth: f64, reserve_lrt: f64, fee: f64) -> VenueSpec {
    let pool = PoolSpec::ConstantProduct(constant_product::Spec { reserve_eth, reserve_lrt, fee });
    VenueSpec { name: "pair".into(), eth_per_quote: 1.0, pool }
}

pub fn set_fee(venue: &mut VenueSpec, to: f64) {
    match &mut venue.pool {
        PoolSpec::StableSwap(pool) => pool.fee = to,
        PoolSpec::ConstantProduct(pool) => pool.fee = to,
        other => unreachable!("no study here has {other:?}"),
    }
}

pub fn report() -> ReportSpec {
    ReportSpec {
        sizes_lrt: vec![1.0, 100.0, 1000.0],
        depth_discounts: vec![0.005, 0.01, 0.02, 0.05, 0.10],
        thresholds: vec![0.005, 0.01, 0.02, 0.05],
        recovery_discount: 0.005,
        recovery_hold_secs: 6.0 * HOUR,
        most_faults: 0.001,
    }
}

/// Five days of hourly steps with a falling ETH price, a filling exit queue and a forced sale.
pub fn study() -> PathStudy {
    let steps = 120;
    PathStudy {
        start: Timestamp::from_second(1_722_729_600).expect("a time in 2024"),
        step_secs: 3600,
        steps,
        paths: 2_000,
        seed: 42,
        starts: Starts::Together,
        drivers: Drivers {
            nav: (0..=steps).map(|k| 1.04 + 1e-6 * k as f64).collect(),
            network_queue_eth: (0..=steps).map(|k| 400.0 * 10_usize.abs_diff(k % 20) as f64).collect(),
            eth_drawdown: (0..=steps).map(|k| if (20..50).contains(&k) { 0.2 } else { 0.02 }).collect(),
            eth_usd: vec![3_000.0; steps + 1],
            observed_price: None,
            synthetic: None,
        },
        network: Network { churn_eth_per_epoch: 256.0, changes: Vec::new(), sweep_secs: 4.0 * DAY },
        venues: vec![stable_pool()],
        free_float_lrt: 400_000.0,
        redemption: redemption(500.0, 200.0, 0.003, 0.0, DAY),
        restaking: None,
        lending: Vec::new(),
        agents: Agents {
            exit_demand: ExitDemand {
                base_per_day: 0.0005,
                per_discount_per_day: 0.5,
                discount_threshold: 0.005,
                per_delay_day_per_day: 0.0001,
                delay_threshold_secs: 8.0 * DAY,
                per_eth_drawdown_per_day: 0.05,
                eth_drawdown_threshold: 0.1,
                branching_ratio: 0.4,
                excitation_decay_per_day: 2.0,
                dispersion: 0.5,
            },
            impatience: Impatience {
                median_per_year: 0.3,
                log_sd: 1.2,
                expected_loss: 0.0005,
                patient_share_when_paused: 0.3,
            },
            arbitrage: Arbitrage {
                capital_eth: 3_000.0,
                required_return_per_year: 0.12,
                expected_loss: 0.0002,
                cost: 0.0002,
                deployed_per_hour: 0.3,
            },
            liquidity: Liquidity {
                removal_per_day: 0.005,
                removal_per_discount_per_day: 5.0,
                discount_threshold: 0.01,
                return_per_day: 0.2,
                one_sided_share: 0.0,
            },
            background: Background { net_sd_lrt_per_sqrt_day: 150.0 },
            dip_buyers: Vec::new(),
            whales: Vec::new(),
        },
        shocks: vec![Shock {
            kind: ShockKind::SellShareOfFloat,
            trigger: None,
            start_secs: 30.0 * HOUR,
            duration_secs: 4.0 * HOUR,
            size: 0.003,
            size_log_sd: 0.3,
        }],
        shock_groups: Vec::new(),
    }
}

/// A study in which nobody does anything.
pub fn nobody() -> PathStudy {
    let mut study = study();
    study.paths = 3;
    study.shocks.clear();
    let agents = &mut study.agents;
    agents.exit_demand = ExitDemand {
        base_per_day: 0.0,
        per_discount_per_day: 0.0,
        per_delay_day_per_day: 0.0,
        per_eth_drawdown_per_day: 0.0,
        ..agents.exit_demand
    };
    agents.arbitrage.capital_eth = 0.0;
    agents.liquidity.removal_per_day = 0.0;
    agents.liquidity.removal_per_discount_per_day = 0.0;
    agents.background.net_sd_lrt_per_sqrt_day = 0.0;
    study
}

/// A buffer for instant redemptions, and a queue that is paid as its exits arrive.
pub fn redemption(
    buffer_eth: f64,
    refill_eth_per_day: f64,
    instant_fee: f64,
    escrow_secs: f64,
    processing_secs: f64,
) -> Redemption {
    let rules = RedemptionRules {
        buffer: BufferRules {
            start_eth: buffer_eth,
            target_eth: buffer_eth,
            refill_eth_per_sec: refill_eth_per_day / DAY,
            watermark_eth: 0.0,
            serves: BufferUse::Instant,
            bucket: None,
            fee: FeeCurve::flat(instant_fee),
        },
        queue: QueueRules {
            finalised_every_secs: 0.0,
            minimum_age_secs: 0.0,
            claim_delay_secs: 0.0,
            cap_eth_per_sec: f64::INFINITY,
            batch_eth: 0.0,
            rate_frozen_at: RateFrozenAt::Finalisation,
        },
        exits: ExitRules { ordered_every_secs: 0.0, escrow_secs, processing_secs },
    };
    Redemption { rules, breaker: None, pause_stops_claims: false }
}

/// Takes the buffer away.
pub fn without_buffer(study: &mut PathStudy) {
    let buffer = &mut study.redemption.rules.buffer;
    (buffer.start_eth, buffer.target_eth, buffer.refill_eth_per_sec) = (0.0, 0.0, 0.0);
}

/// Every value of every path, and every fault.
#[derive(Debug, Default)]
pub struct Rows {
    pub rows: Vec<(u64, Vec<f64>, Option<Fault>)>,
    pub traces: Vec<(u64, Vec<f64>)>,
    /// Largest relative imbalance of ETH or tokens over the paths without a fault.
    pub imbalance: f64,
}

impl Rows {
    pub fn column(&self, plan: &Plan, kind: MetricKind) -> Vec<f64> {
        let k = plan.metrics.iter().position(|metric| metric.kind == kind).expect("a metric of the plan");
        self.rows.iter().map(|(_, values, _)| values[k]).collect()
    }

    /// The bits of everything, in the order of paths.
    pub fn bits(&self) -> Vec<u64> {
        let values = self
            .rows
            .iter()
            .flat_map(|(path, values, _)| std::iter::once(*path).chain(values.iter().map(|v| v.to_bits())));
        values.chain(self.traces.iter().flat_map(|(_, trace)| trace.iter().map(|v| v.to_bits()))).collect()
    }

    /// Some of the paths, by their place.
    pub fn slice(&self, places: std::ops::Range<usize>) -> Self {
        let (rows, traces) = (self.rows[places.clone()].to_vec(), self.traces[places].to_vec());
        Self { rows, traces, imbalance: self.imbalance }
    }

    pub fn faults(&self) -> usize {
        self.rows.iter().filter(|(_, _, fault)| fault.is_some()).count()
    }
}

impl Collect for Rows {
    fn absorb<const W: usize>(&mut self, block: &OutcomeBlock<W>) {
        for lane in 0..block.active {
            let path = block.first_path + lane as u64;
            let pick = |lanes: &Lanes<W>| lanes[lane];
            self.rows.push((path, block.metrics.iter().map(pick).collect(), block.faults[lane]));
            self.traces.push((path, block.traces.iter().flatten().map(pick).collect()));
            if block.faults[lane].is_none() {
                let worse = block.eth_imbalance[lane].max(block.lrt_imbalance[lane]);
                self.imbalance = self.imbalance.max(worse);
            }
        }
    }

    fn merge(&mut self, other: Self) {
        self.rows.extend(other.rows);
        self.traces.extend(other.traces);
        self.imbalance = self.imbalance.max(other.imbalance);
        self.rows.sort_by_key(|row| row.0);
        self.traces.sort_by_key(|row| row.0);
    }
}

pub fn options(plan: &Plan) -> RunOptions {
    RunOptions { threads: 1, isa: Isa::best(), paths: 0..plan.study.paths }
}

pub fn run_all(study: &PathStudy, options: impl Fn(&Plan) -> RunOptions) -> (Plan, Rows) {
    let plan = Plan::new(study, &report());
    let rows = run(&plan, &options(&plan), Rows::default, |_| ());
    (plan, rows)
}

/// Compiles a step of its own: only where the width is what is tested.
pub fn run_all_in_blocks_of<const W: usize>(
    study: &PathStudy,
    options: impl Fn(&Plan) -> RunOptions,
) -> (Plan, Rows) {
    let plan = Plan::new(study, &report());
    let rows = run_in_blocks_of::<W, Rows>(&plan, &options(&plan), Rows::default, |_| ());
    (plan, rows)
}

pub fn outcomes(study: &PathStudy) -> (Plan, Rows) {
    run_all(study, options)
}

/// One metric of every path; no path may break.
pub fn column(study: &PathStudy, kind: MetricKind) -> Vec<f64> {
    let (plan, rows) = outcomes(study);
    assert_eq!(rows.faults(), 0);
    rows.column(&plan, kind)
}
