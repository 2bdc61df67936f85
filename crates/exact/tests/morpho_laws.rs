//! Laws that hold in every Morpho Blue market, whatever happens in it.

use pegstress_exact::U256;
use pegstress_exact::lending::adaptive_curve_irm::{
    AdaptiveCurveIrm, MAX_RATE_AT_TARGET, MIN_RATE_AT_TARGET,
};
use pegstress_exact::lending::morpho::{
    Amount, Irm, Market, MorphoError, Position, liquidation_incentive_factor,
};
use proptest::prelude::*;

const WAD: u64 = 1_000_000_000_000_000_000;
const LLTVS_PERMILLE: [u64; 8] = [385, 625, 770, 860, 915, 945, 965, 980];

fn wad(value: u64) -> U256 {
    U256::from(value)
}

fn coins(count: u64) -> U256 {
    U256::from(count) * U256::from(WAD)
}

/// 1e36 is par.
fn price(parts_per_million: u64) -> U256 {
    U256::from(parts_per_million) * U256::from(10).pow(U256::from(30))
}

fn lltvs() -> impl Strategy<Value = U256> {
    prop::sample::select(&LLTVS_PERMILLE[..]).prop_map(|permille| wad(permille * (WAD / 1000)))
}

fn irms() -> impl Strategy<Value = Irm> {
    prop_oneof![
        Just(Irm::None),
        (0..100_000_000_000_u64).prop_map(|rate| Irm::Fixed(wad(rate))),
        Just(Irm::AdaptiveCurve(AdaptiveCurveIrm::default())),
    ]
}

fn markets() -> impl Strategy<Value = Market> {
    (lltvs(), 0..=WAD / 4, irms())
        .prop_map(|(lltv, fee, irm)| Market::create(lltv, wad(fee), irm, 1).expect("a market"))
}

/// One thing that somebody does in a market.
#[derive(Clone, Copy, Debug)]
enum Event {
    Wait(u64),
    Price(u64),
    Supply(Amount),
    Withdraw(Amount),
    Collateral(usize, U256),
    TakeCollateral(usize, U256),
    /// So many thousandths of what the position may still borrow.
    Borrow(usize, u64),
    Repay(usize, Amount),
    /// So many thousandths of the collateral, or of the debt's shares.
    Liquidate(usize, u64, bool),
}

fn amounts() -> impl Strategy<Value = Amount> {
    // From one unit to 2,361 coins; shares are a million times as many.
    let sizes = (0_usize..62, 1_u64..1024).prop_map(|(bits, lead)| U256::from(lead) << bits);
    (sizes, any::<bool>()).prop_map(|(size, assets)| {
        if assets { Amount::Assets(size) } else { Amount::Shares(size * wad(1_000_000)) }
    })
}

fn events() -> impl Strategy<Value = Event> {
    let who = 0..2_usize;
    let size = || (40_usize..62, 1_u64..1024).prop_map(|(bits, lead)| U256::from(lead) << bits);
    prop_oneof![
        1 => (0..10_000_000_u64).prop_map(Event::Wait),
        1 => (100_000..1_500_000_u64).prop_map(Event::Price),
        1 => amounts().prop_map(Event::Supply),
        1 => amounts().prop_map(Event::Withdraw),
        1 => (who.clone(), size()).prop_map(|(who, size)| Event::Collateral(who, size)),
        1 => (who.clone(), size()).prop_map(|(who, size)| Event::TakeCollateral(who, size)),
        1 => (who.clone(), 1..=1000_u64).prop_map(|(who, permille)| Event::Borrow(who, permille)),
        1 => (who.clone(), amounts()).prop_map(|(who, amount)| Event::Repay(who, amount)),
        3 => (who, prop_oneof![Just(1000), 1..=1000_u64], any::<bool>())
            .prop_map(|(who, permille, assets)| Event::Liquidate(who, permille, assets)),
    ]
}

proptest! {
    /// Shares are somebody's, all of them, and the contract holds what is supplied and not lent.
    #[test]
    fn shares_and_assets_balance_whatever_happens(
        mut market in markets(),
        history in prop::collection::vec(events(), 1..80),
    ) {
        let mut supplier = Position::default();
        let mut borrowers = [Position::default(); 2];
        for borrower in &mut borrowers {
            borrower.supply_collateral(coins(1000)).expect("collateral");
        }
        market.supply(1, &mut supplier, Amount::Assets(coins(2000))).expect("a supply");
        let (mut now, mut price_now) = (1, price(1_000_000));
        let mut cash = coins(2000);
        // Repayments that were one unit more than the market was owed.
        let mut gifts = U256::ZERO;
        for event in history {
            let before = market;
            match event {
                Event::Wait(seconds) => now += seconds,
                Event::Price(parts) => price_now = price(parts),
                Event::Supply(amount) => {
                    let moved = market.supply(now, &mut supplier, amount);
                    cash += moved.map_or(U256::ZERO, |moved| moved.assets);
                }
                Event::Withdraw(amount) => {
                    let moved = market.withdraw(now, &mut supplier, amount);
                    cash -= moved.map_or(U256::ZERO, |moved| moved.assets);
                }
                Event::Collateral(who, size) => {
                    borrowers[who].supply_collateral(size).expect("far below 128 bits");
                }
                Event::TakeCollateral(who, size) => {
                    let held = borrowers[who].collateral;
                    let taken = market.withdraw_collateral(now, price_now, &mut borrowers[who], size);
                    if taken.is_ok() {
                        prop_assert_eq!(held - borrowers[who].collateral, size);
                        prop_assert!(borrowers[who].is_healthy(&market, price_now).expect("in range"));
                    }
                }
                Event::Borrow(who, permille) => {
                    let room = |one: &Position| {
                        let most = one.max_debt(&market, price_now).expect("in range");
                        most.saturating_sub(one.debt(&market).expect("in range"))
                    };
                    let amount = Amount::Assets(room(&borrowers[who]) * wad(permille) / wad(1000));
                    if let Ok(moved) = market.borrow(now, price_now, &mut borrowers[who], amount) {
                        cash -= moved.assets;
                        prop_assert!(borrowers[who].is_healthy(&market, price_now).expect("in range"));
                    }
                }
                Event::Repay(who, amount) => {
                    let mut owed = market;
                    owed.accrue_interest(now).expect("in range");
                    if let Ok(moved) = market.repay(now, &mut borrowers[who], amount) {
                        cash += moved.assets;
                        gifts += moved.assets.saturating_sub(owed.total_borrow_assets);
                    }
                }
                Event::Liquidate(who, permille, assets) => {
                    let mut owed = market;
                    owed.accrue_interest(now).expect("in range");
                    let held = borrowers[who].collateral;
                    let part = |of: U256| of * wad(permille) / wad(1000);
                    let amount = if assets {
                        Amount::Assets(part(held))
                    } else {
                        Amount::Shares(part(borrowers[who].borrow_shares))
                    };
                    if let Ok(done) = market.liquidate(now, price_now, &mut borrowers[who], amount) {
                        cash += done.repaid_assets;
                        gifts += done.repaid_assets.saturating_sub(owed.total_borrow_assets);
                        prop_assert_eq!(borrowers[who].collateral, held - done.seized_assets);
                        // Suppliers lose exactly the bad debt, and their shares stand.
                        let lost = owed.total_supply_assets - market.total_supply_assets;
                        prop_assert_eq!(lost, done.bad_debt_assets);
                        prop_assert_eq!(market.total_supply_shares, owed.total_supply_shares);
                        let cancelled = owed.total_borrow_shares - market.total_borrow_shares;
                        prop_assert_eq!(cancelled, done.repaid_shares + done.bad_debt_shares);
                        prop_assert!(done.bad_debt_shares.is_zero() || borrowers[who].collateral.is_zero());
                    }
                }
            }
            prop_assert!(market.last_update >= before.last_update);
            let owed: U256 = borrowers.iter().map(|one| one.borrow_shares).sum();
            prop_assert_eq!(owed, market.total_borrow_shares);
            let lent = supplier.supply_shares + market.fee_recipient_shares;
            prop_assert_eq!(lent, market.total_supply_shares);
            prop_assert!(market.total_borrow_assets <= market.total_supply_assets);
            prop_assert_eq!(market.total_supply_assets - market.total_borrow_assets + gifts, cash);
        }
    }

    /// HF' > HF iff HF > LLTV LIF: repaying `R` of `D` against collateral worth `V` leaves `(V - R LIF) / (D - R)`,
    /// which is above `V / D` iff `V > D LIF`.
    ///
    /// Amounts are above 1e18 units and rounded by a few: `1e-17`. At least a thousandth is repaid, and the health
    /// factor is a millionth off the limit, so it moves by `1e-9` at least.
    #[test]
    fn a_partial_liquidation_raises_the_health_factor_iff_it_is_above_lltv_times_incentive(
        lltv in lltvs(),
        collateral in 10_u64..1_000_000,
        health_ppm in 300_000_u64..999_999,
        repaid_permille in 1_u64..900,
    ) {
        let mut market = Market::create(lltv, U256::ZERO, Irm::None, 0).expect("a market");
        let (mut supplier, mut borrower) = (Position::default(), Position::default());
        market.supply(0, &mut supplier, Amount::Assets(coins(collateral))).expect("a supply");
        borrower.supply_collateral(coins(collateral)).expect("collateral");
        // As much as there may be: the price's fall is the health factor.
        let debt = borrower.max_debt(&market, price(1_000_000)).expect("in range");
        market.borrow(0, price(1_000_000), &mut borrower, Amount::Assets(debt)).expect("healthy");
        let price = price(health_ppm);
        let limit = lltv * liquidation_incentive_factor(lltv).expect("below one") / wad(WAD);
        let health = wad(health_ppm * 1_000_000_000_000);
        prop_assume!(health.abs_diff(limit) > wad(1_000_000_000_000));

        let (debt, max_debt) = (
            borrower.debt(&market).expect("in range"),
            borrower.max_debt(&market, price).expect("in range"),
        );
        let repaid = Amount::Shares(borrower.borrow_shares * wad(repaid_permille) / wad(1000));
        let held = borrower.collateral;
        match market.liquidate(0, price, &mut borrower, repaid) {
            Ok(done) => {
                prop_assert!(done.seized_assets <= held);
                prop_assume!(!borrower.collateral.is_zero());
                let debt_after = borrower.debt(&market).expect("in range");
                let max_debt_after = borrower.max_debt(&market, price).expect("in range");
                let rises = max_debt_after * debt > max_debt * debt_after;
                prop_assert_eq!(rises, health > limit);
            }
            // The part repaid would seize more than there is, so the whole would by far.
            Err(error) => {
                prop_assert!(matches!(error, MorphoError::Arithmetic(_)), "{}", error);
                prop_assert!(health < limit);
            }
        }
    }

    /// What borrowers owe more, suppliers and the fee own more.
    #[test]
    fn interest_goes_from_borrowers_to_suppliers(
        mut market in markets(),
        lent_permille in 1_u64..=380,
        elapsed in 1_u64..100_000_000,
    ) {
        let (mut supplier, mut borrower) = (Position::default(), Position::default());
        market.supply(1, &mut supplier, Amount::Assets(coins(1000))).expect("a supply");
        borrower.supply_collateral(coins(1000)).expect("collateral");
        let lent = Amount::Assets(coins(lent_permille));
        market.borrow(1, price(1_000_000), &mut borrower, lent).expect("healthy");
        let before = market;
        market.accrue_interest(1 + elapsed).expect("in range");
        let interest = market.total_borrow_assets - before.total_borrow_assets;
        prop_assert_eq!(market.total_supply_assets - before.total_supply_assets, interest);
        let fee = market.supply_totals().to_assets_down(market.fee_recipient_shares).expect("in range");
        // The fee's shares round down, and so does what they are worth.
        let due = interest * before.fee / wad(WAD);
        prop_assert!(fee <= due && due - fee <= U256::from(2), "{} of {}", fee, due);
    }

    #[test]
    fn nobody_gains_by_going_in_and_out(
        mut market in markets(),
        others in amounts(),
        elapsed in 0_u64..1_000_000,
        amount in amounts(),
    ) {
        let mut whale = Position::default();
        whale.supply_collateral(coins(1_000_000)).expect("collateral");
        market.supply(1, &mut whale, Amount::Assets(coins(300_000))).expect("a supply");
        market.supply(1, &mut whale, others).expect("a supply");
        market.borrow(1, price(1_000_000), &mut whale, Amount::Assets(coins(200_000))).expect("a borrowing");
        let now = 1 + elapsed;

        let mut guest = Position::default();
        let put = market.supply(now, &mut guest, amount).expect("in range");
        if !put.shares.is_zero() {
            let got = market.withdraw(now, &mut guest, Amount::Shares(put.shares)).expect("liquid");
            prop_assert!(got.assets <= put.assets);
        }

        guest.supply_collateral(coins(1_000_000)).expect("collateral");
        let taken = market.borrow(now, price(1_000_000), &mut guest, amount).expect("healthy");
        if !taken.shares.is_zero() {
            let paid = market.repay(now, &mut guest, Amount::Shares(taken.shares)).expect("owed");
            prop_assert!(paid.assets >= taken.assets);
        }
    }

    #[test]
    fn the_adaptive_rate_keeps_its_bounds_and_rises_with_utilisation(
        start in 31_709_791_u64..=63_419_583_967,
        lower in 0_u64..=1000,
        more in 0_u64..=1000,
        elapsed in 0_u64..100_000_000,
    ) {
        let model = AdaptiveCurveIrm { rate_at_target: wad(start) };
        let upper = (lower + more).min(1000);
        let at = |permille: u64| model.borrow_rate(coins(1000), coins(permille), elapsed).expect("in range");
        let (low, high) = (at(lower), at(upper));
        for rate in [low, high] {
            prop_assert!(rate.end_rate_at_target >= MIN_RATE_AT_TARGET);
            prop_assert!(rate.end_rate_at_target <= MAX_RATE_AT_TARGET);
            prop_assert!(rate.avg_borrow_rate >= MIN_RATE_AT_TARGET / wad(4));
            prop_assert!(rate.avg_borrow_rate <= MAX_RATE_AT_TARGET * wad(4));
        }
        prop_assert!(low.avg_borrow_rate <= high.avg_borrow_rate);
        prop_assert!((upper < 900) || high.end_rate_at_target >= wad(start));
        prop_assert!((lower > 900) || low.end_rate_at_target <= wad(start));
    }
}
