//! The text of a DOCX (ECMA-376) or an ODT (ODF 1.3): that of the part which is the document.

use domain::MediaType;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};

use super::{NoText, add};
use crate::attachments::document_part;

/// What that part may unpack to, in bytes.
const MAX_PART: u64 = 8 * 1024 * 1024;

/// The text, a line for each paragraph.
pub(super) fn text(kind: MediaType, bytes: &[u8]) -> Result<String, NoText> {
    let xml = document_part(kind, bytes, MAX_PART + 1).ok_or(NoText::Unreadable)?;
    if xml.len() as u64 > MAX_PART {
        return Err(NoText::TooMuch);
    }
    Ok(written(kind, &xml))
}

/// What is written in XML of this kind, until it is none.
fn written(kind: MediaType, xml: &str) -> String {
    let mut reader = Reader::from_str(xml);
    let (mut text, mut within) = (String::new(), 0_u32);
    // Word has text in runs, which stand in paragraphs; OpenDocument in paragraphs themselves.
    let holds = |name: &[u8]| match kind {
        MediaType::Docx => name == b"t",
        _ => matches!(name, b"p" | b"h"),
    };
    let ends_a_line = |name: &[u8]| matches!(name, b"p" | b"h" | b"br" | b"cr" | b"line-break");
    let parts = |name: &[u8]| matches!(name, b"tab" | b"s");
    while let Ok(event) = reader.read_event() {
        let more = match event {
            Event::Start(element) => {
                within += u32::from(holds(element.local_name().as_ref()));
                true
            }
            Event::End(element) => {
                let name = element.local_name();
                within = within.saturating_sub(u32::from(holds(name.as_ref())));
                !ends_a_line(name.as_ref()) || add(&mut text, "\n")
            }
            Event::Empty(element) => match element.local_name().as_ref() {
                name if ends_a_line(name) => add(&mut text, "\n"),
                name if parts(name) => add(&mut text, " "),
                _ => true,
            },
            Event::Text(words) if within > 0 => match words.decode() {
                Ok(words) => add(&mut text, &words),
                Err(_) => true,
            },
            Event::GeneralRef(reference) if within > 0 => add(&mut text, &resolved(&reference)),
            Event::Eof => break,
            _ => true,
        };
        if !more {
            break;
        }
    }
    text
}

/// The character that a reference stands for; nothing for one that the document would have to define.
fn resolved(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return character.to_string();
    }
    let name = reference.decode().unwrap_or_default();
    quick_xml::escape::resolve_predefined_entity(&name).unwrap_or_default().to_owned()
}
