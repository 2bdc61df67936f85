//! Concentrated liquidity of a checked file.

use pegstress_amm::concentrated::{MAX_TICK, Segments, Spec, SpecError, TickSnapshot, sqrt_price_at_tick};

use crate::raw::venue::concentrated_liquidity::{RawConcentratedLiquidity, RawSegment};

/// 2^96, the unit of the contract's square roots.
const Q96: f64 = 79_228_162_514_264_337_593_543_950_336.0;

/// The pool, or what its model refuses; `None` where keys are missing or whole numbers too large.
pub(crate) fn concentrated(raw: &RawConcentratedLiquidity) -> Option<Result<Spec, SpecError>> {
    let fee = raw.fee_bps.fraction();
    let protocol_share = raw.protocol_fee_share.map_or(0.0, |share| share.0);
    match &raw.segments {
        Some(list) => Some(Spec::new(fee, protocol_share, raw.price?.0.sqrt(), &segments(list))),
        None => Some(Spec::from_ticks(&snapshot(raw, fee, protocol_share)?)),
    }
}

/// Segments with the gaps between them.
fn segments(list: &[RawSegment]) -> Segments {
    let mut all = Segments { sqrt_boundaries: Vec::new(), liquidity: Vec::new() };
    let mut reached = None;
    for segment in list {
        let (from, to) = (segment.from.0, segment.to.0);
        if reached != Some(from) {
            if reached.is_some() {
                all.liquidity.push(0.0);
            }
            all.sqrt_boundaries.push(from.sqrt());
        }
        all.liquidity.push(segment.liquidity.0);
        all.sqrt_boundaries.push(to.sqrt());
        reached = Some(to);
    }
    all
}

fn snapshot(raw: &RawConcentratedLiquidity, fee: f64, protocol_share: f64) -> Option<TickSnapshot> {
    let sqrt_price_x96 = raw.sqrt_price_x96.as_ref()?.parse()?;
    let ticks: Option<Vec<(i32, i128)>> =
        raw.ticks.as_ref()?.iter().map(|one| Some((one.tick.0, one.liquidity_net.parse()?))).collect();
    let ticks = ticks?;
    let tick = raw.tick.map_or_else(|| tick_of(sqrt_price_x96 / Q96), |tick| tick.0);
    let liquidity = match &raw.liquidity {
        Some(given) => given.parse()?,
        None => in_range(&ticks, tick),
    };
    let decimals = raw.decimals.as_ref()?;
    Some(TickSnapshot {
        lrt_is_token_0: raw.lrt_is_token0?,
        decimals: [decimals.first()?.0, decimals.get(1)?.0],
        fee,
        protocol_share,
        sqrt_price_x96,
        tick,
        liquidity,
        ticks,
    })
}

/// The highest tick that is not above the price.
fn tick_of(sqrt_price: f64) -> i32 {
    let (mut low, mut high) = (-MAX_TICK, MAX_TICK);
    while low < high {
        let middle = low + (high - low + 1) / 2;
        if sqrt_price_at_tick(middle) <= sqrt_price { low = middle } else { high = middle - 1 }
    }
    low
}

/// What ticks up to `tick` add up to; a sum that is no liquidity is 0, and the model refuses the ticks.
fn in_range(ticks: &[(i32, i128)], tick: i32) -> u128 {
    let mut reached = ticks.iter().take_while(|one| one.0 <= tick);
    let sum = reached.try_fold(0_u128, |sum, one| sum.checked_add_signed(one.1));
    sum.unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tick_of_a_price_is_the_highest_that_is_not_above_it() {
        for tick in [-MAX_TICK, -887_271, -1, 0, 1, 443, 887_271] {
            let at = sqrt_price_at_tick(tick);
            assert_eq!(tick_of(at), tick);
            assert_eq!(tick_of(at * 1.00004), tick);
        }
        assert_eq!(tick_of(sqrt_price_at_tick(7) * 0.99999), 6);
    }

    #[test]
    fn a_gap_between_segments_is_a_segment_without_liquidity() {
        use crate::raw::quantity::{NonNegative, Positive};
        let segment = |from, to, liquidity| RawSegment {
            from: Positive(from),
            to: Positive(to),
            liquidity: NonNegative(liquidity),
        };
        let all = segments(&[segment(1.0, 4.0, 5.0), segment(4.0, 9.0, 6.0), segment(16.0, 25.0, 7.0)]);
        assert_eq!(all.sqrt_boundaries, [1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(all.liquidity, [5.0, 6.0, 0.0, 7.0]);
    }
}
