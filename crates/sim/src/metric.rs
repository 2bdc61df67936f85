//! What is measured on a path: kinds, units, which values are the bad ones, and what a number rests on.

use crate::measures::{CoverageMeasure, MarketMeasure, Party, TroughMeasure, VenueMeasure};

/// Unit of a metric, for names and for conversion from the engine's fractions and seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Discount, basis points.
    Bps,
    /// Discount integrated over time, basis points times hours.
    BpsHours,
    /// Time, hours.
    Hours,
    /// Time, days.
    Days,
    /// ETH.
    Eth,
    /// Tokens.
    Lrt,
    /// Share of the start.
    Share,
    /// Price, ETH per token.
    EthPerLrt,
    /// Return per year.
    PerYear,
    /// A ratio.
    Ratio,
}

impl Unit {
    /// Suffix in names of metrics and columns.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Bps => "bps",
            Self::BpsHours => "bps_hours",
            Self::Hours => "hours",
            Self::Days => "days",
            Self::Eth => "eth",
            Self::Lrt => "lrt",
            Self::Share => "share",
            Self::EthPerLrt => "eth_per_lrt",
            Self::PerYear => "per_year",
            Self::Ratio => "ratio",
        }
    }
}

/// What is measured on every path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MetricKind {
    /// Deepest discount of the best marginal price at the end of a step.
    DeepestClose,
    /// Deepest discount after sales and before arbitrage.
    DeepestPrint,
    /// Deepest discount of the average price of the reference sale at the end of a step.
    DeepestExecutable,
    /// Time of the deepest close.
    TroughTime,
    /// Positive discount at close, integrated over time.
    DiscountHours,
    /// Time with the close deeper than a threshold (index into the report's thresholds).
    TimeAbove(usize),
    /// First time the close is deeper than a threshold; undefined if never.
    FirstPassage(usize),
    /// From the first close beyond the recovery discount to the return that holds; undefined if never beyond or
    /// not returned by the end.
    RecoveryTime,
    /// First time the close is beyond the recovery discount; undefined if never.
    RecoveryBreach,
    /// Longest quoted unlock delay of the marginal unit (instant while the buffer lasts).
    LongestDelay,
    /// Longest delay of the pipeline alone.
    LongestPipelineDelay,
    /// Least liquidity left in the pools.
    LeastLiquidity,
    /// Tokens that left through the market.
    SoldLrt,
    /// What those sellers gave up against the redemption rate.
    SellersLoss,
    /// Value of the claims that holders brought to redemption.
    RedeemedEth,
    /// ETH that arbitrageurs spent.
    ArbitrageSpent,
    /// Value of arbitrageurs' claims less what they spent: their profit once all is paid.
    ArbitrageGain,
    /// Deepest fall of the true redemption rate below that of the driver.
    ValueLoss,
    /// Time with a rate on chain above the true one.
    StaleTime,
    /// Collateral that liquidators took.
    LiquidatedLrt,
    /// Debt that they extinguished.
    LiquidatedDebt,
    /// Collateral that owners of loops sold by themselves.
    UnwoundLrt,
    /// What liquidators sold for, less what they paid; what they could not sell counts for nothing.
    LiquidatorsGain,
    /// Time with loans that are due and that no liquidator takes.
    StalledTime,
    /// Largest bad debt that was not realised, at the market's price, over all markets.
    LatentBadDebt,
    /// Bad debt realised in a market.
    BadDebt(usize),
    /// Largest share that lenders of a market have lost.
    LendersHaircut(usize),
    /// From the first to the last close deeper than a threshold; undefined if never.
    Episode(usize),
    /// Least depth by marginal price at one of the report's discounts.
    LeastExitDepth(usize),
    /// Fall of the price over the fall that forced sales alone would have caused; undefined without them.
    Amplification,
    /// Bad debt realised over all markets, and what loans owe at the end beyond their worth at the true redemption rate.
    TotalBadDebt,
    /// The same, share of all loans at the start.
    BadDebtRatio,
    /// Largest collateral due in a market over what the venues took of it at a liquidator's breakeven.
    CascadeRatio,
    /// Of one venue.
    Venue(usize, VenueMeasure),
    /// Of one lending market.
    Market(usize, MarketMeasure),
    /// At the deepest close.
    Trough(TroughMeasure),
    /// Cover of those who leave.
    Coverage(CoverageMeasure),
    /// What a party gained.
    Gain(Party),
    /// Sum of all gains.
    GainResidual,
    /// What rewards less slashes were worth to all tokens of the start.
    Rewards,
}

/// Which values of a metric are the bad ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadTail {
    /// The large ones.
    Upper,
    /// The small ones.
    Lower,
}

impl MetricKind {
    /// The bad tail; `None` where neither is worse, or where a time is only defined on some paths.
    pub fn bad_tail(self) -> Option<BadTail> {
        match self {
            Self::DeepestClose
            | Self::DeepestPrint
            | Self::DeepestExecutable
            | Self::DiscountHours
            | Self::TimeAbove(_)
            | Self::LongestDelay
            | Self::LongestPipelineDelay
            | Self::SoldLrt
            | Self::SellersLoss
            | Self::RedeemedEth
            | Self::ValueLoss
            | Self::StaleTime
            | Self::LiquidatedLrt
            | Self::LiquidatedDebt
            | Self::UnwoundLrt
            | Self::StalledTime
            | Self::LatentBadDebt
            | Self::BadDebt(_)
            | Self::LendersHaircut(_)
            | Self::TotalBadDebt
            | Self::BadDebtRatio
            | Self::Venue(_, VenueMeasure::DeepestPrint | VenueMeasure::LargestTokenShare)
            | Self::Market(
                _,
                MarketMeasure::Liquidated | MarketMeasure::Repaid | MarketMeasure::RepaidShare,
            ) => Some(BadTail::Upper),
            Self::LeastLiquidity
            | Self::ArbitrageGain
            | Self::LiquidatorsGain
            | Self::LeastExitDepth(_)
            | Self::Venue(_, VenueMeasure::LeastQuote)
            | Self::Market(_, MarketMeasure::LowestOracle)
            | Self::Gain(_) => Some(BadTail::Lower),
            Self::TroughTime
            | Self::FirstPassage(_)
            | Self::RecoveryTime
            | Self::RecoveryBreach
            | Self::ArbitrageSpent
            | Self::Episode(_)
            | Self::Amplification
            | Self::CascadeRatio
            | Self::Market(
                _,
                MarketMeasure::LiquidationPrice | MarketMeasure::Span | MarketMeasure::MainSpan,
            )
            | Self::Trough(_)
            | Self::Coverage(_)
            | Self::GainResidual
            | Self::Rewards => None,
        }
    }

    /// Whether it is among the figures to read first; the others stand in the tables.
    pub fn is_headline(self) -> bool {
        !matches!(
            self,
            Self::Episode(_)
                | Self::LeastExitDepth(_)
                | Self::Venue(..)
                | Self::Market(..)
                | Self::Trough(TroughMeasure::FairDiscount)
                | Self::Gain(_)
                | Self::GainResidual
                | Self::Rewards
        )
    }

    /// Tables of a scenario whose parameters the metric rests on. Coarse: whatever moves a price moves all that follows
    /// from it.
    pub fn rests_on(self) -> &'static [&'static str] {
        match self {
            Self::LongestPipelineDelay => &["token", "drivers", "network", "redemption", "agents", "shocks"],
            Self::ValueLoss | Self::StaleTime => &["drivers", "redemption", "restaking", "shocks"],
            Self::GainResidual => &[],
            Self::Rewards => &["token", "drivers", "redemption", "restaking", "shocks"],
            _ => &[
                "token",
                "venues",
                "drivers",
                "network",
                "redemption",
                "restaking",
                "lending",
                "agents",
                "shocks",
            ],
        }
    }
}

/// A metric with its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric {
    /// What it is.
    pub kind: MetricKind,
    /// Name with unit suffix.
    pub name: String,
    /// One line for readers.
    pub meaning: String,
    /// Unit of its values.
    pub unit: Unit,
}

/// A metric whose name ends with its unit.
pub(crate) fn metric(kind: MetricKind, stem: &str, unit: Unit, meaning: &str) -> Metric {
    Metric { kind, name: format!("{stem}_{}", unit.suffix()), meaning: meaning.to_owned(), unit }
}
