//! What a recruiter answers.

use jiff::Zoned;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{EmailAddress, Line, Personal, Phone, Prose};

/// Names one answer; made with the preview, so that sending it twice answers once.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct AnswerId(pub Uuid);

impl std::fmt::Display for AnswerId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// One of the four answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Answer {
    /// An interview is proposed, or proposed again at another date.
    Interview(Interview),
    /// The recruiter asks for more information.
    Info(InfoRequest),
    /// The application is rejected.
    Rejection(Rejection),
    /// The candidate is hired.
    Hire(Hire),
}

/// The kinds of [`Answer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "they are those of `Answer`")]
pub enum AnswerKind {
    Interview,
    Info,
    Rejection,
    Hire,
}

names! {
    AnswerKind {
        Interview = "interview",
        Info = "info",
        Rejection = "rejection",
        Hire = "hire",
    }
}

impl Answer {
    /// Which of the four it is.
    pub const fn kind(&self) -> AnswerKind {
        match self {
            Self::Interview(_) => AnswerKind::Interview,
            Self::Info(_) => AnswerKind::Info,
            Self::Rejection(_) => AnswerKind::Rejection,
            Self::Hire(_) => AnswerKind::Hire,
        }
    }

    /// The recruiter's message, if any.
    pub fn message(&self) -> Option<&str> {
        match self {
            Self::Interview(interview) => interview.message.as_ref(),
            Self::Info(info) => Some(&info.message),
            Self::Rejection(rejection) => rejection.message.as_ref(),
            Self::Hire(hire) => hire.message.as_ref(),
        }
        .map(|message| message.reveal().as_str())
    }

    /// Who answers and how to reach them, where the answer says so.
    pub const fn recruiter(&self) -> Option<&Recruiter> {
        match self {
            Self::Interview(interview) => Some(&interview.recruiter),
            Self::Info(info) => Some(&info.recruiter),
            Self::Rejection(_) | Self::Hire(_) => None,
        }
    }
}

/// The recruiter, with at least one of e-mail, phone and address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Recruiter {
    pub name: Personal<Line<128>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Personal<EmailAddress>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Personal<Phone>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Personal<Line<256>>>,
}

/// A proposed interview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Interview {
    /// Where it takes place.
    pub place: Place,
    /// When it begins, with its time zone (RFC 9557).
    #[schemars(extend("x-personal" = false))]
    pub starts_at: Zoned,
    /// Whom the candidate will meet.
    pub recruiter: Recruiter,
    /// What the recruiter adds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Personal<Prose<4000>>>,
}

/// Where an interview takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// At the employer's.
    Onsite,
    /// By phone.
    Phone,
    /// By video call.
    Video,
}

names! {
    Place {
        Onsite = "onsite",
        Phone = "phone",
        Video = "video",
    }
}

/// A request for information.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InfoRequest {
    /// Who asks.
    pub recruiter: Recruiter,
    /// What is asked.
    pub message: Personal<Prose<4000>>,
}

/// A rejection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rejection {
    /// Why, chosen by the recruiter and never preset.
    pub reason: RejectionReason,
    /// What the recruiter adds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Personal<Prose<4000>>>,
}

/// Why an application is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RejectionReason {
    /// No reason given.
    Unknown,
    /// There is no vacancy.
    NoVacancy,
    /// Not enough experience.
    Experience,
    /// The skills do not match.
    Skills,
    /// The education does not match.
    Education,
}

names! {
    RejectionReason {
        NoVacancy = "novacancy",
        Experience = "experience",
        Skills = "skills",
        Education = "education",
        Unknown = "unknown",
    }
}

/// A hire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Hire {
    /// What the recruiter adds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Personal<Prose<4000>>>,
}

/// What speaks for a person, and not a mail scanner, having answered. Kept with the event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// Seconds between the preview and its sending.
    pub seconds_on_page: u64,
    /// What the browser calls itself (RFC 9110 10.1.5), cut to 256 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<Personal<Line<256>>>,
}
