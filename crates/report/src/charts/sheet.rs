//! The paper under a chart: shapes and text in pixels of the finished image.
//!
//! Everything is drawn at [`SUPERSAMPLING`] times the size and averaged down, which smooths all edges alike.

use super::style::{baseline_of, text_style};
use crate::ReportError;
use plotters::backend::BitMapBackend;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Rectangle, Text};
use plotters::style::{Color, FontTransform, RGBColor, WHITE};
use std::fmt::Display;

/// Device pixels per pixel of the finished image, in each direction.
pub(crate) const SUPERSAMPLING: usize = 2;
const SCALE: f64 = SUPERSAMPLING as f64;

/// A point or a corner, pixels from the top left.
pub(crate) type Point = (f64, f64);

/// How a text is placed against its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Middle,
    Right,
}

/// Size, weight and colour of a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Font {
    pub em: f64,
    pub bold: bool,
    pub colour: RGBColor,
}

/// A white sheet to draw on.
pub(crate) struct Sheet<'a> {
    area: DrawingArea<BitMapBackend<'a>, Shift>,
}

impl<'a> Sheet<'a> {
    /// A white sheet over `pixels` (RGB, supersampled) of `width` x `height` finished pixels.
    pub(crate) fn new(pixels: &'a mut [u8], width: usize, height: usize) -> Result<Self, ReportError> {
        let size = ((width * SUPERSAMPLING) as u32, (height * SUPERSAMPLING) as u32);
        let area = BitMapBackend::with_buffer(pixels, size).into_drawing_area();
        area.fill(&WHITE).map_err(failed)?;
        Ok(Self { area })
    }

    /// A line through all points, with round corners.
    pub(crate) fn line(&self, points: &[Point], colour: RGBColor, width: f64) -> Result<(), ReportError> {
        let mut device: Vec<(i32, i32)> = points.iter().map(|p| to_device(*p)).collect();
        device.dedup();
        let stroke = ((width * SCALE).round() as u32).max(1);
        for ends in device.windows(2) {
            let style = colour.stroke_width(stroke);
            self.area.draw(&PathElement::new(ends.to_vec(), style)).map_err(failed)?;
        }
        if stroke > 2 {
            for corner in device.iter().skip(1).take(device.len().saturating_sub(2)) {
                self.area.draw(&Circle::new(*corner, stroke / 2, colour.filled())).map_err(failed)?;
            }
        }
        Ok(())
    }

    /// A line of dashes of `dash` pixels with equal gaps.
    pub(crate) fn dashes(
        &self,
        points: &[Point],
        colour: RGBColor,
        width: f64,
        dash: f64,
    ) -> Result<(), ReportError> {
        let (mut walked, mut stroke) = (0.0, Vec::new());
        for ends in points.windows(2) {
            let (from, to) = (ends[0], ends[1]);
            let length = (to.0 - from.0).hypot(to.1 - from.1);
            let mut done = 0.0;
            while done < length {
                let phase = walked % (2.0 * dash);
                let on = phase < dash;
                let run = (if on { dash - phase } else { 2.0 * dash - phase }).max(1e-6).min(length - done);
                let at =
                    |d: f64| (from.0 + (to.0 - from.0) * d / length, from.1 + (to.1 - from.1) * d / length);
                if on {
                    if stroke.is_empty() {
                        stroke.push(at(done));
                    }
                    stroke.push(at(done + run));
                } else if !stroke.is_empty() {
                    self.line(&std::mem::take(&mut stroke), colour, width)?;
                }
                done += run;
                walked += run;
            }
        }
        self.line(&stroke, colour, width)
    }

    /// A filled rectangle.
    pub(crate) fn fill(
        &self,
        top_left: Point,
        bottom_right: Point,
        colour: RGBColor,
    ) -> Result<(), ReportError> {
        let corners = [to_device(top_left), to_device(bottom_right)];
        self.area.draw(&Rectangle::new(corners, colour.filled())).map_err(failed)
    }

    /// The space between two lines over the same x, both given left to right; filled pixel column by column.
    pub(crate) fn between(
        &self,
        upper: &[Point],
        lower: &[Point],
        colour: RGBColor,
    ) -> Result<(), ReportError> {
        let (Some(first), Some(last)) = (upper.first(), upper.last()) else { return Ok(()) };
        let (from, to) = (to_device(*first).0, to_device(*last).0);
        for column in from..=to {
            let x = f64::from(column) / SCALE;
            let (top, bottom) = (height_at(upper, x), height_at(lower, x));
            let corners =
                [(column, (top * SCALE).round() as i32), (column + 1, (bottom * SCALE).round() as i32)];
            if corners[1].1 > corners[0].1 {
                self.area.draw(&Rectangle::new(corners, colour.filled())).map_err(failed)?;
            }
        }
        Ok(())
    }

    /// A disc; hollow if `hollow`.
    pub(crate) fn dot(
        &self,
        at: Point,
        radius: f64,
        colour: RGBColor,
        hollow: bool,
    ) -> Result<(), ReportError> {
        let (at, radius) = (to_device(at), (radius * SCALE).round() as u32);
        self.area.draw(&Circle::new(at, radius, colour.filled())).map_err(failed)?;
        if hollow {
            let inner = radius.saturating_sub((1.6 * SCALE) as u32);
            self.area.draw(&Circle::new(at, inner, WHITE.filled())).map_err(failed)?;
        }
        Ok(())
    }

    /// A line of text whose baseline is at `at`.
    pub(crate) fn text(&self, at: Point, text: &str, font: Font, align: Align) -> Result<(), ReportError> {
        let style = text_style(font.em * SCALE, font.bold, font.colour, FontTransform::None);
        let shift = match align {
            Align::Left => 0.0,
            Align::Middle => -self.text_width(text, font)? / 2.0,
            Align::Right => -self.text_width(text, font)?,
        };
        let corner = to_device((at.0 + shift, at.1 - baseline_of(font.em)));
        self.area.draw(&Text::new(text, corner, style)).map_err(failed)
    }

    /// Width of a line of text.
    pub(crate) fn text_width(&self, text: &str, font: Font) -> Result<f64, ReportError> {
        let style = text_style(font.em * SCALE, font.bold, font.colour, FontTransform::None);
        let (width, _) = style.font.box_size(text).map_err(failed)?;
        Ok(f64::from(width) / SCALE)
    }

    /// Breaks a text into lines of at most `width` pixels; a longer word is cut with an ellipsis. A per cent sign stays
    /// with its number.
    pub(crate) fn wrap(&self, text: &str, font: Font, width: f64) -> Result<Vec<String>, ReportError> {
        let mut lines = vec![String::new()];
        for word in text.replace(" %", "\u{a0}%").split(' ').filter(|word| !word.is_empty()) {
            let word = self.shorten(&word.replace('\u{a0}', " "), font, width)?;
            let Some(line) = lines.last_mut() else { break };
            let joined = if line.is_empty() { word.clone() } else { format!("{line} {word}") };
            if self.text_width(&joined, font)? <= width {
                *line = joined;
            } else {
                lines.push(word);
            }
        }
        Ok(lines)
    }

    /// [`Self::wrap`] with lines of about equal length, in as few lines.
    pub(crate) fn wrap_evenly(&self, text: &str, font: Font, width: f64) -> Result<Vec<String>, ReportError> {
        let mut lines = self.wrap(text, font, width)?;
        for tenth in (5..10).rev() {
            let narrower = self.wrap(text, font, width * f64::from(tenth) / 10.0)?;
            if narrower.len() > lines.len() || narrower.iter().any(|l| l.ends_with('…')) {
                break;
            }
            lines = narrower;
        }
        Ok(lines)
    }

    /// The text, cut to `width` pixels.
    pub(crate) fn shorten(&self, text: &str, font: Font, width: f64) -> Result<String, ReportError> {
        if self.text_width(text, font)? <= width {
            return Ok(text.to_owned());
        }
        let mut kept: Vec<char> = text.chars().take(400).collect();
        loop {
            kept.pop();
            let shorter: String = kept.iter().chain(std::iter::once(&'…')).collect();
            if kept.is_empty() || self.text_width(&shorter, font)? <= width {
                return Ok(shorter);
            }
        }
    }

    /// Ends drawing; the pixels are complete.
    pub(crate) fn finish(self) -> Result<(), ReportError> {
        self.area.present().map_err(failed)
    }
}

fn to_device(point: Point) -> (i32, i32) {
    ((point.0 * SCALE).round() as i32, (point.1 * SCALE).round() as i32)
}

/// Linear interpolation in a line with ascending x.
fn height_at(line: &[Point], x: f64) -> f64 {
    let after = line.partition_point(|p| p.0 < x);
    match (line.get(after.wrapping_sub(1)), line.get(after)) {
        (Some(a), Some(b)) if b.0 > a.0 => a.1 + (b.1 - a.1) * (x - a.0) / (b.0 - a.0),
        (_, Some(p)) | (Some(p), None) => p.1,
        (None, None) => f64::NAN,
    }
}

fn failed(error: impl Display) -> ReportError {
    ReportError::Draw(error.to_string())
}
