//! What a file is: by its content alone, whatever it is called.

mod compound;
mod package;
mod pdf;
mod text;

use domain::{Invalid, MediaType};

pub(crate) use package::document_part;

/// The kind of document that these bytes are, or why they are none that is taken. One of them alone
/// holds for a file, that of its first bytes; nothing that follows makes it another one.
pub(crate) fn of(bytes: &[u8]) -> Result<MediaType, Invalid> {
    if bytes.is_empty() {
        return Err(Invalid::FileEmpty);
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return package::kind(bytes);
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return compound::kind(bytes);
    }
    if is_heif(bytes) {
        return Err(Invalid::FileHeic);
    }
    if is_jpeg(bytes) {
        return Ok(MediaType::Jpeg);
    }
    if is_png(bytes) {
        return Ok(MediaType::Png);
    }
    if let Some(pdf) = pdf::find(bytes) {
        return pdf.opens().then_some(MediaType::Pdf).ok_or(Invalid::FilePassword);
    }
    let start = bytes.strip_prefix(text::BOM).unwrap_or(bytes).trim_ascii_start();
    if start.starts_with(b"{\\rtf") {
        return Ok(MediaType::Rtf);
    }
    text::check(bytes).map(|()| MediaType::Txt)
}

/// An image as phones of some makers take it (ISO/IEC 23008-12), by its brand.
fn is_heif(bytes: &[u8]) -> bool {
    let brands: [&[u8]; 9] =
        [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif"];
    bytes.get(4..8) == Some(b"ftyp") && bytes.get(8..12).is_some_and(|at| brands.contains(&at))
}

/// The beginning of an image, and a segment after it (ISO/IEC 10918-1 B.1.1).
fn is_jpeg(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xff\xd8\xff") && matches!(bytes.get(3), Some(0xc0..=0xfe))
}

/// The signature, and the header that must follow it (RFC 2083 3.1, 4.1.1).
fn is_png(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
}

/// Archives for the tests of whoever takes files.
#[cfg(test)]
pub(super) use package::tests as examples;
