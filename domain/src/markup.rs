//! HTML of others: piece by piece, and written anew so that the tree that a parser makes of it
//! stays small.
//!
//! A parser repairs what is written wrong: it opens each formatting element again in each
//! paragraph, and looks through all open elements at each tag. A page that is made for it takes
//! gigabytes, or hours. So no such parser is given what others wrote: it is given [`bounded()`] of
//! it, which has no attribute, no comment, no table, nothing that is left open without being
//! counted, and no more than [`NODES`].

mod bounded;
mod tag;

pub use bounded::{Becomes, DEEPEST, NODES, bounded};
pub use tag::Tag;

/// Elements that hold text alone: what looks like a tag in them is none.
const PLAIN: [&str; 4] = ["script", "style", "title", "textarea"];

/// Elements that stand within a line.
const INLINE: [&str; 26] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "em", "font", "i", "ins",
    "kbd", "mark", "q", "s", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var",
];

/// Whether an element stands within a line.
pub fn is_inline(name: &str) -> bool {
    INLINE.contains(&name)
}

/// A piece of HTML.
#[derive(Debug)]
pub enum Piece<'a> {
    /// Text, with its entities as they stand.
    Text(&'a str),
    /// The beginning of an element.
    Start(Tag<'a>),
    /// The end of the element of this name.
    End(String),
    /// An element that holds text alone (script, style, title, text area), and what it holds.
    Plain(Tag<'a>, &'a str),
}

/// The pieces of HTML, in one pass. Comments, declarations, and what breaks off within a tag are
/// none.
pub fn pieces(html: &str) -> Pieces<'_> {
    Pieces { rest: html }
}

/// See [`pieces`].
#[derive(Debug)]
pub struct Pieces<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        while !self.rest.is_empty() {
            match self.rest.strip_prefix('<').filter(|inside| is_markup(inside)) {
                Some(inside) => {
                    if let Some(piece) = self.markup(inside) {
                        return Some(piece);
                    }
                }
                None => return Some(self.text()),
            }
        }
        None
    }
}

impl<'a> Pieces<'a> {
    /// What stands before the next sign that may begin a tag; the first one begins none.
    fn text(&mut self) -> Piece<'a> {
        let from = usize::from(self.rest.starts_with('<'));
        let end = self.rest[from..].find('<').map_or(self.rest.len(), |end| from + end);
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        Piece::Text(text)
    }

    /// The piece that begins with the sign before `inside`, where it is one.
    fn markup(&mut self, inside: &'a str) -> Option<Piece<'a>> {
        if let Some(comment) = inside.strip_prefix("!--") {
            self.rest = &comment[end_of_comment(comment)..];
            return None;
        }
        let end = inside.strip_prefix('/');
        let named = end.unwrap_or(inside);
        if !named.starts_with(|c: char| c.is_ascii_alphabetic()) {
            // A declaration, or what nobody knows.
            self.rest = inside.split_once('>').map_or("", |(_, rest)| rest);
            return None;
        }
        let Some((tag, rest)) = Tag::read(named) else {
            self.rest = "";
            return None;
        };
        self.rest = rest;
        if end.is_some() {
            return Some(Piece::End(tag.name));
        }
        if tag.closes_itself || !PLAIN.contains(&tag.name.as_str()) {
            return Some(Piece::Start(tag));
        }
        let (held, end) = rest.split_at(end_of_plain(rest, &tag.name));
        self.rest = end.split_once('>').map_or("", |(_, rest)| rest);
        Some(Piece::Plain(tag, held))
    }
}

/// Whether what stands behind a `<` makes it the beginning of a tag, a comment or a declaration.
fn is_markup(inside: &str) -> bool {
    inside.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '!' | '?'))
        || (inside.starts_with('/') && inside.len() > 1)
}

/// Where a comment ends.
fn end_of_comment(text: &str) -> usize {
    let is_end = |at: &usize| {
        let before = &text[..*at];
        matches!(before, "" | "-") || before.ends_with("--") || before.ends_with("--!")
    };
    let end = text.match_indices('>').map(|(at, _)| at).find(is_end);
    end.map_or(text.len(), |at| at + 1)
}

/// Where the text of an element ends.
fn end_of_plain(text: &str, name: &str) -> usize {
    let is_end = |at: &usize| {
        let named = text.get(at + 2..at + 2 + name.len());
        named.is_some_and(|named| named.eq_ignore_ascii_case(name))
    };
    text.match_indices("</").map(|(at, _)| at).find(is_end).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(html: &str) -> String {
        let told = |piece| match piece {
            Piece::Text(text) => format!("{text:?}"),
            Piece::Start(tag) => {
                format!("+{}{}", tag.name, if tag.closes_itself { "/" } else { "" })
            }
            Piece::End(name) => format!("-{name}"),
            Piece::Plain(tag, held) => format!("={} {held:?}", tag.name),
        };
        pieces(html).map(told).collect::<Vec<_>>().join(" ")
    }

    #[rstest::rstest]
    #[case("a<P class='x>y'>b</p >c", r#""a" +p "b" -p "c""#)]
    #[case("3 < 4 <5", r#""3 " "< 4 " "<5""#)]
    #[case("<!doctype html><?xml?></><!-- <b> -->x<!-->y<!--->z", r#""x" "y" "z""#)]
    #[case("<br/><a href=/x/>y", r#"+br/ +a "y""#)]
    #[case("<a href='/x'/>y", r#"+a/ "y""#)]
    #[case("<a x = \"</a>\" y>z", r#"+a "z""#)]
    #[case("<script>a<b;'<\\/p>'</Script>x", r#"=script "a<b;'<\\/p>'" "x""#)]
    #[case("<title>x", r#"=title "x""#)]
    #[case("x<p title=\"y", r#""x""#)]
    #[case("x<", r#""x" "<""#)]
    fn html_is_told_piece_by_piece(#[case] html: &str, #[case] pieces: &str) {
        assert_eq!(told(html), pieces);
    }

    #[test]
    fn an_attribute_is_found_by_its_name() {
        let tag = "script async TYPE = 'application/ld&#x2B;json' data-x=\"type=y\" id=a/b>";
        let (tag, rest) = Tag::read(tag).unwrap();
        assert_eq!((tag.name.as_str(), rest), ("script", ""));
        let value = |name| tag.attribute(name).map(std::borrow::Cow::into_owned);
        assert_eq!(value("type").as_deref(), Some("application/ld+json"));
        assert_eq!(value("id").as_deref(), Some("a/b"));
        assert_eq!(value("async").as_deref(), Some(""));
        assert_eq!(value("x"), None);
    }
}
