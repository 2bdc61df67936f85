//! Laws of every rule over random histories.

mod common;

use common::{SYMBIOTIC, spec};
use pegstress_restake::{DAY_SECS, ExposureRule, Restake, RestakeSpec};
use proptest::prelude::*;

const W: usize = 8;
const OPERATORS: usize = 3;
const SERVICES: usize = 2;
/// Every value is a sum of a few products of numbers up to 1 or so, and a history has up to 60 steps.
const ROUNDING: f64 = 1e-12;

#[derive(Clone, Copy, Debug)]
enum Step {
    Slash { operator: usize, service: usize, fraction: [f64; W] },
    SlashService { service: usize, fraction: [f64; W] },
    LoseOnBeaconChain { operator: usize, fraction: [f64; W] },
    Checkpoint { operator: usize },
    Allocate { operator: usize, service: usize, share: f64 },
    Leave { operator: usize, service: usize },
    Deposit { operator: usize, amount: f64 },
    Queue { operator: usize, fraction: [f64; W] },
    Complete { fraction: [f64; W] },
    Advance { hours: f64 },
}

/// Every second lane or so is not hit.
fn fractions() -> impl Strategy<Value = [f64; W]> {
    prop::array::uniform8(prop_oneof![Just(0.0), 0.0..=0.7])
}

fn steps() -> impl Strategy<Value = Step> {
    let (operator, service) = (0..OPERATORS, 0..SERVICES);
    prop_oneof![
        3 => (operator.clone(), service.clone(), fractions())
            .prop_map(|(operator, service, fraction)| Step::Slash { operator, service, fraction }),
        2 => (service.clone(), fractions())
            .prop_map(|(service, fraction)| Step::SlashService { service, fraction }),
        2 => (operator.clone(), fractions())
            .prop_map(|(operator, fraction)| Step::LoseOnBeaconChain { operator, fraction }),
        2 => operator.clone().prop_map(|operator| Step::Checkpoint { operator }),
        2 => (operator.clone(), service.clone(), 0.0..1.0)
            .prop_map(|(operator, service, share)| Step::Allocate { operator, service, share }),
        1 => (operator.clone(), service).prop_map(|(operator, service)| Step::Leave { operator, service }),
        1 => (operator.clone(), 0.0..0.3).prop_map(|(operator, amount)| Step::Deposit { operator, amount }),
        3 => (operator, fractions()).prop_map(|(operator, fraction)| Step::Queue { operator, fraction }),
        2 => fractions().prop_map(|fraction| Step::Complete { fraction }),
        4 => prop::sample::select(&[1.0, 24.0, 168.0, 200.0][..]).prop_map(|hours| Step::Advance { hours }),
    ]
}

fn rules() -> impl Strategy<Value = ExposureRule> {
    prop::sample::select(&[ExposureRule::EIGENLAYER, SYMBIOTIC, ExposureRule::KARAK][..])
}

fn token(rule: ExposureRule) -> RestakeSpec {
    spec(rule, &[(0.5, "one", &[0.4, 0.5]), (0.3, "one", &[0.3, 0.1]), (0.15, "two", &[0.2, 0.6])])
}

/// The lanes of a step from `first` on.
fn lanes<const N: usize>(all: &[f64; W], first: usize) -> [f64; N] {
    std::array::from_fn(|i| all[first + i])
}

/// Does a step; what it paid or queued. A slash or a loss that hits no lane is left out.
fn apply<const N: usize>(token: &mut Restake<N>, now: &mut f64, step: &Step, first: usize) -> [f64; N] {
    let hit = |fraction: &[f64; W]| {
        let mine = lanes::<N>(fraction, first);
        mine.iter().any(|&fraction| fraction > 0.0).then_some(mine)
    };
    match step {
        Step::Slash { operator, service, fraction } => {
            hit(fraction).inspect(|mine| token.slash(*operator, *service, mine));
        }
        Step::SlashService { service, fraction } => {
            hit(fraction).inspect(|mine| token.slash_service(*service, mine));
        }
        Step::LoseOnBeaconChain { operator, fraction } => {
            hit(fraction).inspect(|mine| token.lose_on_beacon_chain(&[*operator], mine));
        }
        Step::Checkpoint { operator } => token.checkpoint(*operator),
        Step::Allocate { operator, service, share } => token.allocate(*operator, *service, *share),
        Step::Leave { operator, service } => token.leave(*operator, *service),
        Step::Deposit { operator, amount } => token.deposit(*operator, &[*amount; N]),
        Step::Queue { operator, fraction } => {
            return token.queue_withdrawal(*operator, &lanes(fraction, first));
        }
        Step::Complete { fraction } => return token.complete_withdrawals(&lanes(fraction, first)),
        Step::Advance { hours } => {
            *now += hours * DAY_SECS / 24.0;
            token.advance(*now);
        }
    }
    [0.0; N]
}

fn bits<const N: usize>(token: &Restake<N>, out: &[f64; N], i: usize) -> Vec<u64> {
    let mut values = vec![out[i], token.factor()[i], token.true_factor()[i], token.queued()[i]];
    for operator in 0..OPERATORS {
        values.extend([
            token.magnitude(operator)[i],
            token.stake(operator)[i],
            token.beacon_factor(operator)[i],
        ]);
        values.extend((0..SERVICES).map(|service| token.allocation(operator, service)[i]));
    }
    values.extend((0..SERVICES).map(|service| token.slashable_share(service)[i]));
    values.into_iter().map(f64::to_bits).collect()
}

/// Stake and escrow; idle stake never changes.
fn whole(token: &Restake<W>, i: usize) -> f64 {
    token.queued()[i] + (0..OPERATORS).map(|operator| token.stake(operator)[i]).sum::<f64>()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_lane_is_the_same_alone_and_among_others(
        rule in rules(), history in prop::collection::vec(steps(), 1..60)
    ) {
        let spec = token(rule);
        let mut together = Restake::<W>::new(&spec);
        let mut pairs: Vec<Restake<2>> = vec![Restake::new(&spec); W / 2];
        let mut alone: Vec<Restake<1>> = vec![Restake::new(&spec); W];
        let mut now = 0.0;
        for step in &history {
            let before = now;
            let out = apply(&mut together, &mut now, step, 0);
            for first in 0..W {
                let single = apply(&mut alone[first], &mut before.clone(), step, first);
                prop_assert_eq!(bits(&alone[first], &single, 0), bits(&together, &out, first));
            }
            for (k, pair) in pairs.iter_mut().enumerate() {
                let both = apply(pair, &mut before.clone(), step, 2 * k);
                for i in 0..2 {
                    prop_assert_eq!(bits(pair, &both, i), bits(&together, &out, 2 * k + i));
                }
            }
        }
    }

    #[test]
    fn nothing_is_won_by_a_slash_and_nothing_lost_without_one(
        rule in rules(), history in prop::collection::vec(steps(), 1..60)
    ) {
        let mut token = Restake::<W>::new(&token(rule));
        let mut now = 0.0;
        // What was worth how much when it was asked back, less what was paid.
        let mut owed = [0.0; W];
        for step in &history {
            let before = token.clone();
            let out = apply(&mut token, &mut now, step, 0);
            for i in 0..W {
                for operator in 0..OPERATORS {
                    prop_assert!(token.magnitude(operator)[i] <= before.magnitude(operator)[i]);
                    prop_assert!(token.beacon_factor(operator)[i] <= before.beacon_factor(operator)[i]);
                    let allocated: f64 =
                        (0..SERVICES).map(|service| token.allocation(operator, service)[i]).sum();
                    if rule.stake_is_unique() {
                        prop_assert!(allocated <= token.magnitude(operator)[i] + ROUNDING);
                    }
                }
                prop_assert!(token.factor()[i] <= before.factor()[i] * (1.0 + ROUNDING));
                prop_assert!(token.true_factor()[i] <= token.factor()[i] * (1.0 + ROUNDING));
                let (was, is) = (whole(&before, i), whole(&token, i));
                let expected = match step {
                    Step::Deposit { amount, .. } => was + amount,
                    Step::Complete { .. } => was - out[i],
                    _ => was,
                };
                match step {
                    Step::Queue { .. } => owed[i] += out[i],
                    Step::Complete { .. } => owed[i] -= out[i],
                    _ => {}
                }
                let slashes = match step {
                    Step::Slash { fraction, .. } | Step::SlashService { fraction, .. } => fraction[i] > 0.0,
                    // Requests and losses of earlier fall due.
                    Step::Advance { .. } | Step::Checkpoint { .. } => true,
                    _ => false,
                };
                prop_assert!(is <= expected + ROUNDING, "{step:?} from {was} to {is}");
                // A deposit with an operator that lost everything is refused.
                let refused = matches!(step, Step::Deposit { .. }) && is == was;
                prop_assert!(slashes || refused || (is - expected).abs() <= ROUNDING, "{step:?}: {was}, {is}");
                // What waits never pays more than it was worth.
                prop_assert!(token.queued()[i] <= owed[i] + ROUNDING);
            }
        }
    }

    #[test]
    fn a_slash_of_a_service_costs_its_fraction_of_the_slashable_share(
        history in prop::collection::vec(steps(), 1..40), service in 0..SERVICES, fraction in 0.0..=1.0
    ) {
        let spec = token(ExposureRule::EIGENLAYER);
        let mut token = Restake::<W>::new(&spec);
        let mut now = 0.0;
        for step in &history {
            apply(&mut token, &mut now, step, 0);
        }
        let before = token.clone();
        token.slash_service(service, &[fraction; W]);
        for i in 0..W {
            let lost = fraction * before.slashable_share(service)[i];
            let expected = before.factor()[i] * (1.0 - lost);
            prop_assert!((token.factor()[i] - expected).abs() <= ROUNDING);
            let left = before.slashable_share(service)[i] * (1.0 - fraction) / (1.0 - lost);
            // Where next to nothing is left, its parts are roundings.
            prop_assert!(lost > 0.999 || (token.slashable_share(service)[i] - left).abs() <= 1e3 * ROUNDING);
        }
    }

    #[test]
    fn with_one_service_a_vault_loses_what_eigenlayer_loses(fraction in 0.0..=1.0_f64, share in 0.0..=1.0_f64) {
        let lost = |rule: ExposureRule| {
            let mut token = Restake::<1>::new(&spec(rule, &[(0.6, "one", &[share])]));
            token.slash_service(0, &[fraction]);
            token.advance(2.0 * DAY_SECS);
            1.0 - token.factor()[0]
        };
        for rule in [ExposureRule::EIGENLAYER, SYMBIOTIC, ExposureRule::KARAK] {
            prop_assert!((lost(rule) - 0.6 * share * fraction).abs() <= ROUNDING);
        }
    }
}
