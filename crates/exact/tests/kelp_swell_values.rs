//! Kelp's and Swell's queues at worked examples, closed forms and the ends of their domain.

use pegstress_exact::redemption::kelp::{
    INITIAL_DELAY_BLOCKS, KelpError, MAX_DELAY_BLOCKS, PriceBounds, Prices, Unlocked, WithdrawalQueue,
};
use pegstress_exact::redemption::swell::SwellError;
use pegstress_exact::redemption::swell::exits::{ExitQueue, Processed};
use pegstress_exact::redemption::swell::reprice::{Rate, RepriceBounds, Reserves};
use pegstress_exact::{ArithmeticError, U256};

const ALICE: u64 = 0;
const BOB: u64 = 1;
const START: u64 = 20_000_000;

fn wei(amount: u64) -> U256 {
    U256::from(amount)
}

fn eth(amount: u64) -> U256 {
    centi(100 * amount)
}

/// Hundredths of an ETH, or of a rate.
fn centi(amount: u64) -> U256 {
    wei(amount) * wei(10_000_000_000_000_000)
}

fn at(rseth_centi: u64) -> Prices {
    Prices { rseth: centi(rseth_centi), asset: eth(1) }
}

fn kelp() -> WithdrawalQueue {
    WithdrawalQueue::new(U256::ZERO, INITIAL_DELAY_BLOCKS).expect("a delay")
}

#[test]
fn mechanics_4_4_the_least_of_both_prices_is_paid() {
    for (price_at_unlock, paid) in [(103, eth(103)), (106, eth(105))] {
        let mut queue = kelp();
        let nonce = queue.initiate(ALICE, eth(100), &at(105), eth(1_000), START).expect("a request");
        assert_eq!(queue.assets_committed(), eth(105));
        assert_eq!(queue.available(eth(1_000)), eth(895));
        let mut vault = eth(1_000);
        let aged = START + INITIAL_DELAY_BLOCKS;
        let mut unlock =
            |block| queue.unlock(10, &at(price_at_unlock), &PriceBounds::NONE, &mut vault, block);
        assert_eq!(unlock(aged - 1), Ok(Unlocked::default()));
        assert_eq!(unlock(aged), Ok(Unlocked { rseth_burned: eth(100), assets: paid }));
        assert_eq!((queue.assets_committed(), queue.rseth()), (U256::ZERO, U256::ZERO));
        assert_eq!((vault, queue.balance()), (eth(1_000) - paid, paid));
        assert_eq!(queue.request(nonce).map(|request| request.expected), Some(paid));
        assert_eq!(queue.complete(ALICE, aged), Ok(paid));
        assert_eq!(queue.complete(ALICE, aged), Err(KelpError::QueueEmpty));
    }
}

#[test]
fn unlocking_stops_at_the_first_request_that_is_too_young_or_too_dear() {
    let mut queue = kelp();
    for (user, amount, block) in
        [(ALICE, 10, START), (BOB, 100, START), (ALICE, 1, START), (BOB, 1, START + 1)]
    {
        queue.initiate(user, eth(amount), &at(100), eth(1_000), block).expect("a request");
    }
    let aged = START + INITIAL_DELAY_BLOCKS;
    let mut vault = eth(60);
    let (price, none) = (at(100), PriceBounds::NONE);
    // The second asks for more than is left; the third, of one, waits behind it.
    let unlocked = queue.unlock(4, &price, &none, &mut vault, aged);
    assert_eq!(unlocked, Ok(Unlocked { rseth_burned: eth(10), assets: eth(10) }));
    assert_eq!(queue.next_locked_nonce(), 1);
    assert_eq!(queue.complete(BOB, aged), Err(KelpError::WithdrawalLocked));
    assert_eq!(queue.complete(ALICE, aged), Ok(eth(10)));
    assert_eq!(queue.complete(ALICE, aged), Err(KelpError::WithdrawalLocked));
    // With enough, up to the nonce, and then up to the age.
    vault = eth(500);
    let unlocked = queue.unlock(2, &price, &none, &mut vault, aged).expect("one");
    assert_eq!(unlocked.assets, eth(100));
    let unlocked = queue.unlock(9, &price, &none, &mut vault, aged).expect("one");
    assert_eq!((unlocked.assets, queue.next_locked_nonce(), queue.next_unused_nonce()), (eth(1), 3, 4));
    assert_eq!(queue.unlock(3, &price, &none, &mut vault, aged), Err(KelpError::NoPendingWithdrawals));
    vault = U256::ZERO;
    let empty = queue.unlock(3, &price, &none, &mut vault, aged);
    assert_eq!(empty, Err(KelpError::AmountMustBeGreaterThanZero));
}

#[test]
fn requests_are_refused_below_the_least_amount_and_above_what_is_not_committed() {
    let mut queue = WithdrawalQueue::new(eth(1), INITIAL_DELAY_BLOCKS).expect("a delay");
    let mut request = |amount, total| queue.initiate(ALICE, amount, &at(105), total, START);
    assert_eq!(request(eth(1) - wei(1), eth(1_000)), Err(KelpError::InvalidAmountToWithdraw));
    assert_eq!(request(eth(100), eth(105) - wei(1)), Err(KelpError::ExceedAmountToWithdraw));
    assert_eq!(request(eth(100), eth(105)), Ok(0));
    // 105 are committed: with 104 in all nothing is available.
    assert_eq!(request(eth(1), eth(104)), Err(KelpError::ExceedAmountToWithdraw));
    let worthless = Prices { rseth: eth(1), asset: U256::ZERO };
    let divided = queue.initiate(ALICE, eth(1), &worthless, eth(1_000), START);
    assert_eq!(divided, Err(ArithmeticError::DivisionByZero.into()));
    let mut queue = kelp();
    let nothing = queue.initiate(ALICE, U256::ZERO, &at(105), eth(1_000), START);
    assert_eq!(nothing, Err(KelpError::InvalidAmountToWithdraw));
    // floor(7 * 1.05) = 7 of an asset at par, floor(7 * 1.05 / 1.1) = 6 of a dearer one.
    for (asset, expected) in [(eth(1), 7), (centi(110), 6)] {
        let prices = Prices { rseth: centi(105), asset };
        let nonce = queue.initiate(BOB, wei(7), &prices, eth(1_000), START).expect("a request");
        assert_eq!(queue.request(nonce).map(|request| request.expected), Some(wei(expected)));
    }
}

#[test]
fn prices_outside_of_the_operator_s_bounds_and_a_longer_delay_stop_what_waits() {
    let mut queue = kelp();
    queue.initiate(ALICE, eth(1), &at(105), eth(1_000), START).expect("a request");
    let aged = START + INITIAL_DELAY_BLOCKS;
    let bounds = PriceBounds {
        lowest: Prices { rseth: centi(104), asset: centi(99) },
        highest: Prices { rseth: centi(106), asset: centi(101) },
    };
    let before = queue.clone();
    let mut vault = eth(10);
    for (rseth, asset, what) in
        [(103, 100, "rsETH"), (107, 100, "rsETH"), (105, 98, "asset"), (105, 102, "asset")]
    {
        let prices = Prices { rseth: centi(rseth), asset: centi(asset) };
        let refused = queue.unlock(1, &prices, &bounds, &mut vault, aged);
        assert_eq!(refused, Err(KelpError::PriceOutOfRange { what }));
    }
    assert_eq!((&queue, vault), (&before, eth(10)));
    for rseth in [104, 106] {
        let mut queue = queue.clone();
        assert!(queue.unlock(1, &at(rseth), &bounds, &mut vault.clone(), aged).is_ok());
    }
    queue.unlock(1, &at(105), &bounds, &mut vault, aged).expect("unlocked");
    queue.set_delay(MAX_DELAY_BLOCKS).expect("a delay");
    assert_eq!(queue.complete(ALICE, aged), Err(KelpError::WithdrawalDelayNotPassed));
    assert_eq!(queue.complete(ALICE, START + MAX_DELAY_BLOCKS), Ok(centi(105)));
    let long = KelpError::ExceedWithdrawalDelay { blocks: MAX_DELAY_BLOCKS + 1 };
    assert_eq!(queue.set_delay(MAX_DELAY_BLOCKS + 1), Err(long));
    assert_eq!(WithdrawalQueue::new(U256::ZERO, MAX_DELAY_BLOCKS + 1), Err(long));
}

#[test]
fn mechanics_4_6_a_claim_pays_the_least_of_the_rates_at_request_and_processing() {
    let mut queue = ExitQueue::new(wei(1), eth(100));
    assert_eq!(queue.request(eth(10), centi(105)), Ok(1));
    assert_eq!(queue.request(eth(10), centi(101)), Ok(2));
    assert_eq!(queue.exiting_eth(), centi(2_060));
    assert_eq!(queue.finalize(1), Err(SwellError::NotProcessed));
    let mut deposits = eth(30);
    // 10 * 1.03 + 10 * 1.01.
    let processed = Processed { exiting: centi(2_060), exited: centi(2_040) };
    assert_eq!(queue.process(2, centi(103), &mut deposits), Ok(processed));
    assert_eq!((deposits, queue.balance(), queue.exiting_eth()), (centi(960), centi(2_040), U256::ZERO));
    assert_eq!(queue.finalize(1), Ok(centi(1_030)));
    assert_eq!(queue.finalize(2), Ok(centi(1_010)));
    assert_eq!(queue.finalize(2), Err(SwellError::NoSuchRequest { id: 2 }));
    assert_eq!((queue.balance(), queue.total_eth_exited()), (U256::ZERO, centi(2_040)));
}

#[test]
fn mechanics_4_6_each_processing_fixes_the_rate_of_its_own_requests() {
    let mut queue = ExitQueue::new(wei(1), eth(100));
    for _ in 0..3 {
        queue.request(eth(1), centi(105)).expect("a request");
    }
    let mut deposits = eth(10);
    queue.process(1, centi(102), &mut deposits).expect("processed");
    queue.process(3, centi(104), &mut deposits).expect("processed");
    assert_eq!(queue.last_processed(), 3);
    let paid: Vec<_> = (1..=3).map(|id| queue.finalize(id).expect("a claim")).collect();
    assert_eq!(paid, [centi(102), centi(104), centi(104)]);

    // The same number again does nothing, a lower one or one not given out is refused.
    assert_eq!(queue.process(3, centi(90), &mut deposits), Ok(Processed::default()));
    assert_eq!(queue.process(2, centi(90), &mut deposits), Err(SwellError::AlreadyProcessed { last: 3 }));
    assert_eq!(queue.process(4, centi(90), &mut deposits), Err(SwellError::NoSuchRequest { id: 4 }));
}

#[test]
fn mechanics_4_6_processing_needs_the_ether_in_the_deposit_contract() {
    let mut queue = ExitQueue::new(eth(1), eth(10));
    assert_eq!(queue.request(eth(1) - wei(1), eth(1)), Err(SwellError::WithdrawRequestTooSmall));
    assert_eq!(queue.request(eth(10) + wei(1), eth(1)), Err(SwellError::WithdrawRequestTooLarge));
    queue.request(eth(10), eth(1)).expect("a request");
    let (before, mut deposits) = (queue.clone(), eth(10) - wei(1));
    assert_eq!(queue.process(1, eth(1), &mut deposits), Err(SwellError::InsufficientEth));
    assert_eq!((&queue, deposits), (&before, eth(10) - wei(1)));
    deposits += wei(1);
    assert!(queue.process(1, eth(1), &mut deposits).is_ok());
    // Products of 18 decimals are cut: 3 wei at a rate of a half are one.
    let mut queue = ExitQueue::new(U256::ZERO, eth(10));
    assert_eq!(queue.request(U256::ZERO, eth(1)), Err(SwellError::CannotBurnZero));
    queue.request(wei(3), centi(50)).expect("a request");
    assert_eq!(queue.exiting_eth(), wei(1));
}

fn bounds() -> RepriceBounds {
    RepriceBounds {
        reward_share: centi(10),
        minimum_secs: 86_400,
        maximum_rate_change: centi(3),
        maximum_supply_difference: centi(2),
    }
}

#[test]
fn mechanics_4_6_a_reprice_gives_the_reserves_without_the_share_to_the_old_supply() {
    let mut rate = Rate::default();
    assert_eq!(rate.eth_per_rsweth(), eth(1));
    // Rewards of 10, of which 1 is shared out: (1010 - 1) / 1000, and 1000 / 1009 are minted.
    let reserves = Reserves { pre_reward: eth(1_000), new_rewards: eth(10), supply: eth(1_000) };
    let minted = rate.reprice(&reserves, eth(1_000), &bounds(), 100_000).expect("a rate");
    assert_eq!(minted, wei(1_000) * eth(1) / wei(1_009));
    assert_eq!(rate.eth_per_rsweth(), wei(1_009_000_000_000_000_000));
}

#[test]
fn mechanics_4_6_a_reprice_beyond_its_bounds_leaves_the_old_rate() {
    let mut rate = Rate::default();
    let reserves = |pre_reward, supply| Reserves { pre_reward, new_rewards: U256::ZERO, supply };
    // Two days from the epoch, so that the first is not too early.
    let start = 172_800;
    rate.reprice(&reserves(eth(2_000), eth(1_000)), eth(1_000), &bounds(), start).expect("the first is free");
    assert_eq!(rate.eth_per_rsweth(), eth(2));
    let before = rate;
    let mut reprice =
        |pre_reward, supply, now| rate.reprice(&reserves(pre_reward, supply), eth(1_000), &bounds(), now);
    let next = start + 86_400;
    let early = SwellError::NotEnoughTimeElapsed { elapsed_secs: 86_399, minimum_secs: 86_400 };
    assert_eq!(reprice(eth(2_000), eth(1_000), next - 1), Err(early));
    // 3 % of 2 are 0.06: a loss of exactly that passes, one wei per share more does not.
    let lower = reprice(eth(1_940) - wei(1_000), eth(1_000), next);
    let (difference, maximum) = (centi(6) + wei(1), centi(6));
    assert_eq!(lower, Err(SwellError::RepriceDifferenceTooLarge { difference, maximum }));
    let higher = reprice(eth(2_060) + wei(1_000), eth(1_000), next);
    assert_eq!(higher, Err(SwellError::RepriceDifferenceTooLarge { difference, maximum }));
    // 2 % of a supply of 1000.
    let off = reprice(centi(203_996), centi(101_998), next);
    assert_eq!(off, Ok(U256::ZERO));
    rate = before;
    let mut reprice =
        |pre_reward, supply, now| rate.reprice(&reserves(pre_reward, supply), eth(1_000), &bounds(), now);
    let (difference, maximum) = (eth(20) + wei(1), eth(20));
    let off = reprice(eth(2_040) + wei(2), eth(1_020) + wei(1), next);
    assert_eq!(off, Err(SwellError::SupplyDifferenceTooLarge { difference, maximum }));
    assert_eq!(reprice(eth(2_000), U256::ZERO, next), Err(SwellError::ZeroSupply));
    assert_eq!(reprice(U256::ZERO, eth(1_000), next), Err(SwellError::InvalidPreRewardReserves));
    assert_eq!(reprice(eth(1_940), eth(1_000), next), Ok(U256::ZERO));
    assert_eq!(rate.eth_per_rsweth(), centi(194));
}
