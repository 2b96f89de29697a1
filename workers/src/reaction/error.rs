//! How a reaction ends otherwise than well: what went wrong, sorted by what is to be done about it.

use commands::{AttachmentError, CommandError, ForgetError};
use domain::{ApplicationRefusal, Personal, Prose, Refused};
use event_store::DbError;
use integrations::{Reason, ServiceError};
use jiff::Timestamp;
use texts::RenderError;
use thiserror::Error;

/// The end of a reaction that did not do what it is there for. The errors of commands, of the database
/// and of the services that we call turn into one by `?`, each into the variant that says what to do.
#[derive(Clone, Debug, Error)]
pub enum ReactionError {
    /// Try again: at `after`, or after the back-off. What does not `count` burns no attempt; without
    /// `after` it is tried again soon.
    #[error("{failure}")]
    Retry {
        /// Not before this time; `None` for the back-off, or for soon.
        after: Option<Timestamp>,
        /// Why.
        failure: Failure,
        /// Whether it counts as an attempt.
        counts: bool,
    },
    /// There is nothing to do any more: the person was forgotten.
    #[error("{FORGOTTEN}")]
    Obsolete,
    /// It will never work as it is: an operator must look.
    #[error("{failure}")]
    Fatal {
        /// Why.
        failure: Failure,
    },
}

/// Why nothing is done for somebody who was forgotten.
pub(crate) const FORGOTTEN: &str = "the person was forgotten: their data are erased";

/// What went wrong: in plain words for an operator, and as the other side said it.
#[derive(Clone, Debug, Error)]
#[error("{advice}")]
pub struct Failure {
    /// What it means and what to do. No personal data.
    pub advice: String,
    /// What the other side said; it may quote an address.
    pub detail: Option<Personal<String>>,
}

impl Failure {
    /// A failure of which the other side said nothing.
    pub fn new(advice: impl Into<String>) -> Self {
        Self { advice: advice.into(), detail: None }
    }

    /// Both parts, for operators.
    pub(crate) fn for_operators(&self) -> (&str, Option<&str>) {
        (&self.advice, self.detail.as_ref().map(|detail| detail.reveal().as_str()))
    }

    /// Both parts as one text for an event, cut to its bound.
    pub(crate) fn for_event(&self) -> Personal<Prose<2000>> {
        let detail = self.detail.as_ref().map(|detail| detail.reveal().as_str());
        let text = detail.unwrap_or(&self.advice);
        let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
        let text: String = plain.take(2000).collect();
        let unknown = || "unknown".parse().expect("a short word is prose");
        Personal::new(text.parse().unwrap_or_else(|_| unknown()))
    }
}

impl ReactionError {
    /// A wait until `at`, which burns no attempt: it is not time yet.
    pub fn until(at: Timestamp, why: &str) -> Self {
        Self::Retry { after: Some(at), failure: Failure::new(why), counts: false }
    }

    /// A wait for our own disk or database, over once that is well again; it burns no attempt.
    pub const fn soon(failure: Failure) -> Self {
        Self::Retry { after: None, failure, counts: false }
    }

    /// A failure of the other side that may pass: tried again after the back-off.
    pub const fn retry(failure: Failure) -> Self {
        Self::Retry { after: None, failure, counts: true }
    }

    /// A failure that no further try mends.
    pub fn fatal(why: impl Into<String>) -> Self {
        Self::Fatal { failure: Failure::new(why) }
    }
}

impl From<ServiceError> for ReactionError {
    fn from(error: ServiceError) -> Self {
        let failure = |Reason { advice, said }| Failure { advice, detail: said };
        match error {
            ServiceError::Unavailable(reason) => Self::retry(failure(reason)),
            ServiceError::NotBefore { until, reason } => {
                Self::Retry { after: Some(until), failure: failure(reason), counts: false }
            }
            ServiceError::Refused(reason) => Self::Fatal { failure: failure(reason) },
        }
    }
}

impl<R: Refused> From<CommandError<R>> for ReactionError {
    fn from(error: CommandError<R>) -> Self {
        if error.refusal().is_some_and(Refused::is_erased) {
            return Self::Obsolete;
        }
        let failure = Failure::new(error.to_string());
        match error {
            CommandError::Unavailable(error) if error.is_temporary() => Self::soon(failure),
            error if error.is_temporary() => Self::retry(failure),
            _ => Self::Fatal { failure },
        }
    }
}

impl From<DbError> for ReactionError {
    fn from(error: DbError) -> Self {
        CommandError::<ApplicationRefusal>::from(error).into()
    }
}

impl From<AttachmentError> for ReactionError {
    fn from(error: AttachmentError) -> Self {
        let failure = Failure::new(error.to_string());
        match error {
            AttachmentError::Gone | AttachmentError::Corrupt => Self::Fatal { failure },
            AttachmentError::Address(_)
            | AttachmentError::Folder(_)
            | AttachmentError::Busy
            | AttachmentError::Keys(_)
            | AttachmentError::Unavailable(_) => Self::retry(failure),
        }
    }
}

impl From<RenderError> for ReactionError {
    fn from(error: RenderError) -> Self {
        Self::Fatal { failure: Failure::new(format!("the letter cannot be written: {error}")) }
    }
}

impl From<ForgetError> for ReactionError {
    fn from(error: ForgetError) -> Self {
        match error {
            ForgetError::Command(error) => error.into(),
            ForgetError::Attachments(error) => error.into(),
            ForgetError::Db(error) => error.into(),
        }
    }
}
