//! Agents in the units of the simulation: fractions and seconds.

use pegstress_sim::scenario::{Agents, Arbitrage, Background, ExitDemand, Impatience, Liquidity};

use crate::raw::agents::{RawAgents, RawArbitrage, RawExitDemand, RawImpatience, RawLiquidity};

/// Percent per bps of discount, as fraction per unit of discount.
const PCT_PER_BPS: f64 = 100.0;

pub(super) fn agents(raw: RawAgents) -> Agents {
    Agents {
        exit_demand: exit_demand(raw.exit_demand),
        impatience: impatience(raw.impatience),
        arbitrage: arbitrage(raw.arbitrage),
        liquidity: liquidity(raw.liquidity),
        background: Background { net_sd_lrt_per_sqrt_day: raw.background.net_sd_lrt_per_sqrt_day.0 },
    }
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
    }
}
