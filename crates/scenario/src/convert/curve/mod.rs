//! The Curve API's `getPools`: pools with their coins as the contracts hold them (curvefi/curve-api,
//! `routes/v1/getPools`). It says no fee, no off-peg multiplier and no rate; those are the user's to say.

mod coins;

use coins::{Coin, coins, find, follows_rate, has_rate, quote, reserve};

use crate::convert::pool_text::PoolText;
use crate::convert::record::Record;
use crate::convert::{ConvertError, IS_ETH, Wanted};

/// Registries whose pools are cryptoswap.
const CRYPTO: [&str; 4] = ["crypto-", "factory-crypto-", "factory-twocrypto-", "factory-tricrypto-"];
/// The registry whose pools are StableSwap-NG.
const NEXT_GENERATION: &str = "factory-stable-ng-";

/// Makes a pool file of the pool that is wanted.
pub(super) fn convert(record: &Record<'_>, wanted: &Wanted) -> Result<PoolText, ConvertError> {
    let pool = choose(record, wanted)?;
    refuse_other_models(&pool)?;
    let coins = coins(&pool)?;
    let token = find(&pool, &coins, &wanted.token)?;
    let quote = quote(&pool, &coins, token, wanted)?;
    let follows_rate = follows_rate(&pool, token, quote, wanted)?;

    let mut text = PoolText::new("Curve API getPools record");
    text.table("[token]");
    text.word("symbol", token.symbol, token.record.field("symbol")?.path());
    match wanted.redemption_rate {
        Some(rate) => text.number("redemption_rate", rate, "--redemption-rate"),
        None => text.number("redemption_rate", 1.0, "not in the record; 1 without --redemption-rate"),
    }
    write_venue(&mut text, &pool, quote, wanted)?;
    write_model(&mut text, &pool, (token, quote), follows_rate, wanted)?;
    write_others(&mut text, &pool, &coins, (token, quote), wanted)?;
    write_origin(&mut text, record, &pool)?;
    Ok(text)
}

/// The pool by name or address, or the only one with the coins.
fn choose<'a>(record: &Record<'a>, wanted: &Wanted) -> Result<Record<'a>, ConvertError> {
    let all = record.field("data")?.field("poolData")?.items()?;
    let mut found = Vec::new();
    for pool in all {
        let fits = match &wanted.pool {
            Some(name) => ["address", "name", "id"].iter().any(|key| says(&pool, key, name)),
            None => {
                let coins = coins(&pool)?;
                let holds = |symbol: &str| coins.iter().any(|coin| coin.symbol.eq_ignore_ascii_case(symbol));
                holds(&wanted.token) && wanted.quote.as_deref().is_none_or(holds)
            }
        };
        if fits {
            found.push(pool);
        }
    }
    crate::convert::only(found, wanted, label)
}

fn says(pool: &Record<'_>, key: &str, text: &str) -> bool {
    let field = pool.at(&[key]);
    field.is_some_and(|field| field.text().is_ok_and(|said| said.eq_ignore_ascii_case(text)))
}

fn label(pool: &Record<'_>) -> String {
    let word = |key: &str| pool.at(&[key]).and_then(|field| field.text().ok()).unwrap_or("?");
    format!("{} ({})", word("name"), word("address"))
}

/// Pools whose mathematics is not that of two or more coins of their own.
fn refuse_other_models(pool: &Record<'_>) -> Result<(), ConvertError> {
    let id = pool.field("id")?;
    if CRYPTO.iter().any(|registry| id.text().is_ok_and(|text| text.starts_with(registry))) {
        let problem = "is a cryptoswap pool, whose gamma, fees and price scale the record lacks: write its [venues.cryptoswap] by hand";
        return Err(id.wrong(format!("is `{}`: {problem}", id.text()?)));
    }
    match pool.at(&["isMetaPool"]) {
        Some(meta) if meta.flag()? => Err(meta.wrong(
            "is true: a coin of the pool is the share of another pool, which no model here has".to_owned(),
        )),
        _ => Ok(()),
    }
}

fn write_venue(
    text: &mut PoolText,
    pool: &Record<'_>,
    quote: &Coin<'_>,
    wanted: &Wanted,
) -> Result<(), ConvertError> {
    text.table("[[venues]]");
    let name = pool.field("name")?;
    text.word("name", name.text()?, name.path());
    text.word("quote", quote.symbol, quote.record.field("symbol")?.path());
    match wanted.eth_per_quote {
        Some(eth) => text.number("eth_per_quote", eth, "--eth-per-quote"),
        None if IS_ETH.contains(&quote.symbol) => {}
        None => return Err(crate::convert::lacks_worth(quote.symbol)),
    }
    Ok(())
}

fn write_model(
    text: &mut PoolText,
    pool: &Record<'_>,
    (token, quote): (&Coin<'_>, &Coin<'_>),
    follows_rate: bool,
    wanted: &Wanted,
) -> Result<(), ConvertError> {
    text.table("[venues.stableswap]");
    let amplification = pool.field("amplificationCoefficient")?;
    text.raw("amplification", amplification.digits()?, amplification.path());
    let fee_bps = wanted.fee_bps.ok_or_else(|| lacks("fee", "--fee-bps"))?;
    text.number("fee_bps", fee_bps, "--fee-bps");
    match wanted.offpeg_fee_multiplier {
        Some(multiplier) => text.number("offpeg_fee_multiplier", multiplier, "--offpeg-fee-multiplier"),
        None if pool.field("id")?.text()?.starts_with(NEXT_GENERATION) => {
            return Err(lacks("off-peg fee multiplier (1: none)", "--offpeg-fee-multiplier"));
        }
        None => {}
    }
    if let Some(share) = wanted.admin_fee_share {
        text.number("admin_fee_share", share, "--admin-fee-share");
    }
    let kind = if follows_rate { "redemption_rate" } else { "plain" };
    let from = match (pool.at(&["assetTypes"]), wanted.redemption_rate) {
        (Some(types), _) => format!("{}[{}]", types.path(), token.index),
        (None, Some(_)) if follows_rate => "--redemption-rate is given".to_owned(),
        (None, Some(_)) => format!("{}.usesRateOracle", pool.path()),
        (None, None) => "--redemption-rate is not given".to_owned(),
    };
    text.word("rate", kind, &from);
    for (key, coin) in [("reserve_quote", quote), ("reserve_lrt", token)] {
        let (amount, from) = reserve(coin)?;
        text.raw(key, amount, &from);
    }
    Ok(())
}

/// The further coins of a pool, each with the rate that is given, or 1 where the record says that the pool counts by none.
fn write_others(
    text: &mut PoolText,
    pool: &Record<'_>,
    coins: &[Coin<'_>],
    (token, quote): (&Coin<'_>, &Coin<'_>),
    wanted: &Wanted,
) -> Result<(), ConvertError> {
    let (mut items, mut origins) = (Vec::new(), Vec::new());
    for coin in coins.iter().filter(|coin| coin.index != token.index && coin.index != quote.index) {
        let given = wanted.coin_rates.iter().find(|(symbol, _)| symbol.eq_ignore_ascii_case(coin.symbol));
        let counts_by_none = has_rate(pool, coin)? == Some(false) && has_rate(pool, quote)? == Some(false);
        let rate = match given {
            Some((_, rate)) => *rate,
            None if counts_by_none => 1.0,
            None => {
                let why = format!(
                    "the record does not say by what {} the pool counts one {}",
                    quote.symbol, coin.symbol
                );
                return Err(ConvertError::Option { option: "--coin-rate SYMBOL=RATE", why });
            }
        };
        let (amount, from) = reserve(coin)?;
        items.push(format!("{{ reserve = {amount}, rate = {} }}", toml::Value::Float(rate)));
        origins
            .push(format!("{from}, {}", if given.is_some() { "--coin-rate" } else { "counted by no rate" }));
    }
    if !items.is_empty() {
        text.raw("others", format!("[{}]", items.join(", ")), &origins.join("; "));
    }
    Ok(())
}

fn lacks(what: &str, option: &'static str) -> ConvertError {
    ConvertError::Option { option, why: format!("the record does not say the {what} of the pool") }
}

fn write_origin(text: &mut PoolText, record: &Record<'_>, pool: &Record<'_>) -> Result<(), ConvertError> {
    text.table("[snapshot]");
    let stamp = record.at(&["generatedTimeMs"]).or_else(|| record.at(&["data", "generatedTimeMs"]));
    if let Some(stamp) = stamp {
        let millis = stamp.whole::<i64>("of milliseconds")?;
        let time = jiff::Timestamp::from_millisecond(millis)
            .map_err(|_| stamp.must_be("milliseconds since 1970"))?;
        text.word("time", &time.to_string(), stamp.path());
    }
    let address = pool.field("address")?;
    text.word("source", &format!("Curve API getPools, pool {}", address.text()?), address.path());
    Ok(())
}
