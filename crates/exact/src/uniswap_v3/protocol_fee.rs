//! The protocol's share of the fee (`setFeeProtocol`, `collectProtocol`): one part in `n` of each step's fee, floored.

use super::{Error, Pool};

impl Pool {
    /// Sets the part the protocol takes of each token's fees: 0 for nothing, else one in 4 to 10.
    ///
    /// # Errors
    /// When a denominator is none of these.
    pub fn set_protocol_fee(&mut self, denominators: [u8; 2]) -> Result<(), Error> {
        let wrong = denominators.into_iter().find(|denominator| !matches!(denominator, 0 | 4..=10));
        if let Some(denominator) = wrong {
            return Err(Error::ProtocolFeeOutOfRange { denominator });
        }
        self.protocol_fee_denominators = denominators;
        Ok(())
    }

    /// Part of each token's fees: 0 for nothing, else one in so many.
    #[must_use]
    pub fn protocol_fee_denominators(&self) -> [u8; 2] {
        self.protocol_fee_denominators
    }

    /// What the protocol may collect of each token.
    #[must_use]
    pub fn protocol_fees(&self) -> [u128; 2] {
        self.protocol_fees
    }

    /// Pays up to the requested amounts to the protocol; one unit always stays, as in the contract.
    pub fn collect_protocol(&mut self, requested: [u128; 2]) -> [u128; 2] {
        let mut paid = requested;
        for (paid, held) in paid.iter_mut().zip(&mut self.protocol_fees) {
            *paid = (*paid).min(held.saturating_sub(1));
            *held = held.saturating_sub(*paid);
        }
        paid
    }
}
