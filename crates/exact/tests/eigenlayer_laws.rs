//! Laws of EigenLayer's core over random histories of three stakers, two operators and two sets.
//!
//! Shares are rounded to the unit and factors to 1e-18, so one staker or withdrawal with `z` scaled shares (`s k`)
//! is off by at most `1 + z 1e-18` units each time its value is computed from its factors, and by as much again where
//! a new scaling factor was rounded. `dust` adds both up over everybody, with a unit to spare.

use pegstress_exact::U256;
use pegstress_exact::restaking::eigenlayer::slashing_lib::{WAD, mul_wad};
use pegstress_exact::restaking::eigenlayer::{
    Core, Receipt, Redistribution, Strategy as Restaked, WITHDRAWAL_DELAY_BLOCKS,
};
use proptest::prelude::*;

const START: u32 = 20_000_000;
const STAKERS: u32 = 3;
const OPERATORS: u32 = 2;
const SETS: [u32; 2] = [1, 2];

#[derive(Clone, Copy, Debug)]
enum Step {
    Deposit { staker: u32, gwei: u64 },
    Delegate { staker: u32, operator: u32 },
    Undelegate { staker: u32 },
    Queue { staker: u32, per_mille: u64 },
    Complete { id: usize, as_tokens: bool },
    Allocate { operator: u32, set: u32, per_mille: u64 },
    Slash { operator: u32, set: u32, per_mille: u64 },
    Deregister { operator: u32, set: u32 },
    LosePod { staker: u32, per_mille: u64 },
    Roll { blocks: u32 },
}

fn steps() -> impl Strategy<Value = Step> {
    let (staker, operator) = (0..STAKERS, 0..OPERATORS);
    let set = prop::sample::select(&SETS[..]);
    prop_oneof![
        3 => (staker.clone(), 1..100_000_000_000_000_u64).prop_map(|(staker, gwei)| Step::Deposit { staker, gwei }),
        3 => (staker.clone(), operator.clone())
            .prop_map(|(staker, operator)| Step::Delegate { staker, operator }),
        1 => staker.clone().prop_map(|staker| Step::Undelegate { staker }),
        3 => (staker.clone(), 1..=1000_u64).prop_map(|(staker, per_mille)| Step::Queue { staker, per_mille }),
        3 => (0..8_usize, any::<bool>()).prop_map(|(id, as_tokens)| Step::Complete { id, as_tokens }),
        3 => (operator.clone(), set.clone(), 0..=1000_u64)
            .prop_map(|(operator, set, per_mille)| Step::Allocate { operator, set, per_mille }),
        3 => (operator.clone(), set.clone(), 1..=600_u64)
            .prop_map(|(operator, set, per_mille)| Step::Slash { operator, set, per_mille }),
        1 => (operator, set).prop_map(|(operator, set)| Step::Deregister { operator, set }),
        2 => (staker, 0..=500_u64).prop_map(|(staker, per_mille)| Step::LosePod { staker, per_mille }),
        3 => prop::sample::select(&[1, 1000, WITHDRAWAL_DELAY_BLOCKS, WITHDRAWAL_DELAY_BLOCKS + 1][..])
            .prop_map(|blocks| Step::Roll { blocks }),
    ]
}

fn start(restaked: Restaked) -> Core {
    let mut core = Core::new(restaked, START);
    for set in SETS {
        core.create_set(set, Redistribution::Burn).expect("a set");
    }
    for operator in 0..OPERATORS {
        core.register_operator(operator, 0).expect("an operator");
        for set in SETS {
            core.register_for_set(operator, set).expect("a member");
            core.modify_allocation(operator, set, 400_000_000_000_000_000).expect("magnitude");
        }
    }
    core
}

fn signed(shares: U256) -> i128 {
    i128::try_from(shares.to::<u128>()).expect("amounts far below 2^127")
}

fn per_mille_of(shares: U256, per_mille: u64) -> U256 {
    shares * U256::from(per_mille) / U256::from(1000)
}

/// What waiting withdrawals would pay now, by number.
fn queue_values(core: &Core) -> Vec<(usize, u32, i128)> {
    let value = |id: usize| {
        let withdrawal = core.withdrawal(id)?;
        let until = withdrawal.slashable_until().expect("a block");
        let operator = withdrawal.operator.and_then(|operator| core.operator(operator));
        let magnitude =
            operator.map_or(1_000_000_000_000_000_000, |operator| operator.max_magnitude_at(until));
        let factor = core.staker(withdrawal.staker).slashing_factor(magnitude).expect("a factor");
        Some((id, withdrawal.staker, signed(mul_wad(withdrawal.scaled_shares, factor).expect("shares"))))
    };
    (0..64).filter_map(value).collect()
}

fn held(core: &Core, staker: u32) -> i128 {
    signed(core.withdrawable(staker).expect("shares"))
}

/// Everything stakers could get if nothing else happened.
fn claims(core: &Core) -> i128 {
    let queued: i128 = queue_values(core).iter().map(|&(_, _, value)| value).sum();
    queued + (0..STAKERS).map(|staker| held(core, staker)).sum::<i128>()
}

fn delegated(core: &Core, operator: u32) -> i128 {
    let of = (0..STAKERS).filter(|&staker| core.staker(staker).operator == Some(operator));
    of.map(|staker| held(core, staker)).sum()
}

fn operator_shares(core: &Core, operator: u32) -> i128 {
    signed(core.operator(operator).expect("an operator").shares())
}

fn dust(core: &Core) -> i128 {
    let of = |scaled: U256| 3 + 2 * signed(scaled / WAD);
    let held = (0..STAKERS).map(|staker| {
        let staker = core.staker(staker);
        of(staker.scaling_factor.scale_for_queue_withdrawal(staker.deposit_shares).expect("shares"))
    });
    let queued = (0..64).filter_map(|id| core.withdrawal(id)).map(|withdrawal| of(withdrawal.scaled_shares));
    held.chain(queued).sum()
}

/// What a step takes from the claims, apart from rounding: least and most.
struct Expected {
    least: i128,
    most: i128,
}

fn exactly(amount: i128) -> Expected {
    Expected { least: amount, most: amount }
}

/// Does a step; `None` where it is refused.
fn apply(core: &mut Core, step: Step, requested: &mut Vec<i128>) -> Option<Expected> {
    match step {
        Step::Deposit { staker, gwei } => {
            let amount = U256::from(gwei) * U256::from(1_000_000_000_u64);
            core.deposit(staker, amount).ok()?;
            Some(exactly(-signed(amount)))
        }
        Step::Delegate { staker, operator } => core.delegate(staker, operator).ok().map(|()| exactly(0)),
        Step::Undelegate { staker } => {
            let queued = core.undelegate(staker).ok()?;
            requested.extend(queued.map(|queued| signed(queued.withdrawable)));
            Some(exactly(0))
        }
        Step::Queue { staker, per_mille } => {
            let shares = per_mille_of(core.staker(staker).deposit_shares, per_mille);
            let queued = core.queue_withdrawal(staker, shares).ok()?;
            requested.push(signed(queued.withdrawable));
            Some(exactly(0))
        }
        Step::Complete { id, as_tokens } => {
            let staker = core.withdrawal(id)?.staker;
            let receipt = if as_tokens { Receipt::Tokens } else { Receipt::Shares };
            let paid = signed(core.complete_withdrawal(staker, id, receipt).ok()?);
            assert!(paid <= requested[id], "a payout of {paid} above the {} of the request", requested[id]);
            Some(exactly(if as_tokens { paid } else { 0 }))
        }
        Step::Allocate { operator, set, per_mille } => {
            let magnitude = per_mille * 1_000_000_000_000_000;
            core.modify_allocation(operator, set, magnitude).ok().map(|()| exactly(0))
        }
        Step::Slash { operator, set, per_mille } => {
            // What the operator has above its stakers' shares was rounded off theirs, and is slashed too.
            let surplus = operator_shares(core, operator) - delegated(core, operator);
            let slashed = core.slash(operator, set, per_mille_of(WAD, per_mille)).ok()?;
            let (shares, queued) = (signed(slashed.operator_shares), signed(slashed.queued_shares));
            // The queue is booked without the pods' factors.
            Some(Expected { least: shares - surplus.max(0), most: shares + queued + (-surplus).max(0) })
        }
        Step::Deregister { operator, set } => {
            core.deregister_from_set(operator, set).ok().map(|()| exactly(0))
        }
        Step::LosePod { staker, per_mille } => {
            let mine = held(core, staker)
                + queue_values(core)
                    .iter()
                    .filter(|queued| queued.1 == staker)
                    .map(|queued| queued.2)
                    .sum::<i128>();
            let balance = U256::from(1000) * U256::from(1_000_000_000_u64);
            core.decrease_beacon_balance(staker, balance, per_mille_of(balance, per_mille)).ok()?;
            Some(exactly(mine * i128::from(per_mille) / 1000))
        }
        Step::Roll { blocks } => core.roll_blocks(blocks).ok().map(|()| exactly(0)),
    }
}

fn check_magnitudes(before: &Core, after: &Core) {
    for number in 0..OPERATORS {
        let operator = after.operator(number).expect("an operator");
        let allocated: i128 = SETS
            .iter()
            .map(|&set| {
                let allocation = operator.allocation(set);
                i128::from(allocation.current_magnitude) + allocation.pending_diff.max(0)
            })
            .sum();
        assert_eq!(allocated, i128::from(operator.encumbered_magnitude()));
        assert!(operator.encumbered_magnitude() <= operator.max_magnitude());
        let earlier = before.operator(number).expect("an operator").max_magnitude();
        assert!(operator.max_magnitude() <= earlier, "magnitude grew");
    }
}

fn run(restaked: Restaked, history: &[Step]) {
    let mut core = start(restaked);
    let mut requested = Vec::new();
    // How far each operator's shares may have drifted from its stakers'.
    let mut drift = 0;
    let (mut deposited, mut gone) = (0, 0);
    for &step in history {
        if restaked == Restaked::Token && matches!(step, Step::LosePod { .. }) {
            continue;
        }
        let before = core.clone();
        let Some(expected) = apply(&mut core, step, &mut requested) else {
            assert_eq!(format!("{before:?}"), format!("{core:?}"), "refused, yet changed");
            continue;
        };
        check_magnitudes(&before, &core);
        let slack = dust(&before).max(dust(&core));
        drift += slack;
        for operator in 0..OPERATORS {
            let (whole, parts) = (operator_shares(&core, operator), delegated(&core, operator));
            assert!(parts <= whole + drift, "{parts} withdrawable of {whole} shares, drift {drift}");
            assert!(whole <= parts + drift, "{whole} shares for {parts} withdrawable, drift {drift}");
        }
        let taken = claims(&before) - claims(&core);
        assert!(taken >= expected.least - slack, "{step:?} took {taken} of at least {}", expected.least);
        assert!(taken <= expected.most + slack, "{step:?} took {taken} of at most {}", expected.most);
        if let Step::Deposit { .. } = step {
            deposited -= expected.most;
        } else if restaked == Restaked::Token {
            gone += expected.most;
        }
    }
    if restaked == Restaked::Token {
        // Withdrawable, queued, burned and paid make up what was deposited.
        let rest = deposited - gone - claims(&core);
        assert!(rest.abs() <= 2 * drift, "{rest} of {deposited} are nowhere, drift {drift}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn tokens_are_conserved_and_magnitudes_bound_every_slash(
        history in prop::collection::vec(steps(), 1..60)
    ) {
        run(Restaked::Token, &history);
    }

    #[test]
    fn native_eth_is_conserved_but_for_the_beacon_chains_losses(
        history in prop::collection::vec(steps(), 1..60)
    ) {
        run(Restaked::NativeEth, &history);
    }
}
