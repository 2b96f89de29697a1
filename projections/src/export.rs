//! Files for people who work with spreadsheets.

mod answers;
mod cell;
mod file;

pub use answers::{ANSWERS_HEADER, answers};
pub use cell::defused;
pub use file::to_file;

use event_store::DbError;

/// What an export wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Rows, without the header.
    pub rows: u64,
    /// The records that could not be read and are left out: their positions in the log.
    pub skipped: Vec<i64>,
}

/// An export ended early.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The file could not be written.
    #[error("the export could not be written: {0}")]
    Write(#[from] std::io::Error),
}

impl From<csv::Error> for ExportError {
    fn from(error: csv::Error) -> Self {
        Self::Write(error.into())
    }
}
