//! What can go wrong with a command, by what the caller can do about it.

use event_store::seal::OpenError;
use event_store::{AppendError, DbError, DecodeError, ReadError, SealedError};
use thiserror::Error;

/// Why a command did not happen. Nothing was appended, unless [`CommandError::Unavailable`] says
/// that this is not known; trying again is safe then, because decisions recognise a repeat.
#[derive(Debug, Error)]
pub enum CommandError<R: std::error::Error + 'static> {
    /// The rules say no.
    #[error(transparent)]
    Refused(R),
    /// Other writers were faster each time. Try again.
    #[error("others changed the same thing at the same time; try again")]
    Contended,
    /// More is asked than the log can take, or it is shutting down. Try again in a moment.
    #[error("the service is busy; try again in a moment")]
    Busy,
    /// What was to be appended is larger than the log takes.
    #[error("the request is too large to be recorded")]
    TooLarge,
    /// What was to be appended cannot be stored: a mistake of ours.
    #[error("the request cannot be recorded: {0}")]
    Invalid(&'static str),
    /// The database does not answer.
    #[error("the log is not available")]
    Unavailable(#[source] DbError),
    /// Personal data cannot be sealed or opened: the master key is missing or another one. It works
    /// again once the settings hold the right one.
    #[error("personal data cannot be sealed or opened")]
    Locked(#[source] OpenError),
    /// A stored event cannot be read; an operator must look.
    #[error("a stored event cannot be read")]
    Unreadable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl<R: std::error::Error> CommandError<R> {
    /// The refusal, where it is one.
    pub const fn refusal(&self) -> Option<&R> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// The same failure of a command about something else; a refusal, which says nothing there, is
    /// called invalid.
    pub fn without_refusal<S: std::error::Error>(self) -> CommandError<S> {
        match self {
            Self::Refused(_) => CommandError::Invalid("the rules say no"),
            Self::Contended => CommandError::Contended,
            Self::Busy => CommandError::Busy,
            Self::TooLarge => CommandError::TooLarge,
            Self::Invalid(why) => CommandError::Invalid(why),
            Self::Unavailable(error) => CommandError::Unavailable(error),
            Self::Locked(error) => CommandError::Locked(error),
            Self::Unreadable(error) => CommandError::Unreadable(error),
        }
    }

    /// Whether the same command may succeed later, unchanged.
    pub const fn is_temporary(&self) -> bool {
        matches!(self, Self::Contended | Self::Busy | Self::Unavailable(_) | Self::Locked(_))
    }
}

impl<R: std::error::Error> From<AppendError> for CommandError<R> {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Conflict | AppendError::Gap => Self::Contended,
            AppendError::Busy | AppendError::Closed => Self::Busy,
            AppendError::TooLarge => Self::TooLarge,
            AppendError::Invalid(why) => Self::Invalid(why),
            AppendError::Sealing(error) => Self::Locked(error.into()),
            AppendError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

impl<R: std::error::Error> From<DbError> for CommandError<R> {
    fn from(error: DbError) -> Self {
        Self::Unavailable(error)
    }
}

impl<R: std::error::Error> From<ReadError> for CommandError<R> {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Db(error) => Self::Unavailable(error),
            damaged @ ReadError::Damaged { .. } => Self::Unreadable(damaged.into()),
        }
    }
}

impl<R: std::error::Error> From<SealedError> for CommandError<R> {
    fn from(error: SealedError) -> Self {
        match error {
            SealedError::Db(error) => Self::Unavailable(error),
            SealedError::Open(error) => Self::of_opening(error),
            SealedError::MasterKey(error) => Self::Locked(error.into()),
        }
    }
}

impl<R: std::error::Error> CommandError<R> {
    fn of_opening(error: OpenError) -> Self {
        match error {
            OpenError::MasterKey(_) | OpenError::NoMasterKey => Self::Locked(error),
            OpenError::Lost | OpenError::Altered => Self::Unreadable(error.into()),
        }
    }
}

impl<R: std::error::Error> From<DecodeError> for CommandError<R> {
    fn from(error: DecodeError) -> Self {
        match error {
            DecodeError::Sealed { source, .. }
                if matches!(source, OpenError::MasterKey(_) | OpenError::NoMasterKey) =>
            {
                Self::Locked(source)
            }
            other => Self::Unreadable(other.into()),
        }
    }
}
