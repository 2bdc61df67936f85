//! EigenLayer on lanes against the contracts' integers, step by step over random histories of three operators and two
//! services. Lanes are slashed differently; everything else happens to all of them.

use pegstress_exact::U256;
use pegstress_exact::restaking::eigenlayer::{Core, Receipt, Redistribution, Strategy as Restaked};
use pegstress_restake::{AllocationSpec, ExposureRule, OperatorSpec, Restake, RestakeSpec, ServiceSpec};
use proptest::prelude::*;

const W: usize = 4;
const START: u32 = 20_000_000;
const BLOCK_SECS: f64 = 12.0;
const OPERATORS: usize = 3;
const SERVICES: usize = 2;
const WEI_PER_MILLE: u64 = 1_000_000_000_000_000;
/// The whole stake is 1000 ETH.
const GWEI_PER_PER_MILLE: u64 = 1_000_000_000;
const STAKE_WEI: f64 = 1e21;
const STAKES: [u64; OPERATORS] = [500, 300, 200];
const ALLOCATIONS: [[u64; SERVICES]; OPERATORS] = [[400, 500], [300, 100], [200, 600]];

#[derive(Clone, Copy, Debug)]
enum Step {
    Slash { operator: usize, service: usize, per_mille: [u64; W] },
    SlashService { service: usize, per_mille: [u64; W] },
    SlashGroup { operators: [usize; 2], per_mille: [u64; W] },
    LoseOnBeaconChain { operator: usize, per_mille: [u64; W] },
    Allocate { operator: usize, service: usize, per_mille: u64 },
    Leave { operator: usize, service: usize },
    Deposit { operator: usize, per_mille: u64 },
    Queue { operator: usize, per_mille: u64 },
    Complete,
    Roll { blocks: u32 },
}

fn steps() -> impl Strategy<Value = Step> {
    let (operator, service) = (0..OPERATORS, 0..SERVICES);
    let slashed = || prop::array::uniform4(0..=600_u64);
    prop_oneof![
        3 => (operator.clone(), service.clone(), slashed())
            .prop_map(|(operator, service, per_mille)| Step::Slash { operator, service, per_mille }),
        1 => (service.clone(), slashed())
            .prop_map(|(service, per_mille)| Step::SlashService { service, per_mille }),
        1 => (operator.clone(), slashed()).prop_map(|(first, per_mille)| {
            Step::SlashGroup { operators: [first, (first + 1) % OPERATORS], per_mille }
        }),
        2 => (operator.clone(), slashed())
            .prop_map(|(operator, per_mille)| Step::LoseOnBeaconChain { operator, per_mille }),
        3 => (operator.clone(), service.clone(), 0..=1000_u64)
            .prop_map(|(operator, service, per_mille)| Step::Allocate { operator, service, per_mille }),
        1 => (operator.clone(), service).prop_map(|(operator, service)| Step::Leave { operator, service }),
        2 => (operator.clone(), 1..=300_u64)
            .prop_map(|(operator, per_mille)| Step::Deposit { operator, per_mille }),
        3 => (operator, 1..=500_u64).prop_map(|(operator, per_mille)| Step::Queue { operator, per_mille }),
        2 => Just(Step::Complete),
        3 => prop::sample::select(&[1, 1000, 50_000, 100_799, 100_800, 100_801][..])
            .prop_map(|blocks| Step::Roll { blocks }),
    ]
}

fn spec() -> RestakeSpec {
    let allocations = |shares: [u64; SERVICES]| {
        let of = |(service, share)| AllocationSpec { service, share: share as f64 / 1000.0 };
        shares.into_iter().enumerate().map(of).collect()
    };
    let operator = |place: usize| OperatorSpec {
        name: format!("operator {place}"),
        stake_share: STAKES[place] as f64 / 1000.0,
        client: "one".to_owned(),
        cloud: "one".to_owned(),
        allocations: allocations(ALLOCATIONS[place]),
    };
    RestakeSpec {
        rule: ExposureRule::EIGENLAYER,
        operators: (0..OPERATORS).map(operator).collect(),
        services: (0..SERVICES).map(|place| ServiceSpec { name: format!("service {place}") }).collect(),
    }
}

fn gwei(per_mille: u64) -> U256 {
    U256::from(per_mille * GWEI_PER_PER_MILLE) * U256::from(1_000_000_000_u64)
}

fn fractions(per_mille: [u64; W]) -> [f64; W] {
    per_mille.map(|parts| parts as f64 / 1000.0)
}

fn stake_of(shares: U256) -> f64 {
    shares.to_string().parse::<f64>().expect("a number") / STAKE_WEI
}

/// One lane in integers: the token is a staker of its own at each operator, with a pod of its own.
struct Reference {
    core: Core,
    supply: f64,
    waiting: Vec<(u32, usize)>,
}

impl Reference {
    fn new() -> Self {
        let mut core = Core::new(Restaked::NativeEth, START);
        for service in 0..SERVICES as u32 {
            core.create_set(service, Redistribution::Burn).expect("a set");
        }
        for operator in 0..OPERATORS {
            let number = operator as u32;
            core.register_operator(number, 0).expect("an operator");
            for (service, share) in (0..).zip(ALLOCATIONS[operator]) {
                core.register_for_set(number, service).expect("a member");
                core.modify_allocation(number, service, share * WEI_PER_MILLE).expect("magnitude");
            }
            core.deposit(number, gwei(STAKES[operator])).expect("a deposit");
            core.delegate(number, number).expect("a delegation");
        }
        Self { core, supply: 1.0, waiting: Vec::new() }
    }

    fn stake(&self, operator: usize) -> f64 {
        stake_of(self.core.withdrawable(operator as u32).expect("shares"))
    }

    fn factor(&self) -> f64 {
        (0..OPERATORS).map(|operator| self.stake(operator)).sum::<f64>() / self.supply
    }

    /// Refusals (nobody to slash, nothing to change) change nothing, here as in the contracts.
    fn slash(&mut self, operator: usize, service: usize, per_mille: u64) {
        let wads = U256::from(per_mille * WEI_PER_MILLE);
        let _ = self.core.slash(operator as u32, service as u32, wads);
    }

    /// Returns the value queued or paid, if the step has one.
    fn apply(&mut self, step: Step, lane: usize) -> Option<f64> {
        match step {
            Step::Slash { operator, service, per_mille } => self.slash(operator, service, per_mille[lane]),
            Step::SlashService { service, per_mille } => {
                (0..OPERATORS).for_each(|operator| self.slash(operator, service, per_mille[lane]));
            }
            Step::SlashGroup { operators, per_mille } => {
                for operator in operators {
                    (0..SERVICES).for_each(|service| self.slash(operator, service, per_mille[lane]));
                }
            }
            Step::LoseOnBeaconChain { operator, per_mille } => {
                let lost = gwei(per_mille[lane]);
                self.core.decrease_beacon_balance(operator as u32, gwei(1000), lost).expect("a loss");
            }
            Step::Allocate { operator, service, per_mille } => {
                let magnitude = per_mille * WEI_PER_MILLE;
                let _ = self.core.modify_allocation(operator as u32, service as u32, magnitude);
            }
            Step::Leave { operator, service } => {
                let _ = self.core.deregister_from_set(operator as u32, service as u32);
            }
            Step::Deposit { operator, per_mille } => {
                let factor = self.factor();
                self.core.deposit(operator as u32, gwei(per_mille)).expect("a deposit");
                self.supply += per_mille as f64 / 1000.0 / factor;
            }
            Step::Queue { operator, per_mille } => {
                let (staker, factor) = (operator as u32, self.factor());
                let shares = self.core.staker(staker).deposit_shares;
                let part = shares * U256::from(per_mille) / U256::from(1000);
                let queued = self.core.queue_withdrawal(staker, part).expect("a withdrawal");
                self.waiting.push((staker, queued.id));
                let value = stake_of(queued.withdrawable);
                self.supply -= value / factor;
                return Some(value);
            }
            Step::Complete => {
                let mut paid = 0.0;
                let core = &mut self.core;
                self.waiting.retain(|&(staker, id)| {
                    let payout = core.complete_withdrawal(staker, id, Receipt::Tokens);
                    payout.map(|shares| paid += stake_of(shares)).is_err()
                });
                return Some(paid);
            }
            Step::Roll { blocks } => self.core.roll_blocks(blocks).expect("blocks"),
        }
        None
    }
}

fn apply(lanes: &mut Restake<W>, now_secs: &mut f64, step: Step) -> Option<[f64; W]> {
    match step {
        Step::Slash { operator, service, per_mille } => lanes.slash(operator, service, &fractions(per_mille)),
        Step::SlashService { service, per_mille } => lanes.slash_service(service, &fractions(per_mille)),
        Step::SlashGroup { operators, per_mille } => lanes.slash_group(&operators, &fractions(per_mille)),
        Step::LoseOnBeaconChain { operator, per_mille } => {
            lanes.lose_on_beacon_chain(&[operator], &fractions(per_mille));
            lanes.checkpoint(operator);
        }
        Step::Allocate { operator, service, per_mille } => {
            lanes.allocate(operator, service, per_mille as f64 / 1000.0);
        }
        Step::Leave { operator, service } => lanes.leave(operator, service),
        Step::Deposit { operator, per_mille } => lanes.deposit(operator, &[per_mille as f64 / 1000.0; W]),
        Step::Queue { operator, per_mille } => {
            return Some(lanes.queue_withdrawal(operator, &[per_mille as f64 / 1000.0; W]));
        }
        Step::Complete => return Some(lanes.complete_withdrawals(&[1.0; W])),
        Step::Roll { blocks } => {
            *now_secs += f64::from(blocks) * BLOCK_SECS;
            lanes.advance(*now_secs);
        }
    }
    None
}

/// 1e-9 of itself; where less than 1e-5 of the whole is left, the same of 1e-5 (the bound of the crate's docs).
fn near(got: f64, exact: f64, what: impl Fn() -> String) {
    let bound = 1e-9 * exact.abs().max(1e-5);
    assert!((got - exact).abs() <= bound, "{}: {got} on lanes, {exact} in integers", what());
}

fn run(history: &[Step]) {
    let mut lanes = Restake::<W>::new(&spec());
    let mut references: Vec<Reference> = (0..W).map(|_| Reference::new()).collect();
    let mut now_secs = 0.0;
    for &step in history {
        let values = apply(&mut lanes, &mut now_secs, step);
        for (lane, reference) in references.iter_mut().enumerate() {
            let value = reference.apply(step, lane);
            if let Some((got, exact)) = values.zip(value) {
                near(got[lane], exact, || format!("{step:?}"));
            }
            near(lanes.factor()[lane], reference.factor(), || format!("factor after {step:?}"));
            for operator in 0..OPERATORS {
                let of = |what: &str| format!("{what} of operator {operator} after {step:?}");
                let exact = reference.core.operator(operator as u32).expect("an operator");
                let magnitude = exact.max_magnitude() as f64 / 1e18;
                near(lanes.magnitude(operator)[lane], magnitude, || of("magnitude"));
                near(lanes.stake(operator)[lane], reference.stake(operator), || of("stake"));
                let beacon = reference.core.staker(operator as u32).beacon_factor as f64 / 1e18;
                near(lanes.beacon_factor(operator)[lane], beacon, || of("beacon factor"));
                for service in 0..SERVICES {
                    let exact = exact.allocation(service as u32).current_magnitude as f64 / 1e18;
                    near(lanes.allocation(operator, service)[lane], exact, || of("allocation"));
                }
            }
            compare_slashable(&lanes, reference, lane);
        }
    }
}

fn compare_slashable(lanes: &Restake<W>, reference: &Reference, lane: usize) {
    let whole: f64 = (0..OPERATORS).map(|operator| reference.stake(operator)).sum();
    let block = reference.core.block();
    for service in 0..SERVICES {
        let of = |operator: usize| {
            let state = reference.core.operator(operator as u32).expect("an operator");
            state.minimum_slashable_shares(service as u32, block, block).map_or(f64::NAN, stake_of)
        };
        let exact = (0..OPERATORS).map(of).sum::<f64>() / whole;
        near(lanes.slashable_share(service)[lane], exact, || format!("slashable by service {service}"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_value_is_the_contracts_within_the_documented_bound(
        history in prop::collection::vec(steps(), 1..50)
    ) {
        run(&history);
    }
}
