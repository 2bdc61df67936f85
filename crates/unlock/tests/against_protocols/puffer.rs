//! pufETH: withdrawals in whole batches of ten, and the vault's own ETH at once for a fee.

use pegstress_exact::U256;
use pegstress_exact::redemption::puffer::batches::{BATCH_SIZE, BatchQueue};
use pegstress_exact::redemption::puffer::vault::Vault;
use pegstress_unlock::{BufferRules, BufferUse, FeeCurve, QueueRules, RedemptionRules};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::common::{Step, Token, WAD, eth, history, micro, moved, queue_rules, wei};

const STEP_SECS: u64 = 43_200;
const HOLDER: u64 = 1;
const DEPOSITOR: u64 = 2;
const VAULT_ETH: u64 = 500;

/// A vault that holds a quarter of all assets.
fn vault() -> Vault {
    let mut vault = Vault::default();
    vault.deposit_eth(HOLDER, U256::from(VAULT_ETH) * WAD).expect("a first deposit");
    vault.locked_eth = U256::from(3 * VAULT_ETH) * WAD;
    vault
}

fn liquid(vault: &Vault) -> U256 {
    vault.eth() + vault.weth()
}

fn rate(vault: &Vault) -> f64 {
    eth(vault.rate().expect("a rate"))
}

/// Moves the value of all assets; a loss beyond what is outside of the vault does not happen.
fn move_rate(vault: &mut Vault, ppm: i64) {
    let assets = moved(vault.total_assets().expect("small numbers"), ppm);
    if let Some(locked) = assets.checked_sub(liquid(vault)) {
        vault.locked_eth = locked;
    }
}

/// Finalises the next batch if it is full and the vault can pay it, pays its ten and returns the rest.
fn finalise(vault: &mut Vault, queue: &mut BatchQueue) -> Option<U256> {
    let last = queue.finalized_batch() + 1;
    queue.finalize(vault, last).ok()?;
    let first = last * BATCH_SIZE;
    let paid = (first..first + BATCH_SIZE)
        .map(|index| queue.complete(index).expect("final"))
        .fold(U256::ZERO, |a, b| a + b);
    // Nothing is left where all were paid at the requests' own rates.
    let _ = queue.return_excess(vault, &[last]);
    Some(paid)
}

/// Whether the vault has what the ten payments take, but not what the batch takes before the rest is returned. A vault that
/// lacks a rounding of it counts as well.
fn pays_ten_but_no_batch(vault: &Vault, queue: &BatchQueue) -> bool {
    let there = liquid(vault);
    let (mut vault, mut queue) = (vault.clone(), queue.clone());
    // A deposit leaves the rate as it is.
    vault.deposit_eth(DEPOSITOR, U256::from(100 * VAULT_ETH) * WAD).expect("small numbers");
    let Some(paid) = finalise(&mut vault, &mut queue) else { return false };
    let batch = queue.batches()[queue.finalized_batch()];
    let transferred = batch.to_transfer.min(batch.to_burn * batch.rate / WAD);
    there < transferred && eth(there) >= eth(paid) * (1.0 - 1e-8)
}

fn run(worth_micro: u64, history: &[Step]) -> Result<(), TestCaseError> {
    let worth = micro(worth_micro);
    let rules = queue_rules(VAULT_ETH as f64);
    let queue = QueueRules { batch_eth: eth(worth) * BATCH_SIZE as f64, ..rules.queue };
    let mut token = Token::new(RedemptionRules { queue, ..rules }, STEP_SECS as f64, history.len());
    let (mut vault, mut queue) = (vault(), BatchQueue::new(U256::MAX));
    let mut paid = U256::ZERO;
    for step in history {
        let (arrived, _) = token.begin();
        let inflow = micro(step.inflow_micro);
        token.give(eth(inflow));
        vault.deposit_eth(DEPOSITOR, inflow + wei(arrived)).expect("small numbers");
        move_rate(&mut vault, step.rate_ppm);
        let may = step.may && !pays_ten_but_no_batch(&vault, &queue);
        let paid_now = token.finalise(rate(&vault), may);
        let due = if may { finalise(&mut vault, &mut queue) } else { None }.unwrap_or_default();
        paid += due;
        token.agrees("the payment", paid_now, eth(due))?;
        token.agrees("what is paid in all", token.paid_eth, eth(paid))?;
        token.agrees("the ETH left", token.held_eth(), eth(liquid(&vault)))?;
        // A second batch that is full would be finalised together with the first.
        let asked = queue.withdrawals().len();
        let full = asked / BATCH_SIZE > queue.finalized_batch() + 1;
        if step.ask_micro > 0 && !(full && asked % BATCH_SIZE == BATCH_SIZE - 1) {
            let shares = worth * WAD / vault.rate().expect("a rate");
            let amount = u128::try_from(shares).expect("a small amount");
            if queue.request(&mut vault, HOLDER, amount).is_ok() {
                token.request(eth(shares), rate(&vault));
            }
        }
        token.close();
        token.agrees("what waits", token.lanes.waiting_lrt[0], eth(queue.shares()))?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn puffers_whole_batches_pay_what_the_lanes_pay(
        worth_micro in 1_000_000_u64..20_000_000,
        history in history(20..120, 30, 500),
    ) {
        run(worth_micro, &history)?;
    }

    #[test]
    fn puffers_vault_pays_at_once_what_the_lanes_pay(
        fee_bps in 0_u64..=250,
        history in history(1..60, 60, 500),
    ) {
        let rules = queue_rules(VAULT_ETH as f64);
        let fee = FeeCurve::flat(fee_bps as f64 / 1e4);
        let buffer = BufferRules { serves: BufferUse::Instant, fee, ..rules.buffer };
        let mut token = Token::new(RedemptionRules { buffer, ..rules }, STEP_SECS as f64, history.len());
        let mut vault = vault();
        vault.set_exit_fees(fee_bps, 0).expect("a fee below its ceiling");
        for step in &history {
            token.begin();
            let inflow = micro(step.inflow_micro / 4);
            token.give(eth(inflow));
            vault.deposit_weth(DEPOSITOR, inflow).expect("small numbers");
            move_rate(&mut vault, step.rate_ppm);
            // A claim above what the vault holds is refused as a whole.
            let most = vault.max_redeem(HOLDER).expect("small numbers").saturating_sub(U256::ONE);
            let shares = micro(step.ask_micro).min(most);
            if shares >= micro(10_000) {
                let rate = rate(&vault);
                let exit = vault.redeem(HOLDER, shares).expect("within the maximum");
                let served = token.request(eth(shares), rate);
                token.agrees("the payment", served.paid_now_eth[0], eth(exit.assets))?;
                token.agrees("what waits", served.queued_lrt[0], 0.0)?;
            }
            token.agrees("the vault", token.lanes.buffer_eth[0], eth(liquid(&vault)))?;
            token.close();
        }
    }
}
