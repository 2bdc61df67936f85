//! What each protocol's rule and each of its delays does, in closed form.

mod common;

use common::{SYMBIOTIC, spec};
use pegstress_restake::{
    Concentration, Culprit, DAY_SECS, ExposureRule, Restake, RestakeSpec, largest_loss, loss_to,
};

/// A rounding or two, of numbers of 1 and more relative to them.
const ROUNDING: f64 = 4.0 * f64::EPSILON;

fn equal(got: f64, expected: f64) {
    assert!((got - expected).abs() <= ROUNDING * expected.max(1.0), "{got}, not {expected}");
}

fn token(rule: ExposureRule, rows: &[(f64, &str, &[f64])]) -> Restake<1> {
    Restake::new(&spec(rule, rows))
}

fn eigenlayer(withdrawal_days: f64, deallocation_days: f64, allocation_days: f64) -> ExposureRule {
    ExposureRule::EigenLayer {
        withdrawal_secs: withdrawal_days * DAY_SECS,
        deallocation_secs: deallocation_days * DAY_SECS,
        allocation_secs: allocation_days * DAY_SECS,
    }
}

fn symbiotic(epoch_days: f64, report_days: f64, veto_days: f64) -> ExposureRule {
    ExposureRule::Symbiotic {
        epoch_secs: epoch_days * DAY_SECS,
        report_secs: report_days * DAY_SECS,
        veto_secs: veto_days * DAY_SECS,
    }
}

fn karak(window_days: f64, veto_days: f64, cooldown_days: f64) -> ExposureRule {
    ExposureRule::Karak {
        window_secs: window_days * DAY_SECS,
        veto_secs: veto_days * DAY_SECS,
        cooldown_secs: cooldown_days * DAY_SECS,
    }
}

/// Half of the stake is queued on day `asked`, half of all is slashed on day `slashed`; what is paid at the end, and
/// on which day it first is.
fn paid_after(rule: ExposureRule, asked: f64, slashed: f64) -> (f64, f64) {
    let mut token = token(rule, &[(1.0, "one", &[0.5])]);
    token.advance(asked * DAY_SECS);
    token.queue_withdrawal(0, &[0.5]);
    let mut done = false;
    // Six-hour steps.
    for step in 1..240 {
        let day = f64::from(step) / 4.0;
        if day <= asked {
            continue;
        }
        token.advance(day * DAY_SECS);
        if day >= slashed && !done {
            token.slash(0, 0, &[1.0]);
            done = true;
        }
        let paid = token.complete_withdrawals(&[1.0])[0];
        if paid > 0.0 {
            return (paid, day - asked);
        }
    }
    panic!("never paid")
}

#[test]
fn eigenlayer_the_escrow_decides_what_a_withdrawal_bears_and_when_it_is_paid() {
    // The last second counts; payment in the step after.
    assert_eq!(paid_after(eigenlayer(14.0, 14.0, 0.0), 0.0, 14.0), (0.25, 14.25));
    assert_eq!(paid_after(eigenlayer(14.0, 14.0, 0.0), 0.0, 14.25), (0.5, 14.25));
    assert_eq!(paid_after(eigenlayer(7.0, 14.0, 0.0), 0.0, 14.0), (0.5, 7.25));
}

#[test]
fn eigenlayer_a_deallocation_is_slashable_for_its_delay_and_an_allocation_not_before_its_own() {
    // From 0.5 to 0.1, slashed in full after ten days: what is left of 1.
    let lowered = |deallocation_days: f64| {
        let mut token = token(eigenlayer(14.0, deallocation_days, 0.0), &[(1.0, "one", &[0.5])]);
        token.allocate(0, 0, 0.1);
        token.advance(10.0 * DAY_SECS);
        token.slash(0, 0, &[1.0]);
        token.factor()[0]
    };
    equal(lowered(14.0), 0.5);
    equal(lowered(10.0), 0.5);
    equal(lowered(9.0), 0.9);
    let raised = |allocation_days: f64| {
        let mut token = token(eigenlayer(14.0, 14.0, allocation_days), &[(1.0, "one", &[0.1])]);
        token.allocate(0, 0, 0.5);
        token.advance(10.0 * DAY_SECS);
        token.slash(0, 0, &[1.0]);
        token.factor()[0]
    };
    equal(raised(11.0), 0.9);
    equal(raised(10.0), 0.5);
    let left = |deallocation_days: f64| {
        let mut token = token(eigenlayer(14.0, deallocation_days, 0.0), &[(1.0, "one", &[0.5])]);
        token.leave(0, 0);
        token.advance(10.0 * DAY_SECS);
        let slashable = token.slashable_share(0)[0];
        token.slash(0, 0, &[1.0]);
        (slashable, token.factor()[0])
    };
    assert_eq!(left(10.0), (0.5, 0.5));
    assert_eq!(left(9.0), (0.0, 1.0));
}

#[test]
fn eigenlayer_stake_is_unique_so_losses_of_services_add_up_and_no_more_is_allocated_than_there_is() {
    let mut token = token(ExposureRule::EIGENLAYER, &[(1.0, "one", &[0.5, 0.3])]);
    token.slash_service(0, &[0.1]);
    equal(token.magnitude(0)[0], 0.95);
    token.slash_service(1, &[0.5]);
    equal(token.factor()[0], 0.8);
    // 0.8 left, 0.45 with the first: more than 0.35 for the second is refused.
    token.allocate(0, 1, 0.36);
    equal(token.allocation(0, 1)[0], 0.15);
    token.allocate(0, 1, 0.35);
    equal(token.allocation(0, 1)[0], 0.35);
}

#[test]
fn symbiotic_a_withdrawal_bears_slashes_of_its_bucket_and_is_paid_in_the_second_epoch_after() {
    // Asked for on day 1, bucket of days 7 to 14, paid on day 14. Half the vault of 1 is 0.5 of 1, bucket included.
    let late_paid = |rule, slashed| {
        let (paid, days) = paid_after(rule, 1.0, slashed);
        assert_eq!(days, 13.0);
        paid
    };
    // Asked on day 6, taken on day 7.
    equal(late_paid(symbiotic(7.0, 1.0, 1.0), 6.0), 0.25);
    // Captured before the bucket's epoch began: reached. After: not.
    equal(late_paid(symbiotic(7.0, 1.0, 1.0), 8.0), 0.25);
    equal(late_paid(symbiotic(7.0, 1.0, 1.0), 8.25), 0.5);
    equal(late_paid(symbiotic(7.0, 2.0, 1.0), 8.25), 0.25);
    // With a longer veto the slash of day 8 is executed on day 11, by an offence of day 7: still of the bucket.
    equal(late_paid(symbiotic(7.0, 1.0, 3.0), 8.0), 0.25);
    equal(late_paid(symbiotic(7.0, 0.5, 3.0), 8.0), 0.5);
    // Half an epoch: the bucket of days 3.5 to 7, paid on day 7.
    assert_eq!(paid_after(symbiotic(3.5, 1.0, 1.0), 1.0, 6.0), (0.5, 6.0));
}

#[test]
fn symbiotic_services_share_the_stake_and_take_what_is_left_within_an_epoch() {
    let rule = symbiotic(7.0, 1.0, 1.0);
    let mut token = token(rule, &[(1.0, "one", &[0.7, 0.7])]);
    equal(token.slashable_share(0)[0], 0.7);
    token.slash_service(0, &[1.0]);
    token.slash_service(1, &[1.0]);
    // Nothing before the veto is over; then 0.7, and of the second's 0.7 the 0.3 that are left.
    assert_eq!(token.factor()[0], 1.0);
    token.advance(DAY_SECS);
    equal(token.factor()[0], 0.0);

    // One service alone: its limit is spent, until an epoch has passed.
    let after = |rule: ExposureRule, days: f64| {
        let mut token = Restake::<1>::new(&spec(rule, &[(1.0, "one", &[0.4])]));
        token.slash(0, 0, &[1.0]);
        token.advance(days * DAY_SECS);
        token.slash(0, 0, &[1.0]);
        token.advance((days + 1.0) * DAY_SECS);
        token.factor()[0]
    };
    equal(after(rule, 7.0), 0.6);
    equal(after(rule, 8.5), 0.2);
    equal(after(symbiotic(3.0, 1.0, 1.0), 7.0), 0.2);
}

#[test]
fn karak_a_redemption_bears_every_slash_until_it_is_paid() {
    // 9 days of delay; a slash of half the assets, asked for on day 7 and taken on day 9.
    let (paid, days) = paid_after(ExposureRule::KARAK, 0.0, 7.0);
    assert_eq!((paid, days), (0.25, 9.0));
    // Asked for later than the window it comes too late for a redemption that is paid at once.
    assert_eq!(paid_after(ExposureRule::KARAK, 0.0, 7.25), (0.5, 9.0));
    assert_eq!(paid_after(karak(8.0, 2.0, 2.0), 0.0, 7.25), (0.25, 10.0));
    assert_eq!(paid_after(karak(7.0, 1.0, 2.0), 0.0, 7.25), (0.5, 8.0));
    // Who does not ask for payment stays exposed.
    let mut token = token(ExposureRule::KARAK, &[(1.0, "one", &[0.5])]);
    token.queue_withdrawal(0, &[0.5]);
    token.advance(30.0 * DAY_SECS);
    token.slash(0, 0, &[1.0]);
    token.advance(32.0 * DAY_SECS);
    equal(token.queued()[0], 0.25);
    equal(token.complete_withdrawals(&[1.0])[0], 0.25);
    equal(token.queued()[0], 0.0);
}

#[test]
fn karak_a_service_slashes_once_per_cooldown_and_all_earmark_the_same_assets() {
    let slashed_twice = |rule: ExposureRule| {
        let mut token = token(rule, &[(1.0, "one", &[0.5])]);
        token.slash(0, 0, &[1.0]);
        token.advance(DAY_SECS);
        token.slash(0, 0, &[1.0]);
        token.advance(5.0 * DAY_SECS);
        token.factor()[0]
    };
    equal(slashed_twice(karak(7.0, 2.0, 2.0)), 0.5);
    // Both were asked for before the first was taken: both halves of the same whole.
    equal(slashed_twice(karak(7.0, 2.0, 1.0)), 0.0);
    // Taken before the second is asked for: half of a half is left.
    equal(slashed_twice(karak(7.0, 1.0, 1.0)), 0.25);
    // Leaving takes window and veto.
    let left = |rule: ExposureRule| {
        let mut token = token(rule, &[(1.0, "one", &[0.5])]);
        token.leave(0, 0);
        token.advance(9.0 * DAY_SECS);
        token.slash(0, 0, &[1.0]);
        token.advance(20.0 * DAY_SECS);
        token.factor()[0]
    };
    equal(left(ExposureRule::KARAK), 0.5);
    equal(left(karak(6.0, 2.0, 2.0)), 1.0);
}

#[test]
fn beacon_losses_show_at_the_checkpoint_and_reach_what_is_not_paid() {
    let mut token = token(ExposureRule::EIGENLAYER, &[(0.6, "one", &[0.5]), (0.4, "two", &[0.5])]);
    token.queue_withdrawal(0, &[0.5]);
    token.advance(20.0 * DAY_SECS);
    token.lose_on_beacon_chain(&[0], &[0.5]);
    assert_eq!(token.factor()[0], 1.0);
    // 0.7 of stake, 0.3 of it at the first operator.
    equal(token.true_factor()[0], (0.3 * 0.5 + 0.4) / 0.7);
    token.checkpoint(0);
    equal(token.factor()[0], (0.3 * 0.5 + 0.4) / 0.7);
    equal(token.beacon_factor(0)[0], 0.5);
    // The escrow is long over, the payment is not.
    equal(token.complete_withdrawals(&[1.0])[0], 0.15);
}

#[test]
fn when_all_stake_is_withdrawn_the_last_rate_stays_and_escrow_bears_the_slash() {
    let rows: &[(f64, &str, &[f64])] = &[(0.7, "one", &[0.5]), (0.3, "two", &[0.5])];
    let mut token = token(ExposureRule::EIGENLAYER, rows);
    token.slash(0, 0, &[0.3]);
    let rate = token.factor()[0];
    let queued = token.queue_withdrawal(0, &[1.0])[0] + token.queue_withdrawal(1, &[1.0])[0];
    equal(queued, rate);
    token.slash_service(0, &[1.0]);
    assert_eq!((token.factor()[0], token.true_factor()[0]), (rate, rate));
    // 0.85 less the 0.35 still allocated, and 1 less 0.5.
    equal(token.queued()[0], 0.5);
    // A deposit starts anew at that rate, and does not bear what was slashed.
    token.deposit(0, &[0.1]);
    assert_eq!(token.factor()[0], rate);
    equal(token.stake(0)[0], 0.1);
}

/// Eight operators, three clients, two clouds, three services.
fn eight(rule: ExposureRule) -> RestakeSpec {
    spec(
        rule,
        &[
            (0.30, "one", &[0.30, 0.20, 0.10]),
            (0.20, "one", &[0.10, 0.40]),
            (0.15, "two", &[0.25, 0.25]),
            (0.10, "two", &[0.00, 0.00, 0.90]),
            (0.10, "one", &[0.60, 0.40]),
            (0.05, "three", &[0.20]),
            (0.05, "two", &[0.10, 0.10, 0.10]),
            (0.03, "three", &[0.50, 0.10]),
        ],
    )
}

#[test]
fn the_largest_losses_are_those_that_the_lanes_lose() {
    let beacon_loss = 0.04;
    for rule in [ExposureRule::EIGENLAYER, SYMBIOTIC, ExposureRule::KARAK] {
        let spec = eight(rule);
        for culprit in Culprit::all(&spec) {
            let mut token = Restake::<1>::new(&spec);
            let mut fail = |operators: &[usize]| {
                token.slash_group(operators, &[1.0]);
                token.lose_on_beacon_chain(operators, &[beacon_loss]);
                operators.iter().for_each(|&operator| token.checkpoint(operator));
            };
            match &culprit {
                Culprit::Service(service) => token.slash_service(*service, &[1.0]),
                Culprit::Operator(operator) => fail(&[*operator]),
                Culprit::Client(client) => fail(&spec.operators_of_client(client)),
                Culprit::Cloud(cloud) => fail(&spec.operators_of_cloud(cloud)),
            }
            token.advance(2.0 * DAY_SECS);
            // The stake adds up to 0.98; the rest is idle and lost to nobody.
            equal(1.0 - token.factor()[0], loss_to(&spec, &culprit, beacon_loss));
        }
    }
}

#[test]
fn concentration_of_operators_and_services_and_the_worst_of_each_kind() {
    let spec = eight(ExposureRule::EIGENLAYER);
    equal(spec.idle_share(), 0.02);
    let operators = Concentration::of_operators(&spec);
    equal(operators.top_share(2), 0.5 / 0.98);
    // 0.09 + 0.04 + 0.0225 + 2 * 0.01 + 2 * 0.0025 + 0.0009.
    equal(operators.hhi(), 0.1784 / (0.98 * 0.98));
    equal(operators.effective_number(), 0.98 * 0.98 / 0.1784);
    // By service: 0.2375, 0.2255, 0.125.
    equal(Concentration::of_services(&spec).top_share(1), 0.2375 / 0.588);
    let worst = |wanted: fn(&Culprit) -> bool| largest_loss(&spec, 0.0, wanted);
    let service = worst(|culprit| matches!(culprit, Culprit::Service(_)));
    assert_eq!(service.map(|(culprit, _)| culprit), Some(Culprit::Service(0)));
    // 0.3 * 0.6 against 0.1 * 1.
    let operator = worst(|culprit| matches!(culprit, Culprit::Operator(_)));
    assert_eq!(operator.map(|(culprit, _)| culprit), Some(Culprit::Operator(0)));
    let (client, loss) = worst(|culprit| matches!(culprit, Culprit::Client(_))).expect("a client");
    assert_eq!(client, Culprit::Client("one".to_owned()));
    equal(loss, 0.3 * 0.6 + 0.2 * 0.5 + 0.1);
    assert_eq!(largest_loss(&spec, 0.0, |_| false), None);
}
