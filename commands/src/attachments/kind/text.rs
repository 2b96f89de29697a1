//! Plain text, in the encodings that people's programs write.

use domain::Invalid;

/// The byte order mark of UTF-8.
pub(super) const BOM: &[u8] = b"\xef\xbb\xbf";

/// Whether the bytes are plain text: UTF-8, UTF-16 with its byte order mark, or a one-byte encoding of
/// Latin letters; no control character but those of layout, and nothing that a browser might take for
/// a page.
pub(super) fn check(bytes: &[u8]) -> Result<(), Invalid> {
    let text = match utf16(bytes) {
        Some(text) => text,
        None => match std::str::from_utf8(bytes.strip_prefix(BOM).unwrap_or(bytes)) {
            Ok(text) => text.to_owned(),
            // Windows-1252, Mac OS Roman and their like have the control characters of ASCII.
            Err(_) => bytes.iter().map(|&byte| char::from(byte)).filter(|c| !is_high(*c)).collect(),
        },
    };
    let text = text.trim_end_matches('\u{1a}'); // what DOS ended a file with
    if !text.chars().all(is_printable) || is_markup(text) {
        return Err(Invalid::FileType);
    }
    if text.trim().is_empty() { Err(Invalid::FileEmpty) } else { Ok(()) }
}

/// The text of bytes that begin with a byte order mark of UTF-16 and hold UTF-16, without the mark.
pub(super) fn utf16(bytes: &[u8]) -> Option<String> {
    let (pairs, unit): (_, fn([u8; 2]) -> u16) = match bytes {
        [0xff, 0xfe, pairs @ ..] => (pairs, u16::from_le_bytes),
        [0xfe, 0xff, pairs @ ..] => (pairs, u16::from_be_bytes),
        _ => return None,
    };
    let (pairs, []) = pairs.as_chunks::<2>() else { return None };
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect::<Result<_, _>>().ok()
}

/// Whether it stands for a byte whose meaning the encoding decides.
const fn is_high(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{ff}')
}

const fn is_printable(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | ' '..='~' | '\u{80}'..)
}

/// Whether it begins as a page or a drawing does: with a tag, a declaration, a comment. A sentence that
/// begins with a sign, `< 3 ans` or `<camille@example.org>`, does not.
fn is_markup(text: &str) -> bool {
    let blank = |c: char| c.is_whitespace() || c == '\u{feff}';
    let Some(tag) = text.trim_start_matches(blank).strip_prefix('<') else { return false };
    let ends_name = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '_' | '.'));
    let (name, rest) = tag.split_at(tag.find(ends_name).unwrap_or(tag.len()));
    match name.chars().next() {
        None => tag.starts_with(['!', '?', '/', '%']),
        Some(first) => {
            first.is_ascii_alphabetic()
                && (rest.is_empty()
                    || rest.starts_with(|c: char| c.is_whitespace() || matches!(c, '>' | '/')))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16_of(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(unit).collect()
    }

    #[rstest::rstest]
    #[case("Bonjour, voilà.\r\n".as_bytes())]
    #[case(b"\xef\xbb\xbfBonjour, voil\xc3\xa0.")]
    #[case(b"Bonjour, voil\xe0.")] // Windows-1252
    #[case(b"Bonjour, voil\x88.")] // Mac OS Roman
    #[case(b"\x93Bonjour\x94 \x96 voil\xe0.")]
    #[case(b"Bonjour.\x0b\x0c\tA bient\xf4t\x1a")]
    #[case(&utf16_of("Bonjour, voilà 👋.\r\n", u16::to_le_bytes))]
    #[case(&utf16_of("Bonjour, voilà 👋.\r\n", u16::to_be_bytes))]
    #[case(b"< 3 ans d'experience")]
    #[case(b"<camille@example.org>")]
    #[case(b"<< Bonjour >>")]
    #[case(b"<3")]
    #[case(b"%PDF is a format that I know.")]
    #[case(b"I know the formats %PDF-1.7, {\\rtf1 and PK\x20.")]
    fn text_of_every_encoding_is_text(#[case] bytes: &[u8]) {
        assert_eq!(check(bytes), Ok(()));
        assert_eq!(super::super::of(bytes), Ok(domain::MediaType::Txt));
    }

    #[rstest::rstest]
    #[case(b"<html><script>alert(1)</script>")]
    #[case(b" \n<SVG onload=x>")]
    #[case(b"\xef\xbb\xbf <?xml version='1.0'?><svg/>")]
    #[case(b"<!doctype html>")]
    #[case(b"<!-- a --><b>")]
    #[case(&utf16_of("\u{feff} <script>alert(1)</script>", u16::to_le_bytes))]
    #[case(&utf16_of("a\0b", u16::to_le_bytes))]
    #[case(b"\xff\xfea\0b")] // half a character
    #[case(b"\xff\xfe\0\xd8a\0")] // half a pair
    #[case(b"text with \0 in it")]
    #[case(b"\x1b[31mred")]
    fn pages_and_bytes_are_no_text(#[case] bytes: &[u8]) {
        assert_eq!(check(bytes), Err(Invalid::FileType));
    }

    #[rstest::rstest]
    #[case(b"\xef\xbb\xbf")]
    #[case(b" \r\n\t")]
    #[case(b"\xff\xfe")]
    fn text_of_nothing_is_an_empty_file(#[case] bytes: &[u8]) {
        assert_eq!(check(bytes), Err(Invalid::FileEmpty));
    }
}
