//! The four parts by the headings of a page.

use domain::Language;
use domain::offer::{DescriptionPart, OfferDescription};
use domain::words::fold;

use crate::html::{self, Block, BlockKind};

/// The parts of a description.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Summary,
    Missions,
    Skills,
    Further,
}

/// What headings speak of, folded; the first of the list that is met counts.
const HEADINGS: [(Part, &[&str]); 4] = [
    (
        Part::Further,
        &[
            "avantage",
            "benefit",
            "perks",
            "remuneration",
            "salaire",
            "salary",
            "we offer",
            "nous offrons",
            "nous proposons",
            "ce que nous vous offrons",
            "process",
            "recrutement",
            "candidature",
            "how to apply",
            "postuler",
            "information",
            "a propos de nous",
            "about us",
            "about the company",
            "qui sommes",
            "l entreprise",
            "entreprise",
            "notre societe",
            "who we are",
            "contrat",
            "horaires",
            "lieu",
            "location",
            "pourquoi nous",
            "why join",
            "diversite",
            "equal opportunity",
            "handicap",
        ],
    ),
    (
        Part::Skills,
        &[
            "profil",
            "competence",
            "qualification",
            "requirement",
            "skill",
            "prerequis",
            "formation",
            "diplome",
            "experience",
            "about you",
            "who you are",
            "you have",
            "you bring",
            "your profile",
            "vous etes",
            "vous avez",
            "ce que nous recherchons",
            "recherche",
            "looking for",
            "qualites",
            "atouts",
            "technical environment",
            "environnement technique",
            "stack",
        ],
    ),
    (
        Part::Missions,
        &[
            "mission",
            "responsabilite",
            "responsibilit",
            "tache",
            "activite",
            "duties",
            "what you ll do",
            "what you will do",
            "you will",
            "your role",
            "role",
            "poste",
            "le job",
            "the job",
            "job description",
            "description",
            "votre quotidien",
            "day to day",
            "vous ferez",
            "au programme",
        ],
    ),
    (
        Part::Summary,
        &["resume", "summary", "en bref", "overview", "introduction", "contexte", "context"],
    ),
];

/// The parts that blocks have beneath their headings; without headings that say something, the text as it is.
pub(super) fn parts(blocks: &[Block], language: Language) -> OfferDescription {
    let mut parts: [Vec<Block>; 4] = [vec![], vec![], vec![], vec![]];
    let mut of = Part::Summary;
    for block in blocks {
        if block.kind == BlockKind::Heading {
            match part_of(&block.text) {
                Some(named) => {
                    of = named;
                    // Two sections of one part keep their headings apart.
                    if !parts[of as usize].is_empty() {
                        parts[of as usize].push(block.clone());
                    }
                    continue;
                }
                // What a heading of its own stands above is no summary any more.
                None if of == Part::Summary && !parts[0].is_empty() => of = Part::Further,
                None if of == Part::Summary => continue,
                None => {}
            }
        }
        parts[of as usize].push(block.clone());
    }
    let [summary, missions, skills, further] = parts.map(|blocks| part(&html::told(&blocks)));
    OfferDescription { summary, missions, skills, further, language, model: None }
}

fn part_of(heading: &str) -> Option<Part> {
    let said = fold(heading).replace(['\'', '’', '-', '_', '/'], " ");
    let said = format!(" {} ", said.split_whitespace().collect::<Vec<_>>().join(" "));
    let speaks = |words: &&[&str]| words.iter().any(|word| said.contains(&format!(" {word}")));
    HEADINGS.iter().find(|(_, words)| speaks(words)).map(|(part, _)| *part)
}

/// A text as a part, cut where it is longer than one may be.
pub(super) fn part(text: &str) -> Option<DescriptionPart> {
    let text = text.trim();
    let most = text.chars().take(8_000).collect::<String>();
    most.trim().parse().ok()
}

/// The smallest words of languages.
const SMALL: [(&str, [&str; 14]); 2] = [
    (
        "fr",
        [
            "le", "la", "les", "des", "et", "vous", "une", "pour", "dans", "est", "du", "nous",
            "avec", "sur",
        ],
    ),
    (
        "en",
        [
            "the", "and", "of", "to", "you", "we", "with", "for", "our", "is", "are", "your",
            "will", "in",
        ],
    ),
];

/// The language that a text is in, by its smallest words; `None` where two have as many.
pub(super) fn language(text: &str) -> Option<Language> {
    let words: Vec<String> =
        text.split(|c: char| !c.is_alphabetic()).map(str::to_lowercase).collect();
    let mut counted = SMALL.map(|(code, small)| {
        (words.iter().filter(|word| small.contains(&word.as_str())).count(), code)
    });
    counted.sort_unstable_by(|one, other| other.cmp(one));
    let [(most, code), (next, _)] = counted;
    (most > next).then(|| Language::from_tag(code))?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(html: &str) -> [Option<String>; 4] {
        let description = parts(&html::blocks(html), Language::Fr);
        let OfferDescription { summary, missions, skills, further, .. } = description;
        [summary, missions, skills, further].map(|part| part.map(|part| part.as_str().to_owned()))
    }

    #[test]
    fn the_parts_are_what_stands_beneath_the_headings() {
        let [summary, missions, skills, further] = told(
            "<h1>Chef de cuisine</h1><p>Un restaurant à Nantes.</p><h2>Vos missions</h2><ul><li>Cuisiner</li></ul>\
             <p><strong>Profil recherché :</strong></p><p>Un CAP.</p><h2>Avantages</h2><p>Repas.</p><h3>Le processus de recrutement</h3><p>Deux entretiens.</p>",
        );
        assert_eq!(summary.as_deref(), Some("Un restaurant à Nantes."));
        assert_eq!(missions.as_deref(), Some("- Cuisiner"));
        assert_eq!(skills.as_deref(), Some("Un CAP."));
        assert_eq!(
            further.as_deref(),
            Some("Repas.\n\nLe processus de recrutement\nDeux entretiens.")
        );
    }

    #[test]
    fn a_text_without_headings_is_kept_as_it_is() {
        let [summary, missions, skills, further] = told("<p>Un.</p><p>Deux.</p>");
        assert_eq!(summary.as_deref(), Some("Un.\nDeux."));
        assert_eq!([missions, skills, further], [None, None, None]);
    }

    #[rstest::rstest]
    #[case("What you’ll do", Some(Part::Missions))]
    #[case("L’entreprise", Some(Part::Further))]
    #[case("Compétences requises", Some(Part::Skills))]
    #[case("Bienvenue", None)]
    fn headings_are_known_in_two_languages(#[case] heading: &str, #[case] part: Option<Part>) {
        assert!(part_of(heading) == part, "{heading}");
    }

    #[test]
    fn a_language_is_known_by_its_smallest_words() {
        assert_eq!(language("Vous codez avec nous dans une équipe"), Some(Language::Fr));
        assert_eq!(language("You will code with us in a team"), Some(Language::En));
        assert_eq!(language("Rust"), None);
    }
}
