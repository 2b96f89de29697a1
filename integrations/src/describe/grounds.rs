//! Whether a page bears out what a part says: each figure, date and name of a place that the part has must be on
//! the page.

use std::collections::HashSet;

use domain::words::fold;

/// Months in two languages, folded.
const MONTHS: [[&str; 2]; 12] = [
    ["janvier", "january"],
    ["fevrier", "february"],
    ["mars", "march"],
    ["avril", "april"],
    ["mai", "may"],
    ["juin", "june"],
    ["juillet", "july"],
    ["aout", "august"],
    ["septembre", "september"],
    ["octobre", "october"],
    ["novembre", "november"],
    ["decembre", "december"],
];

/// Names that two languages write in their own ways, folded.
const SAME: [[&str; 2]; 16] = [
    ["anglais", "english"],
    ["francais", "french"],
    ["allemand", "german"],
    ["espagnol", "spanish"],
    ["italien", "italian"],
    ["neerlandais", "dutch"],
    ["portugais", "portuguese"],
    ["chinois", "chinese"],
    ["allemagne", "germany"],
    ["espagne", "spain"],
    ["italie", "italy"],
    ["belgique", "belgium"],
    ["suisse", "switzerland"],
    ["londres", "london"],
    ["europe", "european"],
    ["internet", "web"],
];

/// Places that are known wherever in a sentence they stand, folded.
const PLACES: [&str; 62] = [
    "paris",
    "marseille",
    "lyon",
    "toulouse",
    "nice",
    "nantes",
    "montpellier",
    "strasbourg",
    "bordeaux",
    "lille",
    "rennes",
    "reims",
    "toulon",
    "grenoble",
    "dijon",
    "angers",
    "nimes",
    "villeurbanne",
    "clermont",
    "brest",
    "limoges",
    "tours",
    "amiens",
    "perpignan",
    "metz",
    "besancon",
    "orleans",
    "rouen",
    "mulhouse",
    "caen",
    "nancy",
    "avignon",
    "poitiers",
    "versailles",
    "pau",
    "annecy",
    "france",
    "belgique",
    "belgium",
    "suisse",
    "switzerland",
    "luxembourg",
    "allemagne",
    "germany",
    "espagne",
    "spain",
    "italie",
    "italy",
    "londres",
    "london",
    "berlin",
    "bruxelles",
    "brussels",
    "geneve",
    "geneva",
    "madrid",
    "barcelone",
    "barcelona",
    "milan",
    "amsterdam",
    "lausanne",
    "monaco",
];

/// A page, to be asked whether it bears something out.
pub(super) struct Grounds {
    words: HashSet<String>,
    figures: HashSet<String>,
}

impl Grounds {
    pub(super) fn of(page: &str) -> Self {
        let words = words(page).into_iter().map(|word| fold(&word.text)).collect();
        Self { words, figures: figures(page).into_iter().collect() }
    }

    /// Whether everything of a part that can be checked is on the page.
    pub(super) fn bear_out(&self, part: &str) -> bool {
        figures(part).iter().all(|figure| self.figures.contains(figure))
            && words(part).iter().all(|word| self.bears_out(word))
    }

    fn bears_out(&self, word: &Word) -> bool {
        let folded = fold(&word.text);
        if self.has(&folded) {
            return true;
        }
        let is_month = MONTHS.iter().any(|names| names.contains(&folded.as_str()));
        // "mars", "may" and "mai" are also other words where they are not written as names.
        if is_month && !matches!(folded.as_str(), "mars" | "may" | "mai") {
            return false;
        }
        if PLACES.contains(&folded.as_str())
            && (word.is_capital || !matches!(folded.as_str(), "nice" | "tours" | "pau"))
        {
            // A sentence may begin with the word that is no name.
            return word.begins && matches!(folded.as_str(), "nice" | "tours");
        }
        // A name in the midst of a sentence. Short ones all in capitals are abbreviations.
        let letters = word.text.chars().count();
        let is_abbreviation = letters <= 4 && word.text.chars().all(char::is_uppercase);
        !word.is_capital || word.begins || is_abbreviation
    }

    fn has(&self, folded: &str) -> bool {
        let there = |word: &str| self.words.contains(word);
        if there(folded)
            || folded.strip_suffix('s').is_some_and(there)
            || there(&format!("{folded}s"))
        {
            return true;
        }
        let pairs = MONTHS.iter().chain(&SAME).filter(|names| names.contains(&folded));
        pairs.flatten().any(|name| there(name) || there(&format!("{name}s")))
    }
}

/// A word where it stands.
struct Word {
    text: String,
    is_capital: bool,
    /// Whether a sentence or an item begins with it.
    begins: bool,
}

fn words(text: &str) -> Vec<Word> {
    let (mut words, mut word, mut begins) = (vec![], String::new(), true);
    let mut end = |word: &mut String, begins: &mut bool| {
        if word.is_empty() {
            return;
        }
        let text = std::mem::take(word);
        let is_capital = text.chars().next().is_some_and(char::is_uppercase);
        words.push(Word { text, is_capital, begins: std::mem::take(begins) });
    };
    for c in text.chars() {
        if c.is_alphabetic() {
            word.push(c);
            continue;
        }
        end(&mut word, &mut begins);
        if matches!(c, '.' | '!' | '?' | ':' | '\n' | '•' | '–' | '—' | '«' | '"' | '“' | '(' | ';')
        {
            begins = true;
        } else if c.is_ascii_digit() {
            begins = false;
        }
    }
    end(&mut word, &mut begins);
    words
}

/// The figures of a text, each without what parts its thousands: "35 000", "35.000" and "35k" are one.
fn figures(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    let (mut figures, mut at) = (vec![], 0);
    while at < chars.len() {
        if !digit(at) {
            at += 1;
            continue;
        }
        let mut figure = String::new();
        while digit(at) {
            figure.push(chars[at]);
            at += 1;
            let is_parted =
                matches!(chars.get(at), Some(' ' | '\u{a0}' | '\u{202f}' | '.' | ',' | '\'' | '’'))
                    && (1..=3).all(|next| digit(at + next))
                    && !digit(at + 4)
                    && figure.len() <= 3;
            if is_parted || (figure.len() > 3 && is_group(&chars, at)) {
                at += 1;
            }
        }
        let next = chars.get(at).copied().unwrap_or(' ');
        let after = chars.get(at + 1).copied().unwrap_or(' ');
        let is_thousands = matches!(next, 'k' | 'K')
            || (next == ' '
                && matches!(after, 'k' | 'K')
                && !chars.get(at + 2).is_some_and(|c| c.is_alphabetic()));
        if is_thousands {
            figure.push_str("000");
        }
        let plain = figure.trim_start_matches('0');
        figures.push(if plain.is_empty() { "0".to_owned() } else { plain.to_owned() });
    }
    figures
}

/// Whether another group of three digits follows, as in "1 200 000".
fn is_group(chars: &[char], at: usize) -> bool {
    let digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    matches!(chars.get(at), Some(' ' | '\u{a0}' | '\u{202f}' | '\''))
        && (1..=3).all(|next| digit(at + next))
        && !digit(at + 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "Acme recrute à Nantes (44) un développeur Rust. Salaire : 35 000 à 42 000 € par an, \
                        3 ans d’expérience. Anglais courant. Début en novembre 2026.";

    #[rstest::rstest]
    #[case("Développement en Rust à Nantes, de 35k à 42 000 euros.", true)]
    #[case("Fluent English, 3 years, from November 2026.", true)]
    #[case("Vous travaillez pour Acme.", true)]
    #[case("Un salaire de 50 000 €.", false)]
    #[case("Un salaire de 35 500 €.", false)]
    #[case("Cinq semaines, soit 25 jours.", false)]
    #[case("Le poste est à Lyon.", false)]
    #[case("Lyon est la ville du poste.", false)]
    #[case("Le poste est à Saint-Herblain.", false)]
    #[case("Début en décembre 2026.", false)]
    #[case("Début en 2027.", false)]
    #[case("- Coder\n- Tester\nVous aimez le code.", true)]
    fn a_part_says_nothing_that_the_page_does_not(#[case] part: &str, #[case] is_borne_out: bool) {
        assert_eq!(Grounds::of(PAGE).bear_out(part), is_borne_out, "{part}");
    }

    #[test]
    fn figures_are_the_same_however_their_thousands_are_parted() {
        for text in ["35000", "35 000", "35\u{202f}000", "35.000", "35,000", "35k", "35 K€"] {
            assert_eq!(figures(text), ["35000"], "{text}");
        }
        assert_eq!(
            figures("1 200 000, 05/11/2026, 12,5"),
            ["1200000", "5", "11", "2026", "12", "5"]
        );
    }
}
