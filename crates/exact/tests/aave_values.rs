//! Aave's liquidations, looper thresholds and price caps against worked examples.

use pegstress_exact::U256;
use pegstress_exact::lending::aave::{
    Account, EMode, Error, LiquidationCall, Pool, RateParameters, RateStrategy, RateStrategyError, Reserve,
    ReserveConfig, ReserveLiquidity, SeizureTerms,
};
use pegstress_exact::lending::capo::{PriceCap, PriceCapError, PriceCapParameters};

const NOW: u64 = 1_760_000_000;
const RSETH: usize = 0;
const WETH: usize = 1;
const DAY: u64 = 86_400;

fn word(text: &str) -> U256 {
    text.parse().expect("a number")
}

fn ether(amount: u64) -> U256 {
    U256::from(amount) * U256::from(1_000_000_000_000_000_000_u64)
}

fn usd(amount: u64) -> U256 {
    U256::from(amount) * U256::from(100_000_000_u64)
}

/// The listing of MECHANICS 5.1 outside of e-mode: LTV 0.05 %, threshold 0.1 %, bonus 7.5 %, protocol fee 10 %.
fn listing() -> ReserveConfig {
    let rates = RateParameters { optimal_bps: 9_000, base_bps: 0, slope1_bps: 270, slope2_bps: 4_000 };
    ReserveConfig {
        decimals: 18,
        ltv_bps: 5,
        liquidation_threshold_bps: 10,
        liquidation_bonus_bps: 10_750,
        protocol_fee_bps: 1_000,
        reserve_factor_bps: 1_500,
        strategy: RateStrategy::new(rates).expect("valid"),
    }
}

fn correlated(ltv_bps: u64) -> EMode {
    EMode {
        ltv_bps,
        liquidation_threshold_bps: 9_500,
        liquidation_bonus_bps: 10_100,
        collateral_bitmap: 1 << RSETH,
    }
}

/// A pool in which others supplied 100,000 WETH.
fn pool(rseth_price: U256, weth_price: U256) -> Pool {
    pool_with(ether(100_000), rseth_price, weth_price)
}

fn pool_with(weth_supply: U256, rseth_price: U256, weth_price: U256) -> Pool {
    let reserves = [rseth_price, weth_price].map(|price| Reserve::new(listing(), price, NOW).expect("valid"));
    let mut pool = Pool::new(reserves.to_vec());
    pool.supply(&mut Account::new(2, None), WETH, weth_supply, NOW).expect("a supply");
    pool
}

/// 100 rsETH against 101 WETH at 2000, taken at a price of 2200 that then falls to 2120.
fn example() -> (Pool, Account) {
    let mut pool = pool(usd(2_200), usd(2_000));
    let mut borrower = Account::new(2, Some(correlated(9_300)));
    pool.supply(&mut borrower, RSETH, ether(100), NOW).expect("a supply");
    pool.borrow(&mut borrower, WETH, ether(101), NOW).expect("within the limit");
    pool.set_price(RSETH, usd(2_120)).expect("a reserve");
    (pool, borrower)
}

fn call(debt_to_cover: U256) -> LiquidationCall {
    LiquidationCall { collateral: RSETH, debt: WETH, debt_to_cover, receive_atoken: false }
}

/// MECHANICS 5.1, to the last unit of what is there given to seven decimals.
#[test]
fn mechanics_5_1_liquidation_example() {
    let (mut pool, mut borrower) = example();
    let before = borrower.data(pool.reserves(), NOW).expect("in range");
    assert_eq!(before.health_factor, word("997029702970297029"));

    let mut liquidator = Account::new(2, None);
    let seizure = pool.liquidate(&mut borrower, &mut liquidator, call(U256::MAX), NOW).expect("liquidatable");
    // The close factor of a half: 50.5 of 101.
    assert_eq!(seizure.debt_repaid, word("50500000000000000000"));
    assert_eq!(seizure.protocol_fee, word("47641509433962265"));
    assert_eq!(seizure.collateral_to_liquidator, word("48070283018867924526"));
    let seized = seizure.collateral_to_liquidator + seizure.protocol_fee;
    assert_eq!(seized, word("48117924528301886791"));

    let after = borrower.data(pool.reserves(), NOW).expect("in range");
    assert_eq!(after.health_factor, word("1034559405940594059"));
    assert_eq!(borrower.position(RSETH).expect("a reserve").scaled_supply, ether(100) - seized);
    let reserve = &pool.reserves()[RSETH];
    assert_eq!(reserve.treasury_balance(NOW), Ok(seizure.protocol_fee));
    assert_eq!(reserve.virtual_underlying(), ether(100) - seizure.collateral_to_liquidator);
    // The fall is over: a second call is refused.
    let again = pool.liquidate(&mut borrower, &mut liquidator, call(U256::MAX), NOW);
    assert_eq!(again, Err(Error::HealthFactorNotBelowThreshold));
}

/// MECHANICS 5.1: the collateral without the bonus.
#[test]
fn mechanics_5_1_base_of_the_seizure() {
    let terms = terms(10_000, 0);
    let base = terms.seize(word("50500000000000000000"), ether(100)).expect("in range");
    assert_eq!(base.collateral_to_liquidator, word("47641509433962264150"));
}

fn terms(bonus_bps: u64, protocol_fee_bps: u64) -> SeizureTerms {
    SeizureTerms {
        collateral_price: usd(2_120),
        collateral_unit: ether(1),
        debt_price: usd(2_000),
        debt_unit: ether(1),
        bonus_bps: U256::from(bonus_bps),
        protocol_fee_bps: U256::from(protocol_fee_bps),
    }
}

/// MECHANICS 5.1: a looper at a loan-to-value of 93 % is liquidatable after a fall of 2.105 % and leaves bad debt after one of
/// 6.07 %; at 90 % after 5.263 % and 9.10 %.
#[test]
fn mechanics_5_1_looper_thresholds() {
    // Falls in millionths on either side of each threshold, which the dossier rounds to a thousandth of a percent.
    for (ltv_bps, healthy, liquidatable, covered, bad_debt) in
        [(9_300, 21_050, 21_055, 60_695, 60_705), (9_000, 52_630, 52_635, 90_995, 91_005)]
    {
        let fallen = |millionths: u64| {
            let one = U256::from(1_000_000);
            let (mut pool, mut looper) =
                (pool(usd(2_000), usd(2_000)), Account::new(2, Some(correlated(ltv_bps))));
            pool.supply(&mut looper, RSETH, ether(1_000), NOW).expect("a supply");
            let debt = ether(1_000) * U256::from(ltv_bps) / U256::from(10_000);
            pool.borrow(&mut looper, WETH, debt, NOW).expect("at the limit");
            let price = usd(2_000) * (one - U256::from(millionths)) / one;
            pool.set_price(RSETH, price).expect("a reserve");
            let health = looper.data(pool.reserves(), NOW).expect("in range").health_factor;
            // What all of the collateral pays for, against what is owed.
            let terms = SeizureTerms { collateral_price: price, ..terms(10_100, 1_000) };
            let pays = terms.seize(debt, ether(1_000)).expect("in range").debt_repaid;
            (health >= ether(1), pays == debt)
        };
        assert!(fallen(healthy).0, "{ltv_bps}");
        assert!(!fallen(liquidatable).0, "{ltv_bps}");
        assert!(fallen(covered).1, "{ltv_bps}");
        assert!(!fallen(bad_debt).1, "{ltv_bps}");
    }
}

/// MECHANICS 5.1: a liquidator who sells on the market breaks even at a discount to the oracle of 0.892 % (bonus 1 %),
/// 1.112 % (1.25 %) and 6.32 % (7.5 %), with a protocol fee of 10 %.
#[test]
fn mechanics_5_1_liquidator_breakeven() {
    // Discounts in millionths on either side, within the dossier's rounding.
    for (bonus_bps, profit, loss) in
        [(10_100, 8_915, 8_925), (10_125, 11_120, 11_130), (10_750, 63_195, 63_250)]
    {
        let terms = terms(bonus_bps, 1_000);
        let seizure = terms.seize(ether(10), ether(100)).expect("in range");
        assert_eq!(seizure.debt_repaid, ether(10));
        let gains = |discount: u64| {
            let received = seizure.collateral_to_liquidator * usd(2_120) * U256::from(1_000_000 - discount);
            received > ether(10) * usd(2_000) * U256::from(1_000_000)
        };
        assert!(gains(profit) && !gains(loss), "{bonus_bps}");
    }
}

/// A collateral outside of the bitmap keeps its own parameters, one inside takes the category's.
#[test]
fn mechanics_5_1_emode_replaces_parameters_for_the_bitmap_only() {
    let standing = |collateral_bitmap: u128| {
        let mut pool = pool(usd(2_000), usd(2_000));
        let mut account = Account::new(2, Some(EMode { collateral_bitmap, ..correlated(9_300) }));
        for asset in [RSETH, WETH] {
            pool.supply(&mut account, asset, ether(1), NOW).expect("a supply");
        }
        let data = account.data(pool.reserves(), NOW).expect("in range");
        assert_eq!((data.total_collateral_base, data.health_factor), (usd(4_000), U256::MAX));
        (data.average_ltv_bps, data.average_liquidation_threshold_bps)
    };
    let bps = |ltv: u64, threshold: u64| (U256::from(ltv), U256::from(threshold));
    assert_eq!(standing(0b00), bps(5, 10));
    // Means by value, rounded down: (9300 + 5) / 2 and (9500 + 10) / 2.
    assert_eq!(standing(0b01), bps(4_652, 4_755));
    assert_eq!(standing(0b10), bps(4_652, 4_755));
    assert_eq!(standing(0b11), bps(9_300, 9_500));
}

/// The last collateral gone, what is still owed becomes a deficit in every asset, at once.
#[test]
fn a_position_without_collateral_leaves_deficits_in_all_its_debts() {
    let mut reserves = vec![];
    for _ in 0..3 {
        reserves.push(Reserve::new(listing(), usd(2_000), NOW).expect("valid"));
    }
    let mut pool = Pool::new(reserves);
    let mut others = Account::new(3, None);
    for asset in [1, 2] {
        pool.supply(&mut others, asset, ether(1_000), NOW).expect("a supply");
    }
    let mut borrower = Account::new(3, Some(correlated(9_300)));
    pool.supply(&mut borrower, RSETH, ether(100), NOW).expect("a supply");
    for (asset, amount) in [(1, 60), (2, 30)] {
        pool.borrow(&mut borrower, asset, ether(amount), NOW).expect("within the limit");
    }
    // 100 rsETH at 1010 pay for 50 WETH at 2000 with a bonus of 1 %.
    pool.set_price(RSETH, usd(1_010)).expect("a reserve");
    let seizure = pool.liquidate(&mut borrower, &mut Account::new(3, None), call(U256::MAX), NOW);
    assert_eq!(seizure.expect("liquidatable").debt_repaid, ether(50));
    let deficits: Vec<_> = pool.reserves().iter().map(Reserve::deficit).collect();
    assert_eq!(deficits, [U256::ZERO, ether(10), ether(30)]);
    assert!(pool.reserves().iter().all(|reserve| reserve.total_debt(NOW) == Ok(U256::ZERO)));
    assert_eq!(borrower.data(pool.reserves(), NOW).expect("in range").health_factor, U256::MAX);
}

/// Suppliers share what others still pay with the deficit: 495 of 1000 supplied are owed, 10 are lost.
#[test]
fn a_deficit_lowers_what_suppliers_earn() {
    let mut pool = pool_with(ether(1_000), usd(2_000), usd(2_000));
    for (collateral, debt) in [(1_000, 495), (100, 60)] {
        let mut borrower = Account::new(2, Some(correlated(9_300)));
        pool.supply(&mut borrower, RSETH, ether(collateral), NOW).expect("a supply");
        pool.borrow(&mut borrower, WETH, ether(debt), NOW).expect("within the limit");
        if debt == 60 {
            // 100 rsETH at 1010 pay for 50 WETH.
            pool.set_price(RSETH, usd(1_010)).expect("a reserve");
            let done = pool.liquidate(&mut borrower, &mut Account::new(2, None), call(U256::MAX), NOW);
            assert_eq!(done.expect("liquidatable").debt_repaid, ether(50));
        }
    }
    let reserve = &pool.reserves()[WETH];
    assert_eq!((reserve.deficit(), reserve.virtual_underlying()), (ether(10), ether(495)));
    // Half of 990 is used: 2.7 % * 0.5 / 0.9 = 1.5 %, of which suppliers get 495 / 1000 and 85 %.
    assert_eq!(reserve.rates().variable_borrow, word("15000000000000000000000000"));
    assert_eq!(reserve.rates().liquidity, word("6311250000000000000000000"));
}

/// A liquidation that leaves less than 1000 of collateral or debt, and takes neither in full, is refused.
#[test]
fn mechanics_5_1_dust_must_not_be_left() {
    let (mut pool, mut borrower) = example();
    pool.set_price(RSETH, usd(1_990)).expect("a reserve");
    let health = borrower.data(pool.reserves(), NOW).expect("in range").health_factor;
    assert!(health < word("950000000000000000"), "the whole debt may be repaid");
    let before = (pool.clone(), borrower.clone());
    let liquidate = |debt_to_cover: U256| {
        let (mut pool, mut borrower) = (pool.clone(), borrower.clone());
        pool.liquidate(&mut borrower, &mut Account::new(2, None), call(debt_to_cover), NOW)
    };
    // The collateral pays for 100 * 1990 / 2000 / 1.01 = 98.51 WETH; 0.5 rsETH are worth 995.
    assert_eq!(liquidate(word("98100000000000000000")), Err(Error::MustNotLeaveDust));
    assert!(liquidate(word("97900000000000000000")).is_ok());
    assert!(liquidate(U256::MAX).is_ok());
    assert_eq!(liquidate(U256::ZERO), Err(Error::InvalidBurnAmount));
    // A refused call changes nothing.
    let refused =
        pool.liquidate(&mut borrower, &mut Account::new(2, None), call(word("98100000000000000000")), NOW);
    assert_eq!(refused, Err(Error::MustNotLeaveDust));
    assert_eq!((pool, borrower), before);
}

/// The same of a debt of 0.95 WETH against 1 rsETH at 1980: a part that leaves 990 of it is refused, one that leaves 1020
/// is not; 1060.9 or more of the collateral stay.
#[test]
fn mechanics_5_1_no_dust_of_debt_must_be_left() {
    let mut pool = pool(usd(2_200), usd(2_000));
    let mut borrower = Account::new(2, Some(correlated(9_300)));
    pool.supply(&mut borrower, RSETH, ether(1), NOW).expect("a supply");
    pool.borrow(&mut borrower, WETH, word("950000000000000000"), NOW).expect("within the limit");
    pool.set_price(RSETH, usd(1_980)).expect("a reserve");
    let liquidate = |debt_to_cover: &str| {
        let (mut pool, mut borrower) = (pool.clone(), borrower.clone());
        let call = call(word(debt_to_cover));
        pool.liquidate(&mut borrower, &mut Account::new(2, None), call, NOW).map(|done| done.debt_repaid)
    };
    assert_eq!(liquidate("455000000000000000"), Err(Error::MustNotLeaveDust));
    assert_eq!(liquidate("440000000000000000"), Ok(word("440000000000000000")));
    // Below 2000 there is no close factor.
    assert_eq!(liquidate("950000000000000000"), Ok(word("950000000000000000")));
}

#[test]
fn borrowing_stops_at_the_limits() {
    let mut pool = pool(usd(2_000), usd(2_000));
    let mut account = Account::new(2, Some(correlated(9_300)));
    let borrow = |account: &mut Account, amount| pool.clone().borrow(account, WETH, amount, NOW);
    assert_eq!(borrow(&mut account, ether(1)), Err(Error::LtvValidationFailed));
    pool.supply(&mut account, RSETH, ether(100), NOW).expect("a supply");
    let borrow = |amount| pool.clone().borrow(&mut account.clone(), WETH, amount, NOW);
    assert_eq!(borrow(U256::ZERO), Err(Error::InvalidAmount));
    assert_eq!(borrow(ether(100_001)), Err(Error::InvalidAmount));
    assert_eq!(borrow(ether(96)), Err(Error::HealthFactorLowerThanLiquidationThreshold));
    assert_eq!(borrow(ether(94)), Err(Error::CollateralCannotCoverNewBorrow));
    assert_eq!(borrow(ether(93)), Ok(()));
    assert_eq!(pool.borrow(&mut account, 2, ether(1), NOW), Err(Error::UnknownReserve(2)));
    assert_eq!(pool.supply(&mut account, RSETH, U256::ZERO, NOW), Err(Error::InvalidAmount));
}

#[test]
fn a_supply_without_borrowing_power_is_no_collateral() {
    let config = ReserveConfig { ltv_bps: 0, ..listing() };
    let mut pool = Pool::new(vec![Reserve::new(config, usd(2_000), NOW).expect("valid")]);
    for (emode, is_collateral) in [(None, false), (Some(correlated(9_300)), true)] {
        let mut account = Account::new(1, emode);
        pool.supply(&mut account, RSETH, ether(1), NOW).expect("a supply");
        assert_eq!(account.position(RSETH).expect("a reserve").is_collateral, is_collateral);
        let base = account.data(pool.reserves(), NOW).expect("in range").total_collateral_base;
        assert_eq!(base, if is_collateral { usd(2_000) } else { U256::ZERO });
    }
}

#[test]
fn a_liquidation_needs_a_debt_and_a_collateral_of_these_assets() {
    let (mut pool, mut borrower) = example();
    let mut liquidate = |collateral, debt| {
        let call = LiquidationCall { collateral, debt, debt_to_cover: U256::MAX, receive_atoken: true };
        pool.liquidate(&mut borrower, &mut Account::new(2, None), call, NOW)
    };
    assert_eq!(liquidate(WETH, WETH), Err(Error::CollateralCannotBeLiquidated));
    assert_eq!(liquidate(RSETH, RSETH), Err(Error::SpecifiedCurrencyNotBorrowedByUser));
    assert_eq!(liquidate(RSETH, 2), Err(Error::UnknownReserve(2)));
}

/// Rates on both sides of the optimal point: half of the first slope at half of it, both slopes at full use.
#[test]
fn rates_follow_the_two_slopes() {
    let parameters = RateParameters { optimal_bps: 8_000, base_bps: 100, slope1_bps: 400, slope2_bps: 6_000 };
    let strategy = RateStrategy::new(parameters).expect("valid");
    let rates = |liquidity: u64, debt: u64, deficit: u64| {
        let reserve = ReserveLiquidity {
            virtual_underlying: ether(liquidity),
            total_debt: ether(debt),
            deficit: ether(deficit),
            reserve_factor_bps: 1_000,
            ..ReserveLiquidity::default()
        };
        let rates = strategy.rates(&reserve).expect("in range");
        (rates.variable_borrow, rates.liquidity)
    };
    let percent = |hundredths: u64| U256::from(hundredths) * U256::from(10_u128.pow(23));
    assert_eq!(rates(100, 0, 0), (percent(100), U256::ZERO));
    // 40 % used: 1 % + 4 % / 2 = 3 %; suppliers get 3 % * 0.4 * 0.9.
    assert_eq!(rates(60, 40, 0), (percent(300), percent(108)));
    assert_eq!(rates(20, 80, 0).0, percent(500));
    // 90 % used: 1 % + 4 % + 60 % / 2.
    assert_eq!(rates(10, 90, 0).0, percent(3_500));
    assert_eq!(rates(0, 100, 0), (percent(6_500), percent(5_850)));
    // A deficit is nobody's debt, but still owed to suppliers.
    assert_eq!(rates(60, 40, 100), (percent(300), percent(54)));

    let broken = |parameters| RateStrategy::new(parameters);
    assert_eq!(
        broken(RateParameters { optimal_bps: 99, ..parameters }),
        Err(RateStrategyError::OptimalUsage(99))
    );
    let slopes = RateStrategyError::Slopes { slope1: 6_001, slope2: 6_000 };
    assert_eq!(broken(RateParameters { slope1_bps: 6_001, ..parameters }), Err(slopes));
    assert_eq!(
        broken(RateParameters { slope2_bps: 99_501, ..parameters }),
        Err(RateStrategyError::MaximumRate)
    );
    assert!(broken(RateParameters { slope2_bps: 99_500, ..parameters }).is_ok());
}

/// The weETH oracle: 8.75 % per year from 1.034656878645040505 at second 1711416299, with a delay of 7 days.
fn weeth() -> PriceCap {
    PriceCap::new(18, 7 * DAY, weeth_parameters(), 1_711_416_299 + 7 * DAY).expect("valid")
}

fn weeth_parameters() -> PriceCapParameters {
    PriceCapParameters {
        snapshot_ratio: word("1034656878645040505"),
        snapshot_timestamp: 1_711_416_299,
        max_yearly_growth_bps: 875,
    }
}

/// MECHANICS 5.2: growth per second and the highest ratio after 30 and 365 days, there given to ten decimals.
#[test]
fn mechanics_5_2_weeth_growth_and_maximum_ratios() {
    let cap = weeth();
    assert_eq!(cap.growth_per_second_scaled(), word("2870766009685471"));
    assert_eq!(cap.growth_per_second(), word("2870766009"));
    let snapshot = weeth_parameters().snapshot_timestamp;
    assert_eq!(cap.max_ratio(snapshot), Ok(word("1034656878645040505")));
    assert_eq!(cap.max_ratio(snapshot + 30 * DAY), Ok(word("1042097904142145245")));
    assert_eq!(cap.max_ratio(snapshot + 365 * DAY), Ok(word("1125189355526481518")));
    assert_eq!(cap.max_ratio(snapshot - 1).ok(), None);
}

/// MECHANICS 5.2: only a rise is capped, and the cap does not expire.
#[test]
fn mechanics_5_2_a_fall_passes_and_a_rise_is_capped() {
    let cap = weeth();
    let now = weeth_parameters().snapshot_timestamp + 1_000 * DAY;
    let most = cap.max_ratio(now).expect("after the snapshot");
    let one = ether(1);
    assert_eq!(cap.price(usd(2_000), most * U256::from(2), now), Ok(usd(2_000) * most / one));
    assert_eq!(cap.is_capped(most + U256::from(1), now), Ok(true));
    assert_eq!(cap.is_capped(most, now), Ok(false));
    assert_eq!(cap.price(usd(2_000), one / U256::from(2), now), Ok(usd(1_000)));
    assert_eq!(cap.price(U256::ZERO, one, now), Ok(U256::ZERO));
}

/// MECHANICS 5.2: a snapshot must be newer than the last, at least the delay old and at most 180 days.
#[test]
fn mechanics_5_2_snapshots_are_neither_young_nor_old() {
    let now = 1_740_000_000;
    let set = |ago: u64| {
        let mut cap = weeth();
        let before = cap;
        let parameters = PriceCapParameters { snapshot_timestamp: now - ago, ..weeth_parameters() };
        let result = cap.set_parameters(parameters, now);
        assert!(result.is_ok() || cap == before, "a refused change leaves the cap as it was");
        result
    };
    assert_eq!(set(7 * DAY), Ok(()));
    assert_eq!(set(180 * DAY), Ok(()));
    let refused = |ago: u64| Err(PriceCapError::SnapshotTimestamp(now - ago));
    assert_eq!(set(7 * DAY - 1), refused(7 * DAY - 1));
    assert_eq!(set(180 * DAY + 1), refused(180 * DAY + 1));
    assert_eq!(
        weeth().set_parameters(weeth_parameters(), 1_711_416_299 + 8 * DAY),
        Err(PriceCapError::SnapshotTimestamp(1_711_416_299))
    );

    let deploy = |decimals, parameters| PriceCap::new(decimals, 7 * DAY, parameters, 1_711_416_299 + 7 * DAY);
    assert_eq!(deploy(7, weeth_parameters()), Err(PriceCapError::RatioDecimals(7)));
    assert_eq!(deploy(25, weeth_parameters()), Err(PriceCapError::RatioDecimals(25)));
    let zero = PriceCapParameters { snapshot_ratio: U256::ZERO, ..weeth_parameters() };
    assert_eq!(deploy(18, zero), Err(PriceCapError::ZeroSnapshotRatio));
    let wide = PriceCapParameters { snapshot_ratio: U256::from(1) << 104, ..weeth_parameters() };
    assert_eq!(deploy(18, wide), Err(PriceCapError::SnapshotTooLarge));
}
