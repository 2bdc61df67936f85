//! Records of others become pool files.
//!
//! A record is recognised by its content: an answer of the Curve API's `getPools`, or of a Uniswap v3 subgraph. What
//! a pool file needs and a record lacks must be said ([`Wanted`]): nothing is guessed, and what is wrong with a record
//! names its field.

mod curve;
mod pool_text;
mod record;
mod uniswap;

use std::path::Path;

use serde_json::Value as Json;

use crate::diagnostic::ScenarioError;
use crate::pools::PoolFile;
use record::Record;

/// What the user says about the pool, beside the record.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Wanted {
    /// Name or address of the pool, where the record holds several.
    pub pool: Option<String>,
    /// Symbol of the token.
    pub token: String,
    /// Symbol of the quote coin, where the pool holds several others.
    pub quote: Option<String>,
    /// ETH that redemption pays per token.
    pub redemption_rate: Option<f64>,
    /// ETH that one unit of the quote coin is worth.
    pub eth_per_quote: Option<f64>,
    /// Quote coins by which the pool counts a further coin, by its symbol.
    pub coin_rates: Vec<(String, f64)>,
    /// Fee of a swap.
    pub fee_bps: Option<f64>,
    /// How much higher the fee is far from the peg, 1 = 1x.
    pub offpeg_fee_multiplier: Option<f64>,
    /// Curve: share of the fee that leaves the pool.
    pub admin_fee_share: Option<f64>,
    /// Uniswap: share of the fee that goes to the protocol.
    pub protocol_fee_share: Option<f64>,
    /// Uniswap: distance of two ticks that can hold liquidity.
    pub tick_spacing: Option<i32>,
}

/// Why a record does not become a pool file.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// The text is no JSON.
    #[error("line {line}, column {column}: {message}")]
    Syntax {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// No known kind of record.
    #[error(
        "neither an answer of the Curve API's getPools (data.poolData) nor of a Uniswap v3 subgraph (data.pool or data.pools)"
    )]
    Unknown,
    /// A field of the record is missing, or is not what it must be.
    #[error("{path} {problem}")]
    Field {
        /// Where it stands in the record.
        path: String,
        /// What is wrong, with the value and what would be right.
        problem: String,
    },
    /// No pool of the record, or several, are what the user asks for.
    #[error("{0}")]
    Choice(String),
    /// The record lacks what the pool file needs: an option says it.
    #[error("{why}: give {option}")]
    Option {
        /// The option.
        option: &'static str,
        /// What the record lacks.
        why: String,
    },
    /// A number of the record or of the user is out of range.
    #[error("the pool file would be wrong: {}", .0.diagnostics().iter().map(|one| one.message.as_str()).collect::<Vec<_>>().join("; "))]
    Written(ScenarioError),
}

/// Makes a pool file of the record `text`, which was read from `name`.
///
/// # Errors
/// What is wrong with the record or missing in it, by its field; or the option that says what is missing.
pub fn convert(name: &Path, text: &str, wanted: &Wanted) -> Result<String, ConvertError> {
    let json: Json = serde_json::from_str(text).map_err(|error| ConvertError::Syntax {
        line: error.line(),
        column: error.column(),
        message: crate::json::problem(text, &error).1,
    })?;
    let record = Record::root(&json);
    let written = if record.at(&["data", "poolData"]).is_some() {
        curve::convert(&record, wanted)?
    } else if uniswap::recognises(&record) {
        uniswap::convert(&record, wanted)?
    } else {
        return Err(ConvertError::Unknown);
    };
    let written = written.text(name);
    // What is written is read back: a pool file that `read_pools` would refuse is never given out.
    PoolFile::parse(name, &written).map_err(ConvertError::Written)?;
    Ok(written)
}

/// Quote coins that are worth one ETH.
const IS_ETH: [&str; 2] = ["ETH", "WETH"];

fn lacks_worth(quote: &str) -> ConvertError {
    let why = format!("the record does not say what ETH one {quote} is worth");
    ConvertError::Option { option: "--eth-per-quote", why }
}

/// The only one of the pools that fit.
fn only<'a>(
    mut found: Vec<Record<'a>>,
    wanted: &Wanted,
    label: impl Fn(&Record<'a>) -> String,
) -> Result<Record<'a>, ConvertError> {
    let meant = match &wanted.pool {
        Some(name) => format!("`{name}`"),
        None => format!("with {}", wanted.token),
    };
    match (found.pop(), found.len()) {
        (None, _) => Err(ConvertError::Choice(format!("the record has no pool {meant}"))),
        (Some(only), 0) => Ok(only),
        (Some(last), others) => {
            let names: Vec<_> = found.iter().chain([&last]).map(label).collect();
            let (count, names) = (others + 1, names.join(", "));
            Err(ConvertError::Choice(format!(
                "the record has {count} pools {meant}: {names}: choose by --pool ADDRESS"
            )))
        }
    }
}
