//! The charset of a page: what its first bytes, its type or itself say, in this order (WHATWG, "determining
//! the character encoding"); without any, UTF-8 where it is that, else windows-1252.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// How much of a page is searched for the name of its charset, in bytes.
const SEARCHED: usize = 1024;

/// A page as text. What is no character of its charset is a replacement character.
pub(super) fn decode(body: &[u8], content_type: &str) -> String {
    let encoding = Encoding::for_bom(body)
        .map(|(encoding, _)| encoding)
        .or_else(|| Encoding::for_label(label(content_type.as_bytes())?))
        .or_else(|| declared(&body[..body.len().min(SEARCHED)]))
        .unwrap_or_else(|| if std::str::from_utf8(body).is_ok() { UTF_8 } else { WINDOWS_1252 });
    encoding.decode(body).0.into_owned()
}

/// What the page itself declares: `<meta charset>`, `<meta http-equiv>`, or the XML declaration. A page that
/// can be searched as ASCII is not in UTF-16, whatever it says.
fn declared(beginning: &[u8]) -> Option<&'static Encoding> {
    let named = Encoding::for_label(label(beginning).or_else(|| after(beginning, b"encoding"))?)?;
    Some(if named.is_ascii_compatible() { named } else { UTF_8 })
}

fn label(text: &[u8]) -> Option<&[u8]> {
    after(text, b"charset")
}

/// The word after `name=`, in quotes or not.
fn after<'a>(text: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let is_name = |window: &[u8]| window.eq_ignore_ascii_case(name);
    let at = text.windows(name.len()).position(is_name)? + name.len();
    let rest = text[at..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
    let is_end = |byte: &u8| !(byte.is_ascii_alphanumeric() || b"-_:.".contains(byte));
    let end = rest.iter().position(is_end).unwrap_or(rest.len());
    Some(&rest[..end]).filter(|label| !label.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case(b"D\xe9veloppeur", "text/html; charset=windows-1252", "Développeur")]
    #[case(b"D\xe9veloppeur", "text/html; charset=\"iso-8859-1\"", "Développeur")]
    #[case(b"<meta charset=windows-1252>D\xe9 5 \x80", "text/html", "Dé 5 €")]
    #[case(
        b"<meta http-equiv=\"Content-Type\" content=\"text/html; charset=ISO-8859-15\">5 \xa4",
        "",
        "5 €"
    )]
    #[case(b"<?xml version='1.0' encoding='windows-1252'?>\xe9", "application/xml", "é")]
    #[case("Développeur".as_bytes(), "text/html", "Développeur")]
    #[case(b"D\xe9veloppeur", "", "Développeur")]
    #[case(b"\xef\xbb\xbfD\xc3\xa9", "text/html; charset=windows-1252", "Dé")]
    #[case("<meta charset=utf-16>é".as_bytes(), "", "é")]
    #[case(b"<p>the charset of a page</p>\xc3\xa9", "", "é")]
    fn a_page_is_read_in_the_charset_that_it_is_in(
        #[case] body: &[u8],
        #[case] content_type: &str,
        #[case] ends: &str,
    ) {
        let text = decode(body, content_type);
        assert!(text.ends_with(ends), "{text}");
    }
}
