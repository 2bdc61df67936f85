//! Lending markets: health, liquidation, interest, and the oracles they read.
