//! Monotonicities of lending with the same draws: a tighter oracle, more leverage.
//!
//! Loans here are a thousandth of a token, so that nothing answers to their liquidation and the price is the same with and
//! without them. A loan is *gone* when it was repaid or became bad debt. Whether a loan is ever due depends on the lowest
//! price that the oracle has printed while nobody has closed it, so path by path
//!
//! - a feed that prints every step's price lets go of at least what any feed of the same market lets go of: whatever another
//!   prints was a market price before;
//! - a feed that moves once the price is `x` off, at a threshold lower by `x`, lets go of whatever any feed lets go of:
//!   its print is never more than `x` above what another has just read;
//! - a higher loan-to-value lets go of no less debt, and repays no less of it.
//!
//! Two statements that look like laws are none. A looser feed can repay more in the end: the tight one liquidates in a gap at a
//! price at which collateral no longer covers the debt, the loose one after the recovery. And a lower loan-to-value can end with
//! more bad debt: the higher one is liquidated in the first dip, the lower one survives it and is caught in a gap. They hold
//! where the price falls once, and on average where liquidations feed back: both are tested so.

mod common;

use common::every_part::KINKED;
use common::random::studies;
use common::{DAY, HOUR, nobody, outcomes, study};
use pegstress_lending::{BucketSpec, Curve, InterestSpec, Kinked, MarketSpec, Morpho, OracleSpec, Rules};
use pegstress_sim::MetricKind::{BadDebt, LiquidatedDebt, LiquidatedLrt};
use pegstress_sim::scenario::*;
use proptest::prelude::*;

/// Collateral of the loans that nobody notices.
const DUST_LRT: f64 = 1e-3;
/// Redemption rate and so about the price at the start.
const START: f64 = 1.04;
/// Prices that should tie differ by 1e-11 (the pools' invariant), amounts of dust by as much, relative.
const TIE: f64 = 1e-9;

const FREE: Curve =
    Curve::Kinked(Kinked { base_per_year: 0.0, slope_1_per_year: 0.0, slope_2_per_year: 0.0, kink: 0.5 });

fn feed(heartbeat_secs: f64, deviation: f64) -> OracleSpec {
    OracleSpec::MarketFeed { heartbeat_secs, deviation }
}

/// A feed that is pushed in every step.
const LIVE: OracleSpec = OracleSpec::MarketFeed { heartbeat_secs: 0.0, deviation: 0.0 };

/// Loans of one position each, without interest, by loan-to-value.
fn dust(lltv: f64, oracle: OracleSpec, ltvs: &[f64]) -> LendingMarket {
    let bucket =
        |ltv: &f64| BucketSpec { positions: 1.0, collateral_lrt: DUST_LRT, debt_eth: DUST_LRT * START * ltv };
    LendingMarket {
        spec: MarketSpec {
            name: "dust".into(),
            rules: Rules::Morpho(Morpho { lltv }),
            oracle,
            interest: InterestSpec { curve: FREE, protocol_share: 0.0 },
            buckets: ltvs.iter().map(bucket).collect(),
            supplied_eth: 1.0,
            other_debt_eth: 0.0,
        },
        carry: None,
    }
}

/// Debt repaid and bad debt of every path, ETH.
fn repaid_and_bad(study: &PathStudy, lending: LendingMarket) -> Vec<(f64, f64)> {
    let (plan, rows) = outcomes(&PathStudy { lending: vec![lending], ..study.clone() });
    assert_eq!(rows.faults(), 0);
    rows.column(&plan, LiquidatedDebt).into_iter().zip(rows.column(&plan, BadDebt(0))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_feed_of_every_step_lets_go_of_at_least_what_any_feed_lets_go_of(
        study in studies(), ltv in 0.7..0.94, heartbeat in 0.0..72.0, deviation in 0.0..0.2
    ) {
        let tight = repaid_and_bad(&study, dust(0.945, LIVE, &[ltv]));
        let loose = repaid_and_bad(&study, dust(0.945, feed(heartbeat * HOUR, deviation), &[ltv]));
        for ((repaid, bad), (loose_repaid, loose_bad)) in tight.iter().zip(&loose) {
            prop_assert!(repaid + bad >= (loose_repaid + loose_bad) * (1.0 - TIE), "{repaid} {bad}, {loose_repaid} {loose_bad}");
        }
    }

    // Half a per cent, and Morpho's incentive of 4.4 %: a liquidator never loses on a print that is off by less.
    #[test]
    fn a_tight_feed_at_a_threshold_lower_by_its_deviation_lets_go_of_whatever_any_feed_lets_go_of(
        study in studies(), ltv in 0.6..0.85, heartbeat in 0.0..72.0, deviation in 0.0..0.2, tight in 0.0..0.005
    ) {
        let lower = dust(0.86 * (1.0 - tight), feed(24.0 * HOUR, tight), &[ltv]);
        let loose = repaid_and_bad(&study, dust(0.86, feed(heartbeat * HOUR, deviation), &[ltv]));
        for ((repaid, bad), (loose_repaid, _)) in repaid_and_bad(&study, lower).iter().zip(&loose) {
            let debt = DUST_LRT * START * ltv;
            prop_assert!(*loose_repaid == 0.0 || repaid + bad >= debt * (1.0 - TIE), "{repaid} {bad} of {debt}");
        }
    }

    #[test]
    fn a_higher_loan_to_value_lets_go_of_no_less_debt_and_repays_no_less(study in studies(), low in 0.6..0.94, rise in 0.0..1.0) {
        let high = low + rise * (0.94 - low);
        let more = repaid_and_bad(&study, dust(0.945, LIVE, &[high]));
        let less = repaid_and_bad(&study, dust(0.945, LIVE, &[low]));
        for ((repaid, bad), (less_repaid, less_bad)) in more.iter().zip(&less) {
            prop_assert!(repaid + bad >= (less_repaid + less_bad) * (1.0 - TIE));
            prop_assert!(*repaid >= less_repaid * (1.0 - TIE), "{low} {high}: {repaid} {less_repaid}");
        }
    }

    // One sale into a pool that nobody trades with: the price falls once and stays.
    #[test]
    fn in_a_single_fall_a_higher_loan_to_value_leaves_no_less_of_anything(
        share in 0.005..0.03, spread in 0.0..0.5, low in 0.3..0.94, rise in 0.0..1.0
    ) {
        let mut study = PathStudy { paths: 100, ..nobody() };
        study.shocks = vec![Shock {
            kind: ShockKind::SellShareOfFloat,
            trigger: None,
            start_secs: 5.0 * HOUR,
            duration_secs: 0.0,
            size: share,
            size_log_sd: spread,
        }];
        let of = |ltv: f64| {
            let (plan, rows) = outcomes(&PathStudy { lending: vec![dust(0.945, LIVE, &[ltv])], ..study.clone() });
            [LiquidatedDebt, LiquidatedLrt, BadDebt(0)].map(|kind| rows.column(&plan, kind))
        };
        for (more, less) in of(low + rise * (0.94 - low)).iter().zip(of(low)) {
            for (more, less) in more.iter().zip(less) {
                prop_assert!(*more >= less * (1.0 - TIE) - 1e-15, "{more} {less}");
            }
        }
    }
}

/// Random studies do make loans fall due, and some of them bad: the laws above say something.
#[test]
fn the_loans_of_these_laws_do_fall_due() {
    let mut study = PathStudy { paths: 200, ..study() };
    study.shocks[0].size = 0.015;
    study.shocks[0].size_log_sd = 0.5;
    let gone = repaid_and_bad(&study, dust(0.945, LIVE, &[0.9]));
    assert!(gone.iter().filter(|(repaid, _)| *repaid > 0.0).count() > 20);
    assert!(gone.iter().any(|(_, bad)| *bad > 0.0));
}

/// Loans large enough to move the price: a tenth of the pool's tokens, and a sale that makes some of them fall due.
fn felt(oracle: OracleSpec, factor: f64) -> PathStudy {
    let mut study = PathStudy { paths: 640, ..study() };
    study.shocks[0].size = 0.008;
    study.shocks[0].size_log_sd = 0.5;
    let bucket = |ltv: f64| BucketSpec {
        positions: 10.0,
        collateral_lrt: 250.0,
        debt_eth: 250.0 * START * ltv * factor,
    };
    study.lending = vec![LendingMarket {
        spec: MarketSpec {
            name: "felt".into(),
            rules: Rules::Morpho(Morpho { lltv: 0.86 }),
            oracle,
            interest: InterestSpec { curve: KINKED, protocol_share: 0.1 },
            buckets: [0.78, 0.81, 0.84].map(bucket).to_vec(),
            supplied_eth: 2_000.0,
            other_debt_eth: 0.0,
        },
        carry: None,
    }];
    study
}

/// The mean over paths of each study is at least that of the one before, within four standard errors of the paired
/// difference.
fn assert_mean_rises(name: &str, ladder: &[Vec<f64>]) {
    for pair in ladder.windows(2) {
        let n = pair[0].len() as f64;
        let differences: Vec<_> = pair[1].iter().zip(&pair[0]).map(|(b, a)| b - a).collect();
        let mean = differences.iter().sum::<f64>() / n;
        let variance = differences.iter().map(|d| (d - mean) * (d - mean)).sum::<f64>() / (n - 1.0);
        assert!(mean >= -4.0 * (variance / n).sqrt(), "{name}: mean difference {mean}");
    }
    let mean = |values: &Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
    let (first, last) = (mean(&ladder[0]), mean(&ladder[ladder.len() - 1]));
    assert!(last > 1.05 * first, "{name}: the ladder rises from {first} to {last}");
}

#[test]
fn on_average_a_tighter_feed_liquidates_more_whatever_agents_do() {
    let oracles = [feed(10.0 * DAY, 0.2), feed(DAY, 0.05), feed(DAY, 0.005), LIVE];
    let ladder = oracles.map(|oracle| {
        let (plan, rows) = outcomes(&felt(oracle, 1.0));
        rows.column(&plan, LiquidatedDebt)
    });
    assert_mean_rises("liquidated debt", &ladder);
}

#[test]
fn on_average_more_leverage_liquidates_more_and_leaves_more_bad_debt_whatever_agents_do() {
    for kind in [LiquidatedDebt, LiquidatedLrt, BadDebt(0)] {
        let ladder = [0.9, 0.95, 1.0].map(|factor| {
            let (plan, rows) = outcomes(&felt(feed(DAY, 0.005), factor));
            rows.column(&plan, kind)
        });
        assert_mean_rises(&format!("{kind:?}"), &ladder);
    }
}
