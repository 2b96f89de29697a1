//! Where a tracked application and a task stand. What is stored is English; what programs are told is
//! French, as the trackers before this one have it ([`TrackedStatus::wire`]).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::Invalid;
use crate::application::ApplicationStatus;

/// Where a tracked application stands. Any may follow any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrackedStatus {
    /// Whoever tracks it thinks about applying.
    Considered,
    /// It was sent.
    Sent,
    /// It came through a first selection.
    Shortlisted,
    /// There is, or was, an interview.
    Interview,
    /// There is, or was, a technical test.
    TechnicalTest,
    /// The terms are negotiated.
    Negotiation,
    /// There is an offer.
    OfferReceived,
    /// The offer was accepted.
    OfferAccepted,
    /// The employer said no.
    Rejected,
    /// The candidate withdrew.
    Withdrawn,
}

names! {
    TrackedStatus {
        Considered = "considered",
        Sent = "sent",
        Shortlisted = "shortlisted",
        Interview = "interview",
        TechnicalTest = "technical_test",
        Negotiation = "negotiation",
        OfferReceived = "offer_received",
        OfferAccepted = "offer_accepted",
        Rejected = "rejected",
        Withdrawn = "withdrawn",
    }
}

impl TrackedStatus {
    /// The words by which programs name it.
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Considered => "En étude",
            Self::Sent => "Candidature envoyée",
            Self::Shortlisted => "Première sélection",
            Self::Interview => "Entretien",
            Self::TechnicalTest => "Test technique",
            Self::Negotiation => "Négociation",
            Self::OfferReceived => "Offre reçue",
            Self::OfferAccepted => "Offre acceptée",
            Self::Rejected => "Refusée",
            Self::Withdrawn => "Retirée",
        }
    }

    /// Reads its words in any case, with or without accents.
    pub fn read(text: &str) -> Result<Self, Invalid> {
        let text = folded(text);
        let found = Self::ALL.into_iter().find(|status| folded(status.wire()) == text);
        found.ok_or(Invalid::Choice {
            allowed: "En étude, Candidature envoyée, Première sélection, Entretien, Test technique, Négociation, Offre reçue, Offre acceptée, Refusée, Retirée",
        })
    }

    /// Where an application that was sent through Postulo stands, in these words.
    pub const fn of_application(status: ApplicationStatus) -> Self {
        match status {
            ApplicationStatus::Submitted
            | ApplicationStatus::Sent
            | ApplicationStatus::Undeliverable => Self::Sent,
            ApplicationStatus::InfoRequested => Self::Shortlisted,
            ApplicationStatus::InterviewProposed => Self::Interview,
            ApplicationStatus::Rejected => Self::Rejected,
            ApplicationStatus::Hired => Self::OfferAccepted,
            ApplicationStatus::Withdrawn => Self::Withdrawn,
        }
    }

    /// Whether the employer has said something.
    pub const fn is_answered(self) -> bool {
        !matches!(self, Self::Considered | Self::Sent | Self::Withdrawn)
    }

    /// Whether nothing more is to come.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::OfferAccepted | Self::Rejected | Self::Withdrawn)
    }

    /// Whether the schedule archives it once it is old: nobody waits for anything.
    pub const fn grows_stale(self) -> bool {
        matches!(self, Self::Sent | Self::Rejected)
    }
}

/// Where a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaskStatus {
    /// It is to be done.
    ToDo,
    /// It is under way.
    InProgress,
    /// It is done.
    Done,
}

names! {
    TaskStatus {
        ToDo = "to_do",
        InProgress = "in_progress",
        Done = "done",
    }
}

impl TaskStatus {
    /// The words by which programs name it.
    pub const fn wire(self) -> &'static str {
        match self {
            Self::ToDo => "À faire",
            Self::InProgress => "En cours",
            Self::Done => "Terminée",
        }
    }

    /// Reads its words in any case, with or without accents.
    pub fn read(text: &str) -> Result<Self, Invalid> {
        let text = folded(text);
        let found = Self::ALL.into_iter().find(|status| folded(status.wire()) == text);
        found.ok_or(Invalid::Choice { allowed: "À faire, En cours, Terminée" })
    }
}

/// A text as words are compared: without accents, letters' case and wide spaces (Unicode NFKD).
fn folded(text: &str) -> String {
    let plain: String = text.nfkd().filter(|c| !is_combining_mark(*c)).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_is_read_in_any_case_and_without_accents() {
        for status in TrackedStatus::ALL {
            let plain = folded(status.wire());
            for text in
                [status.wire(), &status.wire().to_uppercase(), &plain, &format!(" {plain} ")]
            {
                assert_eq!(TrackedStatus::read(text), Ok(status), "{text}");
            }
        }
        for status in TaskStatus::ALL {
            let decomposed: String = status.wire().nfd().collect();
            for text in [status.wire().to_lowercase(), decomposed, folded(status.wire())] {
                assert_eq!(TaskStatus::read(&text), Ok(status), "{text}");
            }
        }
    }

    #[test]
    fn other_words_are_no_status() {
        for text in ["", "Envoyée", "sent", "Entretien ?", "refuse"] {
            assert!(TrackedStatus::read(text).is_err(), "{text}");
        }
        assert!(TaskStatus::read("todo").is_err());
    }

    #[test]
    fn what_is_refused_is_told_with_every_status() {
        let refused = TrackedStatus::read("x").unwrap_err().to_string();
        assert!(TrackedStatus::ALL.into_iter().all(|status| refused.contains(status.wire())));
        let refused = TaskStatus::read("x").unwrap_err().to_string();
        assert!(TaskStatus::ALL.into_iter().all(|status| refused.contains(status.wire())));
    }
}
