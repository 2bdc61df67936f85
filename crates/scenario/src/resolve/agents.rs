//! Agents in the units of the simulation: fractions and seconds.

use pegstress_sim::scenario::{
    Agents, Arbitrage, Background, DipBuyers, ExitDemand, Impatience, Liquidity, Whale, WhaleExit,
};

use crate::raw::agents::{
    RawAgents, RawArbitrage, RawDipBuyers, RawExitDemand, RawImpatience, RawLiquidity, RawWhale, WhaleAction,
};

/// Percent per bps of discount, as fraction per unit of discount.
const PCT_PER_BPS: f64 = 100.0;

/// Everybody who acts, on a free float of so many tokens; `None` where a whale's holding is not there.
pub(super) fn agents(raw: &RawAgents, free_float_lrt: f64) -> Option<Agents> {
    let mut dip_buyers: Vec<_> = raw.dip_buyers.iter().map(dip_buyers_group).collect();
    dip_buyers.sort_by(|a, b| a.hurdle.total_cmp(&b.hurdle));
    Some(Agents {
        exit_demand: exit_demand(raw.exit_demand),
        impatience: impatience(raw.impatience),
        arbitrage: arbitrage(raw.arbitrage),
        liquidity: liquidity(raw.liquidity),
        background: Background { net_sd_lrt_per_sqrt_day: raw.background.net_sd_lrt_per_sqrt_day.0 },
        dip_buyers,
        whales: raw.whales.iter().map(|one| whale(one, free_float_lrt)).collect::<Option<_>>()?,
    })
}

fn dip_buyers_group(raw: &RawDipBuyers) -> DipBuyers {
    DipBuyers {
        hurdle: raw.hurdle_bps.fraction(),
        capital_eth: raw.capital_eth.0,
        deployed_per_hour: raw.deployed_pct_per_hour.fraction(),
        resell_discount: raw.resell_bps.map(|bps| bps.fraction()),
    }
}

fn whale(raw: &RawWhale, free_float_lrt: f64) -> Option<Whale> {
    Some(Whale {
        name: raw.name.clone(),
        holding_lrt: holding_lrt(raw, free_float_lrt)?,
        start_secs: raw.start_hours.secs(),
        duration_secs: raw.duration_hours.map_or(0.0, |hours| hours.secs()),
        exit: match raw.action {
            WhaleAction::Sell => WhaleExit::Sell { not_below: raw.not_below_bps.map(|bps| bps.fraction()) },
            WhaleAction::Redeem => WhaleExit::Redeem,
        },
    })
}

/// What a whale holds.
pub(crate) fn holding_lrt(raw: &RawWhale, free_float_lrt: f64) -> Option<f64> {
    let part = raw.holding_pct.map(|part| part.fraction() * free_float_lrt);
    raw.holding_lrt.map(|lrt| lrt.0).or(part)
}

fn exit_demand(raw: RawExitDemand) -> ExitDemand {
    ExitDemand {
        base_per_day: raw.base_pct_per_day.0 / 100.0,
        per_discount_per_day: raw.pct_per_day_per_bps_discount.0 * PCT_PER_BPS,
        discount_threshold: raw.discount_threshold_bps.fraction(),
        per_delay_day_per_day: raw.pct_per_day_per_delay_day.0 / 100.0,
        delay_threshold_secs: raw.delay_threshold_days.secs(),
        // Percent per percent.
        per_eth_drawdown_per_day: raw.pct_per_day_per_pct_eth_drawdown.0,
        eth_drawdown_threshold: raw.eth_drawdown_threshold_pct.fraction(),
        branching_ratio: raw.branching_ratio.0,
        excitation_decay_per_day: raw.excitation_decay_per_day.0,
        dispersion: raw.dispersion.0,
    }
}

fn impatience(raw: RawImpatience) -> Impatience {
    Impatience {
        median_per_year: raw.median_pct_per_year.0 / 100.0,
        log_sd: raw.log_sd.0,
        expected_loss: raw.expected_loss_pct.fraction(),
        patient_share_when_paused: raw.patient_pct_when_paused.fraction(),
    }
}

fn arbitrage(raw: RawArbitrage) -> Arbitrage {
    Arbitrage {
        capital_eth: raw.capital_eth.0,
        required_return_per_year: raw.required_return_pct_per_year.0 / 100.0,
        expected_loss: raw.expected_loss_pct.fraction(),
        cost: raw.cost_bps.fraction(),
        deployed_per_hour: raw.deployed_pct_per_hour.fraction(),
    }
}

fn liquidity(raw: RawLiquidity) -> Liquidity {
    Liquidity {
        removal_per_day: raw.removal_pct_per_day.0 / 100.0,
        removal_per_discount_per_day: raw.removal_pct_per_day_per_bps_discount.0 * PCT_PER_BPS,
        discount_threshold: raw.discount_threshold_bps.fraction(),
        return_per_day: raw.return_pct_per_day.0 / 100.0,
        one_sided_share: raw.one_sided_pct.map_or(0.0, |part| part.fraction()),
    }
}
