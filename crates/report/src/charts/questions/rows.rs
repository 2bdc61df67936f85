//! Named rows over one horizontal axis.

use super::super::axis::Axis;
use super::super::figure::Frame;
use super::super::sheet::{Align, Font, Sheet};
use super::super::style::{FAINT_TEXT, FRAME, GRID, LABEL_EM, TEXT};
use crate::ReportError;
use plotters::style::RGBColor;

/// Height of a row, pixels.
pub(in crate::charts) const ROW: f64 = 54.0;
pub(in crate::charts) const LABEL: Font = Font { em: LABEL_EM, bold: false, colour: TEXT };
pub(in crate::charts) const FAINT: Font = Font { em: LABEL_EM, bold: false, colour: FAINT_TEXT };
/// Room below the rows for ticks and the axis' name.
const BELOW: f64 = 2.9 * LABEL_EM;
/// Names take at most this share of the width.
const WIDEST_NAMES: f64 = 0.48;

/// Height of so many rows with their axis and a line of legend.
pub(in crate::charts) fn height(rows: usize) -> f64 {
    ROW * rows as f64 + BELOW + 2.0 * LABEL_EM
}

/// Rows that are ready for bars and dots.
pub(in crate::charts) struct Rows<'s, 'a> {
    pub sheet: &'s Sheet<'a>,
    x: &'s Axis,
    plot: Frame,
}

impl<'s, 'a> Rows<'s, 'a> {
    /// Draws names, grid and axis at the top of `frame`, under a legend of coloured words.
    pub(in crate::charts) fn draw(
        sheet: &'s Sheet<'a>,
        frame: Frame,
        x: &'s Axis,
        x_name: &str,
        names: &[String],
        legend: &[(RGBColor, String)],
    ) -> Result<Self, ReportError> {
        let mut widest = 0.0_f64;
        for name in names {
            widest = widest.max(sheet.text_width(name, LABEL)?);
        }
        let room = widest.min(WIDEST_NAMES * (frame.right - frame.left));
        let top = frame.top + 2.0 * LABEL_EM;
        let bottom = top + ROW * names.len() as f64;
        let plot = Frame { left: frame.left + room + 20.0, top, right: frame.right - 40.0, bottom };
        draw_legend(sheet, frame, legend)?;
        let rows = Self { sheet, x, plot };
        let mut free_from = 0.0;
        for (value, label) in &x.ticks {
            let at = rows.place(*value);
            sheet.line(&[(at, top), (at, bottom)], GRID, 1.0)?;
            let half = sheet.text_width(label, LABEL)? / 2.0;
            if at - half >= free_from {
                sheet.text((at, bottom + 1.35 * LABEL_EM), label, LABEL, Align::Middle)?;
                free_from = at + half + 18.0;
            }
        }
        sheet.line(&[(plot.left, bottom), (plot.right, bottom)], FRAME, 1.5)?;
        let middle = (plot.left + plot.right) / 2.0;
        sheet.text((middle, bottom + 2.65 * LABEL_EM), x_name, FAINT, Align::Middle)?;
        for (k, name) in names.iter().enumerate() {
            let name = sheet.shorten(name, LABEL, room)?;
            sheet.text((plot.left - 14.0, rows.middle(k) + 0.36 * LABEL_EM), &name, LABEL, Align::Right)?;
        }
        Ok(rows)
    }

    /// Pixel of a value.
    pub(in crate::charts) fn place(&self, value: f64) -> f64 {
        self.plot.left + self.x.position(value) * (self.plot.right - self.plot.left)
    }

    /// Pixel of the middle of a row.
    pub(in crate::charts) fn middle(&self, row: usize) -> f64 {
        self.plot.top + ROW * (row as f64 + 0.5)
    }

    /// A bar between two values, `share` of the row high.
    pub(in crate::charts) fn bar(
        &self,
        row: usize,
        ends: (f64, f64),
        share: f64,
        colour: RGBColor,
    ) -> Result<(), ReportError> {
        let (a, b) = (self.place(ends.0), self.place(ends.1));
        let half = 0.5 * share * ROW;
        let (left, right) = if a < b { (a, b) } else { (b, a) };
        self.sheet.fill((left, self.middle(row) - half), (right, self.middle(row) + half), colour)
    }

    /// A whisker between two values, `shift` pixels below the middle of the row.
    pub(in crate::charts) fn whisker(
        &self,
        row: usize,
        ends: (f64, f64),
        shift: f64,
        colour: RGBColor,
    ) -> Result<(), ReportError> {
        let y = self.middle(row) + shift;
        let (low, high) = self.x.ends();
        let place = |value: f64| self.place(value.max(low).min(high));
        let (a, b) = (place(ends.0), place(ends.1));
        self.sheet.line(&[(a, y), (b, y)], colour, 2.0)?;
        for x in [a, b] {
            self.sheet.line(&[(x, y - 6.0), (x, y + 6.0)], colour, 2.0)?;
        }
        Ok(())
    }

    /// A vertical line through all rows.
    pub(in crate::charts) fn upright(&self, value: f64, colour: RGBColor) -> Result<(), ReportError> {
        if !self.x.holds(value) {
            return Ok(());
        }
        let x = self.place(value);
        self.sheet.line(&[(x, self.plot.top), (x, self.plot.bottom)], colour, 2.0)
    }
}

fn draw_legend(sheet: &Sheet<'_>, frame: Frame, legend: &[(RGBColor, String)]) -> Result<(), ReportError> {
    let baseline = frame.top + LABEL_EM;
    let mut x = frame.left;
    for (colour, words) in legend {
        sheet.fill((x, baseline - 0.75 * LABEL_EM), (x + 30.0, baseline + 0.05 * LABEL_EM), *colour)?;
        sheet.text((x + 40.0, baseline), words, LABEL, Align::Left)?;
        x += 40.0 + sheet.text_width(words, LABEL)? + 34.0;
    }
    Ok(())
}
