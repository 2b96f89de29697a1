//! Capitals as they are usually written, for who typed nothing else, or none: only where they ask.

/// What stands between words.
const BETWEEN: [char; 4] = [' ', '-', '\'', '’'];
/// Words that stay small between others.
const SMALL: [&str; 24] = [
    "à", "and", "au", "aux", "chez", "d'", "d’", "de", "des", "du", "en", "et", "for", "l'", "l’",
    "la", "le", "les", "of", "ou", "par", "pour", "sur", "the",
];
/// So many letters may be an acronym, which keeps its capitals.
const ACRONYM: usize = 4;

/// A company: its words begin with a capital, small ones aside.
pub(crate) fn company(text: &str) -> String {
    each(text, |nth, word| if nth > 0 && is_small(word) { word.to_owned() } else { capital(word) })
}

/// A job: it begins with a capital.
pub(crate) fn position(text: &str) -> String {
    each(text, |nth, word| if nth > 0 { word.to_owned() } else { capital(word) })
}

/// The text with each word changed; before that, what was shouted is said.
fn each(text: &str, change: impl Fn(usize, &str) -> String) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let pieces = text.split_inclusive(BETWEEN).enumerate();
    let changed = pieces.map(|(nth, piece)| {
        let word = piece.trim_end_matches([' ', '-']);
        change(nth, &quiet(word)) + &piece[word.len()..]
    });
    changed.collect()
}

fn is_small(word: &str) -> bool {
    SMALL.contains(&word)
}

fn quiet(word: &str) -> String {
    let letters = || word.chars().filter(|c| c.is_alphabetic());
    let lower = word.to_lowercase();
    let is_loud = letters().count() > ACRONYM || is_small(&lower);
    if is_loud && letters().all(char::is_uppercase) { lower } else { word.to_owned() }
}

/// A word with its first letter as a capital, where it has none.
fn capital(word: &str) -> String {
    let mut chars = word.chars();
    match chars.next() {
        Some(first) if !word.chars().any(char::is_uppercase) => {
            first.to_uppercase().chain(chars).collect()
        }
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("SNCF Réseau", "SNCF Réseau")]
    #[case("SNCF RÉSEAU", "SNCF Réseau")]
    #[case("  boulangerie   dupont et fils ", "Boulangerie Dupont et Fils")]
    #[case("L'ORÉAL", "L'Oréal")]
    #[case("saint-gobain", "Saint-Gobain")]
    #[case("CRÉDIT AGRICOLE D’AQUITAINE", "Crédit Agricole d’Aquitaine")]
    #[case("iRobot of the world", "iRobot of the World")]
    #[case("Plan A", "Plan A")]
    #[case("la poste", "La Poste")]
    #[case("3m", "3m")]
    #[case("", "")]
    fn a_company_keeps_what_may_be_an_acronym(#[case] typed: &str, #[case] tidy: &str) {
        assert_eq!(company(typed), tidy);
        assert_eq!(company(tidy), tidy, "twice is once");
    }

    #[rstest::rstest]
    #[case("développeur rust (H/F)", "Développeur rust (H/F)")]
    #[case("INGÉNIEUR(E) D'ÉTUDES RH", "Ingénieur(e) d'études RH")]
    #[case("chef de projet IT", "Chef de projet IT")]
    #[case("DevOps senior", "DevOps senior")]
    fn a_job_begins_with_a_capital(#[case] typed: &str, #[case] tidy: &str) {
        assert_eq!(position(typed), tidy);
        assert_eq!(position(tidy), tidy, "twice is once");
    }
}
