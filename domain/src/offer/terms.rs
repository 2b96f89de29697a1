//! On what terms one works: the contract, the hours, from where.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::words;

/// A type of contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Contract {
    /// Without an end (CDI).
    Permanent,
    /// Until a day (CDD).
    FixedTerm,
    /// For an agency (intérim).
    Temporary,
    /// With a school (alternance).
    Apprenticeship,
    /// An internship (stage).
    Internship,
    /// On one's own account.
    Freelance,
    /// Unpaid, for a cause.
    Volunteer,
    /// Another one.
    Other,
}

names! {
    Contract {
        Permanent = "permanent",
        FixedTerm = "fixed_term",
        Temporary = "temporary",
        Apprenticeship = "apprenticeship",
        Internship = "internship",
        Freelance = "freelance",
        Volunteer = "volunteer",
        Other = "other",
    }
}

/// How much of the week one works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WorkingTime {
    /// All of it.
    FullTime,
    /// A part of it.
    PartTime,
}

names! {
    WorkingTime { FullTime = "full_time", PartTime = "part_time" }
}

/// From where one works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Remote {
    /// On site.
    None,
    /// On site on some days.
    Hybrid,
    /// From anywhere.
    Full,
}

names! {
    Remote { None = "none", Hybrid = "hybrid", Full = "full" }
}

/// What a word of a source means; the first of the list that is met counts.
type Meanings<T> = [(T, &'static [&'static str])];

/// Words of sources: of schema.org, of public boards, of French ones.
const CONTRACTS: &Meanings<Contract> = &[
    (
        Contract::Apprenticeship,
        &[
            "alternance",
            "alternant",
            "alternante",
            "apprentissage",
            "apprenti",
            "apprentie",
            "apprenticeship",
            "apprentice",
            "professionnalisation",
        ],
    ),
    (Contract::Internship, &["stage", "stagiaire", "intern", "internship", "trainee", "sta"]),
    (
        Contract::Freelance,
        &[
            "freelance",
            "independant",
            "independante",
            "contractor",
            "contract",
            "liberal",
            "lib",
            "portage",
            "autoentrepreneur",
        ],
    ),
    (
        Contract::Temporary,
        &["interim", "interimaire", "mis", "temporary", "temp", "travail temporaire", "mission"],
    ),
    (
        Contract::FixedTerm,
        &["cdd", "fixed term", "duree determinee", "saisonnier", "sai", "seasonal", "vacataire"],
    ),
    (
        Contract::Permanent,
        &[
            "cdi",
            "permanent",
            "duree indeterminee",
            "regular",
            "unlimited",
            "titulaire",
            "fonctionnaire",
        ],
    ),
    (
        Contract::Volunteer,
        &["volunteer", "benevole", "benevolat", "volontariat", "volontaire", "service civique"],
    ),
    (Contract::Other, &["other", "autre"]),
];

const WORKING_TIMES: &Meanings<WorkingTime> = &[
    (WorkingTime::PartTime, &["part time", "parttime", "temps partiel", "mi temps"]),
    (WorkingTime::FullTime, &["full time", "fulltime", "temps plein", "temps complet"]),
];

const REMOTE: &Meanings<Remote> = &[
    (
        Remote::Hybrid,
        &[
            "hybrid",
            "hybride",
            "teletravail partiel",
            "partiellement a distance",
            "remote partiel",
            "partial remote",
            "teletravail occasionnel",
        ],
    ),
    (
        Remote::None,
        &[
            "on site",
            "onsite",
            "sur site",
            "presentiel",
            "in office",
            "no remote",
            "pas de teletravail",
            "teletravail non",
            "none",
        ],
    ),
    (
        Remote::Full,
        &[
            "remote",
            "full remote",
            "fully remote",
            "telecommute",
            "teletravail",
            "a distance",
            "work from home",
        ],
    ),
];

/// The first meaning one of whose words, or groups of words, stands in a text.
fn meaning<T: Copy>(text: &str, meanings: &Meanings<T>) -> Option<T> {
    // Schema.org writes FULL_TIME, boards FullTime.
    let mut spaced = String::with_capacity(text.len() + 4);
    let mut before = ' ';
    for c in text.chars() {
        if c.is_uppercase() && before.is_lowercase() {
            spaced.push(' ');
        }
        spaced.push(c);
        before = c;
    }
    let said = format!(" {} ", words::tokens(&spaced).join(" "));
    let means = |words: &&[&str]| words.iter().any(|word| said.contains(&format!(" {word} ")));
    meanings.iter().find(|(_, words)| means(words)).map(|(meaning, _)| *meaning)
}

impl Contract {
    /// The contract that a source speaks of, in its own words: `CDI`, `INTERN`, `Contrat à durée déterminée`.
    pub fn said_in(text: &str) -> Option<Self> {
        meaning(text, CONTRACTS)
    }
}

impl WorkingTime {
    /// The hours that a source speaks of: `FULL_TIME`, `Temps partiel`.
    pub fn said_in(text: &str) -> Option<Self> {
        meaning(text, WORKING_TIMES)
    }
}

impl Remote {
    /// From where one works, as a source says it: `TELECOMMUTE`, `Hybride`, `sur site`.
    pub fn said_in(text: &str) -> Option<Self> {
        meaning(text, REMOTE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("CDI", Some(Contract::Permanent))]
    #[case("Contrat à durée indéterminée", Some(Contract::Permanent))]
    #[case("CDD - 6 mois", Some(Contract::FixedTerm))]
    #[case("Contrat à durée déterminée", Some(Contract::FixedTerm))]
    #[case("Mission intérimaire", Some(Contract::Temporary))]
    #[case("Contrat d’apprentissage", Some(Contract::Apprenticeship))]
    #[case("CDD en alternance", Some(Contract::Apprenticeship))]
    #[case("INTERN", Some(Contract::Internship))]
    #[case("CONTRACTOR", Some(Contract::Freelance))]
    #[case("FULL_TIME", None)]
    #[case("Contrat", None)]
    #[case("", None)]
    fn a_contract_is_read_as_sources_write_it(#[case] text: &str, #[case] read: Option<Contract>) {
        assert_eq!(Contract::said_in(text), read, "{text}");
    }

    #[rstest::rstest]
    #[case("FULL_TIME", Some(WorkingTime::FullTime))]
    #[case("PartTime", Some(WorkingTime::PartTime))]
    #[case("Temps partiel", Some(WorkingTime::PartTime))]
    #[case("CDI temps plein", Some(WorkingTime::FullTime))]
    #[case("CDI", None)]
    fn hours_are_read_as_sources_write_them(#[case] text: &str, #[case] read: Option<WorkingTime>) {
        assert_eq!(WorkingTime::said_in(text), read, "{text}");
    }

    #[rstest::rstest]
    #[case("TELECOMMUTE", Some(Remote::Full))]
    #[case("Télétravail partiel", Some(Remote::Hybrid))]
    #[case("Hybrid", Some(Remote::Hybrid))]
    #[case("OnSite", Some(Remote::None))]
    #[case("Sur site", Some(Remote::None))]
    #[case("Full remote (France)", Some(Remote::Full))]
    #[case("Paris", None)]
    fn from_where_is_read_as_sources_write_it(#[case] text: &str, #[case] read: Option<Remote>) {
        assert_eq!(Remote::said_in(text), read, "{text}");
    }
}
