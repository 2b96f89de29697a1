//! What a part of a multipart body says of itself: `Content-Disposition` as RFC 7578 has it, as the
//! WHATWG has it, and as real clients write it.

use axum::http::{HeaderMap, header};
use encoding_rs::{Encoding, WINDOWS_1252};
use percent_encoding::percent_decode;

/// A file name was given, and nobody can tell which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unreadable;

/// The name of a part's field, and of its file where it is one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Disposition {
    pub(super) name: String,
    /// Absent where the part does not say that it is a file.
    pub(super) file_name: Option<Result<String, Unreadable>>,
}

impl Disposition {
    /// Reads the header of a part. RFC 7578 4.2 has senders write `filename` in UTF-8; some write it
    /// in the character set of their system, as an encoded word (RFC 2047), or as `filename*`
    /// (RFC 8187), which is preferred where it can be read, since who writes both means that one.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let header = headers.get(header::CONTENT_DISPOSITION);
        let parameters = parameters(header.map_or(&[][..], |value| value.as_bytes()));
        let find = |name: &str| {
            let found = parameters.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.as_slice())
        };
        let plain = find("filename").map(|bytes| Ok(plain(bytes)));
        let extended = find("filename*").map(extended);
        // In pieces (RFC 2231 3), which RFC 8187 takes out of HTTP.
        let pieces = parameters.iter().any(|(name, _)| name.starts_with("filename*"));
        let file_name = match (extended, plain) {
            (Some(Ok(name)), _) => Some(Ok(name)),
            (_, Some(name)) => Some(name),
            (extended, None) => extended.or(pieces.then_some(Err(Unreadable))),
        };
        Self { name: find("name").map(plain_field).unwrap_or_default(), file_name }
    }
}

/// The parameters after the disposition's type: names in lower case, values as bytes.
fn parameters(header: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut found = vec![];
    let mut rest = header.iter().position(|&b| b == b';').map_or(&[][..], |at| &header[at + 1..]);
    while !rest.is_empty() {
        let end = rest.iter().position(|&b| b == b'=' || b == b';').unwrap_or(rest.len());
        let name = String::from_utf8_lossy(rest[..end].trim_ascii()).to_ascii_lowercase();
        rest = &rest[end..];
        let mut value = vec![];
        if let [b'=', after @ ..] = rest {
            let after = after.trim_ascii_start();
            (value, rest) = if let [b'"', quoted @ ..] = after {
                unquoted(quoted)
            } else {
                let end = after.iter().position(|&b| b == b';').unwrap_or(after.len());
                (after[..end].trim_ascii().to_vec(), &after[end..])
            };
        }
        if !name.is_empty() {
            found.push((name, value));
        }
        rest = rest.iter().position(|&b| b == b';').map_or(&[][..], |at| &rest[at + 1..]);
    }
    found
}

/// The text up to the closing quotation mark, and what follows it. Only a quotation mark and a
/// backslash are escaped: old browsers send `C:\fakepath\cv.pdf` as it is.
fn unquoted(mut quoted: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut value = vec![];
    loop {
        match quoted {
            [b'\\', escaped @ (b'"' | b'\\'), rest @ ..] => {
                value.push(*escaped);
                quoted = rest;
            }
            [b'"', rest @ ..] => return (value, rest),
            [byte, rest @ ..] => {
                value.push(*byte);
                quoted = rest;
            }
            [] => return (value, quoted),
        }
    }
}

/// A name as browsers write it: quotation marks and line ends are percent-encoded, and nothing else
/// (WHATWG HTML, multipart/form-data).
fn plain_field(bytes: &[u8]) -> String {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    };
    text.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n")
}

/// The same, for a file; or an encoded word, as programs that make mail write it.
fn plain(bytes: &[u8]) -> String {
    if bytes.starts_with(b"=?") && bytes.ends_with(b"?=") {
        let header = [b"Subject: ", bytes, b"\r\n\r\n"].concat();
        let message = mail_parser::MessageParser::default().parse_headers(&header);
        if let Some(name) = message.as_ref().and_then(mail_parser::Message::subject) {
            return name.to_owned();
        }
    }
    plain_field(bytes)
}

/// `utf-8''CV%20%C3%A9t%C3%A9.pdf` (RFC 8187 3.2), in any character set that the web knows.
fn extended(bytes: &[u8]) -> Result<String, Unreadable> {
    let mut pieces = bytes.splitn(3, |&byte| byte == b'\'');
    let (Some(charset), Some(_language), Some(text)) =
        (pieces.next(), pieces.next(), pieces.next())
    else {
        return Err(Unreadable);
    };
    let is_encoded = |at: usize| {
        text.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    if text.iter().enumerate().any(|(at, &byte)| byte == b'%' && !is_encoded(at)) {
        return Err(Unreadable);
    }
    let charset = Encoding::for_label(charset).ok_or(Unreadable)?;
    let decoded: Vec<u8> = percent_decode(text).collect();
    let name = charset.decode_without_bom_handling_and_without_replacement(&decoded);
    name.map(std::borrow::Cow::into_owned).ok_or(Unreadable)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use rstest::rstest;

    use super::*;

    fn of(header: &[u8]) -> Disposition {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_bytes(header).unwrap();
        headers.insert(header::CONTENT_DISPOSITION, value);
        Disposition::of(&headers)
    }

    #[rstest]
    #[case(br#"form-data; name="a"; filename="cv.pdf""#, "cv.pdf")]
    #[case(br#"form-data; name="a"; filename=cv.pdf"#, "cv.pdf")]
    #[case(br#"form-data; filename = "cv.pdf" ; name=a"#, "cv.pdf")]
    #[case(br#"Form-Data; Name="a"; FileName="cv.pdf""#, "cv.pdf")]
    #[case("form-data; name=a; filename=\"CV été\u{a0}; suite.pdf\"".as_bytes(), "CV été\u{a0}; suite.pdf")]
    #[case(b"form-data; name=a; filename=\"CV \xe9t\xe9 \x9cuvre.pdf\"", "CV été œuvre.pdf")]
    #[case(br#"form-data; name=a; filename="a%22b%0D%0A.pdf""#, "a\"b\r\n.pdf")]
    #[case(br#"form-data; name=a; filename="a\"b\\c.pdf""#, "a\"b\\c.pdf")]
    #[case(br#"form-data; name=a; filename="C:\fakepath\cv.pdf""#, r"C:\fakepath\cv.pdf")]
    #[case(br#"form-data; name=a; filename="100%.pdf""#, "100%.pdf")]
    #[case(br#"form-data; name=a; filename="=?UTF-8?Q?CV_=C3=A9t=C3=A9.pdf?=""#, "CV été.pdf")]
    #[case(br#"form-data; name=a; filename="=?utf-8?B?Q1Ygw6l0w6kucGRm?=""#, "CV été.pdf")]
    #[case(br"form-data; name=a; filename*=utf-8''CV%20%C3%A9t%C3%A9.pdf", "CV été.pdf")]
    #[case(br"form-data; name=a; filename*=UTF-8'fr'CV%20%c3%a9t%c3%a9.pdf", "CV été.pdf")]
    #[case(br#"form-data; name=a; filename*="utf-8''CV%20%C3%A9t%C3%A9.pdf""#, "CV été.pdf")]
    #[case(br"form-data; name=a; filename*=iso-8859-1''CV%20%E9t%E9.pdf", "CV été.pdf")]
    #[case(br#"form-data; name=a; filename="CV.pdf"; filename*=utf-8''CV%C3%A9.pdf"#, "CVé.pdf")]
    #[case(br#"form-data; name=a; filename*=utf-8''%FF.pdf; filename="CV.pdf""#, "CV.pdf")]
    #[case(br#"form-data; name=a; filename="""#, "")]
    fn a_file_name_is_read_as_real_clients_write_it(#[case] header: &[u8], #[case] name: &str) {
        let read = Disposition { name: "a".to_owned(), file_name: Some(Ok(name.to_owned())) };
        assert_eq!(of(header), read, "{}", String::from_utf8_lossy(header));
    }

    #[rstest]
    #[case(b"form-data; name=a; filename*=utf-8''%FF.pdf")]
    #[case(b"form-data; name=a; filename*=utf-8''%C3%A.pdf")]
    #[case(b"form-data; name=a; filename*=klingon''cv.pdf")]
    #[case(b"form-data; name=a; filename*=cv.pdf")]
    #[case(b"form-data; name=a; filename*0=\"cv\"; filename*1=\".pdf\"")]
    fn a_file_whose_name_cannot_be_read_is_still_a_file(#[case] header: &[u8]) {
        let read = Disposition { name: "a".to_owned(), file_name: Some(Err(Unreadable)) };
        assert_eq!(of(header), read, "{}", String::from_utf8_lossy(header));
    }

    #[rstest]
    #[case(b"form-data; name=\"message\"", "message")]
    #[case(b"form-data; name=\"attachments[]\"", "attachments[]")]
    #[case(b"form-data", "")]
    #[case(b"", "")]
    #[case(b"form-data; name; =", "")]
    fn a_part_without_a_file_name_is_no_file(#[case] header: &[u8], #[case] name: &str) {
        assert_eq!(of(header), Disposition { name: name.to_owned(), file_name: None });
    }

    proptest::proptest! {
        #[test]
        fn any_header_is_read(header in "[\\x20-\\x7e\\x80-\\xff]{0,80}") {
            let _ = of(header.as_bytes());
        }
    }
}
