//! One pair of axes with its series. The legend stands above the data, never on it.

use super::axis::Axis;
use super::figure::Frame;
use super::sheet::{Align, Font, Point, Sheet};
use super::style::{FAINT_TEXT, FRAME, GRID, LABEL_EM, TEXT, tint};
use crate::ReportError;
use plotters::style::RGBColor;

/// Space left of the data for the labels of the y axis.
const GUTTER: f64 = 132.0;
const LINE: f64 = 1.45 * LABEL_EM;
const LABEL: Font = Font { em: LABEL_EM, bold: false, colour: TEXT };
const FAINT: Font = Font { em: LABEL_EM, bold: false, colour: FAINT_TEXT };
const NAME: Font = Font { em: LABEL_EM, bold: true, colour: TEXT };

/// How a series looks, in the chart and in its legend.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mark {
    Line,
    Dashes,
    Dots,
    HollowDots,
    Band,
}

/// One entry of a legend.
pub(crate) struct Entry {
    pub mark: Mark,
    pub colour: RGBColor,
    pub label: String,
}

impl Entry {
    pub(crate) fn new(mark: Mark, colour: RGBColor, label: impl Into<String>) -> Self {
        Self { mark, colour, label: label.into() }
    }
}

/// What stands around a panel.
pub(crate) struct PanelSpec<'a> {
    pub x: &'a Axis,
    pub y: &'a Axis,
    /// Quantity and unit of the y axis.
    pub y_name: &'a str,
    /// Quantity and unit of the x axis; no name where the labels speak for themselves.
    pub x_name: Option<&'a str>,
    pub legend: &'a [Entry],
}

/// Axes that are drawn and ready for series.
pub(crate) struct Panel<'s, 'a> {
    sheet: &'s Sheet<'a>,
    x: &'s Axis,
    y: &'s Axis,
    plot: Frame,
}

impl<'s, 'a> Panel<'s, 'a> {
    /// Draws name, legend, grid and labels inside `frame`.
    pub(crate) fn draw(
        sheet: &'s Sheet<'a>,
        frame: Frame,
        spec: &PanelSpec<'s>,
    ) -> Result<Self, ReportError> {
        let top = draw_legend(sheet, frame, spec)?;
        let below = if spec.x_name.is_some() { 2.9 * LABEL_EM } else { 1.9 * LABEL_EM };
        let plot =
            Frame { left: frame.left + GUTTER, top, right: frame.right - 14.0, bottom: frame.bottom - below };
        let panel = Self { sheet, x: spec.x, y: spec.y, plot };
        panel.draw_grid()?;
        if let Some(name) = spec.x_name {
            let middle = (plot.left + plot.right) / 2.0;
            sheet.text((middle, plot.bottom + 2.65 * LABEL_EM), name, FAINT, Align::Middle)?;
        }
        Ok(panel)
    }

    fn draw_grid(&self) -> Result<(), ReportError> {
        let plot = self.plot;
        for (value, label) in &self.y.ticks {
            let y = self.at((self.x.ends().0, *value)).1;
            self.sheet.line(&[(plot.left, y), (plot.right, y)], GRID, 1.0)?;
            self.sheet.text((plot.left - 12.0, y + 0.36 * LABEL_EM), label, LABEL, Align::Right)?;
        }
        let mut free_from = 0.0;
        for (value, label) in &self.x.ticks {
            let x = self.at((*value, self.y.ends().0)).0;
            self.sheet.line(&[(x, plot.top), (x, plot.bottom)], GRID, 1.0)?;
            let half = self.sheet.text_width(label, LABEL)? / 2.0;
            let middle = x.min(plot.right + 32.0 - half);
            if middle - half >= free_from {
                self.sheet.text((middle, plot.bottom + 1.35 * LABEL_EM), label, LABEL, Align::Middle)?;
                free_from = middle + half + 18.0;
            }
        }
        self.sheet.line(&[(plot.left, plot.top), (plot.left, plot.bottom)], FRAME, 1.5)?;
        self.sheet.line(&[(plot.left, plot.bottom), (plot.right, plot.bottom)], FRAME, 1.5)
    }

    /// A line; a value that is not finite interrupts it, a lonely one becomes a dot.
    pub(crate) fn line(
        &self,
        points: impl IntoIterator<Item = Point>,
        colour: RGBColor,
    ) -> Result<(), ReportError> {
        for run in self.runs(points) {
            match run.as_slice() {
                [only] => self.sheet.dot(*only, 3.0, colour, false)?,
                many => self.sheet.line(many, colour, 3.0)?,
            }
        }
        Ok(())
    }

    /// A dashed line.
    pub(crate) fn dashes(
        &self,
        points: impl IntoIterator<Item = Point>,
        colour: RGBColor,
    ) -> Result<(), ReportError> {
        self.runs(points).iter().try_for_each(|run| self.sheet.dashes(run, colour, 2.5, 10.0))
    }

    /// A dashed horizontal line through the whole panel.
    pub(crate) fn level(&self, value: f64, colour: RGBColor) -> Result<(), ReportError> {
        let (low, high) = self.x.ends();
        if self.y.holds(value) { self.dashes([(low, value), (high, value)], colour) } else { Ok(()) }
    }

    /// A vertical line through the whole panel.
    pub(crate) fn upright(&self, value: f64, mark: Mark, colour: RGBColor) -> Result<(), ReportError> {
        let (low, high) = self.y.ends();
        match mark {
            _ if !self.x.holds(value) => Ok(()),
            Mark::Dashes => self.dashes([(value, low), (value, high)], colour),
            _ => self.line([(value, low), (value, high)], colour),
        }
    }

    /// Dots; values that are not finite are left out.
    pub(crate) fn dots(
        &self,
        points: impl IntoIterator<Item = Point>,
        colour: RGBColor,
        hollow: bool,
    ) -> Result<(), ReportError> {
        for point in points.into_iter().filter(is_finite) {
            self.sheet.dot(self.at(point), if hollow { 5.5 } else { 4.0 }, colour, hollow)?;
        }
        Ok(())
    }

    /// The space between two series over the same x, `(x, lower, upper)`.
    pub(crate) fn band(
        &self,
        points: impl IntoIterator<Item = (f64, f64, f64)>,
        colour: RGBColor,
    ) -> Result<(), ReportError> {
        let (lower, upper): (Vec<Point>, Vec<Point>) =
            points.into_iter().map(|(x, low, high)| ((x, low), (x, high))).unzip();
        let both: Vec<bool> = lower.iter().zip(&upper).map(|(l, u)| is_finite(l) && is_finite(u)).collect();
        let keep = |line: Vec<Point>| -> Vec<Point> {
            line.into_iter().zip(&both).map(|(p, ok)| if *ok { p } else { (p.0, f64::NAN) }).collect()
        };
        for (low, high) in self.runs(keep(lower)).iter().zip(self.runs(keep(upper))) {
            self.sheet.between(&high, low, colour)?;
        }
        Ok(())
    }

    /// A bar from the lower end of the y axis.
    pub(crate) fn bar(&self, from: f64, to: f64, height: f64, colour: RGBColor) -> Result<(), ReportError> {
        let (a, b) = (self.at((from, height)), self.at((to, self.y.ends().0)));
        if b.0 - a.0 > 4.0 {
            self.sheet.fill((a.0 + 0.5, a.1), (b.0 - 0.5, b.1), colour)
        } else {
            self.sheet.fill(a, b, colour)
        }
    }

    /// A filled rectangle between two values of either axis.
    pub(crate) fn block(&self, x: (f64, f64), y: (f64, f64), colour: RGBColor) -> Result<(), ReportError> {
        let (a, b) = (self.at((x.0, y.0.max(y.1))), self.at((x.1, y.0.min(y.1))));
        let gap = if b.0 - a.0 > 4.0 { 0.5 } else { 0.0 };
        self.sheet.fill((a.0 + gap, a.1), (b.0 - gap, b.1), colour)
    }

    /// A line at a value of the y axis through the whole panel.
    pub(crate) fn level_line(&self, value: f64) -> Result<(), ReportError> {
        let (low, high) = self.x.ends();
        if self.y.holds(value) { self.line([(low, value), (high, value)], FRAME) } else { Ok(()) }
    }

    /// A ring around a point that the legend explains.
    pub(crate) fn mark(&self, point: Point) -> Result<(), ReportError> {
        if is_finite(&point) { self.sheet.dot(self.at(point), 8.0, TEXT, true) } else { Ok(()) }
    }

    fn at(&self, point: Point) -> Point {
        let (x, y) = (self.x.position(point.0), self.y.position(point.1));
        let plot = self.plot;
        (plot.left + x * (plot.right - plot.left), plot.bottom - y * (plot.bottom - plot.top))
    }

    fn runs(&self, points: impl IntoIterator<Item = Point>) -> Vec<Vec<Point>> {
        let mut runs = vec![Vec::new()];
        for point in points {
            match runs.last_mut() {
                Some(run) if is_finite(&point) => run.push(self.at(point)),
                _ => runs.push(Vec::new()),
            }
        }
        runs.retain(|run| !run.is_empty());
        runs
    }
}

/// Draws the name of the y axis and the legend; returns where the data may begin.
fn draw_legend(sheet: &Sheet<'_>, frame: Frame, spec: &PanelSpec<'_>) -> Result<f64, ReportError> {
    let mut baseline = frame.top + LABEL_EM;
    sheet.text((frame.left, baseline), spec.y_name, NAME, Align::Left)?;
    let start = frame.left + sheet.text_width(spec.y_name, NAME)? + 34.0;
    let mut x = start;
    for entry in spec.legend {
        let room = frame.right - frame.left - 52.0;
        let label = sheet.shorten(&entry.label, LABEL, room)?;
        let width = 44.0 + sheet.text_width(&label, LABEL)?;
        if x + width > frame.right && x > frame.left {
            baseline += LINE;
            x = frame.left;
        }
        draw_sample(sheet, (x, baseline - 0.36 * LABEL_EM), entry)?;
        sheet.text((x + 44.0, baseline), &label, LABEL, Align::Left)?;
        x += width + 30.0;
    }
    Ok(baseline + LABEL_EM)
}

fn draw_sample(sheet: &Sheet<'_>, at: Point, entry: &Entry) -> Result<(), ReportError> {
    let (left, right, middle) = (at, (at.0 + 34.0, at.1), (at.0 + 17.0, at.1));
    match entry.mark {
        Mark::Line => sheet.line(&[left, right], entry.colour, 4.0),
        Mark::Dashes => sheet.dashes(&[left, right], entry.colour, 3.0, 8.0),
        Mark::Dots => sheet.dot(middle, 6.0, entry.colour, false),
        Mark::HollowDots => sheet.dot(middle, 6.5, entry.colour, true),
        Mark::Band => sheet.fill((at.0, at.1 - 9.0), (at.0 + 34.0, at.1 + 9.0), entry.colour),
    }
}

/// Distance between shown items such that at most about 120 dots are drawn.
pub(crate) fn thinning(items: usize) -> usize {
    items.div_ceil(120).max(1)
}

/// Says which dots are shown: nothing if all are.
pub(crate) fn thinning_words(every: usize) -> String {
    if every > 1 { format!(" (1 of {every} shown)") } else { String::new() }
}

/// Tints of a fan: outer band, inner band.
pub(crate) fn fan_tints(colour: RGBColor) -> [RGBColor; 2] {
    [tint(colour, 0.22), tint(colour, 0.48)]
}

fn is_finite(point: &Point) -> bool {
    point.0.is_finite() && point.1.is_finite()
}
