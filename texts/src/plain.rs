//! Text that stays in its place and hides nothing: on its line, in its order, each character seen.

/// Whether `c` shows nothing, or reorders the text around it: the embeddings, overrides, isolates and
/// marks of Unicode UAX #9 (languages that are read from the right do without), spaces without width,
/// fillers, tags and invisible operators. They make two names that look alike differ, and one name
/// look like another.
const fn hides(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e00ff}'
    )
}

/// The characters of `text` that are seen. A joiner stays between two characters of a script or an
/// emoji that needs it (Persian, Hindi, families); Latin, Greek and Cyrillic do not.
pub fn visible(text: &str) -> impl Iterator<Item = char> + '_ {
    let joins = |c: char| matches!(c, '\u{200c}' | '\u{200d}');
    let is_joined = |c: char| c >= '\u{590}' && !matches!(c, '\u{2000}'..='\u{206f}');
    let mut before = None;
    let mut chars = text.chars().filter(|c| !hides(*c)).peekable();
    std::iter::from_fn(move || {
        loop {
            let c = chars.next()?;
            let stays =
                before.is_some_and(is_joined) && chars.peek().copied().is_some_and(is_joined);
            if !joins(c) || stays {
                before = Some(c);
                return Some(c);
            }
        }
    })
}

/// `text` on one line, with single spaces and nothing that is not seen.
pub fn one_line(text: &str) -> String {
    let text: String = visible(text).collect();
    let ends = |c: char| c.is_control() || matches!(c, ' ' | '\u{2028}' | '\u{2029}');
    let words = text.split(ends).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// `text` as text of an HTML page, without what is not seen. `/` stays as
/// it is, so that links are readable in the source of an e-mail.
pub fn html(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for c in visible(text) {
        match c {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '"' => written.push_str("&quot;"),
            '\'' => written.push_str("&#39;"),
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
        assert_eq!(one_line("a \u{200b} b"), "a b");
    }

    #[rstest::rstest]
    #[case::override_("Camille\u{202e}gpj.exe", "Camillegpj.exe")]
    #[case::isolates("\u{2066}Ana\u{2069}", "Ana")]
    #[case::marks("A\u{200e}n\u{200f}a\u{61c}", "Ana")]
    #[case::no_width("A\u{200b}n\u{2060}a\u{feff}", "Ana")]
    #[case::soft_hyphen("bou\u{ad}lan\u{ad}ger", "boulanger")]
    #[case::tags("Ana\u{e0041}\u{e007f}", "Ana")]
    #[case::filler("Ana\u{3164}", "Ana")]
    #[case::joiner_in_latin("A\u{200d}n\u{200c}é\u{200d}e", "Anée")]
    #[case::persian("می\u{200c}خواهم", "می\u{200c}خواهم")]
    #[case::joiner_at_the_end("می\u{200c}", "می")]
    #[case::family("👩\u{200d}👧 ❤\u{fe0f}\u{200d}🔥", "👩\u{200d}👧 ❤\u{fe0f}\u{200d}🔥")]
    #[case::kanji_of_a_name("葛\u{e0100}城", "葛\u{e0100}城")]
    fn what_is_not_seen_is_dropped_and_what_a_script_needs_stays(
        #[case] text: &str,
        #[case] seen: &str,
    ) {
        assert_eq!(visible(text).collect::<String>(), seen);
        assert_eq!(html(text), seen);
    }
}
