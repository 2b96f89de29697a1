//! The JSON of a body (RFC 8259): an object whose names are unique (RFC 7493), in UTF-8. What is
//! wrong with it is told by where it is and what to do, never by quoting it: it may be personal.

use std::cell::Cell;
use std::fmt;

use domain::application::SubmissionDraft;
use serde::Deserializer as _;
use serde::de::{MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Value};

use web::problem::{Kind, Problem, WrongField};

/// Fields of an application that are not text.
pub(super) const OTHERS: [&str; 2] = ["send_confirmation", "language"];

/// Reads `bytes` as an object. `charset` is what the Content-Type calls them.
pub(super) fn object(bytes: &[u8], charset: Option<&str>) -> Result<Map<String, Value>, Problem> {
    let text = text(bytes, charset)?;
    if !text.trim_start_matches([' ', '\t', '\r', '\n']).starts_with('{') {
        let whole: Result<Value, _> = serde_json::from_str(text);
        return Err(malformed(match whole {
            Ok(_) => "The JSON is not an object of fields: begin with {.".to_owned(),
            Err(_) if text.trim().is_empty() => "The body is empty: send a JSON object.".to_owned(),
            Err(error) => unreadable(&error, None),
        }));
    }
    let reading = Cell::new(None);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let fields = deserializer.deserialize_map(Fields { reading: &reading });
    let fields = fields.and_then(|fields| deserializer.end().map(|()| fields));
    let (fields, repeated) =
        fields.map_err(|error| malformed(unreadable(&error, reading.get())))?;
    if repeated.is_empty() {
        return Ok(fields);
    }
    let wrong = repeated.into_iter().map(|name| {
        WrongField::new(name, "repeated", "This field stands more than once: keep one of them.")
    });
    Err(Problem::wrong_fields(wrong.collect()))
}

fn malformed(detail: impl Into<String>) -> Problem {
    Problem::new(Kind::MalformedRequest, detail)
}

/// The bytes as text. A byte order mark before UTF-8 is ignored (RFC 8259 8.1 lets parsers do so);
/// another encoding is refused.
fn text<'a>(bytes: &'a [u8], charset: Option<&str>) -> Result<&'a str, Problem> {
    let wide = bytes.starts_with(&[0xfe, 0xff])
        || bytes.starts_with(&[0xff, 0xfe])
        || bytes.iter().take(4).any(|byte| *byte == 0);
    if wide {
        let detail = "The JSON is in UTF-16 or UTF-32. Write it as UTF-8 (RFC 8259, section 8.1).";
        return Err(malformed(detail));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to() + 1;
        let other = charset.is_some_and(|name| !is_utf8(name));
        let called = if other {
            " Its Content-Type names another charset, which JSON does not know."
        } else {
            " It may be in ISO-8859-1 or Windows-1252."
        };
        let detail = format!("The JSON is not UTF-8 at byte {at}.{called} Write it as UTF-8.");
        let kind = if other { Kind::UnsupportedMediaType } else { Kind::MalformedRequest };
        Problem::new(kind, detail)
    })
}

fn is_utf8(charset: &str) -> bool {
    ["utf-8", "utf8", "us-ascii"].iter().any(|name| charset.eq_ignore_ascii_case(name))
}

/// What serde says, without its words for what it found.
fn unreadable(error: &serde_json::Error, field: Option<&str>) -> String {
    let said = error.to_string();
    let why = if error.classify() == Category::Eof {
        "it ends too early. It was cut, or a quotation mark or a bracket is not closed"
    } else if said.starts_with("trailing characters") {
        "the object has ended there, and something follows it"
    } else if said.starts_with("recursion limit") {
        "it is nested too deep, beyond 127 levels"
    } else if said.starts_with("number out of range") {
        "this number is too large. Write it as text, in quotation marks"
    } else if said.starts_with("invalid number") {
        "this is not a number: none begins with 0. Write it as text, in quotation marks"
    } else if said.starts_with("control character") {
        "a control character stands in a text. Write a line break as \\n"
    } else if said.contains("surrogate") || said.contains("hex escape") {
        "a \\u escape is half of a pair. Write both halves, or the character itself"
    } else if said.starts_with("invalid escape") {
        "there is no such escape. Write a backslash as \\\\"
    } else if said.starts_with("trailing comma") {
        "a comma is followed by nothing"
    } else {
        "a comma, a colon, a quotation mark or a value is missing or misplaced"
    };
    let place = format!("line {}, column {}", error.line(), error.column());
    let field = field.map(|name| format!(", in `{name}`")).unwrap_or_default();
    format!("The JSON cannot be read beyond {place}{field}: {why}.")
}

/// An object's members, and the known names that stand there more than once.
struct Fields<'a> {
    /// The field whose value is being read, where it is one that is known.
    reading: &'a Cell<Option<&'static str>>,
}

impl<'de> Visitor<'de> for Fields<'_> {
    type Value = (Map<String, Value>, Vec<&'static str>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let (mut fields, mut repeated) = (Map::new(), vec![]);
        while let Some(name) = members.next_key::<String>()? {
            let known = SubmissionDraft::FIELDS.into_iter().chain(OTHERS);
            let known = known.into_iter().find(|known| *known == name);
            self.reading.set(known);
            let value = members.next_value()?;
            self.reading.set(None);
            if fields.insert(name, value).is_some() {
                repeated.extend(known.filter(|name| !repeated.contains(name)));
            }
        }
        Ok((fields, repeated))
    }
}
