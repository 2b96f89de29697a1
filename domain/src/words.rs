//! Words as they are compared: folded, stemmed, and written so that every search engine reads them alike.
//!
//! A text is folded (Unicode NFKD, without marks, in lower case) and parted into words; a word is brought to
//! its masculine form and stemmed, in French and then in English, since offers mix the two. What is stored and
//! what is asked for go through the same functions, so that an engine compares equal terms and nothing else.

use std::cell::OnceCell;
use std::fmt::Write as _;

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization as _;

/// Letters of a word that count.
const LONGEST: usize = 40;

/// A text as it is compared: Unicode NFKD, without marks, in lower case; ligatures are two letters.
pub fn fold(text: &str) -> String {
    let is_mark = |c: &char| unicode_normalization::char::is_combining_mark(*c);
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_mark(c)).flat_map(char::to_lowercase) {
        match c {
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' => folded.push('d'),
            // Lower case of a letter may bring a mark along (İ).
            c if is_mark(&c) => {}
            c => folded.push(c),
        }
    }
    folded
}

/// The words of a text, folded: letters and digits, with the signs that make another word of it (C++, C#).
pub fn tokens(text: &str) -> Vec<String> {
    let (mut words, mut word) = (vec![], String::new());
    for c in fold(text).chars() {
        match c {
            c if c.is_alphanumeric() => word.push(c),
            '+' if !word.is_empty() => word.push_str("plus"),
            '#' if !word.is_empty() => word.push_str("sharp"),
            _ if word.is_empty() => {}
            _ => words.push(std::mem::take(&mut word)),
        }
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    for word in &mut words {
        if let Some((end, _)) = word.char_indices().nth(LONGEST) {
            word.truncate(end);
        }
    }
    words
}

/// The stem of a folded word: what its forms in French and in English have in common.
pub fn stem(word: &str) -> String {
    thread_local! {
        static STEMMERS: OnceCell<[Stemmer; 2]> = const { OnceCell::new() };
    }
    // Numbers, and the names of tools that have one in them, have no forms.
    if word.bytes().any(|byte| byte.is_ascii_digit()) {
        return word.to_owned();
    }
    let masculine = masculine(word);
    STEMMERS.with(|stemmers| {
        let [french, english] =
            stemmers.get_or_init(|| [Algorithm::French, Algorithm::English].map(Stemmer::create));
        english.stem(&french.stem(&masculine)).into_owned()
    })
}

/// The stems of a text's words, each as a [`term`], in the order of the text.
pub fn terms(text: &str) -> Vec<String> {
    tokens(text).iter().map(|word| term(&stem(word))).collect()
}

/// A folded word in letters, digits and underscores of ASCII alone: any engine takes that for one word, whichever
/// version of Unicode it knows.
pub fn term(word: &str) -> String {
    let mut term = String::with_capacity(word.len());
    for c in word.chars() {
        // No word has an underscore; names of programs do.
        if c.is_ascii_alphanumeric() || c == '_' {
            term.push(c);
        } else {
            let _ = write!(term, "_{:x}_", u32::from(c));
        }
    }
    term
}

/// A folded word in its masculine form: an offer is for both, and people look for their own. Stemmers know
/// these endings by the accents that are folded away.
fn masculine(word: &str) -> String {
    const ENDINGS: [(&str, &str); 7] = [
        ("trice", "teur"),
        ("euse", "eur"),
        ("iere", "ier"),
        ("ienne", "ien"),
        ("onne", "on"),
        ("ee", "e"),
        ("elle", "el"),
    ];
    let (base, plural) = word.strip_suffix('s').map_or((word, ""), |base| (base, "s"));
    for (feminine, masculine) in ENDINGS {
        // At least three letters stay, so that `fée` and `belle` are what they are.
        if let Some(root) = base.strip_suffix(feminine).filter(|root| root.chars().count() > 2) {
            return format!("{root}{masculine}{plural}");
        }
    }
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[rstest::rstest]
    #[case("Développeur·euse", "developpeur euse")]
    #[case("C++ / C# et .NET", "cplusplus csharp et net")]
    #[case("Chef d’équipe – Œnologie", "chef d equipe oenologie")]
    #[case("ＳＱＬ ﬁnance №5", "sql finance no5")]
    #[case("+ # ++", "")]
    #[case("İstanbul Straße", "istanbul strasse")]
    fn a_text_is_parted_into_folded_words(#[case] text: &str, #[case] words: &str) {
        assert_eq!(tokens(text).join(" "), words);
    }

    #[rstest::rstest]
    #[case(&["infirmier", "infirmière", "INFIRMIERES", "infirmiers"])]
    #[case(&["vendeur", "vendeuse", "vendeurs", "vendeuses"])]
    #[case(&["directeur", "directrice", "directrices"])]
    #[case(&["technicien", "technicienne", "techniciennes"])]
    #[case(&["employé", "employée", "employés", "employees"])]
    #[case(&["commercial", "commerciaux", "commerciale", "commerciales"])]
    #[case(&["développeur", "développeuse", "developpeurs"])]
    #[case(&["manager", "managers", "managing"])]
    #[case(&["engineer", "engineers", "engineering"])]
    #[case(&["developer", "developers", "developing"])]
    #[case(&["qualité", "qualités"])]
    fn the_forms_of_a_word_have_one_stem(#[case] forms: &[&str]) {
        let stems: Vec<_> = forms.iter().map(|form| terms(form).join(" ")).collect();
        assert!(stems.iter().all(|stem| *stem == stems[0]), "{forms:?}: {stems:?}");
    }

    #[rstest::rstest]
    #[case("java", "javascript")]
    #[case("data engineer", "data analyst")]
    #[case("c", "c++")]
    #[case("boulanger", "boucher")]
    #[case("serveur", "service")]
    fn other_words_have_other_stems(#[case] one: &str, #[case] other: &str) {
        assert_ne!(terms(one), terms(other));
    }

    #[test]
    fn another_alphabet_is_one_term_as_well() {
        assert_eq!(terms("Врач"), ["_432__440__430__447_"]);
    }

    proptest! {
        #[test]
        fn folding_what_is_folded_changes_nothing(text in "\\PC{0,40}") {
            let folded = fold(&text);
            prop_assert_eq!(fold(&folded), folded);
        }

        #[test]
        fn a_term_is_a_word_of_ascii(text in "\\PC{0,40}") {
            for term in terms(&text) {
                prop_assert!(!term.is_empty());
                prop_assert!(term.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_'));
            }
        }
    }
}
