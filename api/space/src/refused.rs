//! What programs are told when something is not there, is not theirs, or cannot be. Some sentences are part
//! of the contract with programs that show them, and French in every language.

use commands::{CommandError, CvError};
use domain::Invalid;
use domain::space::SpaceRefusal;
use web::lang::Lang;
use web::problem::{Kind, Problem};

/// What something is called when it is not there, and when it is somebody else's.
pub(crate) struct Called {
    not_found: &'static str,
    not_theirs: &'static str,
}

pub(crate) const APPLICATION: Called = Called {
    not_found: "Candidature non trouvée",
    not_theirs: "Accès non autorisé à cette candidature",
};

pub(crate) const TASK: Called =
    Called { not_found: "Tâche non trouvée", not_theirs: "Accès non autorisé à cette tâche" };

const WRONG_KIND_OF_FILE: &str = "Type de fichier non autorisé";

impl Called {
    pub(crate) fn not_found(&self) -> Problem {
        Problem::agreed(Kind::NotFound, self.not_found)
    }

    pub(crate) fn not_theirs(&self) -> Problem {
        Problem::agreed(Kind::NotYours, self.not_theirs)
    }

    /// Why it did not happen.
    pub(crate) fn refused(&self, error: CommandError<SpaceRefusal>, lang: Lang) -> Problem {
        match error {
            CommandError::Refused(SpaceRefusal::NotFound | SpaceRefusal::Erased) => {
                self.not_found()
            }
            CommandError::Refused(SpaceRefusal::NotYours) => self.not_theirs(),
            CommandError::Refused(refusal) => unfit(told(&refusal, lang)),
            other => other.into(),
        }
    }
}

/// Why it may not happen, for a person.
pub(crate) fn told(refusal: &SpaceRefusal, lang: Lang) -> String {
    match refusal {
        SpaceRefusal::NotFound => lang.t("space-not-found").to_owned(),
        SpaceRefusal::NotYours => lang.t("space-not-yours").to_owned(),
        SpaceRefusal::Erased => lang.t("space-erased").to_owned(),
        SpaceRefusal::SentThroughPostulo => lang.t("space-sent-through-postulo").to_owned(),
        SpaceRefusal::NoSuchNote => lang.t("space-no-such-note").to_owned(),
        SpaceRefusal::TooManyNotes { max } => lang.with("space-too-many-notes", ("max", max)),
        SpaceRefusal::TooManyTags { max } => lang.with("space-too-many-tags", ("max", max)),
        SpaceRefusal::TooManyAlerts { max } => lang.with("alerts-too-many", ("max", max)),
        SpaceRefusal::NoSuchEntry => lang.t("profile-no-such-entry").to_owned(),
        SpaceRefusal::TooManyEntries { max } => lang.with("profile-too-many", ("max", max)),
        SpaceRefusal::RemovedTooLongAgo => lang.t("space-removed-too-long-ago").to_owned(),
    }
}

/// A body that cannot be taken, in one sentence.
pub(crate) fn unfit(detail: String) -> Problem {
    Problem::new(Kind::InvalidFields, detail)
}

/// Why a CV was not taken.
pub(crate) fn cv(error: CvError, lang: Lang) -> Problem {
    match error {
        CvError::Unfit(Invalid::FileType | Invalid::CvType) => {
            Problem::agreed(Kind::MalformedRequest, WRONG_KIND_OF_FILE)
        }
        CvError::Unfit(Invalid::FilesTooLarge { max_mebibytes }) => {
            let invalid = Invalid::FilesTooLarge { max_mebibytes };
            Problem::new(Kind::TooLarge, texts::invalid(&invalid, lang.0))
        }
        CvError::Unfit(invalid) => unfit(texts::invalid(&invalid, lang.0)),
        CvError::Attachments(error) => Problem::unavailable(&error),
        CvError::Command(error) => error.into(),
    }
}
