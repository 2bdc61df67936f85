//! Successive sales of exactly 1000 stETH on the stETH pool's contract, as a CSV.
//!
//! Columns: ETH received in wei, both reserves after the sale (without the owner's fees), and the quote for 1e12 wei of
//! stETH at that state. A = 50, fee 4e6 of 1e10, half of it the owner's. The first row gives the starting state; what
//! its own sale received cannot be repeated. Each sale starts from the reserves of the row before.

use crate::formats::Format;
use crate::words::parse_digits;
use crate::{Document, LaneErrors, Record, stableswap_lanes::StableSwapState};
use pegstress_exact::U256;
use pegstress_exact::stableswap::{Error, FeeSchedule, Generation, ONE, Pool};

pub(super) const FORMAT: Format =
    Format { name: "Curve stETH pool, sales of 1000 stETH", recognise, exact, lanes: Some(measure_lanes) };

const COLUMNS: [&str; 4] =
    ["eth_received_wei", "eth_reserve_after_wei", "steth_reserve_after_wei", "quote_for_1e12_wei_after"];
const AMPLIFICATION: u64 = 50;
const FEE: U256 = U256::from_limbs([4_000_000, 0, 0, 0]);
const QUOTED: U256 = U256::from_limbs([1_000_000_000_000, 0, 0, 0]);

/// What each sale brings.
fn sold() -> U256 {
    U256::from(1000) * ONE
}

/// One row: a sale and the state after it.
struct Sale {
    received: U256,
    reserves: [U256; 2],
    quote: U256,
}

fn recognise(document: &Document) -> bool {
    columns(document).is_some()
}

/// Where the columns stand, whatever their order.
fn columns(document: &Document) -> Option<[usize; 4]> {
    let Document::Csv { header, .. } = document else { return None };
    let mut places = [0; 4];
    for (place, column) in places.iter_mut().zip(COLUMNS) {
        *place = header.iter().position(|name| name.trim() == column)?;
    }
    Some(places)
}

/// The rows, each of them read or with the column that cannot be.
fn sales(document: &Document) -> Vec<Result<Sale, (&'static str, String)>> {
    let (Document::Csv { rows, .. }, Some(places)) = (document, columns(document)) else { return Vec::new() };
    let sale = |row: &Vec<String>| {
        let mut cells = [U256::ZERO; 4];
        for ((cell, place), column) in cells.iter_mut().zip(places).zip(COLUMNS) {
            let text = row.get(place).map_or("", |text| text.trim());
            *cell = parse_digits(text).ok_or_else(|| (column, text.to_owned()))?;
        }
        let [received, eth, steth, quote] = cells;
        Ok(Sale { received, reserves: [eth, steth], quote })
    };
    rows.iter().map(sale).collect()
}

fn exact(document: &Document, record: &mut Record) {
    let mut before: Option<[U256; 2]> = None;
    for (k, sale) in sales(document).into_iter().enumerate() {
        let place = format!("row {}", k + 1);
        before = match sale {
            Ok(sale) => {
                if let Some(reserves) = before {
                    compare_sale(record, &place, reserves, &sale);
                }
                let quote = pool(sale.reserves).and_then(|pool| pool.quote_exact_in(1, 0, QUOTED));
                record.check("quotes", || format!("{place}, {}", COLUMNS[3]), Some(sale.quote), quote);
                Some(sale.reserves)
            }
            Err((column, found)) => {
                record.unreadable(format!("{place}, {column}"), "an integer below 2^256", found);
                None
            }
        };
    }
}

fn pool(reserves: [U256; 2]) -> Result<Pool, Error> {
    Pool::steth(AMPLIFICATION, FEE, reserves)
}

fn compare_sale(record: &mut Record, place: &str, before: [U256; 2], sale: &Sale) {
    let of = |column: usize| move || format!("{place}, {}", COLUMNS[column]);
    let after = pool(before).and_then(|mut pool| Ok((pool.exchange(1, 0, sold())?, pool)));
    let received = after.as_ref().map(|(received, _)| *received);
    record.check("exchanges", of(0), Some(sale.received), received);
    let Ok((_, pool)) = after else { return };
    let [eth, steth] = sale.reserves;
    for (column, expected, got) in [(1, eth, pool.balances().first()), (2, steth, pool.balances().get(1))] {
        let got = got.copied().unwrap_or_default();
        // stETH is held in shares: what arrives is a wei short now and then.
        let short = column == 2 && expected.checked_add(U256::from(1)) == Some(got);
        record.equal("state values", of(column), expected, if short { expected } else { got });
    }
}

fn measure_lanes(document: &Document, errors: &mut LaneErrors) {
    for (k, sale) in sales(document).into_iter().enumerate() {
        let Ok(Sale { reserves, .. }) = sale else { continue };
        let fees = FeeSchedule::fixed(FEE);
        let Some(pool) =
            StableSwapState::new(Generation::StEth, AMPLIFICATION, fees, reserves.to_vec(), vec![ONE; 2])
        else {
            continue;
        };
        let place = format!("row {}", k + 1);
        pool.measure_prices(errors, &place);
        pool.measure_swap(errors, &place, (1, 0), QUOTED);
        pool.measure_swap(errors, &place, (1, 0), sold());
    }
}
