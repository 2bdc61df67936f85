//! The rate on chain: ether.fi's limits of a report and Swell's bound of a reprice against the breaker.

use pegstress_exact::U256;
use pegstress_exact::redemption::etherfi::{Report, ReportError, ReportLimits};
use pegstress_exact::redemption::swell::SwellError;
use pegstress_exact::redemption::swell::reprice::{Rate, RepriceBounds, Reserves};
use pegstress_unlock::{Breaker, BreakerRules, QueueRules, RedemptionRules, Response};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::common::{Step, Token, WAD, eth, history, micro, wei};
use super::etherfi::{Etherfi, STEP_SECS, Settings};

const SLOT_SECS: u64 = 12;
/// Every other day: see the doc of `main`.
const REPORT_SECS: u64 = 2 * 86_400;
/// Steps to a report.
const REPORT_STEPS: usize = (REPORT_SECS / STEP_SECS) as usize;
/// Governance's timelock.
const TIMELOCK_SECS: u64 = 4 * 86_400;

/// Moves of the true value in each step, 1e-7: mostly growth, losses that one report recognises alone or together, and
/// losses that none does. Odd, so that no sum meets a bound exactly, where a rounding would decide.
fn moves(most_growth: i64) -> impl Strategy<Value = Vec<i64>> {
    let one = (0..10_u8, 0..=most_growth, 1..1_200_i64, 3_000..80_000_i64).prop_map(
        |(kind, growth, small, large)| match kind {
            0 => -large,
            1..=3 => -small,
            _ => growth,
        } | 1,
    );
    prop::collection::vec(one, 1..60)
}

/// ether.fi's oracle: it reports all that has changed since the last report that passed.
struct Oracle {
    last_report: u64,
    refused_since: Option<u64>,
    /// Change of the value that no report has brought, wei.
    pending: i128,
}

impl Oracle {
    fn new() -> Self {
        Self { last_report: 0, refused_since: None, pending: 0 }
    }

    /// Moves the true value by parts of 1e-7.
    fn change(&mut self, etherfi: &Etherfi, parts: i64) {
        let value = i128::try_from(etherfi.pool.total_value()).expect("below 2^127") + self.pending;
        self.pending += value / 10_000_000 * i128::from(parts);
    }

    /// True value per share.
    fn true_rate(&self, etherfi: &Etherfi) -> f64 {
        let value = i128::try_from(etherfi.pool.total_value()).expect("below 2^127") + self.pending;
        value as f64 / 1e18 / eth(etherfi.pool.total_shares())
    }

    /// Reports, with the cap raised where the timelock is over; whether the report passes.
    fn report(&mut self, etherfi: &mut Etherfi, now: u64) -> Result<(), ReportError> {
        let raised = self.refused_since.is_some_and(|since| now - since >= TIMELOCK_SECS);
        let limits = if raised {
            let acceptable_apr_bps = u64::MAX;
            ReportLimits { max_loss_bps_override: 10_000, acceptable_apr_bps, ..ReportLimits::MAINNET }
        } else {
            ReportLimits::MAINNET
        };
        let report = Report {
            elapsed_slots: (now - self.last_report) / SLOT_SECS,
            accrued_rewards: self.pending,
            finalized_amount: u128::try_from(etherfi.amounts()).expect("small"),
            ..Report::default()
        };
        let checked = limits.check(&report, etherfi.pool.total_value(), etherfi.pool.value_in_pool());
        match checked {
            Ok(()) => {
                etherfi.pool.rebase(self.pending).expect("within cap and value");
                *self = Self { last_report: now, ..Self::new() };
            }
            Err(_) => self.refused_since = self.refused_since.or(Some(now)),
        }
        checked
    }
}

const BREAKER: BreakerRules = BreakerRules {
    report_every_secs: REPORT_SECS as f64,
    largest_loss: 0.0003,
    response: Response::Refuse,
    resolved_after_secs: TIMELOCK_SECS as f64,
};

/// Requests and payments while the rate is stale, or falls. A gain would reach those who stay at the claims, between reports.
fn run_with_requests(moves: &[i64], history: &[Step]) -> Result<(), TestCaseError> {
    let settings = Settings { fee_bps: 30, treasury_split_bps: 10_000, low_watermark_bps: 0 };
    let rules = Etherfi::rules(settings, 0.0);
    let queue = QueueRules { finalised_every_secs: REPORT_SECS as f64, ..rules.queue };
    let rules = RedemptionRules { queue, ..rules };
    let steps = moves.len().min(history.len());
    let (mut token, mut etherfi) = (Token::new(rules, STEP_SECS as f64, steps), Etherfi::new(settings));
    let (mut oracle, mut breaker) = (Oracle::new(), Breaker::<1>::new(BREAKER, &[etherfi.rate()]));
    let mut paid = U256::ZERO;
    for (step, &parts) in history.iter().zip(moves) {
        let now = token.now();
        let (arrived, _) = token.begin();
        etherfi.deposit(wei(arrived));
        let due = (token.step + 1).is_multiple_of(REPORT_STEPS);
        if due {
            let missing = etherfi.amounts().saturating_sub(etherfi.pool.value_in_pool());
            token.give(eth(missing));
            etherfi.deposit(missing);
        }
        oracle.change(&etherfi, -parts.abs());
        breaker.follow(now as f64, STEP_SECS as f64, &[oracle.true_rate(&etherfi)]);
        if due {
            let passes = oracle.report(&mut etherfi, now).is_ok();
            prop_assert_eq!(breaker.finalises(), [passes], "step {}", token.step);
            if passes {
                paid += etherfi.finalise(usize::MAX);
            }
        }
        token.finalise(breaker.nav_onchain[0], breaker.finalises()[0]);
        token.agrees("the rate", breaker.nav_onchain[0], etherfi.rate())?;
        token.agrees("what is paid in all", token.paid_eth, eth(paid))?;
        let amount = etherfi.within_cash(micro(step.ask_micro), now);
        if amount >= micro(10_000) && breaker.is_open()[0] {
            let rate = breaker.nav_onchain[0];
            let served = token.request(eth(amount) / rate, rate);
            let at_once = eth(etherfi.ask(amount, now));
            token.agrees("what is paid at once at the stale rate", served.paid_now_eth[0], at_once)?;
        }
        token.close();
        token.agrees("what waits", token.lanes.waiting_lrt[0], etherfi.waiting_shares())?;
        token.agrees("the pool", token.held_eth(), eth(etherfi.pool.value_in_pool()))?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn etherfis_reports_are_refused_where_the_breaker_refuses_and_resolved_with_it(moves in moves(1_000)) {
        let settings = Settings { fee_bps: 0, treasury_split_bps: 0, low_watermark_bps: 0 };
        let mut etherfi = Etherfi::new(settings);
        let (mut oracle, mut breaker) = (Oracle::new(), Breaker::<1>::new(BREAKER, &[etherfi.rate()]));
        for (step, &parts) in moves.iter().enumerate() {
            let now = (step as u64 + 1) * STEP_SECS;
            oracle.change(&etherfi, parts);
            breaker.follow(now as f64, STEP_SECS as f64, &[oracle.true_rate(&etherfi)]);
            if (step + 1) % REPORT_STEPS == 0 {
                let _ = oracle.report(&mut etherfi, now);
            }
            let difference = breaker.nav_onchain[0] / etherfi.rate() - 1.0;
            prop_assert!(difference.abs() < 1e-9, "step {}: off by {}", step, difference);
            prop_assert_eq!(breaker.finalises(), [oracle.refused_since.is_none()], "step {}", step);
        }
    }

    #[test]
    fn while_a_report_is_refused_etherfi_pays_at_the_stale_rate_and_finalises_nothing(
        moves in moves(0),
        history in history(60..61, 400, 0),
    ) {
        run_with_requests(&moves, &history)?;
    }

    // Swell bounds gains alike; these stay below the bound.
    #[test]
    fn swells_reprices_are_refused_where_the_breaker_refuses(moves in moves(2_000)) {
        let rules = BreakerRules { report_every_secs: 86_400.0, largest_loss: 0.005, ..BREAKER };
        let bounds = |maximum_rate_change| RepriceBounds {
            reward_share: U256::ZERO,
            minimum_secs: 86_400,
            maximum_rate_change,
            maximum_supply_difference: U256::ZERO,
        };
        let supply = U256::from(100_000) * WAD;
        let (mut reserves, mut rate, mut refused_since) = (supply, Rate::default(), None);
        let mut reprice = |reserves: U256, maximum: U256, now: u64| {
            let given = Reserves { pre_reward: reserves, new_rewards: U256::ZERO, supply };
            // The first reprice is a day after the epoch.
            let priced = rate.reprice(&given, supply, &bounds(maximum), now + 86_400);
            (priced, eth(rate.eth_per_rsweth()))
        };
        prop_assert_eq!(reprice(reserves, WAD, 0).0, Ok(U256::ZERO));
        let mut breaker = Breaker::<1>::new(rules, &[1.0]);
        for (step, &parts) in moves.iter().enumerate() {
            let now = (step as u64 + 1) * STEP_SECS;
            let factor = U256::from(u64::try_from(10_000_000 + parts).expect("a loss below everything"));
            reserves = reserves * factor / U256::from(10_000_000);
            breaker.follow(now as f64, STEP_SECS as f64, &[eth(reserves) / eth(supply)]);
            if now.is_multiple_of(86_400) {
                let raised = refused_since.is_some_and(|since| now - since >= TIMELOCK_SECS);
                let maximum = if raised { WAD } else { WAD / U256::from(200) };
                let (priced, onchain) = reprice(reserves, maximum, now);
                match priced {
                    Ok(_) => refused_since = None,
                    Err(SwellError::RepriceDifferenceTooLarge { .. }) => {
                        refused_since = refused_since.or(Some(now));
                    }
                    Err(other) => prop_assert!(false, "{}", other),
                }
                prop_assert!((breaker.nav_onchain[0] / onchain - 1.0).abs() < 1e-9, "step {}", step);
                prop_assert_eq!(breaker.finalises(), [refused_since.is_none()], "step {}", step);
            }
        }
    }
}
