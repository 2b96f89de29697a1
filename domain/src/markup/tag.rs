//! A tag of HTML.

use std::borrow::Cow;

/// The beginning of an element.
#[derive(Debug)]
pub struct Tag<'a> {
    /// The name of the element, in lower case.
    pub name: String,
    /// Whether it ends with a slash, so that nothing is in it.
    pub closes_itself: bool,
    attributes: &'a str,
}

/// Where in a tag one reads.
#[derive(Clone, Copy)]
enum At {
    Between,
    Slash,
    Name,
    AfterName,
    Value,
    Unquoted,
    Quoted(u8),
}

impl<'a> Tag<'a> {
    /// The tag at the beginning of what stands behind its sign, and what follows it; `None` where
    /// it breaks off.
    pub(super) fn read(text: &'a str) -> Option<(Self, &'a str)> {
        let end = text.find(|c: char| is_space(c) || matches!(c, '/' | '>'))?;
        let (name, behind) = text.split_at(end);
        let (length, closes_itself) = length(behind)?;
        let (attributes, rest) = behind.split_at(length);
        let name = name.to_ascii_lowercase();
        Some((Self { name, closes_itself, attributes }, &rest[1..]))
    }

    /// An attribute, with its entities told; empty where it has no value.
    pub fn attribute(&self, wanted: &str) -> Option<Cow<'a, str>> {
        let mut rest = self.attributes;
        loop {
            rest = rest.trim_start_matches(|c| is_space(c) || c == '/');
            let mut signs = rest.char_indices().skip(1);
            let end = signs.find(|(_, c)| is_space(*c) || matches!(c, '/' | '='));
            let (name, behind) = rest.split_at(end.map_or(rest.len(), |(at, _)| at));
            if name.is_empty() {
                return None;
            }
            let (value, behind) = value(behind);
            if name.eq_ignore_ascii_case(wanted) {
                return Some(html_escape::decode_html_entities(value));
            }
            rest = behind;
        }
    }
}

/// How long the attributes of a tag are, and whether it closes itself; `None` where it breaks off.
fn length(attributes: &str) -> Option<(usize, bool)> {
    let mut at = At::Between;
    for (length, c) in attributes.bytes().enumerate() {
        let is_space = is_space(c.into());
        at = match (at, c) {
            (At::Quoted(quote), _) if c == quote => At::Between,
            (At::Quoted(_), _) => at,
            (_, b'>') => return Some((length, matches!(at, At::Slash))),
            (At::Value, b'"' | b'\'') => At::Quoted(c),
            (At::Value, _) if is_space => At::Value,
            (At::Unquoted, _) if is_space => At::Between,
            (At::Value | At::Unquoted, _) => At::Unquoted,
            (_, b'/') => At::Slash,
            (At::Name | At::AfterName, b'=') => At::Value,
            (At::Name | At::AfterName, _) if is_space => At::AfterName,
            _ if is_space => At::Between,
            _ => At::Name,
        };
    }
    None
}

/// The value that stands behind the name of an attribute, and what follows it.
fn value(text: &str) -> (&str, &str) {
    let Some(text) = text.trim_start_matches(is_space).strip_prefix('=') else {
        return ("", text);
    };
    let text = text.trim_start_matches(is_space);
    for quote in ['"', '\''] {
        if let Some(quoted) = text.strip_prefix(quote) {
            return quoted.split_once(quote).unwrap_or((quoted, ""));
        }
    }
    text.split_at(text.find(is_space).unwrap_or(text.len()))
}

const fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}')
}
