//! QR codes, drawn here as SVG.

use qrcode::QrCode;
use qrcode::render::svg;
use qrcode::types::QrError;

/// The QR code of a text, as an `svg` element.
pub fn svg(text: &str) -> Result<String, QrError> {
    let picture = QrCode::new(text)?.render::<svg::Color<'_>>().min_dimensions(220, 220).build();
    let element = picture.trim_start_matches("<?xml version=\"1.0\" standalone=\"yes\"?>");
    Ok(element.to_owned())
}
