//! `pegstress depth`: what the pools of a file can take.

use crate::depth_args::DepthArgs;
use crate::failure::Failure;
use crate::input::SeriesFiles;
use crate::{output, terminal};
use pegstress_report::{DepthTitle, depth_json, depth_rows, render_depth};
use pegstress_scenario::{Pools, read_pools};
use pegstress_sim::market_depth::market_depth;
use std::path::Path;

pub(crate) fn depth(args: &DepthArgs) -> Result<(), Failure> {
    let pools = read_pools(&args.pools)?.resolve(&mut SeriesFiles::default())?;
    let discounts: Vec<f64> = args.discounts_bps.iter().map(|bps| bps / 1e4).collect();
    let found = market_depth(&pools.venues, pools.nav, &discounts, &args.sizes_lrt);
    let name = args.pools.file_stem().and_then(|stem| stem.to_str()).unwrap_or("pools");
    let folder = args.out.join(format!("depth-{name}"));
    let title = title(&pools, &args.pools);
    output::prepare(&folder)?;
    let files =
        render_depth(&title, &found).map_err(|error| Failure::Internal(format!("{name}: {error}")))?;
    for file in files {
        output::write_whole(&folder, &file.name, &file.bytes)?;
    }
    if args.json {
        terminal::print(&format!("{}\n", depth_json(&title, &found)));
    } else if !args.quiet {
        let heading = format!("{}: {}", pools.symbol, title.source);
        let place = format!("  written to {}\n", folder.display());
        terminal::print(&(terminal::figures(&heading, &depth_rows(&title, &found)) + &place));
    }
    Ok(())
}

fn title(pools: &Pools, file: &Path) -> DepthTitle {
    let snapshot = &pools.snapshot;
    let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let mut parts = vec![snapshot.source.clone().unwrap_or(name)];
    parts.extend(snapshot.time.map(|time| time.to_string()));
    parts.extend(snapshot.block.map(|block| format!("block {block}")));
    DepthTitle {
        symbol: pools.symbol.clone(),
        source: parts.join(", "),
        program: format!("pegstress {}", env!("CARGO_PKG_VERSION")),
    }
}
