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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_one_line_in_its_order() {
        assert_eq!(one_line("a\r\nBcc: b\u{2028}\u{202e}c  \u{a0}d "), "a Bcc: b c \u{a0}d");
    }
}
