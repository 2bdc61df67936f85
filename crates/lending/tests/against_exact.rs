//! Histories of price moves, accruals and liquidations, step by step against the integers of `pegstress_exact`.
//!
//! Amounts agree within 1e-9 of the position or the market they are a part of (a remainder is a difference, and as inexact as
//! what it was taken from). The larger part of it are the integers' own roundings: values with 8 decimals, rates per second
//! with 18, of which a yearly percent is nine digits.

mod common;

use common::{GEARBOX, kinked, market};
use pegstress_exact::U256;
use pegstress_exact::lending::aave::{
    Account, Error, LiquidationCall, Pool, RateParameters, RateStrategy, Reserve, ReserveConfig,
};
use pegstress_exact::lending::adaptive_curve_irm::AdaptiveCurveIrm;
use pegstress_exact::lending::compound::{
    self, CollateralAsset, Comet, Configuration, Prices, RateCurve, RateModel,
};
use pegstress_exact::lending::gearbox::{CreditAccount, LiquidationTerms};
use pegstress_exact::lending::morpho::{Amount, Irm, Market as MorphoMarket, Position};
use pegstress_lending::{
    Aave, Adaptive, Compound, Curve, Gearbox, Kinked, Liquidated, Market, Morpho, Rules,
};
use proptest::prelude::*;

const TOLERANCE: f64 = 1e-9;

fn wei(amount: f64) -> U256 {
    U256::from((amount * 1e18) as u128)
}

fn whole(amount: U256) -> f64 {
    f64::from(amount) / 1e18
}

/// Within the tolerance of `exact`, or of `least` where that is more.
#[track_caller]
fn same(what: &str, found: f64, exact: f64, least: f64) {
    let scale = exact.abs().max(least);
    assert!((found - exact).abs() <= TOLERANCE * scale, "{what}: {found:?}, integers {exact:?}");
}

fn at_par(spec: &pegstress_lending::MarketSpec, price: f64, usd_per_eth: f64) -> Market<1> {
    Market::new(spec, &[price], &[price], &[usd_per_eth])
}

/// A step: seconds, the price's move, and what the market takes of what is due (from 1: all).
fn steps(longest_secs: u64) -> impl Strategy<Value = Vec<(u64, f64, f64)>> {
    prop::collection::vec((1..longest_secs, 0.93..1.04_f64, 0.0..1.5_f64), 1..14)
}

/// Morpho Blue with its adaptive curve, three borrowers.
mod morpho {
    use super::*;

    /// `max` tokens from the unhealthy borrowers, the highest debt per collateral first; tokens, debt repaid, bad debt.
    fn liquidate(
        exact: &mut MorphoMarket,
        borrowers: &mut [Position],
        (now, price): (u64, U256),
        max: f64,
    ) -> (f64, f64, f64) {
        let mut order: Vec<usize> = (0..borrowers.len()).collect();
        let risk = |position: &Position| f64::from(position.borrow_shares) / f64::from(position.collateral);
        order.sort_by(|&a, &b| risk(&borrowers[b]).total_cmp(&risk(&borrowers[a])));
        let (mut left, mut sums) = (max, (0.0, 0.0, 0.0));
        for borrower in order {
            let position = &mut borrowers[borrower];
            if position.collateral.is_zero() || position.is_healthy(exact, price).expect("small") {
                continue;
            }
            // All debt, or all collateral if that is less.
            let all = [Amount::Shares(position.borrow_shares), Amount::Assets(position.collateral)];
            let (mut trial, mut emptied) = (*exact, *position);
            let whole_call = match trial.liquidate(now, price, &mut emptied, all[0]) {
                Ok(_) => all[0],
                Err(_) => {
                    (trial, emptied) = (*exact, *position);
                    trial.liquidate(now, price, &mut emptied, all[1]).expect("all collateral");
                    all[1]
                }
            };
            let full = whole(position.collateral - emptied.collateral);
            let amount = if left >= full * (1.0 - 1e-12) { whole_call } else { Amount::Assets(wei(left)) };
            if let Amount::Assets(amount) = amount
                && amount.is_zero()
            {
                break;
            }
            let done = exact.liquidate(now, price, position, amount).expect("an unhealthy position");
            left = (left - whole(done.seized_assets)).max(0.0);
            sums.0 += whole(done.seized_assets);
            sums.1 += whole(done.repaid_assets);
            sums.2 += whole(done.bad_debt_assets);
        }
        sums
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn markets_equal_the_integers_step_by_step(
            lltv in prop::sample::select(vec![770_u64, 860, 915, 945, 965]),
            loans in prop::collection::vec((10.0..5_000.0_f64, 0.7..0.999_f64), 3),
            lent in 0.3..0.99_f64,
            // Rates per second have ten digits at 4 %: what is lost of them in every step is lost of the interest.
            rate in 0.01..0.2_f64,
            steps in steps(86_400),
        ) {
            let rate_at_target = U256::from((rate * 1e18 / 31_536_000.0) as u64);
            let curve = AdaptiveCurveIrm { rate_at_target };
            let lltv_wad = U256::from(lltv) * U256::from(1_000_000_000_000_000_u64);
            let lltv = lltv as f64 / 1e3;
            let mut now = 1_700_000_000;
            let one = U256::from(10).pow(U256::from(36));
            let mut exact = MorphoMarket::create(lltv_wad, U256::ZERO, Irm::AdaptiveCurve(curve), now).expect("a market");
            let loans: Vec<_> = loans.iter().map(|&(lrt, share)| (lrt, lrt * lltv * share)).collect();
            let supplied = loans.iter().map(|loan| loan.1).sum::<f64>() / lent;
            exact.supply(now, &mut Position::default(), Amount::Assets(wei(supplied))).expect("supply");
            let mut borrowers = [Position::default(); 3];
            for (position, &(lrt, debt)) in borrowers.iter_mut().zip(&loans) {
                position.supply_collateral(wei(lrt)).expect("collateral");
                exact.borrow(now, one, position, Amount::Assets(wei(debt))).expect("below the LLTV");
            }
            let buckets: Vec<_> = loans.iter().map(|&(lrt, debt)| (1.0, lrt, debt)).collect();
            let rate_at_target_per_year = whole(rate_at_target) * 31_536_000.0;
            let curve = Curve::Adaptive(Adaptive { rate_at_target_per_year });
            let mut lanes = at_par(&market(Rules::Morpho(Morpho { lltv }), curve, &buckets, supplied), 1.0, 2_000.0);

            let mut price = 1.0;
            for (step, (elapsed, moved, share)) in steps.into_iter().enumerate() {
                now += elapsed;
                price *= moved;
                let exact_price = wei(price) * U256::from(1_000_000_000_000_000_000_u64);
                exact.accrue_interest(now).expect("interest");
                lanes.accrue(elapsed as f64);
                lanes.update_oracle(elapsed as f64, &[price], &[price], &[2_000.0]);

                let max = share * lanes.liquidatable_lrt()[0];
                let owed = lanes.debt_eth()[0];
                let done = *lanes.liquidate(&[max]);
                let (seized, repaid, bad) = liquidate(&mut exact, &mut borrowers, (now, exact_price), max);
                same("seized", done.seized_lrt[0], seized, owed);
                same("repaid", done.repaid_eth[0], repaid, owed);
                same("bad debt", done.bad_debt_eth[0], bad, owed);
                same("supplied", lanes.lenders().supplied_eth[0], whole(exact.total_supply_assets), supplied);
                same("lent", lanes.debt_eth()[0], whole(exact.total_borrow_assets), supplied);
                // Ten digits of a rate per second: a unit in the last one of 4 % is 8e-10 of it, lost up to three times a
                // step; at the least rate, 0.1 %, it is 3e-8.
                let Irm::AdaptiveCurve(curve) = exact.irm else { panic!("no curve") };
                let unit = 3.0 * (step + 1) as f64 / f64::from(curve.rate_at_target);
                let found = lanes.rate_at_target_per_year()[0] / (whole(curve.rate_at_target) * 31_536_000.0) - 1.0;
                prop_assert!(found.abs() <= unit * 40.0, "rate at target: {found:e}, {unit:e}");
                for (bucket, position) in borrowers.iter().enumerate() {
                    let loan = lanes.loan(bucket, 0);
                    same("debt", loan.debt_eth, whole(position.debt(&exact).expect("small")), loans[bucket].1);
                    if loan.debt_eth > 0.0 {
                        same("collateral", loan.collateral_lrt, whole(position.collateral), loans[bucket].0);
                    }
                }
            }
        }
    }
}

/// Aave 3.7: one borrower of a token against ETH, and another debt beside it.
mod aave {
    use super::*;

    const LRT: usize = 0;
    const ETH: usize = 1;
    /// A touch of the reserve: its rates follow its utilisation only in an action.
    const TOUCH: U256 = U256::from_limbs([1_000_000, 0, 0, 0]);

    fn reserve(threshold: u64, bonus: u64, price: U256, now: u64) -> Reserve {
        let curve = RateParameters { optimal_bps: 9_000, base_bps: 0, slope1_bps: 270, slope2_bps: 8_000 };
        let config = ReserveConfig {
            decimals: 18,
            ltv_bps: threshold - 50,
            liquidation_threshold_bps: threshold,
            liquidation_bonus_bps: 10_000 + bonus,
            protocol_fee_bps: 1_000,
            reserve_factor_bps: 1_500,
            strategy: RateStrategy::new(curve).expect("a curve"),
        };
        Reserve::new(config, price, now).expect("a reserve")
    }

    struct Exact {
        pool: Pool,
        borrower: Account,
        liquidator: Account,
    }

    impl Exact {
        fn call(&self, repay: U256, now: u64) -> Result<(Self, [f64; 3]), Error> {
            let (mut pool, mut borrower) = (self.pool.clone(), self.borrower.clone());
            let mut liquidator = self.liquidator.clone();
            let call =
                LiquidationCall { collateral: LRT, debt: ETH, debt_to_cover: repay, receive_atoken: false };
            let done = pool.liquidate(&mut borrower, &mut liquidator, call, now)?;
            let amounts = [done.collateral_to_liquidator, done.protocol_fee, done.debt_repaid].map(whole);
            Ok((Self { pool, borrower, liquidator }, amounts))
        }

        fn collateral(&self, now: u64) -> f64 {
            let scaled = self.borrower.position(LRT).expect("a position").scaled_supply;
            whole(self.pool.reserves()[LRT].supply_balance(scaled, now).expect("small"))
        }

        fn debt(&self, now: u64) -> f64 {
            let scaled = self.borrower.position(ETH).expect("a position").scaled_debt;
            whole(self.pool.reserves()[ETH].debt_balance(scaled, now).expect("small"))
        }
    }

    /// What the integers do when the lanes have taken `done` of a share of what is due. The last digits of an amount at the
    /// dust limit are given up: $1e-6 of $1000.
    fn follow(
        exact: &Exact,
        done: &Liquidated<1>,
        share: f64,
        now: u64,
        usd_per_eth: f64,
    ) -> (Exact, [f64; 3]) {
        let repaid = done.repaid_eth[0];
        let less = wei(repaid - 1e-6 / usd_per_eth);
        let full = if share >= 1.0 { exact.call(U256::MAX, now) } else { exact.call(wei(repaid), now) };
        match full {
            Err(Error::MustNotLeaveDust) => {
                let more = wei(repaid + 2e-6 / usd_per_eth);
                assert_eq!(
                    exact.call(more, now).err(),
                    Some(Error::MustNotLeaveDust),
                    "the limit is the contract's"
                );
                exact.call(less, now).expect("a call at the dust limit")
            }
            full => full.expect("a call on what is due"),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn markets_equal_the_integers_step_by_step(
            (threshold, bonus) in prop::sample::select(vec![(9_500_u64, 100_u64), (9_300, 100), (7_800, 750), (9_500, 300)]),
            lrt in prop_oneof![0.6..3.0_f64, 3.0..5_000.0_f64],
            ltv in 0.85..0.99_f64,
            lent in 0.3..0.97_f64,
            usd in 150_000_000_000_u64..400_000_000_000,
            steps in steps(3 * 86_400),
        ) {
            let mut now = 1_700_000_000;
            let usd_per_eth = usd as f64 / 1e8;
            // Prices have eight decimals.
            let quoted = |price: f64| (price * usd as f64) as u64;
            let mut price = 1.0;
            let pool = Pool::new(vec![
                reserve(threshold, bonus, U256::from(quoted(price)), now),
                reserve(8_000, 500, U256::from(usd), now),
            ]);
            let mut exact = Exact { pool, borrower: Account::new(2, None), liquidator: Account::new(2, None) };
            let debt = lrt * ltv * (threshold as f64 / 1e4 - 0.005);
            let other = 0.7 * debt;
            let supplied = (debt + other) / lent;
            let (mut lender, mut whale) = (Account::new(2, None), Account::new(2, None));
            let pool = &mut exact.pool;
            pool.supply(&mut lender, ETH, wei(supplied), now).expect("supply");
            pool.supply(&mut whale, LRT, wei(10.0 * lrt), now).expect("supply");
            pool.borrow(&mut whale, ETH, wei(other), now).expect("other debt");
            pool.supply(&mut exact.borrower, LRT, wei(lrt), now).expect("collateral");
            pool.borrow(&mut exact.borrower, ETH, wei(debt), now).expect("below the limit");

            let rules = Aave {
                liquidation_threshold: threshold as f64 / 1e4,
                bonus: bonus as f64 / 1e4,
                protocol_fee: 0.1,
            };
            let mut spec = market(Rules::Aave(rules), kinked(), &[(1.0, lrt, debt)], supplied);
            spec.other_debt_eth = other;
            let mut lanes = at_par(&spec, price, usd_per_eth);

            for (elapsed, moved, share) in steps {
                exact.pool.supply(&mut lender, ETH, TOUCH, now).expect("a touch");
                now += elapsed;
                price *= moved;
                let price_usd = quoted(price);
                exact.pool.set_price(LRT, U256::from(price_usd)).expect("a reserve");
                lanes.accrue(elapsed as f64);
                let printed = [price_usd as f64 / usd as f64];
                lanes.update_oracle(elapsed as f64, &printed, &printed, &[usd_per_eth]);

                let due = lanes.liquidatable_lrt()[0];
                let before = exact.debt(now);
                let health = exact.borrower.data(exact.pool.reserves(), now).expect("small").health_factor;
                prop_assert_eq!(due > 0.0, health < U256::from(1_000_000_000_000_000_000_u64));
                let done = *lanes.liquidate(&[share * due]);
                if done.seized_lrt[0] > 1e-9 {
                    let (after, [seized, fee, repaid]) = follow(&exact, &done, share, now, usd_per_eth);
                    same("seized", done.seized_lrt[0], seized, lrt);
                    same("fee", done.protocol_fee_lrt[0], fee, lrt);
                    same("repaid", done.repaid_eth[0], repaid, lrt);
                    exact = after;
                    let bad = if exact.collateral(now) == 0.0 { before - repaid } else { 0.0 };
                    same("bad debt", done.bad_debt_eth[0], bad, lrt);
                } else if share * due > 1e-3 {
                    // The lanes say that no part of it may be taken; so does the contract.
                    let asked = wei(share * due * lanes.breakeven_bid()[0]);
                    prop_assert_eq!(exact.call(asked, now).err(), Some(Error::MustNotLeaveDust));
                }
                let loan = lanes.loan(0, 0);
                same("debt", loan.debt_eth, exact.debt(now), lrt);
                same("collateral", lanes.collateral_lrt()[0], exact.collateral(now), lrt);
                let eth = &exact.pool.reserves()[ETH];
                let total = whole(eth.total_debt(now).expect("small"));
                same("all debt", lanes.debt_eth()[0], total, lrt);
                same("deficit", lanes.lenders().deficit_eth[0], whole(eth.deficit()), lrt);
                let claims = whole(eth.virtual_underlying()) + total + whole(eth.deficit());
                same("claims", lanes.lenders().supplied_eth[0], claims, lrt);
                if loan.debt_eth == 0.0 {
                    break;
                }
            }
        }
    }
}

/// Compound v3: three borrowers, and all interest for the reserves.
mod comet {
    use super::*;

    fn factor(x: f64) -> U256 {
        U256::from((x * 1e4).round() as u64) * U256::from(100_000_000_000_000_u64)
    }

    fn rates() -> RateModel {
        let zero = U256::ZERO;
        // 2.7 % up to a utilisation of 90 %, 80 % more above: per unit of utilisation.
        let borrow = RateCurve::per_year(wei(0.9), wei(0.03), wei(8.0), zero);
        RateModel { supply: RateCurve::per_year(wei(0.9), zero, zero, zero), borrow }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn markets_equal_the_integers_step_by_step(
            loans in prop::collection::vec((100.0..5_000.0_f64, 0.7..0.999_f64), 3),
            lent in 0.3..0.85_f64,
            reserves in 0.0..3_000.0_f64,
            target in 0.0..5_000.0_f64,
            // An hour at most: the integers accrue without x^2/2, which is 3e-9 of the interest of an hour at 5 %.
            steps in steps(3_600),
        ) {
            let rule = Compound {
                liquidation_threshold: 0.93,
                liquidation_factor: 0.95,
                storefront_price_factor: 0.5,
                target_reserves_eth: target,
                reserves_eth: reserves,
            };
            let asset = CollateralAsset::new(18, factor(0.9), factor(0.93), factor(0.95)).expect("factors");
            let configuration =
                Configuration::new(rates(), 18, factor(0.5), wei(target), vec![asset]).expect("a configuration");
            let mut now = 1_700_000_000;
            let mut exact = Comet::new(configuration, wei(reserves), now);
            let one = U256::from(100_000_000);
            let mut prices = Prices { base: one, assets: vec![one] };
            let loans: Vec<_> = loans.iter().map(|&(lrt, share)| (lrt, lrt * 0.9 * share)).collect();
            let supplied = loans.iter().map(|loan| loan.1).sum::<f64>() / lent;
            let empty = compound::Account::empty(&exact.configuration);
            exact.supply_base(now, &mut empty.clone(), wei(supplied)).expect("supply");
            let mut borrowers = vec![empty; 3];
            for (account, &(lrt, debt)) in borrowers.iter_mut().zip(&loans) {
                account.supply_collateral(0, wei(lrt)).expect("collateral");
                exact.withdraw_base(now, &prices, account, wei(debt)).expect("covered");
            }
            let buckets: Vec<_> = loans.iter().map(|&(lrt, debt)| (1.0, lrt, debt)).collect();
            let curve = Kinked { base_per_year: 0.0, slope_1_per_year: 0.027, slope_2_per_year: 0.8, kink: 0.9 };
            let mut spec = market(Rules::Compound(rule), Curve::Kinked(curve), &buckets, supplied);
            spec.interest.protocol_share = 1.0;
            let mut lanes = at_par(&spec, 1.0, 2_000.0);

            let mut price = 1.0;
            for (elapsed, moved, share) in steps {
                now += elapsed;
                price *= moved;
                // A multiple of 40, so that 97.5 % of it has no more than its eight decimals.
                let printed = (price * 1e8 / 40.0) as u64 * 40;
                prices.assets[0] = U256::from(printed);
                let printed = [printed as f64 / 1e8];
                exact.accrue(now).expect("interest");
                lanes.accrue(elapsed as f64);
                lanes.update_oracle(elapsed as f64, &printed, &printed, &[2_000.0]);

                let due = lanes.liquidatable_lrt()[0];
                let done = *lanes.liquidate(&[share * due]);
                let (mut taken_over, mut paid_out) = (0.0, 0.0);
                for account in &mut borrowers {
                    if account.is_liquidatable(&exact.configuration, &exact.indexes, &prices).expect("small") {
                        let debt = -(exact.indexes.present_value(account.principal).expect("small") as f64) / 1e18;
                        let absorbed = exact.absorb(now, &prices, account).expect("a due account");
                        taken_over += debt;
                        paid_out += whole(absorbed.base_paid_out);
                    }
                }
                same("taken over", done.absorbed_eth[0] + done.bad_debt_eth[0], taken_over, supplied);
                prop_assert!(paid_out >= taken_over * (1.0 - TOLERANCE));
                if done.seized_lrt[0] > 1e-6 {
                    // A last digit less, where everything is bought.
                    let base = wei(done.paid_eth[0] * (1.0 - 1e-14));
                    let bought = exact.buy_collateral(now, &prices, 0, U256::ZERO, base);
                    same("bought", done.seized_lrt[0], whole(bought.expect("a sale below the target")), supplied);
                }
                same("inventory", lanes.inventory_lrt()[0], whole(exact.collateral_reserves[0]), supplied);
                same("lent", lanes.debt_eth()[0], whole(exact.total_borrow(now).expect("small")), supplied);
                same("supplied", lanes.lenders().supplied_eth[0], whole(exact.total_supply(now).expect("small")), supplied);
                let reserves = exact.reserves(now).expect("small") as f64 / 1e18;
                same("reserves", lanes.lenders().protocol_eth[0], reserves, supplied);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_gearbox_liquidation_pays_whom_the_integers_pay(
        lrt in 1.0..5_000.0_f64, ltv in 0.9..1.2_f64, premium in 0_u16..1_000, fee in 0_u16..300, price in 0.5..1.5_f64,
    ) {
        let (value, debt) = (lrt * price, lrt * price * ltv);
        let rule = Gearbox { premium: f64::from(premium) / 1e4, liquidation_fee: f64::from(fee) / 1e4, ..GEARBOX };
        let spec = market(Rules::Gearbox(rule), kinked(), &[(1.0, lrt, debt)], 10.0 * debt);
        let mut lanes = at_par(&spec, price, 2_000.0);
        let account = CreditAccount {
            debt: wei(debt),
            accrued_interest: U256::ZERO,
            accrued_fees: U256::ZERO,
            total_value: wei(value),
            weighted_value: wei(value * rule.liquidation_threshold),
        };
        let due = account.is_liquidatable().expect("small");
        prop_assert_eq!(lanes.liquidatable_lrt()[0] > 0.0, due);
        if due {
            let terms = LiquidationTerms { discount_bps: 10_000 - premium, fee_bps: fee };
            let payments = account.liquidation_payments(terms).expect("small");
            let done = lanes.liquidate(&[f64::INFINITY]);
            same("pool", done.repaid_eth[0] + done.protocol_fee_eth[0], whole(payments.to_pool), 1.0);
            same("profit", done.protocol_fee_eth[0], whole(payments.profit), 1.0);
            same("owner", done.returned_eth[0], whole(payments.remaining_funds), 1.0);
            same("loss", done.bad_debt_eth[0], whole(payments.loss), 1.0);
        }
    }
}
