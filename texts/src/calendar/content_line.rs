//! Content lines (RFC 5545 3.1): escaping, quoting, folding. Nothing that a person typed can end a
//! line, a value or a parameter.

use std::fmt::Write as _;

use domain::EmailAddress;

use crate::plain::visible;

/// The longest line, in octets, without its CRLF.
const LIMIT: usize = 75;

/// Parameters: names of ours, values of anybody.
type Parameters<'a> = [(&'static str, &'a str)];

/// The lines of a calendar file.
#[derive(Default)]
pub(super) struct Lines(String);

impl Lines {
    /// A value of our own making.
    pub(super) fn raw(&mut self, name: &str, value: &str) {
        self.with(name, &[], value);
    }

    /// A value of our own making, with parameters.
    pub(super) fn with(&mut self, name: &str, parameters: &Parameters<'_>, value: &str) {
        let mut line = name.to_owned();
        for (name, value) in parameters {
            let _ = write!(line, ";{name}={}", quoted(value)); // writing to a String cannot fail
        }
        line.push(':');
        line.extend(visible(value).filter(|c| !c.is_control()));
        self.fold(&line);
    }

    /// Text (RFC 5545 3.3.11).
    pub(super) fn text(&mut self, name: &str, parameters: &Parameters<'_>, value: &str) {
        let mut escaped = String::with_capacity(value.len() + 16);
        for c in value.chars() {
            match c {
                '\\' | ';' | ',' => escaped.extend(['\\', c]),
                '\n' => escaped.push_str("\\n"),
                '\t' => escaped.push(' '),
                c => escaped.push(c),
            }
        }
        self.with(name, parameters, &escaped);
    }

    /// A calendar user address (RFC 5545 3.3.3): a `mailto:` URI (RFC 6068).
    pub(super) fn mailbox(
        &mut self,
        name: &str,
        parameters: &Parameters<'_>,
        address: &EmailAddress,
    ) {
        let uri = format!("mailto:{}", address_in_uri(address));
        self.with(name, parameters, &uri);
    }

    pub(super) fn into_string(self) -> String {
        self.0
    }

    fn fold(&mut self, line: &str) {
        let mut length = 0;
        for c in line.chars() {
            if length + c.len_utf8() > LIMIT {
                self.0.push_str("\r\n ");
                length = 1;
            }
            self.0.push(c);
            length += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

/// An address as it stands in a `mailto:` URI.
pub(crate) fn address_in_uri(address: &EmailAddress) -> String {
    let mut escaped = String::with_capacity(address.as_str().len());
    for byte in address.as_str().bytes() {
        if byte.is_ascii_alphanumeric() || b"@.-_~+!$'*=".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}"); // writing to a String cannot fail
        }
    }
    escaped
}

/// A parameter's value, in quotes where it needs them. There is no escape for a double quote that
/// every calendar knows, so it becomes a single one.
fn quoted(value: &str) -> String {
    let value: String = visible(value)
        .filter(|c| !c.is_control())
        .map(|c| if c == '"' { '\'' } else { c })
        .collect();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_/+".contains(c);
    if value.chars().all(plain) { value } else { format!("\"{value}\"") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Lines)) -> String {
        let mut lines = Lines::default();
        write(&mut lines);
        lines.into_string()
    }

    #[test]
    fn text_is_escaped_so_that_it_cannot_begin_a_property() {
        let line =
            written(|lines| lines.text("SUMMARY", &[], "a;b,c\\d\nATTENDEE:x\r\nEND:VEVENT"));
        assert_eq!(line, "SUMMARY:a\\;b\\,c\\\\d\\nATTENDEE:x\\nEND:VEVENT\r\n");
    }

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        let name = [("CN", "Eve\";ROLE=CHAIR:\r\nX:y")];
        let line = written(|lines| lines.with("ATTENDEE", &name, "mailto:eve@example.org"));
        assert_eq!(line, "ATTENDEE;CN=\"Eve';ROLE=CHAIR:X:y\":mailto:eve@example.org\r\n");
    }

    #[test]
    fn an_address_with_odd_characters_stays_one_address() {
        let odd = EmailAddress::try_from("\"a,b;c\"@example.org".to_owned()).unwrap();
        let line = written(|lines| lines.mailbox("ORGANIZER", &[], &odd));
        assert_eq!(line, "ORGANIZER:mailto:%22a%2Cb%3Bc%22@example.org\r\n");
    }

    #[test]
    fn lines_fold_at_75_octets_between_characters_and_unfold_to_the_same() {
        let text = "é🥖 ".repeat(60);
        let folded = written(|lines| lines.text("DESCRIPTION", &[], &text));
        let lines: Vec<_> = folded.strip_suffix("\r\n").unwrap().split("\r\n").collect();
        assert!(lines.len() > 4);
        assert!(lines.iter().all(|line| line.len() <= LIMIT));
        assert!(lines.iter().skip(1).all(|line| line.starts_with(' ')));
        assert_eq!(folded.replace("\r\n ", ""), format!("DESCRIPTION:{text}\r\n"));
    }
}
