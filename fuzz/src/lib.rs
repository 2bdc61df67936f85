//! What the fuzz targets share: inputs that reach every size, and what must hold of any pool.
//!
//! That nothing panics, overflows or loops is checked by running; the functions here check the rest.

mod input;
mod laws;
mod series;

pub use input::{Amount, Fraction, Rate};
pub use laws::{Market, attempt, sell, try_on};
pub use series::Ones;
