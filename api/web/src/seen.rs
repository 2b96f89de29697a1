//! What people typed, on pages.

use std::fmt;

use askama::filters::{Escaper, Html};

/// HTML's escaping of whatever a template shows, without what is not seen: as in letters
/// ([`texts::visible`]). `askama.toml` names it.
#[derive(Clone, Copy, Debug)]
pub struct Seen;

impl Escaper for Seen {
    fn write_escaped_str<W: fmt::Write>(&self, to: W, text: &str) -> fmt::Result {
        if text.is_ascii() {
            return Html.write_escaped_str(to, text);
        }
        let seen: String = texts::visible(text).collect();
        Html.write_escaped_str(to, &seen)
    }
}

#[cfg(test)]
mod tests {
    use askama::Template;

    #[derive(Template)]
    #[template(source = "<p title=\"{{ name }}\">{{ name }}</p>", ext = "html")]
    struct Name<'a> {
        name: &'a str,
    }

    #[test]
    fn a_page_shows_nothing_that_is_not_seen_and_no_markup_of_others() {
        let name = "Ana\u{202e}gpj\u{200b}.exe\u{feff} <b>\"é\"</b>";
        let seen = "Anagpj.exe &#60;b&#62;&#34;é&#34;&#60;/b&#62;";
        let page = Name { name }.render().unwrap();
        assert_eq!(page, format!("<p title=\"{seen}\">{seen}</p>"));
        let plain = Name { name: "a<b" }.render().unwrap();
        assert_eq!(plain, "<p title=\"a&#60;b\">a&#60;b</p>");
    }
}
