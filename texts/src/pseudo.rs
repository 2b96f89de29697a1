//! The pseudo-language, for tests: English in which every letter is another one that looks like it.
//! What is read in plain letters while it is spoken comes from no catalogue: it was typed, or it is a
//! text that a third language would miss.

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::LazyLock;

use crate::catalogue::Catalogue;

static PSEUDO: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::new("en", Some(changed)));

thread_local! {
    static SPOKEN: Cell<bool> = const { Cell::new(false) };
}

/// While it lives, the thread that made it speaks the pseudo-language, whatever it is asked for.
#[derive(Debug)]
#[must_use]
pub struct Spoken(());

/// Speaks the pseudo-language until what it returns is dropped.
pub fn speak() -> Spoken {
    SPOKEN.set(true);
    Spoken(())
}

impl Drop for Spoken {
    fn drop(&mut self) {
        SPOKEN.set(false);
    }
}

/// The catalogue of the pseudo-language, while it is spoken.
pub(crate) fn spoken() -> Option<&'static Catalogue> {
    SPOKEN.get().then(|| &*PSEUDO)
}

/// `text` in other letters. What follows a percent sign is left: a pattern of `strftime`.
fn changed(text: &str) -> Cow<'_, str> {
    let mut next_stays = false;
    let changed = text.chars().map(|c| {
        let stays = next_stays;
        next_stays = c == '%' || stays && c == '-';
        if stays { c } else { other(c) }
    });
    Cow::Owned(changed.collect())
}

fn other(c: char) -> char {
    const OTHER: [char; 26] = [
        'á', 'ƀ', 'ç', 'đ', 'é', 'ƒ', 'ğ', 'ĥ', 'í', 'ĵ', 'ķ', 'ł', 'ɱ', 'ñ', 'ø', 'þ', 'ɋ', 'ř',
        'š', 'ŧ', 'ů', 'ʋ', 'ŵ', 'ẋ', 'ý', 'ž',
    ];
    let place = |c: char| usize::try_from(u32::from(c) - u32::from('a')).unwrap_or_default();
    match c {
        'a'..='z' => OTHER[place(c)],
        'A'..='Z' => {
            let small = OTHER[place(c.to_ascii_lowercase())];
            small.to_uppercase().next().unwrap_or(small)
        }
        c => c,
    }
}

/// The words in plain letters that a reader of `page` (text or HTML) meets, but for what is in
/// `typed`: values of people, and names that no language translates. What only programs read is no
/// word: addresses, code, values of fields that are not seen.
pub fn words_left(page: &str, typed: &[&str]) -> Vec<String> {
    let mut text = if page.contains("</") { seen(page) } else { page.to_owned() };
    for (escaped, sign) in [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&nbsp;", "\u{a0}"),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ] {
        text = text.replace(escaped, sign);
    }
    let mut typed: Vec<String> =
        typed.iter().flat_map(|text| text.lines()).map(str::to_owned).collect();
    typed.extend(typed.clone().iter().map(|text| text.to_uppercase()));
    typed.sort_by_key(|text| std::cmp::Reverse(text.len()));
    for value in typed.iter().filter(|value| !value.trim().is_empty()) {
        text = text.replace(value.trim(), " ");
    }
    let is_link = |word: &str| word.contains("://") || word.contains('@');
    let words = text.split_whitespace().filter(|word| !is_link(word));
    let words = words.flat_map(|word| word.split(|c: char| !c.is_alphanumeric()));
    let plain = |word: &&str| word.chars().filter(char::is_ascii_alphabetic).count() > 1;
    words.filter(plain).map(str::to_owned).collect()
}

/// What is seen of an HTML page: its text, and the attributes that are read.
fn seen(page: &str) -> String {
    let mut seen = String::with_capacity(page.len());
    let mut rest = page;
    while let Some((text, after)) = rest.split_once('<') {
        seen.push_str(text);
        let (tag, after) = after.split_once('>').unwrap_or((after, ""));
        seen.push('\n');
        for name in ["aria-label", "alt", "title", "placeholder", "data-label"] {
            let value = tag.split_once(&format!(" {name}=\"")).and_then(|it| it.1.split_once('"'));
            if let Some((value, _)) = value {
                seen.push_str(value);
                seen.push('\n');
            }
        }
        let element = tag.split([' ', '\n']).next().unwrap_or_default();
        rest = match element {
            "style" | "script" | "code" | "pre" | "textarea" => {
                after.split_once(&format!("</{element}>")).map_or("", |(_, after)| after)
            }
            "!--" => after.split_once("-->").map_or(after, |(_, after)| after),
            _ => after,
        };
    }
    seen.push_str(rest);
    seen
}

#[cfg(test)]
mod tests {
    use domain::Language;

    use super::*;
    use crate::catalogue::Wording as _;

    #[test]
    fn the_pseudo_language_is_spoken_as_long_as_it_is_asked_for() {
        let spoken = speak();
        assert_eq!(Language::Fr.t("words-place-phone"), "Ƀý þĥøñé");
        drop(spoken);
        assert_eq!(Language::Fr.t("words-place-phone"), "Par téléphone");
    }

    #[test]
    fn a_word_that_nobody_translated_is_found_and_what_was_typed_is_not() {
        let page = "<p class=\"soft\" title=\"Hint\">Hello <b>Ana&#39;s</b> ĵøƀ at <code>x-y</code> 5 h</p>";
        assert_eq!(words_left(page, &["Ana's"]), ["Hint", "Hello", "at"]);
        assert_eq!(words_left("ŵøřđ https://a.example/b", &[]), Vec::<String>::new());
    }
}
