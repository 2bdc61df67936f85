//! An answer of a Uniswap v3 subgraph (Uniswap/v3-subgraph, `schema.graphql`): a `Pool` with its tokens and `Tick`s. It
//! says no rate, no tick spacing and no protocol fee. The ticks must be all of them: they add up to the liquidity
//! in range, and to nothing beyond the last.

use super::pool_text::PoolText;
use super::record::Record;
use super::{ConvertError, IS_ETH, Wanted};

/// `feeTier` and `decimals` are whole numbers below these.
const WHOLE_FEE: u32 = 1_000_000;
const MOST_DECIMALS: u8 = 36;
/// Spacing of the ticks by fee tier, as the factory of Uniswap v3 sets it.
const SPACINGS: [(u32, i32); 4] = [(100, 1), (500, 10), (3_000, 60), (10_000, 200)];

/// A token of the pool.
struct Token<'a> {
    record: Record<'a>,
    symbol: &'a str,
    decimals: u8,
}

/// Whether the record is such an answer.
pub(super) fn recognises(record: &Record<'_>) -> bool {
    answer(record).is_some()
}

/// The part with the pools, in or out of the envelope of GraphQL.
fn answer<'a>(record: &Record<'a>) -> Option<Record<'a>> {
    let holds_pools = |part: &Record<'_>| part.at(&["pool"]).is_some() || part.at(&["pools"]).is_some();
    record.at(&["data"]).filter(holds_pools).or_else(|| Some(record.clone()).filter(holds_pools))
}

/// Makes a pool file of the pool that is wanted.
pub(super) fn convert(record: &Record<'_>, wanted: &Wanted) -> Result<PoolText, ConvertError> {
    let answer = answer(record).ok_or(ConvertError::Unknown)?;
    let pool = choose(&answer, wanted)?;
    let tokens = [token(&pool, "token0")?, token(&pool, "token1")?];
    let lrt = which(&pool, &tokens, wanted)?;
    let [lrt_token, quote_token] = if lrt == 0 { [&tokens[0], &tokens[1]] } else { [&tokens[1], &tokens[0]] };
    let fee = pool.field("feeTier")?;
    let fee_tier: u32 = fee.whole("of millionths")?;
    if fee_tier >= WHOLE_FEE {
        return Err(fee.must_be(&format!("below {WHOLE_FEE}, millionths")));
    }

    let mut text = PoolText::new("Uniswap v3 subgraph answer");
    text.table("[token]");
    text.word("symbol", lrt_token.symbol, &format!("{}.symbol", lrt_token.record.path()));
    let rate = wanted.redemption_rate.ok_or_else(|| ConvertError::Option {
        option: "--redemption-rate",
        why: format!("the record does not say what ETH one {} redeems for", lrt_token.symbol),
    })?;
    text.number("redemption_rate", rate, "--redemption-rate");
    text.table("[[venues]]");
    let percent = f64::from(fee_tier) / 1e4;
    let name = format!("Uniswap v3 {}/{} {percent} %", lrt_token.symbol, quote_token.symbol);
    text.word("name", &name, &format!("{}, {}", symbols(&pool), fee.path()));
    text.word("quote", quote_token.symbol, &format!("{}.symbol", quote_token.record.path()));
    match wanted.eth_per_quote {
        Some(eth) => text.number("eth_per_quote", eth, "--eth-per-quote"),
        None if IS_ETH.contains(&quote_token.symbol) => {}
        None => return Err(super::lacks_worth(quote_token.symbol)),
    }
    write_model(&mut text, &pool, (lrt, &tokens), fee_tier, wanted)?;
    write_ticks(&mut text, &answer, &pool)?;
    write_origin(&mut text, &answer, &pool)?;
    Ok(text)
}

fn symbols(pool: &Record<'_>) -> String {
    format!("{0}.token0.symbol, {0}.token1.symbol", pool.path())
}

/// The pool by address, or the only one with the tokens.
fn choose<'a>(answer: &Record<'a>, wanted: &Wanted) -> Result<Record<'a>, ConvertError> {
    let all = match answer.at(&["pool"]) {
        Some(pool) => vec![pool],
        None => answer.field("pools")?.items()?,
    };
    let mut found = Vec::new();
    for pool in all {
        let fits = match &wanted.pool {
            Some(address) => pool.field("id")?.text()?.eq_ignore_ascii_case(address),
            None => {
                let symbol = |key| pool.field(key)?.field("symbol")?.text();
                let both = [symbol("token0")?, symbol("token1")?];
                let holds = |wanted: &str| both.iter().any(|symbol| symbol.eq_ignore_ascii_case(wanted));
                holds(&wanted.token) && wanted.quote.as_deref().is_none_or(holds)
            }
        };
        if fits {
            found.push(pool);
        }
    }
    let label = |pool: &Record<'_>| {
        let word = |keys: &[&str]| {
            pool.at(keys)
                .and_then(|field| field.text().ok().map(str::to_owned))
                .unwrap_or_else(|| "?".to_owned())
        };
        format!("{} (fee {})", word(&["id"]), word(&["feeTier"]))
    };
    super::only(found, wanted, label)
}

fn token<'a>(pool: &Record<'a>, key: &str) -> Result<Token<'a>, ConvertError> {
    let record = pool.field(key)?;
    let symbol = record.field("symbol")?.text()?;
    let field = record.field("decimals")?;
    let decimals = field.whole("of decimals")?;
    if decimals > MOST_DECIMALS {
        return Err(field.must_be(&format!("at most {MOST_DECIMALS}")));
    }
    Ok(Token { record, symbol, decimals })
}

/// Which of the two is the token.
fn which(pool: &Record<'_>, tokens: &[Token<'_>; 2], wanted: &Wanted) -> Result<usize, ConvertError> {
    let is = |at: usize, symbol: &str| tokens[at].symbol.eq_ignore_ascii_case(symbol);
    let both = format!("{} and {}", tokens[0].symbol, tokens[1].symbol);
    let lrt = match (is(0, &wanted.token), is(1, &wanted.token)) {
        (true, false) => 0,
        (false, true) => 1,
        (true, true) => {
            return Err(ConvertError::Choice(format!("{} has {} twice", symbols(pool), wanted.token)));
        }
        (false, false) => {
            return Err(ConvertError::Choice(format!("{} are {both}, not {}", symbols(pool), wanted.token)));
        }
    };
    match &wanted.quote {
        Some(quote) if !is(1 - lrt, quote) => Err(ConvertError::Choice(format!(
            "{} are {both}, not {} and {quote}",
            symbols(pool),
            wanted.token
        ))),
        _ => Ok(lrt),
    }
}

fn write_model(
    text: &mut PoolText,
    pool: &Record<'_>,
    (lrt, tokens): (usize, &[Token<'_>; 2]),
    fee_tier: u32,
    wanted: &Wanted,
) -> Result<(), ConvertError> {
    text.table("[venues.concentrated_liquidity]");
    text.number("fee_bps", f64::from(fee_tier) / 100.0, &format!("{}.feeTier / 100", pool.path()));
    match wanted.protocol_fee_share {
        Some(share) => text.number("protocol_fee_share", share, "--protocol-fee-share"),
        None => text.note("protocol_fee_share", "not in the record; 0 without --protocol-fee-share"),
    }
    text.raw("lrt_is_token0", (lrt == 0).to_string(), &symbols(pool));
    let decimals = format!("[{}, {}]", tokens[0].decimals, tokens[1].decimals);
    text.raw("decimals", decimals, &format!("{0}.token0.decimals, {0}.token1.decimals", pool.path()));
    let price = pool.field("sqrtPrice")?;
    let digits = price.digits()?;
    if digits.bytes().all(|byte| byte == b'0') {
        return Err(price.must_be("above 0: the pool has no price yet"));
    }
    text.word("sqrt_price_x96", &digits, price.path());
    let tick = pool.field("tick")?;
    text.raw("tick", tick.whole::<i32>("of ticks")?.to_string(), tick.path());
    let liquidity = pool.field("liquidity")?;
    text.word(
        "liquidity",
        &liquidity.whole::<u128>("0 or above and below 2^128")?.to_string(),
        liquidity.path(),
    );
    match (wanted.tick_spacing, SPACINGS.iter().find(|(tier, _)| *tier == fee_tier)) {
        (Some(spacing), _) => text.raw("tick_spacing", spacing.to_string(), "--tick-spacing"),
        (None, Some((_, spacing))) => {
            text.raw("tick_spacing", spacing.to_string(), &format!("{}.feeTier", pool.path()));
        }
        (None, None) => {}
    }
    Ok(())
}

/// Initialised ticks in ascending order, once they add up.
fn write_ticks(text: &mut PoolText, answer: &Record<'_>, pool: &Record<'_>) -> Result<(), ConvertError> {
    let list = pool.at(&["ticks"]).or_else(|| answer.at(&["ticks"]));
    let list = list.map_or_else(|| pool.field("ticks"), Ok)?;
    let mut ticks = Vec::new();
    for item in list.items()? {
        let (index, net) = (item.field("tickIdx")?, item.field("liquidityNet")?);
        let (tick, net_liquidity) = (index.whole::<i32>("of ticks")?, net.whole::<i128>("within 128 bits")?);
        if let Some(gross) = item.at(&["liquidityGross"])
            && gross.whole::<u128>("0 or above and below 2^128")? < net_liquidity.unsigned_abs()
        {
            return Err(gross.must_be(&format!("at least liquidityNet = {net_liquidity}")));
        }
        ticks.push((tick, net_liquidity, index));
    }
    ticks.sort_by_key(|one| one.0);
    if let Some(twice) = ticks.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(twice[1].2.wrong(format!("is {}, which another tick has", twice[1].0)));
    }
    check_sums(pool, &list, &ticks)?;
    let lines =
        ticks.iter().map(|(tick, net, _)| format!("    {{ tick = {tick}, liquidity_net = \"{net}\" }},\n"));
    let origin = format!("{0}[].tickIdx, {0}[].liquidityNet", list.path());
    text.raw("ticks", format!("[\n{}]", lines.collect::<String>()), &origin);
    Ok(())
}

/// Ticks up to the pool's add up to its liquidity, and all of them to nothing.
fn check_sums(
    pool: &Record<'_>,
    list: &Record<'_>,
    ticks: &[(i32, i128, Record<'_>)],
) -> Result<(), ConvertError> {
    let field = pool.field("liquidity")?;
    let liquidity = field.whole::<u128>("0 or above and below 2^128")?;
    let current = pool.field("tick")?.whole::<i32>("of ticks")?;
    let (mut sum, mut in_range) = (0_u128, 0_u128);
    for (tick, net, _) in ticks {
        sum = sum.checked_add_signed(*net).ok_or_else(|| {
            list.wrong(format!(
                "add up to less than nothing, or too much, at tick {tick}: ticks are missing or wrong"
            ))
        })?;
        if *tick <= current {
            in_range = sum;
        }
    }
    let hint = "are all ticks in the record? A subgraph answers 100 unless asked for more";
    if in_range != liquidity {
        return Err(list.wrong(format!(
            "add up to {in_range} up to tick {current}, must be {} = {liquidity}: {hint}",
            field.path()
        )));
    }
    if sum != 0 {
        return Err(list.wrong(format!("add up to {sum} in all, must be 0: {hint}")));
    }
    Ok(())
}

fn write_origin(text: &mut PoolText, answer: &Record<'_>, pool: &Record<'_>) -> Result<(), ConvertError> {
    text.table("[snapshot]");
    if let Some(stamp) = answer.at(&["_meta", "block", "timestamp"]) {
        let seconds = stamp.whole::<i64>("of seconds")?;
        let time = jiff::Timestamp::from_second(seconds).map_err(|_| stamp.must_be("seconds since 1970"))?;
        text.word("time", &time.to_string(), stamp.path());
    }
    if let Some(block) = answer.at(&["_meta", "block", "number"]) {
        text.raw("block", block.whole::<u32>("of blocks")?.to_string(), block.path());
    }
    match pool.at(&["id"]) {
        Some(id) => text.word("source", &format!("Uniswap v3 subgraph, pool {}", id.text()?), id.path()),
        None => text.word("source", "Uniswap v3 subgraph", "kind of the record"),
    }
    Ok(())
}
