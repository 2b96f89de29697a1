//! Characters as keyboards, phones and the clipboard bring them: invisible ones that come along with
//! what is pasted, and typographic ones that stand where a keyboard has a plain one.

use std::borrow::Cow;

/// The formatting character that nobody sees and no script needs: directional marks, embeddings,
/// overrides and isolates, zero-width spaces and joins, soft hyphens, fillers, annotations, and those
/// that Unicode advises against.
pub(crate) const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e001f}' | '\u{e0080}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}'
    )
}

/// `text` in the characters of a keyboard, for what is written in those alone: addresses and numbers.
/// Invisible characters go; full-width characters, digits of other scripts, and typographic spaces,
/// hyphens, apostrophes and quotation marks become the plain ones.
pub(crate) fn keyboard(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned(); // it has no others
    }
    text.chars().filter(|&c| !is_invisible(c) && !attaches(c)).map(plain).collect()
}

fn plain(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{660}'..='\u{669}' => digit(c, '\u{660}'),
        '\u{6f0}'..='\u{6f9}' => digit(c, '\u{6f0}'),
        '\u{966}'..='\u{96f}' => digit(c, '\u{966}'),
        '\u{fe6b}' => '@',
        '\u{2010}'..='\u{2013}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => '-',
        '\u{2018}' | '\u{2019}' | '\u{2bc}' => '\'',
        '\u{201c}' | '\u{201d}' => '"',
        c if c.is_whitespace() && !c.is_control() && !ends_a_line(c) => ' ',
        c => c,
    }
}

fn digit(c: char, zero: char) -> char {
    char::from_digit(u32::from(c) - u32::from(zero), 10).unwrap_or(c)
}

/// Whether `c` ends a line or a paragraph without being a control character (Unicode 5.8).
pub(crate) const fn ends_a_line(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

/// Whether `c` changes the look of the character before it, and is nothing by itself: a joiner, a
/// variation selector, a tag of an emoji.
pub(crate) const fn attaches(c: char) -> bool {
    joins(c) || selects(c) || is_tag(c)
}

const fn joins(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

const fn selects(c: char) -> bool {
    matches!(c, '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

const fn is_tag(c: char) -> bool {
    matches!(c, '\u{e0020}'..='\u{e007f}')
}

/// `text` as it is seen: invisible characters go; joiners, variation selectors and tags stay where
/// a script or an emoji may need them, which is right behind a character that they change.
pub(crate) fn seen(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| is_invisible(c) || attaches(c)) {
        return text.into();
    }
    let mut seen = String::with_capacity(text.len());
    for c in text.chars().filter(|&c| !is_invisible(c)) {
        let before = seen.chars().next_back().unwrap_or(' ');
        let stays = if joins(c) {
            !before.is_ascii() && !before.is_whitespace() && !joins(before)
        } else if selects(c) {
            !selects(before)
                && !before.is_whitespace()
                && (!before.is_ascii() || before.is_ascii_digit() || matches!(before, '#' | '*'))
        } else {
            !is_tag(c) || before == '\u{1f3f4}' || is_tag(before)
        };
        if stays {
            seen.push(c);
        }
    }
    seen.into()
}

/// Whether a reader would see nothing of `text`.
pub(crate) fn is_blank(text: &str) -> bool {
    let nothing =
        |c: char| c.is_whitespace() || is_invisible(c) || attaches(c) || matches!(c, '\u{2800}');
    text.chars().all(nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[rstest::rstest]
    #[case("\u{202d}06\u{202c}", "06")]
    #[case("\u{2068}06\u{2069}", "06")]
    #[case("\u{feff}a\u{200b}b\u{ad}", "ab")]
    #[case("\u{ff21}\u{ff20}\u{ff11}", "A@1")]
    #[case("06\u{2011}12\u{2013}34\u{2009}56\u{a0}78", "06-12-34 56 78")]
    #[case("o\u{2019}neil", "o'neil")]
    #[case("\u{660}\u{661}\u{6f9}", "019")]
    fn paste_comes_down_to_a_keyboard(#[case] pasted: &str, #[case] typed: &str) {
        assert_eq!(keyboard(pasted), typed);
    }

    #[rstest::rstest]
    // Persian "mi-khaham", Malayalam with a joiner at the end, a family, a keycap, a flag by tags.
    #[case("می\u{200c}خواهم")]
    #[case("ന\u{d4d}\u{200d}")]
    #[case("👩\u{200d}👧")]
    #[case("1\u{fe0f}\u{20e3}")]
    #[case("🏴\u{e0067}\u{e0062}\u{e007f}")]
    #[case("辻\u{e0100}")]
    fn what_a_script_or_an_emoji_needs_is_kept(#[case] text: &str) {
        assert_eq!(seen(text), text);
    }

    #[test]
    fn joiners_between_latin_letters_go() {
        assert_eq!(seen("Ca\u{200d}mi\u{200c}lle\u{fe0f}\u{e0041}"), "Camille");
    }

    #[test]
    fn a_text_of_nothing_that_is_seen_is_blank() {
        assert!(is_blank("\u{200b}\u{feff}\u{3164}\u{2800} \u{a0}\u{200d}\u{fe0f}\u{202e}"));
        assert!(!is_blank("\u{200b}a"));
    }

    proptest! {
        #[test]
        fn seeing_twice_sees_the_same(text in "(\\PC|[\\x{200b}-\\x{200f}\\x{202a}-\\x{202e}\\x{fe0f}\\x{e0041}]){0,40}") {
            let once = seen(&text);
            prop_assert_eq!(seen(&once), &once[..]);
            let typed = keyboard(&text);
            prop_assert_eq!(keyboard(&typed), typed.clone());
        }
    }
}
