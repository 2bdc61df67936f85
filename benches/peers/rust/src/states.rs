//! Pools and sizes that every comparison shares.

use pegstress_exact::U256;

/// One whole token, one in prices.
pub const ONE: U256 = U256::from_limbs([1_000_000_000_000_000_000, 0, 0, 0]);
/// Of the stable pools.
pub const AMPLIFICATION: u64 = 100;

/// From balance to 30 to 1.
pub fn balances() -> [[U256; 2]; 4] {
    [[10_000, 10_000], [9_500, 10_500], [3_000, 17_000], [650, 19_350]].map(|pool| pool.map(tokens))
}

/// Whole tokens.
pub fn tokens(count: u64) -> U256 {
    U256::from(count) * ONE
}

/// Coin sold, coin bought, amount: dust to a twentieth of the smallest reserve.
pub fn sales() -> Vec<(usize, usize, U256)> {
    let sizes = [ONE / U256::from(1000), ONE, tokens(10) + U256::from(7), tokens(30)];
    sizes.into_iter().flat_map(|size| [(0, 1, size), (1, 0, size)]).collect()
}

/// Every sale in every one of the pools.
pub fn each<P: Clone>(pools: &[P]) -> Vec<(P, usize, usize, U256)> {
    let of_pool =
        |pool: &P| sales().into_iter().map(move |(i, j, dx)| (pool.clone(), i, j, dx)).collect::<Vec<_>>();
    pools.iter().flat_map(of_pool).collect()
}
