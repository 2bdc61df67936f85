//! Scenarios that are ready to run: a file gives one run per market and severity.

use crate::failure::Failure;
use crate::input::{SeriesFiles, hex, simulation_overrides, without_detours};
use pegstress_scenario::{Document, Override, read, resolve};
use pegstress_sim::scenario::Scenario;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A run's scenario with what it was read from.
pub(crate) struct Loaded {
    pub(crate) file: PathBuf,
    pub(crate) document: Document,
    pub(crate) scenario: Scenario,
    /// SHA-256 of every file read, by name.
    pub(crate) digests: BTreeMap<String, String>,
    /// Folder of its report, below that of all.
    pub(crate) folder: PathBuf,
    /// Words of the command line that choose this run of the file.
    pub(crate) chosen: Vec<String>,
}

/// What is run of a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) overrides: &'a [Override],
    pub(crate) paths: Option<u64>,
    pub(crate) seed: Option<u64>,
    /// Tokens whose markets take the place of the file's own; `all` for those that it lists.
    pub(crate) markets: &'a [String],
    /// Severities; all of the file where there are none.
    pub(crate) severities: &'a [String],
}

/// The runs of a file, markets in the order of the words, severities in that of their names.
pub(crate) fn load(file: &Path, wanted: Wanted<'_>) -> Result<Vec<Loaded>, Failure> {
    let mut runs = Vec::new();
    for market in markets(file, wanted)? {
        let mut overrides: Vec<Override> = market.iter().map(|market| market.base.clone()).collect();
        overrides.extend_from_slice(wanted.overrides);
        let mut document = read(file, &overrides)?;
        let simulated = simulation_overrides(document.raw().mode, wanted.paths, wanted.seed);
        if !simulated.is_empty() {
            overrides.extend(simulated);
            document = read(file, &overrides)?;
        }
        let place = Place { file, market };
        let known = document.severities().map(str::to_owned).collect();
        let names = chosen_severities(file, known, wanted.severities)?;
        if names.is_empty() {
            runs.push(resolved(&place, document, None)?);
            continue;
        }
        for name in names {
            let at_severity = document.at_severity(&name)?;
            runs.push(resolved(&place, at_severity, Some(&name))?);
        }
    }
    Ok(runs)
}

/// A market in place of that of the file.
struct Market {
    symbol: String,
    base: Override,
}

struct Place<'a> {
    file: &'a Path,
    market: Option<Market>,
}

fn resolved(place: &Place<'_>, document: Document, severity: Option<&str>) -> Result<Loaded, Failure> {
    let mut series = SeriesFiles::default();
    let scenario = resolve(&document, &mut series)?;
    let token = document.token().map(|token| (token.path(), token.text()));
    for (path, text) in document.bases().chain(token) {
        series.digests.insert(without_detours(path).display().to_string(), hex(&Sha256::digest(text)));
    }
    let mut folder = PathBuf::from(&scenario.provenance.scenario);
    let mut chosen = Vec::new();
    if let Some(market) = &place.market {
        folder.push(&market.symbol);
        chosen.push(format!("--market {}", market.symbol));
    }
    if let Some(name) = severity {
        folder.push(name);
        chosen.push(format!("--severity {name}"));
    }
    Ok(Loaded { file: place.file.to_owned(), document, scenario, digests: series.digests, folder, chosen })
}

/// The severities that are run: of those that the file has the wanted ones, all where none is named.
pub(crate) fn chosen_severities(
    file: &Path,
    known: Vec<String>,
    wanted: &[String],
) -> Result<Vec<String>, Failure> {
    if let Some(unknown) = wanted.iter().find(|name| !known.contains(name)) {
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        let file = file.display();
        return Err(Failure::Usage(format!("{file} has no severity `{unknown}`; it has {known}")));
    }
    Ok(known.into_iter().filter(|name| wanted.is_empty() || wanted.contains(name)).collect())
}

/// The markets that are run; the file's own where the words name none.
fn markets(file: &Path, wanted: Wanted<'_>) -> Result<Vec<Option<Market>>, Failure> {
    if wanted.markets.is_empty() {
        return Ok(vec![None]);
    }
    let document = read(file, wanted.overrides)?;
    let raw = document.raw();
    let Some(base) = &raw.base else {
        let file = file.display();
        return Err(Failure::Usage(format!(
            "{file} builds upon no market (base), so that --market has no effect"
        )));
    };
    let asked = wanted.markets.iter().flat_map(|symbol| match symbol.as_str() {
        "all" => raw.markets.clone(),
        _ => vec![symbol.clone()],
    });
    let mut list = Vec::new();
    for asked in asked {
        let known = raw.markets.iter().find(|known| known.eq_ignore_ascii_case(&asked));
        let Some(symbol) = known else {
            let (file, known) = (file.display(), raw.markets.join(", "));
            return Err(Failure::Usage(format!(
                "{file} makes no sense for `{asked}`; its markets are {known}"
            )));
        };
        let name = Path::new(base).with_file_name(format!("{}.toml", symbol.to_lowercase()));
        let base = Override::new("base", format!("{:?}", name.display().to_string()));
        list.push(Some(Market { symbol: symbol.clone(), base }));
    }
    Ok(list)
}
