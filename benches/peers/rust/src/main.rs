//! The exact pools beside other crates that compute the same: amounts first, then times.
//!
//! Without arguments it prints the table. With a file of curvesim's results, written by `../curvesim_exchange.py`, it has
//! their row too; `--states` prints what that script is to exchange.

mod balancer;
mod curve;
mod curvesim;
mod measure;
mod states;
mod uniswap;

use measure::Row;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let argument = std::env::args().nth(1);
    if argument.as_deref() == Some("--states") {
        curvesim::print_states();
        return Ok(());
    }
    let mut rows = Vec::new();
    rows.extend(curve::rows()?);
    rows.extend(uniswap::rows());
    rows.extend(balancer::rows()?);
    if let Some(file) = argument {
        rows.extend(curvesim::rows(&std::fs::read_to_string(file)?)?);
    }
    print(&rows);
    Ok(())
}

fn print(rows: &[Row]) {
    println!("| peer | operation | peer, ns | ours, ns | ratio | amounts |");
    println!("|---|---|---:|---:|---:|---|");
    for Row { peer, operation, theirs_ns, ours_ns, difference } in rows {
        let ratio = theirs_ns / ours_ns;
        let amounts = difference.as_deref().unwrap_or("the same");
        println!("| {peer} | {operation} | {theirs_ns:.0} | {ours_ns:.0} | {ratio:.2} | {amounts} |");
    }
}
