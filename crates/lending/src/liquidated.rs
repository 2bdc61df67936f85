//! What a liquidation leads to, and how it balances.

use pegstress_num::Lanes;

/// What liquidations of one call took and paid.
///
/// ```text
/// collateral before = after + seized + protocol_fee_lrt       (with inventory and debt-free collateral)
/// debt before       = after + repaid + absorbed + bad_debt
/// paid              = repaid + protocol_fee_eth + returned     (Compound: paid, for inventory, goes to the reserves)
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(align(64))]
pub struct Liquidated<const W: usize> {
    /// Tokens that liquidators got, to be sold.
    pub seized_lrt: Lanes<W>,
    /// ETH that they paid.
    pub paid_eth: Lanes<W>,
    /// Debt that it extinguished.
    pub repaid_eth: Lanes<W>,
    /// Debt that the protocol's reserves took over (Compound).
    pub absorbed_eth: Lanes<W>,
    /// Debt that nobody will pay, realised now.
    pub bad_debt_eth: Lanes<W>,
    /// Tokens that the protocol kept.
    pub protocol_fee_lrt: Lanes<W>,
    /// ETH that the protocol was paid.
    pub protocol_fee_eth: Lanes<W>,
    /// ETH that borrowers were paid.
    pub returned_eth: Lanes<W>,
    /// ETH that borrowers were credited as suppliers (Compound).
    pub credited_eth: Lanes<W>,
}

impl<const W: usize> Liquidated<W> {
    /// Nothing happened.
    pub const NOTHING: Self = Self {
        seized_lrt: [0.0; W],
        paid_eth: [0.0; W],
        repaid_eth: [0.0; W],
        absorbed_eth: [0.0; W],
        bad_debt_eth: [0.0; W],
        protocol_fee_lrt: [0.0; W],
        protocol_fee_eth: [0.0; W],
        returned_eth: [0.0; W],
        credited_eth: [0.0; W],
    };
}
