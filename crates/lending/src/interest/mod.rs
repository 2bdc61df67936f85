//! Interest by utilisation, accrued by one factor for all loans of a market.
//!
//! ```text
//! u       = debt / funds                      at the start of the step
//! x       = (rate(u) + raised) * dt / year
//! growth  = x + x^2/2 + x^3/6                 of every debt over the step
//! ```
//!
//! Three terms as in Aave v3 (MathUtils.calculateCompoundedInterest) and Morpho Blue (MathLib.wTaylorCompounded);
//! Compound and Gearbox accrue without the second and third, `x^2/2` less per accrual (1e-8 at 5 % and a day). The
//! rate of a step is that of its start: a contract that is touched within it would see the rate move.

mod adaptive;
mod kinked;

pub use adaptive::Adaptive;
pub use kinked::Kinked;

use crate::YEAR_SECS;
use pegstress_num::Lanes;

/// What borrowers pay and who gets it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InterestSpec {
    /// Borrow rate by utilisation.
    pub curve: Curve,
    /// Share of the interest that the protocol keeps (reserve factor, fee); Compound's separate supply curve is stood
    /// for by this share. 0..=1.
    pub protocol_share: f64,
}

/// A borrow rate by utilisation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Curve {
    /// Two straight lines.
    Kinked(Kinked),
    /// A curve that moves towards the target by itself.
    Adaptive(Adaptive),
}

/// The rate of one market in each lane.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(crate) struct Interest<const W: usize> {
    curve: Curve,
    /// Share of the interest that the protocol keeps.
    pub(crate) protocol_share: f64,
    /// State of the adaptive curve, per year; without meaning for the kinked one.
    rate_at_target: Lanes<W>,
    /// On top of the curve, per year.
    pub(crate) raised_per_year: Lanes<W>,
    /// Of the latest step, per year.
    pub(crate) rate_per_year: Lanes<W>,
}

impl<const W: usize> Interest<W> {
    #[inline(always)]
    pub(crate) fn new(spec: &InterestSpec, utilisation: &Lanes<W>) -> Self {
        let start = match spec.curve {
            Curve::Kinked(_) => 0.0,
            Curve::Adaptive(curve) => curve.rate_at_target_per_year,
        };
        let mut interest = Self {
            curve: spec.curve,
            protocol_share: spec.protocol_share,
            rate_at_target: [start; W],
            raised_per_year: [0.0; W],
            rate_per_year: [0.0; W],
        };
        interest.advance(0.0, utilisation);
        interest
    }

    /// Sets the rate of a step that starts at `utilisation`; returns what a debt of one gains in it.
    #[inline(always)]
    pub(crate) fn advance(&mut self, step_secs: f64, utilisation: &Lanes<W>) -> Lanes<W> {
        let years = step_secs * (1.0 / YEAR_SECS);
        let mut gained = [0.0; W];
        match &self.curve {
            Curve::Kinked(curve) => {
                let lines = curve.lines();
                for i in 0..W {
                    self.rate_per_year[i] = lines.rate(utilisation[i]) + self.raised_per_year[i];
                }
            }
            Curve::Adaptive(curve) => {
                for i in 0..W {
                    let (mean, end) = curve.advance(years, utilisation[i], self.rate_at_target[i]);
                    self.rate_at_target[i] = end;
                    self.rate_per_year[i] = mean + self.raised_per_year[i];
                }
            }
        }
        for i in 0..W {
            let x = self.rate_per_year[i] * years;
            gained[i] = x * (1.0 + x * (0.5 + x * (1.0 / 6.0)));
        }
        gained
    }

    /// Rate at the target utilisation of the adaptive curve, per year.
    #[inline(always)]
    pub(crate) fn rate_at_target_per_year(&self) -> Lanes<W> {
        self.rate_at_target
    }
}
