//! `pegstress schema`: the JSON schema of scenario files, or of pool files.

use crate::args::SchemaArgs;
use crate::failure::Failure;
use crate::terminal;

pub(crate) fn schema(args: &SchemaArgs) -> Result<(), Failure> {
    let schema = if args.pools { pegstress_scenario::pool_schema() } else { pegstress_scenario::schema() };
    let text = serde_json::to_string_pretty(&schema);
    terminal::print(&text.map_err(|error| Failure::Internal(error.to_string()))?);
    terminal::print("\n");
    Ok(())
}
