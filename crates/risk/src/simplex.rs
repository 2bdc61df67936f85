//! Nelder and Mead's simplex (the crate `argmin`): the one place that knows the crate.

use std::cell::RefCell;

use argmin::core::{CostFunction, Error, Executor, State};
use argmin::solver::neldermead::NelderMead;

/// `argmin` asks through a shared reference, one place after another.
struct Cost<F>(RefCell<F>);

impl<F: FnMut(&[f64]) -> Option<f64>> CostFunction for Cost<F> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, at: &Vec<f64>) -> Result<f64, Error> {
        (self.0.borrow_mut())(at).ok_or_else(|| Error::msg("no more evaluations"))
    }
}

/// How far a simplex goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    /// Iterations at most.
    pub iterations: u64,
    /// It ends when the values at its corners have a standard deviation below this.
    pub spread: f64,
}

/// The lowest point that `simplex` finds, and its cost. `None` where `cost` gave none on the way, which ends the search, or
/// where the simplex is none.
pub(crate) fn descend(
    cost: impl FnMut(&[f64]) -> Option<f64>,
    simplex: Vec<Vec<f64>>,
    effort: Effort,
) -> Option<(Vec<f64>, f64)> {
    let solver = NelderMead::new(simplex).with_sd_tolerance(effort.spread).ok()?;
    let done = Executor::new(Cost(RefCell::new(cost)), solver)
        .configure(|state| state.max_iters(effort.iterations))
        .timer(false)
        .run()
        .ok()?;
    Some((done.state().get_best_param()?.clone(), done.state().get_best_cost()))
}
