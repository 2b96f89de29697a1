//! Phrases by key and language.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use domain::Language;

type Phrases = BTreeMap<String, String>;

static FRENCH: LazyLock<Phrases> = LazyLock::new(|| read(include_str!("translations/fr.json")));
static ENGLISH: LazyLock<Phrases> = LazyLock::new(|| read(include_str!("translations/en.json")));

fn read(json: &str) -> Phrases {
    serde_json::from_str(json).expect("the files are compiled in, and every test reads them")
}

fn phrases(language: Language) -> &'static Phrases {
    match language {
        Language::Fr => &FRENCH,
        Language::En => &ENGLISH,
    }
}

/// The phrase called `key`, its `{placeholders}` as they are, or `None` if there is none.
pub(crate) fn find(language: Language, key: &str) -> Option<&'static str> {
    phrases(language).get(key).map(String::as_str)
}

/// The phrase called `key`. A key without a phrase stands for itself; a test refuses such a key.
pub(crate) fn phrase(language: Language, key: &'static str) -> &'static str {
    find(language, key).unwrap_or(key)
}

/// `phrase` with each `{name}` replaced by its value, in one pass: braces in a value stay text.
/// `{de name}` is the value after a French "de", which becomes "d’" before a vowel.
pub(crate) fn fill(phrase: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(phrase.len() + 32);
    let mut rest = phrase;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let named = after.split_once('}').and_then(|(name, after)| {
            let (article, name) = match name.strip_prefix("de ") {
                Some(name) => (true, name),
                None => (false, name),
            };
            let (_, value) = values.iter().find(|(known, _)| *known == name)?;
            Some((article, value, after))
        });
        if let Some((article, value, after)) = named {
            if article {
                filled.push_str(if begins_with_vowel(value) { "d’" } else { "de " });
            }
            filled.push_str(value);
            rest = after;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}

/// Whether French elides before `name`. An h may be silent or not, a y too: both count as not.
fn begins_with_vowel(name: &str) -> bool {
    let first = name.chars().next().and_then(|first| first.to_lowercase().next());
    first.is_some_and(|first| "aàâäæeéèêëiîïoôöœuùûü".contains(first))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    fn placeholders(phrase: &str) -> BTreeSet<&str> {
        let parts = phrase.split('{').skip(1).filter_map(|part| part.split_once('}'));
        parts.map(|(name, _)| name.strip_prefix("de ").unwrap_or(name)).collect()
    }

    /// The sources and templates of this crate, without the translations.
    fn sources(folder: &Path, found: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let extension = path.extension().and_then(|extension| extension.to_str());
            if path.is_dir() {
                sources(&path, found);
            } else if matches!(extension, Some("rs" | "txt" | "mjml")) {
                found.push_str(&std::fs::read_to_string(&path).unwrap());
            }
        }
    }

    #[test]
    fn both_languages_have_the_same_phrases_with_the_same_placeholders() {
        let keys = |phrases: &Phrases| phrases.keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&FRENCH), keys(&ENGLISH));
        for (key, french) in &*FRENCH {
            assert_eq!(placeholders(french), placeholders(&ENGLISH[key]), "{key}");
            assert!(!french.trim().is_empty() && !ENGLISH[key].trim().is_empty(), "{key}");
        }
    }

    #[test]
    fn every_phrase_is_used_and_every_phrase_that_is_used_exists() {
        let mut text = String::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut text);
        let unused: Vec<_> =
            FRENCH.keys().filter(|key| !text.contains(&format!("\"{key}\""))).collect();
        assert!(unused.is_empty(), "unused: {unused:?}");

        let groups: BTreeSet<_> =
            FRENCH.keys().filter_map(|key| key.split_once('.')).map(|(group, _)| group).collect();
        let quoted = text.split('"');
        let missing: Vec<_> = quoted
            .filter(|quoted| {
                let key = quoted.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c == '.');
                let group = quoted.split_once('.').map(|(group, _)| group);
                key && group.is_some_and(|group| groups.contains(group))
            })
            .filter(|key| !FRENCH.contains_key(*key))
            .collect();
        assert!(missing.is_empty(), "missing: {missing:?}");
    }

    #[test]
    fn no_phrase_shouts_and_french_uses_its_own_punctuation() {
        for (key, phrase) in FRENCH.iter().chain(&*ENGLISH) {
            assert!(!phrase.contains(['!', '\'']), "{key}: {phrase}");
        }
        for (key, phrase) in &*FRENCH {
            let mut before = None;
            let mut chars = phrase.chars().peekable();
            while let Some(c) = chars.next() {
                let next = chars.peek().copied();
                let ends = next.is_none_or(|next| " \u{a0}),.".contains(next));
                let sign = ("?:;".contains(c) && ends) || c == '»';
                let spaced =
                    (!sign || before == Some('\u{a0}')) && (c != '«' || next == Some('\u{a0}'));
                assert!(spaced, "{key} needs a no-break space at {c:?}: {phrase}");
                before = Some(c);
            }
        }
    }

    #[test]
    fn a_value_is_not_filled_again() {
        let filled = fill("{a} and {b}, {c}", &[("a", "{b}"), ("b", "2")]);
        assert_eq!(filled, "{b} and 2, {c}");
    }

    #[test]
    fn a_french_name_is_elided_before_a_vowel() {
        let of = |name| fill("Candidature {de name}", &[("name", name)]);
        assert_eq!(of("Élodie Roux"), "Candidature d’Élodie Roux");
        assert_eq!(of("Camille Martin"), "Candidature de Camille Martin");
    }
}
