//! What an offer says at length: HTML of few elements, which is safe to show.

use std::str::FromStr;
use std::sync::LazyLock;

use ammonia::Builder;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::markup::{self, Becomes};
use crate::{Invalid, as_seen};

/// Elements that a description may have: paragraphs, lists, headings, emphasis. Links and pictures lead out of
/// the house, and are left out.
const ELEMENTS: [&str; 12] =
    ["p", "br", "ul", "ol", "li", "h2", "h3", "h4", "strong", "em", "b", "i"];

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = Builder::empty();
    cleaner.tags(ELEMENTS.into()).clean_content_tags(["script", "style", "title"].into());
    cleaner
});

/// What an element becomes before it is cleaned, so that what was written to be slow or large is
/// not.
fn becomes(name: &str) -> Becomes {
    let Some(name) = ELEMENTS.into_iter().find(|element| *element == name) else {
        // Any block ends a paragraph, as one that is left out by the cleaner.
        return if markup::is_inline(name) { Becomes::Nothing } else { Becomes::Break("hr") };
    };
    match name {
        "p" | "li" => Becomes::Free(name),
        "br" => Becomes::Break(name),
        "strong" | "em" | "b" | "i" => Becomes::Style(name),
        _ => Becomes::Within(name),
    }
}

/// HTML of 1 to [`OfferText::MAX`] bytes with paragraphs, lists, headings and emphasis, and no attribute.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OfferText(String);

impl OfferText {
    /// The longest one, in bytes.
    pub const MAX: usize = 60_000;

    /// The HTML of whoever offers, without all that a description does not need; what is too long is cut at the
    /// end of an element. `None` where nothing is left to be read.
    pub fn of_html(html: &str) -> Option<Self> {
        let html = html.replace(['\0', '\r'], "");
        let mut bound = html.len().min(4 * Self::MAX);
        loop {
            let cut = html.floor_char_boundary(bound);
            let clean = CLEANER.clean(&markup::bounded(&html[..cut], becomes)).to_string();
            let clean = as_seen(clean.trim());
            if clean.len() > Self::MAX {
                bound = bound.min(cut) * Self::MAX / clean.len().max(1) - 1;
                continue;
            }
            let text = Self(clean);
            return if text.text().is_empty() { None } else { Some(text) };
        }
    }

    /// Plain text as HTML: paragraphs where lines are empty between, lists of lines that begin with a dash.
    pub fn of_text(text: &str) -> Option<Self> {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let (mut html, mut open) = (String::new(), None);
        let close = |html: &mut String, open: &mut Option<&str>| {
            html.extend(open.take().map(|element| format!("</{element}>")));
        };
        for line in text.lines().map(str::trim) {
            let item =
                ["- ", "– ", "— ", "• ", "* ", "· "].iter().find_map(|it| line.strip_prefix(it));
            let escaped = html_escape::encode_text(item.unwrap_or(line));
            match (item, open) {
                _ if line.is_empty() => close(&mut html, &mut open),
                (Some(_), Some("ul")) => html.extend(["<li>", &*escaped, "</li>"]),
                (Some(_), _) => {
                    close(&mut html, &mut open);
                    html.extend(["<ul><li>", &*escaped, "</li>"]);
                    open = Some("ul");
                }
                (None, Some("p")) => html.extend(["<br>", &*escaped]),
                (None, _) => {
                    close(&mut html, &mut open);
                    html.extend(["<p>", &*escaped]);
                    open = Some("p");
                }
            }
        }
        close(&mut html, &mut open);
        Self::of_html(&html)
    }

    /// What a source gives, which may be HTML, the same escaped once more, or plain text.
    pub fn of_source(text: &str) -> Option<Self> {
        let has_elements = |text: &str| {
            let text = text.to_ascii_lowercase();
            ["<p", "<br", "<li", "<div", "<ul", "<h", "<strong", "<b>", "</"]
                .iter()
                .any(|it| text.contains(it))
        };
        if has_elements(text) {
            return Self::of_html(text);
        }
        let unescaped = html_escape::decode_html_entities(text);
        if has_elements(&unescaped) { Self::of_html(&unescaped) } else { Self::of_text(&unescaped) }
    }

    /// The HTML, which is safe in a page.
    pub fn as_html(&self) -> &str {
        &self.0
    }

    /// What it says without its elements: a line for each paragraph, heading and item.
    pub fn text(&self) -> String {
        let (mut text, mut rest) = (String::new(), self.0.as_str());
        while let Some((before, tagged)) = rest.split_once('<') {
            text.push_str(before);
            let (tag, after) = tagged.split_once('>').unwrap_or((tagged, ""));
            match tag.trim_matches('/') {
                "strong" | "em" | "b" | "i" => {}
                "li" if !tag.starts_with('/') => text.push_str("\n- "),
                _ => text.push('\n'),
            }
            rest = after;
        }
        text.push_str(rest);
        let lines = html_escape::decode_html_entities(&text);
        let lines = lines.lines().map(str::trim).filter(|line| !matches!(*line, "" | "-"));
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// What was stored is as it was cleaned; what comes through another door is cleaned again.
impl FromStr for OfferText {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::of_html(text).ok_or(Invalid::Missing)
    }
}

impl TryFrom<String> for OfferText {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        if text.is_empty() { Err(Invalid::Missing) } else { Ok(Self(text)) }
    }
}

impl From<OfferText> for String {
    fn from(text: OfferText) -> Self {
        text.0
    }
}

impl JsonSchema for OfferText {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "OfferText".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // Published to everyone by whoever offers.
        json_schema!({ "type": "string", "minLength": 1, "contentMediaType": "text/html", "x-personal": false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(text: Option<OfferText>) -> String {
        text.map(|text| text.as_html().to_owned()).unwrap_or_default()
    }

    #[rstest::rstest]
    #[case(
        "<p onclick=\"a()\">Du <b>pain</b></p><script>alert(1)</script>",
        "<p>Du <b>pain</b></p>"
    )]
    #[case(
        "<div style=\"x\"><h1>Le poste</h1><ul><li>Pétrir</ul></div>",
        "Le poste<ul><li>Pétrir</li></ul>"
    )]
    #[case("<a href=\"https://x.example\">ici</a><img src=x onerror=alert(1)>", "ici")]
    #[case("<svg><p>a</p></svg>", "<p>a</p>")]
    #[case("<p> \u{200b}</p>", "")]
    fn what_a_description_does_not_need_is_left_out(#[case] given: &str, #[case] kept: &str) {
        assert_eq!(html(OfferText::of_html(given)), kept);
    }

    #[test]
    fn plain_text_has_paragraphs_and_lists() {
        let text =
            OfferText::of_text("Le poste :\nau fournil\n\n- pétrir\n- cuire <bien>\nVenez & voyez");
        assert_eq!(
            html(text.clone()),
            "<p>Le poste :<br>au fournil</p><ul><li>pétrir</li><li>cuire &lt;bien&gt;</li></ul><p>Venez &amp; voyez</p>"
        );
        assert_eq!(
            text.unwrap().text(),
            "Le poste :\nau fournil\n- pétrir\n- cuire <bien>\nVenez & voyez"
        );
    }

    #[rstest::rstest]
    #[case("&lt;p&gt;Du pain&lt;/p&gt;", "<p>Du pain</p>")]
    #[case("<p>Caf&eacute; &amp; th&#233;</p>", "<p>Café &amp; thé</p>")]
    #[case("Caf&eacute; &amp; th&#xe9;", "<p>Café &amp; thé</p>")]
    #[case("3 < 4 & R&D", "<p>3 &lt; 4 &amp; R&amp;D</p>")]
    fn a_source_gives_html_escaped_html_or_text(#[case] given: &str, #[case] kept: &str) {
        assert_eq!(html(OfferText::of_source(given)), kept);
    }

    #[test]
    fn what_is_too_long_is_cut_and_is_still_whole_html() {
        let long = format!("<ul>{}</ul>", "<li>é&amp;</li>".repeat(20_000));
        let text = OfferText::of_html(&long).unwrap();
        assert!(
            text.as_html().len() <= OfferText::MAX && text.as_html().len() > OfferText::MAX / 2
        );
        assert!(text.as_html().ends_with("</li></ul>"));
    }

    #[rstest::rstest]
    #[case("<p>a<script>b</script> c</p>", "<p>a  c</p>")]
    #[case("<p>a<div>b</div><table><tr><td>c</td></tr></table>", "<p>a</p>bc")]
    #[case("<h2>a</h3><p>b <em>c</p><p>d", "<h2>a</h2><p>b <em>c</em></p><p><em>d</em></p>")]
    #[case("<b>a <strong>b <b>c</b></strong></b>", "<b>a <strong>b c</strong></b>")]
    fn what_is_written_wrong_is_repaired(#[case] given: &str, #[case] kept: &str) {
        assert_eq!(html(OfferText::of_html(given)), kept);
    }

    #[test]
    fn what_is_written_to_be_large_is_small() {
        // Each paragraph would have each of the formatting elements once more.
        let open = (0..255).map(|nth| format!("<b a={nth}>")).collect::<Vec<_>>().concat();
        let given = format!("<p>{open}{}", "<p>x".repeat(50_000));
        let written = markup::bounded(&given, becomes);
        assert_eq!(written.matches("<b").count(), 1);
        let kept = html(OfferText::of_html(&given));
        assert!(kept.contains("<p><b>x</b></p>") && !kept.contains("<b><b>"), "{kept:.99}");
        let deep = format!("{}x", "<ul></b>".repeat(50_000));
        assert_eq!(markup::bounded(&deep, becomes).matches("<ul>").count(), markup::DEEPEST);
    }

    #[test]
    fn cleaning_what_is_clean_changes_nothing() {
        let text = OfferText::of_source("<p>L’été &lt;b&gt;\n<ul><li>1<li>2</ul>").unwrap();
        assert_eq!(OfferText::of_html(text.as_html()), Some(text));
    }
}
