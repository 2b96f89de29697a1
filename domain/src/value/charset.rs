//! The character encoding of a text file, as far as its bytes tell.

/// The name of the encoding (RFC 2046 4.1.2, RFC 6657), or `None` where naming one would be a guess.
///
/// UTF-8 and UTF-16 show by their bytes. Of the encodings with one octet a character, those of
/// Western Europe are told by how such texts look: mostly ASCII letters, with an accented one in
/// between; what looks like another alphabet is not named.
pub(super) fn of_text(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Some("utf-16");
    }
    if let Some(utf_16) = without_mark(bytes) {
        return Some(utf_16);
    }
    if std::str::from_utf8(bytes).is_ok() {
        return Some("utf-8");
    }
    let letters = bytes.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let others = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    // The five octets that Windows-1252 does not have.
    let strange = |byte: &u8| matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d);
    if others * 3 > letters || bytes.iter().any(strange) {
        return None;
    }
    let beyond_latin_1 = bytes.iter().any(|byte| (0x80..0xa0).contains(byte));
    Some(if beyond_latin_1 { "windows-1252" } else { "iso-8859-1" })
}

/// UTF-16 without a byte order mark: every second octet of its ASCII letters is zero.
fn without_mark(bytes: &[u8]) -> Option<&'static str> {
    if bytes.is_empty() || !bytes.len().is_multiple_of(2) {
        return None;
    }
    let zeros = |from: usize| bytes.iter().skip(from).step_by(2).filter(|it| **it == 0).count();
    let (high, low, pairs) = (zeros(0), zeros(1), bytes.len() / 2);
    match (high * 2 > pairs, low * 2 > pairs) {
        (true, false) => Some("utf-16be"),
        (false, true) => Some("utf-16le"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn a_text_is_sent_with_the_encoding_that_it_has_or_none() {
        let letter = "Bonjour, voilà une lettre à l'été.\r\n";
        let latin_1: Vec<u8> =
            letter.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        let with_euro = [latin_1.as_slice(), b"\x80 20, \x92"].concat();
        let marked = [&[0xff, 0xfe], utf_16(letter, u16::to_le_bytes).as_slice()].concat();
        for (bytes, charset) in [
            (b"".as_slice(), Some("utf-8")),
            (b"plain", Some("utf-8")),
            (letter.as_bytes(), Some("utf-8")),
            ("\u{feff}Voilà".as_bytes(), Some("utf-8")),
            ("Привет, это письмо".as_bytes(), Some("utf-8")),
            (&latin_1, Some("iso-8859-1")),
            (&with_euro, Some("windows-1252")),
            (&marked, Some("utf-16")),
            (&utf_16(letter, u16::to_le_bytes), Some("utf-16le")),
            (&utf_16(letter, u16::to_be_bytes), Some("utf-16be")),
            // "Привет" in KOI8-R, Greek in ISO 8859-7, and what no text holds.
            (b"\xf0\xd2\xc9\xd7\xc5\xd4, \xdc\xd4\xcf \xd0\xc9\xd3\xd8\xcd\xcf", None),
            (b"\xca\xe1\xeb\xe7\xec\xdd\xf1\xe1", None),
            (b"some ascii letters and \x81", None),
        ] {
            assert_eq!(of_text(bytes), charset, "{bytes:?}");
        }
    }
}
