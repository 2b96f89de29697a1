//! The city of a place, made readable: `44000 Nantes`, `Nantes - 44` and `NANTES` are Nantes.

use crate::words::fold;

/// What stands where no city is told.
pub const NO_CITY: &str = "Non spécifié";

/// Words that stay small within a name: Aix-en-Provence.
const SMALL: [&str; 18] = [
    "a", "au", "aux", "d", "de", "des", "devant", "du", "en", "et", "la", "le", "les", "lès", "l",
    "sous", "sur", "à",
];

/// Parts of a place that are no city.
const AROUND: [&str; 24] = [
    "france",
    "fr",
    "arrondissement",
    "cedex",
    "ile de france",
    "idf",
    "region parisienne",
    "auvergne rhone alpes",
    "bourgogne franche comte",
    "bretagne",
    "centre val de loire",
    "corse",
    "grand est",
    "hauts de france",
    "normandie",
    "nouvelle aquitaine",
    "occitanie",
    "pays de la loire",
    "provence alpes cote d azur",
    "paca",
    "teletravail",
    "remote",
    "hybride",
    "hybrid",
];

/// The city that a place names, without postal code, department and district; [`NO_CITY`] where there is none.
pub fn city(place: &str) -> String {
    let outside = without_brackets(place);
    let parts = outside.split([',', ';', '|', '/']).flat_map(|part| part.split(" - "));
    let parts = parts.flat_map(|part| part.split(" – "));
    let names = parts.map(without_numbers).filter(|name| !name.is_empty());
    let is_around = |name: &String| AROUND.contains(&spaced(name).as_str());
    // A place that names nothing smaller is that: Bretagne, Télétravail.
    let mut names: Vec<_> = names.collect();
    let at = names.iter().position(|name| !is_around(name)).unwrap_or(0);
    if names.is_empty() { NO_CITY.to_owned() } else { in_letters_case(&names.swap_remove(at)) }
}

/// A place as it is compared: its city, folded; empty where there is none.
pub(super) fn compared(place: &str) -> String {
    let city = city(place);
    if city == NO_CITY { String::new() } else { spaced(&city) }
}

/// Folded words with single spaces.
fn spaced(text: &str) -> String {
    let folded = fold(text);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

fn without_brackets(text: &str) -> String {
    let (mut outside, mut depth) = (String::with_capacity(text.len()), 0_u32);
    for c in text.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            c if depth == 0 => outside.push(c),
            _ => {}
        }
    }
    outside
}

/// A part of a place without postal code, number of a department, district and what belongs to these.
fn without_numbers(part: &str) -> String {
    let mut kept = vec![];
    for word in part.split_whitespace() {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        // A country may stand before a postal code: F-67000.
        let code = word.split_once('-').filter(|(country, _)| country.len() < 3);
        let digits = code.map_or(word, |(_, code)| code);
        let is_number = digits.starts_with(|c: char| c.is_ascii_digit());
        // Those of Corsica have a letter.
        let is_department = matches!(word, "2A" | "2B");
        let is_of_one = ["arrondissement", "arr", "cedex", "f"].contains(&fold(word).as_str());
        if !word.is_empty() && !is_number && !is_department && !is_of_one {
            kept.push(word);
        }
    }
    kept.join(" ")
}

/// A name in the case of letters that it is written with, unless it is all capitals or has none.
fn in_letters_case(name: &str) -> String {
    let letters = || name.chars().filter(|c| c.is_alphabetic());
    if letters().any(char::is_lowercase) && letters().any(char::is_uppercase) {
        return name.to_owned();
    }
    let lower = name.to_lowercase();
    let (mut written, mut word) = (String::with_capacity(name.len()), String::new());
    for c in lower.chars().chain(Some(' ')) {
        if c.is_alphanumeric() {
            word.push(c);
            continue;
        }
        let is_first = written.is_empty();
        if !is_first && SMALL.contains(&word.as_str()) {
            written.push_str(&word);
        } else {
            let mut letters = word.chars();
            written.extend(letters.next().into_iter().flat_map(char::to_uppercase));
            written.push_str(letters.as_str());
        }
        word.clear();
        written.push(c);
    }
    written.truncate(written.trim_end().len());
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("44000 Nantes", "Nantes")]
    #[case("Nantes - 44", "Nantes")]
    #[case("NANTES", "Nantes")]
    #[case("nantes", "Nantes")]
    #[case("44 - NANTES", "Nantes")]
    #[case("Lyon 1er", "Lyon")]
    #[case("Lyon (Rhône)", "Lyon")]
    #[case("Lyon 3e Arrondissement", "Lyon")]
    #[case("75 - Paris 12e  Arrondissement", "Paris")]
    #[case("PARIS 75012", "Paris")]
    #[case("Paris 12ème", "Paris")]
    #[case("Paris, Île-de-France, France", "Paris")]
    #[case("Île-de-France, Paris", "Paris")]
    #[case("Cergy (95)", "Cergy")]
    #[case("2A - AJACCIO", "Ajaccio")]
    #[case("F-67000 Strasbourg Cedex 2", "Strasbourg")]
    #[case("Aix-en-Provence", "Aix-en-Provence")]
    #[case("AIX-EN-PROVENCE", "Aix-en-Provence")]
    #[case("LE HAVRE", "Le Havre")]
    #[case("L'HAŸ-LES-ROSES", "L'Haÿ-les-Roses")]
    #[case("villeneuve-d'ascq", "Villeneuve-d'Ascq")]
    #[case("Saint-Denis", "Saint-Denis")]
    #[case("Télétravail", "Télétravail")]
    #[case("Bretagne", "Bretagne")]
    #[case("", "Non spécifié")]
    #[case("75012", "Non spécifié")]
    #[case(" - ", "Non spécifié")]
    fn a_city_is_called_as_people_call_it(#[case] place: &str, #[case] readable: &str) {
        assert_eq!(city(place), readable, "{place}");
    }

    #[test]
    fn one_city_compares_alike_however_it_is_written() {
        for place in ["44000 Nantes", "Nantes - 44", "NANTES"] {
            assert_eq!(compared(place), "nantes");
        }
        assert_eq!(compared("Saint-Étienne"), compared("SAINT ETIENNE"));
        assert_eq!(compared("Non spécifié"), "");
    }
}
