//! `pegstress data`: records of others in, files of ours out.

use crate::data_args::{ConvertArgs, DataArgs, DataCommand};
use crate::failure::Failure;
use crate::{output, terminal};
use pegstress_scenario::Wanted;
use std::path::Path;

pub(crate) fn data(args: &DataArgs) -> Result<(), Failure> {
    match &args.command {
        DataCommand::Convert(args) => convert(args),
    }
}

fn convert(args: &ConvertArgs) -> Result<(), Failure> {
    let path = &args.record;
    let record =
        std::fs::read_to_string(path).map_err(|source| Failure::Io { path: path.clone(), source })?;
    let name = path.file_name().map_or(path.as_path(), Path::new);
    let written = pegstress_scenario::convert(name, &record, &wanted(args))
        .map_err(|source| Failure::Record { path: path.clone(), source })?;
    match &args.to {
        Some(to) => write(to, &written),
        None => {
            terminal::print(&written);
            Ok(())
        }
    }
}

fn wanted(args: &ConvertArgs) -> Wanted {
    Wanted {
        pool: args.pool.clone(),
        token: args.token.clone(),
        quote: args.quote.clone(),
        redemption_rate: args.redemption_rate,
        eth_per_quote: args.eth_per_quote,
        coin_rates: args.coin_rates.clone(),
        fee_bps: args.fee_bps,
        offpeg_fee_multiplier: args.offpeg_fee_multiplier,
        admin_fee_share: args.admin_fee_share,
        protocol_fee_share: args.protocol_fee_share,
        tick_spacing: args.tick_spacing,
    }
}

fn write(to: &Path, text: &str) -> Result<(), Failure> {
    let Some(name) = to.file_name().and_then(|name| name.to_str()) else {
        return Err(Failure::Usage(format!("--to {} names no file", to.display())));
    };
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    output::write_whole(folder, name, text.as_bytes())
}
