//! The terms by which an offer is found.
//!
//! What stands in an offer is a term as it is; a term with a letter and an underscore before it says where it
//! stands: `t_` in the title, `c_` in the company's name, `l_` in a place, `n_` in either name. So a search has one
//! index for all that is asked for at once, and looks at no row.

use std::collections::BTreeSet;

use super::{Country, OfferContent, OfferText, Remote, Skill};
use crate::words::{stem, term, tokens};

/// Terms of an offer that count: a description of a few pages.
const MOST: usize = 800;

/// Words that stand in every text, folded, and those that say whom an offer is for.
const EVERYWHERE: [&str; 44] = [
    "a", "and", "au", "aux", "avec", "ce", "cette", "chez", "d", "dans", "de", "des", "du", "en",
    "et", "etc", "f", "for", "h", "in", "l", "la", "le", "les", "n", "nos", "notre", "of", "on",
    "ou", "par", "pour", "qu", "que", "qui", "s", "sur", "the", "to", "un", "une", "vos", "votre",
    "with",
];

/// Words for places under which what is done from anywhere is found.
const ANYWHERE: [&str; 3] = ["teletravail", "remote", "distance"];

/// What stands, behind `r_`, in the place of [`Remote`] where an offer says nothing of it.
pub const NOTHING_SAID: &str = "unknown";

/// The terms of a text that tell it from others: stems.
pub fn telling(text: &str) -> impl Iterator<Item = String> {
    let words = tokens(text).into_iter().filter(|word| !EVERYWHERE.contains(&word.as_str()));
    words.map(|word| term(&stem(&word)))
}

/// A word as it stands in a name, which has no other forms.
pub fn named(place: &str, word: &str) -> String {
    format!("{place}_{}", term(word))
}

/// All terms of an offer, each once, in order.
pub fn search_terms(content: &OfferContent) -> Vec<String> {
    let mut terms = BTreeSet::new();
    for stem in telling(content.title.as_str()) {
        terms.insert(format!("t_{stem}"));
        terms.insert(stem);
    }
    for word in tokens(content.company.as_str()) {
        terms.insert(named("c", &word));
    }
    terms.extend(telling(content.company.as_str()).map(|stem| format!("n_{stem}")));
    for place in &content.places {
        let city = place.city();
        for text in [place.text.as_str(), &city] {
            terms.extend(tokens(text).iter().map(|word| named("l", word)));
            terms.extend(telling(text).map(|stem| format!("n_{stem}")));
        }
        if place.country.as_ref().map(Country::as_str) == Some("FR") {
            terms.insert(named("l", "france"));
        }
        if let Some(code) = &place.postal_code {
            terms.extend(tokens(code.as_str()).iter().map(|word| named("l", word)));
            // A department by its number.
            terms.extend(code.as_str().get(..2).map(|department| named("l", department)));
        }
    }
    if matches!(content.remote, Some(Remote::Hybrid | Remote::Full)) {
        terms.extend(ANYWHERE.iter().map(|word| named("l", word)));
    }
    terms.insert(named("r", content.remote.map_or(NOTHING_SAID, Remote::as_str)));
    terms.extend(content.contract.map(|contract| named("k", contract.as_str())));
    terms.extend(content.working_time.map(|time| named("w", time.as_str())));
    terms.extend(content.skills.iter().flat_map(|skill| telling(Skill::as_str(skill))));
    let description = content.description.as_ref().map(OfferText::text);
    for stem in description.iter().flat_map(|text| telling(text)) {
        if terms.len() == MOST {
            break;
        }
        terms.insert(stem);
    }
    terms.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_is_found_by_what_it_says_and_where_it_says_it() {
        let terms = search_terms(&crate::examples::offer());
        for term in [
            "boulang",
            "t_boulang",
            "c_dupont",
            "n_dupont",
            "l_france",
            "l_nantes",
            "l_44000",
            "l_44",
            "k_permanent",
            "r_none",
            "w_full_time",
        ] {
            assert!(terms.iter().any(|known| known == term), "{term} in {terms:?}");
        }
        assert!(!terms.iter().any(|term| term == "l_remote" || term == "h" || term == "et"));
    }

    #[test]
    fn the_list_of_words_that_stand_everywhere_is_folded_and_in_order() {
        assert!(EVERYWHERE.is_sorted());
        for word in EVERYWHERE {
            assert_eq!(crate::words::fold(word), word);
        }
    }
}
