//! `pegstress schema`: the JSON schema of scenario files, or of another kind of file.

use crate::args::SchemaArgs;
use crate::failure::Failure;
use crate::terminal;

pub(crate) fn schema(args: &SchemaArgs) -> Result<(), Failure> {
    let schema = match (args.pools, args.tokens, args.joint, args.targets) {
        (true, ..) => pegstress_scenario::pool_schema(),
        (_, true, ..) => pegstress_scenario::token_schema(),
        (_, _, true, _) => pegstress_scenario::joint_schema(),
        (.., true) => pegstress_scenario::target_schema(),
        _ => pegstress_scenario::schema(),
    };
    let text = serde_json::to_string_pretty(&schema);
    terminal::print(&text.map_err(|error| Failure::Internal(error.to_string()))?);
    terminal::print("\n");
    Ok(())
}
