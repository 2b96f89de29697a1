//! What the text of a CV says about work, as terms; and nothing of who somebody is.

use std::collections::BTreeSet;
use std::fmt;

use crate::offer::telling;
use crate::words::{fold, tokens};

/// Terms of a text that count.
const MOST: usize = 3000;

/// Lines at the top of a CV without headings that are not read.
const HEAD: usize = 5;

/// Words of a line that may be a heading.
const HEADING: usize = 5;

/// Headings under which work is told, folded.
const OF_WORK: [&str; 34] = [
    "about",
    "atouts",
    "certifications",
    "competence",
    "competences",
    "diplomes",
    "education",
    "employment",
    "experience",
    "experiences",
    "expertise",
    "formation",
    "formations",
    "informatique",
    "languages",
    "langues",
    "logiciels",
    "metier",
    "missions",
    "objectif",
    "outils",
    "parcours",
    "profil",
    "profile",
    "projects",
    "projets",
    "qualifications",
    "realisations",
    "resume",
    "skills",
    "stages",
    "studies",
    "summary",
    "training",
];

/// Headings under which somebody tells who they are, or what has nothing to do with work.
const OF_THE_PERSON: [&str; 18] = [
    "activites",
    "adresse",
    "address",
    "civil",
    "contact",
    "coordonnees",
    "details",
    "divers",
    "etat",
    "hobbies",
    "identite",
    "interest",
    "interet",
    "interests",
    "loisirs",
    "personal",
    "personnelles",
    "references",
];

/// Words that stand in headings beside those.
const BESIDE: [&str; 22] = [
    "a",
    "and",
    "centres",
    "cles",
    "d",
    "de",
    "du",
    "et",
    "informations",
    "key",
    "me",
    "mes",
    "my",
    "of",
    "personnel",
    "professional",
    "professionnel",
    "professionnelle",
    "professionnelles",
    "professionnels",
    "propos",
    "work",
];

/// What a line begins with that tells of the person, folded.
const PARTICULARS: [&str; 26] = [
    "adresse",
    "address",
    "age",
    "born",
    "celibataire",
    "curriculum",
    "cv",
    "date",
    "divorce",
    "divorcee",
    "gender",
    "marie",
    "mariee",
    "married",
    "nationalite",
    "nationality",
    "ne",
    "nee",
    "pacse",
    "pacsee",
    "religion",
    "rqth",
    "sexe",
    "single",
    "veuf",
    "veuve",
];

/// The terms of a CV that tell of work. They are its owner's: they are printed nowhere.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CvWords(BTreeSet<String>);

impl fmt::Debug for CvWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CvWords(…)")
    }
}

impl CvWords {
    /// Reads the text of a CV: without its head, where name, address and age stand; without lines that tell of the
    /// person; and without what stands under headings that do.
    pub fn of(text: &str) -> Self {
        let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let first = lines.iter().position(|line| heading(line).is_some());
        let (head, body) = lines.split_at(first.unwrap_or(HEAD.min(lines.len())));
        // It may stand again on each page.
        let head: BTreeSet<_> = head.iter().map(|line| fold(line)).collect();
        let (mut terms, mut counts) = (BTreeSet::new(), true);
        for line in body {
            match heading(line) {
                Some(of_work) => counts = of_work,
                None if counts && !head.contains(&fold(line)) => take(line, &mut terms),
                None => {}
            }
        }
        Self(terms)
    }

    /// Whether nothing of work was found.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The terms.
    pub(super) fn terms(&self) -> impl Iterator<Item = &String> {
        self.0.iter()
    }
}

/// Takes the terms of what somebody wrote about their work.
pub(super) fn take_prose(text: &str, terms: &mut BTreeSet<String>) {
    for line in text.lines() {
        take(line, terms);
    }
}

/// Takes the terms of a line, unless it tells of the person.
fn take(line: &str, terms: &mut BTreeSet<String>) {
    if is_particular(line) {
        return;
    }
    let mut before: Option<String> = None;
    for term in telling(line) {
        if terms.len() == MOST {
            return;
        }
        // A number is an age or a year, and a letter alone may be anything, but beside the word before it: "permis B".
        let is_alone = term.chars().nth(1).is_none();
        if !is_alone && !term.bytes().all(|byte| byte.is_ascii_digit()) {
            terms.insert(term.clone());
        } else if let (true, Some(before)) = (is_alone, &before) {
            terms.insert(beside(before, &term));
        }
        before = Some(term);
    }
}

/// A letter or a digit beside the word before it, as one term.
fn beside(before: &str, alone: &str) -> String {
    format!("{before} {alone}")
}

/// Whether these terms know what a skill asks for: each of its terms, or one that is alone beside the one before it.
pub(super) fn knows(terms: &BTreeSet<String>, asked: &[String]) -> bool {
    asked.iter().enumerate().all(|(nth, term)| {
        let before = nth.checked_sub(1).and_then(|before| asked.get(before));
        terms.contains(term) || before.is_some_and(|it| terms.contains(&beside(it, term)))
    })
}

/// Whether a line is a heading, and if so, whether work stands under it.
fn heading(line: &str) -> Option<bool> {
    let words = tokens(line);
    if words.is_empty() || words.len() > HEADING {
        return None;
    }
    let is_one_of = |list: &[&str], word: &String| list.contains(&word.as_str());
    let of_the_person = words.iter().any(|word| is_one_of(&OF_THE_PERSON, word));
    let of_work = words.iter().any(|word| is_one_of(&OF_WORK, word));
    let all = words.iter().all(|word| {
        is_one_of(&OF_WORK, word) || is_one_of(&OF_THE_PERSON, word) || is_one_of(&BESIDE, word)
    });
    // "À propos de moi" has no other word.
    let about = words.starts_with(&["a".to_owned(), "propos".to_owned()]);
    if !about && (!all || !(of_work || of_the_person)) {
        return None;
    }
    Some(!of_the_person)
}

/// Whether a line tells of the person: an address, a number, an age, a family.
fn is_particular(line: &str) -> bool {
    let words = tokens(line);
    let begins = words.first().is_some_and(|word| PARTICULARS.contains(&word.as_str()));
    let digits = |word: &String| word.bytes().all(|byte| byte.is_ascii_digit());
    let is_postal = words.iter().any(|word| word.len() == 5 && digits(word));
    let is_number = line.bytes().filter(u8::is_ascii_digit).count() >= 10;
    let is_age = words.len() <= 4
        && words.first().is_some_and(digits)
        && words.get(1).is_some_and(|word| word == "ans" || word == "years");
    begins || is_postal || is_number || is_age || line.contains('@') || line.contains("://")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CV: &str = "Camille DURAND\n34 ans, mariée\n12 rue des Lilas, 44000 Nantes\n06 12 34 56 78\nBoulangère\n\nExpériences professionnelles\nOuvrière au Fournil, 2019 – 2024\nPétrissage et levain\nCamille DURAND\n\nÉtat civil\nNationalité française\nJardinière\n\nCompétences\nHygiène (HACCP)\nRust\n";

    #[test]
    fn the_head_and_what_tells_of_the_person_are_not_read() {
        let words = CvWords::of(CV);
        let has = |word: &str| telling(word).all(|term| words.0.contains(&term));
        for word in ["pétrissage", "levain", "HACCP", "Rust", "ouvrier"] {
            assert!(has(word), "{word}");
        }
        for word in ["Durand", "Lilas", "Nantes", "mariée", "française", "jardinier", "2019"] {
            assert!(!has(word), "{word}");
        }
        assert_eq!(format!("{words:?}"), "CvWords(…)");
    }

    #[test]
    fn a_letter_counts_beside_the_word_before_it() {
        let words = CvWords::of("Compétences\nPermis B, CACES 3\nVitamine C\n");
        let knows = |skill: &str| knows(&words.0, &telling(skill).collect::<Vec<_>>());
        for skill in ["Permis B", "CACES 3", "Permis"] {
            assert!(knows(skill), "{skill}");
        }
        for skill in ["Permis C", "CACES 1", "C", "3"] {
            assert!(!knows(skill), "{skill}");
        }
    }

    #[rstest::rstest]
    #[case("EXPÉRIENCE PROFESSIONNELLE", Some(true))]
    #[case("Compétences clés :", Some(true))]
    #[case("À propos de moi", Some(true))]
    #[case("Work experience", Some(true))]
    #[case("Centres d’intérêt", Some(false))]
    #[case("Informations personnelles", Some(false))]
    #[case("Formation des apprentis", None)]
    #[case("Chef de projet", None)]
    fn headings_are_known_by_their_words(#[case] line: &str, #[case] is: Option<bool>) {
        assert_eq!(heading(line), is);
    }

    #[rstest::rstest]
    #[case("Née le 3 mars 1990", true)]
    #[case("58 ans", true)]
    #[case("+33 6 12 34 56 78", true)]
    #[case("camille@example.org", true)]
    #[case("Nationalité : belge", true)]
    #[case("5 ans d’expérience en boulangerie artisanale", false)]
    #[case("Garde d’enfants", false)]
    fn lines_that_tell_of_the_person_are_known(#[case] line: &str, #[case] is: bool) {
        assert_eq!(is_particular(line), is);
    }

    #[test]
    fn of_a_cv_without_headings_the_first_lines_are_not_read() {
        let words = CvWords::of("Ana Rust\n24 ans\nLyon\n\nDév\nCV\nPython et SQL\n12 rue X");
        assert_eq!(words, CvWords::of("a\nb\nc\nd\ne\nPython, SQL, rue X"));
        assert!(CvWords::of("").is_empty());
    }
}
