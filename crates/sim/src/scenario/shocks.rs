//! What is laid on top of drivers and agents.

/// Something that happens on top of drivers and agents.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shock {
    /// What happens.
    pub kind: ShockKind,
    /// Seconds after the start of the path.
    pub start_secs: f64,
    /// Length, seconds; zero for all at once in the step that holds the start.
    pub duration_secs: f64,
    /// Size in the unit of the kind, over the whole duration.
    pub size: f64,
    /// Standard deviation of the logarithm of the size over paths; the mean is `size`.
    pub size_log_sd: f64,
}

/// Kinds of shock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShockKind {
    /// Holders sell a share of the free float on the market.
    SellShareOfFloat,
    /// Holders request redemption of a share of the free float.
    RedeemShareOfFloat,
    /// Liquidity providers remove a share of the pools, in proportion.
    RemoveLiquidityShare,
    /// The network's exit queue grows by an amount of ETH.
    NetworkQueueEth,
    /// Redemptions are paused; the size is ignored by definition and must be 1.
    PauseRedemptions,
    /// Arbitrageurs lose a share of their free capital (it is withdrawn, not burned).
    RemoveArbitrageCapitalShare,
    /// A service (place in [`RestakeSpec::services`](pegstress_restake::RestakeSpec::services)) slashes a share of what all its operators have allocated to it.
    SlashByService(usize),
    /// A group of operators (place in [`PathStudy::shock_groups`](super::PathStudy::shock_groups)) is slashed by a share of all its allocations.
    SlashOperators(usize),
    /// A group of operators loses a share of its stake on the beacon chain; the contracts learn of it at a checkpoint.
    LoseOnBeaconChain(usize),
    /// A market's oracle (place in [`PathStudy::lending`](super::PathStudy::lending)) keeps its last print; the size must be 1.
    FreezeOracle(usize),
    /// A market's oracle prints this share below what it should.
    MisprintOracle(usize),
    /// Borrowers of a market pay this more per year, while it lasts.
    RaiseBorrowRate(usize),
}

impl ShockKind {
    /// Whether the size is a share of something that shrinks, so that a duration spreads it over steps.
    pub fn is_share(self) -> bool {
        match self {
            Self::NetworkQueueEth
            | Self::PauseRedemptions
            | Self::FreezeOracle(_)
            | Self::MisprintOracle(_)
            | Self::RaiseBorrowRate(_) => false,
            Self::SellShareOfFloat
            | Self::RedeemShareOfFloat
            | Self::RemoveLiquidityShare
            | Self::RemoveArbitrageCapitalShare
            | Self::SlashByService(_)
            | Self::SlashOperators(_)
            | Self::LoseOnBeaconChain(_) => true,
        }
    }

    /// Whether the size holds in every step of its duration instead of being spread over it.
    pub fn is_level(self) -> bool {
        matches!(
            self,
            Self::PauseRedemptions
                | Self::FreezeOracle(_)
                | Self::MisprintOracle(_)
                | Self::RaiseBorrowRate(_)
        )
    }
}
