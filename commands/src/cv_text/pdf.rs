//! The text of a PDF (ISO 32000-1, 9.4): its strings in the order of the page, a line for each place that begins one.

use std::collections::BTreeMap;
use std::time::Instant;

use lopdf::content::{Content, Operation};
use lopdf::{DecompressError, Document, Encoding, Error, LoadOptions, Object, ObjectId};
use memchr::memmem;

use super::{NoText, add};

/// Pages of a CV that are read.
pub(super) const MAX_PAGES: usize = 20;
/// Streams that one has at most: each may unpack to much.
pub(super) const MAX_STREAMS: usize = 1000;
/// What a stream that tells where things are may unpack to, in bytes.
const MAX_STRUCTURE: usize = 1024 * 1024;
/// What a page may unpack to, in bytes.
const MAX_PAGE: usize = 2 * 1024 * 1024;
/// A move between two strings that is a space, in thousandths of the size of the letters.
const SPACE: f32 = -180.0;
/// A move that begins a line, in units of the page.
const LINE: f32 = 0.5;
/// After so many operations the clock is looked at.
const LOOK: usize = 10_000;

/// The text of its first pages, as far as the time allows.
pub(super) fn text(bytes: &[u8], until: Instant) -> Result<String, NoText> {
    // Each has the word twice, at its beginning and in `endstream`.
    if memmem::find_iter(bytes, b"stream").nth(2 * MAX_STREAMS).is_some() {
        return Err(NoText::TooMuch);
    }
    let options = LoadOptions::with_max_decompressed_size(MAX_STRUCTURE);
    let document = Document::load_mem_with_options(bytes, options).map_err(|error| why(&error))?;
    if document.is_encrypted() {
        return Err(NoText::Unreadable);
    }
    let mut text = String::new();
    for page in document.get_pages().into_values().take(MAX_PAGES) {
        if !read_page(&document, page, until, &mut text)? {
            break;
        }
    }
    Ok(text)
}

fn why(error: &Error) -> NoText {
    match error {
        Error::Decompress(DecompressError::MemoryLimitExceeded { .. }) => NoText::TooMuch,
        _ => NoText::Unreadable,
    }
}

/// Adds the text of a page; says whether there is room and time for more.
fn read_page(
    document: &Document,
    page: ObjectId,
    until: Instant,
    text: &mut String,
) -> Result<bool, NoText> {
    let content = document.get_page_content_with_limit(page, MAX_PAGE).map_err(|it| why(&it))?;
    let fonts = document.get_page_fonts(page).unwrap_or_default();
    let mut encodings = BTreeMap::new();
    for (name, font) in fonts {
        match font.get_font_encoding_with_limit(document, MAX_STRUCTURE) {
            Ok(encoding) => drop(encodings.insert(name, encoding)),
            Err(error) if why(&error) == NoText::TooMuch => return Err(NoText::TooMuch),
            // A font that is not known leaves the others readable.
            Err(_) => {}
        }
    }
    let mut pen = Pen {
        encodings: &encodings,
        font: None,
        height: 0.0,
        written: 0.0,
        moved: false,
        broken: true,
        text: &mut *text,
    };
    for (nth, operation) in Content::decode_iter(&content).enumerate() {
        let Ok(operation) = operation else { break };
        if !pen.takes(&operation) || (nth % LOOK == 0 && Instant::now() >= until) {
            return Ok(false);
        }
    }
    Ok(add(text, "\n"))
}

/// What writes on a page.
struct Pen<'a> {
    encodings: &'a BTreeMap<Vec<u8>, Encoding<'a>>,
    font: Option<&'a Encoding<'a>>,
    /// How high the line is.
    height: f32,
    /// How high the last one was on which something was written.
    written: f32,
    /// Whether the place was set since then.
    moved: bool,
    /// Whether a line begins, wherever that is.
    broken: bool,
    text: &'a mut String,
}

impl Pen<'_> {
    /// Takes an operation; says whether there is room for more.
    fn takes(&mut self, operation: &Operation) -> bool {
        let operands = operation.operands.as_slice();
        match operation.operator.as_str() {
            "Tf" => {
                let (name, encodings) = (operands.first(), self.encodings);
                let name = name.and_then(|name| name.as_name().ok());
                self.font = name.and_then(|name| encodings.get(name));
            }
            "BT" => self.moves_to(0.0),
            "Tm" => self.moves_to(number(operands, 5)),
            "Td" | "TD" => self.moves_to(self.height + number(operands, 1)),
            // Where lines lie is told otherwise from there on.
            "T*" | "cm" => self.broken = true,
            "Tj" | "TJ" => return self.writes(operands),
            "'" | "\"" => {
                self.broken = true;
                return self.writes(operands);
            }
            _ => {}
        }
        true
    }

    const fn moves_to(&mut self, height: f32) {
        self.height = height;
        self.moved = true;
    }

    /// Writes strings, in arrays or not, and the spaces between them.
    fn writes(&mut self, operands: &[Object]) -> bool {
        operands.iter().all(|operand| match operand {
            Object::String(bytes, _) => self.write(bytes),
            Object::Array(inner) => self.writes(inner),
            Object::Integer(_) | Object::Real(_) => {
                let is_space = operand.as_float().is_ok_and(|by| by < SPACE);
                !is_space || self.parts(" ")
            }
            _ => true,
        })
    }

    fn write(&mut self, bytes: &[u8]) -> bool {
        let Some(font) = self.font else { return true };
        let Ok(words) = Document::decode_text(font, bytes) else { return true };
        let is_line = self.broken || (self.height - self.written).abs() > LINE;
        let parted = match (is_line, self.moved) {
            (true, _) => self.parts("\n"),
            (false, true) => self.parts(" "),
            (false, false) => true,
        };
        (self.written, self.moved, self.broken) = (self.height, false, false);
        parted && add(self.text, &words)
    }

    /// Parts words or lines, unless they are.
    fn parts(&mut self, sign: &str) -> bool {
        let is_parted = self.text.ends_with('\n') || (sign == " " && self.text.ends_with(' '));
        is_parted || self.text.is_empty() || add(self.text, sign)
    }
}

fn number(operands: &[Object], place: usize) -> f32 {
    operands.get(place).and_then(|operand| operand.as_float().ok()).unwrap_or_default()
}
