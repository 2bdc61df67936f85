//! Two tokens over two daily steps with independent arithmetic: contagion, and one exit clock for both.
//!
//! Nothing is random: the dispersion of demand, the background flow and the spread of the shocks are zero.

#![allow(clippy::disallowed_methods, reason = "independent of the kernels' own exp, to 1e-15")]

mod common;

use common::joint::{joint, outcomes};
use common::{DAY, pair, redemption, study};
use pegstress_sim::MetricKind::{DeepestClose, SoldLrt};
use pegstress_sim::joint::{Contagion, Coupling};
use pegstress_sim::scenario::*;

/// 256 ETH per epoch, 225 epochs a day.
const CHURN_PER_DAY: f64 = 57_600.0;
/// 256 epochs until withdrawable, in days; 5 more where nobody is ahead.
const WITHDRAWABLE_DAYS: f64 = 256.0 * 384.0 / 86_400.0;
const LOOKAHEAD_DAYS: f64 = 5.0 * 384.0 / 86_400.0;

/// A token worth one ETH whose holders do nothing of themselves; its pool is 10,000 of each.
fn quiet(free_float_lrt: f64, shocks: Vec<Shock>) -> PathStudy {
    let base = study();
    let mut agents = base.agents;
    let demand = &mut agents.exit_demand;
    (demand.base_per_day, demand.per_discount_per_day, demand.per_delay_day_per_day) = (0.0, 0.0, 0.0);
    (demand.per_eth_drawdown_per_day, demand.branching_ratio, demand.dispersion) = (0.0, 0.0, 0.0);
    agents.arbitrage.capital_eth = 0.0;
    (agents.liquidity.removal_per_day, agents.liquidity.removal_per_discount_per_day) = (0.0, 0.0);
    agents.background.net_sd_lrt_per_sqrt_day = 0.0;
    agents.impatience.patient_share_when_paused = 0.0;
    PathStudy {
        step_secs: 86_400,
        steps: 2,
        paths: 2,
        drivers: Drivers {
            nav: vec![1.0; 3],
            network_queue_eth: vec![0.0; 3],
            eth_drawdown: vec![0.0; 3],
            eth_usd: vec![3_000.0; 3],
            observed_price: None,
            synthetic: None,
        },
        network: Network { churn_eth_per_epoch: 256.0, changes: Vec::new(), sweep_secs: 0.0 },
        venues: vec![pair(10_000.0, 10_000.0, 0.0)],
        free_float_lrt,
        redemption: redemption(0.0, 0.0, 0.0, 0.0, 0.0),
        agents,
        shocks,
        ..base
    }
}

fn at_once(kind: ShockKind, size: f64) -> Shock {
    Shock { kind, start_secs: 0.0, duration_secs: 0.0, size, size_log_sd: 0.0, trigger: None }
}

/// Who wants out has to sell.
fn paused() -> Shock {
    Shock { duration_secs: 2.0 * DAY, ..at_once(ShockKind::PauseRedemptions, 1.0) }
}

#[test]
fn the_holders_of_one_token_run_a_day_after_the_other_has_fallen() {
    // 1,000 tokens into a pool of 10,000 against 10,000 at x * y = k: the marginal price is 1 / 1.1^2.
    let fallen = quiet(100_000.0, vec![at_once(ShockKind::SellShareOfFloat, 0.01), paused()]);
    let calm = quiet(50_000.0, vec![paused()]);
    let contagion = Contagion { per_discount_per_day: vec![vec![0.0, 0.0], vec![0.3, 0.0]], threshold: 0.05 };
    let coupling = Coupling { contagion: Some(contagion), ..Coupling::NONE };
    let (plan, rows) = outcomes(&joint(&[fallen, calm], coupling));

    let discount = 1.0 - 1.0 / (1.1 * 1.1);
    let deepest = rows.members[0].column(&plan.members[0], DeepestClose)[0];
    // Prices of pools are good to 1e-11 of themselves.
    assert!((deepest - 1e4 * discount).abs() < 1e-6, "{deepest}");
    // The first step's exits see the discounts at the start, which are none.
    let sold = 50_000.0 * (1.0 - f64::exp(-0.3 * (discount - 0.05)));
    let column = rows.members[1].column(&plan.members[1], SoldLrt);
    assert!((column[0] - sold).abs() < 1e-6, "{} {sold}", column[0]);
    let price = 1.0 / (1.0 + sold / 10_000.0).powi(2);
    let deepest = rows.members[1].column(&plan.members[1], DeepestClose)[0];
    assert!((deepest - 1e4 * (1.0 - price)).abs() < 1e-6, "{deepest}");
}

#[test]
fn exits_of_both_tokens_stand_on_one_clock_in_the_order_of_their_turns() {
    // One day's churn of the first token, two days' of the second, both asked for in the first step.
    let first = quiet(576_000.0, vec![at_once(ShockKind::RedeemShareOfFloat, 0.1)]);
    let second = quiet(1_152_000.0, vec![at_once(ShockKind::RedeemShareOfFloat, 0.1)]);
    let studies = [first, second];
    let delays = |exit_clock: bool| {
        let (_, rows) = outcomes(&joint(&studies, Coupling { exit_clock, ..Coupling::NONE }));
        // Traces: two discounts, two delays in days, two shares of liquidity.
        [0, 1].map(|member: usize| [2, 3].map(|at| rows.members[member].traces[0].1[at]))
    };
    let empty = LOOKAHEAD_DAYS + WITHDRAWABLE_DAYS;
    let behind = |eth: f64| eth / CHURN_PER_DAY + WITHDRAWABLE_DAYS;
    let expected = [
        // The first asks on an empty clock; a day later three days' churn less one day stand before it.
        [empty, behind(2.0 * CHURN_PER_DAY)],
        // The second finds the first one's exits before it.
        [behind(CHURN_PER_DAY), behind(2.0 * CHURN_PER_DAY)],
    ];
    let close = |found: [[f64; 2]; 2], expected: [[f64; 2]; 2]| {
        for (a, b) in found.iter().flatten().zip(expected.iter().flatten()) {
            assert!((a - b).abs() < 1e-12, "{found:?} {expected:?}");
        }
    };
    close(delays(true), expected);
    // Each on a clock of its own: the first one's day is served, of the second one's two days one is left.
    close(delays(false), [[empty, empty], [empty, behind(CHURN_PER_DAY)]]);
}
