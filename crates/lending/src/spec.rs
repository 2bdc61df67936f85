//! What a market is made of, before any lane exists.

use crate::interest::InterestSpec;
use crate::oracle::OracleSpec;
use crate::rules::Rules;

/// A market that lends ETH against one token.
#[derive(Debug, Clone, PartialEq)]
pub struct MarketSpec {
    /// What it is called in reports.
    pub name: String,
    /// The lender's liquidation rule and its parameters.
    pub rules: Rules,
    /// Where it reads the token's price.
    pub oracle: OracleSpec,
    /// What borrowers pay.
    pub interest: InterestSpec,
    /// Loans against the token.
    pub buckets: Vec<BucketSpec>,
    /// ETH that suppliers are owed, lent out or not; positive.
    pub supplied_eth: f64,
    /// ETH lent against other collateral: pays interest and uses the market's funds, is never liquidated here.
    pub other_debt_eth: f64,
}

/// Identical positions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BucketSpec {
    /// How many; positive.
    pub positions: f64,
    /// Tokens of all of them; not negative.
    pub collateral_lrt: f64,
    /// Debt of all of them; not negative.
    pub debt_eth: f64,
}
