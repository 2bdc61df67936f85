//! Scenario files: TOML to a resolved scenario, with diagnostics and JSON schema.
