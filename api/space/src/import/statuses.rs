//! Words by which other trackers say where an application stands, in French and English.

use domain::space::TrackedStatus;
use domain::words::fold;

use TrackedStatus as S;

/// Folded words; the whole cell is one of them.
const WORDS: &[(TrackedStatus, &[&str])] = &[
    (
        S::Considered,
        &[
            "wishlist",
            "wish list",
            "bookmarked",
            "saved",
            "to apply",
            "not applied",
            "not started",
            "interested",
            "considering",
            "considered",
            "draft",
            "researching",
            "applying",
            "a postuler",
            "a envoyer",
            "en etude",
            "en preparation",
            "brouillon",
            "interesse",
            "interessee",
            "a faire",
            "favori",
            "sauvegardee",
        ],
    ),
    (
        S::Sent,
        &[
            "applied",
            "application sent",
            "sent",
            "submitted",
            "application submitted",
            "pending",
            "in progress",
            "waiting",
            "awaiting response",
            "no response",
            "no answer",
            "ghosted",
            "followed up",
            "postule",
            "postulee",
            "candidature envoyee",
            "envoye",
            "envoyee",
            "en attente",
            "en cours",
            "sans reponse",
            "pas de reponse",
            "relance",
            "relancee",
            "candidate",
            "deposee",
        ],
    ),
    (
        S::Shortlisted,
        &[
            "shortlisted",
            "short list",
            "screening",
            "screen",
            "phone screen",
            "recruiter screen",
            "under review",
            "in review",
            "viewed",
            "contacted",
            "preselection",
            "preselectionne",
            "preselectionnee",
            "premiere selection",
            "prequalification",
            "contact",
            "vue",
            "consultee",
        ],
    ),
    (
        S::Interview,
        &[
            "interview",
            "interviewing",
            "interviewed",
            "interview scheduled",
            "first interview",
            "second interview",
            "onsite",
            "phone interview",
            "entretien",
            "entretien prevu",
            "entretien telephonique",
            "entretien passe",
            "entretiens",
            "rdv",
            "rendez vous",
        ],
    ),
    (
        S::TechnicalTest,
        &[
            "technical test",
            "technical interview",
            "technical",
            "test",
            "assessment",
            "coding challenge",
            "take home",
            "case study",
            "test technique",
            "test en cours",
            "etude de cas",
            "mise en situation",
        ],
    ),
    (S::Negotiation, &["negotiation", "negotiating", "negociation", "en negociation"]),
    (
        S::OfferReceived,
        &[
            "offer",
            "offer received",
            "offered",
            "offre",
            "offre recue",
            "proposition",
            "proposition recue",
        ],
    ),
    (
        S::OfferAccepted,
        &[
            "accepted",
            "offer accepted",
            "hired",
            "signed",
            "accepte",
            "acceptee",
            "offre acceptee",
            "embauche",
            "embauchee",
            "recrute",
            "recrutee",
        ],
    ),
    (
        S::Rejected,
        &[
            "rejected",
            "declined by employer",
            "not selected",
            "rejection",
            "closed",
            "denied",
            "refuse",
            "refusee",
            "refus",
            "rejete",
            "rejetee",
            "non retenu",
            "non retenue",
            "reponse negative",
            "negatif",
        ],
    ),
    (
        S::Withdrawn,
        &[
            "withdrawn",
            "withdrew",
            "i withdrew",
            "cancelled",
            "canceled",
            "archived",
            "offer declined",
            "declined",
            "retire",
            "retiree",
            "abandonne",
            "abandonnee",
            "annule",
            "annulee",
            "desistement",
            "offre declinee",
        ],
    ),
];

/// The status that a word says; `None` for a word that nobody knows.
pub(crate) fn status(text: &str) -> Option<TrackedStatus> {
    let text = fold(text);
    // Signs around a word, as some trackers have them: "✅ Accepted", "2. Interview".
    let words: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().any(char::is_alphabetic))
        .collect();
    let text = words.join(" ");
    let known = WORDS.iter().find(|(_, words)| words.contains(&text.as_str()));
    let own = || TrackedStatus::ALL.into_iter().find(|it| it.as_str().replace('_', " ") == text);
    known.map(|(status, _)| *status).or_else(own).or_else(|| TrackedStatus::read(&text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("Wishlist", S::Considered)]
    #[case("APPLIED", S::Sent)]
    #[case("✅ Accepted", S::OfferAccepted)]
    #[case("2. Interviewing", S::Interview)]
    #[case("Refusée", S::Rejected)]
    #[case("  refusé ", S::Rejected)]
    #[case("Non-retenu", S::Rejected)]
    #[case("Entretien téléphonique", S::Interview)]
    #[case("technical_test", S::TechnicalTest)]
    fn words_of_both_languages_are_read(#[case] text: &str, #[case] is: TrackedStatus) {
        assert_eq!(status(text), Some(is));
    }

    #[test]
    fn what_the_service_itself_writes_is_read_and_other_words_are_not_guessed() {
        for one in TrackedStatus::ALL {
            assert_eq!(status(one.wire()), Some(one));
            assert_eq!(status(one.as_str()), Some(one));
        }
        for (one, words) in WORDS {
            assert!(words.iter().all(|word| fold(word) == *word), "{one:?}");
        }
        assert_eq!(status("zzz"), None);
    }
}
