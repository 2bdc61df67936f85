//! Several tokens in one run: what they share, and how stress passes from one to another (MODEL 4 to 6).
//!
//! ```text
//! before a step   y_i = sum over j of c_ij * max(0, d_j - d0)        contagion, by the discounts of the last close
//!                 u   = sum of debts / sum of funds                 of the markets that draw on one lender
//! step s          the tokens take their steps one after another, token s mod n first
//!                 each is handed the exit clock and the arbitrage purse, and hands them on as it leaves them
//! after it        how many tokens close beyond each threshold
//! ```
//!
//! - **Exit clock.** There is one; it serves once in a step, for whoever is first, and what a token orders stands ahead of
//!   all that is ordered after it. Drivers of the queue are the same for all.
//! - **Arbitrage.** One purse of free capital. Each token takes from it what it would take of its own, its claims return
//!   into it. Who comes first rotates, so that none is preferred.
//! - **Lenders.** Markets of one lender add up their funds and debts; each pays interest at the utilisation of the whole. A
//!   loss stays with the market in which it arises.
//! - **Contagion.** Holders of a token leave sooner while another is below its value.
//!
//! What is not shared is as if each token were alone, bit for bit. Tokens draw by addresses of their own, the first one by
//! those it has alone; drivers that are the same world (ETH/USD, exit queue) are the same draws for all. Pools that hold
//! two of the tokens are not modelled: a pool is one token's against ETH.
//!
//! Units: fractions, per day, ETH. Domain: as many rows and columns of the matrix as members, nothing below zero, nothing
//! on its diagonal.

mod block;
mod others;
mod outcome;
mod plan;
mod run;
mod watch;

pub(crate) use others::Others;
pub use outcome::{CollectJoint, JointOutcomeBlock, Together, pair_index};
pub use plan::JointPlan;
pub use run::{run_joint, run_joint_in_blocks_of};

use crate::scenario::{Assumption, PathStudy, Provenance, ReportSpec, Scenario};

/// Most tokens in one run: pairs and matrices are read by people.
pub const MOST_MEMBERS: usize = 12;

/// A joint run, ready: every default resolved, as [`Scenario`] is for one token.
#[derive(Debug, Clone)]
pub struct JointScenario {
    /// Short name; also the name of the report's folder.
    pub name: String,
    /// One line for headings.
    pub title: String,
    /// What happened, or what is supposed to happen; one paragraph.
    pub story: String,
    /// What the file says about its own story.
    pub provenance: Provenance,
    /// Each token's own scenario, in the order of the members.
    pub members: Vec<Scenario>,
    /// What is computed: the members' studies and what binds them.
    pub study: JointStudy,
    /// Where each parameter comes from; those of the members under their symbol.
    pub assumptions: Vec<Assumption>,
}

impl JointScenario {
    /// A member's scenario as it is in this run: its own file tells the story of the token alone.
    pub fn as_member(&self, member: usize) -> Scenario {
        let symbol = &self.members[member].token.symbol;
        Scenario {
            name: format!("{}-{symbol}", self.name),
            title: format!("{symbol}: {}", self.title),
            story: self.story.clone(),
            provenance: self.provenance.clone(),
            ..self.members[member].clone()
        }
    }
}

/// Tokens on the same grid, and what binds them.
#[derive(Debug, Clone)]
pub struct JointStudy {
    /// At least one, at most [`MOST_MEMBERS`]. Start, step, steps, paths, seed and starts are those of the first one, and those
    /// of all.
    pub members: Vec<Member>,
    /// What they share.
    pub coupling: Coupling,
    /// Discounts at which tokens are counted together, fractions; ascending.
    pub thresholds: Vec<f64>,
}

/// One token of a joint run.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its study.
    pub study: PathStudy,
    /// What is reported of it alone.
    pub report: ReportSpec,
}

/// What tokens share.
#[derive(Debug, Clone, PartialEq)]
pub struct Coupling {
    /// How discounts of others drive holders out; nobody is driven if absent.
    pub contagion: Option<Contagion>,
    /// Capital of one purse for all, ETH; each token has its own if absent.
    pub arbitrage_capital_eth: Option<f64>,
    /// Whether all exits reserve on one clock.
    pub exit_clock: bool,
    /// Lenders that several tokens' markets draw on.
    pub lenders: Vec<SharedLender>,
}

impl Coupling {
    /// Tokens that have nothing in common.
    pub const NONE: Self =
        Self { contagion: None, arbitrage_capital_eth: None, exit_clock: false, lenders: Vec::new() };
}

/// A way in which stress passes from one token to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// Holders see the discounts of other tokens.
    Contagion,
    /// Exits stand on one clock.
    ExitClock,
    /// Arbitrageurs have one purse.
    ArbitrageCapital,
    /// Loops draw on the same lenders.
    Lenders,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Contagion, Self::ExitClock, Self::ArbitrageCapital, Self::Lenders];

    /// As written in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Contagion => "contagion",
            Self::ExitClock => "exit_clock",
            Self::ArbitrageCapital => "arbitrage_capital",
            Self::Lenders => "lenders",
        }
    }
}

impl Coupling {
    /// Whether stress can pass by a channel.
    pub fn has(&self, channel: Channel) -> bool {
        match channel {
            Channel::Contagion => self.contagion.is_some(),
            Channel::ExitClock => self.exit_clock,
            Channel::ArbitrageCapital => self.arbitrage_capital_eth.is_some(),
            Channel::Lenders => !self.lenders.is_empty(),
        }
    }

    /// The same with one channel cut; arbitrageurs of each token have their own capital again.
    pub fn without(&self, channel: Channel) -> Self {
        let mut rest = self.clone();
        match channel {
            Channel::Contagion => rest.contagion = None,
            Channel::ExitClock => rest.exit_clock = false,
            Channel::ArbitrageCapital => rest.arbitrage_capital_eth = None,
            Channel::Lenders => rest.lenders.clear(),
        }
        rest
    }
}

/// How discounts of other tokens raise exit intensities.
#[derive(Debug, Clone, PartialEq)]
pub struct Contagion {
    /// `[i][j]`: intensity of exits from token `i` per unit of discount of token `j` above the threshold, per day.
    pub per_discount_per_day: Vec<Vec<f64>>,
    /// Discount above which holders of other tokens react, fraction.
    pub threshold: f64,
}

/// A lender whose funds several tokens' markets draw on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedLender {
    /// What it is called.
    pub name: String,
    /// Its market of each member, as a place in [`PathStudy::lending`].
    pub markets: Vec<Option<usize>>,
}
