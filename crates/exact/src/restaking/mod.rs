//! Restaking protocols: delegation, slashing, withdrawals in escrow.
