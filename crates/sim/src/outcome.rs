//! What a block of paths leaves behind: metrics per path, traces per step, faults.

use pegstress_num::Lanes;

/// Why a path does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A pool's invariant did not settle, or a reserve left the positive numbers.
    Pool,
    /// A metric is not a number where it must be one.
    NotFinite,
    /// ETH, tokens or claims were created or lost.
    Conservation,
}

impl Fault {
    /// All kinds, in order of precedence.
    pub const ALL: [Self; 3] = [Self::Pool, Self::NotFinite, Self::Conservation];

    /// Words for reports.
    pub fn words(self) -> &'static str {
        match self {
            Self::Pool => "pool did not settle",
            Self::NotFinite => "not a finite number",
            Self::Conservation => "conservation violated",
        }
    }
}

/// Quantities followed through time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trace {
    /// Discount at close, bps.
    Discount,
    /// Quoted unlock delay, days.
    Delay,
    /// Liquidity left, share of the start.
    Liquidity,
}

impl Trace {
    /// All of them, in the order of [`OutcomeBlock::traces`].
    pub const ALL: [Self; 3] = [Self::Discount, Self::Delay, Self::Liquidity];

    /// Name with unit suffix.
    pub fn name(self) -> &'static str {
        match self {
            Self::Discount => "discount_bps",
            Self::Delay => "unlock_delay_days",
            Self::Liquidity => "liquidity_share",
        }
    }
}

/// Outcomes of `W` neighbouring paths, of which the first `active` count.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub struct OutcomeBlock<const W: usize> {
    /// Number of the first path.
    pub first_path: u64,
    /// Lanes that are asked for; the others are padding.
    pub active: usize,
    /// Values in the units of the metrics; NaN where undefined.
    pub metrics: Vec<Lanes<W>>,
    /// `traces[quantity][observation]`.
    pub traces: Vec<Vec<Lanes<W>>>,
    /// `flows[channel][observation]`, in the order of [`Flow::ALL`](crate::Flow::ALL): tokens since the start of the path.
    pub flows: Vec<Vec<Lanes<W>>>,
    /// What broke, if anything.
    pub faults: [Option<Fault>; W],
    /// Relative violation of the balance of ETH (claims included).
    pub eth_imbalance: Lanes<W>,
    /// Relative violation of the balance of tokens.
    pub lrt_imbalance: Lanes<W>,
}

/// What becomes of outcome blocks. Absorbing and merging must not depend on their order.
pub trait Collect: Send {
    /// Takes one block in.
    fn absorb<const W: usize>(&mut self, block: &OutcomeBlock<W>);
    /// Joins what another thread has taken in.
    fn merge(&mut self, other: Self);
}
