//! `pegstress schema`: the JSON schema of scenario files.

use crate::failure::Failure;
use crate::terminal;

pub(crate) fn schema() -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(&pegstress_scenario::schema());
    terminal::print(&text.map_err(|error| Failure::Internal(error.to_string()))?);
    terminal::print("\n");
    Ok(())
}
