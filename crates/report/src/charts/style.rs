//! Palette, text sizes and the font of all charts.
//!
//! Series colours are those of Okabe and Ito (2008), which stay apart for colour-blind readers. The font is embedded,
//! so a chart looks the same on every machine.

use crate::ReportError;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{
    Color, FontDesc, FontFamily, FontStyle, FontTransform, RGBColor, TextStyle, register_font,
};
use std::sync::OnceLock;

pub(crate) const BLACK: RGBColor = RGBColor(0x22, 0x22, 0x22);
pub(crate) const ORANGE: RGBColor = RGBColor(0xE6, 0x9F, 0x00);
pub(crate) const SKY: RGBColor = RGBColor(0x56, 0xB4, 0xE9);
pub(crate) const GREEN: RGBColor = RGBColor(0x00, 0x9E, 0x73);
pub(crate) const BLUE: RGBColor = RGBColor(0x00, 0x72, 0xB2);
pub(crate) const VERMILLION: RGBColor = RGBColor(0xD5, 0x5E, 0x00);
pub(crate) const PURPLE: RGBColor = RGBColor(0xCC, 0x79, 0xA7);

/// Colours of series in a list, in order.
pub(crate) const SERIES: [RGBColor; 7] = [BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY, BLACK];

pub(crate) const TEXT: RGBColor = RGBColor(0x22, 0x22, 0x22);
pub(crate) const FAINT_TEXT: RGBColor = RGBColor(0x5A, 0x5A, 0x5A);
pub(crate) const GRID: RGBColor = RGBColor(0xE2, 0xE2, 0xE2);
pub(crate) const FRAME: RGBColor = RGBColor(0x8A, 0x8A, 0x8A);

/// Em sizes in pixels of the finished image; 21.5 px are 16 pt.
pub(crate) const TITLE_EM: f64 = 33.0;
pub(crate) const LABEL_EM: f64 = 21.5;

/// Line height of DejaVu Sans, which plotters takes for the size of a font.
const LINE_PER_EM: f64 = 1.164;

const FAMILY: &str = "pegstress-sans";

/// Colour of series `i` of a list.
pub(crate) fn series_colour(i: usize) -> RGBColor {
    SERIES[i % SERIES.len()]
}

/// `colour` mixed with white; opaque, so overlapping bands do not darken.
pub(crate) fn tint(colour: RGBColor, strength: f64) -> RGBColor {
    let mix = |c: u8| (255.0 - (255.0 - f64::from(c)) * strength).round() as u8;
    RGBColor(mix(colour.0), mix(colour.1), mix(colour.2))
}

/// Makes the embedded font known to plotters.
pub(crate) fn register_fonts() -> Result<(), ReportError> {
    static DONE: OnceLock<bool> = OnceLock::new();
    let done = DONE.get_or_init(|| {
        register_font(FAMILY, FontStyle::Normal, dejavu::sans::regular()).is_ok()
            && register_font(FAMILY, FontStyle::Bold, dejavu::sans::bold()).is_ok()
    });
    if *done { Ok(()) } else { Err(ReportError::Font) }
}

/// A text style of `em` device pixels, turned by `transform`.
pub(crate) fn text_style(
    em: f64,
    bold: bool,
    colour: RGBColor,
    transform: FontTransform,
) -> TextStyle<'static> {
    let style = if bold { FontStyle::Bold } else { FontStyle::Normal };
    let font = FontDesc::new(FontFamily::Name(FAMILY), em * LINE_PER_EM, style).transform(transform);
    TextStyle { font, color: colour.to_backend_color(), pos: Pos::new(HPos::Left, VPos::Top) }
}

/// Distance from the top of plotters' text box to the baseline, for `em` device pixels.
pub(crate) fn baseline_of(em: f64) -> f64 {
    em * LINE_PER_EM / 2.0
}
