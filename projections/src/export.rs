//! Files for people who work with spreadsheets, notebooks and other programs.

mod answers;
mod applications;
mod cell;
mod events;
mod file;
mod pages;
mod permits;
mod range;
mod sheet;
mod xlsx;

pub use answers::{ANSWERS_HEADER, answers};
pub use applications::applications;
pub use cell::defused;
pub use events::events;
pub use file::{NewFile, to_file};
pub use permits::permits;
pub use range::Range;
pub use sheet::{BYTE_ORDER_MARK, Format, UnknownFormat};

use event_store::{DbError, ReadError};
use parquet::errors::ParquetError;
use rust_xlsxwriter::XlsxError;

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
    /// The log could not be read.
    #[error(transparent)]
    Log(ReadError),
    /// The file could not be written.
    #[error("the export could not be written: {0}")]
    Write(#[from] std::io::Error),
}

impl From<csv::Error> for ExportError {
    fn from(error: csv::Error) -> Self {
        Self::Write(error.into())
    }
}

impl From<XlsxError> for ExportError {
    fn from(error: XlsxError) -> Self {
        Self::Write(match error {
            XlsxError::IoError(error) => error,
            other => std::io::Error::other(other),
        })
    }
}

impl From<ParquetError> for ExportError {
    fn from(error: ParquetError) -> Self {
        Self::Write(std::io::Error::other(error))
    }
}
