//! Laws that hold in every Compound v3 protocol, whatever happens in it.

use pegstress_exact::U256;
use pegstress_exact::lending::compound::{
    Account, CollateralAsset, Comet, Configuration, Prices, RateCurve, RateModel,
};
use proptest::prelude::*;

const WAD: u64 = 1_000_000_000_000_000_000;
const INDEX_SCALE: u64 = 1_000_000_000_000_000;
const DECIMALS: [u32; 2] = [18, 8];
const LIQUIDATION_FACTORS_PERMILLE: [u64; 2] = [950, 900];

fn word(value: u64) -> U256 {
    U256::from(value)
}

fn permille(value: u64) -> U256 {
    word(value * (WAD / 1000))
}

fn curve(kink: u64, low: u64, high: u64, base: u64) -> RateCurve {
    RateCurve::per_year(permille(kink), permille(low), permille(high), permille(base))
}

fn rate_model() -> RateModel {
    RateModel { supply: curve(850, 48, 1600, 0), borrow: curve(850, 53, 1800, 15) }
}

/// A base token and two collaterals, the first with as many decimals as the base.
fn comet(store_front_permille: u64) -> Comet {
    let [first, second] = LIQUIDATION_FACTORS_PERMILLE;
    let assets = vec![
        CollateralAsset::new(DECIMALS[0], permille(900), permille(930), permille(first)).expect("valid"),
        CollateralAsset::new(DECIMALS[1], permille(800), permille(850), permille(second)).expect("valid"),
    ];
    let target = word(5000) * word(WAD);
    let store_front = permille(store_front_permille);
    let configuration = Configuration::new(rate_model(), 18, store_front, target, assets).expect("valid");
    Comet::new(configuration, U256::ZERO, 0)
}

/// USD value of an amount, rounded down.
fn value(amount: U256, price: U256, decimals: u32) -> U256 {
    amount * price / U256::from(10).pow(U256::from(decimals))
}

/// Base tokens that may be borrowed against this collateral.
fn capacity(collateral: &[U256], prices: &Prices) -> U256 {
    let most = value(collateral[0], prices.assets[0], DECIMALS[0]) * word(9) / word(10)
        + value(collateral[1], prices.assets[1], DECIMALS[1]) * word(8) / word(10);
    most * word(WAD) / prices.base
}

fn sizes(bits: std::ops::Range<usize>) -> impl Strategy<Value = U256> {
    (bits, 1_u64..1024).prop_map(|(bits, lead)| word(lead) << bits)
}

/// One thing that somebody does.
#[derive(Clone, Copy, Debug)]
enum Event {
    Wait(u64),
    Price(usize, u64),
    Supply(usize, U256),
    Withdraw(usize, U256),
    /// So many thousandths of what the collateral allows.
    Borrow(usize, u64),
    Collateral(usize, usize, U256),
    Absorb(usize),
    Buy(usize, U256),
}

fn events() -> impl Strategy<Value = Event> {
    let who = 0..3_usize;
    prop_oneof![
        2 => (0..50_000_000_u64).prop_map(Event::Wait),
        2 => (0..2_usize, 500_u64..2500).prop_map(|(asset, usd)| Event::Price(asset, usd)),
        2 => (who.clone(), prop_oneof![Just(U256::ZERO), sizes(0..60)])
            .prop_map(|(who, size)| Event::Supply(who, size)),
        1 => (who.clone(), prop_oneof![Just(U256::ZERO), sizes(0..60)])
            .prop_map(|(who, size)| Event::Withdraw(who, size)),
        3 => (who.clone(), 1..=1000_u64).prop_map(|(who, part)| Event::Borrow(who, part)),
        1 => (who.clone(), sizes(40..60)).prop_map(|(who, size)| Event::Collateral(who, 0, size)),
        1 => (who.clone(), sizes(0..28)).prop_map(|(who, size)| Event::Collateral(who, 1, size)),
        3 => who.prop_map(Event::Absorb),
        2 => (0..2_usize, sizes(0..60)).prop_map(|(asset, size)| Event::Buy(asset, size)),
    ]
}

/// What is left of a price: a small fall or any.
fn falls() -> impl Strategy<Value = u64> {
    prop_oneof![900_u64..1000, 200_u64..1000]
}

fn principals(accounts: &[Account], sign: i128) -> U256 {
    accounts.iter().map(|one| U256::from((one.principal * sign).max(0).unsigned_abs())).sum()
}

proptest! {
    #[test]
    fn principals_and_tokens_balance_whatever_happens(history in prop::collection::vec(events(), 1..80)) {
        let mut comet = comet(600);
        let mut accounts = vec![Account::empty(&comet.configuration); 3];
        let mut prices = Prices { base: word(200_000_000_000), assets: vec![word(200_000_000_000); 2] };
        comet.supply_base(0, &mut accounts[0], word(1000) * word(WAD)).expect("a supply");
        let mut cash = comet.base_balance;
        let mut collateral = [U256::ZERO; 2];
        let mut now = 0;
        let calls = word(history.len() as u64 + 1);
        for event in history {
            match event {
                Event::Wait(seconds) => now += seconds,
                Event::Price(asset, usd) => prices.assets[asset] = word(usd * 100_000_000),
                Event::Supply(who, size) => {
                    comet.supply_base(now, &mut accounts[who], size).expect("in range");
                    cash += size;
                }
                Event::Withdraw(..) | Event::Borrow(..) => {
                    let (who, size) = match event {
                        Event::Withdraw(who, size) => (who, size),
                        Event::Borrow(who, part) => {
                            let most = capacity(&accounts[who].collateral, &prices);
                            (who, most * word(part) / word(1000))
                        }
                        _ => continue,
                    };
                    if comet.withdraw_base(now, &prices, &mut accounts[who], size).is_ok() {
                        cash -= size;
                        let safe = accounts[who]
                            .is_borrow_collateralized(&comet.configuration, &comet.indexes, &prices);
                        prop_assert_eq!(safe, Ok(true));
                    }
                }
                Event::Collateral(who, asset, size) => {
                    accounts[who].supply_collateral(asset, size).expect("in range");
                    collateral[asset] += size;
                }
                Event::Absorb(who) => {
                    let before = accounts[who].clone();
                    match comet.absorb(now, &prices, &mut accounts[who]) {
                        Ok(absorbed) => {
                            prop_assert!(accounts[who].principal >= 0);
                            prop_assert!(accounts[who].collateral.iter().all(U256::is_zero));
                            prop_assert_eq!(absorbed.seized, before.collateral);
                        }
                        Err(_) => prop_assert_eq!(&accounts[who], &before),
                    }
                }
                Event::Buy(asset, size) => {
                    if let Ok(bought) = comet.buy_collateral(now, &prices, asset, U256::ZERO, size) {
                        cash += size;
                        collateral[asset] -= bought;
                    }
                }
            }
            prop_assert_eq!(comet.base_balance, cash);
            for (asset, total) in collateral.iter().enumerate() {
                let held: U256 = accounts.iter().map(|one| one.collateral[asset]).sum();
                prop_assert_eq!(held + comet.collateral_reserves[asset], *total);
            }
            // A call may round one account's principal by one unit without touching the totals.
            let (lent, owed) = (principals(&accounts, 1), principals(&accounts, -1));
            for (total, sum) in [(comet.total_supply_base, lent), (comet.total_borrow_base, owed)] {
                prop_assert!(total >= sum && total - sum <= calls, "{} of {}", sum, total);
            }
        }
    }

    /// The reserves fall by `max(debt, sum value * liquidation factor)`.
    ///
    /// What is paid out is that to the last unit. Of the totals it is taken from, each is rounded down with interest: the
    /// supply's grows by up to one unit more or `1 + index` less, the debt's falls by up to one unit more. Indexes stay
    /// below 4 here: at most 100 % a year for three years.
    #[test]
    fn an_absorption_costs_the_reserves_the_larger_of_debt_and_discounted_collateral(
        collateral in (sizes(52..60), sizes(18..26)),
        usd in (500_u64..4000, 500_u64..4000),
        fall_permille in (falls(), falls()),
        elapsed in prop_oneof![0_u64..1_000_000, 0_u64..94_608_000],
        used_permille in 950_u64..1000,
    ) {
        let mut comet = comet(600);
        let mut lender = Account::empty(&comet.configuration);
        let mut borrower = lender.clone();
        comet.supply_base(0, &mut lender, word(100_000_000) * word(WAD)).expect("a supply");
        let assets = vec![word(usd.0 * 100_000_000), word(usd.1 * 100_000_000)];
        let prices = Prices { base: word(200_000_000_000), assets };
        for (asset, size) in [collateral.0, collateral.1].into_iter().enumerate() {
            borrower.supply_collateral(asset, size).expect("in range");
        }
        let debt = capacity(&borrower.collateral, &prices) * word(used_permille) / word(1000);
        comet.withdraw_base(0, &prices, &mut borrower, debt).expect("covered");

        let fallen = [fall_permille.0, fall_permille.1];
        let fallen = prices.assets.iter().zip(fallen).map(|(price, by)| price * word(by) / word(1000));
        let prices = Prices { base: prices.base, assets: fallen.collect() };
        let before = comet.reserves(elapsed).expect("in range");
        let indexes = comet.indexes_at(elapsed).expect("in range");
        let liquidatable = borrower.is_liquidatable(&comet.configuration, &indexes, &prices).expect("in range");
        let debt = U256::from(indexes.present_value(borrower.principal).expect("in range").unsigned_abs());
        let absorbed = comet.absorb(elapsed, &prices, &mut borrower);
        prop_assert_eq!(absorbed.is_ok(), liquidatable);
        let Ok(absorbed) = absorbed else { return Ok(()) };

        let mut worth = U256::ZERO;
        for (asset, size) in [collateral.0, collateral.1].into_iter().enumerate() {
            let whole = value(size, prices.assets[asset], DECIMALS[asset]);
            worth += whole * word(LIQUIDATION_FACTORS_PERMILLE[asset]) / word(1000);
        }
        let worth = worth * word(WAD) / prices.base;
        prop_assert_eq!(absorbed.base_paid_out, debt.max(worth));
        let fall = before - comet.reserves(elapsed).expect("in range");
        let paid = i128::try_from(absorbed.base_paid_out).expect("below 2^127");
        prop_assert!(indexes.base_supply < word(4 * INDEX_SCALE));
        prop_assert!((fall - paid).abs() <= 5, "{} for {}", fall, paid);
        // What is above the debt is the user's, and the rest is not his to pay.
        let credited = indexes.present_value(borrower.principal).expect("in range");
        let due = i128::try_from(absorbed.base_paid_out - debt).expect("below 2^127");
        prop_assert!(credited >= 0 && credited <= due && due - credited <= 5);
    }

    /// A buyer pays at least the oracle's price less the discount, and no more than one smallest unit above it.
    #[test]
    fn the_store_front_sells_at_the_discount(
        store_front_permille in 0_u64..=1000,
        asset in 0..2_usize,
        usd in 100_u64..10_000,
        size in sizes(30..60),
    ) {
        let comet = comet(store_front_permille);
        let mut prices = Prices { base: word(200_000_000_000), assets: vec![word(1); 2] };
        prices.assets[asset] = word(usd * 100_000_000);
        let bought = comet.quote_collateral(&prices, asset, size).expect("in range");
        // In units of 1e-6 and of the price: 1e8 * 1e-6 leaves no rest.
        let discount = store_front_permille * (1000 - LIQUIDATION_FACTORS_PERMILLE[asset]);
        let discounted = prices.assets[asset] * word(1_000_000 - discount) / word(1_000_000);
        let unit = U256::from(10).pow(U256::from(DECIMALS[asset]));
        let paid = size * prices.base * unit;
        let due = |amount: U256| amount * discounted * word(WAD);
        prop_assert!(due(bought) <= paid && due(bought + U256::ONE) > paid);
    }

    #[test]
    fn rates_rise_with_utilisation_and_faster_above_the_kink(
        lower in 0_u64..1_100,
        more in 0_u64..1_100,
    ) {
        let model = rate_model();
        for curve in [model.supply, model.borrow] {
            let rate = |utilization: u64| curve.rate(permille(utilization)).expect("in range");
            prop_assert!(rate(lower) <= rate(lower + more));
            // Steeper above the kink: the chord lies above the curve, up to three rounded terms.
            let ends = rate(lower) + rate(lower + 2 * more);
            prop_assert!(ends + word(6) >= rate(lower + more) * word(2));
        }
    }
}
