//! Capitals as they are usually written, for who typed nothing else, or none: only where they ask.

/// Words that stay small between others.
const SMALL: [&str; 24] = [
    "à", "and", "au", "aux", "chez", "d'", "d’", "de", "des", "du", "en", "et", "for", "l'", "l’",
    "la", "le", "les", "of", "ou", "par", "pour", "sur", "the",
];
/// So many letters may be an acronym, which keeps its capitals.
const ACRONYM: usize = 4;
/// Without one of these, nobody says it as a word.
const VOWELS: &str = "AEIOUYÀÂÄÆÉÈÊËÎÏÔÖŒÙÛÜ";

/// A company: its words begin with a capital, small ones aside.
pub(crate) fn company(text: &str) -> String {
    each(
        text,
        is_long,
        |nth, word| if nth > 0 && is_small(word) { word.to_owned() } else { capital(word) },
    )
}

/// A job: it begins with a capital. Where all of it was shouted, so was what could be an acronym
/// and is a word.
pub(crate) fn position(text: &str) -> String {
    let all_shouted = is_shouted(text) && pieces(text).any(is_long);
    let is_loud = |word: &str| is_long(word) || all_shouted && is_plain(word);
    each(text, is_loud, |nth, word| if nth > 0 { word.to_owned() } else { capital(word) })
}

/// The text with each word changed; before that, what was shouted is said.
fn each(
    text: &str,
    is_loud: impl Fn(&str) -> bool,
    change: impl Fn(usize, &str) -> String,
) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let changed = pieces(&text).enumerate().map(|(nth, piece)| {
        let word = piece.trim_end_matches([' ', '-']);
        change(nth, &quiet(word, &is_loud)) + &piece[word.len()..]
    });
    changed.collect()
}

/// The words, each with what stands behind it. An apostrophe parts them behind one letter alone, as
/// in `l'` and `O'`.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut letters = 0;
    text.split_inclusive(move |c: char| {
        let ends = [' ', '-'].contains(&c) || ['\'', '’'].contains(&c) && letters == 1;
        letters = if ends { 0 } else { letters + usize::from(c.is_alphabetic()) };
        ends
    })
}

fn is_small(word: &str) -> bool {
    SMALL.contains(&word)
}

fn letters(word: &str) -> usize {
    word.chars().filter(|c| c.is_alphabetic()).count()
}

fn is_long(word: &str) -> bool {
    letters(word) > ACRONYM
}

/// Whether what could be an acronym by its length may be said as a word.
fn is_plain(word: &str) -> bool {
    letters(word) == ACRONYM && word.contains(|c: char| VOWELS.contains(c))
}

fn is_shouted(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase)
}

fn quiet(word: &str, is_loud: impl Fn(&str) -> bool) -> String {
    let lower = word.to_lowercase();
    let is_loud = is_loud(word) || is_small(&lower);
    if is_loud && is_shouted(word) { lower } else { word.to_owned() }
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
    #[case("McDonald's", "McDonald's")]
    #[case("MCDONALD'S", "Mcdonald's")]
    #[case("Presqu'île", "Presqu'île")]
    #[case("PRESQU’ÎLE", "Presqu’île")]
    #[case("o'neil d'alsace", "O'Neil d'Alsace")]
    #[case("AXA FRANCE", "AXA France")]
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
    #[case("CHEF DE PROJET (H/F)", "Chef de projet (H/F)")]
    #[case("CHEF DE PROJET HTML", "Chef de projet HTML")]
    #[case("CHEF", "CHEF")]
    #[case("Directeur RATP", "Directeur RATP")]
    #[case("ÉTÉ AUJOURD'HUI", "ÉTÉ aujourd'hui")]
    #[case("DevOps senior", "DevOps senior")]
    fn a_job_begins_with_a_capital(#[case] typed: &str, #[case] tidy: &str) {
        assert_eq!(position(typed), tidy);
        assert_eq!(position(tidy), tidy, "twice is once");
    }
}
