//! Who acts: parameters of everybody, see the modules of [`crate::agents`] for the equations.

/// Parameters of everybody who acts; see the modules of [`crate::agents`] for the equations.
#[derive(Debug, Clone, PartialEq)]
pub struct Agents {
    /// Holders who leave.
    pub exit_demand: ExitDemand,
    /// Holders' choice between market and queue.
    pub impatience: Impatience,
    /// Arbitrage by redemption.
    pub arbitrage: Arbitrage,
    /// Liquidity providers.
    pub liquidity: Liquidity,
    /// Two-sided flow.
    pub background: Background,
    /// Groups that buy dips, those with the smallest hurdle first.
    pub dip_buyers: Vec<DipBuyers>,
    /// Large holders with a schedule.
    pub whales: Vec<Whale>,
}

/// Exit intensity of holders (MODEL 6), per day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExitDemand {
    /// Intensity in calm times, per day.
    pub base_per_day: f64,
    /// Extra intensity per unit of discount above the threshold, per day.
    pub per_discount_per_day: f64,
    /// Discount above which holders react, fraction.
    pub discount_threshold: f64,
    /// Extra intensity per day of unlock delay above the threshold, per day and day.
    pub per_delay_day_per_day: f64,
    /// Unlock delay above which holders react, seconds.
    pub delay_threshold_secs: f64,
    /// Extra intensity per unit of ETH/USD drawdown above the threshold, per day.
    pub per_eth_drawdown_per_day: f64,
    /// Drawdown of ETH/USD above which holders react, fraction.
    pub eth_drawdown_threshold: f64,
    /// Branching ratio of self-excitation, in `[0, 1)`.
    pub branching_ratio: f64,
    /// Decay of self-excitation, per day.
    pub excitation_decay_per_day: f64,
    /// Variance of the mean-one gamma factor on each step's intensity.
    pub dispersion: f64,
}

/// Log-normal impatience of holders, per year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Impatience {
    /// Median required return for waiting, per year.
    pub median_per_year: f64,
    /// Standard deviation of its logarithm.
    pub log_sd: f64,
    /// Expected loss while waiting, fraction.
    pub expected_loss: f64,
    /// Share of those who would queue that wait when redemptions are paused; the rest sells.
    pub patient_share_when_paused: f64,
}

/// Arbitrageurs who buy below the fair discount, redeem and wait.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arbitrage {
    /// Capital at the start, ETH.
    pub capital_eth: f64,
    /// Required return on locked capital, per year.
    pub required_return_per_year: f64,
    /// Expected loss while waiting, fraction.
    pub expected_loss: f64,
    /// Cost of a round trip (gas, execution), fraction of the amount.
    pub cost: f64,
    /// Largest share of free capital spent in one hour.
    pub deployed_per_hour: f64,
}

/// Liquidity providers who leave and come back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Liquidity {
    /// Removal in calm times, share per day.
    pub removal_per_day: f64,
    /// Extra removal per unit of discount above the threshold, share per day.
    pub removal_per_discount_per_day: f64,
    /// Discount above which providers react, fraction.
    pub discount_threshold: f64,
    /// Return towards the starting share while the discount is below the threshold, per day.
    pub return_per_day: f64,
    /// Part of what leaves that takes ETH only.
    pub one_sided_share: f64,
}

/// Two-sided flow of traders without a view.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Background {
    /// Standard deviation of the net flow over a day, tokens.
    pub net_sd_lrt_per_sqrt_day: f64,
}

/// Buyers without a way to redemption, who hold what they bought until the price is back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DipBuyers {
    /// They buy below this discount to the redemption rate on chain, fraction.
    pub hurdle: f64,
    /// Capital at the start, ETH.
    pub capital_eth: f64,
    /// Largest share of free capital spent, and of tokens held sold, in one hour.
    pub deployed_per_hour: f64,
    /// They sell while the bid's discount is below this, fraction, below the hurdle; never if absent.
    pub resell_discount: Option<f64>,
}

/// A large holder who leaves on a schedule, whatever others do.
#[derive(Debug, Clone, PartialEq)]
pub struct Whale {
    /// Name, for messages.
    pub name: String,
    /// Tokens, a part of the free float that is nobody else's.
    pub holding_lrt: f64,
    /// Seconds after the start of the path.
    pub start_secs: f64,
    /// Length, seconds, over which the tokens leave evenly; zero for all at once in the step that holds the start.
    pub duration_secs: f64,
    /// How they leave.
    pub exit: WhaleExit,
}

/// How a whale leaves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum WhaleExit {
    /// Through the market.
    Sell {
        /// Not below this discount of the next token's bid, fraction: the rest is sold later; at any bid if absent.
        not_below: Option<f64>,
    },
    /// Through redemption; while that is closed the tokens wait.
    Redeem,
}
