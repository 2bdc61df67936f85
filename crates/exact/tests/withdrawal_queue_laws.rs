//! Laws of the withdrawal queues over any sequence of calls: no ETH appears or vanishes, nobody is paid more than the
//! value at his request, who came first is served first, and a call that is refused changes nothing.

use pegstress_exact::U256;
use pegstress_exact::redemption::kelp::{PriceBounds, Prices, WithdrawalQueue};
use pegstress_exact::redemption::puffer::batches::{BATCH_SIZE, BatchQueue};
use pegstress_exact::redemption::puffer::vault::Vault;
use pegstress_exact::redemption::renzo::instant::{FeeCurve, InstantWithdrawer};
use pegstress_exact::redemption::renzo::oracle::redeem_amount;
use pegstress_exact::redemption::renzo::queue::{Backing, Claimant, WithdrawQueue};
use pegstress_exact::redemption::swell::exits::ExitQueue;
use proptest::prelude::*;
use std::collections::BTreeMap;

const ONE: U256 = U256::from_limbs([1_000_000_000_000_000_000, 0, 0, 0]);

/// From a wei to some hundred ETH, round numbers as well.
fn amounts() -> impl Strategy<Value = U256> {
    prop_oneof![
        (0_u64..5).prop_map(U256::from),
        (1_u64..300).prop_map(|eth| U256::from(eth) * ONE),
        (0_u32..68, any::<u64>()).prop_map(|(bits, lead)| U256::from(lead >> 40) << bits as usize >> 24),
        any::<u64>().prop_map(U256::from),
    ]
}

/// From half to twice, with 18 decimals.
fn rates() -> impl Strategy<Value = U256> {
    (500_000_000_000_000_000_u64..2_000_000_000_000_000_000).prop_map(U256::from)
}

#[derive(Clone, Debug)]
enum RenzoCall {
    Inflow(U256),
    Value(U256),
    Wait(u64),
    Withdraw(U256),
    Instant(U256),
    Claim(u64),
}

fn renzo_calls() -> impl Strategy<Value = Vec<RenzoCall>> {
    let call = prop_oneof![
        amounts().prop_map(RenzoCall::Inflow),
        rates().prop_map(RenzoCall::Value),
        (0_u64..900_000).prop_map(RenzoCall::Wait),
        amounts().prop_map(RenzoCall::Withdraw),
        amounts().prop_map(RenzoCall::Instant),
        (1_u64..12).prop_map(RenzoCall::Claim),
    ];
    prop::collection::vec(call, 1..60)
}

proptest! {
    #[test]
    fn renzo_s_queue_conserves_eth_and_pays_no_more_than_either_value(
        calls in renzo_calls(),
        drawdown_bps in 1_u64..=10_000,
    ) {
        let supply = U256::from(3_000) * ONE;
        let mut backing = Backing { tvl: supply, supply, eth_collateral: supply };
        let mut queue = WithdrawQueue::new(U256::from(200) * ONE, 604_800, 0);
        let fees = FeeCurve::new(5, 300).expect("fees");
        let path = InstantWithdrawer::new(fees, drawdown_bps).expect("a path");
        let (mut now, mut inflows, mut paid, mut burned) = (0_u64, U256::ZERO, U256::ZERO, U256::ZERO);
        let mut open = BTreeMap::new();
        let mut last_fill_at = U256::ZERO;
        for call in calls {
            let before = (queue.clone(), backing);
            let accepted = match call {
                RenzoCall::Inflow(amount) => {
                    let lacking = queue.queue_deficit();
                    let filled = queue.fill(amount).expect("small numbers");
                    prop_assert_eq!(filled, lacking.min(amount), "the queue comes before the buffer");
                    inflows += amount;
                    true
                }
                RenzoCall::Value(rate) => {
                    backing.tvl = backing.supply * rate / ONE;
                    backing.eth_collateral = backing.tvl;
                    continue;
                }
                RenzoCall::Wait(seconds) => {
                    now += seconds;
                    continue;
                }
                RenzoCall::Withdraw(ezeth) => {
                    // Only what is not locked already can be given.
                    let locked: U256 = open.values().map(|&(_, ezeth, _)| ezeth).sum();
                    let ezeth = ezeth.min(backing.supply - locked);
                    let request = queue.withdraw(ezeth, &backing, now);
                    if let Ok(request) = request {
                        if let Some(fill_at) = request.fill_at {
                            prop_assert!(fill_at > last_fill_at, "a place behind all others");
                            last_fill_at = fill_at;
                        }
                        open.insert(request.id, (request.amount_to_redeem, ezeth, request.fill_at));
                    }
                    request.is_ok()
                }
                RenzoCall::Instant(ezeth) => {
                    let locked: U256 = open.values().map(|&(_, ezeth, _)| ezeth).sum();
                    let ezeth = ezeth.min(backing.supply - locked);
                    let value = redeem_amount(ezeth, backing.supply, backing.tvl);
                    let limit = path.buffer(&queue).expect("small numbers").draw_down_limit;
                    let done = path.withdraw(&mut queue, ezeth, &mut backing, now);
                    if let Ok(done) = done {
                        prop_assert_eq!(Ok(done.received + done.fee), value);
                        prop_assert!(queue.available().expect("a buffer") >= limit);
                        paid += done.received + done.fee;
                        burned += ezeth;
                    }
                    done.is_ok()
                }
                RenzoCall::Claim(id) => {
                    let value_now = open.get(&id).map(|&(_, ezeth, _)| {
                        redeem_amount(ezeth, backing.supply, backing.tvl)
                    });
                    let claimed = queue.claim(id, Claimant::Public, &mut backing, now);
                    if let Ok(amount) = claimed {
                        let (at_request, ezeth, fill_at) = open.remove(&id).expect("it was open");
                        prop_assert_eq!(Some(Ok(amount)), value_now.map(|now| now.map(|now| now.min(at_request))));
                        // First in, first out among those that were queued.
                        for &(_, _, other) in open.values() {
                            if other < fill_at && other.is_some() {
                                prop_assert!(other <= Some(queue.filled()), "an older one could be claimed too");
                            }
                        }
                        paid += amount;
                        burned += ezeth;
                    }
                    claimed.is_ok()
                }
            };
            if !accepted {
                prop_assert_eq!((&queue, &backing), (&before.0, &before.1));
            }
            prop_assert_eq!(queue.balance() + paid, inflows);
            prop_assert_eq!(backing.supply + burned, supply);
            prop_assert!(queue.filled() <= queue.to_fill());
            prop_assert!(queue.claim_reserve() <= queue.balance());
            // What is set aside is what open requests were worth, less what the queue still lacks.
            let owed: U256 = open.values().map(|&(at_request, _, _)| at_request).sum();
            prop_assert_eq!(queue.claim_reserve() + queue.queue_deficit(), owed);
        }
    }

    #[test]
    fn renzo_s_fee_falls_with_the_buffer_left_and_stays_between_its_ends(
        (min, max) in (0_u64..=10_000).prop_flat_map(|max| (0..=max, Just(max))),
        capacity in 1_u64.., limit in 0_u64..1_000_000, first in any::<u64>(), second in any::<u64>(),
    ) {
        let limit = limit.min(capacity - 1);
        let curve = FeeCurve::new(min, max).expect("fees");
        let fee = |after: u64| curve.fee_bps(U256::from(capacity), U256::from(limit), U256::from(after.max(limit)));
        let (low, high) = (fee(first.min(second)).expect("a fee"), fee(first.max(second)).expect("a fee"));
        prop_assert!(high <= low);
        prop_assert!(U256::from(min) <= high && low <= U256::from(max));
        prop_assert_eq!(fee(limit), Ok(U256::from(max)));
        prop_assert_eq!(fee(capacity), Ok(U256::from(min)));
    }
}

#[derive(Clone, Debug)]
enum PufferCall {
    Deposit(u64, U256, bool),
    Locked(U256),
    Fees(u64, u64),
    Withdraw(u64, U256),
    Redeem(u64, U256),
    Request(u64, u64, usize),
    Finalize(usize),
    Complete(usize, usize),
    Return(usize),
}

fn puffer_calls() -> impl Strategy<Value = Vec<PufferCall>> {
    let user = || 0_u64..3;
    let call = prop_oneof![
        (user(), amounts(), any::<bool>())
            .prop_map(|(user, amount, weth)| PufferCall::Deposit(user, amount, weth)),
        (0_u64..400).prop_map(|eth| PufferCall::Locked(U256::from(eth) * ONE / U256::from(7))),
        (0_u64..=250, 0_u64..=250).prop_map(|(exit, treasury)| PufferCall::Fees(exit, treasury)),
        (user(), amounts()).prop_map(|(user, assets)| PufferCall::Withdraw(user, assets)),
        (user(), amounts()).prop_map(|(user, shares)| PufferCall::Redeem(user, shares)),
        (user(), 9_000_000_000_000_000_u64..2_000_000_000_000_000_000, 1_usize..12)
            .prop_map(|(user, amount, times)| PufferCall::Request(user, amount, times)),
        (0_usize..5).prop_map(PufferCall::Finalize),
        (prop_oneof![Just(10_usize), 0_usize..40], prop_oneof![Just(20_usize), 1_usize..30])
            .prop_map(|(from, count)| PufferCall::Complete(from, count)),
        (0_usize..4).prop_map(PufferCall::Return),
    ];
    prop::collection::vec(call, 1..60)
}

/// Whether a share is worth no less than before, in the vault's own measure and with `given_away` wei put back.
fn no_share_lost(before: &Vault, after: &Vault, given_away: U256) -> bool {
    let one = U256::ONE;
    let assets = |vault: &Vault| vault.total_assets().expect("small numbers") + one;
    (assets(after) + given_away) * (before.supply() + one) >= assets(before) * (after.supply() + one)
}

proptest! {
    #[test]
    fn puffer_s_vault_and_batches_conserve_eth_and_no_exit_costs_those_who_stay(calls in puffer_calls()) {
        let mut vault = Vault::default();
        vault.set_exit_fees(100, 0).expect("fees");
        for user in 0..3 {
            vault.deposit_eth(user, U256::from(30) * ONE).expect("a deposit");
        }
        let mut queue = BatchQueue::new(U256::MAX);
        let (mut deposited, mut paid) = (U256::from(90) * ONE, U256::ZERO);
        let mut paid_of_batch: BTreeMap<usize, U256> = BTreeMap::new();
        let mut transfers: BTreeMap<usize, U256> = BTreeMap::new();
        for call in calls {
            let before = (vault.clone(), queue.clone());
            // A withdrawal floors the amount with fees and rounds the treasury's part up: assets and fee together can
            // exceed by one wei what the burned shares are worth. Every other exit is rounded down.
            let given_away = U256::from(u64::from(matches!(call, PufferCall::Withdraw(..))));
            let accepted = match call {
                PufferCall::Deposit(user, amount, weth) => {
                    let minted =
                        if weth { vault.deposit_weth(user, amount) } else { vault.deposit_eth(user, amount) };
                    if minted.is_ok() {
                        deposited += amount;
                    }
                    minted.is_ok()
                }
                PufferCall::Locked(value) => {
                    vault.locked_eth = value;
                    continue;
                }
                PufferCall::Fees(exit, treasury) => vault.set_exit_fees(exit, treasury).is_ok(),
                PufferCall::Withdraw(user, assets) => {
                    let preview = vault.preview_withdraw(assets);
                    let exit = vault.withdraw(user, assets);
                    if let Ok(exit) = exit {
                        prop_assert_eq!(preview, Ok(exit.shares));
                        paid += exit.assets + exit.treasury_fee;
                    }
                    exit.is_ok()
                }
                PufferCall::Redeem(user, shares) => {
                    let preview = vault.preview_redeem(shares);
                    let exit = vault.redeem(user, shares);
                    if let Ok(exit) = exit {
                        // Two rounded fees exceed their rounded sum by at most one.
                        let preview = preview.expect("a preview");
                        prop_assert!(exit.assets <= preview && preview <= exit.assets + U256::ONE);
                        paid += exit.assets + exit.treasury_fee;
                    }
                    exit.is_ok()
                }
                PufferCall::Request(user, amount, times) => {
                    for _ in 0..times {
                        let before = (vault.clone(), queue.clone());
                        if queue.request(&mut vault, user, amount.into()).is_err() {
                            prop_assert_eq!((&vault, &queue), (&before.0, &before.1));
                        }
                    }
                    true
                }
                PufferCall::Finalize(last) => {
                    let finalized = queue.finalize(&mut vault, last);
                    for batch in finalized.iter().flatten() {
                        let whole = queue.batches()[batch.index];
                        prop_assert!(batch.transferred <= whole.to_transfer);
                        prop_assert!(batch.transferred <= whole.to_burn * batch.rate / ONE);
                        transfers.insert(batch.index, batch.transferred);
                    }
                    if finalized.is_ok() {
                        prop_assert_eq!(queue.finalized_batch(), last);
                    }
                    finalized.is_ok()
                }
                PufferCall::Complete(from, count) => {
                    for index in from..from + count {
                        let withdrawal = queue.withdrawals().get(index).copied().flatten();
                        let Ok(amount) = queue.complete(index) else { continue };
                        let withdrawal = withdrawal.expect("it was open");
                        let batch = index / BATCH_SIZE;
                        let value = |rate| withdrawal.pufeth_amount * rate / ONE;
                        prop_assert!(batch <= queue.finalized_batch());
                        prop_assert_eq!(amount, value(withdrawal.rate).min(value(queue.batches()[batch].rate)));
                        *paid_of_batch.entry(batch).or_default() += amount;
                        paid += amount;
                    }
                    true
                }
                PufferCall::Return(batch) => {
                    let returned = queue.return_excess(&mut vault, &[batch]);
                    if let Ok(returned) = returned {
                        prop_assert_eq!(paid_of_batch[&batch] + returned, transfers[&batch]);
                        prop_assert!(queue.return_excess(&mut vault, &[batch]).is_err(), "returned once");
                    }
                    returned.is_ok()
                }
            };
            if !accepted {
                prop_assert_eq!((&vault, &queue), (&before.0, &before.1));
            }
            prop_assert!(no_share_lost(&before.0, &vault, given_away));
            prop_assert_eq!(vault.eth() + vault.weth() + queue.eth() + paid, deposited);
            let held: U256 = (0..3).map(|user| vault.shares_of(user)).sum();
            prop_assert_eq!(held + queue.shares(), vault.supply());
            for (batch, paid) in &paid_of_batch {
                prop_assert!(*paid <= transfers[batch], "a batch pays at most what the vault gave for it");
            }
        }
    }
}

#[derive(Clone, Debug)]
enum KelpCall {
    Vault(U256),
    Prices(U256, U256),
    Roll(u64),
    Initiate(u64, U256),
    Unlock(u64),
    Complete(u64),
}

fn kelp_calls() -> impl Strategy<Value = Vec<KelpCall>> {
    let call = prop_oneof![
        amounts().prop_map(KelpCall::Vault),
        (rates(), rates()).prop_map(|(rseth, asset)| KelpCall::Prices(rseth, asset)),
        (0_u64..60_000).prop_map(KelpCall::Roll),
        (0_u64..3, amounts()).prop_map(|(user, rseth)| KelpCall::Initiate(user, rseth)),
        (0_u64..20).prop_map(KelpCall::Unlock),
        (0_u64..3).prop_map(KelpCall::Complete),
    ];
    prop::collection::vec(call, 1..80)
}

proptest! {
    #[test]
    fn kelp_s_queue_conserves_assets_and_unlocks_and_pays_in_order(calls in kelp_calls()) {
        let mut queue = WithdrawalQueue::new(U256::ZERO, 57_600).expect("a delay");
        let mut prices = Prices { rseth: ONE, asset: ONE };
        let (mut vault, mut block) = (U256::ZERO, 20_000_000_u64);
        let total_assets = U256::from(1_000) * ONE;
        let (mut given, mut paid, mut locked, mut burned) = (U256::ZERO, U256::ZERO, U256::ZERO, U256::ZERO);
        // By nonce: the user, the value at the request, its block.
        let mut requests: Vec<(u64, U256, u64)> = Vec::new();
        let mut completed: BTreeMap<u64, u64> = BTreeMap::new();
        for call in calls {
            let before = (queue.clone(), vault);
            let accepted = match call {
                KelpCall::Vault(amount) => {
                    vault += amount;
                    given += amount;
                    continue;
                }
                KelpCall::Prices(rseth, asset) => {
                    prices = Prices { rseth, asset };
                    continue;
                }
                KelpCall::Roll(blocks) => {
                    block += blocks;
                    continue;
                }
                KelpCall::Initiate(user, rseth) => {
                    let nonce = queue.initiate(user, rseth, &prices, total_assets, block);
                    if let Ok(nonce) = nonce {
                        prop_assert_eq!(nonce, requests.len() as u64);
                        let expected = queue.request(nonce).expect("the request").expected;
                        prop_assert_eq!(expected, rseth * prices.rseth / prices.asset);
                        requests.push((user, expected, block));
                        locked += rseth;
                        prop_assert!(queue.assets_committed() <= total_assets);
                    }
                    nonce.is_ok()
                }
                KelpCall::Unlock(first_excluded) => {
                    let first = queue.next_locked_nonce();
                    let unlocked = queue.unlock(first_excluded, &prices, &PriceBounds::NONE, &mut vault, block);
                    if let Ok(unlocked) = unlocked {
                        let mut sum = U256::ZERO;
                        for nonce in first..queue.next_locked_nonce() {
                            let request = queue.request(nonce).expect("not paid yet");
                            let value_now = request.rseth * prices.rseth / prices.asset;
                            let (_, at_request, start) = requests[nonce as usize];
                            prop_assert_eq!(request.expected, at_request.min(value_now));
                            prop_assert!(start + 57_600 <= block);
                            sum += request.expected;
                        }
                        prop_assert_eq!((unlocked.assets, vault + unlocked.assets), (sum, before.1));
                        burned += unlocked.rseth_burned;
                    }
                    unlocked.is_ok()
                }
                KelpCall::Complete(user) => {
                    let amount = queue.complete(user, block);
                    if let Ok(amount) = amount {
                        // The user's oldest that is not paid.
                        let done = completed.entry(user).or_default();
                        let own = requests.iter().filter(|request| request.0 == user);
                        let oldest = own.skip(*done as usize).map(|request| request.1).next().expect("one");
                        prop_assert!(amount <= oldest);
                        *done += 1;
                        paid += amount;
                    }
                    amount.is_ok()
                }
            };
            if !accepted {
                prop_assert_eq!((&queue, vault), (&before.0, before.1));
            }
            prop_assert_eq!(vault + queue.balance() + paid, given);
            prop_assert_eq!(queue.rseth() + burned, locked);
            let sum = |range: std::ops::Range<u64>| -> U256 {
                range.filter_map(|nonce| queue.request(nonce)).map(|request| request.expected).sum()
            };
            prop_assert_eq!(sum(queue.next_locked_nonce()..queue.next_unused_nonce()), queue.assets_committed());
            prop_assert_eq!(sum(0..queue.next_locked_nonce()), queue.balance());
        }
    }

    #[test]
    fn swell_s_queue_conserves_eth_and_pays_no_more_than_the_value_at_the_request(
        calls in prop::collection::vec((0_u8..3, amounts(), rates(), 0_u64..20), 1..60),
    ) {
        let mut queue = ExitQueue::new(U256::ONE, U256::from(200) * ONE);
        let given = U256::from(500) * ONE;
        let (mut deposits, mut paid) = (given, U256::ZERO);
        // By number, from 1: the value at the request.
        let mut values: Vec<U256> = Vec::new();
        for (call, amount, rate, id) in calls {
            let before = (queue.clone(), deposits);
            let accepted = match call {
                0 => {
                    let requested = queue.request(amount, rate);
                    if requested.is_ok() {
                        values.push(amount * rate / ONE);
                    }
                    requested.is_ok()
                }
                1 => {
                    let processed = queue.process(id, rate, &mut deposits);
                    if let Ok(processed) = processed {
                        prop_assert!(processed.exited <= processed.exiting);
                        prop_assert_eq!(queue.last_processed(), id);
                    }
                    processed.is_ok()
                }
                _ => {
                    let claimed = queue.finalize(id);
                    if let Ok(amount) = claimed {
                        prop_assert!(id <= queue.last_processed());
                        prop_assert!(amount <= values[id as usize - 1]);
                        paid += amount;
                    }
                    claimed.is_ok()
                }
            };
            if !accepted {
                prop_assert_eq!((&queue, deposits), (&before.0, before.1));
            }
            prop_assert_eq!(deposits + queue.balance() + paid, given);
            prop_assert_eq!(queue.total_eth_exited(), queue.balance() + paid);
            let waiting: U256 = values.iter().skip(queue.last_processed() as usize).sum();
            prop_assert_eq!(queue.exiting_eth(), waiting);
        }
    }
}
