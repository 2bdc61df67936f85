//! `pegstress schema`: the JSON schema of scenario files, of pool files, of token files, or of files of several tokens.

use crate::args::SchemaArgs;
use crate::failure::Failure;
use crate::terminal;

pub(crate) fn schema(args: &SchemaArgs) -> Result<(), Failure> {
    let schema = match (args.pools, args.tokens, args.joint) {
        (true, ..) => pegstress_scenario::pool_schema(),
        (_, true, _) => pegstress_scenario::token_schema(),
        (.., true) => pegstress_scenario::joint_schema(),
        _ => pegstress_scenario::schema(),
    };
    let text = serde_json::to_string_pretty(&schema);
    terminal::print(&text.map_err(|error| Failure::Internal(error.to_string()))?);
    terminal::print("\n");
    Ok(())
}
