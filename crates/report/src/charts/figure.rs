//! A whole chart: heading, panels, footer, and the way to PNG bytes.

use super::sheet::{Align, Font, SUPERSAMPLING, Sheet};
use super::style::{FAINT_TEXT, LABEL_EM, TEXT, TITLE_EM, register_fonts};
use crate::ReportError;

/// Width of every chart, pixels.
pub(crate) const WIDTH: usize = 1600;
/// White space around a chart.
const MARGIN: f64 = 36.0;

/// Text around the panels.
#[derive(Debug, Clone)]
pub(crate) struct Heading {
    /// The finding, in one sentence.
    pub finding: String,
    /// Venue, which price, step length, source.
    pub details: String,
    /// Program and scenario.
    pub footer: String,
}

/// A rectangle on a sheet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Frame {
    /// Cuts the frame into rows with the given shares of its height.
    pub(crate) fn rows<const N: usize>(self, shares: [f64; N]) -> [Self; N] {
        let (total, height) = (shares.iter().sum::<f64>(), self.bottom - self.top);
        let mut top = self.top;
        shares.map(|share| {
            let bottom = top + height * share / total;
            let row = Self { top, bottom, ..self };
            top = bottom;
            row
        })
    }
}

/// Draws heading and footer, lets `body` draw the rest, and encodes the image.
pub(crate) fn draw_figure(
    heading: &Heading,
    height: usize,
    body: impl FnOnce(&Sheet<'_>, Frame) -> Result<(), ReportError>,
) -> Result<Vec<u8>, ReportError> {
    register_fonts()?;
    let mut pixels = vec![0xFF; WIDTH * height * SUPERSAMPLING * SUPERSAMPLING * 3];
    let sheet = Sheet::new(&mut pixels, WIDTH, height)?;
    let frame = draw_heading(&sheet, heading, height)?;
    body(&sheet, frame)?;
    sheet.finish()?;
    encode_png(&average_down(&pixels, WIDTH, height), WIDTH, height)
}

fn draw_heading(sheet: &Sheet<'_>, heading: &Heading, height: usize) -> Result<Frame, ReportError> {
    let (right, height) = (WIDTH as f64 - MARGIN, height as f64);
    let width = right - MARGIN;
    let title = Font { em: TITLE_EM, bold: true, colour: TEXT };
    let details = Font { em: LABEL_EM, bold: false, colour: FAINT_TEXT };
    let mut baseline = 22.0;
    for line in sheet.wrap_evenly(&heading.finding, title, width)? {
        baseline += 1.28 * TITLE_EM;
        sheet.text((MARGIN, baseline), &line, title, Align::Left)?;
    }
    baseline += 8.0;
    for line in sheet.wrap(&heading.details, details, width)? {
        baseline += 1.4 * LABEL_EM;
        sheet.text((MARGIN, baseline), &line, details, Align::Left)?;
    }
    let footer = sheet.shorten(&heading.footer, details, width)?;
    sheet.text((right, height - 20.0), &footer, details, Align::Right)?;
    Ok(Frame { left: MARGIN, top: baseline + 18.0, right, bottom: height - 52.0 })
}

/// Mean of each block of supersampled pixels, in integers.
fn average_down(pixels: &[u8], width: usize, height: usize) -> Vec<u8> {
    let stride = width * SUPERSAMPLING * 3;
    let count = (SUPERSAMPLING * SUPERSAMPLING) as u32;
    let mut out = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            for channel in 0..3 {
                let mut sum = count / 2;
                for row in 0..SUPERSAMPLING {
                    for column in 0..SUPERSAMPLING {
                        let at =
                            (y * SUPERSAMPLING + row) * stride + (x * SUPERSAMPLING + column) * 3 + channel;
                        sum += u32::from(pixels[at]);
                    }
                }
                out.push((sum / count) as u8);
            }
        }
    }
    out
}

fn encode_png(pixels: &[u8], width: usize, height: usize) -> Result<Vec<u8>, ReportError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width as u32, height as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Best);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(bytes)
}
