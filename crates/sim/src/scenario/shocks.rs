//! What is laid on top of drivers and agents.

/// Something that happens on top of drivers and agents.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shock {
    /// What happens.
    pub kind: ShockKind,
    /// What it waits for; nothing if absent.
    pub trigger: Option<Trigger>,
    /// Seconds after the start of the path, or after the trigger first holds.
    pub start_secs: f64,
    /// Length, seconds; zero for all at once in the step that holds the start.
    pub duration_secs: f64,
    /// Size in the unit of the kind, over the whole duration.
    pub size: f64,
    /// Standard deviation of the logarithm of the size over paths; the mean is `size`.
    pub size_log_sd: f64,
}

/// What must hold, at the start of a path or at the end of a step, before a shock starts: the first time counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Trigger {
    /// The discount at the close is above this fraction.
    DiscountAbove(f64),
    /// The redemption buffer holds less ETH than this.
    BufferBelow(f64),
    /// The true redemption rate is below that of the driver by more than this fraction.
    ValueLossAbove(f64),
    /// Bad debt realised over all markets is above this, ETH.
    BadDebtAbove(f64),
}

/// What becomes of unbacked tokens that are not sold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Posting {
    /// Market (place in [`PathStudy::lending`](super::PathStudy::lending)) in which they are posted.
    pub market: usize,
    /// Share of the tokens that is posted; the rest is sold.
    pub share: f64,
    /// ETH borrowed per ETH of their worth by the market's oracle.
    pub ltv: f64,
}

/// Kinds of shock.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ShockKind {
    /// Holders sell a share of the free float on the market.
    SellShareOfFloat,
    /// Holders request redemption of a share of the free float.
    RedeemShareOfFloat,
    /// Holders leave faster by this share of the free float per day, while it lasts (loss of trust).
    RaiseExitDemand,
    /// Liquidity providers remove a share of the pools, in proportion.
    RemoveLiquidityShare,
    /// Liquidity providers remove a share of the pools and take ETH only.
    RemoveLiquidityOneSided,
    /// The network's exit queue grows by an amount of ETH.
    NetworkQueueEth,
    /// ETH/USD falls by a share, from then on.
    MoveEthUsd,
    /// Redemptions are paused; the size is ignored by definition and must be 1.
    PauseRedemptions,
    /// Arbitrageurs lose a share of their free capital (it is withdrawn, not burned).
    RemoveArbitrageCapitalShare,
    /// Tokens appear without assets behind them, a share of all there are; who made them posts and sells them.
    MintUnbacked(Option<Posting>),
    /// The redemption rate on chain keeps its value while it lasts; the size must be 1.
    FreezeOnchainRate,
    /// A service (place in [`RestakeSpec::services`](pegstress_restake::RestakeSpec::services)) slashes a share of what all its operators have allocated to it.
    SlashByService(usize),
    /// A group of operators (place in [`PathStudy::shock_groups`](super::PathStudy::shock_groups)) is slashed by a share of all its allocations.
    SlashOperators(usize),
    /// A group of operators loses a share of its stake on the beacon chain; the contracts learn of it at a checkpoint.
    LoseOnBeaconChain(usize),
    /// A share of a group of operators is offline while it lasts: it earns nothing and is penalised.
    OperatorOutage(usize),
    /// A market's oracle (place in [`PathStudy::lending`](super::PathStudy::lending)) keeps its last print; the size must be 1.
    FreezeOracle(usize),
    /// A market's oracle prints this share below what it should.
    MisprintOracle(usize),
    /// Borrowers of a market pay this more per year, while it lasts.
    RaiseBorrowRate(usize),
    /// A market's suppliers take out a share of their claims, as far as it is not lent out.
    WithdrawLenderDeposits(usize),
    /// A market's liquidation threshold falls by these points of share, from then on.
    CutLiquidationThreshold(usize),
}

impl ShockKind {
    /// What it is called in reports.
    pub fn words(self) -> &'static str {
        match self {
            Self::SellShareOfFloat => "sale",
            Self::RedeemShareOfFloat => "redemption requests",
            Self::RemoveLiquidityShare => "liquidity removed",
            Self::NetworkQueueEth => "exit queue",
            Self::PauseRedemptions => "pause of redemptions",
            Self::RemoveArbitrageCapitalShare => "arbitrage capital lost",
            Self::SlashByService(_) => "slash by a service",
            Self::SlashOperators(_) => "slash of operators",
            Self::LoseOnBeaconChain(_) => "loss on the beacon chain",
            Self::FreezeOracle(_) => "frozen oracle",
            Self::MisprintOracle(_) => "misprint of an oracle",
            Self::RaiseBorrowRate(_) => "borrow rate",
            Self::RaiseExitDemand => "loss of trust",
            Self::RemoveLiquidityOneSided => "liquidity removed as ETH",
            Self::MoveEthUsd => "fall of ETH",
            Self::MintUnbacked(_) => "unbacked tokens",
            Self::FreezeOnchainRate => "frozen rate on chain",
            Self::OperatorOutage(_) => "operators offline",
            Self::WithdrawLenderDeposits(_) => "lenders' suppliers leave",
            Self::CutLiquidationThreshold(_) => "lower liquidation threshold",
        }
    }

    /// Whether the size is a share of something that shrinks, so that a duration spreads it over steps.
    pub fn is_share(self) -> bool {
        match self {
            Self::RaiseExitDemand
            | Self::NetworkQueueEth
            | Self::PauseRedemptions
            | Self::MintUnbacked(_)
            | Self::FreezeOnchainRate
            | Self::OperatorOutage(_)
            | Self::FreezeOracle(_)
            | Self::MisprintOracle(_)
            | Self::RaiseBorrowRate(_)
            | Self::CutLiquidationThreshold(_) => false,
            Self::SellShareOfFloat
            | Self::RedeemShareOfFloat
            | Self::RemoveLiquidityShare
            | Self::RemoveLiquidityOneSided
            | Self::MoveEthUsd
            | Self::RemoveArbitrageCapitalShare
            | Self::SlashByService(_)
            | Self::SlashOperators(_)
            | Self::LoseOnBeaconChain(_)
            | Self::WithdrawLenderDeposits(_) => true,
        }
    }

    /// Whether the size holds in every step of its duration instead of being spread over it.
    pub fn is_level(self) -> bool {
        matches!(
            self,
            Self::RaiseExitDemand
                | Self::PauseRedemptions
                | Self::FreezeOnchainRate
                | Self::OperatorOutage(_)
                | Self::FreezeOracle(_)
                | Self::MisprintOracle(_)
                | Self::RaiseBorrowRate(_)
        )
    }

    /// Whether it acts on a lending market.
    pub fn is_of_lending(self) -> bool {
        matches!(
            self,
            Self::MintUnbacked(Some(_))
                | Self::FreezeOracle(_)
                | Self::MisprintOracle(_)
                | Self::RaiseBorrowRate(_)
                | Self::WithdrawLenderDeposits(_)
                | Self::CutLiquidationThreshold(_)
        )
    }

    /// Whether it makes the redemption rate, or what is known of it, differ from the driver's.
    pub fn is_of_value(self) -> bool {
        matches!(self, Self::MintUnbacked(_) | Self::FreezeOnchainRate)
    }
}
