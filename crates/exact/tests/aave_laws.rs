//! Laws of Aave's liquidations and price caps, whatever the parameters.

use pegstress_exact::U256;
use pegstress_exact::lending::aave::fixed_point::RAY;
use pegstress_exact::lending::aave::interest::{compounded_interest, linear_interest};
use pegstress_exact::lending::aave::{
    Account, LiquidationCall, Pool, RateParameters, RateStrategy, Reserve, ReserveConfig, ReserveLiquidity,
    Seizure, SeizureTerms,
};
use pegstress_exact::lending::capo::{PriceCap, PriceCapParameters};
use proptest::prelude::*;

const NOW: u64 = 1_760_000_000;
const COLLATERAL: usize = 0;
const DEBT: usize = 1;
const YEAR: u64 = 31_536_000;

fn bps(value: u64) -> U256 {
    U256::from(value)
}

/// Any word, small, large and in between.
fn words() -> impl Strategy<Value = U256> {
    let shifted = (any::<[u64; 4]>(), 0..256_usize).prop_map(|(limbs, bits)| U256::from_limbs(limbs) >> bits);
    prop_oneof![Just(U256::ZERO), Just(U256::MAX), shifted]
}

prop_compose! {
    /// Prices of 1e-2 to 1e6 and assets of 6 to 18 decimals.
    fn terms()(
        prices in (1_000_000..100_000_000_000_000_u64, 1_000_000..100_000_000_000_000_u64),
        decimals in (6..=18_u32, 6..=18_u32),
        bonus in 10_000..12_000_u64,
        fee in prop_oneof![Just(0), 0..=10_000_u64],
    ) -> SeizureTerms {
        SeizureTerms {
            collateral_price: U256::from(prices.0),
            collateral_unit: U256::from(10_u64.pow(decimals.0)),
            debt_price: U256::from(prices.1),
            debt_unit: U256::from(10_u64.pow(decimals.1)),
            bonus_bps: bps(bonus),
            protocol_fee_bps: bps(fee),
        }
    }
}

/// A position of one collateral and one debt that has fallen.
#[derive(Debug, Clone)]
struct Fallen {
    pool: Pool,
    borrower: Account,
    threshold_bps: u64,
    bonus_bps: u64,
}

impl Fallen {
    fn health(&self, now: u64) -> U256 {
        self.borrower.data(self.pool.reserves(), now).expect("in range").health_factor
    }

    fn debt(&self, now: u64) -> U256 {
        let scaled = self.borrower.position(DEBT).expect("a reserve").scaled_debt;
        self.pool.reserves()[DEBT].debt_balance(scaled, now).expect("in range")
    }

    fn collateral(&self, now: u64) -> U256 {
        let scaled = self.borrower.position(COLLATERAL).expect("a reserve").scaled_supply;
        self.pool.reserves()[COLLATERAL].supply_balance(scaled, now).expect("in range")
    }

    fn liquidate(&mut self, debt_to_cover: U256, receive_atoken: bool, now: u64) -> Option<Seizure> {
        let call = LiquidationCall { collateral: COLLATERAL, debt: DEBT, debt_to_cover, receive_atoken };
        let before = (self.pool.clone(), self.borrower.clone());
        let result = self.pool.liquidate(&mut self.borrower, &mut Account::new(2, None), call, now);
        if result.is_err() {
            assert_eq!((&self.pool, &self.borrower), (&before.0, &before.1), "refused, but changed");
        }
        result.ok()
    }
}

prop_compose! {
    /// 100 tokens at 2000 against debt at the limit, with the collateral's price then at `health` millionths of what keeps the
    /// position just safe.
    fn fallen(healths: std::ops::Range<u64>)(
        decimals in (6..=18_u8, 6..=18_u8),
        threshold_bps in 5_000..9_500_u64,
        margin_bps in 0..500_u64,
        bonus_bps in 10_010..11_500_u64,
        protocol_fee_bps in prop_oneof![Just(0), 0..=10_000_u64],
        reserve_factor_bps in 0..=10_000_u64,
        health in healths,
    ) -> Fallen {
        let rates = RateParameters { optimal_bps: 9_000, base_bps: 100, slope1_bps: 400, slope2_bps: 8_000 };
        let reserve = |decimals| {
            let config = ReserveConfig {
                decimals,
                ltv_bps: threshold_bps - margin_bps,
                liquidation_threshold_bps: threshold_bps,
                liquidation_bonus_bps: bonus_bps,
                protocol_fee_bps,
                reserve_factor_bps,
                strategy: RateStrategy::new(rates).expect("valid"),
            };
            Reserve::new(config, U256::from(200_000_000_000_u64), NOW).expect("valid")
        };
        let mut pool = Pool::new(vec![reserve(decimals.0), reserve(decimals.1)]);
        let unit = |decimals: u8| U256::from(10_u64.pow(u32::from(decimals)));
        // Others lend both assets and owe some of the collateral's, so that its index grows.
        let mut others = Account::new(2, None);
        for (asset, decimals) in [(COLLATERAL, decimals.0), (DEBT, decimals.1)] {
            pool.supply(&mut others, asset, unit(decimals) * U256::from(150), NOW).expect("a supply");
        }
        let lent = unit(decimals.0) * U256::from(50);
        pool.borrow(&mut others, COLLATERAL, lent, NOW).expect("within the limit");
        let mut borrower = Account::new(2, None);
        let collateral = unit(decimals.0) * U256::from(100);
        pool.supply(&mut borrower, COLLATERAL, collateral, NOW).expect("a supply");
        let debt = unit(decimals.1) * bps(threshold_bps - margin_bps) / U256::from(100);
        pool.borrow(&mut borrower, DEBT, debt, NOW).expect("at the limit");
        let safe = U256::from(200_000_000_000_u64) * bps(threshold_bps - margin_bps) / bps(threshold_bps);
        let price = safe * U256::from(health) / U256::from(1_000_000);
        pool.set_price(COLLATERAL, price).expect("a reserve");
        Fallen { pool, borrower, threshold_bps, bonus_bps }
    }
}

proptest! {
    /// `HF' > HF` iff `HF > LT (1 + LB)`: the bonus takes more than the repayment frees below that.
    ///
    /// Repaying a share `s` changes the health factor by `s (1 - LT (1 + LB) / HF) / (1 - s)` of itself: with `s` from 2 %, and
    /// `HF` and `LT (1 + LB)` apart by 1e-3 or more, by 2e-5. The roundings, a few units of 1e-6 in 25 tokens or more and
    /// of 1e-8 in values of 1000 or more, stay below 1e-6.
    #[test]
    fn a_partial_liquidation_raises_the_health_factor_exactly_above_the_threshold_with_bonus(
        mut fallen in fallen(600_000..999_000),
        share_pct in 2..40_u64,
        later in prop_oneof![Just(0), 1..YEAR],
    ) {
        let now = NOW + later;
        let before = fallen.health(now);
        let turning = U256::from(fallen.threshold_bps * fallen.bonus_bps) * U256::from(10_000_000_000_u64);
        prop_assume!(before.abs_diff(turning) > turning / U256::from(1_000));
        let cover = fallen.debt(now) * U256::from(share_pct) / U256::from(100);
        let held = fallen.collateral(now);
        let Some(seizure) = fallen.liquidate(cover, false, now) else {
            // Healthy after all, or dust: nothing happened.
            return Ok(());
        };
        prop_assume!(seizure.collateral_to_liquidator + seizure.protocol_fee < held);
        let after = fallen.health(now);
        prop_assert_eq!(after > before, before > turning, "{} -> {}, turns at {}", before, after, turning);
    }

    /// Repaid never above the debt nor above what the liquidator offered; taken never above the collateral.
    #[test]
    fn no_more_is_repaid_than_owed_and_no_more_taken_than_held(
        mut fallen in fallen(100_000..1_000_000),
        cover in prop_oneof![Just(U256::MAX), (1..120_u64).prop_map(U256::from)],
        receive_atoken in any::<bool>(),
        later in prop_oneof![Just(0), 1..YEAR],
    ) {
        let now = NOW + later;
        let (debt, held) = (fallen.debt(now), fallen.collateral(now));
        let cover = if cover == U256::MAX { cover } else { debt * cover / U256::from(100) };
        let liquidity = fallen.pool.reserves()[DEBT].virtual_underlying();
        let Some(seizure) = fallen.liquidate(cover, receive_atoken, now) else { return Ok(()) };
        prop_assert!(seizure.debt_repaid <= debt && seizure.debt_repaid <= cover);
        prop_assert!(seizure.collateral_to_liquidator + seizure.protocol_fee <= held);
        let reserve = &fallen.pool.reserves()[DEBT];
        prop_assert_eq!(reserve.virtual_underlying(), liquidity + seizure.debt_repaid);
        // Debt is burned rounded down in scaled units: never less is left than what was not repaid.
        prop_assert!(fallen.debt(now) + seizure.debt_repaid + reserve.deficit() >= debt);
    }

    /// A deficit is what was owed and not paid, and appears only where no collateral is left; nobody is left with debt alone.
    #[test]
    fn a_deficit_is_the_debt_that_was_not_paid(
        mut fallen in fallen(100_000..1_000_000),
        later in prop_oneof![Just(0), 1..YEAR],
        receive_atoken in any::<bool>(),
    ) {
        let now = NOW + later;
        let (debt, health) = (fallen.debt(now), fallen.health(now));
        let Some(seizure) = fallen.liquidate(U256::MAX, receive_atoken, now) else {
            // The whole position of an account below 0.95 can always be closed.
            prop_assert!(health > U256::from(950_000_000_000_000_000_u64));
            return Ok(());
        };
        let reserve = &fallen.pool.reserves()[DEBT];
        let data = fallen.borrower.data(fallen.pool.reserves(), now).expect("in range");
        if data.total_collateral_base.is_zero() {
            prop_assert_eq!(reserve.deficit(), debt - seizure.debt_repaid);
            prop_assert_eq!(data.health_factor, U256::MAX);
        } else {
            prop_assert!(reserve.deficit().is_zero());
        }
    }

    /// Roundings are the pool's: who supplies has no more than that, who borrows owes no less, both within one scaled unit.
    #[test]
    fn a_supply_is_worth_no_more_and_a_debt_no_less_than_the_amount(
        fallen in fallen(999_000..1_000_000),
        supplied in 1_000_000..1_000_000_000_u64,
        later in 1..YEAR,
    ) {
        let (mut pool, now) = (fallen.pool, NOW + later);
        let mut account = Account::new(2, None);
        let supplied = U256::from(supplied);
        pool.supply(&mut account, COLLATERAL, supplied, now).expect("a supply");
        // Up to 1e9 units are 1000 tokens of 6 decimals; against ten thousand of the other asset.
        let other = pool.reserves()[DEBT].unit() * U256::from(10_000);
        pool.supply(&mut account, DEBT, other, now).expect("a supply");
        let borrowed = supplied / U256::from(10);
        pool.borrow(&mut account, COLLATERAL, borrowed, now).expect("far within the limit");
        let position = account.position(COLLATERAL).expect("a reserve");
        let reserve = &pool.reserves()[COLLATERAL];
        let index = |normalized: U256| normalized / RAY + U256::from(1);
        let has = reserve.supply_balance(position.scaled_supply, now).expect("in range");
        let owes = reserve.debt_balance(position.scaled_debt, now).expect("in range");
        let income = reserve.normalized_income(now).expect("in range");
        prop_assert!(has <= supplied && supplied <= has + index(income));
        let growth = reserve.normalized_debt(now).expect("in range");
        prop_assert!(borrowed <= owes && owes <= borrowed + index(growth));
    }

    /// What is taken is worth at most the repayment with its bonus, but for a debt unit that the contract rounds down before it
    /// divides by the bonus; the treasury gets at least its share.
    #[test]
    fn a_seizure_is_worth_no_more_than_the_repayment_with_its_bonus(
        terms in terms(),
        cover in 0..1_000_000_000_000_000_000_u64,
        held in 0..1_000_000_000_000_000_000_u64,
    ) {
        let (cover, held) = (U256::from(cover), U256::from(held));
        let seizure = terms.seize(cover, held).expect("in range");
        let seized = seizure.collateral_to_liquidator + seizure.protocol_fee;
        prop_assert!(seizure.debt_repaid <= cover && seized <= held);
        let whole = bps(10_000);
        let taken = seized * terms.collateral_price * terms.debt_unit * whole;
        let paid = seizure.debt_repaid * terms.bonus_bps + whole;
        prop_assert!(taken <= paid * terms.debt_price * terms.collateral_unit);
        let bonus = seized - seized * whole / terms.bonus_bps;
        prop_assert!(seizure.protocol_fee * whole >= bonus * terms.protocol_fee_bps);
        prop_assert!(seizure.protocol_fee <= bonus);
    }

    /// A use above another never costs less, and suppliers never earn more than borrowers pay.
    #[test]
    fn rates_rise_with_the_debt(
        liquidity in 1..1_000_000_000_000_000_000_u64,
        debt in 1..1_000_000_000_000_000_000_u64,
        more in 0..1_000_000_000_000_000_000_u64,
        reserve_factor_bps in 0..=10_000_u64,
        optimal_bps in 100..=9_900_u64,
        (base_bps, slope1_bps, steeper) in (0..1_000_u64, 0..10_000_u64, 0..50_000_u64),
    ) {
        let slope2_bps = slope1_bps + steeper;
        let parameters = RateParameters { optimal_bps, base_bps, slope1_bps, slope2_bps };
        let strategy = RateStrategy::new(parameters).expect("valid");
        let rates = |debt: u64| {
            let virtual_underlying = U256::from(liquidity);
            let total_debt = U256::from(debt);
            let reserve =
                ReserveLiquidity { virtual_underlying, total_debt, reserve_factor_bps, ..Default::default() };
            strategy.rates(&reserve).expect("in range")
        };
        let (lower, higher) = (rates(debt), rates(debt + more));
        prop_assert!(lower.variable_borrow <= higher.variable_borrow);
        prop_assert!(lower.liquidity <= lower.variable_borrow);
    }

    /// Compounded growth is above the linear one, and both rise with time.
    #[test]
    fn growth_compounds(rate in 0..10_u64.pow(19), secs in 0..10 * YEAR, more in 0..YEAR) {
        let rate = U256::from(rate) * U256::from(1_000_000_000);
        let factors = |secs| {
            let compounded = compounded_interest(rate, secs).expect("in range");
            (linear_interest(rate, secs).expect("in range"), compounded)
        };
        let (early, late) = (factors(secs), factors(secs + more));
        prop_assert!(early.0 <= early.1 && early.0 <= late.0 && early.1 <= late.1);
    }

    /// No price is above the cap's, a ratio below the cap passes as it is, and a higher ratio never lowers the price.
    #[test]
    fn a_price_cap_bounds_rises_and_passes_falls(
        decimals in 8..=24_u8,
        ratios in (1_u64..2_000_000, 0_u64..4_000_000, 0_u64..4_000_000),
        max_yearly_growth_bps in any::<u16>(),
        base_price in 0..100_000_000_000_000_u64,
        elapsed in 0..10 * YEAR,
    ) {
        let one = U256::from(10).pow(U256::from(decimals));
        let ratio = |millionths: u64| one * U256::from(millionths) / U256::from(1_000_000);
        let snapshot_ratio = ratio(ratios.0);
        let parameters = PriceCapParameters { snapshot_ratio, snapshot_timestamp: NOW, max_yearly_growth_bps };
        let cap = PriceCap::new(decimals, 0, parameters, NOW).expect("valid");
        let now = NOW + elapsed;
        let most = cap.max_ratio(now).expect("after the snapshot");
        prop_assert!(cap.max_ratio(NOW).expect("at the snapshot") <= most);
        let base_price = U256::from(base_price);
        let price = |ratio| cap.price(base_price, ratio, now).expect("in range");
        let (lower, higher) = (ratio(ratios.1.min(ratios.2)), ratio(ratios.1.max(ratios.2)));
        prop_assert!(price(lower) <= price(higher));
        for ratio in [lower, higher] {
            prop_assert!(price(ratio) <= base_price * most / one);
            prop_assert_eq!(cap.is_capped(ratio, now), Ok(ratio > most));
            if ratio <= most {
                prop_assert_eq!(price(ratio), base_price * ratio / one);
            }
        }
    }

    /// Whatever the words, an error or a result: never a panic.
    #[test]
    fn any_words_give_a_result_or_an_error(
        a in prop::collection::vec(words(), 8),
        secs in any::<u64>(),
        factor in any::<u64>(),
    ) {
        let terms = SeizureTerms {
            collateral_price: a[0],
            collateral_unit: a[1],
            debt_price: a[2],
            debt_unit: a[3],
            bonus_bps: a[4],
            protocol_fee_bps: a[5],
        };
        if let Ok(seizure) = terms.seize(a[6], a[7]) {
            prop_assert!(seizure.collateral_to_liquidator <= a[7]);
        }
        let parameters = RateParameters { optimal_bps: 9_000, base_bps: 0, slope1_bps: 400, slope2_bps: 4_000 };
        let reserve = ReserveLiquidity {
            virtual_underlying: a[0],
            added: a[1],
            taken: a[2],
            total_debt: a[3],
            deficit: a[4],
            reserve_factor_bps: factor,
        };
        if let Ok(rates) = RateStrategy::new(parameters).expect("valid").rates(&reserve) {
            prop_assert!(rates.liquidity <= rates.variable_borrow);
        }
        if let (Ok(linear), Ok(compounded)) = (linear_interest(a[0], secs), compounded_interest(a[0], secs)) {
            prop_assert!(linear <= compounded);
        }
        let parameters = PriceCapParameters {
            snapshot_ratio: a[0],
            snapshot_timestamp: factor,
            max_yearly_growth_bps: factor as u16,
        };
        if let Ok(cap) = PriceCap::new(18, 0, parameters, secs) {
            prop_assert!(cap.price(a[1], a[2], secs).is_ok() || a[1].bit_len() > 128);
        }
        let mut reserves = Pool::new(vec![]);
        prop_assert!(reserves.supply(&mut Account::new(1, None), 0, a[0], secs).is_err());
    }
}
