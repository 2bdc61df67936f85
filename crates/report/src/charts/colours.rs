//! Colours of cells by value: linear, or logarithmic where values span decades.

use super::axis::range;
use super::figure::Frame;
use super::sheet::{Align, Font, Sheet};
use super::style::{BLUE, FAINT_TEXT, GRID, LABEL_EM, TEXT, tint};
use crate::ReportError;
use crate::number::short;
use pegstress_num::ln;
use plotters::style::{RGBColor, WHITE};

/// Ratio of the largest to the smallest positive value from which colours are logarithmic.
const DECADES: f64 = 50.0;
const FAINT: Font = Font { em: LABEL_EM, bold: false, colour: FAINT_TEXT };

/// From values to colours.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ColourScale {
    low: f64,
    high: f64,
    is_log: bool,
}

impl ColourScale {
    /// Over all values; `None` without a finite one. Zero and what is below it take the colour of the smallest positive value
    /// where colours are logarithmic.
    pub(crate) fn over(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let values: Vec<f64> = values.into_iter().collect();
        let (low, high) = range(values.iter().copied())?;
        let positive = range(values.iter().copied().filter(|value| *value > 0.0));
        match positive {
            Some((least, most)) if low >= 0.0 && most >= DECADES * least => {
                Some(Self { low: least, high: most, is_log: true })
            }
            _ => Some(Self { low, high, is_log: false }),
        }
    }

    /// Whether colours are logarithmic.
    pub(crate) fn is_log(&self) -> bool {
        self.is_log
    }

    /// Place of a value, from 0 to 1.
    fn share(&self, value: f64) -> f64 {
        if self.high <= self.low {
            return 0.5;
        }
        let share = if self.is_log {
            ln(value.max(self.low) / self.low) / ln(self.high / self.low)
        } else {
            (value - self.low) / (self.high - self.low)
        };
        share.clamp(0.0, 1.0)
    }

    /// Colour of a cell, and of the text on it; grey where there is no value.
    pub(crate) fn of(&self, value: Option<f64>) -> (RGBColor, RGBColor) {
        let Some(value) = value else { return (GRID, TEXT) };
        let share = self.share(value);
        (colour(share), if share > 0.55 { WHITE } else { TEXT })
    }

    /// The colours between the lowest and the highest value, at the top right of `frame`.
    pub(crate) fn draw(&self, sheet: &Sheet<'_>, frame: Frame) -> Result<(), ReportError> {
        const STEPS: usize = 40;
        const WIDTH: f64 = 240.0;
        let (low, high) = (short(self.low), short(self.high));
        let baseline = frame.top + LABEL_EM;
        let right = frame.right - sheet.text_width(&high, FAINT)? - 10.0;
        for k in 0..STEPS {
            let x = right - WIDTH + WIDTH * k as f64 / STEPS as f64;
            let corner = (x + WIDTH / STEPS as f64, baseline + 2.0);
            sheet.fill((x, baseline - 0.8 * LABEL_EM), corner, colour(k as f64 / (STEPS - 1) as f64))?;
        }
        sheet.text((frame.right, baseline), &high, FAINT, Align::Right)?;
        let words = if self.is_log { format!("colours logarithmic, {low}") } else { low };
        sheet.text((right - WIDTH - 10.0, baseline), &words, FAINT, Align::Right)
    }
}

fn colour(share: f64) -> RGBColor {
    tint(BLUE, 0.06 + 0.94 * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_over_decades_have_colours_by_their_logarithm_and_others_do_not() {
        let wide = ColourScale::over([1.0, 10.0, 100.0, f64::NAN]).expect("values");
        assert!(wide.is_log());
        // The middle of two decades.
        assert!((wide.share(10.0) - 0.5).abs() < 1e-12);
        let narrow = ColourScale::over([1.0, 10.0]).expect("values");
        assert!(!narrow.is_log() && (narrow.share(5.5) - 0.5).abs() < 1e-12);
        assert!(!ColourScale::over([-5.0, 1.0, 1000.0]).expect("values").is_log());
        let with_zero = ColourScale::over([0.0, 1.0, 100.0]).expect("values");
        assert!(with_zero.is_log() && with_zero.share(0.0) == 0.0);
        assert!(ColourScale::over([f64::NAN]).is_none());
    }
}
