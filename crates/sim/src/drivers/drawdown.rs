//! The highest value of a running window, lane by lane, at a fixed cost per step.
//!
//! The window holds the present value and the `n` before it. Values are gathered in chunks of `n + 1`; the highest of the window
//! is that of the end of the last full chunk (`suffix`) and of the begun one (`prefix`): van Herk, Pattern Recognition Letters
//! 13 (1992) 517-521. A full chunk is turned into suffixes once every `n + 1` steps: the same work in every lane.

use pegstress_num::{Lanes, greater};

/// Highest value of a running window.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(crate) struct RunningHigh<const W: usize> {
    /// Of the last full chunk: the highest from each place to its end.
    suffix: Vec<Lanes<W>>,
    /// The begun chunk.
    begun: Vec<Lanes<W>>,
    prefix: Lanes<W>,
}

impl<const W: usize> RunningHigh<W> {
    /// A window that holds `past`, oldest first, the present value last; not empty.
    pub(crate) fn new(past: Vec<Lanes<W>>) -> Self {
        let mut high = Self {
            suffix: Vec::new(),
            begun: Vec::with_capacity(past.len()),
            prefix: [f64::NEG_INFINITY; W],
        };
        high.suffix = past;
        high.turn();
        high
    }

    /// Moves the window on to `value`; the highest in it.
    #[inline(always)]
    pub(crate) fn push(&mut self, value: &Lanes<W>) -> Lanes<W> {
        self.begun.push(*value);
        let mut highest = [0.0; W];
        for i in 0..W {
            self.prefix[i] = greater(value[i], self.prefix[i]);
            highest[i] = self.prefix[i];
        }
        match self.suffix.get(self.begun.len()) {
            Some(suffix) => {
                for i in 0..W {
                    highest[i] = greater(suffix[i], highest[i]);
                }
            }
            None => {
                std::mem::swap(&mut self.suffix, &mut self.begun);
                self.begun.clear();
                self.turn();
            }
        }
        highest
    }

    /// Turns the values of a full chunk into suffixes.
    #[inline(always)]
    fn turn(&mut self) {
        for k in (1..self.suffix.len()).rev() {
            let next = self.suffix[k];
            for i in 0..W {
                self.suffix[k - 1][i] = greater(next[i], self.suffix[k - 1][i]);
            }
        }
        self.prefix = [f64::NEG_INFINITY; W];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pegstress_num::Stream;
    use pegstress_num::draw::normals;

    #[test]
    fn the_highest_is_that_of_the_plain_window_whatever_its_length() {
        let values: Vec<[f64; 2]> = (0..200)
            .map(|k| {
                let (mut a, mut b) = ([0.0; 2], [0.0; 2]);
                normals(1, 0, k, Stream::FlowNormals, &mut a, &mut b);
                a
            })
            .collect();
        for window in [1, 2, 3, 7, 25] {
            let mut high = RunningHigh::new(values[..window].to_vec());
            for k in window..values.len() {
                let found = high.push(&values[k]);
                for i in 0..2 {
                    let plain = values[k + 1 - window..=k].iter().fold(f64::NEG_INFINITY, |m, v| m.max(v[i]));
                    assert_eq!(found[i], plain, "window {window}, step {k}");
                }
            }
        }
    }
}
