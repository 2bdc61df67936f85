//! Concentrated liquidity: one of two descriptions, whole; in order; and what the model refuses.

use pegstress_amm::concentrated::SpecError;

use super::Site;
use crate::raw::quantity::WholeNumber;
use crate::raw::venue::concentrated_liquidity::{RawConcentratedLiquidity, RawSegment};
use crate::resolve::concentrated;

/// `MIN_SQRT_RATIO` and `MAX_SQRT_RATIO` of Uniswap v3-core's `TickMath`.
const SQRT_PRICES_X96: [f64; 2] =
    [4_295_128_739.0, 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_342.0];

impl Site<'_, '_> {
    pub(super) fn check_concentrated(&mut self, path: &str, pool: &RawConcentratedLiquidity) {
        let found_before = self.problems.count();
        self.check_description(path, pool);
        if let (Some(segments), Some(price)) = (&pool.segments, pool.price) {
            self.check_segments(path, segments, price.0);
        }
        self.check_ticks(path, pool);
        if self.problems.count() > found_before {
            return;
        }
        match concentrated(pool) {
            Some(Ok(_)) => {}
            Some(Err(error)) => {
                let key = format!("{path}.{}", key_of(&error));
                self.refuse(&key, format!("{key}: {error}"));
            }
            None => self.refuse(path, format!("[{path}] lacks a key that it needs")),
        }
    }

    /// Either description, all of it, and nothing of the other.
    fn check_description(&mut self, path: &str, pool: &RawConcentratedLiquidity) {
        let by_price = [("segments", pool.segments.is_some()), ("price", pool.price.is_some())];
        let by_tick = [
            ("ticks", pool.ticks.is_some()),
            ("sqrt_price_x96", pool.sqrt_price_x96.is_some()),
            ("lrt_is_token0", pool.lrt_is_token0.is_some()),
            ("decimals", pool.decimals.is_some()),
        ];
        let extra = [
            ("tick", pool.tick.is_some()),
            ("liquidity", pool.liquidity.is_some()),
            ("tick_spacing", pool.tick_spacing.is_some()),
        ];
        let (wanted, others): (&[_], Vec<_>) = match (&pool.segments, &pool.ticks) {
            (None, None) => {
                let help = "give `price` and `segments`, or what the contract stores: `lrt_is_token0`, `decimals`, \
                            `sqrt_price_x96` and `ticks`";
                self.refuse_with_help(path, format!("[{path}] has no liquidity"), help.to_owned());
                return;
            }
            (Some(_), _) => (&by_price, by_tick.iter().chain(&extra).collect()),
            (None, Some(_)) => (&by_tick, by_price.iter().collect()),
        };
        let (main, _) = wanted[0];
        for (key, _) in wanted.iter().filter(|(_, is_there)| !is_there) {
            let key = format!("{path}.{key}");
            self.refuse(&key, format!("{key} is missing: `{main}` need it"));
        }
        for (key, _) in others.into_iter().filter(|(_, is_there)| *is_there) {
            let key = format!("{path}.{key}");
            self.refuse(
                &key,
                format!("{key} has no effect beside `{main}`: keep one description of the liquidity"),
            );
        }
    }

    fn check_segments(&mut self, path: &str, segments: &[RawSegment], price: f64) {
        let mut reached = 0.0;
        for (index, segment) in segments.iter().enumerate() {
            let key = |name: &str| format!("{path}.segments[{index}].{name}");
            let (from, to) = (segment.from.0, segment.to.0);
            if from < reached {
                let key = key("from");
                self.refuse(
                    &key,
                    format!("{key} is {from}, must be {reached}, where the one before ends, or above"),
                );
            }
            if to <= from {
                let key = key("to");
                self.refuse(&key, format!("{key} is {to}, must be above from = {from}"));
            }
            reached = to;
        }
        if let (Some(first), Some(last)) = (segments.first(), segments.last()) {
            let (from, to) = (first.from.0, last.to.0);
            if !(from <= price && price <= to) {
                let key = format!("{path}.price");
                self.refuse(&key, format!("{key} is {price}, must be within the segments, {from} to {to}"));
            }
        }
    }

    fn check_ticks(&mut self, path: &str, pool: &RawConcentratedLiquidity) {
        if let Some(price) = &pool.sqrt_price_x96 {
            let [least, most] = SQRT_PRICES_X96;
            let inside = price.parse::<f64>().is_some_and(|price| least <= price && price < most);
            if !inside {
                let key = format!("{path}.sqrt_price_x96");
                self.refuse(&key, format!("{key} is {}, must be in {least}..{most}", price.0));
            }
        }
        self.check_whole::<u128>(
            &format!("{path}.liquidity"),
            pool.liquidity.as_ref(),
            "0 or above and below 2^128",
        );
        let ticks = pool.ticks.as_deref().unwrap_or_default();
        let mut last = None;
        for (index, one) in ticks.iter().enumerate() {
            let key = format!("{path}.ticks[{index}].tick");
            let tick = one.tick.0;
            if let Some(last) = last.filter(|last| *last >= tick) {
                self.refuse(&key, format!("{key} is {tick}, must be above {last} before it"));
            }
            if let Some(spacing) = pool.tick_spacing.filter(|spacing| tick % spacing != 0) {
                self.refuse(&key, format!("{key} is {tick}, must be a multiple of tick_spacing = {spacing}"));
            }
            last = Some(tick);
            let key = format!("{path}.ticks[{index}].liquidity_net");
            self.check_whole::<i128>(&key, Some(&one.liquidity_net), "within 128 bits");
        }
    }

    fn check_whole<T: std::str::FromStr>(&mut self, key: &str, number: Option<&WholeNumber>, range: &str) {
        if let Some(number) = number.filter(|number| number.parse::<T>().is_none()) {
            self.refuse(key, format!("{key} is {}, must be {range}", number.0));
        }
    }
}

/// The key that a refusal of the model is about.
fn key_of(error: &SpecError) -> &'static str {
    match error {
        SpecError::Fee { .. } => "fee_bps",
        SpecError::ProtocolShare { .. } => "protocol_fee_share",
        SpecError::Price { .. } => "price",
        SpecError::Count { .. } | SpecError::Boundary { .. } | SpecError::Liquidity { .. } => "segments",
        SpecError::TickOffPrice { .. } => "tick",
        SpecError::LiquidityOffTicks { .. } => "liquidity",
        SpecError::TickOutOfRange { .. }
        | SpecError::TicksUnsorted { .. }
        | SpecError::TickLiquidity { .. }
        | SpecError::OpenEnd { .. } => "ticks",
    }
}
