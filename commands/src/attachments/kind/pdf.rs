//! PDF (ISO 32000): where one begins, and whether it opens without a password.

mod password;
mod syntax;

use memchr::memmem;
use syntax::{Object, Tokens};

/// A reader looks for the header this far into a file (ISO 32000-1 Annex H, implementation note 13).
const LEAD: usize = 1024;

/// An object of interest is no longer than this, in bytes.
const LONGEST: usize = 8 * 1024;
/// Places that are looked at for one thing: a file that names it more often is made to keep us busy.
const PLACES: usize = 64;

/// A file that begins as a PDF does.
pub(super) struct Pdf<'a> {
    bytes: &'a [u8],
}

/// The PDF in these bytes: its header is their beginning, or stands at the beginning of a line after
/// some text that mail programs or printers left there. Then the end must be that of a PDF as well,
/// and the text no markup, since a page or a letter may mention `%PDF-1.7`.
pub(super) fn find(bytes: &[u8]) -> Option<Pdf<'_>> {
    let window = &bytes[..bytes.len().min(LEAD + HEADER.len() + 1)];
    let place = memmem::find_iter(window, HEADER)
        .find(|place| window.get(place + HEADER.len()).is_some_and(u8::is_ascii_digit))?;
    let (lead, pdf) = bytes.split_at(place);
    let lead = lead.strip_prefix(super::text::BOM).unwrap_or(lead);
    let begins_a_line = lead.last().is_none_or(|byte| matches!(byte, b'\n' | b'\r'));
    let is_text =
        lead.iter().all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | 0x1b | b' '..=b'~'));
    let has = |mark: &[u8]| memmem::rfind(pdf, mark).is_some();
    let ends = place == 0 || (has(b"startxref") && has(b"%%EOF"));
    (begins_a_line && is_text && !lead.contains(&b'<') && ends).then_some(Pdf { bytes: pdf })
}

const HEADER: &[u8] = b"%PDF-";

impl Pdf<'_> {
    /// Whether everybody can open it: it is not encrypted, or its owner's password alone is set, for
    /// which nobody is asked who only reads (ISO 32000-2, 7.6.4.1).
    pub(super) fn opens(&self) -> bool {
        let Some(dictionary) = self.encryption() else { return true };
        password::Lock::new(&dictionary, &self.id())
            .is_some_and(|lock| lock.opens_without_password())
    }

    /// The latest encryption dictionary. It is never within a stream that is packed (7.5.7).
    fn encryption(&self) -> Option<Vec<(Vec<u8>, Object)>> {
        const NAME: &[u8] = b"/Encrypt";
        memmem::rfind_iter(self.bytes, NAME)
            .take(PLACES)
            .find_map(|place| self.dictionary_at(place + NAME.len()))
    }

    /// The dictionary that stands or is referred to at this place, if it looks like that of a lock.
    fn dictionary_at(&self, place: usize) -> Option<Vec<(Vec<u8>, Object)>> {
        let mut tokens = self.tokens(place);
        let dictionary = match tokens.object()? {
            Object::Dictionary(direct) => direct,
            Object::Number(number) => match tokens.object()? {
                Object::Number(generation) => self.referred(number, generation)?,
                _ => return None,
            },
            _ => return None,
        };
        let is_lock = ["Filter", "V"].iter().all(|key| syntax::get(&dictionary, key).is_some());
        is_lock.then_some(dictionary)
    }

    /// The latest object with this number, if it is a dictionary.
    fn referred(&self, number: i64, generation: i64) -> Option<Vec<(Vec<u8>, Object)>> {
        let start = format!("{number} {generation} obj");
        let begins = |at: &usize| {
            at.checked_sub(1).is_none_or(|before| !self.bytes[before].is_ascii_digit())
        };
        let at = memmem::rfind_iter(self.bytes, start.as_bytes()).take(PLACES).find(begins)?;
        match self.tokens(at + start.len()).object()? {
            Object::Dictionary(dictionary) => Some(dictionary),
            _ => None,
        }
    }

    /// The first of the two identifiers, which stays the same; empty where there is none.
    fn id(&self) -> Vec<u8> {
        const NAME: &[u8] = b"/ID";
        let text_of = |place: usize| match self.tokens(place + NAME.len()).object()? {
            Object::Array(items) => match items.into_iter().next()? {
                Object::Text(id) => Some(id),
                _ => None,
            },
            _ => None,
        };
        memmem::rfind_iter(self.bytes, NAME).take(PLACES).find_map(text_of).unwrap_or_default()
    }

    fn tokens(&self, place: usize) -> Tokens<'_> {
        let rest = &self.bytes[place..];
        Tokens::new(&rest[..rest.len().min(LONGEST)])
    }
}

#[cfg(test)]
mod tests;
