//! HTML of others: as text, and as blocks of text under their headings.

use std::collections::HashSet;

use domain::markup::{self, Becomes, Piece};
use scraper::node::Node;
use scraper::{ElementRef, Html, Selector};

/// A part of a page that stands by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// What it is.
    pub(crate) kind: BlockKind,
    /// Its text, on one line.
    pub(crate) text: String,
}

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BlockKind {
    Heading,
    Paragraph,
    Item,
}

/// Elements that hold no text of the page.
const SILENT: [&str; 12] = [
    "script", "style", "noscript", "template", "svg", "iframe", "object", "head", "select",
    "button", "form", "dialog",
];
/// Elements around the main text of a page.
const AROUND: [&str; 4] = ["nav", "header", "footer", "aside"];
/// A line in bold is a heading where it is no longer, in characters.
const HEADING: usize = 80;

/// Elements that a browser ends by itself, or that never have an end.
const ENDLESS: [&str; 24] = [
    "p", "li", "dd", "dt", "td", "th", "tr", "tbody", "thead", "tfoot", "option", "br", "img",
    "hr", "input", "meta", "link", "wbr", "source", "col", "area", "base", "embed", "track",
];
/// Elements of a page that a parser is given as they are.
const WITHIN: [&str; 14] = [
    "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "main", "article", "nav", "header", "footer",
    "aside",
];

/// HTML of which a parser makes a tree no larger than it may be ([`markup`]), with all that is told
/// of a page.
pub(crate) fn bounded(html: &str) -> String {
    markup::bounded(html, becomes)
}

fn becomes(name: &str) -> Becomes {
    match name {
        "p" => Becomes::Free("p"),
        "li" => Becomes::Free("li"),
        "b" | "strong" => Becomes::Style("b"),
        "br" => Becomes::Break("br"),
        "html" | "head" | "body" => Becomes::Break("hr"),
        _ if markup::is_inline(name) => Becomes::Nothing,
        _ if ENDLESS.contains(&name) => Becomes::Break("hr"),
        _ if SILENT.contains(&name) => Becomes::Within("dialog"),
        _ => Becomes::Within(WITHIN.into_iter().find(|it| *it == name).unwrap_or("div")),
    }
}

/// The text of HTML with its entities told, and a space for each tag.
fn plain(html: &str) -> String {
    let mut text = String::new();
    for piece in markup::pieces(html) {
        match piece {
            Piece::Text(part) => text.push_str(part),
            _ => text.push(' '),
        }
    }
    // It has no tags, so that the tree of it is one text.
    Html::parse_fragment(&text.replace('<', "&lt;")).root_element().text().collect()
}

/// A text on one line, with its entities told and without its tags.
pub(crate) fn line(text: &str) -> String {
    if !text.contains(['<', '&']) {
        return spaced(text);
    }
    spaced(&plain(text))
}

/// HTML that was escaped, once or twice, as it was before; text without tags in paragraphs.
pub(crate) fn unescaped(html: &str) -> String {
    let mut html = html.to_owned();
    for _ in 0..2 {
        if has_tags(&html) || !(html.contains("&lt;") || html.contains("&amp;lt;")) {
            break;
        }
        html = plain(&html);
    }
    if has_tags(&html) {
        return html;
    }
    let lines = html.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.flat_map(|line| ["<p>", line, "</p>"]).collect()
}

fn has_tags(html: &str) -> bool {
    let names = [
        "p", "br", "div", "ul", "ol", "li", "b", "strong", "span", "h1", "h2", "h3", "h4", "em",
        "i", "a", "table",
    ];
    html.split('<').skip(1).any(|after| {
        let after = after.strip_prefix('/').unwrap_or(after);
        let end = after.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(after.len());
        let closes = after[end..].starts_with(['>', ' ', '/', '\n', '\t', '\r']);
        closes && names.contains(&after[..end].to_ascii_lowercase().as_str())
    })
}

/// Blocks as text: a line for each, a dash before each item of a list, an empty line before what has a heading.
pub(crate) fn told(blocks: &[Block]) -> String {
    let mut text = String::new();
    for block in blocks {
        if block.kind == BlockKind::Heading && !text.is_empty() {
            text.push('\n');
        }
        if block.kind == BlockKind::Item {
            text.push_str("- ");
        }
        text.push_str(&block.text);
        text.push('\n');
    }
    text.trim_end().to_owned()
}

/// The blocks of a part of a page.
pub(crate) fn blocks(html: &str) -> Vec<Block> {
    let fragment = Html::parse_fragment(&bounded(html));
    Reader::default().read(fragment.root_element(), &SILENT)
}

/// The blocks of the main text of a page: of what says that it is that, else of all that is not around it.
pub(crate) fn main_blocks(page: &str) -> Vec<Block> {
    let page = Html::parse_document(&bounded(page));
    let silent: Vec<&str> = SILENT.iter().chain(&AROUND).copied().collect();
    for selector in ["main", "[role=main]", "article"] {
        let selector = Selector::parse(selector).expect("the selector is one");
        // One within another is part of it, and is not read again.
        let mut seen = HashSet::new();
        let longest = page
            .select(&selector)
            .filter(|it| {
                !it.ancestors().any(|node| seen.contains(&node.id())) && seen.insert(it.id())
            })
            .map(|element| Reader::default().read(element, &silent))
            .max_by_key(|blocks| blocks.iter().map(|block| block.text.len()).sum::<usize>());
        if let Some(blocks) = longest.filter(|blocks| !blocks.is_empty()) {
            return blocks;
        }
    }
    Reader::default().read(page.root_element(), &silent)
}

/// Whether a page says that another one follows it.
pub(crate) fn leads_on(page: &str) -> bool {
    let is_next = |rel: &str| rel.split_whitespace().any(|rel| rel.eq_ignore_ascii_case("next"));
    markup::pieces(page).any(|piece| match piece {
        Piece::Start(tag) => tag.attribute("rel").is_some_and(|rel| is_next(&rel)),
        _ => false,
    })
}

/// What stands in each `<script>` of a type.
pub(crate) fn scripts(page: &str, of_type: &str) -> Vec<String> {
    let is_of_type = |named: &str| {
        let named = named.split(';').next().unwrap_or_default();
        named.trim().eq_ignore_ascii_case(of_type)
    };
    let script = |piece| match piece {
        Piece::Plain(tag, held)
            if tag.name == "script" && tag.attribute("type").is_some_and(|it| is_of_type(&it)) =>
        {
            Some(held.to_owned())
        }
        _ => None,
    };
    markup::pieces(page).filter_map(script).collect()
}

/// A text with single spaces, and none around it.
pub(crate) fn spaced(text: &str) -> String {
    let is_space =
        |c: char| c.is_whitespace() || matches!(c, '\u{a0}' | '\u{202f}' | '\u{200b}' | '\u{feff}');
    let words = text.split(is_space).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// Reads blocks out of elements, without recursion: pages nest as deep as they like.
#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    line: String,
    bold: usize,
    kind: Option<BlockKind>,
}

enum Step<'a> {
    Enter(ego_tree::NodeRef<'a, Node>),
    Leave { is_block: bool, is_bold: bool },
}

impl Reader {
    fn read(mut self, root: ElementRef<'_>, silent: &[&str]) -> Vec<Block> {
        let mut steps = vec![Step::Enter(*root)];
        while let Some(step) = steps.pop() {
            match step {
                Step::Leave { is_block, is_bold } => {
                    if is_bold {
                        self.bold = self.bold.saturating_sub(1);
                    }
                    if is_block {
                        self.end();
                    }
                }
                Step::Enter(node) => match node.value() {
                    Node::Text(text) => self.text(text),
                    Node::Element(element) if silent.contains(&element.name()) => {}
                    Node::Element(element) => {
                        let name = element.name();
                        if name == "br" {
                            self.end();
                            continue;
                        }
                        let is_block = !markup::is_inline(name);
                        let is_bold = matches!(name, "b" | "strong");
                        if is_block {
                            self.end();
                            self.kind = match name {
                                "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Some(BlockKind::Heading),
                                "li" => Some(BlockKind::Item),
                                // A paragraph in an item is that item.
                                _ => self.kind,
                            };
                        }
                        self.bold += usize::from(is_bold);
                        steps.push(Step::Leave { is_block, is_bold });
                        steps.extend(node.children().rev().map(Step::Enter));
                    }
                    Node::Document | Node::Fragment => {
                        steps.extend(node.children().rev().map(Step::Enter));
                    }
                    _ => {}
                },
            }
        }
        self.end();
        self.blocks
    }

    fn text(&mut self, text: &str) {
        // A line all of which is bold is a heading that was made by hand.
        if self.bold == 0 && !text.trim().is_empty() {
            self.line.push('\u{1}');
        }
        self.line.push_str(text);
    }

    fn end(&mut self) {
        let line = std::mem::take(&mut self.line);
        let is_bold = !line.contains('\u{1}');
        let text = spaced(&line.replace('\u{1}', ""));
        if text.is_empty() {
            return;
        }
        let kind = self.kind.take().unwrap_or(BlockKind::Paragraph);
        let is_heading = kind == BlockKind::Paragraph && is_bold && text.chars().count() <= HEADING;
        let kind = if is_heading { BlockKind::Heading } else { kind };
        self.blocks.push(Block { kind, text });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(html: &str) -> String {
        told(&blocks(html))
    }

    #[test]
    fn text_keeps_its_lists_and_headings() {
        let html = "<div><h2>Vos&nbsp;missions</h2><ul><li><p>Coder &amp; tester</p></li><li>Livrer</li></ul>\
                    <p><strong>Profil :</strong></p><p>Bac <b>+5</b><br>ou plus</p></div><script>x()</script>";
        assert_eq!(
            text(html),
            "Vos missions\n- Coder & tester\n- Livrer\n\nProfil :\nBac +5\nou plus"
        );
    }

    #[test]
    fn what_is_around_the_main_text_is_left_out() {
        let page = "<header>Menu</header><body><nav>a</nav><main><h1>Chef</h1><p>Cuisine</p></main><footer>©</footer>";
        assert_eq!(told(&main_blocks(page)), "Chef\nCuisine");
        let within = "<article><p>a</p><article>b c</article></article><article>d</article>";
        assert_eq!(told(&main_blocks(within)), "a\nb c");
        let plain = "<body><nav>a</nav><div>Cuisine</div><footer>©</footer>";
        assert_eq!(told(&main_blocks(plain)), "Cuisine");
    }

    #[rstest::rstest]
    #[case("&lt;p&gt;Un &amp;eacute;t&amp;eacute;&lt;/p&gt;", "Un été")]
    #[case("&amp;lt;p&amp;gt;Deux&amp;lt;/p&amp;gt;", "Deux")]
    #[case("Salaire < 40 k€\nR&amp;D", "Salaire < 40 k€\nR&D")]
    #[case("<p>Déjà</p>", "Déjà")]
    fn html_that_was_escaped_is_read(#[case] html: &str, #[case] told: &str) {
        assert_eq!(text(&unescaped(html)), told);
    }

    #[rstest::rstest]
    #[case("<div>", "</div>")]
    #[case("<div/>", "")]
    #[case("<svg><div/>", "")]
    #[case("<a href=/x/>", "</a>")]
    #[case("<<x/>div>", "")]
    #[case("<p<x/>re>", "")]
    fn a_page_that_nests_a_hundred_thousand_times_is_read(#[case] tag: &str, #[case] end: &str) {
        let deep = format!("{}x{}", tag.repeat(100_000), end.repeat(100_000));
        let told = text(&deep);
        // What is in a drawing is no text of the page.
        assert!(told.ends_with('x') != tag.starts_with("<svg"), "{told}");
        let open = ["<div", "<pre", "<a "].map(|tag| bounded(&deep).matches(tag).count());
        assert!(open.into_iter().all(|open| open <= markup::DEEPEST), "{open:?}");
    }

    #[rstest::rstest]
    #[case("<svg>{}</svg>", "<path d='M0 0'/>")]
    #[case("{}", "<path/>")]
    #[case("{}", "<i class=\"icon\"/>")]
    #[case("<script>{}</script>", "for(i=0;i<n;i++)a<b;'<\\/ul>';")]
    #[case("<SCRIPT async>{}</Script>", "x='<div>';")]
    #[case("<style>{}</style>", "a::before{content:'<b>'}")]
    #[case("<title>{}</title>", "<b>")]
    #[case("<!--{}-->", "<div>")]
    #[case("<!-->{}", "<br>")]
    #[case("<a href=/x/>y</a>{}", "<p>")]
    fn what_stands_before_the_data_of_a_page_leaves_them(#[case] around: &str, #[case] tag: &str) {
        let data = r#"{"description":"<ul><li>Cuisine <\/li></ul>"}"#;
        let script = format!("<script type=\"application/ld+json\">{data}</script>");
        let before = around.replace("{}", &tag.repeat(300));
        let page = format!("<html><head></head><body>{before}{script}<p>Fin</p>");
        let found = scripts(&page, "application/ld+json");
        let [found] = found.as_slice() else { panic!("there is one: {found:?}") };
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(read(found), read(data));
        assert!(text(&page).ends_with("Fin"), "{}", text(&page));
    }

    #[rstest::rstest]
    #[case::opened_again("<p>x", 500_000)]
    #[case::opened_by_its_end("</p>x", 400_000)]
    #[case::formatting("<b>x</b>", 250_000)]
    #[case::in_tables("<b><table></b></table>x", 90_000)]
    #[case::in_objects("<b><object></b></object>x", 80_000)]
    #[case::blocks("<td>x", 400_000)]
    fn a_page_makes_no_larger_tree_than_it_may(#[case] part: &str, #[case] times: usize) {
        let open = (0..255).map(|nth| format!("<b a={nth}>")).collect::<Vec<_>>().concat();
        let page = format!("<p>{open}{}<h1>End</h1>", part.repeat(times));
        let tree = Html::parse_document(&bounded(&page)).tree;
        let nodes = tree.values().len();
        assert!(nodes <= markup::NODES + 1_000, "{nodes}");
        assert!(text(&page).ends_with("End"));
    }

    #[test]
    fn what_has_no_end_is_no_more_open_than_may_be() {
        // A parser looks through all that is open, at each of them.
        for part in ["<div></x>", "<div><table></div></table>", "<ul><object></ul></object>"] {
            let page = format!("{}x", part.repeat(50_000));
            let tree = Html::parse_document(&bounded(&page)).tree;
            let deepest = tree.nodes().next_back().map(|node| node.ancestors().count());
            assert!(deepest.is_some_and(|deepest| deepest <= markup::DEEPEST + 10), "{deepest:?}");
        }
    }

    #[test]
    fn what_looks_like_a_script_hides_nothing_from_the_bound() {
        // For a parser the text area ends before the script does.
        let hidden = format!("<textarea><script></textarea>{}x", "<div>".repeat(100_000));
        assert_eq!(text(&hidden).lines().next_back(), Some("x"));
        let hidden = format!("<svg><style>{}</style></svg>", "<div>".repeat(100_000));
        assert!(bounded(&hidden).matches("<div>").next().is_none());
    }
}
