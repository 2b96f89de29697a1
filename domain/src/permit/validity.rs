//! Whether a permit holds, and what of a name is shown to whoever checks one.

use jiff::civil::Date;
use unicode_segmentation::UnicodeSegmentation as _;

/// Whether a permit is over on this day: it holds through its last day.
pub fn has_expired(last_day: Date, day: Date) -> bool {
    last_day < day
}

/// A name of which its second letter and its spaces stay, so that whoever knows it recognises it.
pub fn masked(name: &str) -> String {
    let shown = |(nth, letter): (usize, &str)| {
        let stays = nth == 1 || letter.chars().all(char::is_whitespace);
        if stays { letter.to_owned() } else { "*".to_owned() }
    };
    name.trim().graphemes(true).enumerate().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[rstest::rstest]
    #[case(" Emma Louise    ", "*m** ******")]
    #[case("Foo", "*o*")]
    #[case("A", "*")]
    #[case("", "")]
    #[case("Jean-Marc D'Or", "*e******* ****")]
    // One letter that a reader sees is one, however many characters it is made of.
    #[case("Zoe\u{308}lle", "*o****")]
    #[case("न\u{92e}स्ते", "*म*")]
    fn a_masked_name_shows_its_second_letter_and_its_spaces(
        #[case] name: &str,
        #[case] shown: &str,
    ) {
        assert_eq!(masked(name), shown);
    }

    #[test]
    fn a_permit_holds_through_its_last_day() {
        let last = date(2026, 11, 27);
        assert!(!has_expired(last, date(2026, 11, 26)));
        assert!(!has_expired(last, last));
        assert!(has_expired(last, date(2026, 11, 28)));
    }
}
