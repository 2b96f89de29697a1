//! A file of rows: its encoding, its separator, its bounds; and how it travels in a form.

use std::io::{Read as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

/// The largest file, in bytes.
pub(crate) const MAX_BYTES: usize = 2 * 1024 * 1024;
/// The most rows beneath the head.
pub(crate) const MAX_ROWS: usize = 10_000;
const MAX_COLUMNS: usize = 100;

/// A file as rows of texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sheet {
    /// The names of the columns.
    pub(crate) head: Vec<String>,
    /// The others, with their lines in the file; blank ones are left out.
    pub(crate) rows: Vec<(u64, Vec<String>)>,
}

/// Why a file cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    Empty,
    TooLarge,
    /// A workbook, a picture: anything but text.
    NoText,
    TooManyRows,
    TooManyColumns,
    /// There is a head, and nothing beneath it.
    NoRows,
    Malformed,
}

/// The text of a file: by its byte order mark, else UTF-8 where it is that, else windows-1252. Its
/// lines end alike, so that each row has a line of its own.
pub(crate) fn text(bytes: &[u8]) -> Result<String, Unreadable> {
    if bytes.len() > MAX_BYTES {
        return Err(Unreadable::TooLarge);
    }
    let encoding = Encoding::for_bom(bytes).map_or_else(
        || if std::str::from_utf8(bytes).is_ok() { UTF_8 } else { WINDOWS_1252 },
        |(encoding, _)| encoding,
    );
    let text = encoding.decode(bytes).0.replace("\r\n", "\n").replace('\r', "\n");
    // A workbook is a ZIP archive, which begins with control characters after its "PK".
    let is_text = |c: char| !c.is_control() || matches!(c, '\t' | '\n');
    if text.trim().is_empty() {
        return Err(Unreadable::Empty);
    }
    if text.chars().all(is_text) { Ok(text) } else { Err(Unreadable::NoText) }
}

/// The separator: the one that stands most often in the first line, outside quotation marks.
fn separator(text: &str) -> u8 {
    let (mut quoted, mut counts) = (false, [(b',', 0), (b';', 0), (b'\t', 0), (b'|', 0)]);
    for byte in text.trim_start().bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            _ => counts.iter_mut().filter(|(of, _)| *of == byte).for_each(|(_, count)| *count += 1),
        }
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(of, _)| of)
}

/// A cell as it was before a spreadsheet was kept from taking it for a formula.
fn cell(text: &str) -> String {
    let text = text.trim();
    let bare = text
        .strip_prefix('\'')
        .filter(|rest| rest.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']));
    bare.unwrap_or(text).to_owned()
}

/// The line of a row: empty ones before it count, which the reader passes over on its way to it.
fn line(text: &str, begins: &csv::Position) -> u64 {
    let from = usize::try_from(begins.byte()).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    begins.line() + rest.iter().take_while(|byte| **byte == b'\n').count() as u64
}

impl Sheet {
    pub(crate) fn read(text: &str) -> Result<Self, Unreadable> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator(text))
            .from_reader(text.as_bytes());
        let (mut head, mut rows) = (None, vec![]);
        for record in reader.records() {
            let record = record.map_err(|_| Unreadable::Malformed)?;
            if record.len() > MAX_COLUMNS {
                return Err(Unreadable::TooManyColumns);
            }
            let cells: Vec<String> = record.iter().map(cell).collect();
            if cells.iter().all(String::is_empty) {
                continue;
            }
            let line = record.position().map_or(0, |begins| line(text, begins));
            if head.is_none() {
                head = Some(cells);
            } else if rows.len() == MAX_ROWS {
                return Err(Unreadable::TooManyRows);
            } else {
                rows.push((line, cells));
            }
        }
        let head = head.ok_or(Unreadable::Empty)?;
        if rows.is_empty() { Err(Unreadable::NoRows) } else { Ok(Self { head, rows }) }
    }
}

/// A text as a form carries it.
pub(crate) fn packed(text: &str) -> String {
    let mut packer = DeflateEncoder::new(vec![], Compression::default());
    // Writing to a Vec cannot fail.
    let _ = packer.write_all(text.as_bytes());
    URL_SAFE_NO_PAD.encode(packer.finish().unwrap_or_default())
}

/// The text of a form, within the same bounds as a file.
pub(crate) fn unpacked(packed: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(packed).ok()?;
    // Text of other encodings is longer in UTF-8.
    let most = 3 * MAX_BYTES as u64;
    let mut text = String::new();
    let read = DeflateDecoder::new(bytes.as_slice()).take(most + 1).read_to_string(&mut text);
    read.ok().filter(|length| *length as u64 <= most).map(|_| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("Entreprise;Poste\r\nCafé;\"Chef; cuisine\"\r\n;;\r\n".as_bytes())]
    #[case(b"Entreprise;Poste\nCaf\xe9;\"Chef; cuisine\"\n")]
    #[case("\u{feff}Entreprise,Poste\nCafé,Chef; cuisine".as_bytes())]
    #[case("Entreprise\tPoste\nCafé\tChef; cuisine".as_bytes())]
    fn a_file_is_read_in_its_encoding_with_its_separator(#[case] bytes: &[u8]) {
        let sheet = Sheet::read(&text(bytes).unwrap()).unwrap();
        assert_eq!(sheet.head, ["Entreprise", "Poste"]);
        assert_eq!(sheet.rows.len(), 1);
        assert_eq!(sheet.rows[0].1, ["Café", "Chef; cuisine"]);
    }

    #[rstest::rstest]
    #[case("\n")]
    #[case("\r\n")]
    #[case("\r")]
    fn a_row_is_on_its_line_however_lines_end(#[case] end: &str) {
        let rows = ["a;b", "1;x", "", "2;\"x", "y\"", ";", "3;z", ""].join(end);
        let read = text(rows.as_bytes()).unwrap();
        assert_eq!(read, text(rows.replace(end, "\n").as_bytes()).unwrap(), "the same file");
        let sheet = Sheet::read(&read).unwrap();
        let found: Vec<_> = sheet.rows.iter().map(|(line, cells)| (*line, &*cells[0])).collect();
        assert_eq!(found, [(2, "1"), (4, "2"), (7, "3")]);
        assert_eq!(sheet.rows[1].1[1], "x\ny");
    }

    #[test]
    fn a_column_may_begin_like_a_workbook() {
        assert_eq!(text(b"PK;Poste\n1;Dev\n").as_deref(), Ok("PK;Poste\n1;Dev\n"));
    }

    #[rstest::rstest]
    #[case(b" \r\n", Unreadable::Empty)]
    #[case(b"PK\x03\x04\x14", Unreadable::NoText)]
    #[case(b"\x89PNG\r\n\x1a\n\0\0", Unreadable::NoText)]
    fn what_is_no_text_is_refused(#[case] bytes: &[u8], #[case] wrong: Unreadable) {
        assert_eq!(text(bytes), Err(wrong));
    }

    #[test]
    fn bounds_are_kept() {
        assert_eq!(text(&vec![b'a'; MAX_BYTES + 1]), Err(Unreadable::TooLarge));
        assert_eq!(Sheet::read("a;b\n"), Err(Unreadable::NoRows));
        let rows = |count: usize| format!("a;b\n{}", "x;y\n".repeat(count));
        assert_eq!(Sheet::read(&rows(MAX_ROWS)).unwrap().rows.len(), MAX_ROWS);
        assert_eq!(Sheet::read(&rows(MAX_ROWS + 1)), Err(Unreadable::TooManyRows));
        assert_eq!(Sheet::read(&";".repeat(200)), Err(Unreadable::TooManyColumns));
    }

    #[test]
    fn a_form_carries_it_and_no_more_than_a_file_may_hold() {
        let text = "Café;\r\n\"a\nb\"\r\n".repeat(50);
        assert_eq!(unpacked(&packed(&text)).as_deref(), Some(text.as_str()));
        assert_eq!(unpacked(&packed(&"a".repeat(3 * MAX_BYTES + 1))), None, "a bomb");
        assert_eq!(unpacked("%"), None);
    }

    #[test]
    fn what_a_spreadsheet_was_kept_from_running_is_what_it_was() {
        assert_eq!(cell("'=A1"), "=A1");
        assert_eq!(cell("'t Koffiehuis"), "'t Koffiehuis");
    }
}
