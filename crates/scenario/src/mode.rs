//! Which keys have an effect in which mode. A key without effect is refused: it would be believed to matter.

use crate::diagnostic::Problems;
use crate::raw::Mode;
use crate::tree::{Node, Value};

use Mode::{Forward, PoolHistory, QueueHistory, Rolling};

const SIMULATED: &[Mode] = &[Forward, Rolling];
const POOLS: &[Mode] = &[PoolHistory, Forward, Rolling];
const QUEUES: &[Mode] = &[QueueHistory, Forward, Rolling];

/// Where a key has an effect.
struct KeyUse {
    key: &'static str,
    /// Modes in which it has an effect.
    modes: &'static [Mode],
    /// Modes in which it must be there.
    required: &'static [Mode],
    /// What it is needed for.
    purpose: &'static str,
}

const fn always(key: &'static str, modes: &'static [Mode], purpose: &'static str) -> KeyUse {
    KeyUse { key, modes, required: modes, purpose }
}

const fn optional(key: &'static str, modes: &'static [Mode]) -> KeyUse {
    KeyUse { key, modes, required: &[], purpose: "" }
}

/// Every key that not all modes use.
const KEY_USES: &[KeyUse] = &[
    always("time.step_minutes", QUEUES, "the grid"),
    always("token.free_float_lrt", SIMULATED, "the tokens that holders may sell or redeem"),
    always("venues", POOLS, "at least one pool"),
    always("drivers.redemption_rate", POOLS, "the value that a discount is measured against"),
    always("drivers.network_exit_queue_eth", QUEUES, "the exit queue"),
    always("drivers.eth_usd", SIMULATED, "the fall of ETH that holders react to"),
    optional("drivers.redemption_rate.process", SIMULATED),
    optional("drivers.network_exit_queue_eth.process", SIMULATED),
    optional("drivers.bootstrap", SIMULATED),
    optional("drivers.correlation", SIMULATED),
    optional("drivers.market_price", POOLS),
    KeyUse {
        key: "drivers.market_price.max_age_hours",
        modes: SIMULATED,
        required: &[],
        purpose: "a gap that is too long to be filled",
    },
    optional("drivers.market_price.rule", SIMULATED),
    optional("drivers.quoted_wait_days", &[QueueHistory]),
    optional("drivers.sweep_days", &[QueueHistory]),
    always("network", QUEUES, "churn and sweep of the exit queue"),
    optional("network.churn_changes", SIMULATED),
    optional("network.missed_slots_pct", QUEUES),
    always("queue", &[QueueHistory], "the questions to the queue"),
    optional("redemption", SIMULATED),
    optional("token.file", SIMULATED),
    optional("restaking", SIMULATED),
    optional("lending", SIMULATED),
    always("agents", SIMULATED, "the behaviour of holders, arbitrageurs and liquidity providers"),
    optional("shocks", SIMULATED),
    always("paths", SIMULATED, "the seed"),
    always("paths.count", &[Forward], "the number of paths"),
    always("rolling", &[Rolling], "the starts of paths"),
    always("report", POOLS, "sizes and discounts"),
    always("report.thresholds_bps", SIMULATED, "first passage and time above"),
    always("report.recovery_bps", SIMULATED, "the time to recovery"),
    always("report.recovery_hold_hours", SIMULATED, "the time to recovery"),
    optional("report.max_pair_gap_hours", &[PoolHistory]),
    optional("sweep", SIMULATED),
    optional("targets", SIMULATED),
    optional("calibrate", SIMULATED),
    optional("severities", SIMULATED),
    optional("limits", SIMULATED),
];

impl Mode {
    /// As written in files.
    pub fn word(self) -> &'static str {
        match self {
            PoolHistory => "pool_history",
            QueueHistory => "queue_history",
            Forward => "forward",
            Rolling => "rolling",
        }
    }

    /// The mode that `tree` names, if it names one.
    pub(crate) fn of(tree: &Node) -> Option<Self> {
        let Value::Text(word) = &tree.child("mode")?.value else { return None };
        [PoolHistory, QueueHistory, Forward, Rolling].into_iter().find(|mode| mode.word() == word)
    }
}

/// Adds keys that `mode` does not use, and keys that it lacks.
pub(crate) fn check_key_uses(tree: &Node, mode: Mode, problems: &mut Problems<'_>) {
    let word = mode.word();
    let is_there = |key: &str| tree.find(key).is_some();
    for one in KEY_USES {
        let outer = one.key.rsplit_once('.').map(|(table, _)| table);
        let is_inside_reported = KEY_USES
            .iter()
            .any(|table| outer == Some(table.key) && (!table.modes.contains(&mode) || !is_there(table.key)));
        if is_inside_reported {
            continue;
        }
        if is_there(one.key) && !one.modes.contains(&mode) {
            let name = bracketed(tree, one.key);
            let message = format!("{name} has no effect in mode = \"{word}\": remove it or change the mode");
            problems.at(tree, one.key, message);
        }
        if !is_there(one.key) && one.required.contains(&mode) && !problems.is_suggested(one.key) {
            let message = format!("{} is missing: mode = \"{word}\" needs it for {}", one.key, one.purpose);
            problems.at(tree, one.key, message);
        }
    }
}

/// A table as its header, another key as it is.
fn bracketed(tree: &Node, key: &str) -> String {
    match tree.find(key).map(|node| &node.value) {
        Some(Value::Table(_)) => format!("[{key}]"),
        Some(Value::Array(items)) if items.iter().all(|item| matches!(item.value, Value::Table(_))) => {
            format!("[[{key}]]")
        }
        _ => key.to_owned(),
    }
}
