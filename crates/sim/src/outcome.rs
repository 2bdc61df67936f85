//! What a block of paths leaves behind: metrics per path, traces per step, faults.

use crate::measures::{
    CoverageMeasure, MarketMeasure, Party, TroughMeasure, VenueMeasure, accounts, coverage, market, slug,
    slugs, trough, venue,
};
use crate::scenario::{PathStudy, ReportSpec, ShockKind};
use pegstress_num::Lanes;

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

/// The metrics of a study, in the order of [`OutcomeBlock::metrics`]: those of the price and the exits, then those of what
/// the study has besides.
pub fn metrics(study: &PathStudy, report: &ReportSpec) -> Vec<Metric> {
    let mut list = price_metrics(report);
    list.extend(value_metrics(study));
    list.extend(lending_metrics(study));
    list.extend(exit_metrics(study, report));
    for (k, slug) in slugs(study.venues.iter().map(|one| one.name.as_str())).iter().enumerate() {
        list.extend(venue::metrics(k, &study.venues[k].name, slug));
    }
    for (k, slug) in slugs(study.lending.iter().map(|one| one.spec.name.as_str())).iter().enumerate() {
        list.extend(market::metrics(k, &study.lending[k].spec.name, slug));
    }
    list.extend(accounts::metrics(study));
    list
}

/// Of depth, waiting and cover, and of what a cascade feeds on.
fn exit_metrics(study: &PathStudy, report: &ReportSpec) -> Vec<Metric> {
    let mut list = Vec::new();
    for (k, threshold) in report.thresholds.iter().enumerate() {
        let bps = bps_label(*threshold);
        let meaning = format!(
            "from the first to the last close more than {bps} bps below the redemption rate; undefined if never"
        );
        list.push(metric(MetricKind::Episode(k), &format!("episode_beyond_{bps}bps"), Unit::Hours, &meaning));
    }
    for (k, discount) in report.depth_discounts.iter().enumerate() {
        let bps = bps_label(*discount);
        let meaning = format!(
            "least number of tokens that all venues took until the marginal price was {bps} bps below the best one then, over at most \
             {DEPTH_MOMENTS} moments"
        );
        list.push(metric(
            MetricKind::LeastExitDepth(k),
            &format!("least_exit_depth_{bps}bps"),
            Unit::Lrt,
            &meaning,
        ));
    }
    list.extend(trough::metrics());
    list.extend(coverage::metrics(&bps_label(report.reference_depth_discount())));
    let forces = |kind| matches!(kind, ShockKind::SellShareOfFloat | ShockKind::MintUnbacked(_));
    if study.shocks.iter().any(|shock| forces(shock.kind)) || !study.agents.whales.is_empty() {
        let meaning = "fall of the best price from the start to the deepest print, over the fall that the sales of shocks and whales alone \
                       cause in the pools of the start; undefined without forced sales";
        list.push(metric(MetricKind::Amplification, "amplification", Unit::Ratio, meaning));
    }
    if !study.lending.is_empty() {
        let meaning = "bad debt realised in all markets, and what loans owe at the end beyond their collateral's worth at the true \
                       redemption rate";
        list.push(metric(MetricKind::TotalBadDebt, "bad_debt", Unit::Eth, meaning));
        let meaning = "that bad debt over the debt of all loans at the start";
        list.push(metric(MetricKind::BadDebtRatio, "bad_debt", Unit::Share, meaning));
        let meaning = "largest collateral due in one market over the tokens that the venues took until a liquidator broke even (at \
                       least one); above one liquidations feed on each other; undefined if nothing was ever due";
        list.push(metric(MetricKind::CascadeRatio, "largest_cascade", Unit::Ratio, meaning));
    }
    list
}

/// Moments at which depth is measured on a path, at most: it takes a quote of every venue for each discount.
pub(crate) const DEPTH_MOMENTS: usize = 24;

pub(crate) fn metric(kind: MetricKind, stem: &str, unit: Unit, meaning: &str) -> Metric {
    Metric { kind, name: format!("{stem}_{}", unit.suffix()), meaning: meaning.to_owned(), unit }
}

/// Of a study whose redemption rate can fall, or be stale.
fn value_metrics(study: &PathStudy) -> Vec<Metric> {
    let mut list = Vec::new();
    if study.rate_can_differ() {
        let meaning = "deepest fall of the true redemption rate below that of the driver, by slashes, by unbacked tokens and by payments at a stale rate";
        list.push(metric(MetricKind::ValueLoss, "value_loss", Unit::Bps, meaning));
        let meaning = "time in which the redemption rate on chain stood above the true one";
        list.push(metric(MetricKind::StaleTime, "stale_rate_time", Unit::Hours, meaning));
    }
    list
}

/// Of a study with lending markets.
fn lending_metrics(study: &PathStudy) -> Vec<Metric> {
    if study.lending.is_empty() {
        return Vec::new();
    }
    let mut list = vec![
        metric(
            MetricKind::LiquidatedLrt,
            "liquidated",
            Unit::Lrt,
            "collateral that liquidators took, over all markets",
        ),
        metric(
            MetricKind::LiquidatedDebt,
            "liquidated_debt",
            Unit::Eth,
            "debt that liquidators extinguished",
        ),
        metric(MetricKind::UnwoundLrt, "unwound", Unit::Lrt, "collateral that owners of loops sold to repay"),
        metric(
            MetricKind::LiquidatorsGain,
            "liquidators_gain",
            Unit::Eth,
            "what liquidators sold for less what they paid; what they could not sell counts for nothing",
        ),
        metric(
            MetricKind::StalledTime,
            "stalled_liquidation_time",
            Unit::Hours,
            "time with loans that are due and that no liquidator takes, because the sale would lose",
        ),
        metric(
            MetricKind::LatentBadDebt,
            "largest_latent_bad_debt",
            Unit::Eth,
            "largest debt beyond the collateral's worth at the market's price that was not realised, over all markets",
        ),
    ];
    for (k, market) in study.lending.iter().enumerate() {
        let name = &market.spec.name;
        let stem = slug(name);
        let meaning = format!("bad debt realised in {name}");
        list.push(metric(MetricKind::BadDebt(k), &format!("bad_debt_{stem}"), Unit::Eth, &meaning));
        let meaning = format!(
            "largest share of their claims that lenders of {name} have lost, or would lose if it were shared"
        );
        list.push(metric(
            MetricKind::LendersHaircut(k),
            &format!("lenders_haircut_{stem}"),
            Unit::Share,
            &meaning,
        ));
    }
    list
}

fn price_metrics(report: &ReportSpec) -> Vec<Metric> {
    let mut list = Vec::new();
    let mut push = |kind, stem: &str, unit: Unit, meaning: String| {
        list.push(Metric { kind, name: format!("{stem}_{}", unit.suffix()), meaning, unit });
    };
    let size = report.reference_size_lrt();
    push(
        MetricKind::DeepestClose,
        "deepest_discount_close",
        Unit::Bps,
        "deepest discount of the best marginal price (before fee) at the end of a step".into(),
    );
    push(
        MetricKind::DeepestPrint,
        "deepest_discount_print",
        Unit::Bps,
        "deepest discount of the best marginal price after a step's sales, before arbitrage".into(),
    );
    push(
        MetricKind::DeepestExecutable,
        &format!("deepest_executable_discount_{size}_lrt"),
        Unit::Bps,
        format!(
            "deepest discount of the average price (after fee) of selling {size} tokens at the end of a step"
        ),
    );
    push(MetricKind::TroughTime, "trough_time", Unit::Hours, "time of the deepest close".into());
    push(
        MetricKind::DiscountHours,
        "discount_time",
        Unit::BpsHours,
        "positive discount at close, summed over time".into(),
    );
    for (k, threshold) in report.thresholds.iter().enumerate() {
        let bps = bps_label(*threshold);
        push(
            MetricKind::TimeAbove(k),
            &format!("time_above_{bps}bps"),
            Unit::Hours,
            format!("time with the close more than {bps} bps below the redemption rate"),
        );
        push(
            MetricKind::FirstPassage(k),
            &format!("first_passage_{bps}bps"),
            Unit::Hours,
            format!("first close more than {bps} bps below the redemption rate; undefined if never"),
        );
    }
    let recovery = bps_label(report.recovery_discount);
    push(
        MetricKind::RecoveryBreach,
        &format!("first_passage_of_recovery_level_{recovery}bps"),
        Unit::Hours,
        format!("first close more than {recovery} bps below the redemption rate; undefined if never"),
    );
    push(
        MetricKind::RecoveryTime,
        &format!("recovery_to_{recovery}bps"),
        Unit::Hours,
        format!(
            "from the first close beyond {recovery} bps until closes, after the deepest one, stay within it for {} h; \
             undefined if never beyond or not back by the end",
            report.recovery_hold_secs / 3600.0
        ),
    );
    push(
        MetricKind::LongestDelay,
        "longest_unlock_delay",
        Unit::Days,
        "longest quoted delay of the marginal redemption; zero while the instant buffer lasts".into(),
    );
    push(
        MetricKind::LongestPipelineDelay,
        "longest_pipeline_delay",
        Unit::Days,
        "longest delay of exit queue, escrow and processing, the buffer left aside".into(),
    );
    push(
        MetricKind::LeastLiquidity,
        "least_liquidity",
        Unit::Share,
        "least liquidity left in the pools, against the start".into(),
    );
    push(MetricKind::SoldLrt, "sold", Unit::Lrt, "tokens that left through the market".into());
    push(
        MetricKind::SellersLoss,
        "sellers_loss",
        Unit::Eth,
        "what those who sold gave up against the redemption rate".into(),
    );
    push(MetricKind::RedeemedEth, "redeemed", Unit::Eth, "value that holders brought to redemption".into());
    push(
        MetricKind::ArbitrageSpent,
        "arbitrage_spent",
        Unit::Eth,
        "ETH that arbitrageurs paid for tokens".into(),
    );
    push(
        MetricKind::ArbitrageGain,
        "arbitrage_gain",
        Unit::Eth,
        "value of arbitrageurs' redemptions, after fees, less what they paid".into(),
    );
    list
}

/// Basis points of a fraction without a needless decimal point.
fn bps_label(fraction: f64) -> String {
    let bps = (fraction * 1e8).round() / 1e4;
    format!("{bps}")
}

/// Why a path does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A pool's invariant did not settle, or a reserve left the positive numbers.
    Pool,
    /// A metric is not a number where it must be one.
    NotFinite,
    /// ETH, tokens or claims were created or lost.
    Conservation,
}

impl Fault {
    /// All kinds, in order of precedence.
    pub const ALL: [Self; 3] = [Self::Pool, Self::NotFinite, Self::Conservation];

    /// Words for reports.
    pub fn words(self) -> &'static str {
        match self {
            Self::Pool => "pool did not settle",
            Self::NotFinite => "not a finite number",
            Self::Conservation => "conservation violated",
        }
    }
}

/// Quantities followed through time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trace {
    /// Discount at close, bps.
    Discount,
    /// Quoted unlock delay, days.
    Delay,
    /// Liquidity left, share of the start.
    Liquidity,
}

impl Trace {
    /// All of them, in the order of [`OutcomeBlock::traces`].
    pub const ALL: [Self; 3] = [Self::Discount, Self::Delay, Self::Liquidity];

    /// Name with unit suffix.
    pub fn name(self) -> &'static str {
        match self {
            Self::Discount => "discount_bps",
            Self::Delay => "unlock_delay_days",
            Self::Liquidity => "liquidity_share",
        }
    }
}

/// Outcomes of `W` neighbouring paths, of which the first `active` count.
#[derive(Debug, Clone)]
pub struct OutcomeBlock<const W: usize> {
    /// Number of the first path.
    pub first_path: u64,
    /// Lanes that are asked for; the others are padding.
    pub active: usize,
    /// Values in the units of the metrics; NaN where undefined.
    pub metrics: Vec<Lanes<W>>,
    /// `traces[quantity][observation]`.
    pub traces: Vec<Vec<Lanes<W>>>,
    /// `flows[channel][observation]`, in the order of [`Flow::ALL`](crate::Flow::ALL): tokens since the start of the path.
    pub flows: Vec<Vec<Lanes<W>>>,
    /// What broke, if anything.
    pub faults: [Option<Fault>; W],
    /// Relative violation of the balance of ETH (claims included).
    pub eth_imbalance: Lanes<W>,
    /// Relative violation of the balance of tokens.
    pub lrt_imbalance: Lanes<W>,
}

/// What becomes of outcome blocks. Absorbing and merging must not depend on their order.
pub trait Collect: Send {
    /// Takes one block in.
    fn absorb<const W: usize>(&mut self, block: &OutcomeBlock<W>);
    /// Joins what another thread has taken in.
    fn merge(&mut self, other: Self);
}
