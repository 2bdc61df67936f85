//! `pegstress exit`: one exit, from the request to ETH in hand.

use crate::args::ExitArgs;
use crate::failure::Failure;
use crate::input::SeriesFiles;
use crate::{output, terminal};
use jiff::Timestamp;
use pegstress_report::{exit_json, exit_rows, render_exit};
use pegstress_scenario::{Domain, ReadSeries, Rule, SeriesRequest, TokenFile, read_token};
use pegstress_sim::exit_study::ExitStudy;
use pegstress_sim::scenario::{Assumption, EvidenceMark};
use pegstress_unlock::{DAY_SECS, Draws, ExitCase, Redeposit, delays, timeline};
use std::path::{Path, PathBuf};

/// Electra, the first fork in which balances leave: 2025-05-07T10:05:11Z.
const ELECTRA_SECOND: i64 = 1_746_612_311;
const ELECTRA_CHURN_ETH: f64 = 256.0;
/// A reading of the queue older than this is a gap.
const MAX_AGE_SECS: i64 = 86_400;
/// Step of the changes that random paths draw from.
const CHANGE_SECS: u32 = 21_600;

/// What the network looks like when redemption is asked for.
struct Network {
    queue_eth: f64,
    sweep_secs: f64,
    churn_eth_per_epoch: f64,
    /// Changes of the queue over [`CHANGE_SECS`] in the record.
    changes_eth: Vec<f64>,
    assumptions: Vec<Assumption>,
}

pub(crate) fn exit(args: &ExitArgs) -> Result<(), Failure> {
    let network = network(args)?;
    let studies =
        args.token.iter().map(|token| study(args, &network, token)).collect::<Result<Vec<_>, _>>()?;
    let mut shown = Vec::new();
    for study in &studies {
        let name = format!("exit-{}-{}", study.symbol.to_lowercase(), study.asked_at.strftime("%Y-%m-%d"));
        let folder = args.out.join(&name);
        output::prepare(&folder)?;
        let program = format!("pegstress {}", env!("CARGO_PKG_VERSION"));
        let files =
            render_exit(study, &program).map_err(|error| Failure::Internal(format!("{name}: {error}")))?;
        for file in files {
            output::write_whole(&folder, &file.name, &file.bytes)?;
        }
        shown.push(exit_json(study));
        if !args.json && !args.quiet {
            let heading = format!("{} ({}): exit of {} ETH", study.symbol, study.protocol, args.amount);
            let place = format!("  written to {}\n\n", folder.display());
            terminal::print(&(terminal::figures(&heading, &exit_rows(study)) + &place));
        }
    }
    if args.json {
        terminal::print(&format!("{}\n", serde_json::Value::Array(shown)));
    }
    Ok(())
}

fn study(args: &ExitArgs, network: &Network, token: &str) -> Result<ExitStudy, Failure> {
    let token = read_token(&token_path(args, token)?, &args.overrides)?;
    let redemption = token.redemption(args.missed_slots_pct / 100.0)?;
    let rules = redemption.rules;
    let case = ExitCase {
        rules,
        amount_eth: args.amount,
        queue_eth: network.queue_eth,
        churn_eth_per_epoch: network.churn_eth_per_epoch,
        sweep_secs: network.sweep_secs,
        until_order_secs: until_next(args.at, rules.exits.ordered_every_secs),
        until_finalisation_secs: until_next(args.at, rules.queue.finalised_every_secs),
        redeposit: args.entry_queue_eth.map(|entry_queue_eth| Redeposit {
            entry_queue_eth,
            churn_eth_per_epoch: network.churn_eth_per_epoch.min(ELECTRA_CHURN_ETH),
        }),
    };
    let draws = Draws {
        paths: args.paths,
        seed: args.seed,
        queue_changes_eth: &network.changes_eth,
        change_secs: f64::from(CHANGE_SECS),
    };
    Ok(ExitStudy {
        symbol: token.raw().symbol.clone(),
        protocol: token.raw().protocol.clone(),
        asked_at: args.at,
        timeline: timeline(&case),
        delays: delays(&case, &draws),
        yield_per_year: args.yield_pct_per_year.map(|pct| pct / 100.0),
        assumptions: assumptions(args, network, &token),
        case,
    })
}

/// Every parameter of the answer with its mark.
fn assumptions(args: &ExitArgs, network: &Network, token: &TokenFile) -> Vec<Assumption> {
    let mut list = token.assumptions();
    for one in &args.overrides {
        for assumption in list.iter_mut().filter(|assumption| assumption.key == one.key()) {
            assumption.mark = EvidenceMark::Unstated;
            assumption.source = "Set on the command line".to_owned();
        }
    }
    list.extend(network.assumptions.iter().cloned());
    list
}

/// Seconds until the next multiple of a period after midnight UTC; a whole period where it is now.
fn until_next(at: Timestamp, every_secs: f64) -> f64 {
    if every_secs <= 0.0 {
        return 0.0;
    }
    let since_midnight = at.as_second().rem_euclid(86_400) as f64;
    every_secs - since_midnight.rem_euclid(every_secs)
}

/// A file as it is, a symbol as a file of the folder of tokens.
fn token_path(args: &ExitArgs, token: &str) -> Result<PathBuf, Failure> {
    let file = Path::new(token);
    if token.ends_with(".toml") {
        return Ok(file.to_owned());
    }
    let path = args.tokens.join(format!("{}.toml", token.to_lowercase()));
    if path.is_file() {
        return Ok(path);
    }
    let known = known_tokens(&args.tokens)?;
    Err(Failure::Usage(format!("there is no token {token:?} in {}: it has {known}", args.tokens.display())))
}

fn known_tokens(folder: &Path) -> Result<String, Failure> {
    let failed = |source| Failure::Io { path: folder.to_owned(), source };
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|end| end == "toml")
            && let Some(stem) = path.file_stem()
        {
            names.push(stem.to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(if names.is_empty() { "none".to_owned() } else { names.join(", ") })
}

fn network(args: &ExitArgs) -> Result<Network, Failure> {
    let churn_eth_per_epoch = match args.churn_eth_per_epoch {
        Some(churn) => churn,
        None if args.at.as_second() >= ELECTRA_SECOND => ELECTRA_CHURN_ETH,
        None => {
            return Err(Failure::Usage(format!(
                "{} is before Electra, when churn counted validators: give --churn-eth-per-epoch",
                args.at
            )));
        }
    };
    let assumption = |key: &str, value: f64, mark, source: &str| Assumption {
        key: key.to_owned(),
        value: format!("{value}"),
        mark,
        source: source.to_owned(),
    };
    let given = "Given on the command line";
    let mut changes_eth = Vec::new();
    let (mut queue_eth, recorded) = match args.queue_eth {
        Some(eth) => (eth, false),
        None => {
            let mut series = SeriesFiles::default();
            changes_eth = changes(args, &mut series)?;
            (reading(args, &mut series, "exit_queue_eth", 1.0)?, true)
        }
    };
    queue_eth += args.others_exit_eth;
    let (sweep_days, sweep_recorded) = match args.sweep_days {
        Some(days) => (days, false),
        // Half of a cycle is the mean wait.
        None => (reading(args, &mut SeriesFiles::default(), "sweep_delay_days", 0.5)?, true),
    };
    let (record, source) = (args.queue.display().to_string(), EvidenceMark::Source);
    let queue_source = if recorded { format!("{record}, the last reading") } else { given.to_owned() };
    let sweep_source = if sweep_recorded {
        format!("{record}, half of the cycle of the last reading")
    } else {
        given.to_owned()
    };
    let mark = |recorded: bool, mark| if recorded { mark } else { EvidenceMark::Unstated };
    let mut assumptions = vec![
        assumption("network.exit_queue_eth", queue_eth, mark(recorded, source), &queue_source),
        assumption(
            "network.sweep_days",
            sweep_days,
            mark(sweep_recorded, EvidenceMark::Derived),
            &sweep_source,
        ),
        match args.churn_eth_per_epoch {
            Some(churn) => assumption("network.churn_eth_per_epoch", churn, EvidenceMark::Unstated, given),
            None => assumption(
                "network.churn_eth_per_epoch",
                churn_eth_per_epoch,
                source,
                "consensus-specs, electra: min(256 ETH, T / 65536) with more than 16.8 million ETH staked",
            ),
        },
    ];
    for (key, value) in [
        ("network.entry_queue_eth", args.entry_queue_eth),
        ("holder.yield_pct_per_year", args.yield_pct_per_year),
        ("network.others_exit_eth", Some(args.others_exit_eth).filter(|eth| *eth > 0.0)),
        ("network.missed_slots_pct", Some(args.missed_slots_pct).filter(|pct| *pct > 0.0)),
    ] {
        assumptions.extend(value.map(|value| assumption(key, value, EvidenceMark::Unstated, given)));
    }
    Ok(Network {
        queue_eth,
        sweep_secs: sweep_days * DAY_SECS,
        churn_eth_per_epoch,
        changes_eth,
        assumptions,
    })
}

fn request(args: &ExitArgs, column: &str, scale: f64) -> SeriesRequest {
    SeriesRequest {
        file: args.queue.clone(),
        time_column: "time_utc".to_owned(),
        time_format: "rfc3339".to_owned(),
        value_column: column.to_owned(),
        scale,
        rule: Rule::Last,
        max_age_secs: MAX_AGE_SECS,
        domain: Domain::NonNegative,
    }
}

fn reading(args: &ExitArgs, series: &mut SeriesFiles, column: &str, scale: f64) -> Result<f64, Failure> {
    let read = series
        .on_grid(&request(args, column, scale), args.at, 1, 1)
        .map_err(|fault| unreadable(args, fault.message))?;
    read.first().copied().ok_or_else(|| unreadable(args, format!("{column} has no value at {}", args.at)))
}

/// Changes of the queue from grid point to grid point, over the whole record.
fn changes(args: &ExitArgs, series: &mut SeriesFiles) -> Result<Vec<f64>, Failure> {
    if args.paths == 0 {
        return Ok(Vec::new());
    }
    let request = request(args, "exit_queue_eth", 1.0);
    let failed = |message| unreadable(args, message);
    let all = series.rows(&request, Timestamp::MIN, Timestamp::MAX).map_err(|fault| failed(fault.message))?;
    let (Some((first, _)), Some((last, _))) = (all.first(), all.last()) else {
        return Err(failed("the record is empty".to_owned()));
    };
    let points = ((last.as_second() - first.as_second()) / i64::from(CHANGE_SECS)) as usize + 1;
    let grid =
        series.on_grid(&request, *first, CHANGE_SECS, points).map_err(|fault| failed(fault.message))?;
    Ok(grid.windows(2).map(|pair| pair[1] - pair[0]).collect())
}

fn unreadable(args: &ExitArgs, reason: String) -> Failure {
    Failure::Vectors { path: args.queue.clone(), reason }
}
