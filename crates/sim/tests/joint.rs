//! Several tokens in one run: what is shared, what is not, and the limits in which they are alone.

mod common;

use common::every_part::{every_part, market};
use common::joint::{JointRows, everybody, joint, outcomes, run_all, run_all_in_blocks_of};
use common::{HOUR, Rows, options, report, stable_pool, study, without_buffer};
use pegstress_lending::{Carry, OracleSpec};
use pegstress_num::Isa;
use pegstress_sim::MetricKind::{ArbitrageSpent, DeepestClose, UnwoundLrt};
use pegstress_sim::drivers::{
    Dependence, Gbm, Hawkes, PriceProcess, QueueProcess, Synthetic, SyntheticPrice,
};
use pegstress_sim::joint::{Contagion, Coupling, JointStudy, SharedLender};
use pegstress_sim::scenario::*;
use pegstress_sim::{Plan, run};

fn small() -> PathStudy {
    PathStudy { paths: 300, ..study() }
}

/// A token with twice the sale and less liquidity.
fn weaker() -> PathStudy {
    let mut study = small();
    study.shocks[0].size = 0.006;
    study.venues[0] = stable_pool().with_reserves(2_000.0, 2_200.0);
    study
}

fn alone(plan: &Plan) -> Rows {
    run(plan, &options(plan), Rows::default, |_| ())
}

/// Three tokens that share everything.
fn coupled() -> JointStudy {
    let lender = SharedLender { name: "Aave v3".into(), markets: vec![None, Some(0), Some(0)] };
    let coupling = Coupling {
        contagion: Some(everybody(3, 2.0, 0.002)),
        arbitrage_capital_eth: Some(5_000.0),
        exit_clock: true,
        lenders: vec![lender],
    };
    joint(&[weaker(), every_part(), every_part()], coupling)
}

#[test]
fn a_joint_run_of_one_token_is_its_run_alone_bit_for_bit() {
    let coupling = Coupling { contagion: Some(everybody(1, 0.0, 0.0)), exit_clock: true, ..Coupling::NONE };
    let (_, rows) = outcomes(&joint(&[every_part()], coupling));
    let single = alone(&Plan::new(&every_part(), &report()));
    assert_eq!(rows.members[0].bits(), single.bits());
}

#[test]
fn tokens_without_anything_in_common_are_each_as_alone_bit_for_bit() {
    let (plan, rows) = outcomes(&joint(&[small(), weaker(), every_part()], Coupling::NONE));
    for (member, single) in rows.members.iter().zip(&plan.alone) {
        assert_eq!(member.bits(), alone(single).bits());
    }
}

#[test]
fn equal_tokens_draw_different_numbers_of_their_own() {
    let (_, rows) = outcomes(&joint(&[small(), small(), small()], Coupling::NONE));
    let deepest = |member: usize| rows.members[member].rows.iter().map(|row| row.1[0]).collect::<Vec<_>>();
    for (a, b) in [(0, 1), (0, 2), (1, 2)] {
        let equal = deepest(a).iter().zip(deepest(b)).filter(|(a, b)| **a == *b).count();
        assert_eq!(equal, 0, "members {a} and {b}");
    }
}

/// Nothing is drawn but ETH/USD and the exit queue.
fn of_the_world() -> PathStudy {
    let mut study = small();
    study.agents.exit_demand.dispersion = 0.0;
    study.agents.background.net_sd_lrt_per_sqrt_day = 0.0;
    study.shocks[0].size_log_sd = 0.0;
    let gbm = Gbm { drift_per_year: 0.0, volatility_per_sqrt_year: 1.5, jumps: None };
    let hawkes = Hawkes {
        base_eth_per_day: 20_000.0,
        branching_ratio: 0.5,
        decay_per_day: 1.0,
        lump_eth: 2_000.0,
        start_eth_per_day: None,
    };
    study.drivers.synthetic = Some(Box::new(Synthetic {
        eth_usd: Some(SyntheticPrice {
            process: PriceProcess::Gbm(gbm),
            past_log: vec![0.0; 25],
            points_before: 24,
        }),
        network_queue: Some(QueueProcess::Hawkes(hawkes)),
        nav: None,
        dependence: Dependence::default(),
        blocks: None,
    }));
    study
}

#[test]
fn drivers_of_the_world_are_the_same_draws_for_all_tokens() {
    let (_, rows) = outcomes(&joint(&[of_the_world(), of_the_world()], Coupling::NONE));
    assert_eq!(rows.members[0].bits(), rows.members[1].bits());
    let deepest: Vec<f64> = rows.members[0].rows.iter().map(|row| row.1[0]).collect();
    // They do move the token: paths differ.
    assert!(deepest.iter().any(|one| *one != deepest[0]));
}

#[test]
fn threads_lane_width_and_instruction_set_change_no_bit() {
    let study = coupled();
    let (_, one) = outcomes(&study);
    assert_eq!(one.faults(), 0);
    assert_eq!(one.bits(), run_all(&study, 3, Isa::best()).1.bits(), "threads");
    assert_eq!(one.bits(), run_all_in_blocks_of::<8>(&study, 1, Isa::best()).1.bits(), "8 lanes");
    assert_eq!(one.bits(), run_all_in_blocks_of::<37>(&study, 2, Isa::best()).1.bits(), "37 lanes");
    for isa in Isa::available() {
        assert_eq!(one.bits(), run_all(&study, 1, isa).1.bits(), "{isa}");
    }
}

#[test]
fn the_books_of_all_tokens_and_the_purse_balance() {
    let (_, rows) = outcomes(&coupled());
    assert_eq!(rows.faults(), 0);
    // The engine's own tolerance is 1e-9; some thousand sums of numbers near 1e4 leave 1e-12.
    assert!(rows.imbalance < 1e-11, "{}", rows.imbalance);
    assert!(rows.members.iter().all(|member| member.imbalance < 1e-9));
}

fn mean_deepest(plan: &pegstress_sim::joint::JointPlan, rows: &JointRows, member: usize) -> f64 {
    let deepest = rows.members[member].column(&plan.members[member], DeepestClose);
    deepest.iter().sum::<f64>() / deepest.len() as f64
}

#[test]
fn more_contagion_deepens_the_token_that_catches_it_and_leaves_the_other_as_it_was() {
    let depths: Vec<[f64; 2]> = [0.0, 0.5, 2.0, 8.0]
        .map(|c| {
            let per_discount_per_day = vec![vec![0.0, c], vec![0.0, 0.0]];
            let contagion = Some(Contagion { per_discount_per_day, threshold: 0.002 });
            let (plan, rows) =
                outcomes(&joint(&[small(), weaker()], Coupling { contagion, ..Coupling::NONE }));
            [mean_deepest(&plan, &rows, 0), mean_deepest(&plan, &rows, 1)]
        })
        .to_vec();
    for pair in depths.windows(2) {
        assert!(pair[1][0] > pair[0][0], "{depths:?}");
        assert_eq!(pair[1][1], pair[0][1], "{depths:?}");
    }
}

#[test]
fn what_one_token_takes_from_the_purse_the_next_one_lacks() {
    let mut deep = small();
    deep.steps = 1;
    deep.paths = 8;
    deep.venues[0] = stable_pool().with_reserves(3_000.0, 9_000.0);
    deep.agents.arbitrage.deployed_per_hour = 1.0;
    // Nobody has his capital back within the step.
    without_buffer(&mut deep);
    let spent = |coupling: Coupling| {
        let (plan, rows) = outcomes(&joint(&[deep.clone(), deep.clone()], coupling));
        [0, 1].map(|member| rows.members[member].column(&plan.members[member], ArbitrageSpent)[0])
    };
    // Both pools would take more than a hundred ETH each.
    let [first, second] = spent(Coupling { arbitrage_capital_eth: Some(100.0), ..Coupling::NONE });
    assert_eq!((first, second), (100.0, 0.0));
    let [first, second] = spent(Coupling::NONE);
    assert!(first > 100.0 && second > 100.0, "{first} {second}");
}

/// A token whose loops owe 715 ETH in a market with these funds and debt against other collateral, and are held up to a negative
/// carry of 10 % a year.
fn looped(supplied_eth: f64, other_debt_eth: f64) -> PathStudy {
    let mut study = small();
    let carry = Carry { threshold_per_year: 0.1, unwinds_per_day: 0.5, horizon_years: f64::INFINITY };
    let oracle = OracleSpec::ExchangeRate { cap: None };
    let mut market = market("Aave v3", common::every_part::aave(), oracle, common::every_part::KINKED);
    (market.spec.supplied_eth, market.spec.other_debt_eth) = (supplied_eth, other_debt_eth);
    market.carry = Some(carry);
    study.lending = vec![market];
    study
}

#[test]
fn a_lender_drawn_dry_by_one_token_makes_the_loops_of_another_unwind() {
    // 82 % of 1,000 ETH are lent by the one, all of 15,000 by the other: 99 % together. The kink is at 90 %, above it the rate
    // passes 10 % a year at 92 %.
    let unwound = |lenders: Vec<SharedLender>| {
        let studies = [looped(1_000.0, 100.0), looped(15_000.0, 14_285.0)];
        let (plan, rows) = outcomes(&joint(&studies, Coupling { lenders, ..Coupling::NONE }));
        rows.members[0].column(&plan.members[0], UnwoundLrt).iter().sum::<f64>()
    };
    assert_eq!(unwound(Vec::new()), 0.0);
    let shared = SharedLender { name: "Aave v3".into(), markets: vec![Some(0), Some(0)] };
    assert!(unwound(vec![shared]) > 0.0);
}

#[test]
fn a_path_that_breaks_for_one_token_is_left_out_for_all() {
    let mut broken = small();
    broken.steps = 12;
    broken.venues = vec![common::pair(1.0, 1e-12, 0.0)];
    broken.shocks = vec![Shock {
        kind: ShockKind::SellShareOfFloat,
        start_secs: 5.0 * HOUR,
        duration_secs: 0.0,
        size: 0.2,
        size_log_sd: 2.0,
        trigger: None,
    }];
    let sound = PathStudy { steps: 12, ..small() };
    let (_, rows) = outcomes(&joint(&[sound, broken], Coupling::NONE));
    let faults = |member: usize| rows.members[member].rows.iter().map(|row| row.2).collect::<Vec<_>>();
    assert!(rows.members[1].faults() > 0);
    assert_eq!(faults(0), faults(1));
}

#[test]
fn two_at_once_is_never_more_often_than_either_and_pairs_say_the_same_as_counts() {
    let (_, rows) = outcomes(&joint(&[small(), weaker()], Coupling::NONE));
    let mut together = 0;
    for (_, values) in &rows.together {
        // Five values per threshold: most at once, hours, each below, the pair.
        for one in values.chunks(5) {
            let [most, hours, first, second, pair] = one else { panic!("five values") };
            assert_eq!(*pair == 1.0, *most == 2.0);
            assert_eq!(*hours > 0.0, *pair == 1.0);
            assert!(*pair <= *first && *pair <= *second);
            assert_eq!(*most >= 1.0, *first == 1.0 || *second == 1.0);
            together += usize::from(*pair == 1.0);
        }
    }
    assert!(together > 0);
}
