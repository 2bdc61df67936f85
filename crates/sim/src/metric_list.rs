//! The metrics of a study, with names and meanings for readers.

use crate::measures::{accounts, coverage, market, slug, slugs, trough, venue};
use crate::metric::{Metric, MetricKind, Unit, metric};
use crate::scenario::{PathStudy, ReportSpec, ShockKind};

/// Moments at which depth is measured on a path, at most: it takes a quote of every venue for each discount.
pub(crate) const DEPTH_MOMENTS: usize = 24;

/// The metrics of a study, in the order of [`OutcomeBlock::metrics`](crate::OutcomeBlock::metrics): those of the price and the exits, then those of what
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
