//! Compound v3 against published figures and closed forms.

use pegstress_exact::U256;
use pegstress_exact::lending::compound::{
    Account, CollateralAsset, Comet, CometError, Configuration, Indexes, Prices, RateCurve, RateModel,
};

const WAD: u64 = 1_000_000_000_000_000_000;

fn permille(value: u64) -> U256 {
    U256::from(value * (WAD / 1000))
}

fn milli_coins(count: u64) -> U256 {
    U256::from(count) * U256::from(WAD / 1000)
}

fn usd(price: u64) -> U256 {
    U256::from(price * 100_000_000)
}

fn curve(kink: u64, low: u64, high: u64, base: u64) -> RateCurve {
    RateCurve::per_year(permille(kink), permille(low), permille(high), permille(base))
}

/// cWETH's figures of MECHANICS 5.4: collateral factors 0.90 and 0.93, liquidation factor 0.95, store front 0.5, target
/// 5,000 ETH; rates that are whole per second at 0 %.
fn comet(reserves: U256) -> Comet {
    let rates = RateModel { supply: curve(850, 48, 1600, 0), borrow: curve(850, 53, 1800, 15) };
    let asset = CollateralAsset::new(18, permille(900), permille(930), permille(950)).expect("valid");
    let target = milli_coins(5_000_000);
    let configuration = Configuration::new(rates, 18, permille(500), target, vec![asset]).expect("valid");
    Comet::new(configuration, reserves, 0)
}

fn prices(asset: u64) -> Prices {
    Prices { base: usd(2000), assets: vec![usd(asset)] }
}

/// A lender's 1000, and 90 borrowed against 100 at the base's price.
fn borrowed() -> (Comet, Account, Account) {
    let mut comet = comet(U256::ZERO);
    let mut lender = Account::empty(&comet.configuration);
    let mut borrower = lender.clone();
    comet.supply_base(0, &mut lender, milli_coins(1_000_000)).expect("a supply");
    borrower.supply_collateral(0, milli_coins(100_000)).expect("collateral");
    comet.withdraw_base(0, &prices(2000), &mut borrower, milli_coins(90_000)).expect("covered");
    (comet, lender, borrower)
}

/// MECHANICS 5.4: absorbed collateral of cWETH is sold at `0.5 (1 - 0.95)` = 2.5 % below the oracle's price, only while
/// the reserves are below 5,000 ETH.
#[test]
fn mechanics_5_4_cweth_sells_collateral_at_a_discount_of_2_5_percent() {
    let mut comet = comet(milli_coins(4_999_999));
    comet.collateral_reserves = vec![milli_coins(2000)];
    let (par, buy) = (prices(2000), milli_coins(975));
    assert_eq!(comet.quote_collateral(&par, 0, buy), Ok(milli_coins(1000)));
    // Twice the price, half the collateral.
    assert_eq!(comet.quote_collateral(&prices(4000), 0, buy), Ok(milli_coins(500)));
    let more_than_quoted = milli_coins(1000) + U256::ONE;
    let refused = comet.buy_collateral(0, &par, 0, more_than_quoted, buy);
    assert_eq!(refused, Err(CometError::TooMuchSlippage));
    let refused = comet.buy_collateral(0, &par, 0, U256::ZERO, milli_coins(1951));
    assert_eq!(refused, Err(CometError::InsufficientReserves));
    assert_eq!(comet.buy_collateral(0, &par, 0, milli_coins(1000), buy), Ok(milli_coins(1000)));
    assert_eq!(comet.collateral_reserves, [milli_coins(1000)]);
    assert_eq!(comet.base_balance, milli_coins(5_000_974));
    // Beyond the target.
    assert_eq!(comet.buy_collateral(0, &par, 0, U256::ZERO, buy), Err(CometError::NotForSale));
}

/// MECHANICS 5.4: the reserves fall by `max(debt, value * liquidation factor)`, and the user is credited what that is
/// above the debt. Collateral of 100 against a debt of 90 at 96 % of par: `89.28 < 90`, `91.2 > 90`; at 94 %:
/// `89.3 < 90`.
#[test]
fn mechanics_5_4_reserves_pay_the_larger_of_debt_and_value_times_factor() {
    for (price, paid, credited) in [(1920, 91_200, 1200), (1880, 90_000, 0)] {
        let (mut comet, _, mut borrower) = borrowed();
        let absorbed = comet.absorb(0, &prices(price), &mut borrower).expect("liquidatable");
        assert_eq!(absorbed.base_paid_out, milli_coins(paid));
        assert_eq!(absorbed.seized, [milli_coins(100_000)]);
        assert_eq!(
            comet.reserves(0).map(|reserves| U256::from((-reserves).unsigned_abs())),
            Ok(milli_coins(paid))
        );
        assert_eq!(U256::from(borrower.principal.unsigned_abs()), milli_coins(credited));
        assert!(borrower.principal >= 0);
        assert_eq!(borrower.collateral, [U256::ZERO]);
        assert_eq!(comet.collateral_reserves, [milli_coins(100_000)]);
        assert_eq!(comet.total_borrow_base, U256::ZERO);
    }
}

/// `0.9 value >= debt` to borrow, `0.93 value >= debt` to keep: 90 of 100 at par, then at `90 / 93` of it.
#[test]
fn mechanics_5_4_an_account_is_safe_while_its_weighted_collateral_covers_the_debt() {
    let (mut comet, _, mut borrower) = borrowed();
    let refused = comet.withdraw_base(0, &prices(2000), &mut borrower, U256::from(10).pow(U256::from(10)));
    assert_eq!(refused, Err(CometError::NotCollateralized));
    let liquidatable = |price: u64| {
        let prices = Prices { base: usd(2000), assets: vec![U256::from(price)] };
        borrower.is_liquidatable(&comet.configuration, &comet.indexes, &prices)
    };
    // 2000 * 90 / 93 = 1935.483870967741935...
    assert_eq!(liquidatable(193_548_387_097), Ok(false));
    assert_eq!(liquidatable(193_548_387_096), Ok(true));
    assert_eq!(liquidatable(0), Err(CometError::BadPrice));
    let refused = comet.absorb(0, &prices(1936), &mut borrower.clone());
    assert_eq!(refused, Err(CometError::NotLiquidatable));
}

/// Simple interest at the rate of the utilisation: at 9 % of the supply lent, borrowers pay `1.5 % + 0.053 * 9 %` and
/// lenders get `0.048 * 9 %` a year, per second and rounded down.
#[test]
fn interest_is_simple_between_accruals() {
    let (mut comet, lender, borrower) = borrowed();
    assert_eq!(comet.utilization(), Ok(permille(90)));
    // floor(0.015e18 / 31,536,000) + floor(floor(0.053e18 / 31,536,000) 0.09), and floor(floor(0.048e18 / ...) 0.09).
    let (borrow_rate, supply_rate) = (475_646_879 + 151_255_707_u64, 136_986_301_u64);
    assert_eq!(comet.configuration.rates.borrow.rate(permille(90)), Ok(U256::from(borrow_rate)));
    assert_eq!(comet.configuration.rates.supply.rate(permille(90)), Ok(U256::from(supply_rate)));
    comet.accrue(1_000_000).expect("in range");
    // 1e15 grows by rate * 1e6 seconds * 1e15 / 1e18.
    let grown = |rate: u64| U256::from(1_000_000_000_000_000 + rate * 1000);
    let expected = Indexes { base_supply: grown(supply_rate), base_borrow: grown(borrow_rate) };
    assert_eq!(comet.indexes, expected);
    let debt = comet.indexes.present_value(borrower.principal).expect("in range");
    assert_eq!(debt, -90 * i128::from(1_000_000_000_000_000 + borrow_rate * 1000) * 1000);
    let lent = comet.indexes.present_value(lender.principal).expect("in range");
    assert_eq!(lent, 1000 * i128::from(1_000_000_000_000_000 + supply_rate * 1000) * 1000);
    assert_eq!(comet.reserves(1_000_000), Ok(-debt - lent + i128::from(WAD) * (1000 - 90)));
    assert!(comet.accrue(999_999).is_err());
}

#[test]
fn settings_beyond_the_contract_s_limits_are_refused() {
    let asset = |decimals, borrow, liquidate, liquidation| {
        CollateralAsset::new(decimals, permille(borrow), permille(liquidate), permille(liquidation))
            .map(|_| ())
    };
    assert_eq!(asset(18, 900, 930, 950), Ok(()));
    assert_eq!(asset(19, 900, 930, 950), Err(CometError::BadDecimals));
    assert_eq!(asset(18, 930, 930, 950), Err(CometError::BorrowFactorTooLarge));
    assert_eq!(asset(18, 900, 1001, 950), Err(CometError::FactorTooLarge));
    assert_eq!(asset(18, 900, 930, 1001), Err(CometError::FactorTooLarge));
    let rates = comet(U256::ZERO).configuration.rates;
    let configuration = Configuration::new(rates, 18, permille(1001), U256::ZERO, Vec::new());
    assert_eq!(configuration, Err(CometError::FactorTooLarge));

    let mut comet = comet(milli_coins(1000));
    comet.configuration.base_borrow_min = milli_coins(1);
    let mut borrower = Account::empty(&comet.configuration);
    assert_eq!(borrower.supply_collateral(1, U256::ONE), Err(CometError::BadAsset));
    assert_eq!(borrower.supply_collateral(0, U256::ONE << 128), Err(CometError::InvalidUint128));
    borrower.supply_collateral(0, milli_coins(1000)).expect("collateral");
    let before = (comet.clone(), borrower.clone());
    let small = comet.withdraw_base(0, &prices(2000), &mut borrower, milli_coins(1) - U256::ONE);
    assert_eq!(small, Err(CometError::BorrowTooSmall));
    let large = comet.supply_base(0, &mut borrower, U256::ONE << 103);
    assert_eq!(large, Err(CometError::InvalidUint104));
    assert_eq!((comet, borrower), before);
}

/// Factors count to four decimals, as the contract packs them.
#[test]
fn collateral_factors_are_rounded_down_to_four_decimals() {
    let sloppy = |factor: u64| permille(factor) + U256::from(99_999_999_999_999_u64);
    let exact = CollateralAsset::new(18, permille(900), permille(930), permille(950));
    assert_eq!(CollateralAsset::new(18, sloppy(900), sloppy(930), sloppy(950)), exact);
}
