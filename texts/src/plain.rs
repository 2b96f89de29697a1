//! Text that stays in its place: on its line, and in its order.

/// Whether `c` reorders the text around it (Unicode UAX #9, 2.1 to 2.4): an embedding, an override,
/// an isolate or the end of one. Languages that are read from the right do without.
pub(crate) const fn reorders(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `text` on one line, with single spaces and without characters that reorder.
pub(crate) fn one_line(text: &str) -> String {
    let ends = |c: char| c.is_control() || matches!(c, ' ' | '\u{2028}' | '\u{2029}');
    let words = text.split(ends).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").replace(reorders, "")
}

/// `text` as text of an HTML page, without characters that reorder the text around it. `/` stays as
/// it is, so that links are readable in the source of an e-mail.
pub fn html(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '"' => written.push_str("&quot;"),
            '\'' => written.push_str("&#39;"),
            c if reorders(c) => {}
            c => written.push(c),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_typed_is_text_on_a_page() {
        let typed = "<b onclick=\"x\">'a' & \u{202e}b/c</b>";
        let written = "&lt;b onclick=&quot;x&quot;&gt;&#39;a&#39; &amp; b/c&lt;/b&gt;";
        assert_eq!(html(typed), written);
    }

    #[test]
    fn a_line_stays_one_line_in_its_order() {
        assert_eq!(one_line("a\r\nBcc: b\u{2028}\u{202e}c  \u{a0}d "), "a Bcc: b c \u{a0}d");
    }
}
