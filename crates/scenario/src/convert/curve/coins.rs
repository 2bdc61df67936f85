//! The coins of a Curve pool: which is the token, which the quote coin, by what rates the pool counts them.

use crate::convert::pool_text::scaled;
use crate::convert::record::Record;
use crate::convert::{ConvertError, Wanted};

/// More decimals than any coin has.
const MOST_DECIMALS: usize = 77;

/// A coin of a pool.
pub(super) struct Coin<'a> {
    pub(super) record: Record<'a>,
    pub(super) symbol: &'a str,
    pub(super) index: usize,
}

pub(super) fn coins<'a>(pool: &Record<'a>) -> Result<Vec<Coin<'a>>, ConvertError> {
    let coin = |(index, record): (usize, Record<'a>)| {
        let symbol = record.field("symbol")?.text()?;
        Ok(Coin { record, symbol, index })
    };
    pool.field("coins")?.items()?.into_iter().enumerate().map(coin).collect()
}

/// The one coin with this symbol.
pub(super) fn find<'c, 'a>(
    pool: &Record<'_>,
    coins: &'c [Coin<'a>],
    symbol: &str,
) -> Result<&'c Coin<'a>, ConvertError> {
    let found: Vec<_> = coins.iter().filter(|coin| coin.symbol.eq_ignore_ascii_case(symbol)).collect();
    let symbols: Vec<_> = coins.iter().map(|coin| coin.symbol).collect();
    match found.as_slice() {
        [only] => Ok(only),
        [] => Err(ConvertError::Choice(format!(
            "{}.coins has no {symbol}, only {}",
            pool.path(),
            symbols.join(", ")
        ))),
        _ => Err(ConvertError::Choice(format!("{}.coins has {symbol} more than once", pool.path()))),
    }
}

/// The coin that is asked for, or the only other one.
pub(super) fn quote<'c, 'a>(
    pool: &Record<'_>,
    coins: &'c [Coin<'a>],
    token: &Coin<'_>,
    wanted: &Wanted,
) -> Result<&'c Coin<'a>, ConvertError> {
    let others: Vec<_> = coins.iter().filter(|coin| coin.index != token.index).collect();
    match (&wanted.quote, others.as_slice()) {
        (Some(symbol), _) => {
            let quote = find(pool, coins, symbol)?;
            if quote.index == token.index {
                return Err(ConvertError::Choice(format!("{symbol} cannot be both --token and --quote")));
            }
            Ok(quote)
        }
        (None, [only]) => Ok(only),
        (None, []) => Err(pool.field("coins")?.wrong("has one coin, must have two or more".to_owned())),
        (None, several) => {
            let symbols: Vec<_> = several.iter().map(|coin| coin.symbol).collect();
            let why = format!("{}.coins has {} beside {}", pool.path(), symbols.join(", "), token.symbol);
            Err(ConvertError::Option { option: "--quote", why })
        }
    }
}

/// Whether the pool counts a coin by a rate, as far as the record says: the types of StableSwap-NG (1 an oracle, 3 a
/// vault of ERC-4626), or the pool's oracle of older factories.
pub(super) fn has_rate(pool: &Record<'_>, coin: &Coin<'_>) -> Result<Option<bool>, ConvertError> {
    if let Some(types) = pool.at(&["assetTypes"]) {
        let types = types.items()?;
        let Some(kind) = types.get(coin.index) else {
            return Err(pool.field("assetTypes")?.wrong(format!("has no type for coins[{}]", coin.index)));
        };
        return Ok(Some(matches!(kind.whole::<u8>("in 0..=3")?, 1 | 3)));
    }
    match pool.at(&["usesRateOracle"]) {
        // An oracle of an older pool may be that of any of its coins: true says nothing about this one.
        Some(uses) => Ok((!uses.flag()?).then_some(false)),
        None => Ok(None),
    }
}

/// Whether the pool's rate is the redemption rate.
pub(super) fn follows_rate(
    pool: &Record<'_>,
    token: &Coin<'_>,
    quote: &Coin<'_>,
    wanted: &Wanted,
) -> Result<bool, ConvertError> {
    let of_token = has_rate(pool, token)?;
    let of_quote = has_rate(pool, quote)?;
    let follows = match (of_token, wanted.redemption_rate) {
        (Some(true), None) => {
            let why = format!(
                "{}.assetTypes[{}] says that the pool counts {} by a rate, which the record lacks",
                pool.path(),
                token.index,
                token.symbol
            );
            return Err(ConvertError::Option { option: "--redemption-rate", why });
        }
        (Some(known), _) => known,
        (None, given) => given.is_some(),
    };
    let is_worth_more = wanted.eth_per_quote.is_some_and(|eth| eth != 1.0);
    if is_worth_more && of_quote.is_some_and(|known| known != follows) {
        let problem = format!(
            "counts only one of {} and {} by a rate: the model has both or none where the quote coin is not ETH",
            token.symbol, quote.symbol
        );
        return Err(pool.wrong(problem));
    }
    Ok(follows)
}

/// Whole coins in the pool, and where that is said.
pub(super) fn reserve(coin: &Coin<'_>) -> Result<(String, String), ConvertError> {
    let (balance, decimals) = (coin.record.field("poolBalance")?, coin.record.field("decimals")?);
    let places = decimals.whole::<usize>("of decimals")?;
    if places > MOST_DECIMALS {
        return Err(decimals.must_be(&format!("at most {MOST_DECIMALS}")));
    }
    let digits = balance.digits()?;
    if digits.bytes().all(|byte| byte == b'0') {
        return Err(balance.must_be("above 0: the pool is empty"));
    }
    Ok((scaled(&digits, places), format!("{} / 10^{}", balance.path(), decimals.path())))
}
