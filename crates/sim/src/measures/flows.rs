//! Who moved how many tokens in or out of the pools and the redemption, as running sums over a path.
//!
//! Sales are positive, purchases negative; providers' tokens are those they took out less those they put in; redemptions
//! leave through the queue or the buffer and not through a pool. Tokens that arbitrageurs redeem are their purchases.

/// A channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Holders who sell.
    Sales,
    /// Who made unbacked tokens and sells or posts them.
    Minted,
    /// Liquidators who sell what they seized.
    Liquidations,
    /// Owners of loops who sell to repay.
    Unwinds,
    /// Providers who take tokens out of pools.
    ProviderExits,
    /// Arbitrageurs who buy, to redeem.
    Arbitrage,
    /// Dip buyers.
    DipPurchases,
    /// Holders who redeem.
    Redemptions,
    /// Traders without a view, net.
    Background,
}

impl Flow {
    /// All of them, in the order of a step.
    pub const ALL: [Self; 9] = [
        Self::Minted,
        Self::ProviderExits,
        Self::Sales,
        Self::Redemptions,
        Self::Liquidations,
        Self::Unwinds,
        Self::Arbitrage,
        Self::DipPurchases,
        Self::Background,
    ];

    /// Word in names of columns.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sales => "sales_of_holders",
            Self::Minted => "unbacked_tokens",
            Self::Liquidations => "liquidations",
            Self::Unwinds => "unwinds",
            Self::ProviderExits => "provider_exits",
            Self::Arbitrage => "arbitrage",
            Self::DipPurchases => "dip_purchases",
            Self::Redemptions => "redemptions",
            Self::Background => "background",
        }
    }
}
