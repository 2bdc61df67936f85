//! Redemption paths of liquid (re)staking tokens, as their contracts compute them.
