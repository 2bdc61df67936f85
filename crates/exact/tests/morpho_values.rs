//! Morpho Blue and its adaptive curve against published figures and closed forms.

use pegstress_exact::U256;
use pegstress_exact::lending::adaptive_curve_irm::{
    AdaptiveCurveIrm, INITIAL_RATE_AT_TARGET, MAX_RATE_AT_TARGET, MIN_RATE_AT_TARGET,
};
use pegstress_exact::lending::morpho::{
    Amount, Irm, Market, MorphoError, Position, liquidation_incentive_factor,
};

const WAD: u64 = 1_000_000_000_000_000_000;

fn wad(value: u64) -> U256 {
    U256::from(value)
}

fn coins(count: u64) -> U256 {
    U256::from(count) * U256::from(WAD)
}

/// 1e36 is par for tokens of equal decimals.
fn price(percent: u64) -> U256 {
    U256::from(percent) * U256::from(10).pow(U256::from(34))
}

/// MECHANICS 5.3: the incentive factor of every LLTV in use, to the digits of the table and to the last unit of 1e-18,
/// `floor(1e36 / (1e18 - floor(0.3 (1e18 - LLTV))))` in whole numbers.
#[test]
fn mechanics_5_3_liquidation_incentive_factors() {
    for (lltv_permille, table, digits, exact) in [
        (385, 1.15, 2, 1_150_000_000_000_000_000),
        (625, 1.12676, 5, 1_126_760_563_380_281_690),
        (770, 1.07411, 5, 1_074_113_856_068_743_286),
        (860, 1.04384, 5, 1_043_841_336_116_910_229),
        (915, 1.02617, 5, 1_026_167_265_264_238_070),
        (945, 1.016777, 6, 1_016_776_817_488_561_260),
        (965, 1.010611, 6, 1_010_611_419_909_044_972),
        (980, 1.006036, 6, 1_006_036_217_303_822_937_u64),
    ] {
        let factor = liquidation_incentive_factor(wad(lltv_permille * (WAD / 1000))).expect("below one");
        assert_eq!(factor, wad(exact), "LLTV {lltv_permille} permille");
        // Half a unit of the table's last digit.
        let half_digit = 0.5 / 10_f64.powi(digits);
        assert!((exact as f64 / 1e18 - table).abs() <= half_digit, "LLTV {lltv_permille} permille");
    }
}

/// MECHANICS 5.3: `1 / (1 - 0.3 (1 - LLTV)) = 1 / (0.3 LLTV + 0.7)`, capped at 1.15.
#[test]
fn mechanics_5_3_the_incentive_factor_has_two_forms() {
    for permille in 0..1000 {
        let lltv = permille * (WAD / 1000);
        let other = U256::from(WAD) * U256::from(WAD) / wad(lltv / 10 * 3 + WAD / 10 * 7);
        let factor = liquidation_incentive_factor(wad(lltv)).expect("below one");
        assert_eq!(factor, other.min(wad(WAD / 100 * 115)));
    }
    assert!(liquidation_incentive_factor(wad(WAD + 1)).is_err());
}

/// MECHANICS 5.3: at full utilisation the rate is four times the rate at the target, at none a quarter, and between
/// the target and either end a straight line.
#[test]
fn mechanics_5_3_the_curve_is_four_times_and_a_quarter_of_the_rate_at_target() {
    let start = INITIAL_RATE_AT_TARGET;
    let model = AdaptiveCurveIrm { rate_at_target: start };
    let rate =
        |borrowed: u64| model.borrow_rate(coins(100), coins(borrowed), 0).expect("in range").avg_borrow_rate;
    assert_eq!(rate(100), start * wad(4));
    assert_eq!(rate(95), start * wad(5) / wad(2));
    assert_eq!(rate(90), start);
    assert_eq!(rate(45), start * wad(5) / wad(8));
    assert_eq!(rate(0), start / wad(4));
    assert_eq!(model.borrow_rate(U256::ZERO, U256::ZERO, 0), model.borrow_rate(coins(1), U256::ZERO, 0));
}

/// MECHANICS 5.3: 4 % a year at first, 0.1 % to 200 % a year later, per second and rounded down.
#[test]
fn mechanics_5_3_the_rate_at_target_starts_at_4_percent_and_has_bounds() {
    let year = wad(31_536_000);
    for (rate, yearly) in
        [(INITIAL_RATE_AT_TARGET, WAD / 25), (MIN_RATE_AT_TARGET, WAD / 1000), (MAX_RATE_AT_TARGET, 2 * WAD)]
    {
        assert!(rate * year <= wad(yearly) && (rate + U256::ONE) * year > wad(yearly));
    }
    let mut model = AdaptiveCurveIrm::default();
    assert_eq!(model.update(coins(1), U256::ZERO, 1_000_000), Ok(INITIAL_RATE_AT_TARGET / wad(4)));
    assert_eq!(model.rate_at_target, INITIAL_RATE_AT_TARGET);
    model.update(coins(1), coins(1), 1_000_000_000).expect("in range");
    assert_eq!(model.rate_at_target, MAX_RATE_AT_TARGET);
    model.update(coins(1), U256::ZERO, 1_000_000_000).expect("in range");
    assert_eq!(model.rate_at_target, MIN_RATE_AT_TARGET);
}

/// MECHANICS 5.3: in a full market the rate at the target doubles in 5.06 days, `ln 2 / 50` years: not in the second
/// before, but in the next. An empty one halves it in the same time.
#[test]
fn mechanics_5_3_the_rate_at_target_doubles_in_5_06_days() {
    let start = INITIAL_RATE_AT_TARGET;
    let model = AdaptiveCurveIrm { rate_at_target: start };
    let end = |borrowed: U256, elapsed: u64| {
        model.borrow_rate(coins(1), borrowed, elapsed).expect("in range").end_rate_at_target
    };
    let full = coins(1);
    assert!(end(full, 437_181) < start * wad(2));
    assert!(end(full, 437_182) >= start * wad(2));
    assert!(end(U256::ZERO, 437_181) >= start / wad(2));
    assert!(end(U256::ZERO, 437_182) <= start / wad(2));
    // Half a unit of the figure's last digit.
    assert!((437_182.0 / 86_400.0 - 5.06_f64).abs() <= 0.005);
}

/// MECHANICS 5.3: the average is that of the start, the end and twice the middle.
#[test]
fn mechanics_5_3_the_average_rate_weighs_start_end_and_middle() {
    let start = INITIAL_RATE_AT_TARGET;
    let model = AdaptiveCurveIrm { rate_at_target: start };
    let at = |elapsed: u64| model.borrow_rate(coins(1), coins(1), elapsed).expect("in range");
    let (whole, half) = (at(864_000), at(432_000));
    let mean = (start + whole.end_rate_at_target + wad(2) * half.end_rate_at_target) / wad(4);
    assert_eq!(whole.avg_borrow_rate, mean * wad(4));
}

fn borrowed(lltv_permille: u64, collateral: u64, debt: u64) -> (Market, Position, Position) {
    let lltv = wad(lltv_permille * (WAD / 1000));
    let mut market = Market::create(lltv, U256::ZERO, Irm::None, 0).expect("a market");
    let (mut supplier, mut borrower) = (Position::default(), Position::default());
    market.supply(0, &mut supplier, Amount::Assets(coins(1000))).expect("a supply");
    borrower.supply_collateral(coins(collateral)).expect("collateral");
    market.borrow(0, price(100), &mut borrower, Amount::Assets(coins(debt))).expect("a borrowing");
    (market, supplier, borrower)
}

/// MECHANICS 5.3: debt left when the collateral is gone is taken from the suppliers at once. Collateral of 100 at half
/// the price covers `50 / 1.15` of a debt of 38; at a tenth it covers `10 / 1.15`, and the rest is lost.
#[test]
fn mechanics_5_3_bad_debt_is_a_haircut_of_the_suppliers() {
    let (mut market, supplier, mut borrower) = borrowed(385, 100, 38);
    let seized = Amount::Assets(coins(100));
    assert_eq!(market.liquidate(0, price(100), &mut borrower, seized), Err(MorphoError::HealthyPosition));
    let done = market.liquidate(0, price(10), &mut borrower, seized).expect("unhealthy");
    // 10e18 / 1.15 rounded up; shares are worth 1e-6 of an asset and conversions round up.
    let repaid = U256::from(8_695_652_173_913_043_479_u64);
    assert_eq!((done.seized_assets, done.repaid_assets), (coins(100), repaid));
    assert_eq!(done.bad_debt_assets, coins(38) - repaid);
    assert_eq!(market.total_supply_assets, coins(1000) - done.bad_debt_assets);
    assert_eq!(market.total_borrow_assets, U256::ZERO);
    assert_eq!((borrower.borrow_shares, borrower.collateral), (U256::ZERO, U256::ZERO));
    // The only supplier bears all of it but what rounds to the virtual asset.
    let left = market.supply_totals().to_assets_down(supplier.supply_shares).expect("in range");
    assert!(market.total_supply_assets - left <= U256::ONE);
}

/// MECHANICS 5.3: no close factor, and a repayment whose seizure exceeds the collateral reverts.
#[test]
fn mechanics_5_3_all_of_a_debt_may_be_repaid_if_the_collateral_is_worth_it() {
    let (market, _, borrower) = borrowed(860, 100, 86);
    let all = Amount::Shares(borrower.borrow_shares);
    // Worth it while price >= 0.86 * 1.0438..., that is above 89.77 %.
    let (mut after, mut account) = (market, borrower);
    let done = after.liquidate(0, price(90), &mut account, all).expect("enough collateral");
    assert_eq!((done.repaid_assets, done.bad_debt_assets), (coins(86), U256::ZERO));
    assert_eq!(account.borrow_shares, U256::ZERO);
    assert!(account.collateral > U256::ZERO);
    let (mut after, mut account) = (market, borrower);
    let refused = after.liquidate(0, price(89), &mut account, all);
    assert!(matches!(refused, Err(MorphoError::Arithmetic(_))), "{refused:?}");
    assert_eq!((after, account), (market, borrower));
}

#[test]
fn what_the_contract_refuses_is_refused_for_its_reason() {
    let lltv = wad(WAD / 100 * 86);
    let create = |lltv, fee| Market::create(lltv, fee, Irm::None, 7).map(|_| ());
    assert_eq!(create(wad(WAD), U256::ZERO), Err(MorphoError::LltvTooLarge));
    assert_eq!(create(lltv, wad(WAD / 4 + 1)), Err(MorphoError::FeeTooLarge));

    let (mut market, mut supplier, mut borrower) = borrowed(860, 100, 86);
    let before = (market, supplier, borrower);
    let nothing = Amount::Assets(U256::ZERO);
    assert_eq!(market.supply(0, &mut supplier, nothing), Err(MorphoError::InconsistentInput));
    assert_eq!(Amount::exactly_one(U256::ONE, U256::ONE), Err(MorphoError::InconsistentInput));
    assert_eq!(Amount::exactly_one(U256::ZERO, U256::ZERO), Err(MorphoError::InconsistentInput));
    let beyond = Amount::Assets(U256::ONE << 128);
    assert_eq!(market.supply(0, &mut supplier, beyond), Err(MorphoError::AmountTooLarge));
    assert_eq!(borrower.supply_collateral(U256::ZERO), Err(MorphoError::ZeroAssets));
    let more = Amount::Assets(U256::ONE);
    assert_eq!(market.borrow(0, price(100), &mut borrower, more), Err(MorphoError::InsufficientCollateral));
    let plenty = Amount::Assets(coins(915));
    assert_eq!(market.borrow(0, price(2000), &mut borrower, plenty), Err(MorphoError::InsufficientLiquidity));
    let all = Amount::Assets(coins(1000));
    assert_eq!(market.withdraw(0, &mut supplier, all), Err(MorphoError::InsufficientLiquidity));
    let taken = market.withdraw_collateral(0, price(100), &mut borrower, U256::ONE);
    assert_eq!(taken, Err(MorphoError::InsufficientCollateral));
    let taken = market.withdraw_collateral(0, price(100), &mut borrower, U256::ZERO);
    assert_eq!(taken, Err(MorphoError::ZeroAssets));
    assert_eq!((market, supplier, borrower), before);

    let debt = Amount::Shares(borrower.borrow_shares);
    market.repay(0, &mut borrower, debt).expect("a repayment");
    market.withdraw_collateral(0, U256::ZERO, &mut borrower, coins(100)).expect("no debt, no price");
    assert_eq!(borrower, Position::default());
    let mut late = market;
    late.accrue_interest(5).expect("no interest");
    assert!(matches!(late.accrue_interest(4), Err(MorphoError::Arithmetic(_))));
}
