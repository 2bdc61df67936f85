//! What the other tokens of a joint run mean to one of them, for one step.

use pegstress_num::Lanes;

/// Told before each step of a token; nothing of it where the token is alone.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(crate) struct Others<const W: usize> {
    /// Intensity that their discounts add to exits, per day.
    pub(crate) contagion_per_day: Lanes<W>,
    /// Whether the exit clock has been served in this step, for one that came before.
    pub(crate) clock_is_served: bool,
    /// By market, the utilisation of all funds that it draws on; own funds where there is none.
    pub(crate) utilisation: Vec<Option<Lanes<W>>>,
}

impl<const W: usize> Default for Others<W> {
    fn default() -> Self {
        Self { contagion_per_day: [0.0; W], clock_is_served: false, utilisation: Vec::new() }
    }
}
