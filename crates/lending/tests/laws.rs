//! Laws of every rule over random markets, prices and amounts.

mod common;

use common::{USD_PER_ETH, adaptive, all_oracles, all_rules, kinked, market};
use pegstress_lending::{Aave, Liquidated, Market, MarketSpec, Morpho, Rules};
use proptest::prelude::*;

/// Sums of up to eight buckets, each a few products.
const ROUNDING: f64 = 1e-12;

/// Up to eight buckets of loan-to-values up to 1.1, a rule with its own parameters, a share to take.
fn markets() -> impl Strategy<Value = MarketSpec> {
    let bucket = (1_u32..40, 0.3..20_000.0_f64, 0.5..1.1_f64);
    let bucket = bucket.prop_map(|(positions, lrt, ltv)| (f64::from(positions), lrt, lrt * ltv));
    (0_usize..4, prop::collection::vec(bucket, 1..8), any::<bool>()).prop_map(|(rule, buckets, fixed)| {
        let curve = if fixed { kinked() } else { adaptive() };
        let debt: f64 = buckets.iter().map(|bucket| bucket.2).sum();
        market(all_rules()[rule], curve, &buckets, 1.2 * debt)
    })
}

fn at_price<const W: usize>(spec: &MarketSpec, price: f64) -> Market<W> {
    Market::new(spec, &[price; W], &[price; W], &[USD_PER_ETH; W])
}

/// By how much what went out and what is left miss what was there, relative.
fn imbalance(before: &Market<1>, after: &Market<1>, done: &Liquidated<1>) -> (f64, f64) {
    let lrt = after.collateral_lrt()[0] + done.seized_lrt[0] + done.protocol_fee_lrt[0];
    let debt = after.debt_eth()[0] + done.repaid_eth[0] + done.absorbed_eth[0] + done.bad_debt_eth[0];
    ((lrt - before.collateral_lrt()[0]) / lrt.max(1e-9), (debt - before.debt_eth()[0]) / debt.max(1e-9))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tokens_and_eth_are_conserved_and_no_more_is_taken_than_offered(
        spec in markets(), price in 0.7..1.3_f64, share in 0.0..1.3_f64, days in 0.0..30.0_f64,
    ) {
        let mut market = at_price::<1>(&spec, price);
        market.accrue(days * 86_400.0);
        for _ in 0..3 {
            let before = market.clone();
            let liquidatable = market.liquidatable_lrt()[0];
            let offered = share * liquidatable;
            let done = *market.liquidate(&[offered]);
            let (lrt, debt) = imbalance(&before, &market, &done);
            prop_assert!(lrt.abs() < ROUNDING && debt.abs() < ROUNDING, "{lrt:e} {debt:e}");
            prop_assert!(done.seized_lrt[0] <= offered.min(liquidatable) * (1.0 + ROUNDING));
            let paid = done.repaid_eth[0] + done.protocol_fee_eth[0] + done.returned_eth[0];
            if !matches!(spec.rules, Rules::Compound(_)) {
                prop_assert!((done.paid_eth[0] - paid).abs() <= ROUNDING * paid);
            }
            prop_assert!((done.paid_eth[0] - done.seized_lrt[0] * market.breakeven_bid()[0]).abs() <= 1e-11 * paid);
        }
    }

    #[test]
    fn what_is_liquidatable_is_taken_when_it_is_offered(spec in markets(), price in 0.7..1.3_f64) {
        let mut market = at_price::<1>(&spec, price);
        let liquidatable = market.liquidatable_lrt();
        let done = *market.liquidate(&liquidatable);
        prop_assert!((done.seized_lrt[0] - liquidatable[0]).abs() <= ROUNDING * liquidatable[0]);
        // All that a call may take: what is due now is due again, by a next call, with Aave only.
        if matches!(spec.rules, Rules::Morpho(_) | Rules::Gearbox(_)) {
            prop_assert_eq!(market.liquidatable_lrt()[0], 0.0);
        }
    }

    #[test]
    fn a_market_that_is_not_due_does_not_change(spec in markets(), price in 1.6..2.5_f64) {
        // Loan-to-values up to 1.1 and thresholds from 0.93.
        let mut market = at_price::<1>(&spec, price);
        prop_assert_eq!(market.liquidatable_lrt(), [0.0]);
        let before: Vec<_> = (0..market.buckets()).map(|bucket| market.loan(bucket, 0)).collect();
        prop_assert_eq!(market.liquidate(&[f64::INFINITY]), &Liquidated::NOTHING);
        let after: Vec<_> = (0..market.buckets()).map(|bucket| market.loan(bucket, 0)).collect();
        prop_assert_eq!(before, after);
    }

    #[test]
    fn a_partial_liquidation_raises_health_iff_health_is_above_threshold_times_bonus(
        lt in 0.5..0.97_f64, bonus in 0.002..0.12_f64, fee in 0.0..0.5_f64, health in 0.8..0.9999_f64, share in 0.01..0.5_f64,
    ) {
        let rule = Aave { liquidation_threshold: lt, bonus, protocol_fee: fee };
        let turn = lt * (1.0 + bonus);
        // Nearer to the turn the change is below rounding.
        prop_assume!((health - turn).abs() > 1e-6);
        let spec = market(Rules::Aave(rule), kinked(), &[(1.0, 1_000.0, 1_000.0 * lt / health)], 1e4);
        let mut market = at_price::<1>(&spec, 1.0);
        let offered = share * market.liquidatable_lrt()[0];
        let done = *market.liquidate(&[offered]);
        prop_assert!(done.seized_lrt[0] > 0.0);
        let loan = market.loan(0, 0);
        let after = loan.collateral_lrt * lt / loan.debt_eth;
        prop_assert_eq!(after > health, health > turn, "{} {} {}", health, after, turn);
    }

    #[test]
    fn morphos_suppliers_lose_exactly_the_bad_debt(
        lltv in 0.3..0.98_f64, ltv in 0.5..1.4_f64, share in 0.0..1.2_f64, positions in 1_u32..9,
    ) {
        let rules = Rules::Morpho(Morpho { lltv });
        let spec = market(rules, adaptive(), &[(f64::from(positions), 1_000.0, 1_000.0 * ltv)], 3_000.0);
        let mut market = at_price::<1>(&spec, 1.0);
        let offered = share * market.liquidatable_lrt()[0];
        let done = *market.liquidate(&[offered]);
        // To the bit: it is one subtraction.
        prop_assert_eq!(market.lenders().supplied_eth[0], 3_000.0 - done.bad_debt_eth[0]);
        prop_assert_eq!(market.lenders().socialised_eth, done.bad_debt_eth);
        // What suppliers are owed is lent or there: 3000 less what was lent at the start, plus what came back.
        let cash = 3_000.0 - 1_000.0 * ltv + done.repaid_eth[0];
        let owed = market.lenders().supplied_eth[0];
        prop_assert!((cash + market.debt_eth()[0] - owed).abs() < 1e-9);
    }

    #[test]
    fn aaves_deficit_is_the_unpaid_debt_and_suppliers_keep_their_claims(ltv in 0.9..1.4_f64, share in 0.0..1.2_f64) {
        let spec = market(all_rules()[0], kinked(), &[(7.0, 1_000.0, 1_000.0 * ltv)], 3_000.0);
        let mut market = at_price::<1>(&spec, 1.0);
        let offered = share * market.liquidatable_lrt()[0];
        let done = *market.liquidate(&[offered]);
        prop_assert_eq!(market.lenders().deficit_eth, done.bad_debt_eth);
        prop_assert_eq!(market.lenders().supplied_eth[0], 3_000.0);
    }

    #[test]
    fn a_lower_price_makes_no_less_due_and_no_less_latent(spec in markets(), price in 0.7..1.3_f64, fall in 0.0..0.3_f64) {
        let lower = price * (1.0 - fall);
        let [high, low] = [price, lower].map(|price| at_price::<1>(&spec, price).latent_bad_debt_eth(&[price])[0]);
        prop_assert!(low >= high);
        if matches!(spec.rules, Rules::Morpho(_)) {
            let [high, low] = [price, lower].map(|price| at_price::<1>(&spec, price).liquidatable_lrt()[0]);
            prop_assert!(low >= high * (1.0 - ROUNDING));
        }
    }
}

/// One step's inputs in every lane, from two numbers.
fn inputs<const W: usize>(lanes: &[usize; W], step: usize, wave: f64, depth: f64) -> [[f64; W]; 4] {
    let phase = |lane: usize| ((lane * 37 + step * 11) % 64) as f64 / 64.0;
    [
        lanes.map(|lane| 1.0 - 0.12 * depth * phase(lane)),
        lanes.map(|lane| 1.0 - 0.25 * wave * phase(lane + 5)),
        lanes.map(|lane| 2_000.0 - 900.0 * phase(lane + 9)),
        // Nothing, some or plenty for the liquidators.
        lanes.map(|lane| [0.0, 5.0, 300.0, 1e9][(lane + step) % 4]),
    ]
}

/// Everything a history leads to, in each lane.
fn history<const W: usize>(spec: &MarketSpec, lanes: &[usize; W], wave: f64, depth: f64) -> [Vec<u64>; W] {
    let carry = pegstress_lending::Carry {
        threshold_per_year: 0.0,
        unwinds_per_day: 0.3,
        horizon_years: f64::INFINITY,
    };
    let mut market = at_price::<W>(spec, 1.0);
    let mut bits: [Vec<u64>; W] = std::array::from_fn(|_| Vec::new());
    for step in 0..12 {
        let [nav, price, usd, max] = inputs(lanes, step, wave, depth);
        market.accrue(21_600.0);
        market.freeze_oracle(&[step == 5; W]);
        if step == 7 {
            market.misprint_oracle(&price, 2);
        }
        market.update_oracle(21_600.0, &nav, &price, &usd);
        let liquidatable = market.liquidatable_lrt();
        let done = *market.liquidate(&max);
        let wish = market.unwind_wish_lrt(&carry, 21_600.0, &[0.03; W], (&price, &nav));
        let mut proceeds = wish;
        for i in 0..W {
            proceeds[i] *= 0.99 * price[i];
        }
        let unwound = market.unwind(&carry, 21_600.0, &[0.03; W], (&price, &nav), (&wish, &proceeds));
        let columns = [
            liquidatable,
            done.seized_lrt,
            done.paid_eth,
            done.repaid_eth,
            done.absorbed_eth,
            done.bad_debt_eth,
            done.protocol_fee_lrt,
            done.protocol_fee_eth,
            done.returned_eth,
            unwound.repaid_eth,
            unwound.released_lrt,
            market.debt_eth(),
            market.collateral_lrt(),
            market.borrow_rate_per_year(),
            market.breakeven_bid(),
            market.lenders().supplied_eth,
            market.lenders().protocol_eth,
            market.lenders_haircut(),
            market.latent_bad_debt_eth(&price),
            market.bad_debt_eth(),
            market.withdraw_debt_free(),
        ];
        for i in 0..W {
            bits[i].extend(columns.iter().map(|column| column[i].to_bits()));
            for bucket in 0..market.buckets() {
                let loan = market.loan(bucket, i);
                bits[i].extend([loan.collateral_lrt, loan.debt_eth, loan.positions].map(f64::to_bits));
            }
        }
    }
    bits
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_lane_is_the_same_to_the_bit_at_every_width_and_beside_any_neighbours(
        spec in markets(), oracle in 0_usize..5, wave in 0.0..1.0_f64, depth in 0.0..1.0_f64,
    ) {
        let spec = MarketSpec { oracle: all_oracles()[oracle], ..spec };
        let wide = history::<16>(&spec, &std::array::from_fn(|lane| lane), wave, depth);
        let other = history::<3>(&spec, &[9, 2, 14], wave, depth);
        prop_assert_eq!([&wide[9], &wide[2], &wide[14]], [&other[0], &other[1], &other[2]]);
        for (lane, bits) in wide.iter().enumerate() {
            prop_assert_eq!(bits, &history::<1>(&spec, &[lane], wave, depth)[0], "lane {}", lane);
        }
    }
}
