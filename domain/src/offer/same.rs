//! Whether two offers are the same one, found in two places.

use std::collections::HashSet;

use super::{OfferContent, city};
use crate::words::fold;

/// Legal forms of companies, in capitals.
const LEGAL_FORMS: [&str; 8] = ["SAS", "SA", "SARL", "EURL", "SNC", "SCOP", "SASU", "SCIC"];

/// From how much in common two companies are alike.
const COMPANIES_ALIKE: f64 = 0.75;

/// From how much in common two titles are alike.
const TITLES_ALIKE: f64 = 0.80;

/// What of an offer is compared with others: company, title, place and address, made comparable.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Comparable {
    /// The company, in capitals, without its legal form.
    pub company: String,
    /// The title, without whom it is for.
    pub title: String,
    /// The city; empty where there is none.
    pub place: String,
    /// The address without tracking parameters.
    pub url: Option<String>,
}

impl Comparable {
    /// What is compared of this content.
    pub fn of(content: &OfferContent) -> Self {
        let place = content.places.first().map(|place| city::compared(place.text.as_str()));
        Self {
            company: company(content.company.as_str()),
            title: title(content.title.as_str()),
            place: place.unwrap_or_default(),
            url: content.url.as_ref().map(super::url::comparable),
        }
    }

    /// The name under which the same offer is found again, wherever it is published.
    pub fn key(&self) -> String {
        format!("{}\n{}\n{}", self.company, self.title, self.place)
    }

    /// Whether both are one offer: by address, by company, title and place, or because these are alike where the
    /// addresses differ.
    pub fn is_same(&self, other: &Self) -> bool {
        if self.url.is_some() && self.url == other.url || self.key() == other.key() {
            return true;
        }
        let have_addresses = self.url.is_some() && other.url.is_some();
        have_addresses
            && self.place == other.place
            && likeness(&self.company, &other.company) >= COMPANIES_ALIKE
            && likeness(&self.title, &other.title) >= TITLES_ALIKE
    }

    /// Words of which two offers that are alike have at least one in common: whoever looks for those like this one
    /// need not look at others. A set has with one that is alike to `t` all but `1 - t` of its members in common,
    /// so one of the first of them, in any order that both keep to.
    pub fn blocks(&self) -> Vec<String> {
        let mut trigrams: Vec<_> = trigrams(&self.company).into_iter().collect();
        trigrams.sort_unstable();
        #[expect(clippy::cast_precision_loss, reason = "a name has few letters")]
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "as few")]
        let in_common = (trigrams.len() as f64 * COMPANIES_ALIKE).ceil() as usize;
        trigrams.truncate(trigrams.len() + 1 - in_common.max(1));
        let block = |trigram: [char; 3]| format!("{}\n{}", self.place, String::from_iter(trigram));
        trigrams.into_iter().map(block).collect()
    }
}

/// A company as it is compared: in capitals without accents, without its legal form.
pub(super) fn company(name: &str) -> String {
    let plain = fold(name).to_uppercase().replace('.', "");
    let words: Vec<_> =
        plain.split(|c: char| !c.is_alphanumeric() && c != '&' && c != '+').collect();
    let words: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let mut bare = words.as_slice();
    while let [rest @ .., last] = bare
        && LEGAL_FORMS.contains(last)
    {
        bare = rest;
    }
    while let [first, rest @ ..] = bare
        && LEGAL_FORMS.contains(first)
    {
        bare = rest;
    }
    if bare.is_empty() { words.join(" ") } else { bare.join(" ") }
}

/// A title as it is compared: folded, without whom it is for: `H/F`, `(F/H)`, `M/W/D`.
pub(super) fn title(title: &str) -> String {
    let together = fold(title).replace(" / ", "/");
    let words = together.split_whitespace().filter(|word| !is_for_all(word));
    let words = words.collect::<Vec<_>>().join(" ");
    let kept = words.split(|c: char| !c.is_alphanumeric() && c != '+' && c != '#');
    kept.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether a folded word says that anybody may apply: letters for genders with a sign between.
fn is_for_all(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let parts: Vec<_> = word.split(['/', '-', '|', '.']).collect();
    let is_gender = |part: &&str| {
        matches!(
            *part,
            "h" | "f" | "m" | "w" | "d" | "x" | "nb" | "homme" | "femme" | "hommes" | "femmes"
        )
    };
    parts.len() > 1 && parts.iter().all(is_gender)
}

/// How much two texts have in common: of all groups of three letters of their words, those that both have.
pub fn likeness(one: &str, other: &str) -> f64 {
    let (one, other) = (trigrams(one), trigrams(other));
    let in_common = one.intersection(&other).count();
    let all = one.len() + other.len() - in_common;
    #[expect(clippy::cast_precision_loss, reason = "a text has fewer letters than that")]
    let share = |part: usize, whole: usize| part as f64 / whole as f64;
    if all == 0 { 0.0 } else { share(in_common, all) }
}

/// The groups of three letters of each word, with two spaces before it and one behind, as PostgreSQL's `pg_trgm`
/// makes them.
fn trigrams(text: &str) -> HashSet<[char; 3]> {
    let mut trigrams = HashSet::new();
    let folded = fold(text);
    let is_letter = |c: char| c.is_alphanumeric() || c == '+' || c == '#';
    for word in folded.split(|c| !is_letter(c)).filter(|word| !word.is_empty()) {
        let padded: Vec<_> = "  ".chars().chain(word.chars()).chain(Some(' ')).collect();
        trigrams.extend(padded.windows(3).map(|group| [group[0], group[1], group[2]]));
    }
    trigrams
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn offer(company_name: &str, title_text: &str, number: u32) -> Comparable {
        Comparable {
            company: company(company_name),
            title: title(title_text),
            place: "nantes".to_owned(),
            url: Some(format!("sites.example/{number}")),
        }
    }

    #[rstest::rstest]
    #[case(("Capgemini", "Data Scientist"), ("Capgemini SA", "Data Scientist"), true)]
    #[case(("Capgemini", "Data Scientist"), ("Capgemini", "Data Scientist H/F"), true)]
    #[case(("Capgemini", "Data engineer"), ("Capgemini", "Data analyst"), false)]
    #[case(("BNP", "Data engineer"), ("BNP Paribas", "Data engineer"), false)]
    #[case(("Boulangerie Dupont", "Développeur Java"), ("Boulangerie Duponts", "Developpeur JAVA (F/H)"), true)]
    #[case(("Capgemini", "Développeur C++"), ("Capgemini", "Développeur C#"), false)]
    fn the_same_offer_is_told_from_another(
        #[case] one: (&str, &str),
        #[case] other: (&str, &str),
        #[case] is_same: bool,
    ) {
        let (one, other) = (offer(one.0, one.1, 1), offer(other.0, other.1, 2));
        assert_eq!((one.is_same(&other), other.is_same(&one)), (is_same, is_same));
    }

    #[test]
    fn offers_that_are_alike_are_two_where_one_has_no_address_or_another_place() {
        let one = offer("Boulangerie Dupont", "Boulanger", 1);
        let like = offer("Boulangerie Duponts", "Boulanger", 2);
        assert!(one.is_same(&like));
        assert!(!one.is_same(&Comparable { url: None, ..like.clone() }));
        assert!(!one.is_same(&Comparable { place: "lyon".to_owned(), ..like }));
        let moved = Comparable { company: "X".to_owned(), title: "Y".to_owned(), ..one.clone() };
        assert!(one.is_same(&moved), "one address is one offer, whatever it says today");
    }

    #[rstest::rstest]
    #[case("Capgemini SA", "CAPGEMINI")]
    #[case("SARL Dupont", "DUPONT")]
    #[case("Dupont S.A.S.", "DUPONT")]
    #[case(" Dupont & Fils SASU ", "DUPONT & FILS")]
    #[case("Café-Crème (SCOP)", "CAFE CREME")]
    #[case("SAS", "SAS")]
    #[case("SNCF", "SNCF")]
    fn a_company_is_compared_without_its_legal_form(#[case] name: &str, #[case] compared: &str) {
        assert_eq!(company(name), compared);
    }

    #[rstest::rstest]
    #[case("Data Scientist H/F", "data scientist")]
    #[case("Boulanger (F/H) – Nantes", "boulanger nantes")]
    #[case("Softwareentwickler M/W/D", "softwareentwickler")]
    #[case("Vendeur (H / F / X)", "vendeur")]
    #[case("Serveur/Serveuse Homme/Femme", "serveur serveuse")]
    #[case("Ingénieur C++", "ingenieur c++")]
    #[case("Chef de projet F. H.", "chef de projet f h")]
    fn a_title_is_compared_without_whom_it_is_for(#[case] text: &str, #[case] compared: &str) {
        assert_eq!(title(text), compared);
    }

    proptest! {
        /// What `blocks` promises.
        #[test]
        fn companies_that_are_alike_share_a_block(one in "[a-d ]{1,12}", other in "[a-d ]{1,12}") {
            let (one, other) = (offer(&one, "t", 1), offer(&other, "t", 2));
            if likeness(&one.company, &other.company) >= COMPANIES_ALIKE {
                let blocks: HashSet<_> = one.blocks().into_iter().collect();
                prop_assert!(other.blocks().iter().any(|block| blocks.contains(block)));
            }
        }

        #[test]
        fn a_text_is_like_itself(text in "[a-z]{1,12}( [a-z]{1,12}){0,3}") {
            prop_assert!((likeness(&text, &text) - 1.0).abs() < f64::EPSILON);
        }
    }
}
