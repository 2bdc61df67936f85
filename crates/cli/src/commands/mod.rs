//! One module per command.

mod attribute;
pub(crate) mod backtest;
pub(crate) mod bench;
pub(crate) mod calibrate;
pub(crate) mod check;
pub(crate) mod compare;
pub(crate) mod converge;
pub(crate) mod data;
pub(crate) mod depth;
pub(crate) mod exit;
pub(crate) mod fit;
mod joint;
pub(crate) mod reverse;
pub(crate) mod run;
pub(crate) mod schema;
pub(crate) mod sensitivity;
pub(crate) mod sweep;
pub(crate) mod verify;
