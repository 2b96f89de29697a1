//! HTML written anew, so that a parser makes a small tree of it.

use std::collections::HashMap;

use super::{Piece, Tag, pieces};

/// Elements within one another; what is deeper loses its tags.
pub const DEEPEST: usize = 256;
/// Nodes that a parser may make of it; what is beyond loses its tags.
pub const NODES: usize = 300_000;
/// Nodes that a parser may make of the end of a formatting element.
const MOVED: usize = 4;

/// What an element becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Becomes {
    /// Nothing: what is in it stands where it stood.
    Nothing,
    /// An element that is never open, where it begins and where it ends.
    Break(&'static str),
    /// An element that a parser ends by itself: a paragraph, an item.
    Free(&'static str),
    /// A formatting element, which a parser opens again where something else ended it.
    Style(&'static str),
    /// Any other element.
    Within(&'static str),
}

/// HTML of which every element is what `becomes` says of its name. Scripts, styles, titles, text
/// areas, comments and attributes are left out, but for `role="main"`.
///
/// Each element that a parser holds open is known here: it ends all that were opened in one that
/// ends, a formatting element is open once, and an end without a beginning is none. So no parser
/// opens more than [`DEEPEST`] of them and the formatting elements, and none makes more than about
/// [`NODES`].
pub fn bounded(html: &str, becomes: impl Fn(&str) -> Becomes) -> String {
    let mut writer = Writer::default();
    for piece in pieces(html) {
        match piece {
            Piece::Text(text) => writer.text(text),
            Piece::Start(tag) => writer.start(&tag, becomes(&tag.name)),
            Piece::End(name) => writer.end(&name, becomes(&name)),
            Piece::Plain(..) => writer.html.push(' '),
        }
    }
    writer.html
}

#[derive(Default)]
struct Writer {
    html: String,
    /// The elements that are open, by what they were and what they became.
    open: Vec<(String, &'static str)>,
    styles: Vec<&'static str>,
    /// Those that were left out and have not ended, by what they were.
    left_out: HashMap<String, usize>,
    nodes: usize,
}

impl Writer {
    fn text(&mut self, text: &str) {
        // What follows a text without a tag between is part of it.
        self.takes(0);
        match text.strip_prefix('<') {
            Some(rest) => self.html.extend(["&lt;", rest]),
            None => self.html.push_str(text),
        }
    }

    fn start(&mut self, tag: &Tag<'_>, becomes: Becomes) {
        match becomes {
            Becomes::Nothing => {}
            Becomes::Break(name) | Becomes::Free(name) => self.write_if(0, &["<", name, ">"]),
            _ if tag.closes_itself => self.html.push(' '),
            Becomes::Style(name) => {
                if self.styles.contains(&name) || !self.takes(MOVED) {
                    return self.leave_out(&tag.name);
                }
                self.styles.push(name);
                self.html.extend(["<", name, ">"]);
            }
            Becomes::Within(name) => {
                if self.open.len() >= DEEPEST || !self.takes(0) {
                    self.html.push(' ');
                    return self.leave_out(group(&tag.name));
                }
                self.open.push((group(&tag.name).to_owned(), name));
                let is_main = tag.attribute("role").is_some_and(|role| role == "main");
                let role = if is_main { " role=\"main\"" } else { "" };
                self.html.extend(["<", name, role, ">"]);
            }
        }
    }

    fn end(&mut self, of: &str, becomes: Becomes) {
        match becomes {
            Becomes::Nothing => {}
            Becomes::Break(name) => self.write_if(0, &["<", name, ">"]),
            // One that is not open is opened by its end.
            Becomes::Free(name) => self.write_if(1, &["</", name, ">"]),
            Becomes::Style(name) => {
                if self.was_left_out(of) {
                    return;
                }
                if let Some(at) = self.styles.iter().position(|open| *open == name) {
                    self.styles.remove(at);
                    self.html.extend(["</", name, ">"]);
                }
            }
            Becomes::Within(_) => {
                let of = group(of);
                if self.was_left_out(of) {
                    return self.html.push(' ');
                }
                let at = self.open.iter().rposition(|(open, _)| open == of);
                for (_, name) in self.open.drain(at.unwrap_or(self.open.len())..).rev() {
                    self.html.extend(["</", name, ">"]);
                }
            }
        }
    }

    fn write_if(&mut self, more: usize, tag: &[&str]) {
        if self.takes(more) {
            self.html.extend(tag.iter().copied());
        } else {
            self.html.push(' ');
        }
    }

    /// Whether there may be one more node, with the formatting elements that it may open again and
    /// with so many more.
    fn takes(&mut self, more: usize) -> bool {
        if self.nodes >= NODES {
            return false;
        }
        self.nodes += 1 + self.styles.len() + more;
        true
    }

    fn leave_out(&mut self, name: &str) {
        *self.left_out.entry(name.to_owned()).or_default() += 1;
    }

    /// Whether the element of this name that ends was left out.
    fn was_left_out(&mut self, name: &str) -> bool {
        let Some(left_out) = self.left_out.get_mut(name).filter(|left_out| **left_out > 0) else {
            return false;
        };
        *left_out -= 1;
        true
    }
}

/// The name under which an element is open: the end of any heading ends the one that is open.
fn group(name: &str) -> &str {
    if matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6") { "h" } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(html: &str) -> String {
        bounded(html, |name| match name {
            "p" => Becomes::Free("p"),
            "b" | "strong" => Becomes::Style("b"),
            "br" | "td" => Becomes::Break("br"),
            "span" => Becomes::Nothing,
            "h2" => Becomes::Within("h2"),
            _ => Becomes::Within("div"),
        })
    }

    #[rstest::rstest]
    #[case("<p x=1>a <span>b</span> &lt; < c", "<p>a b &lt; &lt; c")]
    #[case("<ul><li>a</ul>b", "<div><div>a</div></div>b")]
    #[case("<b>a<strong>b</strong>c</b>d", "<b>abc</b>d")]
    #[case("</b>a</div><td>b</td>", "a<br>b<br>")]
    #[case("<h2>a</h3>b", "<h2>a</h2>b")]
    #[case("<div role=main>a<script>b</script></div>", "<div role=\"main\">a </div>")]
    fn elements_become_what_is_said_of_them(#[case] html: &str, #[case] told: &str) {
        assert_eq!(written(html), told);
    }

    /// Elements that are open at once, and tags and texts, of HTML that this wrote.
    fn size(html: &str) -> (usize, usize) {
        let (mut open, mut deepest, mut all) = (0_usize, 0, 0);
        for piece in pieces(html) {
            all += 1;
            match piece {
                Piece::Start(tag) if !matches!(tag.name.as_str(), "p" | "br") => open += 1,
                Piece::End(name) if name != "p" => open -= 1,
                _ => {}
            }
            deepest = deepest.max(open);
        }
        (deepest, all)
    }

    #[rstest::rstest]
    #[case::deep("<div>", "")]
    #[case::ends_that_end_nothing("<div></x>", "")]
    #[case::formatting("<b a={}></i>", "")]
    #[case::another_in_an_element("<div><b></div>", "")]
    #[case::headings("<h2><b></b>", "")]
    #[case::hidden("<div title='</div>'>", "")]
    #[case::tables("<div><table></div></table>", "")]
    #[case::balanced("<div>", "</div>")]
    fn no_more_is_open_than_may_be(#[case] start: &str, #[case] end: &str) {
        let starts = (0..20_000).map(|nth| start.replace("{}", &nth.to_string()));
        let html = written(&format!("{}x{}", starts.collect::<String>(), end.repeat(20_000)));
        let (deepest, _) = size(&html);
        assert!(deepest <= DEEPEST + 1 && html.contains('x'), "{deepest}");
    }

    #[rstest::rstest]
    #[case("<p>x")]
    #[case("<div>x</div>")]
    #[case("<td>x")]
    #[case("<b>x</b>")]
    #[case("</p>x")]
    fn no_page_has_more_tags_and_texts_than_may_be(#[case] part: &str) {
        let html = written(&format!("{}<p>End", part.repeat(500_000)));
        let (_, all) = size(&html);
        assert!(all <= 2 * NODES && html.ends_with("End"), "{all}");
        assert!(html.matches("<p>").count() <= NODES);
    }

    #[test]
    fn a_paragraph_counts_with_what_is_opened_again_in_it() {
        let html = written(&format!("<b>{}", "<p>x".repeat(500_000)));
        // A paragraph, a text, and each time the formatting element.
        assert!(html.matches("<p>").count() <= NODES / 4 + 1);
    }
}
