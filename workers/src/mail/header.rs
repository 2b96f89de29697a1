//! Headers whose text comes from people: encoded where a reader could take them for something else,
//! in lines of at most 76 octets (RFC 2047 2, RFC 5322 2.1.1, RFC 2231).

use email_encoding::headers::rfc2047;
use email_encoding::headers::writer::EmailWriter;
use lettre::message::header::{ContentDisposition, Header as _, HeaderName, HeaderValue};

/// The longest line, in octets.
const LINE: usize = 76;
/// A longer word is encoded: an encoded word can be broken.
const LONGEST_WORD: usize = 60;

/// Without line ends and other control characters, which could begin a header of their own.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A header of text (RFC 5322 2.2.1).
pub(super) fn text(name: &'static str, text: &str) -> HeaderValue {
    let text = one_line(text);
    let name = HeaderName::new_from_ascii_str(name);
    if is_plain(&text) {
        return HeaderValue::new(name, text);
    }
    let value = encoded_words(name.len() + 2, &text);
    HeaderValue::dangerous_new_pre_encoded(name, text, value)
}

/// A header with one mailbox (RFC 5322 3.4); `display` is the name beside its address.
pub(super) fn mailbox(name: &'static str, display: Option<&str>, address: &str) -> HeaderValue {
    let header = HeaderName::new_from_ascii_str(name);
    let raw = |value: String| {
        HeaderValue::dangerous_new_pre_encoded(header.clone(), address.to_owned(), value)
    };
    let display = display.map(one_line).filter(|display| !display.trim().is_empty());
    let Some(display) = display else { return raw(address.to_owned()) };
    let before = name.len() + 2;
    let phrase = phrase(before, &display);
    let last = match phrase.rsplit_once('\n') {
        Some((_, line)) => line.len(),
        None => before + phrase.len(),
    };
    let space = if last + " <>".len() + address.len() > LINE { "\r\n " } else { " " };
    raw(format!("{phrase}{space}<{address}>"))
}

/// A phrase (RFC 5322 3.2.5): atoms, a quoted string, or encoded words where neither will do.
fn phrase(before: usize, text: &str) -> String {
    let atom = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !text.is_empty() && text.chars().all(atom) && before + text.len() <= LINE {
        return text.to_owned();
    }
    let quoted = format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    if is_plain(text) && before + quoted.len() <= LINE {
        return quoted;
    }
    encoded_words(before, text)
}

/// The `List-Unsubscribe` header (RFC 2369) with one address, in a line of its own: it is never broken.
pub(super) fn list_unsubscribe(url: &str) -> HeaderValue {
    let url = one_line(url);
    let value = format!("\r\n <{url}>");
    HeaderValue::dangerous_new_pre_encoded(
        HeaderName::new_from_ascii_str("List-Unsubscribe"),
        url,
        value,
    )
}

/// A header with a Message-ID, without angle brackets here.
pub(super) fn message_id(name: &'static str, id: &str) -> HeaderValue {
    let value = format!("<{id}>");
    let fits = name.len() + 2 + value.len() <= LINE + 2;
    let value = if fits { value } else { format!("\r\n {value}") };
    let name = HeaderName::new_from_ascii_str(name);
    HeaderValue::dangerous_new_pre_encoded(name, id.to_owned(), value)
}

/// The Content-Disposition of a file (RFC 2183).
pub(super) fn attachment(file_name: &str) -> HeaderValue {
    let file_name = one_line(file_name);
    if !file_name.contains("=?") {
        return ContentDisposition::attachment(&file_name).display();
    }
    let value = format!("attachment;{}", extended(&file_name));
    HeaderValue::dangerous_new_pre_encoded(ContentDisposition::name(), file_name, value)
}

/// The parameter `filename` with each octet that might be read otherwise in hexadecimal digits (RFC
/// 2231 3, 4).
fn extended(file_name: &str) -> String {
    let mut chunks = vec![String::new()];
    for byte in file_name.bytes() {
        let unit = if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        };
        match chunks.last_mut() {
            Some(chunk) if chunk.len() + unit.len() <= LONGEST_WORD - 20 => chunk.push_str(&unit),
            _ => chunks.push(unit),
        }
    }
    if let [only] = chunks.as_slice() {
        return format!("\r\n filename*=utf-8''{only}");
    }
    let lines = chunks.iter().enumerate().map(|(nth, chunk)| {
        let charset = if nth == 0 { "utf-8''" } else { "" };
        format!("\r\n filename*{nth}*={charset}{chunk}")
    });
    lines.collect::<Vec<_>>().join(";")
}

/// Whether the text may stand as it is: readers take `=?` for the beginning of an encoded word, and
/// lose spaces at the ends and where a line is folded.
fn is_plain(text: &str) -> bool {
    text.is_ascii()
        && !text.contains("=?")
        && !text.contains("  ")
        && text.trim() == text
        && text.split(' ').all(|word| word.len() <= LONGEST_WORD)
}

fn encoded_words(before: usize, text: &str) -> String {
    let mut value = String::new();
    {
        let mut writer = EmailWriter::new(&mut value, before, 0, false);
        rfc2047::encode(text, &mut writer).expect("writing to a String cannot fail");
    }
    value
}
